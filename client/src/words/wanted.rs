//! The texts of what somebody wants of others.

use super::each::texts;

texts! {
    /// The texts of what somebody wants of others, which are loaded with what is around a call. `{}` is a name.
    pub(crate) struct WishWords {
        pub(crate) status: &'static str,
        pub(crate) free: &'static str,
        pub(crate) away: &'static str,
        pub(crate) undisturbed: &'static str,
        pub(crate) undisturbed_hint: &'static str,

        pub(crate) people: &'static str,
        pub(crate) people_hint: &'static str,
        pub(crate) choose: &'static str,
        pub(crate) block: &'static str,
        pub(crate) block_named: &'static str,
        pub(crate) silence: &'static str,
        pub(crate) silence_named: &'static str,

        pub(crate) groups: &'static str,
        pub(crate) groups_hint: &'static str,
        pub(crate) call_group: &'static str,
        pub(crate) delete_group: &'static str,
        pub(crate) group_name: &'static str,
        pub(crate) keep_group: &'static str,
        pub(crate) change_group: &'static str,
        pub(crate) kept: &'static str,

        pub(crate) last_call: &'static str,
        pub(crate) unavailable: &'static str,
        pub(crate) not_taken: &'static str,
    }
}
