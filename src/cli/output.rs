//! Output files: where each report goes, and what must never be lost on the way there.
//!
//! A file is written whole under a temporary name in its folder and renamed. An input is never written over, and
//! neither is a Markdown file that a person has worked on: its last line is a comment with the digest of what coroner
//! wrote, and any difference means that somebody edited it.

use super::args::Screen;
use super::env::Env;
use super::interrupt::Temporary;
use super::value::Kind;
use crate::error::{Error, Result};
use crate::report::markdown;
use crate::source::{Found, Ours, Place};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where a report goes.
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

/// One report to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// What it holds.
    pub kind: Kind,
    /// Where it goes.
    pub target: Target,
}

/// All reports to write, by target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs(Vec<Output>);

impl Outputs {
    /// Refuses two reports for one target.
    pub fn new(mut all: Vec<Output>) -> Result<Outputs> {
        all.sort_by(|a, b| a.target.cmp(&b.target));
        let twice = all.windows(2).find_map(|pair| match pair {
            [a, b] if a.target == b.target => Some(&a.target),
            _ => None,
        });
        if let Some(target) = twice {
            return Err(Error::Usage {
                what: "outputs".into(),
                why: match target {
                    Target::Stdout => "- is given for two of them".into(),
                    Target::File(p) => format!("{} is given for two of them", p.display()),
                },
                remedy: "give each a file of its own".into(),
            });
        }
        Ok(Outputs(all))
    }

    /// Whether standard output holds a report, so that there is no screen view.
    pub fn takes_stdout(&self) -> bool {
        self.0.iter().any(|o| o.target == Target::Stdout)
    }

    /// What is to be written, in the order of writing.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.0.iter().map(|o| o.kind)
    }

    /// Refuses before any work what would be refused after it: a folder that is missing, an input written over (an earlier
    /// report of ours in a folder of logs is none, see [`Ours`]). `force` allows to replace edited Markdown.
    pub fn prepare(&self, found: &[Found], force: bool) -> Result<()> {
        for o in &self.0 {
            let Target::File(path) = &o.target else {
                continue;
            };
            check_folder(path)?;
            guard(path, o.kind, force)?;
            let Ok(full) = path.canonicalize() else {
                continue;
            };
            let same = |f: &Found| match &f.place {
                Place::Path(p) => f.regular && p.canonicalize().is_ok_and(|p| p == full),
                Place::Stdin => false,
            };
            if found
                .iter()
                .any(|f| same(f) && (f.operand || !is_ours(path)))
            {
                return Err(Error::Usage {
                    what: format!("output {}", path.display()),
                    why: "this is one of the inputs".into(),
                    remedy: "write to another file".into(),
                });
            }
        }
        Ok(())
    }

    /// Writes every report; `render` gives the bytes of each kind (Markdown with its digest line). `Ok(false)` when the
    /// reader of standard output went away, which is no error.
    pub fn write(&self, force: bool, mut render: impl FnMut(Kind) -> Vec<u8>) -> Result<bool> {
        let mut listened = true;
        for o in &self.0 {
            let bytes = render(o.kind);
            match &o.target {
                Target::Stdout => listened &= write_stdout(&bytes)?,
                Target::File(path) => {
                    guard(path, o.kind, force)?;
                    write_file(path, &bytes).map_err(|source| Error::Write {
                        path: path.clone(),
                        source,
                    })?;
                }
            }
        }
        Ok(listened)
    }
}

/// Writes to standard output. `Ok(false)` when nobody reads it any more.
pub(super) fn write_stdout(bytes: &[u8]) -> Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(source) => Err(Error::Write {
            path: PathBuf::from("standard output"),
            source,
        }),
    }
}

/// Shows text page by page where there is a terminal and a pager, else writes it to standard output.
pub(super) fn show(text: &[u8], screen: &Screen, env: &Env) -> Result<bool> {
    if !(screen.pager && env.stdout_is_terminal) {
        return write_stdout(text);
    }
    // A command with its options, as a shell would split it; what needs more of a shell is a script of its own.
    let named = env.pager.as_deref().unwrap_or("less -FRX");
    let mut words = named.split_whitespace();
    let pager = words.next().map(|program| {
        std::process::Command::new(program)
            .args(words)
            .stdin(std::process::Stdio::piped())
            .spawn()
    });
    let Some(Ok(mut pager)) = pager else {
        return write_stdout(text);
    };
    // Who quits early has seen enough.
    let _ = pager.stdin.take().map(|mut to| to.write_all(text));
    let _ = pager.wait();
    Ok(true)
}

/// A missing folder is told before the logs are read, not after.
fn check_folder(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let source = match std::fs::metadata(folder) {
        Ok(m) if !m.is_dir() => io::ErrorKind::NotADirectory.into(),
        Err(e) => e,
        Ok(_) if path.is_dir() => io::ErrorKind::IsADirectory.into(),
        Ok(_) => return Ok(()),
    };
    Err(Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Refuses to replace the work of a person.
fn guard(path: &Path, kind: Kind, force: bool) -> Result<()> {
    if force || kind != Kind::Markdown || !path.is_file() {
        return Ok(());
    }
    let bytes = std::fs::read(path).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })?;
    let (what, why) = match seal_of(&bytes) {
        _ if bytes.is_empty() => return Ok(()),
        Seal::Whole => return Ok(()),
        Seal::Broken => {
            let differ = match markdown::sections_edited(&String::from_utf8_lossy(&bytes)) {
                Some(1) => "(1 section differs)".to_owned(),
                Some(n) => format!("({n} sections differ)"),
                None => "(its digest does not fit)".to_owned(),
            };
            ("was edited after coroner wrote it", differ)
        }
        Seal::None => ("is there already", "(coroner did not write it)".to_owned()),
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    Err(Error::Usage {
        what: format!("{} {what}", path.display()),
        why,
        remedy: format!("write elsewhere (--md {stem}-2.md) or replace it (--force)"),
    })
}

/// What the last line of a Markdown file says.
#[derive(Debug, PartialEq, Eq)]
enum Seal {
    /// Ours, as it was written.
    Whole,
    /// Ours, and changed since.
    Broken,
    /// Not ours.
    None,
}

fn seal_of(bytes: &[u8]) -> Seal {
    let text = String::from_utf8_lossy(bytes);
    match (text.contains(markdown::DIGEST), markdown::edited(&text)) {
        (false, _) => Seal::None,
        (true, true) => Seal::Broken,
        (true, false) => Seal::Whole,
    }
}

/// Whether a file is a report that this program wrote (edited or not).
fn is_ours(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|b| Ours::of(&b) == Some(Ours::Report))
}

/// The same for what holds text of logs: a new file can be read by its owner alone.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, bytes, true)
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, bytes, false)
}

/// Writes a file whole or not at all. Links are followed; what is no regular file (a pipe, `/dev/full`) is written to
/// as it is.
fn write_with(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    let old = std::fs::metadata(path).ok();
    if old.as_ref().is_some_and(|m| !m.is_file()) {
        let mut out = File::options().write(true).open(path)?;
        return out.write_all(bytes).and_then(|()| out.flush());
    }
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path
        .file_name()
        .ok_or(io::ErrorKind::InvalidFilename)?
        .to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let held = Temporary::new(&temporary);
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let mut out = options.open(&temporary)?;
    if let Some(old) = old {
        out.set_permissions(old.permissions())?;
    }
    out.write_all(bytes)?;
    // Some file systems tell only here that the disk is full.
    out.sync_all()?;
    drop(out);
    held.rename(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::walk;
    use std::fs;

    fn outputs(kind: Kind, path: &Path) -> Outputs {
        let target = Target::of(path);
        Outputs::new(vec![Output { kind, target }]).unwrap()
    }

    fn write(kind: Kind, path: &Path, text: &str, force: bool) -> Result<bool> {
        let text = match kind {
            Kind::Markdown => format!("{text}{}", markdown::digest_line(text)),
            _ => text.to_owned(),
        };
        outputs(kind, path).write(force, |_| text.clone().into_bytes())
    }

    #[test]
    fn an_edited_postmortem_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pm.md");
        let md = |text: &str, force| {
            let sealed = format!("{text}{}", markdown::digest_line(text));
            write(Kind::Markdown, &path, &sealed, force)
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
        write(Kind::Json, &path, "{}\n", false).unwrap();
        let names: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["r.json"]);
        let e = write(Kind::Json, &dir.path().join("no/r.json"), "{}\n", false).unwrap_err();
        assert!(matches!(e, Error::Write { .. }));
        assert!(matches!(
            write(Kind::Json, dir.path(), "{}\n", false),
            Err(Error::Write { .. })
        ));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_and_links_are_followed() {
        let e = write(Kind::Json, Path::new("/dev/full"), "{}\n", false).unwrap_err();
        assert!(matches!(e, Error::Write { .. }));
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.json"), dir.path().join("link.json"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(Kind::Json, &link, "{}\n", false).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "{}\n");
        assert!(link.is_symlink());
    }

    #[test]
    fn inputs_are_not_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("a.json");
        fs::write(&log, "{\"time\":1}\n").unwrap();
        let found = walk(&[dir.path()]).found;
        assert!(outputs(Kind::Json, &log).prepare(&found, false).is_err());
        // An earlier report that lies among the logs may be replaced.
        let report = dir.path().join("report.json");
        fs::write(&report, "{\n \"schema\": \"coroner.report\",\n").unwrap();
        let found = walk(&[dir.path()]).found;
        assert_eq!(found.len(), 2);
        outputs(Kind::Json, &report).prepare(&found, false).unwrap();
        let found = walk(&[&report]).found;
        assert!(
            outputs(Kind::Json, &report).prepare(&found, false).is_err(),
            "an operand"
        );
    }
}
