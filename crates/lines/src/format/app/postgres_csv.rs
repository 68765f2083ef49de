//! PostgreSQL's csvlog: a time with its zone, then some 25 columns, of which the 12th is the severity and the 14th the message.
//! A quoted message may go on over several lines; its first line is read.

use super::postgres::severity;
use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::Record;
use crate::time::{stamp, zone};
use memchr::memchr;
use std::borrow::Cow;

/// The csvlog of PostgreSQL.
pub struct PostgresCsv;

impl Format for PostgresCsv {
    fn meta(&self) -> Meta<'_> {
        Meta::app("PostgreSQL csvlog", "PostgreSQL server log as CSV")
            .heads()
            .begins(b"0-9", Signs::TIMED | Signs::COMMA)
            .sample(r#"2026-11-20 06:34:12.368 UTC,"postgres","shop",3222,"127.0.0.1:41208",6affe9e4.c96,3,"SELECT",2026-11-20 06:34:12 UTC,3/5,0,ERROR,42P01,"relation ""missing"" does not exist",,,,,,"select 1",15,,"psql","client backend",,0"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.get(4) != Some(&b'-') {
            return None;
        }
        let (rest, s) = stamp::iso(line).ok()?;
        let (offset, n) = zone::abbreviation(rest.strip_prefix(b" ")?)?;
        let stamp = s.at_offset(offset);
        let mut columns = Columns(rest[1 + n..].strip_prefix(b",")?);
        // user, database, process, client, session, line, command, start, transaction twice
        for _ in 0..10 {
            columns.next()?;
        }
        let (level, _) = severity(columns.next()?)?;
        let state = columns.next()?;
        if state.len() != 5 {
            return None;
        }
        let text = unquoted(columns.next()?);
        Some(Record::said(Some(stamp), level, text).of_service(Some(b"postgresql")))
    }
}

/// Columns with commas between; a quoted one may hold commas and doubled quotes, and may not end on the line.
struct Columns<'a>(&'a [u8]);

impl<'a> Columns<'a> {
    /// The next column, without its quotes; doubled ones inside stay doubled.
    fn next(&mut self) -> Option<&'a [u8]> {
        let Some(inner) = self.0.strip_prefix(b"\"") else {
            let n = memchr(b',', self.0)?;
            let (value, rest) = self.0.split_at(n);
            self.0 = &rest[1..];
            return Some(value);
        };
        let mut at = 0;
        while let Some(n) = memchr(b'"', &inner[at..]) {
            let end = at + n;
            match inner.get(end + 1) {
                Some(b'"') => at = end + 2,
                Some(b',') => {
                    self.0 = &inner[end + 2..];
                    return Some(&inner[..end]);
                }
                _ => return None,
            }
        }
        self.0 = &inner[inner.len()..];
        Some(inner)
    }
}

/// With single quotes for doubled ones.
fn unquoted(b: &[u8]) -> Cow<'_, [u8]> {
    if find(b, b"\"\"").is_none() {
        return Cow::Borrowed(b);
    }
    let mut out = Vec::with_capacity(b.len());
    let mut quote = false;
    for c in b {
        quote = *c == b'"' && !quote;
        if !quote {
            out.push(*c);
        }
    }
    Cow::Owned(out)
}
