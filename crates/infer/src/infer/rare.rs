//! Messages that are seldom written, and their lines around an onset: what is rare, whatever it says. What is made of them is not
//! decided here.

use crate::cause::{BegunFact, fault};
use crate::infer::citing::cite;
use crate::infer::lanes::{Lane, View};
use crate::infer::message_history::{BASELINE, Past, beginning};
use crate::infer::novelty::collapse;
use crate::model::{Event, Evidence};
use coroner_core::summary::{CitableLine, Coarse, FirstWords, MessageShape, Seen};
use coroner_lines::format::app::message::stated_request;
use coroner_lines::record::Kind;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// How far before the onset and behind it they may stand.
pub(super) const BEFORE: i64 = 2 * MINUTE;
pub(super) const AFTER: i64 = 30 * SECOND;

/// A line that is kept.
#[derive(Clone, Copy)]
pub(super) enum RareLine<'a> {
    Seen(&'a Seen),
    Kept(&'a CitableLine),
}

impl RareLine<'_> {
    fn us(&self) -> i64 {
        match self {
            RareLine::Seen(s) => s.us,
            RareLine::Kept(k) => k.us,
        }
    }
}

/// A line of a message.
pub(super) struct Occurrence<'a> {
    pub time: Instant,
    pub lane: &'a Lane<'a>,
    line: RareLine<'a>,
}

impl Occurrence<'_> {
    pub fn place(&self) -> (u32, u64) {
        let pos = match self.line {
            RareLine::Seen(s) => s.pos,
            RareLine::Kept(k) => k.pos,
        };
        (self.lane.input, pos.offset)
    }

    pub fn cite(&self, view: &View<'_>) -> Evidence {
        match self.line {
            RareLine::Seen(s) => cite(self.lane.input, s),
            RareLine::Kept(k) => view.cite(self.lane.input, k),
        }
    }
}

/// A message, all logs together.
#[derive(Default)]
pub(super) struct RareMessage<'a> {
    /// The words with which it begins.
    pub head: Vec<u8>,
    pub lines: u64,
    /// The lines that are kept, in the order of time: all where there are few, else the first and some.
    pub kept: Vec<Occurrence<'a>>,
    /// How it was written, where it is a warning or an error.
    examples: BTreeSet<&'a [u8]>,
    /// Whether an earlier part knows it.
    known: bool,
}

impl<'a> RareMessage<'a> {
    fn add(&mut self, lane: &'a Lane<'a>, lines: u64, kept: impl Iterator<Item = RareLine<'a>>) {
        self.lines += lines;
        self.kept.extend(kept.map(|line| Occurrence {
            time: lane.utc(line.us()),
            lane,
            line,
        }));
    }

    /// The line by which the message is rare: its first one, or of few the first in a stretch.
    pub fn rare_in(&self, from: Instant, to: Instant) -> Option<&Occurrence<'a>> {
        let within = |l: &&Occurrence<'a>| (from..to).contains(&l.time);
        match self.lines <= MessageShape::FEW {
            true => self.kept.iter().find(within),
            false => self.kept.first().filter(within),
        }
    }

    /// Whether it is neither a warning nor an error.
    fn is_plain(&self) -> bool {
        self.examples.is_empty()
    }

    /// Whether its few lines come at even distances, as those of what is done every so often do.
    fn is_even(&self) -> bool {
        let (3, [a, b, c]) = (self.lines, self.kept.as_slice()) else {
            return false;
        };
        let (early, late) = (b.time.0 - a.time.0, c.time.0 - b.time.0);
        early >= MINUTE && (early - late).abs() <= early / 20
    }
}

/// The messages that are rare around an onset and state no fault that is known.
pub(super) fn messages<'a>(
    view: &'a View<'a>,
    past: &Past<'_>,
    onsets: &[Instant],
) -> Vec<RareMessage<'a>> {
    let mut all: BTreeMap<(bool, Vec<u8>), RareMessage<'a>> = BTreeMap::new();
    let levels = view.lanes.iter().map(|l| l.track.shapes.level());
    let level = levels.filter(|x| *x < FirstWords::LAST).max().unwrap_or(0);
    let mut shapes: Vec<(&'a Lane<'a>, FirstWords, &'a MessageShape)> = Vec::new();
    // deploy tools and pagers report each thing once
    let talks = |l: &&Lane<'_>| !matches!(l.part.kind(), Kind::Deploy | Kind::Pager);
    for l in view.lanes.iter().filter(talks) {
        let of_lane = l.track.shapes.iter();
        shapes.extend(of_lane.filter_map(|(w, s)| Some((l, w.clone().at(level)?, s))));
    }
    let one = collapse(shapes.iter().map(|x| x.1.bytes()));
    for (lane, words, shape) in &shapes {
        let m = all.entry((false, one[words.bytes()].clone())).or_default();
        m.head = beginning(words.bytes());
        m.known |= view.earlier.is_some_and(|e| e.knows(words.bytes()));
        m.add(lane, shape.count, shape.lines.iter().map(RareLine::Kept));
    }
    let templates = || {
        let lanes = view.lanes.iter().filter(talks);
        lanes.flat_map(|l| l.track.templates.iter().map(move |(k, t)| (l, k, t)))
    };
    let one = collapse(templates().map(|x| &x.1.text[..]));
    for (lane, k, t) in templates() {
        let m = all.entry((true, one[&k.text[..]].clone())).or_default();
        let firsts = std::iter::once(&t.first).chain(t.tens.values());
        m.head = beginning(&k.text);
        m.known |= view.earlier.is_some_and(|e| e.knows(&k.text));
        m.add(lane, t.count, firsts.map(RareLine::Seen));
        m.examples.insert(&t.example);
    }
    let mut all: Vec<RareMessage<'a>> = all.into_values().collect();
    for m in &mut all {
        m.kept.sort_list_by_key(|l| (l.time, l.place()));
        m.kept.dedup_by_key(|l| l.place());
    }
    let near = |m: &RareMessage<'_>, onset: &Instant| {
        let (from, to) = (onset.0 - BEFORE - BASELINE, onset.0 + AFTER);
        m.rare_in(Instant(from), Instant(onset.0 - BEFORE))
            .is_some()
            || m.rare_in(Instant(onset.0 - BEFORE), Instant(to)).is_some()
    };
    let states = |text: &&[u8]| past.said(text).fault().is_some();
    all.retain(|m| {
        !m.known
            && !m.is_even()
            && onsets.iter().any(|o| near(m, o))
            && !m.examples.iter().any(states)
    });
    all
}

/// Lines of which a case is told at most.
const MOST: usize = 50;

/// What applications say around an onset and seldom otherwise, by time: no error, no request, and nothing that an event rests on.
pub(super) fn begun(
    view: &View<'_>,
    rare: &[RareMessage<'_>],
    events: &[Event],
    onset: Instant,
) -> Vec<BegunFact> {
    let cited = events.iter().flat_map(|e| &e.evidence);
    let cited: BTreeSet<(u32, u64)> = cited.map(|v| (v.input, v.byte)).collect();
    let (from, to) = (Instant(onset.0 - BEFORE), Instant(onset.0 + AFTER));
    let plain = rare.iter().filter(|m| m.is_plain());
    let within = plain.filter_map(|m| m.rare_in(from, to));
    // an application may write beside the requests that its server logs
    let app = |l: &Occurrence<'_>| matches!(l.lane.part.kind(), Kind::App | Kind::Web);
    let own = |l: &&Occurrence<'_>| app(l) && !cited.contains(&l.place());
    let mut found: Vec<_> = within.filter(own).collect();
    found.sort_list_by_key(|l| (l.time, l.place()));
    let told = found.iter().take(MOST).filter_map(|l| {
        let evidence = l.cite(view);
        let text = evidence.excerpt.as_ref()?.said();
        let request = stated_request(text.for_json().as_bytes()).is_some();
        let fault = fault(text.for_json()).is_some();
        (!request && !fault).then_some(BegunFact {
            time: l.time,
            text,
            evidence,
        })
    });
    told.collect()
}
