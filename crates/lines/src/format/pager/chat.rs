//! What people and bots write in chats, tickets and reviews, as their APIs and exports hold it: one object each, with who wrote it, when
//! and what, under whatever keys. What people write is talk, which the rules of chats read; what bots post is read as the log of what
//! posts it. What says how bad it is, as the line of a program does, is none, unless it says that it is a message.

use super::value::{self, Needles, first_text, time};
use crate::marker::posted;
use crate::record::{Body, Level, Message, Record};
use crate::table::words;
use crate::time::{Stamp, stamp};
use serde_json::Value;
use std::borrow::Cow;

/// What every object holds that somebody wrote: a text, and by whom.
const KEYS: [&str; 9] =
    words(r#""text" "content" "body" "message" "comment" "note" "msg" "attachments" "blocks""#);
const BY_KEYS: [&str; 12] = words(
    r#""username" "bot_name" "author" "sender" "sender_full_name" "creator" "from" "user" "createdBy" "created_by" "u" "bot_id""#,
);
static WRITTEN: Needles = Needles::new(&KEYS);
static BY: Needles = Needles::new(&BY_KEYS);

/// Keys of what was written, of when, and of by whom.
const TEXTS: [&str; 7] = words("text content body message comment note msg");
const TIMES: [&str; 17] = words(
    "ts create_at create_time createTime createdDateTime created_at createdAt created created_date timestamp date_unixtime date sent_at sentAt time \
    posted_at origin_server_ts",
);
const AUTHORS: [&str; 12] = words(
    "username bot_name author sender sender_full_name creator from user createdBy created_by u bot_id",
);
/// Of these, those of an account, which alone may be the subject of a line.
const ACCOUNTS: [&str; 5] = words("username bot_name user u bot_id");
/// Keys of the name of who wrote it, and of who stands for a person.
const NAMES: [&str; 9] =
    words("displayName display_name full_name real_name name summary login username email");
/// Keys that only what belongs to a conversation has.
const PLACES: [&str; 17] = words(
    "id rid message_id messageType type msg_type chat chat_id topic_id thread_id thread_ts channel channel_id channelIdentity room_id updated updated_at",
);
/// Of these, those of where people talk: what an account wrote there is no line about it.
const ROOMS: [&str; 8] =
    words("channel channel_id channelIdentity chat chat_id room_id topic_id thread_ts");
/// Keys of lines that programs write.
const PROGRAMS: [&str; 9] = words("level severity lvl logger hostname host pid status method");

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    post(line).or_else(|| place(line))
}

fn post(line: &[u8]) -> Option<Record<'_>> {
    if !WRITTEN.any(line) || !BY.any(line) {
        return None;
    }
    let mut v: Value = serde_json::from_slice(line).ok()?;
    // an export may name the object after what it is
    let kind = v.get("type").and_then(Value::as_str).map(str::to_owned);
    let inner = kind
        .as_ref()
        .and_then(|k| v.get_mut(k))
        .filter(|i| i.is_object());
    let is_message = inner.is_some() || kind.as_deref() == Some("message");
    if let Some(inner) = inner {
        v = inner.take();
    }
    let has = |keys: &[&str]| keys.iter().any(|k| v.get(k).is_some());
    // who writes where people and programs do is said to be one of them
    let kind_of = |k: &&str| {
        ["user_type", "isBot", "is_bot"]
            .iter()
            .any(|t| v[*k].get(*t).is_some())
    };
    let is_message = is_message || is_numbered(&v) || AUTHORS.iter().any(kind_of);
    if !is_message && (has(&PROGRAMS) || !has(&PLACES)) {
        return None;
    }
    let talked = is_message || has(&ROOMS);
    let author = |k: &&str| author(v.get(k)?, talked || !ACCOUNTS.contains(k));
    let author = AUTHORS.iter().find_map(author)?;
    let bot = author.bot || is_posted(&v);
    let text = TEXTS.iter().find_map(|k| written(v.get(k)?));
    let text = text.or_else(|| attached(&v))?;
    let stamp = |k: &&str| time(&v, k).or_else(|| spoken(v.get(k)?));
    let stamp = TIMES.iter().find_map(stamp)?;
    let said = plain(&unlinked(&without_tags(&text)));
    let said = Some(said.trim()).filter(|s| !s.is_empty())?;
    let mut m = Message::new(Level::Info, said.as_bytes().to_vec());
    let (scope, person) = posted(author.name.as_bytes(), said.as_bytes(), bot);
    m.author = person;
    let mut r = Record::new(Some(stamp), Body::Message(m));
    r.scope = Some(scope);
    Some(r)
}

/// Whether the time is such a number as Slack calls a message by: `"ts": "1773150360.000400"`.
fn is_numbered(v: &Value) -> bool {
    let ts = v.get("ts").and_then(Value::as_str);
    let parts = ts.and_then(|ts| ts.split_once('.'));
    let digits = |p: &str, n: usize| p.len() == n && p.bytes().all(|b| b.is_ascii_digit());
    parts.is_some_and(|(s, us)| digits(s, 10) && digits(us, 6))
}

/// What an export of a whole chat holds beside what was written: its version, rooms, people, each named after what it is.
fn place(line: &[u8]) -> Option<Record<'_>> {
    const BESIDE: [&str; 6] = words("version team channel user emoji bot");
    let kind = line.strip_prefix(b"{\"type\":\"")?;
    let kind = &kind[..memchr::memchr(b'"', kind)?];
    let known = BESIDE.iter().any(|k| k.as_bytes() == kind);
    let v: Value = serde_json::from_slice(line).ok().filter(|_| known)?;
    v.get(str::from_utf8(kind).ok()?)?;
    Some(Record::new(None, Body::Header(Vec::new())))
}

/// Who wrote it.
struct Writer {
    name: String,
    bot: bool,
}

/// Who an object is, or a text, where that may be a name.
fn author(v: &Value, may_be_text: bool) -> Option<Writer> {
    let (name, holder) = match v {
        Value::String(s) if may_be_text && !s.is_empty() => (s.clone(), v),
        Value::Object(o) => {
            let inner = ["user", "application", "bot"].iter();
            let inner = inner.filter_map(|k| o.get(*k)).find(|i| i.is_object());
            let holder = inner.unwrap_or(v);
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

/// Whether a message says of itself that a program posted it.
fn is_posted(v: &Value) -> bool {
    let hooked = |k: &str| v.get("props").and_then(|p| p.get(k)).is_some();
    v.get("bot_id").is_some()
        || v.get("subtype").and_then(Value::as_str) == Some("bot_message")
        || hooked("from_webhook")
        || hooked("from_bot")
}

/// What was written, where it may be a text or an object that holds one.
fn written(v: &Value) -> Option<String> {
    match v {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Object(_) => first_text(v, &["content", "body", "text", "raw"]),
        _ => None,
    }
}

/// The text of the attachments, or of the blocks.
fn attached(v: &Value) -> Option<String> {
    // Mattermost keeps them with the other properties of a post
    let held = |key: &str| v.get(key).or_else(|| v.get("props")?.get(key));
    let list = |key: &str| held(key).and_then(Value::as_array).into_iter().flatten();
    let of_attachment = |a: &Value| {
        let both = [&["title", "pretext"][..], &["text"]];
        let both: Vec<String> = both.iter().filter_map(|keys| first_text(a, keys)).collect();
        match both.is_empty() {
            true => first_text(a, &["fallback"]),
            false => Some(both.join(" ")),
        }
    };
    let all: Vec<String> = list("attachments").filter_map(of_attachment).collect();
    let blocks = || list("blocks").filter_map(|b| value::text(b, &["text", "text"]));
    let all = match all.is_empty() {
        true => blocks().collect(),
        false => all,
    };
    (!all.is_empty()).then(|| all.join(" "))
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
        // `<https://x|4.1.0>` is a link of Slack's
        let name = tag[1..].trim_start_matches('/');
        let behind = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        let is_tag = behind.len() < name.len() && behind.starts_with([' ', '>', '/', '\n']);
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

/// Text whose links are their words: `[4.2.0](https://x)` of Markdown.
pub(in crate::format) fn unlinked(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let aim = &rest[at + 2..];
        let open = rest[..at].rfind('[');
        let address = ["http://", "https://", "mailto:"]
            .iter()
            .any(|s| aim.starts_with(s));
        let end = aim
            .find([')', ' '])
            .filter(|n| address && aim[*n..].starts_with(')'));
        match (open, end) {
            (Some(open), Some(end)) => {
                out.extend([&rest[..open], &rest[open + 1..at]]);
                rest = &aim[end + 1..];
            }
            _ => {
                out.push_str(&rest[..at + 2]);
                rest = aim;
            }
        }
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(out + rest)
}

/// What follows a picture at the start (`:bell: *#7 triggered*`).
fn picture(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix(':')?.split_once(':')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
    (!name.is_empty() && name.chars().all(fits)).then_some(rest)
}

/// Text without a chat's marks: a picture in front, `*shop*`, `<https://x|4.2.0>`, `&gt;`, and on one line.
fn plain(text: &str) -> String {
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
            b'*' if is_no_mark(&out, rest) => out.push('*'),
            _ => {}
        }
    }
    out.push_str(rest);
    out
}

/// Whether a star stands within a word, between blanks or alone in brackets, where no mark does: `m1/m2*100`, `select count(*), * from`.
fn is_no_mark(before: &str, behind: &str) -> bool {
    let sides = before.chars().next_back().zip(behind.chars().next());
    let both = |is: fn(char) -> bool| sides.is_some_and(|(a, b)| is(a) && is(b));
    both(char::is_alphanumeric) || both(char::is_whitespace) || sides == Some(('(', ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_and_signs_are_not() {
        assert_eq!(
            plain(":bell: *#7* is *firing*: `m1/m2*100`"),
            "#7 is firing: m1/m2*100"
        );
        assert_eq!(
            plain("select count(*), * from carts"),
            "select count(*), * from carts"
        );
        assert_eq!(plain("it is **down**, *_again_*"), "it is down, _again_");
    }

    #[test]
    fn links_are_their_words() {
        crate::tests::holds("words of a link", |t| unlinked(t).into_owned());
    }
}
