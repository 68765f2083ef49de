//! What was applied to a cluster, as controllers log it: an object of `Kind/namespace/name` and what became of each
//! (`configured`, `created`), whatever the keys around it are called, and how that ended. A workload that was changed is a
//! release of it, anything else that was changed a configuration; what was left as it was states nothing.

use crate::format::pager::value::{self, Needles};
use crate::record::{MarkerKind, Notice, Record};
use crate::table::words;
use serde_json::Value;

/// What of a line says that an object was applied, or that a run of which it was a part is over.
static NEEDLES: Needles = Needles::new(&[
    "configured\"",
    "created\"",
    "deleted\"",
    "\"Reconciliation ",
]);
/// Kinds of objects that run something of a service.
const WORKLOADS: [&str; 6] = words("Deployment StatefulSet DaemonSet Rollout CloneSet HelmRelease");
/// Other objects that a row names.
const NAMED: usize = 3;
/// Objects of one line that are looked at.
const MOST: usize = 256;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !NEEDLES.any(line) {
        return None;
    }
    let all: Value = serde_json::from_slice(line).ok()?;
    let stamp = ["ts", "time", "timestamp", "@timestamp"]
        .iter()
        .find_map(|k| value::time(&all, k))?;
    let run = value::text(&all, &["reconcileID"]);
    let mut notices = match all.as_object()?.values().find_map(objects) {
        Some(changed) => changes(&changed),
        None => vec![ended(&all).filter(|_| run.is_some())?],
    };
    for n in &mut notices {
        n.group = value::owned(run.clone());
    }
    Some(value::event(Some(stamp), notices))
}

/// The objects that were changed, each with what became of it; `None` where the value is no such list.
fn objects(v: &Value) -> Option<Vec<(&str, &str)>> {
    let all = v.as_object().filter(|o| !o.is_empty())?;
    let mut changed = Vec::new();
    for (name, state) in all.iter().take(MOST) {
        let kind = name.split('/').next().filter(|k| k.len() < name.len())?;
        if !kind.starts_with(|c: char| c.is_ascii_uppercase()) && !kind.contains('.') {
            return None;
        }
        match state.as_str()? {
            "unchanged" | "skipped" => {}
            state @ ("configured" | "created" | "deleted" | "pruned" | "replaced") => {
                changed.push((name.as_str(), state));
            }
            _ => return None,
        }
    }
    Some(changed)
}

/// A release for each workload, and one change of the configuration for all other objects, each with what became of it.
fn changes<'a>(changed: &[(&str, &str)]) -> Vec<Notice<'a>> {
    let is_workload = |name: &str| WORKLOADS.iter().any(|w| name.split('/').next() == Some(w));
    let (workloads, others): (Vec<_>, Vec<_>) = changed.iter().partition(|c| is_workload(c.0));
    let mut out: Vec<Notice<'_>> = Vec::new();
    for (name, state) in workloads {
        let mut n = Notice::new(
            MarkerKind::DeployStart,
            format!("{name} {state}").into_bytes(),
        );
        n.service = value::owned(name.rsplit('/').next().map(str::to_owned));
        n.confidence = 80;
        out.push(n);
    }
    if !others.is_empty() {
        let named = others
            .iter()
            .take(NAMED)
            .map(|(name, state)| format!("{name} {state}"));
        let named: Vec<String> = named.collect();
        let more = match others.len() - named.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let title = named.join(", ") + &more;
        let mut n = Notice::new(MarkerKind::ConfigChange, title.into_bytes());
        n.confidence = 80;
        out.push(n);
    }
    out
}

/// The end of a run, which is worth something where it applied a release.
fn ended<'a>(all: &Value) -> Option<Notice<'a>> {
    let said = value::first_text(all, &["msg", "message"])?;
    said.starts_with("Reconciliation finished").then_some(())?;
    let mut n = Notice::new(MarkerKind::DeployFinish, said.into_bytes());
    n.confidence = Notice::ALONE_NOTHING;
    Some(n)
}
