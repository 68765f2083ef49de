//! Machines that start cold during an incident. What that means for a cause is for the rules.

use crate::cause::case::{Case, TemplateFact, excerpt};
use crate::model::{Event, Evidence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeMap;

/// The first line of a kernel as it starts.
const BOOT: &str = "Linux version ";

/// How long before its guests a machine starts at least: it must be up before it can start them.
const CARRIES: i64 = 20 * SECOND;

/// The cold start of a machine.
pub(super) struct ColdStart<'a> {
    /// Which, where its lines say so.
    pub(super) host: Option<&'a LogText>,
    pub(super) at: Instant,
    /// Its kernel's first line.
    pub(super) line: &'a Evidence,
}

/// Hosts that start cold during the incident, one line per host; of those that fell silent as it began whenever they do: others may stand in for them meanwhile.
pub(super) fn boots<'a>(case: &'a Case<'a>) -> Vec<ColdStart<'a>> {
    let silent = |h: Option<&LogText>| case.silent_hosts.iter().any(|(s, _)| h == Some(s));
    let during = |h: Option<&LogText>, t: Instant| {
        t > case.onset && (t.0 <= case.end.0 + 60 * SECOND || silent(h))
    };
    let starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
    let events = starts
        .filter(|(e, t)| during(e.host.as_ref(), *t) && excerpt(e).contains(BOOT))
        .filter_map(|(e, at)| Some((e.host.as_ref(), (at, e.evidence.first()?))));
    let templates = case
        .templates
        .iter()
        .filter(|t| t.example.holds(BOOT))
        .filter(|t| during(t.host.as_ref(), t.first_during.unwrap_or(t.first)))
        .filter_map(|t| {
            let at = t.first_during.unwrap_or(t.first);
            Some((t.host.as_ref(), (at, t.evidence.first()?)))
        });
    let mut by_host: BTreeMap<Option<&LogText>, (Instant, &Evidence)> = BTreeMap::new();
    for (host, boot) in events.chain(templates) {
        by_host.entry(host).or_insert(boot);
    }
    let start = |(host, (at, line))| ColdStart { host, at, line };
    by_host.into_iter().map(start).collect()
}

/// The machine that starts well before all others that fell: they probably run on it.
pub(super) fn carrier<'s, 'a>(
    boots: &'s [ColdStart<'a>],
) -> Option<(&'a LogText, &'s ColdStart<'a>)> {
    let first = boots.iter().min_by_key(|b| b.at)?;
    let mut others = boots.iter().filter(|b| b.host != first.host).peekable();
    others.peek()?;
    let before = others.all(|b| b.at.0 - first.at.0 >= CARRIES);
    Some((first.host.filter(|_| before)?, first))
}

/// The one machine of those that start cold of which its own log states faults of its hardware, before it fell or as it starts again,
/// and the first of these lines.
pub(super) fn hurt<'a>(
    case: &'a Case<'a>,
    boots: &[ColdStart<'a>],
) -> Option<(&'a LogText, &'a Evidence)> {
    let of_hardware = |e: &&Event| {
        let fell = |b: &ColdStart<'_>| b.host == e.host.as_ref();
        e.class == Some(CauseClass::Host) && e.host.is_some() && boots.iter().any(fell)
    };
    let all = case.events.iter().filter(of_hardware);
    let mut all = all.filter_map(|e| Some((e.host.as_ref()?, e.evidence.first()?)));
    let first = all.next()?;
    all.all(|(h, _)| h == first.0).then_some(first)
}

/// What systemd's journal says of itself where its machine was not shut down.
const UNCLEAN: &str = "uncleanly shut down";

/// A machine that went down and starts again.
pub(super) struct Fallen<'a> {
    pub(super) host: &'a LogText,
    /// Whether it is silent from when the incident begins; else its own log says that nobody shut it down.
    pub(super) silent: bool,
    /// Its last line, or the one that says so, and the first of its kernel.
    pub(super) lines: [&'a Evidence; 2],
}

/// Hosts that fell: silent as the incident begins, and cold when they start again; the only one that starts so, too, where it was not shut
/// down (of several, one may carry the others).
pub(super) fn fell<'a>(case: &'a Case<'a>) -> Vec<Fallen<'a>> {
    let boots = boots(case);
    let alone = boots.len() == 1;
    let fallen = |b: ColdStart<'a>| {
        let host = b.host?;
        let mut silent = case.silent_hosts.iter();
        let last = silent.find(|(h, _)| h == host).map(|(_, last)| last);
        let unclean = || {
            let mut said = case.templates.iter().filter(|_| alone);
            let its = |t: &&TemplateFact| t.host.as_ref() == Some(host) && t.first >= b.at;
            let line = said.find(|t| its(t) && t.example.holds(UNCLEAN));
            line?.evidence.first()
        };
        Some(Fallen {
            host,
            silent: last.is_some(),
            lines: [last.or_else(unclean)?, b.line],
        })
    };
    boots.into_iter().filter_map(fallen).collect()
}
