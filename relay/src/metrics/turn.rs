//! What is counted about TURN.

use ::metrics::{Key, Label, Recorder as _};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::{Metrics, metadata};

const SERVER: &str = "alo_turn_server_up";

impl Metrics {
    /// Whether one of the operator's TURN servers answers. Its address is the operator's as well, and no secret.
    pub fn turn_server(&self, url: &str, is_there: bool) {
        let key = Key::from_parts(SERVER, vec![Label::new("server", url.to_owned())]);
        self.recorder.register_gauge(&key, &metadata()).set(f64::from(u8::from(is_there)));
    }
}

pub(super) fn describe(recorder: &PrometheusRecorder) {
    recorder.describe_gauge(SERVER.into(), None, "Whether a TURN server of the operator's answers.".into());
}
