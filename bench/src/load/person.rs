//! A person whom the load generator plays.

/// Somebody, and what they remember of their session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// How the others ring them.
    pub(crate) id: String,
    /// The token they sign in with, where there is one.
    pub(crate) token: String,
    /// Their address inside calls, where the server gives one. Kept for the next connection.
    pub(crate) device: Option<String>,
    /// The id of their last request.
    pub(crate) last_request: u32,
    /// The number of the last frame that they got.
    pub(crate) last_seq: u64,
    /// The call they placed last, or are in.
    pub(crate) call: String,
    /// Calls placed so far.
    pub(crate) calls: u64,
}

impl Person {
    /// Somebody known by an id alone.
    pub(crate) fn named(id: String) -> Self {
        Self { id, ..Self::default() }
    }
}
