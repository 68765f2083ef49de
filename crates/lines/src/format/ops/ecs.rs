//! Deploys on AWS as they report them: events of an ECS service, state changes of ECS, CodeDeploy and CodePipeline through EventBridge,
//! and CodeDeploy's agent log.

use crate::format::named;
use crate::format::pager::value::{self, Needles, time};
use crate::format::webhooks::WEBHOOKS;
use crate::record::{MarkerKind, Notice, Record};
use crate::time::stamp;
use serde_json::Value;

static EVENT: Needles = Needles::new(&["\"createdAt\"", "\"message\"", "(service "]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first() == Some(&b'[') {
        return agent(line);
    }
    if EVENT.all(line) {
        let v: Value = serde_json::from_slice(line).ok()?;
        let message = v.get("message")?.as_str()?;
        let service = message
            .strip_prefix("(service ")?
            .split([')', ','])
            .next()?;
        let stamp = time(&v, "createdAt")?;
        let notices = said(message)
            .iter()
            .map(|(kind, confidence)| {
                let mut n = Notice::new(*kind, message.as_bytes().to_vec());
                n.group = value::owned(Some(service.to_owned()));
                n.service = value::owned(Some(service.to_owned()));
                n.confidence = *confidence;
                n
            })
            .collect();
        return Some(value::event(Some(stamp), notices));
    }
    named(&WEBHOOKS, "AWS state change")?.parse(line)
}

/// What a service event says. A steady state ends what was begun, and is stated every six hours too.
fn said(message: &str) -> &'static [(MarkerKind, u8)] {
    use MarkerKind::*;
    let has = |w: &str| message.contains(w);
    if has("deployment failed") && has("rolling back") {
        &[(DeployFail, 95), (RollbackStart, 95)]
    } else if has("rolling back to") {
        &[(RollbackStart, 95)]
    } else if has("deployment failed") {
        &[(DeployFail, 95)]
    } else if has("deployment completed") {
        &[(DeployFinish, 90)]
    } else if has("has reached a steady state") {
        &[(DeployFinish, Notice::ALONE_NOTHING)]
    } else if has("is unhealthy in") {
        &[(BackendDown, 90)]
    } else if has("has started ") && has(" tasks") && !has("has started 1 task") {
        // one may well take the place of one that failed
        &[(Scale, 70)]
    } else {
        &[]
    }
}

/// `[2026-11-20 06:33:21.123] [d-ABC]LifecycleEvent - ApplicationStop`: the steps of a deployment on a host as they begin; that the
/// last one has ended is not logged.
fn agent(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line.strip_prefix(b"[")?).ok()?;
    let rest = rest.strip_prefix(b"] [d-")?;
    let end = memchr::memchr(b']', &rest[..rest.len().min(32)])?;
    let (id, text) = (&rest[..end], rest[end + 1..].trim_ascii());
    let begins: [&[u8]; 3] = [b"ApplicationStop", b"DownloadBundle", b"BeforeInstall"];
    let step = text.strip_prefix(b"LifecycleEvent - ").unwrap_or_default();
    if !begins.iter().any(|b| step.starts_with(b)) {
        return Some(value::record(Some(at), Vec::new()));
    }
    let mut n = Notice::new(MarkerKind::DeployStart, text);
    n.group = Some(id.into());
    Some(value::record(Some(at), vec![n]))
}
