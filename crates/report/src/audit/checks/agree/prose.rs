//! What the text alone says and should say elsewhere too: a start time, one cause, rows for every change.

use crate::audit::case::Case;
use crate::audit::document::{Form, Paragraph, SectionKind};
use crate::audit::finding::{Finding, quote};
use crate::audit::length::pattern;
use crate::audit::words::{Family, family};
use coroner_infer::cause::info;
use coroner_lines::fault::called;
use coroner_lines::record::CauseClass;
use regex::Regex;
use std::sync::LazyLock;

static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(and |we )?(then|thereafter|there after|afterwards?|subsequently|followed by|later|after that|next)\b,?\s.{0,50}?\b(re-?)?(upgrad(ed|ing|e)|deploy(ed|ing)|patch(ed|ing)|migrat(ed|ing)|replac(ed|ing)|install(ed|ing)|re-?configur(ed|ing))\b( the| our| its| all| of)*( current| new| system| latest)*( version| servers?| system| software| patch| build| release)?",
    )
});
static ROOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(root cause|caused by|cause of|due to|because of|as a result of|result of|triggered by|reason)\b",
    )
});

fn paragraphs_of<'c>(
    case: &'c Case,
    kinds: &'c [SectionKind],
) -> impl Iterator<Item = &'c Paragraph> {
    let prose = |l: usize| {
        !matches!(
            case.doc.lines[l].form,
            Form::Pipes | Form::Tabs | Form::Rule
        )
    };
    case.paragraphs
        .iter()
        .filter(move |p| kinds.contains(&case.doc.kind(p.line())) && prose(p.line()))
}

pub(in crate::audit::checks) fn start_missing(case: &Case) -> Vec<Finding> {
    let in_summary = |line: usize| case.doc.kind(line) == SectionKind::Summary;
    let timed = case.mentions.iter().any(|m| in_summary(m.place.line));
    let dated = case
        .dated
        .iter()
        .find(|d| in_summary(d.place.line) && d.kind.is_some_and(|k| family(k) == Family::Onset));
    let Some(d) = dated.filter(|_| !timed) else {
        return Vec::new();
    };
    let message = "the summary gives a date and no start time";
    vec![match case.row(case.story.markers.onset) {
        Some(o) => Finding::at(d.place.clone(), message)
            .help(format!("by the table it began at {}", o.clock())),
        None => Finding::at(d.place.clone(), message).help("say when it began"),
    }]
}

pub(in crate::audit::checks) fn cause(case: &Case) -> Vec<Finding> {
    let mut said: Option<(CauseClass, crate::audit::finding::Place)> = None;
    let mut all = Vec::new();
    for p in paragraphs_of(case, &[SectionKind::Summary]) {
        for s in p.sentences() {
            let text = &p.text[s.clone()];
            let Some(m) = ROOT.find(text) else { continue };
            for (class, at) in called(&text[m.start()..]) {
                all.push(class);
                let at = s.start + m.start() + at.start..s.start + m.start() + at.end;
                said.get_or_insert_with(|| (class, p.place(at)));
            }
        }
    }
    let mut found = Vec::new();
    for p in paragraphs_of(case, &[SectionKind::Cause]) {
        for (class, at) in called(&p.text) {
            found.push((class, p.place(at)));
        }
    }
    let (Some((class, place)), Some((other, there))) = (said, found.first().cloned()) else {
        return Vec::new();
    };
    if found.iter().any(|f| all.contains(&f.0)) || all.contains(&other) {
        return Vec::new();
    }
    let word = |c| info(c).word();
    let message = format!(
        "the summary says {} ({}), the section on the cause {} ({})",
        quote(case.doc.at(&place)),
        word(class),
        quote(case.doc.at(&there)),
        word(other)
    );
    vec![
        Finding::at(place, message)
            .also(there, "")
            .help("name the part that failed and what made it fail"),
    ]
}

pub(in crate::audit::checks) fn action(case: &Case) -> Vec<Finding> {
    let m = &case.story.markers;
    let Some(from) = case
        .row(m.onset)
        .map(|o| o.at)
        .filter(|_| case.comparable())
    else {
        return Vec::new();
    };
    let has = case
        .story
        .rows
        .iter()
        .any(|t| t.at >= from && family(t.kind()) == Family::Change);
    if has {
        return Vec::new();
    }
    for p in paragraphs_of(
        case,
        &[
            SectionKind::Cause,
            SectionKind::Resolution,
            SectionKind::Summary,
        ],
    ) {
        if let Some(found) = ORDER.find(&p.text) {
            let place = p.place(found.range());
            let message = format!(
                "a change after the outage began is described here ({}), and no row of the timeline has it",
                quote(found.as_str())
            );
            return vec![
                Finding::at(place, message).help("give it a row: when was it, and on which hosts?"),
            ];
        }
    }
    Vec::new()
}
