//! What people in a call exchange beside voice and picture, wherever it is shown.

use call::{CallView, Face};

use super::along::Along;
use crate::doors;
use crate::platform::{El, Loading, Part, effect, el_class};
use crate::shell::use_shell;
use crate::signal::memo;

/// A view of that part as soon as it is there, and nothing before: nobody waits for it.
///
/// Not to be inlined: the part with the call's screen asks for it, and a door is opened from what is loaded first.
#[inline(never)]
pub(crate) fn beside(what: Along) -> El {
    let loading = use_shell().parts().loading(Part::Along);
    el_class("div", "beside").show(move || (loading.get() == Loading::There).then(|| doors::along(&what)))
}

/// Loads that part as soon as media flows: before that it would be in the way.
pub(crate) fn get_ready_to_exchange() {
    let shell = use_shell();
    let (call, parts) = (shell.shown().call, shell.parts());
    let flows = memo(move || call.with(|call| call.as_ref().is_some_and(flows)));
    effect(move || {
        if flows.get() {
            parts.want(Part::Along);
        }
    });
}

const fn flows(call: &CallView) -> bool {
    matches!(call.face, Face::Active { .. })
}
