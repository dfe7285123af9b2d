//! What a connection sends: one section for the voice and one for the camera from the start, whatever is open now; two
//! more for a screen and its sound from the first time that one is shared.

use std::cell::{Cell, RefCell};

use call::Device;
use call::budget::{Encoding, Encodings, TOTAL, VOICE};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection,
};

use super::key_frame;
use crate::platform::js;

/// What is sent until it is shared out among several: the browser adapts downwards.
const UNSHARED: Encodings = Encodings {
    voice: VOICE,
    screen_sound: 0,
    camera: Encoding { active: true, max_bitrate: TOTAL - VOICE, max_fs: u32::MAX, max_framerate: 30 },
    screen: Encoding { active: false, max_bitrate: 0, max_fs: 0, max_framerate: 0 },
};
/// How many pixels a frame has whose size is not known.
const USUAL: u32 = 1_280 * 720;
/// What the camera's width and height are divided by in the beginning (`scaleResolutionDownBy`, webrtc section 5.2.5).
const HALF: f64 = 2.0;

/// The tracks of a shared screen.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// What is to be seen.
    pub(crate) picture: MediaStreamTrack,
    /// What is to be heard, if that is shared too.
    pub(crate) sound: Option<MediaStreamTrack>,
}

/// What a section carries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Voice,
    Camera,
    ScreenSound,
    Screen,
}

impl What {
    const fn kind(self) -> &'static str {
        match self {
            Self::Voice | Self::ScreenSound => "audio",
            Self::Camera | Self::Screen => "video",
        }
    }
}

const MAIN: [What; 2] = [What::Voice, What::Camera];
const OF_A_SCREEN: [What; 2] = [What::ScreenSound, What::Screen];

/// The sending ends, with the tracks they carry.
pub(crate) struct Ends {
    /// Names both main tracks as one, so that the far browser keeps lips and voice together (RFC 8830 section 2).
    stream: Option<MediaStream>,
    voice: RefCell<End>,
    camera: RefCell<End>,
    screen_sound: RefCell<End>,
    screen: RefCell<End>,
    /// Nothing is sent, whatever there is.
    held: Cell<bool>,
    /// The camera's picture is not made smaller (any more).
    full_picture: Cell<bool>,
    encodings: Cell<Encodings>,
}

#[derive(Default)]
struct End {
    track: Option<MediaStreamTrack>,
    sender: Option<RtcRtpSender>,
}

impl Ends {
    /// Ends that will carry these tracks.
    pub(crate) fn new(
        microphone: Option<MediaStreamTrack>,
        camera: Option<MediaStreamTrack>,
        shared: Option<&Shared>,
    ) -> Self {
        let end = |track| RefCell::new(End { track, sender: None });
        Self {
            stream: MediaStream::new().ok(),
            voice: end(microphone),
            camera: end(camera),
            screen_sound: end(shared.and_then(|shared| shared.sound.clone())),
            // Not by the track's own `clone`, which makes a second one that nobody would stop.
            screen: end(shared.map(|shared| Clone::clone(&shared.picture))),
            held: Cell::new(false),
            full_picture: Cell::new(false),
            encodings: Cell::new(UNSHARED),
        }
    }

    fn end(&self, what: What) -> &RefCell<End> {
        match what {
            What::Voice => &self.voice,
            What::Camera => &self.camera,
            What::ScreenSound => &self.screen_sound,
            What::Screen => &self.screen,
        }
    }

    /// Carries another track from now on.
    pub(super) fn send(&self, device: Device, track: Option<&MediaStreamTrack>) {
        match device {
            Device::Microphone => self.put(What::Voice, track),
            Device::Camera => self.put(What::Camera, track),
        }
        // Another camera has another size.
        self.limit();
    }

    /// Shares a screen from now on, or none. The first time needs a negotiation; after that the sections stay.
    pub(super) fn share(&self, connection: &RtcPeerConnection, shared: Option<&Shared>) {
        self.put(What::ScreenSound, shared.and_then(|shared| shared.sound.as_ref()));
        self.put(What::Screen, shared.map(|shared| &shared.picture));
        self.make_screen(connection);
        self.limit();
    }

    fn put(&self, what: What, track: Option<&MediaStreamTrack>) {
        let mut end = self.end(what).borrow_mut();
        end.track = track.cloned();
        end.attach(self.held.get());
    }

    /// Sends nothing and lets nothing be heard or seen from now on, or does again: without a negotiation, and without one
    /// that is under way in between.
    pub(super) fn hold(&self, connection: &RtcPeerConnection, on: bool) {
        self.held.set(on);
        MAIN.into_iter().chain(OF_A_SCREEN).for_each(|what| self.end(what).borrow().attach(on));
        sections(connection).for_each(|section| section.receiver().track().set_enabled(!on));
    }

    /// Sends so much from now on.
    pub(super) fn encode(&self, encodings: Encodings) {
        self.encodings.set(encodings);
        self.limit();
    }

    /// For the side that offers: adds the main sections, once, and then those of a screen that is shared.
    pub(super) fn make(&self, connection: &RtcPeerConnection) {
        MAIN.into_iter().for_each(|what| self.make_section(connection, what, "sendrecv"));
        self.make_screen(connection);
    }

    /// Adds the sections of a screen, behind the main ones and never without them.
    fn make_screen(&self, connection: &RtcPeerConnection) {
        if self.screen.borrow().track.is_some() && self.camera.borrow().sender.is_some() {
            OF_A_SCREEN.into_iter().for_each(|what| self.make_section(connection, what, "sendonly"));
        }
    }

    fn make_section(&self, connection: &RtcPeerConnection, what: What, direction: &str) {
        let encoding = js::object(&[]);
        self.set_limits(&encoding, what);
        let mut end = self.end(what).borrow_mut();
        if end.sender.is_some() {
            return;
        }
        let stream = self.stream.iter().filter(|_| MAIN.contains(&what));
        let init = js::object(&[
            ("direction", JsValue::from_str(direction)),
            ("streams", stream.collect::<Array>().into()),
            ("sendEncodings", Array::of1(&encoding).into()),
        ]);
        let transceiver = connection.add_transceiver_with_str_and_init(what.kind(), init.unchecked_ref());
        end.sender = Some(transceiver.sender());
        end.attach(self.held.get());
    }

    /// For the side that answers: sends in the main sections of the offer. Such sections of our own from an offer that was
    /// rolled back have no place in it and are given up; those of a screen wait for the next offer.
    pub(super) fn adopt(&self, connection: &RtcPeerConnection) {
        for transceiver in sections(connection) {
            let sender = transceiver.sender();
            let is_screen_s = |what: What| self.end(what).borrow().sender.as_ref() == Some(&sender);
            if OF_A_SCREEN.into_iter().any(is_screen_s) || is_further(connection, &transceiver) {
                continue;
            }
            if transceiver.mid().is_none() {
                transceiver.stop();
                continue;
            }
            let what = if transceiver.receiver().track().kind() == "audio" { What::Voice } else { What::Camera };
            let mut end = self.end(what).borrow_mut();
            if end.sender.as_ref() == Some(&sender) {
                continue;
            }
            transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            if let Some(stream) = &self.stream {
                js::call(&sender, "setStreams", &[stream]);
            }
            end.sender = Some(sender);
            end.attach(self.held.get());
        }
        self.make_screen(connection);
    }

    /// Sets the limits of senders that were not made with them.
    pub(super) fn limit(&self) {
        for what in MAIN.into_iter().chain(OF_A_SCREEN) {
            let sender = self.end(what).borrow().sender.clone();
            sender.into_iter().for_each(|sender| self.limit_sender(&sender, what));
        }
    }

    /// Sends the camera's picture as it is from now on.
    pub(super) fn send_full_picture(&self) {
        self.full_picture.set(true);
        self.limit();
    }

    /// Sends a key frame of each picture there is.
    pub(super) fn send_key_frame(&self) {
        for what in [What::Camera, What::Screen] {
            let end = self.end(what).borrow();
            if end.track.is_some() {
                end.sender.iter().for_each(key_frame::send);
            }
        }
    }

    fn limit_sender(&self, sender: &RtcRtpSender, what: What) {
        let parameters = sender.get_parameters();
        let encodings = Array::from(&js::field(&parameters, "encodings"));
        // Before the first negotiation Firefox has none; setting the parameters would be refused.
        if encodings.length() == 0 {
            return;
        }
        self.set_limits(&encodings.get(0), what);
        if what.kind() == "video" {
            let keep = if what == What::Screen { "maintain-resolution" } else { "balanced" };
            js::set(&parameters, "degradationPreference", &JsValue::from_str(keep));
        }
        js::ignore(sender.set_parameters_with_parameters(parameters.unchecked_ref()));
    }

    /// Fills in one `RTCRtpEncodingParameters`: the voice goes first where all compete, and everything has its share.
    fn set_limits(&self, encoding: &JsValue, what: What) {
        let Encodings { voice, screen_sound, camera, screen } = self.encodings.get();
        let number = |name, value: f64| js::set(encoding, name, &JsValue::from_f64(value));
        let first = if self.full_picture.get() { 1.0 } else { HALF };
        match what {
            What::Voice => {
                js::set(encoding, "priority", &JsValue::from_str("high"));
                number("maxBitrate", f64::from(voice));
            }
            What::ScreenSound => number("maxBitrate", f64::from(screen_sound.max(1))),
            What::Camera => self.set_picture(encoding, what, camera, first),
            What::Screen => self.set_picture(encoding, what, screen, 1.0),
        }
    }

    fn set_picture(&self, encoding: &JsValue, what: What, share: Encoding, at_least: f64) {
        let captured = self.end(what).borrow().pixels().unwrap_or(USUAL);
        js::set(encoding, "active", &share.active.into());
        let numbers = [
            ("maxBitrate", f64::from(share.max_bitrate.max(1))),
            ("maxFramerate", f64::from(share.max_framerate.max(1))),
            ("scaleResolutionDownBy", share.scale_down_by(captured).max(at_least)),
        ];
        numbers.into_iter().for_each(|(name, value)| js::set(encoding, name, &JsValue::from_f64(value)));
    }
}

/// Whether another section of the same kind stands before this one: the first two are voice and camera, and what comes
/// after them is a shared screen.
pub(super) fn is_further(connection: &RtcPeerConnection, transceiver: &RtcRtpTransceiver) -> bool {
    let kind = |one: &RtcRtpTransceiver| one.receiver().track().kind();
    let mut before = sections(connection).take_while(|one| one != transceiver).filter(|one| one.mid().is_some());
    before.any(|one| kind(&one) == kind(transceiver))
}

fn sections(connection: &RtcPeerConnection) -> impl Iterator<Item = RtcRtpTransceiver> {
    let all: Vec<_> = connection.get_transceivers().iter().filter_map(|it| it.dyn_into().ok()).collect();
    all.into_iter()
}

impl End {
    /// How many pixels a frame of its picture has.
    fn pixels(&self) -> Option<u32> {
        let settings = js::call(self.track.as_ref()?, "getSettings", &[])?;
        let side = |name| js::field(&settings, name).as_f64();
        Some((side("width")? * side("height")?) as u32)
    }

    fn attach(&self, held: bool) {
        if let Some(sender) = &self.sender {
            js::ignore(sender.replace_track(self.track.as_ref().filter(|_| !held)));
        }
    }
}
