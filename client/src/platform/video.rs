//! A moving picture on the page.

use leptos::html;
use leptos::prelude::*;

use super::Stream;

/// Shows a stream's picture, silently. It keeps the last picture until there is another stream, and nothing while there
/// is none.
///
/// `data-shape` on the element says how the picture stands (`wide` or `tall`, absent before the first one), so that
/// style can choose between filling a frame and fitting into it.
#[component]
pub fn Video(
    /// What to show.
    #[prop(into)]
    stream: Signal<Option<Stream>>,
    /// As in a mirror: for one's own picture. Sets the class `mirrored`.
    #[prop(into, optional)]
    mirrored: Signal<bool>,
) -> impl IntoView {
    let node = NodeRef::<html::Video>::new();
    let (shape, set_shape) = signal(None::<&'static str>);
    Effect::new(move || {
        let Some(element) = node.get() else { return };
        let stream = stream.get();
        let wanted = stream.as_ref().map(Stream::media);
        if element.src_object().as_ref() != wanted {
            element.set_src_object(wanted);
        }
    });
    let measure = move |_| {
        if let Some(element) = node.get_untracked() {
            let tall = element.video_height() > element.video_width();
            set_shape.set(Some(if tall { "tall" } else { "wide" }));
        }
    };
    view! {
        <video
            node_ref=node
            autoplay
            playsinline
            disablepictureinpicture
            prop:muted=true
            class:mirrored=mirrored
            data-shape=shape
            on:resize=measure
        ></video>
    }
}
