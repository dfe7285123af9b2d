//! A socket that fails: the next try comes later and later, so that it takes no time from the others.

use std::io;
use std::time::Duration;

/// After so many errors one after another a socket is given up: some were about a datagram that was sent before, so many
/// are about the socket. The pauses before them add up to half a second.
const MOST: u32 = 9;
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(1);

/// Errors of one socket since it last worked.
#[derive(Debug, Default)]
pub(super) struct Setbacks(u32);

impl Setbacks {
    /// It works.
    pub(super) const fn forget(&mut self) {
        self.0 = 0;
    }

    /// It does nothing but fail.
    pub(super) const fn are_too_many(&self) -> bool {
        self.0 >= MOST
    }

    /// Waits after one more error.
    pub(super) async fn rest(&mut self, error: &io::Error) {
        tracing::debug!(%error, "a TURN socket fails");
        tokio::time::sleep(self.pause()).await;
    }

    fn pause(&mut self) -> Duration {
        let pause = Duration::from_millis(1_u64.checked_shl(self.0).unwrap_or(u64::MAX)).min(LONGEST);
        self.0 = self.0.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_second_and_begin_anew() {
        let mut setbacks = Setbacks::default();
        let pauses: Vec<u128> = (0..12).map(|_| setbacks.pause().as_millis()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000, 1_000]);
        assert_eq!(Setbacks(u32::MAX).pause(), LONGEST);
        setbacks.forget();
        assert_eq!(setbacks.pause().as_millis(), 1);
    }

    #[test]
    fn half_a_second_of_nothing_but_errors_is_too_much() {
        let (mut setbacks, mut waited) = (Setbacks::default(), Duration::ZERO);
        while !setbacks.are_too_many() {
            waited += setbacks.pause();
        }
        assert_eq!(waited, Duration::from_millis(511));
    }
}
