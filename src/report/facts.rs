//! Words that Markdown and terminal share: verdicts, moments, intervals. Derived from the model alone,
//! so that the forms cannot disagree; no layout and no escaping here.

use super::sentence::{count, percent, share};
use super::time;
use crate::model::{Event, Incident, Report, State, Totals, Verdict};
use crate::record::MarkerKind;
use crate::time::zone::Zone;
use crate::time::{Instant, MINUTE, SECOND};

/// The sentence for a report without incidents, and a second one that says what it does not mean.
pub fn no_incident(report: &Report) -> (String, String) {
    match report.verdict {
        Verdict::Insufficient => (
            insufficient(&report.totals),
            "This is \"too little data\", not \"none\". Add logs, or a longer time range."
                .to_owned(),
        ),
        _ => (
            none(report),
            "This is \"none\", not \"too little data\". Use --sensitivity high to look closer."
                .to_owned(),
        ),
    }
}

fn none(report: &Report) -> String {
    let t = &report.totals;
    let span = t
        .span
        .map_or_else(|| "0 s".to_owned(), |(a, b)| time::round_span(b.0 - a.0));
    let worst = t
        .worst_minute
        .filter(|w| w.2 > 0)
        .map_or_else(String::new, |(at, n, f)| {
            let at = time::minute(at, report.settings.zone);
            let share = percent(share(f, n));
            format!(
                "; worst minute {share} 5xx at {at}, {} of {}",
                count(f),
                count(n)
            )
        });
    let failed = match t.failed {
        0 => "none".to_owned(),
        n => count(n),
    };
    format!(
        "No incident found in {span} of logs ({} requests, {failed} failed{worst}).",
        count(t.requests)
    )
}

fn insufficient(t: &Totals) -> String {
    let span = t
        .span
        .map_or_else(|| "0 s".to_owned(), |(a, b)| time::round_span(b.0 - a.0));
    if t.requests == 0 {
        return format!("Not enough data to say: no requests in {span} of logs.");
    }
    let (low, high) = wilson(t.failed, t.requests);
    format!(
        "Not enough data to say: {} requests in {span}; 5xx {} ({}, 95 % interval {:.1}–{:.1} %).",
        count(t.requests),
        count(t.failed),
        percent(share(t.failed, t.requests)),
        low * 100.0,
        high * 100.0
    )
}

/// The 95 % score interval of a share (Wilson 1927).
pub fn wilson(k: u64, n: u64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (p, n, z) = (share(k, n), n as f64, 1.96_f64);
    let base = 1.0 + z * z / n;
    let mid = (p + z * z / (2.0 * n)) / base;
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / base;
    ((mid - half).max(0.0), (mid + half).min(1.0))
}

/// `± 6 s` (the longer side), or `13:04:50 – 13:15:10` where the interval is lopsided and longer than a minute on a side;
/// nothing within a second.
pub fn interval(at: Instant, interval: Option<(Instant, Instant)>, zone: Zone) -> Option<String> {
    let (a, b) = interval?;
    let (before, after) = (at.0 - a.0, b.0 - at.0);
    if before.max(after) <= SECOND {
        return None;
    }
    let short = before.max(after) <= MINUTE;
    Some(if short || (before - after).abs() <= SECOND {
        format!("± {}", time::span(before.max(after)))
    } else {
        format!(
            "{} – {}",
            time::clock_on(a, at, zone),
            time::clock_on(b, at, zone)
        )
    })
}

/// What is known of the end, in words that follow the recovery time or stand for it.
pub fn held(i: &Incident) -> String {
    let held = time::span(i.held_us.unwrap_or(0));
    match i.state {
        State::Recovered => format!("held for {held}"),
        State::RecoveredUnconfirmed => {
            format!("held for only {held} until the logs end: not confirmed")
        }
        State::Truncated => "not in the logs: they end sooner, or still failing".to_owned(),
    }
}

/// First row of a kind at or after the onset.
pub fn first_of(i: &Incident, kind: MarkerKind) -> Option<(&Event, Instant)> {
    i.timeline
        .iter()
        .filter(|e| e.kind == kind)
        .filter_map(|e| Some((e, e.time?)))
        .find(|(_, t)| *t >= i.onset)
}

/// The change row that lies `lead` before the onset.
pub fn change(i: &Incident) -> Option<(&Event, i64)> {
    let lead = i.durations.lead?;
    i.timeline
        .iter()
        .find(|e| e.time.is_some_and(|t| i.onset.0 - t.0 == lead) && e.kind != MarkerKind::Onset)
        .map(|e| (e, lead))
}

/// A phase in words.
pub fn phase(p: &str) -> &str {
    match p {
        "rollback" => "roll back",
        "still_failing" => "still failing",
        p => p,
    }
}

/// What the edge of a phase is called.
pub fn moment(i: &Incident, id: &str) -> String {
    use MarkerKind::*;
    let Some(e) = i.timeline.iter().find(|e| e.id == id) else {
        return id.to_owned();
    };
    match e.kind {
        Onset => "onset",
        AlertFired => "alert",
        AlertAcknowledged => "acknowledged",
        RollbackStart => "rollback begins",
        RollbackFinish => "reported done",
        RollbackFail => "rollback fails",
        Restart => "restart",
        Failover => "failover",
        MitigationStart => "action begins",
        MitigationFinish => "action done",
        FeatureFlag => "flag turned",
        Scale => "scaled",
        Recovery => "recovery",
        other => return other.word().replace('_', " "),
    }
    .to_owned()
}

/// What fails, as the begin of a sentence about the onset, and the word that ties it to a service.
pub fn symptom(i: &Incident) -> (&'static str, &'static str) {
    match i.components.first().map(|c| c.kind) {
        Some("silence") => ("Silence", "of"),
        Some("traffic_drop") => ("A drop in traffic", "of"),
        Some("latency") => ("Slow answers", "from"),
        Some("log_errors") => ("Errors in the logs", "of"),
        _ => ("5xx answers", "from"),
    }
}
