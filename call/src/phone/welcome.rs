//! The relay is there: for the first time, again, or again with no memory of this page.

use protocol::{CallId, CallSnapshot, CallState, DeviceId, EndReason, IceServers, Participant, Welcome};

use super::Phone;
use super::holding::calls;
use crate::current::Current;
use crate::leg::Leg;
use crate::room::Room;
use crate::{Device, Time, directory};

impl Phone {
    pub(super) fn welcomed(&mut self, now: Time, welcome: Welcome) {
        let before = self.device.replace(welcome.device.clone());
        if !welcome.resumed || !welcome.ice_servers.is_empty() {
            let named = IceServers { ice_servers: welcome.ice_servers, expires_in_s: welcome.ice_expires_in_s };
            self.hands.use_servers(now, named);
        }
        self.hands.relay_only = welcome.relay_only;
        self.view.me = Some(welcome.user);
        self.changed = true;
        if welcome.resumed {
            calls(&mut self.current, &mut self.held).for_each(|call| call.resumed(now, &mut self.hands));
            return;
        }
        self.view.people = welcome.directory.then(|| directory::everybody(welcome.people));
        if before.is_some_and(|before| before != welcome.device) {
            // Another page has this one's old address, and its call with it.
            self.end_current(now, EndReason::AnsweredElsewhere);
            self.end_current(now, EndReason::AnsweredElsewhere);
        }
        self.resync(now, &welcome.calls);
        // Of two the one on hold first: the other then takes its place.
        let is_held = |call: &CallSnapshot| own_seat(call, &welcome.device).is_some_and(|own| own.media.held);
        for held in [true, false] {
            welcome.calls.iter().filter(|call| is_held(call) == held).for_each(|call| self.found(now, call));
        }
    }

    /// Brings the calls of this page in line with what the relay knows.
    fn resync(&mut self, now: Time, found: &[CallSnapshot]) {
        let known = |id: &CallId| found.iter().find(|call| call.call_id == *id);
        for call in calls(&mut self.current, &mut self.held) {
            match call {
                Current::Direct(leg) => {
                    let call = known(&leg.call_id);
                    leg.resync(now, &mut self.hands, &self.own, call);
                }
                Current::Room(room) => room.resync(now, &mut self.hands, &mut self.own),
            }
        }
        if let Some(leg) = &mut self.incoming {
            leg.resync(now, &mut self.hands, &self.own, None);
        }
        if let Some(invitation) = &mut self.invited {
            invitation.resync(now);
        }
    }

    /// The relay believes this device to be in a call. If the page was loaded anew, that is its seat; a call that it has
    /// ended or can't take up is ended there as well.
    fn found(&mut self, now: Time, call: &CallSnapshot) {
        let over = matches!(call.state, CallState::Ended | CallState::Failed);
        if over || self.is_current(&call.call_id) || self.is_held(&call.call_id) || self.is_incoming(&call.call_id) {
            return;
        }
        let running = matches!(call.state, CallState::Connecting | CallState::Active);
        let left = self.view.recent.iter().any(|recent| recent.call_id == call.call_id);
        let taken = self.current.is_some() && !(running && !left && self.set_aside(now));
        if !running || left || taken || !self.reseat(now, call) {
            self.disown(call.call_id.clone(), call.room.is_some());
        }
    }

    fn reseat(&mut self, now: Time, call: &CallSnapshot) -> bool {
        let Some(device) = self.device.clone() else { return false };
        let Some(own) = own_seat(call, &device) else { return false };
        let other = call.participants.iter().find(|p| p.device != device);
        let current = match (&call.room, other) {
            (Some(code), _) => Current::Room(Box::new(Room::reseat(now, &mut self.hands, call, code.clone()))),
            (None, Some(far)) => Current::Direct(Box::new(Leg::reseat(now, &mut self.hands, call, far.clone()))),
            (None, None) => return false,
        };
        self.own.begin(own.media.camera);
        // Whoever was muted before the page was loaded anew stays muted.
        self.own.want(Device::Microphone, own.media.microphone || own.media.held);
        self.own.hold(own.media.held);
        self.own.promise();
        self.own.recorded_before(own.media.recording);
        self.ended = None;
        self.current = Some(current);
        true
    }
}

fn own_seat<'a>(call: &'a CallSnapshot, device: &DeviceId) -> Option<&'a Participant> {
    call.participants.iter().find(|participant| participant.device == *device)
}
