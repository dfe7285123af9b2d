//! What the relay counts, for Prometheus at `/metrics`.
//!
//! Each relay has a recorder of its own rather than the process's global one, so that many relays can run in one test
//! process. Handles are made once; counting is an atomic addition. Names follow Prometheus' conventions (base units,
//! `_total` for counters). Labels take their values from fixed sets: nothing a peer sends becomes a label.

mod turn;

use std::fmt;
use std::time::Duration;

use ::metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use protocol::{CallState, ClientMessage, EndReason, ErrorCode};
use serde::Serialize;

/// Upper bounds of the buckets of forwarding times, in seconds: from what a forward should take to what people notice.
const FORWARD_SECONDS: [f64; 13] =
    [0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0];

const SESSIONS: &str = "alo_sessions";
const CALLS: &str = "alo_calls";
const ENDED: &str = "alo_calls_ended_total";
const MESSAGES: &str = "alo_messages_total";
const REFUSALS: &str = "alo_refusals_total";
const FORWARD: &str = "alo_forward_seconds";
const GUESTS: &str = "alo_guest_sign_ins_total";
const KEPT: &str = "alo_history_written_total";
const DROPPED: &str = "alo_history_dropped_total";
const WAITING: &str = "alo_history_waiting";
const PUSHES: &str = "alo_push_total";

/// The states a call is counted in. Over is over: ended calls are counted by their reason instead.
const LIVE: [CallState; 4] = [CallState::Initiating, CallState::Ringing, CallState::Connecting, CallState::Active];

/// What came of telling a browser of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// A push service has taken it.
    Sent,
    /// There is no such browser any more.
    Gone,
    /// No push service took it in time.
    Failed,
    /// It was not tried: there is too much of it.
    TooMany,
}

impl Pushed {
    const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Gone => "gone",
            Self::Failed => "failed",
            Self::TooMany => "too_many",
        }
    }
}

/// The counters of one relay.
pub struct Metrics {
    recorder: PrometheusRecorder,
    sessions: Gauge,
    calls: Vec<(CallState, Gauge)>,
    /// By type, in no order that matters: so few are found sooner one by one than by a hash.
    messages: Vec<(&'static str, Counter)>,
    forward: Histogram,
    guests: Counter,
    history_written: Counter,
    history_dropped: Counter,
    history_waiting: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All at zero.
    #[must_use]
    pub fn new() -> Self {
        // The only error is an empty list of buckets; the times would then be a summary.
        let recorder = PrometheusBuilder::new().set_buckets(&FORWARD_SECONDS).unwrap_or_default().build_recorder();
        describe(&recorder);
        turn::describe(&recorder);
        let messages = ClientMessage::KINDS.iter().map(|&kind| (kind, counter(&recorder, MESSAGES, "type", kind)));
        Self {
            sessions: gauge(&recorder, Key::from_static_name(SESSIONS)),
            calls: LIVE.map(|state| (state, state_gauge(&recorder, state))).into(),
            messages: messages.collect(),
            forward: recorder.register_histogram(&Key::from_static_name(FORWARD), &metadata()),
            guests: plain_counter(&recorder, GUESTS),
            history_written: plain_counter(&recorder, KEPT),
            history_dropped: plain_counter(&recorder, DROPPED),
            history_waiting: gauge(&recorder, Key::from_static_name(WAITING)),
            recorder,
        }
    }

    /// A session began.
    pub fn session_began(&self) {
        self.sessions.increment(1);
    }

    /// A session is over: resumed by nobody, or closed for good.
    pub fn session_ended(&self) {
        self.sessions.decrement(1);
    }

    /// A call moved from one state to the next; `None` before the first. Moving on to where it was changes nothing.
    pub fn call_moved(&self, from: Option<CallState>, to: CallState) {
        if let Some(gauge) = from.and_then(|state| self.live(state)) {
            gauge.decrement(1);
        }
        if let Some(gauge) = self.live(to) {
            gauge.increment(1);
        }
    }

    /// A call is over.
    pub fn call_ended(&self, reason: EndReason) {
        counter(&self.recorder, ENDED, "reason", &name(reason)).increment(1);
    }

    /// A page said something; `kind` is one of [`ClientMessage::KINDS`].
    pub fn message(&self, kind: &str) {
        if let Some((_, counter)) = self.messages.iter().find(|(known, _)| *known == kind) {
            counter.increment(1);
        }
    }

    /// A request was refused.
    pub fn refused(&self, code: ErrorCode) {
        counter(&self.recorder, REFUSALS, "code", &name(code)).increment(1);
    }

    /// How long it took from reading a frame to its being in the outbox of whoever it was for.
    pub fn forwarded(&self, took: Duration) {
        self.forward.record(took);
    }

    /// A guest signed in.
    pub fn guest_signed_in(&self) {
        self.guests.increment(1);
    }

    /// So many calls are in the history's file.
    pub fn history_written(&self, calls: usize) {
        self.history_written.increment(u64::try_from(calls).unwrap_or(u64::MAX));
    }

    /// So many calls never got there: too many waited, or the relay stopped while the disk did not take them.
    pub fn history_dropped(&self, calls: usize) {
        self.history_dropped.increment(u64::try_from(calls).unwrap_or(u64::MAX));
    }

    /// So many calls wait to be written.
    pub fn history_waiting(&self, calls: usize) {
        self.history_waiting.set(u32::try_from(calls).unwrap_or(u32::MAX));
    }

    /// What came of telling a browser of a call.
    pub fn pushed(&self, came_to: Pushed) {
        counter(&self.recorder, PUSHES, "result", came_to.word()).increment(1);
    }

    /// Everything as text, in Prometheus' exposition format 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        self.recorder.handle().render()
    }

    /// Folds the times recorded since the last call into the buckets. To be called every few seconds: until then each
    /// time is kept by itself, so memory would grow with the traffic where nobody reads the metrics.
    pub fn fold(&self) {
        self.recorder.handle().run_upkeep();
    }

    fn live(&self, state: CallState) -> Option<&Gauge> {
        self.calls.iter().find(|(live, _)| *live == state).map(|(_, gauge)| gauge)
    }
}

fn describe(recorder: &PrometheusRecorder) {
    let gauges = [
        (SESSIONS, "Sessions, connected or waiting to be resumed."),
        (CALLS, "Live calls by state."),
        (WAITING, "Calls that are over and not yet in the history's file."),
    ];
    for (name, words) in gauges {
        recorder.describe_gauge(name.into(), None, words.into());
    }
    let counters = [
        (ENDED, "Calls that are over, by reason."),
        (MESSAGES, "Messages from pages, by type."),
        (REFUSALS, "Refused requests, by code."),
        (GUESTS, "Guests who signed in."),
        (KEPT, "Calls written to the history."),
        (DROPPED, "Calls that never got into the history."),
        (PUSHES, "Messages for browsers without a page, by what came of them."),
    ];
    for (name, words) in counters {
        recorder.describe_counter(name.into(), None, words.into());
    }
    recorder.describe_histogram(FORWARD.into(), None, "Seconds from reading a frame to passing it on.".into());
}

/// The name of a variant on the wire.
fn name<T: Serialize>(variant: T) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn metadata() -> Metadata<'static> {
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()))
}

fn counter(recorder: &PrometheusRecorder, metric: &'static str, label: &'static str, value: &str) -> Counter {
    let key = Key::from_parts(metric, vec![Label::new(label, value.to_owned())]);
    recorder.register_counter(&key, &metadata())
}

/// A counter without labels.
fn plain_counter(recorder: &PrometheusRecorder, metric: &'static str) -> Counter {
    recorder.register_counter(&Key::from_static_name(metric), &metadata())
}

fn state_gauge(recorder: &PrometheusRecorder, state: CallState) -> Gauge {
    gauge(recorder, Key::from_parts(CALLS, vec![Label::new("state", name(state))]))
}

/// A gauge that shows from the start: one that was never set would be missing from the page.
fn gauge(recorder: &PrometheusRecorder, key: Key) -> Gauge {
    let gauge = recorder.register_gauge(&key, &metadata());
    gauge.set(0.0);
    gauge
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(metrics: &Metrics, line: &str) -> f64 {
        let text = metrics.render();
        let found = text.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(' ')?.parse().ok());
        found.unwrap_or_else(|| panic!("no {line} in\n{text}"))
    }

    #[test]
    fn everything_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.session_began();
        metrics.session_began();
        metrics.session_ended();
        metrics.message("call:offer");
        metrics.message("made:up");
        metrics.refused(ErrorCode::NoCall);
        metrics.guest_signed_in();
        metrics.call_ended(EndReason::AnsweredElsewhere);
        metrics.forwarded(Duration::from_micros(30));
        metrics.history_written(3);
        metrics.history_dropped(2);
        metrics.history_waiting(7);
        assert_eq!(value(&metrics, "alo_sessions"), 1.0);
        assert_eq!(value(&metrics, r#"alo_messages_total{type="call:offer"}"#), 1.0);
        assert_eq!(value(&metrics, r#"alo_refusals_total{code="no_call"}"#), 1.0);
        assert_eq!(value(&metrics, "alo_guest_sign_ins_total"), 1.0);
        assert_eq!(value(&metrics, r#"alo_calls_ended_total{reason="answered_elsewhere"}"#), 1.0);
        assert_eq!(value(&metrics, r#"alo_forward_seconds_bucket{le="0.000025"}"#), 0.0);
        assert_eq!(value(&metrics, r#"alo_forward_seconds_bucket{le="0.00005"}"#), 1.0);
        assert_eq!(value(&metrics, "alo_history_written_total"), 3.0);
        assert_eq!(value(&metrics, "alo_history_dropped_total"), 2.0);
        assert_eq!(value(&metrics, "alo_history_waiting"), 7.0);
        assert!(!metrics.render().contains("made:up"), "what a peer makes up is no label");
    }

    #[test]
    fn a_call_is_counted_in_one_state_at_a_time() {
        let metrics = Metrics::new();
        let calls = |state| value(&metrics, &format!(r#"alo_calls{{state="{state}"}}"#));
        metrics.call_moved(None, CallState::Initiating);
        metrics.call_moved(Some(CallState::Initiating), CallState::Ringing);
        metrics.call_moved(Some(CallState::Ringing), CallState::Ringing);
        assert_eq!([calls("initiating"), calls("ringing"), calls("active")], [0.0, 1.0, 0.0]);
        metrics.call_moved(Some(CallState::Ringing), CallState::Ended);
        assert_eq!(calls("ringing"), 0.0);
    }

    #[test]
    fn two_relays_count_apart() {
        let [one, two] = [Metrics::new(), Metrics::new()];
        one.session_began();
        assert_eq!(value(&two, "alo_sessions"), 0.0);
    }
}
