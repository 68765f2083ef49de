//! What a value looks like, whatever its key: chance, a number, a word, a reference to something that lies elsewhere.

use super::chance::{ENTROPY, chance, entropy, turns};
use super::keys;

pub(super) fn is_hex(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits > 0 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Whether a text is a UUID, begins or ends with one, or is one as LVM writes it (`lvmsystemid(7)`, 32 letters and digits).
pub(super) fn holds_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let volume = parts.iter().map(|p| p.len()).eq([6, 4, 4, 4, 4, 4, 6]);
    if volume
        && parts
            .iter()
            .all(|p| p.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        return true;
    }
    let sizes =
        |w: &[&str]| w.iter().map(|p| p.len()).eq([8, 4, 4, 4, 12]) && w.iter().all(|p| is_hex(p));
    parts.windows(5).any(sizes)
}

/// Whether a text in base64 has the length of a digest and stands behind the short name of an algorithm: `h1:…=`, `sha512-…=`.
fn is_digest(before: &str, text: &str) -> bool {
    let sign = |c: char| !c.is_ascii_alphanumeric();
    let name = |b: &str| (2..=8).contains(&b.rsplit(sign).next().map_or(0, str::len));
    let numbered = |n: &str| name(n) && n.ends_with(|c: char| c.is_ascii_digit());
    let joined = text.split_once('-').filter(|(n, _)| numbered(n));
    let body = joined.map_or(text, |(_, body)| body);
    matches!(body.len(), 28 | 44 | 64 | 88)
        && (joined.is_some() || before.strip_suffix(':').is_some_and(name))
        // `Content-MD5 you specified …`
        || before.trim_end_matches('"').strip_suffix('=').is_some_and(|b| numbered(b.rsplit(sign).next().unwrap_or_default()))
        || matches!(text.len(), 24 | 28)
            && text.ends_with('=')
            && follows(before, before.len(), "md sha digest checksum", 4)
}

/// Whether a text is the name of a thing with a digest of what it holds, `node-modules-linux-3f0c…`, or with the beginning of one
/// behind three words and more.
pub(super) fn is_hashed_name(v: &str) -> bool {
    let parts = v.rsplit_once(['-', '_']);
    parts.is_some_and(|(name, hash)| {
        let words = name.split(['-', '_']).count();
        let least = if words > 2 { 7 } else { 32 };
        let word = |w: &str| is_prose(w) || is_measure(w);
        name.len() > 3 && name.split(['-', '_']).all(word) && hash.len() >= least && is_hex(hash)
    })
}

/// Whether a text is the id of an object, whose kind its first letters name: `ch_…`, `evt_…`, `SM` and 32 digits.
pub(super) fn is_object(text: &str) -> bool {
    let capitals = text.len() == 34 && text.bytes().take(2).all(|b| b.is_ascii_uppercase());
    capitals && is_hex(&text[2..])
        || text.split_once('_').is_some_and(|(kind, id)| {
            // keys are marked so too: `live_…`, `pk_…`
            let key = keys::has("live test prod", kind) || kind.len() == 2 && kind.ends_with('k');
            (2..=4).contains(&kind.len())
                && !key
                && kind.bytes().all(|b| b.is_ascii_lowercase())
                && (14..=32).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// Whether a value looks like a secret behind a word that may mean one: letters and digits, and no name with a number.
pub(super) fn is_secret_like(v: &str) -> bool {
    let letters = v.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let numbered = v.trim_end_matches(|c: char| c.is_ascii_digit());
    let counted = v.len() - numbered.len() <= 3 && !numbered.bytes().any(|b| b.is_ascii_digit());
    let mixed = v.len() >= 6 && letters > 0 && digits > 0 && !counted;
    (mixed || is_odd(v)) && !v.contains(' ') && !is_measure(v)
}

/// Whether a value looks made up to be typed: letters and digits with a sign among them that names do not have, or capitals,
/// small letters and digits that signs join or that are mixed.
pub(super) fn is_made_up(v: &str) -> bool {
    let any = |f: fn(u8) -> bool| v.bytes().any(f);
    // most words are none
    if v.len() < 6 || !any(|b| b.is_ascii_digit()) {
        return false;
    }
    let small = any(|b| b.is_ascii_lowercase());
    let odd =
        any(|b| b"!#$%^&*+?~|<>{},;".contains(&b)) && (small || any(|b| b.is_ascii_uppercase()));
    let mut pairs = v.bytes().zip(v.bytes().skip(1));
    let within = pairs.any(|(a, b)| a.is_ascii_digit() && b.is_ascii_lowercase());
    let joined = any(|b| b"-_./@".contains(&b)) || within;
    let typed = odd || small && any(|b| b.is_ascii_uppercase()) && joined;
    let pair = v.trim_end_matches('=').contains('=');
    // `web@2025.11.2+3`
    let release = v
        .split_once('@')
        .is_some_and(|(of, n)| is_prose(of) && n.contains('.') && is_measure(n));
    // the account of a machine, names with backslashes
    let machine = v.ends_with('$') && !small || v.contains('\\');
    let day = v
        .as_bytes()
        .windows(10)
        .any(|w| w[4] == b'-' && w[7] == b'-' && w[..4].iter().all(u8::is_ascii_digit));
    let object = day
        || release
        || machine
        || pair
        || v.starts_with("#<")
        || v.contains("0x")
        || is_hex(v)
        || holds_uuid(v);
    !object
        && !v.contains('"')
        && (typed || is_odd(v))
        && !is_measure(v)
        && !is_reference(v)
        && v.matches('/').count() < 2
}

/// Whether a text is chance in base32, as the keys of one-time codes are.
fn is_base32(v: &str) -> bool {
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let own = |b: u8| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b);
    v.len() >= 16 && digits >= 2 && v.bytes().all(own) && entropy(v) >= ENTROPY
}

/// Whether a name is chance, or a number of machines: `7bffa9ab69cc943a`.
pub(super) fn is_random(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.len() >= 12
        && digits >= 3
        && (is_hex(name) && digits < name.len() || chance(name) * 3 >= name.len() * 2)
}

/// Groups of letters and digits of one length, as codes are written that people type: `4f7k-9q2m`.
pub(super) fn is_grouped(v: &str) -> bool {
    let (first, any) = (v.find('-'), |f: fn(&u8) -> bool| v.bytes().any(|b| f(&b)));
    let same = |g: &str| Some(g.len()) == first && g.bytes().all(|b| b.is_ascii_alphanumeric());
    let sized = first.is_some_and(|n| (3..=8).contains(&n)) && v.split('-').all(same);
    sized && any(u8::is_ascii_digit) && any(u8::is_ascii_alphabetic)
}

/// Four and more such groups, most of letters and digits: what is typed to license a product, to recover an account, to send a stream.
pub(super) fn is_code(v: &str) -> bool {
    // what it is a code of may begin it
    let of = v.split_once('-');
    let of = of.filter(|(of, _)| of.len() < 4 && of.bytes().all(|b| b.is_ascii_uppercase()));
    let v = of.map_or(v, |(_, code)| code);
    let one = v == v.to_ascii_lowercase() || v == v.to_ascii_uppercase();
    let (all, mixed) = (
        v.split('-').count(),
        v.split('-').filter(|g| turns(g) > 0).count(),
    );
    all > 3 && one && !is_hex(v) && is_grouped(v) && mixed * 2 > all
}

/// Groups of one length, each of letters and digits: `20slx-9608k`.
pub(super) fn is_mixed_groups(v: &str) -> bool {
    is_grouped(v) && v.split('-').all(|g| turns(g) > 0)
}

/// Whether a text is a word with a capital and a number, as people make passwords.
pub(super) fn is_typed(v: &str) -> bool {
    is_of_all_kinds(v) && v.len() > 5 && v.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Capitals, small letters and digits.
pub(super) fn is_of_all_kinds(v: &str) -> bool {
    let any = |f: fn(&u8) -> bool| v.bytes().any(|b| f(&b));
    any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_digit)
}

/// Letters and digits, and no name of a thing with its number.
pub(super) fn is_mixed(v: &str) -> bool {
    let any = |f: fn(&u8) -> bool| v.bytes().any(|b| f(&b));
    v.len() >= 6
        && any(u8::is_ascii_digit)
        && any(|b| b.is_ascii_alphabetic() || !b.is_ascii())
        && !is_identity_word(v)
        && !is_measure(v.rsplit('/').next().unwrap_or_default())
}

/// Whether a value can only be a secret, though its key is a word of everyday.
pub(super) fn is_odd(v: &str) -> bool {
    let random = v.len() >= 24 && is_random(v);
    (chance(v) >= 8 || is_base32(v) || random) && v.len() >= 10 && !is_measure(v)
}

/// A word, or words that hyphens join, as names have them.
pub(super) fn is_prose(v: &str) -> bool {
    let word = |w: &str| {
        let small = w
            .strip_prefix(|c: char| c.is_ascii_uppercase())
            .unwrap_or(w);
        w.bytes().all(|b| b.is_ascii_lowercase())
            || !small.is_empty() && small.bytes().all(|b| b.is_ascii_lowercase())
    };
    !v.is_empty()
        && v.split(['-', '.', ',', ':', '_', '!', '?'])
            .filter(|w| !w.is_empty())
            .all(word)
        && v.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A number with a point or its unit, or of 64 bits as machines write it, a time, a version.
pub(super) fn is_measure(v: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || ".,:+-/".contains(c);
    let unit = v.trim_start_matches(number);
    let parts = v.strip_prefix('v').unwrap_or(v);
    // `1:4.13-3`, as packages of Debian are numbered
    let epoch = parts
        .split_once(':')
        .filter(|(n, _)| n.len() == 1 && is_number(n));
    let parts = epoch.map_or(parts, |(_, version)| version);
    let rest = parts.trim_start_matches(|c: char| c.is_ascii_digit());
    let digit = |t: Option<&str>| t.is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
    let version = v.len() <= 32 && digit(Some(parts)) && digit(rest.strip_prefix('.'))
        || parts.len() < v.len() && parts.chars().all(number);
    let b = v.as_bytes();
    let time = b.len() >= 16 && b[4] == b'-' && b[10] == b'T' && b[13] == b':';
    let begins = v.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let counted = unit.len() < v.len() && begins && v.len() <= 32;
    let known = crate::text::words::is_unit(unit.as_bytes());
    let hex = v.strip_prefix("0x");
    let hex = hex.is_some_and(|h| h.len() <= 16 && is_hex(h));
    version || time || hex || counted && (known || unit.is_empty() && !is_number(v))
}

pub(super) fn is_number(v: &str) -> bool {
    v.bytes().all(|b| b.is_ascii_digit())
}

/// Words that name a secret's state and are none.
const STATES: &str = include_str!("words/states.txt");

/// Whether a word is said of a secret or of whoever has it, and names neither.
pub(in crate::text) fn is_said(word: &str) -> bool {
    keys::has(STATES, word) || keys::is_about(word)
}

/// Whether a value is none: nothing, a mask, a state, a placeholder.
pub(super) fn is_nothing(v: &str) -> bool {
    let small = v.to_ascii_lowercase();
    let inner = small.trim_matches(|c: char| "<>[](){}\"'*.…!#%/".contains(c));
    let first = inner.chars().next();
    let mut chars = inner.chars();
    let masked = chars.all(|c| Some(c) == first && !c.is_ascii_digit());
    let wrapped = v.starts_with(['<', '[', '(', '{', '%'])
        && v.ends_with(['>', ']', ')', '}', 's', '%'])
        && v.len() > 1;
    let words = |text: &str| text.split(' ').all(is_prose);
    let stars = small.contains("redacted")
        || v.ends_with("****")
        || v.starts_with("****")
        || v.contains("«");
    masked || stars || wrapped && words(inner.trim_matches('_')) || keys::has(STATES, inner)
}

/// Schemes of references to secrets that lie in a store.
const STORES: &str = include_str!("words/stores.txt");

/// Whether a value is no secret, whatever its key: none at all, or where one lies.
pub(super) fn is_harmless(v: &str) -> bool {
    is_nothing(v) || is_reference(v.trim_start_matches('('))
}

/// Whether a value says where something lies instead of what it is: a path, a variable, an entry of a store, an address.
fn is_reference(v: &str) -> bool {
    let name = |n: &str| {
        n.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.:?/".contains(&b))
    };
    let variable = ["${", "$(", "{{", "%(", "#{", "<%", "{%", "ENC["]
        .iter()
        .any(|p| v.starts_with(p))
        || v.strip_prefix('$').is_some_and(|n| {
            let letter = |b: u8| b.is_ascii_alphabetic() || b == b'_';
            n.bytes().all(letter) || n.bytes().all(|b| !b.is_ascii_lowercase() && (letter(b) || b.is_ascii_digit()))
        })
        || v.strip_prefix('%')
            .and_then(|n| n.strip_suffix('%'))
            .is_some_and(name)
        || v.starts_with("!") && keys::has("!vault !secret !Ref !Sub !GetAtt !env", v)
        || v.starts_with("@Microsoft.KeyVault")
        || v.starts_with("$env:")
        || v.split_once('@').is_some_and(|(class, hash)| {
            class.starts_with(|c: char| c.is_ascii_uppercase()) && (5..9).contains(&hash.len()) && is_hex(hash)
        })
        // `VARCHAR(255)`
        || v.split_once('(').is_some_and(|(name, n)| {
            name.bytes().all(|b| b.is_ascii_uppercase()) && is_number(n.trim_end_matches(')'))
        })
        // what a key is known by
        || ["SHA256:", "MD5:", "S-1-"].iter().any(|p| v.starts_with(p));
    let constant = v.contains('_') && v.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let scheme = v.split_once(':').is_some_and(|(s, rest)| {
        keys::has(STORES, s) && !rest.is_empty() || rest.starts_with("//")
    });
    // a line of a source file, a port of a host; a version that is asked for
    let digits = |n: &str| (1..=6).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit());
    let place = v
        .rsplit_once(':')
        .is_some_and(|(file, line)| file.contains('.') && digits(line));
    let pinned = v
        .split_once("==")
        .is_some_and(|(_, n)| n.starts_with(|c: char| c.is_ascii_digit()));
    let colour = v.strip_prefix('#');
    let colour = colour.is_some_and(|c| matches!(c.len(), 3 | 6 | 8) && is_hex(c));
    variable || constant || scheme || place || pinned || colour || is_path(v) || is_expression(v)
}

/// What of a program's source stands for a value: names with dots that name a secret, an entry of a table, a call that is
/// given nothing or the name of a secret.
fn is_expression(v: &str) -> bool {
    let name = |n: &str| {
        let signs = |b: u8| b.is_ascii_alphanumeric() || b"_.:>$-".contains(&b);
        n.bytes().all(signs) && n.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
    };
    let names_secret = |n: &str| keys::class(n, "").is_some_and(|c| c != keys::Class::Vague);
    let Some(open) = v.find(['(', '[']).filter(|n| name(&v[..*n])) else {
        return name(v)
            && v.contains('.')
            && !v.bytes().any(|b| b.is_ascii_digit())
            && names_secret(v);
    };
    let given = v[open + 1..].strip_prefix(['"', '\'']);
    let within = given.map(|g| g.trim_end_matches([')', ']', '"', '\'', ';']));
    match within {
        Some(inner) => v[open..].starts_with('[') || inner.is_empty() || names_secret(inner),
        None => v.ends_with("()") || v.ends_with('('),
    }
}

/// A path: begins as one, and its parts are names.
fn is_path(v: &str) -> bool {
    let windows = v.len() > 2 && v.as_bytes()[0].is_ascii_alphabetic() && v[1..].starts_with(":\\");
    let begins = ["/", "./", "../", "~/"].iter().any(|p| v.starts_with(p)) && v.len() > 2;
    let inner = v.contains('/')
        && v.split('/')
            .all(|p| p.split('-').all(|w| is_prose(w) || is_measure(w)) && p.len() > 1)
        || v.starts_with("projects/");
    windows || begins && chance(v) * 2 < v.len() || inner
}

/// Words of something's own identity: what they name is an id, a digest or a place, and no secret.
const IDENTITY: &str = include_str!("words/identity.txt");

/// Whether a value of chance at a place is the name of a thing: the word before it says so, or its form.
pub(super) fn is_thing(text: &str, at: usize, v: &str) -> bool {
    is_identity(text, at) || is_digest(&text[..at], v) || is_short_uuid(v) || is_object(v)
}

/// Whether one of the words before a place is of a list.
pub(super) fn follows(text: &str, at: usize, list: &str, n: usize) -> bool {
    let before =
        text[..at].trim_end_matches([' ', ':', '=', '"', '\'', '#', '<', '(', '.', '[', '°', '：']);
    let words = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
    let mut near = words.filter(|w| !w.is_empty()).take(n).map(keys::parts);
    // `id_number` as one word too
    near.any(|w| {
        w.iter().any(|p| {
            keys::has(list, p) || p.strip_suffix("nummer").is_some_and(|p| keys::has(list, p))
        }) || keys::has(list, &w.concat())
    })
}

/// Whether a text has the length of a UUID in base64.
fn is_short_uuid(v: &str) -> bool {
    v.len() == 22
}

/// Whether the word before a place names an identity: `request_id=…`, `SHA256:…`, `job …`.
pub(super) fn is_identity(text: &str, at: usize) -> bool {
    let signs = [
        ' ', '"', '\'', '=', ':', '[', '(', '{', '<', '>', '#', '`', '/', ',', '@',
    ];
    // the last part of a dotted name
    let joined = text[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    let before = match text[..at].ends_with('.') {
        true => joined.trim_end_matches([' ', '"', '\'']),
        // `ETag: W/"…"`
        false => {
            let before = text[..at].trim_end_matches(signs);
            before
                .strip_suffix(" W")
                .map_or(before, |b| b.trim_end_matches(signs))
        }
    };
    let sign = |c: char| c.is_ascii() && !(c.is_ascii_alphanumeric() || "_-.$[]".contains(c));
    let mut words = before.rsplit(sign);
    let last = words.next().unwrap_or_default();
    // known to all
    let public = last == "key" && words.next() == Some("public");
    public || is_identity_word(last)
}

/// Whether a word is that of an identity, also with a number: `request`, `traceId`, `node7`.
pub(super) fn is_identity_word(name: &str) -> bool {
    let known = |p: &str| keys::has(IDENTITY, p);
    let id = |p: &str| {
        p.strip_suffix("id")
            .is_some_and(|of| of.len() < 2 && of != "s" || known(of))
    };
    keys::parts(name).iter().any(|p| known(p) || id(p))
}
