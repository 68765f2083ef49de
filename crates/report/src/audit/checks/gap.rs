//! Stretches of the story that nobody accounts for.

use super::duration::arrow;
use crate::audit::case::Case;
use crate::audit::finding::{Finding, count, minutes, quote, said};
use crate::audit::story::TimedRow;
use crate::audit::words::Family;
use coroner_lines::sorting::SortList;

pub(super) fn without_change(case: &Case) -> Option<Finding> {
    let rows = &case.story.rows;
    let r = rows.iter().find(|t| t.is(Family::Rollback))?;
    let before = |t: &TimedRow| t.at <= r.at || t.row.line < r.row.line;
    // an order that cannot be is reported by its own check
    let onset = case.row(case.story.markers.onset);
    let led = |t: &TimedRow| t.is(Family::Change) && onset.is_some_and(|o| t.at <= o.at);
    if !case.comparable() || case.rows_of(Family::Change).any(before) || rows.iter().any(led) {
        return None;
    }
    let fault = case.row(case.story.markers.fault);
    let instead = fault.map_or(String::new(), |f| {
        format!(
            "; the only event before the outage is {} (line {})",
            quote(&f.row.text),
            f.row.line + 1
        )
    });
    let message = format!(
        "a rollback is listed, but no deploy, upgrade or configuration change before it{instead}"
    );
    // nothing to point at but the row: the line of the fault stands in the message
    Some(Finding::at(r.row.place(), message))
}

pub(super) fn cause_to_outage(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let (f, o) = case.row(m.fault).zip(case.row(m.onset))?;
    if o.at - f.at < 1200 || m.change.is_some() {
        return None;
    }
    let mention = case
        .mentions_of(Family::Fault)
        .find(|x| (case.wall(x, f.at) - f.at).abs() < 60);
    let longer = case.row(m.recovery).map_or(String::new(), |r| {
        format!(
            "; if impact began then, the outage lasted {}, not {}",
            said(r.at - f.at),
            said(r.at - o.at)
        )
    });
    let gap = said(o.at - f.at);
    let message = format!("{gap} between {} and {}{longer}", f.named(), o.named());
    let finding = Finding::at(f.row.place(), message).also(o.row.place(), "");
    Some(match mention {
        Some(t) => finding.also(t.place.clone(), "also said here"),
        None => finding,
    })
}

fn share(part: i64, whole: i64) -> String {
    match whole {
        1.. if part <= whole => format!("{} % of the outage", (part * 100 + whole / 2) / whole),
        // where the document contradicts itself
        1.. => "longer than the outage itself".to_owned(),
        _ => "of the outage".to_owned(),
    }
}

pub(super) fn after_rollback(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let (b, r) = case.row(m.rolled_back).zip(case.row(m.recovery))?;
    let gap = r.at - b.at;
    if gap < 600 {
        return None;
    }
    let restart = case.row(m.restart);
    let more = match restart {
        Some(s) if s.at > b.at && s.at < r.at => format!(
            "; the restart ({}) came {} after the rollback",
            s.clock(),
            said(s.at - b.at)
        ),
        Some(s) if s.at == b.at => {
            format!("; no row explains them after the restart at {}", s.clock())
        }
        _ => String::new(),
    };
    let part = case
        .spans
        .outage
        .map_or(String::new(), |o| format!(" ({})", share(gap, o)));
    let message = format!(
        "{}{part} passed between {} and traffic back ({}){more}",
        said(gap),
        b.named(),
        r.clock()
    );
    let f = Finding::at(b.row.place(), message);
    let f = match restart.filter(|s| s.at == b.at) {
        Some(s) => f.also(s.row.place(), ""),
        None => f,
    };
    Some(f.also(r.row.place(), ""))
}

pub(super) fn silent(case: &Case) -> Option<Finding> {
    let (o, r) = case.edges().filter(|_| case.comparable())?;
    let end = case
        .row(case.story.markers.rolled_back)
        .filter(|b| r.at - b.at >= 600 && b.at > o.at)
        .map_or(r.at, |b| b.at);
    let inside = |t: &&TimedRow| t.at >= o.at && t.at <= end;
    let mut inside: Vec<&TimedRow> = case.story.rows.iter().filter(inside).collect();
    inside.sort_list_by_key(|t| (t.at, t.row.line));
    let gaps: Vec<(&TimedRow, &TimedRow)> = inside
        .windows(2)
        .map(|w| (w[0], w[1]))
        .filter(|(a, b)| b.at - a.at >= 1800)
        .collect();
    let (first, _) = gaps.first()?;
    let list: Vec<String> = gaps
        .iter()
        .take(5)
        .map(|(a, b)| format!("{} ({})", minutes(b.at - a.at), arrow(a, b)))
        .collect();
    let more = match gaps.len().saturating_sub(5) {
        0 => String::new(),
        n => format!(" and {}", count(n, "more stretch")),
    };
    let message = format!("no rows for {}{more} during the outage", list.join(" and "));
    let f = Finding::at(first.row.place(), message);
    Some(
        gaps.iter()
            .take(5)
            .fold(f, |f, (_, b)| f.also(b.row.place(), "")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_a_share_of_the_outage_only_where_it_fits_in() {
        assert_eq!(share(720, 1920), "38 % of the outage");
        assert_eq!(share(1320, 120), "longer than the outage itself");
        assert_eq!(share(60, 0), "of the outage");
    }
}
