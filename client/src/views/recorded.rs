//! Who records the call: to be seen by everybody for as long as it goes on, and said to screen readers.

use call::CallView;

use super::parts::button;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{call_words, fill};

/// Who records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Recorded {
    own: bool,
    others: Vec<String>,
}

impl Recorded {
    fn of(call: &CallView) -> Self {
        let others = call.others.iter().filter(|other| other.media.recording);
        Self { own: call.own.recording, others: others.map(|other| other.person.name.clone()).collect() }
    }

    /// One sentence for this side, and one for the others.
    fn sentences(&self) -> Vec<String> {
        let words = &call_words().recorded;
        let others = match self.others.as_slice() {
            [] => None,
            [one] => Some(fill(words.one, one)),
            several => Some(fill(words.several, &several.join(", "))),
        };
        self.own.then(|| words.you.to_owned()).into_iter().chain(others).collect()
    }
}

/// Whether anybody records it.
pub(crate) fn is_recorded(call: &CallView) -> bool {
    call.own.recording || call.others.iter().any(|other| other.media.recording)
}

/// The mark over the call.
pub(crate) fn recorded() -> El {
    let call = use_shell().shown().call;
    let who = memo(move || call.with(|call| call.as_ref().map(Recorded::of).unwrap_or_default()));
    el_class("div", "recorded").attr("role", "status").show(move || {
        let sentences = who.with(Recorded::sentences);
        (!sentences.is_empty()).then(|| {
            el_class("p", "mark")
                .child(el_class("span", "dot").attr("aria-hidden", "true"))
                .child(el_class("span", "cut").attr("dir", "auto").text(&sentences.join(" · ")))
                .children(who.with(|who| who.own).then(stop))
        })
    })
}

fn stop() -> El {
    let (shell, words) = (use_shell(), &call_words().recorded);
    button("", move || shell.record(false)).attr("aria-label", words.stop).child(el("span").text(words.stop_short))
}
