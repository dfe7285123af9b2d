//! A file that is offered, in the sheet.

use call::exchange::{FileState, FileView, FileWith, ItemKey, What};
use protocol::FileEnd;

use crate::along::{has_room, use_along};
use crate::platform::{El, el, el_class};
use crate::signal::{Signal, memo};
use crate::views::icon::{Icon, icon};
use crate::views::parts::{small, text_button};
use crate::words::{along_words, fill};

/// The file: its name and size, how far it is, and what can be done with it.
pub(super) fn file(key: &ItemKey, first: &FileView) -> El {
    let (view, whose) = (use_along().view(), key.clone());
    let now = memo(move || {
        view.with(|view| {
            let line = view.lines.iter().find(|line| line.key == whose)?;
            if let What::File(file) = &line.what { Some(file.clone()) } else { None }
        })
    });
    let about = el_class("div", "about")
        .child(el_class("bdi", "name").text(&first.name))
        .child(small(&size_in_words(first.size)));
    let mine = key.from.is_none();
    el_class("div", "file")
        .attr("role", "group")
        .attr("aria-label", &first.name)
        .child(icon(Icon::File))
        .child(about)
        .child(progress(now))
        .child(states(now, mine))
        .child(buttons(now, key))
}

/// How far it is altogether, while it is on its way.
fn progress(now: Signal<Option<FileView>>) -> El {
    let percent = memo(move || now.with(|file| file.as_ref().and_then(percent)));
    el_class("div", "beside").show(move || {
        percent.get()?;
        let bar = el("progress").attr("max", "100");
        Some(bar.attr_now("value", move || percent.get().map(|percent| percent.to_string())))
    })
}

/// Of what is on its way, the slowest.
fn percent(file: &FileView) -> Option<u64> {
    let part = |with: &FileWith| match with.state {
        FileState::Flows { bytes } | FileState::Stopped { bytes } => {
            Some(bytes.saturating_mul(100).checked_div(file.size).unwrap_or(100))
        }
        FileState::Offered | FileState::Done | FileState::Ended(_) => None,
    };
    file.with.iter().filter_map(part).min()
}

/// How it stands with each of the others.
fn states(now: Signal<Option<FileView>>, mine: bool) -> El {
    let words = memo(move || now.with(|file| file.as_ref().map(|file| in_words(file, mine)).unwrap_or_default()));
    el_class("div", "states small quiet").attr("role", "status").each(
        move || words.get(),
        String::clone,
        |words| el("p").text(&words),
    )
}

fn in_words(file: &FileView, mine: bool) -> Vec<String> {
    if mine && file.taken_back {
        return vec![along_words().cancelled.to_owned()];
    }
    if mine && file.with.is_empty() {
        return vec![along_words().for_later.to_owned()];
    }
    file.with.iter().filter_map(|with| state_in_words(with, mine)).collect()
}

fn state_in_words(with: &FileWith, mine: bool) -> Option<String> {
    let words = along_words();
    let text = match (with.state, mine) {
        (FileState::Offered, true) => words.waits_for,
        (FileState::Offered, false) => return None,
        (FileState::Flows { .. }, true) => words.goes_to,
        (FileState::Flows { .. }, false) => words.comes,
        (FileState::Stopped { .. }, _) => words.stopped,
        (FileState::Done, true) => words.has_it,
        (FileState::Done, false) => words.saved,
        (FileState::Ended(FileEnd::Declined), true) => words.declined_by,
        (FileState::Ended(FileEnd::Declined), false) => words.declined,
        (FileState::Ended(FileEnd::Cancelled), _) => words.cancelled,
        (FileState::Ended(FileEnd::Gone), _) => words.gone,
        (FileState::Ended(FileEnd::Failed), _) => words.failed,
        (FileState::Ended(FileEnd::TooBig), _) => words.too_big,
    };
    Some(fill(text, &with.name))
}

/// What can be done with it now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Can {
    Nothing,
    Answer,
    Stop,
    TakeBack,
}

fn can(file: &FileView, mine: bool) -> Can {
    if mine {
        return if file.taken_back { Can::Nothing } else { Can::TakeBack };
    }
    match file.with.first().map(|with| with.state) {
        Some(FileState::Offered) => Can::Answer,
        Some(FileState::Flows { .. } | FileState::Stopped { .. }) => Can::Stop,
        Some(FileState::Done | FileState::Ended(_)) | None => Can::Nothing,
    }
}

fn buttons(now: Signal<Option<FileView>>, key: &ItemKey) -> El {
    let (key, mine) = (key.clone(), key.from.is_none());
    let can = memo(move || now.with(|file| file.as_ref().map_or(Can::Nothing, |file| can(file, mine))));
    el_class("div", "beside").show(move || {
        let words = along_words();
        let cancel = |class, label| {
            let (along, key) = (use_along(), key.clone());
            text_button(class, label, move || along.cancel(key.clone()))
        };
        let row = el_class("div", "row");
        Some(match can.get() {
            Can::Nothing => return None,
            Can::Answer => row.child(receive(now, key.clone())).child(cancel("", words.no_thanks)),
            Can::Stop => row.child(cancel("", words.cancel)),
            Can::TakeBack => row.child(cancel("", words.take_back)),
        })
    })
}

/// Takes it, or says why that cannot be.
fn receive(now: Signal<Option<FileView>>, key: ItemKey) -> El {
    let words = along_words();
    let known = now.get_untracked().map(|file| (file.name, file.size));
    let Some((name, size)) = known.filter(|(_, size)| has_room(*size)) else { return small(words.no_room) };
    let along = use_along();
    text_button("main", words.receive, move || along.accept(key.clone(), &name, size))
}

/// A size as people say it: in whole kilobytes or megabytes.
fn size_in_words(bytes: u64) -> String {
    const KILO: u64 = 1000;
    let (number, unit) = match bytes {
        0..KILO => (bytes, " B"),
        KILO..1_000_000 => (bytes.div_ceil(KILO), " KB"),
        _ => (bytes.div_ceil(KILO * KILO), " MB"),
    };
    [number.to_string().as_str(), unit].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn view(states: &[FileState]) -> FileView {
        let with = |state: &FileState| FileWith {
            device: "device-0123456789".parse().unwrap(),
            name: "Bob".into(),
            state: *state,
        };
        FileView {
            name: "a".into(),
            mime: "".into(),
            size: 1000,
            with: states.iter().map(with).collect(),
            taken_back: false,
        }
    }

    #[test]
    fn sizes_are_said_in_whole_numbers() {
        for (bytes, words) in [(0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1001, "2 KB"), (5_242_880, "6 MB")] {
            assert_eq!(size_in_words(bytes), words);
        }
    }

    #[test]
    fn the_slowest_says_how_far_it_is() {
        assert_eq!(percent(&view(&[FileState::Offered, FileState::Done])), None);
        let going = [FileState::Flows { bytes: 900 }, FileState::Stopped { bytes: 250 }, FileState::Done];
        assert_eq!(percent(&view(&going)), Some(25));
    }

    #[test]
    fn each_side_says_it_in_its_own_words() {
        let said = |state, mine| in_words(&view(&[state]), mine);
        assert_eq!(said(FileState::Offered, true), ["Waiting for Bob"]);
        assert_eq!(said(FileState::Offered, false), [""; 0]);
        assert_eq!(said(FileState::Ended(FileEnd::Declined), true), ["Bob does not want it"]);
        assert_eq!(said(FileState::Ended(FileEnd::Declined), false), ["You did not want it"]);
    }
}
