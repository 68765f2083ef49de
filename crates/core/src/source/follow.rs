//! Files that are written while they are read: what is appended, and how they go on when they are rotated, by another name, by
//! a copy that is cut off afterwards, or packed. Bounded reads only; nothing of them is mapped. Reads no clock: whoever calls
//! comes again.
//!
//! What was read is known by its bytes: how many, the first and last of them, a checksum of all. Where it lies (device and
//! number) is a hint that saves reading, its name is a label. A file that is met is looked up first among what was read: what
//! goes on behind that is read on, what is a copy of it is passed over, the rest is new. All of it can be kept and taken up
//! by another process.

mod disk;
mod mark;
mod meet;
mod names;
mod one;
mod real;

pub use disk::{Disk, Handle, Id, Stat};
pub use names::{beside, folder, is_rotated_name};
pub use one::KeptFile;
pub use real::RealFiles;

use one::{From, One};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// How often nothing came of a file until it is read again only when a look shows that it changed.
const PATIENCE: u32 = 400;
/// How often it is read though it shows no change: times of files are coarse.
const SURE: u32 = 3;
/// How often a copy is looked for of what was cut off.
const LOOKS: u8 = 2;
/// What was read and lies nowhere any more is remembered this often.
const GONE: usize = 256;
/// Bytes of a file that is met by which its kind is known.
const HEAD: usize = 4 << 10;

/// A file that is there.
#[derive(Clone, Debug)]
pub struct There {
    /// Its name.
    pub path: PathBuf,
    /// What it showed when it was listed.
    pub stat: Stat,
}

/// What is to be done with a file that holds nothing that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is read, as lines of that input.
    Read(usize),
    /// It is known from now on, and never read.
    Leave,
    /// Nothing, as long as it stays as it is.
    Pass,
}

/// What happened that may have cost lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The input.
    pub feed: usize,
    /// The file that is not what it was.
    pub path: PathBuf,
    /// Bytes of it that were read.
    pub read: u64,
}

/// Decides on a file, by its first bytes; the last says whether it was there when nothing had been read yet.
pub type Ask<'a> = &'a mut dyn FnMut(&Path, io::Result<&[u8]>, bool) -> Answer;

/// A file that nothing is read of while it stays so, and of which it is a copy.
#[derive(Debug)]
struct Passed {
    len: u64,
    modified: i128,
    copy: Option<(PathBuf, PathBuf)>,
}

/// All files that are followed.
pub struct Follow<D> {
    disk: D,
    /// In the order in which they were met.
    all: Vec<One>,
    /// Of each input.
    feeds: BTreeMap<usize, Vec<usize>>,
    passed: HashMap<Id, Passed>,
    /// Last lines without an end, of files that are over.
    ended: Vec<(usize, Vec<u8>)>,
    lost: Vec<Lost>,
    begun: bool,
    resumed: bool,
    wants: bool,
}

impl<D: Disk> Follow<D> {
    /// Nothing was read yet.
    pub fn new(disk: D) -> Follow<D> {
        Follow {
            disk,
            all: Vec::new(),
            feeds: BTreeMap::new(),
            passed: HashMap::new(),
            ended: Vec::new(),
            lost: Vec::new(),
            begun: false,
            resumed: false,
            wants: true,
        }
    }

    /// Goes on with what was kept.
    pub fn resume(disk: D, kept: Vec<(Option<usize>, KeptFile)>) -> Follow<D> {
        let mut follow = Follow::new(disk);
        let kept = kept.into_iter();
        follow.all = kept.map(|(feed, k)| One::resume(feed, k)).collect();
        (follow.begun, follow.resumed) = (true, true);
        follow.order();
        follow
    }

    /// What was read, each with its input (`None`: it is known and not read), to go on from there another time.
    pub fn kept(&self) -> Vec<(Option<usize>, KeptFile)> {
        self.all.iter().map(|o| (o.feed, o.kept())).collect()
    }

    /// Whether something shows that names changed, so that it should be looked again at once.
    pub fn wants_look(&self) -> bool {
        self.wants
    }

    /// The inputs that files were read for.
    pub fn feeds(&self) -> impl Iterator<Item = usize> + '_ {
        self.feeds.keys().copied()
    }

    /// What may be missing, since this was asked last.
    pub fn lost(&mut self) -> Vec<Lost> {
        std::mem::take(&mut self.lost)
    }

    /// Files that are not read since they are copies, each with what it is a copy of.
    pub fn copies(&self) -> Vec<(PathBuf, PathBuf)> {
        let mut all: Vec<_> = self
            .passed
            .values()
            .filter_map(|p| p.copy.clone())
            .collect();
        all.sort();
        all
    }

    /// Takes what there is now: of all files that may be read, what each showed.
    pub fn look(&mut self, there: &[There], ask: Ask<'_>) -> io::Result<()> {
        self.wants = false;
        let places = self.all.iter().enumerate();
        let places: HashMap<Id, usize> = places.filter_map(|(n, o)| Some((o.id?, n))).collect();
        let mut seen = HashSet::new();
        let (mut unknown, mut stayed) = (Vec::new(), Vec::new());
        for t in there {
            // it may have two names
            if !seen.insert(t.stat.id) {
                continue;
            }
            let now = (t.stat.len, t.stat.modified);
            let passed = self.passed.get(&t.stat.id);
            if let Some(n) = places.get(&t.stat.id) {
                if !self.doubts(*n, t) && self.stays(*n, t)? {
                    stayed.push((*n, t));
                    continue;
                }
                self.let_go(*n, true);
            } else if passed.is_some_and(|p| (p.len, p.modified) == now) {
                continue;
            }
            unknown.push(t);
        }
        for n in 0..self.all.len() {
            let one = &self.all[n];
            if one.id.is_some_and(|id| !seen.contains(&id)) && !one.is_open() {
                self.let_go(n, false);
            }
        }
        self.passed.retain(|id, _| seen.contains(id));
        // of what is free its place may be given to another file that begins alike: who knows more of that has it
        let better = |all: &[One], n: usize| {
            let known = &all[n].known;
            let more = |o: &One| o.id.is_none() && o.known.at > known.at;
            all.iter()
                .any(|o| more(o) && o.known.may_begin(&known.head))
        };
        for (n, t) in stayed {
            if self.resumed && better(&self.all, n) {
                self.let_go(n, false);
                unknown.push(t);
            }
        }
        // a copy is never longer than what it is one of; and read first is what was written first
        if self.begun {
            unknown.sort_by_key(|t| std::cmp::Reverse(t.stat.len));
        }
        let first = self.all.len();
        for t in &unknown {
            self.meet(t, ask)?;
        }
        let written = |o: &One| {
            let t = unknown.iter().find(|t| t.path == o.path);
            t.map(|t| (t.stat.modified, &t.path))
        };
        self.all[first..].sort_by(|a, b| written(a).cmp(&written(b)));
        (self.begun, self.resumed) = (true, false);
        self.miss();
        self.forget();
        self.order();
        Ok(())
    }

    /// Whether what lies where it lay must be looked up by its bytes: nobody held the file open meanwhile, so that its number
    /// may have been given again, and the little that was read may be how other logs begin as well.
    fn doubts(&self, n: usize, t: &There) -> bool {
        let one = &self.all[n];
        let little = one.known.at < HEAD as u64 && one.path != t.path;
        self.resumed && (little || one.known.at == 0)
    }

    /// Whether what lies where it lay is still what was read.
    fn stays(&mut self, n: usize, t: &There) -> io::Result<bool> {
        let one = &mut self.all[n];
        one.is_at(&t.path);
        if one.stat == Some((t.stat.len, t.stat.modified)) {
            return Ok(true);
        }
        let holds = match &one.from {
            Some(From::Plain(h)) => one.holds(&**h)?,
            Some(From::Packed(_)) => true,
            None => match self.disk.open(&t.path) {
                // what is packed is known by what is in it
                Ok(h) if h.stat()?.id == t.stat.id => {
                    (one.feed.is_none() || h.unpacked()?.is_none()) && one.holds(&*h)?
                }
                // names move on while they are looked at
                _ => {
                    self.wants = true;
                    true
                }
            },
        };
        if holds && one.feed.is_some() {
            one.idle = 0;
        }
        Ok(holds)
    }

    /// What was read lies there no more; `cut`: something else does.
    fn let_go(&mut self, n: usize, cut: bool) {
        // of those of another process the last one of its input was written to
        let last = || self.feeds.values().any(|all| all.last() == Some(&n));
        let cut = if self.resumed { last() } else { cut };
        let one = &mut self.all[n];
        one.gone(if cut { LOOKS } else { 0 });
        if !cut {
            self.end_line(n);
        }
        // what was a copy of it may be all that is left
        self.passed.clear();
        self.wants = true;
    }

    fn end_line(&mut self, n: usize) {
        let one = &mut self.all[n];
        let line = one.ended();
        if let (Some(feed), false) = (one.feed, line.is_empty()) {
            self.ended.push((feed, line));
        }
    }

    /// Reports what was cut off and has no copy.
    fn miss(&mut self) {
        for n in 0..self.all.len() {
            let one = &mut self.all[n];
            if one.id.is_some() || one.cut == 0 {
                continue;
            }
            one.cut -= 1;
            if one.cut > 0 {
                self.wants = true;
                continue;
            }
            if let Some(feed) = one.feed {
                self.lost.push(Lost {
                    feed,
                    path: one.path.clone(),
                    read: one.known.at + one.line.len() as u64,
                });
            }
            self.end_line(n);
        }
    }

    /// Forgets of what lies nowhere the oldest, and that of which nothing was read.
    fn forget(&mut self) {
        self.all
            .retain(|o| o.id.is_some() || o.known.at > 0 || o.cut > 0);
        let gone = self.all.iter().filter(|o| o.id.is_none() && o.cut == 0);
        let mut over = gone.count().saturating_sub(GONE);
        self.all.retain(|o| {
            let forget = over > 0 && o.id.is_none() && o.cut == 0;
            over -= usize::from(forget);
            !forget
        });
    }

    fn order(&mut self) {
        self.feeds.clear();
        for (n, one) in self.all.iter().enumerate() {
            if let Some(feed) = one.feed {
                self.feeds.entry(feed).or_default().push(n);
            }
        }
    }

    /// The next whole lines of an input, about `most` bytes; empty where there are none now.
    pub fn read(&mut self, feed: usize, most: usize) -> io::Result<Vec<u8>> {
        if let Some(at) = self.ended.iter().position(|(f, _)| *f == feed) {
            return Ok(self.ended.remove(at).1);
        }
        let Some(all) = self.feeds.get(&feed).cloned() else {
            return Ok(Vec::new());
        };
        for n in &all {
            let lines = self.read_one(*n, most)?;
            if !lines.is_empty() {
                return Ok(lines);
            }
            let one = &mut self.all[*n];
            // what is over is not written to any more; its bytes keep a place on the disk
            if one.idle == PATIENCE && all.last() != Some(n) && !one.line.is_empty() {
                return Ok(one.ended());
            }
        }
        Ok(Vec::new())
    }

    fn read_one(&mut self, n: usize, most: usize) -> io::Result<Vec<u8>> {
        let one = &mut self.all[n];
        if one.id.is_none() || one.idle > PATIENCE {
            return Ok(Vec::new());
        }
        if one.from.is_none() {
            match self.disk.open(&one.path) {
                Ok(h) if Some(h.stat()?.id) == one.id => one.from = Some(From::Plain(h)),
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {
                    self.wants = true;
                    return Ok(Vec::new());
                }
            }
        }
        loop {
            let was = match &one.from {
                Some(From::Plain(h)) => Some(h.stat()?),
                _ => None,
            };
            let changed = was.is_none_or(|s| one.stat != Some((s.len, s.modified)));
            let got = match changed || one.idle < SURE {
                true => one.read(most)?,
                false => Some(0),
            };
            match got {
                None => {
                    self.let_go(n, true);
                    return Ok(Vec::new());
                }
                Some(0) => {}
                Some(_) => {
                    let lines = one.lines();
                    if lines.is_empty() {
                        continue;
                    }
                    return Ok(lines);
                }
            }
            let Some(was) = was else {
                // all that was packed
                (one.from, one.idle) = (None, PATIENCE + 1);
                return Ok(one.ended());
            };
            one.stat = Some((was.len, was.modified));
            one.idle = if changed { 0 } else { one.idle + 1 };
            if one.idle > PATIENCE {
                one.from = None;
            }
            let there = self
                .disk
                .stat(&one.path)
                .is_ok_and(|s| Some(s.id) == one.id);
            self.wants |= !there && !std::mem::replace(&mut one.strayed, !there);
            return Ok(Vec::new());
        }
    }

    /// What is there of last lines, when nothing more comes.
    pub fn rest(&mut self) -> Vec<(usize, Vec<u8>)> {
        let mut all = std::mem::take(&mut self.ended);
        for (feed, ones) in &self.feeds {
            for n in ones {
                let one = &mut self.all[*n];
                let line = match ones.last() == Some(n) {
                    true => std::mem::take(&mut one.line),
                    false => one.ended(),
                };
                all.push((*feed, line));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests;
