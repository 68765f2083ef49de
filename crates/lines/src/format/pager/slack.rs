//! Messages of a Slack export or of Slack's API: the time is `ts`. What people write is talk, which the rules of chats read; what
//! bots post is read as the log of what posts it.

use super::value::{self, Needles, finders, first_text};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::{Body, Kind, Level, Message, Record};
use serde_json::Value;
use std::borrow::Cow;

static NEEDLES: Needles = Needles::new(|| finders(&["\"type\"", "\"message\"", "\"ts\""]));

/// Slack messages, one object each.
pub struct Slack;

impl Format for Slack {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "Slack message",
            "messages of a Slack export (channel/day.json) or of Slack's API",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"type":"message","user":"U02","text":"rolling back shop to 4.1.0 now","ts":"1773150000.000300"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let body: Value = serde_json::from_slice(line).ok()?;
        if body.get("type")?.as_str()? != "message" {
            return None;
        }
        let ts = body.get("ts")?.as_str().filter(|t| t.contains('.'))?;
        let stamp = crate::time::stamp::whole(ts.as_bytes())?;
        let said = plain(&words(&body));
        let bot = body.get("bot_id").is_some()
            || body.get("subtype").and_then(Value::as_str) == Some("bot_message");
        let name = first_text(&body, &["username", "bot_name"]).unwrap_or_default();
        let mut m = Message::new(Level::Info, b"");
        m.text = Cow::Owned(said.into_bytes());
        m.chat = !bot;
        let mut r = Record::new(Some(stamp), Body::Message(m));
        r.scope = Some(if bot && !pages(&name) {
            Kind::Deploy
        } else {
            Kind::Pager
        });
        r.service = None;
        Some(r)
    }
}

/// Whether a bot's name is that of something that pages.
fn pages(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "alert",
        "pager",
        "prometheus",
        "grafana",
        "opsgenie",
        "nagios",
        "datadog",
        "zabbix",
        "oncall",
        "on-call",
        "monitor",
        "sentry",
        "pingdom",
    ]
    .iter()
    .any(|w| name.contains(w))
}

/// The text, or that of the attachments, or of the blocks.
fn words(v: &Value) -> String {
    if let Some(t) = first_text(v, &["text"]) {
        return t;
    }
    let list = v.get("attachments").and_then(Value::as_array);
    let attached: Vec<String> = list
        .into_iter()
        .flatten()
        .filter_map(|a| first_text(a, &["text", "fallback", "title", "pretext"]))
        .collect();
    if !attached.is_empty() {
        return attached.join(" ");
    }
    let blocks = v.get("blocks").and_then(Value::as_array);
    blocks
        .into_iter()
        .flatten()
        .filter_map(|b| value::text(b, &["text", "text"]))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Text without Slack's marks: `*shop*`, `<https://x|4.2.0>`, `&gt;`, and on one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(n) = rest.find(['*', '<', '\n', '`', '&']) {
        out.push_str(&rest[..n]);
        let found = &rest[n..];
        rest = &found[1..];
        match found.as_bytes()[0] {
            b'<' => {
                let Some(end) = rest.find('>') else {
                    out.push('<');
                    continue;
                };
                let inner = &rest[..end];
                out.push_str(inner.rsplit('|').next().unwrap_or(inner));
                rest = &rest[end + 1..];
            }
            b'&' => {
                let known = [("gt;", '>'), ("lt;", '<'), ("amp;", '&')];
                match known.iter().find(|(w, _)| rest.starts_with(w)) {
                    Some((w, c)) => {
                        out.push(*c);
                        rest = &rest[w.len()..];
                    }
                    None => out.push('&'),
                }
            }
            b'\n' => out.push(' '),
            _ => {}
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (String, bool, Option<Kind>) {
        let r = Slack.parse(line.as_bytes()).unwrap();
        let Body::Message(m) = r.body else { panic!() };
        (
            String::from_utf8(m.text.into_owned()).unwrap(),
            m.chat,
            r.scope,
        )
    }

    #[test]
    fn people_and_bots() {
        assert_eq!(
            read(Slack.sample()),
            (
                "rolling back shop to 4.1.0 now".into(),
                true,
                Some(Kind::Pager)
            )
        );
        let line = r#"{"type":"message","subtype":"bot_message","username":"deploybot","bot_id":"B01","text":"","attachments":[{"fallback":"f","text":"rollback of *shop* to <https://x/4|4.1.0> finished &gt; ok"}],"ts":"1773150360.000400"}"#;
        assert_eq!(
            read(line),
            (
                "rollback of shop to 4.1.0 finished > ok".into(),
                false,
                Some(Kind::Deploy)
            )
        );
        let line = r#"{"type":"message","subtype":"bot_message","username":"AlertManager","text":"[FIRING:1] x","ts":"1773150360.000400"}"#;
        assert_eq!(read(line).2, Some(Kind::Pager));
        for other in [
            r#"{"type":"message","ts":1773150360}"#,
            r#"{"type":"message","ts":"x.y"}"#,
            "{}",
        ] {
            assert!(Slack.parse(other.as_bytes()).is_none());
        }
    }

    #[test]
    fn marks_that_do_not_end() {
        for t in ["<", "a <b", "&", "&gt", "*", "é*ü<ö|ß>"] {
            let _ = plain(t);
        }
        assert_eq!(plain("é*ü*<ö|ß>"), "éüß");
    }
}
