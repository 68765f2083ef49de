//! Claims of the document against the measures of the logs: length, share, status, cause.

use crate::audit::case::Case;
use crate::audit::document::SectionKind;
use crate::audit::finding::{Finding, Place, quote, said};
use crate::audit::length::pattern;
use crate::audit::logs::Beside;
use coroner_infer::cause::info;
use coroner_infer::model::{CauseVerdict, Incident};
use coroner_lines::fault::called;
use coroner_lines::record::CauseClass;
use coroner_lines::sorting::SortList;
use coroner_lines::time::SECOND;
use regex::Regex;
use std::sync::LazyLock;

fn incident<'c>(case: &'c Case<'c>) -> Option<&'c Incident> {
    let b = Beside::of(case)?;
    let i = b.incident?;
    // a document about another day is reported by logs.coverage
    let covered = b.rows.iter().any(|h| h.covered);
    // one of several incidents has its own length and share
    (covered && case.story.incidents <= 1).then_some(i)
}

pub(in crate::audit::checks) fn duration(case: &Case) -> Vec<Finding> {
    let Some((i, recovery)) = incident(case).and_then(|i| Some((i, i.recovery?))) else {
        return Vec::new();
    };
    let wide = |x: Option<(coroner_lines::time::Instant, coroner_lines::time::Instant)>| {
        x.map_or(0, |(a, b)| (b.0 - a.0) / 2 / SECOND)
    };
    let measured = (recovery.0 - i.onset.0) / SECOND;
    let slack = 120 + 2 * (wide(i.onset_interval) + wide(i.recovery_interval)).min(600);
    let all: Vec<_> = case.outages().collect();
    if all.is_empty() || all.iter().any(|s| s.length.fits(measured, slack)) {
        return Vec::new();
    }
    let s = all[0];
    let message = format!(
        "stated {}, measured {}: 5xx from {} to {}",
        quote(case.doc.at(&s.place)),
        said(measured),
        super::clock(case, i.onset),
        super::clock(case, recovery)
    );
    vec![
        Finding::at(s.phrase.clone(), message)
            .help("take the measured length, or say what yours counts from"),
    ]
}

static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(\d{1,3}(?:\.\d+)?) ?(?:%|percent)\s*(?:(?:impact|outage|downtime|loss|failure)\b|(?:of )?(?:the |our |all )?(?:[\w-]+ ){0,3}?(?:requests|traffic)\b[^.;|]{0,50}?\b(?:fail\w*|impact\w*|affect\w*|error\w*|lost|rejected|dropped|5xx|5\d\d)\b)",
    )
});
static WORST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(peak|worst|height|up to|maximum|at most)\b"));
/// Words of a share that a part of the incident had, after a step that did not help.
static STILL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:kept|still|continued|remained)\b"));

pub(in crate::audit::checks) fn impact(case: &Case) -> Vec<Finding> {
    let Some(i) = incident(case) else {
        return Vec::new();
    };
    let (Some(requests), Some(failed)) = (i.impact.requests.filter(|r| *r > 0), i.impact.failed)
    else {
        return Vec::new();
    };
    let share = failed as f64 / requests as f64 * 100.0;
    let peak = i.impact.peak.map_or(share, |(_, r, f)| {
        if r > 0 {
            f as f64 / r as f64 * 100.0
        } else {
            share
        }
    });
    for p in &case.paragraphs {
        if !matches!(
            case.doc.kind(p.line()),
            SectionKind::Summary | SectionKind::Intro | SectionKind::Impact | SectionKind::Figures
        ) {
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
                return vec![
                    Finding::at(p.place(whole.range()), message).help("take the measured share"),
                ];
            }
        }
    }
    Vec::new()
}

static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:http|https|status|code|error|errors|returning|returned|served|serving)\W{1,3}(?:\w+ ){0,2}?[`'(]?(5\d\d)\b|\b(5\d\d)[`')]? (?:[\w-]+ ){0,2}?(?:errors?|responses?|status)",
    )
});

pub(in crate::audit::checks) fn status(case: &Case) -> Vec<Finding> {
    let Some(i) = incident(case) else {
        return Vec::new();
    };
    let total: u64 = i.impact.by_status.iter().map(|r| r.failed).sum();
    if total < 20 {
        return Vec::new();
    }
    let mut named: Vec<(String, Place)> = Vec::new();
    for p in &case.paragraphs {
        if matches!(
            case.doc.kind(p.line()),
            SectionKind::Actions | SectionKind::Appendix | SectionKind::Lessons
        ) {
            continue;
        }
        for c in STATUS.captures_iter(&p.text) {
            if let Some(m) = c.get(1).or_else(|| c.get(2)) {
                named.push((m.as_str().to_owned(), p.place(m.range())));
            }
        }
    }
    let counted = |code: &str| {
        i.impact
            .by_status
            .iter()
            .filter(|r| r.name.for_json() == code)
            .map(|r| r.failed)
            .sum::<u64>()
    };
    let Some((code, place)) = named
        .first()
        .cloned()
        .filter(|_| !named.iter().any(|n| counted(&n.0) * 20 >= total))
    else {
        return Vec::new();
    };
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
    vec![Finding::at(place, message).help("name the status that clients saw")]
}

pub(in crate::audit::checks) fn cause(case: &Case) -> Vec<Finding> {
    let Some(i) = incident(case) else {
        return Vec::new();
    };
    let Some(top) = i
        .causes
        .first()
        .filter(|_| i.cause_verdict != CauseVerdict::NotEstablished)
    else {
        return Vec::new();
    };
    let mut said: Vec<(CauseClass, Place)> = Vec::new();
    for p in case
        .paragraphs
        .iter()
        .filter(|p| matches!(case.doc.kind(p.line()), SectionKind::Cause))
    {
        said.extend(called(&p.text).into_iter().map(|(c, at)| (c, p.place(at))));
    }
    let Some((first, place)) = said.first().cloned() else {
        return Vec::new();
    };
    let suspected = |c: CauseClass| {
        i.causes
            .iter()
            .any(|x| x.score >= 0.2 && x.group == info(c).group)
    };
    if said.iter().any(|(c, _)| suspected(*c)) {
        return Vec::new();
    }
    let word = |c| info(c).word();
    let message = format!(
        "the document names {} ({}), the logs suspect {} ({:.2})",
        quote(case.doc.at(&place)),
        word(first),
        word(top.class),
        top.score
    );
    vec![
        Finding::at(place, message)
            .help("coroner explain \"cause 1\" LOGS shows what speaks for it and against it"),
    ]
}
