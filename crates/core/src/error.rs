//! The error type of the library: what, where, why, and what to do next.
//! Every variant names the path, line or byte it is about and ends with the remedy; nothing here prints.

use std::path::{Path, PathBuf};

/// What can go wrong outside the data itself. A bad line is data and is counted, never an `Error`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path given by the user, or met in a folder, could not be opened.
    #[error("cannot open {path}: {source}; check the path and its permissions", path = path.display())]
    Open {
        /// As the user wrote it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Reading stopped in the middle of a file.
    #[error("cannot read {path} after byte {byte}: {source}; try again, or copy the file first", path = path.display())]
    Read {
        /// As the user wrote it.
        path: PathBuf,
        /// Offset in the unpacked bytes at which reading stopped.
        byte: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// An output could not be written whole.
    #[error("cannot write {path}: {source}; {remedy}", path = path.display(), remedy = to_write(source))]
    Write {
        /// As the user wrote it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing that could be read held a log line.
    #[error(
        "no log lines in {inputs} input(s){detail}; name a log file, a folder of logs, or - for standard input"
    )]
    NoLogs {
        /// Number of inputs looked at.
        inputs: usize,
        /// One line per input, each beginning with a newline; empty when there were none.
        detail: String,
    },
    /// An option or a definition given by the user makes no sense.
    #[error("{what}: {why}; {remedy}")]
    Usage {
        /// The option or definition.
        what: String,
        /// Why it cannot be used.
        why: String,
        /// What to write instead.
        remedy: String,
    },
    /// Two parts both claim some bytes of an input, and neither contains the other.
    #[error("parts overlap on {input} at byte {byte}; summarize each split once")]
    Overlap {
        /// Name of the input.
        input: String,
        /// First byte that both claim.
        byte: u64,
    },
    /// An input is not what it was when the plan was made, or when another part of it was.
    #[error(
        "{input} has changed, bytes {from} to {to}: {how}; plan it again, or copy the file first"
    )]
    InputChanged {
        /// Name of the input.
        input: String,
        /// First byte that is concerned.
        from: u64,
        /// The byte behind the last one.
        to: u64,
        /// What is different.
        how: String,
    },
    /// A part cannot be read.
    #[error("{at} {why}; {remedy}")]
    Part {
        /// The file, and where in it.
        at: String,
        /// What is wrong with it.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// Two parts were made from different plans.
    #[error(
        "parts come from different plans ({left:016x} and {right:016x}); summarize all splits with one plan"
    )]
    PlanMismatch {
        /// Digest of the one plan.
        left: u64,
        /// Digest of the other.
        right: u64,
    },
}

impl Error {
    /// What was asked for cannot be done: what, why, and what helps.
    pub fn usage(
        what: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Error {
        Error::Usage {
            what: what.into(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }

    /// A part cannot be read: where it is, why, and what helps.
    pub fn part(at: impl Into<String>, why: impl Into<String>, remedy: impl Into<String>) -> Error {
        Error::Part {
            at: at.into(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }

    /// What the system says of a path that cannot be opened.
    pub fn open<P: AsRef<Path> + ?Sized>(path: &P) -> impl Fn(std::io::Error) -> Error + Copy {
        let path = path.as_ref();
        move |source| Error::Open {
            path: path.to_owned(),
            source,
        }
    }

    /// What the system says of a path that cannot be written.
    pub fn write<P: AsRef<Path> + ?Sized>(path: &P) -> impl Fn(std::io::Error) -> Error + Copy {
        let path = path.as_ref();
        move |source| Error::Write {
            path: path.to_owned(),
            source,
        }
    }
}

/// Result with the library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What helps where something cannot be written.
fn to_write(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::NotFound => "make its folder first",
        std::io::ErrorKind::PermissionDenied => "write where you may, or change the permissions",
        std::io::ErrorKind::StorageFull => "make room, or write to another disk",
        _ => "check free space and permissions",
    }
}
