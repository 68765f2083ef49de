//! The error log of MySQL before 5.7: `261120  6:37:47 [Note] text`. The date is year, month and day of two digits each, the hour
//! may be padded with a blank, no zone is told. Newer logs are of the generic text format.

use crate::format::leaf::{
    Leaf, Parser, alt, before_near, multispace0, peek, preceded, rest, tag, take, take_while_m_n,
    terminated, value,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Error log of old MySQL servers.
pub struct MysqlOld;

impl Format for MysqlOld {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "MySQL 5 error",
            "error log of MySQL before 5.7 and old MariaDB: yymmdd hh:mm:ss [Level] text",
        )
        .heads()
        .begins(b"0-9", Signs::TIMED)
        .sample("261120  6:37:47 [Note] mysqld: ready for connections.")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let level = preceded(tag("["), before_near(b']', 12)).map_opt(Level::from_word);
        // InnoDB and mysqld_safe tell no level
        let own = peek(alt((tag("InnoDB: "), tag("mysqld_safe "))));
        let level = alt((terminated(level, multispace0), value(Level::Info, own)));
        let (_, (stamp, level, text)) = (time, level, rest).parse(line).ok()?;
        let mut r = Record::new(Some(stamp), Body::Message(Message::new(level, text)));
        r.service = Some(Cow::Borrowed(b"mysql"));
        Some(r)
    }
}

/// `yymmdd hh:mm:ss `.
fn time(i: &[u8]) -> Leaf<'_, Stamp> {
    let day = take_while_m_n(6, 6, |c: u8| c.is_ascii_digit());
    (day, tag(" "), take(8usize), tag(" "))
        .map_opt(|(d, _, clock, _): (&[u8], _, &[u8], _)| {
            let mut b = *b"20yy-mm-dd hh:mm:ss";
            b[2..4].copy_from_slice(&d[..2]);
            b[5..7].copy_from_slice(&d[2..4]);
            b[8..10].copy_from_slice(&d[4..6]);
            b[11..].copy_from_slice(clock);
            let (left, stamp) = iso(&b).ok()?;
            left.is_empty().then_some(stamp)
        })
        .parse(i)
}
