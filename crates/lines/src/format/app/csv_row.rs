//! Rows of container logs exported as CSV: a time, columns of which one is the name of a pod, and the line itself at the end.
//! Columns are known by their shape, not by the header: a row must be understood wherever it stands.

use super::head::head;
use super::message::word;
use crate::format::flat_json::{self, decode};
use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::pods::workload;
use crate::format::{Format, Meta};
use crate::record::{Level, Record};
use crate::time::stamp;

/// The format of exported container logs.
pub struct CsvRow;

/// Columns before the line that are looked at.
const COLUMNS: usize = 24;

/// The next column and what follows its comma; a quoted one without its outer quotes, inner ones still doubled.
fn column(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(inner) = b.strip_prefix(b"\"") else {
        let end = memchr::memchr(b',', b).unwrap_or(b.len());
        return Some((&b[..end], b.get(end + 1..).unwrap_or_default()));
    };
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', inner.get(at..)?)?;
        match inner.get(at + 1) {
            Some(b'"') => at += 2,
            Some(b',') => return Some((&inner[..at], &inner[at + 2..])),
            None => return Some((&inner[..at], b"")),
            Some(_) => return None,
        }
    }
}

/// Doubled quotes as single ones.
fn undoubled(b: &[u8]) -> Vec<u8> {
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

impl Format for CsvRow {
    fn meta(&self) -> Meta<'_> {
        Meta::app("container log CSV", "container logs exported as CSV: time, pod, …, line")
            .begins(b"0-9", Signs::COMMA | Signs::DIGIT)
            .sample(r#"2026-11-20T06:33:21.123456789Z,10.0.4.7,shop-cart-7f9c64b5bd-x2x8q,server,"{""log"":""06:33:21.123 ERROR c.s.Cart TraceID: 4f1a [get][no cart]\n"",""stream"":""stdout""}""#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !line.first()?.is_ascii_digit() {
            return None;
        }
        let (time, mut rest) = column(line)?;
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
            let (value, next) = column(rest)?;
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
}
