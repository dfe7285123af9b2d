//! Files that are written while they come, piece by piece: in a folder that the person has chosen, else kept in memory and
//! saved in the end as browsers save what was loaded.
//!
//! What a browser writes to the disk counts only once it is closed (File System section 2.4). So a file is closed and opened
//! again, after its first piece and then when twice as much is in it, at least about once a minute: whatever happens to the
//! page or the disk, no more than a minute is lost, and never more than half.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::files::save;
use super::task::spawn;
use super::{js, window};

const PICKER: &str = "showDirectoryPicker";
/// At most so many pieces are in the file on the disk and do not count yet.
const COMMIT: u32 = 30;
/// Pieces that wait for a disk. One that is so far behind does not answer.
const WAITING: usize = 60;

/// A folder on the disk (File System section 2.6).
#[derive(Clone)]
pub(crate) struct Folder(JsValue);

/// What came of asking for a folder.
pub(crate) enum Asked {
    /// This one.
    Chosen(Folder),
    /// The person does not want to.
    Cancelled,
    /// The browser has no such question, or not here.
    Impossible,
}

impl Folder {
    /// Asks the person for one. To be called from a press.
    pub(crate) fn ask() -> Pin<Box<dyn Future<Output = Asked>>> {
        let options = js::object(&[("mode", JsValue::from_str("readwrite")), ("id", JsValue::from_str("alo"))]);
        // At once, not when the answer is first looked at: after the press browsers ask nothing any more.
        let asked = js::call(&window(), PICKER, &[&options]);
        Box::pin(async move {
            let Some(Ok(asked)) = asked.map(JsCast::dyn_into) else { return Asked::Impossible };
            match js::settled(asked).await {
                Ok(folder) => Asked::Chosen(Self(folder)),
                Err(error) if js::error_name(&error) == "AbortError" => Asked::Cancelled,
                Err(_) => Asked::Impossible,
            }
        })
    }
}

/// A file being written.
pub(crate) struct Tape(Rc<Inner>);

struct Inner {
    pieces: RefCell<VecDeque<JsValue>>,
    ended: Cell<bool>,
    /// The disk is too far behind.
    behind: Cell<bool>,
    waits: RefCell<Option<Waker>>,
}

impl Tape {
    /// An empty file of this name. `tell` hears once whether it was saved, after [`Tape::end`] or earlier, if the disk does
    /// not take it.
    pub(crate) fn new(folder: Option<Folder>, name: String, tell: impl FnOnce(bool) + 'static) -> Self {
        let inner = Rc::new(Inner {
            pieces: RefCell::default(),
            ended: Cell::new(false),
            behind: Cell::new(false),
            waits: RefCell::default(),
        });
        let own = inner.clone();
        spawn(async move { tell(own.write(folder, &name).await.is_some()) });
        Self(inner)
    }

    /// Puts a piece, a `Blob`, behind those before it.
    pub(crate) fn put(&self, piece: JsValue) {
        let mut pieces = self.0.pieces.borrow_mut();
        if pieces.len() < WAITING {
            pieces.push_back(piece);
        } else {
            self.0.behind.set(true);
        }
        drop(pieces);
        self.0.wake();
    }

    /// That was all of it.
    pub(crate) fn end(&self) {
        self.0.ended.set(true);
        self.0.wake();
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.end();
    }
}

impl Inner {
    fn wake(&self) {
        self.waits.take().into_iter().for_each(Waker::wake);
    }

    /// The next piece, or nothing at the end.
    fn next(&self) -> impl Future<Output = Option<JsValue>> + '_ {
        poll_fn(|context| {
            if let Some(piece) = self.pieces.borrow_mut().pop_front() {
                return Poll::Ready(Some(piece));
            }
            if self.ended.get() {
                return Poll::Ready(None);
            }
            self.waits.replace(Some(context.waker().clone()));
            Poll::Pending
        })
    }

    async fn write(&self, folder: Option<Folder>, name: &str) -> Option<()> {
        let Some(folder) = folder else {
            let all = Array::new();
            while let Some(piece) = self.next().await {
                all.push(&piece);
            }
            return save(name, &all);
        };
        let mut file = OnDisk::create(&folder, name).await?;
        while let Some(piece) = self.next().await {
            if self.behind.get() {
                return None;
            }
            file.put(&piece).await?;
        }
        file.close().await
    }
}

/// A `FileSystemFileHandle`, and the stream that writes into it.
struct OnDisk {
    file: JsValue,
    stream: JsValue,
    bytes: f64,
    pieces: u32,
    /// With so many pieces it is closed and opened again.
    due: u32,
}

impl OnDisk {
    async fn create(folder: &Folder, name: &str) -> Option<Self> {
        let create = js::object(&[("create", JsValue::TRUE)]);
        let file = done(js::call(&folder.0, "getFileHandle", &[&JsValue::from_str(name), &create])).await?;
        let stream = done(js::call(&file, "createWritable", &[])).await?;
        Some(Self { file, stream, bytes: 0.0, pieces: 0, due: 1 })
    }

    async fn put(&mut self, piece: &JsValue) -> Option<()> {
        done(js::call(&self.stream, "write", &[piece])).await?;
        self.bytes += js::field(piece, "size").as_f64().unwrap_or_default();
        self.pieces += 1;
        if self.pieces >= self.due {
            self.due = self.pieces + self.pieces.min(COMMIT);
            self.close().await?;
            let goes_on = js::object(&[("keepExistingData", JsValue::TRUE)]);
            self.stream = done(js::call(&self.file, "createWritable", &[&goes_on])).await?;
            done(js::call(&self.stream, "seek", &[&JsValue::from_f64(self.bytes)])).await?;
        }
        Some(())
    }

    async fn close(&self) -> Option<()> {
        done(js::call(&self.stream, "close", &[])).await.map(drop)
    }
}

async fn done(promise: Option<JsValue>) -> Option<JsValue> {
    js::settled(promise?.dyn_into().ok()?).await.ok()
}
