//! Nonces (RFC 8489 section 9.2) that need not be remembered: each says when it was given out, signed together with the
//! address it was given to. However many are asked for, none takes memory.

use std::net::IpAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call::Time;

/// How long one is good for (RFC 8656 section 5: at most an hour).
const LIFE: Duration = Duration::from_secs(3_600);
/// Bytes of the time and of the signature.
const TIME: usize = 8;
const SIGNATURE: usize = 12;

/// Gives out nonces and knows them again.
#[derive(Debug)]
pub(super) struct Nonces(hmac::Key);

impl Nonces {
    /// `key` is random, and as good as long as the process lives.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// One for whoever asks from that address.
    pub(super) fn draw(&self, now: Time, client: IpAddr) -> String {
        let time = now.as_millis().to_be_bytes();
        let mut bytes = [0; TIME + SIGNATURE];
        for (place, byte) in bytes.iter_mut().zip(time.iter().chain(self.signature(time, client).as_ref())) {
            *place = *byte;
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether it was given to that address, not too long ago.
    pub(super) fn is_good(&self, now: Time, client: IpAddr, nonce: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(nonce) else { return false };
        let Some((time, signature)) = bytes.split_first_chunk::<TIME>() else { return false };
        let own = self.signature(*time, client);
        let is_own = own
            .as_ref()
            .get(..SIGNATURE)
            .is_some_and(|own| aws_lc_rs::constant_time::verify_slices_are_equal(own, signature).is_ok());
        is_own && now.since(Time::from_millis(u64::from_be_bytes(*time))) < LIFE
    }

    fn signature(&self, time: [u8; TIME], client: IpAddr) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&time);
        match client {
            IpAddr::V4(ip) => context.update(&ip.octets()),
            IpAddr::V6(ip) => context.update(&ip.octets()),
        }
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_good_for_its_address_and_its_hour() {
        let nonces = Nonces::new(&[7; 32]);
        let (now, ann) = (Time::from_millis(5_000), IpAddr::from([192, 0, 2, 1]));
        let nonce = nonces.draw(now, ann);
        let good = |after: u64, client| nonces.is_good(now + Duration::from_secs(after), client, &nonce);
        assert!(good(0, ann) && good(3_599, ann));
        assert!(!good(3_600, ann), "too old");
        assert!(!good(0, IpAddr::from([192, 0, 2, 2])), "given to somebody else");
        assert!(!Nonces::new(&[8; 32]).is_good(now, ann, &nonce), "of another server");
        for wrong in ["", "AAAA", "not base64", &nonce[1..]] {
            assert!(!nonces.is_good(now, ann, wrong), "{wrong}");
        }
    }
}
