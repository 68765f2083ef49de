//! LTSV: `key:value` pairs with tabs between them (some writers use a vertical bar), keys in any order.
//! Known by what it holds: a status and a time, or it is no access log.

use crate::format::line_features::Signs;
use crate::format::request_fields::Taken;
use crate::format::{ANY, Format, Meta};
use crate::record::{At, Record};
use memchr::memchr;

/// LTSV access log.
pub struct Ltsv;

impl Format for Ltsv {
    fn meta(&self) -> Meta<'_> {
        Meta::web("LTSV", "labelled tab-separated values of an access log: time:… status:… req:…")
            .begins(ANY, Signs::COLON | Signs::CELLS)
            .sample("time:2026-11-20T06:33:18+00:00\thost:203.0.113.7\treq:GET /cart HTTP/1.1\tstatus:200\tsize:12\treqtime:0.558\tapptime:0.557\tupstream:10.0.0.2:80")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
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
