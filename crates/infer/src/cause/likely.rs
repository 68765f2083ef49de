//! How likely each name in the lines of an incident is that of what broke: what is known of a name, weighed by figures that were fitted
//! to recorded outages. What a message says, and whom a rule of some cause names, counts for nothing here.

mod known;

use super::case::{Case, excerpt, quoted};
use super::change;
use super::class_info::ClassInfo;
use super::ledger::{culprit, lines, named};
use super::remarks::{names_in, since};
use super::rule_verdict::UNNAMED;
use super::rule_verdict::{LEAST, Weighed};
use crate::model::{Cited, Event, Evidence, Piece, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::sorting::SortList;
use known::{AT_END, FACTS, Fact, Facts, known};
use std::collections::BTreeMap;

/// A name and how likely it is that of what broke, 0–1; all names of an incident together are 1.
#[derive(Clone, Debug)]
pub(super) struct Likely {
    /// The name, in small letters.
    pub name: String,
    /// How likely.
    pub share: f64,
    /// Whether it is that of a host or a service: what breaks breaks somewhere.
    place: bool,
}

/// What is known of a name, each with what it weighs in nats: a softmax over the names of each of 168 outages of which people wrote,
/// .01 of the squares keeping the weights small. Fitted to seven eighths of them, it has the right name first in 92 of those left out, and
/// among the first three in 131; of the six that were made after a first fit it had it first in one, among three in two.
const WEIGHTS: [(Fact, f64); FACTS] = [
    (Fact::Late, 1.63),
    (Fact::FirstLate, 1.43),
    (Fact::After, 1.47),
    (Fact::Before, 1.03),
    (Fact::Worth, 1.13),
    (Fact::Unsaid, -1.61),
    (Fact::JustChanged, 1.29),
    (Fact::Changed, 0.61),
    (Fact::ChangedAtEnd, 1.40),
    (Fact::AtEnd, 1.36),
    (Fact::Between, -0.87),
    (Fact::Fails, 0.87),
    (Fact::NewErrors, 1.01),
    (Fact::FirstErrors, 0.56),
    (Fact::Begun, 0.84),
    (Fact::SaidAndBegun, 0.44),
    (Fact::BegunAndEnded, 0.89),
    (Fact::Counted, -1.49),
    (Fact::Host, -0.50),
    (Fact::Service, -1.04),
    (Fact::Joined, 0.89),
    (Fact::Version, -1.13),
    (Fact::Measure, -0.42),
    (Fact::Time, -1.67),
    (Fact::Plain, -1.58),
];

/// Remarks from which on people speak of what broke.
const TALK: usize = 4;
/// From this share on a name is taken for that of what broke: of 87 that had it where the weights were fitted to others, 61 were.
const SURE: f64 = 0.4;
/// Below this share it is not likely.
const UNLIKELY: f64 = 0.05;
/// What it weighs at most, in nats, that a suspect bears the likeliest name.
const STANDS_OUT: f64 = 2.0;

/// The likely names of an incident of which people wrote; none where they did not.
pub(super) fn spoken_of(case: &Case<'_>) -> Vec<Likely> {
    match since(case).take(TALK).count() < TALK {
        true => Vec::new(),
        false => likely(case),
    }
}

/// What it weighs, in nats, that a row of a change bears some of these names, by the ids of the rows; where something breaks says nothing
/// of what does.
pub(super) fn of_rows(likely: &[Likely], case: &Case<'_>) -> BTreeMap<String, f64> {
    let weight = |e: &Event| {
        let called = names_in([quoted(e).unwrap_or_default(), excerpt(e)]);
        let borne = likely
            .iter()
            .filter(|l| !l.place && called.contains(&l.name));
        STANDS_OUT * borne.map(|l| l.share).sum::<f64>()
    };
    let rows = case.events.iter().filter(|_| !likely.is_empty());
    let changes = rows.filter(|e| change::what(e.kind).is_some());
    changes.map(|e| (e.id.clone(), weight(e))).collect()
}

/// Calls suspects by the name that stands out, where people wrote about the incident, and holds those down that are called otherwise.
pub(super) fn tell(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>, all: &[Likely]) {
    let Some(best) = all.first() else { return };
    let sure = best.share >= SURE && !best.place;
    let shown = shown(case, &best.name);
    let spoken = |w: &Weighed| w.claims.iter().any(|x| x.weight >= LEAST);
    let suspects = weighed.iter_mut();
    let suspects = suspects.filter(|(c, w)| c.class != CauseClass::Unknown && spoken(w));
    for (_, w) in suspects {
        let culprit_name = w.culprit.as_ref().map(|c| c.name.for_json());
        let title = w.title.0.iter().filter_map(|p| match p {
            Piece::Name(text) | Piece::Log(text) => Some(text.for_json()),
            _ => None,
        });
        let called = names_in(title.chain(culprit_name));
        let named_so = all.iter().filter(|l| called.contains(&l.name));
        let own: f64 = named_so.map(|l| l.share).sum();
        if called.contains(&best.name) {
            let weight = STANDS_OUT * best.share;
            w.claim(weight, shown.text.clone(), lines(&shown.lines));
        }
        if own >= UNLIKELY {
            continue;
        }
        let row = w.change.as_ref();
        let row = row.and_then(|id| case.events.iter().find(|e| e.id == *id));
        let rests_on = |v: &Evidence| {
            let line = v.excerpt.as_ref().map_or("", |t| t.for_json());
            shown.lines.contains(v) || line.to_ascii_lowercase().contains(&best.name)
        };
        let of_row = |e: &Event| e.evidence.iter().any(rests_on);
        let cited = w.claims.iter().filter(|x| x.weight > 0.0);
        let mut cited = cited.flat_map(|x| match &x.cited {
            Cited::Lines(lines) => lines.as_slice(),
            Cited::Absent(_) => &[],
        });
        w.doubted = !(sure && row.map_or_else(|| cited.any(rests_on), of_row));
        if !w.doubted {
            w.hold(UNNAMED);
            let weight = STANDS_OUT * best.share;
            w.claim(weight, shown.text.clone(), lines(&shown.lines));
            w.culprit = culprit("object", &shown.name, None);
            let title = std::mem::take(&mut w.title);
            w.title = title.w("; what stands out: ").name(&named(&shown.name));
        }
    }
}

/// A name as it is written, the sentence that says where, and the lines.
struct Occurrence {
    name: String,
    text: Sentence,
    lines: Vec<Evidence>,
}

/// Where a name stands.
fn shown(case: &Case<'_>, name: &str) -> Occurrence {
    let said = since(case).filter(|r| r.names.contains(name));
    let said = said.max_by_key(|r| r.worth);
    let rows = || {
        let rows = case.events.iter();
        let rows = rows.filter(|e| e.kind != MarkerKind::HumanNote);
        rows.filter(|e| names_in([quoted(e).unwrap_or_default(), excerpt(e)]).contains(name))
    };
    let is_before = |e: &&Event| e.time.is_some_and(|t| t <= case.onset_bounds().1);
    let changed = rows().filter(is_before);
    let changed = changed.rev().find(|e| change::what(e.kind).is_some());
    let ends = |e: &&Event| e.time.is_some_and(|t| t.since(case.end).abs() <= AT_END);
    let brought = case.templates.iter().filter(|t| t.brought());
    let new = brought.filter(|t| names_in([t.example.text()]).contains(name));
    let new = new.max_by_key(|t| t.during);
    let row = |e: &'_ Event| Some((excerpt(e).to_owned(), e.evidence.first()?.clone()));
    let places = [
        (
            said.map(|r| (r.text.for_json().to_owned(), r.evidence.clone())),
            "a note",
        ),
        (changed.and_then(row), "a change before the errors"),
        (
            new.and_then(|t| Some((t.example.text().to_owned(), t.evidence.first()?.clone()))),
            "new errors",
        ),
        (rows().find(ends).and_then(row), "a row at the end"),
    ];
    let found = places
        .into_iter()
        .filter_map(|(line, place)| Some((line?, place)));
    let (mut lines, mut all, mut written) = (Vec::new(), String::new(), None);
    let found: Vec<_> = found.collect();
    let n = found.len();
    for (i, ((text, line), place)) in found.into_iter().enumerate() {
        let at = text.to_ascii_lowercase().find(name);
        written = written.or_else(|| text.get(at?..at? + name.len()).map(str::to_owned));
        lines.push(line);
        all += match i {
            0 => "",
            _ if i + 1 == n => " and in ",
            _ => ", in ",
        };
        all += place;
    }
    let name = written.unwrap_or_else(|| name.to_owned());
    let text = Sentence::default().name(&named(&name));
    Occurrence {
        text: text.w(format!(" stands in {all}.")),
        name,
        lines,
    }
}

/// All names of an incident, the likeliest first.
pub(super) fn likely(case: &Case<'_>) -> Vec<Likely> {
    let weight = |facts: &Facts| -> f64 {
        let all = WEIGHTS.iter().map(|(fact, w)| facts[*fact as usize] * w);
        all.sum::<f64>().exp()
    };
    let known = known(case).into_iter();
    let mut all: Vec<Likely> = known
        .map(|(name, facts)| Likely {
            name,
            share: weight(&facts),
            place: [Fact::Host, Fact::Service]
                .iter()
                .any(|f| facts[*f as usize] > 0.0),
        })
        .collect();
    let sum: f64 = all.iter().map(|l| l.share).sum();
    all.iter_mut().for_each(|l| l.share /= sum);
    all.sort_list_by(|a, b| {
        b.share
            .total_cmp(&a.share)
            .then_with(|| a.name.cmp(&b.name))
    });
    all
}
