//! The calls of this tab.

use crate::RecentCall;

/// As many as a person scrolls through.
const MOST: usize = 50;

/// Adds a call that is over, newest first. A call ends once: a second ending of the same one is ignored.
pub(crate) fn add(recent: &mut Vec<RecentCall>, call: RecentCall) {
    if recent.iter().any(|known| known.call_id == call.call_id) {
        return;
    }
    recent.truncate(MOST - 1);
    recent.insert(0, call);
}
