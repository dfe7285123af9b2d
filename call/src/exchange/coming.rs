//! Files that others offer.

use std::sync::Arc;

use protocol::{DeviceId, FileAccept, FileEnd, FileOffer, FileReceived, ItemId, chunk};

use super::names::clean_name;
use super::view::{FileState, FileView, FileWith, ItemKey, Line, What};
use super::{BLOCK, EVERY, WINDOW};
use crate::Time;

/// So many files of one person may wait for a word, or be on their way.
const OPEN: usize = 16;
/// So many are shown in all.
const SHOWN: usize = 128;

/// Everything that others offer.
#[derive(Default)]
pub(super) struct Coming {
    files: Vec<File>,
    /// What the last stream was headed with.
    stream: u32,
}

struct File {
    key: ItemKey,
    from: DeviceId,
    who: Arc<str>,
    name: Arc<str>,
    mime: Arc<str>,
    size: u64,
    at: Time,
    clock: u64,
    state: Receiving,
}

#[derive(Clone, Copy)]
enum Receiving {
    Offered,
    /// Wanted. Without a stream it waits for the channel.
    Flows {
        stream: Option<u32>,
        got: Got,
    },
    /// All of it is put away, and becomes a file.
    Finishing,
    Done,
    Ended(FileEnd),
}

/// How much of a file is there.
#[derive(Clone, Copy, Default)]
struct Got {
    /// Came.
    came: u64,
    /// Put away.
    kept: u64,
    /// What the sender was told of that.
    told: u64,
}

/// What a chunk comes to.
pub(super) enum Taken {
    /// It belongs to nothing that is wanted (any more).
    Nothing,
    /// It is to be put away.
    Keep(ItemKey),
    /// The sender does not keep to what was agreed.
    Against(ItemKey),
}

/// What follows from bytes that are put away.
pub(super) enum Kept {
    Nothing,
    /// The sender is to be told.
    Tell(DeviceId, FileReceived),
    /// That was all.
    Finish,
}

impl Coming {
    /// Somebody offers a file. The offer as it is known, or why there will be nothing of it.
    pub(super) fn offered(
        &mut self,
        at: Time,
        from: &DeviceId,
        who: &Arc<str>,
        offer: FileOffer,
    ) -> Result<Option<Arc<str>>, FileEnd> {
        let key = ItemKey { from: Some(from.clone()), id: offer.id };
        if let Some(known) = self.file(&key) {
            return if let Receiving::Ended(end) = known.state { Err(end) } else { Ok(None) };
        }
        if self.files.iter().filter(|file| file.from == *from && file.is_open()).count() >= OPEN {
            return Err(FileEnd::TooBig);
        }
        if self.files.len() >= SHOWN {
            let oldest = self.files.iter().position(|file| !file.is_open()).ok_or(FileEnd::TooBig)?;
            self.files.remove(oldest);
        }
        let name: Arc<str> = clean_name(&offer.name).into();
        self.files.push(File {
            key,
            from: from.clone(),
            who: who.clone(),
            name: name.clone(),
            mime: offer.mime.into(),
            size: offer.size,
            at,
            clock: offer.clock,
            state: Receiving::Offered,
        });
        Ok(Some(name))
    }

    /// The person wants a file and has room for `most` bytes. Whether that is enough; `None` if there is no such offer.
    pub(super) fn accept(&mut self, key: &ItemKey, most: u64) -> Option<bool> {
        let file = self.file(key).filter(|file| matches!(file.state, Receiving::Offered))?;
        let fits = file.size <= most;
        file.state = if fits {
            Receiving::Flows { stream: None, got: Got::default() }
        } else {
            Receiving::Ended(FileEnd::TooBig)
        };
        Some(fits)
    }

    /// Asks somebody whose channel is open for what is wanted of them, from where it stopped.
    pub(super) fn ask(&mut self, from: &DeviceId) -> Vec<FileAccept> {
        let mut asked = Vec::new();
        for file in self.files.iter_mut().filter(|file| file.from == *from) {
            if let Receiving::Flows { stream: stream @ None, got } = &mut file.state {
                self.stream = self.stream.wrapping_add(1);
                *stream = Some(self.stream);
                got.told = got.came;
                asked.push(FileAccept { id: file.key.id.clone(), stream: self.stream, offset: got.came });
            }
        }
        asked
    }

    /// What of somebody's files is here: they may not know yet.
    pub(super) fn done_of(&self, from: &DeviceId) -> Vec<ItemId> {
        let done = |file: &&File| file.from == *from && matches!(file.state, Receiving::Done);
        self.files.iter().filter(done).map(|file| file.key.id.clone()).collect()
    }

    /// Files that are wanted of them and have no more bytes: nothing will come, so they are whole at once.
    pub(super) fn whole(&mut self, from: &DeviceId) -> Vec<ItemKey> {
        let mut whole = Vec::new();
        for file in self.files.iter_mut().filter(|file| file.from == *from) {
            if matches!(file.state, Receiving::Flows { got, .. } if got.kept == file.size) {
                file.state = Receiving::Finishing;
                whole.push(file.key.clone());
            }
        }
        whole
    }

    /// A chunk has come.
    pub(super) fn chunk(&mut self, from: &DeviceId, of: u32, bytes: usize) -> Taken {
        let is = |file: &File| matches!(file.state, Receiving::Flows { stream: Some(stream), .. } if stream == of);
        let Some(file) = self.files.iter_mut().find(|file| file.from == *from && is(file)) else {
            return Taken::Nothing;
        };
        let Receiving::Flows { got, .. } = &mut file.state else { return Taken::Nothing };
        let came = got.came.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let ahead = came.saturating_sub(got.told);
        if bytes == 0 || bytes > chunk::BYTES || came > file.size || ahead > WINDOW + BLOCK {
            return Taken::Against(file.key.clone());
        }
        got.came = came;
        Taken::Keep(file.key.clone())
    }

    /// So many bytes more are put away. Gives what follows, and whether there is something to see of it.
    pub(super) fn kept(&mut self, key: &ItemKey, bytes: usize) -> (Kept, bool) {
        let Some(file) = self.file(key) else { return (Kept::Nothing, false) };
        let Receiving::Flows { stream, got } = &mut file.state else { return (Kept::Nothing, false) };
        let before = got.kept;
        got.kept = before.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX)).min(got.came);
        let shown = percent(before, file.size) != percent(got.kept, file.size);
        if got.kept == file.size {
            file.state = Receiving::Finishing;
            return (Kept::Finish, true);
        }
        if stream.is_none() || got.kept.saturating_sub(got.told) < EVERY {
            return (Kept::Nothing, shown);
        }
        got.told = got.kept;
        (Kept::Tell(file.from.clone(), FileReceived { id: file.key.id.clone(), offset: got.kept }), shown)
    }

    /// The file is there. From whom it was, and what it is called.
    pub(super) fn finished(&mut self, key: &ItemKey) -> Option<(DeviceId, Arc<str>)> {
        let file = self.file(key).filter(|file| matches!(file.state, Receiving::Finishing))?;
        file.state = Receiving::Done;
        Some((file.from.clone(), file.name.clone()))
    }

    /// Nothing (more) will come of it. From whom it was, and whether something of it was wanted here.
    pub(super) fn end(&mut self, key: &ItemKey, end: FileEnd) -> Option<(DeviceId, bool)> {
        let file = self.file(key).filter(|file| file.is_open())?;
        let wanted = !matches!(file.state, Receiving::Offered);
        file.state = Receiving::Ended(end);
        Some((file.from.clone(), wanted))
    }

    /// The channel of somebody is closed.
    pub(super) fn stop(&mut self, from: &DeviceId) {
        for file in self.files.iter_mut().filter(|file| file.from == *from) {
            if let Receiving::Flows { stream, .. } = &mut file.state {
                *stream = None;
            }
        }
    }

    /// What of somebody is not over.
    pub(super) fn open_of(&self, from: &DeviceId) -> Vec<ItemKey> {
        self.files.iter().filter(|file| file.from == *from && file.is_open()).map(|file| file.key.clone()).collect()
    }

    pub(super) fn is_offered(&self, key: &ItemKey) -> bool {
        self.files.iter().any(|file| file.key == *key && matches!(file.state, Receiving::Offered))
    }

    fn file(&mut self, key: &ItemKey) -> Option<&mut File> {
        self.files.iter_mut().find(|file| file.key == *key)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        self.files.iter().map(|file| Line {
            key: file.key.clone(),
            name: file.who.clone(),
            at: file.at,
            clock: file.clock,
            what: What::File(FileView {
                name: file.name.clone(),
                mime: file.mime.clone(),
                size: file.size,
                with: vec![file.view()],
                taken_back: false,
            }),
        })
    }
}

impl File {
    const fn is_open(&self) -> bool {
        matches!(self.state, Receiving::Offered | Receiving::Flows { .. } | Receiving::Finishing)
    }

    fn view(&self) -> FileWith {
        let state = match self.state {
            Receiving::Offered => FileState::Offered,
            Receiving::Flows { stream: Some(_), got } => FileState::Flows { bytes: got.kept },
            Receiving::Flows { stream: None, got } => FileState::Stopped { bytes: got.kept },
            Receiving::Finishing => FileState::Flows { bytes: self.size },
            Receiving::Done => FileState::Done,
            Receiving::Ended(end) => FileState::Ended(end),
        };
        FileWith { device: self.from.clone(), name: self.who.clone(), state }
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(100)
}
