//! Nothing of a callee leaves, and nothing of a caller is used, before the person has said yes.

use call::{CallView, Face, PeerCommand, PeerEvent, PeerKey};
use protocol::{ClientMessage, Incoming, RelayMessage};

use super::{Happening, World, short};

impl World {
    pub(super) fn notes_ring(&mut self, page: usize, text: &str) {
        let frame = protocol::frame::RelayFrame::read(text).expect("the relay says only what can be read");
        if let RelayMessage::Incoming(Incoming { call_id, from, offer, .. }) = frame.message {
            self.pages[page].rung.insert(session(&offer.text()), call_id.clone());
            let call = self.view(page).call.as_ref();
            let dialling = |call: &&CallView| matches!(call.face, Face::Initiating | Face::Ringing);
            if call.filter(dialling).and_then(|call| call.with.as_ref()).is_some_and(|with| with.id == from.user.id) {
                self.pages[page].consented.insert(call_id);
            }
        }
    }

    /// Nothing of a callee leaves before they accept.
    pub(super) fn check_consent(&self, page: usize, message: &ClientMessage) {
        let call = match message {
            ClientMessage::Accept(m) => &m.call_id,
            ClientMessage::Offer(m) => &m.call_id,
            ClientMessage::Answer(m) => &m.call_id,
            ClientMessage::IceCandidates(m) => &m.call_id,
            _ => return,
        };
        let page = &self.pages[page];
        let allowed = !page.rung.values().any(|rung| rung == call) || page.consented.contains(call);
        assert!(allowed, "{} left before the call was accepted", message.kind());
    }

    pub(super) fn peer_command(&mut self, page: usize, key: PeerKey, command: PeerCommand) {
        self.pages[page].did.push(short(&command));
        match &command {
            PeerCommand::ApplyOffer { sdp } => {
                if let Some(call) = self.pages[page].rung.get(&session(sdp)).cloned() {
                    self.pages[page].prepared.insert(key, call);
                }
                let early = self.prepares(page, key) && sdp.contains("candidate");
                assert!(!early, "a candidate reached the browser before the call was accepted");
            }
            PeerCommand::AddCandidates(_) => {
                assert!(!self.prepares(page, key), "candidates were used before the call was accepted");
            }
            PeerCommand::SayBye => self.says(page, key, &PeerEvent::Bye),
            PeerCommand::AskForKeyFrame => {
                self.says(page, key, &PeerEvent::KeyFrameWanted);
                self.check_pause(page, key, true);
            }
            PeerCommand::SendKeyFrame => {
                self.sends_key_frame(page, key);
                self.check_pause(page, key, false);
            }
            PeerCommand::Close => self.forget_path(page, key),
            PeerCommand::Create { ice_servers, relay_only } => {
                assert!(!ice_servers.is_empty() && *relay_only, "made otherwise than the relay wants it");
            }
            _ => {}
        }
        let closes = command == PeerCommand::Close;
        if let Some((at, later)) = self.pages[page].browser.command(self.now, key, command) {
            self.at(at, Happening::Browser(page, later));
        }
        if closes {
            self.look_at_paths();
        }
    }

    /// That connection belongs to a call that was rung here and not accepted.
    pub(super) fn prepares(&self, page: usize, key: PeerKey) -> bool {
        self.pages[page].prepared.get(&key).is_some_and(|call| !self.pages[page].consented.contains(call))
    }
}

/// Which peer connection wrote a description.
pub(super) fn session(sdp: &str) -> String {
    let origin = sdp.lines().find_map(|line| line.strip_prefix("o=")).unwrap_or_default();
    origin.split(' ').take(2).collect::<Vec<_>>().join(" ")
}
