//! Android's logcat in its usual forms: `03-10 13:05:00.123  1234  1250 E Tag: text` (threadtime), `03-10 13:05:00.123 E/Tag( 1234): text`
//! (time), `E/Tag( 1234): text` (brief, no time), with or without a year, and as Android Studio shows it.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp;
use crate::time::{Dated, Stamp};
use memchr::memchr;

/// Lines of logcat.
pub struct Logcat;

impl Format for Logcat {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "logcat",
            "Android's logcat: threadtime, time and brief, with or without a year",
        )
        .begins(b"0-9", Signs::TIMED)
        .begins(b"-", Signs::NONE)
        .begins(b"D-FIVW", Signs::COLON)
        .sample("03-10 13:05:00.123  1234  1250 E AndroidRuntime: FATAL EXCEPTION: main")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        match line.first()? {
            b'-' => line
                .starts_with(b"--------- beginning of ")
                .then(|| Record::new(None, Body::Nothing)),
            b'0'..=b'9' => {
                let (stamp, rest) = time(line)?;
                let (level, text) = threaded(rest).or_else(|| tagged(rest))?;
                Some(record(Some(stamp), level, text))
            }
            _ => {
                let (level, text) = tagged(line)?;
                Some(record(None, level, text))
            }
        }
    }
}

fn record(stamp: Option<Stamp>, level: Level, text: &[u8]) -> Record<'_> {
    Record::new(stamp, Body::Message(Message::new(level, text)))
}

/// Month, day and a clock with milliseconds, perhaps behind a year; and what follows the blank behind them.
fn time(line: &[u8]) -> Option<(Stamp, &[u8])> {
    if line.get(2) != Some(&b'-') && line.get(4) != Some(&b'-') {
        return None;
    }
    let (stamp, n) = if line.get(4) == Some(&b'-') {
        (stamp::whole(line.get(..23)?)?, 23)
    } else {
        // years without a number are counted in 1972
        let short = line.get(..18)?;
        let mut whole = *b"1972-00-00 00:00:00.000";
        whole[5..].copy_from_slice(short);
        let s = stamp::whole(&whole)?;
        let dated = Dated::NoYear;
        (Stamp { dated, ..s }, 18)
    };
    let rest = line[n..].strip_prefix(b" ")?;
    (line[n - 4] == b'.').then(|| (stamp, rest.trim_ascii_start()))
}

fn level(c: u8) -> Option<Level> {
    match c {
        b'V' => Some(Level::Trace),
        b'D' => Some(Level::Debug),
        b'I' => Some(Level::Info),
        b'W' => Some(Level::Warn),
        b'E' => Some(Level::Error),
        b'F' | b'A' => Some(Level::Fatal),
        _ => None,
    }
}

/// `1234  1250 E Tag: text`; a user may stand in front of the numbers. The tag stays in the text.
fn threaded(b: &[u8]) -> Option<(Level, &[u8])> {
    let mut rest = b;
    let mut numbers = 0;
    for _ in 0..4 {
        let n = memchr(b' ', rest)?;
        let (w, after) = (&rest[..n], rest[n..].trim_ascii_start());
        if let [c] = w
            && numbers >= 2
            && let Some(level) = level(*c)
        {
            return memchr(b':', after).map(|_| (level, after));
        }
        numbers += usize::from(w.iter().all(u8::is_ascii_digit));
        rest = after;
    }
    None
}

/// `E/Tag( 1234): text`, or `1234-1250/com.acme E/Tag: text` of Android Studio. The tag stays in the text.
fn tagged(b: &[u8]) -> Option<(Level, &[u8])> {
    let b = match b.first()? {
        b'0'..=b'9' => {
            let n = memchr(b' ', b)?;
            memchr(b'-', &b[..n])?;
            b[n..].trim_ascii_start()
        }
        _ => b,
    };
    let level = level(*b.first()?)?;
    let text = b[1..].strip_prefix(b"/")?;
    let colon = memchr(b':', &text[..text.len().min(80)])?;
    let tag = &text[..colon];
    let numbered = tag.strip_suffix(b")").is_some_and(|t| {
        let n = t.iter().rposition(|c| *c == b'(').unwrap_or(0);
        n > 0 && t[n + 1..].iter().all(|c| c.is_ascii_digit() || *c == b' ')
    });
    let plain = !tag.is_empty() && !tag.contains(&b' ') && !tag.contains(&b'/');
    ((numbered || plain) && text.get(colon + 1) == Some(&b' ')).then_some((level, text))
}
