//! Takes secrets and personal data out of cleaned text: keys, passwords, tokens, e-mail, card numbers, public addresses.
//! A plain line passes one scan of literals; the rules run only where a literal of theirs occurs.

use regex::{Captures, Regex};
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// Everything: [`secrets`], then addresses cut.
pub(super) fn all(text: String) -> String {
    addresses(secrets(text))
}

/// Secrets, e-mail addresses and card numbers.
pub(super) fn secrets(text: String) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let gate = may_match(&text);
    if !gate && digits < 13 {
        return text;
    }
    let mut text = text;
    if gate {
        for (pattern, with) in &*RULES {
            if let Cow::Owned(t) = pattern.replace_all(&text, *with) {
                text = t;
            }
        }
        text = each(&SCHEME, text, scheme);
        text = each(&KEY_VALUE, text, key_value);
        text = emails(text);
    }
    if digits >= 13 && may_hold_card(&text) {
        text = each(&CARD, text, |c| {
            if is_card(&c[0]) {
                "«card»".to_owned()
            } else {
                c[0].to_owned()
            }
        });
    }
    text
}

/// A pattern of ours; one that does not compile would be a bug that the tests show, and then matches nothing.
fn pattern(p: &str) -> Option<Regex> {
    Regex::new(p).ok()
}

fn each(
    rule: &LazyLock<Option<Regex>>,
    text: String,
    f: impl Fn(&Captures<'_>) -> String,
) -> String {
    let Some(rule) = rule.as_ref() else {
        return text;
    };
    match rule.replace_all(&text, |c: &Captures<'_>| f(c)) {
        Cow::Owned(t) => t,
        Cow::Borrowed(_) => text,
    }
}

/// A literal of each rule below, in lower case; a dot is any character.
const GATE: [&str; 30] = [
    "@",
    "bearer",
    "basic",
    "authorization",
    "eyj",
    "akia",
    "asia",
    "gho_",
    "ghp_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "xox",
    "sk_",
    "rk_",
    "pk_",
    "whsec_",
    "aiza",
    "-----begin",
    "passw",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api.key",
    "session",
    "privatekey",
    "private.key",
];

/// The same as a pattern, for texts in which other letters than those of ASCII may stand for them.
static ANY_GATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let all = GATE.map(|g| g.replace('.', ".?"));
    pattern(&format!("(?i){}", all.join("|")))
});

/// A bit for each literal that begins with a byte, by that byte.
const BEGINS: [u32; 256] = {
    let (mut all, mut i) = ([0; 256], 0);
    while i < GATE.len() {
        let first = GATE[i].as_bytes()[0];
        all[first as usize] |= 1 << i;
        all[first.to_ascii_uppercase() as usize] |= 1 << i;
        i += 1;
    }
    all
};

/// Whether a literal of the gate stands in a text. In most texts none does, and that costs less than to make a pattern.
fn may_match(text: &str) -> bool {
    if !text.is_ascii() {
        return ANY_GATE.as_ref().is_none_or(|g| g.is_match(text));
    }
    let b = text.as_bytes();
    (0..b.len()).any(|i| {
        let mut set = BEGINS[usize::from(b[i])];
        std::iter::from_fn(|| {
            let n = set.trailing_zeros() as usize;
            set &= set.wrapping_sub(1);
            GATE.get(n)
        })
        .any(|g| stands(&b[i..], g))
    })
}

/// Whether some bytes begin with a literal of the gate.
fn stands(b: &[u8], literal: &str) -> bool {
    let b = b.get(..literal.len()).unwrap_or_default();
    let is = |(b, l): (&u8, u8)| l == b'.' && *b != b'\n' || b.to_ascii_lowercase() == l;
    !b.is_empty() && b.iter().zip(literal.bytes()).all(is)
}

static RULES: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (
            r"-----BEGIN[A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END[A-Z0-9 ]*PRIVATE KEY-----|$)",
            "«private-key»",
        ),
        // Greedy up to the last @ before a slash: a password may hold an @.
        (r#"(://[^\s:/@"']*:)[^\s/"']+@"#, "$1«secret»@"),
        (
            r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?",
            "«jwt»",
        ),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", "«aws-key»"),
        (
            r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
            "«github-token»",
        ),
        (r"\bxox[abeoprs]-[A-Za-z0-9-]{8,}", "«slack-token»"),
        (
            r"\b(?:[srp]k_(?:live|test)_|whsec_)[A-Za-z0-9]{8,}",
            "«stripe-key»",
        ),
        (r"\bAIza[A-Za-z0-9_-]{35}", "«api-key»"),
    ]
    .into_iter()
    .filter_map(|(p, with)| Some((pattern(p)?, with)))
    .collect()
});

/// `Authorization: Scheme value`, or a bare `Bearer value`.
static SCHEME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"(?i)(\bauthorization["']?\s*[:=]\s*["']?)?\b((?:bearer|basic|digest|negotiate)\s+)([A-Za-z0-9._~+/=-]+)"#,
    )
});

/// "basic authentication failed" is prose; a value has a digit, `=` or is long, or stands in the header itself.
fn scheme(c: &Captures<'_>) -> String {
    let value = &c[3];
    let telling = value.len() >= 8
        && (value.len() >= 24 || value.bytes().any(|b| b.is_ascii_digit() || b == b'='));
    if c.get(1).is_some() || telling {
        format!("{}{}«secret»", c.get(1).map_or("", |m| m.as_str()), &c[2])
    } else {
        c[0].to_owned()
    }
}

/// `password=…`, `"token":"…"`, `X-Api-Key: …`.
static KEY_VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"(?i)((password|passwd|passwort|pwd|passphrase|secret|token|api[_-]?key|session(?:[_-]?id)?|private[_-]?key|authorization)(\\?["'])?\s*([=:])\s*)(\\?"(?:[^"\\]|\\.)*|'[^']*|[^\s&;,"'<>)\]}]+)"#,
    )
});

/// After `=` or in a quoted key any value is one; after a bare colon "token: expired" is prose, so that `token`,
/// `session` and `authorization` need a value that looks like one.
fn key_value(c: &Captures<'_>) -> String {
    let value = &c[5];
    let quote: String = value
        .chars()
        .take_while(|c| matches!(c, '"' | '\'' | '\\'))
        .take(2)
        .collect();
    let inner = &value[quote.len()..];
    // The working directory, as sudo logs it.
    if &c[2] == "PWD" && inner.starts_with('/') {
        return c[0].to_owned();
    }
    let key = c[2].to_ascii_lowercase();
    let wordy = ["token", "session", "authorization"].contains(&key.as_str());
    let prose = &c[4] == ":" && c.get(3).is_none() && wordy;
    let telling = inner.len() >= 8 && inner.bytes().any(|b| b.is_ascii_digit());
    if inner.is_empty() || inner.starts_with('«') || (prose && !telling) {
        return c[0].to_owned();
    }
    format!("{}{quote}«secret»", &c[1])
}

static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"));

/// Last parts of things with an `@` that are no e-mail addresses: systemd instances and image names.
const NO_MAIL: &[&str] = &[
    "service", "socket", "timer", "target", "mount", "slice", "scope", "device", "swap", "path",
    "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css",
];

/// The e-mail addresses of a text, in order.
pub(super) fn mail_addresses(text: &str) -> Vec<String> {
    if !text.contains('@') {
        return Vec::new();
    }
    let all = EMAIL.iter().flat_map(|r| r.find_iter(text));
    let mail = |m: &str| {
        let end = m.rsplit('.').next().map(str::to_ascii_lowercase);
        !NO_MAIL.iter().any(|e| end.as_deref() == Some(e))
    };
    all.map(|m| m.as_str())
        .filter(|m| mail(m))
        .map(str::to_owned)
        .collect()
}

/// Numbers the e-mail addresses of one text by first appearance.
fn emails(text: String) -> String {
    if !text.contains('@') {
        return text;
    }
    let seen = std::cell::RefCell::new(Vec::<String>::new());
    each(&EMAIL, text, |c| {
        let all = c[0].to_ascii_lowercase();
        if NO_MAIL.iter().any(|e| all.rsplit('.').next() == Some(e)) {
            return c[0].to_owned();
        }
        let mut seen = seen.borrow_mut();
        let n = seen.iter().position(|s| *s == all).unwrap_or_else(|| {
            seen.push(all);
            seen.len() - 1
        });
        format!("«email-{}»", n + 1)
    })
}

static CARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"\b(?:\d{13,19}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]\d{5})\b")
});

/// Whether so many digits follow each other as a card number has, perhaps with blanks and dashes between them. To make the
/// pattern costs more than to look.
fn may_hold_card(text: &str) -> bool {
    let digits = |part: &[u8]| part.iter().filter(|c| c.is_ascii_digit()).count();
    let other = |c: &u8| !(c.is_ascii_digit() || matches!(c, b' ' | b'-'));
    !text.is_ascii() || text.as_bytes().split(other).any(|part| digits(part) >= 13)
}

/// A payment card number: a known first digit for its length (which keeps epoch times out) and a valid Luhn sum.
fn is_card(s: &str) -> bool {
    let d: Vec<u32> = s.chars().filter_map(|c| c.to_digit(10)).collect();
    let known = matches!(
        (d.first(), d.get(1), d.len()),
        (Some(4), _, 13 | 16 | 19)
            | (Some(5), Some(1..=5), 16)
            | (Some(2), Some(2..=7), 16)
            | (Some(3), Some(4 | 7), 15)
            | (Some(3), Some(0 | 6 | 8), 14)
            | (Some(3), Some(5), 16)
            | (Some(6), _, 16..=19)
    );
    let sum: u32 = d
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &x)| match (i % 2, x) {
            (0, x) => x,
            (_, x) if x > 4 => 2 * x - 9,
            (_, x) => 2 * x,
        })
        .sum();
    known && sum.is_multiple_of(10)
}

static V4: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(^|[^A-Za-z0-9_.-])(\d{1,3}(?:\.\d{1,3}){3})"));
static V6: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(^|[^A-Za-z0-9:.])([23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]+)"));

/// Cuts public addresses to /24 (`203.0.113.x`) and /48 (`2001:db8:1::x`). Private, loopback and link-local ones stay:
/// they name the machines of the archive, not people.
pub(super) fn addresses(mut text: String) -> String {
    if text.bytes().filter(|b| *b == b'.').count() >= 3 {
        text = each_bounded(&V4, text, b".", v4_cut);
    }
    if text.bytes().filter(|b| *b == b':').count() >= 2 {
        text = each_bounded(&V6, text, b":", v6_cut);
    }
    text
}

/// Replaces the second group where what follows it cannot be more of the same word.
fn each_bounded(
    rule: &LazyLock<Option<Regex>>,
    text: String,
    joint: &[u8],
    cut: fn(&str) -> Option<String>,
) -> String {
    let Some(rule) = rule.as_ref() else {
        return text;
    };
    let mut out = String::new();
    let mut done = 0;
    for c in rule.captures_iter(&text) {
        let Some(m) = c.get(2) else { continue };
        let rest = &text.as_bytes()[m.end()..];
        let more = match rest {
            [b, ..] if b.is_ascii_alphanumeric() || *b == b'_' => true,
            [j, n, ..] if joint.contains(j) => n.is_ascii_digit() && *j == b'.',
            _ => false,
        };
        if let (false, Some(with)) = (more, cut(m.as_str())) {
            out.push_str(&text[done..m.start()]);
            out.push_str(&with);
            done = m.end();
        }
    }
    if done == 0 {
        return text;
    }
    out.push_str(&text[done..]);
    out
}

fn v4_cut(s: &str) -> Option<String> {
    let a: Ipv4Addr = s.parse().ok()?;
    let [x, y, z, _] = a.octets();
    let ours = a.is_private()
        || a.is_loopback()
        || a.is_link_local()
        || a.is_multicast()
        || a.is_broadcast()
        || x == 0;
    (!ours).then(|| format!("{x}.{y}.{z}.x"))
}

fn v6_cut(s: &str) -> Option<String> {
    let trimmed = s
        .strip_suffix(':')
        .filter(|t| !t.ends_with(':'))
        .unwrap_or(s);
    let a: Ipv6Addr = trimmed.parse().ok()?;
    let [x, y, z, ..] = a.segments();
    Some(format!("{x:x}:{y:x}:{z:x}::x{}", &s[trimmed.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_are_found_in_any_case() {
        for text in [
            "Bearer x",
            "API-Key: 1",
            "apikey",
            "PASSWORD",
            "a@b",
            "x xoxb-1",
        ] {
            assert!(may_match(text), "{text}");
        }
        for text in ["", "GET /cart 200", "api", "ap key", "bear", "to ken"] {
            assert!(!may_match(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_holds_no_card_matches_none(text in r"([0-9]{1,8}|[ -]|[a-f٣]| - ){0,12}") {
            prop_assert!(may_hold_card(&text) || !CARD.as_ref().unwrap().is_match(&text), "{}", text);
        }

        #[test]
        fn the_gate_is_its_pattern(text in r"((?i)@|bear|er|basic|eyj|akia|gh[opx]|_|xo|x|sk_|-----|begin|pass|w|p|api|key|.|session|private|tok|en|\n| ){0,9}") {
            let pattern = ANY_GATE.as_ref().unwrap();
            prop_assert_eq!(may_match(&text), pattern.is_match(&text), "{}", text);
        }
    }
}
