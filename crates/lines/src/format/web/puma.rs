//! Puma in cluster mode: common log lines behind the process number (`[1234] 10.0.0.1 - - [time] "GET /x HTTP/1.1" 500 - 0.0123`).
//! What follows the number is read as a common log line with own fields is, or it is what Puma says of itself.

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
