//! W3C extended logs: IIS, HTTPERR (http.sys), CloudFront and others. A `#Fields:` header names the columns and may come again
//! with other columns in the middle of a file; where it carries a later `#Date:` the writer started anew.

use crate::format::leaf::find;
use crate::format::leaf::{self, Leaf, Parser, Unit, alt, quoted, rest, tag};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, MarkerKind, Message, Notice, Record, Request};
use crate::time::stamp::iso;
use crate::time::{DAY, HOUR, MINUTE, Stamp};
use memchr::memchr;
use std::borrow::Cow;

/// W3C extended log file format.
pub struct W3c;

impl Format for W3c {
    fn meta(&self) -> Meta<'_> {
        Meta::web("W3C extended log", "logs with a #Fields: header: IIS, HTTPERR, CloudFront")
            .stateful()
            .begins(b"#", Signs::NONE)
            .sample("#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        header(line).map(|_| Record::new(None, Body::Nothing))
    }
    fn is_head(&self, line: &[u8]) -> bool {
        header(line).is_some() || begins_with_a_time(line)
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(W3cReader::default()))
    }
}

/// What a column holds; columns that nobody reads are `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum W3cColumn {
    Date,
    Time,
    Method,
    Path,
    Client,
    Agent,
    Status,
    Substatus,
    Win32,
    Taken,
    Bytes,
    Host,
    Computer,
    Reason,
    Id,
    Other,
}

fn column(name: &[u8]) -> W3cColumn {
    match name {
        b"date" | b"date-local" => W3cColumn::Date,
        b"time" | b"time-local" => W3cColumn::Time,
        b"cs-method" => W3cColumn::Method,
        b"cs-uri-stem" | b"cs-uri" => W3cColumn::Path,
        b"c-ip" => W3cColumn::Client,
        b"cs(User-Agent)" => W3cColumn::Agent,
        b"sc-status" => W3cColumn::Status,
        b"sc-substatus" => W3cColumn::Substatus,
        b"sc-win32-status" => W3cColumn::Win32,
        b"time-taken" | b"TimeTakenMS" => W3cColumn::Taken,
        b"sc-bytes" => W3cColumn::Bytes,
        b"cs-host" | b"cs(Host)" | b"x-host-header" => W3cColumn::Host,
        b"s-computername" => W3cColumn::Computer,
        b"s-reason" => W3cColumn::Reason,
        b"x-edge-request-id" => W3cColumn::Id,
        _ => W3cColumn::Other,
    }
}

/// A header line: its name and value.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = alt((
        tag("Fields"),
        tag("Software"),
        tag("Version"),
        tag("Date"),
        tag("Start-Date"),
        tag("End-Date"),
        tag("Remark"),
        tag("GMT-Offset"),
        tag("System"),
        tag("Time Format"),
    ));
    let read: Leaf<'_, _> = (tag("#"), name, tag(":"), rest).parse(line);
    let (_, (_, name, _, value)) = read.ok()?;
    Some((name, value.trim_ascii()))
}

/// `YYYY-MM-DD` and a blank or tab.
fn begins_with_a_time(line: &[u8]) -> bool {
    matches!(line, [a, _, _, _, b'-', _, _, b'-', _, _, b' ' | b'\t', h, ..] if a.is_ascii_digit() && h.is_ascii_digit())
}

/// The lines of one input.
#[derive(Default)]
struct W3cReader {
    columns: Vec<W3cColumn>,
    /// A header, or the columns, say that their times are local.
    local: bool,
    /// The date of the last header, for columns without one.
    dated: Option<Stamp>,
    /// The last record.
    last: Option<Stamp>,
}

impl Reader for W3cReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let Some((name, value)) = header(line) else {
            return self.record(line);
        };
        let nothing = Some(Record::new(None, Body::Nothing));
        match name {
            b"Fields" => {
                self.local |= find(value, b"-local").is_some();
                self.columns = value
                    .split(|c| matches!(c, b' ' | b'\t'))
                    .filter(|w| !w.is_empty())
                    .take(128)
                    .map(column)
                    .collect();
            }
            b"Time Format" => self.local = value.eq_ignore_ascii_case(b"local"),
            b"Date" | b"Start-Date" => {
                let Some(stamp) = utc(value) else {
                    return nothing;
                };
                self.dated = Some(stamp);
                if self.last.is_some_and(|last| started_anew(last, stamp)) {
                    let n = Notice::new(MarkerKind::Restart, line);
                    return Some(Record::new(Some(stamp), Body::Header(vec![n])));
                }
            }
            _ => {}
        }
        nothing
    }
}

/// Whether a header in the middle is that of a writer that started anew, and not of the file of the next day or hour behind
/// that of the last.
fn started_anew(last: Stamp, header: Stamp) -> bool {
    let same = |unit: i64| last.wall_us.div_euclid(unit) == header.wall_us.div_euclid(unit);
    let begun = header.wall_us.rem_euclid(HOUR) < 5 * MINUTE;
    header.wall_us > last.wall_us && same(DAY) && (same(HOUR) || !begun)
}

/// A time that is UTC although none says so.
fn utc(b: &[u8]) -> Option<Stamp> {
    let (_, s) = iso(b).ok()?;
    Some(s.at_offset(s.offset_min.or(Some(0))))
}

/// The value at the start, and the rest behind its gap. A value with blanks stands in quotes.
fn next_value(b: &[u8], gap: u8) -> (&[u8], Option<&[u8]>) {
    if let Ok((rest, value)) = quoted(b)
        && (rest.is_empty() || rest.first() == Some(&gap))
    {
        return (value, behind(rest, 0, gap));
    }
    let n = memchr(gap, b).unwrap_or(b.len());
    (&b[..n], behind(b, n, gap))
}

/// What follows the gap at `n`: one tab, or any number of blanks.
fn behind(b: &[u8], n: usize, gap: u8) -> Option<&[u8]> {
    let rest = b.get(n + 1..)?;
    if gap == b'\t' {
        return Some(rest);
    }
    let rest = rest.trim_ascii_start();
    (!rest.is_empty()).then_some(rest)
}

impl W3cReader {
    fn record<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if self.columns.is_empty() {
            return None;
        }
        let gap = if memchr(b'\t', line).is_some() {
            b'\t'
        } else {
            b' '
        };
        let mut row = W3cRow::default();
        let (mut seen, mut rest) = (0, Some(line));
        while let Some(b) = rest {
            let column = *self.columns.get(seen)?;
            let value;
            (value, rest) = next_value(b, gap);
            row.take(column, value);
            seen += 1;
        }
        // a line that was cut off has fewer
        if seen < self.columns.len() && row.status.is_none() {
            return None;
        }
        let mut stamp = self.stamp(&row)?;
        if self.local {
            stamp.offset_min = None;
        }
        self.last = Some(stamp);
        Some(row.into_record(stamp))
    }

    fn stamp(&self, row: &W3cRow<'_>) -> Option<Stamp> {
        let (date, time) = (row.date, row.time);
        if time.len() > 16 || date.len() > 10 {
            return None;
        }
        let mut b = [0; 28];
        if date.is_empty() {
            let day = self.dated?.wall_us.div_euclid(DAY) * DAY;
            b[..11].copy_from_slice(b"1970-01-01T");
            b[11..11 + time.len()].copy_from_slice(time);
            let s = utc(&b[..11 + time.len()])?;
            return Some(Stamp {
                wall_us: s.wall_us + day,
                ..s
            });
        }
        b[..date.len()].copy_from_slice(date);
        b[date.len()] = b'T';
        let end = date.len() + 1 + time.len();
        b[date.len() + 1..end].copy_from_slice(time);
        utc(&b[..end])
    }
}

/// The columns of one line. Empty where absent or `-`.
#[derive(Default)]
struct W3cRow<'a> {
    date: &'a [u8],
    time: &'a [u8],
    method: &'a [u8],
    path: &'a [u8],
    client: &'a [u8],
    agent: &'a [u8],
    host: &'a [u8],
    computer: &'a [u8],
    reason: &'a [u8],
    id: &'a [u8],
    substatus: &'a [u8],
    win32: &'a [u8],
    status: Option<u16>,
    taken_us: Option<i64>,
    bytes: u64,
}

impl<'a> W3cRow<'a> {
    fn take(&mut self, column: W3cColumn, value: &'a [u8]) {
        if value == b"-" {
            return;
        }
        let slot = match column {
            W3cColumn::Date => &mut self.date,
            W3cColumn::Time => &mut self.time,
            W3cColumn::Method => &mut self.method,
            W3cColumn::Path => &mut self.path,
            W3cColumn::Client => &mut self.client,
            W3cColumn::Agent => &mut self.agent,
            // of several the last: CloudFront has its own name first, that of the site later
            W3cColumn::Host => &mut self.host,
            W3cColumn::Computer => &mut self.computer,
            W3cColumn::Reason => &mut self.reason,
            W3cColumn::Id => &mut self.id,
            W3cColumn::Substatus => &mut self.substatus,
            W3cColumn::Win32 => &mut self.win32,
            W3cColumn::Status => {
                self.status = leaf::status(value);
                return;
            }
            W3cColumn::Taken => {
                // IIS writes milliseconds, CloudFront seconds with a fraction
                let unit = if value.contains(&b'.') {
                    Unit::Second
                } else {
                    Unit::Milli
                };
                self.taken_us = leaf::decimal_us(value, unit);
                return;
            }
            W3cColumn::Bytes => {
                self.bytes = leaf::uint(value).unwrap_or(0);
                return;
            }
            W3cColumn::Other => return,
        };
        *slot = value;
    }

    fn into_record(self, stamp: Stamp) -> Record<'a> {
        let body = match self.status {
            Some(status) => Body::Request(Request {
                status,
                method: self.method,
                path: self.path,
                bytes: self.bytes,
                latency_us: self.taken_us.unwrap_or(-1),
                client: self.client,
                agent: self.agent,
                id: self.id,
                message: self.why(status),
                ..Request::default()
            }),
            // http.sys: a connection that was refused or dropped before there was a request
            None => Body::Message(Message::new(Level::Warn, self.reason)),
        };
        let name = |b: &'a [u8]| (!b.is_empty()).then_some(Cow::Borrowed(b));
        Record {
            host: name(self.computer),
            service: name(leaf::without_port(self.host)),
            ..Record::new(Some(stamp), body)
        }
    }

    /// Why it failed: the reason of http.sys, or the substatus and system error of IIS.
    fn why(&self, status: u16) -> Option<Message<'a>> {
        if status < 500 {
            return None;
        }
        if !self.reason.is_empty() {
            return Some(Message::new(Level::Error, self.reason));
        }
        if matches!(self.substatus, b"" | b"0") && matches!(self.win32, b"" | b"0") {
            return None;
        }
        let lossy = |b| String::from_utf8_lossy(b).into_owned();
        let text = format!(
            "HTTP {status}.{} win32 status {}",
            lossy(self.substatus),
            lossy(self.win32)
        );
        Some(Message::new(Level::Error, text.into_bytes()))
    }
}

pub mod headless;
