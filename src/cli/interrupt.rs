//! What happens on SIGINT: files that are half written go away, and the exit code is 130.
//!
//! The default (death by the signal) also shows as 130 in a shell, but leaves temporary files behind, and a program
//! that is not a shell sees a signal and no code; the contract is a code.

use super::exit::Exit;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Files being written. Global, as the signal is.
static HALF_WRITTEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn half_written() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file that is removed on SIGINT and when this is dropped, unless it was renamed before.
pub(super) struct Temporary(PathBuf);

impl Temporary {
    pub(super) fn new(path: &Path) -> Temporary {
        half_written().insert(path.to_owned());
        Temporary(path.to_owned())
    }

    /// Moves it to its final name.
    pub(super) fn rename(self, to: &Path) -> std::io::Result<()> {
        std::fs::rename(&self.0, to)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename it is not there any more, which is as wished.
        let _ = std::fs::remove_file(&self.0);
        half_written().remove(&self.0);
    }
}

/// Starts to listen for SIGINT, on a thread of its own. Where that cannot be done the default stays.
pub(super) fn watch() {
    #[cfg(unix)]
    if let Ok(mut signals) = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT]) {
        std::thread::spawn(move || {
            if signals.forever().next().is_some() {
                let files = half_written();
                for f in files.iter() {
                    let _ = std::fs::remove_file(f);
                }
                signal_hook::low_level::exit(i32::from(Exit::Interrupted.code()));
            }
        });
    }
}
