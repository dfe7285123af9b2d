//! Every session of this relay, found by its secret, its device or its user.
//!
//! The lock is held for a lookup or an insertion. Sessions have locks of their own; whoever holds one of those never
//! asks for this one.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use call::Time;
use protocol::{DeviceId, SessionId, UserId};

use crate::session::{Attachment, CloseCode, Session};
use crate::store::Here;

/// How long a user without any connection counts as being there: a reload, or a moment without network.
const PRESENT: Duration = Duration::from_secs(5);
/// Sessions of one user. Nobody has that many devices in use, and each costs memory here and a ring from every caller.
const SESSIONS_OF_A_USER: usize = 32;

/// The sessions.
#[derive(Default)]
pub struct Hub {
    sessions: Mutex<Sessions>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Sessions {
    by_secret: HashMap<SessionId, Arc<Session>>,
    by_device: HashMap<DeviceId, Arc<Session>>,
    by_user: HashMap<UserId, Vec<Arc<Session>>>,
    /// Sessions that lost their connection, in that order; they may have another by now.
    detached: VecDeque<(Time, SessionId)>,
    /// The same, until their user is looked after.
    missing: VecDeque<(Time, Arc<Session>)>,
}

/// What [`Hub::sweep`] found.
#[derive(Debug, Default)]
pub struct Swept {
    /// Sessions that nobody resumed in time.
    pub over: Vec<Arc<Session>>,
    /// Sessions at which nobody has been for a moment; some of them are over.
    pub absent: Vec<Arc<Session>>,
    /// Users who are not here any more.
    pub gone: Vec<UserId>,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a new session. Those that it takes the place of are over and are returned: one of the same device, and
    /// the user's oldest if they have too many, one without a connection first.
    #[must_use]
    pub fn insert(&self, session: &Arc<Session>) -> Vec<Arc<Session>> {
        let mut sessions = self.lock();
        let mut former: Vec<Arc<Session>> = sessions.by_device.get(&session.device).cloned().into_iter().collect();
        let others = sessions.by_user.get(&session.person.id).map(Vec::as_slice).unwrap_or_default();
        if former.is_empty() && others.len() >= SESSIONS_OF_A_USER {
            let oldest = others.iter().find(|other| other.detached_since().is_some()).or(others.first());
            former.extend(oldest.cloned());
        }
        for former in &former {
            sessions.remove(former);
        }
        sessions.by_secret.insert(session.id.clone(), Arc::clone(session));
        sessions.by_device.insert(session.device.clone(), Arc::clone(session));
        sessions.by_user.entry(session.person.id.clone()).or_default().push(Arc::clone(session));
        former
    }

    /// The session with that secret.
    #[must_use]
    pub fn by_secret(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.lock().by_secret.get(id).cloned()
    }

    /// The session of that device.
    #[must_use]
    pub fn by_device(&self, device: &DeviceId) -> Option<Arc<Session>> {
        self.lock().by_device.get(device).cloned()
    }

    /// Every session of a user, also those without a connection.
    #[must_use]
    pub fn by_user(&self, user: &UserId) -> Vec<Arc<Session>> {
        self.lock().by_user.get(user).cloned().unwrap_or_default()
    }

    /// The devices on which a user can be reached: those with a connection, or without one for a moment.
    #[must_use]
    pub fn devices(&self, user: &UserId, now: Time) -> Vec<DeviceId> {
        let sessions = self.by_user(user);
        let present = sessions.iter().filter(|session| is_present(session, now));
        present.map(|session| session.device.clone()).collect()
    }

    /// Every session, and whether somebody is there.
    #[must_use]
    pub fn sessions(&self, now: Time) -> Vec<Here> {
        let here = |session: &Arc<Session>| Here {
            device: session.device.clone(),
            person: session.person.clone(),
            reached: is_present(session, now),
        };
        self.lock().by_secret.values().map(here).collect()
    }

    /// Takes out the session of a device, which is over.
    #[must_use]
    pub fn take(&self, device: &DeviceId) -> Option<Arc<Session>> {
        let mut sessions = self.lock();
        let session = sessions.by_device.get(device).cloned()?;
        sessions.remove(&session);
        Some(session)
    }

    /// A session's connection is gone. False if it has another one already.
    pub fn detach(&self, session: &Arc<Session>, attachment: Attachment, now: Time) -> bool {
        if !session.detach(attachment, now) {
            return false;
        }
        let mut sessions = self.lock();
        sessions.detached.push_back((now, session.id.clone()));
        sessions.missing.push_back((now, Arc::clone(session)));
        true
    }

    /// Ends the sessions that have waited for `window`, and says who is not here any more.
    pub fn sweep(&self, now: Time, window: Duration) -> Swept {
        let mut swept = Swept::default();
        let mut sessions = self.lock();
        while let Some((_, session)) = sessions.missing.pop_front_if(|(since, _)| now.since(*since) >= PRESENT) {
            let (user, device) = (&session.person.id, &session.device);
            let of_user = sessions.by_user.get(user);
            if !of_user.into_iter().flatten().any(|session| is_present(session, now)) {
                swept.gone.push(user.clone());
            }
            if sessions.by_device.get(device).is_none_or(|session| !is_present(session, now)) {
                swept.absent.push(session);
            }
        }
        while let Some((_, id)) = sessions.detached.pop_front_if(|(since, _)| now.since(*since) >= window) {
            let waited = |since: Time| now.since(since) >= window;
            let over = sessions.by_secret.get(&id).filter(|session| session.detached_since().is_some_and(waited));
            if let Some(session) = over.cloned() {
                sessions.remove(&session);
                swept.over.push(session);
            }
        }
        swept
    }

    /// Has every connection closed.
    pub fn close_all(&self, code: CloseCode) {
        let sessions: Vec<Arc<Session>> = self.lock().by_secret.values().cloned().collect();
        for session in sessions {
            session.close(code);
        }
    }

    /// How many sessions there are, with and without a connection.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().by_secret.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Sessions {
    fn remove(&mut self, session: &Arc<Session>) {
        self.by_secret.remove(&session.id);
        if self.by_device.get(&session.device).is_some_and(|current| Arc::ptr_eq(current, session)) {
            self.by_device.remove(&session.device);
        }
        if let Some(of_user) = self.by_user.get_mut(&session.person.id) {
            of_user.retain(|other| !Arc::ptr_eq(other, session));
            if of_user.is_empty() {
                self.by_user.remove(&session.person.id);
            }
        }
    }
}

fn is_present(session: &Session, now: Time) -> bool {
    session.detached_since().is_none_or(|since| now.since(since) < PRESENT)
}
