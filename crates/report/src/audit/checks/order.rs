//! The order of events: rows that go back in time, and events before what must come first.

use crate::audit::case::Case;
use crate::audit::finding::{Finding, Place, said};
use crate::audit::story::TimedRow;
use crate::audit::words::Family;
use coroner_lines::record::MarkerKind as M;

pub(super) fn backwards(case: &Case) -> Vec<Finding> {
    let rows = &case.story.rows;
    let mut out: Vec<Finding> = Vec::new();
    for i in 1..rows.len() {
        if !rows[i].backwards {
            continue;
        }
        let (a, b) = (&rows[i - 1], &rows[i]);
        let earlier = said(a.at - b.at);
        let message = format!(
            "{} stands below {} and is {earlier} earlier",
            b.named(),
            a.named()
        );
        out.push(swap(case, i, of_both(b, a, message)));
    }
    for (begin, end) in [
        (M::RollbackStart, M::RollbackFinish),
        (M::DeployStart, M::DeployFinish),
        (M::MigrationStart, M::MigrationFinish),
    ] {
        out.extend(done_before_begun(case, begin, end));
    }
    out
}

pub(super) fn ack_before_alert(case: &Case) -> Option<Finding> {
    let rows = &case.story.rows;
    // the first of each; rows out of order are reported by themselves
    let first = |kind: M| rows.iter().find(|t| t.row.kinds.contains(&kind));
    let (a, b) = first(M::AlertAcknowledged).zip(first(M::AlertFired))?;
    (a.at < b.at).then(|| out_of_order(a, b, "the acknowledgement", "the alert"))
}

/// Two neighbouring rows of a table that only change places.
fn swap(case: &Case, i: usize, f: Finding) -> Finding {
    let rows = &case.story.rows;
    let (a, b) = (&rows[i - 1], &rows[i]);
    let fits = (i < 2 || rows[i - 2].at <= b.at) && rows.get(i + 1).is_none_or(|n| n.at >= a.at);
    let [above, below] = [a, b].map(|t| &case.doc.lines[t.row.line]);
    let next = a.row.line + 1 == b.row.line && above.form == below.form;
    if !fits || !next {
        return f;
    }
    let whole = |t: &TimedRow, raw: &str| Place::new(t.row.line, 0..raw.len());
    f.fix(whole(a, above.raw), below.raw)
        .fix(whole(b, below.raw), above.raw)
}

fn done_before_begun(case: &Case, begin: M, end: M) -> Option<Finding> {
    let rows = &case.story.rows;
    let only = |k: M| {
        let mut all = rows.iter().filter(|t| t.kind() == k);
        let first = all.next()?;
        all.next().is_none().then_some(first)
    };
    let (a, b) = (only(begin)?, only(end)?);
    // the rows themselves may be out of order: that is reported already
    if b.at >= a.at
        || a.backwards
        || b.backwards
        || case.story.block.as_ref().is_none_or(|b| b.prose)
    {
        return None;
    }
    let message = format!(
        "{} is {} earlier than {}",
        b.named(),
        said(a.at - b.at),
        a.named()
    );
    Some(of_both(b, a, message).help("one of the two times, or texts, is another row's"))
}

fn out_of_order(a: &TimedRow, b: &TimedRow, what: &str, other: &str) -> Finding {
    let message = format!(
        "{what} ({}) is {} earlier than {other} ({})",
        a.clock(),
        said(b.at - a.at),
        b.clock()
    );
    of_both(a, b, message)
}

/// At the time of a row, beside that of another one.
fn of_both(row: &TimedRow, other: &TimedRow, message: String) -> Finding {
    Finding::at(row.row.time(), message)
        .label(row.clock())
        .also(other.row.time(), other.clock())
}

pub(super) fn recovery(case: &Case) -> Option<Finding> {
    let (o, r) = case.edges()?;
    (r.at < o.at).then(|| out_of_order(r, o, "recovery", "the start of the outage"))
}

pub(super) fn rollback(case: &Case) -> Option<Finding> {
    let rows = &case.story.rows;
    let r = rows.iter().find(|t| t.is(Family::Rollback))?;
    let changes: Vec<&TimedRow> = rows.iter().filter(|t| t.is(Family::Change)).collect();
    let onset = case.row(case.story.markers.onset);
    // a change below the rollback that no outage follows is the lasting fix
    let led = changes
        .iter()
        .find(|c| onset.is_some_and(|o| c.at <= o.at) || c.row.line < r.row.line);
    let led = led.filter(|_| changes.iter().all(|x| x.at > r.at))?;
    Some(out_of_order(r, led, "the rollback", "the change"))
}

pub(super) fn restart(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let (a, r) = case.row(m.restart).zip(case.row(m.recovery))?;
    // rows of the recovery's own time, and restarts long after it, are other work
    let onset = case.row(m.onset).map_or(r.at, |o| o.at);
    let other = a.at <= r.at || a.at - r.at > (r.at - onset).max(3600) || a.row.cites;
    if other {
        return None;
    }
    let message = format!(
        "the restart ({}) comes {} after the recovery ({})",
        a.clock(),
        said(a.at - r.at),
        r.clock()
    );
    Some(of_both(a, r, message))
}

pub(super) fn early_alert(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let (o, a) = case.row(m.onset).zip(case.row(m.alert))?;
    // a time that is only about right may be a little later
    let about = o.row.clock.as_ref().filter(|c| c.about);
    if a.at + about.map_or(0, |c| c.tolerance()) >= o.at {
        return None;
    }
    Some(out_of_order(
        a,
        o,
        "the page",
        "the stated start of the outage",
    ))
}

pub(super) fn same_minute(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let (o, a) = case.row(m.onset).zip(case.row(m.alert))?;
    if a.at != o.at || m.onset == m.alert {
        return None;
    }
    let message = format!(
        "outage and page carry the same minute ({}): the outage start may have been copied from the page",
        o.clock()
    );
    Some(Finding::at(o.row.place(), message).also(a.row.place(), ""))
}
