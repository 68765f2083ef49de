//! The last look at a finished report, before any form is written: what its sentences say is not there is held against what
//! its rows and messages show. Markers that an incident lacks are reported here, since only the finished rows show which it has.

use super::phases::absent;
use crate::cause::settles;
use crate::model::{CauseVerdict, Cited, Denial, Event, Evidence, Gap, Incident, Report};
use coroner_lines::record::{CauseClass, Kind, MarkerKind as K};
use coroner_lines::time::Instant;

/// What a denial may be refuted by.
type Fact<'a> = ((K, Option<CauseClass>), Instant, &'a [Evidence]);

/// Reports what each incident lacks, and withdraws every sentence that the report itself refutes; how many is kept with the
/// totals. The rules that make sentences look first themselves, so that none should be left.
pub(super) fn settle(report: &mut Report, pagers: &[u32]) {
    let stated = std::mem::take(&mut report.timeline);
    for i in &mut report.incidents {
        report.gaps.extend(lacks(i, &stated, pagers));
        report.totals.withdrawn += withdraw(i, &stated);
    }
    report.timeline = stated;
}

/// Markers that an incident lacks, each with the inputs that were searched: those that report such elsewhere, or else those
/// that are of the kind that could. No more is said than that none was recognised.
fn lacks(i: &Incident, stated: &[Event], pagers: &[u32]) -> Vec<Gap> {
    let has = |k: K| i.timeline.iter().any(|e| e.kind == k);
    let wanted: [(bool, &str, Kind); 4] = [
        (!has(K::AlertFired), "an alert", Kind::Pager),
        (
            has(K::AlertFired) && !has(K::AlertAcknowledged),
            "an acknowledgement",
            Kind::Pager,
        ),
        (
            has(K::RollbackFinish) && !has(K::RollbackStart),
            "the start of the rollback",
            Kind::Deploy,
        ),
        (
            has(K::RollbackStart) && !has(K::RollbackFinish) && !has(K::RollbackFail),
            "the end of the rollback",
            Kind::Deploy,
        ),
    ];
    let lacking = wanted.into_iter().filter(|w| w.0);
    let absences = lacking.filter_map(|(_, what, family)| {
        let of_family = stated.iter().filter(|e| e.kind.log() == Some(family));
        let mut inputs: Vec<u32> = of_family
            .filter_map(|e| Some(e.evidence.first()?.input))
            .collect();
        inputs.sort_unstable();
        inputs.dedup();
        let searched = match inputs.is_empty() {
            true => pagers.to_vec(),
            false => inputs,
        };
        (!searched.is_empty()).then(|| absent(what, i.onset, searched))
    });
    absences.collect()
}

/// Withdraws what the rows of the report refute.
fn withdraw(i: &mut Incident, stated: &[Event]) -> u64 {
    let rows = i.timeline.iter().chain(stated);
    let mut facts: Vec<Fact<'_>> = rows
        .filter_map(|e| Some(((e.kind, e.class), e.time.or(e.after)?, &e.evidence[..])))
        .collect();
    facts.extend(i.new_templates.iter().map(|t| {
        let class = t.family.and_then(CauseClass::from_word);
        ((K::NewError, class), t.first, &t.evidence[..])
    }));
    let holds = |denies: &Denial, searched: &[u32]| {
        let refuted = |f: &Fact<'_>| denies.refuted_by(searched, f.0, f.1, f.2);
        !facts.iter().any(refuted)
    };
    let everywhere: Vec<u32> = facts.iter().flat_map(|f| f.2).map(|e| e.input).collect();
    let mut gone = 0;
    for c in &mut i.causes {
        for claims in [&mut c.pro, &mut c.con] {
            let before = claims.len();
            claims.retain(|x| match (&x.denies, &x.cited) {
                (Some(d), Cited::Absent(searched)) => holds(d, searched),
                (Some(d), Cited::Lines(_)) => holds(d, &everywhere),
                (None, _) => true,
            });
            gone += before - claims.len();
        }
    }
    let before = i.missing.len();
    i.missing
        .retain(|m| m.denies.as_ref().is_none_or(|d| holds(d, &everywhere)));
    gone += before - i.missing.len();
    if i.missing.is_empty() && i.cause_verdict != CauseVerdict::Established {
        i.missing.push(settles());
    }
    gone as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Claim, Sentence, fixture};
    use coroner_lines::time::MINUTE;

    #[test]
    fn what_a_row_refutes_is_withdrawn_and_counted() {
        let mut r = fixture::report();
        let i = &mut r.incidents[0];
        let page = i.timeline.iter().find(|e| e.kind == K::AlertFired).cloned();
        let page = page.expect("the example has a page");
        let at = page.time.expect("a time");
        let deny = |from: i64, searched: u32| Claim {
            text: Sentence::words("No page is in the logs."),
            weight: -1.0,
            cited: Cited::Absent(vec![searched]),
            denies: Some(Denial {
                kinds: &[K::AlertFired],
                classes: Vec::new(),
                from: Instant(at.0 + from),
                to: Instant(at.0 + 10 * MINUTE),
            }),
        };
        let own = page.evidence[0].input;
        let pages = i.timeline.iter().filter(|e| e.kind == K::AlertFired);
        assert_eq!(pages.count(), 1);
        let before = i.causes[0].con.len();
        // refuted; of another time; of another input
        i.causes[0]
            .con
            .extend([deny(0, own), deny(1, own), deny(0, own + 100)]);
        settle(&mut r, &[]);
        assert_eq!(r.incidents[0].causes[0].con.len(), before + 2);
        assert_eq!(r.totals.withdrawn, 1);
        let denied = |g: &Gap| format!("{:?}", g.text).contains("an alert for");
        assert!(!r.gaps.iter().any(denied));
    }

    #[test]
    fn a_page_is_denied_only_of_logs_that_report_pages() {
        let said = |pages_elsewhere: bool, pagers: &[u32]| -> Vec<String> {
            let mut r = fixture::report();
            r.gaps.clear();
            let page = |e: &Event| e.kind.word().starts_with("alert");
            r.incidents[0].timeline.retain(|e| !page(e));
            if !pages_elsewhere {
                r.timeline.retain(|e| !page(e));
            }
            settle(&mut r, pagers);
            let shown = |g: &Gap| format!("{:?} {:?}", g.text, g.cited);
            r.gaps.iter().map(shown).collect()
        };
        // among the inputs that are searched
        let denied = |gaps: &[String], pager: bool| {
            let of = |g: &&String| g.contains("no line was recognised as an alert");
            gaps.iter().find(of).map(|g| g.contains("[7]")) == Some(pager)
        };
        let (known, chat) = (said(true, &[7]), said(false, &[7]));
        assert!(denied(&known, false), "{known:?}");
        assert!(denied(&chat, true), "{chat:?}");
        // that no pager log was given is reported elsewhere
        assert!(said(false, &[]).iter().all(|g| !g.contains("an alert")));
    }
}
