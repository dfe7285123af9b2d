//! Measures the relay beside other signalling servers, on this machine and its loopback interface alone.
//!
//! - `bench relay --alo BINARY` prints the comparison.
//! - `bench drive KIND PORT` plays calls over a server that is running already.
//! - `bench epoll-forwarder PORT` is the hand-written server of that comparison.

mod contestant;
mod drive;
mod epoll_forwarder;
mod load;
mod process;
mod relay;
mod report;
mod websocket;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use clap::Parser;

use contestant::{Kind, Places};
use drive::Drive;
use relay::{Findings, Plan};

/// Measures the relay beside other signalling servers.
#[derive(Parser)]
enum Options {
    /// Calls over each server in turn: CPU, calls a second, latency, memory.
    Relay(Relay),
    /// Calls over a server that is running already, to look at it with a profiler.
    Drive(Drive),
    /// The least a server can do: forwards frames, and nothing else.
    EpollForwarder {
        /// Where to listen, on the loopback interface.
        port: u16,
    },
}

#[derive(clap::Args)]
struct Relay {
    /// The relay's binary, built for release.
    #[arg(long, value_name = "BINARY")]
    alo: PathBuf,
    /// The folder with the Node.js servers.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/node"))]
    node: PathBuf,
    /// Fewer rounds and connections, in less than a minute.
    #[arg(long)]
    quick: bool,
    /// Only these.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Kind>,
}

fn main() -> ExitCode {
    let result = match Options::parse() {
        Options::Relay(options) => relay(&options),
        Options::Drive(options) => drive_and_say(&options),
        Options::EpollForwarder { port } => epoll_forwarder::serve(port).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "bench: {error}");
        ExitCode::FAILURE
    })
}

/// Success also when targets are missed: the report says so, and a noisy machine must not fail a build. Failure when
/// something could not be measured.
fn relay(options: &Relay) -> io::Result<ExitCode> {
    let scratch = env::temp_dir().join(format!("alo-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let result = compare(options, &scratch);
    fs::remove_dir_all(&scratch)?;
    let findings = result?;
    writeln!(io::stdout(), "\n{}", report::text(&findings))?;
    Ok(if report::incomplete(&findings) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn drive_and_say(options: &Drive) -> io::Result<ExitCode> {
    process::raise_open_files()?;
    process::pin(process::cores()?.last().copied())?;
    let said = drive::drive(options).map_err(io::Error::other)?;
    writeln!(io::stdout(), "{said}")?;
    Ok(ExitCode::SUCCESS)
}

fn compare(options: &Relay, scratch: &std::path::Path) -> io::Result<Vec<Findings>> {
    let mut say = |text: &str| {
        let _ = writeln!(io::stderr(), "bench: {text}");
    };
    let mut plan = if options.quick { Plan::QUICK } else { Plan::FULL };
    let open_files = usize::try_from(process::raise_open_files()?).unwrap_or(usize::MAX);
    if plan.idle + 100 > open_files {
        plan.idle = open_files.saturating_sub(100);
        say(&format!("this machine allows {open_files} open files, so only {} idle connections are tried", plan.idle));
    }
    let cores = process::cores()?;
    let (core, own) = match cores.as_slice() {
        [first, .., last] => (Some(*first), Some(*last)),
        _ => (None, None),
    };
    process::pin(own)?;
    let places = Places { alo: options.alo.clone(), node: options.node.clone(), scratch: scratch.to_owned(), core };
    say(&match core {
        Some(core) => format!("servers on core {core}, the load on another; load average {}", load_average()),
        None => "one core for servers and load alike: the figures disturb each other".to_owned(),
    });
    let kinds = if options.only.is_empty() { Kind::ALL.to_vec() } else { options.only.clone() };
    if let Err(reason) = relay::prepare_node(&places) {
        say(&format!("the Node.js servers cannot be measured: {reason}"));
    }
    Ok(relay::measure(&plan, &kinds, &places, &mut say))
}

fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}
