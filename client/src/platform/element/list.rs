//! Elements for the items of a list that changes.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::view::Mountable;
use web_sys::Node;

use super::{El, boxed, insert};

/// A row, and the owner of the signals it made.
struct Row {
    el: El,
    _owner: Owner,
}

/// The rows, for as long as it lives.
pub(super) struct List {
    _effect: RenderEffect<()>,
    clear: Box<dyn Fn()>,
}

impl Drop for List {
    fn drop(&mut self) {
        (self.clear)();
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
        // Rows outlive each single look at the items, so their signals belong to whoever made the list.
        let parent = Owner::current().unwrap_or_default();
        let rows: Rc<RefCell<Vec<(K, Row)>>> = Rc::default();
        let all = rows.clone();
        let effect = RenderEffect::new(boxed(Box::new(move || {
            let mut before = all.take();
            let mut now = Vec::with_capacity(before.len() + 1);
            for item in items() {
                let key = key(&item);
                let kept = before.iter().position(|(old, _)| *old == key).map(|at| before.swap_remove(at));
                now.push(kept.unwrap_or_else(|| (key, make(&parent, || row(item)))));
            }
            before.into_iter().for_each(|(_, mut gone)| gone.el.unmount());
            arrange(now.iter().map(|(_, row)| row), &place);
            all.replace(now);
        })));
        Self { _effect: effect, clear: Box::new(move || drop(rows.take())) }
    }
}

/// Makes a row whose signals live as long as it does. What it reads while it is made does not concern the list.
fn make(parent: &Owner, row: impl FnOnce() -> El) -> Row {
    let owner = parent.with(Owner::new);
    let el = owner.with(|| untrack(row));
    Row { el, _owner: owner }
}

/// Puts the elements in order, from the last to the first; what stands right is not touched.
fn arrange<'a>(rows: impl DoubleEndedIterator<Item = &'a Row>, place: &Node) {
    let mut next = place.clone();
    for row in rows.rev() {
        let node: &Node = row.el.element();
        if next.previous_sibling().as_ref() != Some(node) {
            insert(node, &next);
        }
        next = node.clone();
    }
}
