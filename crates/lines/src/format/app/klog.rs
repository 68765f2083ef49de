//! klog and glog (Kubernetes and other Go and C++ programs): `E0310 13:05:00.000001       1 file.go:88] text`, month and day glued
//! to the level, no year and no zone; newer glog has the year too (`E20260310 …`), CockroachDB two digits of it and no bracket.

use crate::format::line_features::Signs;
use crate::format::{Format, Framing};
use crate::record::{Body, Kind, Level, MarkerKind, Message, Record};
use crate::time::{Stamp, stamp};
use memchr::{memchr, memmem};

/// The log of klog and glog.
pub struct Klog;

/// `0310 13:05:00.000001` as a year-less stamp, and the rest.
fn stamped(b: &[u8]) -> Option<(Stamp, &[u8])> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let d = b.get(..20)?;
    if d[4] != b' ' || d[13] != b'.' || !d[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let month = usize::from(d[0] - b'0') * 10 + usize::from(d[1] - b'0');
    let name = MONTHS.get(month.checked_sub(1)? * 3..month * 3)?;
    let mut written = *b"Mmm dd hh:mm:ss.ffffff";
    written[..3].copy_from_slice(name);
    written[4..6].copy_from_slice(&d[2..4]);
    written[7..].copy_from_slice(&d[5..20]);
    let (rest, s) = stamp::syslog(&written).ok()?;
    rest.is_empty().then_some((s, &b[20..]))
}

/// `20260310 13:05:00.000001` or `260310 13:05:00.000001`, and the rest.
fn with_year(b: &[u8]) -> Option<(Stamp, &[u8])> {
    let digits = b.iter().take(9).take_while(|c| c.is_ascii_digit()).count();
    if !matches!(digits, 6 | 8) || b.get(digits + 9) != Some(&b'.') {
        return None;
    }
    let (rest, s) = stamp::compact(b).ok()?;
    rest.starts_with(b" ").then_some((s, rest))
}

/// The text behind process, file and bracket; CockroachDB has a mark instead of the bracket, and a counter behind it.
fn text(rest: &[u8]) -> Option<&[u8]> {
    let near = &rest[..rest.len().min(160)];
    if let Some(at) = memmem::find(near, b" \xe2\x8b\xae ") {
        return Some(&rest[at + 5..]);
    }
    let end = memchr(b']', near)?;
    Some(rest[end + 1..].trim_ascii_start())
}

impl Format for Klog {
    fn name(&self) -> &str {
        "klog"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "klog and glog (Kubernetes components)"
    }
    fn framing(&self) -> Framing {
        Framing::Head
    }
    fn sample(&self) -> &str {
        "E1120 06:33:21.000001       1 reconciler.go:88] \"Sync failed\" err=\"connection refused\""
    }

    fn may_begin(&self, first: u8) -> bool {
        matches!(first, b'I' | b'W' | b'E' | b'F')
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::CLOCK
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let level = match line.first()? {
            b'I' => Level::Info,
            b'W' => Level::Warn,
            b'E' => Level::Error,
            b'F' => Level::Fatal,
            _ => return None,
        };
        let (s, rest) = stamped(&line[1..]).or_else(|| with_year(&line[1..]))?;
        let text = text(rest)?;
        let mut m = Message::new(level, text);
        // a process that writes this ends at once
        m.states = (level == Level::Fatal).then_some(MarkerKind::Crash);
        Some(Record::new(Some(s), Body::Message(m)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Dated;

    #[test]
    fn a_line() {
        let r = Klog
            .parse(b"E0310 13:05:00.100000       1 reconciler.go:88] \"Sync failed\" err=\"x\"")
            .unwrap();
        let s = r.stamp.unwrap();
        assert_eq!((s.dated, s.offset_min), (Dated::NoYear, None));
        let leap = crate::time::days_from_civil(1972, 3, 10) * crate::time::DAY;
        assert_eq!(s.wall_us - leap, (13 * 3600 + 300) * 1_000_000 + 100_000);
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(
            (m.level, &*m.text),
            (Level::Error, &b"\"Sync failed\" err=\"x\""[..])
        );
        for (line, said) in [
            (
                "E20260310 13:05:00.123456 1234 file.cc:88] connection refused",
                "connection refused",
            ),
            (
                "W260310 13:05:00.123456 1 server/config.go:123 ⋮ [n1] 7  slow disk",
                "[n1] 7  slow disk",
            ),
        ] {
            let r = Klog.parse(line.as_bytes()).unwrap();
            assert_eq!(r.stamp, stamp::whole(b"2026-03-10 13:05:00.123456"));
            let Body::Message(m) = r.body else { panic!() };
            assert_eq!(&*m.text, said.as_bytes());
        }
        for l in [
            &b"E1310 13:05:00.100000 1 a] x"[..],
            b"E0310",
            b"Error: x",
            b"E0010 13:05:00.100000 1 a] x",
        ] {
            assert!(Klog.parse(l).is_none());
        }
    }
}
