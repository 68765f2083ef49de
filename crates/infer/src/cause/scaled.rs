//! Services of which many more or far fewer instances run than shortly before the failures. What follows of it is for the rules.

use super::case::{Case, quoted};
use super::ends::is_at_the_end;
use crate::model::Event;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// A service of which the number of instances was changed.
pub(super) struct Scaled<'a> {
    pub service: &'a LogText,
    pub from: u64,
    pub to: u64,
    pub last: &'a Event,
}

/// How long before the onset instances are started that use up what others need, or stopped that are missed.
const SCALES: i64 = 10 * MINUTE;

/// The service that was scaled up most before the onset, at least to twice as many instances.
pub(super) fn multiplied<'a>(case: &Case<'a>) -> Option<Scaled<'a>> {
    let grown = scaled(case)
        .into_iter()
        .filter(|s| s.to / 2 >= s.from.max(1));
    grown.max_by_key(|s| (s.to - s.from, s.service))
}

/// The services that were scaled down before the onset, at most to half as many instances, those that lost most first.
pub(super) fn reduced<'a>(case: &Case<'a>) -> Vec<Scaled<'a>> {
    let mut all = scaled(case);
    all.retain(|s| s.to <= s.from / 2);
    all.sort_unstable_by_key(|s| (s.to as f64 / s.from as f64 * 1_000.0) as u64);
    all
}

/// The row that says that a service has more instances again as the failures end.
pub(super) fn restored<'a>(case: &Case<'a>, of: &Scaled<'_>) -> Option<&'a Event> {
    let more = |e: &&Event| {
        let to = quoted(e).and_then(step).map_or(0, |s| s.1);
        e.service.as_ref() == Some(of.service) && to > of.to && is_at_the_end(case, e)
    };
    let mut rows = case.events.iter().filter(|e| e.kind == MarkerKind::Scale);
    rows.rfind(more)
}

/// What was scaled before the onset, each service once.
fn scaled<'a>(case: &Case<'a>) -> Vec<Scaled<'a>> {
    let mut all: Vec<Scaled<'a>> = Vec::new();
    let near = |t: Instant| t <= case.onset_bounds().1 && case.onset.0 - t.0 <= SCALES;
    for (e, _) in case.timed(&[MarkerKind::Scale]).filter(|x| near(x.1)) {
        let (Some(service), Some((from, to))) = (e.service.as_ref(), quoted(e).and_then(step))
        else {
            continue;
        };
        match all.iter_mut().find(|s| s.service == service) {
            Some(s) => (s.to, s.last) = (to, e),
            None => all.push(Scaled {
                service,
                from,
                to,
                last: e,
            }),
        }
    }
    all
}

/// From how many to how many a line says that something was scaled: `to 8 from 4`, `from 4 to 8`.
fn step(text: &str) -> Option<(u64, u64)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let behind = |w: &str| {
        let at = words.iter().position(|x| *x == w)?;
        let number = words.get(at + 1)?.trim_matches([',', '.', ';']);
        number.parse().ok()
    };
    Some((behind("from")?, behind("to")?))
}
