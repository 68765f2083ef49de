//! Logs of CUPS: `error_log` with the level as a letter in front of the time, `page_log` with printer, user and job in front of it.

use super::message;
use crate::format::Format;
use crate::format::line_features::Signs;
use crate::record::{Kind, Level, Record};
use crate::time::Stamp;
use crate::time::stamp;
use memchr::memchr;
use std::borrow::Cow;

/// Logs of CUPS.
pub struct Cups;

impl Format for Cups {
    fn name(&self) -> &str {
        "CUPS"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "error_log and page_log of the printing system CUPS"
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::OPEN | Signs::CLOSE | Signs::CLOCK | Signs::PATH
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.get(1) == Some(&b' ') {
            return error(line);
        }
        page(line)
    }
    fn sample(&self) -> &str {
        "E [10/Mar/2026:13:05:00 +0100] [Job 12] Unable to open print file"
    }
}

/// The time in its bracket, and what follows.
fn bracketed(b: &[u8]) -> Option<(Stamp, &[u8])> {
    let (rest, stamp) = stamp::clf(b.strip_prefix(b"[")?).ok()?;
    Some((stamp, rest.strip_prefix(b"] ")?))
}

fn record(stamp: Stamp, level: Level, text: &[u8]) -> Record<'_> {
    let mut r = Record::new(Some(stamp), message::body(level, text));
    r.service = Some(Cow::Borrowed(b"cups"));
    r
}

/// `E [10/Mar/2026:13:05:00 +0100] text`.
fn error(line: &[u8]) -> Option<Record<'_>> {
    let level = match line.first()? {
        b'X' | b'A' | b'C' => Level::Fatal,
        b'E' => Level::Error,
        b'W' => Level::Warn,
        b'N' | b'I' => Level::Info,
        b'D' | b'd' => Level::Debug,
        _ => return None,
    };
    let (stamp, text) = bracketed(&line[2..])?;
    Some(record(stamp, level, text))
}

/// `printer ops 12 [10/Mar/2026:13:05:00 +0100] 1 2 - localhost report.pdf - -`, or `total 3` for page and copies; old ones have
/// the job in front of the user.
fn page(line: &[u8]) -> Option<Record<'_>> {
    let open = memchr(b'[', &line[..line.len().min(200)])?;
    let front = line[..open].strip_suffix(b" ")?;
    let mut words = front.split(|c| *c == b' ');
    let (printer, a, b) = (words.next()?, words.next()?, words.next()?);
    let digits = |w: &[u8]| !w.is_empty() && w.iter().all(u8::is_ascii_digit);
    let job = digits(a) || digits(b);
    if words.next().is_some() || !job || printer.is_empty() || a == b"-" || b == b"-" {
        return None;
    }
    let (stamp, rest) = bracketed(&line[open..])?;
    let mut words = rest.split(|c| *c == b' ');
    let (first, second) = (words.next()?, words.next()?);
    let pages = (first == b"total" || digits(first)) && digits(second);
    (pages && words.next().is_some()).then(|| record(stamp, Level::Info, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;
    use proptest::prelude::*;

    #[test]
    fn errors_and_pages() {
        for (line, level, text) in [
            (
                Cups.sample(),
                Level::Error,
                "[Job 12] Unable to open print file",
            ),
            ("W [10/Mar/2026:13:05:00 +0100] slow", Level::Warn, "slow"),
            (
                "d [10/Mar/2026:13:05:00 +0100] cupsdSetBusyState: x",
                Level::Debug,
                "cupsdSetBusyState: x",
            ),
            (
                "laser ops 12 [10/Mar/2026:13:05:00 +0100] total 3 - localhost report.pdf - -",
                Level::Info,
                "total 3 - localhost report.pdf - -",
            ),
            (
                "laser 12 ops [10/Mar/2026:13:05:00 +0100] 1 1 - localhost",
                Level::Info,
                "1 1 - localhost",
            ),
        ] {
            let r = Cups
                .parse(line.as_bytes())
                .unwrap_or_else(|| panic!("{line}"));
            assert_eq!(r.stamp, stamp::whole(b"2026-03-10T13:05:00+01:00"));
            let Body::Message(m) = r.body else {
                panic!("{line}")
            };
            assert_eq!((m.level, &*m.text), (level, text.as_bytes()), "{line}");
        }
        for other in [
            r#"203.0.113.7 - - [10/Mar/2026:13:05:00 +0100] "GET / HTTP/1.1" 200 5"#,
            r#"a ops 12 [10/Mar/2026:13:05:00 +0100] "GET / HTTP/1.1" 200 5"#,
            "a b 12 [10/Mar/2026:13:05:00 +0100] 200 5",
            "Q [10/Mar/2026:13:05:00 +0100] text",
            "E [10/Mar/2026]",
            "E ",
            "",
        ] {
            assert!(Cups.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(s in "(E |a b 1 )?\\[?(10/Mar/2026:13:05:00 \\+0100\\] )?[a-z0-9é \\[]{0,30}") {
            let _ = Cups.parse(s.as_bytes());
        }
    }
}
