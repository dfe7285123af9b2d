//! How much of anything is accepted. Bytes are counted as they stand on the wire, JSON escapes included.

/// A whole frame. A larger one closes the connection with 1009 (RFC 6455 section 7.4.1).
pub const FRAME_BYTES: usize = 64 * 1024;
/// A session description. Chromium's first offer for voice and video is about 7 KB.
pub const DESCRIPTION_BYTES: usize = 32 * 1024;
/// One ICE candidate line.
pub const CANDIDATE_BYTES: usize = 512;
/// Candidates in one `call:ice_candidate`, and those kept for a call that still rings.
pub const CANDIDATES: usize = 64;
/// People rung into one call.
pub const INVITED: usize = 32;
/// Participants in one `call:report_quality`.
pub const RECEIVED: usize = 64;
/// A display name, in characters after normalisation.
pub const NAME_CHARS: usize = 64;
/// An avatar's address.
pub const AVATAR_BYTES: usize = 512;
/// A user id: long enough for the ids of other products (a URI, a hash, an e-mail address).
pub const USER_ID_BYTES: usize = 128;
/// A call, device or session id. Shorter than the minimum could be guessed, so it is refused.
pub const ID_BYTES: std::ops::RangeInclusive<usize> = 16..=64;
/// A signed token.
pub const TOKEN_BYTES: usize = 4 * 1024;
/// A chat message, in characters.
pub const CHAT_CHARS: usize = 4_000;
/// The name of a file that is offered, in bytes.
pub const FILE_NAME_BYTES: usize = 512;
/// A media type: both halves may have 127 characters (RFC 6838 section 4.2).
pub const MIME_BYTES: usize = 255;
/// A file that is offered.
pub const FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;
