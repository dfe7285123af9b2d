//! Signals are followed, and memos run when they must and no more.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::{RwSignal, memo};

/// Runs `story` in a view that ends with it.
fn in_view(story: impl FnOnce()) {
    Owner::new().with(story);
}

#[test]
fn a_value_is_read_as_it_was_written() {
    in_view(|| {
        let names = RwSignal::new(vec!["Ann"]);
        names.update(|names| names.push("Bob"));
        assert_eq!(names.get_untracked(), ["Ann", "Bob"]);
        names.set(vec![]);
        assert!(names.read_only().with_untracked(Vec::is_empty));
    });
}

#[test]
fn a_memo_is_up_to_date_and_runs_once_for_each_change() {
    in_view(|| {
        let runs = Rc::new(Cell::new(0));
        let (number, counted) = (RwSignal::new(1), runs.clone());
        let double = memo(move || {
            counted.set(counted.get() + 1);
            number.get() * 2
        });
        assert_eq!(runs.get(), 0);
        assert_eq!((double.get_untracked(), double.get_untracked()), (2, 2));
        assert_eq!(runs.get(), 1);
        number.set(4);
        assert_eq!(double.get_untracked(), 8);
        assert_eq!(runs.get(), 2);
    });
}

#[test]
fn an_effect_runs_for_another_value_of_a_memo_alone() {
    in_view(|| {
        let seen = Arc::new(AtomicU32::new(0));
        let (number, runs) = (RwSignal::new(1), seen.clone());
        let big = memo(move || number.get() > 9);
        let big_again = memo(move || big.get());
        let _effect = ImmediateEffect::new(move || {
            let _ = big_again.get();
            runs.fetch_add(1, Relaxed);
        });
        assert_eq!(seen.load(Relaxed), 1);
        number.set(2);
        assert_eq!(seen.load(Relaxed), 1);
        number.set(10);
        assert_eq!((seen.load(Relaxed), big_again.get_untracked()), (2, true));
    });
}

#[test]
fn a_value_can_be_read_while_it_is_being_read() {
    in_view(|| {
        let number = RwSignal::new(3);
        let next = memo(move || number.get() + 1);
        assert_eq!(number.with(|number| number * next.get()), 12);
    });
}

#[test]
fn a_signal_ends_with_the_view_that_made_it() {
    let owner = Owner::new();
    let number = owner.with(|| RwSignal::new(1));
    owner.cleanup();
    number.set(2);
    assert_eq!(number.try_get_untracked(), None);
}
