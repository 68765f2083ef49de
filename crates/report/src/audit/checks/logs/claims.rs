//! Claims of the document against the measures of the logs: length, share, status, cause.

use crate::audit::case::Case;
use crate::audit::document::SectionKind;
use crate::audit::finding::{Finding, Place, quote, said};
use crate::audit::logs::{Beside, wide};
use crate::audit::patterns::Pattern;
use coroner_infer::cause::info;
use coroner_infer::model::{Cause, CauseVerdict, Incident};
use coroner_lines::fault::called;
use coroner_lines::record::CauseClass;
use coroner_lines::sorting::SortList;
use coroner_lines::time::SECOND;

fn incident<'c>(case: &'c Case<'c>) -> Option<&'c Incident> {
    let b = Beside::of(case)?;
    let i = b.incident?;
    // a document about another day is reported by logs.coverage
    let covered = b.rows.iter().any(|h| h.covered);
    // one of several incidents has its own length and share
    (covered && case.story.incidents <= 1).then_some(i)
}

pub(in crate::audit::checks) fn duration(case: &Case) -> Option<Finding> {
    let (i, recovery) = incident(case).and_then(|i| Some((i, i.recovery?)))?;
    let measured = (recovery.0 - i.onset.0) / SECOND;
    let slack = 120 + 2 * (wide(i.onset_interval) + wide(i.recovery_interval)).min(600);
    let all: Vec<_> = case.outages().collect();
    if all.is_empty() || all.iter().any(|s| s.length.fits(measured, slack)) {
        return None;
    }
    let s = all[0];
    let message = format!(
        "stated {}, measured {}: 5xx from {} to {}",
        quote(case.doc.at(&s.place)),
        said(measured),
        super::clock(case, i.onset),
        super::clock(case, recovery)
    );
    Some(Finding::at(s.phrase.clone(), message))
}

static SHARE: Pattern = Pattern::of("share");
static WORST: Pattern = Pattern::of("worst minute");
/// Words of a share that a part of the incident had, after a step that did not help.
static STILL: Pattern = Pattern::of("still failing");

pub(in crate::audit::checks) fn impact(case: &Case) -> Option<Finding> {
    let i = incident(case)?;
    let requests = i.impact.requests.filter(|r| *r > 0)?;
    let failed = i.impact.failed?;
    let percent = |f: u64, r: u64| f as f64 / r as f64 * 100.0;
    let share = percent(failed, requests);
    let peak = i.impact.peak.filter(|p| p.1 > 0);
    let peak = peak.map_or(share, |(_, r, f)| percent(f, r));
    for p in &case.paragraphs {
        if !case.doc.kind(p.line()).is_headline() {
            continue;
        }
        for c in SHARE.captures_iter(&p.text) {
            let (Some(whole), Ok(said)) = (c.get(0), c[1].parse::<f64>()) else {
                continue;
            };
            let sentence = &p.text[p.sentence(whole.start())];
            if sentence.to_ascii_lowercase().contains("not a 100") || STILL.is_match(whole.as_str())
            {
                continue;
            }
            let worst = WORST.is_match(sentence);
            let fits = match said >= 99.0 {
                true => share >= 99.0 || worst && peak >= 99.0,
                false => said >= share - 5.0 && said <= peak.max(share) + 5.0,
            };
            if !fits {
                let message = format!(
                    "{} is claimed, and {share:.1} % of the requests failed by the logs ({failed} of {requests}; worst minute {peak:.1} %)",
                    quote(whole.as_str())
                );
                return Some(Finding::at(p.place(whole.range()), message));
            }
        }
    }
    None
}

static STATUS: Pattern = Pattern::of("status named");

pub(in crate::audit::checks) fn status(case: &Case) -> Option<Finding> {
    let i = incident(case)?;
    let total: u64 = i.impact.by_status.iter().map(|r| r.failed).sum();
    if total < 20 {
        return None;
    }
    let mut named: Vec<(String, Place)> = Vec::new();
    for p in &case.paragraphs {
        let kind = case.doc.kind(p.line());
        if kind.is_beside() || kind == SectionKind::Lessons {
            continue;
        }
        for c in STATUS.captures_iter(&p.text) {
            if let Some(m) = c.get(1).or_else(|| c.get(2)) {
                named.push((m.as_str().to_owned(), p.place(m.range())));
            }
        }
    }
    let counted = |code: &str| -> u64 {
        let rows = i.impact.by_status.iter();
        let of_code = rows.filter(|r| r.name.for_json() == code);
        of_code.map(|r| r.failed).sum()
    };
    if named.iter().any(|n| counted(&n.0) * 20 >= total) {
        return None;
    }
    let (code, place) = named.first().cloned()?;
    let mut rows: Vec<_> = i.impact.by_status.iter().filter(|r| r.failed > 0).collect();
    rows.sort_list_by_key(|r| std::cmp::Reverse(r.failed));
    let top: Vec<String> = rows
        .iter()
        .take(3)
        .map(|r| format!("{} ({} of {total})", r.name.for_json(), r.failed))
        .collect();
    let message = format!(
        "status {code} is named, and {} of the {total} failed requests have it; the logs have {}",
        counted(&code),
        top.join(", ")
    );
    Some(Finding::at(place, message))
}

pub(in crate::audit::checks) fn cause(case: &Case) -> Option<Finding> {
    let i = incident(case)?;
    let top = i
        .causes
        .first()
        .filter(|_| i.cause_verdict != CauseVerdict::NotEstablished)?;
    let causes = case.paragraphs_of(SectionKind::Cause);
    let said = causes.flat_map(|p| called(&p.text).into_iter().map(|(c, at)| (c, p.place(at))));
    let said: Vec<(CauseClass, Place)> = said.collect();
    let (first, place) = said.first().cloned()?;
    let suspected = |x: &Cause, c| x.score >= 0.2 && x.group == info(c).group;
    if said
        .iter()
        .any(|(c, _)| i.causes.iter().any(|x| suspected(x, *c)))
    {
        return None;
    }
    let word = |c| info(c).word();
    let message = format!(
        "the document names {} ({}), the logs suspect {} ({:.2})",
        quote(case.doc.at(&place)),
        word(first),
        word(top.class),
        top.score
    );
    Some(Finding::at(place, message))
}
