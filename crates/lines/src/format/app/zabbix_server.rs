//! Zabbix' server, proxy and agent: `  1234:20260310:130500.123 text`, the process padded with blanks, local time, no level.
//! Alerts of Zabbix come as JSON and are read by the formats of pagers.

use super::message;
use crate::format::leaf::{
    Parser, blank, digit1, multispace0, peek, preceded, rest, tag, take_while_m_n,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Level, Record};
use crate::time::stamp::compact;
use std::borrow::Cow;

/// The log of Zabbix' daemons.
pub struct ZabbixServer;

impl Format for ZabbixServer {
    fn meta(&self) -> Meta<'_> {
        Meta::app("Zabbix server", "log of Zabbix server, proxy and agent")
            .heads()
            .begins(b"\t\n\x0c\r 0-9", Signs::COLON | Signs::NO_CLIENT)
            .sample("  1234:20260310:130500.123 database is down: reconnecting in 10 seconds")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // a date of eight digits, a clock of six
        let digits = |n| take_while_m_n(n, n, |c: u8| c.is_ascii_digit());
        let time = preceded(peek((digits(8), tag(":"), digits(6))), compact);
        let process = (multispace0, digit1, tag(":"));
        let (_, (stamp, text)) = (preceded(process, time), blank(rest)).parse(line).ok()?;
        let level = match text {
            [b'[', b'Z', b'3', ..] => Level::Error,
            _ if text.starts_with(b"error") => Level::Error,
            _ => Level::Info,
        };
        let mut r = Record::new(Some(stamp), message::body(level, text));
        r.service = Some(Cow::Borrowed(b"zabbix"));
        Some(r)
    }
}
