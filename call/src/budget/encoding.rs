//! What a sender is set to, in the terms of the W3C's `RTCRtpEncodingParameters` (webrtc section 5.2.5).

/// By what pictures are scaled down. Few steps, so that an encoder is not set anew for every pixel that a window grows.
const SCALES: [f64; 8] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];
/// A picture may have this many times the pixels it is wanted with before it is scaled down one step more: the next step
/// would be blurred where this one is only a little too sharp.
const GENEROUS: f64 = 1.25;

/// What is sent of one picture to one of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// It is sent at all.
    pub active: bool,
    /// Bits a second.
    pub max_bitrate: u32,
    /// Pixels in a frame, about (`max-fs`, RFC 8851 section 5).
    pub max_fs: u32,
    /// Frames a second.
    pub max_framerate: u32,
}

impl Encoding {
    /// `scaleResolutionDownBy` for a picture that is captured with so many pixels: at least 1.
    #[must_use]
    pub fn scale_down_by(self, captured: u32) -> f64 {
        let pixels = |scale: f64| f64::from(captured) / (scale * scale);
        let most = f64::from(self.max_fs) * GENEROUS;
        let [.., last] = SCALES;
        SCALES.into_iter().find(|scale| pixels(*scale) <= most).unwrap_or(last)
    }

    /// Nothing in it is less than in `other`, and something is more.
    pub(super) fn is_more_than(self, other: Self) -> bool {
        self != other
            && self.active == other.active
            && self.max_bitrate >= other.max_bitrate
            && self.max_fs >= other.max_fs
            && self.max_framerate >= other.max_framerate
    }
}

/// What is sent to one of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encodings {
    /// Bits a second for the voice.
    pub voice: u32,
    /// Bits a second for the sound of the shared screen.
    pub screen_sound: u32,
    /// The camera's picture.
    pub camera: Encoding,
    /// The shared screen.
    pub screen: Encoding,
}

impl Encodings {
    /// Bits a second, all together.
    #[must_use]
    pub fn bitrate(&self) -> u32 {
        let picture = |one: Encoding| if one.active { one.max_bitrate } else { 0 };
        [self.screen_sound, picture(self.camera), picture(self.screen)]
            .into_iter()
            .fold(self.voice, u32::saturating_add)
    }
}
