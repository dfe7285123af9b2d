//! What a call sends: descriptions and candidates of the sizes that browsers send, as JSON strings without the
//! quotation marks, ready to be put into a frame.

use std::fmt::Write as _;

use crate::load::script::Side;

/// An offer for voice and video, on the wire.
pub(crate) const OFFER_BYTES: usize = 7_000;
/// Its answer.
pub(crate) const ANSWER_BYTES: usize = 6_100;

/// The texts of one call.
pub(crate) struct Sample {
    /// The offer.
    pub(crate) offer: String,
    /// The answer.
    pub(crate) answer: String,
}

impl Sample {
    /// The same texts for every call.
    pub(crate) fn new() -> Self {
        Self { offer: description(OFFER_BYTES), answer: description(ANSWER_BYTES) }
    }
}

/// Lines as they stand in a description of Chromium's, until there are exactly `bytes`.
fn description(bytes: usize) -> String {
    let mut text = String::from(
        r"v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic: WMS\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:Wq3l\r\na=ice-options:trickle\r\na=setup:actpass\r\na=mid:0\r\na=rtcp-mux\r\n",
    );
    for payload_type in 96.. {
        let mut lines = String::new();
        // Writing to a String cannot fail.
        let _ = write!(
            lines,
            r"a=rtpmap:{payload_type} H264/90000\r\na=rtcp-fb:{payload_type} nack pli\r\na=fmtp:{payload_type} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
        );
        if text.len() + lines.len() + "a=".len() > bytes {
            break;
        }
        text.push_str(&lines);
    }
    text.push_str("a=");
    let padding = bytes.saturating_sub(text.len());
    text.extend(std::iter::repeat_n('x', padding));
    text
}

/// The `n`th candidate line of a side.
pub(crate) fn candidate(side: Side, n: u8) -> String {
    let host = match side {
        Side::Caller => 7,
        Side::Callee => 8,
    };
    let port = 50_000 + u16::from(n);
    format!(
        "candidate:{port}163049 1 udp 1677729535 203.0.113.{host} {port} typ srflx raddr 192.0.2.{host} rport {port} \
         generation 0 ufrag Wq3l network-cost 999"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_have_the_size_they_should() {
        let sample = Sample::new();
        assert_eq!(sample.offer.len(), OFFER_BYTES);
        assert_eq!(sample.answer.len(), ANSWER_BYTES);
    }

    #[test]
    fn descriptions_are_json_strings_of_lines() {
        let text: String = serde_json::from_str(&format!("\"{}\"", Sample::new().offer)).unwrap();
        assert!(text.lines().count() > 40);
        assert!(text.lines().all(|line| line.as_bytes()[1] == b'='));
    }
}
