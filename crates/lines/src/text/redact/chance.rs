//! How much of a text is chance: by how its signs differ, and by how often their kind turns. What that makes of it is for those who ask.

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
