//! The receiving side: how large the others are seen here, said in few steps and only when it lasts.

use std::time::Duration;

use protocol::{DeviceId, MaxFs};

use crate::{PeerKey, Time};

/// What is asked for, in pixels of a frame: nothing, and 16 by 9 from 320 wide to 1920.
const STEPS: [u32; 7] = [0, 320 * 180, 480 * 270, 640 * 360, 960 * 540, 1_280 * 720, 1_920 * 1_080];
/// A picture shown with up to this much more than a step has (a quarter) is not worth the next one.
const GENEROUS: f64 = 1.25;
/// How long it must be seen smaller until less is asked for. Shorter, and who only looks into another tab comes back to a
/// blurred picture.
const LASTS: Duration = Duration::from_millis(1_500);

/// How large one of the others is seen at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose pictures they are.
    pub device: DeviceId,
    /// The connection: with another one, they have to be told anew.
    pub peer: PeerKey,
    /// In physical pixels, width times height; 0 for what is not to be seen.
    pub pixels: MaxFs,
}

struct Wish {
    device: DeviceId,
    peer: PeerKey,
    told: MaxFs,
    less_since: Option<Time>,
}

/// What the others were asked for.
#[derive(Default)]
pub struct Wishes {
    told: Vec<Wish>,
    online: bool,
}

impl Wishes {
    /// Says whom to ask for something else `now`. While the relay is away nobody can be asked; once it is back, everybody
    /// is asked again, because it may have lost what was on its way.
    pub fn look(&mut self, now: Time, online: bool, seen: &[Seen]) -> Vec<(DeviceId, MaxFs)> {
        if online && !self.online {
            self.told.clear();
        }
        self.online = online;
        if !online {
            return Vec::new();
        }
        self.told.retain(|wish| seen.iter().any(|one| one.device == wish.device && one.peer == wish.peer));
        seen.iter().filter_map(|one| self.ask(now, one)).collect()
    }

    fn ask(&mut self, now: Time, seen: &Seen) -> Option<(DeviceId, MaxFs)> {
        let known = self.told.iter_mut().find(|wish| wish.device == seen.device);
        let Some(wish) = known else {
            let told = MaxFs { camera: step(seen.pixels.camera, 0), screen: step(seen.pixels.screen, 0) };
            let (device, peer) = (seen.device.clone(), seen.peer);
            self.told.push(Wish { device: device.clone(), peer, told, less_since: None });
            return Some((device, told));
        };
        let told = wish.take(now, seen.pixels)?;
        Some((seen.device.clone(), told))
    }
}

impl Wish {
    /// More is asked for at once, less when it has lasted.
    fn take(&mut self, now: Time, pixels: MaxFs) -> Option<MaxFs> {
        let before = self.told;
        let next = MaxFs { camera: step(pixels.camera, before.camera), screen: step(pixels.screen, before.screen) };
        let less = next.camera < before.camera || next.screen < before.screen;
        let since = less.then(|| self.less_since.unwrap_or(now));
        self.less_since = since.filter(|since| now.since(*since) < LASTS);
        self.told = if self.less_since.is_some() {
            MaxFs { camera: next.camera.max(before.camera), screen: next.screen.max(before.screen) }
        } else {
            next
        };
        (self.told != before).then_some(self.told)
    }
}

/// The step for a picture of so many pixels. One below the step that was told must be clearly below: a window on the
/// border does not come and go.
fn step(pixels: u32, told: u32) -> u32 {
    let [.., largest] = STEPS;
    let fits = |step: u32| {
        let most = f64::from(step) * if step < told { 1.0 } else { GENEROUS };
        f64::from(pixels) <= most
    };
    STEPS.into_iter().find(|step| fits(*step)).unwrap_or(largest)
}
