//! Audit trails of Google Cloud and Azure: calls that changed something, by the verb that ends a method's name. Calls that only
//! read, that failed, or that touched data and no resource are records and no events.

use crate::format::line_features::Signs;
use crate::format::pager::value::{self, Needles, at, finders, first_text, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use crate::text::words::split;
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"methodName\"", "\"operationName\""]));

/// Audit trails of clouds.
pub struct CloudAudit;

impl Format for CloudAudit {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "cloud audit",
            "audit logs of Google Cloud and activity logs of Azure: calls that changed something",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"compute.googleapis.com","methodName":"v1.compute.firewalls.patch","resourceName":"projects/p/global/firewalls/web","authenticationInfo":{"principalEmail":"ann@example.com"}},"severity":"NOTICE","timestamp":"2026-03-10T13:05:00.123Z"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.any(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        let call = google(&v).or_else(|| azure(&v))?;
        let stamp = ["timestamp", "time", "eventTimestamp", "TimeGenerated"]
            .iter()
            .find_map(|k| time(&v, k))?;
        let notice = call.kind().filter(|_| call.done).map(|kind| {
            let mut n = Notice::new(
                kind,
                format!("{} {}", call.method, call.resource).into_bytes(),
            );
            let thing = call.resource.rsplit('/').next().unwrap_or_default();
            n.group = value::owned(Some(call.resource.clone()).filter(|r| !r.is_empty()));
            let runs = matches!(kind, MarkerKind::DeployStart | MarkerKind::DeployFinish);
            n.service = value::owned(Some(thing.to_owned()).filter(|t| !t.is_empty() && runs));
            n.actor = value::owned(call.actor.clone());
            n.confidence = 80;
            n
        });
        Some(value::record(Some(stamp), notice.into_iter().collect()))
    }
}

/// One call.
struct Call {
    method: String,
    resource: String,
    actor: Option<String>,
    /// Whether it succeeded, and changed a resource rather than data.
    done: bool,
    /// Whether it is told again at the end of what it began.
    ends: bool,
}

/// An entry of Google's audit log, alone or as the rest of the log wraps it.
fn google(v: &Value) -> Option<Call> {
    let p = v
        .get("protoPayload")
        .or_else(|| v.get("protopayload_auditlog"))?;
    let failed = at(p, &["status", "code"])
        .and_then(Value::as_i64)
        .unwrap_or(0)
        != 0;
    let of_data = text(v, &["logName"]).is_some_and(|l| l.contains("data_access"));
    Some(Call {
        method: text(p, &["methodName"])?,
        resource: text(p, &["resourceName"]).unwrap_or_default(),
        actor: text(p, &["authenticationInfo", "principalEmail"]),
        done: !failed && !of_data,
        ends: flag(v, "last") && !flag(v, "first"),
    })
}

/// A flag of the operation that an entry of Google's belongs to.
fn flag(v: &Value, name: &str) -> bool {
    at(v, &["operation", name]).and_then(Value::as_bool) == Some(true)
}

/// An entry of Azure's activity log: the operation is a text, or an object with a value.
fn azure(v: &Value) -> Option<Call> {
    let method = text(v, &["operationName"]).or_else(|| text(v, &["operationName", "value"]))?;
    let resource = first_text(v, &["resourceId", "ResourceId", "_ResourceId"])?;
    let is_operation = method.contains('/') && method.split('/').next()?.contains('.');
    let state = first_text(v, &["resultType", "ActivityStatusValue", "status"]);
    let state = state.or_else(|| text(v, &["status", "value"]));
    let done = state.is_none_or(|s| s.to_ascii_lowercase().starts_with("succe"));
    is_operation.then_some(Call {
        ends: false,
        method,
        resource,
        actor: first_text(v, &["caller", "Caller"]),
        done,
    })
}

impl Call {
    /// What the call did, by the words of its method: the last part that names something, and what it is done to.
    fn kind(&self) -> Option<MarkerKind> {
        let parts: Vec<&str> = self.method.split(['.', '/']).collect();
        let mut behind = parts
            .iter()
            .rev()
            .filter(|p| !p.eq_ignore_ascii_case("action"));
        let words = split(behind.next()?);
        let what = behind
            .next()
            .map(|w| w.to_ascii_lowercase())
            .unwrap_or_default();
        let verb = words.first()?.as_str();
        let object = words[1..].concat();
        const RUNS: [&str; 10] = [
            "services",
            "service",
            "functions",
            "function",
            "deployments",
            "deployment",
            "revisions",
            "versions",
            "containerapps",
            "sites",
        ];
        let runs = RUNS.iter().any(|r| what == *r || object == *r);
        match verb {
            "create" | "update" | "replace" | "patch" | "publish" | "deploy" | "write" if runs => {
                Some(match self.ends {
                    true => MarkerKind::DeployFinish,
                    false => MarkerKind::DeployStart,
                })
            }
            // told when it began
            _ if self.ends => None,
            "restart" | "reset" | "reboot" => Some(MarkerKind::Restart),
            "failover" | "promote" | "switchover" => Some(MarkerKind::Failover),
            "stop" | "poweroff" | "deallocate" => Some(MarkerKind::ServiceStop),
            "start" => Some(MarkerKind::ServiceStart),
            "rollback" => Some(MarkerKind::RollbackStart),
            "set" | "update" | "replace" | "patch" | "create" | "delete" | "insert" | "remove"
            | "add" | "attach" | "detach" | "enable" | "disable" | "write" | "modify" => {
                Some(MarkerKind::ConfigChange)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;

    fn said(line: &str) -> Option<&'static str> {
        match CloudAudit.parse(line.as_bytes())?.body {
            Body::Notices(n) => Some(n.first().map_or("", |n| n.kind.word())),
            _ => None,
        }
    }

    #[test]
    fn the_verb_says_what_a_call_did() {
        for (method, want) in [
            (
                "google.cloud.run.v1.Services.ReplaceService",
                "deploy_start",
            ),
            ("io.k8s.apps.v1.deployments.patch", "deploy_start"),
            ("SetIamPolicy", "config_change"),
            ("v1.compute.firewalls.patch", "config_change"),
            ("cloudsql.instances.restart", "restart"),
            ("cloudsql.instances.failover", "failover"),
            ("v1.compute.instances.list", ""),
            ("google.iam.admin.v1.GetRole", ""),
        ] {
            let line = format!(
                r#"{{"protoPayload":{{"methodName":"{method}","resourceName":"projects/p/x"}},"timestamp":"2026-03-10T13:05:00Z"}}"#
            );
            assert_eq!(said(&line), Some(want), "{method}");
        }
        let last = r#"{"protoPayload":{"methodName":"METHOD"},"operation":{"last":true},"timestamp":"2026-03-10T13:05:00Z"}"#;
        for (method, want) in [
            (
                "google.cloud.run.v1.Services.ReplaceService",
                "deploy_finish",
            ),
            ("cloudsql.instances.restart", ""),
            ("v1.compute.firewalls.patch", ""),
        ] {
            assert_eq!(
                said(&last.replace("METHOD", method)),
                Some(want),
                "{method}"
            );
        }
        for (operation, want) in [
            (
                "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/SECURITYRULES/WRITE",
                "config_change",
            ),
            ("Microsoft.Web/sites/restart/action", "restart"),
            ("Microsoft.App/containerApps/write", "deploy_start"),
            ("Microsoft.Storage/storageAccounts/listKeys/action", ""),
        ] {
            let line = format!(
                r#"{{"time":"2026-03-10T13:05:00Z","operationName":"{operation}","resultType":"Success","resourceId":"/a/b"}}"#
            );
            assert_eq!(said(&line), Some(want), "{operation}");
        }
    }

    #[test]
    fn what_failed_or_touched_data_did_nothing() {
        for line in [
            r#"{"protoPayload":{"methodName":"SetIamPolicy","status":{"code":7}},"timestamp":"2026-03-10T13:05:00Z"}"#,
            r#"{"protoPayload":{"methodName":"storage.objects.create"},"logName":"projects/p/logs/cloudaudit.googleapis.com%2Fdata_access","timestamp":"2026-03-10T13:05:00Z"}"#,
            r#"{"time":"2026-03-10T13:05:00Z","operationName":"Microsoft.Web/sites/restart/action","resultType":"Start","resourceId":"/a/b"}"#,
        ] {
            assert_eq!(said(line), Some(""), "{line}");
        }
        assert_eq!(
            said(r#"{"time":"2026-03-10T13:05:00Z","operationName":"GET /a","resourceId":"x"}"#),
            None
        );
    }
}
