//! One browser and one ring: it is told that it rings, and when it does not any more, what came of it.
//!
//! One task does both, so that the second cannot overtake the first; a browser that could not be told the first is told
//! nothing. Both have the same topic: with a device that is away, the push service keeps the second in place of the first.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use call::Time;
use call::record::CameTo;
use protocol::CallId;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::notice::{Notice, Over, Rings};
use super::send::{Ask, Said, SendError};
use super::services::Address;
use super::{Change, Push, Ring, Subscription, seal};
use crate::metrics::Pushed;

/// The pause after a first attempt that failed; it doubles from one to the next. A push service that is restarted is back
/// within seconds.
const PAUSE: Duration = Duration::from_secs(1);
/// How long what came of a ring is worth telling. A device that comes online later would only disturb.
const LINGER: Duration = Duration::from_secs(30);
/// A ring ends by itself at its time; should that not be heard of, the story does.
const GRACE: Duration = Duration::from_secs(5);

/// The story of one ring on one browser.
pub(super) struct Story {
    pub(super) push: Arc<Push>,
    pub(super) to: Subscription,
    pub(super) ring: Ring,
    /// One of the places there are for stories.
    pub(super) place: OwnedSemaphorePermit,
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Sent,
    /// There is no such browser any more (RFC 8030 section 7.3).
    Gone,
    /// It is refused, and would be again.
    Refused,
    /// It may work later, not before that time has passed if one is named.
    Later(Option<Duration>),
}

impl Story {
    /// Tells it. `over` says what came of the ring.
    pub(super) async fn tell(self, mut over: watch::Receiver<Option<CameTo>>) {
        let until = self.ring.until;
        let told = tokio::select! {
            told = self.deliver(until, |story| story.rings()) => told,
            // Given up half-way, it may have arrived.
            _ = over.wait_for(Option::is_some) => true,
        };
        if !told {
            return;
        }
        let patience = until.since(self.push.clock.now()) + GRACE;
        let came_to = tokio::time::timeout(patience, over.wait_for(Option::is_some)).await;
        let Ok(Ok(Some(came_to))) = came_to.map(|waited| waited.map(|came_to| *came_to)) else { return };
        let until = self.push.clock.now() + LINGER;
        self.deliver(until, |story| story.over(came_to)).await;
        drop(self.place);
    }

    fn rings(&self) -> Vec<u8> {
        let Ring { user, call_id, silent, until, .. } = &self.ring;
        let left = until.since(self.push.clock.now());
        self.notice(
            Some(Rings {
                rings_for_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
                silent: *silent,
                user,
                decline: self.push.decline_token(call_id, user),
            }),
            None,
        )
    }

    fn over(&self, came_to: CameTo) -> Vec<u8> {
        self.notice(None, Some(came_to.into()))
    }

    fn notice(&self, rings: Option<Rings<'_>>, over: Option<Over>) -> Vec<u8> {
        let Ring { call_id, from, kind, .. } = &self.ring;
        let notice = Notice { call_id, from, kind: *kind, language: self.to.language, rings, over };
        // What is built of strings and numbers can always be written.
        serde_json::to_vec(&notice).unwrap_or_default()
    }

    /// Has the push service take a message that is good until then; true if it did. Each attempt writes it anew, because
    /// it says how long it is good.
    async fn deliver(&self, until: Time, write: impl Fn(&Self) -> Vec<u8>) -> bool {
        let Some(address) = self.push.services.address(&self.to.endpoint) else { return false };
        let mut pause = PAUSE;
        loop {
            let wait = match self.attempt(&address, until, &write(self)).await {
                Verdict::Sent => {
                    self.push.metrics.pushed(Pushed::Sent);
                    return true;
                }
                Verdict::Gone => {
                    self.push.metrics.pushed(Pushed::Gone);
                    let gone = Change::Unsubscribe(self.ring.user.clone(), self.to.endpoint.clone());
                    self.push.history.change_subscriptions_later(gone);
                    return false;
                }
                Verdict::Refused => break,
                Verdict::Later(wait) => wait.unwrap_or(pause),
            };
            if self.push.clock.now() + wait >= until {
                break;
            }
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
        self.push.metrics.pushed(Pushed::Failed);
        false
    }

    async fn attempt(&self, address: &Address, until: Time, text: &[u8]) -> Verdict {
        let push = &self.push;
        let Ok(_line) = push.lines.acquire().await else { return Verdict::Refused };
        let (Ok(body), Some(authorization)) =
            (seal(&self.to.receiver, text), push.key.authorization(&address.origin, push.clock.unix_now()))
        else {
            return Verdict::Refused;
        };
        let ask = Ask {
            authorization,
            keep: until.since(push.clock.now()),
            topic: topic(&self.ring.call_id),
            body: Bytes::from(body),
        };
        let said = push.sender.send(address, ask).await;
        let verdict = judge(&said);
        if verdict != Verdict::Sent {
            // The origin and no more: the rest of the address is for nobody's eyes.
            tracing::warn!(service = address.origin, ?said, "a push service did not take a message");
        }
        verdict
    }
}

/// RFC 8030 sections 5 and 7.3, and what goes for every request.
fn judge(said: &Result<Said, SendError>) -> Verdict {
    let Ok(said) = said else { return Verdict::Later(None) };
    match said.status {
        status if status.is_success() => Verdict::Sent,
        StatusCode::NOT_FOUND | StatusCode::GONE => Verdict::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Verdict::Later(said.retry_after),
        status if status.is_server_error() => Verdict::Later(said.retry_after),
        _ => Verdict::Refused,
    }
}

/// 32 characters of base64url at most (RFC 8030 section 5.4), the same for one call, and nobody can tell which it is.
fn topic(call: &CallId) -> String {
    let mut topic = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, call.as_str().as_bytes()));
    topic.truncate(32);
    topic
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, seconds: Option<u64>) -> Result<Said, SendError> {
        let retry_after = seconds.map(Duration::from_secs);
        Ok(Said { status: StatusCode::from_u16(status).unwrap(), retry_after })
    }

    #[test]
    fn what_a_push_service_says_is_understood() {
        for status in [200, 201, 202] {
            assert_eq!(judge(&said(status, None)), Verdict::Sent);
        }
        for status in [404, 410] {
            assert_eq!(judge(&said(status, None)), Verdict::Gone);
        }
        assert_eq!(judge(&said(429, Some(7))), Verdict::Later(Some(Duration::from_secs(7))));
        assert_eq!(judge(&said(503, None)), Verdict::Later(None));
        assert_eq!(judge(&Err(SendError::Late)), Verdict::Later(None));
        for status in [301, 307, 400, 401, 403, 413] {
            assert_eq!(judge(&said(status, Some(7))), Verdict::Refused, "{status}");
        }
    }

    #[test]
    fn a_topic_is_32_characters_and_no_call_id() {
        let topics = ["c_0123456789abcdef", "c_0123456789abcdeg"].map(|id| topic(&id.parse().unwrap()));
        assert_ne!(topics[0], topics[1]);
        assert!(topics.iter().all(|topic| topic.len() == 32 && !topic.contains("c_0")));
    }
}
