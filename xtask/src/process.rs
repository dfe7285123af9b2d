//! Running other programs: with their output as it is, or read along line by line.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitStatus, Stdio};

use crate::error::{Context, Error, Result};

/// Runs `command`, whose output goes where ours goes.
///
/// # Errors
/// When it cannot be started or does not succeed; the error quotes the command line.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().context(|| format!("could not start `{}`", line(command)))?;
    succeeded(command, status)
}

/// Runs `command` and returns what it wrote to its standard output, trimmed.
///
/// # Errors
/// As [`run`]; also when the output is not UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().context(|| format!("could not start `{}`", line(command)))?;
    succeeded(command, output.status)?;
    let text = String::from_utf8(output.stdout).context(|| line(command))?;
    Ok(text.trim().to_owned())
}

/// Runs `command`, passes its output on as it comes, and shows each line of it to `read` (standard
/// error first, then standard output; colours removed).
///
/// # Errors
/// When it cannot be started. Whether it succeeded is in the returned status.
pub(crate) fn read_along(command: &mut Command, mut read: impl FnMut(&str)) -> Result<ExitStatus> {
    if std::io::stdout().is_terminal() {
        // It sees a pipe and would not dare.
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(|| format!("could not start `{}`", line(command)))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (out, err) = std::thread::scope(|scope| {
        let err = scope.spawn(|| err.map(|pipe| pass_on(pipe, &mut std::io::stderr())));
        let out = out.map(|pipe| pass_on(pipe, &mut std::io::stdout()));
        (out, err.join().ok().flatten())
    });
    for text in [err, out].into_iter().flatten() {
        text.lines().for_each(|line| read(&without_colours(line)));
    }
    child.wait().context(|| format!("waiting for `{}`", line(command)))
}

/// Copies `from` to `to` line by line and keeps the lines that could be a summary.
fn pass_on(from: impl Read, to: &mut impl Write) -> String {
    let mut kept = String::new();
    for line in BufReader::new(from).split(b'\n').map_while(std::io::Result::ok) {
        // A closed terminal must not stop the tests: what counts is the result.
        let _ = to.write_all(&line).and_then(|()| to.write_all(b"\n"));
        kept.push_str(&String::from_utf8_lossy(&line));
        kept.push('\n');
    }
    let _ = to.flush();
    kept
}

/// Removes terminal escapes such as `ESC [ 32 m`.
pub(crate) fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // The parameters end with the first letter.
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() { Ok(()) } else { Err(Error::new(format!("`{}` failed ({status})", line(command)))) }
}

/// The command line, for people to read.
pub(crate) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_removed() {
        assert_eq!(without_colours("\u{1b}[1;32m   Summary\u{1b}[0m [ 1s]"), "   Summary [ 1s]");
        assert_eq!(without_colours("plain [text]"), "plain [text]");
        assert_eq!(without_colours("cut \u{1b}[3"), "cut ");
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_are_read_and_the_status_is_kept() {
        let mut seen = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo to-out; echo to-err >&2; exit 3"]);
        let status = read_along(&mut command, |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(seen, ["to-err", "to-out"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_failure_quotes_the_command() {
        let error = run(Command::new("false").arg("--why")).unwrap_err();
        assert!(error.to_string().starts_with("`false --why` failed"), "{error}");
        assert!(run(&mut Command::new("no-such-program-anywhere")).is_err());
    }
}
