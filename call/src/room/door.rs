//! A room's door and its host.

use protocol::{DoorState, FarDoor, Join, Person, RoomRules};

use super::{ENTER, Room, Stage};
use crate::hands::Hands;
use crate::own::OwnMedia;
use crate::{Device, Time, Tone};

impl Room {
    /// What the relay says at the door. True if this side may not come in.
    pub(crate) fn door(&mut self, now: Time, hands: &mut Hands, own: &mut OwnMedia, door: &FarDoor) -> bool {
        if self.is_joined() {
            return false;
        }
        match (door.state, self.code.clone()) {
            (DoorState::Waiting, _) => {
                self.stage = Stage::Waiting;
                self.call_id = door.call_id.clone();
                self.guard = None;
            }
            (DoorState::Open, Some(room)) => {
                self.stage = Stage::Entering;
                self.guard = Some(now + ENTER);
                hands.request(Join { room, media: own.promise() });
            }
            (DoorState::Open, None) => {}
            (DoorState::Closed, _) => return true,
        }
        false
    }

    /// Who is the host, and how the door stands. Somebody who knocks is heard.
    pub(crate) fn updated(&mut self, hands: &mut Hands, rules: RoomRules) {
        let known = self.rules.as_ref().map_or(&[][..], |rules| &rules.knocking);
        let knocks = rules.knocking.iter().any(|one| known.iter().all(|other| other.device != one.device));
        if knocks {
            hands.tone(Tone::Knock);
        }
        self.rules = Some(rules);
    }

    /// The host asks for silence: this side is muted, and may speak again when it wants.
    pub(crate) fn asked_to_mute(&mut self, own: &mut OwnMedia, by: Person) {
        own.want(Device::Microphone, false);
        self.muted_by = Some(by);
    }
}
