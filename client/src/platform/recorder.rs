//! Somebody's voice as a recording (mediastream-recording section 2).
//!
//! A recorder ends when the tracks of its stream change, and tracks do: another microphone, a connection made anew. So it
//! records the end of a graph of Web Audio, which stays, and voices are put in at its beginning; while there is none it
//! records silence, and what is said in the tenth minute is heard in the tenth minute.

use std::rc::Rc;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode, MediaStreamTrack};

use super::listener::Listener;
use super::{audio, js, window};

/// Voices are well kept with this, in bits a second: 29 MB an hour.
const RATE: f64 = 64_000.0;
/// So often there is a piece, in milliseconds.
const PIECE: f64 = 2_000.0;
/// What is asked for, the first that the browser can, with the ending of a file of that kind.
const KINDS: [(&str, &str); 3] =
    [("audio/webm;codecs=opus", ".webm"), ("audio/ogg;codecs=opus", ".ogg"), ("audio/mp4", ".m4a")];

/// Somebody's voice, to be recorded.
pub(crate) type Voice = MediaStreamTrack;

/// What a recorder says.
pub(crate) enum Taped {
    /// What was recorded since the last piece, a `Blob`.
    Piece(JsValue),
    /// That was the last of it.
    End,
}

/// Records until it is stopped or dropped.
pub(crate) struct Recorder {
    out: MediaStreamAudioDestinationNode,
    voice: Option<(MediaStreamTrack, MediaStreamAudioSourceNode)>,
    recorder: JsValue,
    _listeners: [Option<Listener>; 2],
}

impl Recorder {
    /// The ending of a file with what is recorded here; nothing where the browser cannot.
    pub(crate) fn ending() -> Option<&'static str> {
        kind().map(|(_, ending)| ending)
    }

    /// Records silence. `take` is told of each piece and of the end.
    pub(crate) fn new(take: impl Fn(Taped) + 'static) -> Option<Self> {
        let (mime, _) = kind()?;
        let out = audio::context()?.create_media_stream_destination().ok()?;
        let options =
            js::object(&[("mimeType", JsValue::from_str(mime)), ("audioBitsPerSecond", JsValue::from_f64(RATE))]);
        let recorder = Reflect::construct(&maker()?, &Array::of2(&out.stream(), &options)).ok()?;
        let take = Rc::new(take);
        let end = take.clone();
        let listeners = [
            Listener::maybe(&recorder, "dataavailable", move |event| take(Taped::Piece(js::field(&event, "data")))),
            Listener::maybe(&recorder, "stop", move |_| end(Taped::End)),
        ];
        js::call(&recorder, "start", &[&JsValue::from_f64(PIECE)])?;
        Some(Self { out, voice: None, recorder, _listeners: listeners })
    }

    /// Records this voice from now on, or silence.
    pub(crate) fn listen(&mut self, track: Option<&Voice>) {
        if self.voice.as_ref().map(|(of, _)| of) == track {
            return;
        }
        self.let_go();
        self.voice = track.and_then(|track| Some((Clone::clone(track), self.put_in(track)?)));
    }

    fn put_in(&self, track: &MediaStreamTrack) -> Option<MediaStreamAudioSourceNode> {
        let stream = MediaStream::new().ok()?;
        stream.add_track(track);
        let source = audio::context()?.create_media_stream_source(&stream).ok()?;
        source.connect_with_audio_node(&self.out).ok()?;
        Some(source)
    }

    fn let_go(&mut self) {
        if let Some((_, source)) = self.voice.take() {
            // Fails only for what is not connected.
            let _ = source.disconnect();
        }
    }

    /// Nothing more: the last piece comes, and then the end.
    pub(crate) fn stop(&self) {
        if js::text(&self.recorder, "state").as_deref() != Some("inactive") {
            js::call(&self.recorder, "stop", &[]);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop();
        self.let_go();
    }
}

fn maker() -> Option<Function> {
    js::field(&window(), "MediaRecorder").dyn_into().ok()
}

fn kind() -> Option<(&'static str, &'static str)> {
    let maker = maker()?;
    let can = |(mime, _): &(&str, &str)| {
        js::call(&maker, "isTypeSupported", &[&JsValue::from_str(mime)]).is_some_and(|can| can.is_truthy())
    };
    KINDS.into_iter().find(can)
}
