//! What people want, kept in a file without a relay around it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::history::{History, HistoryError};
use crate::metrics::Metrics;

fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

fn open(folder: &Path) -> History {
    History::open(folder, Arc::new(Metrics::new())).unwrap()
}

fn other(name: &str, blocked: bool, muted: bool) -> Change {
    Change::Other(Other { id: user(name), name: name.to_uppercase(), blocked, muted })
}

fn group(id: &str, place: u32, members: &[&str]) -> Group {
    let members = members.iter().map(|name| Member { id: user(name), name: name.to_uppercase() }).collect();
    Group { id: id.to_owned(), name: format!("Group {id}"), place, members }
}

#[tokio::test]
async fn what_was_wanted_is_still_wanted_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let ann = user("ann");
    let before = {
        let history = open(folder.path());
        for change in [
            Change::Wish(Wish::Away),
            other("bob", true, false),
            other("cat", false, true),
            other("dan", true, true),
            other("dan", false, false),
            Change::Group(group("g_1", 7, &["bob", "cat"])),
            Change::Group(group("g_2", 3, &["dan"])),
            Change::Group(group("g_2", 3, &["cat", "bob"])),
            Change::Group(group("g_3", 1, &["bob"])),
            Change::Ungroup("g_3".to_owned()),
        ] {
            assert!(history.change(&ann, change).await.unwrap());
        }
        history.close(Duration::from_secs(20));
        history.people().own(&ann)
    };
    let names: Vec<&str> = before.others.iter().map(|other| other.name.as_str()).collect();
    assert_eq!((before.wish, names), (Wish::Away, vec!["BOB", "CAT"]));
    assert_eq!(before.groups, [group("g_2", 3, &["cat", "bob"]), group("g_1", 7, &["bob", "cat"])]);
    let history = open(folder.path());
    assert!(history.people().is_known());
    assert_eq!(history.people().own(&ann), before);
    assert_eq!(history.people().own(&user("bob")), Own::default());
}

#[tokio::test]
async fn there_is_room_for_so_many() {
    let folder = tempfile::tempdir().unwrap();
    let (history, ann) = (open(folder.path()), user("ann"));
    for n in 0..OTHERS {
        assert!(history.change(&ann, other(&format!("x{n}"), true, false)).await.unwrap());
    }
    assert!(!history.change(&ann, other("one_more", true, false)).await.unwrap());
    assert!(history.change(&ann, other("x0", true, true)).await.unwrap(), "who is there can be changed");
    assert!(history.change(&ann, other("x0", false, false)).await.unwrap());
    assert!(history.change(&ann, other("one_more", true, false)).await.unwrap());
    for n in 0..GROUPS {
        assert!(history.change(&ann, Change::Group(group(&n.to_string(), 0, &["bob"]))).await.unwrap());
    }
    assert!(!history.change(&ann, Change::Group(group("one_more", 0, &["bob"]))).await.unwrap());
    assert!(history.change(&ann, Change::Group(group("5", 0, &["cat"]))).await.unwrap());
    assert!(!history.change(&ann, Change::Ungroup("nothing".to_owned())).await.unwrap());
    let own = history.people().own(&ann);
    assert_eq!((own.others.len(), own.groups.len()), (OTHERS, GROUPS));
    assert!(history.change(&user("bob"), other("ann", true, false)).await.unwrap(), "each has their own");
}

#[tokio::test]
async fn a_relay_that_keeps_nothing_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::none(folder.path());
    assert!(!history.people().is_known());
    let refused = history.change(&user("ann"), Change::Wish(Wish::Away)).await;
    assert!(matches!(refused, Err(HistoryError::Unavailable)));
    assert_eq!(history.people().manner(&user("ann"), &user("bob")), Manner::Rings);
}

#[test]
fn how_a_ring_is_taken() {
    let people = People::default();
    let (ann, bob) = (user("ann"), user("bob"));
    assert_eq!(people.manner(&ann, &bob), Manner::Rings);
    people.apply(&ann, other("bob", false, true));
    assert_eq!(people.manner(&ann, &bob), Manner::Silently);
    assert_eq!(people.manner(&ann, &user("cat")), Manner::Rings);
    people.apply(&ann, Change::Wish(Wish::DoNotDisturb));
    assert_eq!((people.manner(&ann, &bob), people.manner(&ann, &user("cat"))), (Manner::NotNow, Manner::NotNow));
    people.apply(&ann, other("bob", true, true));
    assert_eq!(people.manner(&ann, &bob), Manner::Never, "who is blocked learns nothing of that either");
    assert!(people.hides(&ann, &bob) && !people.hides(&bob, &ann));
    people.apply(&ann, other("bob", false, false));
    people.apply(&ann, Change::Wish(Wish::Free));
    assert_eq!(people.manner(&ann, &bob), Manner::Rings);
    assert!(people.own.read().unwrap().is_empty(), "nothing is kept of who wants nothing");
}

#[test]
fn what_others_are_told_of_somebody() {
    let people = People::default();
    let ann = user("ann");
    let shown = |does| people.shown(&ann, does);
    assert_eq!(shown(CallStatus::Idle), CallStatus::Idle);
    people.apply(&ann, Change::Wish(Wish::Away));
    assert_eq!((shown(CallStatus::Idle), shown(CallStatus::InCall)), (CallStatus::Away, CallStatus::InCall));
    people.apply(&ann, Change::Wish(Wish::DoNotDisturb));
    for does in [CallStatus::Idle, CallStatus::Ringing] {
        assert_eq!(shown(does), CallStatus::DoNotDisturb);
    }
    assert_eq!((shown(CallStatus::InCall), shown(CallStatus::Offline)), (CallStatus::InCall, CallStatus::Offline));
}
