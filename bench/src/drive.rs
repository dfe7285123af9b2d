//! `bench drive`: calls over a server that is running already, for looking at it with a profiler meanwhile.

use std::time::Duration;

use crate::contestant::Kind;
use crate::load::{Load, LoadError, Pace};

/// What to play.
#[derive(clap::Args)]
pub(crate) struct Drive {
    /// How the server is spoken to.
    #[arg(value_enum)]
    kind: Kind,
    /// Where it listens, on the loopback interface.
    port: u16,
    /// Calls a second; without it, 512 at once.
    #[arg(long)]
    rate: Option<f64>,
    /// For how long.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Pairs of people. The relay lets each send 30 messages a second, which is about two calls.
    #[arg(long, default_value_t = 128)]
    pairs: usize,
}

/// Plays, and says how many calls there were.
///
/// # Errors
/// As [`Load::run`].
pub(crate) fn drive(options: &Drive) -> Result<String, LoadError> {
    let people = options.kind.people(options.port, 2 * options.pairs)?;
    let mut load = Load::open(options.kind.dialect(), options.port, people, false)?;
    let pace = options.rate.map_or(Pace::AtOnce(512), Pace::PerSecond);
    let tally = load.run(pace, Duration::from_secs(options.seconds))?;
    load.close()?;
    let rate = tally.calls as f64 / tally.elapsed.as_secs_f64();
    Ok(format!("{} calls, {rate:.0} a second; {} left out", tally.calls, tally.skipped))
}
