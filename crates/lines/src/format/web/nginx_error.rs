//! nginx error log: `YYYY/MM/DD HH:MM:SS [level] pid#tid: *cid text, client: …, server: …, request: "…", …`.
//! The tail is cut off from the right, since texts hold commas too. What a text means is for the marker rules.

use crate::format::Format;
use crate::format::leaf::without_port;
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Level, MarkerKind, Message, Record};
use crate::time::stamp::iso;
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// nginx error log.
pub struct NginxError;

impl Format for NginxError {
    fn name(&self) -> &str {
        "nginx error"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "error log of nginx: time without zone, level, process, text, and what it was about"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TIMED | Signs::OPEN | Signs::CLOSE
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, word, level, rest) = head(line)?;
        let text = after_connection(rest);
        let (text, tail) = Tail::cut(text);
        let mut message = Message::new(level, text);
        if let (Some(client), Some(request)) = (tail.client, tail.request) {
            message.request = Some((client, request));
        }
        message.upstream = tail.upstream;
        message.states = (word == b"emerg").then_some(MarkerKind::Fault);
        Some(Record {
            service: tail.server.or(tail.host).map(Cow::Borrowed),
            ..Record::new(Some(stamp), Body::Message(message))
        })
    }
    fn sample(&self) -> &str {
        r#"2026/11/20 06:33:38 [error] 941#941: *61 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.7, server: shop.example.com, request: "GET /cart HTTP/1.1", upstream: "http://10.0.0.2:80/cart", host: "shop.example.com""#
    }
}

/// Stamp, level as a word and as what it means, and what follows `pid#tid: `.
fn head(line: &[u8]) -> Option<(crate::time::Stamp, &[u8], Level, &[u8])> {
    if line.get(4) != Some(&b'/') {
        return None;
    }
    let (rest, stamp) = iso(line).ok()?;
    let rest = rest.strip_prefix(b" [")?;
    let close = memchr(b']', rest)?;
    let word = &rest[..close];
    let level = match word {
        b"emerg" | b"alert" | b"crit" => Level::Fatal,
        b"error" => Level::Error,
        b"warn" => Level::Warn,
        b"notice" | b"info" => Level::Info,
        b"debug" => Level::Debug,
        _ => return None,
    };
    let rest = rest[close..].strip_prefix(b"] ")?;
    let (pid, rest) = digits(rest);
    let (tid, rest) = digits(rest.strip_prefix(b"#")?);
    let rest = rest.strip_prefix(b":")?;
    (pid > 0 && tid > 0).then(|| (stamp, word, level, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// How many digits stand at the start, and what follows.
fn digits(b: &[u8]) -> (usize, &[u8]) {
    let n = b.iter().take_while(|c| c.is_ascii_digit()).count();
    (n, &b[n..])
}

/// The text without the number of its connection (`*61 `).
fn after_connection(b: &[u8]) -> &[u8] {
    b.strip_prefix(b"*")
        .map(digits)
        .filter(|(n, _)| *n > 0)
        .and_then(|(_, rest)| rest.strip_prefix(b" "))
        .unwrap_or(b)
}

/// What a line says it was about.
#[derive(Default)]
struct Tail<'a> {
    client: Option<&'a [u8]>,
    server: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    upstream: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
}

impl<'a> Tail<'a> {
    /// Cuts the tail off: keys stand in a fixed order, so each is looked for, last first, in what is left.
    /// The tail begins at the last `, client: `; before it nothing is cut.
    fn cut(text: &'a [u8]) -> (&'a [u8], Tail<'a>) {
        const KEYS: [&str; 7] = [
            ", referrer: ",
            ", host: ",
            ", upstream: ",
            ", subrequest: ",
            ", request: ",
            ", server: ",
            ", client: ",
        ];
        let mut tail = Tail::default();
        let Some(start) = client_at(text) else {
            return (text, tail);
        };
        let mut end = text.len();
        for key in KEYS {
            let Some(i) = memmem::rfind(&text[start..end], key.as_bytes()) else {
                continue;
            };
            let at = start + i;
            let value = unquote(&text[at + key.len()..end]);
            end = at;
            match key {
                ", host: " => tail.host = name(without_port(value)),
                ", upstream: " => tail.upstream = Some(value),
                ", request: " => tail.request = Some(value),
                ", server: " => tail.server = name(without_port(value)),
                ", client: " => tail.client = Some(value),
                _ => {}
            }
        }
        (&text[..start], tail)
    }
}

/// Where the tail begins: the last `, client: ` outside of the quoted request, which a client may fill as it likes.
fn client_at(text: &[u8]) -> Option<usize> {
    let before = memmem::find(text, b", request: \"").unwrap_or(text.len());
    memmem::rfind(&text[..before], b", client: ")
}

/// A value without its quotes; the closing one may be cut off.
fn unquote(v: &[u8]) -> &[u8] {
    match v.strip_prefix(b"\"") {
        Some(inner) => inner.strip_suffix(b"\"").unwrap_or(inner),
        None => v,
    }
}

/// A server or host name; the default server `_` and an empty one are none.
fn name(v: &[u8]) -> Option<&[u8]> {
    let address = || v.iter().all(|c| c.is_ascii_digit() || b".:[]".contains(c));
    (!v.is_empty() && v != b"_" && !address()).then_some(v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<(Message<'_>, Option<String>)> {
        let r = NginxError.parse(line.as_bytes())?;
        let service = r.service.map(|s| String::from_utf8_lossy(&s).into_owned());
        match r.body {
            Body::Message(m) => Some((m, service)),
            _ => None,
        }
    }

    #[test]
    fn cause_join_and_upstream() {
        let (m, service) = read(NginxError.sample()).unwrap();
        assert_eq!(m.level, Level::Error);
        assert_eq!(
            m.text.as_ref(),
            b"connect() failed (111: Connection refused) while connecting to upstream"
        );
        assert_eq!(
            m.request,
            Some((&b"203.0.113.7"[..], &b"GET /cart HTTP/1.1"[..]))
        );
        assert_eq!(m.upstream, Some(&b"http://10.0.0.2:80/cart"[..]));
        assert_eq!(service.as_deref(), Some("shop.example.com"));
        let stamp = NginxError
            .parse(NginxError.sample().as_bytes())
            .unwrap()
            .stamp
            .unwrap();
        assert_eq!(
            (stamp.offset_min, stamp.wall_us),
            (None, 1_795_156_418_000_000)
        );
    }

    #[test]
    fn commas_in_texts_and_hostile_requests() {
        let (m, _) = read(r#"2026/11/20 06:33:37 [info] 941#941: *54 client closed connection, so upstream is closed too, client: ::1, server: _, request: "GET /, client: 9.9.9.9, host: "x" HTTP/1.1", host: "shop:80", referrer: "http://a/, host: b""#).unwrap();
        assert_eq!(
            m.text.as_ref(),
            b"client closed connection, so upstream is closed too"
        );
        assert_eq!(m.request.unwrap().0, b"::1");
        let (m, service) = read(r#"2026/11/20 06:33:37 [error] 9#9: *5 open() "/srv/a, b" failed (2: No such file or directory), client: 10.0.0.1, server: _, request: "GET /a HTTP/1.1", host: "shop.example.com:8080""#).unwrap();
        assert_eq!(
            m.text.as_ref(),
            br#"open() "/srv/a, b" failed (2: No such file or directory)"#
        );
        assert_eq!(service.as_deref(), Some("shop.example.com"));
    }

    #[test]
    fn life_cycle_and_levels() {
        let (m, service) = read("2026/11/20 06:33:21 [notice] 420#420: signal 1 (SIGHUP) received from 936, reconfiguring").unwrap();
        assert_eq!((m.level, service), (Level::Info, None));
        assert_eq!(
            m.text.as_ref(),
            b"signal 1 (SIGHUP) received from 936, reconfiguring"
        );
        for (word, level) in [
            ("emerg", Level::Fatal),
            ("alert", Level::Fatal),
            ("crit", Level::Fatal),
            ("warn", Level::Warn),
            ("info", Level::Info),
            ("debug", Level::Debug),
        ] {
            let line = format!("2026/11/20 06:33:21 [{word}] 4#0: x");
            assert_eq!(read(&line).unwrap().0.level, level);
        }
    }

    #[test]
    fn look_alikes() {
        for line in [
            "2026/11/20 06:33:21 listening on :8080",
            "2026/11/20 06:33:21 [INFO] started",
            "2026/11/20 06:33:21 [error] connection lost",
            "2026-11-20 06:33:21 [error] 4#4: x",
            "2026/11/20 06:33:21 [error] #4: x",
            "",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..300, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = NginxError.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = NginxError.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
