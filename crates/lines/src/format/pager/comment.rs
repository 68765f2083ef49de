//! What people write in chats, tickets and reviews, as their APIs and exports hold it: one object each, with who wrote it, when and
//! what, under whatever keys. What says how bad it is, as the line of a program does, is none.

use super::slack::plain;
use super::value::{Needles, first_text, keys, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::marker::{is_pager, is_person, is_state};
use crate::record::{Author, Body, Kind, Level, Message, Record};
use crate::table::words;
use crate::time::{Stamp, stamp};
use serde_json::Value;
use std::borrow::Cow;

static WRITTEN: Needles = Needles::new(|| keys(&TEXTS));
static BY: Needles = Needles::new(|| keys(&AUTHORS));

/// Keys of what was written, of when, and of by whom.
const TEXTS: [&str; 7] = words("text content body message comment note msg");
const TIMES: [&str; 13] = words(
    "createdDateTime created_at createdAt created created_date timestamp ts date sent_at sentAt time posted_at origin_server_ts",
);
const AUTHORS: [&str; 9] =
    words("author sender sender_full_name creator from user createdBy created_by u");
/// Keys of the name of who wrote it, and of who stands for a person.
const NAMES: [&str; 9] =
    words("displayName display_name full_name real_name name summary login username email");
/// Keys that only what belongs to a conversation has.
const PLACES: [&str; 13] = words(
    "id message_id messageType type topic_id thread_id thread_ts channel channel_id channelIdentity room_id updated updated_at",
);
/// Keys of lines that programs write.
const PROGRAMS: [&str; 9] = words("level severity lvl logger hostname host pid status method");

/// Messages of chats and comments, one object each.
pub struct Comment;

impl Format for Comment {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "chat or comments",
            "what people write, one object each: messages of Teams, Google Chat, Discord, Rocket.Chat, Zulip or Matrix, comments of tickets",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"id":"17","createdDateTime":"2026-03-10T13:05:00Z","from":{"user":{"displayName":"Kim"}},"body":{"content":"<p>rolling back shop to 4.1.0</p>"}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !WRITTEN.any(line) || !BY.any(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        let has = |keys: &[&str]| keys.iter().any(|k| v.get(k).is_some());
        if has(&PROGRAMS) || !has(&PLACES) {
            return None;
        }
        let author = AUTHORS.iter().find_map(|k| author(k, v.get(k)?))?;
        let text = TEXTS.iter().find_map(|k| written(v.get(k)?))?;
        let stamp = TIMES
            .iter()
            .find_map(|k| time(&v, k).or_else(|| spoken(v.get(k)?)))?;
        let said = plain(&without_tags(&text));
        let said = Some(said.trim()).filter(|s| !s.is_empty())?;
        let pages = is_pager(&author.name) || is_state(said.as_bytes());
        let mut m = Message::new(Level::Info, b"");
        m.text = Cow::Owned(said.as_bytes().to_vec());
        let person = !author.bot && is_person(author.name.as_bytes(), said.as_bytes());
        m.author = person.then(|| Author::of(author.name.as_bytes()));
        let mut r = Record::new(Some(stamp), Body::Message(m));
        r.scope = Some(match author.bot && !pages {
            true => Kind::Deploy,
            false => Kind::Pager,
        });
        Some(r)
    }
}

/// Who wrote it.
struct Writer {
    name: String,
    bot: bool,
}

fn author(key: &str, v: &Value) -> Option<Writer> {
    let (name, holder) = match v {
        // an account alone may be the subject of a line
        Value::String(s) if !matches!(key, "user" | "u") => (s.clone(), v),
        Value::Object(o) => {
            let inner = ["user", "application", "bot"]
                .iter()
                .find_map(|k| o.get(*k));
            let holder = inner.filter(|i| i.is_object()).unwrap_or(v);
            (first_text(holder, &NAMES)?, holder)
        }
        _ => return None,
    };
    let kind = ["user_type", "type"]
        .iter()
        .find_map(|k| holder.get(k)?.as_str());
    let is_program = v.get("application").is_some_and(Value::is_object)
        || ["bot", "is_bot", "isBot"]
            .iter()
            .any(|k| holder.get(k) == Some(&Value::Bool(true)))
        || kind.is_some_and(|k| k.eq_ignore_ascii_case("bot"));
    Some(Writer {
        bot: is_program,
        name,
    })
}

/// What was written, where it may be a text or an object that holds one.
fn written(v: &Value) -> Option<String> {
    match v {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Object(_) => first_text(v, &["content", "body", "text", "raw"]),
        _ => None,
    }
}

/// A time as it is read out: `Wednesday, May 6, 2026 at 12:11:00 PM UTC`.
fn spoken(v: &Value) -> Option<Stamp> {
    let text = v
        .as_str()?
        .replace(['\u{202f}', '\u{a0}'], " ")
        .replace(" at ", " ");
    let day = text
        .split_once(", ")
        .filter(|(day, _)| day.ends_with("day"));
    stamp::whole(day.map_or(&*text, |(_, rest)| rest).as_bytes())
}

/// HTML as words: without tags, a blank where one stood.
fn without_tags(html: &str) -> String {
    if !html.contains('<') && !html.contains('&') {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>').filter(|_| is_tag) {
            Some(end) => {
                let paragraph = ["<p", "</p", "<br", "<div", "<li"]
                    .iter()
                    .any(|t| tag.starts_with(t));
                if paragraph && !out.is_empty() {
                    out.push(' ');
                }
                rest = &tag[end + 1..];
            }
            None => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out.push_str(rest);
    out.replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, Option<String>)> {
        let r = Comment.parse(line.as_bytes())?;
        let Body::Message(m) = r.body else {
            return None;
        };
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        assert!(r.stamp.is_some());
        Some((text(&m.text), m.author.as_deref().map(|a| text(&a.name))))
    }

    #[test]
    fn who_wrote_what_under_whatever_keys() {
        for (line, text, author) in [
            (
                r#"{"id":"1","messageType":"message","createdDateTime":"2026-03-10T13:05:00.1Z","from":{"user":{"displayName":"Kim Lee"}},"body":{"contentType":"html","content":"<p>disk of <b>db1</b> &lt; 1 % &quot;free&quot;</p>"}}"#,
                "disk of db1 < 1 % \"free\"",
                Some("Kim Lee"),
            ),
            (
                r#"{"creator":{"name":"Kim Lee","user_type":"Human"},"created_date":"Tuesday, March 10, 2026 at 1:05:00 PM UTC","text":"that was me","topic_id":"x"}"#,
                "that was me",
                Some("Kim Lee"),
            ),
            (
                r#"{"id":"9","type":"Default","timestamp":"2026-03-10T13:05:00+00:00","content":"deploy finished","author":{"id":"4","name":"deployer","isBot":true}}"#,
                "deploy finished",
                None,
            ),
            (
                r#"{"sender_full_name":"Kim Lee","content":"rolled back","timestamp":1773147900,"id":4}"#,
                "rolled back",
                Some("Kim Lee"),
            ),
            (
                r#"{"author":{"displayName":"Kim Lee"},"body":"restarted it","created":"2026-03-10T13:05:00.000+0100","updated":"x"}"#,
                "restarted it",
                Some("Kim Lee"),
            ),
        ] {
            let got = read(line);
            let (said, by) = got.unwrap_or_else(|| panic!("{line}"));
            assert_eq!((&*said, by.as_deref()), (text, author), "{line}");
        }
    }

    #[test]
    fn lines_of_programs_are_none() {
        for line in [
            r#"{"timestamp":"2026-03-10T13:05:00Z","level":"error","user":{"name":"kim"},"message":"payment failed","id":"7"}"#,
            r#"{"ts":"2026-03-10T13:05:00Z","user":"kim","message":"logged in","id":3}"#,
            r#"{"time":"2026-03-10T13:05:00Z","from":"kim","message":"mail sent"}"#,
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
