//! What this device has written in the calls that it can come back to: nobody else can give it back
//! ([`call::exchange::Output::Remember`]). It stays in this tab, and only for as long as the call.
//!
//! There is one text for all calls, one message a line. A call begins with a line that says which it is and when its lines
//! were written down.

use protocol::{CallId, ChatMessage, PeerMessage};

use crate::platform::clock::time_since_1970;
use crate::platform::storage::{Keep, load, remove, store};

/// Where it is kept.
const KEY: &str = "alo-written";
/// The call that is on, and one on hold.
const CALLS: usize = 2;

/// What was written in this call, as old as it is by now.
pub(super) fn recall(call: &CallId) -> Vec<ChatMessage> {
    of_call(&kept(), call, time_since_1970())
}

/// Keeps what was written in this call, as old as it is now.
pub(super) fn remember(call: &CallId, written: Vec<ChatMessage>) {
    store(Keep::ThisTab, KEY, &with(&kept(), call, time_since_1970(), written));
}

/// The call is over.
pub(super) fn forget(call: &CallId) {
    match without(&kept(), call) {
        rest if rest.is_empty() => remove(Keep::ThisTab, KEY),
        rest => store(Keep::ThisTab, KEY, &rest),
    }
}

fn kept() -> String {
    load(Keep::ThisTab, KEY).unwrap_or_default()
}

fn with(text: &str, call: &CallId, now: u64, written: Vec<ChatMessage>) -> String {
    let mut all = [call.as_str(), " ", &now.to_string(), "\n"].concat();
    for message in written {
        all.push_str(&PeerMessage::from(message).write());
        all.push('\n');
    }
    let rest = without(text, call);
    let others = calls(&rest).into_iter().take(CALLS - 1);
    others.for_each(|(_, lines)| {
        lines.iter().for_each(|line| [*line, "\n"].into_iter().for_each(|part| all.push_str(part)))
    });
    all
}

fn without(text: &str, call: &CallId) -> String {
    let others = calls(text).into_iter().filter(|(id, _)| *id != call.as_str());
    others.flat_map(|(_, lines)| lines).flat_map(|line| [line, "\n"]).collect()
}

fn of_call(text: &str, call: &CallId, now: u64) -> Vec<ChatMessage> {
    let calls = calls(text);
    let Some((_, lines)) = calls.iter().find(|(id, _)| *id == call.as_str()) else { return Vec::new() };
    let since = lines.first().and_then(|head| head.split_once(' ')?.1.parse().ok()).unwrap_or(now);
    let older = u32::try_from(now.saturating_sub(since)).unwrap_or(u32::MAX);
    lines.iter().filter_map(|line| message(line, older)).collect()
}

fn message(line: &str, older: u32) -> Option<ChatMessage> {
    match PeerMessage::parse(line) {
        Ok(PeerMessage::ChatMessage(said)) => Some(ChatMessage { age_ms: said.age_ms.saturating_add(older), ..said }),
        _ => None,
    }
}

/// Each call with its lines, the first of which names it.
fn calls(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut calls: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match (line.split_once(' ').filter(|_| !line.starts_with('{')), calls.last_mut()) {
            (Some((id, _)), _) => calls.push((id, vec![line])),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn call(n: u8) -> CallId {
        format!("c_0123456789abcde{n}").parse().unwrap()
    }

    fn said(n: u8, text: &str) -> ChatMessage {
        ChatMessage {
            id: format!("i_0123456789abcde{n}").parse().unwrap(),
            text: text.to_owned(),
            age_ms: 500,
            clock: 7,
        }
    }

    #[test]
    fn what_is_kept_is_that_much_older_when_it_is_recalled() {
        let text = with("", &call(1), 10_000, vec![said(1, "one"), said(2, "{ two\nlines }")]);
        let recalled = of_call(&text, &call(1), 13_000);
        assert_eq!(recalled.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["one", "{ two\nlines }"]);
        assert!(recalled.iter().all(|said| said.age_ms == 3_500 && said.clock == 7));
        assert_eq!(of_call(&text, &call(1), 0)[0].age_ms, 500, "clocks are set back too");
        assert_eq!(of_call(&text, &call(2), 13_000), []);
    }

    #[test]
    fn a_call_on_hold_keeps_its_own_and_a_third_is_forgotten() {
        let text = with("", &call(1), 1, vec![said(1, "one")]);
        let text = with(&text, &call(2), 2, vec![said(2, "two")]);
        let text = with(&text, &call(1), 3, vec![said(1, "one"), said(3, "three")]);
        assert_eq!((of_call(&text, &call(1), 3).len(), of_call(&text, &call(2), 3).len()), (2, 1));
        let third = with(&text, &call(3), 4, vec![said(4, "four")]);
        assert_eq!([1, 2, 3].map(|n| of_call(&third, &call(n), 4).len()), [2, 0, 1]);
        assert_eq!(without(&without(&text, &call(1)), &call(2)), "");
    }

    #[test]
    fn nonsense_is_left_out() {
        for text in
            ["", "\n\n", "{}", "c_0123456789abcde1", "c_0123456789abcde1 x\n{}\nhello\n{\"type\":\"hand:raise\"}"]
        {
            assert_eq!(of_call(text, &call(1), 5), [], "{text:?}");
        }
    }
}
