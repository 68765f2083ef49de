//! The screen: each finding with the lines that it is about, marks under the places, and what to do.
//! Text of the document is cleaned before widths are counted, so that marks stand where they should.

use crate::audit::document::Document;
use crate::audit::finding::{Finding, Label, Place, Severity, count, minutes};
use crate::audit::judged::Judged;
use crate::report::Look;
use crate::report::wrap::{hanging, to_ascii, width, wrap};
use anstyle::{AnsiColor, Style};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Lines of the document shown with one finding.
const LINES: usize = 6;

/// The whole view, ending with a newline.
pub fn to_string(j: &Judged, path: &str, look: &Look) -> String {
    let mut out = String::new();
    for f in &j.findings {
        one(&mut out, j, f, look);
        out.push('\n');
    }
    out.push_str(&tail(j, path, look));
    if look.ascii {
        to_ascii_lines(&out)
    } else {
        out
    }
}

/// The same in ASCII; lines stay lines.
fn to_ascii_lines(s: &str) -> String {
    let boxes = s.replace('┌', ",").replace('│', "|");
    let lines = boxes.split('\n').map(|l| match l.contains('\u{1b}') {
        true => l.to_owned(),
        false => to_ascii(l),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn style(s: Severity, look: &Look) -> Style {
    let style = match s {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Note => AnsiColor::Cyan.on_default().bold(),
    };
    match look.colors {
        crate::report::Colors::None => Style::new(),
        _ => style,
    }
}

fn safe(s: &str) -> String {
    LogText::new(s.as_bytes()).for_terminal().into_owned()
}

fn one(out: &mut String, j: &Judged, f: &Finding, look: &Look) {
    let s = style(f.severity, look);
    let head = format!("{}[{}]", f.severity.word(), f.id);
    // the words go on two columns in; the head is one word, so that it stays whole
    let words = format!("{head} {}", safe(&f.message));
    for (n, line) in wrap(&words, &[], look.width.max(40) - 2).iter().enumerate() {
        let _ = match line.strip_prefix(&*head).filter(|_| n == 0) {
            Some(rest) => writeln!(out, "{s}{head}{s:#}{rest}"),
            None => writeln!(out, "  {line}"),
        };
    }
    let shown = shown(f);
    let last = shown.iter().map(|l| l.place.line + 1).max().unwrap_or(1);
    let margin = last.to_string().len();
    let _ = writeln!(
        out,
        "{:margin$} ┌ {}:{}",
        "",
        safe(&j.doc.name),
        f.main.place.line + 1
    );
    let mut before = None;
    for label in &shown {
        let main = label.place == f.main.place;
        lines(
            out,
            j.doc,
            label,
            (main, margin, before == Some(label.place.line)),
            (s, look),
        );
        before = Some(label.place.line);
    }
    let rest: Vec<String> = rest(f).iter().map(|n| n.to_string()).collect();
    let mut notes = Vec::new();
    if !rest.is_empty() {
        let lines = if rest.len() == 1 { "line" } else { "lines" };
        notes.push(format!("also: {lines} {}", rest.join(", ")));
    }
    notes.extend(f.help.iter().map(|h| format!("help: {h}")));
    for note in notes {
        let lead = " ".repeat(margin + 1);
        let room = look.width.max(40).saturating_sub(margin + 9);
        for (n, line) in wrap(&safe(&note), &[], room).iter().enumerate() {
            let _ = writeln!(out, "{lead}{}{line}", if n == 0 { "" } else { "      " });
        }
    }
}

/// The places whose lines are shown, by line: the main one, and those of which something is said.
fn shown(f: &Finding) -> Vec<&Label> {
    let mut all = vec![&f.main];
    let told = f.related.iter().filter(|l| !l.text.is_empty());
    all.extend(told.take(LINES - 1));
    all.sort_list_by_key(|l| l.place.key());
    all
}

/// Lines that are only named.
fn rest(f: &Finding) -> Vec<usize> {
    let (bare, told): (Vec<&Label>, Vec<&Label>) =
        f.related.iter().partition(|l| l.text.is_empty());
    let named = told.into_iter().skip(LINES - 1).chain(bare);
    let lines: BTreeSet<usize> = named.map(|l| l.place.line + 1).collect();
    lines.into_iter().take(20).collect()
}

/// A line of the document with marks under a place.
fn lines(
    out: &mut String,
    doc: &Document,
    label: &Label,
    (main, margin, again): (bool, usize, bool),
    (s, look): (Style, &Look),
) {
    let room = look.width.max(40).saturating_sub(margin + 4).max(20);
    let (before, marked, behind) = window(doc, &label.place, room);
    if !again {
        let _ = writeln!(
            out,
            "{:>margin$} │ {before}{marked}{behind}",
            label.place.line + 1
        );
    }
    let mark = if main { "^" } else { "-" }.repeat(width(&marked).max(1));
    let said = match label.text.is_empty() {
        true => String::new(),
        false => format!(" {}", safe(&label.text)),
    };
    let _ = writeln!(
        out,
        "{:margin$} │ {}{s}{mark}{s:#}{said}",
        "",
        " ".repeat(width(&before))
    );
}

/// A line around a place, as wide as there is room: what stands before it, the place, what stands behind.
fn window(doc: &Document, place: &Place, room: usize) -> (String, String, String) {
    let raw = doc.lines.get(place.line).map_or("", |l| l.raw);
    let (a, b) = (place.at.start.min(raw.len()), place.at.end.min(raw.len()));
    let part = |from: usize, to: usize| raw.get(from..to).unwrap_or("");
    // what is shown is little: cleaning a line of megabytes would take long
    let marked = cut(&safe(near_start(part(a, b), 4 * room)), room, false);
    let left = room.saturating_sub(width(&marked));
    let before = safe(near_end(part(0, a), 4 * room));
    let behind = safe(near_start(part(b, raw.len()), 4 * room));
    let lead = width(&before).min(left.saturating_sub(width(&behind).min(left / 2)));
    let before = cut(&before, lead, true);
    let behind = cut(
        behind.trim_end(),
        left.saturating_sub(width(&before)),
        false,
    );
    (before, marked, behind)
}

fn near_start(s: &str, most: usize) -> &str {
    s.char_indices()
        .nth(most.min(500))
        .map_or(s, |(n, _)| &s[..n])
}

fn near_end(s: &str, most: usize) -> &str {
    s.char_indices()
        .rev()
        .nth(most.min(500))
        .map_or(s, |(n, c)| &s[n + c.len_utf8()..])
}

/// At most so many columns of a text, with a sign where some are missing.
fn cut(s: &str, columns: usize, from_end: bool) -> String {
    if width(s) <= columns {
        return s.to_owned();
    }
    let mut used = 1;
    let mut kept: Vec<char> = Vec::new();
    let mut take = |c: char| {
        used += width(c.encode_utf8(&mut [0; 4]));
        let fits = used <= columns;
        if fits {
            kept.push(c);
        }
        fits
    };
    match from_end {
        true => s.chars().rev().take_while(|c| take(*c)).for_each(drop),
        false => s.chars().take_while(|c| take(*c)).for_each(drop),
    }
    match (columns, from_end) {
        (0, _) => String::new(),
        (_, true) => std::iter::once('…').chain(kept.into_iter().rev()).collect(),
        (_, false) => kept.into_iter().chain(std::iter::once('…')).collect(),
    }
}

/// What it comes to: counts, the spans by the table, and what was not checked.
fn tail(j: &Judged, path: &str, look: &Look) -> String {
    let c = j.counts();
    let n = j.findings.len();
    let mut out = match n {
        0 => "No findings.".to_owned(),
        _ => format!(
            "{}: {}, {}, {}.",
            count(n, "finding"),
            count(c.errors, "error"),
            count(c.warnings, "warning"),
            count(c.notes, "note")
        ),
    };
    let s = &j.spans;
    let spans = [
        ("outage", s.outage),
        ("detect", s.detect),
        ("ack", s.acknowledge),
        ("decide", s.decide),
        ("roll back", s.mitigation),
        ("after rollback", s.after_rollback),
    ];
    let cells: Vec<String> = spans
        .iter()
        .filter_map(|(name, secs)| Some(format!("{name} {}", minutes((*secs)?))))
        .collect();
    if !cells.is_empty() {
        let zone = j.zone.as_ref().map(|z| match z.starts_with(['+', '-']) {
            true => format!("UTC{z}"),
            false => z.clone(),
        });
        let known: Vec<String> = zone.into_iter().chain(j.date.clone()).collect();
        let place = match known.is_empty() {
            true => String::new(),
            false => format!(" ({})", known.join(", ")),
        };
        let _ = write!(
            out,
            " Computed from your timeline{place}:\n  {}",
            cells.join(" │ ")
        );
    }
    out.push('\n');
    if let Some(times) = j.unchecked {
        let line = format!(
            "No logs were given: {} unchecked. Try: coroner audit {} logs/",
            count(times, "time"),
            safe(path)
        );
        out += &hanging("", &line, look.width.max(40));
    }
    out
}
