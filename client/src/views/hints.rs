//! What a person should know of their own side of the call and cannot notice themselves: one hint at a time, the most
//! urgent, with one remedy.

use std::cell::RefCell;
use std::rc::Rc;

use call::watcher::{Advice, Observed, Watcher};
use call::{CallView, Command};

use super::bar::own_of;
use super::icon::{Icon, icon};
use super::parts::text_button;
use super::ui::use_ui;
use crate::platform::{DeviceKind, El, Senses, effect, el, el_class, every, is_switched_on, now, visible};
use crate::shell::{Shell, use_shell};
use crate::signal::RwSignal;
use crate::words::{call_words, fill, hint_heading, words};

/// Every so many milliseconds the microphone is listened to.
const EVERY: i32 = 100;
/// So many times less often everything else is looked at.
const LOOKS: u32 = 5;

/// The words on a button, and what pressing it does.
type Remedy = (&'static str, Box<dyn FnMut()>);

/// A device that was just plugged in.
type Arrival = Option<(DeviceKind, String, String)>;

/// The place for hints. It is there from the start: a reader tells of changes, not of what is new.
pub(crate) fn hints() -> El {
    let advice = RwSignal::new(None);
    let arrival: RwSignal<Arrival> = RwSignal::new(None);
    let watcher = Rc::new(RefCell::new(Watcher::default()));
    let settings = use_ui().settings;
    let switched = watcher.clone();
    effect(move || {
        if !settings.get() {
            let mut watcher = switched.borrow_mut();
            Advice::ALL.into_iter().for_each(|advice| watcher.switch(advice, is_switched_on(advice.name())));
        }
    });
    let plugged = follow_devices(arrival);
    watch(watcher.clone(), advice, plugged);
    el_class("div", "hint-place").attr("role", "status").show(move || {
        let advised: Advice = advice.get()?;
        let watcher = watcher.clone();
        let put_away = move || {
            watcher.borrow_mut().put_away(now(), advised);
            advice.set(None);
        };
        Some(hint(advised, &arrival.get_untracked(), put_away))
    })
}

/// Measures and gives what was measured to the watcher for as long as the call's screen is there.
fn watch(watcher: Rc<RefCell<Watcher>>, advice: RwSignal<Option<Advice>>, plugged: RwSignal<bool>) {
    let shell = use_shell();
    let (mut senses, visible) = (shell.devices().senses(), visible());
    let (mut observed, mut times) = (Observed::default(), 0_u32);
    every(EVERY, move || {
        observed.visible = visible.get_untracked();
        if times.is_multiple_of(LOOKS) {
            look(&shell, &mut senses, &mut observed);
        }
        times = times.wrapping_add(1);
        let own = shell.shown().call.with_untracked(own_of);
        // On hold nobody is to hear anything.
        let on_hold = shell.shown().call.with_untracked(|call| call.as_ref().is_some_and(CallView::is_on_hold));
        let listens = observed.visible && own.microphone_problem.is_none() && !on_hold;
        observed.microphone = if listens { senses.hear(!own.microphone) } else { None };
        observed.plugged_in = plugged.get_untracked();
        if observed.plugged_in {
            plugged.set(false);
        }
        let mut watcher = watcher.borrow_mut();
        watcher.observe(now(), &observed);
        if advice.get_untracked() != watcher.advice() {
            advice.set(watcher.advice());
        }
    });
}

/// What does not change from one moment to the next.
fn look(shell: &Shell, senses: &mut Senses, observed: &mut Observed) {
    if !observed.visible {
        senses.rest();
    }
    observed.camera = if observed.visible { senses.see() } else { None };
    observed.blocked = shell.unheard().get_untracked();
    shell.shown().call.with_untracked(|call| {
        observed.weak = call.as_ref().and_then(|call| call.weak);
        observed.overload = call.as_ref().is_some_and(|call| is_overloaded(shell, call));
    });
}

fn is_overloaded(shell: &Shell, call: &CallView) -> bool {
    let limited = |line: &call::quality::Line| line.is_limited_by_cpu();
    call.others.iter().any(|other| shell.quality(other.peer, limited).unwrap_or_default())
}

/// Says when a device is plugged in, and which; not of those that were there when the call's screen came.
fn follow_devices(arrival: RwSignal<Arrival>) -> RwSignal<bool> {
    let plugged = RwSignal::new(false);
    for kind in [DeviceKind::Speaker, DeviceKind::Camera, DeviceKind::Microphone] {
        let list = use_shell().devices().list(kind);
        let mut known: Option<Vec<String>> = None;
        effect(move || {
            let devices = list.get();
            let is_new = |id: &String| known.as_ref().is_some_and(|known| !known.is_empty() && !known.contains(id));
            if let Some(device) = devices.iter().find(|device| is_new(&device.id)) {
                arrival.set(Some((kind, device.id.clone(), device.label.clone())));
                plugged.set(true);
            }
            known = Some(devices.into_iter().map(|device| device.id).collect());
        });
    }
    plugged
}

/// A hint: what is the matter, why, and what can be done.
fn hint(advice: Advice, arrival: &Arrival, put_away: impl FnMut() + Clone + 'static) -> El {
    let hints = &call_words().hints;
    let label = arrival.as_ref().map(|(_, _, label)| label.as_str()).unwrap_or_default();
    let heading = match advice {
        Advice::NewDevice => fill(hints.plugged_in, label),
        _ => hint_heading(advice).to_owned(),
    };
    let mut followed = put_away.clone();
    let remedy = remedy(advice, arrival.clone()).map(|(text, mut act)| {
        text_button("", text, move || {
            act();
            followed();
        })
    });
    let row = el_class("div", "row").children(remedy).child(text_button("plain", words().dismiss, put_away));
    el_class("div", "help hint")
        .attr("data-hint", advice.name())
        .child(el("h3").child(icon(sign(advice))).text(&heading))
        .children(reason(advice).map(|text| el_class("p", "small").text(text)))
        .child(row)
}

const fn sign(advice: Advice) -> Icon {
    match advice {
        Advice::Blocked => Icon::Speaker,
        Advice::Silent | Advice::TalkingMuted | Advice::Noisy => Icon::MicrophoneOff,
        Advice::Frozen | Advice::Dark => Icon::CameraOff,
        Advice::Overload | Advice::Network | Advice::Uplink | Advice::NewDevice => Icon::Attention,
    }
}

fn reason(advice: Advice) -> Option<&'static str> {
    let hints = &call_words().hints;
    Some(match advice {
        Advice::Silent => hints.silent_why,
        Advice::Frozen => hints.frozen_why,
        Advice::Dark => hints.dark_why,
        Advice::Overload => hints.overload_why,
        Advice::Network => hints.network_why,
        Advice::Uplink if is_seen() => hints.uplink_why,
        Advice::Uplink => hints.uplink_why_unseen,
        Advice::Noisy => hints.noisy_why,
        Advice::Blocked => hints.blocked_why,
        Advice::TalkingMuted | Advice::NewDevice => return None,
    })
}

/// This side sends a picture.
fn is_seen() -> bool {
    use_shell().shown().call.with_untracked(own_of).camera
}

/// What can be done about it.
fn remedy(advice: Advice, arrival: Arrival) -> Option<Remedy> {
    let (shell, words) = (use_shell(), call_words());
    let devices = shell.devices();
    let command = |command: Command| -> Box<dyn FnMut()> {
        let shell = shell.clone();
        Box::new(move || shell.command(command.clone()))
    };
    Some(match advice {
        Advice::Blocked => {
            let shell = shell.clone();
            (words.click_to_hear, Box::new(move || shell.hear()))
        }
        Advice::Silent => {
            let open = use_ui().settings;
            (words.hints.choose_another, Box::new(move || open.set(true)))
        }
        Advice::TalkingMuted => (words.unmute, command(Command::SetMicrophone(true))),
        Advice::Frozen => {
            let chosen = devices.chosen(DeviceKind::Camera);
            let restart = move || devices.choose(DeviceKind::Camera, chosen.get_untracked());
            (words.hints.restart_camera, Box::new(restart))
        }
        Advice::Overload => (words.hints.smaller_picture, Box::new(move || devices.spare())),
        Advice::Dark => (words.camera_off, command(Command::SetCamera(false))),
        Advice::Network | Advice::Uplink if is_seen() => (words.camera_off, command(Command::SetCamera(false))),
        Advice::Network | Advice::Uplink => return None,
        Advice::Noisy => (words.mute, command(Command::SetMicrophone(false))),
        Advice::NewDevice => {
            let (kind, id, _) = arrival?;
            (words.hints.use_it, Box::new(move || devices.choose(kind, Some(id.clone()))))
        }
    })
}
