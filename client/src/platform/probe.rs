//! What "Can I call?" tries: sockets, candidates, a call of the page with itself, a sound, a recording. Each try ends by itself,
//! leaves nothing open, and says what came of it in plain numbers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use call::quality::{Line, Sample};
use js_sys::{Array, Promise, Reflect, Uint8Array};
use protocol::IceServer;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAudioElement, MediaStream, MediaStreamTrack, RtcPeerConnection, WebSocket};

use super::clock::now;
use super::listener::Listener;
use super::notes::{self, C5, E5, G5, Score, note};
use super::peer::{configuration, read};
use super::{js, socket, window};
use crate::find::has;

/// How often it is looked whether something has come, in milliseconds.
const LOOK: i32 = 50;
/// So long a socket or a path is waited for, in milliseconds.
const PATIENCE: i32 = 8_000;
/// What a TURN server answers to a name and a password that it does not know (RFC 8489 section 14.8).
const UNAUTHORIZED: f64 = 401.0;
/// A sound to be recognised: three notes that rise.
const SOUND: Score =
    Score { length: 1.6, notes: &[note(0.0, C5, 0.22, 0.30), note(0.3, E5, 0.22, 0.30), note(0.6, G5, 0.34, 0.32)] };

/// What a call needs and this browser does not have, by the names of the web's standards.
pub(crate) fn lacking() -> Vec<&'static str> {
    let (page, navigator) = (window(), window().navigator());
    let devices = js::field(&navigator, "mediaDevices");
    let needed = [
        ("RTCPeerConnection", js::field(&page, "RTCPeerConnection")),
        ("WebSocket", js::field(&page, "WebSocket")),
        ("AudioContext", js::field(&page, "AudioContext")),
        ("MediaRecorder", js::field(&page, "MediaRecorder")),
        ("getUserMedia", js::field(&devices, "getUserMedia")),
    ];
    needed.into_iter().filter(|(_, there)| there.is_undefined()).map(|(name, _)| name).collect()
}

/// Lets so many milliseconds pass.
pub(crate) async fn pause(millis: i32) {
    let passed = Promise::new(&mut |done, _| {
        // Refused by no browser that runs this page.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
    });
    let _ = js::settled(passed).await;
}

/// Waits until it is so, at most so many milliseconds. Whether it is.
pub(crate) async fn until(millis: i32, is_so: impl Fn() -> bool) -> bool {
    let mut left = millis;
    while !is_so() && left > 0 {
        pause(LOOK).await;
        left -= LOOK;
    }
    is_so()
}

/// Opens a socket to the relay and closes it again; in how many milliseconds it was open.
pub(crate) async fn open_socket() -> Option<f64> {
    let began = now();
    let socket = WebSocket::new(&socket::address()).ok()?;
    let ended = || socket.ready_state() != WebSocket::CONNECTING;
    until(PATIENCE, ended).await;
    let open = socket.ready_state() == WebSocket::OPEN;
    let took = now().since(began).as_secs_f64() * 1_000.0;
    let _ = socket.close();
    open.then_some(took)
}

/// A connection that is closed when it is dropped.
struct Connection(RtcPeerConnection);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Connection {
    fn new(servers: &[IceServer], relay_only: bool) -> Option<Self> {
        RtcPeerConnection::new_with_configuration(&configuration(servers, relay_only)).ok().map(Self)
    }

    fn is(&self, field: &str, state: &str) -> bool {
        js::text(&self.0, field).as_deref() == Some(state)
    }

    /// Its description with what was gathered so far.
    fn description(&self) -> JsValue {
        js::field(&self.0, "localDescription")
    }

    fn has_candidate(&self, kind: &str) -> bool {
        js::text(&self.description(), "sdp").is_some_and(|sdp| has(&sdp, kind))
    }

    /// A step of the negotiation: calls a method and waits for its promise.
    async fn step(&self, method: &str, argument: &JsValue) -> Option<JsValue> {
        let promise = js::call(&self.0, method, &[argument])?.dyn_into().ok()?;
        js::settled(promise).await.ok()
    }

    async fn gather(&self, description: &JsValue, millis: i32, enough: &str) -> Option<()> {
        self.step("setLocalDescription", description).await?;
        until(millis, || self.is("iceGatheringState", "complete") || self.has_candidate(enough)).await;
        Some(())
    }
}

/// How a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// As it should.
    Yes,
    /// Not, or not in time.
    No,
    /// That it does not know this name with this password.
    Refused,
}

/// How these servers answer: with a candidate of that kind (`srflx`, `relay`; RFC 8839 section 5.1). Without a NAT, a STUN
/// server names the address that the browser knows already, which makes no candidate (RFC 8445 section 5.1.3); then what
/// counts is that the browser has nothing to complain of and waits for nobody.
pub(crate) async fn ask(servers: &[IceServer], kind: &str) -> Answer {
    let wanted = [" typ ", kind].concat();
    let relayed = kind == "relay";
    let complaint: Rc<Cell<Option<f64>>> = Rc::default();
    let answered = async {
        let connection = Connection::new(servers, relayed)?;
        let code = complaint.clone();
        let _listener = Listener::new(&connection.0, "icecandidateerror", move |event| {
            code.set(js::field(&event, "errorCode").as_f64());
        });
        js::call(&connection.0, "createDataChannel", &[&JsValue::from_str("probe")])?;
        let offer = connection.step("createOffer", &JsValue::UNDEFINED).await?;
        connection.gather(&offer, PATIENCE, &wanted).await?;
        let no_nat = !relayed && complaint.get().is_none() && connection.is("iceGatheringState", "complete");
        Some(no_nat || connection.has_candidate(&wanted))
    };
    match answered.await {
        Some(true) => Answer::Yes,
        _ if complaint.get() == Some(UNAUTHORIZED) => Answer::Refused,
        _ => Answer::No,
    }
}

/// Calls itself: two connections of this page with each other, for some seconds. What arrived in the last of them, and
/// the connection's figures.
pub(crate) async fn call_itself(servers: &[IceServer], tracks: &[MediaStreamTrack]) -> Option<(Sample, Line)> {
    let (here, there) = (Connection::new(servers, false)?, Connection::new(servers, false)?);
    let stream = MediaStream::new().ok()?;
    for track in tracks {
        js::call(&here.0, "addTrack", &[track, &stream])?;
    }
    let offer = here.step("createOffer", &JsValue::UNDEFINED).await?;
    here.gather(&offer, 2_000, " typ relay").await?;
    there.step("setRemoteDescription", &here.description()).await?;
    let answer = there.step("createAnswer", &JsValue::UNDEFINED).await?;
    there.gather(&answer, 2_000, " typ relay").await?;
    here.step("setRemoteDescription", &there.description()).await?;
    if !until(PATIENCE, || there.is("connectionState", "connected")).await {
        return None;
    }
    let mut line = Line::default();
    for _ in 0..5 {
        pause(1_000).await;
        let report = there.step("getStats", &JsValue::UNDEFINED).await?;
        line.take(now(), read(&report), true);
    }
    let last = line.recent().last().copied()?;
    Some((last, line))
}

/// Something to be played, forgotten when it is dropped.
pub(crate) struct Recording(JsValue);

impl Recording {
    /// A sound of the page's own.
    pub(crate) fn of_sound() -> Option<Self> {
        let file = Uint8Array::from(wave(&notes::render(SOUND)).as_slice());
        let blob = js::field(&window(), "Blob").dyn_into::<js_sys::Function>().ok()?;
        let kind = js::object(&[("type", JsValue::from_str("audio/wav"))]);
        Self::of_blob(&Reflect::construct(&blob, &Array::of2(&Array::of1(&file), &kind)).ok()?)
    }

    fn of_blob(blob: &JsValue) -> Option<Self> {
        js::call(&js::field(&window(), "URL"), "createObjectURL", &[blob]).map(Self)
    }

    /// Records a track for so many milliseconds.
    pub(crate) async fn of(track: &MediaStreamTrack, millis: i32) -> Option<Self> {
        let stream = MediaStream::new().ok()?;
        stream.add_track(track);
        let recorder = js::field(&window(), "MediaRecorder").dyn_into::<js_sys::Function>().ok()?;
        let recorder = Reflect::construct(&recorder, &Array::of1(&stream)).ok()?;
        let heard: Rc<RefCell<Option<JsValue>>> = Rc::default();
        let data = heard.clone();
        let _listener = Listener::maybe(&recorder, "dataavailable", move |event| {
            data.replace(Some(js::field(&event, "data")));
        })?;
        js::call(&recorder, "start", &[])?;
        pause(millis).await;
        js::call(&recorder, "stop", &[])?;
        until(2_000, || heard.borrow().is_some()).await;
        let data = heard.take().filter(|data| js::field(data, "size").as_f64() > Some(0.0))?;
        Self::of_blob(&data)
    }

    /// Plays it to its end through that speaker, or the system's. Whether it could be played.
    pub(crate) async fn play(&self, speaker: Option<&str>) -> bool {
        let Ok(element) = HtmlAudioElement::new_with_src(&self.0.as_string().unwrap_or_default()) else { return false };
        super::speaker::set_device(&element, speaker);
        let Ok(playing) = element.play() else { return false };
        js::settled(playing).await.is_ok() && until(PATIENCE, || element.ended()).await
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        js::call(&js::field(&window(), "URL"), "revokeObjectURL", &[&self.0]);
    }
}

/// Samples between -1 and 1 as a file of linear PCM, 16 bits, one channel (RFC 2361 section 2; RIFF WAVE).
fn wave(samples: &[f32]) -> Vec<u8> {
    let rate = notes::RATE as u32;
    let bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let (pcm, mono, frame, bits) = (1_u16, 1_u16, 2_u16, 16_u16);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&bytes.saturating_add(36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    [pcm, mono].into_iter().for_each(|number| file.extend_from_slice(&number.to_le_bytes()));
    [rate, rate * u32::from(frame)].into_iter().for_each(|number| file.extend_from_slice(&number.to_le_bytes()));
    [frame, bits].into_iter().for_each(|number| file.extend_from_slice(&number.to_le_bytes()));
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    // A float beyond 16 bits becomes the nearest of them.
    let sample = |sample: &f32| ((sample * 32_767.0) as i16).to_le_bytes();
    file.extend(samples.iter().flat_map(sample));
    file
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn samples_become_a_file_that_says_what_it_holds() {
        let file = wave(&[0.0, 1.0, -1.0, 7.0]);
        assert_eq!(file.len(), 44 + 8);
        assert_eq!([&file[0..4], &file[8..16], &file[36..40]], [&b"RIFF"[..], b"WAVEfmt ", b"data"]);
        assert_eq!(file[4..8], 44_u32.to_le_bytes());
        assert_eq!(file[24..28], 16_000_u32.to_le_bytes());
        assert_eq!(file[40..44], 8_u32.to_le_bytes());
        assert_eq!(file[44..], [0, 0, 0xff, 0x7f, 1, 0x80, 0xff, 0x7f]);
    }
}
