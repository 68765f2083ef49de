//! What fits a file: how many of its lines each format reads when each line goes to the first that accepts it, the fields of
//! the first lines, and the first lines that none understands.

use super::super::complain::escaped;
use super::shown::fields;
use super::{Line, Looked, all, pretty};
use crate::format::{Format, Framing};
use crate::plan::OwnFormat;
use crate::record::Record;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Lines whose fields are shown, and lines that are shown because nobody understands them.
const SHOWN: usize = 5;

/// What the formats make of one input.
struct Fit<'a> {
    /// Formats that read any line, most lines first: the format, whether it is the user's, lines, lines it would also accept.
    counts: Vec<(&'a dyn Format, usize, usize)>,
    continuation: usize,
    misses: Vec<&'a Line>,
    missed: usize,
    /// The first lines that are understood, and by what.
    first: Vec<(&'a Line, &'a dyn Format)>,
}

fn fit<'a>(own: &'a [OwnFormat], input: &'a Looked) -> Fit<'a> {
    let formats: Vec<&dyn Format> = all(own).map(|f| f.0).collect();
    let (mut taken, mut accepted) = (vec![0; formats.len()], vec![0; formats.len()]);
    let mut f = Fit {
        counts: Vec::new(),
        continuation: 0,
        misses: Vec::new(),
        missed: 0,
        first: Vec::new(),
    };
    let mut readers: Vec<_> = formats.iter().map(|f| f.reader()).collect();
    let mut open = false;
    for line in &input.lines {
        let mut winner = None;
        for (i, format) in formats.iter().enumerate() {
            let reads = match &mut readers[i] {
                Some(r) => r.read(&line.bytes).is_some(),
                None => format.parse(&line.bytes).is_some(),
            };
            if reads {
                accepted[i] += 1;
                winner = winner.or(Some(i));
            }
        }
        match winner {
            Some(i) => {
                taken[i] += 1;
                open = formats[i].framing() == Framing::Head;
                if f.first.len() < SHOWN {
                    f.first.push((line, formats[i]));
                }
            }
            None if open => f.continuation += 1,
            None => {
                f.missed += 1;
                if f.misses.len() < SHOWN {
                    f.misses.push(line);
                }
            }
        }
    }
    let counted = formats.into_iter().zip(taken.into_iter().zip(accepted));
    f.counts = counted
        .map(|(f, (t, a))| (f, t, a))
        .filter(|c| c.2 > 0)
        .collect();
    f.counts.sort_by_key(|c| std::cmp::Reverse((c.1, c.2)));
    f
}

impl Fit<'_> {
    /// Lines that are no continuation.
    fn attempted(&self) -> usize {
        self.missed + self.counts.iter().map(|c| c.1).sum::<usize>()
    }

    /// Share of these that a number of lines is: how sure it is that the input is of a format.
    fn confidence(&self, lines: usize) -> f64 {
        lines as f64 / self.attempted().max(1) as f64
    }
}

fn record<'a>(format: &dyn Format, line: &'a Line) -> Option<Record<'a>> {
    // a format that needs earlier lines shows what it makes of a line alone
    format.parse(&line.bytes)
}

pub(super) fn report(own: &[OwnFormat], inputs: &[Looked], as_json: bool) -> String {
    let fits = inputs.iter().map(|i| (i, fit(own, i)));
    if as_json {
        let all: Vec<Value> = fits.map(|(i, f)| as_value(i, &f)).collect();
        return pretty(&json!({ "inputs": all }));
    }
    let texts: Vec<String> = fits.map(|(i, f)| as_text(i, &f)).collect();
    texts.join("\n")
}

fn as_value(input: &Looked, f: &Fit<'_>) -> Value {
    let formats: Vec<Value> = f
        .counts
        .iter()
        .map(|(format, lines, accepts)| {
            json!({
                "name": format.name(),
                "kind": format.kind().word(),
                "lines": lines,
                "confidence": (f.confidence(*lines) * 1e4).round() / 1e4,
                "would_accept": accepts,
            })
        })
        .collect();
    let first: Vec<Value> = f
        .first
        .iter()
        .filter_map(|(line, format)| {
            let shown = fields(*format, &record(*format, line)?, &line.bytes);
            let named: serde_json::Map<String, Value> =
                shown.into_iter().map(|(n, v)| (n, v.into())).collect();
            Some(json!({"line": line.number, "format": format.name(), "fields": named}))
        })
        .collect();
    let misses: Vec<Value> = f
        .misses
        .iter()
        .map(|l| json!({"line": l.number, "text": escaped(cut(&l.bytes))}))
        .collect();
    json!({
        "name": input.name,
        "whole": input.whole,
        "lines": input.lines.len(),
        "continuation": f.continuation,
        "unparsed": f.missed,
        "formats": formats,
        "first": first,
        "misses": misses,
    })
}

fn as_text(input: &Looked, f: &Fit<'_>) -> String {
    let mut out = String::new();
    let some = if input.whole {
        ""
    } else {
        " of its head, middle and end"
    };
    let _ = writeln!(
        out,
        "{}: {} lines{some} looked at",
        escaped(input.name.as_bytes()),
        input.lines.len()
    );
    for (format, lines, accepts) in f.counts.iter().filter(|c| c.1 > 0) {
        let also = match accepts - lines {
            0 => String::new(),
            n => format!(" (and would take {n} that others read first)"),
        };
        let share = 100.0 * f.confidence(*lines);
        let name = escaped(format.name().as_bytes());
        let _ = writeln!(out, "  {share:5.1} %  {name}: {lines} lines{also}");
    }
    for (format, _, accepts) in f.counts.iter().filter(|c| c.1 == 0).take(3) {
        let name = escaped(format.name().as_bytes());
        let _ = writeln!(out, "           {name} would accept {accepts}");
    }
    if f.continuation > 0 {
        let _ = writeln!(
            out,
            "           {} lines go on from the line before",
            f.continuation
        );
    }
    if f.missed > 0 {
        let share = 100.0 * f.confidence(f.missed);
        let _ = writeln!(out, "  {share:5.1} %  not understood: {} lines", f.missed);
    }
    for (line, format) in &f.first {
        let _ = writeln!(
            out,
            "\n{} as {}",
            line.place(),
            escaped(format.name().as_bytes())
        );
        let _ = writeln!(out, "  {}", escaped(cut(&line.bytes)));
        let Some(rec) = record(*format, line) else {
            continue;
        };
        for (name, value) in fields(*format, &rec, &line.bytes) {
            let _ = writeln!(out, "    {name:<16} {value}");
        }
    }
    if !f.misses.is_empty() {
        let _ = writeln!(out, "\nnot understood:");
        for line in &f.misses {
            let _ = writeln!(out, "  {}: {}", line.place(), escaped(cut(&line.bytes)));
        }
        let _ = writeln!(
            out,
            "  help: coroner formats --guess {} prints a definition to start from",
            escaped(input.name.as_bytes())
        );
    }
    out
}

/// The first 200 bytes.
fn cut(b: &[u8]) -> &[u8] {
    &b[..b.len().min(200)]
}
