//! Secrets by their form: public kinds of tokens, hashes of passwords, blocks of keys, and whatever else is chance.

use super::looks;
use std::ops::Range;
use std::sync::LazyLock;

/// Kinds, prefixes, signs, lengths, and where they are told.
const TABLE: &str = include_str!("kinds.tsv");

struct Kind {
    label: &'static str,
    prefix: &'static str,
    /// Signs beside letters and digits.
    signs: &'static [u8],
    /// Which letters and digits.
    letter: fn(&u8) -> bool,
    len: usize,
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(kind).collect()
});

fn kind(row: &'static str) -> Option<Kind> {
    let mut f = row.split('\t');
    let (label, prefix, alphabet) = (f.next()?, f.next()?, f.next()?);
    let letter: fn(&u8) -> bool = match alphabet {
        "hex" | "hex-" => u8::is_ascii_hexdigit,
        "upper" => |b| b.is_ascii_uppercase() || b.is_ascii_digit(),
        _ => u8::is_ascii_alphanumeric,
    };
    let signs: &[u8] = match alphabet {
        "hex" | "upper" | "base62" => b"",
        "hex-" | "base62-" => b"-",
        "word" => b"_",
        "word=" => b"_=+/",
        "base64" => b"+/=",
        "base64url" => b"_-",
        "base64url=" => b"_-=",
        "dotted" => b"_-.",
        _ => return None,
    };
    let len = f.next()?.parse().ok()?;
    Some(Kind {
        label,
        prefix,
        signs,
        letter,
        len,
    })
}

impl Kind {
    /// How far a token of this kind reaches that begins with a text. A prefix that ends with a sign is telling: a token that was
    /// cut is still one then.
    fn reach(&self, rest: &str) -> Option<usize> {
        let body = rest.strip_prefix(self.prefix)?;
        let own = |b: u8| (self.letter)(&b) || self.signs.contains(&b);
        let len = body.bytes().take_while(|b| own(*b)).count();
        let telling = !self.prefix.ends_with(|c: char| c.is_ascii_alphanumeric());
        let least = match telling && self.prefix.len() > 2 {
            true => (self.len / 4).clamp(8, 16),
            false => self.len,
        };
        let body = &body[..len];
        let chance = body.bytes().any(|b| b.is_ascii_digit())
            || body.bytes().any(|b| b.is_ascii_uppercase())
                && body.bytes().any(|b| b.is_ascii_lowercase());
        let ends =
            !rest[self.prefix.len() + len..].starts_with(|c: char| c.is_ascii_alphanumeric());
        (len >= least && ends && chance && looks::entropy(body) >= FLOOR)
            .then_some(self.prefix.len() + len)
    }
}

/// Bits a sign that what stands behind a prefix has at least: the rest is an example.
const FLOOR: f64 = 2.2;

/// The places of tokens of known kinds, and what stands for each.
pub(super) fn known(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let b = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < b.len() {
        let starts = text.is_char_boundary(at) && (at == 0 || !b[at - 1].is_ascii_alphanumeric());
        let found = starts.then(|| {
            let all = KINDS.iter().filter(|k| k.prefix.as_bytes()[0] == b[at]);
            all.filter_map(|k| Some((k.reach(&text[at..])?, k.label)))
                .max_by_key(|f| f.0)
        });
        match found.flatten() {
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

/// Hashes of passwords: `$2b$12$…`, `$argon2id$v=19$…`, `{SSHA}…`, `pbkdf2_sha256$…`.
fn hashes(text: &str, out: &mut Vec<(Range<usize>, &'static str)>) {
    let b = text.as_bytes();
    let own = |b: &u8| b.is_ascii_alphanumeric() || b"./+=,$-_".contains(b);
    for (at, _) in text.match_indices(['$', '{']) {
        let start = b[..at]
            .iter()
            .rposition(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
            .map_or(0, |n| n + 1);
        let closed = b[at] == b'{';
        let name = b[at + 1..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count();
        let after = at + 1 + name;
        if closed && b.get(after) != Some(&b'}')
            || !closed && start == at && b.get(after) != Some(&b'$')
        {
            continue;
        }
        let scheme = &text[if closed || start == at {
            at + 1..after
        } else {
            start..at
        }];
        let from = if closed || start == at { after + 1 } else { at };
        let Some(rest) = b.get(from..) else { continue };
        let len = rest.iter().take_while(|b| own(b)).count();
        let hash = text[from..from + len].trim_end_matches([',', '.']);
        let fields = hash.split('$').count();
        let last = hash.rsplit('$').next().unwrap_or_default();
        let long = last.len() >= 16 && looks::chance(last) >= 8;
        let known = !scheme.is_empty()
            && (closed || fields >= 2 || scheme.starts_with('2') && last.len() > 30);
        if known && long {
            out.push((start.min(at)..from + hash.len(), "hash"));
        }
    }
}

/// Tokens of chance that nothing tells of: the last net.
pub(super) fn chance(text: &str) -> Vec<Range<usize>> {
    let b = text.as_bytes();
    let own = |b: u8| b.is_ascii_alphanumeric() || b"_-+/=~".contains(&b);
    let mut out = Vec::new();
    let mut at = 0;
    while at < b.len() {
        let len = b[at..].iter().take_while(|b| own(**b)).count();
        let run = at..at + len;
        at += len.max(1);
        // `sha256-…`, `req_…`
        let head = |whole: &str| {
            whole
                .split(['-', '_'])
                .next()
                .is_some_and(looks::is_identity_word)
        };
        if len < 20 || head(&text[run.clone()]) || looks::is_identity(text, run.start) {
            continue;
        }
        let before = out.len();
        let mut from = run.start;
        for part in text[run.clone()].split('/') {
            let key = part
                .find('=')
                .filter(|n| part[n + 1..].bytes().any(|b| b != b'='));
            let from_value = key.map_or(0, |n| n + 1);
            let value = &part[from_value..];
            let start = from + from_value;
            if value.len() >= 20 && looks::is_token(value) && !looks::is_identity(text, start) {
                out.push(start..start + value.len());
            }
            from += part.len() + 1;
        }
        let whole = &text[run.clone()];
        let path = whole.starts_with('/')
            || b[..run.start].ends_with(b".")
            || b.get(run.end) == Some(&b'.');
        if out.len() == before
            && whole.contains('/')
            && !path
            && len >= 36
            && looks::chance(whole) * 4 >= len * 3
            && looks::is_token(whole)
        {
            out.push(run);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<_> = TABLE.lines().skip(1).collect();
        assert_eq!(KINDS.len(), rows.len());
        for row in &rows {
            let f: Vec<_> = row.split('\t').collect();
            assert!(f.len() == 5 && f[4].starts_with("https://"), "{row}");
        }
        let mut labels: Vec<_> = KINDS.iter().map(|k| k.label).collect();
        labels.dedup();
        assert!(labels.len() >= 60);
    }

    #[test]
    fn a_prefix_alone_is_no_token() {
        for text in [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "api-gateway",
            "sk-learn",
            "AKIAfoo",
            "npm_config_registry",
            "hf_transformers",
            "secret_rotation",
            "AAAA",
        ] {
            assert_eq!(known(text), [], "{text}");
        }
    }
}
