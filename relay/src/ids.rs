//! Ids that nobody can guess.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::{CallId, DeviceId, RoomCode, SessionId};

/// A device's address: 96 random bits.
#[must_use]
pub(crate) fn device() -> Option<DeviceId> {
    draw::<DeviceId, 12>("d_")
}

/// The secret of a session: 192 random bits.
#[must_use]
pub(crate) fn session() -> Option<SessionId> {
    draw::<SessionId, 24>("s_")
}

/// The id of a room's call: 96 random bits.
#[must_use]
pub(crate) fn meeting() -> Option<CallId> {
    draw::<CallId, 12>("m_")
}

/// The id of somebody's group: 96 random bits.
#[must_use]
pub(crate) fn group() -> Option<String> {
    draw::<String, 12>("g_")
}

/// The name of a relay among others: 96 random bits.
#[must_use]
pub(crate) fn relay() -> Option<String> {
    draw::<String, 12>("r_")
}

/// The code of a room. About a tenth of all bytes are left out, so twice as many as it has letters are drawn.
#[must_use]
pub(crate) fn room() -> Option<RoomCode> {
    let mut bytes = [0; 2 * RoomCode::LETTERS];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    RoomCode::from_random(&bytes)
}

/// `None` when the system has no randomness to give; nothing can be begun then.
fn draw<Id: FromStr, const BYTES: usize>(prefix: &str) -> Option<Id> {
    let mut bytes = [0; BYTES];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn drawn_ids_are_valid_and_differ() {
        assert_ne!(device().unwrap(), device().unwrap());
        assert_ne!(session().unwrap(), session().unwrap());
        assert_ne!(meeting().unwrap(), meeting().unwrap());
        assert_ne!(room().unwrap(), room().unwrap());
    }

    #[test]
    fn codes_of_rooms_do_not_repeat_and_have_every_letter_at_every_place() {
        let codes: HashSet<String> = (0..2_000).map(|_| room().unwrap().as_str().replace('-', "")).collect();
        assert_eq!(codes.len(), 2_000);
        for place in 0..RoomCode::LETTERS {
            let letters: HashSet<u8> = codes.iter().map(|code| code.as_bytes()[place]).collect();
            // That one of 23 misses 2,000 times happens once in 10^37.
            assert_eq!(letters.len(), RoomCode::ALPHABET.len(), "{place}");
        }
    }
}
