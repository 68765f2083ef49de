//! How much of a text is chance: by how its signs differ, and by how often their kind turns; and whether that makes a token of it.

use super::looks::{holds_uuid, is_hex};

/// Bits a sign that a text of chance has at least; words and repeated signs have fewer.
pub(super) const ENTROPY: f64 = 3.0;

/// Bits a sign by which a text's signs differ (Shannon).
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    text.bytes().for_each(|b| counts[usize::from(b)] += 1);
    let n = text.len().max(1) as f64;
    let share = |c: &u32| f64::from(*c) / n;
    let used = counts.iter().filter(|c| **c > 0).map(share);
    -used.map(|p| p * p.log2()).sum::<f64>()
}

/// How often the kind of sign turns within a stretch of letters and digits; one capital and what follows it are one word.
pub(super) fn turns(stretch: &str) -> usize {
    let kind = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let (mut turns, mut before, mut last) = (0, 3, 3);
    for now in stretch.bytes().map(kind) {
        let word = (last, now) == (1, 0) && before != 1;
        turns += usize::from(last < 3 && last != now && !word);
        (before, last) = (last, now);
    }
    turns
}

/// How many signs of a text stand in stretches of letters and digits that turn more often than words and numbers do.
pub(super) fn chance(text: &str) -> usize {
    let stretches = text.split(|c: char| !c.is_ascii_alphanumeric());
    let odd = stretches.filter(|s| s.len() > 3 && turns(s) >= 2 && turns(s) * 7 >= s.len() * 2);
    odd.filter(|s| !is_of_words(s)).map(str::len).sum()
}

/// Whether three fifths of a stretch and more are words that begin with capitals: `HostHighLoad5m`. Of a hundred texts of chance less
/// than one is so.
fn is_of_words(stretch: &str) -> bool {
    let small = |from: usize| {
        let rest = stretch.bytes().skip(from);
        rest.take_while(u8::is_ascii_lowercase).count()
    };
    let capitals = stretch
        .bytes()
        .enumerate()
        .filter(|(_, b)| b.is_ascii_uppercase());
    let words = capitals.map(|(n, _)| small(n + 1)).filter(|n| *n >= 3);
    words.map(|n| n + 1).sum::<usize>() * 5 >= stretch.len() * 3
}

/// Whether a text is a token of chance whatever it is called: long, of capitals, small letters and digits that turn as no
/// word does. Hashes, UUIDs and ULIDs are of one kind of letters.
pub(super) fn is_token(text: &str) -> bool {
    let number = text.strip_prefix("0x").filter(|t| is_hex(t));
    let text = number.unwrap_or(text);
    // the capitals of a time make no text of chance of the id beside it: `9f2c1d7ab03e55f1_20260118T1130Z`; nor do those of a hash
    // beside one in small letters
    let stretches = text.split(|c: char| !c.is_ascii_alphanumeric());
    let any_of = |s: &str, f: fn(&u8) -> bool| s.bytes().any(|b| f(&b));
    let mixes = |s: &str| any_of(s, u8::is_ascii_lowercase) && any_of(s, u8::is_ascii_uppercase);
    let hash = |s: &str| s.len() >= 16 && is_hex(s) && !mixes(s);
    let rest: Vec<&str> = stretches
        .filter(|s| !is_compact_time(s) && !hash(s))
        .collect();
    let any = |f: fn(&u8) -> bool| rest.iter().any(|s| any_of(s, f));
    let mixed = any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase);
    let digits = any(u8::is_ascii_digit);
    // what compilers make of paths, what is stored by its hash, keys that all may know, ends of forms
    let mut names = ["_ZN", "_R", "?", "bafy", "bafk", "age1", "WebKitForm"].iter();
    let name = names.any(|p| text.trim_start_matches('-').starts_with(p))
        || text.starts_with("Qm") && text.len() == 46;
    let all = chance(text);
    let long = match (mixed, digits) {
        (true, true) => text.len() >= 20 && all >= 14 && all * 3 >= text.len(),
        _ => text.len() >= 32 && longest(text) >= 32 && all >= 32,
    };
    long && !name && !holds_uuid(text) && entropy(text) >= ENTROPY
}

/// The same of small letters and digits, behind a key: longer than a word, and no hash.
pub(super) fn is_small_token(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let small = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    small && text.len() >= 24 && digits > 3 && turns(text) > 4 && !is_hex(text)
}

/// `20260118T1130Z`, `20260118T113000`, `1130Z`: a time without signs between its parts.
fn is_compact_time(text: &str) -> bool {
    let digits = |p: &str| p.bytes().all(|b| b.is_ascii_digit());
    let clock = |t: &str| matches!(t.len(), 4 | 6) && digits(t);
    if text.strip_suffix('Z').is_some_and(clock) {
        return true;
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    text.split_once('T')
        .is_some_and(|(day, time)| day.len() == 8 && digits(day) && clock(time))
}

fn longest(text: &str) -> usize {
    let stretches = text.split(|c: char| !c.is_ascii_alphanumeric());
    let odd = stretches.filter(|s| !is_hex(s));
    odd.map(str::len).max().unwrap_or_default()
}
