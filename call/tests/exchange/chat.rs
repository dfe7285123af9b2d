//! Words and signs.

use call::exchange::{Command, News};
use protocol::Reaction;

use crate::world::{World, device};

const ANN: usize = 0;
const BOB: usize = 1;
const CAT: usize = 2;

#[test]
fn what_one_says_the_other_reads_in_the_same_order() {
    let mut world = World::joined(&["Ann", "Bob"]);
    for n in 0..20 {
        world.says(n % 2, &format!("line {n}"));
        world.passes(700);
    }
    let texts = world.texts(ANN);
    assert_eq!(texts.len(), 20);
    assert_eq!(texts, world.texts(BOB));
    assert_eq!(texts[7], "line 7");
    let view = world.people[ANN].exchange.view();
    assert_eq!(view.unread, 10);
    assert_eq!(view.lines[1].name.as_ref(), "Bob", "the call says what they are called");
    assert_eq!(view.lines[1].key.from, Some(device(BOB)));
    assert_eq!(view.lines[0].key.from, None);
    world.does(ANN, Command::Look(true));
    world.says(BOB, "seen at once");
    assert_eq!(world.people[ANN].exchange.view().unread, 0);
    let said = |news: &&News| matches!(news, News::Said { name, .. } if name.as_ref() == "Bob");
    assert_eq!(world.people[ANN].news.iter().filter(said).count(), 11);
}

#[test]
fn blank_and_endless_texts_are_not_said() {
    let mut world = World::joined(&["Ann", "Bob"]);
    for text in ["", " \n\t ", &"x".repeat(4_001)] {
        world.says(ANN, text);
    }
    world.says(ANN, &format!("  {}\n", "ệ".repeat(4_000)));
    assert_eq!(world.texts(BOB), ["ệ".repeat(4_000)]);
    assert_eq!(world.texts(ANN).len(), 1);
}

#[test]
fn who_comes_late_reads_what_everyone_present_has_said_in_order() {
    let mut world = World::new(&["Ann", "Bob", "Cat"]);
    world.joins(ANN, BOB);
    world.runs();
    for n in 0..10 {
        world.says(n % 2, &format!("line {n}"));
        world.passes(60_000);
    }
    world.joins(BOB, CAT);
    world.runs();
    world.passes(500);
    world.joins(ANN, CAT);
    world.runs();
    assert_eq!(world.texts(CAT), world.texts(ANN));
    assert_eq!(world.people[CAT].exchange.view().unread, 10);
    assert!(world.people[CAT].news.is_empty(), "nobody is called to look at what is long past");
    world.says(CAT, "hello");
    assert_eq!(world.texts(ANN).last().unwrap(), "hello");
}

#[test]
fn what_was_said_while_two_were_parted_is_there_afterwards_once() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    world.says(ANN, "before");
    world.parts(ANN, BOB);
    world.passes(1_000);
    world.says(ANN, "to Cat alone, for now");
    world.passes(1_000);
    world.says(BOB, "and from Bob");
    assert_eq!(world.texts(BOB), ["before", "and from Bob"]);
    world.passes(3_000);
    world.joins(ANN, BOB);
    world.runs();
    for who in [ANN, BOB, CAT] {
        assert_eq!(world.texts(who), ["before", "to Cat alone, for now", "and from Bob"]);
    }
    // Only what was missing was sent again.
    assert_eq!(world.told["chat:message"], 2 + 1 + 1 + 2);
}

#[test]
fn words_that_are_lost_when_a_channel_breaks_come_again() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let id = world.id();
    world.does(ANN, Command::Say { id, text: "lost".to_owned() });
    world.parts(ANN, BOB);
    assert_eq!(world.texts(BOB), [""; 0]);
    world.renews(ANN, BOB);
    world.runs();
    assert_eq!(world.texts(BOB), ["lost"]);
}

#[test]
fn a_page_that_is_loaded_anew_reads_what_was_said_by_everyone() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    world.passes(60_000);
    world.says(ANN, "one");
    world.passes(900);
    world.says(BOB, "two");
    world.passes(900);
    world.says(CAT, "three");
    let before: Vec<_> = world.people[BOB].exchange.view().lines.clone();
    world.passes(20_000);
    let sent = world.told["chat:message"];
    world.reloads(BOB);
    assert_eq!(world.people[BOB].exchange.view().lines, before, "at the same times too");
    assert_eq!(world.told["chat:message"] - sent, 2, "his own are known to the others");
    world.says(BOB, "four");
    for who in [ANN, BOB, CAT] {
        assert_eq!(world.texts(who), ["one", "two", "three", "four"]);
    }
}

#[test]
fn what_was_said_to_nobody_yet_outlives_a_page_too() {
    let mut world = World::new(&["Ann", "Bob", "Cat"]);
    world.joins(ANN, BOB);
    world.runs();
    world.passes(600_000);
    world.says(ANN, "one");
    world.passes(1_000);
    world.says(CAT, "two, to nobody");
    world.passes(1_000);
    world.reloads(CAT);
    world.says(BOB, "three");
    world.reloads(CAT);
    for who in [ANN, BOB, CAT] {
        assert_eq!(world.texts(who), ["one", "two, to nobody", "three"]);
    }
}

#[test]
fn a_device_that_has_kept_nothing_begins_anew() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.says(ANN, "one");
    world.says(BOB, "two");
    world.forgets(BOB, Vec::new());
    assert_eq!(world.texts(BOB), ["one"]);
    assert_eq!(world.texts(ANN), ["one", "two"]);
    world.says(BOB, "three");
    assert_eq!(world.texts(ANN), ["one", "two", "three"]);
}

#[test]
fn a_page_that_listens_late_misses_nothing() {
    let mut world = World::new(&["Ann", "Bob"]);
    // Ann's page listens, Bob's does not yet: what Ann says is lost on the way.
    let greet = |world: &mut World, who: usize, other: usize| {
        let key = call::PeerKey(u32::try_from(other).unwrap());
        world.handle(who, call::exchange::Input::Opened(key));
    };
    greet(&mut world, ANN, BOB);
    world.says(ANN, "is anybody there?");
    world.joins(BOB, ANN);
    world.runs();
    assert_eq!(world.texts(BOB), ["is anybody there?"]);
    world.says(BOB, "yes");
    assert_eq!(world.texts(ANN), ["is anybody there?", "yes"]);
}

#[test]
fn so_much_is_kept_and_nobody_talks_the_words_of_others_away() {
    let mut world = World::joined(&["Ann", "Bob"]);
    for n in 0..5 {
        world.says(ANN, &format!("Ann's {n}"));
    }
    for n in 0..700 {
        world.says(BOB, &format!("Bob's {n}"));
        world.passes(100);
    }
    for who in [ANN, BOB] {
        let texts = world.texts(who);
        assert_eq!(texts.len(), 500);
        assert_eq!(texts[..5].to_vec(), (0..5).map(|n| format!("Ann's {n}")).collect::<Vec<_>>());
        assert_eq!(texts.last().unwrap(), "Bob's 699");
    }
    for n in 0..200 {
        world.says(BOB, &[&n.to_string(), "x".repeat(3_900).as_str()].concat());
        world.passes(100);
    }
    let bytes: usize = world.texts(ANN).iter().map(String::len).sum();
    assert!(bytes <= 256 * 1024, "{bytes}");
    assert_eq!(world.texts(ANN)[0], "Ann's 0");
}

#[test]
fn signs_are_shown_for_some_seconds_and_not_too_many() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.does(ANN, Command::React(Reaction::Heart));
    world.runs();
    let shown = |world: &World, who: usize| world.people[who].exchange.view().reactions.clone();
    assert_eq!(shown(&world, BOB).len(), 1);
    assert_eq!(shown(&world, BOB)[0].device, device(ANN));
    assert_eq!(shown(&world, ANN)[0].reaction, Reaction::Heart);
    world.passes(3_999);
    assert_eq!(shown(&world, BOB).len(), 1);
    world.passes(1);
    assert!(shown(&world, BOB).is_empty() && shown(&world, ANN).is_empty());
    assert_eq!(world.people[BOB].exchange.deadline(), None, "nothing is left over");
    for _ in 0..100 {
        world.does(ANN, Command::React(Reaction::Party));
    }
    world.runs();
    assert_eq!(world.told["chat:reaction"], 1 + 6, "so many at once");
    assert_eq!(shown(&world, BOB).len(), 3, "and no more than that to be seen");
}

#[test]
fn who_has_left_keeps_their_words_and_takes_their_hand_along() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.says(BOB, "bye");
    world.does(BOB, Command::RaiseHand);
    world.runs();
    assert_eq!(world.people[ANN].exchange.view().hands, [device(BOB)]);
    world.leaves(BOB);
    assert_eq!(world.texts(ANN), ["bye"]);
    assert!(world.people[ANN].exchange.view().hands.is_empty());
}

#[test]
fn lines_within_the_delay_of_a_path_stand_in_one_order_for_everyone() {
    let mut world = World::new(&["Ann", "Bob", "Cat"]);
    world.joins(ANN, BOB);
    world.runs();
    world.says(ANN, "question");
    world.says(BOB, "answer, in the same millisecond");
    world.says(ANN, "and thanks");
    // Cat hears Bob at once, and Ann a good while after.
    world.joins(BOB, CAT);
    world.runs();
    world.joins(ANN, CAT);
    world.passes(800);
    world.runs();
    world.says(CAT, "I have read it");
    for who in [ANN, BOB, CAT] {
        let said = ["question", "answer, in the same millisecond", "and thanks", "I have read it"];
        assert_eq!(world.texts(who), said);
    }
}

#[test]
fn what_one_says_before_anybody_listens_stands_where_the_time_puts_it() {
    let mut world = World::new(&["Ann", "Bob", "Cat"]);
    world.joins(ANN, BOB);
    world.runs();
    world.says(ANN, "long ago");
    world.passes(600_000);
    world.reloads(CAT);
    world.parts(ANN, CAT);
    world.parts(BOB, CAT);
    // Cat's page has just begun and knows nobody's clock.
    world.says(CAT, "is this on?");
    world.passes(50);
    world.says(BOB, "where is Cat?");
    world.passes(50);
    world.renews(BOB, CAT);
    world.renews(ANN, CAT);
    world.runs();
    for who in [ANN, BOB, CAT] {
        assert_eq!(world.texts(who), ["long ago", "is this on?", "where is Cat?"]);
    }
}

#[test]
fn nobody_can_push_the_words_of_others_out_of_their_order() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    let key = call::PeerKey(u32::try_from(BOB).unwrap());
    let lie = format!(
        r#"{{"type":"chat:message","data":{{"id":"item-0123456789-lie","text":"from the future","clock":{}}}}}"#,
        u64::MAX
    );
    world.handle(ANN, call::exchange::Input::Heard(key, lie));
    world.says(ANN, "one");
    world.says(CAT, "two");
    world.says(ANN, "three");
    assert_eq!(world.texts(ANN), ["from the future", "one", "two", "three"]);
    assert_eq!(world.texts(CAT), ["one", "two", "three"]);
}
