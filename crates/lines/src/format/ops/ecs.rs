//! Deploys on AWS as they report them: events of an ECS service, state changes of ECS, CodeDeploy and CodePipeline through EventBridge,
//! and CodeDeploy's agent log.

use crate::format::line_features::Signs;
use crate::format::pager::value::{self, Needles, finders, first_text, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::stamp;
use serde_json::Value;

static EVENT: Needles = Needles::new(|| finders(&["\"createdAt\"", "\"message\"", "(service "]));
static STATE: Needles = Needles::new(|| finders(&["\"detail-type\"", "State"]));

/// ECS and CodeDeploy.
pub struct AwsDeploy;

impl Format for AwsDeploy {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "AWS deployment",
            "ECS service events, state changes of ECS, CodeDeploy and CodePipeline, CodeDeploy agent log",
        )
        .begins(b"[", Signs::TIMED)
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"id":"4","createdAt":"2026-03-10T14:40:00.000000+01:00","message":"(service shop) (deployment ecs-svc/9223370) deployment failed: tasks failed to start. rolling back to deployment ecs-svc/9223369."}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
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
        if STATE.all(line) {
            let v: Value = serde_json::from_slice(line).ok()?;
            return state(&v);
        }
        None
    }
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

fn state<'a>(v: &Value) -> Option<Record<'a>> {
    use MarkerKind::*;
    let stamp = time(v, "time")?;
    let detail = v.get("detail")?;
    let (kind, service) = match v.get("detail-type")?.as_str()? {
        "ECS Deployment State Change" => {
            let kind = match detail.get("eventName")?.as_str()? {
                "SERVICE_DEPLOYMENT_IN_PROGRESS" => Some(DeployStart),
                "SERVICE_DEPLOYMENT_COMPLETED" => Some(DeployFinish),
                "SERVICE_DEPLOYMENT_FAILED" => Some(DeployFail),
                _ => None,
            };
            let arn = v
                .get("resources")
                .and_then(|r| r.get(0))
                .and_then(Value::as_str);
            (
                kind,
                arn.and_then(|a| a.rsplit('/').next()).map(str::to_owned),
            )
        }
        "CodePipeline Pipeline Execution State Change" => {
            let kind = match detail.get("state")?.as_str()? {
                "STARTED" => Some(DeployStart),
                "SUCCEEDED" => Some(DeployFinish),
                "FAILED" => Some(DeployFail),
                _ => None,
            };
            (kind, text(detail, &["pipeline"]))
        }
        "CodeDeploy Deployment State-change Notification" => {
            let back = text(detail, &["deploymentGroup"])
                .is_some_and(|g| super::environment::names_a_rollback(&g));
            let kind = match (detail.get("state")?.as_str()?, back) {
                ("START", false) => Some(DeployStart),
                ("START", true) => Some(RollbackStart),
                ("SUCCESS", _) => Some(DeployFinish),
                ("FAILURE", _) => Some(DeployFail),
                _ => None,
            };
            (kind, first_text(detail, &["application"]))
        }
        _ => return None,
    };
    let notice = kind.map(|k| {
        let reason = first_text(detail, &["reason"]).unwrap_or_default();
        let title = format!("{} {reason}", service.clone().unwrap_or_default());
        let mut n = Notice::new(k, title.trim().to_owned().into_bytes());
        n.group = value::owned(
            service
                .clone()
                .or_else(|| first_text(detail, &["deploymentId"])),
        );
        n.service = value::owned(service.clone());
        n.confidence = 95;
        n
    });
    Some(value::record(Some(stamp), notice.into_iter().collect()))
}

/// `[2026-11-20 06:33:21.123] [d-ABC]LifecycleEvent - ApplicationStop`: the first and last step of a deployment on a host.
fn agent(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line.strip_prefix(b"[")?).ok()?;
    let rest = rest.strip_prefix(b"] [d-")?;
    let end = memchr::memchr(b']', &rest[..rest.len().min(32)])?;
    let (id, text) = (&rest[..end], &rest[end + 1..]);
    let step = match text.strip_prefix(b"LifecycleEvent - ") {
        Some(s) => s.trim_ascii(),
        None => return Some(value::record(Some(at), Vec::new())),
    };
    let kind = match step {
        b"ApplicationStop" | b"BeforeInstall" => MarkerKind::DeployStart,
        b"ValidateService" => MarkerKind::DeployFinish,
        _ => return Some(value::record(Some(at), Vec::new())),
    };
    let mut n = Notice::new(kind, text);
    n.group = Some(id.into());
    Some(value::record(Some(at), vec![n]))
}
