//! The log of dpkg: which package went from which version to which. An upgrade to a higher version is a deploy, to a lower one
//! a rollback. Lines of one run are joined into one act at report time; the group is the package.

use crate::record::{Body, Level, MarkerKind, Notice, Record};
use crate::text::versions::compare_versions;
use crate::time::stamp::iso;
use regex::bytes::Regex;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (text, at) = iso(line).ok()?;
    Some(match act(text)? {
        Some(n) => Record::new(Some(at), Body::Notices(vec![n])),
        None => Record::said(Some(at), Level::Info, text.trim_ascii_start()),
    })
}

/// What is done: to a package from one version to another, that it is installed, and what states nothing.
static ACTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let said = [
        "(?:upgrade|install) ([^ ]*) ([^ ]*) ([^ ]+)",
        "status installed ([^ ]*) ([^ ]+)",
        "status (?:half-configured|unpacked|half-installed|triggers-pending|triggers-awaited|config-files|not-installed) [^ ]* [^ ]+",
        "(?:configure|trigproc|remove|purge|disappear) [^ ]* [^ ]* [^ ]+",
        "startup (?:archives|packages)(?: |$)",
        "conffile [^ ]* [^ ]+",
    ];
    Regex::new(&format!("(?s-u)^ (?:{})", said.join("|"))).ok()
});

/// What was done: `upgrade PACKAGE OLD NEW`, `status STATE PACKAGE VERSION` and others, of which most state nothing.
fn act(text: &[u8]) -> Option<Option<Notice<'_>>> {
    let found = ACTS.as_ref()?.captures(text)?;
    let group = |n| found.get(n).map(|m| m.as_bytes());
    let change = group(1).zip(group(2)).zip(group(3));
    let change = change.map(|((package, old), new)| changed(package, old, new));
    let done = || Some(about(MarkerKind::DeployFinish, group(4)?, group(5)?));
    Some(change.or_else(done))
}

fn changed<'a>(package: &'a [u8], old: &[u8], new: &'a [u8]) -> Notice<'a> {
    let lower = old != b"<none>" && compare_versions(new, old) == Ordering::Less;
    let kind = if lower {
        MarkerKind::RollbackStart
    } else {
        MarkerKind::DeployStart
    };
    about(kind, package, new)
}

fn about<'a>(kind: MarkerKind, package: &'a [u8], version: &'a [u8]) -> Notice<'a> {
    let name = package.split(|&c| c == b':').next().unwrap_or(package);
    let mut n = Notice::new(kind, [b"package ", name].concat());
    n.package = true;
    n.group = Some(package.into());
    n.service = Some(name.into());
    n.version = Some(version.into());
    n
}
