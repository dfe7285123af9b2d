//! Who sees what, and what is found.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rusqlite::Connection;

use super::super::changes::{EXPIRED, expire, forget_one, insert};
use super::super::filter::read_search;
use super::super::schema::{MIGRATIONS, migrate};
use super::*;

#[tokio::test]
async fn whoever_reads_waits_for_no_company() {
    let world = World::new();
    for number in 1..=3 {
        world.note_all([call(number, "ann", "bob")]);
        assert_eq!(world.calls_of("ann").await.len(), number);
        assert!(world.history.call(&user("bob"), call_id(number)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let kinds = [CallType::Voice, CallType::Video, CallType::GroupVoice, CallType::GroupVideo];
    let reasons = [
        EndReason::Completed,
        EndReason::Cancelled,
        EndReason::Declined,
        EndReason::Busy,
        EndReason::Missed,
        EndReason::Timeout,
        EndReason::Failed,
    ];
    let statuses = [PartStatus::Accepted, PartStatus::Declined, PartStatus::Busy, PartStatus::Missed];
    let room = Call {
        room: Some("abcd-efgh-jkmn".parse().unwrap()),
        room_name: Some("Stand-up \u{1F44B}".into()),
        participants: vec![part("ann", PartStatus::Joined), Part { name: None, ..part("bob", PartStatus::Joined) }],
        ..call(0, "ann", "bob")
    };
    let known = Figures { mos_x100: Some(441), loss_permille: Some(0), ..Figures::default() };
    let quality = Some(Quality { median: known, worst: Figures { jitter_ms: Some(u16::MAX), ..known } });
    let mut calls =
        vec![room, Call { ended_by: None, recorded: true, relayed_bytes: Some(7), quality, ..call(1, "bob", "ann") }];
    calls.extend(kinds.map(|kind| Call { kind, ..call(2, "ann", "bob") }));
    calls.extend(reasons.map(|reason| Call { reason, ..call(3, "ann", "bob") }));
    calls.extend(statuses.map(|status| unanswered(4, "ann", "bob", status)));
    let world = World::new();
    world.note_all(calls.clone());
    world.settle().await;
    calls.reverse();
    let page = world.history.page(&user("ann"), Filter::default()).await.unwrap();
    assert_eq!(page, CallPage { calls, next: None, behind: false });
}

#[tokio::test]
async fn how_a_call_went_is_read_with_one_call_or_when_asked_for() {
    let course = Course {
        from: 3_000,
        every_ms: 10_000,
        mos_x100: vec![Some(441), None, Some(100)],
        round_trip_ms: vec![Some(u16::MAX), None, Some(0)],
        loss_permille: vec![None, None, Some(1_000)],
    };
    let (long, brief) = (Call { course: Some(course), ..call(1, "ann", "bob") }, call(2, "ann", "bob"));
    let world = World::new();
    world.note_all([long.clone(), brief.clone()]);
    world.settle().await;
    for call in [&long, &brief] {
        let read = world.history.call(&user("bob"), call.call_id.clone()).await.unwrap();
        assert_eq!(read.as_ref(), Some(call));
    }
    let saved = world.history.page(&user("ann"), Filter { courses: true, ..Filter::default() }).await.unwrap();
    assert_eq!(saved.calls, [brief.clone(), long.clone()]);
    let listed = world.history.page(&user("ann"), Filter::default()).await.unwrap();
    assert_eq!(listed.calls, [brief, Call { course: None, ..long }]);
    assert_eq!(rows(&world.path(), "SELECT count(course) FROM call"), 1);
    for name in ["ann", "bob"] {
        world.history.forget(&user(name), None).await.unwrap();
    }
    assert_eq!(rows(&world.path(), CALLS), 0, "gone with their calls");
}

#[tokio::test]
async fn nobody_sees_the_calls_of_others() {
    let world = World::new();
    world.note_all([call(1, "ann", "bob"), call(2, "bob", "eve")]);
    world.settle().await;
    assert_eq!(world.calls_of("ann").await, [call_id(1)]);
    assert_eq!(world.calls_of("bob").await, [call_id(2), call_id(1)]);
    assert_eq!(world.history.call(&user("ann"), call_id(1)).await.unwrap(), Some(call(1, "ann", "bob")));
    assert_eq!(world.history.call(&user("ann"), call_id(2)).await.unwrap(), None);
    assert!(!world.history.forget(&user("ann"), Some(call_id(2))).await.unwrap());
    assert_eq!(world.calls_of("eve").await, [call_id(2)]);
}

#[tokio::test]
async fn deleting_is_for_oneself_until_nobody_is_left() {
    let world = World::new();
    world.note_all([call(1, "ann", "bob"), call(2, "ann", "bob"), call(3, "bob", "eve")]);
    assert!(world.history.forget(&user("ann"), Some(call_id(1))).await.unwrap());
    assert!(!world.history.forget(&user("ann"), Some(call_id(1))).await.unwrap(), "it is gone already");
    assert_eq!(world.calls_of("ann").await, [call_id(2)]);
    let kept = world.history.call(&user("bob"), call_id(1)).await.unwrap().unwrap();
    assert_eq!(kept.participants.len(), 2, "Bob still sees who it was with");

    assert!(world.history.forget(&user("bob"), Some(call_id(1))).await.unwrap());
    assert!(world.history.forget(&user("bob"), None).await.unwrap());
    assert_eq!(world.calls_of("bob").await.len(), 0);
    assert_eq!((world.calls_of("ann").await, world.calls_of("eve").await), (vec![call_id(2)], vec![call_id(3)]));
    assert!(world.history.forget(&user("ann"), None).await.unwrap());
    let path = world.path();
    assert_eq!((rows(&path, CALLS), rows(&path, SEEN)), (1, 1), "what nobody sees is not kept");
}

#[tokio::test]
async fn an_id_that_was_used_again_names_the_later_call() {
    let world = World::new();
    world.note_all([call(1, "ann", "bob"), call(1, "ann", "eve")]);
    world.settle().await;
    assert_eq!(world.history.call(&user("ann"), call_id(1)).await.unwrap(), Some(call(1, "ann", "eve")));
    assert_eq!(world.history.call(&user("bob"), call_id(1)).await.unwrap(), Some(call(1, "ann", "bob")));
    assert!(world.history.forget(&user("ann"), Some(call_id(1))).await.unwrap());
    assert_eq!(world.calls_of("ann").await.len(), 0);
}

#[tokio::test]
async fn calls_are_found_by_what_they_were() {
    let world = World::new();
    let video = Call { kind: CallType::Video, ..call(2, "bob", "ann") };
    world.note_all([
        unanswered(1, "bob", "ann", PartStatus::Missed),
        video,
        unanswered(3, "bob", "ann", PartStatus::Busy),
        unanswered(4, "bob", "ann", PartStatus::Declined),
        unanswered(5, "ann", "bob", PartStatus::Missed),
    ]);
    world.settle().await;
    let missed = Filter { missed: true, ..Filter::default() };
    assert_eq!(world.found("ann", missed.clone()).await, [call_id(3), call_id(1)]);
    assert_eq!(world.found("bob", missed.clone()).await, [call_id(5)], "a call that I placed is not one I missed");
    let video = Filter { kind: Some(CallType::Video), ..Filter::default() };
    assert_eq!(world.found("ann", video.clone()).await, [call_id(2)]);
    assert_eq!(world.found("ann", Filter { missed: true, ..video }).await.len(), 0);
}

/// Ann's calls, with what somebody would type to find them.
async fn found_by(world: &World, text: &str) -> Vec<CallId> {
    let search = read_search(text).unwrap();
    assert!(search.is_some());
    world.found("ann", Filter { search, ..Filter::default() }).await
}

#[tokio::test]
async fn calls_are_found_by_who_else_was_there() {
    let world = World::new();
    let named = |n: usize, name: &str| {
        let mut call = call(n, "ann", "guest:x7");
        call.participants[1].name = Some(name.to_owned());
        call
    };
    let room = Call {
        room: Some("abcd-efgh-jkmn".parse().unwrap()),
        room_name: Some("Họp sáng".into()),
        ..call(3, "ann", "bob")
    };
    world.note_all([named(1, "Đào Thị Bình"), named(2, "Zoë"), room]);
    world.settle().await;
    for text in ["binh", "BÌNH", "đào", "dao t", "Thị"] {
        assert_eq!(found_by(&world, text).await, [call_id(1)], "{text}");
    }
    assert_eq!(found_by(&world, "zoe").await, [call_id(2)]);
    assert_eq!(found_by(&world, "x7").await, [call_id(2), call_id(1)], "their id");
    assert_eq!(found_by(&world, "hop SANG").await, [call_id(3)]);
    assert_eq!(found_by(&world, "efgh-j").await, [call_id(3)]);
    assert_eq!(found_by(&world, "ann").await.len(), 0, "I am in all of them");
}

/// What breaks statements that are put together from text, and patterns that are not taken literally.
const NAUGHTY: [&str; 12] = [
    "'",
    "''; DROP TABLE call; --",
    "' OR '1'='1",
    "\" OR 1=1 --",
    "%",
    "_",
    "\\",
    "*",
    "?1",
    ":user",
    "a\0b",
    "\u{202E}\u{1F600}\u{FEFF}",
];

#[tokio::test]
async fn naughty_strings_are_names_like_any_other() {
    let world = World::new();
    for (n, text) in NAUGHTY.into_iter().enumerate() {
        let mut call = call(n, "ann", "bob");
        call.participants[1].name = Some(format!("<{text}>"));
        world.note_all([call]);
    }
    world.note_all([call(99, "ann", "bob")]);
    world.settle().await;
    for (n, text) in NAUGHTY.into_iter().enumerate() {
        let whole = found_by(&world, &format!("<{text}>")).await;
        assert_eq!(whole, [call_id(n)], "{text:?} is found, and it alone");
        assert!(!found_by(&world, text).await.contains(&call_id(99)), "{text:?} is no pattern");
    }
    assert_eq!(rows(&world.path(), CALLS), NAUGHTY.len() + 1);
}

#[tokio::test]
async fn old_calls_expire() {
    let world = World::new();
    let count = 2 * EXPIRED + 10;
    let ended = |n: usize| u64::try_from(n).unwrap();
    world.note_all((0..count).map(|n| Call { ended_at: ended(n), ..call(n, "ann", "bob") }));
    world.settle().await;
    world.history.expire(ended(count - 2));
    world.until_kept(2).await;
    assert_eq!(world.calls_of("ann").await, [call_id(count - 1), call_id(count - 2)]);
    assert_eq!(rows(&world.path(), SEEN), 4);
}

impl World {
    async fn until_kept(&self, count: usize) {
        let reached = async {
            while rows(&self.path(), CALLS) != count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.expect("they expire");
    }
}

/// What may happen while somebody reads their calls page by page.
#[derive(Clone, Debug)]
enum Step {
    Page(usize),
    Ends { mine: bool },
    Deleted(prop::sample::Index),
    Expired(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..5_usize).prop_map(Step::Page),
        2 => any::<bool>().prop_map(|mine| Step::Ends { mine }),
        1 => any::<prop::sample::Index>().prop_map(Step::Deleted),
        1 => any::<prop::sample::Index>().prop_map(Step::Expired),
    ]
}

/// A file in memory, changed and read by the same statements as the real one, and what of it Ann has seen.
struct Walk {
    file: Connection,
    calls: usize,
    /// Those of hers that were there when she began, and still are.
    there: BTreeSet<usize>,
    seen: Vec<usize>,
    next: Option<Cursor>,
    done: bool,
}

impl Walk {
    fn begin(before: &[bool]) -> Self {
        let mut file = Connection::open_in_memory().unwrap();
        file.pragma_update(None, "foreign_keys", true).unwrap();
        migrate(&mut file, &MIGRATIONS).unwrap();
        let mut walk = Self { file, calls: 0, there: BTreeSet::new(), seen: Vec::new(), next: None, done: false };
        for &mine in before {
            if mine {
                walk.there.insert(walk.calls);
            }
            walk.ends(mine);
        }
        walk
    }

    fn change(&mut self, change: impl FnOnce(&rusqlite::Transaction<'_>)) {
        let transaction = self.file.transaction().unwrap();
        change(&transaction);
        transaction.commit().unwrap();
    }

    fn ends(&mut self, mine: bool) {
        let ended_at = u64::try_from(self.calls).unwrap();
        let call = Call { ended_at, ..call(self.calls, if mine { "ann" } else { "eve" }, "bob") };
        self.change(|transaction| insert(transaction, &[call]).unwrap());
        self.calls += 1;
    }

    fn page(&mut self, limit: usize) {
        if self.done {
            return;
        }
        let filter = Filter { limit, before: self.next, ..Filter::default() };
        let page = reader::page(&self.file, &user("ann"), &filter).unwrap();
        assert!(page.calls.len() == limit || page.next.is_none(), "only the last page is short");
        let ids =
            page.calls.iter().map(|call| call.call_id.as_str().trim_start_matches("c_").parse::<usize>().unwrap());
        self.seen.extend(ids);
        self.done = page.next.is_none();
        self.next = page.next;
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Page(limit) => self.page(limit),
            Step::Ends { mine } => self.ends(mine),
            Step::Deleted(which) => {
                let n = which.index(self.calls);
                self.there.remove(&n);
                self.change(|transaction| assert!(forget_one(transaction, &user("ann"), &call_id(n)).is_ok()));
            }
            Step::Expired(which) => {
                let n = which.index(self.calls);
                self.there = self.there.split_off(&n);
                self.change(|transaction| assert!(expire(transaction, u64::try_from(n).unwrap()).is_ok()));
            }
        }
    }
}

proptest! {
    #[test]
    fn paging_has_no_gaps_and_no_repeats(
        before in prop::collection::vec(any::<bool>(), 1..20),
        steps in prop::collection::vec(step(), 0..30),
    ) {
        let mut walk = Walk::begin(&before);
        // The first page fixes where she begins: what ends after it is not below it.
        walk.page(1);
        steps.into_iter().for_each(|step| walk.take(step));
        while !walk.done {
            walk.page(3);
        }
        prop_assert!(walk.seen.is_sorted_by(|later, earlier| later > earlier), "the last first, none twice: {:?}", walk.seen);
        let seen: BTreeSet<usize> = walk.seen.iter().copied().collect();
        prop_assert!(walk.there.is_subset(&seen), "{:?} were there, but only {seen:?} were shown", walk.there);
        prop_assert!(seen.iter().all(|&n| before.get(n) == Some(&true)), "not hers, or not there when she began: {seen:?}");
    }
}
