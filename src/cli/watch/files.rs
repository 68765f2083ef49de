//! Files that are followed: which ones there are, which input their lines are of, and in which order they are read.
//! What is there already is read in the order of its times, so that it is reported as if it happened now.

use super::state::Marks;
use crate::cli::diagnostics::{Complaint, shown};
use crate::cli::exit::Exit;
use crate::cli::outcome::Outcome;
use crate::cli::read::Request;
use crate::cli::watch::queue::Inbox;
use coroner::program::source::{
    Answer, Codec, Disk, Follow, Found, Ours, Place, ProblemKind, There, Walk, follow, walk_from,
};
use coroner::{Error, Result, Watch};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Bytes that are read of one file before another has its turn.
const TURN: usize = 256 << 10;
/// Folders are looked through this often.
const LOOK: Duration = Duration::from_secs(1);

/// All files that are followed.
pub(super) struct FollowedFiles<'a> {
    asked: Request<'a>,
    operands: Vec<PathBuf>,
    follow: Follow<follow::RealFiles>,
    inputs: Inputs,
    looked: Option<Instant>,
}

/// The inputs that lines of files are of.
#[derive(Default)]
struct Inputs {
    /// By the path at which they are written.
    at: BTreeMap<PathBuf, usize>,
    /// Paths that are not read, and of which that was reported.
    reported: BTreeSet<PathBuf>,
    /// Inputs that cannot be read; that was reported.
    failed: BTreeSet<usize>,
}

impl<'a> FollowedFiles<'a> {
    /// Those that are there, and those that are named and may come.
    pub fn new(
        asked: Request<'a>,
        watch: &mut Watch,
        inbox: &Inbox,
        outcome: &mut Outcome,
        marks: Option<Marks>,
    ) -> Result<(FollowedFiles<'a>, usize)> {
        let operands = asked.reading.logs.iter().filter(|l| *l != Path::new("-"));
        let kept = marks.map(|all| {
            let known = |(name, k): (Option<String>, _)| match name {
                // what the state does not hold is new
                Some(name) => Some((Some(watch.named(&name)?), k)),
                None => Some((None, k)),
            };
            all.into_iter().filter_map(known).collect()
        });
        let mut files = FollowedFiles {
            asked,
            operands: operands.cloned().collect(),
            follow: match kept {
                Some(kept) => Follow::resume(follow::RealFiles, kept),
                None => Follow::new(follow::RealFiles),
            },
            inputs: Inputs::default(),
            looked: None,
        };
        let (found, problems) = files.walk()?;
        let mut streams = 0;
        // pipes with a name
        for f in found.iter().filter(|f| !f.regular) {
            let Place::Path(path) = f.place.clone() else {
                continue;
            };
            let entry = inbox.entry(watch.add(&f.name, None));
            streams += 1;
            std::thread::spawn(move || match File::open(&path) {
                Ok(pipe) => entry.read(pipe),
                Err(e) => entry.failed(e),
            });
        }
        files.look(watch, outcome, true)?;
        // what was written while no watch ran is there at the start, too
        files.follow.feeds().for_each(|f| watch.behind(f, true));
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
            files.inputs.at.insert(path, feed);
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
        let settings = &self.asked.settled.settings;
        // what this watch writes itself is no log, though it lies among them
        let own = |f: &Found| matches!(&f.place, Place::Path(p) if self.asked.outputs.writes(p));
        found.retain(|f| settings.wants(&f.name) && !own(f));
        let problems = problems.into_iter().filter(|p| p.operand);
        let missing = |k: &ProblemKind| match k {
            ProblemKind::Io(e) => e.kind() == io::ErrorKind::NotFound,
            _ => false,
        };
        let problems = problems.map(|p| (p.path, missing(&p.kind)));
        Ok((found, problems.collect()))
    }

    /// What was read of which input, to go on from there.
    pub fn marks(&self, watch: &Watch) -> Marks {
        let name = |f: Option<usize>| f.map(|f| watch.name(f).to_owned());
        let kept = self.follow.kept().into_iter();
        kept.map(|(feed, k)| (name(feed), k)).collect()
    }

    /// Looks for files that came, went, or have another name; `starts`: no event has been reported yet.
    fn look(&mut self, watch: &mut Watch, outcome: &mut Outcome, starts: bool) -> Result<()> {
        self.looked = Some(Instant::now());
        let (found, _) = self.walk()?;
        let found = found.into_iter().filter(|f| f.regular);
        let found = found.filter_map(|f| match &f.place {
            Place::Path(path) => Some((path.clone(), f)),
            Place::Stdin => None,
        });
        let found: BTreeMap<PathBuf, Found> = found.collect();
        for (path, f) in &found {
            if let Some(feed) = watch.named(&f.name) {
                self.inputs.at.insert(path.clone(), feed);
            }
        }
        let files = self.operands.iter().filter(|o| !o.is_dir());
        let beside = files.flat_map(|o| follow::beside(o));
        let all: BTreeSet<PathBuf> = found.keys().cloned().chain(beside).collect();
        let there = all.into_iter().filter_map(|path| {
            let stat = follow::RealFiles.stat(&path).ok()?;
            Some(There { path, stat })
        });
        let there: Vec<There> = there.collect();
        let inputs = &mut self.inputs;
        let mut ask = |path: &Path, head: io::Result<&[u8]>, first: bool| {
            let at = (path, found.get(path));
            inputs.decide(at, head, (first, starts), (watch, outcome))
        };
        self.follow.look(&there, &mut ask).map_err(Error::open(
            self.operands.first().unwrap_or(&PathBuf::new()),
        ))?;
        for lost in self.follow.lost() {
            let text = format!(
                "{} was cut off or removed after {} bytes were read of it, and no copy of it is there: lines may be missing",
                shown(&lost.path),
                lost.read
            );
            Complaint::warning(text.as_str()).print(false);
            watch.gap("input", &text);
        }
        Ok(())
    }

    /// Reads the next lines of the input that is behind the others. `false` where there is nothing to do now.
    pub fn read(&mut self, watch: &mut Watch, outcome: &mut Outcome) -> Result<bool> {
        if !self.any() {
            return Ok(false);
        }
        if self.follow.wants_look() || self.looked.is_none_or(|t| t.elapsed() >= LOOK) {
            self.look(watch, outcome, false)?;
        }
        let mut order: Vec<usize> = self.follow.feeds().collect();
        order.sort_by_key(|f| watch.reached(*f));
        for feed in order {
            let lines = match self.follow.read(feed, TURN) {
                Ok(lines) => lines,
                Err(e) => {
                    watch.behind(feed, false);
                    if self.inputs.failed.insert(feed) {
                        let text = format!("{} cannot be read: {e}", watch.name(feed));
                        watch.gap("input", &text);
                        outcome.add(Complaint::error(text, Exit::Io));
                    }
                    continue;
                }
            };
            watch.behind(feed, lines.len() >= TURN / 2);
            if !lines.is_empty() {
                watch.push(feed, &lines)?;
                return Ok(true);
            }
        }
        Ok(self.follow.wants_look())
    }

    /// Nothing more comes: all that is there is still to be read, and what is not is reported.
    pub fn end(&mut self, outcome: &mut Outcome) {
        self.looked = None;
        for (copy, of) in self.follow.copies() {
            outcome.add(Complaint::note(format!(
                "{} was not read: it holds what was read of {}",
                shown(&copy),
                shown(&of)
            )));
        }
    }

    /// The last lines, where they lack their newline.
    pub fn rest(&mut self, watch: &mut Watch) -> Result<()> {
        for (feed, rest) in self.follow.rest() {
            watch.push(feed, &rest)?;
        }
        Ok(())
    }
}

impl Inputs {
    /// What to do with a file that holds nothing that was read: a path, and what the operands make of it.
    fn decide(
        &mut self,
        (path, found): (&Path, Option<&Found>),
        head: io::Result<&[u8]>,
        (first, starts): (bool, bool),
        (watch, outcome): (&mut Watch, &mut Outcome),
    ) -> Answer {
        // an earlier generation that came and went between two looks
        let rotated = self
            .at
            .iter()
            .find(|(p, _)| follow::is_rotated_name(p, path));
        let rotated = rotated.filter(|_| !first).map(|(_, feed)| *feed);
        let operand = found.is_some_and(|f| f.operand);
        let mut report = |text: String, help: &'static str| {
            if self.reported.insert(path.to_owned()) {
                outcome.add(match operand {
                    true => Complaint::error(text, Exit::NotDone).help(help),
                    false => Complaint::warning(text),
                });
            }
        };
        let head = match head {
            Ok(head) => head,
            Err(e) => {
                let help = "check the path and its permissions";
                report(format!("{}: {e}", shown(path)), help);
                return Answer::Pass;
            }
        };
        if let Some(ours) = Ours::of(head) {
            let text = format!("{}: left out: coroner wrote it ({ours})", shown(path));
            report(text, "name the logs that it was made of");
            return Answer::Pass;
        }
        if let Some(feed) = rotated {
            return Answer::Read(feed);
        }
        let Some(found) = found else {
            // it lies beside a file that was asked for
            return Answer::Leave;
        };
        if Codec::of(head) != Codec::Plain {
            let text = format!("{} is packed: nothing is appended to it", shown(path));
            report(text, "coroner reads it, without watch");
            return Answer::Leave;
        }
        let modified = found
            .modified
            .and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|d| i64::try_from(d.as_micros()).ok());
        let feed = watch.named(&found.name).unwrap_or_else(|| {
            let feed = watch.add(&found.name, modified);
            if !starts {
                watch.joined(feed);
            }
            feed
        });
        watch.behind(feed, found.size > 0);
        self.at.insert(path.to_owned(), feed);
        Answer::Read(feed)
    }
}
