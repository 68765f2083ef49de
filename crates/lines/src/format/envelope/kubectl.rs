//! `kubectl logs --prefix` and `--timestamps`, `docker logs -t`, and stern: `[pod/NAME/CONTAINER] text`, `TIME text`, `NAME › CONTAINER
//! text`.

use super::{Inside, Outer, Peeled, stamped};
use crate::format::pods::workload;
use crate::time::stamp;
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let Some(inner) = line.strip_prefix(b"[pod/") else {
        return timed(line).or_else(|| stern(line));
    };
    let end = memchr::memchr(b']', &inner[..inner.len().min(512)])?;
    let mut parts = inner[..end].split(|c| *c == b'/');
    let (pod, container) = (parts.next()?, parts.next());
    let rest = inner[end + 1..].strip_prefix(b" ")?;
    let (text, at) = stamped(rest);
    let mut outer = Outer::new(at, Inside::Bare);
    outer.host = Some(Cow::Borrowed(pod)).filter(|p| !p.is_empty());
    outer.service = container.filter(|c| !c.is_empty()).map(Cow::Borrowed);
    Some(outer.named_by_its_pod().around_text(text))
}

/// A time of nine digits, as runtimes of containers keep it of each line (`RFC3339NanoFixed` of moby's `jsonfilelog`), in front of a text.
fn timed(line: &[u8]) -> Option<Peeled<'_>> {
    line.get(19).filter(|c| **c == b'.')?;
    line.get(29).filter(|c| b"Z+-".contains(c))?;
    let (text, at) = stamped(line);
    Some(Outer::new(Some(at?), Inside::Bare).around_text(text))
}

/// stern's `POD CONTAINER text`, in some versions `POD › CONTAINER text`, with the time of the line where asked for. Without the mark the pod must have a name as those of
/// deployments have.
fn stern(line: &[u8]) -> Option<Peeled<'_>> {
    if !line.first()?.is_ascii_lowercase() {
        return None;
    }
    let end = memchr::memchr(b' ', &line[..line.len().min(256)])?;
    let (pod, rest) = (&line[..end], &line[end + 1..]);
    let name = |b: &[u8]| {
        let fits =
            |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'.');
        !b.is_empty() && b.iter().all(fits)
    };
    let (marked, rest) = match rest.strip_prefix("\u{203a} ".as_bytes()) {
        Some(r) => (true, r),
        None => (false, rest),
    };
    if !name(pod) || !marked && workload(pod).is_none() {
        return None;
    }
    let end = memchr::memchr(b' ', &rest[..rest.len().min(128)])?;
    let container = &rest[..end];
    let (service, text) = match name(container) {
        // the container left out: what follows the pod is the date of its line
        true if !container.iter().any(u8::is_ascii_lowercase) => {
            stamp::iso(rest).ok()?;
            (None, rest)
        }
        true => (Some(container), &rest[end + 1..]),
        false => return None,
    };
    let (text, at) = stamped(text);
    let mut outer = Outer::new(at, Inside::Bare);
    outer.host = Some(Cow::Borrowed(pod));
    outer.service = service.map(Cow::Borrowed);
    Some(outer.named_by_its_pod().around_text(text))
}
