//! The general query log of MySQL and MariaDB: a time, a connection, a command, and what came with it. Statements are not read for
//! markers: `rollback` there is SQL. Old servers write the time only where the second is another one.

use super::mysql_slow::is_banner;
use crate::format::line_features::Signs;
use crate::format::{Format, Framing, Reader};
use crate::record::{Body, Kind, Level, MarkerKind, Message, Record};
use crate::time::Stamp;
use crate::time::stamp;
use std::borrow::Cow;

/// General query log of MySQL and MariaDB.
pub struct MysqlGeneral;

impl Format for MysqlGeneral {
    fn name(&self) -> &str {
        "MySQL general log"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "general query log of MySQL and MariaDB: which connection gave which command"
    }
    fn framing(&self) -> Framing {
        Framing::Stateful
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TAB | Signs::CLOCK
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, rest) = timed(line)?;
        Some(record(stamp, command(rest)?))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Lines::default()))
    }
    fn sample(&self) -> &str {
        "2026-03-10T13:05:00.123456Z\t   12 Query\tselect 1"
    }
}

/// The time and a tab: ISO 8601, or `260310 13:05:00` of old servers.
fn timed(line: &[u8]) -> Option<(Stamp, &[u8])> {
    let tab = memchr::memchr(b'\t', &line[..line.len().min(40)])?;
    let (written, rest) = (&line[..tab], &line[tab + 1..]);
    let (left, stamp) = stamp::iso(written)
        .or_else(|_| stamp::compact(written))
        .ok()?;
    left.is_empty().then_some((stamp, rest))
}

const COMMANDS: [&[u8]; 29] = [
    b"Query",
    b"Connect",
    b"Quit",
    b"Init DB",
    b"Field List",
    b"Prepare",
    b"Execute",
    b"Close stmt",
    b"Reset stmt",
    b"Long Data",
    b"Fetch",
    b"Ping",
    b"Statistics",
    b"Shutdown",
    b"Sleep",
    b"Create DB",
    b"Drop DB",
    b"Refresh",
    b"Processlist",
    b"Kill",
    b"Debug",
    b"Change user",
    b"Binlog Dump",
    b"Binlog Dump GTID",
    b"Register Slave",
    b"Set option",
    b"Reset Connection",
    b"Daemon",
    b"Connect Out",
];

/// The command behind the number of its connection: `   12 Query\tselect 1`.
fn command(b: &[u8]) -> Option<&[u8]> {
    let b = b.trim_ascii_start();
    let n = b.iter().take_while(|c| c.is_ascii_digit()).count();
    let rest = b[n..]
        .strip_prefix(b" ")
        .filter(|_| (1..=20).contains(&n))?;
    let end = memchr::memchr(b'\t', rest).unwrap_or(rest.len());
    let word = rest[..end].trim_ascii_end();
    COMMANDS.contains(&word).then_some(word)
}

fn record(stamp: Stamp, command: &[u8]) -> Record<'_> {
    let mut m = Message::new(Level::Info, command);
    // the server is told to stop
    m.states = (command == b"Shutdown").then_some(MarkerKind::ServiceStop);
    let mut r = Record::new(Some(stamp), Body::Message(m));
    r.service = Some(Cow::Borrowed(b"mysql"));
    r
}

/// The lines of one input.
#[derive(Default)]
struct Lines {
    /// The last time.
    last: Option<Stamp>,
}

impl Reader for Lines {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((stamp, rest)) = timed(line) {
            let r = record(stamp, command(rest)?);
            self.last = Some(stamp);
            return Some(r);
        }
        if is_banner(line) {
            return Some(Record::new(None, Body::Nothing));
        }
        let rest = line.strip_prefix(b"\t\t")?;
        Some(record(self.last?, command(rest)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn new_and_old_servers() {
        let mut lines = Lines::default();
        let mut read = |line: &str| {
            let r = lines.read(line.as_bytes())?;
            let at = r.stamp?;
            let Body::Message(m) = r.body else {
                return None;
            };
            Some((at, String::from_utf8_lossy(&m.text).into_owned(), m.states))
        };
        let at = stamp::whole(b"2026-03-10T13:05:00.123456Z").unwrap();
        assert_eq!(read("\t\t   12 Quit\t"), None);
        assert_eq!(
            read(MysqlGeneral.sample()),
            Some((at, "Query".into(), None))
        );
        assert_eq!(
            read("2026-03-10T13:05:00.123456Z\t   12 Init DB\tshop"),
            Some((at, "Init DB".into(), None))
        );
        let old = stamp::whole(b"2026-03-10 13:05:00").unwrap();
        assert_eq!(
            read("260310 13:05:00\t   12 Query\trollback"),
            Some((old, "Query".into(), None))
        );
        assert_eq!(read("\t\t   12 Quit\t"), Some((old, "Quit".into(), None)));
        assert_eq!(
            read("260310 13:05:01\t   12 Shutdown\t").map(|r| r.2),
            Some(Some(MarkerKind::ServiceStop))
        );
        assert!(
            lines
                .read(b"mysqld, Version: 8.0.43. started with:")
                .is_some()
        );
        for other in [
            "2026-03-10T13:05:00.123456Z\t12 Fetches\tx",
            "2026-03-10T13:05:00Z 12 Query\tx",
            "\t\tx",
            "",
        ] {
            assert!(MysqlGeneral.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(lines in proptest::collection::vec("(260310 13:05:00\t|\t\t)?[ 0-9]{0,6}(Query|Quit)?[a-zé\t ]{0,20}", 0..6)) {
            let mut reader = Lines::default();
            for l in &lines {
                let _ = reader.read(l.as_bytes());
            }
        }
    }
}
