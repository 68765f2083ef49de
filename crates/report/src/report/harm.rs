//! What an incident did to those who use the service, as a proposal for a person to confirm: a severity by one rule, and a
//! sentence for readers outside the team. The rule stands in the book (`docs/src/templates.md`) as it does here.
//!
//! Full minutes = the share of requests that failed or stayed away × the length in minutes, added up over the services hit where
//! there are several. A full minute is one in which nothing of one service works. Where nothing of one endpoint works, who came for
//! that met nothing else, however many pages went through beside it: that is a level more.

use super::sentence::{count, counted, percent, share};
use super::{facts, time};
use coroner_infer::model::{
    BreakdownRow, GIVEN_UP, Impact, Incident, NewTemplate, Piece, Report, Sentence,
};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// Full minutes from which a severity is proposed.
const LEVELS: [(f64, &str); 3] = [(30.0, "SEV-1"), (5.0, "SEV-2"), (0.5, "SEV-3")];
/// What is below them.
const LEAST: &str = "SEV-4";
/// Share of its requests from which a service counts as hit.
const HIT: f64 = 0.10;
/// Share of its requests from which an endpoint counts as down, and how many must have failed.
const DOWN: (f64, u64) = (0.90, 20);
/// From how much of the requests on the endpoints weigh what the site does; where less failed, one may be down.
const MOST: f64 = 0.75;

/// The services of which a good part of the requests fail; a site is one where nothing else is.
pub fn services_hit(i: &Incident) -> impl Iterator<Item = &LogText> {
    rows_hit(i).map(|r| &r.name)
}

fn rows_hit(i: &Incident) -> impl Iterator<Item = &BreakdownRow> {
    let hit = |r: &&BreakdownRow| share(r.failed, r.requests) >= HIT;
    let hit = i.impact.by_service.iter().filter(hit);
    let is_site = |r: &&BreakdownRow| r.name.for_json().contains('.');
    let sites = hit.clone().all(|r| is_site(&r));
    hit.filter(move |r| sites || !is_site(r))
}

/// `SEV-1`, and how the rule comes to it; `None` where there are no requests to judge by.
pub fn severity(report: &Report, i: &Incident) -> Option<(&'static str, Sentence)> {
    let part = lost(i)?;
    let us = end(report, i).since(i.onset);
    let shares: Vec<f64> = rows_hit(i).map(|r| share(r.failed, r.requests)).collect();
    let several = shares.len() > 1;
    let (shares, of) = match shares.len() {
        0 | 1 => (vec![part], "the requests".to_owned()),
        n => (shares, counted(n as u64, "service")),
    };
    let full = shares.iter().sum::<f64>() * us as f64 / MINUTE as f64;
    let level = LEVELS.iter().position(|l| full >= l.0);
    let down = endpoint_down(i).filter(|_| part < MOST && level != Some(0));
    let level = level.unwrap_or(LEVELS.len());
    let level = level - usize::from(down.is_some());
    let full = match full < 9.95 {
        true => format!("{full:.1}"),
        false => count(full.round() as u64),
    };
    let shares: Vec<String> = shares.into_iter().map(percent).collect();
    let said = Sentence::words(format!(
        "{} of {of} × {} = {full} min of full outage{}",
        shares.join(" + "),
        time::span(us),
        if several { " of one service" } else { "" }
    ));
    let said = match down {
        Some(e) => {
            let up = said.w("; a level up, since ");
            let up = up.p(Piece::Share(share(e.failed, e.requests))).w(" of ");
            up.name(&e.name).w(" failed")
        }
        None => said,
    };
    let level = LEVELS.get(level).map_or(LEAST, |l| l.1);
    Some((level, said))
}

/// The endpoint of which next to nothing works; of several the one asked for most.
fn endpoint_down(i: &Incident) -> Option<&BreakdownRow> {
    let (least, failed) = DOWN;
    let is_down = |r: &&BreakdownRow| share(r.failed, r.requests) >= least && r.failed >= failed;
    let down = i.impact.by_endpoint.iter().filter(is_down);
    down.max_by_key(|r| r.requests)
}

/// One sentence about what customers met, one about whether it is over.
pub fn customers(report: &Report, i: &Incident) -> Option<Sentence> {
    let part = lost(i)?;
    let end = end(report, i);
    let mut s = Sentence::words(format!("For {}, ", time::round_span(end.since(i.onset))));
    let (of, failed) = match i.impact.expected_requests {
        Some(_) => (" of the usual requests", " failed or never arrived"),
        None => (" of requests", " failed"),
    };
    if let Some(calm) = pauses(i) {
        s = s.w(format!(
            "with {} of calm in between, ",
            time::round_span(calm)
        ));
    }
    s = s.p(Piece::Share(part)).w(of).w(failed);
    for r in &i.impact.risen {
        let risen = share(r.during, i.impact.requests?);
        let s_of = s.w(", and ").p(Piece::Share(risen));
        s = s_of.w(format!(" more were refused ({})", r.status.for_json()));
    }
    if let Some(n) = i.impact.addresses_hit.filter(|n| *n > 0) {
        let (shown, _) = facts::addresses(n, i.impact.addresses_error);
        let plural = if n == 1 { "" } else { "es" };
        s = s.w(format!(
            "; {shown} client address{plural} saw at least one error"
        ));
    }
    Some(match i.recovery {
        Some(t) => s.w(". Over since ").p(Piece::Time(t)).w("."),
        None => s.w(". Not over when the logs end."),
    })
}

/// How long no more failed than usual between the waves of an incident, in microseconds, where it had several.
pub fn pauses(i: &Incident) -> Option<i64> {
    let mut since = None;
    let mut sum = 0;
    for e in &i.timeline {
        match e.kind {
            MarkerKind::PartialRecovery => since = e.time,
            MarkerKind::Relapse => {
                let calm = e
                    .time
                    .zip(since.take())
                    .map(|(again, last)| again.since(last));
                sum += calm.unwrap_or(0);
            }
            _ => {}
        }
    }
    (sum > 0).then_some(sum)
}

/// The share of requests that failed, or that did not come though they usually do.
fn lost(i: &Incident) -> Option<f64> {
    let (n, failed) = i.impact.requests.zip(i.impact.failed)?;
    let usual = i.impact.expected_requests.unwrap_or(n).max(n);
    (usual > 0).then(|| share(failed + (usual - n), usual))
}

fn end(report: &Report, i: &Incident) -> Instant {
    let last = report.totals.span.map_or(i.onset, |s| s.1);
    i.recovery.unwrap_or(last).max(i.onset)
}

/// The new message that is written about once for each failed request, of several the first.
pub fn one_to_one(i: &Incident) -> Option<&NewTemplate> {
    const LEAST: u64 = 20;
    let failed = i.impact.failed.filter(|f| *f >= LEAST)?;
    let as_many = |t: &&NewTemplate| t.count.abs_diff(failed) * 10 <= failed;
    let alike = i.new_templates.iter().filter(as_many);
    alike.min_by_key(|t| t.first)
}

/// Requests that a limit refused (429), which are no failures of the server: where they weigh beside these.
pub fn refused(m: &Impact) -> Option<u64> {
    beside(m, &["429"])
}

/// Requests whose clients gave up waiting: where they weigh beside the failures.
pub fn abandoned(m: &Impact) -> Option<u64> {
    beside(m, &GIVEN_UP)
}

fn beside(m: &Impact, statuses: &[&str]) -> Option<u64> {
    let is = |r: &&BreakdownRow| statuses.contains(&r.name.for_json());
    let apart = |r: &BreakdownRow| r.requests.saturating_sub(r.failed);
    let n: u64 = m.by_status.iter().filter(is).map(apart).sum();
    (n > 0 && n * 20 >= m.failed?).then_some(n)
}

/// What can be said of requests that never came, as the second half of a sentence; nothing where they are slow and come.
pub fn unseen(m: &Impact) -> String {
    match (m.expected_requests, m.requests) {
        (Some(n), _) => format!(", about {} expected", count(rounded(n))),
        (None, Some(0)) => "; some may never have arrived".to_owned(),
        (None, _) => String::new(),
    }
}

/// To two figures: a rate shows no more.
fn rounded(n: u64) -> u64 {
    let mut unit = 1;
    while n / unit >= 100 {
        unit *= 10;
    }
    n.saturating_add(unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::super::sentence::{Clock, Medium, render};
    use super::*;
    use coroner_infer::model::fixture;

    #[test]
    fn severity_is_share_times_length_times_services() {
        let severity_of = |failed: u64, minutes: i64| {
            let mut r = fixture::report();
            let i = &mut r.incidents[0];
            i.impact.by_service.clear();
            (i.impact.requests, i.impact.failed) = (Some(1000), Some(failed));
            i.recovery = Some(Instant(i.onset.0 + minutes * MINUTE));
            severity(&r, &r.incidents[0]).map(|s| s.0)
        };
        assert_eq!(severity_of(1000, 30), Some("SEV-1"));
        assert_eq!(severity_of(500, 30), Some("SEV-2"));
        assert_eq!(
            severity_of(500, 600),
            Some("SEV-1"),
            "long weighs as much as whole"
        );
        assert_eq!(severity_of(100, 10), Some("SEV-3"));
        assert_eq!(severity_of(1, 10), Some("SEV-4"));
        let mut r = fixture::report();
        let i = &mut r.incidents[0];
        i.recovery = Some(Instant(i.onset.0 + 20 * MINUTE));
        let row = |(name, failed): (&str, u64)| BreakdownRow {
            name: LogText::name(name.as_bytes()),
            requests: 100,
            failed,
        };
        let rows = [("cart", 80), ("search", 20), ("login", 5)].map(row);
        i.impact.by_service = rows.into();
        let clock = Clock::of(&r, r.incidents[0].onset);
        let said = severity(&r, &r.incidents[0]).map(|s| render(&s.1, Medium::Plain, clock));
        let want = "80 % + 20 % of 2 services × 20 min = 20 min of full outage of one service";
        assert_eq!(said.as_deref(), Some(want), "each by its own share");
        r.incidents[0].impact.requests = None;
        assert!(severity(&r, &r.incidents[0]).is_none());
    }

    #[test]
    fn an_endpoint_that_is_down_raises_the_severity_where_others_thin_its_share() {
        let severity_of = |all: u64, down: (u64, u64)| {
            let mut r = fixture::report();
            let i = &mut r.incidents[0];
            i.impact.by_service.clear();
            (i.impact.requests, i.impact.failed) = (Some(all), Some(down.1));
            let name = LogText::name(b"POST /pay");
            let (requests, failed) = down;
            i.impact.by_endpoint = vec![BreakdownRow {
                name,
                requests,
                failed,
            }];
            i.recovery = Some(Instant(i.onset.0 + 20 * MINUTE));
            severity(&r, &r.incidents[0]).map(|s| s.0)
        };
        assert_eq!(
            severity_of(1000, (100, 99)),
            Some("SEV-2"),
            "2 minutes, and down"
        );
        assert_eq!(
            severity_of(1000, (100, 80)),
            Some("SEV-3"),
            "one in five gets through"
        );
        assert_eq!(severity_of(1000, (15, 15)), Some("SEV-4"), "few");
        assert_eq!(
            severity_of(100, (95, 95)),
            Some("SEV-2"),
            "the share says it"
        );
    }
}
