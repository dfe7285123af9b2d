//! Randomness nobody can guess.

use std::str::FromStr;

use protocol::{CallId, ItemId};

use super::window;

/// 64 letters: six bits each, so every one is equally likely.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Random bytes from the browser's own generator (`crypto.getRandomValues`), which every browser with WebAssembly has.
fn bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// A new call's id: 132 bits.
pub(crate) fn call_id() -> Option<CallId> {
    id()
}

/// The id of something said or offered in a call.
pub(crate) fn item_id() -> Option<ItemId> {
    id()
}

fn id<Id: FromStr>() -> Option<Id> {
    let letters = bytes::<22>()?.into_iter().filter_map(|b| LETTERS.get(usize::from(b & 63)));
    letters.map(|&letter| char::from(letter)).collect::<String>().parse().ok()
}

/// Where the phone's own, harmless randomness (back-off) begins.
pub(crate) fn seed() -> u64 {
    bytes().map_or(0, u64::from_le_bytes)
}
