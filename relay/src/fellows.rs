//! What a relay asks the relays beside it, where there are any: who is here, and whether a session is.
//!
//! A relay that stands alone, or whose Redis is away, answers all of it by itself.

use protocol::{DeviceId, Person, UserId};

use crate::app::App;
use crate::hub::Swept;
use crate::ids;
use crate::session::Session;
use crate::store::{Arrival, Reached};

/// Devices drawn until one is nobody else's. With 96 bits the first is.
const DRAWS: usize = 2;

/// Where somebody's session begins.
pub(crate) struct Settled {
    /// On the device that was wanted, or on another if that one is somebody else's.
    pub(crate) device: DeviceId,
    /// Whether there is a place for them in the directory; `None` if this relay has to know that by itself.
    pub(crate) listed: Option<bool>,
}

impl App {
    /// Says that somebody's session is here from now on; one of that device at another relay is over. `None` if no device can
    /// be had.
    pub(crate) async fn settle(&self, mut device: DeviceId, person: &Person) -> Option<Settled> {
        let Some(shared) = &self.shared else { return Some(Settled { device, listed: None }) };
        for _ in 0..DRAWS {
            match shared.arrive(&device, person).await {
                Arrival::Here { listed } => return Some(Settled { device, listed: Some(listed) }),
                Arrival::Alone => return Some(Settled { device, listed: None }),
                Arrival::Taken => device = ids::device()?,
            }
        }
        None
    }

    /// Says what became of sessions that lost their connection. False if this relay has to draw its own conclusions.
    pub(crate) async fn depart(&self, swept: &Swept) -> bool {
        let Some(shared) = &self.shared else { return false };
        let (absent, over) = (names(swept.absent.iter().map(|one| &**one)), names(swept.over.iter().map(|one| &**one)));
        shared.depart(&absent, false).await.is_ok() && shared.depart(&over, true).await.is_ok()
    }

    /// Says that a session is over.
    pub(crate) async fn take_leave(&self, session: &Session) {
        if let Some(shared) = &self.shared
            && let Err(away) = shared.depart(&names([session].into_iter()), true).await
        {
            tracing::debug!(%away, "a session is over, and others do not know");
        }
    }

    /// How somebody can be reached.
    pub(crate) async fn reached(&self, user: &UserId) -> Reached {
        self.all_reached(&[user]).await.pop().unwrap_or_default()
    }

    /// How each of these people can be reached.
    pub(crate) async fn all_reached(&self, users: &[&UserId]) -> Vec<Reached> {
        let mut reached: Vec<Reached> = users.iter().map(|user| self.reached_here(user)).collect();
        let Some(shared) = &self.shared else { return reached };
        match shared.reached(users).await {
            Ok(elsewhere) => {
                for (here, elsewhere) in reached.iter_mut().zip(elsewhere) {
                    let more = elsewhere.devices.into_iter().filter(|device| !here.devices.contains(device));
                    here.devices.extend(more.collect::<Vec<_>>());
                    here.person = here.person.take().or(elsewhere.person);
                }
            }
            Err(away) => tracing::debug!(%away, "who is at other relays is not known"),
        }
        reached
    }

    fn reached_here(&self, user: &UserId) -> Reached {
        let devices = self.hub.devices(user, self.clock.now());
        let session = devices.first().and_then(|device| self.hub.by_device(device));
        Reached { person: session.map(|session| session.person.clone()), devices }
    }
}

fn names<'a>(sessions: impl Iterator<Item = &'a Session>) -> Vec<(DeviceId, UserId)> {
    sessions.map(|session| (session.device.clone(), session.person.id.clone())).collect()
}
