//! Elements of the page, as one type.
//!
//! Leptos gives each view a type of its own with everything in it, and each such type its own code; for a page this size
//! that is more than half of the program. An [`El`] is made in the browser at once and forgets what it was made of, so a
//! view costs the calls that make it and nothing more. What changes follows Leptos' signals: the methods that end in
//! `_now`, [`El::show`] and [`El::each`] look again whenever a signal that they have read changes.
//!
//! An `El` owns its listeners and effects and those of everything inside; they end with it.

mod events;
mod list;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::view::{Mountable, Render};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use self::list::List;
use super::listener::Listener;

/// The namespace of SVG (SVG 2 section 1.5).
const SVG: &str = "http://www.w3.org/2000/svg";

/// An element, with what keeps it up to date.
///
/// It is one pointer, because views hand it from method to method.
#[must_use = "an element is seen only inside another one"]
pub struct El(Box<Parts>);

/// What an element is made of.
struct Parts {
    node: Element,
    kept: Vec<Kept>,
}

/// What belongs to an element and ends with it.
enum Kept {
    Child { _own: El },
    Effect { _own: RenderEffect<()> },
    Slot { _own: Slot },
    List { _own: List },
    Listener { _own: Listener },
}

/// An element with this tag. An unknown tag makes an element without a meaning, as in HTML.
pub fn el(tag: &'static str) -> El {
    // Fails only for what cannot be a name at all, and tags are written in the code.
    El::new(document().create_element(tag).unwrap_or_else(JsCast::unchecked_into))
}

/// An element with this tag and class.
pub fn el_class(tag: &'static str, class: &str) -> El {
    el(tag).class(class)
}

/// A line drawing on a grid of 24, from the `d` of an SVG path, silent for screen readers.
pub fn drawing(class: &str, path: &str) -> El {
    let shape = |tag| El::new(document().create_element_ns(Some(SVG), tag).unwrap_or_else(JsCast::unchecked_into));
    let picture = shape("svg").attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").class(class);
    picture.child(shape("path").attr("d", path))
}

impl El {
    fn new(node: Element) -> Self {
        Self(Box::new(Parts { node, kept: Vec::new() }))
    }

    /// For the platform.
    pub(crate) fn element(&self) -> &Element {
        &self.0.node
    }

    /// For the platform: something else that ends with the element.
    pub(crate) fn keep(mut self, effect: impl FnMut() + 'static) -> Self {
        self.follow(Box::new(effect));
        self
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set(&self.0.node, name, Some(value));
        self
    }

    /// Sets an attribute to what `value` says, or leaves it away while that is nothing.
    pub fn attr_now<T: Into<Cow<'static, str>>>(
        self,
        name: &'static str,
        value: impl Fn() -> Option<T> + 'static,
    ) -> Self {
        self.attr_follows(name, Box::new(move || value().map(Into::into)))
    }

    fn attr_follows(mut self, name: &'static str, value: Box<dyn Fn() -> Option<Cow<'static, str>>>) -> Self {
        let node = self.0.node.clone();
        self.follow(Box::new(move || set(&node, name, value().as_deref())));
        self
    }

    /// Sets the classes.
    pub fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    /// Sets the classes to what `class` says.
    pub fn class_now<T: Into<Cow<'static, str>>>(self, class: impl Fn() -> T + 'static) -> Self {
        self.attr_now("class", move || Some(class()))
    }

    /// Has a further class while `on` says so.
    pub fn class_when(self, class: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.class_follows(class, Box::new(on))
    }

    fn class_follows(mut self, class: &'static str, on: Box<dyn Fn() -> bool>) -> Self {
        let list = self.0.node.class_list();
        // Fails only for what cannot be a class.
        self.follow(Box::new(move || drop(list.toggle_with_force(class, on()))));
        self
    }

    /// Is not there for anybody while `hidden` says so.
    pub fn hidden_when(self, hidden: impl Fn() -> bool + 'static) -> Self {
        self.hidden_follows(Box::new(hidden))
    }

    fn hidden_follows(self, hidden: Box<dyn Fn() -> bool>) -> Self {
        self.attr_now("hidden", move || hidden().then_some(""))
    }

    /// Sets a property of the style by script, which a strict Content-Security-Policy allows (CSP 3 section 6.1.14 is
    /// about attributes alone).
    pub fn style_now(self, property: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.style_follows(property, Box::new(value))
    }

    fn style_follows(mut self, property: &'static str, value: Box<dyn Fn() -> String>) -> Self {
        if let Some(style) = self.0.node.dyn_ref::<HtmlElement>().map(HtmlElement::style) {
            // Fails only for a style that cannot be changed; this one is the element's own.
            self.follow(Box::new(move || drop(style.set_property(property, &value()))));
        }
        self
    }

    /// Adds a text.
    pub fn text(self, text: &str) -> Self {
        self.add(&document().create_text_node(text));
        self
    }

    /// Adds a text that says what `text` says.
    pub fn text_now<T: Into<Cow<'static, str>>>(self, text: impl Fn() -> T + 'static) -> Self {
        self.text_follows(Box::new(move || text().into()))
    }

    fn text_follows(mut self, text: Box<dyn Fn() -> Cow<'static, str>>) -> Self {
        let node = document().create_text_node("");
        self.add(&node);
        let mut said = Cow::Borrowed("");
        self.follow(Box::new(move || {
            let text = text();
            // A live region would be read out again.
            if said != text {
                node.set_node_value(Some(&text));
                said = text;
            }
        }));
        self
    }

    /// Adds an element.
    pub fn child(mut self, child: El) -> Self {
        self.add(&child.0.node);
        self.0.kept.push(Kept::Child { _own: child });
        self
    }

    /// Adds elements; an `Option` is none or one.
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// Adds what `content` makes, and puts another in its place whenever a signal changes that it has read.
    pub fn show(self, content: impl FnMut() -> Option<El> + 'static) -> Self {
        self.show_boxed(Box::new(content))
    }

    fn show_boxed(mut self, mut content: Box<dyn FnMut() -> Option<El>>) -> Self {
        let place = self.place();
        let shown: Rc<RefCell<Option<El>>> = Rc::default();
        let slot = shown.clone();
        let effect = RenderEffect::new(boxed(Box::new(move || {
            if let Some(mut old) = slot.take() {
                old.unmount();
            }
            let new = content();
            if let Some(new) = &new {
                insert(&new.0.node, &place);
            }
            slot.replace(new);
        })));
        self.0.kept.push(Kept::Slot { _own: Slot { _effect: effect, shown } });
        self
    }

    /// Adds an element for each item. An item with a key that was there before keeps its element; elements move only
    /// where their order changed, because a picture that is moved stops playing.
    pub fn each<T, K>(
        mut self,
        items: impl Fn() -> Vec<T> + 'static,
        key: impl Fn(&T) -> K + 'static,
        row: impl Fn(T) -> El + 'static,
    ) -> Self
    where
        T: 'static,
        K: PartialEq + 'static,
    {
        let list = List::new(self.place(), items, key, row);
        self.0.kept.push(Kept::List { _own: list });
        self
    }

    /// Marks where something comes and goes.
    fn place(&self) -> Node {
        let place = document().create_text_node("");
        self.add(&place);
        place.into()
    }

    fn add(&self, node: &Node) {
        // Fails only for a node that holds this one; new nodes hold nothing.
        let _ = self.0.node.append_child(node);
    }

    /// Does it now, and again whenever a signal changes that it has read.
    fn follow(&mut self, react: Box<dyn FnMut()>) {
        self.0.kept.push(Kept::Effect { _own: RenderEffect::new(boxed(react)) });
    }

    fn listen(&mut self, kind: &'static str, react: Box<dyn FnMut(web_sys::Event)>) {
        self.0.kept.push(Kept::Listener { _own: Listener::new(&self.0.node, kind, react) });
    }
}

/// Something that comes and goes. The effect's own end is a moment late; what it shows must end at once.
struct Slot {
    _effect: RenderEffect<()>,
    shown: Rc<RefCell<Option<El>>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.shown.take();
    }
}

/// One type for all effects, so that Leptos' code for them is there once.
fn boxed(mut react: Box<dyn FnMut()>) -> impl FnMut(Option<()>) {
    move |_| react()
}

fn set(node: &Element, name: &str, value: Option<&str>) {
    // Fails only for what cannot be a name.
    let _ = match value {
        Some(value) => node.set_attribute(name, value),
        None => node.remove_attribute(name),
    };
}

fn insert(node: &Node, before: &Node) {
    if let Some(parent) = before.parent_node() {
        // Fails only for a node that holds its own place.
        let _ = parent.insert_before(node, Some(before));
    }
}

impl Render for El {
    type State = Self;

    fn build(self) -> Self {
        self
    }

    fn rebuild(mut self, state: &mut Self) {
        state.insert_before_this(&mut self);
        state.unmount();
        *state = self;
    }
}

impl Mountable for El {
    /// Listeners end first: taking away an element that has the focus is an event, and nobody is there to hear it.
    fn unmount(&mut self) {
        self.0.kept.clear();
        self.0.node.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        let _ = parent.insert_before(&self.0.node, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.0.node.parent_element();
        parent.is_some_and(|parent| child.try_mount(&parent, Some(&self.0.node)))
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.0.node.clone()]
    }
}
