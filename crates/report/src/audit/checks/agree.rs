//! What the running text says against the rows: times, dates, causes, and changes that no row states.

pub(super) mod date;
pub(super) mod prose;

use super::time::half_a_day;
use crate::audit::case::Case;
use crate::audit::document::SectionKind;
use crate::audit::finding::{Finding, clock, quote, said};
use crate::audit::mentions::Mention;
use crate::audit::patterns::Pattern;
use crate::audit::story::TimedRow;
use crate::audit::words::Family;

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
