//! Where rows without a time stand among the others: with the act that a stamped line of another log reports, or behind
//! the start of what they end. A row that pairs with nothing keeps the place that its neighbours give it, or none.

use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::Instant;
use std::collections::BTreeMap;

/// Stamped rows of a kind among which a partner is looked for.
const LOOKED_AT: usize = 1000;

/// What must have begun before a row of a kind.
fn begins(end: K) -> Option<K> {
    Some(match end {
        K::DeployFinish | K::DeployFail => K::DeployStart,
        K::RollbackFinish | K::RollbackFail => K::RollbackStart,
        K::MigrationFinish | K::MigrationRollback => K::MigrationStart,
        K::MitigationFinish => K::MitigationStart,
        K::MaintenanceFinish => K::MaintenanceStart,
        K::AlertAcknowledged | K::AlertEscalated | K::AlertResolved => K::AlertFired,
        _ => return None,
    })
}

fn agree<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// Whether a stamped row can be about the act of an untimed one: within its bounds, and nothing that both name differs.
fn fits(stamped: &StatedMarker, r: &StatedMarker) -> bool {
    let within = |t: Instant| r.after.is_none_or(|a| a <= t) && r.before.is_none_or(|b| t <= b);
    stamped.time.is_some_and(within)
        && agree(&stamped.host, &r.host)
        && agree(&stamped.service, &r.service)
        && agree(&stamped.version, &r.version)
        && agree(&stamped.group, &r.group)
}

/// Takes away the steps of releases that stand without a time behind its beginning in the log of the tool: what they did, other
/// logs show with its time. Of a release of which both ends have a time, what begins or ends something in between is a step, too. So is the boot of a machine in a
/// log that counts from it.
pub(in crate::infer) fn drop_steps(rows: &mut Vec<StatedMarker>) {
    let turn = |r: &StatedMarker| {
        let begun = matches!(r.kind, K::DeployStart | K::RollbackStart);
        let ended = begins(r.kind).is_some_and(|k| matches!(k, K::DeployStart | K::RollbackStart));
        (begun || ended).then_some(((r.input, r.offset), begun))
    };
    type Turns = BTreeMap<(u32, u64), bool>;
    let turns: Turns = rows.iter().filter_map(turn).collect();
    let timed = rows.iter().filter(|r| r.time.is_some());
    let timed: Turns = timed.filter_map(turn).collect();
    let before = |of: &Turns, r: &StatedMarker| {
        let mut turns = of.range((r.input, 0)..(r.input, r.offset));
        turns.next_back().map(|t| *t.1)
    };
    let behind = |r: &StatedMarker| {
        let mut turns = timed.range((r.input, r.offset)..=(r.input, u64::MAX));
        turns.next().map(|t| *t.1)
    };
    rows.retain(|r| {
        let acts = matches!(
            r.kind,
            K::Restart | K::ServiceStart | K::ServiceStop | K::ConfigChange
        );
        let within = || before(&timed, r) == Some(true) && behind(r) == Some(false);
        let step = acts && before(&turns, r) == Some(true) || turn(r).is_some() && within();
        // what counts from the start of its machine begins with that start, whenever it was
        let zero = || r.kind == K::Restart && r.is_boot();
        r.time.is_some() || !(step || zero())
    });
}

/// Places the untimed rows; one that another log shows with a time is a further line of that row. Gives the pairs: the
/// untimed row, and the stamped one that it belongs to.
pub(in crate::infer) fn place(rows: &mut [StatedMarker]) -> Vec<(usize, usize)> {
    let mut same = Vec::new();
    let mut stamped: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (i, r) in rows.iter().enumerate().filter(|(_, r)| r.time.is_some()) {
        stamped.entry(r.kind).or_default().push(i);
    }
    for i in 0..rows.len() {
        let r = &rows[i];
        let Some(start) = begins(r.kind).filter(|_| r.time.is_none()) else {
            continue;
        };
        let of = |kind: K| -> Vec<usize> {
            let all = stamped.get(&kind).into_iter().flatten().take(LOOKED_AT);
            all.copied().filter(|j| fits(&rows[*j], r)).collect()
        };
        if let [j] = of(r.kind)[..]
            && rows[j].input != r.input
        {
            same.push((i, j));
            continue;
        }
        if let Some(t) = of(start).into_iter().filter_map(|j| rows[j].time).min() {
            let r = &mut rows[i];
            r.after = r.after.max(Some(t));
            r.place = r.after;
        }
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row as stated;

    fn row(s: Option<i64>, input: u32, kind: K, version: Option<&str>) -> StatedMarker {
        StatedMarker {
            time: s.map(Instant::from_second),
            version: version.map(|v| v.as_bytes().to_vec()),
            evidence: Vec::new(),
            ..stated(0, input, 0, kind, "")
        }
    }

    fn untimed(after: i64, version: Option<&str>) -> StatedMarker {
        StatedMarker {
            after: Some(Instant::from_second(after)),
            ..row(None, 1, K::RollbackFinish, version)
        }
    }

    #[test]
    fn a_finish_without_a_time_stands_behind_its_start_and_never_before_it() {
        // the log of the finish has its last stamp at 10, the rollback begins at 400 in another one
        let mut rows = vec![
            untimed(10, None),
            row(Some(5), 0, K::RollbackStart, None),
            row(Some(400), 0, K::RollbackStart, None),
        ];
        assert!(place(&mut rows).is_empty());
        let at = Some(Instant::from_second(400));
        assert_eq!((rows[0].time, rows[0].after, rows[0].place), (None, at, at));
    }

    #[test]
    fn what_a_tool_does_within_a_release_is_its_step() {
        let at = |offset, r: StatedMarker| StatedMarker { offset, ..r };
        let reload = || row(None, 1, K::ConfigChange, None);
        let mut rows = vec![
            at(10, row(Some(5), 1, K::DeployStart, None)),
            at(20, reload()),
            at(30, row(None, 1, K::DeployFinish, None)),
            at(40, reload()),
            at(50, row(Some(9), 2, K::DeployStart, None)),
        ];
        drop_steps(&mut rows);
        let left: Vec<u64> = rows.iter().map(|r| r.offset).collect();
        assert_eq!(left, [10, 30, 40, 50]);
    }

    #[test]
    fn what_begins_between_the_ends_of_a_release_is_its_step() {
        let at = |offset, kind, s| StatedMarker {
            offset,
            ..row(s, 1, kind, None)
        };
        let mut rows = vec![
            at(10, K::DeployStart, Some(5)),
            at(20, K::DeployStart, None),
            at(30, K::DeployFinish, None),
            at(40, K::DeployFinish, Some(60)),
            // of which nothing says when it ended
            at(50, K::DeployStart, Some(90)),
            at(60, K::DeployFinish, None),
        ];
        drop_steps(&mut rows);
        let left: Vec<u64> = rows.iter().map(|r| r.offset).collect();
        assert_eq!(left, [10, 40, 50, 60]);
    }

    #[test]
    fn a_finish_that_pairs_with_nothing_stands_apart() {
        let mut rows = vec![
            untimed(10, Some("2.1")),
            row(Some(400), 0, K::RollbackStart, Some("3.0")),
        ];
        assert!(place(&mut rows).is_empty());
        assert_eq!(rows[0].place, None);
    }

    #[test]
    fn a_finish_that_another_log_stamps_is_that_row() {
        let mut rows = vec![
            untimed(10, None),
            row(Some(400), 0, K::RollbackStart, None),
            row(Some(460), 0, K::RollbackFinish, Some("2.1")),
        ];
        assert_eq!(place(&mut rows), [(0, 2)]);
    }
}
