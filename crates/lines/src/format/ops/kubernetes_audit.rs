//! Audit events of the Kubernetes API server (`audit.k8s.io`): who did what to which object. Only that somebody asked is stated,
//! not what became of it, so that they are messages and no markers.

use crate::format::line_features::Signs;
use crate::format::pager::value::{Needles, at, finders, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{Body, Level, Message, Record};
use serde_json::Value;
use std::borrow::Cow;

static NEEDLES: Needles = Needles::new(|| finders(&["\"audit.k8s.io/", "\"verb\""]));

/// Audit events of Kubernetes.
pub struct KubernetesAudit;

impl Format for KubernetesAudit {
    fn meta(&self) -> Meta<'_> {
        Meta::system("Kubernetes audit", "audit log of the Kubernetes API server")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","stage":"ResponseComplete","verb":"patch","user":{"username":"alice"},"objectRef":{"resource":"deployments","namespace":"shop","name":"web"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-03-10T13:05:00.123456Z","stageTimestamp":"2026-03-10T13:05:00.223456Z"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        const TIMES: [&str; 4] = [
            "stageTimestamp",
            "requestReceivedTimestamp",
            "timestamp",
            "requestTimestamp",
        ];
        let stamp = TIMES.iter().find_map(|k| time(&v, k))?;
        let code = at(&v, &["responseStatus", "code"]).and_then(Value::as_u64);
        let level = match code {
            Some(500..) => Level::Error,
            Some(400..) => Level::Warn,
            _ => Level::Info,
        };
        let said = |path: &[&str]| text(&v, path).unwrap_or_default();
        let mut words = format!("{} {}", said(&["user", "username"]), said(&["verb"]));
        for part in ["resource", "subresource", "namespace", "name"] {
            if let Some(t) = text(&v, &["objectRef", part]) {
                words.push(if part == "subresource" { '/' } else { ' ' });
                words.push_str(&t);
            }
        }
        if let Some(code) = code {
            words.push_str(&format!(" {code}"));
        }
        let mut m = Message::new(level, b"");
        m.text = Cow::Owned(words.trim().as_bytes().to_vec());
        Some(Record::new(Some(stamp), Body::Message(m)))
    }
}
