//! The sending side: what each of the others gets.

use std::time::Duration;

use protocol::MaxFs;

use super::{Encoding, Encodings};
use crate::{PeerKey, Time};

/// Bits a second that a device sends in a call, to everybody together.
pub const TOTAL: u32 = 2_000_000;
/// Bits a second for a voice. Opus is transparent for speech well below (RFC 7587 section 3.1.1 has 28 to 40 kb/s for
/// fullband speech), so more would be taken from the pictures for nothing.
pub const VOICE: u32 = 40_000;
/// Bits a second for the sound of a shared screen, which may be music.
const SCREEN_SOUND: u32 = 64_000;
/// What a picture costs at 30 frames a second, in bits a second: so much, and so much for each pixel. With these, 320 by
/// 180 comes to 155 kb/s, 640 by 360 to 500 kb/s and 1280 by 720 to 1.9 Mb/s.
const PICTURE: u32 = 40_000;
const PIXEL: u32 = 2;
/// Larger pictures than 1920 by 1080 are sent to nobody.
const LARGEST: u32 = 1_920 * 1_080;
/// Smaller ones than 160 by 90 show nobody's face.
const SMALLEST: u32 = 160 * 90;
/// Of what there is for pictures, this part is for faces while a screen is shared: one in so many.
const FACES_BESIDE_A_SCREEN: u32 = 4;
/// How long there must be more to spend before more is sent. Shorter, and somebody who joins and leaves at once makes
/// everybody's picture jump twice.
const RISE_AFTER: Duration = Duration::from_secs(2);

/// What this device sends to everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// The camera's picture.
    pub camera: bool,
    /// A screen.
    pub screen: bool,
}

/// One of the others, who receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The connection.
    pub peer: PeerKey,
    /// How large they show it; `None` if they have not said.
    pub wanted: Option<MaxFs>,
}

impl Receiver {
    fn camera(&self) -> u32 {
        self.wanted.map_or(LARGEST, |wanted| wanted.camera.min(LARGEST))
    }

    fn screen(&self) -> u32 {
        self.wanted.map_or(LARGEST, |wanted| wanted.screen.min(LARGEST))
    }
}

struct Given {
    peer: PeerKey,
    encodings: Encodings,
    /// Since when there is more to spend on them.
    more_since: Option<Time>,
}

/// What everybody gets, kept steady.
#[derive(Default)]
pub struct Budget {
    given: Vec<Given>,
}

impl Budget {
    /// Shares out what there is as things stand `now`. Returns what changes, what becomes less first: set in this order,
    /// the sum is never over [`TOTAL`].
    pub fn share(&mut self, now: Time, sending: Sending, receivers: &[Receiver]) -> Vec<(PeerKey, Encodings)> {
        self.given.retain(|given| receivers.iter().any(|one| one.peer == given.peer));
        let mut changes = Vec::new();
        for (receiver, fair) in receivers.iter().zip(fair_shares(sending, receivers)) {
            let before = match self.given.iter_mut().find(|given| given.peer == receiver.peer) {
                Some(given) => given.take(now, fair),
                None => {
                    self.given.push(Given { peer: receiver.peer, encodings: fair, more_since: None });
                    Some(Encodings::default())
                }
            };
            changes.extend(before.map(|before| (before, receiver.peer)));
        }
        let change = |(before, peer): (Encodings, PeerKey)| {
            let encodings = self.given.iter().find(|given| given.peer == peer)?.encodings;
            Some((i64::from(encodings.bitrate()) - i64::from(before.bitrate()), (peer, encodings)))
        };
        let mut changes: Vec<_> = changes.into_iter().filter_map(change).collect();
        changes.sort_by_key(|(more, _)| *more);
        changes.into_iter().map(|(_, change)| change).collect()
    }

    /// When to look again at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.given.iter().filter_map(|given| given.more_since).min().map(|since| since + RISE_AFTER)
    }
}

impl Given {
    /// Takes what is fair: less at once, more when it has lasted, and at once what was not to be seen until now. Returns
    /// what was before, if it changes.
    fn take(&mut self, now: Time, fair: Encodings) -> Option<Encodings> {
        let (camera, screen) = (self.encodings.camera, self.encodings.screen);
        let waits = fair.camera.is_more_than(camera) || fair.screen.is_more_than(screen);
        let since = waits.then(|| self.more_since.unwrap_or(now));
        self.more_since = since.filter(|since| now.since(*since) < RISE_AFTER);
        let held = self.more_since.is_some();
        let steady = |fair: Encoding, given: Encoding| if held && fair.is_more_than(given) { given } else { fair };
        let next = Encodings { camera: steady(fair.camera, camera), screen: steady(fair.screen, screen), ..fair };
        let before = std::mem::replace(&mut self.encodings, next);
        (before != next).then_some(before)
    }
}

/// What is right for each of the receivers, in their order.
fn fair_shares(sending: Sending, receivers: &[Receiver]) -> Vec<Encodings> {
    let count = u32::try_from(receivers.len()).unwrap_or(u32::MAX).max(1);
    let voice = VOICE.min(TOTAL / 2 / count);
    let screen_sound = if sending.screen { SCREEN_SOUND.min(TOTAL / 4 / count) } else { 0 };
    let pool = TOTAL.saturating_sub((voice + screen_sound).saturating_mul(count));
    let wants = |is_sent: bool, fs: fn(&Receiver) -> u32| -> Vec<u32> {
        receivers.iter().map(|receiver| if is_sent { cost(fs(receiver)) } else { 0 }).collect()
    };
    let (cameras, screens) = (wants(sending.camera, Receiver::camera), wants(sending.screen, Receiver::screen));
    let beside_screens = pool.saturating_sub(sum(&screens)).max(pool / FACES_BESIDE_A_SCREEN);
    let for_cameras = sum(&cameras).min(beside_screens);
    let cameras = fill(for_cameras, &cameras);
    let screens = fill(pool.saturating_sub(for_cameras), &screens);
    let shares = receivers.iter().zip(cameras.into_iter().zip(screens));
    let encodings = shares.map(|(receiver, (camera, screen))| Encodings {
        voice,
        screen_sound,
        camera: face(camera, receiver.camera()),
        screen: page(screen, receiver.screen()),
    });
    encodings.collect()
}

fn cost(max_fs: u32) -> u32 {
    if max_fs == 0 { 0 } else { PICTURE.saturating_add(max_fs.saturating_mul(PIXEL)) }
}

fn sum(costs: &[u32]) -> u32 {
    costs.iter().fold(0, |sum, cost| sum.saturating_add(*cost))
}

/// Gives everyone the same, and nobody more than they want: what the modest leave is for the others.
fn fill(pool: u32, wants: &[u32]) -> Vec<u32> {
    let mut modest_first: Vec<(usize, u32)> = wants.iter().copied().enumerate().collect();
    modest_first.sort_by_key(|(_, want)| *want);
    let mut left = pool;
    let mut given = vec![0; wants.len()];
    for (done, (place, want)) in modest_first.into_iter().enumerate() {
        let waiting = u32::try_from(wants.len().saturating_sub(done)).unwrap_or(u32::MAX).max(1);
        let share = want.min(left / waiting);
        left = left.saturating_sub(share);
        if let Some(given) = given.get_mut(place) {
            *given = share;
        }
    }
    given
}

/// A face: as large as the rate allows, for it has to move.
fn face(max_bitrate: u32, wanted: u32) -> Encoding {
    if max_bitrate == 0 {
        return Encoding::default();
    }
    let affordable = max_bitrate.saturating_sub(PICTURE) / PIXEL;
    let max_framerate = match max_bitrate {
        250_000.. => 30,
        100_000.. => 20,
        _ => 12,
    };
    Encoding { active: true, max_bitrate, max_fs: affordable.min(wanted).max(SMALLEST), max_framerate }
}

/// A shared screen: as sharp as it is wanted, for it has to be read. What the rate does not carry is taken from how often
/// it is sent.
fn page(max_bitrate: u32, wanted: u32) -> Encoding {
    if max_bitrate == 0 {
        return Encoding::default();
    }
    let max_framerate = if max_bitrate >= 500_000 { 15 } else { 8 };
    Encoding { active: true, max_bitrate, max_fs: wanted.max(SMALLEST), max_framerate }
}
