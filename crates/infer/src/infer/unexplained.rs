//! Messages around an onset of which nothing was made, the rarest first: what a responder would look for by hand. Find by how
//! rare they are and where they stand, never by their words.

use crate::cause::fault;
use crate::clock::hosts;
use crate::infer::lanes::{Lane, View};
use crate::infer::message_history::{BASELINE, Past};
use crate::infer::rare::{AFTER, BEFORE, Occurrence, RareMessage};
use crate::model::{Basis, CauseVerdict, Group, Incident, Missing, Report, Sentence, Unexplained};
use coroner_core::summary::MessageShape;
use coroner_lines::fault::Fault;
use coroner_lines::format::app::message::stated_request;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Most of an incident.
const MOST: usize = 5;
/// Lines of a log so close to each other are one thing that it shows: with one that a row cites, what the row states.
const TOGETHER: i64 = SECOND;
/// A log that shows so many rare things in the ten minutes before goes on logging them, whatever happens.
const TALKATIVE: usize = 4;

/// What is missing where no cause is established.
const ASK: &str = "an explanation of the lines under “Unexplained, around the onset”";

/// Adds to each incident what is rare around its onset and was made nothing of.
pub(super) fn add(view: &View<'_>, past: &Past<'_>, rare: &[RareMessage<'_>], report: &mut Report) {
    let mut cited = BTreeSet::new();
    let mut cited_lines = CitedLines::new();
    report.each_evidence(&mut |e| {
        cited.insert((e.input, e.byte));
        cited_lines.insert((e.input, e.line), e.excerpt.clone());
    });
    let rows = RowTimes::of(view, report);
    // of what is cited something was made
    let is_cited = |m: &RareMessage<'_>| m.kept.iter().any(|l| cited.contains(&l.place()));
    let messages: Vec<&RareMessage<'_>> = rare.iter().filter(|m| !is_cited(m)).collect();
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

/// The rarest of them around an onset.
fn around(
    view: &View<'_>,
    past: &Past<'_>,
    (messages, rows, cited_lines): (&[&RareMessage<'_>], &RowTimes<'_>, &CitedLines),
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
    messages: &[&'m RareMessage<'a>],
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
