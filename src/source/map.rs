//! Memory-mapped files, and the handler for the one way in which reading them can fail. Unsafe code, as few files have.
//! Nothing else belongs here; whoever wants bytes of a file asks `input.rs`.
#![expect(
    unsafe_code,
    reason = "mapping a file and handling the signal of a file that shrinks cannot be written without"
)]

use super::note::Note;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Deref;
use std::time::{Duration, SystemTime};

/// Whether files are mapped or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MmapMode {
    /// Regular files that were last changed 60 s or longer before the start.
    #[default]
    Auto,
    /// Every regular file that is not packed.
    Always,
    /// None: bounded reads only.
    Never,
}

/// A file changed within this time before the start may still be written to.
const YOUNG: Duration = Duration::from_secs(60);

impl MmapMode {
    /// Whether a file with this metadata may be mapped in a run that began at `now`. A file from the future counts as
    /// young; a file of length 0 cannot be mapped.
    pub fn allows(self, meta: &Metadata, now: SystemTime) -> bool {
        let still = || {
            let age = meta
                .modified()
                .ok()
                .and_then(|m| now.duration_since(m).ok());
            age.is_some_and(|a| a >= YOUNG)
        };
        meta.is_file()
            && meta.len() > 0
            && match self {
                MmapMode::Auto => still(),
                MmapMode::Always => true,
                MmapMode::Never => false,
            }
    }
}

/// The bytes of a file as they were when it was mapped.
#[derive(Debug)]
pub struct Mapped {
    map: memmap2::Mmap,
    file: File,
}

impl Mapped {
    /// Maps the whole file, which must be regular and not empty.
    pub fn new(file: File) -> io::Result<Mapped> {
        // SAFETY: the slice is sound as long as nobody changes the file under it, which a log analyser cannot enforce.
        // Three things bound the risk. (1) `MmapMode::allows` maps by default only files that rest since 60 s.
        // (2) All readers treat the bytes as hostile: every parser is total over any bytes, re-checks bounds on slices
        // (never trusts an offset found in an earlier read to be valid for memory access), and no `str` is made
        // without checking a copy or the slice itself at once, so bytes that change give wrong text, counted or shown,
        // not a wrong access. (3) A file that shrinks makes the pages behind its new end raise SIGBUS, which
        // `say_when_a_mapped_file_shrinks` turns into a sentence and exit code 74 before any byte is returned.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        #[cfg(unix)]
        // Advice only: where the system does not know it, reading is as right, only less far ahead.
        let _ = map.advise(memmap2::Advice::Sequential);
        Ok(Mapped { map, file })
    }

    /// What to say if the file has another length now than when it was mapped. Ask after the last read.
    pub fn changed(&self) -> Option<Note> {
        let before = self.map.len() as u64;
        let after = self.file.metadata().ok()?.len();
        (before != after).then_some(Note::Changed { before, after })
    }
}

impl Deref for Mapped {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.map
    }
}

const SENTENCE: &[u8] =
    b"error: a file shrank, or could not be read, while it was mapped into memory\n  \
help: copy it first, or read it without mapping: --mmap never\n";

/// From now on a mapped file that shrinks ends the process with a sentence on standard error and exit code 74 instead
/// of a core dump. For the start of a program, not for libraries: it changes the process.
#[cfg(unix)]
pub fn say_when_a_mapped_file_shrinks() {
    extern "C" fn on_sigbus(_signal: libc::c_int) {
        // SAFETY: `write` and `_exit` are async-signal-safe (POSIX.1-2017, 2.4.3); the buffer is static; nothing is
        // allocated, locked or unwound, and control never returns to the read that failed.
        unsafe {
            libc::write(
                libc::STDERR_FILENO,
                SENTENCE.as_ptr().cast(),
                SENTENCE.len(),
            );
            libc::_exit(74);
        }
    }
    // SAFETY: `sigaction` is plain data for which all zeroes is a valid value (no flags, empty mask); the handler is a
    // function that lives as long as the process; no other part of the program installs one for SIGBUS.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_sigbus as *const () as libc::sighandler_t;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut());
    }
}

/// Other systems do not let a mapped file shrink.
#[cfg(not(unix))]
pub fn say_when_a_mapped_file_shrinks() {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file_of(age: Duration, now: SystemTime) -> tempfile::NamedTempFile {
        let mut f = tempfile::NamedTempFile::new().unwrap();
        f.write_all(b"one\ntwo\n").unwrap();
        f.as_file().set_modified(now - age).unwrap();
        f
    }

    #[test]
    fn only_files_at_rest_are_mapped_by_themselves() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let allows = |mode: MmapMode, age| {
            let f = file_of(Duration::from_secs(age), now);
            mode.allows(&f.as_file().metadata().unwrap(), now)
        };
        assert!(allows(MmapMode::Auto, 60));
        assert!(!allows(MmapMode::Auto, 59));
        assert!(allows(MmapMode::Always, 0));
        assert!(!allows(MmapMode::Never, 3600));
        let folder = tempfile::tempdir().unwrap();
        let meta = std::fs::metadata(folder.path()).unwrap();
        assert!(!MmapMode::Always.allows(&meta, now));
        let future = file_of(Duration::ZERO, now + Duration::from_secs(9));
        assert!(!MmapMode::Auto.allows(&future.as_file().metadata().unwrap(), now));
    }

    #[test]
    fn a_mapped_file_that_grows_is_told() {
        let f = file_of(Duration::ZERO, SystemTime::now());
        let mapped = Mapped::new(File::open(f.path()).unwrap()).unwrap();
        assert_eq!(&mapped[..], b"one\ntwo\n");
        assert_eq!(mapped.changed(), None);
        let mut again = File::options().append(true).open(f.path()).unwrap();
        again.write_all(b"three\n").unwrap();
        assert_eq!(
            mapped.changed(),
            Some(Note::Changed {
                before: 8,
                after: 14
            })
        );
    }
}
