//! Puma in cluster mode: common log lines behind the process number (`[1234] 10.0.0.1 - - [time] "GET /x HTTP/1.1" 500 - 0.0123`).
//! What follows the number is read as a common log line with own fields is, or it is what Puma tells of itself.

use super::clf::COMMON;
use crate::format::leaf::{
    self, Leaf, Parser, alt, before_near, blank, delimited, preceded, recognize, rest, tag,
    take_till, value,
};
use crate::format::line_features::Signs;
use crate::format::web::clf::tail::OWN;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp::iso;

/// Access lines of Puma's workers.
pub struct Puma;

impl Format for Puma {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "Puma cluster",
            "common log lines behind a process number, as Puma's workers write them",
        )
        .begins(b"[=", Signs::NONE)
        .sample(
            r#"[1234] 203.0.113.7 - - [10/Mar/2026:13:05:00 +0000] "GET /x HTTP/1.1" 500 - 0.012"#,
        )
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // before the number of the process is known
        if let Ok((_, own)) = startup(line) {
            return Some(own);
        }
        let process = before_near(b']', 10).map_opt(leaf::uint);
        let (_, (_, text)) = (preceded(tag("["), process), blank(rest))
            .parse(line)
            .ok()?;
        if let Ok((_, own)) = alt((startup, sentence)).parse(text) {
            return Some(own);
        }
        let mut r = COMMON.parse(text).or_else(|| OWN.parse(text))?;
        if let Body::Request(q) = &mut r.body {
            q.by_app = true;
        }
        Some(r)
    }
}

/// `=== puma startup: TIME ===`.
fn startup(i: &[u8]) -> Leaf<'_, Record<'_>> {
    let what = recognize((tag("puma "), take_till(|c| c == b':')));
    (delimited(tag("=== "), what, tag(": ")), iso)
        .map(|(text, at)| Record::new(Some(at), Body::Message(Message::new(Level::Info, text))))
        .parse(i)
}

/// `- text`, `* text`, or `! text` for trouble.
fn sentence(i: &[u8]) -> Leaf<'_, Record<'_>> {
    let mark = alt((
        value(Level::Info, alt((tag("- "), tag("* ")))),
        value(Level::Warn, tag("! ")),
    ));
    (mark, rest.map(<[u8]>::trim_ascii))
        .map_opt(|(level, text)| {
            let m = Message::new(level, text);
            (!text.is_empty()).then(|| Record::new(None, Body::Message(m)))
        })
        .parse(i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_tells_of_itself() {
        for (line, level, text, timed) in [
            (
                "[7] - Worker 0 (PID: 12) booted in 1.2s, phase: 0",
                Level::Info,
                "Worker 0 (PID: 12) booted in 1.2s, phase: 0",
                false,
            ),
            (
                "[7] ! Terminating timed out worker: 12",
                Level::Warn,
                "Terminating timed out worker: 12",
                false,
            ),
            (
                "=== puma startup: 2026-03-10 13:05:00 +0000 ===",
                Level::Info,
                "puma startup",
                true,
            ),
            (
                "[7] === puma shutdown: 2026-03-10 13:05:00 +0000 ===",
                Level::Info,
                "puma shutdown",
                true,
            ),
        ] {
            let r = Puma.parse(line.as_bytes()).unwrap();
            let Body::Message(m) = r.body else { panic!() };
            assert_eq!((m.level, &*m.text), (level, text.as_bytes()));
            assert_eq!(r.stamp.is_some(), timed);
        }
    }

    #[test]
    fn a_line_of_a_worker() {
        let r = Puma.parse(Puma.sample().as_bytes()).unwrap();
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us, q.by_app), (500, 12_000, true));
        for other in [
            "[1234] text",
            "[1234] -",
            "[x] 203.0.113.7 - -",
            "[1773147900] SERVICE ALERT: a",
            "",
        ] {
            assert!(Puma.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
