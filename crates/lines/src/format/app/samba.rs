//! Logs of Samba: a head `[2026/03/10 13:05:00.123456,  0] ../../lib/util.c:332(read_fd)`, with the level as number behind the time, and
//! the text in indented lines below it. A record is cited at the first line of its text.

use super::message;
use crate::format::line_features::Signs;
use crate::format::{Format, Framing, Reader};
use crate::record::{Body, Kind, Level, Record};
use crate::time::Stamp;
use crate::time::stamp;
use memchr::memchr;
use std::borrow::Cow;

/// Logs of Samba.
pub struct Samba;

impl Format for Samba {
    fn name(&self) -> &str {
        "Samba"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "logs of Samba: a time, a level and a place in the code, the text below"
    }
    fn framing(&self) -> Framing {
        Framing::Stateful
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'['
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::COMMA | Signs::CLOCK | Signs::CLOSE
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, _) = head(line)?;
        Some(Record::new(Some(stamp), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Lines::default()))
    }
    fn sample(&self) -> &str {
        "[2026/03/10 13:05:00.123456,  0] ../../lib/util_sock.c:474(read_fd_with_timeout)"
    }
}

/// Time and level of a head.
fn head(line: &[u8]) -> Option<(Stamp, Level)> {
    let b = line.strip_prefix(b"[")?;
    if b.get(4) != Some(&b'/') {
        return None;
    }
    let close = memchr(b']', &b[..b.len().min(160)])?;
    let comma = memchr(b',', &b[..close])?;
    let (left, stamp) = stamp::iso(&b[..comma]).ok()?;
    let level = b[comma + 1..close].trim_ascii_start();
    let n = level.iter().take_while(|c| c.is_ascii_digit()).count();
    let level = match (&level[..n], level.get(n)) {
        (b"0", None | Some(b',')) => Level::Error,
        (b"1", None | Some(b',')) => Level::Warn,
        (b"2" | b"3" | b"4", None | Some(b',')) => Level::Info,
        ([_] | [_, _], None | Some(b',')) => Level::Debug,
        _ => return None,
    };
    // a file, a line of it and a function
    let place = b[close + 1..].strip_prefix(b" ")?;
    let shaped = place.contains(&b':') && place.contains(&b'(') && !place.contains(&b' ');
    (left.is_empty() && shaped).then_some((stamp, level))
}

/// The lines of one input.
#[derive(Default)]
struct Lines {
    /// A head whose text is still to come.
    open: Option<(Stamp, Level)>,
    /// The line before was of an entry.
    inside: bool,
}

impl Reader for Lines {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((stamp, level)) = head(line) {
            (self.open, self.inside) = (Some((stamp, level)), true);
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        if !self.inside || !line.starts_with(b"  ") {
            (self.open, self.inside) = (None, false);
            return None;
        }
        let Some((stamp, level)) = self.open.take() else {
            return Some(Record::new(None, Body::Nothing));
        };
        let mut r = Record::new(Some(stamp), message::body(level, line.trim_ascii()));
        r.service = Some(Cow::Borrowed(b"samba"));
        Some(r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_below_its_head() {
        let mut lines = Lines::default();
        assert!(lines.read(b"  no entry").is_none());
        for (head, level) in [
            (Samba.sample(), Level::Error),
            (
                "[2026/03/10 13:05:00.123456,  1, pid=9, effective(0, 0), real(0, 0)] ../lib/x.c:1(y)",
                Level::Warn,
            ),
            ("[2026/03/10 13:05:00.123456,  3] lib/x.c:1(y)", Level::Info),
            (
                "[2026/03/10 13:05:00.123456, 10] lib/x.c:1(y)",
                Level::Debug,
            ),
        ] {
            let r = lines.read(head.as_bytes()).unwrap();
            assert_eq!(r.stamp, stamp::whole(b"2026-03-10 13:05:00.123456"));
            let r = lines.read(b"  read_fd: connection reset").unwrap();
            assert_eq!(r.stamp, stamp::whole(b"2026-03-10 13:05:00.123456"));
            let Body::Message(m) = r.body else { panic!() };
            assert_eq!(
                (m.level, &*m.text),
                (level, &b"read_fd: connection reset"[..])
            );
        }
        assert!(matches!(
            lines.read(b"  more").map(|r| r.body),
            Some(Body::Nothing)
        ));
        assert!(lines.read(b"not of it").is_none());
        assert!(lines.read(b"  nor this").is_none());
    }

    #[test]
    fn heads_of_others() {
        for line in [
            "[2026/03/10 13:05:00] ERROR x",
            "[2026/03/10 13:05:00, x] lib/x.c:1(y)",
            "[2026/03/10 13:05:00, 100] lib/x.c:1(y)",
            "[2026/03/10 13:05:00,  0] some text",
            "[2026-03-10 13:05:00,  0] lib/x.c:1(y)",
            "[",
            "",
        ] {
            assert!(Samba.parse(line.as_bytes()).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(lines in proptest::collection::vec("(\\[2026/03/10 13:05:00,|  )?[0-9a-z,é:() \\]]{0,30}", 0..6)) {
            let mut reader = Lines::default();
            for l in &lines {
                let _ = reader.read(l.as_bytes());
            }
        }
    }
}
