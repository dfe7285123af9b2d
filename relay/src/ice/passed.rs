//! How much the TURN server inside has passed on for the people of a call.

use std::fmt;
use std::sync::OnceLock;

use call::Time;
use protocol::UserId;

/// Takes the count of some users since a time, in bytes: what has been taken is not counted again.
type Count = dyn Fn(&[&UserId], Time) -> u64 + Send + Sync;

/// Where that is asked for. Nothing until there is a server inside.
#[derive(Default)]
pub struct Passed(OnceLock<Box<Count>>);

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Passed").field(&self.0.get().is_some()).finish()
    }
}

impl Passed {
    /// Says who counts. It is asked while a store holds its lock, and may wait for nothing long.
    pub fn count_with(&self, count: impl Fn(&[&UserId], Time) -> u64 + Send + Sync + 'static) {
        // A relay has one server inside, from its start to its end.
        let _ = self.0.set(Box::new(count));
    }

    /// Bytes that were passed on for a call of these people that began then; `None` if there were none.
    #[must_use]
    pub fn take(&self, users: &[&UserId], began: Time) -> Option<u64> {
        self.0.get().map(|count| count(users, began)).filter(|bytes| *bytes > 0)
    }
}
