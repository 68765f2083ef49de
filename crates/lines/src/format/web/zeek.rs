//! Zeek's logs as tables: a header in lines with `#` names the columns, tabs lie between the values. Of `http.log` every row is a
//! request as the network showed it; rows of other logs are messages.

use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{At, Body, Level, Message, Record, Request};
use crate::time::Stamp;
use crate::time::stamp;
use std::borrow::Cow;

/// Logs of Zeek (formerly Bro) in their own table form.
pub struct Zeek;

impl Format for Zeek {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "Zeek",
            "tables of Zeek (Bro): http.log as requests, other logs as messages",
        )
        .stateful()
        .begins(b"#", Signs::NONE)
        .sample("#separator \\x09")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        header(line).map(|_| Record::new(None, Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(ZeekReader::default()))
    }
}

/// A header line: its name, and what is behind the mark.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const NAMES: [&[u8]; 8] = [
        b"set_separator",
        b"empty_field",
        b"unset_field",
        b"path",
        b"open",
        b"close",
        b"fields",
        b"types",
    ];
    let rest = line.strip_prefix(b"#")?;
    if rest == b"separator \\x09" {
        return Some((&rest[..9], b""));
    }
    let n = memchr::memchr(b'\t', &rest[..rest.len().min(16)])?;
    let name = &rest[..n];
    NAMES.contains(&name).then_some((name, &rest[n + 1..]))
}

/// Columns that are read, in the order of [`ZeekReader::places`].
const COLUMNS: [&[u8]; 8] = [
    b"ts",
    b"id.orig_h",
    b"method",
    b"host",
    b"uri",
    b"status_code",
    b"response_body_len",
    b"user_agent",
];

/// Columns of one table at most.
const MOST: usize = 256;

/// The lines of one input.
#[derive(Default)]
struct ZeekReader {
    /// Which column each of [`COLUMNS`] is, and how many there are.
    places: [Option<usize>; COLUMNS.len()],
    columns: usize,
    /// The kind of log.
    path: Vec<u8>,
}

impl Reader for ZeekReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let Some((name, value)) = header(line) else {
            return self.row(line);
        };
        match name {
            b"separator" => *self = ZeekReader::default(),
            b"path" => self.path = value[..value.len().min(64)].to_vec(),
            b"fields" => {
                let names: Vec<&[u8]> = value.split(|c| *c == b'\t').take(MOST).collect();
                self.columns = names.len();
                self.places = COLUMNS.map(|c| names.iter().position(|n| *n == c));
            }
            _ => {}
        }
        Some(Record::new(None, Body::Nothing))
    }
}

impl ZeekReader {
    fn row<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if self.columns == 0 || line.first() == Some(&b'#') {
            return None;
        }
        let mut values = [&b""[..]; COLUMNS.len()];
        let mut seen = 0;
        for (n, v) in line.split(|c| *c == b'\t').take(MOST + 1).enumerate() {
            seen = n + 1;
            if let Some(at) = self.places.iter().position(|p| *p == Some(n))
                && v != b"-"
                && v != b"(empty)"
            {
                values[at] = v;
            }
        }
        let [time, client, method, host, path, status, bytes, agent] = values;
        let stamp = seconds(time).filter(|_| seen == self.columns)?;
        if self.path != b"http" {
            let m = Message {
                text: Cow::Owned([&self.path, &b": "[..], &line[time.len()..]].concat()),
                ..Message::new(Level::Info, b"")
            };
            return Some(Record::new(Some(stamp), Body::Message(m)));
        }
        let r = Request {
            // none where no answer was seen
            status: leaf::status(status).unwrap_or(0),
            method,
            path,
            bytes: leaf::uint(bytes).unwrap_or(0),
            latency_us: -1,
            client,
            agent,
            ..Request::default()
        };
        let mut record = Record::new(Some(stamp), Body::Request(r));
        record.stamped = At::Start;
        record.service = (!host.is_empty()).then(|| Cow::Borrowed(leaf::without_port(host)));
        Some(record)
    }
}

/// Seconds since 1970 with a fraction.
fn seconds(b: &[u8]) -> Option<Stamp> {
    let (rest, s) = stamp::epoch(b).ok()?;
    rest.is_empty().then_some(s)
}
