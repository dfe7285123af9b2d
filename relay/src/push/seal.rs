//! Encrypts what a push service carries, so that only the browser it is for can read it (RFC 8291, in the coding of
//! RFC 8188).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// Bytes of a P-256 point that is not compressed (SEC 1 section 2.3.3): 4, then x and y.
pub const PUBLIC: usize = 65;
/// Bytes of the secret that a subscription shares (RFC 8291 section 3.2).
pub const AUTH: usize = 16;

/// Messages are filled up to a multiple of this, so that their length says nothing about who rings.
const STEP: usize = 1_024;
/// The record size (RFC 8188 section 2.1). A message is one record, and push services take no more in all (RFC 8030
/// section 7.2).
const RECORD: u32 = 4_096;
/// Ends the last record (RFC 8188 section 2); what follows are zeros.
const DELIMITER: u8 = 2;

/// Whom a message is for: what the browser's subscription says (`PushSubscription.getKey`, Push API section 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// `p256dh`: its public key, a point of P-256 that is not compressed.
    pub public: [u8; PUBLIC],
    /// `auth`: the secret it shares.
    pub auth: [u8; AUTH],
}

/// Encrypts a text; the result is the body of a request with `Content-Encoding: aes128gcm`.
///
/// # Errors
/// When the receiver's key is no point of the curve, or the system has no randomness.
pub fn seal(receiver: &Receiver, text: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt)?;
    let own = PrivateKey::generate(&ECDH_P256)?;
    let room = (text.len() + 1).next_multiple_of(STEP);
    encrypt(receiver, &own, salt, padded(text, room))
}

/// The text with its delimiter, filled up with zeros.
fn padded(text: &[u8], room: usize) -> Vec<u8> {
    let mut padded = text.to_vec();
    padded.push(DELIMITER);
    padded.resize(room.max(padded.len()), 0);
    padded
}

/// One record under a key of its own (RFC 8291 section 3.4), with the header of RFC 8188 section 2.1 before it.
fn encrypt(receiver: &Receiver, own: &PrivateKey, salt: [u8; 16], mut record: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
    let own_public = own.compute_public_key()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &receiver.public);
    let shared = agree(own, theirs, Unspecified, |secret| Ok(Salt::new(HKDF_SHA256, &receiver.auth).extract(secret)))?;
    let mut input = [0; 32];
    derive(&shared, &[b"WebPush: info\0", &receiver.public, own_public.as_ref()], &mut input)?;
    let keys = Salt::new(HKDF_SHA256, &salt).extract(&input);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    derive(&keys, &[b"Content-Encoding: aes128gcm\0"], &mut key)?;
    derive(&keys, &[b"Content-Encoding: nonce\0"], &mut nonce)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;

    let mut body = Vec::with_capacity(21 + PUBLIC + record.len());
    body.extend(salt);
    body.extend(RECORD.to_be_bytes());
    body.extend(u8::try_from(own_public.as_ref().len()));
    body.extend(own_public.as_ref());
    body.append(&mut record);
    Ok(body)
}

/// HKDF-Expand (RFC 5869 section 2.3).
fn derive(key: &Prk, info: &[&[u8]], out: &mut [u8]) -> Result<(), Unspecified> {
    key.expand(info, Bytes(out.len()))?.fill(out)
}

/// How much is to be derived.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291 section 5 and appendix A.
    fn receiver() -> Receiver {
        Receiver {
            public: bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        }
    }

    #[test]
    fn the_example_of_rfc_8291_comes_out() {
        let own = bytes::<32>("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let own = PrivateKey::from_private_key(&ECDH_P256, &own).unwrap();
        let text = padded(b"When I grow up, I want to be a watermelon", 0);
        let body = encrypt(&receiver(), &own, bytes("DGv6ra1nlYgDCS1FRnbzlw"), text).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
                        AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn short_and_long_messages_look_alike_and_no_two_are_the_same() {
        let [short, long] = [&b"Ann"[..], &[b'x'; 900]].map(|text| seal(&receiver(), text).unwrap());
        assert_eq!(short.len(), long.len());
        assert_ne!(short, seal(&receiver(), b"Ann").unwrap());
        assert!(seal(&receiver(), &[0; 2_000]).unwrap().len() < 4_096);
    }

    #[test]
    fn a_key_that_is_no_point_of_the_curve_is_refused() {
        let mut wrong = receiver();
        wrong.public[64] ^= 1;
        assert!(seal(&wrong, b"Ann").is_err());
        assert!(seal(&Receiver { public: [4; PUBLIC], auth: [0; AUTH] }, b"Ann").is_err());
    }
}
