//! Messages around an onset of which nothing was made, the rarest first: what a responder would look for by hand. Find by how
//! rare they are and where they stand, never by their words.

use crate::cause::fault;
use crate::clock::hosts;
use crate::infer::citing::cite;
use crate::infer::lanes::{Lane, View};
use crate::infer::message_history::{BASELINE, Past, beginning};
use crate::infer::novelty::collapse;
use crate::model::{
    Basis, CauseVerdict, Evidence, Group, Incident, Missing, Report, Sentence, Unexplained,
};
use coroner_core::summary::{CitableLine, Coarse, FirstWords, MessageShape, Seen};
use coroner_lines::fault::Fault;
use coroner_lines::format::app::message::stated_request;
use coroner_lines::record::{Kind, MarkerKind as K};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// How far before the onset and behind it they may stand.
const BEFORE: i64 = 2 * MINUTE;
const AFTER: i64 = 30 * SECOND;
/// Most of an incident.
const MOST: usize = 5;
/// Lines of a log so close to each other are one thing that it shows: with one that a row cites, what the row states.
const TOGETHER: i64 = SECOND;
/// A log that shows so many rare things in the ten minutes before goes on logging them, whatever happens.
const TALKATIVE: usize = 4;

/// What is missing where no cause is established.
const ASK: &str = "an explanation of the lines under “Unexplained, around the onset”";

/// A line that is kept.
#[derive(Clone, Copy)]
enum RareLine<'a> {
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
struct Occurrence<'a> {
    time: Instant,
    lane: &'a Lane<'a>,
    line: RareLine<'a>,
}

impl Occurrence<'_> {
    fn place(&self) -> (u32, u64) {
        let pos = match self.line {
            RareLine::Seen(s) => s.pos,
            RareLine::Kept(k) => k.pos,
        };
        (self.lane.input, pos.offset)
    }

    fn cite(&self, view: &View<'_>) -> Evidence {
        match self.line {
            RareLine::Seen(s) => cite(self.lane.input, s),
            RareLine::Kept(k) => view.cite(self.lane.input, k),
        }
    }
}

/// A message, all logs together.
#[derive(Default)]
struct RareMessage<'a> {
    /// The words with which it begins.
    head: Vec<u8>,
    lines: u64,
    /// The lines that are kept, in the order of time: all where there are few, else the first and some.
    kept: Vec<Occurrence<'a>>,
    /// How it was written, where it is a warning or an error.
    examples: BTreeSet<&'a [u8]>,
    /// Whether something was made of it.
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
    fn rare_in(&self, from: Instant, to: Instant) -> Option<&Occurrence<'a>> {
        let within = |l: &&Occurrence<'a>| (from..to).contains(&l.time);
        match self.lines <= MessageShape::FEW {
            true => self.kept.iter().find(within),
            false => self.kept.first().filter(within),
        }
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

/// Adds to each incident what is rare around its onset and was made nothing of.
pub(super) fn add(view: &View<'_>, past: &Past<'_>, report: &mut Report) {
    if report.incidents.is_empty() {
        return;
    }
    let mut cited = BTreeSet::new();
    let mut cited_lines = CitedLines::new();
    report.each_evidence(&mut |e| {
        cited.insert((e.input, e.byte));
        cited_lines.insert((e.input, e.line), e.excerpt.clone());
    });
    let rows = RowTimes::of(view, report);
    let onsets: Vec<Instant> = report.incidents.iter().map(|i| i.onset).collect();
    let messages = messages(view, &onsets, &cited);
    for i in &mut report.incidents {
        i.unexplained = around(view, past, (&messages, &rows, &cited_lines), i);
        if i.cause_verdict == CauseVerdict::NotEstablished && !i.unexplained.is_empty() {
            i.missing.push(Missing {
                kind: "unexplained",
                text: Sentence::words(ASK),
                denies: None,
            });
        }
    }
}

/// Lines that anything cites: input, line, and what they say.
type CitedLines = BTreeMap<(u32, u64), Option<LogText>>;

/// How a line begins: its date and its time of day.
fn stamp(line: Option<&LogText>) -> String {
    let line = line.map_or("", |x| x.for_json());
    line.chars().take("2026-03-10 14:20:00".len()).collect()
}

/// When rows of a report were written, by log; those of a process that stops or starts in all of them, since it says so in more
/// than one.
struct RowTimes<'a> {
    by_log: BTreeSet<(&'a str, Instant)>,
    restarts: BTreeSet<Instant>,
    /// Those of starts, by host, and what started.
    starts: BTreeSet<(String, Instant, String)>,
}

/// How long before the first failed request what fails may begin to say so.
const WITH: i64 = 30 * SECOND;

/// For so long what is started says how it comes up.
const COMES_UP: i64 = 30 * SECOND;

impl<'a> RowTimes<'a> {
    fn of(view: &View<'a>, report: &Report) -> RowTimes<'a> {
        let of_incidents = report.incidents.iter().flat_map(|i| &i.timeline);
        let all = of_incidents.chain(&report.timeline);
        let reported = all.filter(|e| e.basis == Basis::Stated || e.kind == K::NewError);
        let mut rows = RowTimes {
            by_log: BTreeSet::new(),
            restarts: BTreeSet::new(),
            starts: BTreeSet::new(),
        };
        for (e, t) in reported.filter_map(|e| Some((e, e.time?))) {
            if matches!(
                e.kind,
                K::Restart | K::ServiceStart | K::ServiceStop | K::Crash
            ) {
                rows.restarts.insert(t);
            }
            if let (K::Restart | K::ServiceStart, Some(host), Some(what)) =
                (e.kind, &e.host, &e.service)
            {
                let [host, what] = [host, what].map(|n| n.for_json().to_owned());
                rows.starts.insert((host, t, what));
            }
            let inputs = e.evidence.iter().map(|x| x.input);
            let inputs = inputs.filter_map(|i| view.part.inputs.get(&i));
            rows.by_log.extend(inputs.map(|p| (&*p.meta.domain, t)));
        }
        rows
    }

    /// Whether what a log shows stands with a row.
    fn stand_with(&self, t: &Find<'_, '_>) -> bool {
        let (from, to) = (
            Instant(t.line.time.0 - TOGETHER),
            Instant(t.last.0 + TOGETHER),
        );
        let log = &*t.line.lane.part.meta.domain;
        let mut of_log = self.by_log.range((log, from)..=(log, to));
        // in a log that is called after it
        let started = |host: String| {
            let since = Instant(from.0 - COMES_UP);
            let until = Instant(to.0 + 1);
            let within = (host.clone(), since, String::new())..(host, until, String::new());
            let name = &t.line.lane.part.meta.name;
            self.starts.range(within).any(|s| name.contains(&s.2))
        };
        of_log.next().is_some()
            || self.restarts.range(from..=to).next().is_some()
            || hosts(t.line.lane.part).any(started)
    }
}

/// All messages of which nothing was made: no line of theirs is cited, and they state no fault that is known.
/// Only of what is rare around an onset.
fn messages<'a>(
    view: &'a View<'a>,
    onsets: &[Instant],
    cited: &BTreeSet<(u32, u64)>,
) -> Vec<RareMessage<'a>> {
    let mut all: BTreeMap<(bool, Vec<u8>), RareMessage<'a>> = BTreeMap::new();
    let levels = view.lanes.iter().map(|l| l.track.shapes.level());
    let level = levels.filter(|x| *x < FirstWords::LAST).max().unwrap_or(0);
    let mut shapes: Vec<(&'a Lane<'a>, FirstWords, &'a MessageShape)> = Vec::new();
    for l in &view.lanes {
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
    // deploy tools and pagers report each thing once
    let talks = |l: &&Lane<'_>| !matches!(l.part.kind(), Kind::Deploy | Kind::Pager);
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
        m.known |= m.kept.iter().any(|l| cited.contains(&l.place()));
    }
    let near = |m: &RareMessage<'_>, onset: &Instant| {
        let (from, to) = (onset.0 - BEFORE - BASELINE, onset.0 + AFTER);
        m.rare_in(Instant(from), Instant(onset.0 - BEFORE))
            .is_some()
            || m.rare_in(Instant(onset.0 - BEFORE), Instant(to)).is_some()
    };
    let states = |text: &&[u8]| fault(LogText::new(text).for_json()).is_some();
    all.retain(|m| {
        !m.known
            && !m.is_even()
            && onsets.iter().any(|o| near(m, o))
            && !m.examples.iter().any(states)
    });
    all
}

/// The rarest of them around an onset.
fn around(
    view: &View<'_>,
    past: &Past<'_>,
    (messages, rows, cited_lines): (&[RareMessage<'_>], &RowTimes<'_>, &CitedLines),
    i: &Incident,
) -> Vec<Unexplained> {
    let onset = i.onset;
    let (from, to) = (Instant(onset.0 - BEFORE), Instant(onset.0 + AFTER));
    let usual = together(messages, (Instant(from.0 - BASELINE), from));
    let mut found = together(messages, (from, to));
    let after = |t: &Find<'_, '_>| t.line.time >= onset;
    // what begins with the failures, or as what brings them does, and is repeated is what they say of themselves
    let with = |t: &Find<'_, '_>| t.line.time.0 >= onset.0 - WITH;
    found.retain(|t| {
        let lane = t.line.lane;
        let before = usual.iter().filter(|u| u.is_of(lane)).count();
        from.0 - past.since(lane, from).0 >= BASELINE
            && before < TALKATIVE
            && !(with(t) && t.message.lines > MessageShape::FEW)
            && !rows.stand_with(t)
    });
    // what goes on behind a line that is reported, names the first suspect or states what a suspect is, is explained
    let suspect = i.causes.first().and_then(|c| c.culprit.as_ref());
    let suspect = suspect.map(|c| c.name.for_json());
    found.retain(|t| {
        let e = t.line.cite(view);
        let mut before = cited_lines.range((e.input, e.line.saturating_sub(2))..(e.input, e.line));
        let goes_on = before.any(|(_, x)| stamp(x.as_ref()) == stamp(e.excerpt.as_ref()));
        let names = |name| {
            e.excerpt
                .as_ref()
                .is_some_and(|x| x.for_json().contains(name))
        };
        let stated = e.excerpt.as_ref().and_then(|x| fault(x.for_json()));
        // a request that was answered well, which an application logged
        let answered = e.excerpt.as_ref().is_some_and(|x| {
            let said = x.said();
            stated_request(said.for_json().as_bytes()).is_some_and(|r| r.status < 500)
        });
        // how a change shows is not stated by its class
        let mut faults = i.causes.iter().filter(|c| c.group != Group::CHANGE);
        let mut states = |f: Fault| faults.any(|c| f.is_of(c.class));
        !goes_on && !answered && !suspect.is_some_and(names) && !stated.is_some_and(&mut states)
    });
    found.sort_list_by_key(|t| {
        let near = (t.line.time.0 - onset.0).abs();
        (after(t), t.message.lines, near, t.line.place())
    });
    let mut heads = BTreeSet::new();
    found.retain(|t| heads.insert(&t.message.head));
    found.truncate(MOST);
    found.sort_list_by_key(|t| (t.line.time, t.line.place()));
    found
        .iter()
        .map(|t| Unexplained {
            time: t.line.time,
            lines: t.message.lines,
            first: t.message.kept.first().map(Occurrence::place) == Some(t.line.place()),
            with: t.with,
            evidence: vec![t.line.cite(view)],
        })
        .collect()
}

/// What a log shows with one message or several at once.
struct Find<'m, 'a> {
    message: &'m RareMessage<'a>,
    line: &'m Occurrence<'a>,
    /// When the last of them came.
    last: Instant,
    /// How many others there are.
    with: u64,
}

impl Find<'_, '_> {
    fn is_of(&self, lane: &Lane<'_>) -> bool {
        self.line.lane.part.meta.domain == lane.part.meta.domain
    }
}

/// The rare messages of a stretch, those together that a log shows at once.
fn together<'m, 'a>(
    messages: &'m [RareMessage<'a>],
    (from, to): (Instant, Instant),
) -> Vec<Find<'m, 'a>> {
    let mut rare: Vec<Find<'m, 'a>> = Vec::new();
    for message in messages {
        rare.extend(message.rare_in(from, to).map(|line| Find {
            message,
            line,
            last: line.time,
            with: 0,
        }));
    }
    rare.sort_list_by_key(|t| (&t.line.lane.part.meta.domain, t.line.time, t.line.place()));
    rare.dedup_by(|next, last| {
        let same = next.is_of(last.line.lane) && next.line.time.0 - last.last.0 <= TOGETHER;
        if same {
            last.last = next.last;
            last.with += 1;
        }
        same
    });
    rare
}
