//! The actions that a document promises: items, rows of a table or bare lines of the sections for them, and whether somebody
//! has each, or a day.

use super::document::{Document, Form, SectionKind, bullet, cells, letters, trimmed};
use super::finding::Place;
use super::patterns::Pattern;
use coroner_lines::table::words;
use std::ops::Range;

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Where it stands.
    pub place: Place,
    /// Its words.
    pub text: String,
    /// Whether it names an owner, a due date or a ticket, or is done.
    pub assigned: bool,
    /// Whether its line still holds a TODO: then it is a question, not an answer.
    pub open: bool,
    /// The section that it is in.
    pub section: usize,
}

/// Actions that are looked at.
const MOST: usize = 500;

static ASSIGNED: Pattern = Pattern::of("assigned");
static TICKET: Pattern = Pattern::of("ticket");
static OWNERS: Pattern = Pattern::of("column of owners");

/// Every action, in order.
pub fn actions(doc: &Document) -> Vec<Action> {
    let mut out = Vec::new();
    let mut from = 0;
    for lines in doc.lines.chunk_by(|a, b| a.section == b.section) {
        let end = from + lines.len();
        if doc.kind(from) == SectionKind::Actions && out.len() < MOST {
            section_of(doc, from, end, &mut out);
        }
        from = end;
    }
    out
}

fn section_of(doc: &Document, from: usize, end: usize, out: &mut Vec<Action>) {
    let lines = from + 1..end;
    let form = |f: Form| lines.clone().any(|l| doc.lines[l].form == f);
    match (form(Form::Rule), form(Form::Item)) {
        (true, _) => table(doc, lines.collect(), out),
        (false, true) => items(doc, lines.collect(), out),
        (false, false) => bare(doc, lines.collect(), out),
    }
}

fn is_assigned(doc: &Document, line: usize, text: &str) -> bool {
    ASSIGNED.is_match(text) || TICKET.is_match(doc.lines[line].raw)
}

/// The action that some bytes of a line promise; `given`: that somebody has it is said elsewhere.
fn action(doc: &Document, line: usize, at: Range<usize>, given: bool) -> Action {
    let text = &doc.seen(line)[at.clone()];
    Action {
        assigned: given || is_assigned(doc, line, text),
        text: text.to_owned(),
        open: doc.lines[line].raw.contains("TODO"),
        section: doc.lines[line].section,
        place: Place::new(line, at),
    }
}

/// Items of a list; what is set in further than the first belongs to the one above it.
fn items(doc: &Document, lines: Vec<usize>, out: &mut Vec<Action>) {
    let mut depth = None;
    let begin = out.len();
    for l in lines {
        let line = &doc.lines[l];
        let seen = doc.seen(l);
        let lead = line.raw.len() - line.raw.trim_start().len();
        let item = line.form == Form::Item && lead <= *depth.get_or_insert(lead) + 1;
        if item {
            let start = bullet(line.raw).min(seen.len());
            let text = seen.get(start..).unwrap_or("").trim_end();
            if text.trim().is_empty() {
                continue;
            }
            let done = line.raw.contains("[x]") || line.raw.contains("[X]");
            out.push(action(doc, l, start..start + text.len(), done));
        } else if matches!(line.form, Form::Text | Form::Item)
            && lead > 0
            && let Some(last) = out[begin..].last_mut()
        {
            last.text.push(' ');
            last.text.push_str(seen.trim());
            last.assigned |= is_assigned(doc, l, seen);
        }
    }
}

/// Bare lines: each that begins as a sentence does is one; names of authors and links are none.
fn bare(doc: &Document, lines: Vec<usize>, out: &mut Vec<Action>) {
    let mut ended = true;
    for l in lines {
        let seen = doc.seen(l);
        let t = seen.trim();
        if doc.lines[l].form != Form::Text {
            ended = true;
            continue;
        }
        let begins = ended && t.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        ended = t.ends_with(['.', '!', ':', ';']);
        if begins && t.split_whitespace().count() >= 4 {
            out.push(action(doc, l, trimmed(seen, 0..seen.len()), false));
        } else if let Some(last) = out.last_mut().filter(|_| !begins) {
            last.text.push(' ');
            last.text.push_str(t);
        }
    }
}

/// Rows of a table; its columns say who has each.
fn table(doc: &Document, lines: Vec<usize>, out: &mut Vec<Action>) {
    let rule = lines.iter().position(|l| doc.lines[*l].form == Form::Rule);
    let Some(head) = rule.and_then(|r| r.checked_sub(1)).map(|r| lines[r]) else {
        return;
    };
    let is_owner = |r| OWNERS.is_match(&doc.seen(head)[r]);
    let names = cells(doc.seen(head), Form::Pipes).into_iter();
    let owners: Vec<bool> = names.map(is_owner).collect();
    let is_row = |l: &usize| *l > head && doc.lines[*l].form == Form::Pipes;
    let nobody = words::<9>("todo tbd - – ? n/a none open unassigned");
    for l in lines.into_iter().filter(is_row) {
        let seen = doc.seen(l);
        let row = cells(seen, Form::Pipes);
        let named = |r: &Range<usize>| {
            let name = seen[r.clone()].trim().to_ascii_lowercase();
            !name.is_empty() && !nobody.contains(&name.as_str())
        };
        let given = row.iter().zip(&owners).any(|(r, owner)| *owner && named(r));
        let size = |r: &&Range<usize>| letters(&seen[(*r).clone()]);
        let longest = row.iter().max_by_key(size);
        if let Some(at) = longest.filter(|r| size(r) > 3) {
            out.push(action(doc, l, at.clone(), given));
        }
    }
}
