//! What a log held before a moment, its rotated parts taken together: since when it goes on without a hole, which of its
//! messages are variants of one, and how long none was written that begins as another does. Judges no message.

use crate::infer::lanes::{Lane, View};
use crate::infer::novelty;
use crate::summary::{TemplateKey, TemplateUse, touching};
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeMap;

/// A stretch without a line that is longer than this is a hole between two parts of a log; what is shorter says little of what
/// a log usually holds.
pub(super) const BASELINE: i64 = 10 * MINUTE;
/// Bytes with which two messages begin alike: as many as are quoted.
const HEAD: usize = 100;

/// All logs of a report, by clock domain.
pub(super) struct Past<'a> {
    by_domain: BTreeMap<&'a str, Log<'a>>,
}

/// One log.
struct Log<'a> {
    /// By their first line.
    lanes: Vec<Lane<'a>>,
    /// Template → the template it is a variant of.
    variants: BTreeMap<&'a [u8], Vec<u8>>,
    /// First line of each of those.
    firsts: BTreeMap<Vec<u8>, Instant>,
    /// Where each template stands.
    by_text: BTreeMap<&'a [u8], Vec<(Lane<'a>, &'a TemplateUse)>>,
}

impl<'a> Past<'a> {
    pub fn of(view: &View<'a>) -> Past<'a> {
        let mut lanes: BTreeMap<&str, Vec<Lane<'a>>> = BTreeMap::new();
        for l in &view.lanes {
            lanes.entry(&l.part.meta.domain).or_default().push(*l);
        }
        let by_domain = lanes.into_iter().map(|(d, l)| (d, Log::of(l))).collect();
        Past { by_domain }
    }

    fn log(&self, l: &Lane<'_>) -> &Log<'a> {
        &self.by_domain[l.part.meta.domain.as_str()]
    }

    /// Since when the log of a lane goes on without a hole up to a moment.
    pub fn since(&self, l: &Lane<'_>, at: Instant) -> Instant {
        let before = |x: &&Lane<'_>| x.utc(x.body.0) <= at;
        let earlier = self.log(l).lanes.iter().filter(before).rev();
        let mut since = at;
        for x in earlier {
            if x.utc(x.body.1).0 < since.0 - BASELINE {
                break;
            }
            since = since.min(x.utc(x.body.0));
        }
        since
    }

    /// When the log of a lane first held a message or a variant of it.
    pub fn first(&self, l: &Lane<'_>, text: &[u8]) -> Option<Instant> {
        let log = self.log(l);
        log.firsts.get(log.variants.get(text)?).copied()
    }

    /// Lines of a message in the log of a lane, in whole minutes that touch `[from, to)`.
    pub fn count(&self, l: &Lane<'_>, text: &[u8], from: Instant, to: Instant) -> u64 {
        let all = self.log(l).by_text.get(text);
        let count = |(l, t): &(Lane<'_>, &TemplateUse)| {
            let minutes = touching(MINUTE, l.on_axis(from), l.on_axis(to));
            t.minutes.total(minutes)
        };
        all.into_iter().flatten().map(count).sum()
    }

    /// The heads of the messages that a log holds from a moment on: when the first such line comes then, and how long there
    /// was none before.
    pub fn heads(&self, from: Instant, to: Instant) -> Heads<'a> {
        let mut heads: BTreeMap<(&str, Vec<u8>), (Instant, Instant)> = BTreeMap::new();
        let all = self.by_domain.values().flat_map(|log| &log.lanes);
        for (l, k, t) in all.clone().flat_map(templates) {
            if let Some(s) = t.first_in(l.on_axis(from), l.on_axis(to)) {
                let at = l.utc(s.us);
                let since = self.since(l, at);
                let e = heads.entry(head(l, &k.text)).or_insert((at, since));
                *e = (*e).min((at, since));
            }
        }
        for (l, k, t) in all.flat_map(templates) {
            let Some((at, since)) = heads.get_mut(&head(l, &k.text)) else {
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
pub(super) struct Heads<'a>(BTreeMap<(&'a str, Vec<u8>), (Instant, Instant)>);

impl Heads<'_> {
    /// How long no line of the log of a lane began as a message does, where its first line is the first that does.
    pub fn none_for(&self, l: &Lane<'_>, text: &[u8], at: Instant) -> Option<i64> {
        let (first, since) = self.0.get(&head(l, text))?;
        let us = first.0 - since.0;
        (*first == at && us >= BASELINE).then_some(us)
    }
}

impl<'a> Log<'a> {
    fn of(mut lanes: Vec<Lane<'a>>) -> Log<'a> {
        lanes.sort_by_key(|l| (l.utc(l.body.0), l.input));
        let texts = lanes.iter().flat_map(templates).map(|x| &x.1.text[..]);
        let variants = novelty::collapse(texts);
        let mut firsts: BTreeMap<Vec<u8>, Instant> = BTreeMap::new();
        let mut by_text: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (l, k, t) in lanes.iter().flat_map(templates) {
            by_text.entry(&k.text[..]).or_default().push((*l, t));
            let at = l.utc(t.first.us);
            let e = firsts.entry(variants[&k.text[..]].clone()).or_insert(at);
            *e = (*e).min(at);
        }
        Log {
            lanes,
            variants,
            firsts,
            by_text,
        }
    }
}

fn templates<'l, 'a>(
    l: &'l Lane<'a>,
) -> impl Iterator<Item = (&'l Lane<'a>, &'a TemplateKey, &'a TemplateUse)> + use<'l, 'a> {
    l.track.templates.iter().map(move |(k, t)| (l, k, t))
}

/// The head of a message, in its log.
fn head<'a>(l: &Lane<'a>, text: &[u8]) -> (&'a str, Vec<u8>) {
    (&l.part.meta.domain, beginning(text))
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
        let alike = |a: &str, b: &str| beginning(a.as_bytes()) == beginning(b.as_bytes());
        assert!(alike(
            "worker <*>: GET / took <*>s, client gone",
            "worker <*>: GET <P> took <*>s, client gone"
        ));
        assert!(alike(
            "[anna] denied user=anna",
            "[b.kim] denied user=b.kim"
        ));
        assert!(alike("no table \"a\" here", "no table 'b' here"));
        assert!(!alike("GET <P> took <*>s", "GET <P> failed"));
        assert!(!alike("pool exhausted", "pool closed"));
    }
}
