//! Everything that is known of a document before it is judged: its text, rows, times, lengths and actions.
//! Made once; checks only read it.

use super::actions::{Action, actions};
use super::date::DateSaid;
use super::document::{Document, Form, Paragraph, Section, SectionKind};
use super::extent::outright;
use super::finding::Place;
use super::markers::Spans;
use super::mentions::{Dated, Mention, dated, mentions};
use super::patterns::Pattern;
use super::rows::{Block, blocks};
use super::stated::{Stated, stated};
use super::story::{Story, TimedRow};
use super::words::{Family, family};
use super::zones::Zones;
use coroner_infer::model::Report;
use std::collections::BTreeSet;

/// A document that is judged.
#[derive(Debug)]
pub struct Case<'d> {
    /// The document.
    pub doc: &'d Document<'d>,
    /// Its running text.
    pub paragraphs: Vec<Paragraph>,
    /// Its rows.
    pub blocks: Vec<Block>,
    /// The lines of those that are not reported in sentences.
    pub row_lines: BTreeSet<usize>,
    /// Its zone.
    pub zones: Zones,
    /// Times in the running text.
    pub mentions: Vec<Mention>,
    /// Dates in the running text and headings.
    pub dated: Vec<Dated>,
    /// Lengths that it states of the outage.
    pub stated: Vec<Stated>,
    /// What happened by it.
    pub story: Story,
    /// The spans of that.
    pub spans: Spans,
    /// What it promises.
    pub actions: Vec<Action>,
    /// What the logs say, where they are given.
    pub logs: Option<&'d Report>,
}

static OTHER_DATE: Pattern = Pattern::of("other date");

/// Days by which a date in the text and that of a row may differ and both be meant.
pub(super) const CLOSE_DAYS: i64 = 2;

impl<'d> Case<'d> {
    /// Reads out of a document what checks need.
    pub fn new(doc: &'d Document<'d>, logs: Option<&'d Report>) -> Case<'d> {
        let paragraphs = doc.paragraphs();
        let blocks = blocks(doc);
        let told = blocks.iter().filter(|b| !b.prose).flat_map(|b| &b.rows);
        let row_lines: BTreeSet<usize> = told.map(|r| r.line).collect();
        let is_row = |line: usize| row_lines.contains(&line);
        let zones = Zones::of(doc, &blocks);
        let mentions = mentions(doc, &paragraphs, &is_row);
        let mut dated = dated(doc, &paragraphs, &is_row);
        settle_figures(doc, &mut dated);
        let stated = stated(doc, &paragraphs, &is_row);
        let date = date_of(doc, &dated, &blocks, outright(&mentions).0);
        let story = Story::new(doc, &blocks, &mentions, date, &zones);
        Case {
            spans: Spans::of(&story),
            actions: actions(doc),
            paragraphs,
            blocks,
            row_lines,
            zones,
            mentions,
            dated,
            stated,
            story,
            doc,
            logs,
        }
    }

    /// The row of a marker.
    pub fn row(&self, i: Option<usize>) -> Option<&TimedRow> {
        i.and_then(|i| self.story.rows.get(i))
    }

    /// The rows of the start and the end of the outage.
    pub fn edges(&self) -> Option<(&TimedRow, &TimedRow)> {
        let m = &self.story.markers;
        self.row(m.onset).zip(self.row(m.recovery))
    }

    /// Rows that report something of a family.
    pub fn rows_of(&self, f: Family) -> impl Iterator<Item = &TimedRow> {
        self.story.rows.iter().filter(move |t| t.states(f))
    }

    /// The running text of sections of a kind.
    pub fn paragraphs_of(&self, kind: SectionKind) -> impl Iterator<Item = &Paragraph> {
        let of_kind = move |p: &&Paragraph| self.doc.kind(p.line()) == kind;
        self.paragraphs.iter().filter(of_kind)
    }

    /// Times of the running text that are of a family, in sections that narrate it.
    pub fn mentions_of(&self, f: Family) -> impl Iterator<Item = &Mention> {
        let of_family =
            move |m: &&Mention| m.section.narrates() && m.kind.is_some_and(|k| family(k) == f);
        self.mentions.iter().filter(of_family)
    }

    /// Whether rows and running text can be held against each other: one incident, reported in rows.
    pub fn comparable(&self) -> bool {
        self.story.incidents <= 1 && self.story.block.as_ref().is_some_and(|b| !b.prose)
    }

    /// Wall seconds of a time of the running text, on the day that brings it nearest to a row that it is held against; on its
    /// own where it names one close by. One that is far is a slip of the date, of which others show.
    pub fn wall(&self, m: &Mention, near: i64) -> i64 {
        let shift = self.zones.shift(&m.clock, near);
        let day = near.div_euclid(86_400);
        let at = |day: i64| day * 86_400 + m.clock.secs + shift;
        match self.own_day(m) {
            Some(own) if (own - day).abs() <= CLOSE_DAYS => at(own),
            _ => [day - 1, day, day + 1]
                .map(at)
                .into_iter()
                .min_by_key(|t| (t - near).abs())
                .unwrap_or(at(day)),
        }
    }

    /// The day that a time of the running text names itself, in days since 1970.
    pub fn own_day(&self, m: &Mention) -> Option<i64> {
        let (base, _) = self.story.date.as_ref()?;
        m.date.as_ref().map(|(d, _)| d.near(*base) + m.plus)
    }

    /// Wall seconds of a time of the running text, on its own day, else on that of the incident.
    pub fn day_of(&self, m: &Mention) -> i64 {
        let base = self.story.date.as_ref().map_or(0, |d| d.0);
        let day = self.own_day(m).unwrap_or(base + m.plus);
        let at = day * 86_400 + m.clock.secs;
        at + self.zones.shift(&m.clock, at)
    }

    /// Whether the document says that there is nothing to report: no incident, or too little to say.
    pub fn eventless(&self) -> bool {
        let says = |p: &Paragraph| {
            NOTHING.is_match(&p.text) && self.doc.kind(p.line()) == SectionKind::Intro
        };
        self.story.rows.is_empty() && self.paragraphs.iter().take(10).any(says)
    }

    /// The first sentence of the summary that reports the outage: where findings about the summary stand.
    pub fn summary(&self) -> Place {
        let speaks = |p: &&Paragraph| {
            self.doc.kind(p.line()) == SectionKind::Summary && !self.doc.is_table(p.line())
        };
        let first = |f: &dyn Fn(&&Paragraph) -> bool| {
            let mut hit = None;
            for p in self.paragraphs.iter().filter(|p| f(p)) {
                if let Some(m) = EVENT.find(&p.text) {
                    return Some(p.place(m.range()));
                }
                hit.get_or_insert_with(|| self.doc.whole(p.line()));
            }
            hit
        };
        first(&speaks)
            .or_else(|| first(&|p| self.doc.kind(p.line()) == SectionKind::Intro))
            .or_else(|| first(&|_| true))
            .unwrap_or(Place::new(0, 0..0))
    }
}

static NOTHING: Pattern = Pattern::of("no incident");

/// Words that show that something went wrong.
static EVENT: Pattern = Pattern::of("outage told");

/// Dates in figures whose order other dates of the document settle.
fn settle_figures(doc: &Document, all: &mut Vec<Dated>) {
    let known = all.iter().find_map(|d| d.date.day_first);
    let plain = all.iter().filter(|d| !d.date.swappable);
    let plain: Vec<(i64, i64)> = plain.map(|d| (d.date.month, d.date.day)).collect();
    all.retain_mut(|d| {
        if d.date.swappable {
            // the day stands first unless something says otherwise
            let (month, day) = (d.date.month, d.date.day);
            let swapped = match known {
                Some(day_first) => Some(!day_first),
                None if plain.contains(&(month, day)) => Some(false),
                None if plain.contains(&(day, month)) => Some(true),
                None => None,
            };
            d.date.swappable = swapped.is_none();
            if swapped == Some(true) {
                (d.date.month, d.date.day) = (day, month);
            }
        }
        let line = doc.seen(d.place.line);
        line.len() > 400 || !OTHER_DATE.is_match(line) || d.kind.is_some()
    });
}

/// The day of the incident, and where it is said.
fn date_of(
    doc: &Document,
    dated: &[Dated],
    blocks: &[Block],
    start: Option<&Mention>,
) -> Option<(i64, Place)> {
    use SectionKind::{Impact, Intro, Lessons, Other, Summary, Timeline};
    let rows = || {
        let rows = blocks.iter().flat_map(|b| &b.rows);
        rows.filter_map(|r| Some((r.date_line, r.date.as_ref()?)))
    };
    let year = dated.iter().find_map(|d| d.date.year);
    let year = year.or_else(|| rows().find_map(|(_, d)| d.year));
    let days = |d: &Dated| Some((d.date.days(year)?, d.place.clone()));
    let first = |f: &dyn Fn(&&Dated) -> bool| {
        let told = |d: &&Dated| !(d.section.is_beside() || d.section == Lessons);
        dated.iter().filter(told).find(f).and_then(days)
    };
    let onset = |d: &&Dated| d.kind.is_some_and(|k| family(k) == Family::Onset);
    let heading = |d: &&Dated| doc.lines[d.place.line].form == Form::Heading;
    let titled = |d: &&Dated| d.section == Intro && heading(d);
    let over_rows = |d: &&Dated| {
        let own = |s: &Section| s.own && s.line == d.place.line;
        d.section == Timeline && doc.sections.iter().any(own)
    };
    let of_row =
        |(line, d): (usize, &DateSaid)| Some((d.days(year)?, Place::new(line, d.at.clone())));
    let said = start.and_then(|m| {
        let (d, place) = m.date.as_ref()?;
        Some((d.days(year)? + m.plus, place.clone()))
    });
    // one far from the title's is a slip, be it here or there
    let fits = |d: &(i64, Place)| {
        first(&titled).is_none_or(|t: (i64, Place)| (t.0 - d.0).abs() <= CLOSE_DAYS)
    };
    said.filter(fits)
        .or_else(|| first(&|d| onset(d) && d.section == Summary))
        .or_else(|| first(&|d| onset(d) && matches!(d.section, Intro | Impact | Other)))
        .or_else(|| first(&titled))
        .or_else(|| first(&|d| matches!(d.section, Summary | Intro)))
        .or_else(|| first(&over_rows))
        .or_else(|| rows().find_map(of_row))
        .or_else(|| first(&|d| d.date.year.is_some() || heading(d)))
}
