//! What a log held before a moment, its rotated parts taken together: since when it goes on without a hole, which of its
//! messages are variants of one, and how long none was written that begins as another does. Judges no message.

use super::novelty;
use super::view::{Lane, View};
use crate::time::{Instant, MINUTE};
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

    /// The heads of the messages that a log holds from a moment on: when the first such line comes then, and how long there
    /// was none before.
    pub fn heads(&self, from: Instant, to: Instant) -> Heads<'a> {
        let mut heads: BTreeMap<(&str, &[u8]), (Instant, Instant)> = BTreeMap::new();
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
pub(super) struct Heads<'a>(BTreeMap<(&'a str, &'a [u8]), (Instant, Instant)>);

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
        for (l, k, t) in lanes.iter().flat_map(templates) {
            let at = l.utc(t.first.us);
            let e = firsts.entry(variants[&k.text[..]].clone()).or_insert(at);
            *e = (*e).min(at);
        }
        Log {
            lanes,
            variants,
            firsts,
        }
    }
}

fn templates<'l, 'a>(
    l: &'l Lane<'a>,
) -> impl Iterator<
    Item = (
        &'l Lane<'a>,
        &'a crate::summary::TemplateKey,
        &'a crate::summary::Template,
    ),
> + use<'l, 'a> {
    l.track.templates.iter().map(move |(k, t)| (l, k, t))
}

fn head<'a>(l: &Lane<'a>, text: &'a [u8]) -> (&'a str, &'a [u8]) {
    (&l.part.meta.domain, &text[..text.len().min(HEAD)])
}
