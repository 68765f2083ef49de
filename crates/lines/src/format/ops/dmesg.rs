//! The kernel's ring buffer as `dmesg` prints it: `[   12.345678] text`, with level words (`-x`), wall clock (`-T`) or ISO times.
//! Seconds since boot are no time of their own; a wall clock made of them drifts and is taken as written.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::{ctime, iso};
use memchr::memchr;

/// dmesg.
pub struct Dmesg;

impl Format for Dmesg {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "dmesg",
            "the kernel's messages as dmesg prints them, without times or with -T, -x, --time-format iso",
        )
        .begins(b"<[", Signs::CLOSE)
        .begins(b"2", Signs::TIMED)
        .begins(b"\t\n\x0c\r adksu", Signs::COLON)
        .sample("[86400.124001] Out of memory: Killed process 1234 (java) total-vm:8388608kB, anon-rss:4194304kB")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (level, rest) = facility(line).unwrap_or((Level::Info, line));
        let (stamp, text) = match rest.first()? {
            b'[' => bracketed(rest)?,
            // `2026-11-20T06:23:32,000000+00:00 text`, the form of --time-format iso alone
            b'2' if rest.get(10) == Some(&b'T') && rest.get(19) == Some(&b',') => {
                let (rest, s) = iso(rest).ok()?;
                s.offset_min?;
                (Some(s), rest.strip_prefix(b" ")?)
            }
            _ => return None,
        };
        let m = Message::new(level, caller(text));
        let mut r = Record::new(stamp, Body::Message(m));
        r.scope = Some(Kind::System);
        Some(r)
    }
}

/// `kern  :info  : ` of `dmesg -x`, `<6>` of `dmesg -r`.
fn facility(line: &[u8]) -> Option<(Level, &[u8])> {
    if let [b'<', d @ b'0'..=b'7', b'>', b'[', ..] = line {
        return Some((Level::of_syslog(u64::from(d - b'0')), &line[3..]));
    }
    const NAMES: [&[u8]; 5] = [b"kern", b"user", b"daemon", b"syslog", b"auth"];
    let colon = memchr(b':', &line[..line.len().min(10)])?;
    NAMES.contains(&line[..colon].trim_ascii()).then_some(())?;
    let rest = &line[colon + 1..];
    let colon = memchr(b':', &rest[..rest.len().min(10)])?;
    let level = Level::from_word(rest[..colon].trim_ascii())?;
    Some((level, rest[colon + 1..].strip_prefix(b" ")?))
}

/// `[   12.345678] `, `[Fri Nov 20 06:33:21 2026] `.
fn bracketed(b: &[u8]) -> Option<(Option<Stamp>, &[u8])> {
    let close = memchr(b']', &b[..b.len().min(40)])?;
    let inner = b[1..close].trim_ascii();
    let rest = b[close + 1..].strip_prefix(b" ")?;
    if let Ok((left, s)) = ctime(inner) {
        // Apache's error log and others go on with another bracket
        return (left.is_empty() && !rest.starts_with(b"[")).then_some((Some(s), rest));
    }
    let dot = memchr(b'.', inner)?;
    let uptime = dot > 0
        && inner.len() - dot == 7
        && inner
            .iter()
            .enumerate()
            .all(|(i, c)| i == dot || c.is_ascii_digit());
    uptime.then_some((None, rest))
}

/// Without the caller (`[  T123] `, `[    C1] `).
fn caller(text: &[u8]) -> &[u8] {
    let Some(inner) = text.strip_prefix(b"[") else {
        return text;
    };
    let Some(close) = memchr(b']', &inner[..inner.len().min(12)]) else {
        return text;
    };
    match inner[..close].trim_ascii() {
        [b'T' | b'C', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => {
            inner[close + 1..].trim_ascii_start()
        }
        _ => text,
    }
}
