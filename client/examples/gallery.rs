//! Every view from hand-made values, for whoever works on the look: `#SCENE` in the address chooses one. Not part of the
//! page that is served.

use std::time::Duration;

use call::{
    CallView, Direction, Face, HeldView, IncomingView, LinkView, MediaProblem, OtherView, OwnView, PeerKey, RecentCall,
    RoomView, Time, View,
};
use client::shell::Shell;
use leptos::prelude::*;
use protocol::{
    CallId, CallStatus, CallType, DeviceId, EndReason, ErrorCode, MediaState, Person, PersonStatus, RoomCode, UserId,
};

fn main() {
    client::mount(|shell: &Shell| {
        let scene = window().location().hash().unwrap_or_default();
        match scene.trim_start_matches('#') {
            "first-visit" => shell.start(),
            scene => {
                shell.session().sign_in("Ann");
                let (shown, view) = (shell.shown(), view(scene).unwrap_or_default());
                // Again and again, because the phone itself would show that it finds no relay.
                set_interval(move || shown.show(&view), Duration::from_millis(300));
            }
        }
    });
}

/// What the scene shows; `None` when there is no such scene.
fn view(scene: &str) -> Option<View> {
    let home = View { link: LinkView::Online, me: person(0, "Ann"), people: people(), ..View::default() };
    let with = |face| -> Option<View> { Some(View { call: call(face), ..home.clone() }) };
    let room = |others| -> Option<View> { Some(View { call: room(others), ..home.clone() }) };
    let since = Time::from_millis(0);
    let ended = |reason| with(Face::Ended { reason, lasted: Duration::from_secs(754) });
    match scene {
        "home" => Some(View { recent: recent(), ..home }),
        "empty" => Some(View { people: Some(Vec::new()), ..home }),
        "hidden" => Some(View { people: None, ..home }),
        "looking" => Some(View { me: None, link: LinkView::Connecting, ..home }),
        "notice" => Some(View { notice: Some(ErrorCode::RoomFull), ..home }),
        "outdated" => Some(View { link: LinkView::Outdated, ..home }),
        "lost-link" => Some(View { link: LinkView::Lost { since, next_try: since }, ..with(Face::Active { since })? }),
        "incoming" => Some(View { incoming: incoming(CallType::Video), ..home }),
        "on-hold" => Some(View { call: own_held(), ..home }),
        "held-there" => Some(View { call: held_there(), ..home }),
        "beside" => Some(View { call: beside(), ..home }),
        "waiting" => Some(View { incoming: incoming(CallType::Voice), ..with(Face::Active { since })? }),
        "initiating" => with(Face::Initiating),
        "ringing" => with(Face::Ringing),
        "connecting" => with(Face::Connecting),
        "active" => with(Face::Active { since }),
        "reconnecting" => with(Face::Reconnecting { since, lost: since }),
        "blocked" => {
            let mut view = with(Face::Active { since })?;
            let own =
                OwnView { microphone: true, microphone_problem: Some(MediaProblem::Denied), ..OwnView::default() };
            view.call.iter_mut().for_each(|call| call.own = own);
            Some(view)
        }
        "weak" => {
            let mut view = with(Face::Active { since })?;
            view.call.iter_mut().flat_map(|call| &mut call.others).for_each(|other| other.weak = true);
            Some(view)
        }
        "weak-3" => {
            let mut view = room(2)?;
            view.call.iter_mut().for_each(|call| call.weak = Some(call::quality::Weak::Receiving));
            Some(view)
        }
        "alone" => room(0),
        "room-2" => room(1),
        "room-3" => room(2),
        "room-4" => room(3),
        "ended" => ended(EndReason::Completed),
        "declined" => ended(EndReason::Declined),
        "timeout" => ended(EndReason::Timeout),
        _ => None,
    }
}

const NAMES: [&str; 6] = [
    "Bao Nguyễn",
    "Cléo",
    "A very long name that goes on until it has sixty-four letters in",
    "\u{5d3}\u{5df} \u{5db}\u{5d4}\u{5df}",
    "Erin Ó Súilleabháin",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenh",
];

fn person(nth: usize, name: &str) -> Option<Person> {
    let id: UserId = ["guest:", &nth.to_string()].concat().parse().ok()?;
    Some(Person { id, name: name.to_owned(), avatar: None })
}

fn people() -> Option<Vec<PersonStatus>> {
    let doing = [CallStatus::Idle, CallStatus::InCall, CallStatus::Ringing, CallStatus::Idle, CallStatus::Offline];
    let each = NAMES.iter().enumerate().zip(doing.into_iter().cycle());
    let entry =
        |((nth, name), status): ((usize, &&str), _)| Some(PersonStatus { user: person(nth + 1, name)?, status });
    each.map(entry).collect()
}

fn call_id(nth: usize) -> Option<CallId> {
    ["call-0123456789-", &nth.to_string()].concat().parse().ok()
}

fn code() -> Option<RoomView> {
    let code: RoomCode = "abcd-efgh-jkmn".parse().ok()?;
    Some(RoomView { code, name: None })
}

fn incoming(kind: CallType) -> Option<IncomingView> {
    Some(IncomingView { call_id: call_id(1)?, from: person(2, "Cléo")?, with: Vec::new(), kind, silent: false })
}

fn other(nth: usize, connected: bool) -> Option<OtherView> {
    let device: DeviceId = ["device-0123456789-", &nth.to_string()].concat().parse().ok()?;
    let media = MediaState { microphone: nth != 1, ..MediaState::default() };
    let peer = PeerKey(u32::try_from(nth).ok()?);
    Some(OtherView {
        device,
        person: person(nth + 1, NAMES.get(nth)?)?,
        peer,
        media,
        wanted: None,
        connected,
        readable: true,
        weak: false,
        receives: None,
    })
}

fn call(face: Face) -> Option<CallView> {
    let accepted = !matches!(face, Face::Initiating | Face::Ringing);
    let others = if accepted { vec![other(0, face != Face::Connecting)?] } else { Vec::new() };
    let own = OwnView { microphone: true, ..OwnView::default() };
    let (kind, direction) = (CallType::Voice, Direction::Outgoing);
    let (call_id, with) = (call_id(0)?, person(1, NAMES[0]));
    let (group, invited) = (Vec::new(), Vec::new());
    let (rules, knocks, muted_by) = (None, false, None);
    let room = None;
    Some(CallView {
        call_id,
        kind,
        direction,
        room,
        group_code: None,
        unlocked: false,
        with,
        group,
        face,
        others,
        invited,
        rules,
        knocks,
        muted_by,
        own,
        rings_in_call: false,
        held: None,
        weak: None,
        away: false,
    })
}

fn own_held() -> Option<CallView> {
    let call = call(Face::Active { since: Time::from_millis(0) })?;
    Some(CallView { own: OwnView { held: true, ..call.own }, ..call })
}

fn held_there() -> Option<CallView> {
    let mut call = call(Face::Active { since: Time::from_millis(0) })?;
    let media = MediaState { held: true, ..MediaState::default() };
    call.others.iter_mut().for_each(|other| other.media = media);
    Some(call)
}

fn beside() -> Option<CallView> {
    let held = HeldView { call_id: call_id(1)?, with: person(2, "Cléo")?, since: Time::from_millis(0) };
    Some(CallView { held: Some(held), ..call(Face::Active { since: Time::from_millis(0) })? })
}

fn room(others: usize) -> Option<CallView> {
    let face = Face::Active { since: Time::from_millis(0) };
    let others = (0..others).map(|nth| other(nth, nth != 2)).collect::<Option<_>>()?;
    Some(CallView { direction: Direction::Room, room: code(), with: None, others, ..call(face)? })
}

fn recent() -> Vec<RecentCall> {
    let entry = |nth: usize, direction, reason, with, room| {
        let (kind, at, lasted) = (CallType::Video, Time::from_millis(0), Duration::from_secs(754));
        let group = Vec::new();
        Some(RecentCall { call_id: call_id(nth)?, direction, with, group, room, kind, reason, at, lasted })
    };
    let list = [
        entry(1, Direction::Outgoing, EndReason::Completed, person(1, NAMES[0]), None),
        entry(2, Direction::Incoming, EndReason::Missed, person(3, NAMES[2]), None),
        entry(3, Direction::Room, EndReason::Completed, None, code()),
    ];
    list.into_iter().flatten().collect()
}
