//! A room, from one side: one peer for each of the others. The newcomer sends the offers.

mod door;
mod group;

use std::time::Duration;

use protocol::{
    CallId, CallSnapshot, CallType, Candidate, Connected, CreateRoom, DeviceId, Invitation, Invite, Join, Joined,
    Leave, MaxFs, MediaState, Participant, Person, RoomCode, RoomRules,
};

use self::group::Group;
use crate::hands::Hands;
use crate::own::OwnMedia;
use crate::paths::Paths;
use crate::peer::{Address, PeerNews};
use crate::quality::Reading;
use crate::{CallView, Direction, Face, OtherView, PeerEvent, PeerKey, RoomView, Time, Tone};

/// How long making or entering a room may take.
const ENTER: Duration = Duration::from_secs(30);
/// A mesh carries four; no relay sends more than this for long.
const MOST_MEMBERS: usize = 32;

enum Stage {
    Creating,
    Entering,
    /// At the door: the host was told.
    Waiting,
    In {
        since: Time,
    },
}

struct Member {
    participant: Participant,
    paths: Paths,
    /// Media has flowed.
    met: bool,
    /// Since when it does not any more.
    lost: Option<Time>,
    /// How large they show this side's pictures.
    wanted: Option<MaxFs>,
}

/// One side of a room's call.
pub(crate) struct Room {
    pub(crate) call_id: CallId,
    pub(crate) kind: CallType,
    code: Option<RoomCode>,
    name: Option<String>,
    stage: Stage,
    guard: Option<Time>,
    members: Vec<Member>,
    /// The relay does not know the room any more: it goes on for as long as media flows.
    forgotten: bool,
    group: Option<Box<Group>>,
    /// Who was rung into it, and what came of it.
    invited: Vec<Invitation>,
    /// Of a group's: whoever has its code comes in.
    unlocked: bool,
    /// Who is the host, and how the door stands.
    rules: Option<RoomRules>,
    /// Who asked this side to be silent, until it speaks again.
    muted_by: Option<Person>,
}

impl Room {
    /// Makes a room and enters it. `placeholder` names the call until the relay does.
    pub(crate) fn create(
        now: Time,
        hands: &mut Hands,
        placeholder: CallId,
        name: Option<String>,
        camera: bool,
        private: bool,
    ) -> Self {
        hands.request(CreateRoom { name: name.clone(), private, waiting_room: false });
        Self { name, ..Self::new(now, placeholder, camera, Stage::Creating) }
    }

    /// Enters a room.
    pub(crate) fn enter(
        now: Time,
        hands: &mut Hands,
        placeholder: CallId,
        code: RoomCode,
        own: &mut OwnMedia,
        camera: bool,
    ) -> Self {
        hands.request(Join { room: code.clone(), media: own.promise() });
        Self { code: Some(code), ..Self::new(now, placeholder, camera, Stage::Entering) }
    }

    /// Takes its seat again in a room that it was in before this page was loaded.
    pub(crate) fn reseat(now: Time, hands: &mut Hands, call: &CallSnapshot, code: RoomCode) -> Self {
        let mut room =
            Self::new(now, call.call_id.clone(), call.kind == CallType::GroupVideo, Stage::In { since: now });
        room.code = Some(code);
        room.rules = call.rules.clone();
        room.guard = None;
        let own = hands.link.device().cloned();
        for participant in call.participants.iter().filter(|p| own.as_ref() != Some(&p.device)) {
            room.add(now, hands, participant.clone(), true);
        }
        if call.private {
            let people: Vec<Person> = room.members.iter().map(|m| m.participant.user.clone()).collect();
            // Alone is only who rang and is not answered yet.
            let answered = !people.is_empty();
            let direction = if answered { Direction::Incoming } else { Direction::Outgoing };
            room.group = Some(Box::new(Group { direction, to_call: Vec::new(), people, answered }));
        }
        room
    }

    fn new(now: Time, call_id: CallId, camera: bool, stage: Stage) -> Self {
        Self {
            call_id,
            kind: if camera { CallType::GroupVideo } else { CallType::GroupVoice },
            code: None,
            name: None,
            stage,
            guard: Some(now + ENTER),
            members: Vec::new(),
            forgotten: false,
            group: None,
            invited: Vec::new(),
            unlocked: false,
            rules: None,
            muted_by: None,
        }
    }

    pub(crate) fn is(&self, code: &RoomCode) -> bool {
        self.code.as_ref() == Some(code)
    }

    pub(crate) fn is_creating(&self) -> bool {
        matches!(self.stage, Stage::Creating)
    }

    pub(crate) fn is_joined(&self) -> bool {
        matches!(self.stage, Stage::In { .. })
    }

    /// The room is made: enters it.
    pub(crate) fn created(&mut self, hands: &mut Hands, own: &mut OwnMedia, code: RoomCode) {
        if self.is_creating() {
            self.stage = Stage::Entering;
            hands.request(Join { room: code.clone(), media: own.promise() });
            self.code = Some(code);
        }
    }

    /// The room is entered, for the first time or again. Those who are not named stay for as long as media flows: a
    /// relay that was restarted hears of them one by one.
    pub(crate) fn joined(&mut self, now: Time, hands: &mut Hands, joined: Joined) {
        if !self.is_joined() {
            self.stage = Stage::In { since: now };
            if !self.is_calling() {
                hands.tone(Tone::Connected);
            }
        }
        self.guard = None;
        self.forgotten = false;
        self.name = joined.name;
        self.rules = joined.rules;
        // A relay that was restarted has closed it; else it says so next.
        self.unlocked = false;
        self.code.get_or_insert(joined.room);
        if joined.private {
            self.becomes_group();
        }
        if self.call_id != joined.call_id {
            self.call_id = joined.call_id;
            for member in &mut self.members {
                let to = Some(member.participant.device.clone());
                member.paths.open(now, hands, Address { call_id: self.call_id.clone(), to });
            }
        }
        let named = |m: &Member| joined.participants.iter().any(|p| p.device == m.participant.device);
        self.retain(hands, |m| m.paths.is_readable() || named(m));
        for participant in joined.participants {
            match self.member(&participant.device) {
                Some(known) => known.participant = participant,
                None => self.add(now, hands, participant, true),
            }
        }
        let to_call = self.group.as_mut().map(|group| std::mem::take(&mut group.to_call)).unwrap_or_default();
        if !to_call.is_empty() {
            let to = to_call.into_iter().map(|person| person.id).collect();
            hands.request(Invite { call_id: self.call_id.clone(), to });
        }
    }

    /// Somebody entered: they will send an offer.
    pub(crate) fn came(&mut self, now: Time, hands: &mut Hands, participant: Participant) {
        if hands.link.device() == Some(&participant.device) {
            return;
        }
        if let Some(known) = self.member(&participant.device) {
            // They came back, or the message came twice; if their page is a new one, their offer will say so.
            known.participant = participant;
        } else if self.is_joined() {
            self.add(now, hands, participant, false);
            let first = self.is_calling();
            if let Some(group) = self.group.as_mut().filter(|_| first) {
                group.answered = true;
                self.stage = Stage::In { since: now };
            }
            hands.tone(if first { Tone::Connected } else { Tone::Joined });
        }
    }

    /// Somebody left.
    pub(crate) fn went(&mut self, hands: &mut Hands, device: &DeviceId) {
        if self.retain(hands, |m| m.participant.device != *device) {
            hands.tone(Tone::Left);
        }
    }

    fn add(&mut self, now: Time, hands: &mut Hands, participant: Participant, offer: bool) {
        if self.members.len() >= MOST_MEMBERS {
            return;
        }
        self.knows(&participant.user);
        let mut paths = Paths::new(hands);
        let to = Some(participant.device.clone());
        paths.open(now, hands, Address { call_id: self.call_id.clone(), to });
        paths.allow(hands);
        if offer {
            paths.offer(hands);
        }
        self.members.push(Member { participant, paths, met: false, lost: None, wanted: None });
    }

    /// Closes everybody of whom `keep` says no. True if there was one.
    fn retain(&mut self, hands: &mut Hands, keep: impl Fn(&Member) -> bool) -> bool {
        let before = self.members.len();
        self.members.retain_mut(|member| {
            let stays = keep(member);
            if !stays {
                member.paths.close(hands);
            }
            stays
        });
        self.members.len() < before
    }

    fn member(&mut self, device: &DeviceId) -> Option<&mut Member> {
        self.members.iter_mut().find(|m| m.participant.device == *device)
    }

    pub(crate) fn offered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, offer: String) {
        if let Some(member) = self.member(from) {
            member.paths.offered(now, hands, offer);
            member.connection_changed(now);
        }
    }

    pub(crate) fn answered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, answer: String) {
        if let Some(member) = self.member(from) {
            member.paths.answered(now, hands, answer);
        }
    }

    pub(crate) fn candidates(&mut self, hands: &mut Hands, from: &DeviceId, candidates: Vec<Candidate>) {
        if let Some(member) = self.member(from) {
            member.paths.candidates(hands, candidates);
        }
    }

    pub(crate) fn media_updated(&mut self, device: &DeviceId, media: MediaState) {
        if let Some(member) = self.member(device) {
            member.participant.media = media;
        }
    }

    pub(crate) fn media_wanted(&mut self, from: &DeviceId, max_fs: MaxFs) {
        if let Some(member) = self.member(from) {
            member.wanted = Some(max_fs);
        }
    }

    pub(crate) fn has(&self, key: PeerKey) -> bool {
        self.members.iter().any(|m| m.paths.has(key))
    }

    /// What a peer connection said. One that never comes about leaves the room as it is for the others.
    pub(crate) fn event(&mut self, now: Time, hands: &mut Hands, key: PeerKey, event: PeerEvent) {
        let Some(member) = self.members.iter_mut().find(|m| m.paths.has(key)) else { return };
        let news = member.paths.event(now, hands, key, event);
        if news == Some(PeerNews::Bye) && !hands.link.is_online() {
            let device = member.participant.device.clone();
            self.went(hands, &device);
        } else if let Some(PeerNews::Connection(_)) = news {
            let first = !member.met;
            member.connection_changed(now);
            if first && member.met {
                hands.request(Connected { call_id: self.call_id.clone() });
            }
        }
    }

    /// What arrives by a connection, once a second: for how long nothing did.
    /// True if that changed something.
    pub(crate) fn heard(&mut self, now: Time, hands: &mut Hands, key: PeerKey, reading: Reading) -> bool {
        let Some(member) = self.members.iter_mut().find(|m| m.paths.key() == key) else { return false };
        let changed = member.paths.heard(now, hands, reading);
        member.connection_changed(now);
        changed
    }

    pub(crate) fn network_changed(&mut self, now: Time) {
        for member in &mut self.members {
            member.paths.network_changed(now);
        }
    }

    /// The relay is back, and nothing was lost.
    pub(crate) fn resumed(&mut self, now: Time, hands: &mut Hands) {
        for member in &mut self.members {
            member.paths.relay_back(now, hands, false);
        }
    }

    /// The relay is back and has forgotten the session: enters again.
    pub(crate) fn resync(&mut self, now: Time, hands: &mut Hands, own: &mut OwnMedia) {
        for member in &mut self.members {
            member.paths.relay_back(now, hands, true);
        }
        if let Some(room) = self.code.clone() {
            hands.request(Join { room, media: own.promise() });
        }
    }

    /// The relay does not know the room any more. True if nothing is left to go on with.
    pub(crate) fn forget(&mut self) -> bool {
        self.forgotten = true;
        self.is_over()
    }

    /// Forgotten, and nobody left whom the browser reaches. Two seconds of silence do not end a room.
    pub(crate) fn is_over(&self) -> bool {
        self.forgotten && !self.members.iter().any(|m| m.paths.is_readable())
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        self.guard.into_iter().chain(self.members.iter().filter_map(|m| m.paths.deadline())).min()
    }

    /// Does what is due. True if it could not be entered in time.
    pub(crate) fn tick(&mut self, now: Time, hands: &mut Hands) -> bool {
        for member in &mut self.members {
            member.paths.tick(now, hands);
        }
        self.guard.is_some_and(|guard| guard <= now)
    }

    /// Tells the relay that this device leaves. A room that is still being entered is left when the relay answers.
    pub(crate) fn farewell(&mut self, hands: &mut Hands) {
        let call_id = self.call_id.clone();
        hands.link.unsay(&call_id);
        hands.link.unsay_room();
        if matches!(self.stage, Stage::In { .. } | Stage::Waiting) {
            hands.request(Leave { call_id });
        }
    }

    /// Tells the others that this side leaves, past the relay.
    pub(crate) fn say_bye(&self, hands: &mut Hands) {
        self.members.iter().for_each(|member| member.paths.say_bye(hands));
    }

    /// Leaves nothing over.
    pub(crate) fn close(&mut self, hands: &mut Hands) {
        self.retain(hands, |_| false);
    }

    /// How long this device was in.
    pub(crate) fn lasted(&self, now: Time) -> Duration {
        match self.stage {
            Stage::In { since } if !self.is_calling() => now.since(since),
            Stage::In { .. } | Stage::Creating | Stage::Entering | Stage::Waiting => Duration::ZERO,
        }
    }

    fn face(&self) -> Face {
        let Stage::In { since } = self.stage else { return Face::Initiating };
        if self.is_calling() {
            return if self.rings_there() { Face::Ringing } else { Face::Initiating };
        }
        let met = || self.members.iter().filter(|m| m.met);
        let lost = met().map(|m| m.lost).collect::<Option<Vec<_>>>();
        // Only when all are lost is it this side's connection, or might as well be.
        match lost.and_then(|lost| lost.into_iter().max()) {
            Some(lost) => Face::Reconnecting { since, lost },
            None => Face::Active { since },
        }
    }

    pub(crate) fn room_view(&self) -> Option<RoomView> {
        // A group's call is no room to come back to: it is over when its people leave, and so is its code.
        let code = self.code.clone().filter(|_| self.group.is_none())?;
        Some(RoomView { code, name: self.name.clone() })
    }

    pub(crate) fn view(&self, own: &OwnMedia) -> CallView {
        CallView {
            call_id: self.call_id.clone(),
            kind: self.kind,
            direction: self.direction(),
            room: self.room_view(),
            group_code: self.group_code(),
            unlocked: self.unlocked,
            with: None,
            group: self.people(),
            face: self.face(),
            others: self.members.iter().map(Member::view).collect(),
            invited: self.invited.clone(),
            rules: self.rules.clone(),
            knocks: matches!(self.stage, Stage::Waiting),
            muted_by: self.muted_by.clone().filter(|_| !own.view().microphone),
            own: own.view(),
            rings_in_call: false,
            held: None,
            weak: None,
            away: false,
        }
    }
}

impl Member {
    fn connection_changed(&mut self, now: Time) {
        if self.paths.is_connected() {
            self.met = true;
            self.lost = None;
        } else if self.met {
            self.lost.get_or_insert(now);
        }
    }

    fn view(&self) -> OtherView {
        OtherView {
            device: self.participant.device.clone(),
            person: self.participant.user.clone(),
            peer: self.paths.key(),
            media: self.participant.media,
            wanted: self.wanted,
            connected: self.paths.is_connected(),
            readable: self.paths.is_readable(),
            weak: false,
            receives: None,
        }
    }
}
