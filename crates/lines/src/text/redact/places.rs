//! Secrets by their place: in an address, in a link that lets in whoever has it, behind an option of a known program, in a
//! block of a key.

use super::keys;
use super::looks;
use std::ops::Range;

/// Words of links that let in whoever has them; what follows one in a path is its token.
const LINKS: &str = "reset magic invite invites invitation verify verification confirm confirmation activate activation \
    unsubscribe webhook webhooks webhookb hooks hook token tokens share shared recover recovery callback join accept integration \
    password login signin onboarding sso passwordless preferences optout claim bot";

/// Programs whose `-p` holds a secret that is joined to it.
const JOINED: &str = "mysql mysqldump mysqladmin mysqlcheck mysqlimport mysqlshow mariadb mariadb-dump mariadb-admin mycli xtrabackup \
    7z 7za 7zz unrar rar";
/// Programs whose options in [`FLAGS`] a secret follows; with other programs it has to look like one.
const APART: &str = "sshpass plink pscp putty mongo mongosh mongodump mongorestore docker podman az nerdctl sqlcmd ncftp skopeo bcp \
    isql tsql zip unzip lftp schtasks redis-cli valkey-cli ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldappasswd \
    snmpwalk snmpget snmpset snmptrap snmpbulkwalk";
const FLAGS: &str = "-p -P -a -A -w -c -X /rp";

/// Programs whose first operand is `name/secret@database`.
const ORACLE: &str = "sqlplus sqlldr exp imp expdp impdp rman connect CONNECT";

/// Accounts behind `-u`: `curl -u name:secret`.
const ACCOUNTS: &str = "-u --user -U --proxy-user --auth -a --creds";

/// The places of secrets known by where they stand.
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
                if !looks::is_harmless(&all[secret.clone()]) {
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
        let go = ["tcp(", "unix(", "tcp6(", "("]
            .iter()
            .any(|p| host.starts_with(p));
        let oracle = word.contains("thin:")
            || text[..start]
                .rsplit([' ', '/'])
                .take(4)
                .any(|w| keys::has(ORACLE, w));
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
        None => {
            (end < first && looks::is_secret_like(&all[..end]) && looks::chance(&all[..end]) > 0)
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
    for part in all[..end].split('/') {
        let opaque = part.len() >= 6
            && looks::is_secret_like(part)
            && looks::chance(part) >= 6
            && !part.contains(':')
            && !super::given::is_name(part);
        let version = looks::is_measure(part);
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
}

/// Commands of protocols that a secret follows, or a name and a secret.
const COMMANDS: &str = "PASS AUTH LOGIN ACCT IDENTIFY";
/// Words of a call whose operands are an account.
const CALLS: &str = "connect connection connector login logon auth authenticate bind construct";
/// Words behind which another thing is named than the one before them.
const ELSEWHERE: &str = "on at in by from via of near line and or but while when";

/// What stands behind an option of a program that takes a secret there, and what looks made up near a word for a secret.
fn options(text: &str, out: &mut Vec<Range<usize>>) {
    let all: Vec<(usize, &str)> = words(text).collect();
    let (mut program, mut account, mut taken) = ("", false, usize::MAX);
    let has_options = text.contains(" -") || text.contains(" /");
    for (n, (at, bare)) in all.iter().copied().enumerate() {
        let secret = match bare.as_bytes() {
            [b'-' | b'/', .., _] if !bare.ends_with('-') && !bare[1..].contains('/') => {
                let next = all.get(n + 1).map(|w| whole(text, *w));
                account |= matches!(bare, "-u" | "-U" | "--user" | "--username");
                option((program, account), bare, at, next)
            }
            _ => None,
        };
        let secret = secret
            .or_else(|| near(text, &all, n, taken))
            .or_else(|| login(text, &all, n));
        if let Some((at, v)) = secret {
            out.push(at..at + v.len());
            taken = n;
        }
        let name = bare.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if has_options && (keys::has(JOINED, name) || keys::has(APART, name)) {
            program = name;
        } else if matches!(bare, "|" | "&&" | ";" | "||") {
            (program, account) = ("", false);
        }
    }
}

/// A word that looks made up, alone or behind the name of an account, and stands near a word for a secret: the nearer, the less
/// of the look is asked for.
fn near<'a>(
    text: &str,
    all: &[(usize, &'a str)],
    n: usize,
    taken: usize,
) -> Option<(usize, &'a str)> {
    let (at, word) = all[n];
    // as mailboxes are opened: USER x, PASS y; databases: USER x USING y; shares: /user:x y
    let last = n
        .checked_sub(1)
        .map_or("", |n| all[n].1)
        .to_ascii_lowercase();
    let third = n.checked_sub(3).map_or("", |n| all[n].1);
    let asked = last == "pass" && all[..n].iter().any(|w| w.1 == "USER")
        || last == "using" && third.eq_ignore_ascii_case("user") && !looks::is_prose(word)
        || last.starts_with("/user:") && looks::is_mixed(word);
    if asked && word.len() > 3 {
        return Some((at, word));
    }
    // "771204 is your login code"
    if looks::is_number(word) && (4..=8).contains(&word.len()) {
        let mut next_words = all[n + 1..].iter().take(5);
        let said = next_words
            .next()
            .is_some_and(|(_, w)| matches!(*w, "is" | "as"));
        let code =
            |(at, w): &(usize, &str)| keys::class(w, &text[..*at]) == Some(keys::Class::Code);
        return (said && next_words.any(code)).then_some((at, word));
    }
    let named = |u: &str| {
        u.len() > 1
            && u.contains(|c: char| c.is_ascii_alphabetic())
            && u.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-:".contains(&b))
    };
    let (at, word, account) = match word.rsplit_once(':') {
        Some((user, secret)) if named(user) => (at + user.len() + 1, secret, true),
        None => match word.split_once('/') {
            Some((user, secret)) if user.bytes().all(|b| b.is_ascii_lowercase()) => {
                (at + user.len() + 1, secret, true)
            }
            _ => (at, word, false),
        },
        _ => (at, word, false),
    };
    // what is given to a program: `echo x | chpasswd`, `program <<< x`
    let command = all[..n].iter().rev().find(|w| !w.1.starts_with('-'));
    let command = command.map_or("", |w| w.1);
    if command == "<<<" || command == "echo" && all.get(n + 1).is_some_and(|w| w.1 == "|") {
        let sets = account && all.get(n + 2).is_some_and(|w| w.1.contains("passw"));
        let secret = looks::is_made_up(word) || sets && looks::is_secret_like(word);
        return secret.then_some((at, word));
    }
    if !looks::is_made_up(word)
        || word.contains("://")
        || text[..at].ends_with("{{")
        || account && word.contains('/')
        || looks::is_thing(text, at, word)
        || is_mnemonic(word)
    {
        return None;
    }
    let odd = word.contains(['!', '#', '$', '%', '^', '&', '*', '+', '?', '<']);
    let quoted = at > 0 && matches!(text.as_bytes()[at - 1], b'"' | b'\'');
    if !odd && keys::class(word, "").is_some() {
        return None;
    }
    let points_here = |back: usize, (place, w): (usize, &str), about: bool| {
        let class = keys::class(w.trim_start_matches('-'), &text[..place]);
        let small = w.to_ascii_lowercase();
        let secret = class == Some(keys::Class::Secret);
        let typed = secret && small.contains("pass") || small.contains("securestring");
        // `connect("db", "app", "…")`
        let head = w.split('(').next().unwrap_or_default();
        let called = head.len() < w.len() || text[place + w.len()..].starts_with('(');
        let call = quoted && called && keys::parts(head).iter().any(|p| keys::has(CALLS, p));
        // `add_user app …`
        let option = small.trim_start_matches(['/', '-']).starts_with("user");
        let user = back == 1 && small.ends_with("user")
            || (odd || back == 0 && w.contains([':', '='])) && option && !small.contains("agent");
        keys::has(COMMANDS, w)
            || typed
            || call
            || user
            || account && (small.contains("auth") || small.contains("login"))
            || about
                && (secret
                    || class == Some(keys::Class::Named)
                    || class == Some(keys::Class::Vague) && odd)
    };
    let reach = if odd || account { 8 } else { 3 };
    let mut joined = true;
    for (back, (place, w)) in all[..n].iter().copied().rev().take(reach).enumerate() {
        let bare = w.trim_end_matches(':');
        // what a secret is replaced by
        if n - back - 1 == taken || points_here(back, (place, bare), odd || quoted || joined) {
            return Some((at, word));
        }
        joined &= keys::has("from to is was as", bare);
        let apart = keys::has(ELSEWHERE, bare) || bare.ends_with("ed") || keys::is_about(bare);
        let ends = !joined && !w.ends_with(':') && apart;
        if ends && !odd && back + 1 < reach {
            return None;
        }
    }
    let ahead = if odd || account { 3 } else { 0 };
    let mut rest = all[n + 1..].iter().take(ahead);
    rest.any(|w| points_here(0, *w, false))
        .then_some((at, word))
}

/// What network gear calls its messages by: `%ASA-5-111008:`.
fn is_mnemonic(word: &str) -> bool {
    let name = word.strip_prefix('%').and_then(|w| w.strip_suffix(':'));
    let sign = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    name.is_some_and(|w| w.contains('-') && w.bytes().all(sign))
}

/// What stands in quotation marks behind a command and a name: `LOGIN name "some words"`.
fn login<'a>(text: &'a str, all: &[(usize, &'a str)], n: usize) -> Option<(usize, &'a str)> {
    let before = all.get(n.checked_sub(2)?)?;
    let (at, v) = whole(text, all[n]);
    (keys::has(COMMANDS, before.1) && v.contains(' ') && v.len() < 40).then_some((at, v))
}

/// The words of a text without the signs around them, and their places; numbers of a recorded call's operands (`a1=`) are none.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // the operands of a call may follow each other without a blank
    let pieces = text.split([' ', '"']).flat_map(|p| p.split("','"));
    let pieces = pieces.map(|piece| {
        let start = piece.as_ptr() as usize - text.as_ptr() as usize;
        let rest = piece.trim_start_matches(|c: char| "'([`,{:=".contains(c));
        let bare = rest.trim_end_matches(|c: char| "'([`,)];}".contains(c));
        (start + piece.len() - rest.len(), bare)
    });
    let operand = |w: &str| {
        w.strip_prefix('a')
            .and_then(|w| w.strip_suffix('='))
            .is_some_and(looks::is_number)
    };
    pieces.filter(move |(_, w)| !w.is_empty() && !operand(w))
}

/// A word, or all of the text in quotation marks that it begins.
fn whole<'a>(text: &'a str, (at, word): (usize, &'a str)) -> (usize, &'a str) {
    let open = text[..at]
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\''));
    let rest = text[at..].char_indices().take(200);
    let end = open.and_then(|q| rest.clone().find(|(_, c)| *c == q).map(|(n, _)| n));
    (at, end.map_or(word, |n| &text[at..at + n]))
}

/// The secret of an option.
fn option<'a>(
    (program, named): (&str, bool),
    bare: &'a str,
    at: usize,
    next: Option<(usize, &'a str)>,
) -> Option<(usize, &'a str)> {
    let joined = bare.strip_prefix("-u").map(|v| (at + 2, v));
    // `-sSu name:secret`: options of a letter in one word
    let letters = &bare[1..];
    let bundle = letters.len() < 6
        && letters.ends_with('u')
        && letters.bytes().all(|b| b.is_ascii_alphabetic());
    let apart = next.filter(|_| bundle || keys::has(ACCOUNTS, bare));
    let account = apart.or(joined).and_then(|(at, w)| {
        let other = w.find(['%', ',']);
        let other = other.filter(|n| {
            looks::is_made_up(&w[n + 1..])
                || w[*n..].starts_with('%') && looks::is_secret_like(&w[n + 1..])
        });
        let sign = w.find(':').or(other)?;
        Some((at, w, &w[..sign], &w[sign + 1..]))
    });
    if let Some((at, w, user, secret)) = account {
        let none = looks::is_number(user)
            || user == secret
            || w.contains("//")
            || w.contains(':') && user.contains('/')
            || secret.is_empty()
            || looks::is_harmless(secret);
        return (!none).then_some((at + user.len() + 1, secret));
    }
    let (flag, rest) = bare.split_at_checked(2)?;
    let value = match program {
        _ if keys::has(JOINED, program) => bare.strip_prefix("-p").map(|v| (at + 2, v))?,
        _ if keys::has(APART, program) && keys::has(FLAGS, bare) => next?,
        _ if keys::has(APART, program) && keys::has(FLAGS, flag) && looks::is_odd(rest) => {
            (at + 2, rest)
        }
        _ => return loose(bare, named, at, next),
    };
    let v = value.1;
    let port = v.contains(':') || looks::is_number(v) && v.len() < 6;
    (!v.starts_with('-') && !v.is_empty() && !looks::is_harmless(v) && !port).then_some(value)
}

/// The same of any program, where the value looks like a secret; behind the name of an account it may be a word.
fn loose<'a>(
    bare: &'a str,
    named: bool,
    at: usize,
    next: Option<(usize, &'a str)>,
) -> Option<(usize, &'a str)> {
    let (flag, rest) = bare.split_at_checked(2)?;
    let value = match rest.is_empty() {
        true => next,
        false => rest.strip_prefix([':', '=']).map(|v| (at + 3, v)),
    };
    let passes = |v: &str| {
        let number = looks::is_number(v) || looks::is_measure(v) || v.contains(':');
        let word = v.contains(' ') || named && v.len() > 5 && !number;
        flag.eq_ignore_ascii_case("-p") && word
            || flag.ends_with(['p', 'P', 'a', 'A', 'w', 'W', 'k', 'K']) && looks::is_made_up(v)
    };
    value.filter(|(_, v)| passes(v) && !v.contains(['/', '\\', '[']))
}
