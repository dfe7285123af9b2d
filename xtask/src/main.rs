//! Alo's commands, behind `cargo xtask`.
//!
//! Whoever clones the repository types one of these and nothing else. Each command sets up what it
//! needs (toolchain, tools, packages), says at every step what it does and how long that may take,
//! and skips what is there already.
//!
//! This crate depends on nothing but std: it is compiled before anything else can start.
#![allow(clippy::print_stdout, reason = "a command-line program: its output is for the person at the terminal")]

mod args;
mod bench;
mod check;
mod child;
mod counts;
mod dev;
mod e2e;
mod error;
mod exports;
mod files;
mod hash;
mod hello;
mod html;
mod index_html;
mod install;
mod lockfile;
mod net;
mod own_std;
mod page;
mod parts;
mod process;
mod project;
mod release;
mod run;
mod short_names;
mod stamp;
mod steps;
mod test;
mod toolchain;
mod tools;
mod unused;
mod watch;
mod worker;

use std::process::ExitCode;

use args::Command;
use error::Result;
use project::Project;

fn main() -> ExitCode {
    let command = match args::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match carry_out(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command) -> Result<ExitCode> {
    let project = Project::locate()?;
    match command {
        Command::Help => println!("{}", args::USAGE),
        Command::Run { args } => run::run(&project, &args)?,
        Command::Build => drop(release::build(&project)?),
        Command::Test { parts, args } => return test::run(&project, &parts, &args),
        Command::Dev { args } => dev::run(&project, &args)?,
        Command::Bench { which, args } => bench::run(&project, &which, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}
