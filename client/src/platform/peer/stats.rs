//! `getStats`, as plain numbers, and what they come to. In a part of the program that is loaded once a call goes on
//! ([`crate::doors::quality`]).

use std::cell::RefCell;

use call::Time;
use call::quality::{
    AddressFamily, CandidateType, Inbound, Limitation, Line, Outbound, Reading, Route, Sound, Stats, Video,
};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::find::has;
use crate::platform::js;

/// What the browser says of a connection, and who takes it in.
pub(crate) struct Listening<'a> {
    /// An `RTCStatsReport`.
    pub(super) report: &'a JsValue,
    /// The connection's figures so far.
    pub(super) line: &'a RefCell<Line>,
    pub(super) now: Time,
    /// The other side sends something.
    pub(super) expected: bool,
}

/// Takes it in. To be called through [`crate::doors`] alone.
pub(crate) fn take_in(heard: &Listening<'_>) -> Reading {
    heard.line.borrow_mut().take(heard.now, read(heard.report), heard.expected)
}

/// What an `RTCStatsReport` says of the streams and the way that they take. What it does not say stays unknown.
pub(crate) fn read(report: &JsValue) -> Stats {
    let mut stats = Stats::default();
    // A shared screen and its sound come behind the camera and the voice, which this is about.
    let (mut voice, mut camera) = (u32::MAX, u32::MAX);
    let Some(entries) = js::call(report, "values", &[]) else { return stats };
    for entry in Array::from(&entries).iter() {
        let video = word(&entry, "kind") == "video";
        let mid = word(&entry, "mid").parse().unwrap_or(0);
        match (word(&entry, "type").as_str(), video) {
            ("inbound-rtp", false) if mid < voice => {
                voice = mid;
                stats.audio = inbound(report, &entry);
                stats.sound = sound(&entry);
            }
            ("inbound-rtp", true) if mid < camera => {
                camera = mid;
                stats.video = inbound(report, &entry);
                stats.picture = picture(&entry);
            }
            ("outbound-rtp", _) => outbound(&entry, &mut stats.sent),
            ("remote-inbound-rtp", false) => [stats.sent.fraction_lost] = numbers(&entry, ["fractionLost"]),
            ("candidate-pair", _) if is_selected(&entry) => {
                [stats.round_trip_time] = numbers(&entry, ["currentRoundTripTime"]);
                stats.route = route(report, &entry);
            }
            _ => {}
        }
    }
    stats
}

fn word(entry: &JsValue, name: &str) -> String {
    js::text(entry, name).unwrap_or_default()
}

fn numbers<const N: usize>(entry: &JsValue, names: [&str; N]) -> [Option<f64>; N] {
    names.map(|name| js::field(entry, name).as_f64())
}

/// Another entry of the report, by the id that this one has under `name`.
fn other(report: &JsValue, entry: &JsValue, name: &str) -> JsValue {
    js::call(report, "get", &[&js::field(entry, name)]).unwrap_or_default()
}

/// The pair that media takes. After a restart the one before may still be there, but no longer succeeds.
fn is_selected(pair: &JsValue) -> bool {
    js::field(pair, "nominated").is_truthy() && word(pair, "state") == "succeeded"
}

fn inbound(report: &JsValue, entry: &JsValue) -> Inbound {
    let names =
        ["packetsReceived", "packetsLost", "bytesReceived", "jitter", "timestamp", "lastPacketReceivedTimestamp"];
    let [packets_received, packets_lost, bytes_received, jitter, now, last] = numbers(entry, names);
    let last_packet_ms_ago = now.zip(last).map(|(now, last)| now - last);
    let codec = js::text(&other(report, entry, "codecId"), "mimeType");
    Inbound { packets_received, packets_lost, bytes_received, jitter, last_packet_ms_ago, codec }
}

fn sound(entry: &JsValue) -> Sound {
    let names = ["totalSamplesReceived", "concealedSamples", "silentConcealedSamples", "concealmentEvents"];
    let [total_samples, concealed_samples, silent_concealed_samples, concealment_events] = numbers(entry, names);
    Sound { total_samples, concealed_samples, silent_concealed_samples, concealment_events }
}

fn picture(entry: &JsValue) -> Video {
    let names =
        ["framesDecoded", "framesPerSecond", "frameWidth", "frameHeight", "freezeCount", "totalFreezesDuration"];
    let [frames_decoded, frames_per_second, frame_width, frame_height, freeze_count, total_freezes_duration] =
        numbers(entry, names);
    Video { frames_decoded, frames_per_second, frame_width, frame_height, freeze_count, total_freezes_duration }
}

/// Sound and picture each have one of these.
fn outbound(entry: &JsValue, sent: &mut Outbound) {
    let [bytes] = numbers(entry, ["bytesSent"]);
    sent.bytes_sent = bytes.map(|bytes| bytes + sent.bytes_sent.unwrap_or_default()).or(sent.bytes_sent);
    match word(entry, "qualityLimitationReason").as_str() {
        "" | "none" => {}
        "cpu" => sent.limitation = Limitation::Cpu,
        "bandwidth" => sent.limitation = Limitation::Bandwidth,
        _ => sent.limitation = Limitation::Other,
    }
}

fn route(report: &JsValue, pair: &JsValue) -> Option<Route> {
    let local = other(report, pair, "localCandidateId");
    let remote = other(report, pair, "remoteCandidateId");
    let family = js::text(&local, "address").or_else(|| js::text(&remote, "address"));
    let family = family.map(|address| if has(&address, ":") { AddressFamily::V6 } else { AddressFamily::V4 });
    Some(Route { local: candidate_type(&local)?, remote: candidate_type(&remote)?, family })
}

fn candidate_type(candidate: &JsValue) -> Option<CandidateType> {
    Some(match word(candidate, "candidateType").as_str() {
        "host" => CandidateType::Host,
        "srflx" => CandidateType::ServerReflexive,
        "prflx" => CandidateType::PeerReflexive,
        "relay" => CandidateType::Relay,
        _ => return None,
    })
}
