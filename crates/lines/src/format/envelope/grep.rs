//! `grep -H`, `grep -n` over several files, `zgrep`: `path:text`, `path:123:text`. Only paths that name a log are taken for one:
//! compilers and interpreters begin their messages like this too.

use super::{Inside, Outer, Peeled};
use crate::format::leaf::digits;
use crate::table::byte_words;

/// Longest path.
const PATH: usize = 256;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if !matches!(line.first()?, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'/') {
        return None;
    }
    let end = memchr::memchr2(b':', b' ', &line[..line.len().min(PATH)])?;
    if line[end] != b':' || !names_a_log(&line[..end]) {
        return None;
    }
    let rest = &line[end + 1..];
    let digits = digits(rest, 12);
    let text = match rest.get(digits) {
        Some(b':') if digits > 0 && rest.get(digits + 3) != Some(&b':') => &rest[digits + 1..],
        _ => rest,
    };
    // a sentence about the file has a blank behind the colon; a line of it that is indented has more
    if matches!(text, [b' ', c, ..] if *c != b' ') {
        return None;
    }
    Some(Outer::new(None, Inside::Bare).around_text(text))
}

/// Whether a path is that of a log: by its ending, rotation numbers and packing left out, or by the usual names without one.
fn names_a_log(path: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 6] = [b"log", b"out", b"err", b"jsonl", b"ndjson", b"trace"];
    const NAMES: [&[u8]; 7] = byte_words("syslog messages secure maillog dmesg daemon debug");
    let fits = |c: &u8| {
        c.is_ascii_graphic() && !matches!(c, b'"' | b'\'' | b'=' | b'{' | b'[' | b'(' | b',' | b'|')
    };
    if !path.iter().all(fits) {
        return false;
    }
    let name = path.rsplit(|c| *c == b'/').next().unwrap_or(path);
    let mut parts = name.split(|c| matches!(c, b'.' | b'-')).rev().filter(|p| {
        let rotated = !p.is_empty() && p.iter().all(u8::is_ascii_digit);
        !rotated && !matches!(*p, b"gz" | b"xz" | b"bz2" | b"zst")
    });
    let Some(last) = parts.next() else {
        return false;
    };
    ENDINGS.contains(&last) && last.len() < name.len() || NAMES.contains(&last)
}
