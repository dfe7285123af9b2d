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

/// The rows as they are becoming, while the items are gone through.
struct Rows<'a> {
    before: Vec<Row>,
    now: Vec<Row>,
    /// Rows outlive each single look at the items, so their signals belong to whoever made the list.
    parent: &'a Owner,
}

impl Rows<'_> {
    /// Makes a row. What is read meanwhile does not concern the list.
    fn make(&mut self, key: Box<dyn Key>, element: &mut dyn FnMut() -> Option<El>) {
        let owner = self.parent.with(Owner::new);
        if let Some(el) = owner.with(|| untrack(element)) {
            self.now.push(Row { key, el, _owner: owner });
        }
    }

    /// Keeps the row of this key. Whether there was one.
    fn keep(&mut self, key: &dyn Key) -> bool {
        let at = self.before.iter().position(|row| key.is(row.key.as_ref()));
        self.now.extend(at.map(|at| self.before.swap_remove(at)));
        at.is_some()
    }
}

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
        let go_through = move |rows: &mut Rows<'_>| {
            for item in items() {
                let key = key(&item);
                if !rows.keep(&key) {
                    let mut item = Some(item);
                    rows.make(Box::new(key), &mut || item.take().map(&row));
                }
            }
        };
        Self::boxed(place, Box::new(go_through))
    }

    /// One type for all lists, so that the code that keeps them is there once.
    fn boxed(place: Node, items: Box<dyn Fn(&mut Rows<'_>)>) -> Self {
        let parent = Owner::current().unwrap_or_default();
        let rows: Rc<RefCell<Vec<Row>>> = Rc::default();
        let all = rows.clone();
        let effect = RenderEffect::new(boxed(Box::new(move || {
            let mut rows = Rows { before: all.take(), now: Vec::new(), parent: &parent };
            items(&mut rows);
            rows.before.into_iter().for_each(|mut gone| gone.el.unmount());
            arrange(&rows.now, &place);
            all.replace(rows.now);
        })));
        Self { _effect: effect, rows }
    }
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
