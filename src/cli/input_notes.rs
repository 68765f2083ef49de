//! What `-v` says of each input, and what is said of inputs whose reading a person should check: lines that were not
//! understood, zones that nothing shows. With the line in question and the place in it.

use crate::cli::diagnostics::{Complaint, escaped};
use crate::cli::diff_line;
use coroner::Report;
use coroner::model::{Evidence, Input, ZoneSource};
use coroner::program::report::{Medium, cite, count, counted, shell, time, zone};
use coroner::program::time::SECOND;
use std::fmt::Write as _;

/// Columns of a log line that are shown.
const SHOWN: usize = 160;

/// Inputs that were not understood of which a line is shown: the largest ones; of the others the names.
const QUOTED: usize = 3;

/// A line per input: its format, zone, clock, lines, and what was not understood.
pub(super) fn inputs(report: &Report) -> Complaint {
    let wide = |f: fn(&Input) -> usize| report.inputs.iter().map(f).max().unwrap_or(0).min(40);
    let name = wide(|i| i.name.for_terminal().chars().count());
    let format = wide(|i| i.format.chars().count());
    let all = report.inputs.iter().map(|i| {
        let zone = match i.zone.source {
            ZoneSource::Line => "known",
            ZoneSource::Option => "as given",
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
    // a record of which nothing was understood may be many lines
    let unread = |i: &Input| match i.parsed {
        0 if i.unparsed > 0 => i.lines,
        _ => i.unparsed,
    };
    let many = |i: &&Input| unread(i) as f64 > most * i.lines.max(1) as f64;
    let one = |i: &Input| {
        let name = i.name.for_terminal();
        let share = 100.0 * unread(i) as f64 / i.lines.max(1) as f64;
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
            count(unread(i))
        );
        let mut c = Complaint::gap(what, strict);
        c = first
            .map_or_else(Vec::new, |e| missed(report, i, e))
            .into_iter()
            .fold(c, Complaint::line);
        c = c.help(format!(
            "coroner formats --try {}, then name its format with --format",
            shell(name.as_ref())
        ));
        match strict {
            true => c.help("leave out --strict to accept it"),
            false => c,
        }
    };
    let mut all: Vec<&Input> = report.inputs.iter().filter(many).collect();
    all.sort_by_key(|i| std::cmp::Reverse(unread(i)));
    // one more has room for its line, too
    let shown = if all.len() > QUOTED + 1 {
        QUOTED
    } else {
        all.len()
    };
    let (shown, rest) = all.split_at(shown);
    let rest = (!rest.is_empty()).then(|| others(rest, strict));
    shown.iter().copied().map(one).chain(rest).collect()
}

/// What is said of further inputs that were not understood: their names.
fn others(inputs: &[&Input], strict: bool) -> Complaint {
    const NAMED: usize = 6;
    let names = inputs.iter().take(NAMED).map(|i| i.name.for_terminal());
    let mut names = names.collect::<Vec<_>>().join(", ");
    if inputs.len() > NAMED {
        let _ = write!(names, " and {} more", inputs.len() - NAMED);
    }
    let inputs = counted(inputs.len() as u64, "more input");
    let what = format!("{inputs} were not understood, or in part only: {names}");
    let said = Complaint::gap(what, strict);
    said.help("-v lists each input, and how it was read")
}

/// Inputs whose zone nothing shows, among others that have one: with another zone all their rows would move. Said once for all
/// of them, and not of those that have no row, or one that meets a row of another input.
pub(super) fn without_zone(report: &Report, strict: bool) -> Option<Complaint> {
    let timed = |i: &&Input| i.span.is_some();
    let known = report.inputs.iter().filter(timed).any(|i| !unknown(i));
    let inputs = (0u32..).zip(&report.inputs);
    let all: Vec<(u32, &Input)> = inputs
        .filter(|(id, i)| timed(i) && unknown(i) && stands_alone(report, *id))
        .collect();
    let (_, first) = known.then_some(all.first()?)?;
    let name = first.name.for_terminal();
    let more = match all.len() {
        1 => String::new(),
        n => format!(" and of {}", counted(n as u64 - 1, "more input")),
    };
    let lines = all
        .iter()
        .map(|i| i.1.lines)
        .fold(0u64, u64::saturating_add);
    let glob = name.rsplit('/').next().unwrap_or(&name);
    let zone = zone(&first.zone.offset);
    let what = format!(
        "the zone of {name}{more} was not found: {zone} is assumed for {} (say it: --assume-tz '{}={zone}')",
        counted(lines, "line"),
        glob.replace('\'', "?")
    );
    Some(Complaint::gap(what, strict))
}

/// Rows of two inputs that are no further apart than this show the same moment.
const SAME_MOMENT: i64 = 5 * SECOND;

/// Whether an input has rows, of which none is one with a row of an input whose zone is known, or stands within seconds of it.
fn stands_alone(report: &Report, id: u32) -> bool {
    let known = |x: &Evidence| {
        let input = report.inputs.get(x.input as usize);
        x.input != id && input.is_some_and(|i| !unknown(i))
    };
    let (mut mine, mut others) = (Vec::new(), Vec::new());
    let of_incidents = report.incidents.iter().flat_map(|i| &i.timeline);
    for e in report.timeline.iter().chain(of_incidents) {
        let Some(t) = e.time else { continue };
        if e.evidence.iter().any(|x| x.input == id) {
            mine.push(t.0);
        }
        if e.evidence.iter().any(known) {
            others.push(t.0);
        }
    }
    others.sort_unstable();
    let meets = |t: &i64| {
        let next = others.partition_point(|x| *x < t - SAME_MOMENT);
        others.get(next).is_some_and(|x| *x <= t + SAME_MOMENT)
    };
    !mine.is_empty() && !mine.iter().any(meets)
}

/// Whether nothing shows the zone of an input's lines.
fn unknown(i: &Input) -> bool {
    i.zone.source == ZoneSource::Assumed && i.zone.margin.is_none()
}

/// A line that was not understood, with the place marked where it first differs from the most similar one that was.
fn missed(report: &Report, input: &Input, e: &Evidence) -> Vec<String> {
    let Some((mut out, text)) = line_of(report, e) else {
        return Vec::new();
    };
    let read = input.understood.iter().filter_map(|e| line_of(report, e));
    let like = read.max_by_key(|(_, read)| diff_line::alike(read, &text));
    if let Some(d) = like.and_then(|(_, read)| diff_line::unlike(&read, &text)) {
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

fn shortened(text: &str) -> String {
    let text = escaped(text.as_bytes());
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
