//! Whether the others in a call may learn one's address: the switch for it, and what there is to say where it is of no use.

use crate::platform::{El, OWN_ADDRESS, el, el_class, is_switched_on, switch};
use crate::shell::use_shell;
use crate::words::call_words;

/// The row of the settings. A switch that is on stays to be seen where no server passes calls on any more: it is why
/// calls do not connect then.
pub(super) fn hide_address() -> El {
    let (words, shell) = (&call_words().ways, use_shell());
    let is_turn = |url: &String| url.starts_with("turn");
    let possible = shell.ice_servers().iter().any(|server| server.urls.iter().any(is_turn));
    let hidden = !is_switched_on(OWN_ADDRESS);
    let hint = match (shell.relay_only(), possible) {
        (true, _) => words.hide_always,
        (false, true) => words.hide_hint,
        (false, false) => words.hide_not,
    };
    let switched = (!shell.relay_only() && (possible || hidden)).then(|| {
        el("input")
            .attr("type", "checkbox")
            .attr("role", "switch")
            .ticked_now(|| !is_switched_on(OWN_ADDRESS))
            .on_tick(|hide| switch(OWN_ADDRESS, !hide))
    });
    let named = el("span").text(words.hide).child(el_class("span", "small quiet block").text(hint));
    el_class("label", "switch").child(named).children(switched)
}
