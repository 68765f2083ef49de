//! The error log of MySQL before 5.7: `261120  6:37:47 [Note] text`. The date is year, month and day of two digits each, the hour
//! may be padded with a blank, no zone is told. Newer logs are of the generic text format.

use crate::format::line_features::Signs;
use crate::format::{Format, Framing};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::iso;
use memchr::memchr;
use std::borrow::Cow;

/// Error log of old MySQL servers.
pub struct MysqlOld;

impl Format for MysqlOld {
    fn name(&self) -> &str {
        "MySQL 5 error"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "error log of MySQL before 5.7 and old MariaDB: yymmdd hh:mm:ss [Level] text"
    }
    fn framing(&self) -> Framing {
        Framing::Head
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TIMED
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, rest) = stamped(line)?;
        let (level, text) = match rest.strip_prefix(b"[") {
            Some(inner) => {
                let close = memchr(b']', &inner[..inner.len().min(12)])?;
                let level = Level::from_word(&inner[..close])?;
                (level, inner[close + 1..].trim_ascii_start())
            }
            // InnoDB and mysqld_safe tell no level
            None if rest.starts_with(b"InnoDB: ") || rest.starts_with(b"mysqld_safe ") => {
                (Level::Info, rest)
            }
            None => return None,
        };
        let mut r = Record::new(Some(stamp), Body::Message(Message::new(level, text)));
        r.service = Some(Cow::Borrowed(b"mysql"));
        Some(r)
    }
    fn sample(&self) -> &str {
        "261120  6:37:47 [Note] mysqld: ready for connections."
    }
}

/// `yymmdd hh:mm:ss ` and the rest.
fn stamped(line: &[u8]) -> Option<(Stamp, &[u8])> {
    let d = line.get(..16)?;
    if !d[..6].iter().all(u8::is_ascii_digit) || d[6] != b' ' || d[15] != b' ' {
        return None;
    }
    let mut b = *b"20yy-mm-dd hh:mm:ss";
    b[2..4].copy_from_slice(&d[..2]);
    b[5..7].copy_from_slice(&d[2..4]);
    b[8..10].copy_from_slice(&d[4..6]);
    b[11..].copy_from_slice(&d[7..15]);
    let (rest, stamp) = iso(&b).ok()?;
    rest.is_empty().then(|| (stamp, &line[16..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_digit_years_and_padded_hours() {
        let r = MysqlOld.parse(MysqlOld.sample().as_bytes()).unwrap();
        // 2026-11-20 06:37:47 as wall time
        assert_eq!(r.stamp.unwrap().wall_us, 1_795_156_667_000_000);
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(m.text.as_ref(), b"mysqld: ready for connections.");
        for (line, level) in [
            ("261120 16:37:47 [ERROR] Aborting", Level::Error),
            ("261120 16:37:47 InnoDB: Starting shutdown...", Level::Info),
        ] {
            match MysqlOld.parse(line.as_bytes()).map(|r| r.body) {
                Some(Body::Message(m)) => assert_eq!(m.level, level),
                b => panic!("{line}: {b:?}"),
            }
        }
        for other in [
            "261120 16:37:47 text",
            "123456 apples [x] and",
            "269920 16:37:47 [Note] x",
            "",
        ] {
            assert!(MysqlOld.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..60, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = MysqlOld.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = MysqlOld.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
