//! The buttons of a call.

use super::icon::{Icon, hang_up_icon, icon};
use crate::platform::{El, el_class};
use crate::signal::memo;

/// What a control shows, which changes with what it controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The sign.
    pub(crate) sign: Icon,
    /// Its name: what pressing it does.
    pub(crate) label: &'static str,
    /// The same in a word or two, which the name contains.
    pub(crate) word: &'static str,
    /// What it controls is off.
    pub(crate) off: bool,
    /// Something is the matter with what it controls.
    pub(crate) wrong: bool,
}

/// A button that turns something on and off.
pub(crate) fn control(look: impl Fn() -> Look + 'static, press: impl Fn() + 'static) -> El {
    let look = memo(look);
    el_class("button", "control")
        .attr("type", "button")
        .attr_now("aria-label", move || Some(look.get().label))
        .class_when("off", move || look.get().off)
        .class_when("wrong", move || look.get().wrong)
        .show(move || Some(icon(look.get().sign)))
        .child(el_class("span", "word").text_now(move || look.get().word))
        .on_click(press)
}

/// The button that ends the call, apart from the others.
pub(crate) fn hang_up(label: &str, press: impl Fn() + 'static) -> El {
    el_class("button", "control end")
        .attr("type", "button")
        .attr("aria-label", label)
        .child(hang_up_icon())
        .child(el_class("span", "word").text(label))
        .on_click(press)
}
