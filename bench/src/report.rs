//! The table and the targets, as text.

use std::fmt::Write as _;

use crate::contestant::{ALO_OPTIONS, Kind};
use crate::relay::{Findings, Memory, Turn};

const MEGABYTE: f64 = 1e6;
/// What the targets for memory are stated for.
const IDLE: usize = 10_000;
const HELD: usize = 1_000;

/// The whole report.
pub(crate) fn text(findings: &[Findings]) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail, so the results are dropped throughout.
    let _ = writeln!(
        out,
        "One call is an offer of 7.0 KB, an answer of 6.1 KB, 20 candidates and a goodbye: 23 forwarded messages."
    );
    let _ = writeln!(
        out,
        "alo also rings, acknowledges and is told that media flows; it runs with {}.",
        ALO_OPTIONS.join(" ")
    );
    let _ = writeln!(out, "Its page sends candidates several at a time (9 messages); \"singly\" is with the same 23.");
    out.push('\n');
    turns_table(&mut out, findings);
    out.push('\n');
    memory_table(&mut out, findings);
    out.push('\n');
    targets(&mut out, findings);
    out
}

fn turns_table(out: &mut String, findings: &[Findings]) {
    if turns_of(findings, Kind::Epoll).is_some_and(|turns| is_busy(turns)) {
        let _ = writeln!(
            out,
            "This machine is busy: messages wait and are then handled several at a time, which makes every"
        );
        let _ = writeln!(out, "server look cheaper, and some more than others. Trust no ratio of this run.\n");
    }
    let _ = writeln!(out, "                   at a fixed pace            forward latency, us      without a pause");
    let _ = writeln!(
        out,
        "                   CPU/call  of epoll      p50     p90     p99    calls/s   core  CPU/call  of epoll"
    );
    let floor = turns_of(findings, Kind::Epoll);
    for finding in findings {
        let name = finding.kind.name();
        match &finding.turns {
            Err(reason) => {
                let _ = writeln!(out, "  {name:<16} not measured: {reason}");
            }
            Ok(turns) => {
                let latency =
                    |at: usize| median(turns.iter().map(|turn| turn.latency.get(at).copied().unwrap_or(f64::NAN)));
                let _ = writeln!(
                    out,
                    "  {name:<16} {:>5.0} us  {:>8}   {:>6.0}  {:>6.0}  {:>6.0}   {:>8.0}  {:>4.0}%  {:>5.0} us  {:>8}",
                    median(turns.iter().map(|turn| turn.cpu)),
                    times(ratio(turns, floor, |turn| turn.cpu)),
                    latency(0),
                    latency(1),
                    latency(2),
                    median(turns.iter().map(|turn| turn.calls_per_second)),
                    100.0 * median(turns.iter().map(|turn| turn.share)),
                    median(turns.iter().map(|turn| turn.cpu_saturated)),
                    times(ratio(turns, floor, |turn| turn.cpu_saturated)),
                );
                notes(out, turns);
            }
        }
    }
}

/// On a machine that does nothing else nine in ten of the floor's messages need a fifth of this.
fn is_busy(floor: &[Turn]) -> bool {
    median(floor.iter().map(|&Turn { latency: [_, most, _], .. }| most)) > 500.0
}

/// What makes figures less trustworthy.
fn notes(out: &mut String, turns: &[Turn]) {
    let skipped: u64 = turns.iter().map(|turn| turn.skipped).sum();
    if skipped > 0 {
        let _ = writeln!(out, "                   the pace was not held: {skipped} calls had to be left out");
    }
    let (share, generator) =
        (median(turns.iter().map(|turn| turn.share)), median(turns.iter().map(|turn| turn.generator_share)));
    if share < 0.9 {
        let _ = writeln!(
            out,
            "                   it had {:.0} % of its core (the load generator {:.0} %): others were at work here too",
            100.0 * share,
            100.0 * generator
        );
    }
}

fn memory_table(out: &mut String, findings: &[Findings]) {
    let _ = writeln!(out, "                   resident memory with idle connections");
    for finding in findings {
        let name = finding.kind.name();
        let _ = match &finding.idle {
            None => Ok(()),
            Some(Err(reason)) => writeln!(out, "  {name:<16} not measured: {reason}"),
            Some(Ok(memory)) => writeln!(
                out,
                "  {name:<16} {:>6.1} KB each  {:>7.1} MB with {}, {:.1} MB without",
                each(memory) / 1e3,
                memory.with as f64 / MEGABYTE,
                memory.count,
                memory.before as f64 / MEGABYTE,
            ),
        };
        let _ = match &finding.held {
            None => Ok(()),
            Some(Err(reason)) => writeln!(out, "  {name}, in calls    not measured: {reason}"),
            Some(Ok(memory)) => writeln!(
                out,
                "  {:<16} {:>6.1} KB each  {:>7.1} MB with {} calls in progress",
                format!("{name}, in calls"),
                each(memory) / 1e3,
                memory.with as f64 / MEGABYTE,
                memory.count,
            ),
        };
    }
}

fn targets(out: &mut String, findings: &[Findings]) {
    let _ = writeln!(out, "Targets");
    for (alo, how) in [(Kind::Alo, "as its page calls"), (Kind::AloSingly, "message for message")] {
        let alo = turns_of(findings, alo);
        for (kind, most) in [(Kind::Epoll, 1.3), (Kind::Uws, 0.65), (Kind::Peerjs, 0.36)] {
            let name = format!("CPU per call {how}, of {}", kind.name());
            line(out, &name, ratio(alo, turns_of(findings, kind), |turn| turn.cpu), most, "x");
        }
    }
    let alo = findings.iter().find(|finding| finding.kind == Kind::Alo);
    let idle = alo.and_then(|alo| alo.idle.as_ref()?.as_ref().ok());
    let held = alo.and_then(|alo| alo.held.as_ref()?.as_ref().ok());
    memory_line(out, idle, IDLE, "idle connections", 50.0);
    memory_line(out, held, HELD, "calls in progress", 40.0);
}

fn memory_line(out: &mut String, memory: Option<&Memory>, count: usize, what: &str, most: f64) {
    let scaled = memory.is_some_and(|memory| memory.count != count);
    let note = if scaled { ", extrapolated" } else { "" };
    let total = memory.map(|memory| (memory.before as f64 + each(memory) * count as f64) / MEGABYTE);
    line(out, &format!("Memory with {count} {what}{note}"), total, most, " MB");
}

/// A figure beside its target.
pub(crate) fn line(out: &mut String, name: &str, value: Option<f64>, most: f64, unit: &str) {
    let _ = match value {
        Some(value) => {
            let verdict = if value <= most { "reached" } else { "NOT REACHED" };
            writeln!(out, "  {name:<58} {value:>7.2}{unit}  at most {most}{unit}: {verdict}")
        }
        None => writeln!(out, "  {name:<58} not measured  at most {most}{unit}"),
    };
}

/// True when a figure that a target needs is missing.
pub(crate) fn incomplete(findings: &[Findings]) -> bool {
    findings.iter().any(|finding| {
        let memory = [&finding.idle, &finding.held];
        finding.turns.is_err() || memory.into_iter().flatten().any(Result::is_err)
    })
}

fn each(memory: &Memory) -> f64 {
    memory.with.saturating_sub(memory.before) as f64 / memory.count.max(1) as f64
}

fn turns_of(findings: &[Findings], kind: Kind) -> Option<&Vec<Turn>> {
    findings.iter().find(|finding| finding.kind == kind)?.turns.as_ref().ok()
}

/// The median of each round's ratio: what disturbed a round disturbed both sides of it.
fn ratio<'a>(
    of: impl Into<Option<&'a Vec<Turn>>>,
    to: impl Into<Option<&'a Vec<Turn>>>,
    figure: fn(&Turn) -> f64,
) -> Option<f64> {
    let (of, to) = (of.into()?, to.into()?);
    let value = median(of.iter().zip(to).map(|(of, to)| figure(of) / figure(to)));
    value.is_finite().then_some(value)
}

fn times(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}x"))
}

/// The middle value, or the mean of the two in the middle; not a number when there is none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    if values.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.wrapping_sub(1)), at(middle)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(cpu: f64) -> Turn {
        Turn {
            cpu,
            cpu_saturated: 2.0 * cpu,
            calls_per_second: 1e6 / cpu,
            share: 1.0,
            generator_share: 0.5,
            latency: [100.0, 200.0, 300.0],
            skipped: 0,
        }
    }

    fn findings(kind: Kind, cpu: &[f64], idle: Memory) -> Findings {
        let turns = Ok(cpu.iter().copied().map(turn).collect());
        Findings { kind, turns, idle: Some(Ok(idle)), held: (kind == Kind::Alo).then_some(Ok(idle)) }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn a_ratio_compares_within_each_round() {
        // The machine was twice as slow in the second round: the ratio does not see it.
        let (of, to) = (vec![turn(130.0), turn(260.0)], vec![turn(100.0), turn(200.0)]);
        assert_eq!(ratio(&of, &to, |turn| turn.cpu), Some(1.3));
        assert_eq!(ratio(&of, None, |turn| turn.cpu), None);
    }

    #[test]
    fn targets_are_judged_as_they_are_stated() {
        let memory = |with| Memory { count: 1_000, before: 10_000_000, with };
        let alo = findings(Kind::Alo, &[140.0, 140.0], memory(15_000_000));
        let epoll = findings(Kind::Epoll, &[100.0, 100.0], memory(11_000_000));
        let uws = findings(Kind::Uws, &[280.0, 280.0], memory(11_000_000));
        let report = text(&[alo, epoll, uws]);
        let verdict = |start: &str| report.lines().find(|line| line.trim().starts_with(start)).unwrap().to_owned();
        assert!(
            verdict("CPU per call as its page calls, of epoll").ends_with("1.40x  at most 1.3x: NOT REACHED"),
            "{report}"
        );
        assert!(
            verdict("CPU per call as its page calls, of uWeb").ends_with("0.50x  at most 0.65x: reached"),
            "{report}"
        );
        assert!(verdict("CPU per call as its page calls, of PeerJS").contains("not measured"), "{report}");
        assert!(verdict("Memory with 10000 idle connections, extrapolated").contains("60.00 MB"), "{report}");
        assert!(verdict("Memory with 1000 calls").contains("15.00 MB  at most 40 MB: reached"), "{report}");
    }

    #[test]
    fn a_busy_machine_is_told_apart() {
        let quiet = turn(100.0);
        assert!(!is_busy(&[quiet]));
        assert!(is_busy(&[Turn { latency: [60.0, 2_000.0, 9_000.0], ..quiet }]));
    }

    #[test]
    fn what_could_not_be_measured_says_why() {
        let failed = Findings {
            kind: Kind::Alo,
            turns: Err("no such file".to_owned()),
            idle: Some(Err("no such file".to_owned())),
            held: None,
        };
        assert!(text(std::slice::from_ref(&failed)).contains("not measured: no such file"));
        assert!(incomplete(&[failed]));
    }
}
