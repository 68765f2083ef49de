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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;

    #[test]
    fn a_request_with_its_version() {
        let r = ZapConsole.parse(ZapConsole.sample().as_bytes()).unwrap();
        assert_eq!(r.version.as_deref(), Some(&b"4.2.0"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us, q.by_app), (500, 3_500, false));
        assert_eq!((q.method, q.path), (&b"GET"[..], &b"/cart"[..]));
        assert_eq!(q.client, b"203.0.113.7");
        // 2026-11-20 06:33:23.668 as wall time
        assert_eq!(r.stamp.unwrap().wall_us, 1_795_156_403_668_000);
    }

    #[test]
    fn colours_and_what_is_left_out() {
        for (line, level, text) in [
            (
                "2026/11/20 06:33:16.575\t\x1b[34mINFO\x1b[0m\tserving initial configuration",
                Level::Info,
                "serving initial configuration",
            ),
            (
                "2026/11/20 06:33:16.575\tWARN\tadmin\tno listener\t{\"a\": 1}",
                Level::Warn,
                "no listener",
            ),
            (
                "2026-11-20T06:33:16.575+0100\tERROR\tno listener\t{\"a\": 1}",
                Level::Error,
                "no listener",
            ),
            (
                "2026-11-20T06:33:16.575Z\tINFO\tshop\tstarted",
                Level::Info,
                "started",
            ),
        ] {
            match ZapConsole.parse(line.as_bytes()).map(|r| r.body) {
                Some(Body::Message(m)) => {
                    assert_eq!((m.level, m.text.as_ref()), (level, text.as_bytes()));
                }
                b => panic!("{line}: {b:?}"),
            }
        }
        for other in [
            "2026/11/20 06:33:16 text",
            "2026/11/20 06:33:16\tlisten\ton",
            "",
        ] {
            assert!(ZapConsole.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
