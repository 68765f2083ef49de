//! What the text alone says and should say elsewhere too: a start time, one cause, rows for every change.

use crate::audit::case::Case;
use crate::audit::document::{Form, Paragraph, SectionKind};
use crate::audit::finding::{Finding, quote};
use crate::audit::patterns::Pattern;
use crate::audit::words::{Family, family};
use coroner_infer::cause::info;
use coroner_lines::fault::called;
use coroner_lines::record::CauseClass;

static ORDER: Pattern = Pattern::of("change afterwards");
static ROOT: Pattern = Pattern::of("cause named");

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

pub(in crate::audit::checks) fn start_missing(case: &Case) -> Option<Finding> {
    let in_summary = |line: usize| case.doc.kind(line) == SectionKind::Summary;
    let timed = case.mentions.iter().any(|m| in_summary(m.place.line));
    let dated = case
        .dated
        .iter()
        .find(|d| in_summary(d.place.line) && d.kind.is_some_and(|k| family(k) == Family::Onset));
    let d = dated.filter(|_| !timed)?;
    let message = "the summary gives a date and no start time";
    Some(match case.row(case.story.markers.onset) {
        Some(o) => Finding::at(d.place.clone(), message)
            .help(format!("by the table it began at {}", o.clock())),
        None => Finding::at(d.place.clone(), message).help("say when it began"),
    })
}

pub(in crate::audit::checks) fn cause(case: &Case) -> Option<Finding> {
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
        return None;
    };
    if found.iter().any(|f| all.contains(&f.0)) || all.contains(&other) {
        return None;
    }
    let word = |c| info(c).word();
    let message = format!(
        "the summary says {} ({}), the section on the cause {} ({})",
        quote(case.doc.at(&place)),
        word(class),
        quote(case.doc.at(&there)),
        word(other)
    );
    Some(Finding::at(place, message).also(there, ""))
}

pub(in crate::audit::checks) fn action(case: &Case) -> Option<Finding> {
    let m = &case.story.markers;
    let from = case
        .row(m.onset)
        .map(|o| o.at)
        .filter(|_| case.comparable())?;
    let has = case
        .story
        .rows
        .iter()
        .any(|t| t.at >= from && family(t.kind()) == Family::Change);
    if has {
        return None;
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
            return Some(Finding::at(place, message));
        }
    }
    None
}
