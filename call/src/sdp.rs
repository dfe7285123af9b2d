//! The little that has to be known of session descriptions (RFC 8866): whose they are, of which ICE generation, and
//! where candidates hide in them. Everything else is the browsers' business.

use protocol::{Candidate, Opaque};

fn values<'a>(sdp: &'a str, prefix: &'static str) -> impl Iterator<Item = &'a str> {
    sdp.lines().filter_map(move |line| line.strip_prefix(prefix)).map(str::trim_end)
}

/// The ICE generation: every `a=ice-ufrag` (RFC 8839 section 5.4). With max-bundle all sections mostly share one.
pub(crate) fn ufrags(sdp: &str) -> impl Iterator<Item = &str> {
    values(sdp, "a=ice-ufrag:")
}

/// Which peer connection wrote it: the user name and session id of the `o=` line (RFC 8866 section 5.2). They stay the
/// same for as long as a peer connection lives; another one means that the far page was loaded anew.
pub(crate) fn session(sdp: &str) -> Option<&str> {
    let origin = values(sdp, "o=").next()?;
    let second_space = origin.match_indices(' ').nth(1)?.0;
    origin.get(..second_space)
}

/// The description without its candidates, and the candidates. Applying the first alone gives a browser no address to
/// send anything to.
pub(crate) fn without_candidates(sdp: &str) -> (String, Vec<Candidate>) {
    let mut text = String::with_capacity(sdp.len());
    let mut candidates = Vec::new();
    let (mut section, mut mid) = (None::<u16>, None);
    for line in sdp.split_inclusive('\n') {
        let content = line.trim_end();
        if content.starts_with("m=") {
            section = Some(section.map_or(0, |n| n.saturating_add(1)));
            mid = mid_of_section(sdp, line);
        }
        if content.starts_with("a=candidate:") {
            candidates.push(Candidate {
                candidate: Opaque::new(content.trim_start_matches("a=")),
                sdp_mid: mid.map(Opaque::new),
                sdp_m_line_index: section,
                username_fragment: ufrags(sdp).next().map(Opaque::new),
            });
        } else if content != "a=end-of-candidates" {
            text.push_str(line);
        }
    }
    (text, candidates)
}

/// The `a=mid` of the section that begins with `m_line`, a slice of `sdp`: it may stand after the candidates.
fn mid_of_section<'a>(sdp: &'a str, m_line: &'a str) -> Option<&'a str> {
    let start = (m_line.as_ptr() as usize).checked_sub(sdp.as_ptr() as usize)?;
    let after = sdp.get(start..)?.lines().skip(1);
    after.take_while(|line| !line.starts_with("m=")).find_map(|line| line.strip_prefix("a=mid:")).map(str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n\
        a=ice-ufrag:abcd\r\na=mid:0\r\na=end-of-candidates\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=ice-ufrag:abcd\r\na=candidate:2 1 udp 1 192.0.2.1 9 typ host\r\n";

    #[test]
    fn candidates_are_taken_out_with_the_section_they_stood_in() {
        let (text, candidates) = without_candidates(OFFER);
        assert!(!text.contains("candidate"));
        assert_eq!(text.lines().count(), OFFER.lines().count() - 3);
        let seen: Vec<_> = candidates
            .iter()
            .map(|c| (c.candidate.text(), c.sdp_mid.as_ref().unwrap().text(), c.sdp_m_line_index.unwrap()))
            .collect();
        assert_eq!(seen[0], ("candidate:1 1 udp 1 192.0.2.1 9 typ host".into(), "0".into(), 0));
        assert_eq!(seen[1], ("candidate:2 1 udp 1 192.0.2.1 9 typ host".into(), "1".into(), 1));
        assert_eq!(candidates[0].username_fragment.as_ref().unwrap().text(), "abcd");
    }

    #[test]
    fn a_description_without_candidates_stays_byte_for_byte() {
        let (text, _) = without_candidates(OFFER);
        assert_eq!(without_candidates(&text), (text.clone(), vec![]));
    }

    #[test]
    fn the_generation_and_the_writer_are_told() {
        assert_eq!(ufrags(OFFER).collect::<Vec<_>>(), ["abcd", "abcd"]);
        assert_eq!(session(OFFER), Some("- 4611"));
        assert_eq!(ufrags("nonsense").next(), None);
        assert_eq!(session("o=-"), None);
        assert_eq!(session(""), None);
    }
}
