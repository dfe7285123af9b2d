//! The texts of calls of several: whom to ring, and what came of it.

use super::each::texts;

texts! {
/// The texts of calls of several, which are loaded with what is around a call.
pub(crate) struct SeveralWords {
    // Whom to ring
    pub(crate) hint: &'static str,
    pub(crate) full: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) nobody_free: &'static str,
    pub(crate) voice_call: &'static str,
    pub(crate) video_call: &'static str,
    pub(crate) ring: &'static str,
    pub(crate) add: &'static str,
    pub(crate) or_link: &'static str,
    pub(crate) open_link: &'static str,
    pub(crate) link_open: &'static str,
    pub(crate) close_link: &'static str,
    pub(crate) link_closed: &'static str,

    // What came of it; `{}` is a name
    pub(crate) invited: &'static str,
    pub(crate) ringing: &'static str,
    pub(crate) declined: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) not_here: &'static str,
    pub(crate) undisturbed: &'static str,
    pub(crate) somebody: &'static str,

    // When it is over
    pub(crate) talked: &'static str,
    pub(crate) nobody_came: &'static str,
}
}
