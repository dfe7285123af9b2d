//! Recording the call on this device: how it is begun and ended, and what came of it.

use crate::platform::{El, drawing, el, el_class};
use crate::recording::{Recording, Stage, Trouble, use_recording};
use crate::signal::{RwSignal, memo};
use crate::views::icon::Icon;
use crate::views::parts::{button, round_button, small};
use crate::words::{along_words, fill, words};

/// A ring with a dot in it.
const RECORD: &str = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z";

/// The entry of the menu, with what it does.
pub(super) fn entry(menu: RwSignal<bool>) -> El {
    let (recording, words) = (use_recording(), &along_words().record);
    let stage = recording.stage();
    let on = memo(move || stage.get() == Stage::On);
    let press = move || {
        menu.set(false);
        if on.get_untracked() { recording.stop() } else { recording.start() }
    };
    let label = move || if on.get() { words.stop } else { words.start };
    let button = button("", press).child(drawing("icon", RECORD)).child(el("span").text_now(label));
    el_class("div", "recording").child(button).child(small(words.hint))
}

/// How far it is, over the call; what came of it stays until it is put away.
pub(super) fn notice() -> El {
    let recording = use_recording();
    let stage = recording.stage();
    el_class("div", "recorded").attr("role", "status").show(move || {
        let told = Some(words_of(stage.get())).filter(|told| !told.is_empty())?;
        let recording = recording.clone();
        let close = round_button(Icon::Close, words().dismiss, move || recording.put_away());
        let over = matches!(stage.get_untracked(), Stage::Saved(_) | Stage::Failed(_));
        Some(el_class("p", "mark").child(el("span").text(&told)).children(over.then_some(close)))
    })
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
