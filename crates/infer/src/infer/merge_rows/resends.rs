//! Alerts that are sent again: which of them are one. What an alert is called on the screen stands elsewhere.

use super::figures::without_figures;
use super::{absorb, keep_each};
use crate::infer::stated::StatedMarker;
use coroner_lines::record::{MarkerKind as K, Notice};
use coroner_lines::text::words::is_coined;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeMap;

/// An alert that is sent again before it is resolved is the same alert: one of an incident's number always, one that only its words
/// name where it comes again within minutes with other figures at most.
pub(super) fn resends(rows: &mut Vec<StatedMarker>) {
    let mut open: BTreeMap<AlertKey, (usize, Option<Instant>)> = BTreeMap::new();
    keep_each(rows, |kept, r| {
        let number = r.group.clone().filter(|_| r.typed);
        let other = match r.kind {
            K::AlertFired => K::AlertResolved,
            K::AlertResolved => K::AlertFired,
            _ => return true,
        };
        let words = without_figures(&r.text);
        match &number {
            Some(g) => {
                let was = open.remove(&(r.input, g.clone(), other));
                // that all is well again says nothing where it was
                if was.is_none()
                    && r.kind == K::AlertResolved
                    && r.confidence == Notice::ALONE_NOTHING
                {
                    return false;
                }
            }
            None => {
                // those that begin alike stand together
                let opening = opening(&words);
                let from = (r.input, opening.to_vec(), other.min(r.kind));
                let alike = open.range(from..).map(|(k, _)| k);
                let alike = alike.take_while(|k| k.0 == r.input && k.1.starts_with(opening));
                let over: Vec<_> = alike.filter(|k| k.2 == other).cloned().collect();
                for key in &over {
                    open.remove(key);
                }
            }
        }
        let soon = |last: Option<Instant>| {
            let passed = r.time.zip(last).map(|(t, l)| t.0 - l.0);
            number.is_some() || passed.is_some_and(|us| us <= RESENT)
        };
        let key = (r.input, number.clone().unwrap_or(words), r.kind);
        match open.get_mut(&key) {
            Some((i, last)) if soon(*last) => {
                *last = r.time;
                absorb(&mut kept[*i], r);
                false
            }
            _ => {
                open.insert(key, (kept.len(), r.time));
                true
            }
        }
    });
}

/// What is said of an alert by its number alone is told of what was called so as it fired.
pub(super) fn called_by_number(rows: &mut [StatedMarker]) {
    let fired = |r: &&StatedMarker| r.kind == K::AlertFired && r.group.as_ref() != Some(&r.text);
    let named = |r: &StatedMarker| Some(((r.input, r.group.clone()?), r.text.clone()));
    let names: BTreeMap<_, _> = rows.iter().filter(fired).filter_map(named).collect();
    for r in rows
        .iter_mut()
        .filter(|r| r.group.as_ref() == Some(&r.text))
    {
        if let Some(name) = names.get(&(r.input, r.text.clone())) {
            r.text.clone_from(name);
        }
    }
}

/// Input of an alert, its number or its words, and whether it fired or was resolved.
type AlertKey = (u32, Vec<u8>, K);

/// Longest pause between two lines of one alert that no number names.
const RESENT: i64 = 15 * MINUTE;

/// The first two words of a text, which name what an alert is of.
fn opening(text: &[u8]) -> &[u8] {
    let mut blanks = memchr::memchr_iter(b' ', text);
    &text[..blanks.nth(1).unwrap_or(text.len())]
}

/// Whether a later row is what a pager sends of an alert that its monitoring raised: its text names the alert.
pub(super) fn is_passed_on(a: &StatedMarker, b: &StatedMarker) -> bool {
    let alert = matches!(a.kind, K::AlertFired | K::AlertResolved) && a.kind == b.kind;
    let name = a
        .text
        .split(|c| b":[ ".contains(c))
        .next()
        .unwrap_or_default();
    // who says it first may number it as the other one does not; in one log it comes in other words
    let again = a.input == b.input && b.text.starts_with(name);
    let other = a.group != b.group && !again;
    let names = is_coined(name) && name.len() < a.text.len();
    alert && other && names && memchr::memmem::find(&b.text, name).is_some()
}
