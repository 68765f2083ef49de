//! What a log held before a moment, its rotated parts and the instances of its program taken together: since when it goes on
//! without a hole, which of its messages are variants of one, and how long none was written that begins as another does. Judges no
//! message.

use crate::cause::SaidText;
use crate::infer::lanes::{Lane, View};
use crate::infer::novelty;
use coroner_core::summary::{TemplateKey, TemplateUse, touching};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

/// A stretch without a line that is longer than this is a hole between two parts of a log; what is shorter says little of what
/// a log usually holds.
pub(super) const BASELINE: i64 = 10 * MINUTE;
/// Bytes with which two messages begin alike: as many as are quoted.
const HEAD: usize = 100;

/// All logs of a report: there may be 100,000 of a line each, so that what is known of them lies in two lists.
pub(super) struct Past<'a> {
    /// By log, and in it by their first line.
    lanes: Vec<&'a Lane<'a>>,
    /// By log and form.
    messages: Vec<Message<'a>>,
    /// Name of a log → where both begin.
    by_log: BTreeMap<&'a str, (Range<usize>, Range<usize>)>,
    /// What was read of messages.
    said: RefCell<HashMap<Box<[u8]>, SaidText>>,
}

/// A template of a lane.
pub(super) struct Message<'a> {
    pub key: &'a TemplateKey,
    pub lane: &'a Lane<'a>,
    pub used: &'a TemplateUse,
    /// Its text, masked wherever its variants differ.
    pub form: Rc<[u8]>,
    /// The words with which it begins.
    head: Rc<[u8]>,
    /// First line of it or of a variant of it, in the whole log.
    pub first: Instant,
}

impl Message<'_> {
    /// The head of the message, in its log.
    fn head(&self) -> (&str, &[u8]) {
        (self.lane.log(), &self.head)
    }
}

/// Lines of some messages, in whole minutes that touch `[from, to)`.
pub(super) fn count(uses: &[Message<'_>], from: Instant, to: Instant) -> u64 {
    let count = |m: &Message<'_>| {
        let minutes = touching(MINUTE, m.lane.on_axis(from), m.lane.on_axis(to));
        m.used.minutes.total(minutes)
    };
    uses.iter().map(count).sum()
}

impl<'a> Past<'a> {
    pub fn of(view: &'a View<'a>) -> Past<'a> {
        let mut lanes: Vec<&Lane<'_>> = view.lanes.iter().collect();
        lanes.sort_by_cached_key(|l| (l.log(), l.utc(l.body.0), l.input));
        let (mut messages, mut by_log) = (Vec::new(), BTreeMap::new());
        let mut at = 0;
        for log in lanes.chunk_by(|a, b| a.log() == b.log()) {
            let (from, start) = (messages.len(), at);
            at += log.len();
            messages.extend(messages_of(log));
            by_log.insert(log[0].log(), (start..at, from..messages.len()));
        }
        Past {
            lanes,
            messages,
            by_log,
            said: RefCell::default(),
        }
    }

    /// What a message says, which is read once, whoever asks.
    pub fn said(&self, raw: &[u8]) -> SaidText {
        let known = self.said.borrow().get(raw).cloned();
        known.unwrap_or_else(|| {
            let read = SaidText::of(raw);
            self.said.borrow_mut().insert(raw.into(), read.clone());
            read
        })
    }

    /// The lanes of the log of a lane.
    fn lanes(&self, l: &Lane<'_>) -> &[&'a Lane<'a>] {
        &self.lanes[self.by_log[l.log()].0.clone()]
    }

    /// Since when the log of a lane goes on without a hole up to a moment.
    pub fn since(&self, l: &Lane<'_>, at: Instant) -> Instant {
        let before = |x: &&&Lane<'_>| x.utc(x.body.0) <= at;
        let earlier = self.lanes(l).iter().filter(before).rev();
        let mut since = at;
        for x in earlier {
            if x.utc(x.body.1).0 < since.0 - BASELINE {
                break;
            }
            since = since.min(x.utc(x.body.0));
        }
        since
    }

    /// All messages: those of one log and form together.
    pub fn forms(&self) -> impl Iterator<Item = &[Message<'a>]> {
        let same =
            |a: &Message<'_>, b: &Message<'_>| (&a.form, a.lane.log()) == (&b.form, b.lane.log());
        self.messages.chunk_by(same)
    }

    /// The heads of the messages that a log holds from a moment on: when the first such line comes then, and how long there
    /// was none before.
    pub fn heads(&self, from: Instant, to: Instant) -> Heads<'_> {
        let mut heads: BTreeMap<(&str, &[u8]), (Instant, Instant)> = BTreeMap::new();
        for m in &self.messages {
            let l = m.lane;
            if let Some(s) = m.used.first_in(l.on_axis(from), l.on_axis(to)) {
                let at = l.utc(s.us);
                let since = self.since(l, at);
                let e = heads.entry(m.head()).or_insert((at, since));
                *e = (*e).min((at, since));
            }
        }
        for m in &self.messages {
            let (l, t) = (m.lane, m.used);
            let Some((at, since)) = heads.get_mut(&m.head()) else {
                continue;
            };
            let now = l.on_axis(*at);
            let minute = now.div_euclid(MINUTE);
            let past = t.minutes.range(i64::MIN..minute).next_back();
            let past = past.map(|(m, _)| l.utc((m + 1).saturating_mul(MINUTE)));
            let same = t.first_in(minute * MINUTE, now).map(|s| l.utc(s.us));
            *since = (*since).max(past.max(same).unwrap_or(*since));
        }
        Heads(heads)
    }
}

/// When heads of messages first come after a moment, and since when none did.
pub(super) struct Heads<'a>(BTreeMap<(&'a str, &'a [u8]), (Instant, Instant)>);

impl Heads<'_> {
    /// How long no line of its log began as a message does, where its first line is the first that does.
    pub fn none_for(&self, m: &Message<'_>, at: Instant) -> Option<i64> {
        let (first, since) = self.0.get(&m.head())?;
        let us = first.0 - since.0;
        (*first == at && us >= BASELINE).then_some(us)
    }
}

/// The messages of a log, by text.
fn messages_of<'a>(lanes: &[&'a Lane<'a>]) -> Vec<Message<'a>> {
    let of = |l: &&'a Lane<'a>| {
        let l = *l;
        l.track.templates.iter().map(move |(k, t)| (l, k, t))
    };
    let all = || lanes.iter().flat_map(of);
    let variants = novelty::collapse(all().map(|(_, k, _)| &k.text[..]));
    let mut firsts: BTreeMap<&[u8], (Instant, Rc<[u8]>)> = BTreeMap::new();
    for (lane, k, used) in all() {
        let (at, form) = (lane.utc(used.first.us), &variants[&k.text[..]][..]);
        let (first, _) = firsts.entry(form).or_insert_with(|| (at, form.into()));
        *first = (*first).min(at);
    }
    let mut heads: BTreeMap<&[u8], Rc<[u8]>> = BTreeMap::new();
    let message = |(lane, key, used): (_, &'a TemplateKey, _)| {
        let (first, form) = firsts[&variants[&key.text[..]][..]].clone();
        Message {
            key,
            lane,
            used,
            form,
            head: heads
                .entry(&key.text)
                .or_insert_with(|| beginning(&key.text).into())
                .clone(),
            first,
        }
    };
    let mut messages: Vec<Message<'_>> = all().map(message).collect();
    messages.sort_list_by(|a, b| (&a.form, &a.key.text).cmp(&(&b.form, &b.key.text)));
    messages
}

/// The words with which a message begins, without what may be another one each time: masks, names in brackets and quotes, paths
/// and values of keys.
pub(super) fn beginning(text: &[u8]) -> Vec<u8> {
    let start = &text[..text.len().min(HEAD)];
    let words = start.split(u8::is_ascii_whitespace).filter_map(|w| {
        let word = w.split(|b| *b == b'=').next().unwrap_or(w);
        let varies = |b: &u8| b.is_ascii_digit() || b"/<>[](){}\"'`@".contains(b);
        (!word.is_empty() && !word.iter().any(varies)).then_some(word)
    });
    words.collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn messages_begin_alike_whomever_they_are_about() {
        for [a, b, want] in crate::tests::tried("messages begin alike") {
            let alike = beginning(a.as_bytes()) == beginning(b.as_bytes());
            assert_eq!(alike.to_string(), want, "{a}, {b}");
        }
    }
}
