//! What `-v` says of each input, and what is said of inputs whose reading a person should check: lines that were not
//! understood, zones that nothing tells. With the line in question and the place in it.

use super::complain::{Complaint, escaped};
use super::exit::Exit;
use super::unlike;
use crate::model::{Evidence, Input, Report, ZoneSource};
use crate::report::cite;
use crate::report::sentence::{Medium, count, counted};
use crate::report::time;
use crate::time::stamp;
use std::fmt::Write as _;

/// Columns of a log line that are shown.
const SHOWN: usize = 160;

/// A line per input: its format, zone, clock, lines, and what was not understood.
pub(super) fn inputs(report: &Report) -> Complaint {
    let wide = |f: fn(&Input) -> usize| report.inputs.iter().map(f).max().unwrap_or(0).min(40);
    let name = wide(|i| i.name.for_terminal().chars().count());
    let format = wide(|i| i.format.chars().count());
    let all = report.inputs.iter().map(|i| {
        let zone = match i.zone.source {
            ZoneSource::Line => "in the lines",
            ZoneSource::Option => "as told",
            ZoneSource::Aligned => "aligned",
            ZoneSource::Assumed => "assumed",
        };
        let mut line = format!(
            "{:<name$}  {:<format$}  {} {zone}",
            i.name.for_terminal(),
            i.format,
            i.zone.offset
        );
        for c in i.clock.iter().filter(|c| c.add_us != 0) {
            let sign = if c.add_us > 0 { '+' } else { '−' };
            let by = time::span(c.add_us.abs());
            let _ = write!(line, ", clock {sign}{by}");
        }
        let _ = write!(line, ", {}", counted(i.lines, "line"));
        for (n, what) in [
            (i.unparsed, "not understood"),
            (i.out_of_range, "out of range"),
        ] {
            if n > 0 {
                let _ = write!(line, ", {} {what}", count(n));
            }
        }
        line
    });
    let withdrawn = report.totals.withdrawn;
    let said = format!(
        "{} withdrawn, which rows of the report refute",
        counted(withdrawn, "sentence")
    );
    all.chain((withdrawn > 0).then_some(said)).fold(
        Complaint::note("inputs and how they were read"),
        Complaint::line,
    )
}

/// Lines that were not understood, input by input, where they are more than the share `most`.
pub(super) fn not_understood(report: &Report, most: f64, strict: bool) -> Vec<Complaint> {
    let many = |i: &&Input| i.unparsed as f64 > most * i.lines.max(1) as f64;
    let one = |i: &Input| {
        let name = i.name.for_terminal();
        let share = 100.0 * i.unparsed as f64 / i.lines.max(1) as f64;
        let share = match share {
            9.95.. => format!("{share:.0}"),
            _ => format!("{share:.1}"),
        };
        let (of, first) = (count(i.lines), i.examples.first());
        let place = first.map_or(String::new(), |e| match e.line {
            0 => format!(", first: at byte {}", e.byte),
            line => format!(", first: line {line}"),
        });
        let what = format!(
            "{share} % of {name} was not understood ({} of {of} lines{place})",
            count(i.unparsed)
        );
        let mut c = match strict {
            true => Complaint::error(what, Exit::NotDone),
            false => Complaint::warning(what),
        };
        c = first
            .map_or_else(Vec::new, |e| missed(report, i, e))
            .into_iter()
            .fold(c, Complaint::line);
        c = c.help(format!(
            "coroner formats --try {name}, then name its format with --format"
        ));
        match strict {
            true => c.help("leave out --strict to accept it"),
            false => c,
        }
    };
    report.inputs.iter().filter(many).map(one).collect()
}

/// Inputs whose zone nothing tells, among others that have one: with another zone all their rows would move.
pub(super) fn without_zone(report: &Report, strict: bool) -> Option<Complaint> {
    let timed = |i: &&Input| i.span.is_some();
    let known = report
        .inputs
        .iter()
        .filter(timed)
        .any(|i| i.zone.source != ZoneSource::Assumed);
    let assumed =
        |i: &&(usize, &Input)| i.1.zone.source == ZoneSource::Assumed && i.1.span.is_some();
    let all: Vec<(usize, &Input)> = report.inputs.iter().enumerate().collect();
    let all: Vec<&(usize, &Input)> = all.iter().filter(assumed).collect();
    let (id, first) = known.then_some(all.first()?)?;
    let name = first.name.for_terminal();
    let more = match all.len() {
        1 => String::new(),
        n => format!(" and of {}", counted(n as u64 - 1, "more input")),
    };
    let what = format!("cannot tell the zone of {name}{more}");
    let mut c = match strict {
        true => Complaint::error(what, Exit::NotDone),
        false => Complaint::warning(what),
    };
    for l in cited(report, *id as u32) {
        c = c.line(l);
    }
    let lines = all
        .iter()
        .map(|i| i.1.lines)
        .fold(0u64, u64::saturating_add);
    let lines = match lines {
        1 => "its line".to_owned(),
        n => format!("{} lines", count(n)),
    };
    let glob = name.rsplit('/').next().unwrap_or(&name);
    c = c
        .help(format!(
            "say it: --assume-tz '{}=+01:00'",
            glob.replace('\'', "?")
        ))
        .help(format!(
            "until then {} is assumed for {lines}",
            zone(&first.zone.offset)
        ));
    Some(match strict {
        true => c,
        false => c.help("--strict stops instead"),
    })
}

fn zone(offset: &str) -> String {
    match offset {
        "+00:00" => "UTC".into(),
        o => o.to_owned(),
    }
}

/// The line by which a gap tells that the zone of an input is not known, with its stamp marked.
fn cited(report: &Report, id: u32) -> Vec<String> {
    let evidence = report
        .gaps
        .iter()
        .filter(|g| g.kind == "zone")
        .find_map(|g| match &g.cited {
            crate::model::Cited::Lines(l) => l.iter().find(|e| e.input == id),
            crate::model::Cited::Absent(_) => None,
        });
    let Some((mut out, text)) = evidence.and_then(|e| line_of(report, e)) else {
        return Vec::new();
    };
    if let Some((at, length)) = stamp_in(&text) {
        let what = "no offset, and no other input shares an event with this one";
        out.push(marked(&out[0], at, length, what));
    }
    out
}

/// A line that was not understood, with the place marked where it first differs from the most similar one that was.
fn missed(report: &Report, input: &Input, e: &Evidence) -> Vec<String> {
    let Some((mut out, text)) = line_of(report, e) else {
        return Vec::new();
    };
    let read = input.understood.iter().filter_map(|e| line_of(report, e));
    let like = read.max_by_key(|(_, read)| unlike::alike(read, &text));
    if let Some(d) = like.and_then(|(_, read)| unlike::unlike(&read, &text)) {
        out.push(marked(&out[0], d.at, d.length, &d.what));
    }
    out
}

/// What stands below a quoted line: carets under a part of it, and what is said of that part.
fn marked(place: &str, at: usize, length: usize, what: &str) -> String {
    let margin = place.chars().take_while(|c| *c == ' ').count();
    format!(
        "{}│ {}{} {what}",
        " ".repeat(margin),
        " ".repeat(at),
        "^".repeat(length)
    )
}

/// A cited line under the place where it lies, and its text; nothing where the report does not hold it.
fn line_of(report: &Report, e: &Evidence) -> Option<(Vec<String>, String)> {
    let text = shortened(&e.excerpt.as_ref()?.for_terminal());
    let number = match e.line {
        0 => "·".to_owned(),
        n => n.to_string(),
    };
    let margin = " ".repeat(number.chars().count());
    let place = cite::line(report, e, Medium::Terminal);
    let lines = vec![format!("{margin} ┌ {place}"), format!("{number} │ {text}")];
    Some((lines, text))
}

/// Where the first time stands in a line: characters before it, and its own.
fn stamp_in(text: &str) -> Option<(usize, usize)> {
    let starts = text.char_indices().enumerate().take(48);
    let mut before = ' ';
    for (n, (at, c)) in starts {
        let begins = !before.is_alphanumeric();
        before = c;
        let rest = &text.as_bytes()[at..];
        if let (true, Ok((left, _))) = (begins, stamp::any_shape(rest)) {
            let length = rest.len() - left.len();
            let written = std::str::from_utf8(&rest[..length]).ok()?;
            return Some((n, written.chars().count()));
        }
    }
    None
}

fn shortened(text: &str) -> String {
    let text = escaped(text.as_bytes());
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_of_a_line_is_found() {
        for (line, want) in [
            (
                "2023-05-01 13:00:12 deployctl[8831]: rollout",
                Some((0, 19)),
            ),
            ("[2023-05-01 13:00:12] x", Some((1, 19))),
            ("May  1 13:00:12 web-1 x", Some((0, 15))),
            ("nothing here", None),
        ] {
            assert_eq!(stamp_in(line), want, "{line}");
        }
    }
}
