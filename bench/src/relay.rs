//! `bench relay`: the same calls over each server in turn, and what they cost.
//!
//! All servers run throughout, each idle but for its turn; a round is every server once, so that whatever else the
//! machine does falls on all alike. The first round warms up and does not count. Figures are medians over rounds, and
//! ratios are medians of each round's own ratio.

use std::io;
use std::time::{Duration, Instant};

use crate::contestant::{Kind, Places};
use crate::load::{Load, LoadError, Pace, Person, Tally};
use crate::process::{self, Server};

/// Pairs of people at the fixed pace: none is over the relay's limit of 30 messages a second.
const PACED_PAIRS: usize = 128;
/// Calls at once, without a pause: enough for a server never to wait for the load.
const AT_ONCE: usize = 512;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Rounds that count.
    pub(crate) rounds: usize,
    /// How long each measurement takes.
    pub(crate) window: Duration,
    /// Calls a second at the fixed pace: below what any of the servers can do.
    pub(crate) rate: f64,
    /// Pairs of people who call without a pause, in turn: so many that none is over the relay's limit.
    pub(crate) pairs: usize,
    /// Idle connections.
    pub(crate) idle: usize,
    /// Calls in progress.
    pub(crate) held: usize,
    /// How long connections and calls stand before memory is looked at.
    pub(crate) standing: Duration,
}

impl Plan {
    /// All of it, in less than six minutes.
    pub(crate) const FULL: Self = Self {
        rounds: 5,
        window: Duration::from_millis(2_000),
        rate: 200.0,
        pairs: 4_000,
        idle: 10_000,
        held: 1_000,
        // Long enough for everybody to show once that they are alive.
        standing: Duration::from_millis(5_500),
    };
    /// In less than one.
    pub(crate) const QUICK: Self = Self {
        rounds: 1,
        window: Duration::from_millis(800),
        rate: 200.0,
        pairs: 1_600,
        idle: 1_000,
        held: 100,
        standing: Duration::from_millis(1_000),
    };
}

/// One server's turn in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    /// CPU per call at the fixed pace, in microseconds.
    pub(crate) cpu: f64,
    /// CPU per call when everybody calls without a pause, in microseconds.
    pub(crate) cpu_saturated: f64,
    /// Calls a second without a pause.
    pub(crate) calls_per_second: f64,
    /// How much of its core the server had meanwhile, 0 to 1. Well below 1, something else limited the calls.
    pub(crate) share: f64,
    /// How much of its core the load generator had meanwhile.
    pub(crate) generator_share: f64,
    /// Forward latency at the fixed pace in microseconds: half, nine in ten, 99 in a hundred are quicker.
    pub(crate) latency: [f64; 3],
    /// Calls that the fixed pace had no free pair for.
    pub(crate) skipped: u64,
}

/// Memory of a fresh server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Connections or calls.
    pub(crate) count: usize,
    /// Resident bytes before.
    pub(crate) before: u64,
    /// Resident bytes with them.
    pub(crate) with: u64,
}

/// Everything about one server. What could not be measured says why.
pub(crate) struct Findings {
    /// Which.
    pub(crate) kind: Kind,
    /// Its turns, in order.
    pub(crate) turns: Result<Vec<Turn>, String>,
    /// Idle connections; not where another kind is the same server.
    pub(crate) idle: Option<Result<Memory, String>>,
    /// Calls in progress, for the relay alone: the others do not know what a call is.
    pub(crate) held: Option<Result<Memory, String>>,
}

/// Measures.
pub(crate) fn measure(plan: &Plan, kinds: &[Kind], places: &Places, say: &mut dyn FnMut(&str)) -> Vec<Findings> {
    let turns = all_turns(plan, kinds, places, say);
    let mut findings = Vec::new();
    for (&kind, turns) in kinds.iter().zip(turns) {
        let idle = (kind != Kind::AloSingly).then(|| {
            say(&format!("{}: {} idle connections", kind.name(), plan.idle));
            idle(kind, plan, places).map_err(|error| error.to_string())
        });
        let held = (kind == Kind::Alo).then(|| {
            say(&format!("{}: {} calls in progress", kind.name(), plan.held));
            held(kind, plan, places).map_err(|error| error.to_string())
        });
        findings.push(Findings { kind, turns, idle, held });
    }
    findings
}

/// A running server with its people, between turns.
struct Contestant {
    kind: Kind,
    server: Server,
    people: Vec<Person>,
    turns: Vec<Turn>,
}

fn all_turns(
    plan: &Plan,
    kinds: &[Kind],
    places: &Places,
    say: &mut dyn FnMut(&str),
) -> Vec<Result<Vec<Turn>, String>> {
    let started = kinds.iter().map(|&kind| enter(kind, plan, places).map_err(|error| error.to_string()));
    let mut contestants: Vec<_> = started.collect();
    for round in 0..=plan.rounds {
        say(&if round == 0 { "warming up".to_owned() } else { format!("round {round} of {}", plan.rounds) });
        for contestant in &mut contestants {
            let Ok(running) = contestant else { continue };
            if let Err(error) = running.turn(plan, round > 0) {
                *contestant = Err(error.to_string());
            }
        }
    }
    contestants.into_iter().map(|contestant| contestant.map(|running| running.turns)).collect()
}

fn enter(kind: Kind, plan: &Plan, places: &Places) -> Result<Contestant, LoadError> {
    let server = kind.start(places)?;
    let people = kind.people(server.port, 2 * plan.pairs)?;
    Ok(Contestant { kind, server, people, turns: Vec::new() })
}

impl Contestant {
    fn turn(&mut self, plan: &Plan, counts: bool) -> Result<(), LoadError> {
        let mut few = std::mem::take(&mut self.people);
        let others = few.split_off(2 * PACED_PAIRS);
        let mut load = Load::open(self.kind.dialect(), self.server.port, few, false)?;
        let (paced, paced_cpu, _) = self.metered(&mut load, Pace::PerSecond(plan.rate), plan.window)?;
        let mut people = load.close()?;
        people.extend(others);
        let mut load = Load::open(self.kind.dialect(), self.server.port, people, false)?;
        let (full, full_cpu, generator) = self.metered(&mut load, Pace::AtOnce(AT_ONCE), plan.window)?;
        self.people = load.close()?;
        if counts {
            self.turns.push(turn(paced, paced_cpu, &full, full_cpu, generator));
        }
        Ok(())
    }

    /// Plays for a window, after a fifth of one that does not count, and gives the CPU of server and generator.
    fn metered(&self, load: &mut Load, pace: Pace, window: Duration) -> Result<(Tally, Duration, Duration), LoadError> {
        load.run(pace, window / 5)?;
        let (server, own) = (self.server.cpu()?, process::own_cpu()?);
        let tally = load.run(pace, window)?;
        Ok((tally, self.server.cpu()?.saturating_sub(server), process::own_cpu()?.saturating_sub(own)))
    }
}

fn turn(mut paced: Tally, paced_cpu: Duration, full: &Tally, full_cpu: Duration, generator: Duration) -> Turn {
    let per_call = |cpu: Duration, tally: &Tally| cpu.as_secs_f64() * 1e6 / tally.calls.max(1) as f64;
    let share = |cpu: Duration| cpu.as_secs_f64() / full.elapsed.as_secs_f64();
    paced.latencies.sort_by(f32::total_cmp);
    let quantile = |of: f64| {
        let at = (paced.latencies.len() as f64 * of) as usize;
        paced.latencies.get(at).map_or(f64::NAN, |&latency| f64::from(latency))
    };
    Turn {
        cpu: per_call(paced_cpu, &paced),
        cpu_saturated: per_call(full_cpu, full),
        calls_per_second: full.calls as f64 / full.elapsed.as_secs_f64(),
        share: share(full_cpu),
        generator_share: share(generator),
        latency: [0.5, 0.9, 0.99].map(quantile),
        skipped: paced.skipped,
    }
}

fn idle(kind: Kind, plan: &Plan, places: &Places) -> Result<Memory, LoadError> {
    let count = plan.idle;
    let server = kind.start(places)?;
    let people = kind.people(server.port, count)?;
    let before = server.resident()?;
    let mut load = Load::open(kind.dialect(), server.port, people, false)?;
    load.run(Pace::Quiet, plan.standing)?;
    Ok(Memory { count, before, with: server.resident()? })
}

fn held(kind: Kind, plan: &Plan, places: &Places) -> Result<Memory, LoadError> {
    let count = plan.held;
    let server = kind.start(places)?;
    let people = kind.people(server.port, 2 * count)?;
    let before = server.resident()?;
    let mut load = Load::open(kind.dialect(), server.port, people, true)?;
    load.hold_all()?;
    load.run(Pace::Quiet, plan.standing)?;
    Ok(Memory { count, before, with: server.resident()? })
}

/// Why `node` cannot run the servers that need it, after trying to install them.
pub(crate) fn prepare_node(places: &Places) -> Result<(), String> {
    if places.node.join("node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    let start = Instant::now();
    let status = std::process::Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(&places.node).output();
    match status {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!(
            "npm ci failed after {:.0?}: {}",
            start.elapsed(),
            String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default()
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("npm is not installed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
