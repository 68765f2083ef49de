//! The slow query log of MySQL and MariaDB: `# Time:` (left out within a second), `# User@Host:`, `# Query_time:`, `use …;` and
//! `SET timestamp=…;` where they are needed, then the statement. A record is cited at its statement, whose words are not read for markers: `rollback` there is SQL.

use crate::format::leaf::find;
use crate::format::{Reader, leaf};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp::any_shape;
use crate::time::{Precision, SECOND, Stamp};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    heads(line).then(|| Record::new(None, Body::Nothing))
}

/// Whether a line stands in the head of an entry.
fn heads(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"# ") else {
        return false;
    };
    rest.starts_with(b"User@Host: ")
        || rest.starts_with(b"Query_time: ")
        || rest.starts_with(b"Thread_id: ")
        || rest.starts_with(b"Rows_affected: ")
        || (rest.starts_with(b"Time: ") && rest.get(6).is_some_and(u8::is_ascii_digit))
}

/// The next line of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    /// Not inside an entry.
    #[default]
    Head,
    /// The rest of the head, `use …;` and `SET timestamp=…;`.
    Times,
    /// More of the statement.
    More,
}

/// The lines of one input.
#[derive(Clone, Default)]
pub(in crate::format) struct MysqlSlowReader {
    next: Next,
    /// `# Time:` of the entry where it shows its zone.
    zoned: Option<Stamp>,
    /// `SET timestamp`.
    epoch: Option<Stamp>,
    /// The last `# Time:`, for entries that have nothing else: it is left out within a second.
    last: Option<Stamp>,
    /// `# Query_time: …` without its mark.
    cost: Vec<u8>,
}

impl Reader for MysqlSlowReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let nothing = Some(Record::new(None, Body::Nothing));
        if heads(line) {
            self.head(&line[2..]);
            return nothing;
        }
        if is_banner(line) {
            self.next = Next::Head;
            return nothing;
        }
        if self.next != Next::Times {
            return nothing.filter(|_| self.next == Next::More);
        }
        if let Some(settings) = line.strip_prefix(b"SET ")
            && let Some(at) = find(settings, b"timestamp=")
        {
            self.epoch = epoch(&settings[at + 10..]);
            return nothing;
        }
        // the schema, and Percona's further lines of costs; what the client asks beside statements is a comment too
        let comment = line.starts_with(b"#") && !line.starts_with(b"# administrator command");
        if comment || line.starts_with(b"use ") || line.is_empty() {
            return nothing;
        }
        self.next = Next::More;
        let m = Message::new(Level::Warn, [b"slow query: ", &self.cost[..]].concat());
        let stamp = self.zoned.or(self.epoch).or(self.last);
        Some(Record::new(stamp, Body::Message(m)).of_service(Some(b"mysql")))
    }
}

impl MysqlSlowReader {
    fn head(&mut self, rest: &[u8]) {
        if self.next != Next::Times {
            (self.zoned, self.epoch) = (None, None);
            self.next = Next::Times;
        }
        if let Some(t) = rest.strip_prefix(b"Time: ") {
            let time = any_shape(t).ok().map(|(_, s)| s);
            self.zoned = time.filter(|s| s.offset_min.is_some());
            self.last = time;
        }
        if rest.starts_with(b"Query_time: ") {
            self.cost = rest[..rest.len().min(200)].to_vec();
        }
    }
}

/// `1795156668;`, also with a fraction.
fn epoch(b: &[u8]) -> Option<Stamp> {
    let n = b.iter().take_while(|c| c.is_ascii_digit()).count();
    let seconds = i64::try_from(leaf::uint(&b[..n])?).ok()?;
    (seconds < 1 << 33).then(|| Stamp::utc(seconds * SECOND, Precision::Second))
}

/// What the server writes when it opens the log.
pub(super) fn is_banner(line: &[u8]) -> bool {
    (find(line, b", Version: ").is_some() && line.ends_with(b"started with:"))
        || line.starts_with(b"Tcp port: ")
        || line.starts_with(b"TCP Port: ")
        || line.starts_with(b"Time                 Id Command    Argument")
        || line.starts_with(b"Time\t\t    Id Command\tArgument")
}
