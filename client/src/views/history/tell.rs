//! Past calls in words.

use call::Direction;
use protocol::{CallType, EndReason, Figures, Person, UserId};

use crate::find::split;
use crate::past::{PastCall, Status};
use crate::platform::calendar::{self, Day};
use crate::platform::calls::Trouble;
use crate::views::text::{is_video, length, names};
use crate::words::{end_heading, fill, history_words, words};

/// Whom the call was with: the other one, or the room and who was in it.
pub(super) fn who(call: &PastCall, me: &UserId) -> String {
    if let Some(person) = call.with(me) {
        return person.name.clone();
    }
    let group = call.group(me);
    if !group.is_empty() {
        return names(&group);
    }
    let named = call.room_name.clone().or_else(|| Some(fill(words().room_named, call.room.as_ref()?.as_str())));
    named.unwrap_or_else(|| words().room.to_owned())
}

/// Who else was in the room; nothing for a call of two.
pub(super) fn company(call: &PastCall, me: &UserId) -> String {
    let names: Vec<&str> = call.others(me).map(|part| part.person.name.as_str()).collect();
    if call.room.is_some() { names.join(", ") } else { String::new() }
}

/// What kind of call it was, and in which direction.
pub(super) fn what(call: &PastCall, me: &UserId) -> &'static str {
    let words = history_words();
    match (call.direction(me), is_video(call.kind)) {
        _ if call.is_missed(me) && is_video(call.kind) => words.missed_video,
        _ if call.is_missed(me) => words.missed_voice,
        (Direction::Room, _) => words.room_call,
        (Direction::Outgoing, true) => words.outgoing_video,
        (Direction::Outgoing, false) => words.outgoing_voice,
        (Direction::Incoming, true) => words.incoming_video,
        (Direction::Incoming, false) => words.incoming_voice,
    }
}

/// How it went: how long it lasted, else why nothing came of it.
pub(super) fn outcome(call: &PastCall, me: &UserId) -> String {
    match call.ending(me) {
        EndReason::Completed => length(call.lasted),
        reason => end_heading(reason, call.direction(me)).to_owned(),
    }
}

/// Why it was over; of a call that took its course, who hung up.
pub(super) fn end(call: &PastCall, me: &UserId) -> String {
    let (reason, direction) = (call.ending(me), call.direction(me));
    match (&call.ended_by, reason, direction) {
        (Some(by), EndReason::Completed, Direction::Outgoing | Direction::Incoming) if by == me => {
            history_words().you_hung_up.to_owned()
        }
        (Some(by), EndReason::Completed, Direction::Outgoing | Direction::Incoming) => {
            let name = call.parts.iter().find(|part| part.person.id == *by).map(|part| part.person.name.as_str());
            fill(history_words().they_hung_up, name.unwrap_or_default())
        }
        _ => end_heading(reason, direction).to_owned(),
    }
}

/// How good it was, in a word and the medians it comes from; nothing where no sound was measured.
pub(super) fn quality(figures: &Figures) -> Option<String> {
    let words = history_words();
    // The opinions at which people are satisfied, and many no more: ratings of 80 and 60 (ITU-T G.107 table B.1).
    let word = match figures.mos_x100? {
        403.. => words.good,
        310.. => words.fair,
        _ => words.poor,
    };
    let delay = figures.round_trip_ms.map(|millis| fill(words.delay, &millis.to_string()));
    let loss = figures.loss_permille.map(|permille| {
        let per_cent = fill(words.loss, &(permille / 10).to_string());
        fill(&per_cent, &(permille % 10).to_string())
    });
    Some([Some(word.to_owned()), delay, loss].into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// What the call came to for somebody in it.
pub(super) fn part(status: Status) -> &'static str {
    let words = history_words();
    match status {
        Status::Placed => words.placed,
        Status::Accepted => words.accepted,
        Status::Joined => words.joined,
        Status::Declined => words.declined,
        Status::Busy => words.busy,
        Status::Missed => words.unanswered,
    }
}

/// A day, as a heading.
pub(super) fn day(day: Day) -> String {
    match day {
        Day::Today => history_words().today.to_owned(),
        Day::Yesterday => history_words().yesterday.to_owned(),
        Day::Other(text) => text,
    }
}

/// Day and time of day.
pub(super) fn moment(at: f64) -> String {
    [day(calendar::day(at)).as_str(), ", ", &calendar::time(at)].concat()
}

/// From when to when.
pub(super) fn span(from: f64, to: f64) -> String {
    let times = fill(history_words().from_to, &calendar::time(from));
    split(&times, "{}").map_or_else(|| times.clone(), |(before, after)| [before, &calendar::time(to), after].concat())
}

/// So many calls are shown.
pub(super) fn shown(count: usize) -> String {
    match count {
        1 => history_words().shown_one.to_owned(),
        _ => fill(history_words().shown_many, &count.to_string()),
    }
}

/// What went wrong, and what to do.
pub(super) fn trouble(trouble: Trouble) -> &'static str {
    let words = history_words();
    match trouble {
        Trouble::Unreachable => words.unreachable,
        Trouble::NoCall => words.no_call,
        Trouble::Unavailable => words.unavailable,
    }
}

/// What calling somebody back is called.
pub(super) fn call_back(person: &Person, kind: CallType) -> String {
    let words = words();
    fill(if is_video(kind) { words.video_call_to } else { words.voice_call_to }, &person.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_quality_of_a_call_is_a_word_and_its_medians() {
        let told = |mos_x100| {
            let figures = Figures { mos_x100, round_trip_ms: Some(34), loss_permille: Some(12), ..Figures::default() };
            quality(&figures).map(|told| told.replace('\u{a0}', " "))
        };
        assert_eq!(told(Some(437)).as_deref(), Some("Good · 34 ms there and back · 1.2 % lost"));
        assert!(told(Some(350)).is_some_and(|told| told.starts_with("With small gaps")));
        assert!(told(Some(200)).is_some_and(|told| told.starts_with("Bad")));
        assert_eq!(told(None), None);
    }
}
