//! The one door for all that is written: reports, parts, plans, states, events. It knows what the run reads, and refuses before
//! any work to write over it, to write two things to one file, and to replace what this program did not write.
//!
//! A file is written whole under a temporary name in its folder and renamed. What a person has worked on is known by its last
//! line, a comment with the digest of what coroner wrote: any difference means that somebody edited it.

use super::args::Presentation;
use super::file::{
    self, Id, Writes, beside, check_folder, in_turn, is_ours, write_file, write_line, written,
};
use super::value::OutputKind;
use coroner::program::report::{Pieces, markdown};
use coroner::program::source::{Found, Ours, Place};
use coroner::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Where something goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl Target {
    /// `-` is standard output.
    pub fn of(path: &Path) -> Target {
        match path == Path::new("-") {
            true => Target::Stdout,
            false => Target::File(path.to_owned()),
        }
    }
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A report.
    Report(OutputKind),
    /// A part.
    Part,
    /// Rows of a plan.
    Plan,
    /// Events of a watch, which are appended.
    Events,
    /// The state of a watch, which judges itself what is there already: it goes on from it.
    State,
    /// Figures of a watch for machines, written again and again.
    Metrics,
    /// A file of settings, which is a person's from the moment it is there.
    Settings,
}

impl What {
    /// What of ours may be replaced by it, and the option that names its file.
    fn over(self) -> (Option<Ours>, &'static str) {
        match self {
            What::Report(k) if k == OutputKind::MARKDOWN => (Some(Ours::Postmortem), "--md"),
            What::Report(_) => (Some(Ours::Report), "-o"),
            What::Part => (Some(Ours::Part), "-o"),
            What::Plan => (Some(Ours::Plan), "-o"),
            What::Events => (Some(Ours::Events), "--events"),
            What::State => (None, "--state"),
            What::Metrics => (Some(Ours::Metrics), "--metrics"),
            What::Settings => (None, "-o"),
        }
    }
}

/// One thing to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// What it holds.
    pub what: What,
    /// Where it goes.
    pub target: Target,
}

/// All that a run writes, by target, and what it reads beside its inputs.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    all: Vec<Output>,
    reads: Vec<PathBuf>,
    force: bool,
    private: bool,
}

impl Outputs {
    /// These; `force`: also over what coroner did not write, or a person edited.
    pub fn new(mut all: Vec<Output>, force: bool) -> Outputs {
        all.sort_by(|a, b| a.target.cmp(&b.target));
        Outputs {
            all,
            force,
            ..Outputs::default()
        }
    }

    /// One file, or standard output where none is named.
    pub fn one(what: What, path: Option<&Path>, force: bool) -> Outputs {
        let target = path.map_or(Target::Stdout, Target::of);
        Outputs::new(vec![Output { what, target }], force)
    }

    /// Readable for their owner only where texts are reported as they were logged.
    pub fn shown_as(mut self, presentation: &Presentation) -> Outputs {
        self.private = presentation.no_redact || presentation.raw_evidence;
        self
    }

    /// One more file, if it is named.
    pub fn and(mut self, what: What, path: Option<&PathBuf>) -> Outputs {
        let target = path.map(|p| Target::File(p.clone()));
        self.all
            .extend(target.map(|target| Output { what, target }));
        self
    }

    /// Files beside these, with a name before their extension.
    pub fn named(&self, name: &str) -> Outputs {
        let mut named = self.files();
        for o in &mut named.all {
            if let Target::File(path) = &mut o.target {
                *path = beside(path, name);
            }
        }
        named
    }

    /// Those of them that are files.
    pub fn files(&self) -> Outputs {
        let mut files = self.clone();
        files.all.retain(|o| o.target != Target::Stdout);
        files
    }

    /// These files are read too.
    pub fn reading<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Outputs {
        self.reads.extend(paths.into_iter().map(P::into));
        self
    }

    /// Whether standard output holds one of them, so that there is no screen view.
    pub fn takes_stdout(&self) -> bool {
        self.all.iter().any(|o| o.target == Target::Stdout)
    }

    /// The kinds of reports among them, in the order of writing.
    pub fn kinds(&self) -> impl Iterator<Item = OutputKind> + '_ {
        self.all.iter().filter_map(|o| match o.what {
            What::Report(kind) => Some(kind),
            _ => None,
        })
    }

    /// Whether a file is one of them, whatever it is called there.
    pub fn writes(&self, path: &Path) -> bool {
        let id = Id::of(path);
        let same = |o: &Output| matches!(&o.target, Target::File(p) if Id::of(p) == id);
        id.is_some() && self.all.iter().any(same)
    }

    /// Refuses before any work what would be refused after it: a folder that is missing, something that is read (an earlier file
    /// of ours in a folder of logs is not, see [`Ours`]), two things for one file, somebody else's file. `found` are the
    /// inputs, `settings` what says how to read them.
    pub fn prepare(&self, found: &[Found], settings: &[PathBuf]) -> Result<()> {
        // what the user named, and what lies in a folder
        let named = self.reads.iter().chain(settings).filter_map(|p| Id::of(p));
        let mut read: BTreeSet<Id> = named.chain(Id::of_stream(io::stdin())).collect();
        let mut met = BTreeMap::new();
        for f in found {
            match &f.place {
                Place::Path(p) if f.operand => read.extend(Id::of(p)),
                Place::Path(p) => met.extend(Id::of(p).map(|id| (id, p))),
                Place::Stdin => {}
            }
        }
        let screen = Output {
            what: What::Report(OutputKind::TEXT),
            target: Target::Stdout,
        };
        let screen = (!self.takes_stdout()).then_some(&screen);
        let mut written = BTreeSet::new();
        for o in self.all.iter().chain(screen) {
            let (id, shown) = match &o.target {
                Target::Stdout => (Id::of_stream(io::stdout()), "standard output".to_owned()),
                Target::File(path) => {
                    check_folder(path)?;
                    (Id::of(path), path.display().to_string())
                }
            };
            let foreign = |p: &&PathBuf| !matches!(is_ours(p), Ok(None | Some(Some(_))));
            let is_read = |id| read.contains(id) || met.get(id).is_some_and(foreign);
            let refused =
                |what: String, why: &str, remedy: &str| Err(Error::usage(what, why, remedy));
            if id.as_ref().is_some_and(is_read) {
                let what = format!("output {shown}");
                return refused(what, "this run reads it", "write to another file");
            }
            let twice = match id {
                Some(id) => !written.insert(id),
                // pipes and screens take one thing each, devices as many as come
                None => o.target == Target::Stdout && self.to_stdout() > 1,
            };
            if twice {
                let why = format!("{shown} is given for two of them");
                return refused("outputs".into(), &why, "give each a file of its own");
            }
            if let Target::File(path) = &o.target {
                self.guard(path, o.what)?;
            }
        }
        Ok(())
    }

    fn to_stdout(&self) -> usize {
        let all = self.all.iter();
        all.filter(|o| o.target == Target::Stdout).count()
    }

    /// Writes the reports; `pieces` gives the text of each (Markdown with its digest line). `Ok(false)` when the reader of
    /// standard output went away, which is no error.
    pub fn write<'r>(&self, mut pieces: impl FnMut(OutputKind) -> Pieces<'r>) -> Result<bool> {
        let mut listened = true;
        for o in &self.all {
            if let What::Report(kind) = o.what {
                listened &= self.put(o, pieces(kind))?;
            }
        }
        Ok(listened)
    }

    /// Writes the only one.
    pub fn write_only(&self, text: &str) -> Result<()> {
        let mut all = self.all.iter();
        all.try_for_each(|o| self.put(o, [text]).map(drop))
    }

    /// Writes one of them, piece by piece.
    pub fn put<P: AsRef<[u8]>>(
        &self,
        Output { what, target }: &Output,
        pieces: impl IntoIterator<Item = P>,
    ) -> Result<bool> {
        match target {
            Target::File(path) => self
                .put_file(*what, path, &mut in_turn(pieces))
                .map(|()| true),
            Target::Stdout => to_stdout(pieces),
        }
    }

    /// Writes one of them to a file.
    pub fn put_file(&self, what: What, path: &Path, write: Writes<'_>) -> Result<()> {
        self.guard(path, what)?;
        let private = self.is_private(what);
        write_file(path, write, private).map_err(Error::write(path))
    }

    /// Opens one of them to append to it.
    pub fn append(&self, what: What, path: &Path) -> Result<File> {
        self.guard(path, what)?;
        file::append(path, self.is_private(what)).map_err(Error::write(path))
    }

    fn is_private(&self, what: What) -> bool {
        let shared = matches!(
            what,
            What::Report(_) | What::Events | What::Metrics | What::Settings
        );
        self.private && what != What::Metrics || !shared
    }

    /// Refuses to replace what is not ours, or the work of a person.
    fn guard(&self, path: &Path, what: What) -> Result<()> {
        let (own, option) = what.over();
        let there = match is_ours(path) {
            _ if self.force || what == What::State => return Ok(()),
            Ok(None) => return Ok(()),
            Ok(Some(ours)) => ours,
            Err(source) => return Err(Error::write(path)(source)),
        };
        let (what, why) = match there {
            Some(Ours::Postmortem) if own == there => {
                let bytes = std::fs::read(path).map_err(Error::write(path))?;
                let text = String::from_utf8_lossy(&bytes);
                if !markdown::edited(&text) {
                    return Ok(());
                }
                let differ = match markdown::sections_edited(&text) {
                    Some(1) => "(1 section differs)".to_owned(),
                    Some(n) => format!("({n} sections differ)"),
                    None => "(its digest does not fit)".to_owned(),
                };
                ("was edited after coroner wrote it", differ)
            }
            Some(_) if there == own => return Ok(()),
            Some(there) => ("is there already", format!("(coroner wrote it: {there})")),
            None => ("is there already", "(coroner did not write it)".to_owned()),
        };
        let other = beside(Path::new(path.file_name().unwrap_or_default()), "2");
        let other = other.display();
        Err(Error::usage(
            format!("{} {what}", path.display()),
            why,
            format!("write elsewhere ({option} {other}) or replace it (--force)"),
        ))
    }
}

/// Writes to standard output.
pub(super) fn write_stdout(bytes: &[u8]) -> Result<()> {
    to_stdout([bytes]).map(drop)
}

/// Writes a line to standard output, whole or not at all. `Ok(false)` when nobody reads it any more.
pub(super) fn line_to_stdout(line: &[u8]) -> Result<bool> {
    listened(file::stdout().and_then(|out| write_line(&out, line)))
}

fn to_stdout<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Result<bool> {
    listened(file::stdout().and_then(|out| written(out, &mut in_turn(pieces)).map(drop)))
}

/// A reader that went away is no error.
fn listened(done: io::Result<()>) -> Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(source) => Err(Error::write("standard output")(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner::program::source::walk;
    use std::fs;

    fn outputs(kind: OutputKind, path: &Path, force: bool) -> Outputs {
        Outputs::one(What::Report(kind), Some(path), force)
    }

    fn write(kind: OutputKind, path: &Path, text: &str, force: bool) -> Result<bool> {
        let text = match kind {
            k if k == OutputKind::MARKDOWN => format!("{text}{}", markdown::digest_line(text)),
            _ => text.to_owned(),
        };
        outputs(kind, path, force).write(|_| Box::new([text.clone()].into_iter()))
    }

    const REPORT: &str = "{\n \"schema\": \"coroner.report\",\n";

    #[test]
    fn an_edited_postmortem_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pm.md");
        let md = |text: &str, force| {
            let sealed = format!("{text}{}", markdown::digest_line(text));
            write(OutputKind::MARKDOWN, &path, &sealed, force)
        };
        assert!(md("# one\n", false).unwrap());
        assert!(md("# two\n", false).unwrap(), "untouched");
        let ours = fs::read_to_string(&path).unwrap();
        assert!(ours.starts_with("# two\n<!-- coroner digest "));
        for edited in [
            ours.replace("two", "two!"),
            format!("{ours}a thought\n"),
            "my own notes\n".to_owned(),
        ] {
            fs::write(&path, &edited).unwrap();
            let e = md("# three\n", false).unwrap_err();
            assert!(e.to_string().contains("--force"), "{e}");
            assert_eq!(fs::read_to_string(&path).unwrap(), edited);
        }
        assert!(md("# three\n", true).unwrap());
        assert!(fs::read_to_string(&path).unwrap().starts_with("# three\n"));
    }

    #[test]
    fn nothing_else_is_left_in_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.json");
        write(OutputKind::JSON, &path, "{}\n", false).unwrap();
        let names: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["r.json"]);
        let e = write(
            OutputKind::JSON,
            &dir.path().join("no/r.json"),
            "{}\n",
            false,
        )
        .unwrap_err();
        assert!(matches!(e, Error::Write { .. }));
        assert!(matches!(
            write(OutputKind::JSON, dir.path(), "{}\n", false),
            Err(Error::Write { .. })
        ));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_and_links_are_followed() {
        let e = write(OutputKind::JSON, Path::new("/dev/full"), "{}\n", false).unwrap_err();
        assert!(matches!(e, Error::Write { .. }));
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.json"), dir.path().join("link.json"));
        fs::write(&real, REPORT).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(OutputKind::JSON, &link, "{}\n", false).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "{}\n");
        assert!(link.is_symlink());
    }

    #[test]
    fn inputs_are_not_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("a.json");
        fs::write(&log, "{\"time\":1}\n").unwrap();
        let found = walk(&[dir.path()]).found;
        let prepare =
            |path: &Path, found| outputs(OutputKind::JSON, path, false).prepare(found, &[]);
        assert!(prepare(&log, &found).is_err());
        // An earlier report that lies among the logs may be replaced.
        let report = dir.path().join("report.json");
        fs::write(&report, REPORT).unwrap();
        let found = walk(&[dir.path()]).found;
        assert_eq!(found.len(), 2);
        prepare(&report, &found).unwrap();
        let found = walk(&[&report]).found;
        assert!(prepare(&report, &found).is_err(), "an operand");
    }
}
