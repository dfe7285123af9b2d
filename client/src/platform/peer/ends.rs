//! What a connection sends: one audio and one video section from the start, whatever is open now.

use std::cell::{Cell, RefCell};

use call::Device;
use call::budget::{Encoding, Encodings, TOTAL, VOICE};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection,
};

use crate::platform::js;

/// What is sent until it is shared out among several: the browser adapts downwards.
const UNSHARED: Encodings = Encodings {
    voice: VOICE,
    screen_sound: 0,
    camera: Encoding { active: true, max_bitrate: TOTAL - VOICE, max_fs: u32::MAX, max_framerate: 30 },
    screen: Encoding { active: false, max_bitrate: 0, max_fs: 0, max_framerate: 0 },
};
/// How many pixels a camera's frame has that does not say.
const USUAL: u32 = 1_280 * 720;
/// What the camera's width and height are divided by in the beginning (`scaleResolutionDownBy`, webrtc section 5.2.5).
const HALF: f64 = 2.0;

/// The two sending ends, with the tracks they carry.
pub(crate) struct Ends {
    /// Names both tracks as one, so that the far browser keeps lips and voice together (RFC 8830 section 2).
    stream: Option<MediaStream>,
    microphone: RefCell<End>,
    camera: RefCell<End>,
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
    pub(crate) fn new(microphone: Option<MediaStreamTrack>, camera: Option<MediaStreamTrack>) -> Self {
        let end = |track| RefCell::new(End { track, sender: None });
        Self {
            stream: MediaStream::new().ok(),
            microphone: end(microphone),
            camera: end(camera),
            full_picture: Cell::new(false),
            encodings: Cell::new(UNSHARED),
        }
    }

    fn end(&self, device: Device) -> &RefCell<End> {
        match device {
            Device::Microphone => &self.microphone,
            Device::Camera => &self.camera,
        }
    }

    /// Carries another track from now on.
    pub(super) fn send(&self, device: Device, track: Option<&MediaStreamTrack>) {
        let mut end = self.end(device).borrow_mut();
        end.track = track.cloned();
        end.attach();
        drop(end);
        // Another camera has another size.
        self.limit();
    }

    /// Sends so much from now on.
    pub(super) fn encode(&self, encodings: Encodings) {
        self.encodings.set(encodings);
        self.limit();
    }

    /// For the side that offers: adds both sections, once.
    pub(super) fn make(&self, connection: &RtcPeerConnection) {
        for device in [Device::Microphone, Device::Camera] {
            let mut end = self.end(device).borrow_mut();
            if end.sender.is_none() {
                let init = js::object(&[
                    ("direction", JsValue::from_str("sendrecv")),
                    ("streams", self.stream.iter().collect::<Array>().into()),
                    ("sendEncodings", Array::of1(&self.encoding(device)).into()),
                ]);
                let transceiver = connection.add_transceiver_with_str_and_init(kind(device), init.unchecked_ref());
                end.sender = Some(transceiver.sender());
                end.attach();
            }
        }
    }

    /// For the side that answers: sends in the sections of the offer. Sections of our own from an offer that was rolled
    /// back have no place in it and are given up.
    pub(super) fn adopt(&self, connection: &RtcPeerConnection) {
        for transceiver in connection.get_transceivers().iter().filter_map(|it| it.dyn_into::<RtcRtpTransceiver>().ok())
        {
            if transceiver.mid().is_none() {
                transceiver.stop();
                continue;
            }
            let device =
                if transceiver.receiver().track().kind() == "audio" { Device::Microphone } else { Device::Camera };
            let mut end = self.end(device).borrow_mut();
            let sender = transceiver.sender();
            if end.sender.as_ref() == Some(&sender) {
                continue;
            }
            transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            if let Some(stream) = &self.stream {
                js::call(&sender, "setStreams", &[stream]);
            }
            end.sender = Some(sender);
            end.attach();
        }
    }

    /// Sets the limits of senders that were not made with them.
    pub(super) fn limit(&self) {
        for device in [Device::Microphone, Device::Camera] {
            if let Some(sender) = &self.end(device).borrow().sender {
                self.limit_sender(sender, device);
            }
        }
    }

    /// Sends the camera's picture as it is from now on.
    pub(super) fn send_full_picture(&self) {
        self.full_picture.set(true);
        self.limit();
    }

    fn limit_sender(&self, sender: &RtcRtpSender, device: Device) {
        let parameters = sender.get_parameters();
        let encodings = Array::from(&js::field(&parameters, "encodings"));
        // Before the first negotiation Firefox has none; setting the parameters would be refused.
        if encodings.length() == 0 {
            return;
        }
        self.set_limits(&encodings.get(0), device);
        if device == Device::Camera {
            js::set(&parameters, "degradationPreference", &JsValue::from_str("balanced"));
        }
        js::ignore(sender.set_parameters_with_parameters(parameters.unchecked_ref()));
    }

    /// One `RTCRtpEncodingParameters`: sound goes first where both compete, and pictures have a limit.
    fn encoding(&self, device: Device) -> JsValue {
        let encoding = js::object(&[]);
        self.set_limits(&encoding, device);
        encoding.into()
    }

    fn set_limits(&self, encoding: &JsValue, device: Device) {
        let Encodings { voice, camera, .. } = self.encodings.get();
        let number = |name, value: f64| js::set(encoding, name, &JsValue::from_f64(value));
        match device {
            Device::Microphone => {
                js::set(encoding, "priority", &JsValue::from_str("high"));
                number("maxBitrate", f64::from(voice));
            }
            Device::Camera => {
                let captured = self.camera.try_borrow().ok().and_then(|end| end.pixels()).unwrap_or(USUAL);
                let first = if self.full_picture.get() { 1.0 } else { HALF };
                js::set(encoding, "active", &camera.active.into());
                number("maxBitrate", f64::from(camera.max_bitrate));
                number("maxFramerate", f64::from(camera.max_framerate));
                number("scaleResolutionDownBy", camera.scale_down_by(captured).max(first));
            }
        }
    }
}

/// Whether another section of the same kind stands before this one: the first two are voice and camera, and what comes
/// after them is a shared screen.
pub(super) fn is_further(connection: &RtcPeerConnection, transceiver: &RtcRtpTransceiver) -> bool {
    let kind = |one: &RtcRtpTransceiver| one.receiver().track().kind();
    let before = sections(connection).take_while(|one| one != transceiver);
    before.filter(|one| one.mid().is_some()).any(|one| kind(&one) == kind(transceiver))
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

    fn attach(&self) {
        if let Some(sender) = &self.sender {
            js::ignore(sender.replace_track(self.track.as_ref()));
        }
    }
}

const fn kind(device: Device) -> &'static str {
    match device {
        Device::Microphone => "audio",
        Device::Camera => "video",
    }
}
