//! LTSV: `key:value` pairs with tabs between them (some writers use a vertical bar), keys in any order.
//! Known by what it holds: a status and a time, or it is no access log.

use crate::format::request_fields::Taken;
use crate::record::{At, Record};
use memchr::memchr;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !begins_with_a_label(line) {
        return None;
    }
    let separator = if memchr(b'\t', line).is_some() {
        b'\t'
    } else {
        b'|'
    };
    let mut taken = Taken::default();
    for pair in line.split(|&c| c == separator) {
        let pair = pair.trim_ascii();
        if pair.is_empty() {
            continue;
        }
        // Every part has a label; what has none is another format.
        let colon = memchr(b':', pair)?;
        let (label, value) = (&pair[..colon], pair[colon + 1..].trim_ascii());
        if !is_label(label) {
            return None;
        }
        taken.take(label, value);
        if taken.has_level {
            return None;
        }
    }
    (taken.has_status && taken.stamp.is_some()).then(|| taken.into_record(At::End))
}

/// The cheap no: whether a label stands in front of everything but blanks and separators.
fn begins_with_a_label(line: &[u8]) -> bool {
    let is_gap = |c: &&u8| c.is_ascii_whitespace() || **c == b'|';
    let from = line.iter().take_while(is_gap).count();
    let label = line[from..].iter().take_while(|c| is_in_label(c)).count();
    label > 0 && line.get(from + label) == Some(&b':')
}

/// Characters that LTSV allows in labels.
fn is_in_label(c: &u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.')
}

fn is_label(b: &[u8]) -> bool {
    !b.is_empty() && b.iter().all(is_in_label)
}
