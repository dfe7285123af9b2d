//! The texts of the history of calls.

use super::each::texts;

texts! {
/// The texts of the history of calls, which are loaded with it.
pub(crate) struct HistoryWords {
    // The list
    pub(crate) calls: &'static str,
    pub(crate) back_home: &'static str,
    pub(crate) back_to_calls: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) nothing_yet: &'static str,
    pub(crate) nothing_found: &'static str,
    pub(crate) behind: &'static str,
    pub(crate) more: &'static str,
    pub(crate) shown_one: &'static str,
    pub(crate) shown_many: &'static str,

    // Filters
    pub(crate) filter: &'static str,
    pub(crate) all: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) voice: &'static str,
    pub(crate) video: &'static str,
    pub(crate) search: &'static str,

    // Days
    pub(crate) today: &'static str,
    pub(crate) yesterday: &'static str,

    // A call
    pub(crate) missed_video: &'static str,
    pub(crate) missed_voice: &'static str,
    pub(crate) outgoing_voice: &'static str,
    pub(crate) outgoing_video: &'static str,
    pub(crate) incoming_voice: &'static str,
    pub(crate) incoming_video: &'static str,
    pub(crate) room_call: &'static str,
    pub(crate) join_again: &'static str,
    pub(crate) began: &'static str,
    pub(crate) lasted: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) you_hung_up: &'static str,
    pub(crate) they_hung_up: &'static str,
    pub(crate) who: &'static str,
    pub(crate) recorded: &'static str,
    pub(crate) recording: &'static str,
    pub(crate) was_recorded: &'static str,
    pub(crate) quality: &'static str,
    pub(crate) good: &'static str,
    pub(crate) fair: &'static str,
    pub(crate) poor: &'static str,
    pub(crate) delay: &'static str,
    pub(crate) loss: &'static str,
    pub(crate) from_to: &'static str,

    // How good it was from beginning to end
    pub(crate) course: &'static str,
    pub(crate) course_hint: &'static str,
    pub(crate) opinion: &'static str,
    pub(crate) round_trip: &'static str,
    pub(crate) lost: &'static str,
    pub(crate) up_to: &'static str,
    pub(crate) down_to: &'static str,
    pub(crate) throughout: &'static str,
    pub(crate) worst_at: &'static str,
    pub(crate) millis: &'static str,
    pub(crate) percent: &'static str,
    pub(crate) point: &'static str,

    // What a call came to for somebody
    pub(crate) placed: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) joined: &'static str,
    pub(crate) declined: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) unanswered: &'static str,

    // Deleting and saving
    pub(crate) export: &'static str,
    pub(crate) exported: &'static str,
    pub(crate) delete_all: &'static str,
    pub(crate) delete_all_question: &'static str,
    pub(crate) delete_all_hint: &'static str,
    pub(crate) all_deleted: &'static str,
    pub(crate) delete_one: &'static str,
    pub(crate) delete_one_question: &'static str,
    pub(crate) delete_one_hint: &'static str,
    pub(crate) keep: &'static str,
    pub(crate) delete: &'static str,

    // What can go wrong
    pub(crate) unreachable: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) no_call: &'static str,
}
}
