//! Zabbix' server, proxy and agent: `  1234:20260310:130500.123 text`, the process padded with blanks, local time, no level.
//! Alerts of Zabbix come as JSON and are read by the formats of pagers.

use super::message;
use crate::format::line_features::Signs;
use crate::format::{Format, Framing};
use crate::record::{Kind, Level, Record};
use crate::time::stamp;
use std::borrow::Cow;

/// The log of Zabbix' daemons.
pub struct ZabbixServer;

impl Format for ZabbixServer {
    fn name(&self) -> &str {
        "Zabbix server"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "log of Zabbix server, proxy and agent"
    }
    fn framing(&self) -> Framing {
        Framing::Head
    }
    fn sample(&self) -> &str {
        "  1234:20260310:130500.123 database is down: reconnecting in 10 seconds"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit() || first.is_ascii_whitespace()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::COLON | Signs::NO_CLIENT
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let b = line.trim_ascii_start();
        let digits = b.iter().take(9).take_while(|c| c.is_ascii_digit()).count();
        let written = b.get(digits..)?.strip_prefix(b":")?;
        if digits == 0 || written.get(8) != Some(&b':') {
            return None;
        }
        // a date of eight digits, a clock of six
        let (rest, stamp) = stamp::compact(written).ok()?;
        let text = rest
            .strip_prefix(b" ")
            .filter(|_| written[9..15].iter().all(u8::is_ascii_digit))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;
    use proptest::prelude::*;

    #[test]
    fn a_line() {
        let r = ZabbixServer
            .parse(ZabbixServer.sample().as_bytes())
            .unwrap();
        assert_eq!(r.stamp, stamp::whole(b"2026-03-10 13:05:00.123"));
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(&*m.text, b"database is down: reconnecting in 10 seconds");
        for other in ["1234:20260310:13", "20260310:130500.123 x", "1:2:3 x", ""] {
            assert!(ZabbixServer.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(s in " {0,3}[0-9]{1,4}:[0-9]{7,9}:?[0-9:. a-z]{0,20}") {
            let _ = ZabbixServer.parse(s.as_bytes());
        }
    }
}
