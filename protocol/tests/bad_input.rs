//! Whatever arrives is refused by name, and never by a panic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use protocol::ErrorCode;
use protocol::frame::{ClientFrame, Unreadable};

fn refusal(text: &str) -> Unreadable {
    ClientFrame::read(text).expect_err(text)
}

#[test]
fn what_is_not_a_frame_is_a_bad_message() {
    let deep = "[".repeat(20_000);
    for text in
        ["", "null", "7", "[]", "{}", r#"{"type":7}"#, r#"{"type":"ping""#, r#"{"type":"ping","data":7}"#, &deep]
    {
        assert_eq!(refusal(text).code, ErrorCode::BadMessage, "{text:.40}");
    }
}

#[test]
fn what_is_deeply_nested_in_an_unknown_field_is_a_bad_message() {
    let text = format!(r#"{{"type":"ping","data":{{"x":{}}}}}"#, "[".repeat(20_000));
    assert_eq!(refusal(&text).code, ErrorCode::BadMessage);
}

#[test]
fn an_unknown_type_is_refused_by_its_id() {
    assert_eq!(refusal(r#"{"type":"call:fly","id":3}"#), Unreadable { id: Some(3), code: ErrorCode::UnknownType });
}

#[test]
fn a_bad_field_is_refused_by_its_id() {
    for data in [
        r#"{}"#,
        r#"{"call_id":7}"#,
        r#"{"call_id":"short"}"#,
        r#"{"call_id":"c_5fb2c1ad90e84c77","call_id":"c_5fb2c1ad90e84c77"}"#,
        r#"{"call_id":"c_5fb2c1ad90e84c7\n"}"#,
        r#"{"call_id":"c_5fb2c1ad90e84c77","reason":"boredom"}"#,
    ] {
        let text = format!(r#"{{"type":"call:hangup","id":4,"data":{data}}}"#);
        assert_eq!(refusal(&text), Unreadable { id: Some(4), code: ErrorCode::BadMessage }, "{data}");
    }
}

#[test]
fn the_order_of_an_envelope_does_not_matter() {
    let [kind, id, data] = [r#""type":"call:leave""#, r#""id":4"#, r#""data":{"call_id":"c_5fb2c1ad90e84c77"}"#];
    let usual = ClientFrame::read(&format!("{{{kind},{id},{data}}}")).unwrap();
    for order in [[kind, data, id], [id, kind, data], [id, data, kind], [data, kind, id], [data, id, kind]] {
        assert_eq!(ClientFrame::read(&format!("{{{}}}", order.join(","))), Ok(usual.clone()), "{order:?}");
    }
    let escaped = format!(r#"{{"type":"call\u003aleave",{id},{data}}}"#);
    assert_eq!(ClientFrame::read(&escaped), Ok(usual), "nor how it is written");
    for twice in [kind, id, data] {
        let text = format!("{{{kind},{id},{data},{twice}}}");
        assert_eq!(refusal(&text).code, ErrorCode::BadMessage, "{text}");
    }
}

#[test]
fn data_before_its_type_is_refused_by_its_id_as_well() {
    let text = r#"{"data":{"call_id":7},"type":"call:leave","id":4}"#;
    assert_eq!(refusal(text), Unreadable { id: Some(4), code: ErrorCode::BadMessage });
}

#[test]
fn an_unknown_field_is_ignored() {
    let text = r#"{"type":"call:hangup","id":4,"later":[1],"data":{"call_id":"c_5fb2c1ad90e84c77","later":{"a":1}}}"#;
    assert_eq!(ClientFrame::read(text).unwrap().id, Some(4));
}

#[test]
fn what_is_too_long_is_refused_by_its_size() {
    let offer = |sdp: usize| {
        format!(
            r#"{{"type":"call:offer","id":1,"data":{{"call_id":"c_5fb2c1ad90e84c77","to":"d_5fb2c1ad90e84c77","sdp":"{}"}}}}"#,
            "x".repeat(sdp)
        )
    };
    assert!(ClientFrame::read(&offer(32 * 1024)).is_ok());
    assert_eq!(refusal(&offer(32 * 1024 + 1)), Unreadable { id: Some(1), code: ErrorCode::TooBig });
    assert_eq!(refusal(&offer(64 * 1024)), Unreadable { id: None, code: ErrorCode::TooBig });
    let candidates = |count: usize, length: usize| {
        let one = format!(r#"{{"candidate":"{}"}}"#, "x".repeat(length));
        let many = vec![one; count].join(",");
        format!(
            r#"{{"type":"call:ice_candidate","id":2,"data":{{"call_id":"c_5fb2c1ad90e84c77","candidates":[{many}]}}}}"#
        )
    };
    assert!(ClientFrame::read(&candidates(64, 512)).is_ok());
    assert_eq!(refusal(&candidates(65, 10)).code, ErrorCode::TooBig);
    assert_eq!(refusal(&candidates(1, 513)).code, ErrorCode::TooBig);
    assert_eq!(refusal(&candidates(0, 0)).code, ErrorCode::BadMessage);
}

#[test]
fn a_ring_is_for_two_people() {
    let text = r#"{"type":"call:initiate","id":1,"data":{"call_id":"c_5fb2c1ad90e84c77","to":"u","kind":"group_video","offer":""}}"#;
    assert_eq!(refusal(text).code, ErrorCode::BadMessage);
}

#[test]
fn no_prefix_of_a_frame_panics() {
    let text = r#"{"type":"call:ice_candidate","id":2,"data":{"call_id":"c_5fb2c1ad90e84c77","candidates":[{"candidate":"é\ud800"}]}}"#;
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        assert!(ClientFrame::read(&text[..end]).is_err());
    }
}

#[test]
fn figures_out_of_range_are_refused() {
    let report = |figures: &str, count: usize| {
        let one = format!(r#"{{"from":"d_5fb2c1ad90e84c77","figures":{figures}}}"#);
        let received = vec![one; count].join(",");
        format!(
            r#"{{"type":"call:report_quality","id":5,"data":{{"call_id":"c_5fb2c1ad90e84c77","received":[{received}]}}}}"#
        )
    };
    for fine in ["{}", r#"{"mos_x100":100}"#, r#"{"mos_x100":450,"loss_permille":1000}"#, r#"{"round_trip_ms":65535}"#]
    {
        assert!(ClientFrame::read(&report(fine, 64)).is_ok(), "{fine}");
    }
    for bad in [
        r#"{"mos_x100":99}"#,
        r#"{"mos_x100":451}"#,
        r#"{"mos_x100":4.37}"#,
        r#"{"round_trip_ms":65536}"#,
        r#"{"jitter_ms":-1}"#,
        r#"{"loss_permille":1001}"#,
        r#"{"frozen_permille":1e9}"#,
        r#"{"loss_permille":"1"}"#,
        "7",
        "null",
    ] {
        assert_eq!(refusal(&report(bad, 1)), Unreadable { id: Some(5), code: ErrorCode::BadMessage }, "{bad}");
    }
    assert_eq!(refusal(&report("{}", 0)).code, ErrorCode::BadMessage);
    assert_eq!(refusal(&report("{}", 65)).code, ErrorCode::TooBig);
}
