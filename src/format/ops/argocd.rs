//! The history of an Argo CD application (`argocd app get -o json`, `kubectl get application -o json`): what was deployed when.

use crate::format::Format;
use crate::format::pager::value::{self, Needles, finders, first_text, text, time};
use crate::format::signs::Signs;
use crate::record::{Kind, MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"deployedAt\"", "\"revision\""]));

/// Entries of an application's history.
pub struct ArgoHistory;

impl Format for ArgoHistory {
    fn name(&self) -> &str {
        "Argo CD history"
    }
    fn kind(&self) -> Kind {
        Kind::Deploy
    }
    fn about(&self) -> &str {
        "the history in the status of an Argo CD application"
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::BRACE
    }
    fn may_begin(&self, first: u8) -> bool {
        matches!(first, b'{' | b' ' | b'\t' | b'\r' | b'\n')
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        let end = time(&v, "deployedAt")?;
        let start = time(&v, "deployStartedAt");
        let revision = first_text(&v, &["revision"])?;
        let name = text(&v, &["@in", "metadata", "name"]).or_else(|| text(&v, &["source", "path"]));
        let version = text(&v, &["source", "targetRevision"])
            .filter(|r| !matches!(r.as_str(), "HEAD" | "main" | "master"))
            .unwrap_or_else(|| revision.chars().take(7).collect());
        let notices = [
            (MarkerKind::DeployStart, start),
            (MarkerKind::DeployFinish, Some(end)),
        ]
        .into_iter()
        .filter(|(_, at)| at.is_some())
        .map(|(kind, at)| {
            let title = format!("{} {version}", name.as_deref().unwrap_or_default());
            let mut n = Notice::new(kind, title.trim().to_owned().into_bytes());
            n.stamp = at;
            n.group = value::owned(name.clone());
            n.service = value::owned(name.clone());
            n.version = value::owned(Some(version.clone()));
            n.actor = value::owned(text(&v, &["initiatedBy", "username"]));
            n
        })
        .collect();
        Some(value::event(start.or(Some(end)), notices))
    }
    fn sample(&self) -> &str {
        r#"{"id":3,"revision":"f95f852bd8fca8fc","deployStartedAt":"2026-03-10T13:00:00Z","deployedAt":"2026-03-10T13:01:30Z","source":{"path":"shop","targetRevision":"v4.2.0"}}"#
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pager::value::{seen, utc};
    use super::*;

    #[test]
    fn start_and_finish() {
        let r = ArgoHistory.parse(ArgoHistory.sample().as_bytes()).unwrap();
        assert_eq!(
            seen(&r),
            [
                (
                    "deploy_start".into(),
                    utc("2026-03-10T13:00:00Z"),
                    "shop".into()
                ),
                (
                    "deploy_finish".into(),
                    utc("2026-03-10T13:01:30Z"),
                    "shop".into()
                )
            ]
        );
    }
}
