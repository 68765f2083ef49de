//! Claims that no number supports.

use crate::audit::case::Case;
use crate::audit::document::SectionKind;
use crate::audit::finding::{Finding, quote, said};
use crate::audit::patterns::Pattern;
use crate::audit::words::Family;
use coroner_lines::table::words;

static ALL: Pattern = Pattern::of("all traffic");
static COUNTED: Pattern = Pattern::of("counted");
static QUICK: Pattern = Pattern::of("swift");

pub(super) fn all_traffic(case: &Case) -> Option<Finding> {
    for p in &case.paragraphs {
        let line = p.line();
        if case.doc.kind(line).is_beside() || case.row_lines.contains(&line) {
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

pub(super) fn swift(case: &Case) -> Option<Finding> {
    for p in &case.paragraphs {
        let line = p.line();
        let kind = case.doc.kind(line);
        if kind.is_beside()
            || matches!(kind, SectionKind::Timeline | SectionKind::Lessons)
            || case.doc.is_table(line)
            || case.row_lines.contains(&line)
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
            let word = quote(word.unwrap_or("quickly"));
            let message = format!("{word} is not a number{}", measured(case));
            return Some(Finding::at(place, message));
        }
    }
    None
}

/// Whether the words before say that it is only wanted.
fn wish(before: &str) -> bool {
    let before = before.rsplit(['.', ';']).next().unwrap_or(before);
    let tail: Vec<&str> = before.split_whitespace().rev().take(4).collect();
    let wanted = words::<10>("to will should must can could more not faster would");
    let says = |word: &str| tail.iter().any(|w| w.eq_ignore_ascii_case(word));
    wanted.into_iter().any(says) && !says("able")
}

fn measured(case: &Case) -> String {
    let outage = case.spans.outage.map(|s| format!("outage {}", said(s)));
    let begun = case.spans.to_mitigation.map(|s| {
        let first = case.row(case.story.markers.mitigation);
        let what = match first.is_some_and(|t| t.states(Family::Rollback)) {
            true => "rollback",
            false => "mitigation",
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
