//! What the running text says against the rows and against itself: times, dates, causes, and changes that no row states.

use super::time::half_a_day;
use crate::audit::case::Case;
use crate::audit::date::iso;
use crate::audit::document::{Form, Paragraph, SectionKind};
use crate::audit::extent::outright;
use crate::audit::finding::{Finding, Place, clock, count, quote, said};
use crate::audit::mentions::{Dated, Mention};
use crate::audit::patterns::Pattern;
use crate::audit::story::TimedRow;
use crate::audit::words::{Family, family};
use coroner_infer::cause::info;
use coroner_lines::fault::called;

static LATER: Pattern = Pattern::of("later change");
static OTHERS: Pattern = Pattern::of("other incident");

/// Whether a time of the text is that of a row, by the precision of both.
fn same(case: &Case, m: &Mention, t: &TimedRow) -> bool {
    let diff = (case.wall(m, t.at) - t.at).abs();
    diff < 60 || diff <= m.clock.tolerance().max(t.tolerance())
}

/// A time of the text that no row of its kind has.
fn contradicting(case: &Case, m: &Mention, rows: &[&TimedRow], what: &str) -> Option<Finding> {
    let slipped = half_a_day(case).iter().any(|(_, o)| o.place == m.place);
    if rows.is_empty()
        || slipped
        || m.clock.after_onset.is_some()
        || rows.iter().any(|t| same(case, m, t))
    {
        return None;
    }
    let near = rows
        .iter()
        .min_by_key(|t| (case.wall(m, t.at) - t.at).abs())?;
    let wall = case.wall(m, near.at);
    let apart = wall - near.at;
    let message = format!(
        "the text puts {what} at {} ({}); the table has {} at {}, {} {}",
        case.doc.at(&m.place),
        clock(wall),
        quote(&near.row.text),
        near.clock(),
        said(apart.abs()),
        if apart > 0 { "earlier" } else { "later" }
    );
    let f = Finding::at(m.place.clone(), message).label(clock(wall));
    Some(f.also(near.row.time(), near.clock()))
}

/// Times of a family where the incident is reported in short.
fn headlines<'c>(case: &'c Case, f: Family) -> Vec<&'c Mention> {
    let own = |m: &&Mention| m.headline() && !OTHERS.is_match(&m.clause);
    case.mentions_of(f).filter(own).collect()
}

pub(super) fn start(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let onset = case.row(m.onset).filter(|_| case.comparable())?;
    let mentions = headlines(case, Family::Onset);
    // where one agrees, the others are of other things; so it is where the words do not say what it is the time of
    let unnamed = |m: &&Mention| m.kind.is_none() && m.headline();
    let unnamed = case.mentions.iter().filter(unnamed);
    let mut all = mentions.iter().copied().chain(unnamed);
    if all.any(|x| same(case, x, onset)) {
        return None;
    }
    mentions
        .first()
        .and_then(|x| contradicting(case, x, &[onset], "the start of the outage"))
}

pub(super) fn end(case: &Case) -> Option<Finding> {
    if !case.comparable() || case.row(case.story.markers.recovery).is_none() {
        return None;
    }
    let mentions = headlines(case, Family::Recovery);
    let rows: Vec<&TimedRow> = case.rows_of(Family::Recovery).collect();
    // a row whose words say nothing of an act may be the end as well
    let ends = |t: &&TimedRow| t.states(Family::Recovery) || t.is(Family::Other);
    let mut ends = case.story.rows.iter().filter(ends);
    if ends.any(|t| mentions.iter().any(|m| same(case, m, t))) {
        return None;
    }
    mentions
        .first()
        .and_then(|m| contradicting(case, m, &rows, "the end of the outage"))
}

fn of_family(
    case: &Case,
    f: Family,
    what: &str,
    skip: &dyn Fn(&Mention) -> bool,
) -> Option<Finding> {
    if !case.comparable() {
        return None;
    }
    let rows: Vec<&TimedRow> = case.rows_of(f).collect();
    let mut mentions = case.mentions_of(f).filter(|m| !skip(m));
    mentions.find_map(|m| contradicting(case, m, &rows, what))
}

pub(super) fn change(case: &Case) -> Option<Finding> {
    let onset = case.row(case.story.markers.onset).map(|o| o.at);
    of_family(case, Family::Change, "the change", &|m| {
        LATER.is_match(&m.clause) || OTHERS.is_match(&m.clause) || m.section == SectionKind::Resolution || m.section == SectionKind::Detection
            // a change long before has a date of its own
            || m.date.is_some() && onset.is_some_and(|o| case.own_day(m).is_some_and(|d| d != o.div_euclid(86_400))) && !agrees(case, m)
    })
}

fn agrees(case: &Case, m: &Mention) -> bool {
    case.rows_of(Family::Change).any(|t| same(case, m, t))
}

pub(super) fn rollback(case: &Case) -> Option<Finding> {
    of_family(case, Family::Rollback, "the rollback", &|m| {
        OTHERS.is_match(&m.clause)
    })
}

static PAST: Pattern = Pattern::of("past");

pub(super) fn dates(case: &Case) -> Option<Finding> {
    let date = case.story.date.as_ref();
    let (base, place) = date.filter(|_| case.story.incidents <= 1)?;
    let day = |at: i64| at.div_euclid(86_400);
    let rows = case.story.rows.iter();
    let dated = || rows.clone().filter(|t| t.row.date.is_some());
    let days = || dated().map(|t| day(t.at));
    let (first, last) = (days().min().unwrap_or(*base), days().max().unwrap_or(*base));
    let end = outright(&case.mentions).1.map(|m| day(case.day_of(m)));
    let span = rows
        .clone()
        .map(|t| day(t.at))
        .chain(end)
        .chain([*base])
        .max()?;
    // the rows themselves are of other days
    if let Some(t) = dated().next()
        && (*base < first - 1 || *base > last + 1)
        && t.row.date_line != place.line
    {
        let (said, told) = (iso(*base), iso(day(t.at)));
        let message = format!("the text dates the incident {said}, the timeline {told}");
        let f = Finding::at(place.clone(), message).label(said);
        return Some(f.also(t.row.time(), told));
    }
    for d in &case.dated {
        if d.date.swappable || d.place == *place {
            continue;
        }
        let day = d.date.near(*base);
        let near = (first.min(*base)..=last.max(span)).contains(&day);
        // a sentence that shows the day itself and another one shows a span
        let agree = case.dated.iter().filter(|x| x.date.near(*base) == *base);
        let both = agree.clone().any(|x| x.sentence == d.sentence);
        if near || both || !is_event(case, d, day, *base) {
            continue;
        }
        let agree = agree
            .filter(|x| x.place != d.place)
            .map(|x| x.place.clone());
        let agree = agree.filter(|p| p.line != place.line);
        let others = [place.clone()].into_iter().chain(agree).take(4).collect();
        // one slip that stands in several places is one finding
        return Some(finding(case, d, day, *base, others));
    }
    None
}

/// Whether a date is that of an event of the incident.
fn is_event(case: &Case, d: &Dated, day: i64, base: i64) -> bool {
    let line = case.doc.seen(d.place.line);
    if case.doc.lines[d.place.line].form == Form::Heading {
        // a title may follow another zone's day
        let mut sections = case.doc.sections.iter();
        let own = sections.any(|s| s.own && s.line == d.place.line);
        return (d.section == SectionKind::Intro || own && d.section == SectionKind::Timeline)
            && (day - base).abs() > 1;
    }
    if !d.section.narrates() {
        return false;
    }
    let Some(f) = d.kind.map(family) else {
        // the words say nothing, the clock beside it says which event it is
        return same_clock(case, d);
    };
    let before = line.get(..d.place.at.end.min(line.len())).unwrap_or("");
    let clause = before.rsplit(['.', ';']).next().unwrap_or(before);
    let behind = line.get(d.place.at.end..).unwrap_or("");
    let behind = behind.split(['.', ';']).next().unwrap_or(behind);
    let near = behind.char_indices().nth(80).map_or(behind.len(), |c| c.0);
    if PAST.is_match(clause) || PAST.is_match(&behind[..near]) {
        return false;
    }
    let rows = case.rows_of(f).next().is_some();
    match f {
        Family::Onset => true,
        Family::Recovery => day < base || day > base + 1,
        Family::Change => same_clock(case, d) || rows && d.section == SectionKind::Cause,
        Family::Rollback | Family::Alert => rows,
        _ => false,
    }
}

/// Whether the clock time beside a date is that of a row.
fn same_clock(case: &Case, d: &Dated) -> bool {
    let mut mentions = case.mentions.iter();
    let here = mentions.find(|m| m.date.as_ref().is_some_and(|x| x.1 == d.place));
    let mut rows = case.story.rows.iter();
    here.is_some_and(|m| rows.any(|t| t.at.rem_euclid(86_400) == m.clock.secs))
}

fn finding(case: &Case, d: &Dated, day: i64, base: i64, others: Vec<Place>) -> Finding {
    let apart = (day - base).unsigned_abs() as usize;
    let message = format!(
        "{} ({}) is {} {} the date of the incident elsewhere, {}",
        quote(case.doc.at(&d.place)),
        iso(day),
        count(apart, "day"),
        if day < base { "before" } else { "after" },
        iso(base)
    );
    let f = Finding::at(d.place.clone(), message).label(iso(day));
    let f = others.into_iter().fold(f, |f, p| f.also(p, iso(base)));
    match same_clock(case, d) {
        true => f.help(
            "the clock time beside it agrees with the table, so that the date is the likely slip",
        ),
        false => f,
    }
}

static ORDER: Pattern = Pattern::of("change afterwards");
static ROOT: Pattern = Pattern::of("cause named");

fn prose_of<'c>(case: &'c Case, kinds: &'c [SectionKind]) -> impl Iterator<Item = &'c Paragraph> {
    let prose = |l: usize| {
        !matches!(
            case.doc.lines[l].form,
            Form::Pipes | Form::Tabs | Form::Rule
        )
    };
    let paragraphs = case.paragraphs.iter();
    paragraphs.filter(move |p| kinds.contains(&case.doc.kind(p.line())) && prose(p.line()))
}

pub(super) fn start_missing(case: &Case) -> Option<Finding> {
    let in_summary = |line: usize| case.doc.kind(line) == SectionKind::Summary;
    let timed = case.mentions.iter().any(|m| in_summary(m.place.line));
    let dated = case
        .dated
        .iter()
        .find(|d| in_summary(d.place.line) && d.kind.is_some_and(|k| family(k) == Family::Onset));
    let d = dated.filter(|_| !timed)?;
    let message = "the summary gives a date and no start time";
    let help = match case.row(case.story.markers.onset) {
        Some(o) => format!("by the table it began at {}", o.clock()),
        None => "say when it began".to_owned(),
    };
    Some(Finding::at(d.place.clone(), message).help(help))
}

pub(super) fn cause(case: &Case) -> Option<Finding> {
    let mut said = None;
    let mut all = Vec::new();
    for p in prose_of(case, &[SectionKind::Summary]) {
        for s in p.sentences() {
            let text = &p.text[s.clone()];
            let Some(m) = ROOT.find(text) else { continue };
            for (class, at) in called(&text[m.start()..]) {
                all.push(class);
                let at = s.start + m.start() + at.start..s.start + m.start() + at.end;
                said.get_or_insert_with(|| (class, p.place(at)));
            }
        }
    }
    let causes = prose_of(case, &[SectionKind::Cause]);
    let found = causes.flat_map(|p| called(&p.text).into_iter().map(|(c, at)| (c, p.place(at))));
    let found: Vec<_> = found.collect();
    let ((class, place), (other, there)) = said.zip(found.first().cloned())?;
    if found.iter().any(|f| all.contains(&f.0)) || all.contains(&other) {
        return None;
    }
    let word = |c| info(c).word();
    let message = format!(
        "the summary says {} ({}), the section on the cause {} ({})",
        quote(case.doc.at(&place)),
        word(class),
        quote(case.doc.at(&there)),
        word(other)
    );
    Some(Finding::at(place, message).also(there, ""))
}

pub(super) fn action(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let from = case.row(m.onset).filter(|_| case.comparable())?.at;
    let mut rows = case.story.rows.iter();
    if rows.any(|t| t.at >= from && t.is(Family::Change)) {
        return None;
    }
    use SectionKind::{Cause, Resolution, Summary};
    let mut told = prose_of(case, &[Cause, Resolution, Summary]);
    let (p, found) = told.find_map(|p| Some((p, ORDER.find(&p.text)?)))?;
    let message = format!(
        "a change after the outage began is described here ({}), and no row of the timeline has it",
        quote(found.as_str())
    );
    Some(Finding::at(p.place(found.range()), message))
}
