//! A file that is written while it is read: what is appended, and how it goes on when it is rotated, by another name or by a
//! copy that is cut off afterwards. Bounded reads only; nothing of it is mapped. Reads no clock: whoever calls comes again.
//!
//! Whether the file is still the one that was read tell its first bytes and the last that were read, looked at before and
//! after each read: a file that was cut off and has grown again is another one, however long it is.

mod generation;
mod names;

use generation::{Open, has_no_name, head_of, is_same_file, same_start, unpacked};
use names::{Id, Sibling, folder, id_of, is_rotated_name, siblings};
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Earlier files that are still looked at: their writer may not know yet that they were renamed.
const RETIRED: usize = 4;
/// How often nothing came of one that has no name any more until it is let go.
const PATIENCE: u32 = 400;
/// Most bytes that are read of a file at once because another one has its name.
const REST: usize = 16 << 20;
/// How often a folder is looked through in which files are renamed meanwhile.
const PASSES: usize = 10;
/// How often a folder is looked through after a change of names.
const AGAIN: u32 = 4;
/// Heads that are remembered of files that were read.
const HEADS: usize = 4096;

/// What happened to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It was rotated, and all of it was read.
    Rotated,
    /// It was cut off, and nothing tells where the bytes from here on went.
    Lost {
        /// Bytes of it that were read.
        read: u64,
    },
}

/// How far a file was read, and what it is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of whole lines.
    pub at: u64,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// The last bytes before that place.
    pub tail: Vec<u8>,
}

/// A file that is followed.
pub struct Follow {
    path: PathBuf,
    current: Option<Open>,
    /// Copies and earlier files that are read before the current one goes on.
    first: VecDeque<Open>,
    retired: VecDeque<Open>,
    /// First bytes of what was read, or was there before.
    heads: VecDeque<Vec<u8>>,
    /// Files beside it of which that is known; they need not be opened again.
    looked: HashSet<Id>,
    /// When names in its folder changed last, and how often that is still looked into.
    changed: (Option<SystemTime>, u32),
    turns: Vec<Turn>,
}

impl Follow {
    /// Opens nothing yet: the file may come later.
    pub fn new(path: &Path) -> Follow {
        let mut follow = Follow {
            path: path.to_owned(),
            current: None,
            first: VecDeque::new(),
            retired: VecDeque::new(),
            heads: VecDeque::new(),
            looked: HashSet::new(),
            changed: (None, 0),
            turns: Vec::new(),
        };
        follow.know_siblings();
        follow
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next whole lines, about `most` bytes; empty where there are none now.
    pub fn read(&mut self, most: usize) -> io::Result<Vec<u8>> {
        if self.look()? {
            self.queue_unknown(None)?;
        }
        if let Some(lines) = self.before(most)? {
            return Ok(lines);
        }
        let late = self.late(most)?;
        if !late.is_empty() {
            return Ok(late);
        }
        while let Some(current) = &mut self.current {
            if !current.is_same()? {
                return self.cut_off(most);
            }
            let n = current.read(most)?;
            if !current.is_same()? {
                current.undo(n);
                return self.cut_off(most);
            }
            let lines = current.lines();
            if !lines.is_empty() {
                return Ok(lines);
            }
            if n == 0 {
                if !self.is_renamed()? {
                    break;
                }
                let lines = self.renamed()?;
                return match lines.is_empty() {
                    true => self.read(most),
                    false => Ok(lines),
                };
            }
        }
        if self.names_changed() {
            self.queue_unknown(None)?;
        }
        match self.first.is_empty() {
            true => Ok(Vec::new()),
            false => self.read(most),
        }
    }

    /// Opens the file if it is there, and takes its first bytes: by these it is found again, should it be gone before it is read.
    /// Whether it was opened now: then others may have come and gone since the last one was.
    fn look(&mut self) -> io::Result<bool> {
        let none = self.current.is_none();
        if none {
            self.current = match File::open(&self.path) {
                Ok(f) => Some(Open::new(Box::new(f))),
                Err(e) if e.kind() == io::ErrorKind::NotFound => None,
                Err(e) => return Err(e),
            };
        }
        if let Some(current) = &mut self.current {
            current.look()?;
        }
        Ok(none && self.current.is_some())
    }

    /// What is there of the last line, when nothing more comes.
    pub fn rest(&mut self) -> Vec<u8> {
        let all = self.first.drain(..).chain(self.retired.drain(..));
        let mut out = Vec::new();
        for mut open in all {
            out.append(&mut open.ended());
        }
        if let Some(open) = &mut self.current {
            out.append(&mut open.line);
        }
        out
    }

    /// What happened since this was asked last.
    pub fn turns(&mut self) -> Vec<Turn> {
        std::mem::take(&mut self.turns)
    }

    /// Lines of what comes before the current file.
    fn before(&mut self, most: usize) -> io::Result<Option<Vec<u8>>> {
        while let Some(open) = self.first.front_mut() {
            if open.read(most)? > 0 {
                let lines = open.lines();
                if !lines.is_empty() {
                    return Ok(Some(lines));
                }
                continue;
            }
            let rest = self.first.pop_front().map(|mut o| o.ended());
            if let Some(rest) = rest.filter(|r| !r.is_empty()) {
                return Ok(Some(rest));
            }
        }
        Ok(None)
    }

    /// Lines that somebody still writes to an earlier file.
    fn late(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut gone = None;
        for (n, open) in self.retired.iter_mut().enumerate() {
            if open.read(most)? > 0 {
                open.empty = 0;
                return Ok(open.lines());
            }
            open.empty += 1;
            // its bytes keep a place on the disk
            if open.empty > PATIENCE && open.from.file().is_none_or(has_no_name) {
                gone = Some(n);
            }
        }
        Ok(match gone.and_then(|n| self.retired.remove(n)) {
            Some(mut open) => open.ended(),
            None => Vec::new(),
        })
    }

    fn is_renamed(&self) -> io::Result<bool> {
        let Some(file) = self.current.as_ref().and_then(|c| c.from.file()) else {
            return Ok(false);
        };
        match std::fs::metadata(&self.path) {
            Ok(now) => Ok(!is_same_file(&now, &file.metadata()?)),
            // between two names
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Another file has its name: the rest of this one first, then those that came and went meanwhile.
    fn renamed(&mut self) -> io::Result<Vec<u8>> {
        let Some(mut old) = self.current.take() else {
            return Ok(Vec::new());
        };
        self.know(old.head.clone());
        // what was written since its end was seen
        let mut lines = Vec::new();
        while lines.len() < REST && old.read(64 << 10)? > 0 {
            lines.append(&mut old.lines());
        }
        self.retired.push_back(old);
        while self.retired.len() > RETIRED {
            if let Some(mut open) = self.retired.pop_front() {
                self.first.push_back(Open::ended_as(open.ended()));
            }
        }
        self.queue_unknown(None)?;
        self.turns.push(Turn::Rotated);
        Ok(lines)
    }

    /// The file was cut off: its rest is in a copy that begins as it did.
    fn cut_off(&mut self, most: usize) -> io::Result<Vec<u8>> {
        if let Some(old) = self.current.take() {
            self.goes_on_elsewhere(old, false)?;
        }
        self.read(most)
    }

    /// After a restart nothing is known of what lies there: then what is older than its copy was read.
    fn goes_on_elsewhere(&mut self, old: Open, restarted: bool) -> io::Result<()> {
        let mut copied = None;
        // names move on while they are looked at
        for _ in 0..PASSES {
            for Sibling { modified, path, .. } in siblings(&self.path) {
                if let Some(copy) = old.goes_on_in(&path)? {
                    copied = Some((modified, copy));
                    break;
                }
            }
            if copied.is_some() {
                break;
            }
        }
        let (read, line) = (old.at, old.line);
        self.know(old.head);
        match copied {
            Some((modified, mut copy)) => {
                copy.line = line;
                self.first.push_back(copy);
                self.queue_unknown(modified.filter(|_| restarted))?;
                self.turns.push(Turn::Rotated);
            }
            None => {
                if !line.is_empty() {
                    self.first.push_back(Open::ended_as(line));
                }
                self.turns.push(Turn::Lost { read });
                match restarted {
                    true => self.know_siblings(),
                    // what came and went since may lie there all the same
                    false => self.queue_unknown(None)?,
                }
            }
        }
        Ok(())
    }

    /// Whether it was there.
    pub fn has_begun(&self) -> bool {
        self.current.is_some() || !self.first.is_empty()
    }

    /// How far it was read, to go on from there another time.
    /// `None` while copies are read.
    pub fn mark(&self) -> Option<Mark> {
        let current = self.current.as_ref().filter(|_| self.first.is_empty())?;
        Some(Mark {
            // the line that is not complete is read again
            at: current.at - current.line.len() as u64,
            head: current.head.clone(),
            tail: current.tail[..current.tail.len().saturating_sub(current.line.len())].to_vec(),
        })
    }

    /// Goes on where it was left.
    pub fn resume(&mut self, mark: Mark) -> io::Result<()> {
        let mut old = Open::ended_as(Vec::new());
        (old.at, old.head, old.tail) = (mark.at, mark.head, mark.tail);
        if let Ok(file) = File::open(&self.path)
            && file.metadata()?.len() >= old.at
            && old.is_in(&file)?
        {
            old.from = Box::new(file);
            self.current = Some(old);
            return Ok(());
        }
        // what lies beside it may have come since
        self.heads.clear();
        self.looked.clear();
        self.goes_on_elsewhere(old, true)
    }

    /// Generations that came and went between two looks: files beside it that nobody has read. Not older than `since`.
    fn queue_unknown(&mut self, since: Option<SystemTime>) -> io::Result<()> {
        let mut all = Vec::new();
        // names move on while they are looked at: until there is nothing new
        let mut quiet = 0;
        for _ in 0..PASSES {
            let mut new = false;
            let before = std::mem::take(&mut self.looked);
            for Sibling { modified, path, id } in siblings(&self.path) {
                if before.contains(&id) {
                    self.looked.insert(id);
                    continue;
                }
                let Ok(file) = File::open(&path) else {
                    continue;
                };
                // names may have moved on since they were listed: it is the one that was opened that is looked at
                let id = id_of(&file.metadata()?, &path);
                let mut found = Open::new(unpacked(file, &path));
                let head = found.begins();
                let known = self.heads.iter().any(|h| same_start(h, &head));
                new |= self.look()?;
                if known {
                    self.looked.insert(id);
                }
                if head.is_empty() || known || self.begins_as(&head) {
                    continue;
                }
                self.know(head);
                if modified >= since {
                    all.push((modified, found));
                }
                new = true;
            }
            quiet = if new { 0 } else { quiet + 1 };
            if quiet == 3 {
                break;
            }
        }
        all.sort_by_key(|(modified, _)| *modified);
        self.first.extend(all.into_iter().map(|(_, found)| found));
        Ok(())
    }

    /// Whether the file begins so, by its name or as it is read: then what else does is a copy that is still being made.
    /// It must be asked after the copy was looked at: the file is cut off only when its copy is whole.
    fn begins_as(&self, head: &[u8]) -> bool {
        let current = self.current.as_ref().map_or(&[][..], |c| &c.head);
        same_start(current, head) || head_of(&self.path).is_some_and(|now| same_start(&now, head))
    }

    /// Whether names in the folder changed, now or not long ago: times of folders are coarse.
    fn names_changed(&mut self) -> bool {
        let modified = std::fs::metadata(folder(&self.path)).and_then(|m| m.modified());
        let modified = modified.ok();
        self.changed = match self.changed {
            (before, left) if before == modified => (before, left.saturating_sub(1)),
            _ => (modified, AGAIN),
        };
        self.changed.1 > 0
    }

    /// What lies beside it counts as read.
    fn know_siblings(&mut self) {
        for Sibling { path, .. } in siblings(&self.path) {
            if let Some(head) = head_of(&path) {
                self.know(head);
            }
        }
    }

    fn know(&mut self, head: Vec<u8>) {
        if head.is_empty() {
            return;
        }
        self.heads.push_back(head);
        while self.heads.len() > HEADS {
            self.heads.pop_front();
        }
    }

    /// Whether a path is that of an earlier generation of this file: `access.log.1`, `access-20260310.log`.
    pub fn is_rotated(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        path.parent() == self.path.parent() && is_rotated_name(&self.path, name)
    }
}

#[cfg(test)]
mod tests;
