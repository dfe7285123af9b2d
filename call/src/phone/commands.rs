//! What a person asks for.

use protocol::{
    CallId, CallType, Decline, DeclineReason, DeviceId, EndReason, ErrorCode, MaxFs, Person, RoomCode, WantMedia,
};

use super::{Phone, with_camera};
use crate::current::Current;
use crate::leg::Leg;
use crate::room::Room;
use crate::{Command, Device, Time};

impl Phone {
    pub(super) fn command(&mut self, now: Time, command: Command) {
        self.notice(None);
        match command {
            Command::SignIn { token, device } => {
                self.hands.link.sign_in(now, token, device, &mut self.hands.outputs);
            }
            Command::SignOut => self.sign_out(now),
            Command::Call { call_id, to, kind } => self.dial(now, call_id, to, kind),
            Command::CallSeveral { to, camera } => self.call_several(now, to, camera),
            Command::Invite { to } => self.invite(to),
            Command::Moderate { action, device } => self.moderate(action, device),
            Command::Accept { call_id, camera, hold } => self.accept(now, &call_id, camera, hold),
            Command::Hold(on) => self.hold(on),
            Command::Swap => self.swap_held(now),
            Command::SetCallWaiting(on) => self.no_call_waiting = !on,
            Command::Decline { call_id } => self.decline(now, &call_id),
            Command::HangUp => self.hang_up(now),
            Command::CreateRoom { name, camera } => self.create_room(now, name, camera),
            Command::JoinRoom { room, camera } => self.join_room(now, room, camera),
            Command::SetMicrophone(on) => self.set(Device::Microphone, on),
            Command::SetCamera(on) => self.set(Device::Camera, on),
            Command::Dismiss => self.ended = None,
        }
    }

    fn sign_out(&mut self, now: Time) {
        self.leave_all(now);
        if let Some(mut leg) = self.incoming.take() {
            leg.close(&mut self.hands);
        }
        self.invited = None;
        self.hands.link.sign_out(&mut self.hands.outputs);
        self.ended = None;
        self.device = None;
        self.view.me = None;
        self.view.people = None;
        self.view.recent.clear();
        self.changed = true;
    }

    fn dial(&mut self, now: Time, call_id: CallId, to: Person, kind: CallType) {
        if self.dial_back(now, &to, kind) {
            return;
        }
        let ringing = self.incoming.as_ref().filter(|leg| leg.with.id == to.id).map(|leg| leg.call_id.clone());
        match ringing {
            // They are ringing already: that is the call.
            Some(ringing) if self.current.is_none() => self.accept(now, &ringing, with_camera(kind), false),
            _ => match self.reason_not_to_dial(&to) {
                Some(code) => self.notice(Some(code)),
                None => {
                    self.ended = None;
                    self.own.begin(with_camera(kind));
                    let leg = Leg::dial(now, &mut self.hands, call_id, to, kind);
                    self.current = Some(Current::Direct(Box::new(leg)));
                }
            },
        }
    }

    fn reason_not_to_dial(&self, to: &Person) -> Option<ErrorCode> {
        if !self.hands.link.was_online() {
            Some(ErrorCode::Unavailable)
        } else if self.view.me.as_ref().is_some_and(|me| me.id == to.id) {
            Some(ErrorCode::OwnUser)
        } else if self.current.is_some() || self.incoming.is_some() || self.invited.is_some() {
            Some(ErrorCode::InCall)
        } else {
            None
        }
    }

    pub(super) fn accept(&mut self, now: Time, call_id: &CallId, camera: bool, hold: bool) {
        let rings = self.is_invited(call_id) || self.is_incoming(call_id);
        if hold && rings {
            self.put_by(now);
        }
        if self.is_invited(call_id) {
            return self.accept_invitation(now, Some(camera));
        }
        let Some(leg) = self.incoming.take_if(|leg| leg.call_id == *call_id) else {
            self.accepted = Some((call_id.clone(), camera, hold));
            return;
        };
        self.hang_up(now);
        self.own.begin(camera);
        self.take(now, leg);
    }

    /// Accepts what was accepted before this page was told of it, now that it may ring here.
    pub(super) fn accept_early(&mut self, now: Time) {
        let Some((call_id, ..)) = &self.accepted else { return };
        if (self.is_invited(call_id) || self.is_incoming(call_id))
            && let Some((call_id, camera, hold)) = self.accepted.take()
        {
            self.accept(now, &call_id, camera, hold);
        }
    }

    /// Makes a call that rings here the one this device is in.
    pub(super) fn take(&mut self, now: Time, mut leg: Box<Leg>) {
        self.ended = None;
        leg.accept(now, &mut self.hands, &mut self.own);
        self.current = Some(Current::Direct(leg));
    }

    fn decline(&mut self, now: Time, call_id: &CallId) {
        if self.incoming.as_ref().is_some_and(|leg| leg.call_id == *call_id) {
            self.hands.request(Decline { call_id: call_id.clone(), reason: DeclineReason::Declined });
            self.end_incoming(now, EndReason::Declined);
        } else if let Some(invitation) = self.invited.as_ref().filter(|known| known.call_id == *call_id) {
            invitation.decline(&mut self.hands, DeclineReason::Declined);
            self.end_invitation(now, EndReason::Declined);
        }
    }

    pub(super) fn hang_up(&mut self, now: Time) {
        if let Some(reason) = self.current.as_mut().map(|current| current.hang_up(&mut self.hands)) {
            self.end_current(now, reason);
        }
    }

    fn create_room(&mut self, now: Time, name: Option<String>, camera: bool) {
        if let Some(placeholder) = self.begin_room(now, camera) {
            let room = Room::create(now, &mut self.hands, placeholder, name, camera, false);
            self.current = Some(Current::Room(Box::new(room)));
        }
    }

    fn join_room(&mut self, now: Time, code: RoomCode, camera: bool) {
        let there = matches!(&self.current, Some(Current::Room(room)) if room.is(&code));
        if there {
            return;
        }
        if let Some(placeholder) = self.begin_room(now, camera) {
            let room = Room::enter(now, &mut self.hands, placeholder, code, &mut self.own, camera);
            self.current = Some(Current::Room(Box::new(room)));
        }
    }

    /// Leaves what there is for a room. Gives a name for its call until the relay names it.
    pub(super) fn begin_room(&mut self, now: Time, camera: bool) -> Option<CallId> {
        if self.hands.link.is_signed_out() {
            self.notice(Some(ErrorCode::Unavailable));
            return None;
        }
        self.leave_all(now);
        self.ended = None;
        self.own.begin(camera);
        let mut name = String::from("m_");
        for _ in 0..24 {
            let letter = u8::try_from(self.hands.link.rng().up_to(25)).unwrap_or_default();
            name.push(char::from(b'a'.saturating_add(letter)));
        }
        name.parse().ok()
    }

    pub(super) fn want_shown(&mut self, to: DeviceId, max_fs: MaxFs) {
        if let Some(current) = self.current.as_ref().filter(|current| current.is_known()) {
            self.hands.request(WantMedia { call_id: current.call_id().clone(), to, max_fs });
        }
    }

    fn set(&mut self, device: Device, on: bool) {
        if self.current.is_some() {
            self.media_again = self.own.want(device, on).then_some(device);
        }
    }
}
