//! What the text alone says and should say elsewhere too: a start time, one cause, rows for every change.

use crate::audit::case::Case;
use crate::audit::document::{Form, Paragraph, SectionKind};
use crate::audit::finding::{Finding, quote};
use crate::audit::patterns::Pattern;
use crate::audit::words::{Family, family};
use coroner_infer::cause::info;
use coroner_lines::fault::called;

static ORDER: Pattern = Pattern::of("change afterwards");
static ROOT: Pattern = Pattern::of("cause named");

fn prose_of<'c>(case: &'c Case, kinds: &'c [SectionKind]) -> impl Iterator<Item = &'c Paragraph> {
    let prose = |l: usize| {
        !matches!(
            case.doc.lines[l].form,
            Form::Pipes | Form::Tabs | Form::Rule
        )
    };
    let paragraphs = case.paragraphs.iter();
    paragraphs.filter(move |p| kinds.contains(&case.doc.kind(p.line())) && prose(p.line()))
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
    let help = match case.row(case.story.markers.onset) {
        Some(o) => format!("by the table it began at {}", o.clock()),
        None => "say when it began".to_owned(),
    };
    Some(Finding::at(d.place.clone(), message).help(help))
}

pub(in crate::audit::checks) fn cause(case: &Case) -> Option<Finding> {
    let mut said = None;
    let mut all = Vec::new();
    for p in prose_of(case, &[SectionKind::Summary]) {
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
    let causes = prose_of(case, &[SectionKind::Cause]);
    let found = causes.flat_map(|p| called(&p.text).into_iter().map(|(c, at)| (c, p.place(at))));
    let found: Vec<_> = found.collect();
    let ((class, place), (other, there)) = said.zip(found.first().cloned())?;
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
    let from = case.row(m.onset).filter(|_| case.comparable())?.at;
    let mut rows = case.story.rows.iter();
    if rows.any(|t| t.at >= from && t.is(Family::Change)) {
        return None;
    }
    use SectionKind::{Cause, Resolution, Summary};
    let mut told = prose_of(case, &[Cause, Resolution, Summary]);
    let (p, found) = told.find_map(|p| Some((p, ORDER.find(&p.text)?)))?;
    let message = format!(
        "a change after the outage began is described here ({}), and no row of the timeline has it",
        quote(found.as_str())
    );
    Some(Finding::at(p.place(found.range()), message))
}
