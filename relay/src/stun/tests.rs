//! The test vectors of RFC 5769, and what is not a message.

use proptest::prelude::*;

use super::*;

/// RFC 5769 section 2.4: a request with long-term credentials.
const LONG_TERM: [u8; 116] = [
    0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29, 0xda, 0x41,
    0x2e, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83, 0x9e, 0xe3, 0x83, 0x88, 0xe3, 0x83, 0xaa, 0xe3, 0x83, 0x83, 0xe3, 0x82,
    0xaf, 0xe3, 0x82, 0xb9, 0x00, 0x00, 0x00, 0x15, 0x00, 0x1c, 0x66, 0x2f, 0x2f, 0x34, 0x39, 0x39, 0x6b, 0x39, 0x35,
    0x34, 0x64, 0x36, 0x4f, 0x4c, 0x33, 0x34, 0x6f, 0x4c, 0x39, 0x46, 0x53, 0x54, 0x76, 0x79, 0x36, 0x34, 0x73, 0x41,
    0x00, 0x14, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x6f, 0x72, 0x67, 0x00, 0x00, 0x08, 0x00,
    0x14, 0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6, 0x4a, 0x3e, 0x02, 0xb8, 0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8,
    0x96, 0x66,
];

/// RFC 5769 section 2.2: a response with an IPv4 address and a fingerprint.
const RESPONSE: [u8; 80] = [
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf,
    0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20,
    0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd,
    0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9, 0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04,
    0xc0, 0x7d, 0x4c, 0x96,
];

#[test]
fn the_request_of_the_rfc_is_read() {
    let message = Message::read(&LONG_TERM).unwrap();
    assert_eq!((message.class, message.method), (Class::Request, method::BINDING));
    assert_eq!(message.text(attribute::USERNAME), Some("マトリックス"));
    assert_eq!(message.text(attribute::REALM), Some("example.org"));
    assert_eq!(message.text(attribute::NONCE), Some("f//499k954d6OL34oL9FSTvy64sA"));
    let key = |password| Key::long_term("マトリックス", "example.org", password);
    assert!(message.is_signed_with(&key("TheMatrIX")));
    assert!(!message.is_signed_with(&key("TheMatrix")));
}

#[test]
fn the_response_of_the_rfc_is_read_and_no_other_byte_will_do() {
    let message = Message::read(&RESPONSE).unwrap();
    assert_eq!((message.class, message.method), (Class::Success, method::BINDING));
    assert_eq!(message.address(attribute::XOR_MAPPED_ADDRESS), Some("192.0.2.1:32853".parse().unwrap()));
    // With another name the fingerprint is none, and nothing is to be said against the message.
    let name = 72..74;
    for at in (0..RESPONSE.len()).filter(|at| !name.contains(at)) {
        let mut other = RESPONSE;
        other[at] ^= 1;
        assert!(Message::read(&other).is_none(), "byte {at}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    let key = Key::long_term("ann", "alo", "secret");
    for address in ["192.0.2.7:4711", "[2001:db8::7]:9"] {
        let address: SocketAddr = address.parse().unwrap();
        let bytes = Writer::new(Class::Error, method::CHANNEL_BIND, [7; 12])
            .address(attribute::XOR_PEER_ADDRESS, address)
            .error(437, "Allocation Mismatch")
            .sign(&key)
            .finish();
        let message = Message::read(&bytes).unwrap();
        assert_eq!((message.class, message.method), (Class::Error, method::CHANNEL_BIND));
        assert_eq!(message.addresses(attribute::XOR_PEER_ADDRESS), Some(vec![address]));
        assert_eq!(message.error(), Some(437));
        assert!(message.is_signed_with(&key));
        assert_eq!(Message::length(&bytes), Some(bytes.len()));
    }
}

#[test]
fn what_follows_integrity_is_passed_over() {
    let key = Key::long_term("ann", "alo", "secret");
    let bytes = Writer::new(Class::Request, method::REFRESH, [7; 12])
        .sign(&key)
        .attribute(attribute::LIFETIME, &[0; 4])
        .attribute(0x0002, &[0; 4])
        .finish();
    let message = Message::read(&bytes).unwrap();
    assert!(message.is_signed_with(&key) && message.number(attribute::LIFETIME).is_none());
    assert!(message.not_understood(&[]).is_empty());
}

#[test]
fn an_attribute_that_must_be_understood_is_named() {
    let bytes = Writer::new(Class::Request, method::ALLOCATE, [7; 12])
        .attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
        .attribute(0x001A, &[])
        .attribute(0x8777, &[1])
        .finish();
    let message = Message::read(&bytes).unwrap();
    assert_eq!(message.not_understood(&[attribute::REQUESTED_TRANSPORT]), [0x001A]);
}

proptest! {
    #[test]
    fn nothing_that_arrives_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let header = [0, 3, 0, (bytes.len() / 4 * 4) as u8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let framed: Vec<u8> = header.into_iter().chain(bytes.iter().copied().take(bytes.len() / 4 * 4)).collect();
        for bytes in [&bytes, &framed] {
            if let Some(message) = Message::read(bytes) {
                let _ = message.addresses(attribute::XOR_PEER_ADDRESS);
                let _ = (message.error(), message.not_understood(&[]), message.text(attribute::USERNAME));
                prop_assert!(!message.is_signed_with(&Key::long_term("a", "b", "c")));
            }
        }
    }
}
