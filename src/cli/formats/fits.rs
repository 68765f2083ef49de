//! What fits a file: how many of its lines each format reads, the fields of the first lines, and the first lines that none
//! understands.

use super::pretty;
use super::read::{Lines, Looked, SampleLine};
use super::shown::fields;
use crate::cli::diagnostics::escaped;
use coroner::program::report::counted;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Lines whose fields are shown.
const SHOWN: usize = 5;

/// A line that is understood, and what it shows.
struct First<'a> {
    line: &'a SampleLine,
    format: &'a str,
    wrapper: Option<&'static str>,
    fields: Vec<(String, String)>,
}

/// The first lines that show anything.
fn first(looked: &Looked) -> Vec<First<'_>> {
    let mut lines = Lines::of(&looked.input);
    let read = looked.lines.iter().filter_map(|line| {
        lines.next(&line.bytes, |rec, read| {
            let format = read.format.map(|n| &looked.input.formats[n]);
            let own = format.map(|f| f.values(read.text)).unwrap_or_default();
            First {
                line,
                format: format.map_or("plain text", |f| f.name()),
                wrapper: read.wrapper,
                fields: fields(rec, own),
            }
        })
    });
    read.take(SHOWN).collect()
}

impl Looked {
    /// Share of its records that a number of lines is.
    fn share(&self, lines: u64) -> f64 {
        let read: u64 = self.all.by_format().iter().map(|(_, n)| n).sum();
        lines as f64 / (read + self.all.unparsed).max(1) as f64
    }

    /// What formats take: lines, or records that may share one.
    fn unit(&self) -> &'static str {
        match self.input.frame {
            Some(_) => "record",
            None => "line",
        }
    }

    /// The word for the kind of a format of that name.
    fn kind(&self, format: &str) -> &'static str {
        let mut formats = self.input.formats.iter();
        let known = formats.find(|f| f.name() == format);
        known.map_or(self.input.meta.scope, |f| f.kind()).word()
    }
}

pub(super) fn report(inputs: &[Looked], as_json: bool) -> String {
    if as_json {
        let all: Vec<Value> = inputs.iter().map(as_value).collect();
        return pretty(&json!({ "inputs": all }));
    }
    let all: Vec<String> = inputs.iter().map(as_text).collect();
    all.join("\n")
}

fn as_value(looked: &Looked) -> Value {
    let all = &looked.all;
    let formats = all.by_format().into_iter().map(|(name, lines)| {
        json!({
            "name": name,
            "kind": looked.kind(name),
            "lines": lines,
            "confidence": (looked.share(lines) * 1e4).round() / 1e4,
        })
    });
    let first = first(looked).into_iter().map(|f| {
        let named: Map<String, Value> = f.fields.into_iter().map(|(n, v)| (n, v.into())).collect();
        json!({"line": f.line.number, "format": f.format, "wrapper": f.wrapper, "fields": named})
    });
    let misses = all
        .examples
        .values()
        .map(|s| json!({"line": s.pos.line, "text": escaped(cut(&s.raw))}));
    json!({
        "name": looked.name,
        "format": all.format(),
        "lines": all.lines,
        "parsed": all.parsed,
        "continuation": all.continuation,
        "unparsed": all.unparsed,
        "frame": looked.input.frame.map(|f| f.name),
        "wrapped": looked.input.wrapped,
        "formats": formats.collect::<Vec<_>>(),
        "first": first.collect::<Vec<_>>(),
        "misses": misses.collect::<Vec<_>>(),
    })
}

fn as_text(looked: &Looked) -> String {
    let all = &looked.all;
    let mut out = String::new();
    let name = escaped(looked.name.as_bytes());
    let _ = writeln!(out, "{name}: {}", counted(all.lines, "line"));
    let mut row = |share: Option<u64>, text: String| {
        let share = share.map(|n| format!("{:5.1} %", 100.0 * looked.share(n)));
        let _ = writeln!(out, "  {:7}  {text}", share.unwrap_or_default());
    };
    if let Some(frame) = looked.input.frame {
        row(None, format!("records in {}", frame.name));
    }
    for (name, lines) in all.by_format() {
        let name = escaped(name.as_bytes());
        row(
            Some(lines),
            format!("{name}: {}", counted(lines, looked.unit())),
        );
    }
    if looked.input.wrapped {
        row(None, "lines have wrappers, which are taken off".into());
    }
    if all.continuation > 0 {
        let lines = counted(all.continuation, "line");
        row(
            None,
            format!("{lines} blank, of a header or of the record before"),
        );
    }
    if all.unparsed > 0 {
        let lines = counted(all.unparsed, "line");
        row(Some(all.unparsed), format!("not understood: {lines}"));
    }
    for f in first(looked) {
        let inside = f.wrapper.map_or(String::new(), |w| format!(" in {w}"));
        let format = escaped(f.format.as_bytes());
        let _ = writeln!(out, "\n{} as {format}{inside}", f.line.place());
        let _ = writeln!(out, "  {}", escaped(cut(&f.line.bytes)));
        for (name, value) in f.fields {
            let _ = writeln!(out, "    {name:<16} {value}");
        }
    }
    if !all.examples.is_empty() {
        let _ = writeln!(out, "\nnot understood:");
        for s in all.examples.values() {
            let _ = writeln!(out, "  line {}: {}", s.pos.line, escaped(cut(&s.raw)));
        }
        let _ = writeln!(
            out,
            "  help: coroner formats --guess {name} prints a definition to start from, if it finds one"
        );
    }
    out
}

/// The first 200 bytes.
fn cut(b: &[u8]) -> &[u8] {
    &b[..b.len().min(200)]
}
