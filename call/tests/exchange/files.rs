//! Files.

use call::exchange::{Command, FileState, Input, ItemKey, News};
use protocol::{FileEnd, limits};

use crate::world::{World, device};

const ANN: usize = 0;
const BOB: usize = 1;
const CAT: usize = 2;

/// Bytes of which no two stretches are alike.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| u8::try_from((n.wrapping_mul(2_654_435_761) >> 13) & 255).unwrap()).collect()
}

#[test]
fn a_file_arrives_bit_for_bit() {
    for size in [0, 1, 16_379, 16_380, 16_381, 262_144, 5_000_000] {
        let mut world = World::joined(&["Ann", "Bob"]);
        let file = bytes(size);
        let id = world.offers(ANN, "plan.pdf", file.clone());
        world.runs();
        assert_eq!(world.files(BOB)[0].1, [FileState::Offered]);
        assert!(!world.told.contains_key("file:accept"), "nothing flows before it is wanted");
        let key = world.accepts(BOB, ANN, &id);
        world.runs();
        assert!(world.people[BOB].saved[&key] == file, "{size} bytes");
        assert_eq!(world.files(BOB)[0].1, [FileState::Done]);
        assert_eq!(world.files(ANN)[0].1, [FileState::Done]);
        assert!(world.people[BOB].news.contains(&News::Came("plan.pdf".into())));
    }
}

#[test]
fn each_of_the_others_decides_for_themself() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    let id = world.offers(ANN, "a.txt", bytes(100_000));
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.does(CAT, Command::CancelFile(key.clone()));
    world.runs();
    assert_eq!(world.files(ANN)[0].1, [FileState::Done, FileState::Ended(FileEnd::Declined)]);
    assert!(world.people[BOB].saved.contains_key(&key));
    assert!(world.people[CAT].saved.is_empty());
}

#[test]
fn who_comes_late_is_offered_it_too() {
    let mut world = World::new(&["Ann", "Bob"]);
    let file = bytes(40_000);
    let id = world.offers(ANN, "a.txt", file.clone());
    world.passes(600_000);
    world.joins(ANN, BOB);
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.runs();
    assert_eq!(world.people[BOB].saved[&key], file);
}

#[test]
fn the_receiver_changes_their_mind() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let id = world.offers(ANN, "a.iso", bytes(3_000_000));
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.begins();
    assert!(!world.people[BOB].places[&key].is_empty(), "it has begun");
    world.does(BOB, Command::CancelFile(key.clone()));
    world.runs();
    assert_eq!(world.people[BOB].discarded, [key]);
    assert!(world.people[BOB].places.is_empty());
    for who in [ANN, BOB] {
        assert_eq!(world.files(who)[0].1, [FileState::Ended(FileEnd::Cancelled)]);
    }
}

#[test]
fn the_sender_takes_it_back() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    let id = world.offers(ANN, "a.iso", bytes(3_000_000));
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.begins();
    world.does(ANN, Command::CancelFile(ItemKey { from: None, id }));
    world.runs();
    assert!(world.people[ANN].files.is_empty(), "nothing of it is kept");
    assert_eq!(world.people[BOB].discarded, std::slice::from_ref(&key));
    assert!(world.people[CAT].discarded.is_empty(), "there was nothing to throw away");
    for who in [BOB, CAT] {
        assert_eq!(world.files(who)[0].1, [FileState::Ended(FileEnd::Cancelled)]);
    }
    // Wanted a moment too late.
    world.accepts(CAT, ANN, &key.id);
    world.runs();
    assert_eq!(world.people[CAT].discarded, [key]);
}

#[test]
fn it_goes_on_where_it_stopped_on_a_new_connection() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let file = bytes(5_000_000);
    let id = world.offers(ANN, "film.webm", file.clone());
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    for round in 1..6 {
        let before = world.people[BOB].places[&key].len();
        world.begins();
        assert!(world.people[BOB].places[&key].len() > before, "round {round}");
        world.parts(ANN, BOB);
        assert!(matches!(world.files(ANN)[0].1[..], [FileState::Stopped { .. }]));
        assert!(matches!(world.files(BOB)[0].1[..], [FileState::Stopped { bytes }] if bytes > 0));
        world.passes(5_000);
        world.renews(ANN, BOB);
    }
    world.runs();
    assert!(world.people[BOB].saved[&key] == file);
    assert_eq!(world.told["file:accept"], 6);
    assert_eq!(world.files(ANN)[0].1, [FileState::Done]);
}

#[test]
fn a_sender_whose_page_is_loaded_anew_has_it_no_more() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let id = world.offers(ANN, "film.webm", bytes(5_000_000));
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.begins();
    world.reloads(ANN);
    assert_eq!(world.files(BOB)[0].1, [FileState::Ended(FileEnd::Gone)]);
    assert_eq!(world.people[BOB].discarded, [key]);
}

#[test]
fn a_receiver_whose_page_is_loaded_anew_is_offered_it_again() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let file = bytes(1_000_000);
    let id = world.offers(ANN, "film.webm", file.clone());
    world.runs();
    world.accepts(BOB, ANN, &id);
    world.begins();
    world.reloads(BOB);
    assert_eq!(world.files(BOB)[0].1, [FileState::Offered]);
    let key = world.accepts(BOB, ANN, &id);
    world.runs();
    assert!(world.people[BOB].saved[&key] == file);
}

#[test]
fn who_leaves_takes_their_offers_along() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let id = world.offers(ANN, "film.webm", bytes(1_000_000));
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.begins();
    world.leaves(ANN);
    assert_eq!(world.files(BOB)[0].1, [FileState::Ended(FileEnd::Gone)]);
    assert_eq!(world.people[BOB].discarded, [key]);
}

#[test]
fn a_slow_disk_holds_the_sender_up_and_not_the_memory() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let file = bytes(20_000_000);
    let id = world.offers(ANN, "film.webm", file.clone());
    world.runs();
    world.people[BOB].slow_disk = true;
    let key = world.accepts(BOB, ANN, &id);
    world.runs();
    let waiting = world.people[BOB].most_waiting;
    assert!((8 << 20..=(8 << 20) + (256 << 10)).contains(&waiting), "{waiting} bytes wait for the disk");
    world.people[BOB].slow_disk = false;
    world.runs();
    assert!(world.people[BOB].saved[&key] == file);
    assert!(world.people[BOB].most_waiting <= (8 << 20) + (256 << 10));
}

#[test]
fn what_does_not_fit_is_not_begun() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let id = world.offers(ANN, "a.iso", bytes(10_000));
    world.runs();
    let key = ItemKey { from: Some(device(ANN)), id };
    world.does(BOB, Command::AcceptFile { key: key.clone(), most: 9_999 });
    world.runs();
    assert_eq!(world.files(ANN)[0].1, [FileState::Ended(FileEnd::TooBig)]);
    assert_eq!(world.people[BOB].discarded, [key]);
    let id = world.id();
    let size = limits::FILE_BYTES + 1;
    world.does(ANN, Command::Offer { id, name: "huge".to_owned(), size, mime: String::new() });
    assert_eq!(world.people[ANN].news, [News::TooBig]);
}

#[test]
fn what_cannot_be_read_or_put_away_ends_for_both() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let id = world.offers(ANN, "a", bytes(3_000_000));
    world.runs();
    let key = world.accepts(BOB, ANN, &id);
    world.begins();
    world.handle(BOB, Input::KeepFailed(key));
    world.runs();
    assert_eq!(world.files(ANN)[0].1, [FileState::Ended(FileEnd::Failed)]);
    let id = world.offers(ANN, "b", bytes(3_000_000));
    world.runs();
    world.accepts(BOB, ANN, &id);
    world.begins();
    world.handle(ANN, Input::Unreadable(id));
    world.runs();
    assert_eq!(world.files(BOB)[1].1, [FileState::Ended(FileEnd::Failed)]);
}

#[test]
fn so_many_files_and_no_more() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let ids: Vec<_> = (0..20).map(|n| world.offers(ANN, &format!("{n}.txt"), bytes(10))).collect();
    world.runs();
    assert_eq!(world.files(BOB).len(), 16);
    assert_eq!(world.people[ANN].news.iter().filter(|news| **news == News::TooMany).count(), 4);
    assert_eq!(world.people[ANN].files.len(), 16);
    world.does(ANN, Command::CancelFile(ItemKey { from: None, id: ids[0].clone() }));
    world.offers(ANN, "one more", bytes(10));
    world.runs();
    assert_eq!(world.files(BOB).len(), 17);
}

#[test]
fn a_name_is_made_fit_for_a_folder() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.offers(ANN, "../../.ssh/\u{202e}fdp.exe\0", bytes(1));
    world.runs();
    let lines = &world.people[BOB].exchange.view().lines;
    assert!(matches!(&lines[0].what, call::exchange::What::File(file) if file.name.as_ref() == "fdp.exe"));
}
