//! The diagnostic log of Db2: records of several lines, each headed by a time whose offset is in minutes
//! (`2026-03-10-13.05.00.123456+060 E1234A567  LEVEL: Error`); what is said stands behind `MESSAGE :`.

use super::message;
use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, Record};
use crate::time::{Stamp, stamp};

/// Db2's diagnostic log.
pub struct Db2;

impl Format for Db2 {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "Db2 diagnostic log",
            "db2diag.log: records headed by a time and a level, with their message below",
        )
        .stateful()
        .begins(b"0-9", Signs::TIMED | Signs::COLON)
        .sample("2026-03-10-13.05.00.123456+060 E1234A567          LEVEL: Error")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (at, _) = head(line)?;
        Some(Record::new(Some(at), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Db2Reader::default()))
    }
}

/// Bytes of the time without its offset.
const TIME: usize = 26;

/// Time and level of the first line of a record.
fn head(line: &[u8]) -> Option<(Stamp, Level)> {
    let (written, rest) = line.split_at_checked(TIME)?;
    if [written[10], written[13], written[16]] != [b'-', b'.', b'.'] {
        return None;
    }
    // the same time as others write it
    let mut iso = [0; TIME];
    iso.copy_from_slice(written);
    (iso[10], iso[13], iso[16]) = (b' ', b':', b':');
    let at = stamp::whole(&iso).filter(|s| s.offset_min.is_none())?;
    let (offset, rest) = rest.split_at_checked(4)?;
    let minutes = std::str::from_utf8(offset).ok()?.parse::<i16>().ok()?;
    if !matches!(offset[0], b'+' | b'-') || minutes.abs() > 14 * 60 {
        return None;
    }
    let level = find(rest, b"LEVEL: ")?;
    let word = rest[level + 7..].split(|c| *c == b' ').next()?;
    let level = match word {
        b"Event" => Level::Info,
        w => Level::from_word(w)?,
    };
    let offset_min = Some(minutes);
    Some((Stamp { offset_min, ..at }, level))
}

/// Names of the parts of a record that say nothing here.
const PARTS: [&[u8]; 16] = [
    b"PID",
    b"INSTANCE",
    b"APPHDL",
    b"AUTHID",
    b"EDUID",
    b"FUNCTION",
    b"CALLED",
    b"RETCODE",
    b"DATA",
    b"ARG",
    b"IMPACT",
    b"START",
    b"STOP",
    b"CHANGE",
    b"CALLSTCK",
    b"NODE",
];

/// The lines of one input.
#[derive(Default)]
struct Db2Reader {
    head: Option<(Stamp, Level)>,
    host: Vec<u8>,
}

impl Reader for Db2Reader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some(found) = head(line) {
            self.head = Some(found);
            return Some(Record::new(Some(found.0), Body::Nothing));
        }
        let (at, level) = self.head?;
        let n = line.iter().take_while(|c| c.is_ascii_uppercase()).count();
        let (name, rest) = line.split_at(n);
        let value = || {
            let colon = memchr::memchr(b':', &rest[..rest.len().min(12)])?;
            Some(rest[colon + 1..].trim_ascii())
        };
        match name {
            b"HOSTNAME" => {
                let host = value()?;
                self.host = host[..host.len().min(255)].to_vec();
                Some(Record::new(None, Body::Nothing))
            }
            b"MESSAGE" => {
                let mut r = Record::new(Some(at), message::body(level, value()?));
                r.service = Some(b"db2".into());
                r.host = (!self.host.is_empty()).then(|| self.host.clone().into());
                Some(r)
            }
            name if PARTS.contains(&name) => Some(Record::new(None, Body::Nothing)),
            // the parts go on
            b"" if line.is_empty() || line[0] == b' ' => Some(Record::new(None, Body::Nothing)),
            _ => None,
        }
    }
}
