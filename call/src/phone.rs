//! One person's side of all their calls: the machines of this crate joined.
//!
//! [`Phone`] has at most one call that this device is in (`current`), at most one on hold beside it (`held`) and at most one
//! that rings here (`incoming`). What a person should hear, see and have open follows from those alone and is worked out anew after every input
//! ([`Phone::conclude`]), so that nothing can be forgotten on the way out of a call.

mod commands;
mod endings;
mod holding;
mod invited;
mod refused;
mod relayed;
mod rung;
mod waking;
mod welcome;

use protocol::{CallId, CallType, DeviceId, EndReason, IceServer, UpdateMedia};

use crate::current::Current;
use crate::hands::Hands;
use crate::invitation::Invitation;
use crate::leg::Leg;
use crate::link::News;
use crate::own::OwnMedia;
use crate::watch::Watch;
use crate::{CallView, Device, Input, LinkEvent, Output, PeerEvent, PeerKey, Ring, Time, View, WantedMedia};
use holding::Held;

/// The client-side brain. See the crate's documentation for the order of use.
pub struct Phone {
    hands: Hands,
    own: OwnMedia,
    current: Option<Current>,
    /// The call that is on hold beside `current`; none without it.
    held: Option<Held>,
    incoming: Option<Box<Leg>>,
    /// The call of several that rings here: instead of `incoming`, never beside it.
    invited: Option<Box<Invitation>>,
    /// The call that was accepted before this page was told of it, on a notification; with the camera or not, and putting
    /// another on hold or not.
    accepted: Option<(CallId, bool, bool)>,
    /// The call that has ended and is not dismissed yet.
    ended: Option<CallView>,
    /// The address under which this phone's calls run.
    device: Option<DeviceId>,
    /// The last call that the relay had to be told of that this device is not in it.
    left_behind: Option<CallId>,
    watch: Watch,
    /// Whoever rings during a call hears that this side is busy.
    no_call_waiting: bool,
    view: View,
    /// Something of the view was changed in place.
    changed: bool,
    media: WantedMedia,
    /// A device that could not be opened is to be tried again.
    media_again: Option<Device>,
    ring: Ring,
}

impl Phone {
    /// A phone that nobody has signed in to yet. `seed` only spreads reconnections in time; draw it at random.
    #[must_use]
    pub fn new(_now: Time, seed: u64) -> Self {
        Self {
            hands: Hands::new(seed),
            own: OwnMedia::default(),
            current: None,
            held: None,
            incoming: None,
            invited: None,
            accepted: None,
            ended: None,
            device: None,
            left_behind: None,
            watch: Watch::default(),
            no_call_waiting: false,
            view: View::default(),
            changed: false,
            media: WantedMedia::default(),
            media_again: None,
            ring: Ring::default(),
        }
    }

    /// Takes in what happened at `now`. Poll for [`Output`]s afterwards.
    pub fn handle(&mut self, now: Time, input: Input) {
        self.wake(now);
        match input {
            Input::Command(command) => self.command(now, command),
            Input::Link(event) => self.link_event(now, event),
            Input::Peer(key, event) => self.peer_event(now, key, event),
            Input::Media(event) => {
                let may_ask = self.current.is_some();
                self.own.event(event, may_ask);
            }
            Input::Screen(on) => self.own.share(on && self.current.is_some()),
            Input::Record(on) => self.own.record(on && self.can_tell_the_others()),
            Input::WantMedia { to, max_fs } => self.want_shown(to, max_fs),
            Input::Tick => self.tick(now),
        }
        self.accept_early(now);
        self.conclude(now);
    }

    /// There is a call that runs, and the relay can be told something for the others in it right now.
    fn can_tell_the_others(&self) -> bool {
        self.hands.link.is_online() && self.current.as_ref().is_some_and(Current::is_known)
    }

    /// What to do next, in order; `None` when everything is said.
    pub fn poll(&mut self) -> Option<Output> {
        self.hands.outputs.pop_front()
    }

    /// The STUN and TURN servers that the relay named last.
    #[must_use]
    pub fn ice_servers(&self) -> &[IceServer] {
        self.hands.servers.list()
    }

    /// Whether the relay wants media to go through TURN servers alone.
    #[must_use]
    pub fn relay_only(&self) -> bool {
        self.hands.relay_only
    }

    /// When to call [`Phone::handle`] with [`Input::Tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let current = self.current.as_ref().and_then(Current::deadline);
        let incoming = self.incoming.as_ref().and_then(|leg| leg.deadline());
        let invited = self.invited.as_ref().map(|invitation| invitation.deadline());
        let held = self.held.as_ref().and_then(|held| held.call.deadline());
        let servers = self.hands.servers.deadline().filter(|_| !self.hands.link.is_signed_out());
        [self.hands.link.deadline(), servers, current, held, incoming, invited, self.watch.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// What to show.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    fn link_event(&mut self, now: Time, event: LinkEvent) {
        let Hands { link, outputs, .. } = &mut self.hands;
        match event {
            LinkEvent::Opened => link.opened(now, outputs),
            LinkEvent::Closed(code) => link.closed(now, code),
            LinkEvent::NetworkChanged => {
                link.network_changed(now, outputs);
                holding::calls(&mut self.current, &mut self.held).for_each(|call| call.network_changed(now));
                self.tick(now);
            }
            LinkEvent::Frame(text) => match link.frame(now, &text, outputs) {
                Some(News::Welcome(welcome)) => self.welcomed(now, welcome),
                Some(News::Message(message)) => self.told(now, message),
                Some(News::Reply(request, message)) => self.replied(now, request, message),
                None => {}
            },
        }
    }

    fn peer_event(&mut self, now: Time, key: PeerKey, event: PeerEvent) {
        if let PeerEvent::Quality(reading) = event {
            if let (Some(reading), Some(current)) = (reading, &mut self.current)
                && current.heard(now, &mut self.hands, key, reading)
                && reading.silent
            {
                // What has stopped there may have stopped here.
                self.hands.link.network_changed(now, &mut self.hands.outputs);
            }
            return self.watch.take(now, key, reading);
        }
        let Self { hands, own, current, held, incoming, .. } = self;
        if let Some(current) = current.as_mut().filter(|current| current.has_peer(key)) {
            if let Some(reason) = current.event(now, hands, own, key, event) {
                self.end_current(now, reason);
            }
        } else if let Some(held) = held.as_mut().filter(|held| held.call.has_peer(key)) {
            if let Some(reason) = held.call.event(now, hands, own, key, event) {
                self.end_held(now, reason);
            }
        } else if let Some(leg) = incoming.as_mut().filter(|leg| leg.paths.has(key))
            && let Some(reason) = leg.event(now, hands, own, key, event)
        {
            self.end_incoming(now, reason);
        }
    }

    fn tick(&mut self, now: Time) {
        let Self { hands, own, current, held, incoming, .. } = self;
        hands.link.tick(now, &mut hands.outputs);
        hands.renew_servers(now);
        let over = current.as_mut().and_then(|current| current.tick(now, hands, own));
        let held_over = held.as_mut().and_then(|held| held.call.tick(now, hands, own));
        let missed = incoming.as_mut().and_then(|leg| leg.tick(now, hands, own));
        // First, so that a call that is over as well does not come back from hold.
        if let Some(reason) = held_over {
            self.end_held(now, reason);
        }
        if let Some(reason) = over {
            self.end_current(now, reason);
        }
        if let Some(reason) = missed {
            self.end_incoming(now, reason);
        }
        if self.invited.as_ref().is_some_and(|invitation| invitation.deadline() <= now) {
            self.end_invitation(now, EndReason::Missed);
        }
    }

    /// Works out what follows from how things stand now, and says what is different.
    fn conclude(&mut self, now: Time) {
        self.hands.link.set_in_call(self.current.is_some());
        self.tell_media();
        self.stop_and_go_on();
        self.want_media();
        let ring = self.wanted_ring();
        if ring != self.ring {
            self.ring = ring;
            self.hands.outputs.push_back(Output::Ring(ring));
        }
        let call = self.look_at_call(now);
        self.show(call);
    }

    fn tell_media(&mut self) {
        let Some(current) = self.current.as_ref().filter(|current| current.is_known()) else { return };
        if let Some(media) = self.own.changed() {
            self.hands.request(UpdateMedia { call_id: current.call_id().clone(), media });
        }
    }

    fn want_media(&mut self) {
        let media = match (&self.current, &self.incoming) {
            (Some(_), _) => self.own.in_call(),
            (None, Some(_)) => OwnMedia::while_ringing(),
            (None, None) if self.invited.is_some() => OwnMedia::while_ringing(),
            (None, None) => WantedMedia::default(),
        };
        if let Some(device) = self.media_again.take() {
            // Not wanted for a moment: wanting it after that is wanting it anew.
            self.hands.outputs.push_back(Output::Media(media.without(device)));
            self.media = media.without(device);
        }
        if media != self.media {
            self.media = media;
            self.hands.outputs.push_back(Output::Media(media));
        }
    }

    fn wanted_ring(&self) -> Ring {
        match &self.current {
            Some(current) if current.rings_there() => Ring::Ringback,
            None if self.rings_aloud() => Ring::Incoming,
            _ => Ring::Silent,
        }
    }

    /// Somebody rings here whose ring is to be heard.
    fn rings_aloud(&self) -> bool {
        let invited = self.invited.as_ref().is_some_and(|invitation| !invitation.silent);
        invited || self.incoming.as_ref().is_some_and(|leg| !leg.silent)
    }

    /// The call as it is to be shown, watched over while it runs.
    fn look_at_call(&mut self, now: Time) -> Option<CallView> {
        let Self { hands, own, current, held, watch, .. } = self;
        let Some(current) = current else {
            *watch = Watch::default();
            return self.ended.clone();
        };
        let mut call = current.view(own);
        watch.look(now, hands, &call, current.is_known());
        watch.mark(&mut call);
        call.held = held.as_ref().and_then(Held::view);
        Some(call)
    }

    fn show(&mut self, call: Option<CallView>) {
        let link = self.hands.link.view();
        let invited = || self.invited.as_ref().map(|invitation| invitation.view());
        let incoming = self.incoming.as_ref().map(|leg| leg.incoming_view()).or_else(invited);
        let same = link == self.view.link && call == self.view.call && incoming == self.view.incoming;
        if same && !std::mem::take(&mut self.changed) {
            return;
        }
        self.changed = false;
        self.view.link = link;
        self.view.call = call;
        self.view.incoming = incoming;
        self.hands.outputs.push_back(Output::Show);
    }

    fn notice(&mut self, code: Option<protocol::ErrorCode>) {
        if self.view.notice != code {
            self.view.notice = code;
            self.changed = true;
        }
    }
}

/// Whether a call of this type begins with the camera on.
fn with_camera(kind: CallType) -> bool {
    matches!(kind, CallType::Video | CallType::GroupVideo)
}
