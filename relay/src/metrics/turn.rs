//! What is counted about TURN.

use ::metrics::{Key, Label, Recorder as _};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::{Metrics, metadata};

const SERVER: &str = "alo_turn_server_up";
const CALLS: &str = "alo_turn_calls_total";
#[cfg(feature = "turn")]
const ADDRESSES: &str = "alo_turn_addresses";
#[cfg(feature = "turn")]
const BYTES: &str = "alo_turn_bytes_total";
#[cfg(feature = "turn")]
const LOST: &str = "alo_turn_lost_total";
#[cfg(feature = "turn")]
const REFUSED: &str = "alo_turn_refused_total";

impl Metrics {
    /// Whether one of the operator's TURN servers answers. Its address is the operator's as well, and no secret.
    pub fn turn_server(&self, url: &str, is_there: bool) {
        let key = Key::from_parts(SERVER, vec![Label::new("server", url.to_owned())]);
        self.recorder.register_gauge(&key, &metadata()).set(f64::from(u8::from(is_there)));
    }

    /// A call is over of which the server inside has passed something on.
    pub fn call_relayed(&self) {
        self.recorder.register_counter(&Key::from_static_name(CALLS), &metadata()).increment(1);
    }

    /// How many relayed addresses there are in the server inside, and what it has counted since the last time.
    #[cfg(feature = "turn")]
    pub(crate) fn turn(&self, addresses: usize, tally: &crate::turn::Tally) {
        let gauge = self.recorder.register_gauge(&Key::from_static_name(ADDRESSES), &metadata());
        gauge.set(f64::from(u32::try_from(addresses).unwrap_or(u32::MAX)));
        super::counter(&self.recorder, BYTES, "direction", "to_peer").increment(tally.sent);
        super::counter(&self.recorder, BYTES, "direction", "from_peer").increment(tally.received);
        super::counter(&self.recorder, LOST, "reason", "no_permission").increment(tally.not_permitted);
        super::counter(&self.recorder, LOST, "reason", "over_quota").increment(tally.over_quota);
        for (code, times) in &tally.refused {
            super::counter(&self.recorder, REFUSED, "code", &code.to_string()).increment(*times);
        }
    }
}

pub(super) fn describe(recorder: &PrometheusRecorder) {
    recorder.describe_gauge(SERVER.into(), None, "Whether a TURN server of the operator's answers.".into());
    recorder.describe_counter(CALLS.into(), None, "Calls of which the TURN server inside passed something on.".into());
    #[cfg(feature = "turn")]
    {
        recorder.describe_gauge(ADDRESSES.into(), None, "Relayed addresses of the TURN server inside.".into());
        let counters = [
            (BYTES, "Bytes of media passed on by the TURN server inside, by direction."),
            (LOST, "Datagrams that the TURN server inside did not pass on, by reason."),
            (REFUSED, "Requests that the TURN server inside refused, by the number of the error."),
        ];
        for (name, words) in counters {
            recorder.describe_counter(name.into(), None, words.into());
        }
    }
}
