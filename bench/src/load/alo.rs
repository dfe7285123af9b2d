//! Alo's own frames, as PROTOCOL.md has them.

use crate::load::dialect::{self, Heard, put};
use crate::load::person::Person;
use crate::load::sample::Sample;
use crate::load::script::{Line, Side, Step};

/// Begins the session. The device of an earlier connection is named again, as a page does after a reload.
pub(crate) fn hello(person: &Person) -> String {
    let device = person.device.as_ref().map_or(String::new(), |device| format!(r#","device":"{device}""#));
    format!(r#"{{"type":"hello","data":{{"protocol":1,"token":"{}"{device}}}}}"#, person.token)
}

/// Shows that this side is alive and how far it has read.
pub(crate) fn ping(person: &Person) -> String {
    format!(r#"{{"type":"ping","data":{{"last_seq":{}}}}}"#, person.last_seq)
}

/// Puts a line into `text`.
pub(crate) fn say((side, step): Line, sample: &Sample, from: &mut Person, to: &Person, text: &mut Vec<u8>) {
    const MEDIA: &str = r#"","media":{"microphone":true,"camera":true}}}"#;
    from.last_request += 1;
    if step == Step::Offer {
        from.call = call_id(from);
    }
    // The callee has not placed the call, so its id is the caller's.
    let call = if side == Side::Caller { &from.call } else { &to.call };
    let (id, heard) = (from.last_request.to_string(), from.last_seq.to_string());
    let device = to.device.as_deref().unwrap_or_default();
    let mut begin = |kind: &str| {
        put(text, &[r#"{"type":"call:"#, kind, r#"","id":"#, &id, LAST_SEQ, &heard, r#","data":{"call_id":""#, call])
    };
    match step {
        Step::Offer => {
            begin("initiate");
            put(text, &[r#"","to":""#, &to.id, r#"","kind":"video","offer":""#, &sample.offer, MEDIA]);
        }
        Step::Answer => {
            begin("accept");
            put(text, &[r#"","answer":""#, &sample.answer, MEDIA]);
        }
        Step::Candidates { first, count } => {
            begin("ice_candidate");
            put(text, &[r#"","to":""#, device, r#"","candidates":["#]);
            for n in first..first + count {
                let comma = if n == first { "" } else { "," };
                let candidate = dialect::candidate(side, n);
                put(text, &[comma, CANDIDATE, &candidate, r#"","sdp_mid":"0","sdp_m_line_index":0}"#]);
            }
            put(text, &["]}}"]);
        }
        Step::Ringing => {
            begin("ringing");
            put(text, &[r#""}}"#]);
        }
        Step::Connected => {
            begin("connected");
            put(text, &[r#""}}"#]);
        }
        Step::Report => {
            begin("report_quality");
            put(text, &[r#"","received":[{"from":""#, device, r#"","figures":"#, FIGURES, "}]}}"]);
        }
        Step::Bye => {
            begin("hangup");
            put(text, &[r#"","reason":"completed"}}"#]);
        }
    }
}

/// What a good connection is reported as.
const FIGURES: &str = r#"{"mos_x100":437,"round_trip_ms":34,"jitter_ms":3,"loss_permille":2,"frozen_permille":0}"#;

/// How far this side has read.
const LAST_SEQ: &str = r#","last_seq":"#;

/// How a candidate begins within a list.
const CANDIDATE: &str = r#"{"candidate":""#;

/// How many candidates a frame holds.
fn count_candidates(frame: &[u8]) -> u8 {
    let begins = frame.windows(CANDIDATE.len()).filter(|window| *window == CANDIDATE.as_bytes());
    u8::try_from(begins.count()).unwrap_or(u8::MAX)
}

/// An id that nobody else draws: the device is unique, and so is the number within it.
fn call_id(person: &Person) -> String {
    format!("c_{}_{}", person.device.as_deref().unwrap_or_default(), person.calls)
}

/// Understands a frame.
pub(crate) fn hear(frame: &[u8], person: &mut Person) -> Heard {
    if let Some(seq) = dialect::number(frame, "seq") {
        person.last_seq = seq;
    }
    match dialect::field(frame, "type") {
        Some(b"ack") => Heard::Acknowledged,
        // Where much waits to be read, a goodbye can overtake the other side's word that media flows.
        Some(b"call:error") if dialect::field(frame, "code") == Some(b"wrong_state") => Heard::Acknowledged,
        Some(b"call:ice_candidate") => Heard::Said(Step::Candidates { first: 0, count: count_candidates(frame) }),
        Some(b"call:incoming") => Heard::Said(Step::Offer),
        Some(b"call:ringing") => Heard::Said(Step::Ringing),
        Some(b"call:accepted") => Heard::Said(Step::Answer),
        Some(b"call:ended") => Heard::Said(Step::Bye),
        Some(b"call:quality_update") => Heard::Said(Step::Report),
        Some(b"pong" | b"user:call_status_changed") => Heard::Nothing,
        Some(b"welcome") => welcome(frame, person),
        _ => refused(frame),
    }
}

fn welcome(frame: &[u8], person: &mut Person) -> Heard {
    let Ok(welcome) = serde_json::from_slice::<serde_json::Value>(frame) else { return refused(frame) };
    let text = |path: &str| welcome.pointer(path).and_then(serde_json::Value::as_str).map(str::to_owned);
    let (Some(device), Some(id)) = (text("/data/device"), text("/data/user/id")) else { return refused(frame) };
    person.device = Some(device);
    person.id = id;
    // Both count afresh within a session.
    person.last_request = 0;
    person.last_seq = 0;
    Heard::Welcome
}

fn refused(frame: &[u8]) -> Heard {
    Heard::Refused(String::from_utf8_lossy(frame).into_owned())
}

#[cfg(test)]
mod tests {
    use protocol::frame::{ClientFrame, RelayFrame};
    use protocol::{ClientMessage, ErrorCode};

    use super::*;

    fn person(n: u8) -> Person {
        Person {
            id: format!("guest:{n}"),
            token: "a.b.c".to_owned(),
            device: Some(format!("d_{n}123456789abcdef")),
            ..Person::default()
        }
    }

    #[test]
    fn every_line_is_a_frame_of_the_protocol() {
        let (mut caller, mut callee) = (person(1), person(2));
        let steps = [
            Step::Offer,
            Step::Ringing,
            Step::Answer,
            Step::Candidates { first: 3, count: 2 },
            Step::Connected,
            Step::Report,
            Step::Bye,
        ];
        let mut kinds = Vec::new();
        let mut calls = Vec::new();
        for step in steps {
            let mut text = Vec::new();
            if matches!(step, Step::Ringing | Step::Answer) {
                say((Side::Callee, step), &Sample::new(), &mut callee, &caller, &mut text);
            } else {
                say((Side::Caller, step), &Sample::new(), &mut caller, &callee, &mut text);
            }
            let frame = ClientFrame::read(std::str::from_utf8(&text).unwrap()).unwrap();
            assert!(frame.id.is_some());
            kinds.push(frame.message.kind());
            calls.push(serde_json::from_slice::<serde_json::Value>(&text).unwrap()["data"]["call_id"].to_string());
        }
        let wanted = ["initiate", "ringing", "accept", "ice_candidate", "connected", "report_quality", "hangup"];
        assert_eq!(kinds, wanted.map(|kind| format!("call:{kind}")));
        assert!(calls.iter().all(|call| *call == calls[0]), "{calls:?}");
    }

    #[test]
    fn greeting_and_ping_are_frames_of_the_protocol() {
        let frame = ClientFrame::read(&hello(&person(1))).unwrap();
        assert!(matches!(frame.message, ClientMessage::Hello(hello) if hello.device.is_some()));
        let frame = ClientFrame::read(&ping(&person(1))).unwrap();
        assert!(matches!(frame.message, ClientMessage::Ping(_)));
    }

    #[test]
    fn a_welcome_gives_the_address_and_starts_the_counting() {
        let mut ann = Person { last_request: 9, last_seq: 9, ..Person::default() };
        let welcome = r#"{"type":"welcome","data":{"protocol":1,"session":"s_90bf1c7e22d54a0c","resumed":false,
            "device":"d_2f8c01b9a77e4d51","user":{"id":"guest:k3v9","name":"Ann"},"ping_interval_ms":5000}}"#;
        RelayFrame::read(welcome).unwrap();
        assert_eq!(hear(welcome.as_bytes(), &mut ann), Heard::Welcome);
        assert_eq!((ann.id.as_str(), ann.device.as_deref()), ("guest:k3v9", Some("d_2f8c01b9a77e4d51")));
        assert_eq!((ann.last_request, ann.last_seq), (0, 0));
    }

    #[test]
    fn the_relays_frames_are_understood_and_counted() {
        let mut ann = person(1);
        let ringing = br#"{"type":"call:ringing","seq":12,"data":{"call_id":"c_5fb2c1ad90e84c77"}}"#;
        assert_eq!(hear(ringing, &mut ann), Heard::Said(Step::Ringing));
        assert_eq!(ann.last_seq, 12);
        let error = protocol::RelayMessage::from(protocol::CallError::new(ErrorCode::NoCall));
        let error = RelayFrame { id: Some(3), seq: Some(13), message: error }.write();
        assert_eq!(hear(error.as_bytes(), &mut ann), Heard::Refused(error));
        assert_eq!(ann.last_seq, 13);
    }
}
