//! The call in a window of its own that stays on top (document picture-in-picture section 4), or, where the browser cannot,
//! one of its pictures (picture-in-picture section 4).
//!
//! What floats is the call's own element, carried over and back: nothing is shown twice and nothing is made anew. Who closes
//! the window has the call in the page again and is in it as before.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Array, Promise};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlVideoElement, Window};

use super::effect::at_the_end;
use super::listener::Listener;
use super::task::spawn;
use super::{js, window};
use crate::signal::{RwSignal, Signal};

/// How large it is at first, in CSS pixels: a phone's screen in small, so that what fits there fits here.
const SIZE: (f64, f64) = (360.0, 520.0);

/// The attribute of a video that may not float (picture-in-picture section 5.3).
const OWN_BUTTON: &str = "disablepictureinpicture";

/// The call's window, for as long as the component lives that asks.
#[derive(Clone)]
pub(crate) struct Floating(Rc<Inner>);

struct Inner {
    /// What stands in the page meanwhile.
    told: &'static str,
    on: RwSignal<bool>,
    away: RefCell<Option<Away>>,
    /// Of the picture that floats alone, or did last.
    picture: RefCell<Option<Listener>>,
}

/// An element that is in the other window.
struct Away {
    window: Window,
    element: Element,
    /// Stands where it was.
    place: Element,
    _closed: [Listener; 2],
}

impl Away {
    /// Carries it back; the window closes if it is still there.
    fn come_back(self) {
        let _ = self.place.replace_with_with_node_1(&self.element);
        go_on(&self.element);
        // Closed by the person, it is no more than asked to close again.
        let _ = self.window.close();
    }
}

impl Floating {
    /// The call is in the page. While it floats, `told` stands there.
    pub(crate) fn new(told: &'static str) -> Self {
        let inner =
            Rc::new(Inner { told, on: RwSignal::new(false), away: RefCell::new(None), picture: RefCell::new(None) });
        let last = Rc::downgrade(&inner);
        at_the_end(move || back(&last));
        Self(inner)
    }

    /// The browser can do one or the other.
    pub(crate) fn is_possible() -> bool {
        windows().is_object() || js::field(&document(), "pictureInPictureEnabled").is_truthy()
    }

    /// It is, or its picture is, in a window of its own.
    pub(crate) fn on(&self) -> Signal<bool> {
        self.0.on.read_only()
    }

    /// Has the call float, or come back. To be called from a press.
    pub(crate) fn toggle(&self) {
        if self.0.away.borrow().is_some() {
            return back(&Rc::downgrade(&self.0));
        }
        if self.0.on.get_untracked() {
            return js::ask(&document(), "exitPictureInPicture", &[]);
        }
        let Ok(Some(element)) = document().query_selector(".call") else { return };
        let size = js::object(&[("width", JsValue::from_f64(SIZE.0)), ("height", JsValue::from_f64(SIZE.1))]);
        let Some(Ok(opening)) = js::call(&windows(), "requestWindow", &[&size]).map(JsCast::dyn_into::<Promise>) else {
            return float_picture(&self.0, &element);
        };
        let inner = Rc::downgrade(&self.0);
        spawn(async move {
            // Refused without a press, or where a policy forbids it: the call stays where it is.
            let Ok(opened) = js::settled(opening).await else { return };
            carry_over(&inner, opened.unchecked_into(), element);
        });
    }
}

/// The floating window's page, while there is one.
pub(crate) fn floating_page() -> Option<Document> {
    // Not `dyn_into`: the other window's objects are of another realm, so they are instances of nothing here.
    let window = Some(js::field(&windows(), "window")).filter(JsValue::is_object)?;
    window.unchecked_into::<Window>().document()
}

fn windows() -> JsValue {
    js::field(&window(), "documentPictureInPicture")
}

fn carry_over(inner: &Weak<Inner>, window: Window, element: Element) {
    let (Some(inner), Some(page)) = (inner.upgrade(), window.document()) else { return drop(window.close()) };
    let (Some(body), Ok(place)) = (page.body(), document().create_element("div")) else { return };
    dress(&page);
    place.set_class_name("call elsewhere");
    place.set_text_content(Some(inner.told));
    let _ = element.replace_with_with_node_1(&place);
    let _ = body.append_child(&element);
    go_on(&element);
    let (weak, pressed) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
    let closed = [
        Listener::new(&window, "pagehide", move |_| back(&weak)),
        Listener::new(&place, "click", move |_| back(&pressed)),
    ];
    inner.away.replace(Some(Away { window, element, place, _closed: closed }));
    inner.on.set(true);
}

fn back(inner: &Weak<Inner>) {
    let Some(inner) = inner.upgrade() else { return };
    let away = inner.away.take();
    if let Some(away) = away {
        away.come_back();
        inner.on.set(false);
    }
}

/// The other page looks like this one: the same title, style sheets, language and direction.
fn dress(page: &Document) {
    page.set_title(&document().title());
    let Ok(Some(head)) = page.query_selector("head") else { return };
    let sheets = document().query_selector_all("link[rel=stylesheet]").ok();
    let sheets = sheets.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
    for sheet in sheets {
        if let Ok(copy) = sheet.clone_node() {
            let _ = head.append_child(&copy);
        }
    }
    if let (Some(own), Some(root)) = (document().document_element(), page.document_element()) {
        for name in ["lang", "dir", "class"] {
            own.get_attribute(name).into_iter().for_each(|value| drop(root.set_attribute(name, &value)));
        }
    }
}

/// Pictures stop when they change the page.
fn go_on(element: &Element) {
    for video in videos(element) {
        if let Ok(playing) = video.play() {
            js::ignore(playing);
        }
    }
}

/// The first picture that is seen, alone.
fn float_picture(inner: &Rc<Inner>, element: &Element) {
    let shown = videos(element).into_iter().find(|video| video.video_width() > 0 && video.client_width() > 0);
    let Some(video) = shown else { return };
    // It is on all pictures, so that no browser lays a button of its own over them.
    let _ = video.remove_attribute(OWN_BUTTON);
    let (weak, floating) = (Rc::downgrade(inner), video.clone());
    let over = Listener::new(&video, "leavepictureinpicture", move |_| {
        let _ = floating.set_attribute(OWN_BUTTON, "");
        weak.upgrade().into_iter().for_each(|inner| inner.on.set(false));
    });
    inner.picture.replace(Some(over));
    let Some(Ok(asked)) = js::call(&video, "requestPictureInPicture", &[]).map(JsCast::dyn_into::<Promise>) else {
        return;
    };
    let weak = Rc::downgrade(inner);
    spawn(async move {
        if js::settled(asked).await.is_ok() {
            weak.upgrade().into_iter().for_each(|inner| inner.on.set(true));
        }
    });
}

fn videos(element: &Element) -> Vec<HtmlVideoElement> {
    let found = js::call(element, "querySelectorAll", &[&JsValue::from_str("video")]).unwrap_or_default();
    Array::from(&found).iter().filter_map(|video| video.dyn_into().ok()).collect()
}
