//! CloudTrail: calls to AWS that changed something. Calls that only read, that failed, or that machines make all day are records
//! and no events.

use crate::format::pager::value::{self, Needles, first_text, text, time};
use crate::record::{MarkerKind, Notice, Record};
use crate::table::{rows, words};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(&["\"eventName\"", "\"eventSource\"", "\"eventTime\""]);
static LISTED: Needles = Needles::new(&["\"CloudTrailEvent\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !NEEDLES.all(line) && !LISTED.all(line) {
        return None;
    }
    let v: Value = serde_json::from_slice(line).ok()?;
    // a list of events holds each record as a text
    let v = match v.get("CloudTrailEvent").and_then(Value::as_str) {
        Some(inner) => serde_json::from_str(inner).ok()?,
        None => v,
    };
    // EventBridge wraps the record
    let v = v
        .get("detail")
        .filter(|d| d.get("eventName").is_some())
        .unwrap_or(&v);
    let stamp = time(v, "eventTime")?;
    let name = v.get("eventName")?.as_str()?;
    let source = v.get("eventSource")?.as_str()?;
    let reads = v.get("readOnly").and_then(Value::as_bool) == Some(true);
    let failed = v.get("errorCode").is_some_and(|e| !e.is_null());
    let asked = v.get("requestParameters").unwrap_or(&Value::Null);
    // a service that is updated to a number of tasks only gets no other version
    let sized = asked.get("desiredCount").is_some() && asked.get("taskDefinition").is_none();
    // nor does one whose tasks are put in place anew
    let again = asked.get("forceNewDeployment").and_then(Value::as_bool) == Some(true);
    let again = again && asked.get("taskDefinition").is_none();
    let kind = match kind(name, source) {
        Some(MarkerKind::DeployStart) if again => Some(MarkerKind::Restart),
        Some(MarkerKind::DeployStart) if sized => Some(MarkerKind::Scale),
        other => other,
    };
    let known = kind.is_some();
    let kind = kind.or_else(|| (by_hand(v) && acts(name)).then_some(MarkerKind::ConfigChange));
    let Some(kind) = kind.filter(|_| !reads && !failed) else {
        return Some(value::record(Some(stamp), Vec::new()));
    };
    let things = named(asked);
    let thing = things.first().cloned();
    let service = thing
        .as_deref()
        .filter(|_| kind != MarkerKind::ConfigChange)
        .and_then(|t| t.rsplit(['/', ':']).next())
        .map(str::to_owned);
    let short = source.split('.').next().unwrap_or(source);
    let called: Vec<&str> = things.iter().map(|t| resource(t)).collect();
    let title = format!("{short} {name} {}", called.join(" "));
    let mut n = Notice::new(kind, title.trim().to_owned().into_bytes());
    n.group = value::owned(thing);
    n.service = value::owned(service);
    let versions = [
        "taskDefinition",
        "versionLabel",
        "imageTag",
        "revision",
        "functionVersion",
    ];
    // whoever calls may say the name or the whole resource
    let name = |v: String| v.rsplit('/').next().map(str::to_owned);
    n.version = value::owned(first_text(asked, &versions).and_then(name));
    n.actor = value::owned(text(v, &["userIdentity", "userName"]).or_else(|| {
        text(v, &["userIdentity", "arn"]).and_then(|a| a.rsplit('/').next().map(str::to_owned))
    }));
    n.confidence = if known { 85 } else { Notice::ANY_ACT };
    Some(value::record(Some(stamp), vec![n]))
}

/// What a call is about, at most two of them: what is asked for by name before what is asked for by number. People are none.
fn named(asked: &Value) -> Vec<String> {
    // some calls of EC2 wrap what is asked for: `{"DeleteNatGatewayRequest":{"NatGatewayId":…}}`
    let only = |v: &'_ Value| {
        v.as_object()
            .filter(|o| o.len() == 1)?
            .values()
            .next()
            .cloned()
    };
    let inner = only(asked).filter(Value::is_object);
    let all = inner
        .as_ref()
        .unwrap_or(asked)
        .as_object()
        .into_iter()
        .flatten();
    let rank = |k: &str| {
        let name = k == "name" || k.ends_with("Name") && k != "userName";
        let ends = |e: &str| k.ends_with(e);
        let number = ends("Identifier") || ends("Id") || ends("Arn");
        [k == "service", name, number].iter().position(|x| *x)
    };
    let mut named: Vec<(usize, &str)> = all
        .filter_map(|(k, v)| Some((rank(k)?, v.as_str()?)))
        .collect();
    named.sort_by_key(|n| n.0);
    named.iter().take(2).map(|n| n.1.to_owned()).collect()
}

/// What a resource is called, without whose and of which kind it is: `shop/db` of
/// `arn:aws:secretsmanager:eu-west-1:1:secret:shop/db`.
fn resource(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((_, called)) if name.starts_with("arn:") => called,
        _ => name,
    }
}

/// What serves traffic.
const SERVES: [&str; 22] = words(
    "ec2 rds elasticloadbalancing route53 ssm secretsmanager lambda ecs eks apigateway cloudfront elasticache dynamodb \
    autoscaling iam wafv2 waf acm appconfig kafka es elasticbeanstalk",
);

/// Verbs of configuration.
const CHANGES: [&str; 19] = words(
    "Modify Put Update Authorize Revoke Delete Detach Attach Set Change Disable Enable Replace Deregister Associate \
    Disassociate Rotate Reset Restore",
);

/// What machines change all day.
const ROUTINE: [&str; 13] = words(
    "NetworkInterface Tags InstanceInformation Inventory ComplianceItems Snapshot Volume LogStream Metric InstanceHealth \
    Targets Permission LoginProfile",
);

/// Verbs of calls that change nothing that serves: they look, ask, come and go, prepare, and write what is measured.
const LOOKS: [&str; 33] = words(
    "Get List Describe Head Lookup Search Select Query Scan Batch Check Test Validate Simulate Preview Estimate Download Filter View Assume Switch \
    Exit Console Execute RegisterTask Decrypt Encrypt Generate Sign Lease Resume Poll Receive",
);

/// Whether somebody made the call at a console or in a shell.
fn by_hand(call: &Value) -> bool {
    let agent = text(call, &["userAgent"]).unwrap_or_default();
    let invoked = text(call, &["userIdentity", "invokedBy"]).is_some();
    let hands = [
        "console.",
        "aws-cli/",
        "signin.",
        "AWS-CLI",
        "aws-internal/console",
    ];
    !invoked && hands.iter().any(|h| agent.contains(h))
}

/// Whether a call does something, by its verb.
fn acts(name: &str) -> bool {
    let begins = |list: &[&str]| list.iter().any(|p| name.starts_with(p));
    let looks = begins(&LOOKS) || begins(&["StartQuery", "StartSession"]);
    !looks && !ROUTINE.iter().any(|w| name.contains(w))
}

/// What a call did. Verbs of configuration count only for what serves traffic.
fn kind(name: &str, source: &str) -> Option<MarkerKind> {
    use MarkerKind::*;
    let starts = |list: &[&str]| list.iter().any(|p| name.starts_with(p));
    let service = source.split('.').next().unwrap_or(source);
    // what it puts live are settings
    if service == "appconfig" && starts(&["StartDeployment"]) {
        return Some(ConfigChange);
    }
    if service == "lambda" && name.starts_with("UpdateAlias") {
        return Some(DeployStart);
    }
    let begins = |names: &str| names.split(' ').any(|n| name.starts_with(n));
    let mut calls = rows(include_str!("calls.tsv"));
    if let Some([kind, _]) = calls.find(|[_, names]| begins(names)) {
        return MarkerKind::from_word(kind);
    }
    let changes = starts(&CHANGES);
    let routine = ROUTINE.iter().any(|w| name.contains(w));
    (SERVES.contains(&service) && changes && !routine).then_some(ConfigChange)
}

#[cfg(test)]
mod tests {
    use super::{acts, by_hand, kind, resource};
    use crate::record::MarkerKind;

    #[test]
    fn whatever_somebody_does_by_hand_is_a_change() {
        let call = |agent: &str| serde_json::json!({"userAgent": agent});
        assert!(by_hand(&call("console.amazonaws.com")) && by_hand(&call("aws-cli/2.15.1 md/x")));
        assert!(!by_hand(&call("Boto3/1.40.1")));
        assert!(acts("StartMessageMoveTask") && acts("PurgeQueue"));
        assert!(!acts("ListQueues") && !acts("StartQueryExecution") && !acts("PutMetricData"));
    }

    #[test]
    fn a_rotation_is_a_change_and_its_secret_is_called_by_its_name() {
        let of = |call| kind(call, "secretsmanager.amazonaws.com");
        assert_eq!(of("RotateSecret"), Some(MarkerKind::ConfigChange));
        assert_eq!(of("GetSecretValue"), None);
        let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:shop/db-Xk3v";
        assert_eq!(resource(arn), "shop/db-Xk3v");
        assert_eq!(resource("sg-1:in"), "sg-1:in");
    }
}
