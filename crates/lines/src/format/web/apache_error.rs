//! Apache error log, 2.4 and 2.2: `[Www Mmm dd hh:mm:ss.µs yyyy] [module:level] [pid P:tid T] [client A:port] (errno)text: AHnnnnn: text`.
//! The parts between the level and the text come in an order that differs between modules; the text keeps errno and AH code.

use crate::format::Format;
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Level, MarkerKind, Message, Record};
use crate::time::stamp::{ctime, iso};
use memchr::{memchr, memmem};

/// Apache error log.
pub struct ApacheError;

impl Format for ApacheError {
    fn name(&self) -> &str {
        "Apache error"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "error log of Apache: time without zone, module and level, process, client, text"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'['
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::CLOSE
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let inner = line.strip_prefix(b"[")?;
        let (rest, stamp) = match inner.first()? {
            b'F' | b'M' | b'S' | b'T' | b'W' => ctime(inner).ok()?,
            b'1' | b'2' => iso(inner).ok()?,
            _ => return None,
        };
        let (word, level, rest) = level(rest.strip_prefix(b"] [")?)?;
        let text = before_referer(after_labels(rest)?).trim_ascii();
        let mut message = Message::new(level, text);
        message.upstream = upstream(text);
        message.states = (word == b"emerg").then_some(MarkerKind::Fault);
        Some(Record::new(Some(stamp), Body::Message(message)))
    }
    fn sample(&self) -> &str {
        "[Fri Nov 20 06:33:41.509907 2026] [proxy:error] [pid 970:tid 985] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.2:80 (10.0.0.2) failed"
    }
}

/// `module:level] ` or, before 2.4, `level] `: the level as a word and as what it means, and what follows.
fn level(b: &[u8]) -> Option<(&[u8], Level, &[u8])> {
    let close = memchr(b']', &b[..b.len().min(60)])?;
    let word = b[..close].rsplit(|&c| c == b':').next()?;
    let level = match word {
        b"emerg" | b"alert" | b"crit" => Level::Fatal,
        b"error" => Level::Error,
        b"warn" => Level::Warn,
        b"notice" | b"info" => Level::Info,
        b"debug" => Level::Debug,
        _ if word.len() == 6 && word.starts_with(b"trace") => Level::Trace,
        _ => return None,
    };
    let rest = b[close + 1..].strip_prefix(b" ").unwrap_or(b"");
    Some((word, level, rest))
}

/// The text behind the bracketed parts (`[pid …]`, `[client …]`, `[remote …]`). A client behind the errno stays in the text.
fn after_labels(mut b: &[u8]) -> Option<&[u8]> {
    while let Some(inner) = b.strip_prefix(b"[") {
        let named = [&b"pid "[..], b"client ", b"remote "]
            .iter()
            .any(|n| inner.starts_with(n));
        if !named {
            break;
        }
        let close = memchr(b']', &inner[..inner.len().min(120)])?;
        b = inner[close + 1..].trim_ascii_start();
    }
    Some(b)
}

/// The text without the page that the client came from, which ends the line.
fn before_referer(text: &[u8]) -> &[u8] {
    let at = memmem::find(text, b", referer: ").unwrap_or(text.len());
    &text[..at]
}

/// The server behind the proxy that a text names: `attempt to connect to A:P (…)`, `from remote server A:P`, `backend: A`.
fn upstream(text: &[u8]) -> Option<&[u8]> {
    const BEFORE: [&[u8]; 4] = [
        b"attempt to connect to ",
        b"from remote server ",
        b"connection to backend: ",
        b"failed to make connection to backend: ",
    ];
    let at = BEFORE
        .iter()
        .find_map(|b| Some(memmem::find(text, b)? + b.len()))?;
    let end = text[at..]
        .iter()
        .position(|c| matches!(c, b' ' | b','))
        .map_or(text.len(), |n| at + n);
    let name = &text[at..end];
    (!name.is_empty() && name != b"returned").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<(Level, Message<'_>)> {
        match ApacheError.parse(line.as_bytes())?.body {
            Body::Message(m) => Some((m.level, m)),
            _ => None,
        }
    }

    #[test]
    fn both_orders_of_client_and_errno() {
        let (level, m) = read("[Fri Nov 20 06:33:36.340045 2026] [proxy_http:error] [pid 969:tid 991] (104)Connection reset by peer: [client 127.0.0.1:59870] AH01102: error reading status line from remote server 127.0.0.1:18081").unwrap();
        assert_eq!(level, Level::Error);
        assert_eq!(m.upstream, Some(&b"127.0.0.1:18081"[..]));
        assert!(m.text.starts_with(b"(104)Connection reset by peer: "));
        let (_, m) = read("[Fri Nov 20 06:33:36.340070 2026] [proxy:error] [pid 969:tid 991] [client 127.0.0.1:59870] AH00898: Error reading from remote server returned by /reset, referer: https://www.shop.example/deploy, referer: x").unwrap();
        assert_eq!(m.upstream, None);
        assert_eq!(
            m.text.as_ref(),
            b"AH00898: Error reading from remote server returned by /reset"
        );
    }

    #[test]
    fn life_cycle_old_layout_and_levels() {
        let (level, m) = read("[Fri Nov 20 06:33:49.597234 2026] [mpm_event:notice] [pid 424:tid 424] AH00491: caught SIGTERM, shutting down").unwrap();
        assert_eq!(
            (level, m.text.as_ref()),
            (Level::Info, &b"AH00491: caught SIGTERM, shutting down"[..])
        );
        let (level, m) = read(
            "[Fri Nov 20 06:33:49 2026] [error] [client 192.0.2.1] File does not exist: /var/www/x",
        )
        .unwrap();
        assert_eq!(
            (level, m.text.as_ref()),
            (Level::Error, &b"File does not exist: /var/www/x"[..])
        );
        for (word, level) in [
            ("emerg", Level::Fatal),
            ("core:warn", Level::Warn),
            ("ssl:trace4", Level::Trace),
        ] {
            let line = format!("[Fri Nov 20 06:33:49.5 2026] [{word}] [pid 1] x");
            assert_eq!(read(&line).unwrap().0, level, "{word}");
        }
    }

    #[test]
    fn look_alikes() {
        for line in [
            "[2026-11-20 06:36:47 +0000] [8952] [CRITICAL] WORKER TIMEOUT (pid:8971)",
            "[2026-03-10T13:05:00,123][WARN ][o.e.c.r] [node-1] x",
            "[Fri Nov 20 06:33:49 2026] text",
            "[Fri Nov 20 06:33:49 2026] [shop] text",
            "[pid: 8952|app: 0|req: 1/1] 127.0.0.1 () {24 vars} [Fri Nov 20 06:36:44 2026] GET /",
            "[",
            "",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..220, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = ApacheError.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = ApacheError.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
