//! Words that Markdown and terminal share: verdicts, moments, intervals. Derived from the model alone,
//! so that the forms cannot disagree; no layout and no escaping here.

use super::sentence::{Clock, Medium, count, counted, percent, render, share};
use super::time;
use coroner_infer::model::{
    BreakdownRow, CauseVerdict, Component, Event, Impact, Incident, NewTemplate, Prompt, Report,
    Settings, Totals, Verdict,
};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, MINUTE};

/// The heading over rare lines around an onset, and what they are.
pub const UNEXPLAINED: &str = "Unexplained, around the onset";
/// What stands beside it.
pub const UNEXPLAINED_IS: &str = "unusual lines that are not in the timeline";

/// Stretches of planned work that are told beside it.
const PLANNED: usize = 3;

/// The sentence for a report without incidents, and a second one that says what it does not mean.
pub fn no_incident(report: &Report) -> (String, String) {
    match report.verdict {
        Verdict::Insufficient => (
            insufficient(&report.totals),
            "An incident is not ruled out: add logs, or a longer time range.".to_owned(),
        ),
        _ if report.gaps.iter().any(|g| g.kind == "refused") => (
            none(report),
            "But many requests were refused (4xx), which counts as none: see the gaps.".to_owned(),
        ),
        _ => (
            none(report),
            "There are enough requests to be confident; --sensitivity high looks for smaller incidents."
                .to_owned(),
        ),
    }
}

/// What is to be said beside that sentence: planned work in which requests failed, and requests that are in the logs and are not counted.
pub fn uncounted(report: &Report, medium: Medium) -> String {
    let gaps = report.gaps.iter();
    let of_requests = gaps.filter(|g| matches!(g.kind, "unread_requests" | "untimed_requests"));
    let all = of_requests.map(|g| format!(" {}.", render(&g.text, medium, clock(report))));
    let checks = left_out(&report.totals).map(|checks| format!(" {checks}."));
    let zone = report.settings.zone;
    let planned = report.planned.iter().take(PLANNED).map(|s| {
        let from = time::minute(s.start, zone);
        let to = s.end.map_or_else(String::new, |t| time::minute(t, zone));
        let text = render(&s.text, medium, clock(report));
        format!(" From {from} to {to} {text}.")
    });
    let planned = planned.collect::<String>();
    checks.into_iter().chain([planned]).chain(all).collect()
}

/// The requests of the logs that no count has.
pub fn left_out(totals: &Totals) -> Option<String> {
    let n = Some(totals.health).filter(|n| *n > 0)?;
    let are = if n == 1 { "is" } else { "are" };
    Some(format!("{} {are} not counted", counted(n, "health check")))
}

fn none(report: &Report) -> String {
    let t = &report.totals;
    let span = time::round_span(t.span.map_or(0, |(a, b)| b.0 - a.0));
    let worst = t.worst_minute.filter(|w| w.2 > 0);
    let worst = worst.map_or_else(String::new, |(at, n, f)| {
        let at = time::minute(at, report.settings.zone);
        let (share, f, n) = (percent(share(f, n)), count(f), count(n));
        format!("; at most {f} of {n} ({share}) in a minute, at {at}")
    });
    let failed = match t.failed {
        0 => "none failed".to_owned(),
        n => format!("{} failed", count(n)),
    };
    // what fails whenever it is asked for is no outage; said where it is most of what failed
    let always = Some(t.always_failed).filter(|n| n * 2 > t.failed);
    let some = |n: u64| Some(n).filter(|n| *n < t.failed);
    let always = always.map_or_else(String::new, |n| {
        let n = some(n).map_or_else(|| "all".into(), count);
        format!(", {n} of them at endpoints that always fail")
    });
    let about = &report.settings.about;
    let of = match (&about.service, &about.host) {
        (None, None) => "",
        (Some(_), None) => " for this service",
        (None, Some(_)) => " on these hosts",
        (Some(_), Some(_)) => " for this service on these hosts",
    };
    format!(
        "No incident{of} found in {span} of logs ({} requests, {failed}{always}{worst}).",
        count(t.requests)
    )
}

/// What a report without incidents is headed by.
pub fn found_nothing(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Insufficient => "Not enough data to say",
        _ => "No incident found",
    }
}

/// What stands below that heading, which need not say it again.
pub fn below_heading(report: &Report, said: &str) -> String {
    let heading = format!("{}: ", found_nothing(report));
    match said.strip_prefix(&heading) {
        Some(rest) => capital(rest),
        None => said.to_owned(),
    }
}

fn insufficient(t: &Totals) -> String {
    let Some((a, b)) = t.span else {
        return "Not enough data to say: no line with a time was read.".to_owned();
    };
    let span = time::round_span(b.0 - a.0);
    if t.requests == 0 {
        return format!("Not enough data to say: no requests in {span} of logs.");
    }
    let (low, high) = wilson(t.failed, t.requests);
    format!(
        "Not enough data to say: {} in {span}; {} failed ({}, 95 % interval {:.1}–{:.1} %).",
        counted(t.requests, "request"),
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

/// Whether part of the requests was answered all the time: of an outage with a minute in which all failed it would mislead.
pub fn partial(i: &Incident) -> bool {
    let m = &i.impact;
    let both = m.requests.zip(m.failed);
    both.is_some_and(|(n, f)| f > 0 && f < n) && m.peak.is_none_or(|(_, n, f)| share(f, n) < 0.99)
}

/// How many requests failed, in words that a sentence can end with: of none that failed, whether any came.
pub fn harm(m: &Impact) -> String {
    match m.requests.zip(m.failed) {
        None => "how many requests failed is not known".to_owned(),
        Some((n, 0)) => {
            let logged = match n {
                0 => "no requests logged".to_owned(),
                n => format!("none of the {} logged failed", counted(n, "request")),
            };
            format!("{logged}{}", super::harm::unseen(m))
        }
        Some((n, f)) => format!(
            "{} of {} failed ({})",
            count(f),
            counted(n, "request"),
            percent(share(f, n))
        ),
    }
}

/// The share of failures among the requests of the incident's own service, and its name, where it had nearly all failures but not
/// all requests: of all, fewer fail.
pub fn own_share(i: &Incident) -> Option<(&LogText, f64)> {
    let (name, all) = (i.service.as_ref()?, i.impact.requests?);
    let row = i.impact.by_service.iter().find(|r| r.name == *name)?;
    let most = row.failed * 10 >= i.impact.failed? * 9 && row.requests * 10 < all * 9;
    most.then(|| (name, share(row.failed, row.requests)))
}

/// The endpoints of which most requests fail, and did not before, while most of the others do well, as the one with the most failures,
/// how many others, and the share of theirs that fail: the share of all hides that nobody can do what they are for.
pub fn what_fails(i: &Incident) -> Option<(&BreakdownRow, usize, f64)> {
    const LEAST: u64 = 20;
    let m = &i.impact;
    let fails = |r: &&BreakdownRow| r.failed >= LEAST && r.failed * 2 >= r.requests;
    let anew = |r: &&BreakdownRow| !m.as_before.contains(&r.name);
    let fail: Vec<&BreakdownRow> = m.by_endpoint.iter().filter(fails).filter(anew).collect();
    let first = fail
        .iter()
        .max_by(|a, b| a.failed.cmp(&b.failed).then(b.name.cmp(&a.name)))?;
    let sum = |of: fn(&BreakdownRow) -> u64| fail.iter().map(|r| of(r)).sum::<u64>();
    let (n, k) = (sum(|r| r.requests), sum(|r| r.failed));
    let (others, fail_too) = (m.requests?.saturating_sub(n), m.failed?.saturating_sub(k));
    let part = others * 10 >= n && fail_too * 2 < others;
    part.then(|| (*first, fail.len() - 1, share(k, n)))
}

/// First row of a kind at or after the onset.
pub fn first_of(i: &Incident, kind: MarkerKind) -> Option<(&Event, Instant)> {
    let of_kind = i.timeline.iter().filter(|e| e.kind == kind);
    let mut timed = of_kind.filter_map(|e| Some((e, e.time?)));
    timed.find(|(_, t)| *t >= i.onset)
}

/// The row of the change that a cause is found in, which lies `lead` before the onset.
pub fn change(i: &Incident) -> Option<(&Event, i64)> {
    let found = i.cause_verdict != CauseVerdict::NotEstablished;
    let lead = i.durations.lead.filter(|_| found)?;
    let leads = |e: &&Event| e.time.is_some_and(|t| i.onset.since(t) == lead);
    let mut rows = i.timeline.iter().filter(|e| e.kind != MarkerKind::Onset);
    Some((rows.find(leads)?, lead))
}

/// The kind of the part that the onset is that of: slow responses may come before the failures that are meant by it.
pub fn onset_kind(i: &Incident) -> Option<&'static str> {
    let parts = i.components.iter();
    // requests that are waited for are slow first; where they fail within a minute, that is what it is
    let near = |c: &Component| match (c.start.0 - i.onset.0).abs() {
        us if us <= MINUTE && c.kind == "error" => 0,
        us => us,
    };
    let nearest = parts.min_by_key(|c| (near(c), c.kind != "error"));
    nearest.map(|c| c.kind)
}

/// By what the breakdowns of a report are counted: `from 13:05:10 to 13:40:00`.
pub fn counted_from(i: &Impact, zone: Zone) -> String {
    match i.counted {
        Some((from, to)) => {
            let (from, to) = (
                time::clock_on(from, from, zone),
                time::clock_on(to, from, zone),
            );
            format!("from {from} to {to}")
        }
        None => "in steps of 10 s".to_owned(),
    }
}

/// The service that the requests which are counted are for: as whoever answers them names it, or where nobody does and no other
/// program complains.
pub fn asked(i: &Incident) -> Option<&LogText> {
    let name = i.service.as_ref()?;
    let all = i.impact.requests.unwrap_or(0);
    let by = &i.impact.by_service;
    let is = |n: &LogText| {
        n.for_json().contains(name.for_json()) || name.for_json().contains(n.for_json())
    };
    let most = by.iter().any(|r| is(&r.name) && r.requests * 10 >= all * 9);
    let other = |t: &NewTemplate| t.service.as_ref().is_some_and(|s| !is(s));
    let alone = by.is_empty() && !i.new_templates.iter().any(other);
    (most || alone).then_some(name)
}

/// With a capital first letter.
pub fn capital(s: &str) -> String {
    let mut c = s.chars();
    c.next()
        .map_or_else(String::new, |f| f.to_uppercase().chain(c).collect())
}

/// The share of a stretch in the whole: `22 %`; empty where there is no whole.
pub fn part_of(part: i64, whole: i64) -> String {
    match whole > 0 {
        true => format!("{:.0} %", part as f64 * 100.0 / whole as f64),
        false => String::new(),
    }
}

/// How times are written outside of incidents.
pub fn clock(report: &Report) -> Clock {
    let onset = report.incidents.first().map(|i| i.onset);
    let begin = report.totals.span.map(|s| s.0);
    Clock::of(report, onset.or(begin).unwrap_or_default())
}

/// What was replaced in texts from logs, and what was not because the user asked for it.
pub fn redaction(s: &Settings) -> String {
    let x = s.shown;
    if x.redacted == 0 && !x.secrets && !x.names && !x.addresses && !x.raw {
        return "There was nothing to redact.".to_owned();
    }
    let mut out = Vec::new();
    out.push(match (x.secrets, x.names) {
        (true, _) => {
            "NOT REDACTED: secrets, e-mail addresses and names stand here as they were logged."
                .to_owned()
        }
        (false, true) => {
            "What was recognised as an e-mail address or a secret is redacted; names of people are shown.".to_owned()
        }
        (false, false) => {
            "What was recognised as an e-mail address, a secret or the name of a person is redacted, except in file names."
                .to_owned()
        }
    });
    out.push(match x.addresses {
        true => "Client addresses are shown whole.".to_owned(),
        false => "Addresses of clients are truncated in requests.".to_owned(),
    });
    if x.raw {
        out.push("The JSON holds the raw bytes of the evidence, not redacted.".to_owned());
    }
    if x.redacted > 0 {
        out.push(format!("{} redacted.", counted(x.redacted, "text")));
    }
    out.join(" ")
}

/// What must be said at the top of a report that is not redacted; nothing for others.
pub fn warning(s: &Settings) -> Option<&'static str> {
    match (s.shown.secrets, s.shown.raw) {
        (true, _) => {
            Some("Not redacted: this report holds secrets and personal data as they were logged.")
        }
        (false, true) => Some(
            "With raw evidence: the JSON of this report holds log lines as they are, not redacted.",
        ),
        _ => None,
    }
}

/// ` (25 min, 22 % of the outage)`: what an answer could have saved; nothing where that is all of it.
pub fn saved(p: &Prompt, whole: Option<i64>) -> String {
    match (p.us, whole) {
        (Some(us), Some(all)) if us == all => String::new(),
        (Some(us), Some(all)) if all > 0 => {
            let part = part_of(us, all);
            format!(" ({}, {part} of the outage)", time::round_span(us))
        }
        (Some(us), _) => format!(" ({})", time::round_span(us)),
        (None, _) => String::new(),
    }
}

/// `causes/1` → `cause 1`, `signals/2` → `signal: fast rollout`, `phases/decide` → `phase: decide`.
pub fn source(i: &Incident, path: Option<&str>) -> String {
    let Some((kind, which)) = path.and_then(|p| p.split_once('/')) else {
        return "–".to_owned();
    };
    match kind {
        "causes" => format!("cause {which}"),
        "signals" => {
            let number = which.parse::<usize>().ok();
            let signal = number.and_then(|n| i.signals.get(n.checked_sub(1)?));
            let class = signal.map_or(which, |s| s.class);
            format!("signal: {}", class.replace('_', " "))
        }
        "phases" => {
            // of two of a name the question is about the longer one
            let of = i.phases.iter().filter(|p| p.phase == which);
            let one = of.max_by_key(|p| p.us);
            let name = one.map_or_else(|| which.to_owned(), |p| super::kinds::phase(i, p));
            format!("phase: {name}")
        }
        other => format!("{other} {which}"),
    }
}

/// `99.9 %` as written, without the caution of [`percent`].
pub fn percent_of_objective(o: f64) -> String {
    let s = format!("{:.3}", o * 100.0);
    format!("{} %", s.trim_end_matches('0').trim_end_matches('.'))
}

/// An exact count, or a rounded estimate with twice its relative standard error.
pub fn addresses(n: u64, error: Option<f64>) -> (String, String) {
    match error {
        Some(e) if e > 0.0 => {
            // three figures: two would be off by more than the estimate
            let unit = 10u64.pow(n.max(100).ilog10() - 2);
            let near = n.saturating_add(unit / 2) / unit * unit;
            (
                format!("≈ {}", count(near)),
                format!(", estimate ± {:.0} %", (200.0 * e).ceil()),
            )
        }
        _ => (count(n), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_onset_is_that_of_the_part_that_begins_there() {
        use coroner_infer::model::Component;
        use coroner_lines::time::SECOND;
        let mut i = coroner_infer::model::fixture::report().incidents.remove(0);
        let onset = i.onset.0;
        let part = |kind, after_s: i64| Component {
            kind,
            key: None,
            start: Instant(onset + after_s * SECOND),
            end: None,
        };
        i.components = vec![
            part("latency", -2),
            part("silence", 0),
            part("error", 0),
            part("error", 9),
        ];
        assert_eq!(crate::report::kinds::symptom(&i).0, "5xx responses");
        i.components.truncate(1);
        assert_eq!(crate::report::kinds::symptom(&i).0, "Slow responses");
        i.components.clear();
        assert_eq!(onset_kind(&i), None);
    }
}
