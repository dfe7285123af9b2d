//! Files of this computer: those that are chosen to be sent, and places for those that come.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use leptos::prelude::document;
use protocol::chunk;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::{El, el, js, window};

/// A file without a place on the disk is kept in memory, up to this size in bytes.
pub(crate) const MOST_IN_MEMORY: u64 = 256 * 1024 * 1024;

/// A file that a person has chosen. Nothing of it is read before it is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Chosen(JsValue);

impl Chosen {
    /// What it is called.
    pub(crate) fn name(&self) -> String {
        js::text(&self.0, "name").unwrap_or_default()
    }

    /// Its bytes.
    pub(crate) fn size(&self) -> u64 {
        // The size of a file is a whole number that a float holds.
        js::field(&self.0, "size").as_f64().map_or(0, |size| size as u64)
    }

    /// Its media type, as the browser guesses by its name.
    pub(crate) fn mime(&self) -> String {
        js::text(&self.0, "type").unwrap_or_default()
    }

    /// Reads some of its bytes into an `ArrayBuffer`; nothing if they are not there any more.
    pub(crate) async fn read(&self, from: u64, to: u64) -> Option<JsValue> {
        let part = js::call(&self.0, "slice", &[&JsValue::from_f64(from as f64), &JsValue::from_f64(to as f64)])?;
        let bytes = promised(js::call(&part, "arrayBuffer", &[])).await?;
        let whole = js::field(&bytes, "byteLength").as_f64() == Some((to - from) as f64);
        whole.then_some(bytes)
    }
}

/// The files of a `FileList`.
pub(crate) fn chosen(list: &JsValue) -> Vec<Chosen> {
    if list.is_object() { Array::from(list).iter().map(Chosen).collect() } else { Vec::new() }
}

/// A button that lets the person choose files; `label` is what is in it, `take` gets them.
pub(crate) fn choose(label: El, mut take: impl FnMut(Vec<Chosen>) + 'static) -> El {
    let field = el("input").attr("type", "file").attr("multiple", "").class("said");
    let element = JsValue::from(field.element());
    let field = field.on("change", move |_| {
        take(chosen(&js::field(&element, "files")));
        // The same file again is another choice.
        js::set(&element, "value", &JsValue::from_str(""));
    });
    label.child(field)
}

/// Where a file that comes is put.
pub(crate) struct Place {
    name: String,
    kind: Kind,
}

enum Kind {
    /// The pieces of a `Blob`.
    Memory(Array),
    /// A `FileSystemWritableFileStream` (WICG file-system-access), which writes one piece after the other.
    Disk(JsValue),
}

/// What becomes of something that takes time.
pub(crate) enum Outcome {
    /// It is done.
    Now,
    /// It is done when this is fulfilled.
    Later(Promise),
    /// It is not done.
    Failed,
}

impl Place {
    /// A place in memory, for a file of this name.
    pub(crate) fn in_memory(name: &str) -> Self {
        Self { name: name.to_owned(), kind: Kind::Memory(Array::new()) }
    }

    /// A place on the disk that the person chooses; nothing if they do not.
    pub(crate) async fn on_disk(name: &str) -> Option<Self> {
        let options = js::object(&[("suggestedName", JsValue::from_str(name))]);
        let handle = promised(js::call(&window(), PICKER, &[&options])).await?;
        let stream = promised(js::call(&handle, "createWritable", &[])).await?;
        Some(Self { name: name.to_owned(), kind: Kind::Disk(stream) })
    }

    /// Puts the bytes of a chunk behind those before it.
    pub(crate) fn keep(&self, chunk: &JsValue) -> Outcome {
        let bytes = Uint8Array::new_with_byte_offset(chunk, chunk::HEAD as u32);
        match &self.kind {
            Kind::Memory(pieces) => {
                pieces.push(&bytes);
                Outcome::Now
            }
            Kind::Disk(stream) => later(js::call(stream, "write", &[&bytes])),
        }
    }

    /// Makes the file of it.
    pub(crate) fn finish(self) -> Outcome {
        match self.kind {
            Kind::Memory(pieces) => save(&self.name, &pieces).map_or(Outcome::Failed, |()| Outcome::Now),
            Kind::Disk(stream) => later(js::call(&stream, "close", &[])),
        }
    }

    /// Throws away what is there.
    pub(crate) fn discard(self) {
        if let Kind::Disk(stream) = self.kind
            && let Outcome::Later(gone) = later(js::call(&stream, "abort", &[]))
        {
            js::ignore(gone);
        }
    }
}

const PICKER: &str = "showSaveFilePicker";

/// The browser can write to the disk while a file comes.
pub(crate) fn can_stream() -> bool {
    js::field(&window(), PICKER).is_function()
}

fn later(promise: Option<JsValue>) -> Outcome {
    promise.and_then(|promise| promise.dyn_into().ok()).map_or(Outcome::Failed, Outcome::Later)
}

async fn promised(promise: Option<JsValue>) -> Option<JsValue> {
    js::settled(promise?.dyn_into().ok()?).await.ok()
}

/// Has the browser save the pieces as a file, under a media type that it never shows as a page of ours.
pub(super) fn save(name: &str, pieces: &Array) -> Option<()> {
    let maker: Function = js::field(&window(), "Blob").dyn_into().ok()?;
    let kind = js::object(&[("type", JsValue::from_str("application/octet-stream"))]);
    let blob = Reflect::construct(&maker, &Array::of2(pieces, &kind)).ok()?;
    let url = js::field(&window(), "URL");
    let address = js::call(&url, "createObjectURL", &[&blob])?;
    let link = document().create_element("a").ok()?;
    js::set(&link, "href", &address);
    js::set(&link, "download", &JsValue::from_str(name));
    link.unchecked_ref::<HtmlElement>().click();
    js::call(&url, "revokeObjectURL", &[&address]);
    Some(())
}
