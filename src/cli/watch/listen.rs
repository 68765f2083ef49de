//! `--listen`: lines from whoever connects to a socket, on this machine or elsewhere. No protocol: a line is a line.

use crate::cli::diagnostics::Complaint;
use crate::cli::watch::queue::Inbox;
use coroner::program::source::locked;
use coroner::{Error, Result, Watch};
use std::io::{self, Read};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Connections at the same time, of all sockets together: for a further one that which was silent longest is closed.
const MOST: usize = 256;
/// Those of one address, in the same way; what is no address is one.
const OF_ONE: usize = MOST / 2;

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A socket in the file system.
    Unix(PathBuf),
    /// An address of this machine.
    Tcp(SocketAddr),
}

impl Listen {
    /// `unix:PATH` or `ADDRESS:PORT`.
    pub fn parse(text: &str) -> std::result::Result<Listen, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err("has no path; write unix:/run/coroner.sock".into()),
                path => Ok(Listen::Unix(PathBuf::from(path))),
            };
        }
        let text = text.strip_prefix("tcp:").unwrap_or(text);
        let text = text.replace("localhost:", "127.0.0.1:");
        let address = text.parse();
        address.map(Listen::Tcp).map_err(|_| {
            "is neither a socket nor an address; write unix:/run/coroner.sock or 127.0.0.1:5170"
                .into()
        })
    }

    /// The name of its input: that of the socket, or the address.
    pub fn name(&self) -> String {
        match self {
            Listen::Unix(path) => {
                let last = path.file_name().unwrap_or(path.as_os_str());
                String::from_utf8_lossy(last.as_encoded_bytes()).into_owned()
            }
            Listen::Tcp(address) => address.to_string(),
        }
    }
}

/// A socket in the file system that goes away with its listener.
pub(super) struct Listening(Option<PathBuf>);

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Who removed it before us did the same.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Starts to listen; lines are those of an input of its name. `verbose`: where is reported.
pub(super) fn start(
    at: &Listen,
    (watch, inbox): (&mut Watch, &Inbox),
    connections: &Connections,
    verbose: bool,
) -> Result<Listening> {
    let failed = |source| Error::Open {
        path: match at {
            Listen::Unix(p) => p.clone(),
            Listen::Tcp(a) => PathBuf::from(a.to_string()),
        },
        source,
    };
    let mut entry = |name: &str| inbox.entry(super::named(watch, name));
    let (address, path) = match at {
        Listen::Tcp(address) => {
            let listener = TcpListener::bind(address).map_err(failed)?;
            // a port of 0 is chosen by the system
            let bound = listener.local_addr().map_err(failed)?;
            if !bound.ip().to_canonical().is_loopback() {
                Complaint::warning(format!(
                    "--listen {bound}: whoever reaches this address can write lines, nobody is asked who it is"
                ))
                .help("listen at 127.0.0.1 or unix:PATH, and let a shipper carry the lines there")
                .print(false);
            }
            let entry = entry(&bound.to_string());
            connections.accept(entry, move || {
                let (stream, peer) = listener.accept()?;
                Ok((stream.into(), Some(peer.ip())))
            });
            (bound.to_string(), None)
        }
        Listen::Unix(path) => {
            let listener = bind(path).map_err(failed)?;
            let entry = entry(&at.name());
            connections.accept(entry, move || Ok((listener.accept()?.0.into(), None)));
            (path.display().to_string(), Some(path.clone()))
        }
    };
    let chosen = matches!(at, Listen::Tcp(a) if a.port() == 0);
    if verbose || chosen {
        Complaint::note(format!("listening at {address}")).print(false);
    }
    Ok(Listening(path))
}

/// Binds a socket that only its user can connect to. One that nobody listens at any more is replaced; anything else that
/// lies there is left alone.
fn bind(path: &Path) -> io::Result<UnixListener> {
    use rustix::fs::Mode;
    use std::os::unix::fs::FileTypeExt;
    if let Ok(meta) = std::fs::symlink_metadata(path) {
        let stale = meta.file_type().is_socket()
            && UnixStream::connect(path)
                .is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused);
        if stale {
            std::fs::remove_file(path)?;
        }
    }
    // of its user from its birth on
    let before = rustix::process::umask(Mode::RWXG | Mode::RWXO | Mode::XUSR);
    let listener = UnixListener::bind(path);
    rustix::process::umask(before);
    listener
}

/// One that was accepted.
struct Connection {
    /// A socket is read and closed in one way, whoever is at its other end.
    stream: UnixStream,
    peer: Option<IpAddr>,
    /// When something came last.
    heard: Mutex<Instant>,
}

impl Read for &Connection {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = (&self.stream).read(into)?;
        *locked(&self.heard) = Instant::now();
        Ok(n)
    }
}

/// All connections of all sockets.
#[derive(Clone, Default)]
pub(super) struct Connections(Arc<Mutex<OpenConnections>>);

#[derive(Default)]
struct OpenConnections {
    all: Vec<Arc<Connection>>,
    /// How many were closed to let others in.
    closed: u64,
    /// Nobody is let in any more.
    ended: bool,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        locked(&self.0)
    }

    /// How many were closed since this was asked last, to let others in.
    pub fn closed(&self) -> u64 {
        std::mem::take(&mut self.open().closed)
    }

    /// Ends all of them; what they said of a line that is not complete is handed on.
    pub fn end(&self) {
        let mut open = self.open();
        open.ended = true;
        for c in open.all.drain(..) {
            // one that broke off meanwhile is as good
            let _ = c.stream.shutdown(Shutdown::Both);
        }
    }

    /// A thread that accepts, and one for each connection.
    fn accept(
        &self,
        entry: crate::cli::watch::queue::StreamEntry,
        next: impl Fn() -> io::Result<(OwnedFd, Option<IpAddr>)> + Send + 'static,
    ) {
        let connections = self.clone();
        std::thread::spawn(move || {
            loop {
                // one that broke off before it was accepted is no reason to end; where the system has none left, neither
                let Ok((stream, peer)) = next() else {
                    std::thread::sleep(Duration::from_millis(20));
                    continue;
                };
                let connection = Arc::new(Connection {
                    stream: stream.into(),
                    peer,
                    heard: Mutex::new(Instant::now()),
                });
                connections.open().enter(connection.clone());
                let (entry, connections) = (entry.clone(), connections.clone());
                std::thread::spawn(move || {
                    // one that breaks off gave what it gave
                    let _ = entry.read_lines(&*connection);
                    let all = &mut connections.open().all;
                    all.retain(|c| !Arc::ptr_eq(c, &connection));
                });
            }
        });
    }
}

impl OpenConnections {
    fn enter(&mut self, new: Arc<Connection>) {
        if self.ended {
            return;
        }
        let of_one = self.all.iter().filter(|c| c.peer == new.peer).count();
        let silent = |c: &&Arc<Connection>| *locked(&c.heard);
        let goes = match () {
            () if of_one >= OF_ONE => {
                let own = self.all.iter().filter(|c| c.peer == new.peer);
                own.min_by_key(silent).cloned()
            }
            () if self.all.len() >= MOST => self.all.iter().min_by_key(silent).cloned(),
            () => None,
        };
        if let Some(goes) = goes {
            // one that broke off meanwhile is as good
            let _ = goes.stream.shutdown(Shutdown::Both);
            self.all.retain(|c| !Arc::ptr_eq(c, &goes));
            self.closed += 1;
        }
        self.all.push(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::{holds, or_dash};

    #[test]
    fn addresses_and_sockets() {
        holds("address to listen at", |s| {
            or_dash(Listen::parse(s).ok().map(|l| format!("{l:?} {}", l.name())))
        });
    }
}
