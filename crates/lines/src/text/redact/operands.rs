//! Secrets among the words of a line: behind an option of a program, as an operand of a call or a command, or what looks made up near
//! a word for a secret.

use super::{keys, looks};
use std::ops::Range;

/// Programs whose `-p` holds a secret that is joined to it.
const JOINED: &str = include_str!("words/joined.txt");
/// Programs whose options in [`FLAGS`] a secret follows; with other programs it has to look like one.
const APART: &str = include_str!("words/apart.txt");
const FLAGS: &str = "-p -P -a -A -w -c -C -X -k -K /rp /RP";

/// Accounts behind `-u`: `curl -u name:secret`.
const ACCOUNTS: &str = "-u --user -U --proxy-user --auth -a --creds";

/// Commands of protocols that a secret follows, or a name and a secret.
const COMMANDS: &str = "PASS AUTH LOGIN ACCT IDENTIFY";
/// Programs that read a secret from their input.
const READERS: &str = "kinit cryptsetup gpg ssh-add pkinit veracrypt";
/// Words behind which a name and a secret stand.
const ACCESS: &str = "login anmeldung connexion inloggning aanmelding logowanie bejelentkezes zugang zugangsdaten logindaten access account accounts credentials creds accesso acceso acces pw password passwort";
/// Words behind which a name and a secret stand that somebody tried.
const OFFERS: &str = "attempt credentials creds login logon";
/// Words behind which network gear is given a key.
const KEYED: &str = "auth priv authentication-key pre-shared-key key-string key";
/// Words of ciphers, beside which a key may stand.
const CIPHERS: &str = "psk aes etype keytab arcfour kek mk pk accounts";
/// Words of commands that open what a secret locks.
const OPENERS: &str = "unlock keychain keystore decrypt vault login";
/// Words behind which another thing is named than the one before them.
const ELSEWHERE: &str = "on at in by from via of near line and or but while when";

/// What stands behind an option of a program that takes a secret there, and what looks made up near a word for a secret.
pub(super) fn operands(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let all: Vec<(usize, &str)> = words(text).collect();
    let (mut program, mut account, mut taken) = ("", false, usize::MAX);
    let has_options = [" -", "\"-", " /"].iter().any(|o| text.contains(o));
    for (n, (at, bare)) in all.iter().copied().enumerate() {
        let secret = match bare.as_bytes() {
            [b'-' | b'/', .., _] if !bare.ends_with('-') && !bare[1..].contains('/') => {
                let next = all.get(n + 1).map(|w| whole(text, *w));
                account |= matches!(bare, "-u" | "-U" | "--user" | "--username")
                    || bare.starts_with("/u:");
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
        let name = bare.rsplit(['/', '\\', '=']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if has_options && (keys::has(JOINED, name) || keys::has(APART, name)) {
            program = name;
        } else if has_options && keys::parts(name).iter().any(|p| keys::has(OPENERS, p)) {
            program = "unlock";
        } else if matches!(bare, "|" | "&&" | ";" | "||") {
            (program, account) = ("", false);
        }
    }
    out
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
    let last = back(all, n, 1).to_ascii_lowercase();
    let asked = last == "pass"
        && (all[..n].iter().any(|w| w.1 == "USER") || text[..at].ends_with("\"PASS "))
        || last == "using"
            && back(all, n, 3).eq_ignore_ascii_case("user")
            && !looks::is_prose(word)
        || last.starts_with("/user:") && looks::is_mixed(word)
        || all.get(n + 1).is_some_and(|w| w.1.starts_with("/user:"))
            && looks::is_mixed(word)
            && !word.starts_with('/')
            && !word.contains('\\')
        || looks::is_mixed(word) && !word.contains(['.', '/', ':', '=']) && is_given(all, n);
    if asked && word.len() > 3 {
        return Some((at, word));
    }
    // "771204 is your login code"
    let typed = word.rsplit_once('-').filter(|w| w.0.len() < 3);
    let typed = typed.map_or(word, |w| w.1);
    if looks::is_number(typed) && (4..=8).contains(&typed.len()) {
        let mut next_words = all[n + 1..].iter().take(5);
        let next = next_words.next().map_or("", |w| w.1);
        let said = keys::has("is as", next) || keys::has("use enter", &last);
        let code =
            |(at, w): &(usize, &str)| keys::class(w, &text[..*at]) == Some(keys::Class::Code);
        let logs = |w: &(usize, &str)| keys::has("log sign login signin verify confirm", w.1);
        let login = last == "use" && all[n + 1..].iter().take(4).any(logs);
        return (said && (next_words.any(code) || login)).then_some((at, word));
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
            // also as Python writes bytes
            Some((user, secret)) if user.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'') => {
                let bytes = secret.strip_prefix("b'").filter(|_| user.ends_with('\''));
                let from = at + word.len() - bytes.unwrap_or(secret).len();
                (from, bytes.unwrap_or(secret).trim_end_matches('\''), true)
            }
            _ => (at, word, false),
        },
        _ => (at, word, false),
    };
    // what is given to a program: `echo x | chpasswd`, `program <<< x`
    let command = all[..n].iter().rev().find(|w| !w.1.starts_with(['-', '%']));
    let command = command.map_or("", |w| w.1);
    if command == "<<<"
        || matches!(command, "echo" | "printf") && all.get(n + 1).is_some_and(|w| w.1 == "|")
    {
        let mut next = all.iter().skip(n + 2).take(6);
        let sets = next.any(|w| w.1 == "-S" || w.1.contains("passw") || keys::has(READERS, w.1));
        let plain = !word.contains(['.', '/', ':', '=']);
        let secret = looks::is_made_up(word)
            || plain && looks::is_mixed(word)
            || sets && !looks::is_harmless(word);
        return secret.then_some((at, word));
    }
    let quoted = at > 0 && matches!(text.as_bytes()[at - 1], b'"' | b'\'');
    // `login attempt [root/…]`, `credentials root:…`
    let offered = keys::has(OFFERS, &last)
        // `Login incorrect: [name/…]`
        || text[..all[n].0].ends_with('[') && all[..n].iter().rev()
                .take(12).any(|w| w.1.eq_ignore_ascii_case("login"));
    if account
        && offered
        && !looks::is_harmless(word)
        && (word.len() > 5 || !looks::is_number(word))
    {
        return Some((at, word));
    }
    // a key of ciphers: `etype 18: 9f2c…`
    let hex = word.strip_prefix("0x").unwrap_or(word);
    let sized = matches!(hex.len(), 32 | 48 | 64 | 96) && !hex.contains('-');
    if sized
        && looks::is_hex(hex)
        && looks::follows(text, at, CIPHERS, 6)
        && (looks::follows(text, at, CIPHERS, 1) || !looks::is_identity(text, at))
    {
        return Some((at, word));
    }
    let human = looks::is_typed(word);
    if !human && !looks::is_made_up(word) {
        return None;
    }
    // `ldap/ipa1.acme.lan@ACME.LAN`: a service of a realm
    let realm = |r: &str| r.contains('.') && !r.bytes().any(|b| b.is_ascii_lowercase());
    if account && word.rsplit_once('@').is_some_and(|(_, r)| realm(r)) {
        return None;
    }
    // an account of a database and from where: `'app'@'10.20.%'`
    if word.contains("'@'") || word.contains("`@`") {
        return None;
    }
    // a pair of its own: `ssid="Attic-5G" psk=…`
    let pair = text[..at].trim_end_matches(['"', '\'']).strip_suffix('=');
    let sign = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let key = pair.map_or("", |p| p.rsplit(sign).next().unwrap_or_default());
    if quoted && !key.is_empty() && keys::class(key, "").is_none() {
        return None;
    }
    let option = word.trim_start_matches('-');
    if option.len() < word.len() && option.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    if word.contains("://")
        || word.contains("@sha256:")
        || text[..at].ends_with("{{")
        || account && word.contains('/')
        || looks::is_thing(text, at, word)
        || is_mnemonic(word)
    {
        return None;
    }
    let odd = word.contains(['!', '#', '$', '%', '^', '&', '*', '+', '?', '<']);
    if !odd && keys::class(word, "").is_some() {
        return None;
    }
    let points_here = |back: usize, (place, w): (usize, &str), about: bool| {
        let class = keys::class(w.trim_start_matches('-'), &text[..place]);
        let small = w.to_ascii_lowercase();
        let secret = class == Some(keys::Class::Secret);
        let made = ["token", "secret", "key", "cred"]
            .iter()
            .any(|m| small.contains(m));
        let typed = secret && (!human || back < 2) && !made || small.contains("securestring");
        // `add_user app …`
        let option = small.trim_start_matches(['/', '-']).starts_with("user");
        let user = back == 1 && small.ends_with("user")
            || (odd || back == 0 && w.contains([':', '='])) && option && !small.contains("agent");
        if human {
            let login = account
                && (small.contains("auth") || small.contains("login") || small.contains("cred"));
            return typed || login || back == 0 && matches!(w, "AUTH" | "IDENTIFY");
        }
        keys::has(COMMANDS, w)
            || typed
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
        // another program's words
        if matches!(bare, "|" | "&&" | "||") {
            return None;
        }
        // what a secret is replaced by
        if joined && n - back - 1 == taken
            || points_here(back, (place, bare), odd || quoted || joined)
        {
            return Some((at, word));
        }
        joined &= keys::has("from to is was as", bare);
        let apart = keys::has(ELSEWHERE, bare) || bare.ends_with("ed") || keys::is_about(bare);
        let ends = !joined && !account && !w.ends_with(':') && apart;
        if ends && !odd && back + 1 < reach {
            return None;
        }
    }
    let ahead = if odd || account || quoted { 3 } else { 0 };
    let mut rest = all[n + 1..].iter().take(ahead);
    rest.any(|w| points_here(0, *w, false))
        .then_some((at, word))
}

/// The word so many places before another, or none.
fn back<'a>(all: &[(usize, &'a str)], n: usize, words: usize) -> &'a str {
    n.checked_sub(words).map_or("", |n| all[n].1)
}

/// Whether a word is the second operand of a command of mailboxes, or the last one of a program, whose name says that it is given
/// a secret: `LOGIN name …`, `htpasswd -b file name …`, `change_password name …`.
fn is_given(all: &[(usize, &str)], n: usize) -> bool {
    let sets = |w: &str| {
        let verb = w.split_once('_').map_or("", |w| w.0);
        let verb = keys::has("change set add create reset update new", verb);
        let of = keys::class(w, "") == Some(keys::Class::Secret) || w.ends_with("_user");
        of && (verb || w.ends_with("passwd") || w.ends_with("_passphrase"))
    };
    let program = all[..n].iter().rev().take(4).skip(1).any(|w| sets(w.1));
    let next = all.get(n + 1).map_or("|", |w| w.1);
    let ends = keys::has("| && ; > >>", next);
    // how network gear is given keys: `auth sha … priv aes 128 …`
    let method = |w: &str| {
        keys::has("md5 sha sha1 sha256 sha512 des 3des aes ascii-text", w) || looks::is_number(w)
    };
    let mut before = all[..n].iter().rev();
    let of = before.find(|w| !method(w.1)).map_or("", |w| w.1);
    let keyed = method(back(all, n, 1)) && (keys::has(KEYED, of) || of.ends_with("-key"));
    // `login: name / …`
    let mut before = all[..n].iter().rev().take(8);
    let (one, two) = (back(all, n, 1), back(all, n, 2));
    let access = one == "/"
        && before.any(|w| keys::has(ACCESS, &w.1.trim_end_matches(':').to_ascii_lowercase()));
    let net = back(all, n, 3) == "net" && two == "user";
    keys::has("LOGIN AUTH IDENTIFY", two)
        || program && ends
        || keyed
        || access
        || net
        || keys::has("key-string community", one)
}

/// What network gear calls its messages by: `%ASA-5-111008:`.
fn is_mnemonic(word: &str) -> bool {
    let name = word.strip_prefix('%').and_then(|w| w.strip_suffix(':'));
    let sign = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    name.is_some_and(|w| w.contains('-') && w.bytes().all(sign))
}

/// What stands in quotation marks behind a command, or behind a command and a name: `"AUTH" "some words"`, `LOGIN name "some words"`.
fn login<'a>(text: &'a str, all: &[(usize, &'a str)], n: usize) -> Option<(usize, &'a str)> {
    let (at, v) = whole(text, all[n]);
    let quoted = text[..at].ends_with(['"', '\'']);
    let last = back(all, n, 1);
    let named = keys::has(COMMANDS, back(all, n, 2)) && !keys::has("on off", v);
    let alone = last != "LOGIN" && keys::has(COMMANDS, last);
    (quoted && (named || alone) && v.len() < 40 && !looks::is_harmless(v)).then_some((at, v))
}

/// The words of a text without the signs around them, and their places; numbers of a recorded call's operands (`a1=`) are none.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // the operands of a call may follow each other without a blank
    let pieces = text
        .split([' ', '"', '\n', '\t'])
        .flat_map(|p| p.split("','"));
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
    let open = text[..at].chars().next_back();
    let open = open.filter(|c| matches!(c, '"' | '\''));
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
    let set = bare
        .split_once('=')
        .filter(|(name, _)| keys::has(ACCOUNTS, name));
    let set = set.map(|(name, v)| (at + name.len() + 1, v));
    let joined = bare.strip_prefix("-u").map(|v| (at + 2, v)).or(set);
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
                || w[*n..].starts_with('%') && looks::is_mixed(&w[n + 1..])
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
        // what is asked for: `read -p "Password: "`
        let asked = v.trim_end().ends_with([':', '?']);
        let word = v.contains(' ') && !asked || named && v.len() > 5 && !number;
        flag.ends_with(['p', 'P']) && word
            || flag.ends_with(['p', 'P', 'a', 'A', 'w', 'W', 'k', 'K']) && looks::is_made_up(v)
    };
    value.filter(|(_, v)| passes(v) && !v.contains(['/', '\\', '[']))
}
