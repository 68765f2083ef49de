//! Secrets by their place: in an address, in a link that lets in whoever has it, behind an option of a known program, in a
//! block of a key.

use super::keys;
use super::looks;
use std::ops::Range;

/// Words of links that let in whoever has them; what follows one in a path is its token.
const LINKS: &str = "reset magic invite invites invitation verify verification confirm confirmation activate activation \
    unsubscribe webhook webhooks webhookb hooks hook token tokens share shared recover recovery callback join accept \
    password login signin onboarding sso passwordless preferences optout claim bot";

/// Programs whose options hold a secret: the option, and whether its value may stand apart.
const PROGRAMS: &[(&str, &str, bool)] = &[
    (
        "mysql mysqldump mysqladmin mysqlcheck mysqlimport mysqlshow mariadb mariadb-dump mariadb-admin mycli xtrabackup",
        "-p",
        false,
    ),
    ("7z 7za 7zz unrar rar", "-p", false),
    (
        "sshpass plink pscp putty mongo mongosh mongodump mongorestore docker podman az nerdctl sqlcmd ncftp skopeo",
        "-p",
        true,
    ),
    ("sqlcmd bcp isql tsql", "-P", true),
    ("plink zip unzip lftp", "-P", true),
    ("redis-cli valkey-cli", "-a", true),
    (
        "ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldappasswd",
        "-w",
        true,
    ),
    ("clickhouse-client kinit snmpwalk snmpget", "-A", true),
];

/// Accounts behind `-u`: `curl -u name:secret`.
const ACCOUNTS: &str = "-u --user -U --proxy-user --auth -a --creds";

/// The places of secrets that their place tells of.
pub(super) fn placed(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    addresses(text, &mut out);
    options(text, &mut out);
    out
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
                if !looks::is_nothing(&all[secret.clone()])
                    && !looks::is_reference(&all[secret.clone()])
                {
                    out.push(from + secret.start..from + secret.end);
                }
                host
            }
            None => 0,
        };
        path(text, from + host..end_of(text, from + host), out);
    }
    // the same where a message's path was masked
    for (at, _) in text.match_indices(":<P>:") {
        let from = at + 5;
        let rest = &text[from..end_of(text, from)];
        out.extend(rest.rfind('@').filter(|n| *n > 0).map(|n| from..from + n));
    }
    for (at, _) in text.match_indices([' ', '"']) {
        if text[at + 1..].starts_with('/') {
            path(text, at + 1..end_of(text, at + 1), out);
        }
    }
    // user:secret@tcp(host), as Go writes it, and user/secret@host, as Oracle does
    for (at, _) in text.match_indices('@') {
        let ends = |c: char| c.is_whitespace() || "\"'=`".contains(c);
        let word = text[..at].rsplit(ends).next().unwrap_or_default();
        let start = at - word.len();
        let host = &text[at + 1..];
        let go = ["tcp(", "unix(", "tcp6(", "("]
            .iter()
            .any(|p| host.starts_with(p));
        let oracle = word.contains("thin:") || text[..start].trim_end().ends_with("sqlplus");
        let found = match (go, oracle) {
            (true, _) => word.find(':'),
            (_, true) => word.rfind('/'),
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
        len > 0
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
            (colon < first && !port && colon + 1 < end).then(|| (colon + 1..end, end + 1))
        }
        // a token instead of a user
        None => (end < first && looks::is_telling(&all[..end]) && looks::chance(&all[..end]) > 0)
            .then(|| (0..end, end + 1)),
    }
}

/// What lets in, in the path of an address: signs of chance behind a word that says so.
fn path(text: &str, r: Range<usize>, out: &mut Vec<Range<usize>>) {
    let all = &text[r.clone()];
    let end = all.find(['?', '#']).unwrap_or(all.len());
    let (mut lets_in, mut from) = (false, 0);
    for part in all[..end].split('/') {
        let opaque = part.len() >= 6
            && looks::is_telling(part)
            && (looks::chance(part) >= 6 || part.len() >= 16)
            && !part.contains(':');
        let version = looks::is_measure(part);
        if lets_in && opaque && !version {
            out.push(r.start + from..r.start + from + part.len());
        }
        lets_in |= keys::parts(part).iter().any(|p| keys::has(LINKS, p)) && part.len() < 40;
        from += part.len() + 1;
    }
}

/// What stands behind an option of a program that takes a secret there.
fn options(text: &str, out: &mut Vec<Range<usize>>) {
    let mut program = "";
    let mut words = text
        .split(' ')
        .scan(0, |at, w| {
            let start = *at;
            *at += w.len() + 1;
            Some((start, w))
        })
        .peekable();
    while let Some((at, word)) = words.next() {
        let bare = word.trim_matches(['"', '\'', '(', '[', '`', ',']);
        let name = bare.rsplit('/').next().unwrap_or_default();
        let next = words.peek().copied().map(|(at, w)| {
            let inner = w.trim_matches(['"', '\'', ',', ')', ']']);
            (at + w.find(inner).unwrap_or_default(), inner)
        });
        if keys::has(ACCOUNTS, bare) || bare.strip_prefix("-u").is_some_and(|v| v.contains(':')) {
            let account = match keys::has(ACCOUNTS, bare) {
                true => next,
                false => Some((at + 2, &word[2..])),
            };
            out.extend(account.and_then(|(at, w)| {
                let (user, secret) = w.split_once(':')?;
                let numbers = looks::is_number(user)
                    || user == secret
                    || secret.is_empty()
                    || w.contains("//");
                let none = numbers
                    || looks::is_reference(secret)
                    || looks::is_nothing(secret)
                    || user.contains('/');
                (!none).then(|| at + user.len() + 1..at + w.len())
            }));
        }
        if let Some((_, flag, apart)) = PROGRAMS
            .iter()
            .find(|(names, flag, _)| keys::has(names, program) && bare.starts_with(flag))
        {
            let value = match bare.len() - flag.len() {
                0 if *apart => next,
                0 => None,
                _ => Some((
                    at + word.find(bare).unwrap_or_default() + flag.len(),
                    &bare[flag.len()..],
                )),
            };
            let secret = value.filter(|(_, v)| {
                let option = v.starts_with('-')
                    || v.is_empty()
                    || looks::is_reference(v)
                    || looks::is_nothing(v);
                let port = v.contains(':') || looks::is_number(v) && v.len() < 6;
                !option && !port
            });
            out.extend(secret.map(|(at, v)| at..at + v.len()));
        }
        if PROGRAMS.iter().any(|(names, _, _)| keys::has(names, name)) {
            program = name;
        } else if matches!(bare, "|" | "&&" | ";" | "||") {
            program = "";
        }
    }
}
