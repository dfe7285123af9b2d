//! `alo`: starts a relay and stops it when asked to.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use relay::app::App;
use relay::options::{Command, Options};
use relay::router::router;
use relay::server::{Server, signals};
use relay::{audit, banner};
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::EnvFilter;

/// A call is some hundred small pieces of memory, and one of two sizes that matter: descriptions. After an hour of calls
/// the C library's allocator spends a sixth of the relay's time looking for places, and keeps more of what was given back.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Anything that keeps a relay from starting.
type StartError = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let options = Options::parse();
    match start(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("alo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: Options) -> Result<(), StartError> {
    if options.command == Some(Command::Audit) {
        return Ok(audit::print(&options.data, &mut io::stdout().lock())?);
    }
    log_to_stderr(&options.log)?;
    signals::raise_file_limit();
    let runtime = runtime(options.threads)?;
    let result = runtime.block_on(serve(options));
    // What is still running then is a file being read: nothing that would be missed.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}

/// One thread has nobody to wake and nobody to share with: see docs/decisions/007.
fn runtime(threads: u16) -> io::Result<Runtime> {
    if threads == 1 {
        return Builder::new_current_thread().enable_all().build();
    }
    Builder::new_multi_thread().worker_threads(threads.into()).enable_all().build()
}

async fn serve(options: Options) -> Result<(), StartError> {
    let app = App::new(options.into())?;
    let server = Server::bind(app.clone(), router(app.clone()))?;
    let mut stop = signals::Stop::listen()?;
    if let Err(error) = banner::write(&mut io::stdout().lock(), &app, server.addresses()) {
        tracing::debug!(%error, "nobody reads where the relay listens");
    }
    let shutdown = app.shutdown.clone();
    let stopping = tokio::spawn(async move {
        let signal = stop.wished().await;
        tracing::info!(signal, "stopping");
        shutdown.cancel();
    });
    server.run().await;
    tracing::info!("stopped");
    stopping.await?;
    Ok(())
}

/// One line for each thing that matters, on stderr: stdout is for where the relay listens.
fn log_to_stderr(filter: &str) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("--log {filter}: {error}"))?;
    let ansi = io::IsTerminal::is_terminal(&io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(ansi).with_target(false).init();
    Ok(())
}
