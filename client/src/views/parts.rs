//! What several views are made of.

use protocol::Person;

use super::icon::{Icon, icon};
use super::text::{hue_class, initials};
use crate::platform::{El, drawing, el, el_class};

/// Three dots.
const DOTS: &str = "M5.5 12v.1M12 12v.1M18.5 12v.1";

/// The mark: an o that rings.
pub(crate) fn logo() -> El {
    el_class("img", "logo").attr("src", "/icon.svg").attr("alt", "").attr("width", "72").attr("height", "72")
}

/// A person's face: their picture, or their initials on their own colour. Decoration: the name always stands beside it.
/// `size` is a further class: `big`, `mid`, `ringing` or nothing.
pub(crate) fn face(person: &Person, size: &str) -> El {
    let picture = person.avatar.as_ref().map(|src| {
        // No word of this page goes to whoever keeps the picture.
        el("img").attr("alt", "").attr("referrerpolicy", "no-referrer").attr("src", src)
    });
    el_class("span", &["face ", hue_class(person.id.as_str()), " ", size].concat())
        .attr("aria-hidden", "true")
        .text(&initials(&person.name))
        .children(picture)
}

/// Stands for several people.
pub(crate) fn group_face(size: &str) -> El {
    el_class("span", &["face hue-1 ", size].concat()).attr("aria-hidden", "true").child(icon(Icon::People))
}

/// A name that keeps to itself: in its own direction, on one line.
pub(crate) fn name(name: &str) -> El {
    el_class("bdi", "name cut").attr("title", name).text(name)
}

/// A paragraph in quiet words.
pub(crate) fn quiet(text: &str) -> El {
    el_class("p", "quiet").text(text)
}

/// The same in small.
pub(crate) fn small(text: &str) -> El {
    el_class("p", "small quiet").text(text)
}

/// A button. `class` is its further class: `main`, `plain`, `end`, `round`, `talk` or nothing.
pub(crate) fn button(class: &str, press: impl FnMut() + 'static) -> El {
    el_class("button", &["button ", class].concat()).attr("type", "button").on_click(press)
}

/// A button with words on it.
pub(crate) fn text_button(class: &str, text: &str, press: impl FnMut() + 'static) -> El {
    button(class, press).text(text)
}

/// A round button with a sign alone; `label` is its name.
pub(crate) fn round_button(sign: Icon, label: &str, press: impl FnMut() + 'static) -> El {
    button("round", press).attr("aria-label", label).attr("title", label).child(icon(sign))
}

/// The button with three dots that opens a menu; `label` is its name.
pub(crate) fn dots_button(class: &str, label: &str, press: impl FnMut() + 'static) -> El {
    button(class, press).attr("aria-label", label).attr("aria-haspopup", "dialog").child(dots())
}

/// Three dots: there is more.
pub(crate) fn dots() -> El {
    drawing("icon dots", DOTS)
}

/// A sign that something is being waited for.
pub(crate) fn waiting() -> El {
    el_class("span", "wait").attr("aria-hidden", "true")
}
