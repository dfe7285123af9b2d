//! Recording the call on this device: how it is begun and ended, and what came of it.

use crate::platform::{El, drawing, el_class};
use crate::recording::{Recording, Stage, Trouble, use_recording};
use crate::signal::memo;
use crate::views::parts::{button, small};
use crate::words::{along_words, fill};

/// A ring with a dot in it.
const RECORD: &str = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z";

/// The button, what it does, and how far it is.
pub(super) fn recording() -> El {
    let (recording, words) = (use_recording(), &along_words().record);
    let stage = recording.stage();
    let on = memo(move || stage.get() == Stage::On);
    let told = recording.clone();
    let press = move || if on.get_untracked() { recording.stop() } else { recording.start() };
    let label = move || if on.get() { words.stop } else { words.start };
    let button = button("", press).child(drawing("icon", RECORD)).text_now(label);
    el_class("div", "recording").child(el_class("div", "row").child(button)).child(small(words.hint)).child(said(&told))
}

/// How far it is, in words, wherever that is looked for: after the call as well.
pub(super) fn said(recording: &Recording) -> El {
    let stage = recording.stage();
    el_class("p", "small quiet").attr("role", "status").text_now(move || words_of(stage.get()))
}

fn words_of(stage: Stage) -> String {
    let words = &along_words().record;
    let told = match stage {
        Stage::Off | Stage::On => "",
        Stage::Asking => words.asking,
        Stage::Saving => words.saving,
        Stage::Saved(1) => words.saved_one,
        Stage::Saved(files) => return fill(words.saved_many, &files.to_string()),
        Stage::Failed(Trouble::Impossible) => words.impossible,
        Stage::Failed(Trouble::Untold) => words.untold,
        Stage::Failed(Trouble::Disk) => words.disk,
        Stage::Failed(Trouble::Full) => words.full,
    };
    told.to_owned()
}
