//! Memory-mapped files, the handler for the one way in which reading them can fail, what can only be seen before `main`, and how
//! memory is taken from the system.
//! Unsafe code, as few files have. Nothing else belongs here; whoever wants bytes of a file asks `input.rs`.
#![expect(
    unsafe_code,
    reason = "mapping a file, handling the signal of a file that shrinks, looking before main and asking for one heap cannot be written without"
)]

use super::note::Note;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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

/// The bytes of a file as they were when it was mapped; zeros, once it was found to be cut.
#[derive(Debug)]
pub struct Mapped {
    map: memmap2::Mmap,
    file: File,
    place: &'static MappedFile,
}

impl Mapped {
    /// Maps the whole file, which must be regular and not empty. Fails also where very many are mapped already.
    pub fn new(file: File) -> io::Result<Mapped> {
        // SAFETY: the slice is sound as long as nobody changes the file under it, which a log analyser cannot enforce.
        // Three things bound the risk. (1) `MmapMode::allows` maps by default only files that rest since 60 s.
        // (2) All readers treat the bytes as hostile: every parser is total over any bytes, re-checks bounds on slices
        // (never trusts an offset found in an earlier read to be valid for memory access), and no `str` is made
        // without checking a copy or the slice itself at once, so bytes that change give wrong text, counted or shown,
        // not a wrong access. (3) A file that shrinks makes the pages behind its new end raise SIGBUS; the handler of
        // `outlive_cut_files` puts zeros there, and who reads throws away what it made of them (`was_cut`).
        let map = unsafe { memmap2::Mmap::map(&file)? };
        // Advice only: where the system does not know it, reading is as right, only less far ahead.
        let _ = map.advise(memmap2::Advice::Sequential);
        let place = MappedFile::take(map.as_ptr() as usize, map.len())?;
        Ok(Mapped { map, file, place })
    }

    /// Whether bytes were asked for that are not in the file any more. Cheap, to be asked between stretches.
    pub fn is_zeros(&self) -> bool {
        self.place.cut.load(Ordering::Acquire)
    }

    /// Whether what was read may hold bytes that never were in the file: those behind its new end, which are zeros without
    /// a fault in the page that holds it. Ask after the last read; then the file is to be read anew, and not mapped.
    pub fn was_cut(&self) -> bool {
        self.is_zeros() || self.length() < Some(self.map.len() as u64)
    }

    /// What to say if the file has grown since it was mapped. Ask after the last read.
    pub fn grown(&self) -> Option<Note> {
        let (before, after) = (self.map.len() as u64, self.length()?);
        (before < after).then_some(Note::Changed { before, after })
    }

    fn length(&self) -> Option<u64> {
        Some(self.file.metadata().ok()?.len())
    }
}

impl Deref for Mapped {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // Before the bytes are unmapped, so that whatever comes to lie there is never taken for them.
        self.place.at.store(0, Ordering::SeqCst);
    }
}

/// Where a file is mapped, for the handler of the signal.
#[derive(Debug)]
struct MappedFile {
    /// The number of its first page above [`COUNT`] bits with how many they are: one number, so that the handler sees a place
    /// whole or not at all. 0 where it is free.
    at: AtomicU64,
    /// Whether the handler has put zeros there.
    cut: AtomicBool,
}

/// Files that are mapped at the same time, at most; further ones are read.
static MAPPED: [MappedFile; 1024] = [const {
    MappedFile {
        at: AtomicU64::new(0),
        cut: AtomicBool::new(false),
    }
}; 1024];

/// The unit in which pages are counted here; what the machine calls a page is this or a multiple of it.
const PAGE: usize = 4096;
/// Bits for their number, 1 TiB of them. 36 are left, for addresses of 48 bits; `mmap` gives no higher ones unasked.
const COUNT: u32 = 28;

impl MappedFile {
    /// A free one, for bytes that nobody has read yet.
    fn take(start: usize, bytes: usize) -> io::Result<&'static MappedFile> {
        let (first, count) = ((start / PAGE) as u64, bytes.div_ceil(PAGE) as u64);
        if first >> (u64::BITS - COUNT) != 0 || count >> COUNT != 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let order = Ordering::SeqCst;
        let taken = |p: &&MappedFile| {
            let packed = first << COUNT | count;
            p.at.compare_exchange(0, packed, order, order).is_ok()
        };
        let place = MAPPED.iter().find(taken);
        let place = place.ok_or(io::ErrorKind::QuotaExceeded)?;
        place.cut.store(false, order);
        Ok(place)
    }

    /// First address and length in bytes.
    fn range(&self) -> (usize, usize) {
        let packed = self.at.load(Ordering::SeqCst);
        let count = packed & ((1 << COUNT) - 1);
        ((packed >> COUNT) as usize * PAGE, count as usize * PAGE)
    }
}

/// From now on a mapped file that is cut while it is read, or that the system cannot read on, costs its bytes and not the
/// process: all of it becomes zeros, and [`Mapped::was_cut`] says so. For the start of a program, not for libraries: it
/// changes the process.
pub fn outlive_cut_files() {
    extern "C" fn on_sigbus(
        signal: libc::c_int,
        info: *mut libc::siginfo_t,
        _context: *mut libc::c_void,
    ) {
        // SAFETY: with SA_SIGINFO the system hands over where the fault was.
        let fault = unsafe { (*info).si_addr() } as usize;
        for place in &MAPPED {
            let (start, bytes) = place.range();
            if !(start..start + bytes).contains(&fault) {
                continue;
            }
            place.cut.store(true, Ordering::Release);
            // SAFETY: the thread that this handler interrupts reads the mapping, so it is borrowed: until the handler is
            // left it stays where it is, and nothing else is replaced. `start` and `bytes` are those that `mmap` gave it.
            // Nobody has a mutable reference into it, and readers take any bytes (see `Mapped::new`). `mmap` takes no lock
            // and no memory of this process, it is a system call and nothing else, so that it may be called at any point,
            // though POSIX (2.4.3) does not list it; `errno` changes only where it fails. Several threads may do the same
            // at once: each puts zeros in the place of zeros.
            let zeros = unsafe {
                libc::mmap(
                    start as *mut libc::c_void,
                    bytes,
                    libc::PROT_READ,
                    libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            if zeros != libc::MAP_FAILED {
                return;
            }
        }
        // SAFETY: `signal` is async-signal-safe (POSIX.1-2017, 2.4.3). The access fails again and ends the process, as for
        // any other fault of this kind.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: `sigaction` is plain data for which all zeroes is a valid value (empty mask); the handler is a function that
    // lives as long as the process and has the signature that SA_SIGINFO asks for; no other part of the program installs
    // one for SIGBUS.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_sigbus as *const () as libc::sighandler_t;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut());
    }
}

/// Whether standard output was closed when the process began: before `main` the runtime opens `/dev/null` in its place, and what
/// is written there is lost without an error.
pub fn stdout_was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

static CLOSED: AtomicBool = AtomicBool::new(false);

// SAFETY: both sections hold addresses of functions that are called once, before the runtime begins; this one asks the system
// for the flags of a descriptor, whatever that is, and stores into an atomic number.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
static BEFORE_MAIN: extern "C" fn() = {
    extern "C" fn look() {
        // SAFETY: no memory is handed over.
        let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
        CLOSED.store(flags == -1, Ordering::Relaxed);
    }
    look
};

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
    fn a_mapped_file_that_grows_is_reported() {
        let f = file_of(Duration::ZERO, SystemTime::now());
        let mapped = Mapped::new(File::open(f.path()).unwrap()).unwrap();
        assert_eq!(&mapped[..], b"one\ntwo\n");
        assert_eq!(mapped.grown(), None);
        let mut again = File::options().append(true).open(f.path()).unwrap();
        again.write_all(b"three\n").unwrap();
        assert_eq!(
            mapped.grown(),
            Some(Note::Changed {
                before: 8,
                after: 14
            })
        );
        assert!(!mapped.was_cut());
    }

    #[test]
    fn a_mapped_file_that_is_cut_reads_as_zeros_and_says_so() {
        outlive_cut_files();
        let f = file_of(Duration::ZERO, SystemTime::now());
        f.as_file().set_len(1 << 20).unwrap();
        let open = || Mapped::new(File::open(f.path()).unwrap()).unwrap();
        let (mapped, beside) = (open(), open());
        assert_eq!(&beside[..3], b"one");
        f.as_file().set_len(5).unwrap();
        assert!(
            !mapped.is_zeros() && mapped.was_cut(),
            "shorter than it was"
        );
        std::thread::scope(|s| {
            let sum = || mapped.iter().map(|&b| u64::from(b)).sum::<u64>();
            let sums: Vec<_> = (0..4).map(|_| s.spawn(sum)).collect();
            let first = b"one\nt".iter().map(|&b| u64::from(b)).sum();
            sums.into_iter()
                .for_each(|s| assert!(s.join().unwrap() <= first));
        });
        assert!(mapped.is_zeros() && mapped.was_cut());
        assert!(!beside.is_zeros(), "another mapping of the same file");
        assert_eq!(&beside[..3], b"one");
    }
}
