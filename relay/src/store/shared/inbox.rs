//! What other relays say, taken in order with what this one does itself.
//!
//! A relay listens to a channel of its own, for its people's frames, and to one of all, for who is here and what they do.
//! Scripts publish in the step that they belong to. So whoever looks at a call has heard before of all that led to what it
//! sees, and a ticket that is drawn when something is heard comes before that of a change made of it ([`super::gate`]).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use protocol::{CallId, CallStatus, DeviceId, UserId};
use serde::Deserialize;
use tokio::sync::{Notify, mpsc};

use super::Shared;
use super::gate::{Gate, Ticket};
use super::link::{Away, Ear};
use super::look::from_json;
use crate::store::state::most_of;
use crate::store::{Courier, News};

/// How much may wait to be handed out. It waits for commands that are under way, so hardly ever for more than a few.
const WAITING: usize = 4096;

/// As it lies on a channel. Each has one or two of these.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    /// Which relay says it.
    by: String,
    /// To which device, of what type, and the `data`; a type of nothing has the page begin anew.
    frames: Vec<(DeviceId, String, String)>,
    /// What the frames are about.
    calls: Vec<CallId>,
    /// That device is at another relay now.
    moved: Option<DeviceId>,
    /// Somebody is here: JSON.
    here: Option<String>,
    /// What they do in each of their calls.
    doing: String,
    /// Somebody is not here any more.
    gone: Option<UserId>,
    /// The directory was counted: JSON of each person in it, and what they do in each of their calls.
    counted: bool,
    census: Vec<(String, String)>,
    /// Who does what: the user, what they did in each of their calls, and what they do now.
    did: Vec<(UserId, String, String)>,
}

/// What was heard and not handed out yet.
pub(super) struct Inbox {
    me: String,
    gate: Arc<Gate>,
    courier: Arc<dyn Courier>,
    queue: mpsc::Sender<(Ticket, Said)>,
}

impl Inbox {
    /// An inbox, and where what it has heard waits.
    pub(super) fn new(me: String, gate: Arc<Gate>, courier: Arc<dyn Courier>) -> (Self, mpsc::Receiver<Heard>) {
        let (queue, heard) = mpsc::channel(WAITING);
        (Self { me, gate, courier, queue }, heard)
    }
}

impl Ear for Inbox {
    fn hear(&self, said: &[u8]) -> Result<(), Away> {
        let said: Said = match std::str::from_utf8(said).map(from_json) {
            Ok(Ok(said)) => said,
            _ => {
                tracing::warn!("another relay says what this version cannot read");
                return Ok(());
            }
        };
        // At once: whatever is done after this has to find another way to that device.
        if let Some(device) = said.moved {
            self.courier.hear(News::Moved(device));
            return Ok(());
        }
        // A relay has been told before what its own people do.
        if said.by == self.me && !said.did.is_empty() {
            return Ok(());
        }
        self.queue.try_send((self.gate.ticket(), said)).map_err(|_| Away::Flooded)
    }
}

/// In which order, and what.
pub(super) type Heard = (Ticket, Said);

/// Calls that have changed at another relay, to be looked at again.
#[derive(Default)]
pub(super) struct Stale {
    calls: Mutex<BTreeSet<CallId>>,
    pub(super) some: Notify,
}

impl Stale {
    fn add(&self, calls: Vec<CallId>) {
        if !calls.is_empty() {
            self.calls.lock().unwrap_or_else(PoisonError::into_inner).extend(calls);
            self.some.notify_one();
        }
    }

    /// All of them, which are so no more.
    pub(super) fn take(&self) -> Vec<CallId> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

/// Hands out what is heard, until the store is gone.
pub(super) async fn run(shared: Weak<Shared>, mut heard: mpsc::Receiver<Heard>) {
    while let Some((mut ticket, said)) = heard.recv().await {
        ticket.wait().await;
        let Some(shared) = shared.upgrade() else { return };
        hand_out(said, &*shared.courier, &shared.stale);
    }
}

fn hand_out(said: Said, courier: &dyn Courier, stale: &Stale) {
    for (device, kind, data) in said.frames {
        courier.hear(if kind.is_empty() { News::Renewed(device) } else { News::Frame(device, kind, data) });
    }
    stale.add(said.calls);
    if let Some(Ok(person)) = said.here.as_deref().map(from_json) {
        courier.hear(News::Here(person, doing(&said.doing).unwrap_or(CallStatus::Idle)));
    }
    if said.counted {
        let known = |(person, words): &(String, String)| Some((from_json(person).ok()?, doing(words).ok()?));
        courier.hear(News::All(said.census.iter().filter_map(known).collect()));
    }
    if let Some(user) = said.gone {
        courier.hear(News::Gone(user));
    }
    for (user, before, after) in said.did {
        if let (Ok(before), Ok(after)) = (doing(&before), doing(&after))
            && before != after
        {
            courier.status(&user, after);
        }
    }
}

/// What somebody does in all their calls together, of a list of what they do in each without its brackets.
fn doing(words: &str) -> Result<CallStatus, Away> {
    Ok(most_of(from_json::<Vec<CallStatus>>(&format!("[{words}]"))?))
}
