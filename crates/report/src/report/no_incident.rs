//! What is no incident: failures that no client saw or that were too few, what else was logged, and, where the data do not suffice
//! for a verdict, the weightiest things that lines state and the errors. No layout and no escaping here.

use super::kinds::{calm, weight};
use super::rows::{alike, joined};
use super::sentence::Clock;
use super::time;
use coroner_infer::model::{Cited, Event, Evidence, Gap, Piece, Report, Sentence, Span, Verdict};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::time::Instant;

/// Rows of a section at most.
const ROWS: usize = 10;
/// The same of what came to nothing.
const CALM_ROWS: usize = 6;
/// Different things that are distinguished; what comes after them is counted only.
const APART: usize = 200;

/// A list of rows with its heading.
pub struct Section<'a> {
    /// One word, for an anchor.
    pub id: &'static str,
    /// The heading.
    pub heading: &'static str,
    /// What is to be known of the rows; may be empty.
    pub remark: &'static str,
    /// By time.
    pub rows: Vec<MergedRow<'a>>,
    /// Rows that are not listed.
    pub more: usize,
}

impl Section<'_> {
    /// What is to be known of the rows, with the zone of times that stand for themselves.
    pub fn said(&self, clock: Clock) -> String {
        match self.remark {
            "" => String::new(),
            remark => format!("{remark} · {}", time::zone_label(clock.day, clock.zone)),
        }
    }
}

/// One row, or several of an archive that say the same.
pub struct MergedRow<'a> {
    /// When first; `None` where no line states it.
    pub at: Option<Instant>,
    /// In words, with how often.
    pub text: Sentence,
    /// The lines of the first row.
    pub evidence: Vec<&'a Evidence>,
}

/// The sections of a report without incidents; of any other only what fell short of one.
pub fn sections(report: &Report) -> Vec<Section<'_>> {
    let made = |id, heading, remark, (rows, more): (Vec<_>, usize)| Section {
        id,
        heading,
        remark,
        rows,
        more,
    };
    let heading = "Failures below the threshold of an incident";
    let mut all = vec![made("short", heading, "", short(report))];
    if report.incidents.is_empty() {
        let masked = section(report, |k| (k == K::MaskedFailover).then_some(0));
        let (stated, calm) = match report.verdict {
            Verdict::Insufficient => (section(report, weight), Default::default()),
            _ => (Default::default(), meanwhile(report)),
        };
        let errors = errors(report, &stated.0);
        all.extend([
            made("masked", "Failed, then succeeded on retry", "", masked),
            made(
                "stated",
                "What the logs state",
                "the weightiest lines; too few requests to tell whether clients were hit",
                stated,
            ),
            made(
                "errors",
                "Errors logged",
                "the most frequent first; too little log before them to tell whether they are new",
                errors,
            ),
            made(
                "calm",
                "Also logged",
                "no incident in the requests came of it",
                calm,
            ),
        ]);
    }
    all.retain(|s| !s.rows.is_empty());
    all
}

/// Bursts, failures in stated maintenance and small ones beside a larger incident, by time; and how many are not listed.
fn short(report: &Report) -> (Vec<MergedRow<'_>>, usize) {
    let mut spans: Vec<&Span> = [&report.blips, &report.planned, &report.minor]
        .into_iter()
        .flatten()
        .collect();
    let more = spans.len().saturating_sub(ROWS);
    spans.sort_list_by_key(|s| (std::cmp::Reverse(s.failed), s.start));
    spans.truncate(ROWS);
    spans.sort_list_by_key(|s| s.start);
    let rows = spans.into_iter().map(|s| MergedRow {
        at: Some(s.start),
        text: s.text.clone(),
        evidence: s.evidence.iter().collect(),
    });
    (rows.collect(), more)
}

/// Whether a gap is an error of which its log is too short to tell whether it is new: without a verdict it stands in a list of its own.
pub(super) fn is_error(report: &Report, g: &Gap) -> bool {
    let undecided = report.incidents.is_empty() && report.verdict == Verdict::Insufficient;
    undecided && g.kind == "no_baseline" && matches!(g.cited, Cited::Lines(_))
}

/// These errors, the most frequent first, without those that other rows cite; and how many are not among them.
fn errors<'a>(report: &'a Report, told: &[MergedRow<'_>]) -> (Vec<MergedRow<'a>>, usize) {
    let place = |e: &Evidence| (e.input, e.byte);
    let is_told = |e: &Evidence| {
        told.iter()
            .flat_map(|r| &r.evidence)
            .any(|t| place(t) == place(e))
    };
    let row = |g: &'a Gap| {
        let Cited::Lines(lines) = &g.cited else {
            return None;
        };
        let line = lines.first().filter(|e| !is_told(e))?;
        let piece = |is: fn(&Piece) -> bool| g.text.0.iter().find(|p| is(p)).cloned();
        let at = piece(|p| matches!(p, Piece::Time(_)));
        let said = piece(|p| matches!(p, Piece::Log(_)))?;
        let count = line.count.unwrap_or(1);
        let text = match piece(|p| matches!(p, Piece::Name(_))) {
            Some(service) => Sentence::default().p(service).w(": ").p(said),
            None => Sentence::default().p(said),
        };
        let text = text.w(" (").p(Piece::Count(count));
        let row = MergedRow {
            at: at.and_then(|p| match p {
                Piece::Time(t) => Some(t),
                _ => None,
            }),
            text: text.w(if count == 1 { " line)" } else { " lines)" }),
            evidence: vec![line],
        };
        Some((count, row))
    };
    let listed = report.gaps.iter().filter(|g| is_error(report, g));
    let mut rows: Vec<_> = listed.filter_map(row).collect();
    rows.sort_list_by_key(|(n, row)| (std::cmp::Reverse(*n), row.at));
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    (rows.into_iter().map(|r| r.1).collect(), more)
}

/// Lines of the timeline nearest to an outage that did not come, by time; and how many are not among them.
fn meanwhile(report: &Report) -> (Vec<MergedRow<'_>>, usize) {
    let mut lines = joined(&report.timeline);
    lines.retain(|l| calm(l.lead.kind).is_some());
    lines.sort_list_by_key(|l| calm(l.lead.kind));
    let more = lines.len().saturating_sub(CALM_ROWS);
    lines.truncate(CALM_ROWS);
    lines.sort_list_by_key(|l| l.lead.time.or(l.lead.after).unwrap_or(Instant(i64::MAX)));
    let rows = lines.iter().map(|l| MergedRow {
        at: l.lead.time.or(l.lead.after),
        text: l.text(),
        evidence: l.evidence(),
    });
    (rows.collect(), more)
}

/// Rows of the kinds that have a weight: the weightiest, then the most frequent, by time; and how many are not among them.
fn section(report: &Report, weight: fn(K) -> Option<u8>) -> (Vec<MergedRow<'_>>, usize) {
    let mut groups: Vec<Vec<&Event>> = Vec::new();
    let mut more = 0;
    for e in report.timeline.iter().filter(|e| weight(e.kind).is_some()) {
        match groups.iter().position(|g| same(g[0], e)) {
            Some(i) => groups[i].push(e),
            None if groups.len() < APART => groups.push(vec![e]),
            None => more += 1,
        }
    }
    groups.sort_list_by_key(|g| (weight(g[0].kind), std::cmp::Reverse(g.len())));
    more += groups.iter().skip(ROWS).map(Vec::len).sum::<usize>();
    groups.truncate(ROWS);
    groups.sort_list_by_key(|g| g[0].time.or(g[0].after).unwrap_or(Instant(i64::MAX)));
    (groups.iter().map(|g| merged(g)).collect(), more)
}

/// Whether two rows say the same of one service.
fn same(a: &Event, b: &Event) -> bool {
    let of = |e: &Event| (e.kind, e.class, e.host.clone(), e.service.clone());
    of(a) == of(b) && a.kind != K::MaskedFailover && alike(&a.text, &b.text)
}

fn merged<'a>(group: &[&'a Event]) -> MergedRow<'a> {
    let first = group[0];
    let mut text = first.text.clone();
    let lines: u64 = first.evidence.iter().filter_map(|e| e.count).sum();
    if first.kind == K::NewError && lines > 1 {
        text = text.w(" (").p(Piece::Count(lines)).w(" lines)");
    }
    if group.len() > 1 {
        let others = Piece::Count(group.len() as u64 - 1);
        text = text.w(", and ").p(others).w(" more like this");
    }
    MergedRow {
        at: first.time.or(first.after),
        text,
        evidence: first.evidence.iter().collect(),
    }
}
