//! Choosing how it rings here, and on which device.

use super::devices::choose_device;
use super::icon::{Icon, icon};
use super::parts::button;
use crate::platform::{DeviceKind, El, Tune, at_the_end, can_choose_ring_device, el, el_class};
use crate::platform::{keep_ring, kept_ring, stop_trying, try_ring};
use crate::shell::use_shell;
use crate::signal::RwSignal;
use crate::words::{aside_words, fill};

/// What is chosen, while the settings are open. Cheap to copy.
#[derive(Clone, Copy)]
struct Chosen {
    tune: RwSignal<Tune>,
    device: RwSignal<Option<String>>,
}

impl Chosen {
    fn keep(self) {
        keep_ring(self.tune.get_untracked(), self.device.get_untracked().as_deref());
    }
}

/// The rings, each to be heard, and the device.
pub(crate) fn ringtone() -> El {
    let (tune, device) = kept_ring();
    let chosen = Chosen { tune: RwSignal::new(tune), device: RwSignal::new(device) };
    at_the_end(stop_trying);
    el_class("fieldset", "rings")
        .child(el("legend").text(aside_words().ring.heading))
        .children(Tune::ALL.map(|tune| row(tune, chosen)))
        .children(can_choose_ring_device().then(|| ring_on(chosen)))
}

fn row(tune: Tune, chosen: Chosen) -> El {
    let words = &aside_words().ring;
    let name = match tune {
        Tune::Bells => words.bells,
        Tune::Dawn => words.dawn,
        Tune::Drops => words.drops,
        Tune::Bamboo => words.bamboo,
    };
    let choose = move |_| {
        chosen.tune.set(tune);
        chosen.keep();
    };
    let radio = el("input")
        .attr("type", "radio")
        .attr("name", "ring")
        .ticked_now(move || chosen.tune.get() == tune)
        .on_tick(choose);
    let label = fill(words.play, name);
    let play = button("round", move || try_ring(tune)).attr("aria-label", &label).attr("title", &label);
    el_class("div", "ring")
        .child(el("label").child(radio).child(el("span").text(name)))
        .child(play.child(icon(Icon::Speaker)))
}

/// Where it rings. A device that is not there now stays chosen, and it rings on the system's default meanwhile.
fn ring_on(chosen: Chosen) -> El {
    let list = use_shell().devices().list(DeviceKind::Speaker);
    let choose = move |device| {
        chosen.device.set(device);
        chosen.keep();
    };
    choose_device(("ring-on", aside_words().ring.ring_on), list, chosen.device.read_only(), choose)
        .hidden_when(move || list.with(Vec::is_empty))
}
