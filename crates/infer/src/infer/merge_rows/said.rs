//! What people write to each other of what logs report, too: it is a remark there, and no act of its own.

use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeSet;

/// Within this of what people write a log shows the restart that they write of.
const SOON: i64 = 2 * MINUTE;

/// Where a log reports releases itself, or a restart as it is written of, what people write to each other of them is a remark.
pub(super) fn remarks(rows: &mut [StatedMarker]) {
    let of_release = |r: &StatedMarker| {
        matches!(
            r.kind,
            K::DeployStart | K::DeployFinish | K::RollbackStart | K::RollbackFinish
        )
    };
    let logs: BTreeSet<u32> = rows
        .iter()
        .filter(|r| of_release(r) && !r.is_said())
        .map(|r| r.input)
        .collect();
    for r in rows.iter_mut().filter(|r| of_release(r) && r.is_said()) {
        if logs.iter().any(|i| *i != r.input) {
            r.kind = K::HumanNote;
        }
    }
    let lives = |r: &&StatedMarker| matches!(r.kind, K::Restart | K::ServiceStart | K::ServiceStop);
    let logged = rows.iter().filter(lives).filter(|r| !r.is_said());
    let logged: Vec<_> = logged.filter_map(|r| r.time).collect();
    let near = |t: Instant| logged.iter().any(|l| (l.0 - t.0).abs() <= SOON);
    let restarts = |r: &&mut StatedMarker| r.kind == K::Restart && r.is_said();
    for r in rows.iter_mut().filter(restarts) {
        if r.time.is_some_and(near) {
            r.kind = K::HumanNote;
        }
    }
}
