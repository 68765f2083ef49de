//! What happens on SIGINT: files that are half written go away, and the exit code is 130. A watch ends instead: what it has
//! seen is reported and written, also on SIGTERM.
//!
//! The default (death by the signal) also shows as 130 in a shell, but leaves temporary files behind, and a program
//! that is not a shell sees a signal and no code; the contract is a code.

use super::exit::Exit;
use coroner::program::source::locked;
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::flag::register;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

/// Files being written. Global, as the signal is.
static HALF_WRITTEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary file that is removed on SIGINT and when this is dropped, unless it was renamed before.
pub(super) struct Temporary(PathBuf);

impl Temporary {
    pub(super) fn new(path: &Path) -> Temporary {
        locked(&HALF_WRITTEN).insert(path.to_owned());
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
        locked(&HALF_WRITTEN).remove(&self.0);
    }
}

/// Starts to listen for SIGINT, on a thread of its own. Where that cannot be done the default stays. A file that may not grow
/// any more is from now on an error of who writes it, and not the end of the process.
pub(super) fn watch() {
    let _ = register(libc::SIGXFSZ, Arc::default());
    if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT]) {
        std::thread::spawn(move || {
            for _ in signals.forever() {
                if WATCHING.load(Ordering::SeqCst) && !STOP.swap(true, Ordering::SeqCst) {
                    continue;
                }
                let files = locked(&HALF_WRITTEN);
                for f in files.iter() {
                    let _ = std::fs::remove_file(f);
                }
                signal_hook::low_level::exit(i32::from(Exit::Interrupted.code()));
            }
        });
    }
}

/// A watch goes on, which ends by itself when it is asked to. Global, as signals are.
static WATCHING: AtomicBool = AtomicBool::new(false);
/// Somebody wants it to end.
static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
/// Somebody wants to know what there is so far.
static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on SIGINT and SIGTERM are for [`wants_end`] (a second SIGINT ends the process), SIGUSR1 for [`wants_report`].
pub(super) fn gracefully() {
    WATCHING.store(true, Ordering::SeqCst);
    for (signal, flag) in [(SIGTERM, &STOP), (SIGUSR1, &ASKED)] {
        let _ = register(signal, Arc::clone(flag));
    }
}

/// Whether a signal came that ends a watch.
pub(super) fn wants_end() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// Whether a signal came that asks for what there is so far; true once for each.
pub(super) fn wants_report() -> bool {
    ASKED.swap(false, Ordering::SeqCst)
}
