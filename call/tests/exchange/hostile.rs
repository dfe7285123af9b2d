//! Whatever arrives: nothing panics, nothing grows without end, and nobody speaks for somebody else.

use call::exchange::{Command, Exchange, FileState, Input, ItemKey, Other, Output, What, clean_name, pieces};
use call::{PeerKey, Time};
use proptest::prelude::*;
use protocol::{FileEnd, ItemId, PeerMessage, Reaction, chunk};

use crate::world::{World, device};

const START: u64 = 2 * 24 * 60 * 60 * 1000;

fn item(n: u8) -> ItemId {
    format!("item-0123456789-{}", n % 8).parse().unwrap()
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..100_000_u64, 1 => Just(u64::MAX), 1 => Just(1 << 31), 1 => any::<u64>()]
}

/// What a peer writes, mostly in the right shape.
fn written() -> impl Strategy<Value = String> {
    let id = || any::<u8>().prop_map(|n| item(n).to_string());
    let quoted = |text: String| format!("{text:?}");
    prop_oneof![
        3 => (any::<bool>(), prop::option::of(id()), prop::option::of(any::<u32>()), number()).prop_map(|(fresh, last, hand, clock)| {
            let last = last.map_or("null".to_owned(), |last| format!("{last:?}"));
            let hand = hand.map_or("null".to_owned(), |hand| hand.to_string());
            format!(r#"{{"type":"peer:hello","data":{{"fresh":{fresh},"last":{last},"hand_ms":{hand},"clock":{clock}}}}}"#)
        }),
        3 => (id(), "[a-zé\u{202e} ]{0,20}", any::<u32>(), number()).prop_map(move |(id, text, age, clock)| {
            let text = quoted(text);
            format!(r#"{{"type":"chat:message","data":{{"id":"{id}","text":{text},"age_ms":{age},"clock":{clock}}}}}"#)
        }),
        1 => Just(r#"{"type":"chat:reaction","data":{"reaction":"clap"}}"#.to_owned()),
        1 => Just(protocol::BYE.to_owned()),
        1 => Just(r#"{"type":"hand:raise","data":{}}"#.to_owned()),
        1 => Just(r#"{"type":"hand:lower"}"#.to_owned()),
        3 => (id(), number(), number()).prop_map(|(id, size, clock)| {
            format!(r#"{{"type":"file:offer","data":{{"id":"{id}","name":"../a","size":{size},"clock":{clock}}}}}"#)
        }),
        3 => (id(), 0..9_u32, number()).prop_map(|(id, stream, offset)| {
            format!(r#"{{"type":"file:accept","data":{{"id":"{id}","stream":{stream},"offset":{offset}}}}}"#)
        }),
        2 => (id(), number()).prop_map(|(id, offset)| {
            format!(r#"{{"type":"file:received","data":{{"id":"{id}","offset":{offset}}}}}"#)
        }),
        1 => id().prop_map(|id| format!(r#"{{"type":"file:done","data":{{"id":"{id}"}}}}"#)),
        1 => id().prop_map(|id| format!(r#"{{"type":"file:cancel","data":{{"id":"{id}","reason":"declined"}}}}"#)),
        1 => ".{0,60}",
    ]
}

fn peer() -> impl Strategy<Value = PeerKey> {
    (0..4_u32).prop_map(PeerKey)
}

fn key() -> impl Strategy<Value = ItemKey> {
    (prop::option::of(0..4_usize), any::<u8>()).prop_map(|(from, n)| ItemKey { from: from.map(device), id: item(n) })
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (any::<u8>(), ".{0,20}").prop_map(|(n, text)| Command::Say { id: item(n), text }),
        Just(Command::React(Reaction::Laugh)),
        Just(Command::RaiseHand),
        any::<bool>().prop_map(Command::KeepHand),
        Just(Command::LowerHand),
        (any::<u8>(), ".{0,20}", number()).prop_map(|(n, name, size)| Command::Offer {
            id: item(n),
            name,
            size,
            mime: String::new()
        }),
        (key(), number()).prop_map(|(key, most)| Command::AcceptFile { key, most }),
        key().prop_map(Command::CancelFile),
        any::<bool>().prop_map(Command::Look),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    let other = (0..4_usize, peer()).prop_map(|(n, peer)| Other { device: device(n), name: "x".to_owned(), peer });
    prop_oneof![
        8 => (peer(), written()).prop_map(|(peer, text)| Input::Heard(peer, text)),
        4 => command().prop_map(Input::Command),
        2 => peer().prop_map(Input::Opened),
        1 => peer().prop_map(Input::Closed),
        1 => prop::collection::vec(other, 0..5).prop_map(Input::Others),
        4 => (peer(), 0..9_u32, 0..20_000_usize).prop_map(|(peer, stream, bytes)| Input::Chunk { peer, stream, bytes }),
        1 => (peer(), 0..9_u32).prop_map(|(peer, stream)| Input::Fed { peer, stream }),
        1 => any::<u8>().prop_map(|n| Input::Unreadable(item(n))),
        2 => (key(), 0..20_000_usize).prop_map(|(key, bytes)| Input::Kept(key, bytes)),
        1 => key().prop_map(Input::Finished),
        1 => key().prop_map(Input::KeepFailed),
        1 => any::<f32>().prop_map(Input::Loudness),
        1 => Just(Input::Tick),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_anything_leaves_it_in_order(story in prop::collection::vec((input(), 0..3_000_u64), 1..120)) {
        let mut now = START;
        let mut exchange = Exchange::new(Time::from_millis(now), device(0));
        exchange.handle(Time::from_millis(now), Input::Others(vec![
            Other { device: device(1), name: "Bob".to_owned(), peer: PeerKey(1) },
            Other { device: device(2), name: "Cat".to_owned(), peer: PeerKey(2) },
        ]));
        for (input, pause) in story {
            now += pause;
            exchange.handle(Time::from_millis(now), input);
            let mut said = 0;
            while let Some(output) = exchange.poll() {
                said += 1;
                if let Output::Send(_, text) = &output {
                    prop_assert!(PeerMessage::parse(text).is_ok(), "{text}");
                }
                if let Output::Feed { from, to, .. } = output {
                    prop_assert!(from < to && to - from <= 256 * 1024);
                }
            }
            prop_assert!(said < 2_000);
            let view = exchange.view();
            prop_assert!(view.lines.is_sorted_by_key(|line| line.clock));
            prop_assert!(view.lines.iter().all(|line| line.key.from != Some(device(0))), "nobody speaks for us");
            prop_assert!(view.lines.iter().all(|line| line.at <= Time::from_millis(now)));
            for line in &view.lines {
                if let What::File(file) = &line.what {
                    let fits = |state| match state {
                        FileState::Flows { bytes } | FileState::Stopped { bytes } => bytes <= file.size,
                        FileState::Offered | FileState::Done | FileState::Ended(_) => true,
                    };
                    prop_assert!(file.with.iter().all(|with| fits(with.state)));
                }
            }
        }
    }

    #[test]
    fn pieces_of_a_text_are_the_text(text in prop_oneof![".{0,80}", "[htps:/. ()é\u{202e}<]{0,40}"]) {
        let whole: String = pieces(&text).iter().map(|piece| match piece {
            call::exchange::Piece::Text(text) | call::exchange::Piece::Link(text) => *text,
        }).collect();
        prop_assert_eq!(&whole, &text);
        for piece in pieces(&text) {
            if let call::exchange::Piece::Link(link) = piece {
                let link = link.to_lowercase();
                prop_assert!(link.starts_with("http://") || link.starts_with("https://"));
            }
        }
    }

    #[test]
    fn a_clean_name_is_a_name(name in prop_oneof![".{0,300}", "[./\\\\: \u{202e}a-c]{0,20}"]) {
        let clean = clean_name(&name);
        prop_assert!(!clean.is_empty() && clean.chars().count() <= 121);
        let plain = !clean.starts_with('.') && !clean.contains(['/', '\\', '\0', '\u{202e}']);
        prop_assert!(plain, "{:?}", clean);
        prop_assert_eq!(clean_name(&clean), clean);
    }
}

const ANN: usize = 0;
const BOB: usize = 1;

fn bob_says(world: &mut World, text: &str) {
    world.handle(ANN, Input::Heard(PeerKey(1), text.to_owned()));
}

#[test]
fn a_name_in_a_message_is_nobodys() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    bob_says(
        &mut world,
        r#"{"type":"chat:message","data":{"id":"item-0123456789-x","text":"hi","from":"device-0123456789-2","name":"Cat"}}"#,
    );
    let line = &world.people[ANN].exchange.view().lines[0];
    assert_eq!((line.name.as_ref(), &line.key.from), ("Bob", &Some(device(BOB))));
}

#[test]
fn somebody_elses_id_does_not_keep_their_words_away() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    let id = world.id();
    let copied = format!(r#"{{"type":"chat:message","data":{{"id":"{id}","text":"mine"}}}}"#);
    bob_says(&mut world, &copied);
    world.does(2, Command::Say { id, text: "Cat's".to_owned() });
    world.runs();
    assert_eq!(world.texts(ANN), ["mine", "Cat's"]);
}

#[test]
fn a_flood_is_passed_over() {
    let mut world = World::joined(&["Ann", "Bob"]);
    for n in 0..5_000 {
        bob_says(
            &mut world,
            &format!(r#"{{"type":"chat:message","data":{{"id":"item-0123456789-{n}","text":"{n}"}}}}"#),
        );
    }
    let lines = world.people[ANN].exchange.view().lines.len();
    assert!(lines <= 500, "{lines}");
    for _ in 0..1_000 {
        bob_says(&mut world, r#"{"type":"peer:hello","data":{"fresh":true}}"#);
    }
    assert!(world.told["peer:hello"] < 12, "a hello is not answered without end");
}

#[test]
fn more_bytes_than_were_offered_end_it() {
    let mut world = World::joined(&["Ann", "Bob"]);
    bob_says(&mut world, r#"{"type":"file:offer","data":{"id":"item-0123456789-f","name":"a","size":20000}}"#);
    let key = world.accepts(ANN, BOB, &"item-0123456789-f".parse().unwrap());
    for bytes in [chunk::BYTES, chunk::BYTES] {
        let input = Input::Chunk { peer: PeerKey(1), stream: 1, bytes };
        let now = world.now;
        world.people[ANN].exchange.handle(now, input);
    }
    assert_eq!(world.files(ANN)[0].1, [FileState::Ended(FileEnd::Failed)]);
    assert_eq!(world.files(ANN)[0].0, key);
}

#[test]
fn a_sender_who_does_not_wait_is_sent_away() {
    let mut world = World::joined(&["Ann", "Bob"]);
    bob_says(&mut world, r#"{"type":"file:offer","data":{"id":"item-0123456789-f","name":"a","size":2000000000}}"#);
    world.accepts(ANN, BOB, &"item-0123456789-f".parse().unwrap());
    let mut kept = 0;
    for _ in 0..2_000 {
        let now = world.now;
        let exchange = &mut world.people[ANN].exchange;
        exchange.handle(now, Input::Chunk { peer: PeerKey(1), stream: 1, bytes: chunk::BYTES });
        kept += std::iter::from_fn(|| exchange.poll()).filter(|output| matches!(output, Output::Keep(_))).count();
    }
    assert!(kept * chunk::BYTES <= (8 << 20) + (256 << 10), "{kept} chunks wait for the disk");
    assert_eq!(world.files(ANN)[0].1, [FileState::Ended(FileEnd::Failed)]);
}

#[test]
fn nothing_is_said_to_a_page_before_it_listens() {
    let mut world = World::new(&["Ann", "Bob"]);
    world.handle(ANN, Input::Opened(PeerKey(1)));
    world.does(ANN, Command::RaiseHand);
    world.says(ANN, "?");
    assert_eq!(world.told.keys().collect::<Vec<_>>(), ["peer:hello"]);
    // And what is said on a channel that is not open counts for nothing.
    world.handle(ANN, Input::Closed(PeerKey(1)));
    bob_says(&mut world, r#"{"type":"hand:raise","data":{}}"#);
    assert_eq!(world.people[ANN].exchange.view().hands, [device(ANN)]);
}
