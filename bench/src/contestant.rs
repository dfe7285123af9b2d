//! The servers that are compared, and how each is started.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::load::{self, Dialect, LoadError, Person};
use crate::process::{self, Server};

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// The relay, spoken to as its page does.
    Alo,
    /// The relay, with each candidate in a message of its own.
    AloSingly,
    /// The hand-written forwarder of this crate.
    Epoll,
    /// A forwarder on uWebSockets.js.
    Uws,
    /// PeerJS's server.
    Peerjs,
    /// A forwarder on socket.io.
    Socketio,
}

/// Where everything is.
pub(crate) struct Places {
    /// The relay's binary.
    pub(crate) alo: PathBuf,
    /// The folder with the Node.js servers and their `node_modules`.
    pub(crate) node: PathBuf,
    /// A folder for logs and the relay's data, emptied at the start.
    pub(crate) scratch: PathBuf,
    /// The core for the server under test, if there is one to spare.
    pub(crate) core: Option<usize>,
}

/// What the relay is told beyond a port and a folder: all guests come from this machine and ring without a pause, and,
/// like the other servers, it shows nobody who else is here. Every other limit is the default.
pub(crate) const ALO_OPTIONS: [&str; 6] = ["--guests-per-minute", "0", "--rings-per-minute", "0", "--directory", "off"];

impl Kind {
    /// Every kind, in the order of the report.
    pub(crate) const ALL: [Self; 6] =
        [Self::Alo, Self::AloSingly, Self::Epoll, Self::Uws, Self::Peerjs, Self::Socketio];

    /// Its name in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Alo => "alo",
            Self::AloSingly => "alo, singly",
            Self::Epoll => "epoll by hand",
            Self::Uws => "uWebSockets.js",
            Self::Peerjs => "PeerJS server",
            Self::Socketio => "socket.io",
        }
    }

    /// How it is spoken to.
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Alo => Dialect::Alo,
            Self::AloSingly => Dialect::AloSingly,
            Self::Epoll | Self::Uws | Self::Peerjs => Dialect::Plain,
            Self::Socketio => Dialect::SocketIo,
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(self, places: &Places) -> io::Result<Server> {
        let port = process::free_port()?;
        let log = places.scratch.join(format!("{self:?}.log"));
        Server::start(&mut self.command(port, places)?, port, places.core, &log)
    }

    /// People who may use the one on that port.
    ///
    /// # Errors
    /// When it refuses them.
    pub(crate) fn people(self, port: u16, count: usize) -> Result<Vec<Person>, LoadError> {
        match self {
            Self::Alo | Self::AloSingly => load::sign_in(port, count),
            _ => Ok((0..count).map(|number| Person::named(format!("p{number}"))).collect()),
        }
    }

    fn command(self, port: u16, places: &Places) -> io::Result<Command> {
        let port = port.to_string();
        let node = |script: &str| {
            let mut command = Command::new("node");
            command.arg(places.node.join(script)).arg(&port).env("NODE_ENV", "production");
            command
        };
        Ok(match self {
            Self::Alo | Self::AloSingly => alo(&places.alo, &port, &places.scratch),
            Self::Epoll => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["epoll-forwarder", &port]);
                command
            }
            Self::Uws => node("uws.js"),
            Self::Peerjs => node("peerjs.js"),
            Self::Socketio => node("socketio.js"),
        })
    }
}

fn alo(binary: &Path, port: &str, scratch: &Path) -> Command {
    let mut command = Command::new(binary);
    command.args(["--port", port]).arg("--data").arg(scratch.join(format!("alo-data-{port}"))).args(ALO_OPTIONS);
    command
}
