//! The edges of an incident in words: from when to when, what is not sure about either, and whether it is over.

use super::time;
use coroner_infer::model::{Event, Incident, State};
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, MINUTE, SECOND};

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

/// When a row was, or what bounds it, each time in the words of `at`, which end with the seconds of a clock.
pub fn when(e: &Event, at: impl Fn(Instant) -> String) -> String {
    match (e.time, e.after, e.before) {
        (Some(t), _, _) if e.is_by_minute() => {
            let at = at(t);
            at.rsplit_once(':')
                .map_or(&*at, |(minute, _)| minute)
                .to_owned()
        }
        (Some(t), _, _) => at(t),
        (None, Some(t), _) => format!("after {}", at(t)),
        (None, None, Some(t)) => format!("before {}", at(t)),
        (None, None, None) => "not known".to_owned(),
    }
}

/// What is known of the end, in words that follow the recovery time or stand for it.
pub fn held(i: &Incident) -> String {
    let held = time::said_span(i.held_us.unwrap_or(0));
    match i.state {
        State::Recovered => format!("calm for {held} after it"),
        State::RecoveredUnconfirmed => {
            format!("followed by only {held} of calm (10 min would confirm it)")
        }
        State::Truncated => "not in the logs".to_owned(),
    }
}

/// From when to when it lasted, and what is known of the end.
pub fn lasted(i: &Incident, zone: Zone) -> String {
    let end = if i.recovery.is_none() { "end " } else { "" };
    format!("{}, {end}{}", ends(i, zone, true), held(i))
}

/// From when to when it lasted; `exact`: each end with what is not sure about it.
pub fn ends(i: &Incident, zone: Zone, exact: bool) -> String {
    let with = |said: String, at: Instant, range| match interval(at, range, zone) {
        Some(m) if exact => format!("{said} ({m})"),
        _ => said,
    };
    let begin = with(time::clock(i.onset, zone), i.onset, i.onset_interval);
    let (before, early) = match i.onset_precedes_log {
        true if exact => ("before ", " (where the logs begin)"),
        true => ("before ", ""),
        false => ("", ""),
    };
    match i.recovery {
        Some(t) => {
            let end = with(time::clock_on(t, i.onset, zone), t, i.recovery_interval);
            format!("{before}{begin}{early} → {end}")
        }
        None => format!("from {before}{begin}{early} on"),
    }
}
