//! `kubectl logs --prefix` (and `--timestamps` with it), and stern: `[pod/NAME/CONTAINER] text`, `NAME › CONTAINER text`.

use super::{Envelope, Inside, Outer, Peeled};
use crate::time::stamp;
use std::borrow::Cow;

/// Lines of `kubectl logs` with a prefix.
pub struct Kubectl;

impl Envelope for Kubectl {
    fn name(&self) -> &str {
        "kubectl logs"
    }
    fn about(&self) -> &str {
        "kubectl logs --prefix, with or without --timestamps"
    }
    fn peel<'a>(&self, line: &'a [u8]) -> Option<Peeled<'a>> {
        let inner = line.strip_prefix(b"[pod/")?;
        let end = memchr::memchr(b']', &inner[..inner.len().min(512)])?;
        let mut parts = inner[..end].split(|c| *c == b'/');
        let (pod, container) = (parts.next()?, parts.next());
        let rest = inner[end + 1..].strip_prefix(b" ")?;
        let (text, at) = match stamp::iso(rest) {
            // a stamp of the program itself may be without a zone or end otherwise
            Ok((text, at)) if at.offset_min.is_some() && rest.get(10) == Some(&b'T') => {
                match text.strip_prefix(b" ") {
                    Some(t) => (t, Some(at)),
                    None => (rest, None),
                }
            }
            _ => (rest, None),
        };
        let mut outer = Outer::new(at, Inside::Bare);
        outer.host = Some(Cow::Borrowed(pod)).filter(|p| !p.is_empty());
        outer.service = container.filter(|c| !c.is_empty()).map(Cow::Borrowed);
        Some(Peeled {
            text: Cow::Borrowed(text),
            outer,
        })
    }
    fn sample(&self) -> &str {
        "[pod/web-7d4b9c5f6-x2x9z/web] 2026-03-10T13:05:01.123456789Z level=error msg=\"x\" status=500"
    }
}
