//! `bench load`: one relay with everything at once, for minutes: idle connections, calls in progress, calls that come and
//! go; and what it costs to come in.

use std::fmt::Write as _;
use std::time::Duration;

use crate::contestant::{Kind, Places};
use crate::load::{Load, LoadError, Pace, Tally};
use crate::process::{self, Server};
use crate::report::{line, median};

/// What the targets are stated for.
const SOCKETS: usize = 10_000;
const IN_PROGRESS: usize = 1_000;
const SET_UPS: f64 = 20.0;
/// Connections of each turn in which handshakes are compared.
const HANDSHAKES: usize = 2_000;
const TURNS: usize = 5;

/// How much of it.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Amounts {
    /// People who are connected.
    #[arg(long, default_value_t = SOCKETS)]
    sockets: usize,
    /// Calls in progress.
    #[arg(long, default_value_t = IN_PROGRESS)]
    calls: usize,
    /// Calls that begin each second; as many end.
    #[arg(long, default_value_t = SET_UPS)]
    rate: f64,
    /// How long it is measured, once so many calls are in progress.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
}

impl Amounts {
    /// Open files that the relay and the generator need, each.
    pub(crate) const fn open_files(&self) -> usize {
        self.sockets + 100
    }

    /// How long each call lasts, so that as many are in progress as are wanted.
    fn talk(&self) -> Duration {
        Duration::from_secs_f64(self.calls as f64 / self.rate)
    }
}

/// What was found.
pub(crate) struct Findings {
    amounts: Amounts,
    endured: Endured,
    /// CPU of a handshake in each turn, in microseconds: the relay's, uWebSockets.js's.
    handshakes: Result<Vec<(f64, f64)>, String>,
}

struct Endured {
    tally: Tally,
    /// In progress when the measurement began and when it ended.
    talking: [usize; 2],
    cpu: Duration,
    generator: Duration,
    resident: u64,
}

/// Measures.
///
/// # Errors
/// When the relay refuses, closes or loses something, which is a finding as well.
pub(crate) fn measure(amounts: Amounts, places: &Places, say: &mut dyn FnMut(&str)) -> Result<Findings, LoadError> {
    say(&format!("{TURNS} turns of {HANDSHAKES} handshakes"));
    let handshakes = compare_handshakes(places).map_err(|error| error.to_string());
    let endured = endure(amounts, places, say)?;
    Ok(Findings { amounts, endured, handshakes })
}

fn endure(amounts: Amounts, places: &Places, say: &mut dyn FnMut(&str)) -> Result<Endured, LoadError> {
    let server = Kind::Alo.start(places)?;
    say(&format!("{} people come in", amounts.sockets));
    let people = Kind::Alo.people(server.port, amounts.sockets)?;
    let mut load = Load::open(Kind::Alo.dialect(), server.port, people, false)?;
    load.talk_for(amounts.talk());
    say(&format!("{:.0} calls a second until {} are in progress", amounts.rate, amounts.calls));
    load.run(Pace::PerSecond(amounts.rate), amounts.talk() + Duration::from_secs(2))?;
    say(&format!("{} s of it", amounts.seconds));
    let (before, cpu, own) = (load.talking(), server.cpu()?, process::own_cpu()?);
    let tally = load.run(Pace::PerSecond(amounts.rate), Duration::from_secs(amounts.seconds))?;
    Ok(Endured {
        tally,
        talking: [before, load.talking()],
        cpu: server.cpu()?.saturating_sub(cpu),
        generator: process::own_cpu()?.saturating_sub(own),
        resident: server.resident()?,
    })
}

/// Coming in with a token and being welcomed, beside a bare WebSocket handshake: in turns, one server idle meanwhile.
fn compare_handshakes(places: &Places) -> Result<Vec<(f64, f64)>, LoadError> {
    let (alo, uws) = (Kind::Alo.start(places)?, Kind::Uws.start(places)?);
    let mut turns = Vec::new();
    for turn in 0..=TURNS {
        let both = (handshake(Kind::Alo, &alo)?, handshake(Kind::Uws, &uws)?);
        // The first warms up.
        turns.extend((turn > 0).then_some(both));
    }
    Ok(turns)
}

/// CPU of a handshake, in microseconds.
fn handshake(kind: Kind, server: &Server) -> Result<f64, LoadError> {
    let people = kind.people(server.port, HANDSHAKES)?;
    let before = server.cpu()?;
    let load = Load::open(kind.dialect(), server.port, people, false)?;
    let cpu = server.cpu()?.saturating_sub(before);
    Ok(cpu.as_secs_f64() * 1e6 / load.people().max(1) as f64)
}

impl Findings {
    /// The table and the targets.
    pub(crate) fn text(&self) -> String {
        let Self { amounts, endured, .. } = self;
        let (tally, seconds) = (&endured.tally, endured.tally.elapsed.as_secs_f64());
        let mut latencies = tally.latencies.clone();
        latencies.sort_by(f32::total_cmp);
        let quantile = |of: f64| {
            let at = ((latencies.len() as f64 * of) as usize).min(latencies.len().saturating_sub(1));
            latencies.get(at).map_or(f64::NAN, |&latency| f64::from(latency) / 1e3)
        };
        let share = |cpu: Duration| cpu.as_secs_f64() / seconds;
        let mut out = String::new();
        // Writing to a String cannot fail, so the results are dropped throughout.
        let _ = writeln!(
            out,
            "{} people connected, {} calls in progress ({} in the end), {:.1} begun a second, for {seconds:.0} s",
            amounts.sockets,
            endured.talking[0],
            endured.talking[1],
            tally.calls as f64 / seconds,
        );
        let _ = writeln!(out, "  calls            {} over, {} left out", tally.calls, tally.skipped);
        let _ = writeln!(
            out,
            "  relay            {:.2} of a core, {:.1} MB",
            share(endured.cpu),
            endured.resident as f64 / 1e6
        );
        let _ = writeln!(out, "  load generator   {:.2} of a core", share(endured.generator));
        let _ = writeln!(
            out,
            "  forwarded        {} messages; ms: half within {:.2}, 99 % {:.2}, 99.9 % {:.2}, all {:.2}",
            latencies.len(),
            quantile(0.5),
            quantile(0.99),
            quantile(0.999),
            quantile(1.0),
        );
        let handshakes = self.handshakes.as_ref().map(|turns| {
            let (alo, uws) = (median(turns.iter().map(|turn| turn.0)), median(turns.iter().map(|turn| turn.1)));
            let _ =
                writeln!(out, "  a handshake      {alo:.0} us with token and welcome; uWebSockets.js bare {uws:.0} us");
            median(turns.iter().map(|turn| turn.0 / turn.1))
        });
        if let Err(reason) = &self.handshakes {
            let _ = writeln!(out, "  a handshake      not measured: {reason}");
        }
        let _ = writeln!(out, "\nTargets");
        line(&mut out, "CPU of the relay", Some(share(endured.cpu)), 1.0, " core");
        line(&mut out, "Forwarded within, 99 %", Some(quantile(0.99)), 20.0, " ms");
        line(&mut out, "Calls that could not begin", Some(tally.skipped as f64), 0.0, "");
        line(&mut out, "CPU of coming in, of uWebSockets.js's bare handshake", handshakes.ok(), 1.4, "x");
        out
    }
}
