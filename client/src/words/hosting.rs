//! The texts of a room's host, and of its door.

use super::each::texts;

texts! {
    /// The texts of a room's host and its door, which are loaded with what is around a call. `{}` is a name.
    pub(crate) struct HostWords {
        pub(crate) people: &'static str,
        pub(crate) host: &'static str,
        pub(crate) mute: &'static str,
        pub(crate) remove: &'static str,
        pub(crate) lock: &'static str,
        pub(crate) lock_hint: &'static str,
        pub(crate) waiting_room: &'static str,
        pub(crate) waiting_room_hint: &'static str,
        pub(crate) knocks: &'static str,
        pub(crate) admit: &'static str,
        pub(crate) admit_named: &'static str,
        pub(crate) turn_away: &'static str,
        pub(crate) turn_away_named: &'static str,
        pub(crate) end_for_all: &'static str,
        pub(crate) end_question: &'static str,
        pub(crate) at_the_door: &'static str,
        pub(crate) at_the_door_hint: &'static str,
        pub(crate) muted_you: &'static str,
    }
}
