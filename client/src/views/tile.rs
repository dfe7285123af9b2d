//! A participant's place: their picture, or their face on their own colour, and their name.

use call::{CallView, Face, OtherView, PeerKey};
use protocol::{DeviceId, Person, UserId};

use super::along::Along;
use super::bar::own_of;
use super::beside::beside;
use super::choices::{Choices, Place};
use super::icon::{Icon, little_icon};
use super::parts::{face, name, waiting};
use super::text::{hue_class, is_group};
use super::tile_menu::{more_button, name_of};
use crate::platform::{DeviceKind, El, Loudness, Stream, effect, el_class, of_peer, video};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{call_words, fill};

/// What a tile shows besides the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    heard: bool,
    seen: bool,
    /// Nothing comes from them at the moment.
    lost: bool,
    /// The way to them is still being looked for.
    connecting: bool,
    /// Whose connection is weak, in words; empty when none is.
    weak: &'static str,
}

/// The place of another participant.
pub(crate) fn other_tile(other: &OtherView, choices: Choices) -> El {
    let shell = use_shell();
    let call = shell.shown().call;
    let device = other.device.clone();
    let peer = memo(move || call.with(|call| find(call, &device).map(|now| now.peer)));
    let device = other.device.clone();
    let state = memo(move || call.with(|call| state_of(call, &device)));
    let stream = memo(move || shell.stream(peer.get()?).get());
    play(other.person.id.clone(), peer, stream, choices);
    let device = other.device.clone();
    let speaks = memo(move || choices.speaking.with(|speaking| speaking.contains(&device)));
    tile(&other.person, &other.person.name, stream, RwSignal::new(false).read_only(), state)
        .attr_now("data-peer", move || peer.get().map(of_peer))
        .class_when("speaks", move || speaks.get())
        .child(beside(Along::OnTile(Some(other.device.clone()))))
        .show(move || state.get().connecting.then(connecting))
        .child(more_button(Place::Person(other.device.clone()), &other.person.name, choices))
}

/// One's own place among the others.
pub(crate) fn own_tile(me: &Person, choices: Choices) -> El {
    let shell = use_shell();
    let (call, devices) = (shell.shown().call, shell.devices());
    let state = memo(move || {
        let own = call.with(own_of);
        let heard = own.microphone && own.microphone_problem.is_none();
        State { heard, seen: own.camera, weak: call.with(own_weakness), ..State::default() }
    });
    let you = call_words().you;
    tile(me, you, devices.own(), devices.mirrored(), state).child(beside(Along::OnTile(None))).child(more_button(
        Place::Own,
        you,
        choices,
    ))
}

/// What another participant shares. All of it is shown, so it may have edges.
pub(crate) fn screen_tile(other: &OtherView, choices: Choices) -> El {
    let shell = use_shell();
    let call = shell.shown().call;
    let device = other.device.clone();
    let peer = memo(move || call.with(|call| find(call, &device).map(|now| now.peer)));
    let stream = memo(move || shell.screen(peer.get()?).get());
    let there = memo(move || stream.with(Option::is_some));
    let place = Place::Screen(other.device.clone());
    let called = name_of(&place, Some(other));
    el_class("div", "tile screen seen")
        .attr("role", "group")
        .attr("aria-label", &called)
        .attr("data-screen", "")
        .attr_now("data-peer", move || peer.get().map(of_peer))
        .show(move || Some(if there.get() { video(stream, RwSignal::new(false).read_only()) } else { connecting() }))
        .child(el_class("div", "label").child(name(&called)))
        .child(more_button(place, &called, choices))
}

/// Plays somebody as loud as they were made here.
fn play(person: UserId, peer: Signal<Option<PeerKey>>, stream: Signal<Option<Stream>>, choices: Choices) {
    let shell = use_shell();
    let speaker = shell.devices().chosen(DeviceKind::Speaker);
    let percent = memo(move || choices.volumes.with(|volumes| volumes.of(&person)));
    let mut voice: Option<(PeerKey, Loudness)> = None;
    effect(move || {
        let there = stream.with(Option::is_some);
        let Some(key) = peer.get().filter(|_| there) else { return voice = None };
        if voice.as_ref().is_none_or(|(of, _)| *of != key) {
            voice = shell.loudness(key).map(|loudness| (key, loudness));
        }
        if let Some((_, loudness)) = &mut voice {
            loudness.set(percent.get(), speaker.get().as_deref());
        }
    });
}

fn find<'a>(call: &'a Option<CallView>, device: &DeviceId) -> Option<&'a OtherView> {
    call.as_ref()?.others.iter().find(|other| other.device == *device)
}

fn state_of(call: &Option<CallView>, device: &DeviceId) -> State {
    let Some(other) = find(call, device) else { return State::default() };
    // A call of two that looks for its connection says so in one place.
    let reconnects =
        call.as_ref().is_some_and(|call| matches!(call.face, Face::Reconnecting { .. }) && !is_group(call.kind));
    let on_hold = call.as_ref().is_some_and(CallView::is_on_hold);
    State {
        // On hold nobody is heard or seen, and that is said in one place.
        heard: other.media.microphone || on_hold,
        seen: other.media.camera && !on_hold,
        lost: !other.connected || reconnects || on_hold,
        connecting: !other.connected && !reconnects,
        weak: weakness(call, other),
    }
}

/// With one other there is one tile, and it speaks for both sides.
fn weakness(call: &Option<CallView>, other: &OtherView) -> &'static str {
    let own = if call.as_ref().is_some_and(|call| call.others.len() == 1) { own_weakness(call) } else { "" };
    if own.is_empty() && other.weak { call_words().weak_theirs } else { own }
}

fn own_weakness(call: &Option<CallView>) -> &'static str {
    if call.as_ref().is_some_and(|call| call.weak.is_some()) { call_words().weak_mine } else { "" }
}

/// Speaks when the connection is bad, and only then.
fn weak_sign(words: &'static str, called: &str) -> Option<El> {
    let said = |words| el_class("span", "what").text(&fill(words, called));
    (!words.is_empty()).then(|| el_class("p", "chip").child(little_icon(Icon::Attention)).child(said(words)))
}

fn connecting() -> El {
    el_class("p", "chip").child(waiting()).text(call_words().connecting)
}

fn tile(
    person: &Person,
    called: &str,
    stream: Signal<Option<Stream>>,
    mirrored: Signal<bool>,
    state: Signal<State>,
) -> El {
    let seen = memo(move || state.get().seen && stream.with(Option::is_some));
    el_class("div", &["tile ", hue_class(person.id.as_str())].concat())
        .attr("role", "group")
        .attr("aria-label", called)
        .class_when("seen", move || seen.get())
        .class_when("lost", move || state.get().lost)
        .child(face(person, ""))
        .child(picture(stream, mirrored, seen))
        .child(label(called, state))
        .show({
            let called = called.to_owned();
            let weak = memo(move || state.get().weak);
            move || weak_sign(weak.get(), &called)
        })
}

/// The element stays for as long as there is a stream, so that the picture is there at once when the camera is.
fn picture(stream: Signal<Option<Stream>>, mirrored: Signal<bool>, seen: Signal<bool>) -> El {
    let there = memo(move || stream.with(Option::is_some));
    el_class("div", "picture")
        .hidden_when(move || !seen.get())
        .show(move || there.get().then(|| video(stream, mirrored)))
}

/// The name, and what the person does not send.
fn label(called: &str, state: Signal<State>) -> El {
    let muted = memo(move || !state.get().heard);
    el_class("div", "label")
        .class_when("off", move || muted.get())
        .child(name(called))
        .show(move || muted.get().then(|| little_icon(Icon::MicrophoneOff)))
        .child(el_class("span", "word").text_now(move || if muted.get() { call_words().microphone_off } else { "" }))
        .child(el_class("span", "said").text_now(move || if state.get().seen { "" } else { call_words().picture_off }))
}
