//! The page's one `AudioContext`, for sounds of our own and for the meter.
//!
//! It is made when first needed and only after the person has touched the page: before that browsers keep it silent and
//! complain on the console.

use std::cell::RefCell;

use web_sys::{AudioContext, AudioContextState};

use super::{js, window};

thread_local! {
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// The context, if the browser would let it be heard.
pub(crate) fn context() -> Option<AudioContext> {
    if !touched() {
        return None;
    }
    CONTEXT.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = AudioContext::new().ok();
        }
        let context = kept.clone()?;
        // Browsers suspend it on their own at times, and phones after each call.
        if context.state() != AudioContextState::Running
            && let Ok(resumed) = context.resume()
        {
            js::ignore(resumed);
        }
        Some(context)
    })
}

/// The person has touched the page: sound and vibration are allowed. Browsers that do not tell are asked anyway.
pub(crate) fn touched() -> bool {
    let activation = js::field(&window().navigator(), "userActivation");
    activation.is_undefined() || js::field(&activation, "hasBeenActive").is_truthy()
}
