//! Files that are followed: which ones there are, in which order they are read, and what happens to them.
//! What is there already is read in the order of its times, so that it is told as if it happened now.

use super::inbox::Inbox;
use super::state::Marks;
use crate::cli::complain::{Complaint, escaped};
use crate::cli::exit::Exit;
use crate::cli::outcome::Outcome;
use crate::cli::read::{Request, wanted};
use crate::error::{Error, Result};
use crate::source::{Codec, Follow, Found, Ours, Place, ProblemKind, Turn, Walk, walk_from};
use crate::watch::Watch;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes that are read of one file before another has its turn.
const TURN: usize = 64 << 10;
/// Folders are looked through this often.
const LOOK: Duration = Duration::from_secs(1);

/// A file that is followed.
struct One {
    feed: usize,
    name: String,
    follow: Follow,
    /// It cannot be read; that was told.
    failed: bool,
}

/// All files that are followed.
pub(super) struct Files<'a> {
    asked: Request<'a>,
    /// How far files were read when the watch ended before; what is there of a file now, where it is not known yet.
    marks: Marks,
    operands: Vec<PathBuf>,
    all: Vec<One>,
    known: BTreeSet<PathBuf>,
    looked: SystemTime,
}

impl<'a> Files<'a> {
    /// Those that are there, and those that are named and may come.
    pub fn new(
        asked: Request<'a>,
        watch: &mut Watch<'_>,
        inbox: &Inbox,
        outcome: &mut Outcome,
        marks: Marks,
    ) -> Result<(Files<'a>, usize)> {
        let operands = asked.reading.logs.iter().filter(|l| *l != Path::new("-"));
        let mut files = Files {
            asked,
            marks,
            operands: operands.cloned().collect(),
            all: Vec::new(),
            known: BTreeSet::new(),
            looked: SystemTime::now(),
        };
        let (found, problems) = files.walk()?;
        let mut streams = 0;
        for f in found {
            let Place::Path(path) = &f.place else {
                continue;
            };
            if f.regular {
                files.add(&f, path, watch, outcome)?;
                continue;
            }
            // a pipe with a name
            let path = path.clone();
            let entry = inbox.entry(watch.add(&f.name, None));
            files.known.insert(path.clone());
            streams += 1;
            std::thread::spawn(move || match File::open(&path) {
                Ok(pipe) => entry.read(pipe),
                Err(e) => entry.failed(e),
            });
        }
        for (path, missing) in problems {
            if !missing {
                outcome.add(
                    Complaint::error(format!("cannot open {}", shown(&path)), Exit::NotDone)
                        .help("check the path and its permissions"),
                );
                continue;
            }
            Complaint::note(format!(
                "{} is not there yet; it is read when it comes",
                shown(&path)
            ))
            .print(false);
            let name = path.file_name().unwrap_or(path.as_os_str());
            let name = String::from_utf8_lossy(name.as_encoded_bytes()).into_owned();
            let feed = watch.named(&name).unwrap_or_else(|| watch.add(&name, None));
            files.follow(feed, &name, &path)?;
        }
        Ok((files, streams))
    }

    /// Whether there are any, or may be.
    pub fn any(&self) -> bool {
        !self.operands.is_empty()
    }

    /// What the operands come to: inputs, and operands that give none (whether they are not there).
    #[expect(clippy::type_complexity, reason = "two lists for one caller")]
    fn walk(&self) -> Result<(Vec<Found>, Vec<(PathBuf, bool)>)> {
        let Walk {
            mut found,
            problems,
        } = walk_from(&self.operands, self.asked.reading.name_root.as_deref());
        let wanted = wanted(self.asked.reading)?;
        // what this watch writes itself is no log, though it lies among them
        let own = |f: &Found| matches!(&f.place, Place::Path(p) if self.asked.outputs.writes(p));
        found.retain(|f| wanted(&f.name) && !own(f));
        let problems = problems.into_iter().filter(|p| p.operand);
        let missing = |k: &ProblemKind| match k {
            ProblemKind::Io(e) => e.kind() == std::io::ErrorKind::NotFound,
            _ => false,
        };
        let problems = problems.map(|p| (p.path, missing(&p.kind)));
        Ok((found, problems.collect()))
    }

    fn follow(&mut self, feed: usize, name: &str, path: &Path) -> Result<()> {
        self.known.insert(path.to_owned());
        let mut follow = Follow::new(path);
        if let Some(mark) = self.marks.get(name) {
            follow.resume(mark.clone()).map_err(|source| Error::Open {
                path: path.to_owned(),
                source,
            })?;
        }
        self.all.push(One {
            feed,
            name: name.to_owned(),
            follow,
            failed: false,
        });
        Ok(())
    }

    /// How far they were read; `None` while that cannot be told of one of them.
    pub fn marks(&mut self) -> Option<Marks> {
        for one in self.all.iter().filter(|o| o.follow.has_begun()) {
            self.marks.insert(one.name.clone(), one.follow.mark()?);
        }
        Some(self.marks.clone())
    }

    fn add(
        &mut self,
        f: &Found,
        path: &Path,
        watch: &mut Watch<'_>,
        outcome: &mut Outcome,
    ) -> Result<bool> {
        let mut head = Vec::new();
        let read = File::open(path).and_then(|f| f.take(4 << 10).read_to_end(&mut head));
        self.known.insert(path.to_owned());
        if let Err(e) = read {
            let c = format!("{}: {e}", shown(path));
            outcome.add(match f.operand {
                true => Complaint::error(c, Exit::NotDone),
                false => Complaint::warning(c),
            });
            return Ok(false);
        }
        if Codec::of(&head) != Codec::Plain {
            let c = format!("{} is packed: nothing is appended to it", shown(path));
            outcome.add(match f.operand {
                true => Complaint::error(c, Exit::NotDone).help("coroner reads it, without watch"),
                false => Complaint::warning(c),
            });
            return Ok(false);
        }
        if let Some(ours) = Ours::of(&head) {
            let c = format!("{}: left out: coroner wrote it ({ours})", shown(path));
            outcome.add(match f.operand {
                true => {
                    Complaint::error(c, Exit::NotDone).help("name the logs that it was made of")
                }
                false => Complaint::note(c),
            });
            return Ok(false);
        }
        let modified = f.modified.and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|d| i64::try_from(d.as_micros()).ok());
        let known = watch.named(&f.name);
        let feed = known.unwrap_or_else(|| watch.add(&f.name, modified));
        watch.behind(feed, f.size > 0);
        self.follow(feed, &f.name, path)?;
        Ok(true)
    }

    /// Looks for files that came.
    fn look(&mut self, watch: &mut Watch<'_>, outcome: &mut Outcome) -> Result<()> {
        if self.looked.elapsed().is_ok_and(|t| t < LOOK) {
            return Ok(());
        }
        self.looked = SystemTime::now();
        if !self.operands.iter().any(|o| o.is_dir()) {
            return Ok(());
        }
        let (found, _) = self.walk()?;
        for f in found {
            let Place::Path(path) = &f.place else {
                continue;
            };
            let rotated = self.all.iter().any(|o| o.follow.is_rotated(path));
            if !f.regular || rotated || self.known.contains(path) {
                continue;
            }
            if self.add(&f, path, watch, outcome)?
                && let Some(one) = self.all.last()
            {
                watch.joined(one.feed);
            }
        }
        Ok(())
    }

    /// Reads the next lines of the file that is behind the others. `false` where no file has any now.
    pub fn read(&mut self, watch: &mut Watch<'_>, outcome: &mut Outcome) -> Result<bool> {
        self.look(watch, outcome)?;
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|i| watch.reached(self.all[*i].feed));
        for i in order {
            let one = &mut self.all[i];
            let lines = match one.follow.read(TURN) {
                Ok(lines) => lines,
                Err(e) if one.failed => {
                    let _ = e;
                    continue;
                }
                Err(e) => {
                    one.failed = true;
                    let text = format!("{} cannot be read: {e}", shown(one.follow.path()));
                    watch.gap("input", &text);
                    outcome.add(Complaint::error(text, Exit::Io));
                    continue;
                }
            };
            for turn in one.follow.turns() {
                if let Turn::Lost { read } = turn {
                    let text = format!(
                        "{} was cut off after {read} bytes were read of it, and no copy of it is there: \
                         lines may be missing",
                        shown(one.follow.path())
                    );
                    Complaint::warning(text.as_str()).print(false);
                    watch.gap("input", &text);
                }
            }
            watch.behind(one.feed, lines.len() >= TURN / 2);
            if !lines.is_empty() {
                watch.push(one.feed, &lines)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The last lines, where they lack their newline.
    pub fn rest(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        for one in &mut self.all {
            let rest = one.follow.rest();
            watch.push(one.feed, &rest)?;
        }
        Ok(())
    }
}

fn shown(path: &Path) -> String {
    escaped(path.as_os_str().as_encoded_bytes())
}
