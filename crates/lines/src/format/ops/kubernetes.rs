//! Events of Kubernetes (`kubectl get events -o json`, event exporters): typed by reason, in the words of the controllers of
//! Deployments, Argo CD, Argo Rollouts, Flux and the node. The time is the first of an event that repeats.

use super::named::NamedFields;
use crate::format::leaf::find;
use crate::format::pager::value::{self, Needles, first_text, text, time};
use crate::record::{CauseClass, MarkerKind, Notice, Record};
use crate::table::{rows, words};
use crate::text::environment::may_be_production;
use serde_json::Value;
use std::borrow::Cow;

static NEEDLES: Needles = Needles::new(&["\"reason\"", "\"message\""]);
static OBJECT: Needles = Needles::new(&["\"involvedObject\"", "\"regarding\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first() != Some(&b'{') {
        return paired(line);
    }
    if !OBJECT.any(line) || !(NEEDLES.all(line) || find(line, b"\"note\"").is_some()) {
        return None;
    }
    let v: Value = serde_json::from_slice(line).ok()?;
    // exporters wrap the event, whatever they call it
    let about = |e: &Value| {
        e.get("involvedObject")
            .or_else(|| e.get("regarding"))
            .is_some()
    };
    let is_event = |e: &&Value| e.get("reason").is_some() && about(e);
    let mut members = v.as_object()?.values();
    let v = members.find(is_event).unwrap_or(&v);
    let object = v.get("involvedObject").or_else(|| v.get("regarding"))?;
    let reason = first_text(v, &["reason"])?;
    let message = first_text(v, &["message", "note"]).unwrap_or_default();
    const TIMES: [&str; 4] =
        words("firstTimestamp deprecatedFirstTimestamp eventTime lastTimestamp");
    let stamp = TIMES
        .iter()
        .find_map(|k| time(v, k))
        .or_else(|| time(v.get("metadata")?, "creationTimestamp"))?;
    let namespace = first_text(object, &["namespace"]).unwrap_or_default();
    let name = first_text(object, &["name"]).unwrap_or_default();
    let kind = first_text(object, &["kind"]).unwrap_or_default();
    let notices = notices(&reason, &message, (&kind, &name), &namespace);
    let mut r = value::event(Some(stamp), notices);
    if let Some((service, version)) = pulled(&reason, &message, &name) {
        r.service = value::owned(Some(service.to_owned()));
        r.version = value::owned(Some(version.to_owned()));
    }
    r.host = value::owned(text(v, &["source", "host"]).or_else(|| {
        let node = object.get("kind").and_then(Value::as_str) == Some("Node");
        node.then(|| name.clone())
    }));
    Some(r)
}

/// An event as exporters write it in pairs: `type=Normal kind=Deployment name=shop reason=ScalingReplicaSet msg="…"`.
fn paired(line: &[u8]) -> Option<Record<'_>> {
    let sorts: [&[u8]; 2] = [b"type=Normal", b"type=Warning"];
    if !sorts.iter().any(|t| find(line, t).is_some()) || find(line, b"reason=").is_none() {
        return None;
    }
    let f = NamedFields::of(line)?;
    let (kind, name, reason) = (f.text("kind")?, f.text("name")?, f.text("reason")?);
    let said = f.first("msg message note").unwrap_or_default();
    let namespace = f.first("namespace objectns ns").unwrap_or_default();
    let notices = notices(reason, said, (kind, name), namespace);
    Some(value::event(f.stamp(), notices))
}

/// The workload and the version whose image a pod runs, where the image is named after the workload: what else runs beside it has
/// versions of its own.
fn pulled<'a>(reason: &str, message: &'a str, pod: &'a str) -> Option<(&'a str, &'a str)> {
    let image = message.split('"').nth(1).filter(|_| reason == "Pulled")?;
    let (name, tag) = image
        .split_once('@')
        .map_or(image, |(i, _)| i)
        .rsplit_once(':')?;
    let service = owner(pod);
    let named = name.rsplit('/').next() == Some(service);
    named.then_some((service, tag))
}

/// What an event states about an object, given by its kind and name; nothing of those that are not of production.
pub(super) fn notices<'a>(
    reason: &str,
    message: &str,
    (kind, name): (&str, &str),
    namespace: &str,
) -> Vec<Notice<'a>> {
    let mut all = Vec::new();
    if may_be_production(namespace) {
        said(reason, message, kind, &mut all);
    }
    for n in &mut all {
        n.title = message.to_owned().into_bytes().into();
        n.group = value::owned(Some(format!("{namespace}/{}", owner(name))));
        n.service = value::owned(Some(owner(name).to_owned()).filter(|s| !s.is_empty()));
    }
    all
}

/// What an event states that a controller writes into its own log as it records it:
/// `Event(v1.ObjectReference{Kind:"Rollout", Namespace:"shop", Name:"web", …}): type: 'Normal' reason: 'RolloutUpdated' …`.
/// `None` where the text is none.
pub fn announced<'a>(text: &[u8]) -> Option<Vec<Notice<'a>>> {
    let text = text.strip_prefix(b"Event(v1.ObjectReference{")?;
    let text = std::str::from_utf8(text).ok()?;
    let (object, rest) = text.split_once("}): ")?;
    let of = |key: &str| {
        let found = object.split(", ").find_map(|f| f.strip_prefix(key));
        found.unwrap_or_default().trim_matches(['"', '\\'])
    };
    let (reason, message) = rest.split_once("reason: '")?.1.split_once('\'')?;
    let named = (of("Kind:"), of("Name:"));
    Some(notices(reason, message.trim(), named, of("Namespace:")))
}

fn said(reason: &str, message: &str, object: &str, out: &mut Vec<Notice<'_>>) {
    match reason {
        "ScalingReplicaSet" => return scaling(message, out),
        "SuccessfulRescale" | "SuccessfulCreate" if object == "HorizontalPodAutoscaler" => {
            return out.push(Notice::new(MarkerKind::Scale, Vec::new()));
        }
        _ => {}
    }
    let mut known = rows(include_str!("reasons.tsv"));
    let stated = known.find(|[reasons, held, _]| {
        reasons.split(' ').any(|r| r == reason) && message.contains(held)
    });
    if let Some([_, _, what]) = stated {
        let kind = MarkerKind::from_word(what).unwrap_or(MarkerKind::Fault);
        let mut n = Notice::new(kind, Vec::new());
        n.class = CauseClass::from_word(what).filter(|_| kind == MarkerKind::Fault);
        let synced = reason == "OperationStarted" && kind == MarkerKind::DeployStart;
        n.version = version_in(message).filter(|_| synced).map(Cow::Owned);
        out.push(n);
    }
}

/// `alice initiated sync to v4.2.0 (f95f852)`.
fn version_in(message: &str) -> Option<Vec<u8>> {
    let version = message.split(" to ").nth(1)?.split_whitespace().next()?;
    Some(version.trim_matches(['\'', '"']).as_bytes().to_vec())
}

/// A replica set that grows from nothing is a release (its name shows which, also whether it was there before); one that
/// shrinks to nothing ends it; between them it is scaling.
fn scaling(message: &str, out: &mut Vec<Notice<'_>>) {
    let words: Vec<&str> = message.split_whitespace().collect();
    let after = |w: &str| {
        words
            .iter()
            .position(|x| *x == w)
            .and_then(|i| words.get(i + 1))
            .copied()
    };
    let Some(set) = after("set") else { return };
    let (from, to) = (after("from").and_then(number), after("to").and_then(number));
    let up = words.get(1) == Some(&"up");
    let kind = match (up, from, to) {
        (true, None | Some(0), _) => MarkerKind::DeployStart,
        (false, _, Some(0)) => MarkerKind::DeployFinish,
        _ => MarkerKind::Scale,
    };
    let named = set.rsplit_once('-').map(|n| n.1.as_bytes().to_vec());
    let mut n = Notice::new(kind, Vec::new());
    if kind == MarkerKind::DeployFinish {
        n.confidence = Notice::ALONE_NOTHING;
        // the set is named before the end: an old one was there, should it come back; one that the release itself made ends none
        let mut gone = Notice::new(MarkerKind::Scale, Vec::new());
        gone.version = named.map(Into::into);
        out.extend([gone, n]);
        return;
    }
    n.version = named.map(Into::into);
    out.push(n);
}

fn number(word: &str) -> Option<u64> {
    word.trim_end_matches(['.', ',']).parse().ok()
}

/// The workload of a pod or replica set: `web-7d4b9c5f6-x2x9z` and `web-7d4b9c5f6` are of `web`.
fn owner(name: &str) -> &str {
    let mut name = name;
    let hashed = |w: &str| {
        (5..=10).contains(&w.len())
            && w.bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            && (w.bytes().any(|c| c.is_ascii_digit())
                || (w.len() == 5 && !w.bytes().any(|c| b"aeiou".contains(&c))))
    };
    for _ in 0..2 {
        match name.rsplit_once('-') {
            Some((head, tail)) if hashed(tail) && !head.is_empty() => name = head,
            _ => break,
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_controller_says_its_own_events() {
        let said = |reason: &str, message: &str| {
            let line = format!(
                "Event(v1.ObjectReference{{Kind:\"Rollout\", Namespace:\"prod\", Name:\"web\", UID:\"\"}}): type: 'Normal' reason: '{reason}' {message}"
            );
            let all = announced(line.as_bytes()).unwrap();
            let of = |n: &Notice<'_>| (n.kind.word(), n.service.as_deref() == Some(b"web"));
            all.iter().map(of).collect::<Vec<_>>()
        };
        let updated = said("RolloutUpdated", "Rollout updated to revision 42");
        assert_eq!(updated, [("deploy_start", true)]);
        let step = "Rollout step 1/4 completed (setWeight: 20)";
        assert_eq!(said("RolloutStepCompleted", step), [], "a step is no end");
        assert_eq!(said("RolloutAborted", "x"), [("rollback_start", true)]);
        assert!(announced(b"Rollout completed update to revision 42").is_none());
    }

    #[test]
    fn owners() {
        crate::tests::holds("owner of a pod", |name| owner(name).to_owned());
    }
}
