//! A participant's place: their picture, or their face on their own colour, and their name.

use call::{CallView, Face, OtherView};
use leptos::prelude::*;
use protocol::{DeviceId, Person};

use super::icon::{Icon, little_icon};
use super::parts::{face, name, waiting};
use super::text::hue_class;
use crate::platform::{Stream, Video};
use crate::shell::use_shell;
use crate::words::words;

/// What a tile shows besides the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    heard: bool,
    seen: bool,
    lost: bool,
}

/// The place of another participant.
pub(crate) fn other_tile(other: &OtherView) -> AnyView {
    let shell = use_shell();
    let (call, device) = (shell.shown().call, other.device.clone());
    let now = Memo::new(move |_| call.with(|call| call.as_ref().and_then(|call| find(call, &device)).cloned()));
    let stream = Memo::new(move |_| {
        let peer = now.with(|now| now.as_ref().map(|now| now.peer))?;
        shell.stream(peer).get()
    });
    let reconnecting = move || call.with(|call| call.as_ref().is_some_and(reconnects));
    let state = Memo::new(move |_| {
        let of = |now: &OtherView| State {
            heard: now.media.microphone,
            seen: now.media.camera,
            lost: !now.connected || reconnecting(),
        };
        now.with(|now| now.as_ref().map(of).unwrap_or_default())
    });
    let waits = Memo::new(move |_| now.with(|now| now.as_ref().is_some_and(|now| !now.connected)) && !reconnecting());
    let chip = move || waits.get().then(connecting);
    tile(&other.person, other.person.name.clone(), stream.into(), Signal::stored(false), state, chip.into_any())
}

/// One's own place among the others.
pub(crate) fn own_tile(me: &Person) -> AnyView {
    let shell = use_shell();
    let (call, devices) = (shell.shown().call, shell.devices());
    let state = Memo::new(move |_| {
        let own = super::bar::own_of(&call.get());
        State { heard: own.microphone && own.microphone_problem.is_none(), seen: own.camera, lost: false }
    });
    tile(me, words().you.to_owned(), devices.own().into(), devices.mirrored(), state, ().into_any())
}

fn find<'a>(call: &'a CallView, device: &DeviceId) -> Option<&'a OtherView> {
    call.others.iter().find(|other| other.device == *device)
}

/// The whole call is looking for its connection, and says so in one place.
const fn reconnects(call: &CallView) -> bool {
    matches!(call.face, Face::Reconnecting { .. }) && call.room.is_none()
}

fn connecting() -> AnyView {
    view! { <p class="chip">{waiting()} {words().connecting}</p> }.into_any()
}

fn tile(
    person: &Person,
    called: String,
    stream: Signal<Option<Stream>>,
    mirrored: Signal<bool>,
    state: Memo<State>,
    chip: AnyView,
) -> AnyView {
    let seen = Memo::new(move |_| state.get().seen && stream.with(Option::is_some));
    view! {
        <div
            role="group"
            aria-label=called.clone()
            class=["tile ", hue_class(person.id.as_str())].concat()
            class:seen=seen
            class:lost=move || state.get().lost
        >
            {face(person, "")} {picture(stream, mirrored, seen)}
            <div class="label" class:off=move || !state.get().heard>
                {name(&called)} {move || (!state.get().heard).then(muted)}
                {move || (!state.get().seen).then(|| view! { <span class="said">{words().picture_off}</span> })}
            </div>
            {chip}
        </div>
    }
    .into_any()
}

/// The element stays for as long as there is a stream, so that the picture is there at once when the camera is.
fn picture(stream: Signal<Option<Stream>>, mirrored: Signal<bool>, seen: Memo<bool>) -> AnyView {
    let there = Memo::new(move |_| stream.with(Option::is_some));
    (move || {
        there.get().then(|| {
            view! {
                <div class="picture" hidden=move || !seen.get()>
                    <Video stream=stream mirrored=mirrored />
                </div>
            }
        })
    })
    .into_any()
}

fn muted() -> AnyView {
    view! {
        {little_icon(Icon::MicrophoneOff)}
        <span class="word">{words().microphone_off}</span>
    }
    .into_any()
}
