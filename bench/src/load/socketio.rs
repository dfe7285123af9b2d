//! The plain frames as socket.io events, over Engine.IO 4: `42["signal",{…}]`.

use crate::load::dialect::Heard;
use crate::load::person::Person;
use crate::load::plain;
use crate::load::sample::Sample;
use crate::load::script::Line;

/// Puts a line into `text`.
pub(crate) fn say(line: Line, sample: &Sample, to: &Person, text: &mut Vec<u8>) {
    text.extend_from_slice(br#"42["signal","#);
    plain::say(line, sample, to, text);
    text.push(b']');
}

/// Understands a packet. The server's `0{…}` (opened) and `40{…}` (connected) come before the event that says `OPEN`.
pub(crate) fn hear(packet: &[u8]) -> Heard {
    match packet {
        [b'4', b'2', ..] => plain::hear(packet),
        [b'2'] => Heard::Answer("3"),
        [b'0', ..] | [b'4', b'0', ..] => Heard::Nothing,
        _ => Heard::Refused(String::from_utf8_lossy(packet).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::script::{Side, Step};

    #[test]
    fn what_is_said_is_an_event_and_is_understood() {
        let mut text = Vec::new();
        say((Side::Caller, Step::Offer), &Sample::new(), &Person::named("bob".to_owned()), &mut text);
        let event: serde_json::Value = serde_json::from_slice(&text[2..]).unwrap();
        assert_eq!(event[0], "signal");
        assert_eq!(event[1]["dst"], "bob");
        assert_eq!(hear(&text), Heard::Said(Step::Offer));
    }

    #[test]
    fn a_ping_is_answered_with_a_pong() {
        assert_eq!(hear(b"2"), Heard::Answer("3"));
        assert_eq!(hear(br#"0{"sid":"x"}"#), Heard::Nothing);
        assert_eq!(hear(b"1"), Heard::Refused("1".to_owned()));
    }
}
