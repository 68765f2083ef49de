//! What a key says of its value, by the words of its name: `DB_PASSWORD` is a secret, `password_min_length` a measure,
//! `secretName` a reference. A name is its words, cut at signs and capitals; nobody has to list names.

use crate::table;
use crate::text::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    /// A secret, whatever it looks like.
    Secret,
    /// The name of a secret in a store, or a secret: `secret: db-credentials`.
    Named,
    /// A number to be typed, or a secret.
    Code,
    /// A secret if it looks like one; the word means other things too.
    Likely,
    /// The same of a word that mostly means other things.
    Vague,
    /// Cookies with their names.
    Cookies,
    /// A scheme and its credentials.
    Credentials,
    /// A scheme, which credentials may follow.
    Scheme,
    /// What a person is known by to authorities and telephone companies.
    Personal,
    /// Where a person lives, or a machine.
    Home,
}

/// Words that are a secret wherever a word of a name ends with them: `password`, `rootpassword`.
const SECRET: &str = include_str!("words/secret.txt");
/// Words that end so and are none.
const OTHERS: &str =
    "sacred bypass compass encompass overpass surpass trespass underpass ssid bssid";
/// What is written in one with such a word: in which form it is.
const KINDS: [&str; 19] = table::words(
    "hash ticket salt value val text txt word wd string str plain clear encrypted enc raw hex new old",
);
/// Words that are a secret on their own only.
const ALONE: &str = include_str!("words/alone.txt");
const CODES: &str =
    "engangskod engangskode einmalcode otp totp hotp pin cpin puk tan mfa passkey cvv cvc csc";
const LIKELY: &str = include_str!("words/likely.txt");
/// Words that a name ends with whose value is a session; so is `sid`, on its own only.
const SESSIONS: [&str; 8] =
    table::words("sessid sessionid auth session csrf xsrf csrftoken xsrftoken");
/// Keys in other languages, which name what they open on either side.
const KEYS: &str =
    "cle cles chave chiave schlussel schluessel sleutel nyckel nokkel klucz kljuc llave";
/// Words in other scripts and what they mean, then signs with marks and the letters that they are.
const LETTERS: &str = include_str!("words/letters.tsv");
/// What makes a key one that opens something.
pub(super) const OPENS: &str = include_str!("words/opens.txt");
/// What makes a code one that is to be typed by one person.
const TYPED: &str = include_str!("words/typed.txt");
/// Words before that of a secret by which a key holds none: measures, questions, what is known to all, places in a list.
const ABOUT: &str = include_str!("words/about.txt");
/// Words that say little on their own.
pub(super) const LITTLE: &str = "key code keys codes codigo codice kod kode koodi id no nr name token number string header headers hash phrase";
/// Words behind it: measures, references, places, kinds and states.
const ABOUT_IT: &str = include_str!("words/about_it.txt");
/// Where somebody lives.
const HOMES: &str = include_str!("words/homes.txt");
/// What a person is known by.
const PERSONAL: &str = include_str!("words/personal.txt");

/// Whose value is a person, at the end of a name; so is that of any name that ends with `by`.
const PERSONS: &str = include_str!("words/persons.txt");
/// What those who log in are called, in many languages: their value is a person's account.
const USERS: &str = include_str!("words/users.txt");
/// What may be a person's where a name stands behind it, and is much else.
const ACCOUNTS: &str = "account konto kontoname compte cuenta conta rekening identifiant";
/// Whose value is a person if it is a first and a last name: firms and programs are called so too.
const ROLES: &str = include_str!("words/roles.txt");
/// Of these what is no role: it says where something comes from or is a word of much else.
const NO_ROLES: &str =
    "by cc from to for login cn nom nome username agent client lead candidate participant";
/// Whose name is a person's.
const NAMED: &str = "first last full given family middle real maiden";

/// Whether the value of a key is a person, by the key's name, the block that it stands in and what stands before it; and
/// whether only a first and a last name is one.
pub(super) fn person(name: &str, block: &str, before: &str) -> Option<bool> {
    let mut parts = words(name, before);
    // `customer created: name: …`
    let near = before
        .trim_end()
        .rsplit(' ')
        .take(2)
        .map(|w| w.trim_end_matches([':', ',']));
    if parts == ["name"] && near.into_iter().any(|w| has(ROLES, &w.to_lowercase())) {
        return Some(true);
    }
    if parts.len() == 1 || parts == ["display", "name"] {
        parts.splice(..0, self::parts(block.trim_end_matches('s')));
    }
    let (last, rest) = parts.split_last()?;
    let of = rest.last().map_or("", String::as_str);
    let last = if last == "names" { "name" } else { last };
    let called = has("name nm summary", last) || last == "display";
    let any = |list: &str| rest.iter().any(|w| has(list, w));
    let person = |w: &str| has(PERSONS, w) || has(USERS, w);
    // `imap-login:` is a program, `FN:` a line of a contact
    if name == "FN"
        || person(last) && !(last == "login" && name.contains('-'))
        || last == "name" && has(NAMED, of)
        || called && (rest.iter().any(|w| person(w)) || of == "account")
        || has("first last", last) && has(ROLES, of)
        || last == "call" && of == "on"
    {
        return Some(false);
    }
    let sent = last == "to" && has("ship bill sold deliver", of);
    let role = sent || has(ROLES, last) && !has("cc from to for", last) || called && any(ROLES);
    role.then_some(true)
}

/// What people are called by, who may be named behind it.
pub(in crate::text) fn roles() -> impl Iterator<Item = &'static str> {
    let all = [PERSONS, USERS, ROLES].into_iter();
    all.flat_map(str::split_ascii_whitespace)
        .filter(|w| !has(NO_ROLES, w))
}

/// Whether a word is what those who log in are called; `None` if it is not even what people are called at their work.
pub(in crate::text) fn user(word: &str) -> Option<bool> {
    let last = parts(word).pop()?;
    let user = has(USERS, &last) || has(ACCOUNTS, &last);
    (user || has(PERSONS, &last) && last != "by").then_some(user)
}

/// Whether a list of words, with blanks between them, holds a word.
pub(in crate::text) fn has(list: &str, word: &str) -> bool {
    let list = list.as_bytes();
    let blank = |b: Option<&u8>| b.is_none_or(|b| b.is_ascii_whitespace());
    let whole =
        |at: usize| blank(at.checked_sub(1).map(|n| &list[n])) && blank(list.get(at + word.len()));
    let Some(first) = word.bytes().next().filter(|_| !word.contains(' ')) else {
        return false;
    };
    let begins = |at: &usize| list[*at..].starts_with(word.as_bytes());
    let mut places = memchr::memchr_iter(first, list).filter(begins);
    places.any(whole)
}

/// Whether a word behind that of a secret says that the value is none: `token label`.
pub(super) fn is_about(word: &str) -> bool {
    has(ABOUT_IT, word)
}

/// The words of a name, without numbers at their ends and marks on their letters.
pub(in crate::text) fn parts(name: &str) -> Vec<String> {
    let mut all = match name.is_ascii() {
        true => words::split(name),
        false => words::split(&plain(name)),
    };
    for p in &mut all {
        let stem = p.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        p.truncate(if stem > 1 { stem } else { p.len() });
    }
    all
}

/// A name in small letters of ASCII: without marks, and words of other scripts as what they mean.
pub(in crate::text) fn plain(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let rows = LETTERS.lines().filter_map(|row| row.split_once('\t'));
    rows.fold(name.to_lowercase(), |all, (from, to)| match to.len() {
        0..3 => all.replace(|c| from.contains(c), to),
        _ => all.replace(from, &format!(" {to} ")),
    })
}

/// What words say that mean one thing wherever they stand.
static WORDS: LazyLock<HashMap<&str, Class>> = LazyLock::new(|| {
    let of = |(list, class): (&'static str, Class)| {
        list.split_ascii_whitespace().map(move |w| (w, class))
    };
    let lists = [
        (LIKELY, Class::Likely),
        (PERSONAL, Class::Personal),
        (HOMES, Class::Home),
        (CODES, Class::Code),
        (ALONE, Class::Secret),
    ];
    lists.into_iter().flat_map(of).collect()
});
/// Words that are a secret wherever a word of a name ends with them, by their last signs.
static ENDS: LazyLock<[Vec<&str>; 32]> = LazyLock::new(|| {
    let mut all = [const { Vec::new() }; 32];
    for w in SECRET.split_ascii_whitespace() {
        all[last_sign(w)].push(w);
    }
    all
});

fn last_sign(word: &str) -> usize {
    word.bytes().last().map_or(0, |b| usize::from(b & 31))
}

fn is_secret(part: &str) -> bool {
    // also with the article that Nordic languages put behind it
    let stem = ["et", "en"]
        .iter()
        .find_map(|a| part.strip_suffix(a))
        .filter(|s| s.len() > 5);
    let ends = part.len() > 1
        && [Some(part), stem]
            .into_iter()
            .flatten()
            .any(|p| ENDS[last_sign(p)].iter().any(|w| p.ends_with(w)));
    // `passhash`: what of one
    let mut kinds = KINDS.iter().filter_map(|k| part.strip_suffix(k));
    ends && !has(OTHERS, part) && !part.starts_with("lib")
        || WORDS.get(part) == Some(&Class::Secret)
        || kinds.any(|of| has(SECRET, of))
}

/// Whether a word is that of a code, whose kind stands before it in the same word: `logincode`, `inloggningskod`.
fn is_code(word: &str) -> bool {
    let known = "error err status exit return reason response result post postal zip area country hash bar qr op uni source fehler \
        fel land lang language currency event fault trans en de product item region state";
    // also with the article that Nordic languages put behind it
    let mut ends = ["code", "kode", "kod", "koden", "kodet"].iter();
    let of = ends.find_map(|end| word.strip_suffix(end));
    of.is_some_and(|of| has(TYPED, of) || of.len() > 4 && !has(known, of))
}

/// Whether the value of a name that ends with a word is a session.
pub(super) fn is_session(word: &str) -> bool {
    word == "sid" || SESSIONS.iter().any(|s| word.ends_with(s))
}

/// Whether a word behind that of a secret names who deals with it or what was done: `token_refresher`, `password_changed`.
pub(super) fn is_deed(part: &str) -> bool {
    let typed = has("entered typed given supplied submitted provided", part);
    let plain = !is_secret(part) && part.len() > 4;
    plain
        && !typed
        && ["er", "or", "ing", "ed", "tion", "ment"]
            .iter()
            .any(|e| part.ends_with(e))
}

/// The words of a name, and the one before it where it says little: "API key", "customer name".
fn words(name: &str, before: &str) -> Vec<String> {
    let mut parts = parts(name);
    let lone = parts.len() == 1 && has(LITTLE, &parts[0]);
    let mut words = before.trim_end_matches(' ').rsplit(' ');
    // "your shop code": whose code it is says more than what is opened
    let near = before.trim_end_matches(' ').rsplit(' ');
    let near = near.take(if lone { 3 } else { 0 });
    let word = |w: &str| {
        w.rsplit(['"', '\'', '=', ':', '>'])
            .next()
            .unwrap_or_default()
            .to_lowercase()
    };
    let whose = near.map(word).find(|w| has(TYPED, w));
    if let Some(whose) = whose {
        parts.insert(0, whose);
        return parts;
    }
    let word = words.next();
    // "code de verification", "clave de acceso": what it is a code of stands behind
    let head = match word {
        Some(w) if has("code kod kode codigo codice koodi", w) => word,
        _ => word
            .filter(|w| has("de di del du da do of", w))
            .and(words.next()),
    };
    if let Some(head) = head.filter(|_| parts.len() == 1 && !lone) {
        parts.extend(self::parts(head));
        parts.truncate(2);
    }
    let plain = |w: &&str| w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if let Some(word) = word.filter(plain).filter(|_| lone) {
        parts.splice(..0, words::split(word));
    }
    parts
}

/// What the value of a key is, by the key's name and what stands before it in the text.
pub(super) fn class(name: &str, before: &str) -> Option<Class> {
    let parts = words(name, before);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    // what a secret is called in its store
    if let [.., of, "key"] = parts[..]
        && of.starts_with("pass")
    {
        return None;
    }
    let all = (0..parts.len()).filter_map(|n| Some((n, of_part(&parts, n, parts[n])?)));
    // the last that is a secret before anything else, and of others the first
    let order = |(n, c): &(usize, Class)| match c {
        Class::Secret => (0, parts.len() - n),
        _ => (1, *n),
    };
    let (at, found) = all.min_by_key(order)?;
    let about = parts.iter().enumerate().any(|(n, p)| {
        let id = *p == "id" && has("session sess secret cookie", parts[at]);
        let held = n == at + 1 && (id || *p == "confirmation");
        n < at && has(ABOUT, p) || n > at && !held && (has(ABOUT_IT, p) || is_deed(p))
    });
    // `routing-request-id` is no number of an account
    let of_person = found == Class::Personal && at + 2 >= parts.len();
    (!about && found != Class::Personal || of_person).then_some(found)
}

/// What a word of a name says of the value.
fn of_part(parts: &[&str], n: usize, p: &str) -> Option<Class> {
    let before = n.checked_sub(1).map_or("", |n| parts[n]);
    let after = parts.get(n + 1).copied().unwrap_or_default();
    let lone = parts.len() == 1;
    Some(match p {
        "authorization" => Class::Credentials,
        "cookie" | "cookies" | "setcookie" => Class::Cookies,
        "bearer" | "basic" | "negotiate" | "ntlm" if lone => Class::Scheme,
        "token" if has(CODES, before) || before == "2fa" => Class::Code,
        "secret" | "credential" | "credentials" if lone => Class::Named,
        "key" | "keys" if has(OPENS, before) || after == "base" => Class::Secret,
        _ if has(KEYS, p) && [before, after].iter().any(|w| has(OPENS, w)) => Class::Secret,
        "key" | "keys" | "appid" | "mnemonic" => Class::Vague,
        _ if has(KEYS, p) => Class::Vague,
        "code" | "codes" | "codigo" | "codice" | "kod" | "kode" | "koodi" if has(TYPED, before) => {
            Class::Code
        }
        "phrase" if has("seed recovery backup wallet secret", before) => Class::Secret,
        "code" | "codes" | "ticket" if lone => Class::Vague,
        "tax" | "national" | "social" if matches!(after, "id" | "security" | "insurance") => {
            Class::Personal
        }
        _ if is_secret(p) => Class::Secret,
        _ if p
            .strip_suffix("key")
            .is_some_and(|of| has(CODES, of) || has(OPENS, of)) =>
        {
            Class::Secret
        }
        _ if WORDS.contains_key(p) => *WORDS.get(p)?,
        _ if is_code(p) => Class::Code,
        _ if is_session(p) || p.ends_with("community") => Class::Likely,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{or_dash, tried};

    #[test]
    fn names_say_what_they_hold() {
        let held =
            |name: &str, before: &str| or_dash(class(name, before).map(|c| format!("{c:?}")));
        for [want, names] in tried("names of what is held") {
            for name in names.split(' ') {
                assert_eq!(held(name, ""), want, "{name}");
            }
        }
        assert_eq!(held("key", "the API "), "Secret");
        assert_eq!(held("code", "the exit "), "-");
    }
}
