//! Pairs whose time is in two of them, as firewalls write it: `date=2026-03-10 time=13:05:00 devname="fw" level="error" …`.
//! The other pairs are read as logfmt.

use super::{logfmt, message};
use crate::record::{Level, Record};
use crate::time::stamp::{self, offset};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // a priority of syslog may stand in front
    let line = match line.first()? {
        b'<' => &line[memchr::memchr(b'>', &line[..line.len().min(5)])? + 1..],
        _ => line,
    };
    let rest = line.strip_prefix(b"date=")?;
    let (date, rest) = rest.split_at_checked(10)?;
    let rest = rest.strip_prefix(b" time=")?;
    let end = memchr::memchr(b' ', rest)?;
    let (time, rest) = (&rest[..end], &rest[end + 1..]);
    let mut written = [b' '; 32];
    if time.len() > 20 {
        return None;
    }
    written[..10].copy_from_slice(date);
    written[11..11 + time.len()].copy_from_slice(time);
    let mut stamp = stamp::whole(&written[..11 + time.len()])?;
    let zone = || Some(offset(value(rest, b" tz=")?)?.0);
    stamp.offset_min = stamp.offset_min.or_else(zone);
    // a connection, or an attack, is a line without a message
    let level = || Level::from_word(value(rest, b" level=")?);
    let plain = || Record::new(None, message::body(level().unwrap_or(Level::Info), rest));
    let mut r = logfmt::parse(rest).unwrap_or_else(plain);
    r.stamp = Some(stamp);
    Some(r)
}

/// What stands under a key, up to a blank or its closing quotation mark.
fn value<'a>(pairs: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let at = memchr::memmem::find(pairs, key)? + key.len();
    let value = pairs[at..].strip_prefix(b"\"").unwrap_or(&pairs[at..]);
    value.split(|c| matches!(c, b'"' | b' ')).next()
}
