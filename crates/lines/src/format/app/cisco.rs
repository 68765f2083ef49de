//! Network gear that logs like Cisco's IOS and NX-OS: `*Mar 10 13:05:00.123: %LINEPROTO-5-UPDOWN: text`, perhaps behind a
//! priority, a sequence number and a host. Firewalls that write a syslog head are read as syslog.

use super::text::with_zone;
use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::{ANY, Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp;
use std::borrow::Cow;

/// Messages of network gear.
pub struct Cisco;

impl Format for Cisco {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "Cisco",
            "messages of Cisco IOS and NX-OS: time, %FACILITY-SEVERITY-NAME, text",
        )
        .begins(ANY, Signs::COLON | Signs::PERCENT)
        .sample("*Mar 10 13:05:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to down")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the cheap no: the name of the message stands near the start
        let near = &line[..line.len().min(128)];
        let at = find(near, b": %")?;
        let text = &line[at + 2..];
        let level = severity(text)?;
        let mut head = &line[..at];
        if head.first() == Some(&b'<') {
            let end = memchr::memchr(b'>', &head[..head.len().min(5)])?;
            head = &head[end + 1..];
        }
        // the parts before the time end in a colon each: a sequence number, a host
        let mut host = None;
        for _ in 0..3 {
            let b = head.trim_ascii_start();
            // a clock that was never set, or lost its source, has a mark
            let written = b
                .strip_prefix(b"*")
                .or_else(|| b.strip_prefix(b"."))
                .unwrap_or(b);
            if let Ok((rest, s)) = stamp::syslog(written) {
                let (s, n) = with_zone(s, rest.strip_prefix(b" ").unwrap_or(rest));
                if n > 0 || rest.trim_ascii().is_empty() {
                    let mut r = Record::new(Some(s), Body::Message(Message::new(level, text)));
                    r.host = host.map(Cow::Borrowed);
                    return Some(r);
                }
                return None;
            }
            let end = memchr::memchr(b':', b)?;
            let word = &b[..end];
            let name = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
            if word.is_empty() || !word.iter().all(name) {
                return None;
            }
            if !word.iter().all(u8::is_ascii_digit) {
                host = Some(word);
            }
            head = &b[end + 1..];
        }
        None
    }
}

/// The severity in `%FACILITY-SUBFACILITY-5-NAME: …`.
fn severity(b: &[u8]) -> Option<Level> {
    let end = memchr::memchr(b':', &b[..b.len().min(64)])?;
    let name = b[..end].strip_prefix(b"%")?;
    let fits = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_');
    if !name.iter().all(fits) {
        return None;
    }
    let digit = name.split(|c| *c == b'-').skip(1).find_map(|p| match p {
        [d @ b'0'..=b'7'] => Some(d - b'0'),
        _ => None,
    })?;
    Some(Level::of_syslog(u64::from(digit)))
}
