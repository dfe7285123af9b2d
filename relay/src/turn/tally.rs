//! What the server counts.

/// Why data went nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// The client has not let that peer in.
    Permission,
    /// The user has had what they may have for this second.
    Quota,
}

/// Counted since it was last asked for.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Bytes of payload towards peers.
    pub(crate) sent: u64,
    /// Bytes of payload from peers.
    pub(crate) received: u64,
    /// Datagrams that went nowhere for want of a permission.
    pub(crate) not_permitted: u64,
    /// Datagrams that went nowhere because their user had enough.
    pub(crate) over_quota: u64,
    /// Requests that were refused, by the number of the error.
    pub(crate) refused: Vec<(u16, u64)>,
}

impl Tally {
    pub(super) fn unsent(&mut self, why: Unsent) {
        match why {
            Unsent::Permission => self.not_permitted += 1,
            Unsent::Quota => self.over_quota += 1,
        }
    }

    pub(super) fn refused(&mut self, code: u16) {
        match self.refused.iter_mut().find(|(known, _)| *known == code) {
            Some((_, times)) => *times += 1,
            None => self.refused.push((code, 1)),
        }
    }
}
