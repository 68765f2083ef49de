//! Apache error log, 2.4 and 2.2: `[Www Mmm dd hh:mm:ss.µs yyyy] [module:level] [pid P:tid T] [client A:port] (errno)text: AHnnnnn: text`.
//! The parts between the level and the text come in an order that differs between modules; the text keeps errno and AH code.

use crate::format::leaf::find;
use crate::format::leaf::{
    Leaf, Parser, alt, before_near, cut, delimited, many0_count, opt, space0, tag,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, MarkerKind, Message, Record};
use crate::time::stamp::{ctime, iso};

/// Apache error log.
pub struct ApacheError;

impl Format for ApacheError {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "Apache error",
            "error log of Apache: time without zone, module and level, process, client, text",
        )
        .begins(b"[", Signs::CLOSE)
        .sample("[Fri Nov 20 06:33:41.509907 2026] [proxy:error] [pid 970:tid 985] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.2:80 (10.0.0.2) failed")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let time = delimited(tag("["), alt((ctime, iso)), tag("] "));
        let level = delimited(
            tag("["),
            before_near(b']', 60).map_opt(level),
            opt(tag(" ")),
        );
        let (text, (stamp, (word, level), _)) =
            (time, level, many0_count(label)).parse(line).ok()?;
        let text = before_referer(text).trim_ascii();
        let mut message = Message::new(level, text);
        message.upstream = upstream(text);
        message.states = (word == b"emerg").then_some(MarkerKind::Fault);
        Some(Record::new(Some(stamp), Body::Message(message)))
    }
}

/// `module:level` or, before 2.4, `level`: the level as a word and as what it means.
fn level(b: &[u8]) -> Option<(&[u8], Level)> {
    let word = b.rsplit(|&c| c == b':').next()?;
    let level = match word {
        b"emerg" | b"alert" | b"crit" => Level::Fatal,
        b"error" => Level::Error,
        b"warn" => Level::Warn,
        b"notice" | b"info" => Level::Info,
        b"debug" => Level::Debug,
        _ if word.len() == 6 && word.starts_with(b"trace") => Level::Trace,
        _ => return None,
    };
    Some((word, level))
}

/// One of the bracketed parts before the text: `[pid …]`, `[client …]`, `[remote …]`. A client behind the errno stays in the text.
fn label(i: &[u8]) -> Leaf<'_, &[u8]> {
    let name = alt((tag("[pid "), tag("[client "), tag("[remote ")));
    delimited(name, cut(before_near(b']', 120)), space0).parse(i)
}

/// The text without the page that the client came from, which ends the line.
fn before_referer(text: &[u8]) -> &[u8] {
    let at = find(text, b", referer: ").unwrap_or(text.len());
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
    let at = BEFORE.iter().find_map(|b| Some(find(text, b)? + b.len()))?;
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
}
