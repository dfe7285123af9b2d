//! Values that the views follow.
//!
//! They are Leptos' signals and memos with one type beneath them all. Leptos compiles its own for each type of value,
//! and with the many types of this page that is a tenth of the program. Here Leptos keeps what follows what and when
//! something has to be looked at again; the value lies beside that, and only the few lines that read and write it are
//! there for each type.
//!
//! A signal is a handle that can be copied. It belongs to the view that makes it and is gone with it.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use leptos::prelude::{ArcMemo, ArcTrigger, Get as _, GetUntracked as _, LocalStorage, Notify as _, Track as _};
use leptos::reactive::owner::ArenaItem;
use send_wrapper::SendWrapper;

/// A value to be read. Whoever reads it in an effect or a memo is run again when it changes.
pub struct Signal<T: 'static> {
    node: ArenaItem<Rc<Node>, LocalStorage>,
    _value: PhantomData<fn() -> T>,
}

/// A value to be read and written.
pub struct RwSignal<T: 'static>(Signal<T>);

/// What all signals have in common.
struct Node {
    change: Change,
    /// A [`Place`].
    value: Rc<dyn Any>,
}

/// Where a value lies; a memo has none until it is read for the first time.
type Place<T> = RefCell<Option<T>>;

/// How Leptos knows of a change.
enum Change {
    Told(ArcTrigger),
    /// Counts up whenever the value that is computed is another one.
    Computed(ArcMemo<u32>),
}

impl Node {
    /// The value, up to date; whoever runs now follows it.
    fn follow(&self) -> &dyn Any {
        match &self.change {
            Change::Told(trigger) => trigger.track(),
            Change::Computed(count) => drop(count.get()),
        }
        &*self.value
    }

    /// The value, up to date.
    fn look(&self) -> &dyn Any {
        if let Change::Computed(count) = &self.change {
            count.get_untracked();
        }
        &*self.value
    }

    fn tell(&self) {
        if let Change::Told(trigger) = &self.change {
            trigger.notify();
        }
    }
}

/// A value that follows others and changes only when it is really another one.
pub fn memo<T: PartialEq + 'static>(value: impl Fn() -> T + 'static) -> Signal<T> {
    let place = Rc::new(Place::new(None));
    let own = place.clone();
    let renew = move || {
        let new = Some(value());
        let changed = *own.borrow() != new;
        if changed {
            own.replace(new);
        }
        changed
    };
    Signal::new(Change::Computed(counted(Box::new(renew))), place)
}

/// One type for all memos; `renew` says whether the value is another one.
fn counted(renew: Box<dyn Fn() -> bool>) -> ArcMemo<u32> {
    let renew = SendWrapper::new(renew);
    ArcMemo::new(move |count: Option<&u32>| {
        let changed = renew();
        count.map_or(0, |count| count.wrapping_add(u32::from(changed)))
    })
}

impl<T> Signal<T> {
    fn new(change: Change, value: Rc<dyn Any>) -> Self {
        Self { node: ArenaItem::new_local(Rc::new(Node { change, value })), _value: PhantomData }
    }

    /// Reads the value and follows it.
    ///
    /// # Panics
    /// When the view that made the signal is gone; so do all that do not begin with `try`.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        given(self.node.try_get_value().and_then(|node| seen(node.follow(), read)))
    }

    /// Reads the value as it is now.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        given(self.node.try_get_value().and_then(|node| seen(node.look(), read)))
    }

    /// The value, followed.
    #[must_use]
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The value as it is now.
    #[must_use]
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// The value as it is now, if the view that made the signal is still there.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        seen(self.node.try_get_value()?.look(), T::clone)
    }
}

fn seen<T: 'static, R>(place: &dyn Any, read: impl FnOnce(&T) -> R) -> Option<R> {
    let place: &Place<T> = place.downcast_ref()?;
    place.borrow().as_ref().map(read)
}

/// Nothing that is shown can go on without what it shows.
#[track_caller]
fn given<R>(read: Option<R>) -> R {
    #[expect(clippy::expect_used, reason = "a view that reads what ended before it is a mistake in the page's code")]
    read.expect("a signal outlives what reads it")
}

impl<T> RwSignal<T> {
    /// A signal with this value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Signal::new(Change::Told(ArcTrigger::new()), Rc::new(Place::new(Some(value)))))
    }

    /// Only to be read.
    #[must_use]
    pub const fn read_only(self) -> Signal<T> {
        self.0
    }

    /// Gives it another value; whoever follows it is told, even if it is the same. Nothing happens when the view that
    /// made the signal is gone.
    pub fn set(self, value: T) {
        self.update(|place| *place = value);
    }

    /// Changes the value in its place; otherwise as [`Self::set`].
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let Some(node) = self.0.node.try_get_value() else { return };
        if let Some(place) = node.value.downcast_ref::<Place<T>>() {
            place.borrow_mut().as_mut().map(change);
        }
        node.tell();
    }
}

impl<T: Default> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// What can be written can be read.
impl<T> Deref for RwSignal<T> {
    type Target = Signal<T>;

    fn deref(&self) -> &Signal<T> {
        &self.0
    }
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}
