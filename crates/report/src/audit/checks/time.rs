//! How times are written: the wrong half of the day, halves that say nothing, zones that are missing or mean two things,
//! rows without a time.

use crate::audit::case::Case;
use crate::audit::clock::{Half, Odd};
use crate::audit::document::SectionKind;
use crate::audit::finding::{Finding, MOST, Place, clock, count, quote, said};
use crate::audit::mentions::Mention;
use crate::audit::rows::DocumentRow;
use crate::audit::story::{Slip, TimedRow};
use crate::audit::words::family;
use coroner_lines::table::words;

pub(super) fn slips(case: &Case) -> Vec<Finding> {
    let slips = case.story.slips.iter();
    let mut out: Vec<Finding> = slips.filter_map(|s| slip_finding(case, s)).collect();
    out.extend(by_length(case));
    // table and prose exactly half a day apart
    if case.comparable() {
        for (row, m) in half_a_day(case) {
            let mut taken = case.story.slips.iter().flat_map(|s| &s.rows);
            if !taken.any(|r| case.story.rows[*r].row.line == row.row.line) {
                out.push(apart(row, m));
            }
        }
    }
    out
}

/// The end of the outage is half a day off, by the length that the text states.
fn by_length(case: &Case) -> Option<Finding> {
    let (o, r) = case.edges()?;
    let flips = r.can_flip() && r.written.is_none();
    let s = case
        .stated
        .iter()
        .find(|s| half_a_day_longer(s, r.at - o.at))?;
    if !flips || r.dated {
        return None;
    }
    let message = format!(
        "row says {} ({}), {} after the outage began; the text states {}, exactly 12 hours less",
        case.doc.at(&r.row.time()),
        r.clock(),
        said(r.at - o.at),
        quote(case.doc.at(&s.place))
    );
    let f = Finding::at(r.row.time(), message)
        .label(r.clock())
        .also(s.place.clone(), "")
        .help("read in the other half of the day (coroner audit --suggest prints a patch)");
    Some(match other_half(case, r) {
        Some((place, with)) => f.fix(place, with),
        None => f,
    })
}

/// Whether a measured length is 12 hours more than a stated one.
pub(super) fn half_a_day_longer(s: &crate::audit::stated::Stated, secs: i64) -> bool {
    secs > 43_200 && !s.length.ordinal && s.length.fits(secs - 43_200, 60)
}

/// The same digits with the other half of the day.
fn other_half(case: &Case, row: &TimedRow) -> Option<(Place, String)> {
    let c = row.row.clock.as_ref()?;
    let place = row.row.time();
    let written = case.doc.at(&place);
    let (am, pm) = (
        words::<5>("AM am A.M. a.m. Am"),
        words::<5>("PM pm P.M. p.m. Pm"),
    );
    let (from, to) = match c.half? {
        Half::Am => (am, pm),
        Half::Pm => (pm, am),
    };
    let mut halves = from.into_iter().zip(to);
    let other = halves.find_map(|(a, b)| Some(format!("{}{b}", written.strip_suffix(a)?)))?;
    Some((place, other))
}

fn slip_finding(case: &Case, slip: &Slip) -> Option<Finding> {
    let rows = &case.story.rows;
    let (i, last) = (*slip.rows.first()?, *slip.rows.last()?);
    let first = rows.get(i)?;
    let written = first.written.unwrap_or(first.at);
    let of_day = |t: &TimedRow| t.at.rem_euclid(86_400);
    // the neighbour that the row stands the wrong way round to
    let above = i.checked_sub(1).map(|p| &rows[p]);
    let above = above.filter(|p| of_day(p) > written);
    let neighbour = above.or_else(|| rows.get(last + 1));
    let what = case.doc.at(&first.row.time());
    let onset = case.row(case.story.markers.onset);
    let wrong = match neighbour.map(|n| (n, written - of_day(n))) {
        Some((n, apart)) => format!(
            "{} {} the row {}; in the other half of the day the order is right",
            said(apart.abs()),
            if apart > 0 { "after" } else { "before" },
            n.named()
        ),
        None => "which is the wrong half of the day".to_owned(),
    };
    let message = format!("row says {what} ({}), {wrong}", clock(written));
    let lead = onset
        .filter(|o| o.row.line != first.row.line)
        .map(|o| match o.at - first.at {
            0 => String::new(),
            s if s > 0 => format!(", {} before the outage", said(s)),
            s => format!(", {} after the outage began", said(-s)),
        });
    let read = format!("read as {}{}", clock(first.at), lead.unwrap_or_default());
    let mut f = Finding::at(first.row.time(), message)
        .label(clock(written))
        .help(format!("{read} (coroner audit --suggest prints a patch)"));
    if let Some(n) = neighbour {
        f = f.also(n.row.time(), n.clock());
    }
    if let Some(m) = &slip.mention {
        f = f.also(m.clone(), "the same event, in the other half of the day");
    }
    for r in slip.rows.iter().skip(1) {
        f = f.also(rows[*r].row.time(), "the same slip");
    }
    for r in &slip.rows {
        if let Some((place, with)) = other_half(case, &rows[*r]) {
            f = f.fix(place, with);
        }
    }
    Some(f)
}

/// Rows and times of the running text that state one event exactly 12 hours apart, where no row of that kind fits.
pub(super) fn half_a_day<'c>(case: &'c Case) -> Vec<(&'c TimedRow, &'c Mention)> {
    let mut out: Vec<(&TimedRow, &Mention)> = Vec::new();
    for m in &case.mentions {
        let Some(k) = m.kind.filter(|_| m.clock.after_onset.is_none()) else {
            continue;
        };
        if m.section.is_beside() || m.section == SectionKind::Timeline {
            continue;
        }
        let same = || case.rows_of(family(k));
        let near = |t: &TimedRow| (t.at.rem_euclid(86_400) - m.clock.secs).abs();
        let apart = same().find(|t| {
            let flips = m.clock.can_flip() || t.can_flip();
            near(t) == 43_200 && flips && case.zones.shift(&m.clock, t.at) == 0
        });
        let fits = same().any(|t| near(t) < 60);
        if let (Some(t), false) = (apart, fits)
            && !out.iter().any(|o| o.0.row.line == t.row.line)
        {
            out.push((t, m));
        }
    }
    out
}

fn apart(row: &TimedRow, m: &Mention) -> Finding {
    let message = format!(
        "the table has {} at {}, the text at {}: exactly 12 hours apart",
        quote(&row.row.text),
        row.clock(),
        clock(m.clock.secs)
    );
    Finding::at(row.row.time(), message)
        .label(row.clock())
        .also(m.place.clone(), clock(m.clock.secs))
        .help("one of the two has the wrong half of the day")
}

pub(super) fn redundant(case: &Case) -> Option<Finding> {
    let odd = |o: Option<Odd>| matches!(o, Some(Odd::Redundant | Odd::Conflict));
    let rows = case
        .blocks
        .iter()
        .filter(|b| !b.prose)
        .flat_map(|b| &b.rows);
    let rows = rows.filter(|r| r.clock.as_ref().is_some_and(|c| odd(c.odd)));
    let prose = case.mentions.iter().filter(|m| odd(m.clock.odd));
    let places = rows.map(|r| r.time());
    let all: Vec<Place> = places.chain(prose.map(|m| m.place.clone())).collect();
    let (first, rest) = all.split_first()?;
    let (is, they) = match rest {
        [] => ("is", "it is"),
        _ => ("are", "they are"),
    };
    let message = format!(
        "{} {is} written with a 24-hour hour and a half of the day (first: {}); {they} read as 24-hour",
        count(all.len(), "time"),
        quote(case.doc.at(first))
    );
    let f = Finding::at(first.clone(), message);
    let bare = |p: &Place| {
        let text = case.doc.at(p);
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '.' | ' '));
        digits.contains(':').then(|| digits.to_owned())
    };
    let f = all.iter().take(MOST).fold(f, |f, p| match bare(p) {
        Some(with) => f.fix(p.clone(), with),
        None => f,
    });
    Some(f.also_at(rest.iter().cloned()))
}

pub(super) fn zone_missing(case: &Case) -> Option<Finding> {
    if case.zones.named {
        return None;
    }
    let relative = |t: &TimedRow| {
        t.row
            .clock
            .as_ref()
            .is_some_and(|c| c.after_onset.is_some())
    };
    let row = case.story.rows.iter().find(|t| !relative(t));
    let mut mentions = case.mentions.iter().filter(|m| m.kind.is_some());
    let place = match row {
        Some(t) => t.row.time(),
        None => mentions.next()?.place.clone(),
    };
    let message = "clock times, and no zone anywhere: nobody elsewhere can tell when this was";
    Some(Finding::at(place, message))
}

pub(super) fn zone_ambiguous(case: &Case) -> Vec<Finding> {
    let made = |(name, place, choices): &(String, Place, String)| {
        Finding::at(
            place.clone(),
            format!("zone {} has several meanings: {choices}", quote(name)),
        )
    };
    case.zones.ambiguous.iter().map(made).collect()
}

pub(super) fn unparsed(case: &Case) -> Vec<Finding> {
    let sure = case.blocks.iter().filter(|b| b.sure);
    let rows = sure.flat_map(|b| &b.rows);
    let untimed = rows.filter(|r| r.clock.is_none() && !r.cites && case.doc.is_table(r.line));
    let made = |r: &DocumentRow| {
        let what = match r.text.trim().is_empty() {
            true => "table row without a time or an event",
            false => "table row without a time that can be read",
        };
        Finding::at(case.doc.whole(r.line), what)
    };
    untimed.map(made).collect()
}
