//! What a reader looks for and does not find: sections, the begin of what was done, numbers of the impact, what was left to do.

use crate::audit::case::Case;
use crate::audit::document::section::kind_of;
use crate::audit::document::{Form, SectionKind};
use crate::audit::finding::{Finding, Place, count, quote};
use crate::audit::patterns::Pattern;
use crate::audit::words::Family;
use coroner_lines::record::MarkerKind as M;
use std::collections::BTreeSet;

pub(super) fn sections(case: &Case) -> Vec<Finding> {
    let wanted = [
        (SectionKind::Summary, "Summary"),
        (SectionKind::Timeline, "Timeline"),
        (SectionKind::Cause, "Root cause"),
        (SectionKind::Actions, "Preventive measures"),
    ];
    let mut out = Vec::new();
    if case.eventless() {
        return out;
    }
    for (kind, name) in wanted {
        if case.doc.section(kind).is_some() {
            continue;
        }
        out.push(match hidden(case, kind) {
            Some(place) => {
                let message =
                    format!("the {name} heading is inside an HTML comment: readers do not see it");
                Finding::at(place, message).help("close the comment before the heading")
            }
            None => absent(case, kind, name),
        });
    }
    out
}

/// A heading of the kind inside a comment: the place of its words.
fn hidden(case: &Case, kind: SectionKind) -> Option<Place> {
    for c in &case.doc.comments {
        let text = case.doc.text.get(c.clone())?;
        let mut at = c.start;
        for line in text.split_inclusive('\n') {
            let t = line.trim().trim_start_matches("<!--").trim();
            if t.starts_with('#') && kind_of(t.trim_matches('#')) == Some(kind) {
                let n = case.doc.line_of(at);
                let whole = case.doc.lines.get(n)?;
                let from = at.saturating_sub(whole.at.start);
                let [from, to] =
                    [from, from + line.trim_end().len()].map(|n| n.min(whole.raw.len()));
                return Some(Place::new(n, from..to));
            }
            at += line.len();
        }
    }
    None
}

fn absent(case: &Case, kind: SectionKind, name: &str) -> Finding {
    let block = case
        .story
        .block
        .as_ref()
        .filter(|b| kind == SectionKind::Timeline && b.sure);
    if let Some(b) = block {
        let first = b.rows.first().map(|r| r.line);
        let line = b.head.or(first).unwrap_or(0);
        let section = case.doc.sections.get(b.section);
        let inside = section.filter(|s| !s.title.is_empty());
        let inside = inside.map_or(String::new(), |s| {
            format!(": the rows stand inside {}", quote(&s.title))
        });
        return Finding::at(case.doc.whole(line), format!("no {name} heading{inside}"))
            .help(format!("give it a heading: ## {name}"));
    }
    let what = name.to_lowercase();
    Finding::at(case.doc.whole(0), format!("no section for the {what}"))
        .help(format!("add one: ## {name}"))
}

pub(super) fn row(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let done = case
        .row(m.rolled_back)
        .filter(|t| !t.row.cites && t.kind() == M::RollbackFinish)?;
    if m.rollback.is_some()
        || m.rollback_failed.is_some()
        || !case.story.block.as_ref().is_some_and(|b| b.sure)
    {
        return None;
    }
    let near = case
        .row(m.mitigation)
        .filter(|t| t.is(Family::Mitigation) && t.at <= done.at);
    let taken = near.map_or(String::new(), |t| {
        format!(
            "; {} ({}, line {}) is the nearest and was taken as the beginning of mitigation",
            quote(&t.row.text),
            t.clock(),
            t.row.line + 1
        )
    });
    let done_text = quote(&done.row.text);
    let message = format!("{done_text} has no row for its beginning{taken}");
    Some(Finding::at(done.row.place(), message))
}

static NUMBER: Pattern = Pattern::of("number");
static CLAIM: Pattern = Pattern::of("hundred percent");
static LOSS: Pattern = Pattern::of("loss");

pub(super) fn impact(case: &Case) -> Option<Finding> {
    if case.eventless() {
        return None;
    }
    let sure = case.blocks.iter().filter(|b| b.sure);
    let rows: BTreeSet<usize> = sure.flat_map(|b| &b.rows).map(|r| r.line).collect();
    for p in &case.paragraphs {
        let line = p.line();
        if case.doc.kind(line).is_beside() || rows.contains(&line) {
            continue;
        }
        for m in NUMBER.find_iter(&p.text) {
            let around: String = p.text[m.start()..]
                .chars()
                .take(m.as_str().chars().count() + 4)
                .collect();
            // "http 500 error" is a status, "100 % impact" a claim
            let before = p.text[..m.start()].trim_end().to_ascii_lowercase();
            let time = p.text[..m.start()].ends_with(':');
            let status = time || before.ends_with("http") || STATUS.is_match(m.as_str());
            if !status && !CLAIM.is_match(&around) {
                return None;
            }
        }
    }
    let mut told = case.paragraphs.iter().filter(|p| !rows.contains(&p.line()));
    let loss = told.find_map(|p| Some(p.place(LOSS.find(&p.text)?.range())));
    let more = loss.map_or(String::new(), |l| {
        format!(
            "; {} (line {}) has no figure",
            quote(case.doc.at(&l)),
            l.line + 1
        )
    });
    let message = format!("no requests, users, endpoints, regions or money are counted{more}");
    Some(Finding::at(case.summary(), message))
}

static STATUS: Pattern = Pattern::of("status counted");

static TODO: Pattern = Pattern::of("todo");

pub(super) fn todo(case: &Case) -> Option<Finding> {
    let lines = case.doc.lines.iter().enumerate();
    let written = lines.filter(|(_, l)| !matches!(l.form, Form::Code | Form::Blank));
    // a row of a table is one thing to do, however many cells wait
    let todo = |(i, _)| Some(Place::new(i, TODO.find(case.doc.seen(i))?.range()));
    let all: Vec<Place> = written.filter_map(todo).collect();
    let (first, rest) = all.split_first()?;
    let f = Finding::at(first.clone(), format!("{} left", count(all.len(), "TODO")));
    Some(f.also_at(rest.iter().cloned()))
}
