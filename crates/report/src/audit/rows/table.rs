//! Rows of tables: with pipes or with tabs, the column of times known by its name or by what it holds.

use super::super::date::dates;
use super::super::document::{Document, Form, SectionKind, cells, letters, trimmed};
use super::{Block, DocumentRow, MOST, cites, lead, row};
use coroner_lines::record::MarkerKind;
use std::ops::Range;

/// Every table of rows.
pub(super) fn tables(doc: &Document) -> Vec<Block> {
    let mut out = Vec::new();
    let mut from = 0;
    // a rule stands under the head of its table
    let goes_on = |a: Form, b: Form| {
        a == b
            || matches!(
                (a, b),
                (Form::Pipes, Form::Rule) | (Form::Rule, Form::Pipes)
            )
    };
    for lines in doc.lines.chunk_by(|a, b| goes_on(a.form, b.form)) {
        let (form, end) = (lines[0].form, from + lines.len());
        if matches!(form, Form::Pipes | Form::Tabs) {
            out.extend(table(doc, from..end, form));
        }
        from = end;
    }
    out
}

/// Words that a column of times is called by.
fn is_time_name(cell: &str) -> bool {
    let t = cell.to_ascii_lowercase();
    let names = ["time", "when", "clock", "hour", "utc", "gmt"];
    names.iter().any(|w| t.contains(w)) && t.len() < 60 && !t.contains("time to")
}

fn table(doc: &Document, lines: Range<usize>, form: Form) -> Option<Block> {
    let body = lines.clone().filter(|l| doc.lines[*l].form == form);
    let body: Vec<_> = body.map(|l| (l, cells(doc.seen(l), form))).collect();
    let timed = |(l, c): &(usize, Vec<Range<usize>>), col: usize| {
        let seen = doc.seen(*l);
        c.get(col)
            .is_some_and(|r| lead(&seen[..r.end], r.start, true).is_some())
    };
    let head = body
        .first()
        .filter(|h| !(0..h.1.len()).any(|c| timed(h, c)));
    let columns = body.iter().map(|b| b.1.len()).max().unwrap_or(0).min(12);
    let named = head.and_then(|(l, c)| {
        c.iter()
            .position(|r| is_time_name(&doc.seen(*l)[r.clone()]))
    });
    let hits = |col: usize| body.iter().filter(|b| timed(b, col)).count();
    let best = (0..columns).max_by_key(|c| (hits(*c), usize::MAX - c))?;
    let col = named.filter(|c| hits(*c) > 0).unwrap_or(best);
    let found = hits(col);
    let rows_in = body.len() - usize::from(head.is_some());
    if found == 0
        || found * 2 < rows_in
        || named.is_none() && found < 3 && doc.kind(lines.start) != SectionKind::Timeline
    {
        return None;
    }
    // figures about phases are no rows
    use SectionKind::{Actions, Figures, Impact};
    if named.is_none() && matches!(doc.kind(lines.start), Figures | Actions | Impact) {
        return None;
    }
    let first = body.iter().skip(usize::from(head.is_some())).take(MOST);
    let row = |(l, c): &(usize, Vec<_>)| table_row(doc, *l, c, col, form);
    let rows: Vec<DocumentRow> = first.map(row).collect();
    (!rows.is_empty()).then(|| Block {
        section: doc.lines[lines.start].section,
        head: head.map(|h| h.0),
        sure: true,
        prose: false,
        rows,
    })
}

fn table_row(
    doc: &Document,
    line: usize,
    cells: &[Range<usize>],
    col: usize,
    form: Form,
) -> DocumentRow {
    let seen = doc.seen(line);
    let time = cells.get(col);
    let found = time.and_then(|r| lead(&seen[..r.end], r.start, true));
    let raw = doc.lines[line].raw;
    let is_citation =
        |r: &Range<usize>| cites(&raw[r.clone()]) && raw[r.clone()].trim_start().starts_with('`');
    // what happened stands behind the time; a short cell before the long one is a mark, a long one after it a link
    let others: Vec<&Range<usize>> = cells
        .iter()
        .enumerate()
        .filter(|(n, r)| *n != col && !is_citation(r) && !r.is_empty())
        .map(|(_, r)| r)
        .collect();
    let letters = |r: &Range<usize>| letters(&seen[r.clone()]);
    let at = others
        .iter()
        .find(|r| r.start > time.map_or(0, |t| t.start) && letters(r) >= 8)
        .or_else(|| others.iter().max_by_key(|r| letters(r)))
        .map(|r| (*r).clone());
    let date = |r: &Range<usize>| {
        dates(&seen[r.clone()]).into_iter().next().map(|mut d| {
            d.at = d.at.start + r.start..d.at.end + r.start;
            d
        })
    };
    let fallback = trimmed(seen, 0..seen.len());
    let mut made = match found {
        Some((c, d, _)) => {
            let d = d.or_else(|| others.iter().filter(|r| r.len() < 24).find_map(|r| date(r)));
            row(doc, line, (c, d), at.unwrap_or(fallback), "")
        }
        None => DocumentRow {
            line,
            clock: None,
            date: None,
            date_line: line,
            text: at
                .as_ref()
                .map_or(String::new(), |r| seen[r.clone()].to_owned()),
            kinds: vec![MarkerKind::HumanNote],
            at: at.unwrap_or(fallback),
            cites: false,
        },
    };
    made.cites = form == Form::Pipes && cites(raw);
    made
}
