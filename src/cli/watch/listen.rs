//! `--listen`: lines from whoever connects to a socket, on this machine or elsewhere. No protocol: a line is a line.

use super::inbox::Entry;
use crate::error::{Error, Result};
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Connections at the same time; further ones wait to be accepted.
const MOST: usize = 256;

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

/// Starts to listen; lines go to an entry. Gives the address too: a port of 0 is chosen by the system.
pub(super) fn start(at: &Listen, entry: Entry) -> Result<(Listening, String)> {
    let failed = |source| Error::Open {
        path: match at {
            Listen::Unix(p) => p.clone(),
            Listen::Tcp(a) => PathBuf::from(a.to_string()),
        },
        source,
    };
    match at {
        Listen::Tcp(address) => {
            let listener = TcpListener::bind(address).map_err(failed)?;
            let bound = listener.local_addr().map_err(failed)?;
            accept(move || listener.accept().map(|c| c.0), entry);
            Ok((Listening(None), bound.to_string()))
        }
        #[cfg(unix)]
        Listen::Unix(path) => {
            let listener = bind(path).map_err(failed)?;
            accept(move || listener.accept().map(|c| c.0), entry);
            Ok((Listening(Some(path.clone())), path.display().to_string()))
        }
        #[cfg(not(unix))]
        Listen::Unix(_) => Err(failed(io::ErrorKind::Unsupported.into())),
    }
}

/// Binds a socket that only its user can connect to. One that nobody listens at any more is replaced; anything else that
/// lies there is left alone.
#[cfg(unix)]
fn bind(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    if let Ok(meta) = std::fs::symlink_metadata(path) {
        let stale = meta.file_type().is_socket()
            && UnixStream::connect(path)
                .is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused);
        if stale {
            std::fs::remove_file(path)?;
        }
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Something that was connected to.
trait Connection: Read + Send + 'static {}

impl Connection for TcpStream {}
#[cfg(unix)]
impl Connection for UnixStream {}

/// A thread that accepts, and one for each connection.
fn accept<C: Connection>(next: impl Fn() -> io::Result<C> + Send + 'static, entry: Entry) {
    let open = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        loop {
            while open.load(Ordering::SeqCst) >= MOST {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            // one that broke off before it was accepted is no reason to end; where the system has none left, neither
            let Ok(connection) = next() else {
                std::thread::sleep(std::time::Duration::from_millis(20));
                continue;
            };
            open.fetch_add(1, Ordering::SeqCst);
            let (entry, open) = (entry.clone(), open.clone());
            std::thread::spawn(move || {
                // one that breaks off gave what it gave
                let _ = entry.read_lines(connection);
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_sockets() {
        let unix = Listen::parse("unix:/run/c.sock").unwrap();
        assert_eq!(unix, Listen::Unix("/run/c.sock".into()));
        assert_eq!(unix.name(), "c.sock");
        let tcp = Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 5170)));
        assert_eq!(Listen::parse("127.0.0.1:5170").unwrap(), tcp);
        assert_eq!(Listen::parse("localhost:5170").unwrap(), tcp);
        for wrong in ["", "unix:", "5170", "host", "/run/c.sock", "1.2.3.4"] {
            assert!(Listen::parse(wrong).is_err(), "{wrong}");
        }
    }
}
