//! JSON v1: the report as one value, keys in the order of the schema, nothing of the machine in it.
//! The other forms are made from the same model; only names and units of the schema live here.

mod incident;

pub use incident::level;

use super::facts;
use super::sentence::{Clock, Medium, render, share};
use super::time::{rfc3339, seconds};
use coroner_infer::model::*;
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use serde_json::{Value, json};
use std::borrow::Borrow;

/// The JSON Schema (2020-12) that every report satisfies.
pub const SCHEMA: &str = include_str!("schema/report.schema.json");
/// The JSON Schema of the events of `watch`.
pub const WATCH_SCHEMA: &str = include_str!("schema/watch.schema.json");
/// The JSON Schema of the findings of `audit`.
pub const AUDIT_SCHEMA: &str = include_str!("schema/audit.schema.json");

/// Rows listed under `minor`.
const MINOR_ROWS: usize = 20;

/// The report as text: one member per line, a list of numbers on one line, ending with a newline.
pub fn to_string(report: &Report) -> String {
    pieces(report).collect()
}

/// The text piece by piece: the items of the lists of a report, which may be very many, are made one after the other.
fn pieces(report: &Report) -> impl Iterator<Item = String> + '_ {
    let all = members(report, Medium::Plain).into_iter().enumerate();
    let all = all.flat_map(|(n, (key, member))| {
        let mut head = String::from(if n > 0 { "," } else { "{" });
        line(&mut head, 1);
        head.push_str(&format!("\"{key}\": "));
        let items: Box<dyn Iterator<Item = String>> = match member {
            Member::One(value) => {
                write(&value, 1, &mut head);
                Box::new(std::iter::empty())
            }
            Member::Many(items) => Box::new(listed(items, 1)),
        };
        std::iter::once(head).chain(items)
    });
    all.chain(["\n}\n".to_owned()])
}

/// Begins a line.
fn line(out: &mut String, depth: usize) {
    out.push('\n');
    (0..depth).for_each(|_| out.push_str("  "));
}

/// The pieces of a list, each item on lines of its own.
fn listed(
    items: impl Iterator<Item = impl Borrow<Value>>,
    depth: usize,
) -> impl Iterator<Item = String> {
    let mut items = items.fuse().peekable();
    let mut sign = Some("[");
    std::iter::from_fn(move || {
        let mut out = sign?.to_owned();
        sign = Some(",");
        if let Some(item) = items.next() {
            line(&mut out, depth + 1);
            write(item.borrow(), depth + 1, &mut out);
        }
        if items.peek().is_none() {
            sign = None;
            if out.len() > 1 {
                line(&mut out, depth);
            }
            out.push(']');
        }
        Some(out)
    })
}

/// A value indented by `depth` steps, with the layout of `serde_json` but for lists of numbers: a series of a day would
/// else be thousands of lines.
fn write(v: &Value, depth: usize, out: &mut String) {
    match v {
        Value::Array(a) if !a.iter().all(Value::is_number) => out.extend(listed(a.iter(), depth)),
        Value::Object(m) if !m.is_empty() => {
            out.push('{');
            for (n, (k, x)) in m.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                line(out, depth + 1);
                out.push_str(&Value::from(k.as_str()).to_string());
                out.push_str(": ");
                write(x, depth + 1, out);
            }
            line(out, depth);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// The report as a value.
pub fn to_value(report: &Report) -> Value {
    let all = members(report, Medium::Plain).into_iter();
    all.map(|(key, member)| (key.to_owned(), member.value()))
        .collect()
}

/// What stands under a name of the report.
pub(super) enum Member<'r> {
    One(Value),
    Many(Box<dyn Iterator<Item = Value> + 'r>),
}

impl Member<'_> {
    pub(super) fn value(self) -> Value {
        match self {
            Member::One(value) => value,
            Member::Many(items) => items.collect(),
        }
    }
}

/// The members of the report, in the order of the schema, with sentences in a medium.
pub(super) fn members(report: &Report, medium: Medium) -> Vec<(&'static str, Member<'_>)> {
    let w = Writer::of(report, medium);
    let one = Member::One;
    let inputs = report.inputs.iter().enumerate();
    let incident = move |i: &Incident| incident(report, i, medium);
    let gap = move |g: &Gap| cited(json!({"kind": g.kind, "text": w.text(&g.text)}), &g.cited);
    let minor = &report.minor[..report.minor.len().min(MINOR_ROWS)];
    vec![
        ("schema", one("coroner.report".into())),
        ("schema_version", one("1.0".into())),
        (
            "tool",
            one(json!({"name": "coroner", "version": env!("CARGO_PKG_VERSION")})),
        ),
        ("run", one(json!({"settings": settings(&report.settings)}))),
        ("verdict", one(json!(report.verdict))),
        ("inputs", many(inputs, move |(i, x)| w.input(i, x))),
        ("incidents", many(&report.incidents, incident)),
        ("blips", many(&report.blips, move |s| w.span(s))),
        ("planned", many(&report.planned, move |s| w.span(s))),
        (
            "minor",
            one(json!({"n": report.minor.len(), "rows": list(minor, |s| w.span(s))})),
        ),
        (
            "timeline",
            many(&report.timeline, move |e| w.event(e, None)),
        ),
        ("gaps", many(&report.gaps, gap)),
    ]
}

/// An incident, with sentences in a medium.
pub(super) fn incident(report: &Report, i: &Incident, medium: Medium) -> Value {
    let clock = Clock::of(report, i.onset);
    Writer { medium, clock }.incident(i)
}

fn many<'r, T>(
    items: impl IntoIterator<Item = T, IntoIter: 'r>,
    f: impl Fn(T) -> Value + 'r,
) -> Member<'r> {
    Member::Many(Box::new(items.into_iter().map(f)))
}

/// The settings of the analysis.
pub fn settings(s: &Settings) -> Value {
    let mut all = json!({
        "assume_tz": s.assume_tz,
        "edge": s.edge,
        "formats": s.formats,
        "redaction": {
            "addresses": if s.shown.addresses { "keep" } else { "truncate" },
            "emails": !s.shown.secrets,
            "names": !(s.shown.names || s.shown.secrets),
            "raw_evidence": s.shown.raw,
            "secrets": !s.shown.secrets,
            "texts": s.shown.redacted,
        },
        "sensitivity": s.sensitivity,
        "slo": s.slo.map(rounded),
        "year": s.year,
        "zone": s.zone.to_string(),
    });
    for (name, t) in [("since", s.since), ("until", s.until)] {
        if let Some(t) = t {
            all[name] = rfc3339(t, s.zone).into();
        }
    }
    if let Some(crc) = &s.baseline {
        all["baseline"] = json!(crc);
    }
    if !s.services.is_empty() {
        all["services"] = json!(s.services);
    }
    for (name, word) in [("service", &s.about.service), ("host", &s.about.host)] {
        if let Some(w) = word {
            all[name] = w.as_str().into();
        }
    }
    if let Some(n) = s.about.incident {
        all["incident"] = n.into();
    }
    if let Some(map) = all.as_object_mut() {
        map.sort_keys();
    }
    all
}

fn list<T>(items: &[T], f: impl Fn(&T) -> Value) -> Vec<Value> {
    items.iter().map(f).collect()
}

fn opt(t: &Option<LogText>) -> Value {
    t.as_ref().map_or(Value::Null, |t| t.for_json().into())
}

/// Six decimals.
fn rounded(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// Lines that something rests on, first the one that says so.
pub fn evidence(list: &[Evidence]) -> Vec<Value> {
    list.iter().map(one_evidence).collect()
}

pub(super) fn one_evidence(e: &Evidence) -> Value {
    let line = Some(e.line).filter(|n| *n > 0);
    let mut m = json!({"input": e.input, "line": line});
    if let Some(end) = e.end_line.filter(|_| e.line > 0) {
        m["end_line"] = end.into();
    }
    m["byte"] = e.byte.into();
    if let Some(x) = &e.excerpt {
        m["excerpt"] = x.for_json().into();
        if let Some(raw) = x.for_raw_base64() {
            m["raw_b64"] = raw.into();
        }
    }
    if let Some(n) = e.count {
        m["count"] = n.into();
    }
    m
}

/// Adds `basis`, `evidence` and `inputs` to an object.
pub(super) fn cited(mut object: Value, c: &Cited) -> Value {
    match c {
        Cited::Lines(lines) => object["evidence"] = evidence(lines).into(),
        Cited::Absent(inputs) => {
            object["basis"] = "absence".into();
            object["evidence"] = json!([]);
            object["inputs"] = json!(inputs);
        }
    }
    object
}

/// Writes values in one zone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer {
    medium: Medium,
    clock: Clock,
}

impl Writer {
    /// In the zone of a report.
    pub(super) fn of(report: &Report, medium: Medium) -> Writer {
        let clock = facts::clock(report);
        Writer { medium, clock }
    }

    fn text(&self, s: &Sentence) -> String {
        render(s, self.medium, self.clock)
    }

    fn time(&self, t: Instant) -> String {
        rfc3339(t, self.clock.zone)
    }

    fn maybe(&self, t: Option<Instant>) -> Value {
        t.map_or(Value::Null, |t| self.time(t).into())
    }

    fn pair(&self, p: Option<(Instant, Instant)>) -> Value {
        p.map_or(Value::Null, |(a, b)| json!([self.time(a), self.time(b)]))
    }

    pub(super) fn input(&self, id: usize, i: &Input) -> Value {
        json!({
            "id": id,
            "name": i.name.for_json(),
            "member": opt(&i.member),
            "domain": i.domain.for_json(),
            "tier": i.tier,
            "format": i.format,
            "bytes": i.bytes,
            "lines": i.lines,
            "parsed": i.parsed,
            "continuation": i.continuation,
            "unparsed": i.unparsed,
            "out_of_range": i.out_of_range,
            "examples": evidence(&i.examples[..i.examples.len().min(3)]),
            "first": self.maybe(i.span.map(|s| s.0)),
            "last": self.maybe(i.span.map(|s| s.1)),
            "crc32": format!("{:08x}", i.crc32),
            "sha256": i.sha256.map(|sha| sha.iter().map(|b| format!("{b:02x}")).collect::<String>()),
            "zone": {
                "offset": i.zone.offset,
                "source": i.zone.source,
                "margin": i.zone.margin.map(rounded),
            },
            "clock": list(&i.clock, |c| json!({
                "from": self.maybe(c.from),
                "add_s": seconds(c.add_us),
                "margin_s": c.margin_us.map(seconds),
                "basis": c.basis,
            })),
            "kind": match (i.mixed, i.kind) {
                (true, _) => "mixed",
                (_, Some(k)) => k.word(),
                (_, None) => "none",
            },
            "records": i.records,
            "requests": i.requests,
            "failed": i.failed,
        })
    }

    fn event(&self, e: &Event, onset: Option<Instant>) -> Value {
        let mut m =
            json!({"id": e.id, "letter": e.letter.map(String::from), "time": self.maybe(e.time)});
        if e.time.is_none() {
            m["after"] = self.maybe(e.after);
            m["before"] = self.maybe(e.before);
        }
        m["time_interval"] = self.pair(e.interval);
        if let Some(onset) = onset {
            m["offset_s"] = e.time.map(|t| seconds(t.0 - onset.0)).into();
        }
        m["kind"] = e.kind.word().into();
        m["text"] = self.text(&e.text).into();
        m["basis"] = basis(e.basis).into();
        m["confidence"] = (f64::from(e.confidence.min(100)) / 100.0).into();
        m["evidence"] = evidence(&e.evidence).into();
        m["class"] = e.class.map(|c| c.word()).into();
        m["host"] = opt(&e.host);
        m["service"] = opt(&e.service);
        m["version"] = opt(&e.version);
        m["upstream"] = opt(&e.upstream);
        m["method"] = e.method.into();
        m
    }

    fn span(&self, s: &Span) -> Value {
        let part = s.requests.zip(s.failed).filter(|(r, _)| *r > 0);
        json!({
            "start": self.time(s.start),
            "end": self.maybe(s.end),
            "service": opt(&s.service),
            "requests": s.requests,
            "failed": s.failed,
            "share": part.map(|(r, f)| rounded(share(f, r))),
            "text": self.text(&s.text),
            "evidence": evidence(&s.evidence),
        })
    }
}

/// The word for how a row is known.
pub fn basis(b: Basis) -> &'static str {
    match b {
        Basis::Stated => "stated",
        Basis::Measured => "measured",
        Basis::Assumed => "assumed",
    }
}

/// The form `json`.
pub static JSON: super::Form = super::Form {
    name: "json",
    extension: Some("json"),
    about: "report JSON v1, for programs",
    write: |report, _| Box::new(pieces(report)),
};
