//! What the phases of an incident and the moments that bound them are called, in every form. How long they are is not decided here.

use coroner_infer::model::{Incident, Phase};
use coroner_lines::record::MarkerKind;

/// A phase in words.
pub fn phase(i: &Incident, p: &Phase) -> String {
    match p.phase {
        "rollback" => "roll back",
        "still_failing" => "still failing",
        // that it helped nobody knows
        "restart" => "after restart",
        // what was done in it need not have a phase
        "recover" => return format!("{} to {}", bound(i, &p.from), bound(i, &p.to)),
        p => p,
    }
    .to_owned()
}

/// What a stretch begins or ends with that nothing recognised separates.
fn bound(i: &Incident, id: &str) -> &'static str {
    use MarkerKind::*;
    let row = i.timeline.iter().find(|e| e.id == id);
    match row.map_or(Recovery, |e| e.kind) {
        Onset => "onset",
        AlertFired => "alert",
        AlertAcknowledged => "acknowledgement",
        RollbackStart => "rollback",
        RollbackFinish => "end of the rollback",
        Failover => "failover",
        FeatureFlag | Scale | ConfigChange => "change",
        Restart | ServiceStart | ServiceStop => "restart",
        Recovery => "recovery",
        _ => "action",
    }
}

/// What the edge of a phase is called; one before the onset is cut there.
pub fn moment(i: &Incident, id: &str) -> String {
    use MarkerKind::*;
    let Some(e) = i.timeline.iter().find(|e| e.id == id) else {
        return id.to_owned();
    };
    match e.kind {
        _ if e.time.is_some_and(|t| t < i.onset) => "onset",
        Onset => "onset",
        AlertFired => "alert",
        AlertAcknowledged => "acknowledged",
        RollbackStart => "rollback begins",
        RollbackFinish => "reported done",
        RollbackFail => "rollback fails",
        Restart => "restart",
        Failover => "failover",
        MitigationStart => "action begins",
        MitigationFinish => "action done",
        FeatureFlag => "flag changed",
        Scale => "scaled",
        Recovery => "recovery",
        other => return other.word().replace('_', " "),
    }
    .to_owned()
}

/// The name of a phase in a table.
pub fn phase_label(i: &Incident, p: &Phase) -> String {
    match p.phase {
        "detect" if i.durations.detect == Some(p.us) => "Detect (TTD)".to_owned(),
        "acknowledge" if i.durations.acknowledge == Some(p.us) => "Acknowledge (TTA)".to_owned(),
        _ => super::facts::capital(&phase(i, p)),
    }
}
