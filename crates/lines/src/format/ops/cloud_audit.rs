//! Audit trails of Google Cloud, Azure and Vault: calls that changed something, by the verb that ends a method's name. Calls that
//! only read, that failed, or that touched data and no resource are records and no events.

use super::kubernetes_audit::starts_again;
use crate::format::leaf::find;
use crate::format::pager::value::{self, Needles, at, first_text, text, time};
use crate::record::{MarkerKind, Notice, Record};
use crate::table::{Meanings, meanings, words};
use crate::text::words::split;
use serde_json::Value;
use std::sync::LazyLock;

static NEEDLES: Needles = Needles::new(&["\"methodName\"", "\"operationName\"", "\"operation\":"]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // what Kubernetes audits is an entry of its own
    let of_kubernetes = |w: &[u8]| find(line, w).is_some();
    if !NEEDLES.any(line) || of_kubernetes(b"audit.k8s.io/") || of_kubernetes(b"\"io.k8s.") {
        return None;
    }
    let v: Value = serde_json::from_slice(line).ok()?;
    let call = google(&v).or_else(|| azure(&v)).or_else(|| vault(&v))?;
    let stamp = ["timestamp", "time", "eventTimestamp", "TimeGenerated"]
        .iter()
        .find_map(|k| time(&v, k))?;
    let notice = call.kind().filter(|_| call.done).map(|kind| {
        let mut n = Notice::new(kind, call.told().into_bytes());
        let thing = call.resource.rsplit('/').next().unwrap_or_default();
        n.group = value::owned(Some(call.resource.clone()).filter(|r| !r.is_empty()));
        let runs = matches!(kind, MarkerKind::DeployStart | MarkerKind::DeployFinish);
        n.service = value::owned(Some(thing.to_owned()).filter(|t| !t.is_empty() && runs));
        n.version = value::owned(call.serves.clone().filter(|_| runs));
        n.actor = value::owned(call.actor.clone());
        n.confidence = 80;
        n
    });
    Some(value::record(Some(stamp), notice.into_iter().collect()))
}

/// What runs where it is put.
const RUNS: [&str; 10] = words(
    "services service functions function deployments deployment revisions versions containerapps sites",
);

/// One call.
struct Call {
    method: String,
    resource: String,
    actor: Option<String>,
    /// The revision that is released, or gets all requests from now on.
    serves: Option<String>,
    /// Whether it succeeded, and changed a resource rather than data.
    done: bool,
    /// Whether it is stated again at the end of what it began.
    ends: bool,
    /// Whether pods are made to start again.
    again: bool,
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
    let of_log = |name: &str| text(v, &["logName"]).is_some_and(|l| l.contains(name));
    let spec = at(p, &["request", "service", "spec"]);
    let template = spec.and_then(|s| s.get("template"));
    let shares = spec.and_then(|s| s.get("traffic")?.as_array());
    let shares = shares.filter(|s| s.len() == 1 && template.is_none());
    let serves = shares
        .and_then(|s| text(&s[0], &["revisionName"]))
        .or_else(|| text(template?, &["metadata", "name"]))
        .or_else(|| text(p, &["response", "status", "latestReadyRevisionName"]));
    Some(Call {
        again: template.is_some_and(starts_again),
        serves,
        method: text(p, &["methodName"])?,
        resource: text(p, &["resourceName"]).unwrap_or_default(),
        actor: text(p, &["authenticationInfo", "principalEmail"]),
        done: !failed && !of_log("data_access"),
        // what the platform itself reports is what came of a call
        ends: flag(v, "last") && !flag(v, "first") || of_log("system_event"),
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
        again: false,
        ends: false,
        serves: None,
        method,
        resource,
        actor: first_text(v, &["caller", "Caller"]),
        done,
    })
}

/// An entry of Vault's audit device: what was asked for, and again once it is answered (Vault, "Audit devices").
fn vault(v: &Value) -> Option<Call> {
    /// Parts of paths behind which programs sign in, renew and use what they are given all day.
    const USE: [&str; 12] = words(
        "login renew renew-self lookup lookup-self encrypt decrypt sign verify issue creds token",
    );
    let path = text(v, &["request", "path"])?;
    let operation = text(v, &["request", "operation"])?;
    v.get("auth")?;
    // what was refused, an object with an error says
    let answered = v.get("error").is_none().then(|| text(v, &["type"]))?? == "response";
    let used = path.split('/').any(|p| USE.contains(&p));
    let rotates = path.split('/').any(|p| p.starts_with("rotate"));
    Some(Call {
        again: false,
        ends: false,
        serves: None,
        method: if rotates { "rotate".into() } else { operation },
        resource: path,
        actor: text(v, &["auth", "display_name"]),
        done: answered && !used,
    })
}

impl Call {
    /// The call in words: of Azure's long names what it is done to first, `as-shop: autoscalesettings write`.
    fn told(&self) -> String {
        let of_azure = || {
            let (_, thing) = self.resource.strip_prefix('/')?.rsplit_once('/')?;
            let parts = self.method.split('/').skip(1);
            let parts: Vec<&str> = parts
                .filter(|p| !p.eq_ignore_ascii_case("action"))
                .collect();
            let [.., what, verb] = parts.as_slice() else {
                return None;
            };
            Some(format!("{thing}: {what} {verb}"))
        };
        of_azure().unwrap_or_else(|| format!("{} {}", self.method, self.resource))
    }

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
        let runs = RUNS.iter().any(|r| what == *r || object == *r);
        match verb {
            _ if self.again => Some(MarkerKind::Restart),
            "create" | "update" | "replace" | "patch" | "publish" | "deploy" | "write" if runs => {
                Some(match self.ends {
                    true => MarkerKind::DeployFinish,
                    false => MarkerKind::DeployStart,
                })
            }
            "patch" | "update" | "replace" if what == "scale" => Some(MarkerKind::Scale),
            // stated when it began
            _ if self.ends => None,
            _ => done_to(verb, &object),
        }
    }
}

/// What a verb of an audit trail does to a thing that is no release.
pub(super) fn done_to(verb: &str, object: &str) -> Option<MarkerKind> {
    static VERBS: LazyLock<Meanings<MarkerKind>> =
        LazyLock::new(|| meanings(include_str!("verbs.tsv")));
    match verb {
        "set" if object.ends_with("size") || object.ends_with("count") => Some(MarkerKind::Scale),
        verb => VERBS.get(verb.as_bytes()).copied(),
    }
}
