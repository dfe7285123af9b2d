//! Files that are offered here.

use std::sync::Arc;

use protocol::{DeviceId, FileAccept, FileEnd, FileOffer, ItemId, limits};

use super::chat::age;
use super::clock::Clock;
use super::input::Output;
use super::view::{FileState, FileView, FileWith, ItemKey, Line, What};
use super::{BLOCK, WINDOW};
use crate::{PeerKey, Time};

/// So many files can be had from here at a time.
const MOST: usize = 16;
/// So many are shown in all, those taken back among them.
const SHOWN: usize = 64;
/// With so many people it is shown how far each file is; those who have left and have it are forgotten first.
const PEOPLE: usize = 32;

/// Everything that is offered here.
#[derive(Default)]
pub(super) struct Shared(Vec<Item>);

struct Item {
    id: ItemId,
    name: Arc<str>,
    mime: Arc<str>,
    size: u64,
    at: Time,
    clock: u64,
    with: Vec<With>,
    taken_back: bool,
}

#[derive(Clone)]
struct With {
    device: DeviceId,
    name: Arc<str>,
    state: Sending,
}

#[derive(Clone, Copy)]
enum Sending {
    Offered,
    Flows(Flow),
    Stopped { put_away: u64 },
    Done,
    Ended(FileEnd),
}

#[derive(Clone, Copy)]
struct Flow {
    peer: PeerKey,
    stream: u32,
    /// The first byte that the browser was not given yet.
    next: u64,
    /// What the receiver has put away.
    put_away: u64,
    /// The browser is at work on a block.
    feeding: bool,
}

/// Why a file cannot be offered.
pub(super) enum Refused {
    TooMany,
    TooBig,
    Twice,
}

impl Shared {
    /// Offers a file.
    pub(super) fn offer(
        &mut self,
        now: Time,
        clock: &mut Clock,
        id: ItemId,
        name: &str,
        size: u64,
        mime: &str,
    ) -> Result<(), Refused> {
        if size > limits::FILE_BYTES {
            return Err(Refused::TooBig);
        }
        if self.0.iter().any(|item| item.id == id) {
            return Err(Refused::Twice);
        }
        if self.0.iter().filter(|item| !item.taken_back).count() >= MOST {
            return Err(Refused::TooMany);
        }
        if self.0.len() >= SHOWN {
            let oldest = self.0.iter().position(|item| item.taken_back);
            oldest.map(|oldest| self.0.remove(oldest));
        }
        let mime = if mime.len() <= limits::MIME_BYTES { mime } else { "" };
        let (name, mime, clock) = (name.into(), mime.into(), clock.next(now));
        self.0.push(Item { id, name, mime, size, at: now, clock, with: Vec::new(), taken_back: false });
        Ok(())
    }

    /// Dates everything so much later.
    pub(super) fn put_on(&mut self, millis: u64) {
        for item in &mut self.0 {
            item.clock = item.clock.saturating_add(millis);
        }
    }

    /// What somebody is to be offered: one file, or everything to one who listens from now on, perhaps again.
    pub(super) fn offers_to(
        &mut self,
        now: Time,
        device: &DeviceId,
        name: &Arc<str>,
        only: Option<&ItemId>,
    ) -> Vec<FileOffer> {
        let open = |item: &mut Item| match item.with(device, name).state {
            Sending::Offered | Sending::Flows(_) | Sending::Stopped { .. } => Some(item.told(now)),
            Sending::Done | Sending::Ended(_) => None,
        };
        let meant = |item: &&mut Item| !item.taken_back && only.is_none_or(|only| item.id == *only);
        self.0.iter_mut().filter(meant).filter_map(open).collect()
    }

    /// Somebody wants a file. `None`, and there is none such.
    pub(super) fn accepted(&mut self, device: &DeviceId, peer: PeerKey, accept: &FileAccept) -> Option<Option<Output>> {
        let item = self.0.iter_mut().find(|item| item.id == accept.id && !item.taken_back)?;
        let (size, id) = (item.size, item.id.clone());
        let with = item.with.iter_mut().find(|with| with.device == *device)?;
        if accept.offset > size {
            return None;
        }
        let flow = Flow { peer, stream: accept.stream, next: accept.offset, put_away: accept.offset, feeding: false };
        with.state = Sending::Flows(flow);
        Some(with.feed(&id, size))
    }

    /// Somebody has put so much away.
    pub(super) fn received(&mut self, device: &DeviceId, id: &ItemId, offset: u64) -> Option<Output> {
        let (id, size, with) = self.find(device, id)?;
        if let Sending::Flows(flow) = &mut with.state {
            flow.put_away = flow.put_away.max(offset.min(flow.next));
        }
        with.feed(&id, size)
    }

    /// The browser has room for more.
    pub(super) fn fed(&mut self, peer: PeerKey, stream: u32) -> Option<Output> {
        let is = |with: &With| matches!(with.state, Sending::Flows(flow) if flow.peer == peer && flow.stream == stream);
        let item = self.0.iter_mut().find(|item| item.with.iter().any(is))?;
        let (id, size) = (item.id.clone(), item.size);
        let with = item.with.iter_mut().find(|with| is(with))?;
        if let Sending::Flows(flow) = &mut with.state {
            flow.feeding = false;
        }
        with.feed(&id, size)
    }

    /// Somebody has all of it, or does not want it.
    pub(super) fn ended(&mut self, device: &DeviceId, id: &ItemId, end: Option<FileEnd>) {
        if let Some((_, _, with)) = self.find(device, id) {
            with.state = match (with.state, end) {
                (Sending::Done, _) | (_, None) => Sending::Done,
                (_, Some(end)) => Sending::Ended(end),
            };
        }
    }

    /// The channel to somebody is closed.
    pub(super) fn stop(&mut self, device: &DeviceId) {
        for with in self.0.iter_mut().flat_map(|item| &mut item.with).filter(|with| with.device == *device) {
            if let Sending::Flows(flow) = with.state {
                with.state = Sending::Stopped { put_away: flow.put_away };
            }
        }
    }

    /// Somebody has left.
    pub(super) fn left(&mut self, device: &DeviceId) {
        for item in &mut self.0 {
            item.with.retain(|with| with.device != *device || matches!(with.state, Sending::Done));
        }
    }

    /// Takes a file back. Whether it was there.
    pub(super) fn take_back(&mut self, id: &ItemId, end: FileEnd) -> bool {
        let Some(item) = self.0.iter_mut().find(|item| item.id == *id && !item.taken_back) else { return false };
        item.taken_back = true;
        for with in item.with.iter_mut().filter(|with| !matches!(with.state, Sending::Done)) {
            with.state = Sending::Ended(end);
        }
        true
    }

    fn find(&mut self, device: &DeviceId, id: &ItemId) -> Option<(ItemId, u64, &mut With)> {
        let item = self.0.iter_mut().find(|item| item.id == *id)?;
        Some((item.id.clone(), item.size, item.with.iter_mut().find(|with| with.device == *device)?))
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        self.0.iter().map(|item| Line {
            key: ItemKey { from: None, id: item.id.clone() },
            name: Arc::default(),
            at: item.at,
            clock: item.clock,
            what: What::File(FileView {
                name: item.name.clone(),
                mime: item.mime.clone(),
                size: item.size,
                with: item.with.iter().map(With::view).collect(),
                taken_back: item.taken_back,
            }),
        })
    }
}

impl Item {
    /// How it is with somebody, who is added if need be.
    fn with(&mut self, device: &DeviceId, name: &Arc<str>) -> With {
        if let Some(known) = self.with.iter().find(|with| with.device == *device) {
            return known.clone();
        }
        if self.with.len() >= PEOPLE {
            self.with.remove(0);
        }
        let new = With { device: device.clone(), name: name.clone(), state: Sending::Offered };
        self.with.push(new.clone());
        new
    }

    fn told(&self, now: Time) -> FileOffer {
        FileOffer {
            id: self.id.clone(),
            name: self.name.to_string(),
            size: self.size,
            mime: self.mime.to_string(),
            age_ms: age(now, self.at),
            clock: self.clock,
        }
    }
}

impl With {
    /// The next block, if it is time for one.
    fn feed(&mut self, file: &ItemId, size: u64) -> Option<Output> {
        let Sending::Flows(flow) = &mut self.state else { return None };
        let ahead = flow.next.saturating_sub(flow.put_away);
        if flow.feeding || flow.next >= size || ahead >= WINDOW {
            return None;
        }
        let from = flow.next;
        flow.next = size.min(from.saturating_add(BLOCK));
        flow.feeding = true;
        Some(Output::Feed { peer: flow.peer, file: file.clone(), stream: flow.stream, from, to: flow.next })
    }

    fn view(&self) -> FileWith {
        let state = match self.state {
            Sending::Offered => FileState::Offered,
            Sending::Flows(flow) => FileState::Flows { bytes: flow.put_away },
            Sending::Stopped { put_away } => FileState::Stopped { bytes: put_away },
            Sending::Done => FileState::Done,
            Sending::Ended(end) => FileState::Ended(end),
        };
        FileWith { device: self.device.clone(), name: self.name.clone(), state }
    }
}
