//! Keeps an eye on how good the call is: asks the browser every second, tells the others every ten, and says whose
//! connection is weak.

use std::time::Duration;

use protocol::{DeviceId, QualityUpdate, Received, ReportQuality};

use crate::hands::Hands;
use crate::quality::{LATELY, Quality, Reading, Whose};
use crate::{CallView, OtherView, PeerCommand, PeerKey, Time};

/// How often the browser is asked.
const READINGS: Duration = Duration::from_secs(1);
/// The same while nothing arrives, so that whatever comes after it is seen at once.
const READINGS_IN_A_GAP: Duration = Duration::from_millis(250);
/// The others are told every [`LATELY`]. The first report comes sooner, so that something is known of short calls too; a
/// relay passes on one in five seconds at most.
const FIRST_REPORT: Duration = Duration::from_secs(5);

/// How good the call is that this device is in.
#[derive(Default)]
pub(crate) struct Watch {
    quality: Quality,
    /// Who was asked about and not yet answered. A browser that is slow is not asked once more.
    asked: Vec<PeerKey>,
    /// When to ask and when to report next, while media flows with anybody.
    due: Option<Due>,
}

#[derive(Clone, Copy)]
struct Due {
    reading: Time,
    report: Time,
}

impl Watch {
    pub(crate) fn deadline(&self) -> Option<Time> {
        self.due.map(|due| due.reading)
    }

    /// Takes in how one of the others is received, if that was asked.
    pub(crate) fn take(&mut self, now: Time, key: PeerKey, reading: Option<Reading>) {
        if let Some(place) = self.asked.iter().position(|asked| *asked == key) {
            self.asked.swap_remove(place);
            if let Some(reading) = reading {
                if let Some(due) = self.due.as_mut().filter(|_| reading.gap) {
                    due.reading = due.reading.min(now + READINGS_IN_A_GAP);
                }
                self.quality.take(key, reading);
            }
        }
    }

    /// Takes in what one of the others in `call` says of how they receive everybody; `own` is this side's device.
    pub(crate) fn hear(&mut self, now: Time, call: &CallView, own: &DeviceId, update: &QualityUpdate) {
        let who = call.others.iter().find(|other| other.device == update.device && call.call_id == update.call_id);
        if let Some(who) = who {
            self.quality.hear(now, who.peer, own, &update.received);
        }
    }

    /// Does what is due in the call as it is now. `known` says that the relay knows of this side in it.
    pub(crate) fn look(&mut self, now: Time, hands: &mut Hands, call: &CallView, known: bool) {
        let is_there = |key| call.others.iter().any(|other| other.peer == key);
        self.quality.retain(is_there);
        self.quality.forget_stale(now);
        self.asked.retain(|key| is_there(*key));
        if call.is_on_hold() || !call.others.iter().any(|other| other.readable) {
            self.due = None;
            return;
        }
        let mut due = self.due.unwrap_or(Due { reading: now + READINGS, report: now + FIRST_REPORT });
        if due.reading <= now {
            due.reading = now + READINGS;
            self.ask(hands, call);
        }
        if due.report <= now {
            due.report = now + LATELY;
            if known && hands.link.is_online() {
                self.report(hands, call);
            }
        }
        self.due = Some(due);
    }

    fn ask(&mut self, hands: &mut Hands, call: &CallView) {
        for other in call.others.iter().filter(|other| other.readable) {
            if !self.asked.contains(&other.peer) {
                self.asked.push(other.peer);
                let media = other.media;
                let expected = media.microphone || media.camera || media.screen;
                hands.peer(other.peer, PeerCommand::ReadStats { expected });
            }
        }
    }

    fn report(&self, hands: &mut Hands, call: &CallView) {
        let received = |other: &OtherView| {
            Some(Received { from: other.device.clone(), figures: self.quality.of(other.peer)?.lately })
        };
        let received: Vec<Received> = call.others.iter().filter_map(received).collect();
        if !received.is_empty() {
            hands.request(ReportQuality { call_id: call.call_id.clone(), received });
        }
    }

    /// Marks whose connection is weak, and how this side is received. Of a connection that is lost altogether the call
    /// speaks in other words.
    pub(crate) fn mark(&self, call: &mut CallView) {
        if call.is_on_hold() {
            return;
        }
        for other in call.others.iter_mut().filter(|other| other.connected) {
            other.receives = self.quality.received_by(other.peer);
        }
        match self.quality.whose() {
            Whose::Nobodys => {}
            Whose::Mine(weak) => call.weak = Some(weak),
            Whose::Theirs(keys) => {
                for other in &mut call.others {
                    other.weak = other.connected && keys.contains(&other.peer);
                }
            }
        }
    }
}
