//! PostgreSQL's csvlog: a time with its zone, then some 25 columns, of which the 12th is the severity and the 14th the message.
//! A quoted message may go on over several lines; its first line is read.

use super::csv_row::{column, undoubled};
use super::postgres::severity;
use crate::record::Record;
use crate::time::{stamp, zone};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.get(4) != Some(&b'-') {
        return None;
    }
    let (rest, s) = stamp::iso(line).ok()?;
    let (offset, n) = zone::abbreviation(rest.strip_prefix(b" ")?)?;
    let stamp = s.at_offset(offset);
    let mut rest = rest[1 + n..].strip_prefix(b",")?;
    let mut next = || {
        let (value, behind) = column(rest, true)?;
        rest = behind;
        Some(value)
    };
    // user, database, process, client, session, line, command, start, transaction twice
    for _ in 0..10 {
        next()?;
    }
    let (level, _) = severity(next()?)?;
    let state = next()?;
    if state.len() != 5 {
        return None;
    }
    let text = undoubled(next()?);
    Some(Record::said(Some(stamp), level, text).of_service(Some(b"postgresql")))
}
