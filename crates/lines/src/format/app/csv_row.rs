//! Rows of container logs exported as CSV: a time, columns of which one is the name of a pod, and the line itself at the end.
//! Columns are known by their shape, not by the header: a row must be understood wherever it stands.

use super::head::head;
use super::message::word;
use crate::format::flat_json::{self, decode};
use crate::format::leaf::find;
use crate::format::pods::workload;
use crate::record::{Level, Record};
use crate::time::stamp;

/// Columns before the line that are looked at.
const COLUMNS: usize = 24;

/// The next column and what follows its comma; a quoted one without its outer quotes, inner ones still doubled. Where it may be open
/// it goes on in the next line.
pub(super) fn column(b: &[u8], may_be_open: bool) -> Option<(&[u8], &[u8])> {
    let Some(inner) = b.strip_prefix(b"\"") else {
        let end = memchr::memchr(b',', b).unwrap_or(b.len());
        return Some((&b[..end], b.get(end + 1..).unwrap_or_default()));
    };
    let mut at = 0;
    loop {
        let Some(quote) = memchr::memchr(b'"', inner.get(at..)?) else {
            return may_be_open.then_some((inner, b""));
        };
        at += quote;
        match inner.get(at + 1) {
            Some(b'"') => at += 2,
            Some(b',') => return Some((&inner[..at], &inner[at + 2..])),
            None => return Some((&inner[..at], b"")),
            Some(_) => return None,
        }
    }
}

/// Doubled quotes as single ones.
pub(super) fn undoubled(b: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(b.len());
    let mut rest = b;
    while let Some(at) = find(rest, b"\"\"") {
        out.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    out
}

/// The line inside Docker's `{"log":"…\n","stream":…}`, or the text itself.
fn line_of(text: Vec<u8>) -> Vec<u8> {
    let mut log = None;
    if text.starts_with(b"{") {
        let _ = flat_json::fields(&text, |k, v| {
            if k == b"log" {
                log = v.text().map(|raw| decode(raw).into_owned());
            }
            log.is_none()
        });
    }
    let mut text = log.unwrap_or(text);
    text.truncate(text.trim_ascii_end().len());
    text
}

/// What follows a time of day (`16:42:22.382 `) that the container wrote in its own zone: the row has the time.
fn without_clock(b: &[u8]) -> &[u8] {
    let (w, rest) = word(b);
    let digits = w.iter().filter(|c| c.is_ascii_digit()).count();
    let clock = w.len() >= 8
        && w[2] == b':'
        && w[5] == b':'
        && digits >= 6
        && w.iter()
            .all(|c| c.is_ascii_digit() || matches!(c, b':' | b'.' | b','));
    if clock { rest } else { b }
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let (time, mut rest) = column(line, false)?;
    let (after, stamp) = stamp::iso(time).ok()?;
    if !after.is_empty() {
        return None;
    }
    let mut pod = None;
    let mut last: &[u8] = b"";
    for n in 0.. {
        if n == COLUMNS {
            return None;
        }
        let (value, next) = column(rest, false)?;
        last = value;
        if next.is_empty() {
            break;
        }
        pod = pod.or_else(|| workload(value).map(|service| (value, service)));
        rest = next;
    }
    let (host, service) = pod?;
    let text = line_of(undoubled(last));
    let h = head(without_clock(&text));
    let level = h.level.unwrap_or(Level::Info);
    let r = Record::said(Some(stamp), level, h.text.to_vec());
    Some(r.at_host(Some(host)).of_service(Some(service)))
}
