//! `docker events` and `podman events`, as JSON and as text: starts, deaths and health of containers. The image's tag is the version; a start with
//! another one than before is a release, which is decided when all lines are known.

use crate::format::pager::value::{self, Needles, first_text, text, time};
use crate::record::{CauseClass, MarkerKind, Notice, Record};
use crate::time::{Stamp, stamp};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(&["\"Type\"", "\"Action\"", "\"Actor\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if NEEDLES.all(line) {
        let v: Value = serde_json::from_slice(line).ok()?;
        let stamp = time(&v, "timeNano").or_else(|| time(&v, "time"))?;
        let attributes = value::at(&v, &["Actor", "Attributes"]).unwrap_or(&Value::Null);
        let get = |k: &str| text(attributes, &[k]);
        if v.get("Type")?.as_str()? != "container" {
            return Some(value::record(Some(stamp), Vec::new()));
        }
        return Some(event(stamp, &first_text(&v, &["Action", "status"])?, &get));
    }
    // `TIME container ACTION ID (key=value, …)`; podman's times name the zone, too
    let (rest, at) = stamp::iso(line).ok()?;
    at.offset_min?;
    let zone = |c: &u8| c.is_ascii_alphanumeric() || b"+-".contains(c);
    let named = rest.get(1..)?.iter().take_while(|c| zone(c)).count();
    let behind = |n: usize| rest.get(n..)?.strip_prefix(b" container ");
    let rest = std::str::from_utf8(behind(0).or_else(|| behind(named + 1))?).ok()?;
    let (head, list) = rest.rsplit_once(" (")?;
    let list = list.strip_suffix(')')?;
    let (action, id) = head.rsplit_once(' ')?;
    if id.len() < 12 || !id.bytes().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let get = |k: &str| {
        list.split(", ")
            .find_map(|p| p.strip_prefix(k)?.strip_prefix('=').map(str::to_owned))
    };
    Some(event(at, action, &get))
}

fn event<'a>(at: Stamp, action: &str, get: &dyn Fn(&str) -> Option<String>) -> Record<'a> {
    use MarkerKind::*;
    let code = get("exitCode").or_else(|| get("containerExitCode"));
    let health = get("health_status");
    let (kind, class) = match action {
        "start" => (ServiceStart, None),
        "restart" => (Restart, None),
        "oom" => (Fault, Some(CauseClass::Memory)),
        // 143: asked to end
        "die" if matches!(code.as_deref(), Some("0" | "143")) => (ServiceStop, None),
        // without a code it may have been asked to
        "died" if matches!(code.as_deref(), None | Some("0" | "143")) => (ServiceStop, None),
        "die" | "died" => (Crash, None),
        "health_status: unhealthy" => (BackendDown, None),
        "health_status: healthy" => (BackendUp, None),
        "health_status" if health.as_deref() == Some("unhealthy") => (BackendDown, None),
        "health_status" if health.as_deref() == Some("healthy") => (BackendUp, None),
        _ => return value::record(Some(at), Vec::new()),
    };
    let image = get("image").unwrap_or_default();
    let name = get("com.docker.compose.service")
        .or_else(|| get("com.docker.swarm.service.name"))
        .or_else(|| get("name"));
    let exit = code.map_or(String::new(), |c| format!(" exit code {c}"));
    let title = format!(
        "{action} {}{exit} {image}",
        name.as_deref().unwrap_or_default()
    );
    let mut n = Notice::new(kind, title.into_bytes());
    n.class = class;
    n.group = value::owned(name.clone());
    n.service = value::owned(name);
    n.version = value::owned(tag(&image));
    n.confidence = 95;
    value::record(Some(at), vec![n])
}

/// The tag of an image: `registry:5000/shop:4.2.0` is 4.2.0.
fn tag(image: &str) -> Option<String> {
    let last = image.rsplit('/').next()?;
    let last = last.split('@').next()?;
    let (_, tag) = last.split_once(':')?;
    (!tag.is_empty() && tag != "latest").then(|| tag.to_owned())
}
