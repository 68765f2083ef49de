//! Machines that start cold: which did so during an incident, and which of them had stopped in order before. What that means for a
//! cause is for the rules.

use crate::cause::case::{Case, excerpt};
use crate::model::Evidence;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeMap;

/// The first line of a kernel as it starts.
const BOOT: &str = "Linux version ";
/// How long before a machine starts cold what stops on it shows that it was told to.
const IN_ORDER: i64 = 300 * SECOND;

/// Whether a line is the first of a kernel, of a machine that stopped in order before: it did not fall.
pub(super) fn starts_in_order(
    case: &Case<'_>,
    text: &str,
    host: Option<&LogText>,
    at: Instant,
) -> bool {
    let mut stops = case.timed(&[MarkerKind::Restart, MarkerKind::ServiceStop]);
    let before = |t: Instant| (1..=IN_ORDER).contains(&(at.0 - t.0));
    text.contains(BOOT)
        && host.is_some()
        && stops.any(|(e, t)| e.host.as_ref() == host && before(t))
}

/// Hosts that start cold during the incident and did not stop in order before, one line per host; of those that fell silent as it
/// began whenever they do: others may stand in for them meanwhile.
pub(super) fn boots<'a>(case: &'a Case<'a>) -> Vec<(Option<&'a LogText>, &'a Evidence)> {
    let silent = |h: Option<&LogText>| case.silent_hosts.iter().any(|(s, _)| h == Some(s));
    let during = |h: Option<&LogText>, t: Instant| {
        t > case.onset && (t.0 <= case.end.0 + 60 * SECOND || silent(h))
    };
    let starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
    let events = starts
        .filter(|(e, t)| during(e.host.as_ref(), *t) && excerpt(e).contains(BOOT))
        .filter(|(e, t)| !starts_in_order(case, BOOT, e.host.as_ref(), *t))
        .filter_map(|(e, _)| Some((e.host.as_ref(), e.evidence.first()?)));
    let templates = case
        .templates
        .iter()
        .filter(|t| t.example.text().contains(BOOT))
        .filter(|t| during(t.host.as_ref(), t.first_during.unwrap_or(t.first)))
        .filter(|t| !starts_in_order(case, BOOT, t.host.as_ref(), t.first))
        .filter_map(|t| Some((t.host.as_ref(), t.evidence.first()?)));
    let mut by_host: BTreeMap<Option<&LogText>, &Evidence> = BTreeMap::new();
    for (host, line) in events.chain(templates) {
        by_host.entry(host).or_insert(line);
    }
    by_host.into_iter().collect()
}

/// Hosts that fell: silent as the incident begins, and cold when they start again. Each with its last line and its first.
pub(super) fn fell<'a>(case: &'a Case<'a>) -> Vec<(&'a LogText, [&'a Evidence; 2])> {
    let boots = boots(case);
    let silent = case.silent_hosts.iter();
    let again = |h: &LogText| boots.iter().find(|(of, _)| *of == Some(h));
    silent
        .filter_map(|(h, last)| Some((h, [last, again(h)?.1])))
        .collect()
}
