//! Sharing a screen: its control in the bar, and what is said of it while it goes on.

use std::cell::RefCell;
use std::rc::Rc;

use call::{CallView, Face};

use super::parts::text_button;
use crate::platform::{Capture, El, Sharing, drawing, effect, el, el_class, lasting};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::group_words;

/// A screen with an arrow that goes up.
const SCREEN: &str =
    "M5 5h14a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM8.5 21h7M12 14V8.5M9.5 11L12 8.5l2.5 2.5";

/// What is shared in this call. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ScreenShare(Rc<Capture>);

thread_local! {
    /// Not of the views: they are made anew when another language is chosen, and what is shared goes on.
    static SHARE: RefCell<Option<ScreenShare>> = const { RefCell::new(None) };
}

impl ScreenShare {
    /// What is shared from this page. It ends with the call.
    pub(crate) fn of_this_page() -> Self {
        SHARE.with_borrow_mut(|share| share.get_or_insert_with(|| lasting(Self::new)).clone())
    }

    /// Nothing yet.
    fn new() -> Self {
        let shell = use_shell();
        let shared = shell.clone();
        let share = Self(Rc::new(Capture::new(move |tracks| shared.share(tracks))));
        let (call, stop) = (shell.shown().call, share.clone());
        let told = memo(move || call.with(|call| call.as_ref().map_or((false, false), told)));
        let mut before = false;
        effect(move || {
            let (in_call, now) = told.get();
            if !in_call || (before && !now) {
                stop.0.stop();
            }
            before = now;
        });
        share
    }

    fn state(&self) -> Signal<Sharing> {
        self.0.state()
    }

    /// Asks what to share, or shares nothing any more.
    pub(crate) fn toggle(&self) {
        if matches!(self.state().get_untracked(), Sharing::On { .. }) {
            self.0.stop();
        } else {
            self.0.start();
        }
    }

    /// The control in the bar; nothing where the browser cannot.
    pub(crate) fn control(&self) -> Option<El> {
        Capture::is_possible().then(|| {
            let (state, toggle) = (self.state(), self.clone());
            let on = memo(move || matches!(state.get(), Sharing::On { .. }));
            let label = move || if on.get() { group_words().stop_sharing } else { group_words().share_screen };
            el_class("button", "control")
                .attr("type", "button")
                .attr_now("aria-label", move || Some(label()))
                .class_when("on", move || on.get())
                .child(drawing("icon", SCREEN))
                .child(el_class("span", "word").text(group_words().share_short))
                .on_click(move || toggle.toggle())
        })
    }

    /// That it goes on, with the button that ends it; that this window is in it; that it did not work.
    pub(crate) fn notice(&self) -> El {
        let (state, share) = (self.state(), self.clone());
        let put_away = RwSignal::new(false);
        effect(move || {
            if state.get() == Sharing::Asking {
                put_away.set(false);
            }
        });
        el_class("div", "sharing").attr("role", "status").show(move || {
            let stop = share.clone();
            let chip = |text: &'static str| el_class("p", "chip").child(el("span").text(text));
            match state.get() {
                Sharing::On { mirror } => {
                    let text = if mirror { group_words().mirror } else { group_words().you_share };
                    Some(chip(text).child(text_button("", group_words().stop_short, move || stop.0.stop())))
                }
                Sharing::Failed if !put_away.get() => {
                    let close = text_button("plain", group_words().put_away, move || put_away.set(true));
                    Some(chip(group_words().share_failed).child(close))
                }
                Sharing::Off | Sharing::Asking | Sharing::Failed => None,
            }
        })
    }
}

/// Whether the call goes on, and whether it has been told that a screen is shared. One that ended for another was told
/// that nothing is shared in that.
const fn told(call: &CallView) -> (bool, bool) {
    (!matches!(call.face, Face::Ended { .. }), call.own.screen)
}
