//! Which of some words was probably meant.

use strsim::osa_distance;

/// Of some words the one that was probably meant.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let near = known.iter().map(|k| (osa_distance(k, word), *k)).min();
    near.filter(|(d, k)| *d <= 2 && d * 2 < k.len().max(word.len()))
        .map(|n| n.1)
}
