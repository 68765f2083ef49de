//! Events written as XML: java.util.logging and exports of the Windows event log. An event, on one line or on many,
//! becomes one object of strings; what does not lie in an event says nothing.

use super::journal_export::escape;
use super::{LONGEST, LineJoiner, Units};
use memchr::memmem::find;
use std::borrow::Cow;

/// Names of elements that are events, and what must stand in the head of such an input.
static EVENTS: [(&[u8], &[u8]); 2] = [
    (b"Event", b"schemas.microsoft.com/win/2004/08/events"),
    (b"record", b"<millis>"),
];

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = matches!(
        head.trim_ascii_start(),
        [b'<', b'?' | b'!' | b'A'..=b'Z' | b'a'..=b'z', ..]
    );
    begins
        && EVENTS
            .iter()
            .any(|(name, sign)| opening(head, name).is_some() && find(head, sign).is_some())
}

/// Where an element of that name opens.
fn opening(text: &[u8], name: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + find(&text[from..], name)?;
        let after = text.get(at + name.len());
        let ends = matches!(after, None | Some(b' ' | b'>' | b'\t'));
        if at > 0 && text[at - 1] == b'<' && ends {
            return Some(at - 1);
        }
        from = at + name.len();
    }
}

/// The event that is being put together.
#[derive(Debug, Default)]
pub(super) struct OpenEvent {
    /// What the events of this input are called, once one was met.
    called: Option<&'static [u8]>,
    /// That name while an event is open.
    name: Option<&'static [u8]>,
    text: Vec<u8>,
    at: (u64, u64),
}

impl LineJoiner for OpenEvent {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let mut from = 0;
        while from < line.len() {
            let rest = &line[from..];
            let Some(name) = self.name else {
                let first = EVENTS
                    .iter()
                    .map(|e| e.0)
                    .filter(|n| self.called.is_none_or(|c| c == *n))
                    .find_map(|n| Some((opening(rest, n)?, n)));
                let Some((at, name)) = first else { return };
                (self.name, self.called) = (Some(name), Some(name));
                self.at = (offset + (from + at) as u64, number);
                from += at;
                continue;
            };
            let close = [b"</", name, b">"].concat();
            let end = find(rest, &close).map_or(rest.len(), |n| n + close.len());
            let whole = end < rest.len() || rest.ends_with(&close);
            if self.text.len() + end < LONGEST {
                self.text.extend_from_slice(&rest[..end]);
            }
            from += end;
            if whole {
                self.close(number, out);
            }
        }
        if self.name.is_some() && self.text.len() < LONGEST {
            self.text.push(b'\n');
        }
    }

    fn end(&mut self, out: &mut Units) {
        self.close(0, out);
    }
}

impl OpenEvent {
    fn close(&mut self, last: u64, out: &mut Units) {
        let (line, last) = (self.at.1, last.max(self.at.1));
        if self.name.take().is_some() && !self.text.is_empty() {
            let object = object(&self.text);
            out.add(self.at.0, (line, last), &[&object]);
        }
        self.text.clear();
    }
}

/// The value of an attribute of an element that begins `text`.
fn attribute<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let tag = &text[..memchr::memchr(b'>', text)?];
    let mut from = 0;
    loop {
        let at = from + find(&tag[from..], name)?;
        from = at + name.len();
        let value = tag[from..].strip_prefix(b"=");
        if at > 0
            && tag[at - 1].is_ascii_whitespace()
            && let Some([quote @ (b'"' | b'\''), value @ ..]) = value
        {
            return Some(&value[..memchr::memchr(*quote, value)?]);
        }
    }
}

/// The first element of that name: the text from its tag on.
fn element<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    opening(text, name).map(|at| &text[at..])
}

/// What stands in the first element of that name, as text.
fn content<'a>(text: &'a [u8], name: &[u8]) -> Option<Cow<'a, [u8]>> {
    let inside = element(text, name)?;
    let begin = memchr::memchr(b'>', inside)?;
    if begin > 0 && inside[begin - 1] == b'/' {
        return None;
    }
    let inside = &inside[begin + 1..];
    let close = [b"</", name, b">"].concat();
    let inside = &inside[..find(inside, &close)?];
    Some(plain(inside.trim_ascii()))
}

/// Text as it was before it was written as XML.
fn plain(b: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'&', b).is_none() {
        return Cow::Borrowed(b);
    }
    const NAMED: [(&[u8], u8); 8] = [
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&amp;", b'&'),
        (b"&quot;", b'"'),
        (b"&apos;", b'\''),
        (b"&#39;", b'\''),
        (b"&#10;", b'\n'),
        (b"&#xA;", b'\n'),
    ];
    let mut out = Vec::with_capacity(b.len());
    let mut at = 0;
    while at < b.len() {
        match NAMED.iter().find(|(n, _)| b[at..].starts_with(n)) {
            Some((name, c)) => {
                out.push(*c);
                at += name.len();
            }
            None => {
                out.push(b[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// The object of an event.
fn object(event: &[u8]) -> Vec<u8> {
    let mut out = b"{".to_vec();
    let mut put = |key: &str, value: Option<Cow<'_, [u8]>>| {
        let Some(value) = value.filter(|v| !v.is_empty()) else {
            return;
        };
        if out.len() > 1 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\":");
        escape(&value, &mut out);
    };
    if event.starts_with(b"<record") {
        put("timestamp", content(event, b"millis"));
        put("level", content(event, b"level").map(in_english));
        put("logger", content(event, b"logger"));
        put("message", content(event, b"message"));
        let thrown = element(event, b"exception").and_then(|e| content(e, b"message"));
        put("exception", thrown);
    } else {
        windows(event, &mut put);
    }
    out.push(b'}');
    out
}

/// The levels of java.util.logging that are translated, in English.
fn in_english(level: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match crate::format::app::jul::level(&level) {
        Some(l) => Cow::Owned(format!("{l:?}").into_bytes()),
        None => level,
    }
}

/// An event of the Windows event log: its text where the export renders it, else source, number and data.
fn windows(event: &[u8], put: &mut impl FnMut(&str, Option<Cow<'_, [u8]>>)) {
    let time = element(event, b"TimeCreated").and_then(|t| attribute(t, b"SystemTime"));
    put("timestamp", time.map(plain));
    let level: &[u8] = match content(event, b"Level").as_deref() {
        Some(b"1") => b"critical",
        Some(b"2") => b"error",
        Some(b"3") => b"warning",
        Some(b"5") => b"verbose",
        _ => b"info",
    };
    put("level", Some(Cow::Borrowed(level)));
    put("host", content(event, b"Computer"));
    let rendered = element(event, b"RenderingInfo").and_then(|r| content(r, b"Message"));
    let source = element(event, b"Provider").and_then(|p| attribute(p, b"Name"));
    let text = rendered.unwrap_or_else(|| {
        let id = content(event, b"EventID").unwrap_or_default();
        let mut data = Vec::new();
        let mut rest = event;
        while let Some(d) = element(rest, b"Data").filter(|_| data.len() < 16) {
            data.push(content(d, b"Data").unwrap_or_default());
            rest = &d[1..];
        }
        let source = source.unwrap_or_default();
        let text = documented(source, &id, &data);
        text.unwrap_or_else(|| {
            let head = [source, b" ", &id, b":"].concat();
            data.iter()
                .fold(head, |text, d| [&text, &b" "[..], d].concat())
        })
        .into()
    });
    put("message", Some(text));
}

/// What the maker of a source says that its numbered events mean, with what is set in.
fn documented(source: &[u8], id: &[u8], data: &[Cow<'_, [u8]>]) -> Option<Vec<u8>> {
    const EVENTS: &str = include_str!("windows_events.tsv");
    let mut events = EVENTS.lines().map(|l| l.splitn(3, '\t'));
    let text = events.find_map(|mut e| {
        let known = e.next()?.as_bytes() == source && e.next()?.as_bytes() == id;
        known.then(|| e.next())?
    })?;
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (n, rest) = part.split_at_checked(1)?;
        out.extend_from_slice(data.get(n.parse::<usize>().ok()?.checked_sub(1)?)?);
        out.extend_from_slice(rest.as_bytes());
    }
    Some(out)
}
