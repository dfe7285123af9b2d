//! PeerJS's frames: `{"type":"OFFER","dst":"b","payload":{…}}` comes out with a `src`.

use crate::load::dialect::{self, Heard, put};
use crate::load::person::Person;
use crate::load::sample::Sample;
use crate::load::script::{Line, Step};

/// Puts a line into `text`. Steps that PeerJS does not know are said as the nearest it knows; the script has none.
pub(crate) fn say((side, step): Line, sample: &Sample, to: &Person, text: &mut Vec<u8>) {
    let dst = &to.id;
    match step {
        Step::Offer => put(
            text,
            &[r#"{"type":"OFFER","dst":""#, dst, r#"","payload":{"sdp":{"type":"offer","sdp":""#, &sample.offer, CLOSE],
        ),
        Step::Answer => put(
            text,
            &[
                r#"{"type":"ANSWER","dst":""#,
                dst,
                r#"","payload":{"sdp":{"type":"answer","sdp":""#,
                &sample.answer,
                CLOSE,
            ],
        ),
        // One: nobody here knows more in a message.
        Step::Candidates { first, .. } => {
            let candidate = dialect::candidate(side, first);
            put(
                text,
                &[
                    r#"{"type":"CANDIDATE","dst":""#,
                    dst,
                    r#"","payload":{"candidate":{"sdpMid":"0","sdpMLineIndex":0,"candidate":""#,
                    &candidate,
                    CLOSE,
                ],
            );
        }
        Step::Bye | Step::Ringing | Step::Connected | Step::Report => {
            put(text, &[r#"{"type":"LEAVE","dst":""#, dst, r#""}"#])
        }
    }
}

const CLOSE: &str = r#""},"type":"media","connectionId":"mc_l5xq2r7d"}}"#;

/// Understands a frame.
pub(crate) fn hear(frame: &[u8]) -> Heard {
    match dialect::field(frame, "type") {
        Some(b"OPEN") => Heard::Welcome,
        Some(b"OFFER") => Heard::Said(Step::Offer),
        Some(b"ANSWER") => Heard::Said(Step::Answer),
        Some(b"CANDIDATE") => Heard::Said(Step::Candidates { first: 0, count: 1 }),
        Some(b"LEAVE") => Heard::Said(Step::Bye),
        _ => Heard::Refused(String::from_utf8_lossy(frame).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::script::Side;

    #[test]
    fn what_is_said_is_json_and_is_understood() {
        let to = Person::named("bob".to_owned());
        for step in [Step::Offer, Step::Answer, Step::Candidates { first: 0, count: 1 }, Step::Bye] {
            let mut text = Vec::new();
            say((Side::Caller, step), &Sample::new(), &to, &mut text);
            let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(value["dst"], "bob");
            assert_eq!(hear(&text), Heard::Said(step));
        }
    }

    #[test]
    fn anything_else_is_a_refusal() {
        assert_eq!(hear(br#"{"type":"OPEN"}"#), Heard::Welcome);
        let expired = r#"{"type":"EXPIRE","src":"a","dst":"b"}"#;
        assert_eq!(hear(expired.as_bytes()), Heard::Refused(expired.to_owned()));
    }
}
