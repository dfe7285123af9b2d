//! Files: what an exchange does with those that are offered here and elsewhere.

use protocol::{DeviceId, FileAccept, FileCancel, FileDone, FileEnd, FileOffer, FileReceived, ItemId};

use super::coming::{Kept, Taken};
use super::shared::Refused;
use super::view::ItemKey;
use super::{Exchange, News, Output, Talk};
use crate::{PeerKey, Time};

impl Exchange {
    // Offered here.

    pub(super) fn offer(&mut self, now: Time, id: ItemId, name: &str, size: u64, mime: &str) {
        let name = super::clean_name(name);
        match self.shared.offer(now, &mut self.clock, id.clone(), &name, size, mime) {
            Ok(()) => {
                for place in 0..self.seats.len() {
                    self.offer_to(now, place, Some(&id));
                }
            }
            Err(why) => {
                self.out.extend(match why {
                    Refused::TooMany => Some(Output::Tell(News::TooMany)),
                    Refused::TooBig => Some(Output::Tell(News::TooBig)),
                    Refused::Twice => None,
                });
                if !matches!(why, Refused::Twice) {
                    self.out.push_back(Output::Release(id));
                }
            }
        }
    }

    fn offer_to(&mut self, now: Time, place: usize, only: Option<&ItemId>) {
        let Some(seat) = self.seats.get(place) else { return };
        let device = seat.device.clone();
        for offer in self.shared.offers_to(now, &device, &seat.name, only) {
            self.tell(&device, &offer.into());
        }
    }

    pub(super) fn accepted(&mut self, device: &DeviceId, peer: PeerKey, accept: &FileAccept) {
        self.changed = true;
        match self.shared.accepted(device, peer, accept) {
            Some(feed) => self.out.extend(feed),
            None => self.say_end(device, &accept.id, FileEnd::Gone),
        }
    }

    pub(super) fn received(&mut self, device: &DeviceId, received: &FileReceived) {
        self.changed = true;
        let feed = self.shared.received(device, &received.id, received.offset);
        self.out.extend(feed);
    }

    pub(super) fn sent(&mut self, device: &DeviceId, id: &ItemId) {
        self.changed = true;
        self.shared.ended(device, id, None);
    }

    pub(super) fn fed(&mut self, peer: PeerKey, stream: u32) {
        let feed = self.shared.fed(peer, stream);
        self.out.extend(feed);
    }

    pub(super) fn unreadable(&mut self, id: ItemId) {
        self.take_back(id, FileEnd::Failed);
    }

    fn take_back(&mut self, id: ItemId, end: FileEnd) {
        if self.shared.take_back(&id, end) {
            self.changed = true;
            self.tell_all(&FileCancel { id: id.clone(), reason: end }.into());
            self.out.push_back(Output::Release(id));
        }
    }

    // Offered elsewhere.

    pub(super) fn offered(&mut self, now: Time, place: usize, offer: FileOffer) {
        let Some(seat) = self.seats.get(place) else { return };
        let (at, id, device, name) =
            (seat.at(now, offer.age_ms), offer.id.clone(), seat.device.clone(), seat.name.clone());
        let offer = FileOffer { clock: self.clock.hear(now, offer.clock), ..offer };
        match self.coming.offered(at, &device, &name, offer) {
            Ok(Some(file)) => self.came(now, at, News::Offers { name, file }),
            Ok(None) => {}
            Err(end) => self.say_end(&device, &id, end),
        }
    }

    pub(super) fn accept(&mut self, key: &ItemKey, most: u64) {
        let Some(from) = &key.from else { return };
        match self.coming.accept(key, most) {
            Some(true) => self.ask(from),
            Some(false) => {
                self.say_end(from, &key.id, FileEnd::TooBig);
                self.out.push_back(Output::Discard(key.clone()));
            }
            // The place that the shell has made is of no use.
            None => self.out.push_back(Output::Discard(key.clone())),
        }
    }

    /// Asks somebody who listens for what is wanted of them.
    fn ask(&mut self, from: &DeviceId) {
        if self.seats.iter().any(|seat| seat.device == *from && seat.talk == Talk::Met) {
            for accept in self.coming.ask(from) {
                self.tell(from, &accept.into());
            }
            self.out.extend(self.coming.whole(from).into_iter().map(Output::Finish));
        }
    }

    pub(super) fn chunk(&mut self, peer: PeerKey, stream: u32, bytes: usize) {
        let Some(seat) = self.seats.iter().find(|seat| seat.peer == peer) else { return };
        match self.coming.chunk(&seat.device, stream, bytes) {
            Taken::Nothing => {}
            Taken::Keep(key) => self.out.push_back(Output::Keep(key)),
            Taken::Against(key) => self.end(&key, FileEnd::Failed),
        }
    }

    pub(super) fn kept(&mut self, key: &ItemKey, bytes: usize) {
        let (follows, shown) = self.coming.kept(key, bytes);
        self.changed |= shown;
        match follows {
            Kept::Nothing => {}
            Kept::Tell(device, received) => self.tell(&device, &received.into()),
            Kept::Finish => self.out.push_back(Output::Finish(key.clone())),
        }
    }

    pub(super) fn finished(&mut self, key: &ItemKey) {
        if let Some((from, name)) = self.coming.finished(key) {
            self.changed = true;
            self.tell(&from, &FileDone { id: key.id.clone() }.into());
            self.out.push_back(Output::Tell(News::Came(name)));
        }
    }

    pub(super) fn keep_failed(&mut self, key: &ItemKey) {
        self.end(key, FileEnd::Failed);
    }

    /// Ends what somebody offers, and tells them.
    fn end(&mut self, key: &ItemKey, end: FileEnd) {
        if let Some(from) = self.end_quietly(key, end) {
            self.say_end(&from, &key.id, end);
        }
    }

    fn end_quietly(&mut self, key: &ItemKey, end: FileEnd) -> Option<DeviceId> {
        let (from, wanted) = self.coming.end(key, end)?;
        self.changed = true;
        if wanted {
            self.out.push_back(Output::Discard(key.clone()));
        }
        Some(from)
    }

    // Both.

    /// The person does not want a file (any more), or takes one back.
    pub(super) fn cancel(&mut self, key: &ItemKey) {
        match key.from {
            None => self.take_back(key.id.clone(), FileEnd::Cancelled),
            Some(_) if self.coming.is_offered(key) => self.end(key, FileEnd::Declined),
            Some(_) => self.end(key, FileEnd::Cancelled),
        }
    }

    /// Somebody says that there will be no (more) of a file: theirs, or one from here.
    pub(super) fn cancelled(&mut self, device: &DeviceId, cancel: &FileCancel) {
        self.changed = true;
        let theirs = ItemKey { from: Some(device.clone()), id: cancel.id.clone() };
        if self.end_quietly(&theirs, cancel.reason).is_none() {
            self.shared.ended(device, &cancel.id, Some(cancel.reason));
        }
    }

    fn say_end(&mut self, device: &DeviceId, id: &ItemId, reason: FileEnd) {
        self.tell(device, &FileCancel { id: id.clone(), reason }.into());
    }

    /// Somebody listens, perhaps for the second time: offers, and goes on where it stopped.
    pub(super) fn files_again(&mut self, now: Time, place: usize) {
        self.offer_to(now, place, None);
        let Some(device) = self.seats.get(place).map(|seat| seat.device.clone()) else { return };
        self.ask(&device);
        for id in self.coming.done_of(&device) {
            self.tell(&device, &FileDone { id }.into());
        }
    }

    pub(super) fn stop_files(&mut self, device: &DeviceId) {
        self.shared.stop(device);
        self.coming.stop(device);
    }

    pub(super) fn files_of_somebody_gone(&mut self, device: &DeviceId) {
        self.shared.left(device);
        for key in self.coming.open_of(device) {
            self.end_quietly(&key, FileEnd::Gone);
        }
    }
}
