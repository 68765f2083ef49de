//! A file that lies where nothing known does: whether it holds what was read, is a copy of that, or is new.

use super::disk::{Disk, Handle, Stat, read_full};
use super::mark::{Has, Mark};
use super::one::{Beside, From, One, compare, content, head_of};
use super::{Answer, Ask, Follow, HEAD, Passed, There};
use std::io;
use std::path::PathBuf;

impl<D: Disk> Follow<D> {
    /// Looks a file up that lies where nothing known does.
    pub(super) fn meet(&mut self, t: &There, ask: Ask<'_>) -> io::Result<()> {
        let from = match self.disk.open(&t.path) {
            Ok(from) => from,
            Err(e) => {
                self.wants |= e.kind() == io::ErrorKind::NotFound;
                if e.kind() != io::ErrorKind::NotFound {
                    ask(&t.path, Err(e), !self.begun);
                    self.pass(t.stat, None);
                }
                return Ok(());
            }
        };
        let stat = from.stat()?;
        if stat.id != t.stat.id {
            self.wants = true;
            return Ok(());
        }
        let mut raw = vec![0; HEAD];
        let n = read_full(&*from, &mut raw, 0)?;
        raw.truncate(n);
        if raw.is_empty() {
            // there is nothing yet to know it by
            if !self.begun {
                ask(&t.path, Ok(&raw), true);
            }
            return Ok(());
        }
        // files that were read and all of which this one begins with
        let mut shorter = Vec::new();
        if self.begun {
            let head = head_of(&*from, &raw)?;
            if head.is_empty() {
                return Ok(());
            }
            for n in 0..self.all.len() {
                let one = &self.all[n];
                if one.id.is_none() || !one.known.may_begin(&head) {
                    continue;
                }
                match self.beside(&*from, n)? {
                    Some(Beside::Copy) => {
                        let of = self.all[n].path.clone();
                        self.pass(stat, Some((t.path.clone(), of)));
                        return Ok(());
                    }
                    Some(Beside::Longer) => shorter.push(n),
                    Some(Beside::Other) => {}
                    None => return Ok(()),
                }
            }
            if self.goes_on(t, &*from, &head, stat)? {
                return Ok(());
            }
        }
        let (known, feed) = match ask(&t.path, Ok(&raw), !self.begun) {
            Answer::Pass => {
                self.pass(stat, None);
                return Ok(());
            }
            Answer::Read(feed) => {
                // what was taken for the log is a copy of it, from when it was shorter
                let copy = |n: &&usize| self.all[**n].feed == Some(feed);
                if let Some(n) = shorter.iter().find(copy) {
                    self.all[*n].is_at(&t.path);
                    self.all[*n].lies(from, stat)?;
                    self.wants = true;
                    return Ok(());
                }
                (Mark::new(), Some(feed))
            }
            Answer::Leave => {
                let read_at = |into: &mut [u8], at| read_full(&*from, into, at);
                (Mark::of_ends(stat.len, read_at)?, None)
            }
        };
        let mut one = One::new(known, feed, &t.path);
        one.lies(from, stat)?;
        self.all.push(one);
        self.order();
        Ok(())
    }

    fn pass(&mut self, stat: Stat, copy: Option<(PathBuf, PathBuf)>) {
        let Stat { len, modified, .. } = stat;
        let passed = Passed {
            len,
            modified,
            copy,
        };
        self.passed.insert(stat.id, passed);
    }

    /// Whether a file holds what was read and lies nowhere now, or its beginning. Where it holds all of it, that lies there.
    fn goes_on(
        &mut self,
        t: &There,
        from: &dyn Handle,
        head: &[u8],
        stat: Stat,
    ) -> io::Result<bool> {
        let gone = |n: &usize| {
            let one = &self.all[*n];
            one.id.is_none() && one.known.at > 0 && one.known.may_begin(head)
        };
        let mut gone: Vec<usize> = (0..self.all.len()).filter(gone).collect();
        gone.sort_by_key(|n| std::cmp::Reverse(self.all[*n].known.at));
        for n in gone {
            match self.all[n].known.is_in(&mut content(from)?) {
                Has::Other => continue,
                Has::Some => {
                    let of = self.all[n].path.clone();
                    self.pass(stat, Some((t.path.clone(), of)));
                }
                Has::All => {
                    let opened = self.disk.open(&t.path)?;
                    if opened.stat()?.id == stat.id {
                        self.all[n].is_at(&t.path);
                        self.all[n].lies(opened, stat)?;
                    }
                    self.wants = true;
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// What a file is beside another one that stands as it was read. `None` where that does not stand.
    fn beside(&mut self, file: &dyn Handle, n: usize) -> io::Result<Option<Beside>> {
        let one = &self.all[n];
        let opened;
        let of = match &one.from {
            Some(From::Plain(h)) => &**h,
            _ => match self.disk.open(&one.path) {
                Ok(h) if Some(h.stat()?.id) == one.id => {
                    opened = h;
                    &*opened
                }
                _ => {
                    self.wants = true;
                    return Ok(None);
                }
            },
        };
        let beside = compare(&mut content(of)?, &mut content(file)?)?;
        if !one.is_packed && !one.holds(of)? {
            self.let_go(n, true);
            return Ok(None);
        }
        Ok(Some(beside))
    }
}
