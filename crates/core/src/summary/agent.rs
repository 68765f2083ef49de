//! Counts requests by the program that asks, as its agent names it. Which agents are those of checkers is known in `endpoint`.

use super::cache::Caches;
use super::keys::Keys;
use super::series_counts::Dimension;
use super::{Track, hash64};

/// Seed of the hashes by which agents are remembered.
const ASKS: u64 = 13;

/// Counts a request of now by the program that asks.
#[inline(always)]
pub(super) fn count_agent(c: &mut Caches, t: &mut Track, agent: &[u8], failed: bool) {
    if let Some(asks) = no_browser(agent) {
        // what else it says of itself shows the same program
        let h = hash64(&asks[..asks.len().min(BEGINS)], ASKS);
        let name = |k: &mut Keys| k.slot(program(asks));
        c.series.count(t, Dimension::Agent, h, failed, name);
    }
}

/// Bytes of an agent by which it is remembered.
const BEGINS: usize = 32;

/// From where an agent names a program: people's browsers all call themselves alike, and a robot that poses as one says its name behind
/// `compatible`.
#[inline(always)]
fn no_browser(agent: &[u8]) -> Option<&[u8]> {
    match agent.strip_prefix(b"Mozilla/") {
        None => (agent.len() > 1).then_some(agent),
        Some(browser) => browser.get(5..)?.strip_prefix(b"compatible; "),
    }
}

/// The program with its version: `okhttp/4.12.0` of `okhttp/4.12.0 (Android 14)`.
fn program(asks: &[u8]) -> &[u8] {
    let begins = &asks[..asks.len().min(BEGINS)];
    let end = begins.iter().position(|c| b" ;)".contains(c));
    // one that begins with such a sign has no other name
    let end = end.filter(|end| *end > 0);
    &begins[..end.unwrap_or(begins.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_a_program_or_somebody_with_a_browser() {
        for [agent, want] in crate::tests::tried("program that asks") {
            let name = no_browser(agent.as_bytes()).map_or(&b"-"[..], program);
            assert_eq!(String::from_utf8_lossy(name), want, "{agent}");
        }
    }
}
