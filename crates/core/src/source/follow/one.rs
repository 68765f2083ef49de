//! One generation of a log: the bytes that were read of it, and where it lies.

use super::disk::{Handle, Id, Stat, Stream, fill, read_full};
use super::mark::Mark;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of a line without an end after which it is handed on all the same.
const LONGEST: usize = 4 << 20;

/// What is kept of a generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    id: Option<Id>,
    path: PathBuf,
    known: Mark,
}

pub(super) enum From {
    Plain(Box<dyn Handle>),
    /// Behind what was read.
    Packed(Box<dyn Read + Send>),
}

#[derive(Default)]
pub(super) struct One {
    pub feed: Option<usize>,
    /// What was handed on.
    pub known: Mark,
    /// What was read behind it, of a line that is not complete.
    pub line: Vec<u8>,
    /// Where it lies; `None`: nowhere that is known of.
    pub id: Option<Id>,
    pub path: PathBuf,
    pub from: Option<From>,
    pub is_packed: bool,
    /// Length and time when there was nothing more.
    pub stat: Option<(u64, i128)>,
    /// How often nothing came.
    pub idle: u32,
    /// Its name was seen to be another's.
    pub strayed: bool,
    /// It was cut off: how often a copy is still looked for until that is reported.
    pub cut: u8,
}

impl One {
    pub fn new(known: Mark, feed: Option<usize>, path: &Path) -> One {
        One {
            feed,
            known,
            path: path.to_owned(),
            ..One::default()
        }
    }

    pub fn resume(feed: Option<usize>, kept: KeptFile) -> One {
        One {
            id: kept.id,
            ..One::new(kept.known, feed, &kept.path)
        }
    }

    pub fn kept(&self) -> KeptFile {
        KeptFile {
            id: self.id,
            path: self.path.clone(),
            known: self.known.clone(),
        }
    }

    /// Takes the name that it has now.
    pub fn is_at(&mut self, path: &Path) {
        path.clone_into(&mut self.path);
        self.strayed = false;
    }

    /// It lies there, with all that was read of it.
    pub fn lies(&mut self, from: Box<dyn Handle>, stat: Stat) -> io::Result<()> {
        (self.id, self.cut, self.idle) = (Some(stat.id), 0, 0);
        self.line.clear();
        let packed = from.unpacked()?;
        self.is_packed = packed.is_some();
        self.stat = None;
        self.from = match (self.feed, packed) {
            (None, _) => {
                (self.stat, self.idle) = (Some((stat.len, stat.modified)), u32::MAX);
                None
            }
            (_, None) => Some(From::Plain(from)),
            (_, Some(mut packed)) => {
                io::copy(&mut packed.by_ref().take(self.known.at), &mut io::sink())?;
                self.stat = Some((stat.len, stat.modified));
                Some(From::Packed(packed))
            }
        };
        Ok(())
    }

    /// It lies nowhere; `looks`: a copy of it is looked for so often.
    pub fn gone(&mut self, looks: u8) {
        (self.id, self.from, self.stat) = (None, None, None);
        let read = self.known.at > 0 || !self.line.is_empty();
        if self.feed.is_some() && !self.is_packed && read {
            self.cut = looks;
        }
    }

    /// Whether it can still be read, though its name is not seen.
    pub fn is_open(&self) -> bool {
        match &self.from {
            Some(From::Plain(h)) => h
                .stat()
                .is_ok_and(|s| s.named || self.idle <= super::PATIENCE / 8),
            Some(From::Packed(_)) => true,
            None => false,
        }
    }

    /// Whether a file holds what was read.
    pub fn holds(&self, file: &dyn Handle) -> io::Result<bool> {
        let read = self.known.at + self.line.len() as u64;
        if file.stat()?.len < read {
            return Ok(false);
        }
        let is_at = |bytes: &[u8], at: u64| -> io::Result<bool> {
            let mut there = vec![0; bytes.len()];
            Ok(read_full(file, &mut there, at)? == bytes.len() && there == bytes)
        };
        let line = &self.line[self.line.len().saturating_sub(256)..];
        Ok(is_at(&self.known.head, 0)?
            && is_at(
                &self.known.tail,
                self.known.at - self.known.tail.len() as u64,
            )?
            && is_at(line, read - line.len() as u64)?)
    }

    /// Reads on; how many bytes, `None` where it is not what was read any more.
    pub fn read(&mut self, most: usize) -> io::Result<Option<usize>> {
        let before = self.line.len();
        let at = self.known.at + before as u64;
        let mut new = vec![0; most];
        let n = match &mut self.from {
            Some(From::Packed(from)) => from.read(&mut new)?,
            Some(From::Plain(from)) => from.read_at(&mut new, at)?,
            None => 0,
        };
        // what was read is of this file only if it is the same behind that
        if let Some(From::Plain(from)) = &self.from
            && !self.holds(&**from)?
        {
            return Ok(None);
        }
        self.line.extend_from_slice(&new[..n]);
        Ok(Some(n))
    }

    /// The whole lines of what was read.
    pub fn lines(&mut self) -> Vec<u8> {
        let end = memchr::memrchr(b'\n', &self.line).map(|n| n + 1);
        let end = end.unwrap_or(match self.line.len() {
            LONGEST.. => self.line.len(),
            _ => 0,
        });
        let rest = self.line.split_off(end);
        let lines = std::mem::replace(&mut self.line, rest);
        self.known.push(&lines);
        lines
    }

    /// What is left, as a whole line: nothing comes behind it.
    pub fn ended(&mut self) -> Vec<u8> {
        let mut line = std::mem::take(&mut self.line);
        self.known.push(&line);
        if line.last().is_some_and(|c| *c != b'\n') {
            line.push(b'\n');
        }
        line
    }
}

/// What a file holds, unpacked.
pub(super) fn content(from: &dyn Handle) -> io::Result<Box<dyn Read + '_>> {
    Ok(match from.unpacked()? {
        Some(packed) => packed,
        None => Box::new(Stream(from, 0)),
    })
}

/// Its first bytes; `raw`: those that are there, packed or not.
pub(super) fn head_of(from: &dyn Handle, raw: &[u8]) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    content(from)?
        .take(raw.len() as u64)
        .read_to_end(&mut head)?;
    Ok(head)
}

/// What a file is beside another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// All of it is what that one begins with.
    Copy,
    /// It begins with all of that one.
    Longer,
    Other,
}

/// What a stream is beside another one.
pub(super) fn compare(other: &mut dyn Read, this: &mut dyn Read) -> io::Result<Beside> {
    let (mut a, mut b) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let n = fill(this, &mut a)?;
        let m = fill(other, &mut b[..n])?;
        if a[..m] != b[..m] {
            return Ok(Beside::Other);
        }
        if m < n {
            return Ok(Beside::Longer);
        }
        if n < a.len() {
            return Ok(Beside::Copy);
        }
    }
}
