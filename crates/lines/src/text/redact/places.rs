//! Secrets by their place: in an address, in a link that lets in whoever has it.

use super::{chance, keys, looks};
use crate::table;
use regex::Regex;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

/// Words of links that let in whoever has them; what follows one in a path is its token.
const LINKS: &str = include_str!("words/links.txt");

/// Programs whose first operand is `name/secret@database`.
const ORACLE: &str = "sqlplus sqlldr exp imp expdp impdp rman connect CONNECT";

/// Signs of which one is there, and the pattern whose group is the secret; made when a sign is met.
type Handed = ([&'static str; 2], OnceLock<Option<Regex>>);

/// What else stands where only a secret does.
static HANDED: LazyLock<Vec<Handed>> = LazyLock::new(|| {
    let rows = table::rows(include_str!("handed.tsv"));
    rows.map(|row| (row, OnceLock::new())).collect()
});

fn handed(text: &str, out: &mut Vec<Range<usize>>) {
    for ([signs, pattern], made) in HANDED.iter() {
        if signs.split('|').any(|s| text.contains(s)) {
            let made = made.get_or_init(|| Regex::new(pattern).ok());
            let all = made.iter().flat_map(|r| r.captures_iter(text));
            out.extend(all.filter_map(|c| Some(c.get(1)?.range())));
        }
    }
}

/// The words of a wallet, in quotation marks (BIP 39: twelve or more).
fn wallets(text: &str, out: &mut Vec<Range<usize>>) {
    let word = |w: &str| (3..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase());
    let is_one = |p: &&str| p.len() > 44 && p.split(' ').all(word) && p.split(' ').count() >= 12;
    let quoted = text.split(['"', '\'']).skip(1).filter(is_one);
    let place = |p: &str| p.as_ptr() as usize - text.as_ptr() as usize;
    out.extend(quoted.map(|p| place(p)..place(p) + p.len()));
}

/// The places of secrets known by where they stand.
pub(super) fn placed(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    addresses(text, &mut out);
    handed(text, &mut out);
    wallets(text, &mut out);
    parameters(text, &mut out);
    out
}

/// What a database logs beside a statement that sets a password: `DETAIL:  parameters: $1 = '…'`.
fn parameters(text: &str, out: &mut Vec<Range<usize>>) {
    let Some((statement, _)) = text.split_once("parameters: $1 = ") else {
        return;
    };
    let secret = |w: &str| keys::class(w, "") == Some(keys::Class::Secret);
    let sign = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    if !statement.split(sign).any(secret) {
        return;
    }
    let mut rest = statement.len();
    while let Some(from) = text[rest..].find(" = '").map(|n| rest + n + 4) {
        let len = text[from..].find('\'').unwrap_or(text.len() - from);
        let v = &text[from..from + len];
        if looks::is_made_up(v) || looks::is_mixed(v) {
            out.push(from..from + len);
        }
        rest = from + len;
    }
}

fn end_of(text: &str, from: usize) -> usize {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '«' | '|');
    text[from..].find(ends).map_or(text.len(), |n| from + n)
}

/// `scheme://user:secret@host`, and what of a path lets in.
fn addresses(text: &str, out: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let from = at + 3;
        let end = text[from..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '«'))
            .map_or(text.len(), |n| from + n);
        let all = &text[from..end];
        let host = match userinfo(all) {
            Some((secret, host)) => {
                let v = &all[secret.clone()];
                if v.contains('/') || !looks::is_harmless(v) {
                    out.push(from + secret.start..from + secret.end);
                }
                host
            }
            None => 0,
        };
        let key = text[..at].rsplit(' ').next().unwrap_or_default();
        path(
            text,
            from + host..end_of(text, from + host),
            lets_in(key),
            out,
        );
    }
    // the same where a message's path was masked
    for (at, _) in text.match_indices(":<P>:") {
        let from = at + 5;
        let rest = &text[from..end_of(text, from)];
        out.extend(rest.rfind('@').filter(|n| *n > 0).map(|n| from..from + n));
    }
    for (at, _) in text.match_indices([' ', '"']) {
        if text[at + 1..].starts_with('/') {
            path(text, at + 1..end_of(text, at + 1), false, out);
        }
    }
    // user:secret@tcp(host), as Go writes it, and user/secret@host, as Oracle does
    for (at, _) in text.match_indices('@') {
        let ends = |c: char| c.is_whitespace() || "\"'=`".contains(c);
        let word = text[..at].rsplit(ends).next().unwrap_or_default();
        let start = at - word.len();
        let host = &text[at + 1..];
        // what begins data of syslog is a name and a number: `[…@41058 tag="…"]`
        let of_syslog = word.strip_prefix('[').is_some_and(looks::holds_uuid);
        if of_syslog && host.starts_with(|c: char| c.is_ascii_digit()) {
            out.push(start + 1..at);
        }
        let mut kinds = ["tcp(", "unix(", "tcp6(", "("].iter();
        let go = kinds.any(|p| host.starts_with(p));
        let oracle = word.contains("thin:")
            || text[..start]
                .rsplit([' ', '/'])
                .take(4)
                .any(|w| keys::has(ORACLE, w.trim_start_matches(['(', '[', '{'])));
        let found = match (go, oracle) {
            (true, _) => word.find(':'),
            (_, true) if !word.contains("://") => word.find('/'),
            _ => None,
        };
        out.extend(found.map(|n| start + n + 1..at).filter(|r| !r.is_empty()));
    }
}

/// The secret before the host of an address, and where the host begins. A password may hold any sign: its end is the last
/// `@` that a host can follow.
fn userinfo(all: &str) -> Option<(Range<usize>, usize)> {
    let host = |rest: &str| {
        let len = rest
            .find(['/', '?', ':', '#', ',', ')', ';', '\''])
            .unwrap_or(rest.len());
        // cut off
        rest.is_empty()
            || len > 0
                && rest[..len]
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._[]{}$*".contains(&b))
            || rest.starts_with('[')
    };
    let query = all
        .find('?')
        .filter(|q| all[..*q].contains('@'))
        .unwrap_or(all.len());
    let end = all[..query]
        .match_indices('@')
        .map(|(n, _)| n)
        .rfind(|n| host(&all[n + 1..]))?;
    let first = all.find('/').unwrap_or(all.len());
    match all[..end].find(':') {
        Some(colon) => {
            let port = all.get(colon + 1..first).is_some_and(looks::is_number) && first < end;
            // a token instead of a user, and anything for its password
            let token =
                |user: &str| user.len() >= 20 && (looks::is_hex(user) || chance::is_token(user));
            let from = if token(&all[..colon]) { 0 } else { colon + 1 };
            // `smb://DOMAIN/name:…@host`
            let domain =
                !all[..first].contains(['.', ':']) && looks::is_made_up(&all[colon + 1..end]);
            ((colon < first || domain) && !port && colon + 1 < end).then(|| (from..end, end + 1))
        }
        // a token instead of a user
        None => {
            (end < first && looks::is_secret_like(&all[..end]) && chance::chance(&all[..end]) > 0)
                .then(|| (0..end, end + 1))
        }
    }
}

fn lets_in(name: &str) -> bool {
    name.len() < 40 && keys::parts(name).iter().any(|p| keys::has(LINKS, p))
}

/// What lets in, in the path of an address: signs of chance behind a word that says so.
fn path(text: &str, r: Range<usize>, mut known: bool, out: &mut Vec<Range<usize>>) {
    let all = &text[r.clone()];
    let end = all.find(['?', '#']).unwrap_or(all.len());
    let mut from = 0;
    for (n, part) in all[..end].split('/').enumerate() {
        // a tenant behind the host that it logs in at
        let tenant = n == 1 && looks::holds_uuid(part);
        let whole = part.len() >= 20
            && !looks::is_hex(part)
            && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let opaque = part.len() >= 6
            && looks::is_secret_like(part)
            && (chance::chance(part) >= 6 || whole)
            && !part.contains(':')
            && !tenant
            && !super::given::is_name(part);
        let version = looks::is_measure(part);
        // `private-d1e2…`: what it is and the token in one
        let marked = part.split_once('-').filter(|(word, token)| {
            (lets_in(word) || *word == "private") && token.len() >= 24 && looks::is_hex(token)
        });
        if let Some((word, _)) = marked {
            out.push(r.start + from + word.len() + 1..r.start + from + part.len());
        }
        if known && opaque && !version {
            out.push(r.start + from..r.start + from + part.len());
        }
        // a store's path, and the version of what it holds
        if keys::has("secret secrets", part) {
            return;
        }
        known |= lets_in(part);
        from += part.len() + 1;
    }
    // the same as a parameter
    let query = all[end..].split(['?', '&']).filter(|_| known);
    for value in query.filter_map(|p| Some(p.split_once('=')?.1)) {
        if value.len() >= 16 && chance::chance(value) == value.len() {
            let at = r.start + (value.as_ptr() as usize - all.as_ptr() as usize);
            out.push(at..at + value.len());
        }
    }
}
