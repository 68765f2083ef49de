//! What happened while an input was read that is not a line: damage, changes, limits; and the meter of bytes read.
//! Notes are facts for the report and the exit code; nothing here prints or decides.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Something that the user must know about how an input was read. What was read before it is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// A packed stream stopped before its end.
    #[error("ends early ({}", early(*unpacked, *members))]
    EndsEarly {
        /// Bytes unpacked before the end.
        unpacked: u64,
        /// Packed bytes read.
        packed: u64,
        /// Members (gz) that were read whole; 0 where the format has none to count.
        members: u64,
    },
    /// A packed stream is damaged; what follows could not be read.
    #[error("is damaged near packed byte {packed}, after {unpacked} unpacked bytes: {reason}")]
    Damaged {
        /// Bytes unpacked before the damage.
        unpacked: u64,
        /// Packed bytes read.
        packed: u64,
        /// What the unpacker said.
        reason: String,
    },
    /// Unpacking would take more memory than it is given.
    #[error(
        "takes more memory to unpack than it is given; unpack it first (zstd -d --long=31, xz -d)"
    )]
    Memory,
    /// Bytes after the last packed member that are none, left out.
    #[error("has bytes after packed byte {packed} that are not packed data; they were left out")]
    Trailing {
        /// Offset in the packed bytes.
        packed: u64,
    },
    /// Unpacking stopped because a limit was passed.
    #[error("unpacks to too much ({}); the rest was left out", unpacks_to(*unpacked, *packed))]
    TooLarge {
        /// Bytes unpacked.
        unpacked: u64,
        /// Packed bytes that made them; 0 where that is not counted.
        packed: u64,
    },
    /// An archive has more members than are read.
    #[error("holds more than {members} members; the rest was left out")]
    TooMany {
        /// Members read.
        members: u64,
    },
    /// The file was written to or cut while it was read.
    #[error(
        "{} from {before} to {after} bytes while it was read",
        if after < before { "shrank" } else { "grew" }
    )]
    Changed {
        /// Bytes when it was opened.
        before: u64,
        /// Bytes that were read, or that it had at the end.
        after: u64,
    },
    /// The system could not read on.
    #[error("could not be read after byte {byte}: {reason}")]
    ReadFailed {
        /// Bytes read before.
        byte: u64,
        /// What the system said.
        reason: String,
    },
}

impl Note {
    /// Whether a retry may help (a read error of the system, exit code 74), unlike damage in the data.
    pub fn is_io(&self) -> bool {
        matches!(self, Note::ReadFailed { .. })
    }

    /// Whether bytes that the input holds were not read, so that the report covers a part of it.
    pub fn lost_bytes(&self) -> bool {
        !matches!(self, Note::Changed { before, after } if after >= before)
    }

    /// The same note with the number of members of the archive that were read whole.
    pub(super) fn with_members(mut self, whole: u64) -> Note {
        if let Note::EndsEarly { members, .. } = &mut self {
            *members = whole;
        }
        self
    }
}

/// How a stream that ends early does, and what was read of its members.
fn early(unpacked: u64, members: u64) -> String {
    let read = match members {
        0 => String::new(),
        n => format!("; {n} of at least {} members were read", n + 1),
    };
    format!("unexpected end after {}){read}", Size(unpacked))
}

/// What came of unpacking so much, and of how much where that is known.
fn unpacks_to(unpacked: u64, packed: u64) -> String {
    match packed {
        0 => Size(unpacked).to_string(),
        n => format!("{} from {}", Size(unpacked), Size(n)),
    }
}

/// A number of bytes as people write it: `532 bytes`, `1.2 GB` (decimal units).
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
        let power = self.0.checked_ilog10().unwrap_or(0) / 3;
        match power {
            0 => write!(f, "{} bytes", self.0),
            _ => {
                let n = self.0 as f64 / 1000f64.powi(power as i32);
                write!(f, "{n:.1} {}", units[power as usize - 1])
            }
        }
    }
}

/// What a lock holds. A thread that panicked with it is reported by itself; what it left is as good as any.
pub fn locked<T: ?Sized>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The notes of one input, filled while its content is read; ask when reading is done.
#[derive(Clone, Debug, Default)]
pub struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    /// Adds a note.
    pub fn add(&self, note: Note) {
        locked(&self.0).push(note);
    }

    /// All notes so far, in order.
    pub fn all(&self) -> Vec<Note> {
        locked(&self.0).clone()
    }
}

/// How far reading has come, for a progress line; counts bytes as they lie on the disk (packed, where packed).
#[derive(Debug, Default)]
pub struct Meter {
    /// Bytes read so far.
    pub bytes: AtomicU64,
}

impl Meter {
    /// Adds bytes read.
    pub fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let early = Note::EndsEarly {
            unpacked: 1200,
            packed: 90,
            members: 14,
        };
        assert_eq!(
            early.to_string(),
            "ends early (unexpected end after 1.2 kB); 14 of at least 15 members were read"
        );
        let grew = Note::Changed {
            before: 5,
            after: 7,
        };
        assert_eq!(grew.to_string(), "grew from 5 to 7 bytes while it was read");
        assert!(!grew.lost_bytes() && early.lost_bytes());
        assert_eq!(Size(999).to_string(), "999 bytes");
        assert_eq!(Size(1_234_567_890).to_string(), "1.2 GB");
        assert_eq!(Size(u64::MAX).to_string(), "18.4 EB");
    }
}
