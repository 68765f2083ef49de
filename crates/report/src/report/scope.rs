//! What of a finished report the user wants: one service, some hosts, one incident. What is kept is kept whole, what is
//! left out is counted in a gap. Done before any form is written, so that all forms hold the same.

use super::sentence::counted;
use coroner_core::error::{Error, Result};
use coroner_core::plan::For;
use coroner_infer::model::{
    About, BreakdownRow, Cited, Event, Gap, Incident, Report, Sentence, Verdict,
};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use std::collections::BTreeSet;

/// What a report is asked to be about.
struct Wanted<'a> {
    service: Option<&'a str>,
    host: Option<For<()>>,
}

/// Leaves out what was not asked for, and writes into the settings and the gaps of the report that it did. What names no
/// service (or no host) may be about the one that is meant, and stays. Refuses an incident that the report has not.
pub fn apply(report: &mut Report, about: &About) -> Result<()> {
    let host = about.host.as_deref().map(|h| For::new(Some(h), ()));
    let wanted = Wanted {
        service: about.service.as_deref(),
        host: host.transpose()?,
    };
    let found = report.incidents.len();
    let number = about.incident.map(usize::from);
    if let Some(n) = number.filter(|n| *n > found) {
        let why = match found {
            0 => "the logs show no incident".to_owned(),
            1 => "the logs show one incident".to_owned(),
            _ => format!("the logs show {found} incidents"),
        };
        let remedy = "leave it out to see what there is";
        return Err(Error::usage(format!("--incident {n}"), why, remedy));
    }
    if let Some(n) = number {
        report.incidents = vec![report.incidents.swap_remove(n - 1)];
    }
    report.incidents.retain(|i| wanted.incident_is(i));
    let events = report.timeline.len();
    report.timeline.retain(|e| wanted.event_is(e));
    let mut spans = 0;
    for list in [&mut report.blips, &mut report.planned, &mut report.minor] {
        spans += list.len();
        list.retain(|s| wanted.is(s.service.as_ref()));
        spans -= list.len();
    }
    let left = (
        found - report.incidents.len(),
        events - report.timeline.len(),
        spans,
    );
    if left.0 > 0 && report.incidents.is_empty() && report.verdict == Verdict::Incident {
        report.verdict = Verdict::None;
    }
    if left != (0, 0, 0) && !report.inputs.is_empty() {
        let gap = left_out(left, report.inputs.len());
        report.gaps.push(gap);
        report.gaps.sort_list_by_key(|g| g.kind);
    }
    report.settings.about = about.clone();
    Ok(())
}

/// The services that a report names, sorted: what may be asked for.
pub fn services(report: &Report) -> Vec<String> {
    let own = report.incidents.iter().filter_map(|i| i.service.as_ref());
    let hit = report.incidents.iter().flat_map(|i| &i.impact.by_service);
    let rows = report.timeline.iter().filter_map(|e| e.service.as_ref());
    sorted(own.chain(hit.map(|r| &r.name)).chain(rows))
}

/// The hosts that a report names, sorted.
pub fn hosts(report: &Report) -> Vec<String> {
    let own = report.inputs.iter().filter_map(|i| i.host.as_ref());
    let hit = report.incidents.iter().flat_map(|i| &i.impact.by_host);
    let rows = report.timeline.iter().filter_map(|e| e.host.as_ref());
    sorted(own.chain(hit.map(|r| &r.name)).chain(rows))
}

fn sorted<'a>(names: impl Iterator<Item = &'a LogText>) -> Vec<String> {
    let names = names.map(LogText::for_json).filter(|n| *n != "(other)");
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(str::to_owned).collect()
}

fn fails(rows: &[BreakdownRow], name: impl Fn(&str) -> bool) -> bool {
    rows.is_empty() || rows.iter().any(|r| r.failed > 0 && name(r.name.for_json()))
}

impl Wanted<'_> {
    /// Whether a service is the one that is meant; what has no name may be.
    fn is(&self, service: Option<&LogText>) -> bool {
        let both = self.service.zip(service);
        both.is_none_or(|(wanted, name)| name.for_json() == wanted)
    }

    fn incident_is(&self, i: &Incident) -> bool {
        let of_service = |s: &str| {
            let rows = &i.impact.by_service;
            let keys = i.components.iter().filter_map(|c| c.key.as_ref());
            match (&i.service, rows.is_empty()) {
                (None, true) => true,
                (Some(n), _) if n.for_json() == s => true,
                (_, false) if fails(rows, |n| n == s) => true,
                _ => keys.into_iter().any(|k| k.for_json() == s),
            }
        };
        let of_host = |h: &For<()>| fails(&i.impact.by_host, |n| h.applies(n));
        self.service.is_none_or(of_service) && self.host.as_ref().is_none_or(of_host)
    }

    fn event_is(&self, e: &Event) -> bool {
        let host = |h: &For<()>| e.host.as_ref().is_none_or(|n| h.applies(n.for_json()));
        self.is(e.service.as_ref()) && self.host.as_ref().is_none_or(host)
    }
}

fn left_out((incidents, rows, spans): (usize, usize, usize), inputs: usize) -> Gap {
    let mut text = Sentence::words("not asked for and left out: ");
    let all = [
        (incidents, "incident"),
        (rows, "row"),
        (spans, "short stretch"),
    ];
    for (n, (count, what)) in all.into_iter().filter(|x| x.0 > 0).enumerate() {
        let comma = if n > 0 { ", " } else { "" };
        text = text.w(comma).w(counted(count as u64, what));
    }
    Gap {
        kind: "scope",
        text,
        cited: Cited::Absent((0..inputs as u32).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_infer::model::fixture;

    fn kept(wanted: About) -> Report {
        let mut r = fixture::report();
        apply(&mut r, &wanted).unwrap();
        r
    }

    #[test]
    fn the_service_of_the_incident_keeps_it_and_another_does_not() {
        let all = fixture::report();
        let service = all.incidents[0]
            .service
            .as_ref()
            .unwrap()
            .for_json()
            .to_owned();
        let same = kept(About {
            service: Some(service.clone()),
            ..About::default()
        });
        assert_eq!(same.incidents.len(), all.incidents.len());
        assert_eq!(same.settings.about.service, Some(service));
        let other = kept(About {
            service: Some("nobody".into()),
            ..About::default()
        });
        assert!(other.incidents.is_empty() && other.verdict == Verdict::None);
        let gap = other.gaps.iter().find(|g| g.kind == "scope").unwrap();
        assert!(matches!(&gap.cited, Cited::Absent(i) if i.len() == all.inputs.len()));
        assert!(other.timeline.iter().all(|e| e.service.is_none()));
    }

    #[test]
    fn an_incident_that_is_not_there_is_refused() {
        let mut r = fixture::report();
        let n = r.incidents.len() as u16;
        let wanted = |n| About {
            incident: Some(n),
            ..About::default()
        };
        assert!(
            apply(&mut r, &wanted(n + 1))
                .unwrap_err()
                .to_string()
                .contains("--incident")
        );
        apply(&mut r, &wanted(n)).unwrap();
        assert_eq!(r.incidents.len(), 1);
    }

    #[test]
    fn hosts_go_by_pattern() {
        let host = |p: &str| About {
            host: Some(p.to_owned()),
            ..About::default()
        };
        let r = kept(host("no-such-*"));
        assert!(r.timeline.iter().all(|e| e.host.is_none()));
        assert!(!kept(host("*")).timeline.is_empty());
    }
}
