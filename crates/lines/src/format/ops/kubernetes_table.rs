//! The table that `kubectl get events` prints: ages in place of times (`3m12s`), so that its rows have an order and no time. What
//! the reasons mean stands in `kubernetes`.

use super::kubernetes;
use crate::format::line_features::Signs;
use crate::format::pager::value;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};

/// Rows of the table.
pub struct KubernetesTable;

impl Format for KubernetesTable {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "Kubernetes event table",
            "the table of kubectl get events, whose ages are no times: its rows have an order only",
        )
        .begins(b"LN", Signs::NONE)
        .begins(b"0-9<a-z", Signs::PATH | Signs::NO_CLIENT)
        .sample("3m12s       Warning   BackOff     pod/web-7d4b9c5f6-x2x9z   Back-off restarting failed container")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.starts_with(b"LAST SEEN  ") || line.starts_with(b"NAMESPACE  ") {
            return is_header(line).then(|| Record::new(None, Body::Nothing));
        }
        let row = KubectlRow::of(line)?;
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let slash = memchr::memchr(b'/', row.object)?;
        let (kind, name) = (text(&row.object[..slash]), text(&row.object[slash + 1..]));
        let kind = match kind.as_str() {
            "horizontalpodautoscaler" => "HorizontalPodAutoscaler",
            other => other,
        };
        let namespace = text(row.namespace);
        let message = text(row.message);
        let said = kubernetes::notices(&text(row.reason), &message, (kind, &name), &namespace);
        if !said.is_empty() {
            return Some(value::event(None, said));
        }
        let level = match row.kind {
            b"Warning" => Level::Warn,
            _ => Level::Info,
        };
        let m = Message::new(level, row.message);
        Some(Record::new(None, Body::Message(m)))
    }
}

/// Whether a line names the columns.
fn is_header(line: &[u8]) -> bool {
    let mut words = line.split(|c| *c == b' ').filter(|w| !w.is_empty());
    ["TYPE", "REASON", "OBJECT"]
        .iter()
        .all(|n| words.any(|w| w == n.as_bytes()))
}

/// The cells of a row.
struct KubectlRow<'a> {
    namespace: &'a [u8],
    kind: &'a [u8],
    reason: &'a [u8],
    object: &'a [u8],
    message: &'a [u8],
}

impl<'a> KubectlRow<'a> {
    fn of(line: &'a [u8]) -> Option<KubectlRow<'a>> {
        let (first, rest) = cell(line)?;
        let (namespace, (_, rest)) = match is_age(first) {
            true => (&line[..0], (first, rest)),
            false => (first, cell(rest).filter(|(age, _)| is_age(age))?),
        };
        let (kind, rest) = cell(repeated(rest))?;
        if !matches!(kind, b"Normal" | b"Warning") {
            return None;
        }
        let (reason, rest) = cell(rest)?;
        let (object, message) = cell(rest)?;
        let named = reason.first()?.is_ascii_uppercase() && object.contains(&b'/');
        named.then_some(KubectlRow {
            namespace,
            kind,
            reason,
            object,
            message,
        })
    }
}

/// The next word, and what stands behind the blanks that follow it.
fn cell(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', b)?;
    (end > 0).then(|| (&b[..end], b[end..].trim_ascii_start()))
}

/// `3m12s`, `45s`, `2d`, `<unknown>`.
fn is_age(b: &[u8]) -> bool {
    let unit = |c: &u8| matches!(c, b's' | b'm' | b'h' | b'd' | b'y');
    b == b"<unknown>"
        || b.len() <= 8
            && b.first().is_some_and(u8::is_ascii_digit)
            && b.last().is_some_and(unit)
            && b.iter().all(|c| c.is_ascii_digit() || unit(c))
}

/// Without `(x12 over 3m)` at the start.
fn repeated(b: &[u8]) -> &[u8] {
    let end = match b.starts_with(b"(x") {
        true => memchr::memchr(b')', &b[..b.len().min(32)]),
        false => None,
    };
    end.map_or(b, |n| b[n + 1..].trim_ascii_start())
}
