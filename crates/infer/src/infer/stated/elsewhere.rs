//! What was done in other environments than the one whose outage it is, where the logs hold both: `payments-stage` beside
//! `payments-prod`. What a line says of its environment in fields of its own, its format has read.

use super::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::environment::is_elsewhere;

/// Leaves out changes of services that are called after another environment, unless all that are named are.
pub(super) fn of_elsewhere(rows: &mut Vec<StatedMarker>) {
    let change = |r: &StatedMarker| {
        matches!(
            r.kind,
            K::DeployStart
                | K::DeployFinish
                | K::DeployFail
                | K::RollbackStart
                | K::RollbackFinish
                | K::RollbackFail
                | K::ConfigChange
                | K::Scale
        )
    };
    let of = |r: &StatedMarker| {
        let name = r.service.as_ref().filter(|_| change(r))?;
        Some(is_elsewhere(&String::from_utf8_lossy(name)))
    };
    let here = rows.iter().any(|r| of(r) == Some(false));
    rows.retain(|r| !here || of(r) != Some(true));
}
