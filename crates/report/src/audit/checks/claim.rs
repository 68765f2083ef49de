//! Claims that no number supports.

use crate::audit::case::Case;
use crate::audit::document::{Form, SectionKind};
use crate::audit::finding::{Finding, quote, said};
use crate::audit::patterns::Pattern;
use crate::audit::words::Family;

static ALL: Pattern = Pattern::of("all traffic");
static COUNTED: Pattern = Pattern::of("counted");
static QUICK: Pattern = Pattern::of("swift");

pub(super) fn all_traffic(case: &Case) -> Option<Finding> {
    for p in &case.paragraphs {
        let line = p.line();
        if case.doc.kind(line).is_beside() || is_row(case, line) {
            continue;
        }
        for s in p.sentences() {
            let text = &p.text[s.clone()];
            let Some(m) = ALL.find(text).filter(|_| !COUNTED.is_match(text)) else {
                continue;
            };
            let place = p.place(s.start + m.start()..s.start + m.end());
            let message = format!(
                "{} is claimed, and no count of requests supports it",
                quote(m.as_str())
            );
            return Some(Finding::at(place, message));
        }
    }
    None
}

fn is_row(case: &Case, line: usize) -> bool {
    case.blocks
        .iter()
        .filter(|b| !b.prose)
        .any(|b| b.rows.iter().any(|r| r.line == line))
}

pub(super) fn swift(case: &Case) -> Option<Finding> {
    for p in &case.paragraphs {
        let line = p.line();
        let kind = case.doc.kind(line);
        let table = matches!(case.doc.lines[line].form, Form::Pipes | Form::Tabs);
        if matches!(
            kind,
            SectionKind::Actions
                | SectionKind::Appendix
                | SectionKind::Timeline
                | SectionKind::Lessons
        ) || table
            || is_row(case, line)
        {
            continue;
        }
        if let Some(m) = QUICK.find(&p.text).filter(|m| !wish(&p.text[..m.start()])) {
            let place = p.place(m.range());
            let word = m.as_str().split(|c: char| !c.is_alphabetic()).find(|w| {
                let w = w.to_ascii_lowercase();
                ["quick", "swift", "prompt", "rapid", "speedi"]
                    .iter()
                    .any(|q| w.starts_with(q))
            });
            return Some(Finding::at(
                place,
                format!(
                    "{} is not a number{}",
                    quote(word.unwrap_or("quickly")),
                    measured(case)
                ),
            ));
        }
    }
    None
}

/// Whether the words before say that it is only wanted.
fn wish(before: &str) -> bool {
    let before = before.rsplit(['.', ';']).next().unwrap_or(before);
    let tail: Vec<&str> = before.split_whitespace().rev().take(4).collect();
    tail.iter().any(|w| {
        matches!(
            w.to_ascii_lowercase().as_str(),
            "to" | "will"
                | "should"
                | "must"
                | "can"
                | "could"
                | "more"
                | "not"
                | "faster"
                | "would"
        )
    }) && !tail.iter().any(|w| w.eq_ignore_ascii_case("able"))
}

fn measured(case: &Case) -> String {
    let outage = case.spans.outage.map(|s| format!("outage {}", said(s)));
    let begun = case.spans.to_mitigation.map(|s| {
        let what = match case
            .row(case.story.markers.mitigation)
            .map(|t| t.states(Family::Rollback))
        {
            Some(true) => "rollback",
            _ => "mitigation",
        };
        format!("{what} begun {} after onset", said(s))
    });
    let list: Vec<String> = outage.into_iter().chain(begun).collect();
    if list.is_empty() {
        String::new()
    } else {
        format!(": {}", list.join(", "))
    }
}
