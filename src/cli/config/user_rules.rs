//! `[[format]]` and `[[marker]]`: what each may hold, and where in the file a string of it is wrong.

use crate::cli::config::read::{Text, Wrong, globs_of, maybe, said};
use crate::cli::config::{Config, globs};
use coroner::formats::{CompileError, Definition, Markers, OwnFormat, Spec};
use coroner::program::format::{compile, unit};
use coroner::program::record::{At as Moment, Kind, MarkerKind};
use coroner::program::text::nearest;
use coroner::settings::{For, OwnRule, Zone};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// What says how lines are written, of which a format has one.
const WAYS: &str = "nginx, apache, haproxy, logback, regex, json";

/// A format as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenFormat {
    name: String,
    kind: Option<Kind>,
    #[serde(default, rename = "match")]
    inputs: Vec<Text>,
    nginx: Option<Text>,
    apache: Option<Text>,
    haproxy: Option<Text>,
    logback: Option<Text>,
    regex: Option<Text>,
    json: Option<Spanned<BTreeMap<String, String>>>,
    time_format: Option<Text>,
    #[serde(default)]
    unit: BTreeMap<String, Text>,
    tz: Option<Text>,
    stamp: Option<Moment>,
    marker: Option<Spanned<BTreeMap<String, Text>>>,
}

/// A marker rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMarker {
    marker: Text,
    regex: Text,
    #[serde(default)]
    kinds: Vec<Kind>,
}

/// Where byte `n` of a string's value stands in the file: quotes are skipped, and an escape is one character.
fn inside(value: &Text, text: &str, n: usize) -> usize {
    let raw = text.get(value.span()).unwrap_or_default();
    let long = raw.starts_with("'''") || raw.starts_with("\"\"\"");
    let inner = raw.get(if long { 3 } else { 1 }..).unwrap_or_default();
    let inner = inner.trim_start_matches(['\r', '\n']);
    let (mut at, mut left) = (raw.len() - inner.len(), n);
    let mut chars = inner.chars();
    while left > 0
        && let Some(c) = chars.next()
    {
        let escaped = (c == '\\' && raw.starts_with('"')).then(|| chars.next());
        at += c.len_utf8() + escaped.flatten().map_or(0, char::len_utf8);
        left = left.saturating_sub(escaped.map_or(c.len_utf8(), |_| 1));
    }
    value.span().start + at
}

fn marker_kind(word: &str) -> Result<MarkerKind, String> {
    let kind = MarkerKind::from_word(word).filter(|k| k.is_stated());
    kind.ok_or_else(|| {
        let all = MarkerKind::ALL.iter().filter(|k| k.is_stated());
        let all: Vec<&str> = all.map(|k| k.word()).collect();
        let begun = || all.iter().find(|k| k.starts_with(word)).copied();
        match nearest(word, &all).or_else(begun) {
            Some(near) => format!("no such marker; did you mean {near}?"),
            None => format!("no such marker; write one of {}", all.join(", ")),
        }
    })
}

/// A string that may say how lines are written, and what it is.
type SpecByKey = (Option<Text>, fn(String) -> Spec);

/// A format, and the zone of the inputs that it is for.
pub(super) fn format(
    config: &mut Config,
    item: Spanned<WrittenFormat>,
    text: &str,
) -> Result<(), Wrong> {
    let place = Spanned::new(item.span(), ());
    let w = item.into_inner();
    let strings: [SpecByKey; 5] = [
        (w.nginx, Spec::Nginx),
        (w.apache, Spec::Apache),
        (w.haproxy, Spec::Haproxy),
        (w.logback, Spec::Logback),
        (w.regex, Spec::Regex),
    ];
    let strings = strings.into_iter().filter_map(|(way, spec)| {
        let way = way?;
        Some((spec(way.get_ref().clone()), way))
    });
    let object = w.json.map(|j| {
        let place = Spanned::new(j.span(), String::new());
        (Spec::Json(j.into_inner()), place)
    });
    let mut ways = strings.chain(object);
    let Some((spec, way)) = ways.next() else {
        let why = format!("none of {WAYS}; say how its lines are written");
        return Err(Wrong::new(&place, why));
    };
    if let Some((_, other)) = ways.next() {
        let why = format!("more than one of {WAYS}; leave one");
        return Err(Wrong::new(&other, why));
    }
    let unit_of = |(field, u): (String, Text)| {
        let known = |u: &str| unit(u).ok_or("no such unit; write s, ms, us or ns".to_owned());
        Ok((field, said(&u, known)?))
    };
    let tz = maybe(&w.tz, Zone::parse)?;
    let definition = Definition {
        kind: w.kind,
        time_format: w.time_format.as_ref().map(|t| t.get_ref().clone()),
        units: w
            .unit
            .into_iter()
            .map(unit_of)
            .collect::<Result<_, Wrong>>()?,
        tz,
        stamped: w.stamp,
        markers: w.marker.as_ref().map(stated).transpose()?,
        ..Definition::new(&w.name, spec)
    };
    let mut own = OwnFormat::new(definition).map_err(|e: CompileError| {
        match (&w.time_format, &w.marker) {
            (Some(t), _) if e.why.starts_with("time_format: ") => Wrong::new(t, e.why),
            (_, Some(m)) if e.why.starts_with("marker: ") => Wrong::new(m, e.why),
            _ => Wrong {
                at: inside(&way, text, e.at),
                why: e.why,
            },
        }
    })?;
    let inputs = globs_of(&w.inputs)?;
    let failed = |e: coroner::Error| Wrong::new(&place, e.to_string());
    // a zone whose offset changes is best known by who sees all lines of an input
    for g in tz.iter().flat_map(|_| &inputs) {
        let zone = tz.map(|tz| For::new(Some(g), tz)).transpose();
        config.assume_tz.extend(zone.map_err(failed)?);
    }
    own.inputs = globs(&inputs).map_err(failed)?;
    config.formats.push(own);
    Ok(())
}

/// What words of a field state.
fn stated(table: &Spanned<BTreeMap<String, Text>>) -> Result<Markers, Wrong> {
    let mut words = table.get_ref().clone();
    let field = words.remove("field").ok_or_else(|| {
        let why = "no field; say which one holds the words: field = \"verb\"";
        Wrong::new(table, why)
    })?;
    let kind = |(word, kind): (String, Text)| Ok((word, said(&kind, marker_kind)?));
    Ok(Markers {
        field: field.into_inner(),
        kinds: words.into_iter().map(kind).collect::<Result<_, Wrong>>()?,
    })
}

/// A marker rule.
pub(super) fn marker(item: Spanned<WrittenMarker>, text: &str) -> Result<OwnRule, Wrong> {
    let w = item.into_inner();
    let kind = said(&w.marker, marker_kind)?;
    let pattern = w.regex.get_ref();
    // the same parser as for formats, which says where
    let located = compile(&Definition::new(
        "marker",
        Spec::Regex(format!("{pattern}(?P<x>)")),
    ));
    if let Err(e) = located {
        return Err(Wrong {
            at: inside(&w.regex, text, e.at.min(pattern.len())),
            why: e.why,
        });
    }
    OwnRule::new(kind, pattern, w.kinds).map_err(|why| Wrong::new(&w.regex, why))
}
