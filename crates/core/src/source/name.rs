//! Names of inputs, as reports cite them: short, unique, and the same whatever the order of operands.
//! Never absolute, unless nothing shorter distinguishes two inputs.

use super::walk::{Candidate, Found};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Names: the path below the operand; where two operands give the same, components of the operand go in front of all
/// names of these operands, as many as it takes; what is still equal then (pipes) is numbered.
pub(super) fn name_all(mut all: Vec<Candidate>) -> Vec<Found> {
    let mut depth: BTreeMap<PathBuf, usize> = BTreeMap::new();
    loop {
        for c in &mut all {
            let d = depth.get(&c.operand).copied().unwrap_or(0);
            c.found.name = name_of(c, d);
        }
        let mut users: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
        for c in &all {
            users.entry(&c.found.name).or_default().push(c);
        }
        let mut deeper: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for c in users.values().filter(|v| v.len() > 1).flatten() {
            let d = depth.get(&c.operand).copied().unwrap_or(0);
            if name_of(c, d + 1) != c.found.name {
                deeper.insert(c.operand.clone(), d + 1);
            }
        }
        if deeper.is_empty() {
            break;
        }
        depth.extend(deeper);
    }
    all.sort_by(|a, b| (&a.found.name, &a.found.place).cmp(&(&b.found.name, &b.found.place)));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    all.into_iter()
        .map(|c| {
            let mut found = c.found;
            let n = seen.entry(found.name.clone()).or_default();
            *n += 1;
            if *n > 1 {
                found.name = format!("{}#{n}", found.name);
            }
            found
        })
        .collect()
}

/// The name with `depth` components of the operand in front (for a file operand: before its file name).
fn name_of(c: &Candidate, depth: usize) -> String {
    if c.operand.starts_with("/dev/fd") || c.operand.starts_with("/proc/self/fd") {
        return "pipe".into();
    }
    let mut parts = components(&c.operand);
    if parts.len() < depth + 1 {
        let written = parts.len();
        if let Ok(full) = c.operand.canonicalize() {
            let full = components(&full);
            // Links and `..` may make the canonical path shorter; what was written is then all there is.
            if full.len() > written {
                parts = full;
            }
        }
    }
    let mut below = components(&c.below);
    if below.is_empty() {
        below.extend(parts.pop());
    }
    let front = parts.len().saturating_sub(depth);
    let mut name = parts.split_off(front);
    name.append(&mut below);
    name.join("/")
}

/// The named components of a path, as text.
fn components(path: &Path) -> Vec<String> {
    path.components()
        .filter_map(|c| match c {
            Component::Normal(name) => Some(text(name.as_encoded_bytes())),
            _ => None,
        })
        .collect()
}

/// Bytes of a name as text; what is no UTF-8 is written `\\xff`.
pub(super) fn text(name: &[u8]) -> String {
    let mut out = String::new();
    for chunk in name.utf8_chunks() {
        out.push_str(chunk.valid());
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02x}"));
        }
    }
    out
}

/// The path of a member as text: without empty and `.` components, so without a root.
pub(super) fn member_name(front: &str, raw: &[u8]) -> String {
    let mut name = front.to_owned();
    for part in raw
        .split(|c| *c == b'/')
        .filter(|p| !p.is_empty() && *p != b".")
    {
        if !name.is_empty() {
            name.push('/');
        }
        name.push_str(&text(part));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::walk;
    use crate::source::walk::tests::{names, tree};

    #[test]
    fn names_do_not_depend_on_the_order_of_operands() {
        let dir = tree(&[
            "web1/logs/a.log",
            "web2/logs/a.log",
            "web2/logs/b.log",
            "c.log",
        ]);
        let p = |s: &str| dir.path().join(s);
        let operands = [
            p("web1/logs"),
            p("web2/logs"),
            p("c.log"),
            PathBuf::from("-"),
        ];
        let w = walk(&operands);
        let expected = [
            "c.log",
            "stdin",
            "web1/logs/a.log",
            "web2/logs/a.log",
            "web2/logs/b.log",
        ];
        assert_eq!(names(&w), expected);
        let turned: Vec<_> = operands.iter().rev().collect();
        assert_eq!(names(&walk(&turned)), expected);
    }

    #[test]
    fn file_operands_with_one_name_get_their_folder() {
        let dir = tree(&["web1/a.log", "web2/a.log"]);
        let p = |s: &str| dir.path().join(s);
        assert_eq!(names(&walk(&[p("web1/a.log")])), ["a.log"]);
        let both = walk(&[p("web1/a.log"), p("web2/a.log")]);
        assert_eq!(names(&both), ["web1/a.log", "web2/a.log"]);
        assert!(both.found.iter().all(|f| f.operand));
    }

    #[test]
    fn names_that_are_not_utf8_are_kept_apart() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        for name in [&b"a\xff.log"[..], b"a\xfe.log"] {
            std::fs::write(dir.path().join(OsStr::from_bytes(name)), "x\n").unwrap();
        }
        assert_eq!(names(&walk(&[dir.path()])), ["a\\xfe.log", "a\\xff.log"]);
    }
}
