//! Measures the relay beside other signalling servers, on this machine and its loopback interface alone.
//!
//! - `bench relay --alo BINARY` prints the comparison.
//! - `bench load --alo BINARY` keeps one relay busy for minutes.
//! - `bench drive KIND PORT` plays calls over a server that is running already.
//! - `bench epoll-forwarder PORT` is the hand-written server of that comparison.

mod contestant;
mod drive;
mod endurance;
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
use endurance::Amounts;
use relay::Plan;

/// Measures the relay beside other signalling servers.
#[derive(Parser)]
enum Options {
    /// Calls over each server in turn: CPU, calls a second, latency, memory.
    Relay(Relay),
    /// One relay with everything at once, for minutes.
    Load(Busy),
    /// Calls over a server that is running already, to look at it with a profiler.
    Drive(Drive),
    /// The least a server can do: forwards frames, and nothing else.
    EpollForwarder {
        /// Where to listen, on the loopback interface.
        port: u16,
    },
}

#[derive(clap::Args)]
struct Servers {
    /// The relay's binary, built for release.
    #[arg(long, value_name = "BINARY")]
    alo: PathBuf,
    /// The folder with the Node.js servers.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/node"))]
    node: PathBuf,
}

#[derive(clap::Args)]
struct Relay {
    #[command(flatten)]
    servers: Servers,
    /// Fewer rounds and connections, in less than a minute.
    #[arg(long)]
    quick: bool,
    /// Only these.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Kind>,
}

#[derive(clap::Args)]
struct Busy {
    #[command(flatten)]
    servers: Servers,
    #[command(flatten)]
    amounts: Amounts,
}

fn main() -> ExitCode {
    let result = match Options::parse() {
        Options::Relay(options) => relay(&options),
        Options::Load(options) => load(&options),
        Options::Drive(options) => drive(&options),
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
    let bench = Bench::prepare(&options.servers)?;
    let mut plan = if options.quick { Plan::QUICK } else { Plan::FULL };
    if plan.idle + 100 > bench.open_files {
        plan.idle = bench.open_files.saturating_sub(100);
        say(&format!("this machine allows too few open files: only {} idle connections are tried", plan.idle));
    }
    let kinds = if options.only.is_empty() { Kind::ALL.to_vec() } else { options.only.clone() };
    let findings = relay::measure(&plan, &kinds, &bench.places, &mut say);
    writeln!(io::stdout(), "\n{}", report::text(&findings))?;
    Ok(if report::incomplete(&findings) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Success and failure as for [`relay`]. Anything that the relay refuses or loses is a failure.
fn load(options: &Busy) -> io::Result<ExitCode> {
    let bench = Bench::prepare(&options.servers)?;
    if options.amounts.open_files() > bench.open_files {
        return Err(io::Error::other(format!("this machine allows only {} open files", bench.open_files)));
    }
    let findings = endurance::measure(options.amounts, &bench.places, &mut say).map_err(io::Error::other)?;
    writeln!(io::stdout(), "\n{}", findings.text())?;
    Ok(ExitCode::SUCCESS)
}

fn drive(options: &Drive) -> io::Result<ExitCode> {
    process::raise_open_files()?;
    process::pin(process::cores()?.last().copied())?;
    let said = drive::drive(options).map_err(io::Error::other)?;
    writeln!(io::stdout(), "{said}")?;
    Ok(ExitCode::SUCCESS)
}

/// Where servers are measured, until it is dropped.
struct Bench {
    places: Places,
    open_files: usize,
}

impl Bench {
    /// Keeps this process on the last core, and the first for the server under test.
    fn prepare(servers: &Servers) -> io::Result<Self> {
        let open_files = usize::try_from(process::raise_open_files()?).unwrap_or(usize::MAX);
        let cores = process::cores()?;
        let (core, own) = match cores.as_slice() {
            [first, .., last] => (Some(*first), Some(*last)),
            _ => (None, None),
        };
        process::pin(own)?;
        let scratch = env::temp_dir().join(format!("alo-bench-{}", std::process::id()));
        fs::create_dir_all(&scratch)?;
        let places = Places { alo: servers.alo.clone(), node: servers.node.clone(), scratch, core };
        say(&match core {
            Some(core) => format!("servers on core {core}, the load on another; load average {}", load_average()),
            None => "one core for servers and load alike: the figures disturb each other".to_owned(),
        });
        if let Err(reason) = relay::prepare_node(&places) {
            say(&format!("the Node.js servers cannot be measured: {reason}"));
        }
        Ok(Self { places, open_files })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A folder in the system's place for what does not last: whoever cleans there finds it if this fails.
        let _ = fs::remove_dir_all(&self.places.scratch);
    }
}

fn say(text: &str) {
    let _ = writeln!(io::stderr(), "bench: {text}");
}

fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}
