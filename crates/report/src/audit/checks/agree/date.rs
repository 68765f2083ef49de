//! Two dates for one event.

use crate::audit::case::Case;
use crate::audit::date::iso;
use crate::audit::document::{Form, SectionKind};
use crate::audit::extent::outright;
use crate::audit::finding::{Finding, count, quote};
use crate::audit::mentions::Dated;
use crate::audit::patterns::Pattern;
use crate::audit::words::{Family, family};

static PAST: Pattern = Pattern::of("past");

pub(in crate::audit::checks) fn dates(case: &Case) -> Option<Finding> {
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

fn finding(
    case: &Case,
    d: &Dated,
    day: i64,
    base: i64,
    others: Vec<crate::audit::finding::Place>,
) -> Finding {
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
