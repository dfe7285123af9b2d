//! The command line: what was asked for.

use crate::bench::Which;
use crate::error::{Error, Result};
use crate::test::Part;

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
cargo xtask run [-- ARGS]              build page and relay, start `alo ARGS`
cargo xtask test [PART...] [-- ARGS]   run everything, or only: fmt clippy unit wasm e2e
                                       (ARGS go to Playwright); and where it is asked for: net
cargo xtask dev [-- ARGS]              relay and `trunk serve`, both rebuilt on change
cargo xtask bench [WHICH...] [-- ARGS] measure page and relay, or only these; also: load
                                       (ARGS go to the benchmark)
cargo xtask build                      build page and relay, start nothing

Environment:
  CARGO_TARGET_DIR       where cargo builds (default: target/)
  XDG_CACHE_HOME         tools are installed once into $XDG_CACHE_HOME/alo (default: ~/.cache/alo)
  WASM_TOOLCHAIN=debian  build with Debian's Rust instead of asking rustup for the wasm target";

/// A parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Print the usage.
    Help,
    /// Build everything and start the relay with these arguments.
    Run { args: Vec<String> },
    /// Build everything.
    Build,
    /// Check and test; no parts means all of them. `args` go to Playwright.
    Test { parts: Vec<Part>, args: Vec<String> },
    /// Develop; `args` go to the relay.
    Dev { args: Vec<String> },
    /// Measure; nothing named means everything.
    Bench { which: Vec<Which>, args: Vec<String> },
}

/// Parses what follows `cargo xtask`.
///
/// # Errors
/// When a command or a part of the tests is unknown, or an argument is out of place.
pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command> {
    let mut args = args;
    let name = args.next().unwrap_or_else(|| "help".to_owned());
    let (own, rest) = split_at_dashes(args);
    match name.as_str() {
        "help" | "--help" | "-h" => Ok(Command::Help),
        "run" => Ok(Command::Run { args: only_after_dashes("run", &own, rest)? }),
        "dev" => Ok(Command::Dev { args: only_after_dashes("dev", &own, rest)? }),
        "build" => only_after_dashes("build", &own, rest).map(|_| Command::Build),
        "test" => {
            let parts = own.iter().map(|name| Part::named(name)).collect::<Result<_>>()?;
            Ok(Command::Test { parts, args: rest })
        }
        "bench" => {
            let which = own.iter().map(|name| Which::named(name)).collect::<Result<_>>()?;
            Ok(Command::Bench { which, args: rest })
        }
        other => Err(Error::new(format!("there is no command `{other}`"))),
    }
}

/// What stands before the first `--`, and what stands after it.
fn split_at_dashes(args: impl Iterator<Item = String>) -> (Vec<String>, Vec<String>) {
    let mut own: Vec<String> = args.collect();
    let rest = match own.iter().position(|arg| arg == "--") {
        Some(at) => own.split_off(at).split_off(1),
        None => Vec::new(),
    };
    (own, rest)
}

fn only_after_dashes(command: &str, own: &[String], rest: Vec<String>) -> Result<Vec<String>> {
    match own.first() {
        None => Ok(rest),
        Some(arg) => {
            Err(Error::new(format!("put `--` before the relay's own options: cargo xtask {command} -- {arg}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn relay_options_follow_the_dashes() {
        let args = vec!["--port".to_owned(), "4000".to_owned()];
        assert_eq!(parsed("run -- --port 4000").unwrap(), Command::Run { args });
        assert_eq!(parsed("run").unwrap(), Command::Run { args: vec![] });
        assert!(parsed("run --port 4000").is_err());
    }

    #[test]
    fn test_takes_parts_and_leaves_the_rest_to_playwright() {
        let expected = Command::Test { parts: vec![Part::Fmt, Part::E2e], args: vec!["ring.spec.ts".to_owned()] };
        assert_eq!(parsed("test fmt e2e -- ring.spec.ts").unwrap(), expected);
        assert!(parsed("test everything").is_err());
    }

    #[test]
    fn bench_takes_groups_and_hands_options_on() {
        let expected = Command::Bench { which: vec![Which::Relay], args: vec!["--quick".to_owned()] };
        assert_eq!(parsed("bench relay -- --quick").unwrap(), expected);
        assert!(parsed("bench everything").is_err());
    }

    #[test]
    fn nothing_asks_for_help_and_nonsense_is_refused() {
        assert_eq!(parsed("").unwrap(), Command::Help);
        assert!(parsed("rnu").is_err());
    }
}
