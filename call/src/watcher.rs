//! Watches over a person's own side of a call and says when something is wrong that they cannot notice themselves: that
//! nobody hears them, that their camera sees nothing.
//!
//! The page measures and tells [`Watcher::observe`] a few times a second, in plain numbers; what comes of it is one piece
//! of [`Advice`] at a time, the most urgent. Each must last before it is given and must be gone for a while before it is
//! taken back, so that nothing flutters; one that was put away stays away for a while.

mod ear;
mod lasting;
#[cfg(test)]
mod tests;

use std::time::Duration;

use self::ear::Ear;
use self::lasting::Lasting;
use crate::Time;
use crate::quality::Weak;

/// What has been put away does not come back for so long, and not before it was gone once.
const PEACE: Duration = Duration::from_secs(120);

/// Below this (root mean square, 1 is full scale) a microphone hears nothing at all: the quietest room is louder than a
/// hundredth of the smallest step of 16 bits, and a microphone that is switched off gives zeros.
const NOTHING: f64 = 1e-6;
/// A camera gives several pictures a second, in the dark too.
const STILL: Duration = Duration::from_secs(1);
/// A picture at most this bright, on a scale of 0 to 1, with at most that much difference in it, is a covered lens or a
/// dark room: limited-range black is 0.06.
const DARK: f64 = 0.09;
const PLAIN: f64 = 0.03;

/// Something that a person should know; the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// The browser plays no sound before the person has clicked.
    Blocked,
    /// The microphone is open and hears nothing: it is switched off at the device or by the system.
    Silent,
    /// They talk while muted.
    TalkingMuted,
    /// Nothing new comes from the camera.
    Frozen,
    /// The camera sees nothing: it is covered, or the room is dark.
    Dark,
    /// This machine does not keep up with sending the picture.
    Overload,
    /// This side's network is weak.
    Network,
    /// This side's network is weak in the one direction: what is sent arrives badly.
    Uplink,
    /// The microphone hears a lot that is not speech.
    Noisy,
    /// A device was plugged in.
    NewDevice,
}

impl Advice {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 10] = [
        Self::Blocked,
        Self::Silent,
        Self::TalkingMuted,
        Self::Frozen,
        Self::Dark,
        Self::Overload,
        Self::Network,
        Self::Uplink,
        Self::Noisy,
        Self::NewDevice,
    ];

    /// A name to keep a person's choice under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Silent => "silent",
            Self::TalkingMuted => "talking-muted",
            Self::Frozen => "frozen",
            Self::Dark => "dark",
            Self::Overload => "overload",
            Self::Network => "network",
            Self::Uplink => "uplink",
            Self::Noisy => "noisy",
            Self::NewDevice => "new-device",
        }
    }

    /// How long it must last before it is given, and be gone before it is taken back.
    const fn patience(self) -> (Duration, Duration) {
        let (on, off) = match self {
            Self::Blocked => (0, 0),
            // A microphone needs a moment to begin.
            Self::Silent => (6_000, 200),
            // An ear hears speech for 0.6 s longer than it lasts (see `Ear`): gone after a second.
            Self::TalkingMuted => (3_000, 400),
            // After `STILL`.
            Self::Frozen => (4_000, 500),
            Self::Dark => (5_000, 1_000),
            // Browsers look at this every few seconds, and begin every picture with too much or too little.
            Self::Overload => (10_000, 10_000),
            // The phone has waited already.
            Self::Network | Self::Uplink => (0, 0),
            Self::Noisy => (8_000, 4_000),
            // Until it is used, put away, pulled out, or some time has passed.
            Self::NewDevice => (0, 20_000),
        };
        (Duration::from_millis(on), Duration::from_millis(off))
    }
}

/// What the page has measured at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observed {
    /// The page can be seen. Of a hidden page browsers measure little and draw nothing: devices are left alone then.
    pub visible: bool,
    /// The open microphone; `None` when there is none or it cannot be listened to.
    pub microphone: Option<Heard>,
    /// The open camera; `None` when there is none.
    pub camera: Option<Seen>,
    /// The browser plays no sound before the person has clicked.
    pub blocked: bool,
    /// A picture is sent smaller or less often than it could be because of this machine.
    pub overload: bool,
    /// This side's network is weak, and in which direction.
    pub weak: Option<Weak>,
    /// A device has just been plugged in.
    pub plugged_in: bool,
}

/// What a microphone hears.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// Root mean square of the samples, 1 is full scale.
    pub loudness: f64,
    /// The person has muted it.
    pub muted: bool,
    /// The system or the device gives nothing (`MediaStreamTrack.muted`, mediacapture-streams section 4.3.1).
    pub stopped: bool,
}

/// What a camera sees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// How bright it is on average, 0 to 1.
    pub brightness: f64,
    /// How much the brightness differs from place to place: the standard deviation.
    pub contrast: f64,
    /// How many pictures have come so far.
    pub frames: f64,
}

/// Watches; see the module.
#[derive(Clone, Debug)]
pub struct Watcher {
    ear: Ear,
    /// How many pictures had come when one came last, and when.
    pictures: Option<(f64, Time)>,
    signs: [Sign; Advice::ALL.len()],
}

/// One thing that is watched.
#[derive(Clone, Copy, Debug)]
struct Sign {
    about: Advice,
    lasting: Lasting,
    on: bool,
    /// Put away, and when.
    away: Option<Time>,
}

impl Sign {
    fn observe(&mut self, now: Time, holds: bool) {
        self.lasting.observe(now, holds, self.about.patience());
        if !self.lasting.is() && self.away.is_some_and(|since| now.since(since) >= PEACE) {
            self.away = None;
        }
    }

    const fn speaks(&self) -> bool {
        self.on && self.lasting.is() && self.away.is_none()
    }
}

impl Default for Watcher {
    fn default() -> Self {
        let signs = Advice::ALL.map(|about| Sign { about, lasting: Lasting::default(), on: true, away: None });
        Self { ear: Ear::default(), pictures: None, signs }
    }
}

impl Watcher {
    /// Takes in what was measured.
    pub fn observe(&mut self, now: Time, seen: &Observed) {
        let microphone = seen.microphone.filter(|_| seen.visible);
        let camera = seen.camera.filter(|_| seen.visible);
        self.ear.listen(now, microphone.filter(|heard| !heard.stopped).map(|heard| heard.loudness));
        let still = self.stands_still(now, camera);
        let muted = microphone.is_some_and(|heard| heard.muted);
        let heard = microphone.filter(|heard| !heard.muted);
        for sign in &mut self.signs {
            let holds = match sign.about {
                Advice::Blocked => seen.blocked,
                Advice::Silent => heard.is_some_and(|heard| heard.stopped || heard.loudness < NOTHING),
                Advice::TalkingMuted => muted && self.ear.hears_speech(now),
                Advice::Frozen => still,
                Advice::Dark => camera.is_some_and(|camera| camera.brightness < DARK && camera.contrast < PLAIN),
                Advice::Overload => seen.overload,
                Advice::Network => seen.weak == Some(Weak::Receiving),
                Advice::Uplink => seen.weak == Some(Weak::Sending),
                Advice::Noisy => heard.is_some() && self.ear.is_in_noise(),
                Advice::NewDevice => seen.plugged_in,
            };
            sign.observe(now, holds);
        }
    }

    /// Whether no picture has come for a while. Pictures may be counted less often than everything else is measured.
    fn stands_still(&mut self, now: Time, camera: Option<Seen>) -> bool {
        let Some(Seen { frames, .. }) = camera else {
            self.pictures = None;
            return false;
        };
        match self.pictures {
            Some((before, came)) if before == frames => now.since(came) >= STILL,
            _ => {
                self.pictures = Some((frames, now));
                false
            }
        }
    }

    /// What the person should be told now.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        self.signs.iter().find(|sign| sign.speaks()).map(|sign| sign.about)
    }

    /// The person has put it away, or followed it.
    pub fn put_away(&mut self, now: Time, advice: Advice) {
        for sign in self.signs.iter_mut().filter(|sign| sign.about == advice) {
            match advice {
                // The next device is another one.
                Advice::NewDevice => sign.lasting = Lasting::default(),
                _ => sign.away = Some(now),
            }
        }
    }

    /// Watches over this or not.
    pub fn switch(&mut self, advice: Advice, on: bool) {
        self.signs.iter_mut().filter(|sign| sign.about == advice).for_each(|sign| sign.on = on);
    }
}
