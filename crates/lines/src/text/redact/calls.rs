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
const ALGORITHMS: &str = "aes sha des rsa md cbc gcm hmac bf";
/// What the name of one ends with that is given no account: programs and faults.
const DOERS: &str = "er or ing ed exception service";

/// Signs that the operands of a call have at most.
const CALL: usize = 300;

/// The places of secrets that calls are given.
pub(super) fn called(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for (open, sign) in text.match_indices(['(', '[', '{', ' ']) {
        // `connect(`, `connect (`, and as Erlang writes one: `{epgsql,connect,["db", …`
        let head = text[..open]
            .strip_suffix([' ', ','])
            .unwrap_or(&text[..open]);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let name = &head[head.trim_end_matches(is_name).len()..];
        // `EXEC sp_addlogin 'app', '…'`, `ConvertTo-SecureString '…'`
        let loose = sign == " ";
        if name.is_empty()
            || loose && !(name.contains(['_', '-']) && text[open + 1..].starts_with('\''))
        {
            continue;
        }
        let all = operands(text, open + 1);
        let parts = keys::parts(name);
        let of = |list: &str, p: &str| list.split(' ').any(|w| p.ends_with(w));
        let any = |list| parts.iter().any(|p| of(list, p));
        let doer = parts.last().is_none_or(|p| of(DOERS, p));
        let secret = (any("secret redacted passphrase")
            || parts.concat().ends_with("securestring"))
            && all.len() == 1;
        let signed = any(SIGNED) && !doer;
        let account = signed || any(ACCOUNTS) && !doer;
        let database = all.first().is_some_and(|(at, _)| {
            let v = &text[at.clone()];
            v.contains(':') && !v.contains("://") && !v.contains(' ')
        });
        for (n, (at, quoted)) in all.iter().enumerate() {
            let v = &text[at.clone()];
            let (quoted, last) = (*quoted, n > 1 && n + 1 == all.len());
            let whole = !v.contains(['/', ':', '=']) && (quoted || !looks::is_identity_word(v));
            let made_up = looks::is_made_up(v) || looks::is_mixed(v) && whole;
            let named = quoted && whole && v.len() > 4 && keys::class(v, "").is_none();
            let plain = named && !looks::is_prose(v);
            let second = last || n == 1 && all.len() < 4;
            let goes = match n {
                0 => {
                    secret
                        && (made_up
                            || quoted && whole && v.bytes().any(|b| !b.is_ascii_alphabetic()))
                }
                _ if account && made_up && (quoted || signed) => true,
                _ => signed && (plain || named && second) || database && last && plain,
            };
            let cipher = plain
                && v.len() > 5
                && any(CIPHERS)
                && !keys::parts(v).iter().any(|p| keys::has(ALGORITHMS, p));
            // a field that its name stands before
            let other = v.contains(": ")
                || looks::is_harmless(v)
                || looks::is_number(v)
                || looks::is_measure(v);
            if (goes || cipher) && !other {
                out.push(at.clone());
            }
        }
    }
    out
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
    let end = b.len().min(from + CALL);
    out.extend(bare(text, start..end.max(start)).filter(|_| quote.is_none()));
    out
}

fn bare(text: &str, r: Range<usize>) -> Option<(Range<usize>, bool)> {
    let v = text.get(r)?.trim();
    let quote = v.find(['"', '\'']).filter(|n| !v[..*n].contains('='));
    let inner = match quote {
        Some(n) => v[n + 1..].split(&v[n..=n]).next()?,
        None => v.rsplit(['(', '[', '{']).next()?,
    };
    let inner = inner.trim_end_matches([')', ']', '}']);
    let at = inner.as_ptr() as usize - text.as_ptr() as usize;
    (!inner.is_empty()).then_some((at..at + inner.len(), quote.is_some()))
}
