//! What may stand in front of a level: a process, a thread, the id of a request, pairs, a place in the code. Each gives what
//! follows it, where a head goes on there; what the level is, is read elsewhere.

use super::super::message::word;
use super::{Head, bracket, identifier, level_next, skip, token};
use crate::record::Level;
use crate::text::is_process;
use memchr::memchr;

/// Ansible's `p=41022 u=ops n=ansible | `, of newer ones `p=41022 u=ops n=ansible INFO| `: what follows it.
pub(super) fn ansible(b: &[u8]) -> Option<&[u8]> {
    let digits = b.strip_prefix(b"p=")?;
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    let bar = memchr(b'|', &b[..b.len().min(120)])?;
    b[..bar]
        .trim_ascii_end()
        .split(|c| *c == b' ')
        .all(|w| w.get(1) == Some(&b'=') || w.iter().all(u8::is_ascii_uppercase))
        .then(|| &b[bar + 1..])
}

/// `log 2216 139873361088 `, module, process and thread as in the documentation of Django's logging (`verbose`): what follows them.
pub(super) fn module_and_thread(b: &[u8]) -> Option<&[u8]> {
    let number = |w: &[u8]| !w.is_empty() && w.iter().all(u8::is_ascii_digit);
    let (module, rest) = token(b);
    let (_, rest) = Some(token(skip(rest))).filter(|(process, _)| number(process))?;
    let (thread, rest) = token(skip(rest));
    let head = identifier(module) && number(thread) && thread.len() >= 9;
    (head && !rest.is_empty()).then_some(rest)
}

/// A place in the code in braces, before the level: Airflow's `{taskinstance.py:1138} INFO - …`.
pub(super) fn in_braces<'a>(h: &Head<'_>, b: &'a [u8]) -> Option<&'a [u8]> {
    let end = memchr(b'}', &b[..b.len().min(96)])?;
    let place = !b[..end].iter().any(|c| matches!(c, b'"' | b' '));
    (h.level.is_none() && place && level_next(&b[end + 1..])).then(|| &b[end + 1..])
}

/// The id of a request between tabs, before the level: lines of AWS Lambda (`undefined` while a function starts).
pub(super) fn request_id(b: &[u8]) -> Option<&[u8]> {
    let n = memchr(b'\t', &b[..b.len().min(40)])?;
    let hex = |c: &u8| c.is_ascii_hexdigit() || *c == b'-';
    let id = &b[..n] == b"undefined" || (n == 36 && b[..n].iter().all(hex));
    (id && level_next(&b[n + 1..])).then(|| &b[n + 1..])
}

/// Pairs before the level, as metadata stands in the lines of Sidekiq and Elixir: `pid=7 tid=abc WARN: …`, `id=3 [error] …`.
pub(super) fn pairs(b: &[u8]) -> Option<&[u8]> {
    let mut rest = b;
    for n in 0..9 {
        let (w, after) = token(rest);
        let key = memchr(b'=', w).is_some_and(|i| i > 0 && identifier(&w[..i]));
        if !key {
            let labelled = rest.first() == Some(&b'[') || w.ends_with(b":");
            return (n > 0 && labelled && level_next(rest)).then_some(rest);
        }
        rest = skip(after);
    }
    None
}

/// A process or thread number before a bracket, a dash or a level: `0 [Note]`, `1 --- [main]`, `148 INFO`.
pub(super) fn number(b: &[u8]) -> Option<&[u8]> {
    let (w, after) = word(b);
    let sep = after.starts_with(b"--- ")
        || bracket(after).is_some_and(|(i, _)| Level::from_word(i).is_some() || i == b"System")
        || level_next(after);
    (w.len() <= 10 && w.iter().all(u8::is_ascii_digit) && sep).then_some(after)
}

/// ClickHouse's level between angles: `<Error> …`; behind a level the process of Erlang: `<0.223.0>`.
pub(super) fn angled<'a>(h: &mut Head<'_>, b: &'a [u8]) -> Option<&'a [u8]> {
    if h.level.is_some() {
        let (w, after) = token(b);
        return is_process(std::str::from_utf8(w).ok()?).then_some(after);
    }
    let (level, rest) = angled_level(b).filter(|_| h.level.is_none())?;
    h.level = Some(level);
    Some(rest)
}

pub(super) fn angled_level(b: &[u8]) -> Option<(Level, &[u8])> {
    let inner = b.strip_prefix(b"<")?;
    let end = memchr(b'>', &inner[..inner.len().min(14)]).filter(|n| *n > 2)?;
    Some((Level::from_word(&inner[..end])?, &inner[end + 1..]))
}
