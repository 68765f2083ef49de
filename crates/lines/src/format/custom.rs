//! Formats given by the user: what a definition holds, and what makes a format of it. One file per way to write one.
//! A definition becomes a matcher that gives a value per name; nothing is guessed about a line. Files are read elsewhere.

mod apache;
mod columns;
mod conf;
mod haproxy;
mod json;
mod logback;
mod made;
mod nginx;
mod regex;
mod steps;
mod time;
mod tokens;

pub use conf::{FromConf, from_conf};

use super::Format;
use super::app::timed_text::{TimedObjects, TimedText};
use super::columns::Columns;
use super::leaf::Unit;
use super::synonym::{self, Field};
use crate::record::{At, Kind, MarkerKind};
use crate::time::field::TimeField;
use crate::time::zone::Zone;
pub(super) use made::{Always, Custom, Says};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::TimeFormat;

/// Most names in one format.
const MAX: usize = 64;

/// What is wrong with a definition, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {why}")]
pub struct CompileError {
    /// Offset of the offending byte in the string as given.
    pub at: usize,
    /// What is wrong, and the remedy.
    pub why: String,
}

impl CompileError {
    pub(super) fn new(at: usize, why: impl Into<String>) -> CompileError {
        CompileError {
            at,
            why: why.into(),
        }
    }

    /// Three lines: what is wrong, the line of the string it is about, and a caret under the place.
    pub fn render(&self, spec: &str) -> String {
        let at = (0..=self.at.min(spec.len()))
            .rev()
            .find(|&i| spec.is_char_boundary(i))
            .unwrap_or(0);
        let start = spec[..at].rfind('\n').map_or(0, |i| i + 1);
        let end = spec[at..].find('\n').map_or(spec.len(), |i| at + i);
        let pad: String = spec[start..at]
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!("{}\n  {}\n  {pad}^", self.why, &spec[start..end])
    }
}

/// What is wrong with that byte.
fn wrong<T>(at: usize, why: impl Into<String>) -> Result<T, CompileError> {
    Err(CompileError::new(at, why))
}

/// How the lines of a format are written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spec {
    /// An nginx `log_format`: the string, or the whole directive.
    Nginx(String),
    /// An Apache `LogFormat` string.
    Apache(String),
    /// An HAProxy `log-format` string.
    Haproxy(String),
    /// A logback, log4j or log4j2 pattern.
    Logback(String),
    /// A regular expression with named groups.
    Regex(String),
    /// Names of fields in JSON lines: what they mean → their path, with a unit behind a colon.
    Json(BTreeMap<String, String>),
    /// Columns that were learnt from lines.
    Columns(Columns),
    /// The field of the time in lines of text, learnt from them.
    Time(TimeField),
    /// The members of JSON lines that are the time, learnt from them.
    TimeOfObjects(TimeField),
}

impl Spec {
    /// The name of a format that has no other.
    pub fn word(&self) -> &'static str {
        match self {
            Spec::Nginx(_) => "nginx log_format",
            Spec::Apache(_) => "Apache LogFormat",
            Spec::Haproxy(_) => "HAProxy log-format",
            Spec::Logback(_) => "logging pattern",
            Spec::Regex(_) => "own pattern",
            Spec::Json(_) => "own JSON",
            Spec::Columns(_) => "own columns",
            Spec::Time(_) => "text with a time",
            Spec::TimeOfObjects(_) => "JSON with a learnt time",
        }
    }

    /// The kind of writer that a bare string looks like; `None` when it is no format string at all.
    pub fn guess(s: &str) -> Option<Spec> {
        let has = |parts: &[&str]| parts.iter().any(|p| s.contains(p));
        let s = s.to_owned();
        match () {
            () if has(&["(?P<", "(?<"]) => Some(Spec::Regex(s)),
            // a port (%p) looks like a level to a logger
            () if s.contains("%>s") => Some(Spec::Apache(s)),
            () if has(&[
                "%msg", "%m%n", "%message", "%level", "%logger", "%p ", "%d{", "%date",
            ]) =>
            {
                Some(Spec::Logback(s))
            }
            () if has(&["%ST", "%ci", "%tsc", "%TR", "%HU", "%ft"]) => Some(Spec::Haproxy(s)),
            () if has(&["%>s", "%s", "%h", "%r", "%{"]) => Some(Spec::Apache(s)),
            () if has(&["$"]) => Some(Spec::Nginx(s)),
            () => None,
        }
    }
}

/// Which values of a field state something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markers {
    /// Name of the field.
    pub field: String,
    /// Value → what it states.
    pub kinds: BTreeMap<String, MarkerKind>,
}

/// A format as the user defines it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name in reports.
    pub name: String,
    /// What its records are; web for the strings of web servers and proxies, else app, where not given.
    pub kind: Option<Kind>,
    /// How its lines are written.
    pub spec: Spec,
    /// How times are written (`%Y-%m-%dT%H:%M:%S%z`), where no shape of ours fits.
    pub time_format: Option<String>,
    /// Units of latencies, by name of the field.
    pub units: BTreeMap<String, Unit>,
    /// Zone of stamps that have none.
    pub tz: Option<Zone>,
    /// Which moment stamps name.
    pub stamped: Option<At>,
    /// Values that are markers.
    pub markers: Option<Markers>,
}

impl Definition {
    /// A definition with nothing but a name and how lines are written.
    pub fn new(name: &str, spec: Spec) -> Definition {
        Definition {
            name: name.to_owned(),
            kind: None,
            spec,
            time_format: None,
            units: BTreeMap::new(),
            tz: None,
            stamped: None,
            markers: None,
        }
    }
}

/// Reads the unit of a latency: `s`, `ms`, `us` or `ns`.
pub fn unit(s: &str) -> Option<Unit> {
    match s {
        "s" => Some(Unit::Second),
        "ms" => Some(Unit::Milli),
        "us" | "µs" => Some(Unit::Micro),
        "ns" => Some(Unit::Nano),
        _ => None,
    }
}

/// What a name of a definition gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// When.
    Time,
    /// A field of the shared table.
    Field(Field),
    /// The machine.
    Machine,
    /// What wrote the line, in the language of logging frameworks.
    Logger,
    /// Who did it.
    Actor,
    /// What a marker is about.
    Group,
    /// The error of a line that has a message too.
    Error,
    /// Matched, not used.
    Unused,
}

/// What a name means to people: names of ours first, then the shared table.
fn slot_of(name: &str, units: &BTreeMap<String, Unit>) -> Slot {
    let unit = units.get(name).copied();
    match name {
        "time" | "timestamp" | "ts" => Slot::Time,
        "message" | "msg" => Slot::Field(Field::Message),
        "host" | "hostname" | "machine" => Slot::Machine,
        "logger" => Slot::Logger,
        "actor" | "user" => Slot::Actor,
        "group" => Slot::Group,
        "error" | "exception" => Slot::Error,
        "latency" | "duration" | "elapsed" => Slot::Field(Field::Latency(unit)),
        _ => match (synonym::field(name.as_bytes()), unit) {
            (Some(Field::Time), _) => Slot::Time,
            (Some(Field::Latency(own)), unit) => Slot::Field(Field::Latency(unit.or(own))),
            (Some(f), _) => Slot::Field(f),
            (None, Some(u)) => Slot::Field(Field::Latency(Some(u))),
            (None, None) => Slot::Unused,
        },
    }
}

/// What finds the values in a line.
enum Matcher {
    Steps(Vec<steps::Step>),
    Regex(Box<::regex::bytes::Regex>, Vec<usize>),
    Json(Vec<json::Path>),
    Columns(columns::Columnar),
}

/// Makes a format. The error points into the string of the definition; where a part of it is wrong that is no such string,
/// at its start.
pub fn compile(def: &Definition) -> Result<Box<dyn Format>, CompileError> {
    let timed = |field: &TimeField| TimedText {
        name: def.name.clone(),
        time: field.clone(),
    };
    match &def.spec {
        Spec::Time(field) => Ok(Box::new(timed(field))),
        Spec::TimeOfObjects(field) => Ok(Box::new(TimedObjects(timed(field)))),
        _ => Ok(Box::new(made(def, Always::default())?)),
    }
}

/// Makes a format of which every line says more than its fields hold.
pub(super) fn made(def: &Definition, always: Always) -> Result<Custom, CompileError> {
    let made = match &def.spec {
        Spec::Nginx(s) => nginx::steps_of(s)?,
        Spec::Apache(s) => apache::steps_of(s)?,
        Spec::Haproxy(s) => haproxy::steps_of(s)?,
        Spec::Logback(s) => logback::steps_of(s)?,
        Spec::Regex(s) => regex::compile(s)?,
        Spec::Json(map) => json::compile(map)?,
        Spec::Columns(c) => columns::compile(c),
        Spec::Time(_) | Spec::TimeOfObjects(_) => {
            return wrong(0, "a learnt time is no format of others");
        }
    };
    let web = matches!(
        def.spec,
        Spec::Nginx(_) | Spec::Apache(_) | Spec::Haproxy(_) | Spec::Columns(_)
    );
    let kind = def.kind.unwrap_or(if web { Kind::Web } else { Kind::App });
    let time = match &def.time_format {
        Some(t) => Some(
            TimeFormat::strptime(t)
                .map_err(|e| CompileError::new(0, format!("time_format: {e}")))?,
        ),
        None => None,
    };
    let names: Vec<(String, Slot)> = made
        .names
        .into_iter()
        .map(|(name, slot)| {
            let slot = match (slot, def.units.get(&name)) {
                (Some(Slot::Field(Field::Latency(_))), Some(u)) => {
                    Slot::Field(Field::Latency(Some(*u)))
                }
                (Some(slot), _) => slot,
                (None, _) => slot_of(&name, &def.units),
            };
            (name, slot)
        })
        .collect();
    if names.len() > MAX {
        return wrong(0, format!("more than {MAX} names; shorten the format"));
    }
    let markers = match &def.markers {
        None => None,
        Some(m) => match names.iter().position(|(n, _)| *n == m.field) {
            Some(i) => Some((i, m.clone())),
            None => {
                let why = format!(
                    "marker: there is no field \"{}\" in the format; name one that is there",
                    m.field
                );
                return wrong(0, why);
            }
        },
    };
    let has = |f: Field| names.iter().any(|(_, s)| *s == Slot::Field(f));
    if kind == Kind::Web && !has(Field::Status) && made.needs_status && !always.any_line {
        let why = format!(
            "no {} in the format, so that requests cannot be counted; add it",
            made.status_word
        );
        return wrong(made.end, why);
    }
    Ok(Custom {
        name: def.name.clone(),
        about: made.about,
        sample: made.sample,
        kind,
        names,
        matcher: made.matcher,
        time,
        tz: def.tz,
        stamped: def.stamped.unwrap_or(made.stamped),
        markers,
        continued: made.continued,
        behind_syslog: matches!(def.spec, Spec::Haproxy(_)),
        learnt: matches!(def.spec, Spec::Columns(_)),
        always,
    })
}

/// What a compiler of one way to write formats gives.
struct Made {
    about: String,
    sample: String,
    /// Names in the order of their values; what they mean, where the writer's language says it.
    names: Vec<(String, Option<Slot>)>,
    matcher: Matcher,
    stamped: At,
    continued: bool,
    /// Whether a web format without a status is an error, and what a status is called.
    needs_status: bool,
    status_word: &'static str,
    /// Length of the string.
    end: usize,
}

impl Made {
    /// What was made of a definition: stamped at the end, one line a record, a status needed, as most are. It has neither a sample nor
    /// a length, which only strings have.
    fn new(about: impl Into<String>, names: Vec<(String, Option<Slot>)>, matcher: Matcher) -> Made {
        Made {
            about: about.into(),
            sample: String::new(),
            names,
            matcher,
            stamped: At::End,
            continued: false,
            needs_status: true,
            status_word: "status",
            end: 0,
        }
    }
}

#[cfg(test)]
mod tests;
