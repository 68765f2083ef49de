//! Operands to inputs: expands folders, finds out what can be read as what, and has every input named.
//! Nothing is opened here, and the result does not depend on the order of operands.

use super::name::name_all;
use std::collections::BTreeMap;
use std::fs::{FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where the bytes of an input come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Standard input.
    Stdin,
    /// A file, a named pipe or a device, as it can be opened.
    Path(PathBuf),
}

/// One input.
#[derive(Clone, Debug)]
pub struct Found {
    /// The path relative to the operand under which it was found, with `/` between components and bytes that are not
    /// UTF-8 as `\xff`; `stdin` for standard input. Unique within a [`Walk`].
    pub name: String,
    /// The path inside the archive that `place` is, for a file of an archive.
    pub member: Option<String>,
    /// Where its bytes come from.
    pub place: Place,
    /// Bytes on the disk; 0 for streams.
    pub size: u64,
    /// Last change of the content, for regular files.
    pub modified: Option<SystemTime>,
    /// Whether it can be read again and at any position (a regular file), unlike pipes, devices and standard input.
    pub regular: bool,
    /// Whether the user named it, rather than a folder that holds it.
    pub operand: bool,
}

impl Found {
    /// Standard input under that name.
    pub(crate) fn stdin(name: String) -> Found {
        Found {
            name,
            member: None,
            place: Place::Stdin,
            size: 0,
            modified: None,
            regular: false,
            operand: true,
        }
    }
}

/// Why a path gives no input.
#[derive(Debug, thiserror::Error)]
pub enum ProblemKind {
    /// It is not there, or cannot be looked at.
    #[error("{}", in_short(.0))]
    Io(io::Error),
    /// A link met in a folder; links there are not followed, so that nothing is read twice or from elsewhere.
    #[error("link, not followed; name it to read it")]
    Link,
    /// A pipe, socket or device met in a folder, which could block or never end.
    #[error("{0}, skipped; name it to read it")]
    Special(&'static str),
}

/// A path that gives no input.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Problem {
    /// As the user wrote it, or as met under what the user wrote.
    pub path: PathBuf,
    /// Whether the user named it (exit code 2), rather than it having been met on the way (a gap in the report).
    pub operand: bool,
    /// Why.
    pub kind: ProblemKind,
}

/// What the system says of a path, in few words.
fn in_short(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => e.to_string(),
    }
}

/// What the operands come to.
#[derive(Debug, Default)]
pub struct Walk {
    /// Inputs, sorted by name.
    pub found: Vec<Found>,
    /// Paths that give none, sorted by path.
    pub problems: Vec<Problem>,
}

/// A candidate: where it is, under which operand, and its path below it (empty for the operand itself).
pub(super) struct Candidate {
    pub(super) found: Found,
    pub(super) operand: PathBuf,
    pub(super) below: PathBuf,
}

/// Expands operands. `-` is standard input; a folder gives every file under it, hidden ones too.
pub fn walk<P: AsRef<Path>>(operands: &[P]) -> Walk {
    walk_from(operands, None)
}

/// The same; files below `root` are named by their path from there, whatever operand led to them.
pub fn walk_from<P: AsRef<Path>>(operands: &[P], root: Option<&Path>) -> Walk {
    let root = root.and_then(|r| r.canonicalize().ok());
    let mut problems = Vec::new();
    // By canonical place, so that a file that is reached twice is read once.
    let mut by_place: BTreeMap<Place, Candidate> = BTreeMap::new();
    for operand in operands {
        for (key, mut c) in expand(operand.as_ref(), &mut problems) {
            if let (Some(root), Place::Path(path)) = (&root, &key)
                && let Ok(below) = path.strip_prefix(root)
            {
                (c.operand, c.below) = (root.clone(), below.to_owned());
            }
            match by_place.remove(&key) {
                Some(other) => {
                    by_place.insert(key, prefer(other, c));
                }
                None => {
                    by_place.insert(key, c);
                }
            }
        }
    }
    let mut found = name_all(by_place.into_values().collect());
    found.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    problems.sort_by(|a, b| a.path.cmp(&b.path).then(b.operand.cmp(&a.operand)));
    problems.dedup_by(|b, a| a.path == b.path);
    Walk { found, problems }
}

/// Of two ways to the same file the one that shows more of its path, whatever their order.
fn prefer(a: Candidate, b: Candidate) -> Candidate {
    let rank = |c: &Candidate| {
        (
            c.below.components().count(),
            c.below.clone(),
            c.operand.clone(),
        )
    };
    let named = a.found.operand || b.found.operand;
    let mut best = if rank(&b) > rank(&a) { b } else { a };
    best.found.operand = named;
    best
}

fn expand(operand: &Path, problems: &mut Vec<Problem>) -> Vec<(Place, Candidate)> {
    if operand == Path::new("-") {
        let stdin = Candidate {
            found: Found::stdin(String::new()),
            operand: PathBuf::new(),
            below: PathBuf::from("stdin"),
        };
        return vec![(Place::Stdin, stdin)];
    }
    let meta = match std::fs::metadata(operand) {
        Ok(meta) => meta,
        Err(e) => {
            problems.push(Problem {
                path: operand.to_owned(),
                operand: true,
                kind: ProblemKind::Io(e),
            });
            return Vec::new();
        }
    };
    // A pipe of the shell (/dev/fd/63) has no canonical path; the path as written is as good.
    let canonical = operand
        .canonicalize()
        .unwrap_or_else(|_| operand.to_owned());
    if meta.is_dir() {
        return folder(operand, &canonical, problems);
    }
    let c = candidate(operand.to_owned(), &meta, operand, PathBuf::new());
    vec![(Place::Path(canonical), c)]
}

fn folder(
    operand: &Path,
    canonical: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<(Place, Candidate)> {
    let mut all = Vec::new();
    for entry in walkdir::WalkDir::new(operand).follow_links(false) {
        let mut problem = |path: &Path, kind| {
            problems.push(Problem {
                path: path.to_owned(),
                operand: path == operand,
                kind,
            });
        };
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                let path = e.path().unwrap_or(operand).to_owned();
                let kind = e
                    .into_io_error()
                    .unwrap_or_else(|| io::Error::other("cannot be walked"));
                problem(&path, ProblemKind::Io(kind));
                continue;
            }
        };
        let (kind, path) = (entry.file_type(), entry.path());
        if kind.is_dir() || entry.depth() == 0 {
            continue;
        }
        if kind.is_symlink() {
            problem(path, ProblemKind::Link);
            continue;
        }
        if !kind.is_file() {
            problem(path, ProblemKind::Special(special(kind)));
            continue;
        }
        match entry.metadata() {
            Ok(meta) => {
                let below = path.strip_prefix(operand).unwrap_or(path).to_owned();
                let place = Place::Path(canonical.join(&below));
                all.push((place, candidate(path.to_owned(), &meta, operand, below)));
            }
            Err(e) => problem(
                path,
                ProblemKind::Io(
                    e.into_io_error()
                        .unwrap_or_else(|| io::Error::other("gone")),
                ),
            ),
        }
    }
    all
}

fn candidate(path: PathBuf, meta: &Metadata, operand: &Path, below: PathBuf) -> Candidate {
    let regular = meta.is_file();
    Candidate {
        found: Found {
            name: String::new(),
            member: None,
            place: Place::Path(path),
            size: if regular { meta.len() } else { 0 },
            modified: meta.modified().ok().filter(|_| regular),
            regular,
            operand: below.as_os_str().is_empty(),
        },
        operand: operand.to_owned(),
        below,
    }
}

fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match () {
        () if kind.is_fifo() => "named pipe",
        () if kind.is_socket() => "socket",
        () if kind.is_block_device() || kind.is_char_device() => "device",
        () => "no regular file",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::fs::{create_dir_all, write};

    pub fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for f in files {
            let path = dir.path().join(f);
            create_dir_all(path.parent().unwrap()).unwrap();
            write(path, "x\n").unwrap();
        }
        dir
    }

    pub fn names(w: &Walk) -> Vec<&str> {
        w.found.iter().map(|f| f.name.as_str()).collect()
    }

    #[test]
    fn folders_are_walked_whole_and_sorted() {
        let dir = tree(&["b/x.log", "b.log", ".hidden", "a/deep/er/y.log"]);
        let w = walk(&[dir.path()]);
        assert_eq!(
            names(&w),
            [".hidden", "a/deep/er/y.log", "b.log", "b/x.log"]
        );
        assert!(w.problems.is_empty());
        assert!(
            w.found
                .iter()
                .all(|f| !f.operand && f.regular && f.size == 2)
        );
    }

    #[test]
    fn a_file_given_twice_counts_once() {
        let dir = tree(&["web1/a.log"]);
        let p = |s: &str| dir.path().join(s);
        for operands in [
            [p("web1/a.log"), p("web1/../web1/a.log")],
            [p("web1"), p("web1/a.log")],
        ] {
            let w = walk(&operands);
            assert_eq!(names(&w), ["a.log"]);
            assert!(w.found[0].operand);
        }
        let w = walk(&[p("web1/a.log"), p("")]);
        assert_eq!(names(&w), ["web1/a.log"]);
    }

    #[test]
    fn what_is_missing_is_reported_and_does_not_stop_the_rest() {
        let dir = tree(&["a.log"]);
        let p = |s: &str| dir.path().join(s);
        let w = walk(&[p("nope.log"), p("a.log")]);
        assert_eq!(names(&w), ["a.log"]);
        assert_eq!(w.problems.len(), 1);
        assert!(w.problems[0].operand);
        assert_eq!(w.problems[0].to_string(), "no such file or folder");
    }

    #[test]
    fn links_are_followed_only_where_named() {
        let dir = tree(&["logs/a.log", "other/b.log"]);
        let p = |s: &str| dir.path().join(s);
        std::os::unix::fs::symlink(p("other"), p("logs/elsewhere")).unwrap();
        std::os::unix::fs::symlink("loop", p("logs/loop")).unwrap();
        std::os::unix::fs::symlink(p("logs/a.log"), p("current.log")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(p("logs/sock")).unwrap();
        let w = walk(&[p("logs")]);
        assert_eq!(names(&w), ["a.log"]);
        let found: Vec<_> = w
            .problems
            .iter()
            .map(|p| (p.operand, p.to_string()))
            .collect();
        assert_eq!(found.len(), 3);
        assert!(found[0].1.starts_with("link") && found[1].1.starts_with("link"));
        assert_eq!(
            found[2],
            (false, "socket, skipped; name it to read it".into())
        );
        assert_eq!(names(&walk(&[p("current.log")])), ["current.log"]);
        assert_eq!(names(&walk(&[p("logs/elsewhere")])), ["b.log"]);
    }
}
