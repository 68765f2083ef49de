//! How long errors say that they waited: an error that comes half a minute after the request that failed, and says that it
//! waited half a minute, shows nothing of a clock. Nothing is shifted here.

use coroner_core::summary::Track;
use coroner_lines::record::Level;
use coroner_lines::time::SECOND;
use regex::Regex;
use std::sync::LazyLock;

/// Seconds by which a wait that is said and one that is seen may differ: connecting, writing and rounding take some.
const NEAR_S: i64 = 2;

/// Words of a message that reports a wait in vain.
static WAITED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)time[ds]?[ -]?out|deadline|waited|waiting|g[ia]ve?s? up|giving up|no (response|answer|reply)|exceeded").ok()
});

/// A length of time with its unit.
static LENGTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(\d{1,9})(?:\.\d+)? ?(ms|millis\w*|s|secs?|seconds?|m|mins?|minutes?)\b")
        .ok()
});

/// Whether most errors say that they waited about as long as they are off the edge's, in seconds.
pub(super) fn explain(t: &Track, off: i64) -> bool {
    let (mut all, mut waiting) = (0u64, 0u64);
    for (_, template) in t.templates.iter().filter(|x| x.0.level >= Level::Error) {
        all += template.count;
        let text = String::from_utf8_lossy(&template.example);
        if waits(&text).any(|s| (s - off.abs()).abs() <= NEAR_S) {
            waiting += template.count;
        }
    }
    waiting > 0 && waiting * 2 >= all
}

/// The lengths of time that a message names, in whole seconds, if it reports a wait.
fn waits(text: &str) -> impl Iterator<Item = i64> {
    let waits = WAITED.as_ref().is_some_and(|w| w.is_match(text));
    let lengths = LENGTH.as_ref().filter(|_| waits);
    lengths.into_iter().flat_map(move |l| {
        l.captures_iter(text).filter_map(|c| {
            let n: i64 = c.get(1)?.as_str().parse().ok()?;
            let us = match c.get(2)?.as_str().to_ascii_lowercase().as_bytes() {
                [b'm', b's', ..] | [b'm', b'i', b'l', ..] => n.checked_mul(1000)?,
                [b's', ..] => n.checked_mul(SECOND)?,
                _ => n.checked_mul(60 * SECOND)?,
            };
            Some((us + SECOND / 2) / SECOND)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_read_in_any_unit() {
        crate::tests::holds("stated wait", |t| {
            waits(t)
                .map(|s| s.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        });
    }
}
