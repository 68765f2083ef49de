//! Secrets by their form: public kinds of tokens, hashes of passwords, blocks of keys, and whatever else is chance.

use super::{chance, keys, looks};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Kinds, prefixes, signs, lengths, and where they are documented.
const TABLE: &str = include_str!("kinds.tsv");

struct SecretKind {
    label: &'static str,
    prefix: &'static str,
    /// Signs beside letters and digits.
    signs: &'static str,
    /// Which letters and digits.
    letter: fn(&u8) -> bool,
    len: usize,
    /// Whether hashes look so too, and names that end with a part of one.
    hashed: bool,
    /// Whether capitals alone are chance, behind a prefix that no word begins with.
    loud: bool,
}

/// The kinds by the first sign of their prefix.
static KINDS: LazyLock<Vec<Vec<SecretKind>>> = LazyLock::new(|| {
    let mut all: Vec<Vec<SecretKind>> = (0..128).map(|_| Vec::new()).collect();
    for kind in TABLE
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(kinds)
        .flatten()
    {
        let first = kind.prefix.bytes().next().map(usize::from);
        if let Some(of) = first.and_then(|n| all.get_mut(n)) {
            of.push(kind);
        }
    }
    all
});

fn kinds(row: &'static str) -> Option<impl Iterator<Item = SecretKind>> {
    let mut f = row.split('\t');
    let (label, prefixes, alphabet) = (f.next()?, f.next()?, f.next()?);
    let (letters, signs) = alphabet.split_once(' ').unwrap_or((alphabet, ""));
    let letter: fn(&u8) -> bool = match letters {
        "hex" => u8::is_ascii_hexdigit,
        "upper" => |b| b.is_ascii_uppercase() || b.is_ascii_digit(),
        _ => u8::is_ascii_alphanumeric,
    };
    let len = f.next()?.parse().ok()?;
    Some(prefixes.split(' ').map(move |prefix| SecretKind {
        label,
        prefix,
        signs,
        letter,
        len,
        hashed: letters == "hex",
        loud: letters == "upper" && prefix.len() > 3,
    }))
}

impl SecretKind {
    /// How far a token of this kind reaches that begins with a text. A prefix that ends with a sign is sure: a token that was
    /// cut is still one then.
    fn reach(&self, rest: &str) -> Option<usize> {
        let body = rest.strip_prefix(self.prefix)?;
        let own = |b: u8| (self.letter)(&b) || self.signs.as_bytes().contains(&b);
        let len = body.bytes().take_while(|b| own(*b)).count();
        let has_sign = !self.prefix.ends_with(|c: char| c.is_ascii_alphanumeric()) && !self.hashed;
        let least = match has_sign && self.prefix.len() > 2 {
            true => (self.len / 4).clamp(8, 16),
            false => self.len,
        };
        let body = &body[..len];
        let chance = self.loud
            || body.bytes().any(|b| b.is_ascii_digit())
            || body.bytes().any(|b| b.is_ascii_uppercase())
                && body.bytes().any(|b| b.is_ascii_lowercase());
        let ends =
            !rest[self.prefix.len() + len..].starts_with(|c: char| c.is_ascii_alphanumeric());
        (len >= least && ends && chance && chance::entropy(body) >= FLOOR)
            .then_some(self.prefix.len() + len)
    }
}

/// Bits a sign that what stands behind a prefix has at least: the rest is an example.
const FLOOR: f64 = 2.2;

/// The places of tokens of known kinds, and what stands for each.
pub(super) fn known(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let b = text.as_bytes();
    let kinds = &*KINDS;
    let mut out = Vec::new();
    let mut at = 0;
    while at < b.len() {
        let starts = b[at].is_ascii() && (at == 0 || !b[at - 1].is_ascii_alphanumeric());
        let joined = at > 0 && matches!(b[at - 1], b'-' | b'_');
        let all = kinds.get(usize::from(b[at])).filter(|_| starts);
        // what ends a longer name and is followed by a hash is a name: `checkout-api-HASH`
        let found = all.into_iter().flatten().filter(|k| !joined || !k.hashed);
        let found = found.filter_map(|k| Some((k.reach(&text[at..])?, k.label)));
        // where the next page begins: `{"offset":150}`
        let found = found.filter(|(len, label)| *label != "jwt" || !is_plain(&text[at..at + len]));
        match found.max_by_key(|f| f.0) {
            Some((len, label)) => {
                out.push((at..at + len, label));
                at += len;
            }
            None => at += 1,
        }
    }
    blocks(text, &mut out);
    hashes(text, &mut out);
    out
}

/// Private keys, from their first line to their last, or as far as the text goes.
fn blocks(text: &str, out: &mut Vec<(Range<usize>, &'static str)>) {
    for (at, _) in text.match_indices("-----BEGIN") {
        let rest = &text[at + 10..];
        let Some(head) = rest.find("-----") else {
            continue;
        };
        if !rest[..head].contains("PRIVATE KEY") {
            continue;
        }
        let from = at + 10 + head + 5;
        let end = text[from..].find("-----END").map(|n| from + n + 8);
        let end = end.map(|n| text[n..].find("-----").map_or(text.len(), |m| n + m + 5));
        out.push((at..end.unwrap_or(text.len()), "private-key"));
    }
}

/// How hashes of passwords begin: `$2b$12$…`, `$argon2id$v=19$…`, `{SSHA}…`, `pbkdf2_sha256$260000$…`; two hashes of Windows, the old one before the new one; what opens a disk when nothing else does, and how MySQL keeps
/// passwords.
static HASH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let begins = r"(?:\{[A-Za-z0-9-]+\}|\$[A-Za-z0-9-]+\$|\b[a-z][a-z0-9_]+\$[0-9])";
    let windows = r"\b[0-9A-Fa-f]{16,32}:[0-9A-Fa-f]{32}\b";
    let scram = r"\bSCRAM-[A-Z0-9-]+\$[A-Za-z0-9+/=:$]{16,}";
    let disk = r"\b[0-9]{6}(?:-[0-9]{6}){7}\b|\*[0-9A-F]{40}\b";
    Regex::new(&format!(
        r"{scram}|{begins}[A-Za-z0-9./+=,$_-]{{16,}}|{windows}|{disk}"
    ))
    .ok()
});

fn hashes(text: &str, out: &mut Vec<(Range<usize>, &'static str)>) {
    let may = text.contains(['$', '{', ':', '*']) || text.matches('-').nth(3).is_some();
    let found = HASH.iter().filter(|_| may).flat_map(|r| r.find_iter(text));
    // `Batch$$Lambda$1182/0x…`, as Java calls what it makes
    let made = |h: &regex::Match<'_>| h.as_str().contains("$$") || text[..h.start()].ends_with('$');
    for hash in found.filter(|h| !made(h)) {
        let all = hash.as_str().trim_end_matches([',', '.']);
        let last = all.rsplit(['$', '}', ':']).next().unwrap_or_default();
        let typed = last.len() == all.len();
        let digits = last.bytes().filter(u8::is_ascii_digit).count();
        if typed && digits == 48 || last.len() >= 16 && chance::chance(last) >= 8 {
            let label = if typed { "license-key" } else { "hash" };
            out.push((hash.start()..hash.start() + all.len(), label));
        }
    }
}

/// Tokens of chance that nothing announces: the last net.
pub(super) fn chance(text: &str) -> Vec<Range<usize>> {
    let b = text.as_bytes();
    let own = |b: u8| b.is_ascii_alphanumeric() || b"_-+/=~".contains(&b);
    let mut out = Vec::new();
    let mut at = 0;
    while at < b.len() {
        let len = b[at..].iter().take_while(|b| own(**b)).count();
        let run = at..at + len;
        at += len.max(1);
        // `sha256-…`, `req_…`, `h1:…`, `data:image/png;base64,…`
        if len < 19 || text[..run.start].ends_with(";base64,") {
            continue;
        }
        let whole = &text[run.clone()];
        // an entry of a store, by its path of names
        let names = whole.rsplit_once('/').map(|(names, _)| names);
        let entry = |names: &str| names.contains('/') && names.split('/').all(looks::is_prose);
        if names.is_some_and(entry) && b.get(run.start.wrapping_sub(1)).is_none_or(|b| *b == b' ') {
            continue;
        }
        let head = whole.split(['-', '_']).next();
        if head.is_some_and(|h| chance::chance(h) == 0 && looks::is_identity_word(h))
            || looks::is_thing(text, run.start, whole)
        {
            continue;
        }
        // `x-amz-id-2=…/…`: the key is that of all parts
        let named = whole.split_once('=').map(|(_, v)| v);
        let named = named.filter(|v| v.bytes().any(|b| b != b'='));
        if named.is_some_and(|v| looks::is_thing(text, run.end - v.len(), v))
            || is_plain(named.unwrap_or(whole))
            || is_public(&text[..run.start], whole)
        {
            continue;
        }
        let before = out.len();
        let mut from = run.start;
        for part in text[run.clone()].split('/') {
            let key = part
                .find('=')
                .filter(|n| part.len() - n > 8 || !part[..*n].bytes().any(|b| b.is_ascii_digit()));
            let key = key.filter(|n| part[n + 1..].bytes().any(|b| b != b'='));
            let from_value = key.map_or(0, |n| n + 1);
            let value = &part[from_value..];
            let start = from + from_value;
            // a path holds hashes, and files whose names are made by chance
            let kind = text[start + value.len()..]
                .strip_prefix('.')
                .unwrap_or_default();
            let len = kind.find(|c: char| !c.is_ascii_alphanumeric());
            let file = (2..=5).contains(&len.unwrap_or(kind.len()));
            let small = |p: &str| p.len() > 2 && p.bytes().all(|b| b.is_ascii_lowercase());
            // `Q2RTY7PK0LMN1A-log_entries.jsonl`
            let called = file && value.split(['-', '_']).any(small);
            let hashed = called
                || whole.starts_with('/')
                    && (file || !value.bytes().any(|b| b.is_ascii_uppercase()));
            let code = looks::is_code(value);
            if code
                || value.len() >= 20
                    && !hashed
                    && (chance::is_token(value) || from_value > 0 && chance::is_small_token(value))
                    && !looks::is_thing(text, start, value)
            {
                out.push(start..start + value.len());
            }
            from += part.len() + 1;
        }
        let path = whole.starts_with('/')
            || b[..run.start].ends_with(b".")
            || b.get(run.end) == Some(&b'.');
        if out.len() == before
            && whole.contains('/')
            && !path
            && len >= 36
            && chance::chance(whole) * 4 >= len * 3
            && chance::is_token(whole)
        {
            out.push(run);
        }
    }
    out
}

/// Codes to recover an account, in a list: three and more of one form, each of groups that mix letters and digits.
pub(super) fn listed(text: &str) -> Vec<Range<usize>> {
    let sign = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    let runs = text.split(sign).filter(|r| !r.is_empty());
    let place = |r: &str| r.as_ptr() as usize - text.as_ptr() as usize;
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut list: Vec<&str> = Vec::new();
    for run in runs.chain([""]) {
        let alike = looks::is_mixed_groups(run) && list.last().is_none_or(|l| l.len() == run.len());
        if !alike {
            if list.len() > 2 {
                out.extend(list.iter().map(|r| place(r)..place(r) + r.len()));
            }
            list.clear();
        }
        if alike {
            list.push(run);
        }
    }
    out
}

/// Words in base64 that are a secret as they are decoded: a name and a password, or what somebody typed.
pub(super) fn encoded(text: &str) -> Vec<Range<usize>> {
    let own = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let b = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < b.len() {
        let len = b[at..].iter().take_while(|b| own(b)).count();
        let pad = b[at + len..]
            .iter()
            .take(2)
            .take_while(|b| **b == b'=')
            .count();
        let run = at..at + len + pad;
        at += len.max(1);
        let whole = len >= 10 && run.len() % 4 == 0;
        let account = |run: &str| decoded(run).is_some_and(|d| is_account(&d));
        if whole && account(&text[run.clone()]) && !looks::is_identity(text, run.start) {
            out.push(run);
        }
    }
    out
}

/// What a text in base64 stands for, where that is a text.
fn decoded(text: &str) -> Option<String> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let mut out = String::new();
    let (mut bits, mut held) = (0u32, 0);
    for b in text.bytes().filter(|b| *b != b'=') {
        (bits, held) = (bits << 6 | u32::from(digit(b)), held + 6);
        if held >= 8 {
            held -= 8;
            let sign = char::from((bits >> held & 255) as u8);
            let seen = sign.is_ascii_graphic() || matches!(sign, '\0' | ' ' | '\n');
            out.push(Some(sign).filter(|_| seen)?);
        }
    }
    Some(out)
}

/// Whether a key is public, by the name of its kind that begins it (RFC 5280, SubjectPublicKeyInfo), or in a record of mail's
/// signatures, `k=rsa; p=…` (RFC 6376).
fn is_public(before: &str, v: &str) -> bool {
    let field = before.rsplit(';').nth(1).unwrap_or_default();
    let record = v.starts_with("p=") && field.trim_start().starts_with("k=");
    let head = v.get(..40).unwrap_or_default();
    let mut kinds = [
        "BgkqhkiG9w0BAQEFAAOC",
        "BgkqhkiG9w0BAQEFAAOB",
        "MCowBQYDK2VwAyEA",
        "MFkwEwYHKoZIzj0CAQ",
    ]
    .iter();
    // a key as programs of the web pass it on (RFC 7517), but not the part of it that is secret
    let member = before.trim_end_matches(['"', ' ', ':']).rsplit('"').next();
    let jwk = before.contains("\"kty\"") && member.is_some_and(|m| keys::has("x y n x5t", m));
    record || jwk || kinds.any(|k| head.contains(k))
}

/// Whether a text in base64 stands for words, or for an object, in which nothing is secret.
fn is_plain(text: &str) -> bool {
    let own = |b: u8| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b);
    let Some(plain) = decoded(text).filter(|_| text.bytes().all(own)) else {
        return false;
    };
    let words = plain.split([' ', '\n']).filter(|w| looks::is_prose(w));
    let object =
        plain.starts_with("{\"") && plain.trim_end().ends_with('}') && !plain.contains("\"alg\"");
    // nothing that is encoded within, however deep
    let short = plain.split([' ', '\n', '"', ',']).all(|w| w.len() < 64);
    short && (object || words.count() > 1) && super::cuts(&plain).is_empty()
}

/// Whether a decoded text is an account's: `name:secret`, names and a secret with NUL between them, or a secret alone.
fn is_account(text: &str) -> bool {
    match text.split_once(':') {
        _ if text.contains([' ', '\n']) => false,
        _ if text.contains('\0') => {
            let mut parts = text.split('\0');
            parts.clone().count() <= 3 && parts.next_back().is_some_and(|secret| secret.len() >= 4)
        }
        Some((user, secret)) => {
            secret.len() >= 4
                && !user.is_empty()
                && !looks::is_number(user)
                && !looks::is_number(secret)
                && !secret.starts_with('/')
        }
        None => looks::is_made_up(text) || looks::is_typed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<_> = TABLE.lines().skip(1).collect();
        let prefixes = rows.iter().filter_map(|r| r.split('\t').nth(1));
        let prefixes: usize = prefixes.map(|p| p.split(' ').count()).sum();
        assert_eq!(KINDS.iter().map(Vec::len).sum::<usize>(), prefixes);
        for row in &rows {
            let f: Vec<_> = row.split('\t').collect();
            let read = f[4] == "-" || f[4].starts_with("https://");
            assert!(f.len() == 5 && read, "{row}");
        }
        let mut labels: Vec<_> = KINDS.iter().flatten().map(|k| k.label).collect();
        labels.dedup();
        assert!(labels.len() >= 20);
    }
}
