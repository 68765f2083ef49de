//! Messages of a chat's export or API, one object each: a type, a time, a name and a text. What people write is talk, which the
//! rules of chats read; what bots post is read as the log of what posts it.

use super::value::{self, Needles, finders, first_text, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::marker::{is_pager, is_person, is_state};
use crate::record::{Author, Body, Kind, Level, Message, Record};
use serde_json::Value;
use std::borrow::Cow;

static NEEDLES: Needles = Needles::new(|| finders(&["\"type\"", "\"message\""]));
/// Keys of what was written, when, and by whom.
const TEXTS: [&str; 3] = ["text", "message", "content"];
const TIMES: [&str; 5] = ["ts", "create_at", "timestamp", "date_unixtime", "date"];
const NAMES: [&str; 6] = ["username", "bot_name", "user", "from", "author", "sender"];

/// Slack messages, one object each.
pub struct Slack;

impl Format for Slack {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "Slack message",
            "messages of an export of Slack (channel/day.json), Mattermost or Telegram, or of Slack's API",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"type":"message","user":"U02","text":"rolling back shop to 4.1.0 now","ts":"1773150000.000300"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let mut body: Value = serde_json::from_slice(line).ok()?;
        let kind = body.get("type")?.as_str()?.to_owned();
        // an export may name the object after what it is
        if let Some(inner @ Value::Object(_)) = body.get_mut(&kind) {
            body = inner.take();
        } else if kind != "message" {
            return None;
        }
        let stamp = TIMES.iter().find_map(|k| time(&body, k))?;
        let said = plain(&words(&body));
        let name = first_text(&body, &NAMES).or_else(|| {
            let inner = |k: &&str| first_text(body.get(k)?, &["username", "name", "displayName"]);
            NAMES.iter().find_map(inner)
        });
        let hooked = |k: &str| body.get("props").and_then(|p| p.get(k)).is_some();
        let bot = body.get("bot_id").is_some()
            || body.get("subtype").and_then(Value::as_str) == Some("bot_message")
            || hooked("from_webhook")
            || hooked("from_bot");
        // what posts may have no name but its number
        let name = name.or_else(|| first_text(&body, &["bot_id"]));
        let name = name.filter(|_| !said.is_empty())?;
        let mut m = Message::new(Level::Info, b"");
        let pages = is_pager(&name) || is_state(said.as_bytes());
        let person = !bot && is_person(name.as_bytes(), said.as_bytes());
        m.text = Cow::Owned(said.into_bytes());
        m.author = person.then(|| Author::of(name.as_bytes()));
        let mut r = Record::new(Some(stamp), Body::Message(m));
        r.scope = Some(if bot && !pages {
            Kind::Deploy
        } else {
            Kind::Pager
        });
        r.service = None;
        Some(r)
    }
}

/// The text, or that of the attachments, or of the blocks.
fn words(v: &Value) -> String {
    if let Some(t) = first_text(v, &TEXTS) {
        return t;
    }
    let list = v.get("attachments").and_then(Value::as_array);
    let attached: Vec<String> = list
        .into_iter()
        .flatten()
        .filter_map(|a| {
            let both = [&["title", "pretext"][..], &["text"]];
            let both: Vec<String> = both.iter().filter_map(|keys| first_text(a, keys)).collect();
            match both.is_empty() {
                true => first_text(a, &["fallback"]),
                false => Some(both.join(" ")),
            }
        })
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

/// What follows a picture at the start (`:bell: *#7 triggered*`).
fn picture(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix(':')?.split_once(':')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
    (!name.is_empty() && name.chars().all(fits)).then_some(rest)
}

/// Text without Slack's marks: a picture in front, `*shop*`, `<https://x|4.2.0>`, `&gt;`, and on one line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(behind) = picture(rest) {
        rest = behind.trim_start();
    }
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
