//! How one of the others is received, in words, graphs and figures, for those who want to know.

use std::time::Duration;

use call::quality::{AddressFamily, CandidateType, Level, Line, RECENT, Route, Sample};
use call::{CallView, OtherView, PeerKey, Time};
use protocol::Figures as Received;

use super::graph::{graph, path, tenths, whole};
use super::parts::text_button;
use super::receives::arrival;
use crate::platform::{Copied, El, copy, el, el_class};
use crate::shell::{Shell, use_shell};
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{FigureWords, figure_words, fill};

/// How one of the others is received, to be unfolded in the menu of their place.
pub(crate) fn figures(other: &OtherView) -> El {
    let open = RwSignal::new(false);
    let (call, device) = (use_shell().shown().call, other.device.clone());
    let find =
        move |call: &CallView| call.others.iter().find(|now| now.device == device).map(|now| (now.peer, now.receives));
    let far = memo(move || call.with(|call| find(call.as_ref()?)));
    let name = other.person.name.clone();
    let title = el("summary").attr("dir", "auto").text(&fill(figure_words().title, &name));
    el_class("details", "more figures")
        .on("toggle", move |_| open.update(|open| *open = !*open))
        .child(title)
        .show(move || open.get().then(|| content(&name, far)))
}

fn content(name: &str, far: Signal<Option<Far>>) -> El {
    let (shell, words) = (use_shell(), figure_words());
    let (seconds, own) = (shell.seconds(), name.to_owned());
    let (reading, told) = (shell.clone(), own.clone());
    let read = move || Figures::read(&reading, far.get(), &told);
    let again = read.clone();
    let copied = RwSignal::new(None);
    let told = move || match copied.get() {
        None => "",
        Some(Copied::Yes) => words.copied,
        Some(Copied::No) => words.not_copied,
    };
    let row = el_class("div", "row")
        .child(text_button("", words.copy, move || copy(&again().map(|now| now.text()).unwrap_or_default(), copied)))
        .child(el_class("span", "small quiet").attr("role", "status").text_now(told));
    el("div")
        .show(move || {
            let now = seconds.get();
            Some(read().map_or_else(|| el("p").text(words.nothing_yet), |figures| figures.view(now)))
        })
        .child(row)
}

/// The connection to somebody, and how they receive this side.
type Far = (PeerKey, Option<Received>);

/// What is known at this moment.
struct Figures {
    words: &'static FigureWords,
    verdict: Vec<String>,
    samples: Vec<Sample>,
    facts: Vec<(&'static str, String)>,
}

impl Figures {
    fn read(shell: &Shell, far: Option<Far>, name: &str) -> Option<Self> {
        let (peer, receives) = far?;
        shell.quality(peer, |line| Self::of(line, name, receives.as_ref()))?
    }

    fn of(line: &Line, name: &str, receives: Option<&Received>) -> Option<Self> {
        let words = figure_words();
        let samples: Vec<Sample> = line.recent().copied().collect();
        let last = samples.last()?;
        let (sound, picture) = line.codecs();
        let codec =
            |codec: Option<&str>| codec.and_then(|codec| codec.split_once('/')).map(|(_, name)| name.to_owned());
        let freezes: f64 = samples.iter().filter_map(|sample| sample.freezes).sum();
        let facts = [
            (words.route, line.route().map(|route| words.way(route))),
            (words.sound, codec(sound)),
            (words.picture, codec(picture)),
            (words.size, last.frame_size.map(|(width, height)| words.pair(words.by, &whole(width), &whole(height)))),
            (words.frame_rate, last.frame_rate.map(|rate| fill(words.a_second, &whole(rate)))),
            (words.jitter, last.jitter_ms.map(|jitter| fill(words.ms, &whole(jitter)))),
            (words.concealed, last.concealed.map(|share| words.share(share))),
            (words.freezes, last.freezes.map(|_| whole(freezes))),
            (words.sent, last.sent.map(|rate| words.rate(rate))),
            (words.uplink_loss, last.uplink_loss.map(|share| words.share(share))),
        ];
        let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let (level, uplink) = line.levels();
        let uplink = arrival(uplink, receives);
        let mut verdict = vec![fill(words.arrives(level), name), words.received(uplink).to_owned()];
        verdict.extend(receives.and_then(|figures| words.receives(name, figures)));
        Some(Self { words, verdict, samples, facts })
    }

    /// The four graphs: title, the value now, what is drawn of a sample, and where the graph ends at least.
    fn graphs(&self) -> [(&'static str, String, Plotted, f64); 4] {
        let words = self.words;
        let now = |of: Plotted, say: &dyn Fn(f64) -> String| {
            self.samples.last().and_then(of).map_or_else(|| words.unknown.to_owned(), say)
        };
        let round_trip: Plotted = |sample| sample.round_trip_ms;
        let loss: Plotted = |sample| sample.loss.map(|share| share * 100.0);
        let rate: Plotted = |sample| sample.received.map(|bits| bits / 1_000.0);
        let mos: Plotted = |sample| sample.mos();
        [
            (words.round_trip, now(round_trip, &|ms| fill(words.ms, &whole(ms))), round_trip, 100.0),
            (words.loss, now(loss, &|loss| words.share(loss / 100.0)), loss, 5.0),
            (words.received, now(rate, &|kilobits| fill(words.kilobits, &whole(kilobits))), rate, 200.0),
            (words.opinion, now(mos, &|mos| words.decimal(mos)), mos, 4.5),
        ]
    }

    fn view(&self, now: Time) -> El {
        let line = |of, least| line_of(&self.samples, now, of, least);
        let graphs = self.graphs().map(|(title, value, of, least)| graph(title, &value, &line(of, least)));
        let facts = self
            .facts
            .iter()
            .map(|(name, value)| el("div").child(el("dt").text(name)).child(el_class("dd", "tabular").text(value)));
        el_class("div", "figures-now")
            .children(self.verdict.iter().map(|sentence| el("p").attr("dir", "auto").text(sentence)))
            .child(
                el_class("div", "graphs").attr("aria-label", self.words.lately).attr("role", "group").children(graphs),
            )
            .child(el_class("dl", "measures").children(facts))
    }

    /// The same as lines of text.
    fn text(&self) -> String {
        let mut lines = self.verdict.clone();
        lines.extend(self.graphs().map(|(title, value, ..)| [title, ": ", &value].concat()));
        lines.extend(self.facts.iter().map(|(name, value)| [name, ": ", value.as_str()].concat()));
        lines.join("\n")
    }
}

/// What a graph shows of a sample.
type Plotted = fn(&Sample) -> Option<f64>;

impl FigureWords {
    const fn arrives(&self, level: Level) -> &'static str {
        match level {
            Level::Good => self.arrives_well,
            Level::Fair => self.arrives_fairly,
            Level::Poor => self.arrives_badly,
            Level::Lost => self.arrives_not,
        }
    }

    const fn received(&self, level: Level) -> &'static str {
        match level {
            Level::Good => self.received_well,
            Level::Fair => self.received_fairly,
            Level::Poor | Level::Lost => self.received_badly,
        }
    }

    /// The way that media takes.
    pub(crate) fn way(&self, route: Route) -> String {
        let way = match (route.local, route.remote) {
            (CandidateType::Relay, _) | (_, CandidateType::Relay) => self.by_relay,
            (CandidateType::Host, CandidateType::Host) => self.in_network,
            _ => self.by_internet,
        };
        match route.family {
            Some(AddressFamily::V4) => [way, " (IPv4)"].concat(),
            Some(AddressFamily::V6) => [way, " (IPv6)"].concat(),
            None => way.to_owned(),
        }
    }

    /// Bits a second.
    pub(crate) fn rate(&self, bits: f64) -> String {
        fill(self.kilobits, &whole(bits / 1_000.0))
    }

    /// A share of one in per cent.
    pub(crate) fn share(&self, share: f64) -> String {
        fill(self.per_cent, &self.decimal(share * 100.0))
    }

    /// Milliseconds.
    pub(crate) fn millis(&self, millis: f64) -> String {
        fill(self.ms, &whole(millis))
    }

    pub(super) fn decimal(&self, number: f64) -> String {
        let (before, after) = tenths(number);
        self.pair(self.point, &before, &after)
    }

    fn pair(&self, template: &str, one: &str, other: &str) -> String {
        fill(&fill(template, one), other)
    }
}

/// The line of a graph over the last two minutes: now is at the right.
fn line_of(samples: &[Sample], now: Time, of: Plotted, least: f64) -> String {
    let right = |sample: &Sample| 1.0 - part(now.since(sample.at).min(RECENT), RECENT);
    let points: Vec<_> = samples.iter().map(|sample| (right(sample), of(sample))).collect();
    path(&points, least)
}

fn part(of: Duration, whole: Duration) -> f64 {
    of.as_secs_f64() / whole.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use call::quality::Stats;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn sample(second: u64, round_trip_ms: Option<f64>) -> Sample {
        Sample { at: Time::from_millis(second * 1_000), round_trip_ms, ..Sample::default() }
    }

    #[test]
    fn now_is_at_the_right() {
        let samples = [sample(0, Some(0.0)), sample(60, Some(50.0)), sample(90, None), sample(118, Some(100.0))];
        let path = line_of(&samples, Time::from_millis(120_000), |sample| sample.round_trip_ms, 100.0);
        assert_eq!(path, "M0.0 24.0L12.0 12.0M23.6 0.0");
    }

    #[test]
    fn the_figures_of_a_connection_are_told_as_lines() {
        let mut line = Line::default();
        let stats = |seconds: f64| {
            let mut stats = Stats { round_trip_time: Some(0.034), ..Stats::default() };
            stats.audio.packets_received = Some(seconds * 50.0);
            stats.audio.packets_lost = Some(seconds);
            stats.audio.codec = Some("audio/opus".to_owned());
            stats.route = Some(Route {
                local: CandidateType::Host,
                remote: CandidateType::ServerReflexive,
                family: Some(AddressFamily::V6),
            });
            stats
        };
        assert!(Figures::of(&line, "Ann", None).is_none());
        for second in 0..3 {
            line.take(Time::from_millis(second * 1_000), stats(second as f64), true);
        }
        let receives = Received { mos_x100: Some(250), ..Received::default() };
        let text = Figures::of(&line, "Ann", Some(&receives)).unwrap().text().replace('\u{a0}', " ");
        let there = ["You arrive there badly.", "Ann receives you: sound 2.5 of"];
        for told in
            ["34 ms", "2.0 %", "opus", "Direct, through the internet (IPv6)", "Ann arrives"].into_iter().chain(there)
        {
            assert!(text.contains(told), "{told}: {text}");
        }
    }
}
