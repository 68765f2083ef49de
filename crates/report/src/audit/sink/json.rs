//! JSON v1 of an audit, as `coroner schema audit` describes it.

use super::{clean, columns, pretty};
use crate::audit::finding::Finding;
use crate::audit::judged::Judged;
use serde_json::{Value, json};

/// The schema's version.
pub const VERSION: &str = "1.0";

/// The audit as text, ending with a newline.
pub fn to_string(judged: &Judged) -> String {
    pretty(&to_value(judged))
}

/// The audit as a value.
pub fn to_value(j: &Judged) -> Value {
    let c = j.counts();
    let s = &j.spans;
    let stated: Vec<Value> = j
        .stated
        .iter()
        .map(|s| json!({"seconds": s.length.secs, "line": s.place.line + 1, "col": columns(j.doc, &s.place).0, "text": clean(j.doc.at(&s.place))}))
        .collect();
    let markers: Vec<Value> = j
        .markers
        .iter()
        .map(
            |m| json!({"kind": m.kind, "time": m.time, "line": m.line + 1, "text": clean(&m.text)}),
        )
        .collect();
    let findings: Vec<Value> = j.findings.iter().map(|f| finding(j, f)).collect();
    json!({
        "schema": "coroner.audit",
        "schema_version": VERSION,
        "documents": [{
            "name": clean(&j.doc.name),
            "date": j.date,
            "zone": j.zone,
            "start": j.start,
            "end": j.end,
            "stated": stated,
            "spans": {
                "outage_s": s.outage,
                "from_change_s": s.from_change,
                "to_mitigation_s": s.to_mitigation,
                "detect_s": s.detect,
                "acknowledge_s": s.acknowledge,
                "decide_s": s.decide,
                "mitigate_s": s.mitigate,
                "after_rollback_s": s.after_rollback,
            },
            "markers": markers,
            "cause_class": j.cause,
            "findings": findings,
        }],
        "summary": {"errors": c.errors, "warnings": c.warnings, "notes": c.notes},
    })
}

fn finding(j: &Judged, f: &Finding) -> Value {
    let (col, end) = columns(j.doc, &f.main.place);
    let mut related: Vec<usize> = f.related.iter().map(|l| l.place.line + 1).collect();
    related.dedup();
    json!({
        "id": f.id,
        "severity": f.severity.word(),
        "line": f.main.place.line + 1,
        "col": col,
        "end_col": end,
        "related": related,
        "message": clean(&f.message),
        "help": f.help.as_deref().map(clean),
        "fix": f.fixes.first().map(|x| clean(&x.with)),
    })
}
