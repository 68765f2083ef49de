//! `docker compose logs`: `web-1  | text`, the names padded to one width, with or without `--timestamps`; a swarm's `docker service
//! logs`: `shop_web.1.k3v9…@node-2    | text`, its timestamps in front; pm2's `0|shop | text`.
//! A name without the number of a replica needs a text that cannot be the next column of a table.

use super::{Inside, Outer, Peeled, stamped};
use crate::format::leaf::digits;
use std::borrow::Cow;

/// Longest name before the bar.
const NAME: usize = 64;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if !line.first()?.is_ascii_alphanumeric() {
        return None;
    }
    let bar = memchr::memchr(b'|', &line[..line.len().min(3 * NAME)])?;
    if let Some(node) = memchr::memchr(b'@', &line[..bar]) {
        return of_task(line, node, bar);
    }
    // pm2 puts the number of the process first
    let digits = digits(line, 4);
    let (of_pm2, line) = match line[digits..].strip_prefix(b"|") {
        Some(rest) if digits > 0 => (true, rest),
        _ => (false, line),
    };
    let n = line
        .iter()
        .take(NAME)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
        .count();
    let rest = &line[n..];
    let blanks = rest.iter().take(NAME).take_while(|c| **c == b' ').count();
    // a dash or underscore and the number of the replica end the name
    let name = &line[..n];
    let base = name.iter().rposition(|c| !c.is_ascii_digit())?;
    let numbered = base + 1 < n && matches!(name[base], b'-' | b'_');
    let service = if numbered { &name[..base] } else { name };
    if blanks == 0 {
        return None;
    }
    let rest = rest[blanks..].strip_prefix(b"|")?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    if !numbered && !of_pm2 && rest.first() != Some(&b'{') {
        return None;
    }
    let (text, at) = stamped(rest);
    let mut outer = Outer::new(at, Inside::Bare);
    outer.host = Some(Cow::Borrowed(name));
    outer.service = Some(Cow::Borrowed(service));
    Some(outer.around_text(text))
}

/// A task of a swarm's service: its name, number and id before the sign, its node behind.
fn of_task(line: &[u8], sign: usize, bar: usize) -> Option<Peeled<'_>> {
    let (task, at) = stamped(&line[..sign]);
    let mut parts = task.rsplitn(3, |c| *c == b'.');
    let (id, number, service) = (parts.next()?, parts.next()?, parts.next()?);
    let is = |part: &[u8], of: fn(&u8) -> bool| !part.is_empty() && part.iter().all(of);
    let named = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    let node = line[sign + 1..bar].trim_ascii_end();
    let known = is(id, u8::is_ascii_alphanumeric) && is(number, u8::is_ascii_digit);
    if !known || !is(service, named) || !is(node, named) {
        return None;
    }
    let text = &line[bar + 1..];
    let mut outer = Outer::new(at, Inside::Bare);
    outer.host = Some(Cow::Borrowed(node));
    outer.service = Some(Cow::Borrowed(service));
    Some(outer.around_text(text.strip_prefix(b" ").unwrap_or(text)))
}
