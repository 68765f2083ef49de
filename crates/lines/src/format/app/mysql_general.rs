//! The general query log of MySQL and MariaDB: a time, a connection, a command, and what came with it. Statements are not read for
//! markers: `rollback` there is SQL. Old servers write the time only where the second is another one.

use super::mysql_slow::is_banner;
use crate::format::leaf::{
    Parser, alt, blank, cell, multispace0, preceded, tag, take_while_m_n, verify,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, MarkerKind, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::{compact, iso};
use std::borrow::Cow;

/// General query log of MySQL and MariaDB.
pub struct MysqlGeneral;

impl Format for MysqlGeneral {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "MySQL general log",
            "general query log of MySQL and MariaDB: which connection gave which command",
        )
        .stateful()
        .begins(b"0-9", Signs::TAB | Signs::CLOCK)
        .sample("2026-03-10T13:05:00.123456Z\t   12 Query\tselect 1")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, rest) = timed(line)?;
        Some(record(stamp, command(rest)?))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(MysqlGeneralReader::default()))
    }
}

/// The time and a tab: ISO 8601, or `260310 13:05:00` of old servers.
fn timed(line: &[u8]) -> Option<(Stamp, &[u8])> {
    let (rest, (stamp, _)) = (alt((iso, compact)), tag("\t")).parse(line).ok()?;
    Some((stamp, rest))
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
    let connection = take_while_m_n(1, 20, |c: u8| c.is_ascii_digit());
    let word = cell(b'\t').map(<[u8]>::trim_ascii_end);
    let known = verify(word, |w: &[u8]| COMMANDS.contains(&w));
    let (_, (_, word)) = (preceded(multispace0, connection), blank(known))
        .parse(b)
        .ok()?;
    Some(word)
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
struct MysqlGeneralReader {
    /// The last time.
    last: Option<Stamp>,
}

impl Reader for MysqlGeneralReader {
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
