//! What two rows have in common that are of one act, by their words and names. When they were written is for who asks.

use super::releases::is_reload;
use crate::infer::stated::StatedMarker;
use coroner_lines::format::ops::is_change_number;
use coroner_lines::marker::typed;
use coroner_lines::record::MarkerKind as K;

/// Whether two rows can be of one version: `v4.2.0` is 4.2.0, and one of them may name none.
pub(super) fn one_version(a: &StatedMarker, b: &StatedMarker) -> bool {
    fn number(r: &StatedMarker) -> Option<&[u8]> {
        match r.version.as_deref()? {
            [b'v' | b'V', rest @ ..] if rest.first().is_some_and(u8::is_ascii_digit) => Some(rest),
            v => Some(v),
        }
    }
    number(a).zip(number(b)).is_none_or(|(x, y)| x == y)
}

/// Whether one of two releases of a version calls the service in short: `pricing`, `pricing-service`.
pub(super) fn is_short(a: &StatedMarker, b: &StatedMarker) -> bool {
    let of = |long: &[u8], short: &[u8]| {
        let rest = long.strip_prefix(short);
        short.len() > 3 && rest.is_some_and(|r| r.starts_with(b"-") || r.starts_with(b"_"))
    };
    let names = a.service.as_deref().zip(b.service.as_deref());
    a.version.is_some()
        && b.version.is_some()
        && one_version(a, b)
        && names.is_some_and(|(x, y)| of(x, y) || of(y, x))
}

/// Whether an earlier row makes a start or stop of the same service a new one.
pub(super) fn turned(a: &StatedMarker, b: &StatedMarker) -> bool {
    let other = match b.kind {
        K::ServiceStart => matches!(a.kind, K::ServiceStop | K::Crash),
        K::ServiceStop => matches!(a.kind, K::ServiceStart | K::ConfigChange),
        _ => false,
    };
    other && a.host == b.host && super::agree(&a.service, &b.service)
}

/// Server or program that a marker is about, where its text begins with it (`Server app/web01 is DOWN, …`).
pub(in crate::infer) fn subject(r: &StatedMarker) -> Option<&[u8]> {
    let end = memchr::memmem::find(&r.text, b" is ")?;
    Some(&r.text[..end])
}

/// Whether two logs hold one command, as it was typed and as it was run: `sudo mariadb -e "PURGE …"`, `mariadb -e PURGE …`.
pub(super) fn one_command(a: &[u8], b: &[u8]) -> bool {
    let bare = |t: &'_ [u8]| -> Vec<u8> {
        let t = typed(t).unwrap_or(t);
        let t = t.strip_prefix(b"sudo ").unwrap_or(t);
        let program = t.iter().position(|c| *c == b' ').unwrap_or(t.len());
        let folder = t[..program].iter().rposition(|c| *c == b'/');
        let t = &t[folder.map_or(0, |at| at + 1)..];
        let plain = t.iter().filter(|c| !matches!(c, b'"' | b'\''));
        plain.copied().collect()
    };
    let (a, b) = (bare(a), bare(b));
    a == b && a.contains(&b' ')
}

/// The resource of which a tool says what it does to it: `aws_lb.web` of `aws_lb.web: Modifying...`.
pub(super) fn resource(text: &[u8]) -> Option<&[u8]> {
    let end = memchr::memmem::find(text, b": ")?;
    Some(&text[..end]).filter(|r| !r.contains(&b' '))
}

/// Whether a tool says of a resource first that it begins to change it, and then that it has: `aws_lb.web: Modifying...`,
/// `aws_lb.web: Modifications complete after 17s`.
pub(super) fn ends_what_begun(a: &StatedMarker, b: &StatedMarker) -> bool {
    let ends = memchr::memmem::find(&b.text, b" complete after ").is_some();
    let of_one = || resource(&a.text).is_some() && resource(&a.text) == resource(&b.text);
    // each state of a change has a row in its register
    let numbered = a.group.as_deref().is_some_and(is_change_number);
    let states = || (&a.group, &a.text) == (&b.group, &b.text);
    a.input == b.input && (ends && of_one() || numbered && states())
}

/// Whether two lines say the same of two instances: they differ in their numbers alone.
pub(super) fn one_of_several(a: &StatedMarker, b: &StatedMarker) -> bool {
    let letters = |r: &StatedMarker| -> Vec<u8> {
        let text = r.text.iter().filter(|c| !c.is_ascii_digit());
        text.copied().collect()
    };
    letters(a) == letters(b)
}

/// Whether one log tells of both, and of each that somebody else did it.
pub(super) fn of_two_hands(a: &StatedMarker, b: &StatedMarker) -> bool {
    let named = !a.actors.is_empty() && !b.actors.is_empty();
    a.input == b.input && named && !b.actors.iter().any(|x| a.actors.contains(x))
}
/// Whether a program says that it has another one on its host load its settings anew, and that one says so then.
pub(super) fn tells_of(a: &StatedMarker, b: &StatedMarker) -> bool {
    let named = b.service.as_ref().filter(|n| n.len() >= 4);
    let names = named.is_some_and(|n| memchr::memmem::find(&a.text, n).is_some());
    a.kind == K::ConfigChange && a.host.is_some() && a.host == b.host && names && is_reload(&b.text)
}
