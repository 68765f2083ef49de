//! Hosts as evidence: which a change reached, which fail, and whether those are the same. What versions say is in `version`.

use crate::cause::case::{Case, Dim, DimShare};
use crate::cause::change::{self, Change};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, Scale, lines};
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::{both_akin, host_of, own_hosts};
use crate::model::{Event, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::text::words::without_number;
use coroner_lines::time::SECOND;
use std::collections::BTreeSet;

/// Hosts on which the service was started by the rollout.
fn changed_hosts<'a>(case: &'a Case<'a>, c: &Change<'a>) -> Vec<&'a str> {
    let from = c.start.0 - 10 * SECOND;
    let to = c.last().0 + 60 * SECOND;
    use MarkerKind::{Restart, ServiceStart, ServiceStop};
    let lives = case.timed(&[ServiceStart, Restart, ServiceStop]);
    let meanwhile = lives.filter(|(_, t)| (from..=to).contains(&t.0));
    let may = |e: &Event| both_akin(e.service.as_ref(), c.service) != Some(false);
    let mut hosts: Vec<&str> = meanwhile
        .filter(|(e, _)| may(e))
        .filter_map(|(e, _)| e.host.as_ref())
        .chain(c.hosts.iter().copied())
        .chain(change::appears(case, c).iter().flat_map(|v| &v.hosts))
        .map(LogText::for_json)
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// What is said of a change where none of the hosts that fail is one that it changed.
pub(in crate::cause) const UNCHANGED_FAIL: &str = "Hosts that were not changed fail.";

/// Compares failing and healthy hosts (behind upstreams, or by their own messages) with those that were changed.
pub(in crate::cause) fn by_host(
    scale: &mut Scale,
    case: &Case<'_>,
    c: &Change<'_>,
    signs: &[Sign<'_>],
) {
    let changed = changed_hosts(case, c);
    let (bad, good) = failing_hosts(case, signs);
    if changed.is_empty() || bad.is_empty() || good.is_empty() {
        return;
    }
    let within = |h: &&str| changed.contains(h);
    if bad.iter().all(within) && !good.iter().any(within) {
        let text = Sentence::words("Failures are confined to the hosts that were changed.");
        scale.add(Aspect::Scope, 2.5, text, lines(&c.evidence()));
    } else if !bad.iter().any(within) && good.iter().any(within) {
        let text = Sentence::words(UNCHANGED_FAIL);
        scale.add(Aspect::Scope, -2.5, text, lines(&c.evidence()));
    }
}

/// Hosts that fail and hosts that do not: behind the upstreams, else by the new program errors in their logs.
pub(in crate::cause) fn failing_hosts<'a>(
    case: &'a Case<'a>,
    signs: &[Sign<'a>],
) -> (Vec<&'a str>, Vec<&'a str>) {
    let (bad, good) = failure_shape::split(case, Dim::Upstream);
    let names = |v: &[&'a DimShare]| -> Vec<&'a str> {
        v.iter().filter_map(|d| host_of(case, d)).collect()
    };
    // servers of another kind show nothing of these
    let alike = |bad: &[&str], good: &&str| {
        let mut bad = bad.iter();
        bad.any(|b| without_number(good) == without_number(b))
    };
    let (b, mut g) = (names(&bad), names(&good));
    g.retain(|good| alike(&b, good));
    if !b.is_empty() && !g.is_empty() {
        return (b, g);
    }
    let own = own_hosts(case);
    let own_fault = |s: &&Sign<'a>| s.info.in_program && s.strength >= 0.5;
    let hosts = signs.iter().filter(own_fault).filter_map(|s| s.host);
    let hosts: BTreeSet<&str> = hosts.map(LogText::for_json).collect();
    let bad: Vec<&str> = hosts.into_iter().collect();
    // one that begins later, as a rollout gets to it, is no healthy one
    let ill = |h: &&str| {
        let mut brought = case.templates.iter().filter(|t| t.brought());
        brought.any(|t| t.host.as_ref().is_some_and(|x| x.for_json() == *h))
    };
    let good = case
        .app_logs()
        .filter_map(|s| s.host.as_ref().map(LogText::for_json))
        .filter(|h| own.contains(h) && !bad.contains(h) && !ill(h) && alike(&bad, h))
        .collect();
    (bad, good)
}
