//! What takes back what words state: a veto in its window, a part of a whole, words that somebody else sent.

use super::armed::compile;
use super::foreign;
use super::object::{is_part, is_released, is_try};
use super::rules::{VETOES, Veto, VetoReach};
use crate::record::MarkerKind;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static ARMED_VETOES: LazyLock<Vec<(&'static Veto, Option<Regex>)>> =
    LazyLock::new(|| VETOES.iter().map(|v| (v, compile(&v.pattern))).collect());

/// Where clauses end. The first form also cuts at `: `.
static BOUNDS: LazyLock<[Option<Regex>; 2]> = LazyLock::new(|| {
    [
        compile(r"[;!?](?:\s|$)|, |: |\. | - |\b(?:because|but|after|while|since)\b"),
        compile(r"[;!?](?:\s|$)|, |\. | - |\b(?:because|but|after|while|since)\b"),
    ]
});

/// Whether what words state is of something else, of a part, of what somebody sent, or taken back by others.
pub(super) fn is_taken_back(text: &[u8], kind: MarkerKind, m: &Range<usize>) -> bool {
    use MarkerKind::{
        DeployFail, DeployFinish, DeployStart, MigrationFinish, RollbackFinish, ServiceStart,
    };
    let deploys = matches!(kind, DeployStart | DeployFinish | DeployFail);
    let ends = matches!(
        kind,
        DeployFinish | RollbackFinish | MigrationFinish | ServiceStart
    );
    deploys && !is_released(text, m)
        || ends && is_part(&text[piece(text, m, VetoReach::Clause)])
        || kind == DeployFail && is_try(text)
        || foreign::is_sent(text, m)
        || vetoed(text, kind, m.clone())
}

fn vetoed(text: &[u8], kind: MarkerKind, found: Range<usize>) -> bool {
    ARMED_VETOES
        .iter()
        .filter(|(v, _)| v.removes.contains(&kind))
        .any(|(v, regex)| {
            let piece = piece(text, &found, v.window);
            regex.as_ref().is_some_and(|r| {
                r.find_iter(text)
                    .any(|m| m.start() < piece.end && m.end() > piece.start)
            })
        })
}

/// The piece of the message in which a veto may remove a match.
fn piece(text: &[u8], found: &Range<usize>, window: VetoReach) -> Range<usize> {
    let bounds = match window {
        VetoReach::Match => return found.clone(),
        VetoReach::Message => return 0..text.len(),
        VetoReach::Clause => &BOUNDS[0],
        VetoReach::Tagged => &BOUNDS[1],
    };
    let (mut start, mut end) = (0, text.len());
    for b in bounds.iter().flat_map(|r| r.find_iter(text)) {
        if b.end() <= found.start {
            start = b.end();
        } else if b.start() >= found.end {
            end = b.start();
            break;
        }
    }
    start..end
}

/// Whether a text is a line of a list of commits, which tells what was written and not what is done: `77be0d4 PRC-1190 Boot 3.2.4 ->
/// 3.2.5`, `a31f9c2 fix: roll back twice`.
pub(super) fn is_title_of_a_commit(text: &[u8]) -> bool {
    let mut words = text.split(|c| *c == b' ').filter(|w| !w.is_empty());
    let commit = words.next().is_some_and(super::fields::is_hash);
    commit
        && words
            .next()
            .is_some_and(|w| w[0].is_ascii_uppercase() || w.ends_with(b":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vetoes_compile() {
        let made = |(_, r): &(&Veto, Option<Regex>)| r.is_some();
        assert!(ARMED_VETOES.iter().all(made));
        assert!(BOUNDS.iter().all(Option::is_some));
    }
}
