//! What the person who starts the relay sees.

use std::io::{self, Write};

use crate::app::App;
use crate::lan;

/// Writes where the relay can be opened.
///
/// The first lines, one `listening on URL` for each address, are for programs and stay as they are. What follows is
/// for people and may change.
///
/// # Errors
/// When nobody reads any more.
pub fn write(out: &mut dyn Write, app: &App, addresses: &[String]) -> io::Result<()> {
    for address in addresses {
        writeln!(out, "listening on {address}")?;
    }
    writeln!(out)?;
    if let Some(here) = addresses.first() {
        writeln!(out, "  On this machine   {here}")?;
    }
    let links = app.links();
    if let Some((first, others)) = links.split_first() {
        writeln!(out, "  For the others    {first}")?;
        for other in others.iter().take(3) {
            writeln!(out, "                or  {other}")?;
        }
        if let Some(code) = lan::qr(first) {
            writeln!(out, "\n{code}\n")?;
        }
        if app.config.listen.certificate.is_none() {
            writeln!(
                out,
                "  A browser asks once whether to trust the certificate, because this machine made it itself."
            )?;
        }
    }
    writeln!(out, "  Keys are kept in  {}", app.config.data.0.display())?;
    writeln!(out, "  Ctrl-C stops it.\n")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, DataFolder};

    fn banner(links: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(Config { data: DataFolder(folder.path().into()), ..Config::default() }).unwrap();
        app.set_links(links.iter().map(|link| (*link).to_owned()).collect());
        let addresses: Vec<String> =
            ["http://localhost:3000"].iter().chain(links).map(|link| (*link).to_owned()).collect();
        let mut out = Vec::new();
        write(&mut out, &app, &addresses).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn programs_find_each_address_on_a_line_of_its_own() {
        let text = banner(&["https://192.168.1.20:3443"]);
        let lines: Vec<&str> = text.lines().take(2).collect();
        assert_eq!(lines, ["listening on http://localhost:3000", "listening on https://192.168.1.20:3443"]);
    }

    #[test]
    fn a_code_is_shown_only_when_there_is_somebody_to_show_it_to() {
        assert!(banner(&["https://192.168.1.20:3443"]).contains('█'));
        assert!(!banner(&[]).contains('█'));
    }
}
