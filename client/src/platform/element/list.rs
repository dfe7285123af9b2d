//! Elements for the items of a list that changes.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::view::Mountable;
use web_sys::Node;

use super::{El, boxed, insert};

/// A row, and the owner of the signals it made.
struct Row {
    key: Box<dyn Key>,
    el: El,
    _owner: Owner,
}

/// What tells a row from the others.
trait Key: Any {
    /// Both are the same.
    fn is(&self, other: &dyn Any) -> bool;
}

impl<K: PartialEq + 'static> Key for K {
    fn is(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

/// An item's key, and how its element is made.
type Item = (Box<dyn Key>, Box<dyn FnOnce() -> El>);

/// The rows, for as long as it lives.
pub(super) struct List {
    _effect: RenderEffect<()>,
    rows: Rc<RefCell<Vec<Row>>>,
}

impl Drop for List {
    fn drop(&mut self) {
        self.rows.take();
    }
}

impl List {
    /// Keeps the elements before `place` as `items` says.
    pub(super) fn new<T, K>(
        place: Node,
        items: impl Fn() -> Vec<T> + 'static,
        key: impl Fn(&T) -> K + 'static,
        row: impl Fn(T) -> El + 'static,
    ) -> Self
    where
        T: 'static,
        K: PartialEq + 'static,
    {
        let row = Rc::new(row);
        let item = move |item: T| {
            let (key, row) = (key(&item), row.clone());
            (Box::new(key) as Box<dyn Key>, Box::new(move || row(item)) as Box<dyn FnOnce() -> El>)
        };
        Self::boxed(place, Box::new(move || items().into_iter().map(&item).collect()))
    }

    /// One type for all lists, so that the code that keeps them is there once.
    fn boxed(place: Node, items: Box<dyn Fn() -> Vec<Item>>) -> Self {
        // Rows outlive each single look at the items, so their signals belong to whoever made the list.
        let parent = Owner::current().unwrap_or_default();
        let rows: Rc<RefCell<Vec<Row>>> = Rc::default();
        let all = rows.clone();
        let effect = RenderEffect::new(boxed(Box::new(move || {
            let mut before = all.take();
            let mut now = Vec::with_capacity(before.len() + 1);
            for (key, element) in items() {
                let same = |row: &Row| key.is(row.key.as_ref());
                let kept = before.iter().position(same).map(|at| before.swap_remove(at));
                now.push(kept.unwrap_or_else(|| make(&parent, key, element)));
            }
            before.into_iter().for_each(|mut gone| gone.el.unmount());
            arrange(&now, &place);
            all.replace(now);
        })));
        Self { _effect: effect, rows }
    }
}

/// Makes a row whose signals live as long as it does. What it reads while it is made does not concern the list.
fn make(parent: &Owner, key: Box<dyn Key>, element: Box<dyn FnOnce() -> El>) -> Row {
    let owner = parent.with(Owner::new);
    let el = owner.with(|| untrack(element));
    Row { key, el, _owner: owner }
}

/// Puts the elements in order, from the last to the first; what stands right is not touched.
fn arrange(rows: &[Row], place: &Node) {
    let mut next = place.clone();
    for row in rows.iter().rev() {
        let node: &Node = row.el.element();
        if next.previous_sibling().as_ref() != Some(node) {
            insert(node, &next);
        }
        next = node.clone();
    }
}
