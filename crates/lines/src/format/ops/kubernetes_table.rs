//! The table that `kubectl get events` prints, with whatever columns: where ages stand in place of times (`3m12s`) its rows have an
//! order and no time. What the reasons mean stands in `kubernetes`.

use super::kubernetes;
use crate::format::leaf::find;
use crate::format::pager::value;
use crate::record::{Body, Level, Record};
use crate::time::{Stamp, stamp};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // between its columns
    find(line, b"  ")?;
    if find(line, b"REASON").is_some() && is_header(line) {
        return Some(Record::new(None, Body::Nothing));
    }
    find(line, b"  Normal  ").or_else(|| find(line, b"  Warning  "))?;
    let row = KubectlRow::of(line)?;
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    let slash = memchr::memchr(b'/', row.object).map(|n| n + 1);
    let (kind, name) = row.object.split_at(slash.unwrap_or(0));
    let (kind, name) = (text(kind.strip_suffix(b"/").unwrap_or(kind)), text(name));
    let kind = match kind.as_str() {
        "horizontalpodautoscaler" => "HorizontalPodAutoscaler",
        other => other,
    };
    let namespace = text(row.namespace);
    let message = text(row.message);
    let said = kubernetes::notices(&text(row.reason), &message, (kind, &name), &namespace);
    // whose lease it is changes whenever a controller starts
    if !said.is_empty() || row.reason == b"LeaderElection" {
        return Some(value::event(row.stamp, said));
    }
    let level = match row.kind {
        b"Warning" => Level::Warn,
        _ => Level::Info,
    };
    Some(Record::said(row.stamp, level, row.message))
}

/// Whether a line names the columns.
fn is_header(line: &[u8]) -> bool {
    let mut words = line.split(|c| *c == b' ').filter(|w| !w.is_empty());
    ["TYPE", "REASON", "OBJECT"]
        .iter()
        .all(|n| words.any(|w| w == n.as_bytes()))
}

/// The cells of a row, whatever columns there are: known by what stands in them.
struct KubectlRow<'a> {
    stamp: Option<Stamp>,
    namespace: &'a [u8],
    kind: &'a [u8],
    reason: &'a [u8],
    object: &'a [u8],
    message: &'a [u8],
}

impl<'a> KubectlRow<'a> {
    fn of(line: &'a [u8]) -> Option<KubectlRow<'a>> {
        let cells = cells(line);
        let at = cells
            .iter()
            .take(4)
            .position(|c| matches!(*c, b"Normal" | b"Warning"))?;
        let seen = |c: &&'a [u8]| is_age(c) || stamp::whole(c).is_some();
        let seen = cells[..at].iter().copied().find(seen)?;
        let plain = |c: &&'a [u8]| !is_age(c) && !c.contains(&b' ');
        let named = |c: &&'a [u8]| plain(c) && c.iter().any(u8::is_ascii_lowercase);
        let is_reason = |c: &&'a [u8]| c.first().is_some_and(u8::is_ascii_uppercase);
        let reason = (at + 1..cells.len().min(at + 4))
            .find(|n| named(&cells[*n]) && is_reason(&cells[*n]))?;
        let object = cells.get(reason + 1).copied().filter(named)?;
        let around = cells[..reason].iter().enumerate();
        let around = around.filter(|(n, c)| *n != at && named(c) && **c != seen);
        let namespace = around.map(|(_, c)| *c).next_back().unwrap_or_default();
        // what is said is longer than where it was said and how often
        let message = cells[reason + 2..]
            .iter()
            .copied()
            .max_by_key(|c| c.len())?;
        Some(KubectlRow {
            stamp: stamp::whole(seen),
            namespace,
            kind: cells[at],
            reason: cells[reason],
            object,
            message,
        })
    }
}

/// What stands between two blanks or more, without `(x12 over 3m)` behind an age.
fn cells(line: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    let mut rest = line.trim_ascii_end();
    while !rest.is_empty() && all.len() < 12 {
        let end = find(rest, b"  ").unwrap_or(rest.len());
        let cell = &rest[..end];
        let age = find(cell, b" (x").map_or(cell, |n| &cell[..n]);
        all.push(if is_age(age) { age } else { cell });
        rest = rest[end..].trim_ascii_start();
    }
    all
}

/// `3m12s`, `45s`, `2d`, `<unknown>`.
fn is_age(b: &[u8]) -> bool {
    let unit = |c: &u8| matches!(c, b's' | b'm' | b'h' | b'd' | b'y');
    b == b"<unknown>"
        || b.len() <= 8
            && b.first().is_some_and(u8::is_ascii_digit)
            && b.last().is_some_and(unit)
            && b.iter().all(|c| c.is_ascii_digit() || unit(c))
}
