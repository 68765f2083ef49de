//! Who takes an alert by answering it, in whatever language: the first that anybody writes after it, in a few words that are no question,
//! no figure and no news of trouble. What a grammar reads as taking it comes first.

use super::StatedMarker;
use crate::infer::citing::cite;
use crate::infer::lanes::View;
use coroner_core::summary::Remark;
use coroner_lines::marker::signs;
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeSet;

/// How long after an alert it is answered.
const SOON: i64 = 6 * MINUTE;

/// Words of an answer, up to its first sign.
const WORDS: usize = 4;

/// With these a report is made, not a promise.
const IS: [&str; 12] = [
    "is", "it's", "are", "was", "were", "ist", "sind", "war", "est", "sont", "está", "están",
];

/// That only where it stands says what it is.
const CONFIDENCE: u8 = 50;

/// Adds the answers to alerts that nobody is known to have taken.
pub(super) fn answers(out: &mut Vec<StatedMarker>, view: &View<'_>) {
    use MarkerKind::{AlertAcknowledged, AlertEscalated, AlertFired, AlertResolved};
    let remarks = view.lanes.iter().flat_map(|lane| {
        let all = lane.track.remarks.of_people();
        all.map(|r| (lane.utc(r.seen.us), lane.input, r))
    });
    let mut said: Vec<(Instant, u32, &Remark)> = remarks.collect();
    said.sort_list_by_key(|(at, input, r)| (*at, *input, r.seen.pos.offset));
    let turns = [AlertFired, AlertAcknowledged, AlertEscalated, AlertResolved];
    let alerts = out.iter().filter(|m| turns.contains(&m.kind));
    let mut alerts: Vec<(Instant, MarkerKind)> =
        alerts.filter_map(|m| Some((m.time?, m.kind))).collect();
    alerts.sort_unstable();
    let known: BTreeSet<(u32, u64)> = out.iter().map(|m| (m.input, m.offset)).collect();
    let mut found = Vec::new();
    let mut last = Instant(i64::MIN);
    for (at, input, r) in said {
        let before = std::mem::replace(&mut last, at);
        let turn = alerts[..alerts.partition_point(|a| a.0 <= at)].last();
        let open = turn.filter(|a| a.1 == AlertFired && a.0 > before && at.0 - a.0.0 <= SOON);
        // one that is taken at the same time in other words is no other
        let soon = alerts
            .iter()
            .filter(|a| (0..=MINUTE).contains(&(a.0.0 - at.0)));
        let taken = soon.clone().any(|a| a.1 == AlertAcknowledged);
        let new = !known.contains(&(input, r.seen.pos.offset));
        if open.is_some() && !taken && new && is_answer(&r.text) {
            found.push(StatedMarker {
                time: Some(at),
                kind: AlertAcknowledged,
                text: r.text.clone(),
                actors: vec![r.author.clone()],
                ..StatedMarker::told(input, cite(input, &r.seen), CONFIDENCE)
            });
        }
    }
    out.extend(found);
}

/// Whether what somebody writes right after an alert takes it.
fn is_answer(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let end = text
        .find(['.', ',', ';', '!', '?', '\n', '—'])
        .unwrap_or(text.len());
    let (first, behind) = text.split_at(end);
    let first = first.split(" - ").next().unwrap_or_default();
    let words = first.split_whitespace().count();
    let figure = first.contains(|c: char| c.is_ascii_digit());
    let asks = text.contains('?') || behind.starts_with('?');
    let reports = first
        .to_lowercase()
        .split_whitespace()
        .any(|w| IS.contains(&w));
    let trouble = signs(text.as_bytes(), Kind::App).is_trouble(text.as_bytes());
    (1..=WORDS).contains(&words) && !(figure || asks || reports || trouble)
}

#[cfg(test)]
mod tests {
    #[test]
    fn few_words_that_ask_and_report_nothing_are_an_answer() {
        crate::tests::holds("answer to an alert", |t| super::is_answer(t.as_bytes()));
    }
}
