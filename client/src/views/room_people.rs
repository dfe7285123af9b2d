//! The people of a call; in a room who is its host, what the host can do, and who knocks at its door.

use call::{CallView, Command, Face, OtherView};
use protocol::{Action, DeviceId, Participant, UserId};

use super::icon::{Icon, icon};
use super::invite::folded_invite;
use super::parts::{button, face, name, round_button, text_button};
use super::several::places;
use super::ui::use_ui;
use crate::platform::{El, dialog, el, el_class};
use crate::shell::{Shell, use_shell};
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{aside_words, call_words, fill, words};

/// What the room is like for this side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Room {
    host: Option<UserId>,
    /// This side is the host.
    mine: bool,
    locked: bool,
    waiting_room: bool,
}

impl Room {
    fn of(call: &CallView, me: Option<&UserId>) -> Option<Self> {
        let rules = call.rules.as_ref().filter(|_| !call.knocks)?;
        Some(Self {
            host: Some(rules.host.clone()),
            mine: me == Some(&rules.host),
            locked: rules.locked,
            waiting_room: rules.waiting_room,
        })
    }
}

/// The room as it is now; nothing while this is no room.
fn room() -> Signal<Option<Room>> {
    let shown = use_shell().shown();
    memo(move || shown.call.with(|call| shown.me.with(|me| Room::of(call.as_ref()?, me.as_ref().map(|me| &me.id)))))
}

/// The dialog with the people, opened from the bar.
pub(crate) fn people_window(open: RwSignal<bool>) -> El {
    let room = room();
    let title = aside_words().hosting.people;
    dialog(
        title,
        open.read_only(),
        move || open.set(false),
        move || {
            let close = round_button(Icon::Close, words().close, move || open.set(false));
            let head = el_class("div", "dialog-head").child(el("h2").text(title)).child(close);
            Some(el("div").child(head).child(panel(room, open)))
        },
    )
}

fn panel(room: Signal<Option<Room>>, open: RwSignal<bool>) -> El {
    let shown = use_shell().shown();
    let mine = memo(move || room.with(|room| room.as_ref().is_some_and(|room| room.mine)));
    let others = move || shown.call.with(|call| call.as_ref().map(|call| call.others.clone()).unwrap_or_default());
    let key = |other: &OtherView| other.device.clone();
    let me = shown.me.with_untracked(|me| me.as_ref().map(|me| own_row(me, room)));
    let rows = el_class("ul", "people").children(me).each(others, key, move |other| row(&other, room, mine));
    let code = shown.call.with_untracked(|call| Some(call.as_ref()?.room.as_ref()?.code.clone()));
    el_class("div", "several")
        .child(rows)
        .child(add(open))
        .children(code.as_ref().map(folded_invite))
        .show(move || mine.get().then(|| rights(room)))
}

/// Leads to those who can be rung into the call, while there is a place.
fn add(open: RwSignal<bool>) -> El {
    let (call, several) = (use_shell().shown().call, use_ui().several);
    let full = memo(move || call.with(|call| places(call) == 0));
    let press = move || {
        open.set(false);
        several.set(true);
    };
    let add = button("", press).child(icon(Icon::Plus)).text(aside_words().several.add);
    el_class("div", "row").child(add).hidden_when(move || full.get())
}

/// Says who is the host.
fn is_host(room: Signal<Option<Room>>, id: &UserId) -> El {
    let id = id.clone();
    let host = memo(move || room.with(|room| room.as_ref().and_then(|room| room.host.clone()).as_ref() == Some(&id)));
    el_class("span", "doing").text_now(move || if host.get() { aside_words().hosting.host } else { "" })
}

fn own_row(me: &protocol::Person, room: Signal<Option<Room>>) -> El {
    let who = el_class("span", "who").child(name(call_words().you)).child(is_host(room, &me.id));
    el_class("li", "person").child(face(me, "")).child(who)
}

fn row(other: &OtherView, room: Signal<Option<Room>>, mine: Signal<bool>) -> El {
    let (person, device) = (&other.person, other.device.clone());
    let who = el_class("span", "who").child(name(&person.name)).child(is_host(room, &person.id));
    let called = person.name.clone();
    el_class("li", "person").child(face(person, "")).child(who).show(move || {
        let words = &aside_words().hosting;
        mine.get().then(|| {
            el_class("span", "pair")
                .child(acts(Icon::MicrophoneOff, &fill(words.mute, &called), Action::Mute, &device))
                .child(acts(Icon::Close, &fill(words.remove, &called), Action::Remove, &device))
        })
    })
}

fn acts(sign: Icon, label: &str, action: Action, device: &DeviceId) -> El {
    let (shell, device) = (use_shell(), device.clone());
    round_button(sign, label, move || moderate(&shell, action, Some(&device)))
}

fn moderate(shell: &Shell, action: Action, device: Option<&DeviceId>) {
    shell.command(Command::Moderate { action, device: device.cloned() });
}

/// What the host can do to the room.
fn rights(room: Signal<Option<Room>>) -> El {
    let words = &aside_words().hosting;
    let locked = move || room.with(|room| room.as_ref().is_some_and(|room| room.locked));
    let waits = move || room.with(|room| room.as_ref().is_some_and(|room| room.waiting_room));
    let asked = RwSignal::new(false);
    el_class("div", "settings")
        .child(switch((words.lock, words.lock_hint), locked, Action::Lock, Action::Unlock))
        .child(switch((words.waiting_room, words.waiting_room_hint), waits, Action::Wait, Action::DoNotWait))
        .child(el_class("div", "row").show(move || Some(end_for_all(asked))))
}

fn switch(
    (label, hint): (&'static str, &'static str),
    on: impl Fn() -> bool + 'static,
    turn_on: Action,
    turn_off: Action,
) -> El {
    let shell = use_shell();
    let named = el("span").text(label).child(el_class("span", "small quiet block").text(hint));
    let tick = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .ticked_now(on)
        .on_tick(move |on| moderate(&shell, if on { turn_on } else { turn_off }, None));
    el_class("label", "switch").child(named).child(tick)
}

/// Ending it for all cannot be taken back, so it takes two presses.
fn end_for_all(asked: RwSignal<bool>) -> El {
    let words = &aside_words().hosting;
    let shell = use_shell();
    if asked.get() {
        return text_button("end", words.end_question, move || moderate(&shell, Action::End, None)).focused();
    }
    text_button("", words.end_for_all, move || asked.set(true))
}

/// Who knocks, over the call, for the host alone.
pub(crate) fn knocking() -> El {
    let call = use_shell().shown().call;
    let all = memo(move || {
        call.with(|call| call.as_ref().and_then(|call| call.rules.as_ref()).map(|rules| rules.knocking.clone()))
    });
    let each = move || all.get().unwrap_or_default();
    // The list inside stays a list to screen readers.
    let all = el_class("ul", "asked").each(each, |one: &Participant| one.device.clone(), |one| knock(&one));
    el_class("div", "knocking").attr("role", "alert").child(all)
}

fn knock(one: &Participant) -> El {
    let words = &aside_words().hosting;
    let called = one.user.name.as_str();
    let answer = |class, label: &'static str, named: &str, action| {
        let (shell, device) = (use_shell(), one.device.clone());
        button(class, move || moderate(&shell, action, Some(&device)))
            .attr("aria-label", &fill(named, called))
            .text(label)
    };
    el_class("li", "line")
        .child(face(&one.user, ""))
        .child(el_class("span", "cut").attr("dir", "auto").text(&fill(words.knocks, called)))
        .child(answer("main", words.admit, words.admit_named, Action::Admit))
        .child(answer("", words.turn_away, words.turn_away_named, Action::TurnAway))
}

/// Who asked this side to be silent.
pub(crate) fn muted() -> El {
    let shell = use_shell();
    let call = shell.shown().call;
    let by = memo(move || call.with(|call| Some(call.as_ref()?.muted_by.as_ref()?.name.clone())));
    el("div").attr("role", "status").show(move || {
        let (by, shell) = (by.get()?, shell.clone());
        let unmute = button("", move || shell.command(Command::SetMicrophone(true)));
        let told = el_class("span", "cut").attr("dir", "auto").text(&fill(aside_words().hosting.muted_you, &by));
        Some(
            el_class("p", "notice")
                .child(icon(Icon::MicrophoneOff))
                .child(told)
                .child(unmute.text(call_words().unmute_short)),
        )
    })
}

/// Whether there are people to be led to: the call runs.
pub(crate) fn has_people(call: &Option<CallView>) -> bool {
    call.as_ref().is_some_and(|call| matches!(call.face, Face::Active { .. } | Face::Reconnecting { .. }))
}

#[cfg(test)]
mod tests {
    use call::{Direction, OwnView, Time};
    use protocol::{CallType, RoomRules};

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_the_host_has_rights_and_nobody_at_the_door() {
        let ann: UserId = "ann".parse().unwrap();
        let rules = RoomRules { host: ann.clone(), locked: true, waiting_room: false, knocking: Vec::new() };
        let mut call = CallView {
            call_id: "m_0123456789abcdef".parse().unwrap(),
            kind: CallType::GroupVoice,
            direction: Direction::Room,
            room: None,
            group_code: None,
            unlocked: false,
            with: None,
            group: Vec::new(),
            face: Face::Active { since: Time::from_millis(0) },
            others: Vec::new(),
            invited: Vec::new(),
            rules: Some(rules),
            knocks: false,
            muted_by: None,
            own: OwnView::default(),
            rings_in_call: false,
            held: None,
            weak: None,
            away: false,
        };
        let mine = |call: &CallView, me: &str| Room::of(call, Some(&me.parse().unwrap())).map(|room| room.mine);
        assert_eq!((mine(&call, "ann"), mine(&call, "bob")), (Some(true), Some(false)));
        assert!(has_people(&Some(call.clone())));
        call.knocks = true;
        call.face = Face::Initiating;
        assert_eq!(mine(&call, "ann"), None);
        assert!(!has_people(&Some(call)));
    }
}
