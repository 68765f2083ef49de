//! logfmt: `key=value` pairs, values quoted where they hold blanks (go-kit, logrus, slog, structlog, Heroku, Argo CD).
//! A line is logfmt only when it begins with a key and has two pairs at least: text with an `a=b` in it is text.

use super::fields::Fields;
use crate::format::flat_json::decode;
use crate::format::pairs::{key, pairs};
use crate::record::Record;
use crate::table::byte_words;
use std::borrow::Cow;

/// Whether the fields of that many pairs make a line.
#[inline]
pub(crate) fn is_line(f: &Fields<'_>, line: &[u8], pairs: usize) -> bool {
    // Go kit's writers begin with the time, and the rest is whatever was worth logging
    let timed_first = || matches!(key(line), Some(b"ts" | b"time" | b"t" | b"timestamp"));
    let enough = (f.has_time() && (f.has_level() || f.has_text(true) || f.is_request()))
        || (f.has_level() && f.has_text(false))
        || (pairs >= 3 && f.has_time() && timed_first());
    pairs >= 2 && enough
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // what begins with a number is text
    key(line).filter(|k| !k[0].is_ascii_digit() && !matches!(k[0], b'.' | b'-' | b'/'))?;
    let mut f = Fields::default();
    let n = pairs(line, |k, v, _| {
        f.take(b"", k, v);
    })?;
    if !is_line(&f, line, n) {
        return None;
    }
    Some(f.into_record(|| remaining(line)))
}

/// Keys of pairs that are no part of what such a line says.
const LEFT_OUT: [&[u8]; 10] =
    byte_words("ts time t timestamp level lvl severity caller host logger");

/// The pairs of a line that has no message: all but time, level and caller, so that like lines read alike.
fn remaining(line: &[u8]) -> Cow<'static, [u8]> {
    let mut out = Vec::with_capacity(line.len());
    let _ = pairs(line, |k, v, pair| {
        if !LEFT_OUT.contains(&k) {
            if !out.is_empty() {
                out.push(b' ');
            }
            match decode(v) {
                Cow::Borrowed(_) => out.extend_from_slice(pair),
                Cow::Owned(o) => {
                    out.extend_from_slice(k);
                    out.push(b'=');
                    out.extend_from_slice(&o);
                }
            }
        }
    });
    Cow::Owned(out)
}
