//! Wrappers of shippers and containers around the lines of others: taken off, up to four deep, so that what is inside is read
//! by its own format. What a wrapper names (host, service, version) and its time go to the record that has none of its own.

mod beats;
mod carried;
mod cloudwatch;
mod compose;
mod cri;
mod delivery;
mod docker;
mod export;
mod fluent;
mod gcp;
mod grep;
mod heroku;
mod indent;
mod job_trace;
mod journald;
mod kubectl;
mod loki;
mod look;
mod papertrail;
mod registry;
mod rsyslog_json;
mod syslog;

use super::flat_json::{self, Value};
use super::meta::holds;
use super::pods::service_of_pod;
use crate::format::app::text::stated_level;
use crate::format::app::{head, json, message, syslog as syslog_line};
use crate::format::leaf::find;
use crate::format::web::haproxy;
use crate::record::{At, Body, Level, Record};
use crate::time::{DAY, Dated, MINUTE, Precision, SECOND, Stamp, stamp, with_year};
use crate::vector::each_key;
use look::shows_none;
pub use registry::{ENVELOPES, Envelope};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Text of a line, or decoded from it.
pub type Text<'a> = Cow<'a, [u8]>;

/// What to do with the text inside where no format accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// The wrapper adds nothing but a frame: a line of plain text, or the continuation of one.
    Bare,
    /// The line is read with its wrapper, which is a record by itself.
    Whole,
    /// The text of a syslog program; its tag is [`Outer::tag`].
    Tagged,
}

/// What a wrapper states of the line it holds.
#[derive(Clone, Debug)]
pub struct Outer<'a> {
    /// Its time.
    pub stamp: Option<Stamp>,
    /// What its time means: when it was written ([`At::End`]), or when a shipper read it.
    pub at: At,
    /// The machine or pod.
    pub host: Option<Text<'a>>,
    /// The service, container or unit.
    pub service: Option<Text<'a>>,
    /// Version or image.
    pub version: Option<Text<'a>>,
    /// Severity.
    pub level: Option<Level>,
    /// The tag of a syslog program.
    pub tag: Option<Text<'a>>,
    /// What becomes of a text that no format accepts.
    pub inside: Inside,
    /// Where the rest of this text follows in a later line: the stream in which it does.
    pub more: Option<u64>,
    /// The stream that the line is of, for joining; only where lines of this wrapper may be cut.
    pub stream: Option<u64>,
}

/// The text of a container without the time that its runtime puts in front of it (`--timestamps`), and that time. A stamp of the
/// program itself may be without a zone, or end otherwise; before a level it is the program's too, or does as well as its own.
fn stamped(text: &[u8]) -> (&[u8], Option<Stamp>) {
    match stamp::iso(text) {
        Ok((rest, at)) if at.offset_min.is_some() && text.get(10) == Some(&b'T') => {
            match rest.strip_prefix(b" ") {
                Some(rest) if !head::level_next(rest) => (rest, Some(at)),
                _ => (text, None),
            }
        }
        _ => (text, None),
    }
}

impl<'a> Outer<'a> {
    /// A wrapper that shows a time and nothing else.
    pub fn new(stamp: Option<Stamp>, inside: Inside) -> Self {
        Outer {
            stamp,
            at: At::End,
            host: None,
            service: None,
            version: None,
            level: None,
            tag: None,
            inside,
            more: None,
            stream: None,
        }
    }

    /// What runs in a pod of a workload is the workload's, whatever its container is called; but for a proxy beside it.
    fn named_by_its_pod(mut self) -> Self {
        let beside = |c: &Text<'_>| c.ends_with(b"proxy");
        let workload = match &self.host {
            _ if self.service.as_ref().is_some_and(beside) => None,
            Some(Cow::Borrowed(pod)) => service_of_pod(pod).map(Cow::Borrowed),
            Some(Cow::Owned(pod)) => service_of_pod(pod).map(|s| Cow::Owned(s.to_vec())),
            None => None,
        };
        self.service = workload.or(self.service);
        self
    }

    fn into_owned(self) -> Outer<'static> {
        let own = |t: Option<Text<'_>>| t.map(|t| Cow::Owned(t.into_owned()));
        Outer {
            stamp: self.stamp,
            at: self.at,
            host: own(self.host),
            service: own(self.service),
            version: own(self.version),
            level: self.level,
            tag: own(self.tag),
            inside: self.inside,
            more: self.more,
            stream: self.stream,
        }
    }

    /// A line in this wrapper.
    fn around_text(self, text: impl Into<Text<'a>>) -> Peeled<'a> {
        let text = text.into();
        Peeled { text, outer: self }
    }

    /// Puts this wrapper around an inner one: the inner one knows better.
    fn around(self, inner: Outer<'a>) -> Outer<'a> {
        let (stamp, at) = match inner.stamp {
            Some(i) => match placed(i, self.stamp, self.at) {
                Some(s) => (Some(s), inner.at),
                None => (self.stamp, self.at),
            },
            None => (self.stamp, self.at),
        };
        Outer {
            stamp,
            at,
            host: inner.host.or(self.host),
            service: inner.service.or(self.service),
            version: inner.version.or(self.version),
            level: inner.level.or(self.level),
            tag: inner.tag.or(self.tag),
            inside: inner.inside,
            more: self.more.or(inner.more),
            stream: self.stream.or(inner.stream),
        }
    }

    /// The record of a text inside that no format accepts; `None` where the wrapper is a record by itself.
    pub fn plain(&'a self, text: &'a [u8]) -> Option<Record<'a>> {
        let mut rec = match self.inside {
            Inside::Whole => return None,
            Inside::Tagged => {
                let level = self.level.unwrap_or(Level::Info);
                syslog_line::tagged(self.stamp, level, self.tag.as_deref(), text)
            }
            Inside::Bare => {
                let level = stated_level(text, self.level);
                let object = self.stamp.and_then(|at| json::carried(at, level, text));
                object.unwrap_or_else(|| Record::new(self.stamp, message::body(level, text)))
            }
        };
        self.dress(&mut rec);
        Some(rec)
    }

    /// Gives a record what the wrapper knows and the record does not.
    pub fn dress(&'a self, rec: &mut Record<'a>) {
        match rec.stamp.map(|s| placed(s, self.stamp, self.at)) {
            Some(Some(s)) => rec.stamp = Some(s),
            // a list of what was done before, which somebody prints now
            Some(None) if rec.is_dated_act(self.stamp) => {
                (rec.stamp, rec.body) = (self.stamp, Body::Nothing);
            }
            _ => {
                rec.stamp = self.stamp;
                if self.at == At::Read {
                    rec.stamped = At::Read;
                }
            }
        }
        let borrow = |t: &'a Option<Text<'a>>| t.as_deref().map(Cow::Borrowed);
        rec.host = rec.host.take().or_else(|| borrow(&self.host));
        rec.service = rec.service.take().or_else(|| borrow(&self.service));
        rec.version = rec.version.take().or_else(|| borrow(&self.version));
    }
}

/// Largest distance from a multiple of 15 minutes at which a wrapper's time shows the zone of the time inside.
const ORACLE: i64 = MINUTE;

/// The time inside as far as the wrapper's time completes it: the year, and the offset where the wrapper was written at the
/// same moment (their difference, rounded to 15 minutes). `None` where the two do not go together: then the wrapper's counts.
#[inline]
pub(crate) fn placed(inner: Stamp, outer: Option<Stamp>, at: At) -> Option<Stamp> {
    let Some(out) = outer.filter(|o| o.dated == Dated::Full) else {
        return Some(inner);
    };
    let utc = out.wall_us - i64::from(out.offset_min.unwrap_or(0)) * MINUTE;
    let inner = with_year(inner, utc);
    // nothing was written before its own time: a number that looks like one, as Postfix gives its mails
    let own = inner.wall_us - i64::from(inner.offset_min.unwrap_or(0)) * MINUTE;
    if own.saturating_sub(utc) > DAY {
        return None;
    }
    // the wrapper's fraction, where both were written in the same second
    if let (Precision::Second, Some(offset), At::End) = (inner.precision, inner.offset_min, at) {
        let local = i64::from(offset) * MINUTE;
        if (0..SECOND).contains(&(utc + local - inner.wall_us)) {
            return Some(Stamp {
                wall_us: utc + local,
                precision: out.precision,
                ..inner
            });
        }
    }
    if inner.offset_min.is_some() || out.offset_min.is_none() || at == At::Read {
        return Some(inner);
    }
    let quarter = 15 * MINUTE;
    let diff = inner.wall_us - utc;
    let rounded = (diff + quarter / 2).div_euclid(quarter) * quarter;
    if (diff - rounded).abs() > ORACLE || rounded.abs() > 14 * 60 * MINUTE {
        return None;
    }
    Some(inner.at_offset(i16::try_from(rounded / MINUTE).ok()))
}

/// A line without its wrapper.
#[derive(Clone, Debug)]
pub struct Peeled<'a> {
    /// What was inside.
    pub text: Text<'a>,
    /// What the wrapper shows.
    pub outer: Outer<'a>,
}

/// Whether a line begins as an object does, and holds one of these.
fn is_object_with(line: &[u8], texts: &[&str]) -> bool {
    let held = |t: &&str| find(line, t.as_bytes()).is_some();
    line.first() == Some(&b'{') && texts.iter().any(held)
}

/// Wrappers that are taken off one line at most.
const DEEPEST: usize = 4;

/// Whether a line is in a wrapper that is one only where most lines of an input are in it.
pub fn is_of_whole_files(line: &[u8]) -> bool {
    let mut all = ENVELOPES.iter().filter(|e| e.of_whole_files);
    all.any(|e| (e.peel)(line).is_some())
}

/// Takes all wrappers off a line, and the colours off what was inside. Gives the index of the outermost wrapper in
/// [`ENVELOPES`] too.
pub fn peel(line: &[u8]) -> Option<(usize, Peeled<'_>)> {
    let (first, p, _) = peel_to(line, |_| false)?;
    Some((first, p))
}

/// The same, without a further look at a text inside the first wrapper of which it is known that it has none, and no colours.
/// Gives also whether the line had one wrapper only.
pub fn peel_to(line: &[u8], knows: impl Fn(&[u8]) -> bool) -> Option<(usize, Peeled<'_>, bool)> {
    let (first, p) = once(line)?;
    if p.outer.more.is_none() && knows(&p.text) {
        return Some((first, p, true));
    }
    let (p, alone) = deeper(p);
    Some((first, colourless(p), alone))
}

/// A text as it would be without a terminal in mind.
fn colourless(mut p: Peeled<'_>) -> Peeled<'_> {
    if let Cow::Owned(t) = message::plain(&p.text) {
        p.text = Cow::Owned(t);
    }
    p
}

/// A text without the wrappers inside the first, and whether there was none.
fn deeper(mut p: Peeled<'_>) -> (Peeled<'_>, bool) {
    for depth in 1..DEEPEST {
        if p.outer.more.is_some() {
            return (p, false);
        }
        let inner = once(&p.text).filter(|(i, _)| !ENVELOPES[*i].of_whole_files);
        let Some((_, inner)) = inner else {
            return (p, depth == 1);
        };
        let (text, outer) = (inner.text.into_owned(), inner.outer.into_owned());
        p = p.outer.around(outer).around_text(text);
    }
    (p, false)
}

/// What is left of a joined text when further wrappers are taken off.
pub fn peel_joined<'a>(outer: Outer<'a>, text: Vec<u8>) -> Peeled<'a> {
    match peel(&text) {
        Some((_, inner)) => {
            let (t, o) = (inner.text.into_owned(), inner.outer.into_owned());
            outer.around(o).around_text(t)
        }
        None => colourless(outer.around_text(text)),
    }
}

/// A key in its quotes, and a bit for the wrapper that it is of.
type WrapperKey = (&'static [u8], u32);

/// The keys of wrappers, by the byte behind their quote.
static KEYS: LazyLock<[Vec<WrapperKey>; 256]> = LazyLock::new(|| {
    let mut all = [const { Vec::new() }; 256];
    for (i, e) in ENVELOPES.iter().enumerate() {
        for key in &e.keys {
            all[usize::from(key.as_bytes()[1])].push((key.as_bytes(), 1 << i));
        }
    }
    all
});

/// The wrappers of which no key is known.
static KEYLESS: LazyLock<u32> = LazyLock::new(|| {
    let all = ENVELOPES.iter().enumerate();
    all.fold(0, |all, (i, e)| all | u32::from(e.keys.is_empty()) << i)
});

/// The wrappers of which an object has a key.
fn keyed(object: &[u8]) -> u32 {
    let keys = &*KEYS;
    let mut all = 0;
    each_key(object, |quote| {
        let behind = &object[quote..];
        let may = behind.get(1).map_or(&[][..], |c| &keys[usize::from(*c)]);
        let held = may.iter().filter(|(key, _)| behind.starts_with(key));
        held.for_each(|(_, of)| all |= of);
    });
    all
}

/// By first byte, the wrappers that lines may be in: a bit for each.
static BY_FIRST: LazyLock<[u32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|first| {
        let may = |e: &Envelope| u8::try_from(first).is_ok_and(|b| holds(e.begins, b));
        let all = ENVELOPES.iter().enumerate();
        all.fold(0, |all, (i, e)| all | u32::from(may(e)) << i)
    })
});

/// Whether a text is in no wrapper and has no colours.
#[inline]
pub fn is_innermost(text: &[u8]) -> bool {
    once(text).is_none() && memchr::memchr(0x1b, text).is_none()
}

fn once(line: &[u8]) -> Option<(usize, Peeled<'_>)> {
    let first = *line.first()?;
    (!shows_none(line)).then_some(())?;
    let mut left = BY_FIRST[usize::from(first)];
    if first == b'{' {
        left &= keyed(line) | *KEYLESS;
    }
    while left != 0 {
        let i = left.trailing_zeros() as usize;
        left &= left - 1;
        if let Some(p) = (ENVELOPES[i].peel)(line) {
            return Some((i, p));
        }
    }
    None
}

/// Formats with lines that carry no time and begin like any sentence: what is specific to theirs. One line for each such format.
static SENTENCES: &[fn(&[u8]) -> bool] = &[haproxy::is_event];

/// Whether a text inside a syslog line may be of a format of its own: it begins like a request, an object or a pair, or is
/// a sentence that one of `SENTENCES` knows.
pub fn worth_reading(text: &[u8]) -> bool {
    let t = text.trim_ascii_start();
    match t.first() {
        None => false,
        Some(b'{' | b'[' | b'<' | b':' | b'0'..=b'9') => true,
        Some(_) => {
            t.iter()
                .take(64)
                .find(|c| matches!(c, b'=' | b' ' | b':'))
                .is_some_and(|c| *c == b'=')
                || SENTENCES.iter().any(|is| is(t))
        }
    }
}

/// A JSON string's text.
fn string<'a>(v: Value<'a>) -> Option<Text<'a>> {
    match v {
        Value::Str(s) => Some(flat_json::decode(s)),
        _ => None,
    }
}

/// A JSON string that is not empty.
fn name<'a>(v: Value<'a>) -> Option<Text<'a>> {
    string(v).filter(|t| !t.is_empty() && t.len() <= 256)
}

/// A text without blanks at its end.
fn trimmed(text: Text<'_>) -> Text<'_> {
    match text {
        Cow::Borrowed(t) => Cow::Borrowed(t.trim_ascii_end()),
        Cow::Owned(mut t) => {
            t.truncate(t.trim_ascii_end().len());
            Cow::Owned(t)
        }
    }
}

/// A time in a JSON string or number; sentinels are none.
fn time(v: Value<'_>) -> Option<Stamp> {
    stamp::whole(v.text()?).filter(|s| s.wall_us >= DAY)
}

/// A stream's number.
pub(crate) fn stream_of(parts: &[&[u8]]) -> u64 {
    parts
        .iter()
        .fold(7, |h, p| crate::hash::hash64(p, h.wrapping_add(1)))
}

#[cfg(test)]
mod tests;
