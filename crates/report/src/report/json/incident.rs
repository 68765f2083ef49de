//! The incident object of JSON v1.
//! Only what hangs below `incidents[]` lives here; inputs, events and evidence are written by the parent.

use super::{Writer, cited, evidence, list, opt, rounded};
use crate::report::rows;
use crate::report::sentence::share;
use crate::report::time::seconds;
use coroner_infer::model::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Writer {
    pub(super) fn incident(&self, i: &Incident) -> Value {
        let whole: i64 = i.phases.iter().map(|p| p.us).sum();
        json!({
            "id": i.id,
            "title": self.text(&i.title),
            "service": opt(&i.service),
            "state": i.state,
            "onset": self.time(i.onset),
            "onset_interval": self.pair(i.onset_interval),
            "recovery": self.maybe(i.recovery),
            "recovery_interval": self.pair(i.recovery_interval),
            "recovery_held_s": i.held_us.map(seconds),
            "durations": durations(&i.durations),
            "phases": list(&i.phases, |p| json!({
                "phase": p.phase,
                "from": p.from,
                "to": p.to,
                "seconds": seconds(p.us),
                "share": rounded(if whole > 0 { p.us as f64 / whole as f64 } else { 0.0 }),
            })),
            "impact": self.impact(&i.impact),
            "components": list(&i.components, |c| json!({
                "kind": c.kind,
                "key": opt(&c.key),
                "start": self.time(c.start),
                "end": self.maybe(c.end),
            })),
            "timeline": self.rows(i),
            "cause_verdict": i.cause_verdict,
            "missing": list(&i.missing, |m| json!({"kind": m.kind, "text": self.text(&m.text)})),
            "causes": i.causes.iter().enumerate().map(|(n, c)| self.cause(n + 1, c)).collect::<Vec<_>>(),
            "signals": list(&i.signals, |s| cited(json!({"class": s.class, "text": self.text(&s.text)}), &s.cited)),
            "new_templates": list(&i.new_templates, |t| json!({
                "text": t.text.for_json(),
                "count": t.count,
                "first": self.time(t.first),
                "last": self.time(t.last),
                "family": t.family,
                "service": opt(&t.service),
                "evidence": evidence(&t.evidence),
            })),
            "unexplained": list(&i.unexplained, |u| json!({
                "time": self.time(u.time),
                "offset_s": seconds(u.time.since(i.onset)),
                "text": self.text(&u.sentence()),
                "lines": u.lines,
                "first": u.first,
                "with": u.with,
                "evidence": evidence(&u.evidence),
            })),
            "versions": list(&i.versions, |v| json!({
                "service": opt(&v.service),
                "name": v.name.for_json(),
                "hosts": list(&v.hosts, |h| h.for_json().into()),
                "first": self.maybe(v.first),
                "last": self.maybe(v.last),
                "evidence": evidence(&v.evidence),
            })),
            "prompts": list(&i.prompts, |p| json!({
                "section": p.section,
                "text": self.text(&p.text),
                "from": p.from,
                "seconds": p.us.map(seconds),
            })),
            "series": i.series.as_ref().map(|s| json!({
                "start": self.time(s.start),
                "bucket_s": s.bucket_s,
                "requests": s.requests,
                "failed": s.failed,
                "by_host": lanes(&s.by_host),
                "by_endpoint": lanes(&s.by_endpoint),
                "by_upstream": lanes(&s.by_upstream),
            })),
        })
    }

    fn cause(&self, rank: usize, c: &Cause) -> Value {
        let claims = |l: &[Claim]| {
            list(l, |x| {
                cited(
                    json!({"text": self.text(&x.text), "weight": rounded(x.weight)}),
                    &x.cited,
                )
            })
        };
        json!({
            "rank": rank,
            "group": c.group.word,
            "group_score": rounded(c.group_score),
            "class": c.class.word(),
            "title": self.text(&c.title),
            "score": rounded(c.score),
            "level": level(c.score).replace(' ', "_"),
            "culprit": c.culprit.as_ref().map(|x| json!({
                "kind": x.kind,
                "name": x.name.for_json(),
                "service": opt(&x.service),
            })),
            "for": claims(&c.pro),
            "against": claims(&c.con),
            "settle": c.settle.as_ref().map(|s| self.text(s)),
            "trigger": c.trigger,
            "mechanism": c.mechanism.as_ref().map(|m| cited(
                json!({"class": m.class.word(), "text": self.text(&m.text)}),
                &m.cited,
            )),
        })
    }

    /// The rows, each that shares a line of the screen with the row that leads it.
    fn rows(&self, i: &Incident) -> Vec<Value> {
        let mut leads = BTreeMap::new();
        for l in rows::of(i) {
            let others = l.rows.iter().filter(|e| e.id != l.lead.id);
            leads.extend(others.map(|e| (&e.id, &l.lead.id)));
        }
        let row = |e: &Event| {
            let mut row = self.event(e, Some(i.onset));
            row["shown_with"] = leads.get(&e.id).map(|id| id.as_str()).into();
            row
        };
        i.timeline.iter().map(row).collect()
    }

    fn impact(&self, i: &Impact) -> Value {
        let both = i.requests.zip(i.failed).filter(|(r, _)| *r > 0);
        json!({
            "requests": i.requests,
            "failed": i.failed,
            "share": both.map(|(r, f)| rounded(share(f, r))),
            "expected_requests": i.expected_requests,
            "expected_failed": i.expected_failed,
            "addresses_hit": i.addresses_hit,
            "addresses_seen": null,
            "addresses_error": i.addresses_error.map(rounded),
            "users_hit": null,
            "peak": i.peak.map(|(t, requests, failed)| json!({
                "time": self.time(t),
                "bucket_s": 60,
                "requests": requests,
                "failed": failed,
                "share": rounded(share(failed, requests)),
            })),
            "error_budget": i.error_budget.map(|(used, objective)| json!({
                "objective": rounded(objective),
                "days": 30,
                "used": rounded(used),
            })),
            "counted": i.counted.map(|(from, to)| [self.time(from), self.time(to)]),
            "by_status": rows(&i.by_status),
            "by_endpoint": rows(&i.by_endpoint),
            "as_before": i.as_before.iter().map(|n| n.for_json()).collect::<Vec<_>>(),
            "risen": list(&i.risen, |r| json!({
                "status": r.status.for_json(),
                "during": r.during,
                "before": r.before,
            })),
            "by_host": rows(&i.by_host),
            "by_service": rows(&i.by_service),
            "by_version": rows(&i.by_version),
            "by_upstream": rows(&i.by_upstream),
        })
    }
}

fn durations(d: &Durations) -> Value {
    json!({
        "detect_s": d.detect.map(seconds),
        "acknowledge_s": d.acknowledge.map(seconds),
        "decide_s": d.decide.map(seconds),
        "mitigate_s": d.mitigate.map(seconds),
        "rollback_s": d.rollback.map(seconds),
        "after_rollback_s": d.after_rollback.map(seconds),
        "recover_s": d.recover.map(seconds),
        "lead_s": d.lead.map(seconds),
    })
}

fn lanes(lanes: &[Lane]) -> Vec<Value> {
    list(
        lanes,
        |l| json!({"name": l.name.for_json(), "requests": l.requests, "failed": l.failed}),
    )
}

fn rows(rows: &[BreakdownRow]) -> Vec<Value> {
    list(rows, |r| {
        json!({
            "name": r.name.for_json(),
            "requests": r.requests,
            "failed": r.failed,
            "share": (r.requests > 0).then(|| rounded(share(r.failed, r.requests))),
        })
    })
}

/// The word for a score: `high`, `medium`, `low`, `very low`.
pub fn level(score: f64) -> &'static str {
    match score {
        s if s >= 0.80 => "high",
        s if s >= 0.50 => "medium",
        s if s >= 0.20 => "low",
        _ => "very low",
    }
}
