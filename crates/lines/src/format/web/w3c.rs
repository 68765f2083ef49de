//! W3C extended logs: IIS, HTTPERR (http.sys), CloudFront and others. A `#Fields:` header names the columns and may come again
//! with other columns in the middle of a file; where it carries a later `#Date:` the writer started anew.

use crate::format::Reader;
use crate::format::leaf::{self, Unit, find, quoted};
use crate::record::{Body, Level, MarkerKind, Message, Notice, Record, Request};
use crate::table::{byte_phrases, phrases};
use crate::time::stamp::iso;
use crate::time::{DAY, HOUR, MINUTE, Stamp};
use memchr::memchr;

/// Whether a line begins a record.
pub fn is_head(line: &[u8]) -> bool {
    header(line).is_some() || begins_with_a_time(line)
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    header(line).map(|_| Record::new(None, Body::Nothing))
}

/// What a column holds.
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
}

/// What columns are called, in the order of what they hold.
const NAMES: [&str; 15] = phrases(
    "date date-local|time time-local|cs-method|cs-uri-stem cs-uri|c-ip X-Forwarded-For cs(X-Forwarded-For)|cs(User-Agent)|sc-status|sc-substatus|sc-win32-status|\
    time-taken TimeTakenMS|sc-bytes|cs-host cs(Host) x-host-header|s-computername|s-reason|x-edge-request-id",
);

const _: () = assert!(W3cColumn::Id as usize + 1 == NAMES.len());

/// The place of a column in [`NAMES`]; columns that nobody reads have none.
fn column(name: &[u8]) -> Option<usize> {
    let called = |names: &&str| names.split(' ').any(|n| n.as_bytes() == name);
    NAMES.iter().position(called)
}

/// What headers are called.
const HEADERS: [&[u8]; 10] = byte_phrases(
    "Fields|Software|Version|Date|Start-Date|End-Date|Remark|GMT-Offset|System|Time Format",
);

/// A header line: its name and value.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let header = line.strip_prefix(b"#")?;
    let (name, value) = header.split_at(memchr(b':', header)?);
    HEADERS.contains(&name).then_some(())?;
    Some((name, value[1..].trim_ascii()))
}

/// `YYYY-MM-DD` and a blank or tab.
fn begins_with_a_time(line: &[u8]) -> bool {
    matches!(line, [a, _, _, _, b'-', _, _, b'-', _, _, b' ' | b'\t', h, ..] if a.is_ascii_digit() && h.is_ascii_digit())
}

/// The lines of one input.
#[derive(Clone, Default)]
pub(in crate::format) struct W3cReader {
    columns: Vec<Option<usize>>,
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
        let (row, seen) = W3cRow::of_line(line, gap, &self.columns, false)?;
        // a line that was cut off has fewer
        if seen < self.columns.len() && row.status().is_none() {
            return None;
        }
        let mut stamp = row.stamp(self.dated)?;
        if self.local {
            stamp.offset_min = None;
        }
        self.last = Some(stamp);
        Some(row.into_record(stamp))
    }
}

/// The columns of one line. Empty where absent or `-`.
#[derive(Default)]
struct W3cRow<'a>([&'a [u8]; NAMES.len()]);

impl<'a> W3cRow<'a> {
    /// The columns of a line, and how many there are; `None` where these are more than known ones, unless they may be.
    fn of_line(
        line: &'a [u8],
        gap: u8,
        columns: &[Option<usize>],
        open: bool,
    ) -> Option<(Self, usize)> {
        let (mut row, mut seen, mut rest) = (W3cRow::default(), 0, Some(line));
        while let Some(b) = rest {
            let value;
            (value, rest) = next_value(b, gap);
            match columns.get(seen) {
                Some(c) => row.take(*c, value),
                None if open => {}
                None => return None,
            }
            seen += 1;
        }
        Some((row, seen))
    }

    /// Of several the last counts: CloudFront has its own name first, that of the site later; a server behind a proxy has the proxy's
    /// address first, and that of the client in a column of the site's own.
    fn take(&mut self, column: Option<usize>, value: &'a [u8]) {
        if let Some(n) = column.filter(|_| value != b"-") {
            self.0[n] = value;
        }
    }

    fn of(&self, column: W3cColumn) -> &'a [u8] {
        self.0[column as usize]
    }

    /// Its time; `dated` is what says the day where it has no column for it.
    fn stamp(&self, dated: Option<Stamp>) -> Option<Stamp> {
        let (date, time) = (self.of(W3cColumn::Date), self.of(W3cColumn::Time));
        if time.len() > 16 || date.len() > 10 {
            return None;
        }
        let mut b = [0; 28];
        if date.is_empty() {
            let day = dated?.wall_us.div_euclid(DAY) * DAY;
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

    fn status(&self) -> Option<u16> {
        leaf::status(self.of(W3cColumn::Status))
    }

    /// IIS writes milliseconds, CloudFront seconds with a fraction.
    fn taken_us(&self) -> Option<i64> {
        let taken = self.of(W3cColumn::Taken);
        let unit = match taken.contains(&b'.') {
            true => Unit::Second,
            false => Unit::Milli,
        };
        leaf::decimal_us(taken, unit)
    }

    fn into_record(self, stamp: Stamp) -> Record<'a> {
        let body = match self.status() {
            Some(status) => Body::Request(Request {
                status,
                method: self.of(W3cColumn::Method),
                path: self.of(W3cColumn::Path),
                bytes: leaf::uint(self.of(W3cColumn::Bytes)).unwrap_or(0),
                latency_us: self.taken_us().unwrap_or(-1),
                client: leaf::list(self.of(W3cColumn::Client))
                    .next()
                    .unwrap_or_default(),
                agent: self.of(W3cColumn::Agent),
                id: self.of(W3cColumn::Id),
                message: self.why(status),
                ..Request::default()
            }),
            // http.sys: a connection that was refused or dropped before there was a request
            None => Body::Message(Message::new(Level::Warn, self.of(W3cColumn::Reason))),
        };
        let name = |b: &'a [u8]| Some(b).filter(|b| !b.is_empty());
        Record::new(Some(stamp), body)
            .at_host(name(self.of(W3cColumn::Computer)))
            .of_service(name(leaf::without_port(self.of(W3cColumn::Host))))
    }

    /// Why it failed: the reason of http.sys, or the substatus and system error of IIS.
    fn why(&self, status: u16) -> Option<Message<'a>> {
        if status < 500 {
            return None;
        }
        let reason = self.of(W3cColumn::Reason);
        if !reason.is_empty() {
            return Some(Message::new(Level::Error, reason));
        }
        let numbers = [W3cColumn::Substatus, W3cColumn::Win32].map(|c| self.of(c));
        if numbers.iter().all(|n| matches!(*n, b"" | b"0")) {
            return None;
        }
        let [substatus, win32] = numbers.map(String::from_utf8_lossy);
        let text = format!("HTTP {status}.{substatus} win32 status {win32}");
        Some(Message::new(Level::Error, text.into_bytes()))
    }
}

pub mod headless;
