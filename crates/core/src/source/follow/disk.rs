//! What a follower asks of a file system, so that it can be held against one that was made up.

use std::io::{self, Read};
use std::path::Path;

/// The device and the number of a file on it. One that is free is given again.
pub type Id = (u64, u64);

/// What a file shows without being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Its place on the disk.
    pub id: Id,
    /// Its bytes.
    pub len: u64,
    /// When it was written to last, nanoseconds.
    pub modified: i128,
    /// Whether any name is left of it.
    pub named: bool,
}

/// Files by their names.
pub trait Disk {
    /// What a name shows now.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// Opens it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Handle>>;
}

/// A file that is open: the same one, whatever becomes of its name.
pub trait Handle: Send {
    /// What it shows now.
    fn stat(&self) -> io::Result<Stat>;
    /// Reads some bytes of it.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize>;
    /// What is packed in it, from the first byte on; `None` where it is not packed.
    fn unpacked(&self) -> io::Result<Option<Box<dyn Read + Send>>>;
}

/// Fills as much as there is, from a place on.
pub(super) fn read_full(from: &dyn Handle, into: &mut [u8], at: u64) -> io::Result<usize> {
    fill(&mut Stream(from, at), into)
}

/// Fills as much as there is.
pub(super) fn fill(from: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < into.len() {
        match from.read(&mut into[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(n)
}

/// A plain file from a place on.
pub(super) struct Stream<'h>(pub &'h dyn Handle, pub u64);

impl Read for Stream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read_at(into, self.1)?;
        self.1 += n as u64;
        Ok(n)
    }
}
