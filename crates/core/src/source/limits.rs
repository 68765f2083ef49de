//! Readers that count what passes, and stop where an archive claims or unpacks to too much.
//! Nothing here knows what the bytes are.

use crate::source::note::{Note, Notes};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// How far the bytes of a tar archive go, and how much may be read before the next member is described.
#[derive(Default)]
pub(super) struct GuardState {
    pub(super) left: Cell<u64>,
    pub(super) read: Cell<u64>,
    ended: Cell<bool>,
}

impl GuardState {
    pub(super) fn ends_early(&self) -> Note {
        Note::EndsEarly {
            unpacked: self.read.get(),
            packed: self.read.get(),
            members: 0,
        }
    }

    pub(super) fn trouble(&self, e: &io::Error) -> Note {
        if self.ended.get() {
            return self.ends_early();
        }
        Note::Damaged {
            unpacked: self.read.get(),
            packed: self.read.get(),
            reason: e.to_string(),
        }
    }
}

/// The bytes of a tar archive. The crate reads what describes a member (its long name) into memory whatever its length
/// says; this bounds it.
pub(super) struct Guard<R> {
    pub(super) inner: R,
    pub(super) state: Rc<GuardState>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let s = &self.state;
        if s.left.get() == 0 {
            return Err(io::Error::other("what describes a member is too long"));
        }
        let most = into
            .len()
            .min(usize::try_from(s.left.get()).unwrap_or(usize::MAX));
        let n = self.inner.read(&mut into[..most])?;
        if s.left.get() != u64::MAX {
            s.left.set(s.left.get() - n as u64);
        }
        s.read.set(s.read.get() + n as u64);
        s.ended.set(n == 0 && most > 0);
        Ok(n)
    }
}

/// Bytes whose number is asked for while they are read.
pub(super) struct Count<R> {
    pub(super) inner: R,
    pub(super) read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Count<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        self.read.set(self.read.get() + n as u64);
        Ok(n)
    }
}

/// The bytes of a member, which count towards what an archive may unpack to.
pub(super) struct Metered<R> {
    pub(super) inner: R,
    pub(super) bytes: Rc<Cell<u64>>,
    pub(super) most: u64,
    pub(super) notes: Notes,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.bytes.get() > self.most {
            return Ok(0);
        }
        let n = self.inner.read(into)?;
        self.bytes.set(self.bytes.get() + n as u64);
        if self.bytes.get() > self.most {
            self.notes.add(Note::TooLarge {
                unpacked: self.bytes.get(),
                packed: 0,
            });
        }
        Ok(n)
    }
}
