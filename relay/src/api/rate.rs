//! How many requests under `/api` one address may send.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use protocol::ErrorCode;

use crate::app::App;
use crate::identity::network;
use crate::refusal::Refusal;

/// Requests a second in the long run. A page sends one or two when it is opened and one for each thing somebody does; a
/// whole office may have one address.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Requests at once.
const BURST: NonZeroU32 = NonZeroU32::new(300).unwrap();

/// A bucket for each address.
#[derive(Debug)]
pub struct ApiRate(DefaultKeyedRateLimiter<IpAddr>);

impl Default for ApiRate {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(BURST)))
    }
}

impl ApiRate {
    /// Counts one request; how long to wait if it is one too many.
    #[must_use]
    pub fn wait(&self, address: IpAddr) -> Option<Duration> {
        let refused = self.0.check_key(&network(address)).err()?;
        Some(refused.wait_time_from(self.0.clock().now()))
    }

    /// Forgets the addresses that have been quiet.
    pub fn forget_quiet(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }
}

/// Where a request came from. Absent only where a test calls the router without a socket.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Whether requests to this path are counted. Coming in has limits of its own: when a relay is back, everyone behind one
/// address comes at once.
pub(super) fn is_limited(path: &str) -> bool {
    !["/api/session", "/api/config"].iter().any(|free| path.starts_with(free))
}

/// Refuses requests of an address that sends too many.
pub(super) async fn limit(State(app): State<Arc<App>>, from: From, request: Request, next: Next) -> Response {
    let wait = from
        .filter(|_| is_limited(request.uri().path()))
        .and_then(|Extension(ConnectInfo(peer))| app.api_rate.wait(peer.ip()));
    match wait {
        Some(wait) => Refusal::new(ErrorCode::RateLimited).retry_after(wait.as_secs() + 1).into_response(),
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_too_often_waits_and_others_do_not() {
        let rate = ApiRate::default();
        let [ann, bob]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        let sent = (0..1_000).take_while(|_| rate.wait(ann).is_none()).count();
        assert!((300..600).contains(&sent), "{sent}");
        assert!(rate.wait(ann).unwrap() <= Duration::from_secs(1));
        assert_eq!(rate.wait(bob), None);
    }
}
