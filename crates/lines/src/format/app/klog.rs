//! klog and glog (Kubernetes and other Go and C++ programs): `E0310 13:05:00.000001       1 file.go:88] text`, month and day glued
//! to the level, no year and no zone; newer glog has the year too (`E20260310 …`), CockroachDB two digits of it and no bracket.

use crate::format::leaf::find;
use crate::format::leaf::{Leaf, Parser, alt, before_near, preceded, rest, space0, tag, take};
use crate::record::{Body, Level, MarkerKind, Message, Record};
use crate::time::{MONTHS, Stamp, stamp};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (level, s, text) = entry(line)?;
    let mut m = Message::new(level, text);
    // a process that writes this ends at once
    m.states = (level == Level::Fatal).then_some(MarkerKind::Crash);
    Some(Record::new(Some(s), Body::Message(m)))
}

/// Level, time and text of a line; also of one that a system's log holds under its own time.
pub(super) fn entry(line: &[u8]) -> Option<(Level, Stamp, &[u8])> {
    let text = alt((after_mark, preceded((before_near(b']', 160), space0), rest)));
    let mut parts = (
        take(1usize).map_opt(level),
        alt((yearless, with_year)),
        text,
    );
    parts.parse(line).ok().map(|(_, entry)| entry)
}

fn level(letter: &[u8]) -> Option<Level> {
    Level::listed(letter, &[b"I", b"W", b"E", b"F"])
}

/// `0310 13:05:00.000001`.
fn yearless(i: &[u8]) -> Leaf<'_, Stamp> {
    let digits =
        |n: usize| take(n).map_opt(|b: &[u8]| b.iter().all(u8::is_ascii_digit).then_some(b));
    (
        digits(2),
        digits(2),
        tag(" "),
        take(8usize),
        tag("."),
        take(6usize),
    )
        .map_opt(|(month, day, _, clock, _, fraction)| written(month, day, clock, fraction))
        .parse(i)
}

fn written(month: &[u8], day: &[u8], clock: &[u8], fraction: &[u8]) -> Option<Stamp> {
    let month = usize::from(month[0] - b'0') * 10 + usize::from(month[1] - b'0');
    let name = MONTHS.get(month.checked_sub(1)?)?;
    let mut b = *b"Mmm dd hh:mm:ss.ffffff";
    b[..3].copy_from_slice(&name.as_bytes()[..3]);
    b[4..6].copy_from_slice(day);
    b[7..15].copy_from_slice(clock);
    b[16..].copy_from_slice(fraction);
    let (left, s) = stamp::syslog(&b).ok()?;
    left.is_empty().then_some(s)
}

/// `20260310 13:05:00.000001 ` or `260310 13:05:00.000001 `.
fn with_year(i: &[u8]) -> Leaf<'_, Stamp> {
    let digits = i.iter().take(9).take_while(|c| c.is_ascii_digit()).count();
    let fits = matches!(digits, 6 | 8) && i.get(digits + 9) == Some(&b'.');
    let (rest, (s, _)) = (stamp::compact, tag(" ")).parse(i)?;
    if fits {
        Ok((rest, s))
    } else {
        Err(nom::Err::Error(()))
    }
}

/// CockroachDB has a mark instead of the bracket, and a counter behind it.
fn after_mark(i: &[u8]) -> Leaf<'_, &[u8]> {
    match find(&i[..i.len().min(160)], b" \xe2\x8b\xae ") {
        Some(n) => rest(&i[n + 5..]),
        None => Err(nom::Err::Error(())),
    }
}
