//! A moving picture on the page.

use wasm_bindgen::JsCast;
use web_sys::HtmlVideoElement;

use super::{El, Stream, el};
use crate::signal::Signal;

/// Shows a stream's picture, silently. It keeps the last picture until there is another stream, and nothing while there
/// is none. While `mirrored`, it has that class, for one's own picture as in a mirror.
///
/// `data-shape` on the element says how the picture stands (`wide` or `tall`, absent before the first one), so that
/// style can choose between filling a frame and fitting into it.
pub fn video(stream: Signal<Option<Stream>>, mirrored: Signal<bool>) -> El {
    let video = el("video").attr("autoplay", "").attr("playsinline", "").attr("disablepictureinpicture", "");
    let element: HtmlVideoElement = video.element().clone().unchecked_into();
    // The attribute alone is only a default, read when a page is parsed.
    element.set_muted(true);
    let measured = element.clone();
    video
        .class_when("mirrored", move || mirrored.get())
        .on("resize", move |_| {
            let shape = if measured.video_height() > measured.video_width() { "tall" } else { "wide" };
            let _ = measured.set_attribute("data-shape", shape);
        })
        .keep(move || {
            let stream = stream.get();
            let wanted = stream.as_ref().map(Stream::media);
            if element.src_object().as_ref() != wanted {
                element.set_src_object(wanted);
            }
        })
}
