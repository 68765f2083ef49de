//! Folds messages: markers they state, templates of those that matter, versions they name, requests they mention.

mod marker_made;
mod quiet;
mod versions;

use crate::summary::Axis;
use crate::summary::LineAt;
use crate::summary::fast::silent_messages::{Heard, Quiet};
use crate::summary::fold::counting::join_hash;
use crate::summary::templates::TemplateParts;
use crate::summary::track::JoinCell;
use crate::summary::{
    InputPart, Marker, Pos, Remark, Repeat, RepeatKey, Seen, Track, VersionKey, VersionSpan,
    is_repeating, mask,
};
use coroner_lines::format::app::placeholders;
use coroner_lines::format::ops::{events, kubernetes};
use coroner_lines::marker::own::OwnRule;
use coroner_lines::marker::{self, Hit, Signs};
use coroner_lines::record::{CauseClass, Kind, Level, MarkerKind, Message, Record};
use coroner_lines::text::only_reports_a_request;
use coroner_lines::time::MINUTE;
use std::borrow::Cow;
use std::sync::Arc;

/// Buffers that live as long as the fold.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(in crate::summary) hits: Vec<Hit>,
    masked: Vec<u8>,
    shaped: [Vec<u8>; 2],
    text: Vec<u8>,
    /// Messages that state nothing and name no version, by the axis of their track.
    quiet: [Quiet; 2],
    /// Errors beside messages, and lines below them, that state nothing.
    beside: Quiet,
    /// Whether lines can be read again when the report is made.
    pub(in crate::summary) again: bool,
    /// Rules of the user.
    own: Arc<Vec<OwnRule>>,
}

impl Scratch {
    pub(crate) fn with_rules(own: Arc<Vec<OwnRule>>) -> Scratch {
        Scratch {
            own,
            ..Scratch::default()
        }
    }
}

/// One message and what is known of it.
pub(crate) struct MessageAt<'a> {
    pub at: LineAt<'a>,
    pub rec: &'a Record<'a>,
    pub message: &'a Message<'a>,
    pub scope: Kind,
    pub exception: Option<&'a [u8]>,
    pub axis: Axis,
    pub us: i64,
    /// What is known of its text, where that was asked for.
    pub heard: Option<Heard>,
}

impl MessageAt<'_> {
    /// The error that stands beside the message or below it.
    fn error(&self) -> Option<&[u8]> {
        self.exception.or(self.message.error.as_deref())
    }
}

/// Whether a message speaks of an alert of which the rest of its line may tell the state.
fn is_of_an_alert(s: &MessageAt<'_>, signs: Signs) -> bool {
    signs.speaks_of_an_act()
        && s.at.bytes().len() > s.message.text.len()
        && memchr::memmem::find(&s.message.text, b"lert").is_some()
}

/// What is kept of a message and the error beside it. That a request ended adds nothing to why it did, and what one of them says already
/// is not said again.
fn said_once<'t>(said: &'t [u8], error: Option<&'t [u8]>) -> (&'t [u8], Option<&'t [u8]>) {
    match error {
        Some(e) if only_reports_a_request(said) => (b"", Some(e)),
        Some(e) if said.ends_with(bare(e)) => (said, None),
        Some(e) if bare(e).starts_with(said) => (b"", Some(e)),
        error => (said, error),
    }
}

/// An error without a name that says only that it is one.
fn bare(error: &[u8]) -> &[u8] {
    let named = [&b"Error: "[..], b"Exception: "];
    let rest = named.iter().find_map(|n| error.strip_prefix(*n));
    rest.unwrap_or(error)
}

/// Words of a message from which on it is a sentence, which the rules read.
const NAME: usize = 3;

/// Tokens of a statement that are kept: enough for its verb and table, few enough for one template per kind.
const STATEMENT_TOKENS: usize = 8;

fn own(v: &Option<std::borrow::Cow<'_, [u8]>>) -> Option<Vec<u8>> {
    v.as_ref().map(|x| x[..x.len().min(128)].to_vec())
}

fn cap(v: &[u8], n: usize) -> Vec<u8> {
    v[..v.len().min(n)].to_vec()
}

/// Folds a message that carries a time.
pub(crate) fn timed(t: &mut Track, scratch: &mut Scratch, s: &MessageAt<'_>) {
    let m = s.message;
    if m.level >= Level::Error {
        t.errors.add(s.us, 1);
    }
    if let (Some((client, line)), true) = (m.request, m.level >= Level::Warn) {
        let mut words = line.split(|c| *c == b' ');
        if let (Some(method), Some(path)) = (words.next(), words.next()) {
            t.joins.add(
                join_hash(client, method, path),
                JoinCell { count: 1, us: s.us },
                Track::join,
            );
        }
    }
    let plain = m.states.is_none() && s.rec.version.is_none() && m.author.is_none();
    if let Some((author, words)) = marker::remark(s.rec, m) {
        t.remarks.add(Remark {
            seen: Seen::new(s.us, s.at.pos, s.at.bytes()).with_more(s.at.more),
            author: cap(author, 128),
            text: cap(words, Remark::KEEP),
        });
    }
    if plain && quiet::is_known(t, scratch, s) {
        return;
    }
    let mut signs = marker::signs(&m.text, s.scope);
    let stated = markers(t, scratch, s, &mut signs);
    let versioned = (s.rec.version.is_some() || signs.may_name_version()) && versions::keep(t, s);
    let is_trouble = signs.is_trouble(&m.text);
    let behind = match m.level >= Level::Warn || is_trouble {
        true => {
            template(t, scratch, s);
            i64::MAX
        }
        false if stated || m.author.is_some() => i64::MAX,
        false => quiet::shape(t, scratch, s),
    };
    // of a text of an alert each line says another thing
    if plain && !stated && !versioned && !is_of_an_alert(s, signs) {
        quiet::learn(t, scratch, s, signs, (is_trouble, behind));
    }
}

/// What the rules of the user find in a message.
fn by_rules(
    scratch: &Scratch,
    at: LineAt<'_>,
    rec: &Record<'_>,
    text: &[u8],
    scope: Kind,
    timed: bool,
) -> Vec<Marker> {
    let found = scratch.own.iter().filter_map(|r| r.find(text, scope));
    found
        .map(|f| {
            let hit = Hit {
                kind: f.kind,
                class: None,
                confidence: 90,
            };
            let seen = Seen::new(0, at.pos, at.bytes());
            let m = Marker::of_hit(seen, timed, 0, rec, text, hit, scope);
            let named = |group: &str, most| f.group(group).map(|v| cap(v, most));
            Marker {
                service: named("service", 128).or(m.service),
                version: named("version", 64).or(m.version),
                host: named("host", 128).or(m.host),
                actor: named("actor", 64).or(m.actor),
                ..m
            }
        })
        .collect()
}

/// Keeps the markers of a message; whether it states any.
fn markers(t: &mut Track, scratch: &mut Scratch, s: &MessageAt<'_>, signs: &mut Signs) -> bool {
    scratch.hits.clear();
    // a message that is no sentence is the name of an event, which the other members describe
    let name = memchr::memchr_iter(b' ', &s.message.text).count() < NAME;
    let object =
        Some(s.at.bytes()).filter(|l| l.starts_with(b"{") && name && signs.speaks_of_an_act());
    // and one that speaks of an alert states its state there, each line another
    let alert = is_of_an_alert(s, *signs);
    let announced_all = kubernetes::announced(&s.message.text)
        .or_else(|| events::announced(object?))
        .or_else(|| alert.then(|| events::alerted(s.at.bytes()))?)
        .or_else(|| events::in_pairs(&s.message.text, s.rec.stamp?, signs.speaks_of_an_act()));
    if let Some(notices) = announced_all {
        for (rank, n) in notices.iter().enumerate() {
            t.add_marker(Marker::of_notice(Some(s.us), s.at, rank, s.rec, n));
        }
        return !notices.is_empty();
    }
    if s.message.author.is_some() {
        marker::find_in_chat(&s.message.text, &mut scratch.hits);
    } else {
        signs.find(&s.message.text, &mut scratch.hits);
    }
    let mut of_error = 0..0;
    let error = s.error();
    if let Some(e) = error {
        // the error of a structured or stack line may state a fault (disk, memory, certificate) or that a release failed
        let before = scratch.hits.len();
        scratch.find_beside(e, s.scope);
        let mut i = before;
        while i < scratch.hits.len() {
            let h = scratch.hits[i];
            let is_fault = matches!(h.kind, MarkerKind::Fault | MarkerKind::DeployFail);
            if !is_fault || scratch.hits[..before].contains(&h) {
                scratch.hits.remove(i);
            } else {
                i += 1;
            }
        }
        of_error = before..scratch.hits.len();
    }
    let fault = |h: &Hit| h.kind == MarkerKind::Fault;
    if s.message.states == Some(MarkerKind::Fault) && !scratch.hits.iter().any(fault) {
        scratch.hits.push(Hit {
            kind: MarkerKind::Fault,
            class: Some(CauseClass::Config),
            confidence: 90,
        });
    }
    let mut stated = !scratch.hits.is_empty();
    let form = s.message.states.filter(|k| *k != MarkerKind::Fault);
    if let Some(kind) = form {
        // what the form says is not said again by the words, and is one event, not one line of many
        scratch.hits.retain(|h| h.kind != kind);
        let seen = Seen::new(s.us, s.at.pos, s.at.bytes());
        t.add_marker(Marker::of_form(seen, true, s.rec, s.message, kind, s.scope));
        stated = true;
    }
    let first = scratch.hits.len();
    for (rank, m) in by_rules(scratch, s.at, s.rec, &s.message.text, s.scope, true)
        .into_iter()
        .enumerate()
    {
        stated = true;
        let seen = Seen::new(s.us, s.at.pos, s.at.bytes());
        t.add_marker(Marker {
            seen,
            rank: (first + rank).min(usize::from(u16::MAX)) as u16,
            ..m
        });
    }
    let text = match scratch.hits.is_empty() {
        true => Cow::Borrowed(&[][..]),
        false => placeholders::filled(&s.message.text, s.at.bytes()),
    };
    for (rank, hit) in scratch.hits.drain(..).enumerate() {
        let seen = Seen::new(s.us, s.at.pos, s.at.bytes()).with_more(s.at.more);
        let made = match is_repeating(hit.kind) {
            true => Marker::without_actor,
            false => Marker::of_hit,
        };
        let mut m = made(seen, true, rank, s.rec, &text, hit, s.scope);
        // what states it is what is quoted
        if let Some(e) = error.filter(|_| of_error.contains(&rank)) {
            m.text = cap(e, 300);
        }
        if !is_repeating(hit.kind) {
            t.add_marker(m);
            continue;
        }
        let key = RepeatKey {
            minute: s.us.div_euclid(MINUTE),
            kind: m.kind,
            class: m.class,
            host: m.host,
            service: m.service,
        };
        let one = Repeat {
            count: 1,
            first: m.seen,
            text: m.text,
            last_us: s.us,
            confidence: m.confidence,
        };
        t.repeats.add(key, one);
    }
    stated
}

/// Counts the template of a message.
fn template(t: &mut Track, scratch: &mut Scratch, s: &MessageAt<'_>) {
    let m = s.message;
    let (said, error) = said_once(&m.text, s.error());
    scratch.text.clear();
    scratch
        .text
        .extend_from_slice(&said[..said.len().min(1024)]);
    if !said.is_empty() && error.is_some() {
        scratch.text.extend_from_slice(b": ");
    }
    if let Some(e) = error {
        scratch.text.extend_from_slice(&e[..e.len().min(1024)]);
    }
    let tokens = if scratch.text.starts_with(b"STATEMENT:") {
        STATEMENT_TOKENS
    } else {
        24
    };
    mask(&scratch.text, tokens, &mut scratch.masked);
    fn short<'v>(v: &'v Option<std::borrow::Cow<'_, [u8]>>) -> Option<&'v [u8]> {
        v.as_ref().map(|x| &x[..x.len().min(128)])
    }
    let key = TemplateParts {
        host: short(&s.rec.host),
        service: short(&s.rec.service),
        level: m.level,
        text: &scratch.masked,
    };
    t.templates
        .add(key, &scratch.text, (s.us, s.at.pos, s.at.bytes()));
}

/// Keeps the markers of a message without a time; they are placed by their neighbours at report time.
pub(crate) fn untimed(
    part: &mut InputPart,
    scratch: &mut Scratch,
    at: LineAt<'_>,
    rec: &Record<'_>,
    m: &Message<'_>,
    scope: Kind,
) {
    scratch.hits.clear();
    if m.author.is_some() {
        marker::find_in_chat(&m.text, &mut scratch.hits);
    } else {
        marker::find(&m.text, scope, &mut scratch.hits);
    }
    if let Some(kind) = m.states {
        scratch.hits.retain(|h| h.kind != kind);
        let seen = Seen::new(0, Pos { ..at.pos }, at.bytes());
        part.add_untimed(Marker::of_form(seen, false, rec, m, kind, scope));
    }
    for (rank, hit) in std::mem::take(&mut scratch.hits).into_iter().enumerate() {
        let seen = Seen::new(0, Pos { ..at.pos }, at.bytes());
        part.add_untimed(Marker::of_hit(seen, false, rank, rec, &m.text, hit, scope));
    }
    for (rank, o) in by_rules(scratch, at, rec, &m.text, scope, false)
        .into_iter()
        .enumerate()
    {
        // behind those of the vocabulary
        let rank = (1000 + rank).min(usize::from(u16::MAX)) as u16;
        part.add_untimed(Marker { rank, ..o });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_says_its_error_does_not_say_again() {
        let expired = &b"certificate has expired"[..];
        let longer = &b"certificate has expired: rabbitmq"[..];
        let named = &b"Error: certificate has expired"[..];
        let ended = &b"GET /cart 500 4ms"[..];
        for (said, error, kept) in [
            (expired, Some(named), (expired, None)),
            (expired, Some(expired), (expired, None)),
            (expired, Some(longer), (&b""[..], Some(longer))),
            (expired, None, (expired, None)),
            (
                b"order failed",
                Some(named),
                (&b"order failed"[..], Some(named)),
            ),
            // though it ends with it
            (ended, Some(&b"4ms"[..]), (&b""[..], Some(&b"4ms"[..]))),
        ] {
            assert_eq!(said_once(said, error), kept);
        }
    }
}
