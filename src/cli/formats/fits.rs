//! What fits a file: how many of its lines each format reads when each line goes to the first that accepts it, the fields of
//! the first lines, and the first lines that none understands.

use super::super::complain::escaped;
use super::shown::fields;
use super::{Line, Looked, all, pretty};
use crate::error::Result;
use crate::format::envelope::{ENVELOPES, Inside, Outer, peel};
use crate::format::{Format, Framing};
use crate::plan::{OwnFormat, PlanConfig, Sampled, Tried, plan};
use crate::report::sentence::counted;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Lines whose fields are shown, and lines that are shown because nobody understands them.
const SHOWN: usize = 5;

/// A line without its wrappers, where it has any that a report would take off.
struct Text<'a> {
    line: &'a Line,
    bytes: Cow<'a, [u8]>,
    /// The name of the outermost wrapper, and what all of them tell.
    wrapper: Option<(&'static str, Outer<'a>)>,
}

impl<'a> Text<'a> {
    fn of(own: &[OwnFormat], line: &'a Line) -> Text<'a> {
        let bare = Text {
            line,
            bytes: Cow::Borrowed(&line.bytes),
            wrapper: None,
        };
        let Some((n, peeled)) = peel(&line.bytes) else {
            return bare;
        };
        let read = |b: &[u8]| all(own).any(|f| f.0.parse(b).is_some());
        // a wrapper that is a record by itself counts only around a format
        if peeled.outer.inside == Inside::Whole && !read(&peeled.text) {
            return bare;
        }
        Text {
            line,
            bytes: peeled.text,
            wrapper: Some((ENVELOPES[n].name(), peeled.outer)),
        }
    }
}

/// What the formats make of one input.
struct Fit<'a> {
    /// Formats that read any line, most lines first: the format, whether it is the user's, lines, lines it would also accept.
    counts: Vec<(&'a dyn Format, usize, usize)>,
    continuation: usize,
    /// Lines in wrappers, and those of them whose text no format reads: messages as they stand.
    wrapped: usize,
    plain: usize,
    misses: Vec<&'a Line>,
    missed: usize,
    /// The first lines that are understood, and by what.
    first: Vec<(&'a Text<'a>, &'a dyn Format)>,
}

fn fit<'a>(planned: &'a [Tried], texts: &'a [Text<'a>]) -> Fit<'a> {
    let formats: Vec<&dyn Format> = planned.iter().map(|t| &**t).collect();
    let (mut taken, mut accepted) = (vec![0; formats.len()], vec![0; formats.len()]);
    let mut f = Fit {
        counts: Vec::new(),
        continuation: 0,
        wrapped: 0,
        plain: 0,
        misses: Vec::new(),
        missed: 0,
        first: Vec::new(),
    };
    let mut readers: Vec<_> = formats.iter().map(|f| f.reader()).collect();
    let mut open = false;
    for text in texts {
        f.wrapped += usize::from(text.wrapper.is_some());
        let mut winner = None;
        for (i, format) in formats.iter().enumerate() {
            let reads = match &mut readers[i] {
                Some(r) => r.read(&text.bytes).is_some(),
                None => format.parse(&text.bytes).is_some(),
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
                    f.first.push((text, formats[i]));
                }
            }
            None if open => f.continuation += 1,
            None if text.wrapper.is_some() => f.plain += 1,
            None => {
                f.missed += 1;
                if f.misses.len() < SHOWN {
                    f.misses.push(text.line);
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
        self.missed + self.plain + self.counts.iter().map(|c| c.1).sum::<usize>()
    }

    /// Share of these that a number of lines is: how sure it is that the input is of a format.
    fn confidence(&self, lines: usize) -> f64 {
        lines as f64 / self.attempted().max(1) as f64
    }
}

/// The fields of a line; a format that needs earlier lines shows what it makes of a line alone.
fn shown(format: &dyn Format, text: &Text<'_>) -> Vec<(String, String)> {
    let Some(mut rec) = format.parse(&text.bytes) else {
        return Vec::new();
    };
    if let Some((_, outer)) = &text.wrapper {
        outer.dress(&mut rec);
    }
    fields(format, &rec, &text.bytes)
}

/// The lines of an input, or the texts of its records where these are more, without their wrappers.
fn texts<'a>(own: &[OwnFormat], input: &'a Looked) -> Vec<Text<'a>> {
    let lines = input.framed.as_ref().map_or(&input.lines, |f| &f.1);
    lines.iter().map(|l| Text::of(own, l)).collect()
}

/// The formats in the order in which an analysis of the input tries them, with what its own lines teach.
fn planned(own: &[OwnFormat], input: &Looked) -> Result<Vec<Tried>> {
    let lines = input.lines.iter().map(|l| l.bytes.as_slice());
    let sample = Sampled {
        name: input.name.clone(),
        pieces: vec![lines.collect::<Vec<_>>().join(&b'\n')],
        ..Sampled::default()
    };
    let own_formats = own.iter().map(|o| OwnFormat {
        inputs: Vec::new(),
        ..o.clone()
    });
    let config = PlanConfig {
        own_formats: own_formats.collect(),
        ..PlanConfig::default()
    };
    let planned = plan(&[sample], &config)?.inputs.into_iter().next();
    Ok(planned.map_or_else(Vec::new, |i| i.formats))
}

pub(super) fn report(own: &[OwnFormat], inputs: &[Looked], as_json: bool) -> Result<String> {
    let planned: Result<Vec<_>> = inputs.iter().map(|i| planned(own, i)).collect();
    let planned = planned?;
    let inputs = inputs.iter().zip(&planned);
    if as_json {
        let all: Vec<Value> = inputs
            .map(|(i, formats)| as_value(i, &fit(formats, &texts(own, i))))
            .collect();
        return Ok(pretty(&json!({ "inputs": all })));
    }
    let all: Vec<String> = inputs
        .map(|(i, formats)| as_text(i, &fit(formats, &texts(own, i))))
        .collect();
    Ok(all.join("\n"))
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
        .map(|(text, format)| {
            let named: serde_json::Map<String, Value> = shown(*format, text)
                .into_iter()
                .map(|(n, v)| (n, v.into()))
                .collect();
            let wrapper = text.wrapper.as_ref().map(|w| w.0);
            json!({"line": text.line.number, "format": format.name(), "wrapper": wrapper, "fields": named})
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
        "frame": input.framed.as_ref().map(|f| f.0.name()),
        "continuation": f.continuation,
        "wrapped": f.wrapped,
        "plain": f.plain,
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
        "{}: {}{some} looked at",
        escaped(input.name.as_bytes()),
        counted(input.lines.len() as u64, "line")
    );
    if let Some((frame, texts)) = &input.framed {
        let _ = writeln!(
            out,
            "           {} in {}",
            counted(texts.len() as u64, "record"),
            frame.name()
        );
    }
    for (format, lines, accepts) in f.counts.iter().filter(|c| c.1 > 0) {
        let also = match accepts - lines {
            0 => String::new(),
            n => format!(" (and would take {n} that others read first)"),
        };
        let share = 100.0 * f.confidence(*lines);
        let name = escaped(format.name().as_bytes());
        let _ = writeln!(
            out,
            "  {share:5.1} %  {name}: {}{also}",
            counted(*lines as u64, "line")
        );
    }
    for (format, _, accepts) in f.counts.iter().filter(|c| c.1 == 0).take(3) {
        let name = escaped(format.name().as_bytes());
        let _ = writeln!(out, "           {name} would accept {accepts}");
    }
    if f.wrapped > 0 {
        let _ = writeln!(
            out,
            "           {} lines have wrappers, which are taken off",
            f.wrapped
        );
    }
    if f.plain > 0 {
        let share = 100.0 * f.confidence(f.plain);
        let _ = writeln!(
            out,
            "  {share:5.1} %  plain text in wrappers: {}",
            counted(f.plain as u64, "line")
        );
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
        let _ = writeln!(
            out,
            "  {share:5.1} %  not understood: {}",
            counted(f.missed as u64, "line")
        );
    }
    for (text, format) in &f.first {
        let inside = match &text.wrapper {
            Some((name, _)) => format!(" in {name}"),
            None => String::new(),
        };
        let name = escaped(format.name().as_bytes());
        let _ = writeln!(out, "\n{} as {name}{inside}", text.line.place());
        let _ = writeln!(out, "  {}", escaped(cut(&text.line.bytes)));
        for (name, value) in shown(*format, text) {
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
