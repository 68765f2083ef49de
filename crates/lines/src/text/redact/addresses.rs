//! Public addresses, cut to the network they are in.

use super::keys;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Words before a number of four parts that is no address.
const VERSIONS: &str = include_str!("words/versions.txt");

/// Cuts public addresses to /24 (`203.0.113.x`) and /48 (`2001:db8:1::x`), also where the name of a host holds one
/// (`ec2-203-0-113-x`). Private, loopback and link-local ones stay: they name the machines of the archive, not people.
/// A number of four parts behind a program's name or a word for versions is none.
pub(in crate::text) fn addresses(text: String) -> String {
    let b = text.as_bytes();
    let mut out = String::new();
    let (mut done, mut at) = (0, 0);
    while at < b.len() {
        let last = at.checked_sub(1).map(|n| b[n]);
        let found = match b[at] {
            c if !c.is_ascii_hexdigit() || last.is_some_and(|l| l.is_ascii_alphanumeric()) => None,
            _ => v4(&text, at, b'.')
                .or_else(|| v4(&text, at, b'-'))
                .or_else(|| v6(&text, at)),
        };
        if let Some((len, with)) = found {
            out.push_str(&text[done..at]);
            out.push_str(&with);
            done = at + len;
            at = done;
        } else {
            at += 1;
        }
    }
    if done == 0 {
        return text;
    }
    out + &text[done..]
}

/// A public address of four numbers joined by a sign, and what is left of it.
fn v4(text: &str, at: usize, sign: u8) -> Option<(usize, String)> {
    let b = text.as_bytes();
    let len = b[at..]
        .iter()
        .take_while(|c| c.is_ascii_digit() || **c == sign)
        .count();
    let all = text[at..at + len].trim_end_matches(char::from(sign));
    let last = at.checked_sub(1).map(|n| b[n]);
    let next = b.get(at + all.len()).copied().unwrap_or(b' ');
    let a: Ipv4Addr = all.replace(char::from(sign), ".").parse().ok()?;
    // in a name: `ec2-203-0-113-78.`, `203-0-113-78.dyn.example`
    let before = text[..at].strip_suffix('-').unwrap_or_default();
    let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
    let named =
        word.is_some_and(|w| w.starts_with(|c: char| c.is_ascii_alphabetic())) || next == b'.';
    let joined = match sign {
        b'-' => !named,
        _ => matches!(last, Some(b'.' | b'-' | b'_')),
    };
    if joined
        || next.is_ascii_alphanumeric()
        || next == b'_'
        || sign == b'.' && is_version(text, at, next)
    {
        return None;
    }
    let [x, y, z, _] = a.octets();
    let ours = a.is_private()
        || a.is_loopback()
        || a.is_link_local()
        || a.is_multicast()
        || a.is_broadcast()
        || x == 0;
    let sign = char::from(sign);
    (!ours).then(|| (all.len(), format!("{x}{sign}{y}{sign}{z}{sign}x")))
}

/// Whether four numbers are a version: `nginx/1.2.3.4`, `version 1.2.3.4`; a port behind them says that they are not.
fn is_version(text: &str, at: usize, next: u8) -> bool {
    let before = &text[..at];
    let sign = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if let Some(program) = before.strip_suffix('/') {
        let name = program.rsplit(sign).next().unwrap_or_default();
        let path = program[..program.len() - name.len()].ends_with(['/', '.', ':', '@']);
        return name.contains(|c: char| c.is_ascii_alphabetic()) && !path && next != b':';
    }
    let end = before.trim_end_matches([' ', '=', ':', '"', '\'', '(']);
    let name = end.rsplit(sign).next().unwrap_or_default();
    keys::parts(name)
        .last()
        .is_some_and(|w| keys::has(VERSIONS, w))
}

fn v6(text: &str, at: usize) -> Option<(usize, String)> {
    let b = text.as_bytes();
    let global = matches!(b[at], b'2' | b'3') && b.get(at + 4) == Some(&b':');
    if !global
        || at
            .checked_sub(1)
            .is_some_and(|n| matches!(b[n], b':' | b'.'))
    {
        return None;
    }
    let len = b[at..]
        .iter()
        .take_while(|c| c.is_ascii_hexdigit() || **c == b':')
        .count();
    if b.get(at + len)
        .is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_')
    {
        return None;
    }
    let all = &text[at..at + len];
    let trimmed = all
        .strip_suffix(':')
        .filter(|t| !t.ends_with(':'))
        .unwrap_or(all);
    let a: Ipv6Addr = trimmed.parse().ok()?;
    let [x, y, z, ..] = a.segments();
    Some((trimmed.len(), format!("{x:x}:{y:x}:{z:x}::x")))
}
