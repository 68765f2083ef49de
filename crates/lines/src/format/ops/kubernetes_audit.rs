//! Audit events of the Kubernetes API server (`audit.k8s.io`), also as Google's audit log tells them: who did what to which object. What a
//! person, or a tool that releases, changed is an event; what was only read, what was refused, and what the cluster does by itself all
//! day is a message.

use super::cloud_audit::done_to;
use crate::format::pager::value::{self, Needles, at, text, time};
use crate::marker::typed_by_hand;
use crate::record::{Level, MarkerKind, Notice, Record};
use crate::table::words;
use crate::text::environment::{may_be_production, names_a_release};
use crate::text::percent;
use serde_json::{Value, json};
use std::borrow::Cow;

static NEEDLES: Needles = Needles::new(&["audit.k8s.io/", "verb"]);
/// The same where an export leaves out what kind of object it is.
static BARE: Needles = Needles::new(&["\"auditID\"", "\"objectRef\""]);
static OF_GOOGLE: Needles = Needles::new(&["\"methodName\"", "\"io.k8s."]);

/// What a release is of.
const WORKLOADS: &str = "deployments statefulsets daemonsets deploymentconfigs";
/// Objects that come and go all day, or that only ask.
const ROUTINE: &str = "pods jobs replicasets controllerrevisions events leases endpoints endpointslices nodes bindings \
    tokenreviews subjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews selfsubjectreviews localsubjectaccessreviews";
/// Programs by which a person works, or a script in the place of one.
const BY_HAND: &str = "kubectl oc helm";

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let v: Value = match NEEDLES.all(line) || BARE.all(line) {
        true => serde_json::from_slice(line).ok()?,
        false if OF_GOOGLE.all(line) => of_google(&serde_json::from_slice(line).ok()?)?,
        false => return None,
    };
    // Azure's diagnostics hold the event as a text
    let v = match at(&v, &["properties", "log"]).and_then(Value::as_str) {
        Some(inner) => serde_json::from_str(inner).ok()?,
        None => v,
    };
    let v = with_object(v);
    const TIMES: [&str; 4] =
        words("stageTimestamp requestReceivedTimestamp timestamp requestTimestamp");
    let stamp = TIMES.iter().find_map(|k| time(&v, k))?;
    let code = at(&v, &["responseStatus", "code"]).and_then(Value::as_u64);
    let level = match code {
        Some(500..) => Level::Error,
        Some(400..) => Level::Warn,
        _ => Level::Info,
    };
    let said = |path: &[&str]| text(&v, path).unwrap_or_default();
    let joined = |keys: [&str; 2]| -> String {
        let parts = keys.into_iter().filter_map(|k| text(&v, &["objectRef", k]));
        parts.collect::<Vec<_>>().join("/")
    };
    let of = [
        joined(["resource", "subresource"]),
        joined(["namespace", "name"]),
    ];
    let did = [said(&["verb"]), of.join(" ")].join(" ").trim().to_owned();
    if let Some(n) = typed(&v).filter(|_| level == Level::Info) {
        return Some(value::record(Some(stamp), vec![n]));
    }
    if let Some(n) = changed(&v).filter(|_| level == Level::Info) {
        // who it was is the actor's, and that it was done is what a row says
        let title = Cow::Owned(did.into_bytes());
        return Some(value::record(Some(stamp), vec![Notice { title, ..n }]));
    }
    let code = code.map_or_else(String::new, |code| format!(" {code}"));
    let words = format!("{} {did}{code}", said(&["user", "username"]));
    let words = words.trim().as_bytes().to_vec();
    Some(Record::said(Some(stamp), level, words))
}

/// The event that an entry of Google's audit log tells: the verb ends the method's name (`io.k8s.apps.v1.deployments.patch`), the resource
/// says of what (`apps/v1/namespaces/shop/deployments/cart`).
fn of_google(v: &Value) -> Option<Value> {
    let p = v
        .get("protoPayload")
        .or_else(|| v.get("protopayload_auditlog"))?;
    let method = text(p, &["methodName"])?;
    let (_, verb) = method.strip_prefix("io.k8s.")?.rsplit_once('.')?;
    let path = text(p, &["resourceName"])?;
    let failed = at(p, &["status", "code"]).and_then(Value::as_i64);
    Some(json!({
        "timestamp": v.get("timestamp"),
        "verb": verb,
        "user": { "username": at(p, &["authenticationInfo", "principalEmail"]) },
        "userAgent": at(p, &["requestMetadata", "callerSuppliedUserAgent"]),
        "objectRef": object(&path),
        "requestObject": p.get("request"),
        "responseStatus": { "code": failed.filter(|c| *c != 0).map_or(200, |_| 400) },
    }))
}

/// An event with what it is about as its address says, where it does not say so itself: `/apis/apps/v1/namespaces/shop/deployments/cart`,
/// or not what of it: `…/deployments/cart/scale`.
fn with_object(mut v: Value) -> Value {
    let uri = text(&v, &["requestURI"]);
    let path = uri.as_deref().map(|u| u.split('?').next().unwrap_or(u));
    let path = path.and_then(|p| p.strip_prefix("/apis/").or(p.strip_prefix('/')));
    if let Some((path, event)) = path.zip(v.as_object_mut()) {
        let mut of = object(path);
        let said = event.get("objectRef").and_then(Value::as_object);
        for (key, value) in said.into_iter().flatten() {
            of[key] = value.clone();
        }
        event.insert("objectRef".to_owned(), of);
    }
    v
}

/// The object of a path behind its group and version: `apps/v1/namespaces/shop/deployments/cart`.
fn object(path: &str) -> Value {
    let parts = path.split('/').filter(|p| !p.is_empty());
    let mut parts = parts.skip(2).peekable();
    let namespace = parts.next_if_eq(&"namespaces").and_then(|_| parts.next());
    let mut part = || parts.next();
    json!({ "namespace": namespace, "resource": part(), "name": part(), "subresource": part() })
}

/// What somebody did with a command within a pod: `…/pods/cart-redis-0/exec?command=redis-cli&command=CONFIG&command=SET&…`.
fn typed<'a>(v: &Value) -> Option<Notice<'a>> {
    let said = |path: &[&str]| text(v, path).unwrap_or_default();
    let uri = said(&["requestURI"]);
    let (path, asked) = uri.split_once('?')?;
    let pod = path.strip_suffix("/exec")?.rsplit('/').next()?;
    let words = asked
        .split('&')
        .filter_map(|a| a.strip_prefix("command="))
        .map(decoded);
    let command = words.collect::<Vec<_>>().join(" ");
    let kind = typed_by_hand(command.as_bytes())?;
    let namespace = said(&["objectRef", "namespace"]);
    let live = may_be_production(&namespace);
    let whole = matches!(said(&["stage"]).as_str(), "" | "ResponseComplete");
    let mut n = Notice::new(kind, format!("{pod}: {command}").into_bytes());
    n.group = value::owned(Some(format!("{namespace}/{pod}")));
    n.actor = value::owned(Some(said(&["user", "username"])));
    n.confidence = 80;
    (live && whole).then_some(n)
}

/// A part of an address as it is meant: a blank for `+`, letters for `%2F`.
fn decoded(part: &str) -> String {
    let mut rest = part;
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        let plain = if first == '+' { ' ' } else { first };
        let (n, c) = percent(rest.as_bytes()).unwrap_or((first.len_utf8(), plain));
        out.push(c);
        // three bytes of ASCII for each that is meant
        rest = rest.get(n..).unwrap_or_default();
    }
    out
}

/// Whether the template of pods that was sent says no more than that they start again, as `kubectl rollout restart` does it.
pub(super) fn starts_again(template: &Value) -> bool {
    let notes = at(template, &["metadata", "annotations"]).and_then(Value::as_object);
    notes.is_some_and(|n| n.keys().any(|k| k.to_ascii_lowercase().contains("restart")))
        && at(template, &["spec", "containers"]).is_none()
}

/// What somebody changed, by the verb, by what it was done to, and by what was sent.
fn changed<'a>(v: &Value) -> Option<Notice<'a>> {
    let said = |path: &[&str]| text(v, path).unwrap_or_default();
    let is = |list: &str, w: &str| list.split_whitespace().any(|x| x == w);
    let (user, agent) = (said(&["user", "username"]), said(&["userAgent"]));
    let (resource, part) = (
        said(&["objectRef", "resource"]),
        said(&["objectRef", "subresource"]),
    );
    let (namespace, name) = (
        said(&["objectRef", "namespace"]),
        said(&["objectRef", "name"]),
    );
    let (resource, part) = match resource.split_once('/') {
        Some((resource, part)) => (resource.to_owned(), part.to_owned()),
        None => (resource, part),
    };
    let own = user.starts_with("system:") && user != "system:admin";
    let by_hand = is(BY_HAND, agent.split('/').next().unwrap_or_default());
    let uri = said(&["requestURI"]);
    let tried =
        uri.contains("dryRun=") || !matches!(said(&["stage"]).as_str(), "" | "ResponseComplete");
    if own && !(by_hand || names_a_release(&user) || part == "scale")
        || tried
        || !may_be_production(&namespace)
    {
        return None;
    }
    let runs = is(WORKLOADS, &resource);
    let sent = v.get("requestObject");
    let template = sent.and_then(|s| at(s, &["spec", "template"]));
    // as `kubectl rollout undo` sends it: a patch of JSON that puts the whole template back
    let patches = sent.and_then(Value::as_array).into_iter().flatten();
    let whole = |p: &&Value| text(p, &["path"]).as_deref() == Some("/spec/template");
    let back = patches
        .filter(|p| p.is_object())
        .find(whole)
        .and_then(|p| p.get("value"));
    let template = template.or(back);
    let image = template.and_then(|t| {
        let first = at(t, &["spec", "containers"])?.get(0)?;
        text(first, &["image"])
    });
    let manager = uri.split("fieldManager=").nth(1).unwrap_or_default();
    // Helm keeps a record of each release that it makes, and sets what becomes of it
    let release = name.strip_prefix("sh.helm.release.v1.");
    let release = release.and_then(|r| Some(r.rsplit_once(".v")?.0.to_owned()));
    let kind = match (done_to(&said(&["verb"]), "")?, part.as_str()) {
        _ if release.is_some() => {
            Some(MarkerKind::DeployStart).filter(|_| said(&["verb"]) == "create")?
        }
        (_, "scale") => MarkerKind::Scale,
        (_, "rollback") => MarkerKind::RollbackStart,
        (_, "instantiate") if runs => MarkerKind::DeployStart,
        // who deletes pods by hand has them start again
        (_, "") if resource == "pods" && said(&["verb"]).starts_with("delete") => {
            MarkerKind::Restart
        }
        (kind, "") if !runs => Some(kind).filter(|_| !is(ROUTINE, &resource))?,
        (_, "") if back.is_some() => MarkerKind::RollbackStart,
        (_, "") if image.is_some() || said(&["verb"]) == "create" => MarkerKind::DeployStart,
        (_, "") if template.is_some_and(starts_again) => MarkerKind::Restart,
        (_, "") if sent.is_none() && manager.starts_with("kubectl-rollout") => MarkerKind::Restart,
        (_, "") if said(&["verb"]).starts_with("delete") => MarkerKind::ServiceStop,
        (kind, "") => kind,
        _ => return None,
    };
    let mut n = Notice::new(kind, Vec::new());
    n.group = value::owned(Some(format!("{namespace}/{name}")));
    let workload = || Some(name).filter(|s| runs && !s.is_empty());
    n.service = value::owned(release.or_else(workload));
    let tag = image.filter(|_| matches!(kind, MarkerKind::DeployStart | MarkerKind::RollbackStart));
    n.version = value::owned(tag.and_then(|i| Some(i.rsplit_once(':')?.1.to_owned())));
    n.actor = value::owned(Some(user));
    n.confidence = 80;
    Some(n)
}
