//! Secrets among the operands of calls and constructors, by the name of what is called: `connect("db", "app", "…")`,
//! `Credentials(app,Some(…))`, `decrypt(column, '…')`, `Secret("…")`.

use super::{keys, looks};
use std::ops::Range;

/// Words that a call's name ends with whose operands are an account; behind those of the second list a word may be the secret.
const ACCOUNTS: &str = "connect connection connector bind construct adduser addlogin credential";
const SIGNED: &str =
    "login logon signin auth authenticate authentication password credential credentials creds";
/// The same where the operands are a text and its key.
const CIPHERS: &str = "encrypt decrypt crypt hmac";
/// What the name of one ends with that is given no account: programs and faults.
const DOERS: [&str; 6] = ["er", "or", "ing", "ed", "exception", "service"];

/// Signs that the operands of a call have at most.
const CALL: usize = 300;

/// The places of secrets that calls are given.
pub(super) fn called(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for (open, sign) in text.match_indices(['(', '[', '{', ' ']) {
        let head = text[..open].trim_end_matches(' ');
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name = &head[head.trim_end_matches(is_name).len()..];
        // `EXEC sp_addlogin 'app', '…'`
        let loose = sign == " ";
        if name.is_empty()
            || head.len() + 1 < open
            || loose && !(name.contains('_') && text[open + 1..].starts_with('\''))
        {
            continue;
        }
        let all = operands(text, open + 1);
        let parts = keys::parts(name);
        let any = |list: &str| {
            parts
                .iter()
                .any(|p| list.split(' ').any(|w| p.ends_with(w)))
        };
        let doer = parts
            .last()
            .is_none_or(|p| DOERS.iter().any(|e| p.ends_with(e)));
        let secret = any("secret redacted passphrase") && all.len() == 1;
        let signed = any(SIGNED) && !doer;
        let account = signed || any(ACCOUNTS) && !doer;
        let database = all.first().is_some_and(|(at, _)| {
            let v = &text[at.clone()];
            v.contains(':') && !v.contains("://") && !v.contains(' ')
        });
        for (n, (at, quoted)) in all.iter().enumerate() {
            let v = &text[at.clone()];
            let made_up = looks::is_made_up(v)
                || looks::is_mixed(v)
                    && !v.contains(['/', ':', '='])
                    && (*quoted || !looks::is_identity_word(v));
            let word = *quoted && !looks::is_prose(v)
                || *quoted && signed && n == 1 && (2..=3).contains(&all.len());
            let plain =
                word && v.len() > 4 && !v.contains(['/', ':', '=']) && keys::class(v, "").is_none();
            let other = looks::is_harmless(v) || looks::is_number(v) || looks::is_measure(v);
            let goes = match n {
                0 => secret && made_up,
                _ => {
                    account && made_up && (*quoted || signed)
                        || signed && plain
                        || database && n + 1 == all.len() && n > 1 && plain
                }
            };
            let cipher = any(CIPHERS) && *quoted && plain && v.len() > 5 && !is_algorithm(v);
            if (goes || cipher) && !other {
                out.push(at.clone());
            }
        }
    }
    out
}

/// Whether a text names how something is enciphered: `aes-256-cbc`.
fn is_algorithm(v: &str) -> bool {
    keys::parts(v)
        .iter()
        .any(|p| keys::has("aes sha des rsa md cbc gcm hmac bf", p))
}

/// The operands that begin at a place, without what is around them: quotation marks, which are told, and calls of one operand.
fn operands(text: &str, from: usize) -> Vec<(Range<usize>, bool)> {
    let b = text.as_bytes();
    let (mut out, mut start, mut depth, mut quote) = (Vec::new(), from, 0, None);
    for (at, &c) in b.iter().enumerate().skip(from).take(CALL) {
        match quote {
            Some(q) => quote = Some(q).filter(|q| *q != c),
            None if matches!(c, b'"' | b'\'') => quote = Some(c),
            None if b"([{".contains(&c) => depth += 1,
            None if b")]}".contains(&c) && depth > 0 => depth -= 1,
            None if b",)]}".contains(&c) && depth == 0 => {
                out.extend(bare(text, start..at));
                start = at + 1;
                if c != b',' {
                    return out;
                }
            }
            None => {}
        }
    }
    out.extend(bare(text, start..b.len()).filter(|_| start < b.len() && quote.is_none()));
    out
}

fn bare(text: &str, mut r: Range<usize>) -> Option<(Range<usize>, bool)> {
    loop {
        let v = text.get(r.clone())?;
        let begin = v.len() - v.trim_start().len();
        r = r.start + begin..r.start + v.trim_end().len().max(begin);
        let v = &text[r.clone()];
        // N'…' of SQL, b'…' of Python
        let marked = usize::from(
            v.len() > 1 && v.starts_with(['N', 'b', 'u']) && v[1..].starts_with(['"', '\'']),
        );
        if let Some(q) = v[marked..]
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
        {
            let from = r.start + marked + 1;
            let len = text[from..r.end].find(q)?;
            return Some((from..from + len, true));
        }
        match v.find(['(', '[', '{']) {
            Some(n) => {
                r = r.start + n + 1..r.start + v.trim_end_matches([')', ']', '}']).len().max(n + 1)
            }
            None => return Some((r, false)).filter(|_| !v.is_empty()),
        }
    }
}
