//! CRC-32 (ITU-T V.42), which fingerprints are made of.

/// Bit by bit: a message has a hundred bytes, and media goes without.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    let next = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| shift(crc));
    !bytes.iter().fold(!0, next)
}
