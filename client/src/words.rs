//! Every text of the interface, in one place.
//!
//! A language is a value of each struct here: a field for each text, so that the compiler notices one that was not
//! translated. Where a name or a number belongs in a text stands `{}`, filled by [`fill`], because its place in the
//! sentence is the language's business. Views ask [`words`] each time they are made and hold no text themselves; when the
//! page speaks another language they are made anew.
//!
//! English is loaded with the views that use it. Another language is a part of the program with all texts in it
//! ([`Texts`]), behind a door, and [`speak`] puts it in English's place (docs/decisions/017). To add one is to add a
//! value beside [`vietnamese`], a door, and a [`Language`].

mod along;
mod check;
mod each;
mod english;
mod figures;
mod group;
mod hints;
mod history;
mod hosting;
mod in_call;
mod invite;
mod reasons;
mod recording;
mod ring;
mod several;
#[cfg(test)]
mod tests;
mod vietnamese;
mod waiting;
mod wanted;
mod ways;

use std::cell::Cell;

pub(crate) use along::exchange_news;
pub(crate) use figures::FigureWords;
pub(crate) use reasons::{device_help, end_heading, end_sentence, hint_heading, is_told, notice, recent_outcome};
pub(crate) use vietnamese::vietnamese;

use self::each::texts;
use crate::find::split;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The one that is always there.
    English,
    /// A part of the program.
    Vietnamese,
}

impl Language {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Vietnamese];

    /// Its tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Vietnamese => "vi",
        }
    }

    /// What its speakers call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Vietnamese => "Tiếng Việt",
        }
    }

    /// The language of a tag, whatever the region: `en-GB` is English.
    pub(crate) fn of(tag: &str) -> Option<Self> {
        let says = |language: &Self| {
            tag.strip_prefix(language.tag()).is_some_and(|rest| matches!(rest.as_bytes(), [] | [b'-', ..]))
        };
        Self::ALL.into_iter().find(says)
    }
}

/// All texts of a language that is not loaded with what uses them.
pub(crate) struct Texts {
    words: Words,
    in_call: in_call::CallWords,
    figures: FigureWords,
    aside: AsideWords,
    history: history::HistoryWords,
    along: along::AlongWords,
    check: check::CheckWords,
}

thread_local! {
    /// What is spoken instead of English.
    static SPOKEN: Cell<Option<&'static Texts>> = const { Cell::new(None) };
}

/// Has all texts from now on be these, or the English ones.
pub(crate) fn speak(texts: Option<&'static Texts>) {
    SPOKEN.set(texts);
}

/// The texts in the language of the page.
pub(crate) fn words() -> &'static Words {
    SPOKEN.get().map_or(&english::WORDS, |texts| &texts.words)
}

/// The texts of what is around a call. Asked for by that part of the program alone, so that they are loaded with it.
pub(crate) fn aside_words() -> &'static AsideWords {
    SPOKEN.get().map_or(&english::ASIDE, |texts| &texts.aside)
}

/// The texts of how somebody is received, which more than one part of the program asks for: they are loaded first, and
/// there are few of them.
pub(crate) fn figure_words() -> &'static FigureWords {
    SPOKEN.get().map_or(&english::FIGURES, |texts| &texts.figures)
}

/// The texts of a call. Asked for by the call's own views alone, so that they are loaded with them.
pub(crate) fn call_words() -> &'static in_call::CallWords {
    SPOKEN.get().map_or(&english::IN_CALL, |texts| &texts.in_call)
}

/// The texts of a call of several. Asked for by the call's own views alone, so that they are loaded with them.
pub(crate) fn group_words() -> &'static group::GroupWords {
    &call_words().group
}

/// The texts of "Can I call?". Asked for by that part of the program alone, so that they are loaded with it.
pub(crate) fn check_words() -> &'static check::CheckWords {
    SPOKEN.get().map_or(&english::CHECK, |texts| &texts.check)
}

/// The texts of the history of calls. Asked for by that part of the program alone, so that they are loaded with it.
pub(crate) fn history_words() -> &'static history::HistoryWords {
    SPOKEN.get().map_or(&english::HISTORY, |texts| &texts.history)
}

/// The texts of what people in a call exchange. Asked for by that part of the program alone, so that they are loaded
/// with it.
pub(crate) fn along_words() -> &'static along::AlongWords {
    SPOKEN.get().map_or(&english::ALONG, |texts| &texts.along)
}

/// `template` with its first `{}` replaced by `value`.
pub(crate) fn fill(template: &str, value: &str) -> String {
    let Some((before, after)) = split(template, "{}") else { return template.to_owned() };
    [before, value, after].concat()
}

texts! {
/// The texts of what is loaded first.
pub(crate) struct Words {
    // First visit
    pub(crate) what_alo_is: &'static str,
    pub(crate) your_name: &'static str,
    pub(crate) name_hint: &'static str,
    pub(crate) name_needed: &'static str,
    pub(crate) name_too_long: &'static str,
    pub(crate) name_refused: &'static str,
    pub(crate) no_guests: &'static str,
    pub(crate) sign_in_failed: &'static str,
    pub(crate) sign_in_again: &'static str,
    pub(crate) too_quick: &'static str,
    pub(crate) did_not_work: &'static str,
    pub(crate) continue_: &'static str,
    pub(crate) invited_to_room: &'static str,

    // Home
    pub(crate) copy_link: &'static str,
    pub(crate) link_copied: &'static str,
    pub(crate) link_not_copied: &'static str,
    pub(crate) greeting: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) calls_missed: &'static str,
    pub(crate) people_here: &'static str,
    pub(crate) more: &'static str,
    pub(crate) more_about: &'static str,
    pub(crate) call_several: &'static str,
    pub(crate) whom_to_ring: &'static str,
    pub(crate) nobody_here: &'static str,
    pub(crate) nobody_here_local: &'static str,
    pub(crate) people_hidden: &'static str,
    pub(crate) looking_for_people: &'static str,
    pub(crate) voice_call_to: &'static str,
    pub(crate) video_call_to: &'static str,
    pub(crate) voice: &'static str,
    pub(crate) video: &'static str,
    pub(crate) status_free: &'static str,
    pub(crate) status_ringing: &'static str,
    pub(crate) status_in_call: &'static str,
    pub(crate) status_away: &'static str,
    pub(crate) status_undisturbed: &'static str,
    pub(crate) status_offline: &'static str,
    pub(crate) rooms: &'static str,
    pub(crate) rooms_hint: &'static str,
    pub(crate) create_room: &'static str,
    pub(crate) room_code: &'static str,
    pub(crate) room_code_hint: &'static str,
    pub(crate) room_code_wrong: &'static str,
    pub(crate) join_room: &'static str,
    pub(crate) or: &'static str,
    pub(crate) room: &'static str,
    pub(crate) room_named: &'static str,

    // The link to the server
    pub(crate) link_online: &'static str,
    pub(crate) link_connecting: &'static str,
    pub(crate) link_lost: &'static str,
    pub(crate) try_now: &'static str,
    pub(crate) link_outdated: &'static str,
    pub(crate) updated: &'static str,
    pub(crate) install: &'static str,
    pub(crate) reload: &'static str,
    pub(crate) dismiss: &'static str,

    // Settings and devices
    pub(crate) settings: &'static str,
    pub(crate) close: &'static str,

    // Ringing here
    pub(crate) incoming_call: &'static str,
    pub(crate) calls_you_voice: &'static str,
    pub(crate) calls_you_video: &'static str,
    pub(crate) together_with: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) accept_with_video: &'static str,
    pub(crate) decline: &'static str,
    pub(crate) rings_title: &'static str,

    pub(crate) try_again: &'static str,

    // What comes later
    pub(crate) part_waits: &'static str,
    pub(crate) part_failed: &'static str,
}

/// The texts of what is around a call, which are loaded with it.
pub(crate) struct AsideWords {
    // The calls of this tab
    pub(crate) recent: &'static str,
    pub(crate) call_person_again: &'static str,
    pub(crate) outcomes: EndWords,
    pub(crate) time: TimeWords,

    // Settings and devices
    pub(crate) microphone: &'static str,
    pub(crate) camera: &'static str,
    pub(crate) speaker: &'static str,
    pub(crate) device_default: &'static str,
    pub(crate) device_nth: &'static str,
    pub(crate) devices_unknown: &'static str,
    pub(crate) allow_devices: &'static str,
    pub(crate) microphone_level: &'static str,
    pub(crate) sounds: &'static str,
    pub(crate) sounds_hint: &'static str,
    pub(crate) notify: &'static str,
    pub(crate) notify_hint: &'static str,
    pub(crate) notify_blocked: &'static str,
    pub(crate) install: InstallWords,
    pub(crate) change: &'static str,
    pub(crate) theme_hint: &'static str,
    pub(crate) language: &'static str,
    pub(crate) language_failed: &'static str,
    pub(crate) can_i_call: &'static str,

    // Before a room
    pub(crate) ready_to_join: &'static str,
    pub(crate) new_room: &'static str,
    pub(crate) preview: &'static str,
    pub(crate) camera_is_off: &'static str,
    pub(crate) back: &'static str,

    // After a call
    pub(crate) call_again: &'static str,
    pub(crate) done: &'static str,
    pub(crate) lasted: &'static str,
    pub(crate) ended: EndWords,

    // An address where there is nothing
    pub(crate) not_found: &'static str,
    pub(crate) not_found_hint: &'static str,
    pub(crate) go_home: &'static str,

    pub(crate) several: several::SeveralWords,
    pub(crate) hosting: hosting::HostWords,
    pub(crate) invite: invite::InviteWords,
    pub(crate) ring: ring::RingWords,
        pub(crate) wanted: wanted::WishWords,
    pub(crate) help: HelpWords,
    pub(crate) notices: NoticeWords,
}

/// Why a call is over: in a heading, or in a sentence in which `{}` is the other person's name.
pub(crate) struct EndWords {
    pub(crate) completed: &'static str,
    pub(crate) left_room: &'static str,
    pub(crate) cancelled: &'static str,
    pub(crate) cancelled_by_them: &'static str,
    pub(crate) they_declined: &'static str,
    pub(crate) you_declined: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) no_answer: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) timeout: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) away: &'static str,
    pub(crate) answered_elsewhere: &'static str,
    pub(crate) declined_elsewhere: &'static str,
    pub(crate) removed: &'static str,
}

/// Lengths of time; `{}` is the number.
pub(crate) struct TimeWords {
    pub(crate) seconds: &'static str,
    pub(crate) minutes: &'static str,
    pub(crate) hours: &'static str,
}

/// Why a device cannot be used, and the remedy.
pub(crate) struct HelpWords {
    pub(crate) microphone_denied: &'static str,
    pub(crate) camera_denied: &'static str,
    pub(crate) allow_chromium: &'static str,
    pub(crate) allow_firefox: &'static str,
    pub(crate) allow_safari: &'static str,
    pub(crate) allow_android: &'static str,
    pub(crate) allow_ios: &'static str,
    pub(crate) allow_other: &'static str,
    pub(crate) allow_in_system: &'static str,
    pub(crate) microphone_missing: &'static str,
    pub(crate) camera_missing: &'static str,
    pub(crate) plug_in: &'static str,
    pub(crate) microphone_in_use: &'static str,
    pub(crate) camera_in_use: &'static str,
    pub(crate) close_others: &'static str,
    pub(crate) insecure: &'static str,
    pub(crate) use_https: &'static str,
    pub(crate) microphone_lost: &'static str,
    pub(crate) camera_lost: &'static str,
    pub(crate) plug_back: &'static str,
    pub(crate) microphone_unknown: &'static str,
    pub(crate) camera_unknown: &'static str,
    pub(crate) replug: &'static str,
}

/// How the page is put among the programs of a machine, where the browser does not offer it by itself.
pub(crate) struct InstallWords {
    pub(crate) heading: &'static str,
    pub(crate) chromium: &'static str,
    pub(crate) firefox: &'static str,
    pub(crate) safari: &'static str,
    pub(crate) android: &'static str,
    pub(crate) ios: &'static str,
    pub(crate) other: &'static str,
}

/// Refusals of the server that a person can do something about.
pub(crate) struct NoticeWords {
    pub(crate) reload: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) not_here: &'static str,
    pub(crate) call_over: &'static str,
    pub(crate) moved_on: &'static str,
    pub(crate) room_full: &'static str,
    pub(crate) room_locked: &'static str,
    pub(crate) not_let_in: &'static str,
    pub(crate) not_host: &'static str,
    pub(crate) undisturbed: &'static str,
    pub(crate) yourself: &'static str,
    pub(crate) in_call: &'static str,
    pub(crate) elsewhere: &'static str,
    pub(crate) unavailable: &'static str,
}
}

/// A heading and the sentence below it.
pub(crate) struct Said {
    pub(crate) heading: &'static str,
    pub(crate) sentence: &'static str,
}
