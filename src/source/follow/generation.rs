//! One generation of a file that is followed: read bytes, and the marks by which it is known again.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Bytes at the beginning, and before the place that was read up to, by which a file is known again.
const MARK: usize = 256;
/// Bytes of a line without an end after which it is handed on all the same.
const LONGEST: usize = 4 << 20;

/// One generation of a file, or a copy of it.
pub(super) struct Open {
    pub from: Box<dyn Source>,
    /// Bytes read.
    pub at: u64,
    /// The first of them.
    pub head: Vec<u8>,
    /// The last of them.
    pub tail: Vec<u8>,
    /// The line that is not complete yet.
    pub line: Vec<u8>,
    /// How often nothing came.
    pub empty: u32,
}

/// A file that can be looked at anywhere, or a packed one that is read once.
pub(super) trait Source: Send {
    fn file(&self) -> Option<&File>;
    fn read_at(&mut self, into: &mut [u8], at: u64) -> io::Result<usize>;
}

impl Source for File {
    fn file(&self) -> Option<&File> {
        Some(self)
    }
    fn read_at(&mut self, into: &mut [u8], at: u64) -> io::Result<usize> {
        read_at(self, into, at)
    }
}

/// Unpacked bytes, from the first on.
struct Packed(Box<dyn Read + Send>);

impl Source for Packed {
    fn file(&self) -> Option<&File> {
        None
    }
    fn read_at(&mut self, into: &mut [u8], _: u64) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Open {
    pub fn new(from: Box<dyn Source>) -> Open {
        Open {
            from,
            at: 0,
            head: Vec::new(),
            tail: Vec::new(),
            line: Vec::new(),
            empty: 0,
        }
    }

    /// Nothing more to read, and these bytes to hand on.
    pub fn ended_as(line: Vec<u8>) -> Open {
        Open {
            line,
            ..Open::new(Box::new(Packed(Box::new(io::empty()))))
        }
    }

    /// Reads on; how many bytes.
    pub fn read(&mut self, most: usize) -> io::Result<usize> {
        let before = self.line.len();
        self.line.resize(before + most, 0);
        let read = self.from.read_at(&mut self.line[before..], self.at);
        let n = *read.as_ref().unwrap_or(&0);
        self.line.truncate(before + n);
        read?;
        self.at += n as u64;
        let new = &self.line[before..];
        self.tail.extend_from_slice(&new[n.saturating_sub(MARK)..]);
        let over = self.tail.len().saturating_sub(MARK);
        self.tail.drain(..over);
        Ok(n)
    }

    /// Takes the first bytes, as far as they are there, whether they were read or not.
    pub fn look(&mut self) -> io::Result<()> {
        let Some(file) = self.from.file().filter(|_| self.head.len() < MARK) else {
            return Ok(());
        };
        let mut head = vec![0; MARK];
        let mut n = 0;
        while n < MARK {
            match read_at(file, &mut head[n..], n as u64)? {
                0 => break,
                more => n += more,
            }
        }
        head.truncate(n);
        // else it is another file by now
        if head.starts_with(&self.head) {
            self.head = head;
        }
        Ok(())
    }

    /// The first bytes of what was just opened. Of a packed one they are then handed on with its first line.
    pub fn begins(&mut self) -> Vec<u8> {
        let mut head = vec![0; MARK];
        let mut n = 0;
        while n < MARK {
            match self.from.read_at(&mut head[n..], n as u64) {
                Ok(0) | Err(_) => break,
                Ok(more) => n += more,
            }
        }
        head.truncate(n);
        if self.from.file().is_none() {
            (self.at, self.line) = (n as u64, head.clone());
        }
        head
    }

    /// Forgets the last bytes that were read: they were not of this file.
    pub fn undo(&mut self, n: usize) {
        self.at -= n as u64;
        self.line.truncate(self.line.len() - n);
        self.tail.truncate(self.tail.len().saturating_sub(n));
    }

    /// The whole lines of what was read.
    pub fn lines(&mut self) -> Vec<u8> {
        let end = memchr::memrchr(b'\n', &self.line).map(|n| n + 1);
        let end = end.unwrap_or(match self.line.len() {
            LONGEST.. => self.line.len(),
            _ => 0,
        });
        let rest = self.line.split_off(end);
        std::mem::replace(&mut self.line, rest)
    }

    /// What is left, as a whole line: another file begins behind it.
    pub fn ended(&mut self) -> Vec<u8> {
        let mut line = std::mem::take(&mut self.line);
        if line.last().is_some_and(|c| *c != b'\n') {
            line.push(b'\n');
        }
        line
    }

    /// Whether the file holds what was read of it.
    pub fn is_same(&self) -> io::Result<bool> {
        let Some(file) = self.from.file() else {
            return Ok(true);
        };
        Ok(file.metadata()?.len() >= self.at && self.is_in(file)?)
    }

    pub fn is_in(&self, file: &File) -> io::Result<bool> {
        let at = self.at - self.tail.len() as u64;
        Ok(holds(file, 0, &self.head)? && holds(file, at, &self.tail)?)
    }

    /// A copy that begins with what was read, from there on.
    pub fn goes_on_in(&self, path: &Path) -> io::Result<Option<Open>> {
        if self.head.is_empty() {
            return Ok(None);
        }
        let mut copy = Open {
            at: self.at,
            head: self.head.clone(),
            tail: self.tail.clone(),
            ..match open(path) {
                Some(source) => Open::new(source),
                None => return Ok(None),
            }
        };
        if let Some(file) = copy.from.file() {
            let same = file.metadata()?.len() >= self.at && self.is_in(file)?;
            return Ok(same.then_some(copy));
        }
        // packed: what was read is passed over
        let mut left = self.at;
        let (mut seen, mut buffer) = (
            Open::new(Box::new(Packed(Box::new(io::empty())))),
            vec![0; 64 << 10],
        );
        while left > 0 {
            let most = buffer
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            match copy.from.read_at(&mut buffer[..most], 0) {
                Ok(0) | Err(_) => return Ok(None),
                Ok(n) => {
                    seen.mark(&buffer[..n]);
                    left -= n as u64;
                }
            }
        }
        if self.at == 0 {
            let same = head_of(path).is_some_and(|h| h.starts_with(&self.head));
            return Ok(same.then_some(copy));
        }
        let same = same_start(&seen.head, &self.head) && seen.tail.ends_with(&self.tail);
        Ok(same.then_some(copy))
    }

    fn mark(&mut self, new: &[u8]) {
        let room = MARK - self.head.len().min(MARK);
        self.head.extend_from_slice(&new[..new.len().min(room)]);
        self.tail
            .extend_from_slice(&new[new.len().saturating_sub(MARK)..]);
        let over = self.tail.len().saturating_sub(MARK);
        self.tail.drain(..over);
    }
}

/// A file, or what is packed in it.
pub(super) fn open(path: &Path) -> Option<Box<dyn Source>> {
    File::open(path).ok().map(|file| unpacked(file, path))
}

/// What is in a file that was opened under that name.
pub(super) fn unpacked(file: File, path: &Path) -> Box<dyn Source> {
    if path.extension().is_some_and(|e| e == "gz") {
        return Box::new(Packed(Box::new(flate2::read::MultiGzDecoder::new(file))));
    }
    Box::new(file)
}

/// The first bytes of a file, unpacked.
pub(super) fn head_of(path: &Path) -> Option<Vec<u8>> {
    Some(Open::new(open(path)?).begins())
}

/// Whether one begins with the other.
pub(super) fn same_start(a: &[u8], b: &[u8]) -> bool {
    let n = a.len().min(b.len());
    n > 0 && a[..n] == b[..n]
}

fn holds(file: &File, at: u64, bytes: &[u8]) -> io::Result<bool> {
    let mut there = vec![0; bytes.len()];
    let mut n = 0;
    while n < there.len() {
        match read_at(file, &mut there[n..], at + n as u64)? {
            0 => return Ok(false),
            more => n += more,
        }
    }
    Ok(there == bytes)
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    loop {
        match file.read_at(into, at) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(not(unix))]
fn read_at(mut file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read(into)
}

#[cfg(unix)]
pub(super) fn is_same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
pub(super) fn is_same_file(a: &Metadata, b: &Metadata) -> bool {
    a.created().ok() == b.created().ok()
}

#[cfg(unix)]
pub(super) fn has_no_name(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|m| m.nlink() == 0)
}

#[cfg(not(unix))]
pub(super) fn has_no_name(_: &File) -> bool {
    true
}
