//! A relayed address and what goes with it (RFC 8656 section 3.2).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use call::Time;

use crate::ice::Bearer;
use crate::stun::{Key, Transaction};

/// How long an address is kept without being refreshed, if nothing else is asked for (RFC 8656 section 3.2).
pub(super) const LIFE: Duration = Duration::from_secs(600);
/// The longest that can be asked for.
const LONGEST: Duration = Duration::from_secs(3_600);
/// How long a peer may send without being named again (RFC 8656 section 9).
const PERMISSION: Duration = Duration::from_secs(300);
/// How long a channel lasts (RFC 8656 section 12).
const CHANNEL: Duration = Duration::from_secs(600);
/// Peers at a time, and channels. A page names every candidate of the one it talks to; four people have a few dozen.
const MOST: usize = 128;

/// One client's relayed address.
#[derive(Debug)]
pub(super) struct Allocation<R> {
    /// What datagrams leave by.
    pub(super) relayed: R,
    /// The address that peers see.
    pub(super) address: SocketAddr,
    /// With what credentials it was got; only they reach it again, even when they have expired: a call goes on.
    pub(super) username: String,
    pub(super) key: Key,
    pub(super) bearer: Bearer,
    /// The request it was made by, which may come twice.
    pub(super) transaction: Transaction,
    pub(super) expires: Time,
    pub(super) since: Time,
    /// Bytes of payload towards peers and from them.
    pub(super) sent: u64,
    pub(super) received: u64,
    /// Of both together, what was counted to a call that is over.
    told: u64,
    permissions: HashMap<IpAddr, Time>,
    /// Numbers of peers, and until when.
    channels: HashMap<u16, (SocketAddr, Time)>,
    numbers: HashMap<SocketAddr, u16>,
}

/// What an allocation begins with.
pub(super) struct Begun<R> {
    pub(super) relayed: R,
    pub(super) address: SocketAddr,
    pub(super) username: String,
    pub(super) key: Key,
    pub(super) bearer: Bearer,
    pub(super) transaction: Transaction,
}

/// Why a channel is not bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotBound {
    /// The number or the peer is bound otherwise.
    Taken,
    /// There are too many.
    Full,
}

impl<R> Allocation<R> {
    pub(super) fn new(now: Time, life: Duration, begun: Begun<R>) -> Self {
        let Begun { relayed, address, username, key, bearer, transaction } = begun;
        Self {
            relayed,
            address,
            username,
            key,
            bearer,
            transaction,
            expires: now + life,
            since: now,
            sent: 0,
            received: 0,
            told: 0,
            permissions: HashMap::new(),
            channels: HashMap::new(),
            numbers: HashMap::new(),
        }
    }

    /// Bytes that were passed on and that no call has taken.
    pub(super) fn untold(&self) -> u64 {
        self.sent.saturating_add(self.received).saturating_sub(self.told)
    }

    /// A call takes them.
    pub(super) fn tell(&mut self) -> u64 {
        let untold = self.untold();
        self.told = self.told.saturating_add(untold);
        untold
    }

    /// Lets these peers send, all or none of them; false if there are too many.
    pub(super) fn permit(&mut self, now: Time, peers: &[IpAddr]) -> bool {
        if self.permissions.len() + peers.len() > MOST {
            self.permissions.retain(|_, until| *until > now);
        }
        let new = peers.iter().filter(|peer| !self.permissions.contains_key(peer)).count();
        let fits = self.permissions.len() + new <= MOST;
        if fits {
            self.permissions.extend(peers.iter().map(|peer| (*peer, now + PERMISSION)));
        }
        fits
    }

    /// Whether that peer may send, and be sent to.
    pub(super) fn permits(&self, now: Time, peer: IpAddr) -> bool {
        self.permissions.get(&peer).is_some_and(|until| *until > now)
    }

    /// Gives a peer a number, and lets it send.
    pub(super) fn bind(&mut self, now: Time, number: u16, peer: SocketAddr) -> Result<(), NotBound> {
        self.forget_channels(now);
        let same = self.channels.get(&number).map(|(bound, _)| *bound == peer);
        let other = self.numbers.get(&peer).is_some_and(|bound| *bound != number);
        if same == Some(false) || other {
            return Err(NotBound::Taken);
        }
        let is_full = same.is_none() && self.channels.len() >= MOST;
        if is_full || !self.permit(now, &[peer.ip()]) {
            return Err(NotBound::Full);
        }
        self.channels.insert(number, (peer, now + CHANNEL));
        self.numbers.insert(peer, number);
        Ok(())
    }

    /// Whose number it is.
    pub(super) fn peer(&self, now: Time, number: u16) -> Option<SocketAddr> {
        self.channels.get(&number).filter(|(_, until)| *until > now).map(|(peer, _)| *peer)
    }

    /// The number of a peer.
    pub(super) fn number(&self, now: Time, peer: SocketAddr) -> Option<u16> {
        let number = *self.numbers.get(&peer)?;
        self.peer(now, number).map(|_| number)
    }

    fn forget_channels(&mut self, now: Time) {
        let numbers = &mut self.numbers;
        self.channels.retain(|_, (peer, until)| {
            let lasts = *until > now;
            if !lasts {
                numbers.remove(peer);
            }
            lasts
        });
    }
}

/// How long an address is kept that was asked for, for so many seconds (RFC 8656 section 7.2).
pub(super) fn life(wanted: Option<u32>) -> Duration {
    wanted.map_or(LIFE, |wanted| Duration::from_secs(wanted.into()).clamp(LIFE, LONGEST))
}
