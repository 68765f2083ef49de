//! The console form of zap's logs, as Caddy prints it: `time<TAB>LEVEL<TAB>logger<TAB>message<TAB>{fields}`, level in colours.
//! The fields are read as those of a JSON line are.

use super::json::console;
use super::message::colour;
use crate::format::leaf::{Parser, before_near, preceded, tag};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Level, Record};
use crate::time::stamp::iso;
use memchr::memchr;

/// zap's console lines.
pub struct ZapConsole;

impl Format for ZapConsole {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "zap console",
            "console lines of Caddy and other users of zap: time, level, logger, message, JSON, with tabs between",
        )
        .heads()
        .begins(b"0-9", Signs::TIMED | Signs::TAB)
        .sample("2026/11/20 06:33:23.668\tERROR\thttp.log.access.log1\thandled request\t{\"request\": {\"remote_ip\": \"203.0.113.7\", \"method\": \"GET\", \"host\": \"shop.example.com\", \"uri\": \"/cart\"}, \"duration\": 0.0035, \"size\": 12, \"status\": 500, \"resp_headers\": {\"X-App-Version\": [\"4.2.0\"]}}")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let word = preceded(tag("\t"), before_near(b'\t', 32));
        let level = word.map_opt(|w| Level::from_word(uncoloured(w)));
        let (rest, (stamp, level)) = (iso, level).parse(line).ok()?;
        let mut parts = rest.splitn(3, |&c| c == b'\t');
        let (a, b, c) = (parts.next()?, parts.next(), parts.next());
        // logger and fields may both be left out
        let (logger, text, fields) = match (b, c) {
            (Some(b), Some(c)) if c.starts_with(b"{") => (a, b, c),
            (Some(b), None) if b.starts_with(b"{") => (&a[..0], a, b),
            (Some(b), _) => (a, b, &a[..0]),
            (None, _) => (&a[..0], a, &a[..0]),
        };
        Some(console(stamp, level, logger, text, fields))
    }
}

/// A word without the colours around it.
fn uncoloured(word: &[u8]) -> &[u8] {
    let word = &word[colour(word)..];
    &word[..memchr(0x1b, word).unwrap_or(word.len())]
}
