//! The file of settings: which keys there are and what their values mean. An unknown key is an error, with a guess at what
//! was meant: a setting that is not read would be worse than none.

use super::{Config, FileText, pointed};
use crate::cli::config::user_rules::{WrittenFormat, WrittenMarker, format, marker};
use crate::cli::diagnostics::Complaint;
use crate::cli::value::{self, Word};
use coroner::program::audit::checks;
use coroner::program::text::nearest;
use coroner::settings::{For, Sensitivity, Zone};
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Spanned, Value, de};

/// A string of the file, and where it stands.
pub(super) type Text = Spanned<String>;

/// What is wrong in the file, and where.
pub(super) struct Wrong {
    pub at: usize,
    pub why: String,
}

impl Wrong {
    pub(super) fn new<T>(value: &Spanned<T>, why: impl Into<String>) -> Wrong {
        Wrong {
            at: value.span().start,
            why: why.into(),
        }
    }
}

/// The file as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    tz: Option<Text>,
    slo: Option<Spanned<Value>>,
    sensitivity: Option<Text>,
    edge: Vec<Text>,
    template: Option<String>,
    pager: Option<bool>,
    assume_tz: BTreeMap<String, Text>,
    services: BTreeMap<String, Spanned<Service>>,
    redact: Redact,
    audit: Audit,
    format: Vec<Spanned<WrittenFormat>>,
    marker: Vec<Spanned<WrittenMarker>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    #[serde(default, rename = "match")]
    inputs: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Redact {
    extra: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Audit {
    allow: Vec<Text>,
}

/// Reads a file.
pub(super) fn config(path: &Path, text: &str) -> Result<Config, Complaint> {
    const SENSELESS: &str = "a setting that makes no sense";
    let place = FileText { path, text };
    let refused = |what: &str, e: &de::Error| {
        let at = e.span().map_or(0, |s| s.start);
        pointed(what, place, at, &plainly(e.message()))
    };
    let parsed = toml::Deserializer::parse(text);
    let parsed = parsed.map_err(|e| refused("a file of settings that is no TOML", &e))?;
    let written = Written::deserialize(parsed).map_err(|e| refused(SENSELESS, &e))?;
    let settled = settled(written, text);
    settled.map_err(|w| pointed(SENSELESS, place, w.at, &w.why))
}

/// What serde says of a value, in the words of this program.
fn plainly(said: &str) -> String {
    let names: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let expected = said.rsplit("expected ").next().unwrap_or_default();
    match (said.split(' ').next(), &names[..]) {
        (Some("unknown"), [word, known @ ..]) => {
            let (what, all) = match said.starts_with("unknown field") {
                true => ("unknown key", "the keys here are"),
                false => ("no such word", "write one of"),
            };
            match nearest(word, known) {
                Some(near) => format!("{what}; did you mean {near}?"),
                None => format!("{what}; {all} {}", known.join(", ")),
            }
        }
        (Some("missing"), [word]) => format!("no {word}; give it one"),
        // a command has no place in a file that may come with the logs
        (Some("invalid"), _) => match expected {
            "a boolean" => "neither true nor false; $CORONER_PAGER names another pager",
            "a string" => "not a string; put it in quotes",
            "a sequence" => "not a list; write it in brackets",
            _ => "not a table; write { key = value }",
        }
        .to_owned(),
        _ => said.to_owned(),
    }
}

/// What the file sets.
fn settled(written: Written, text: &str) -> Result<Config, Wrong> {
    let mut config = Config {
        edge: globs_of(&written.edge)?,
        template: written.template,
        pager: written.pager,
        redact: each(&written.redact.extra, extra)?,
        allow: each(&written.audit.allow, check)?,
        ..Config::default()
    };
    config.tz = maybe(&written.tz, Zone::parse)?;
    config.sensitivity = maybe(&written.sensitivity, |word| {
        let level = Sensitivity::of(word);
        level.ok_or_else(|| "no such level; write low, normal or high".to_owned())
    })?;
    if let Some(slo) = &written.slo {
        let number = match slo.get_ref() {
            Value::String(s) => s.clone(),
            number => number.to_string(),
        };
        let slo = value::objective(&number).map_err(|why| Wrong::new(slo, why))?;
        config.slo = Some(slo);
    }
    for (glob, zone) in &written.assume_tz {
        let only = said(zone, |z| only(&value::glob_of(glob)?, Zone::parse(z)?))?;
        config.assume_tz.push(only);
    }
    for (name, service) in &written.services {
        let inputs = &service.get_ref().inputs;
        let name = value::service(name).map_err(|why| Wrong::new(service, why))?;
        if inputs.is_empty() {
            let why = "no inputs; say which are of this service: match = [\"shop*/**\"]";
            return Err(Wrong::new(service, why));
        }
        let of = |glob: &str| only(&value::glob_of(glob)?, name.clone());
        config.services.extend(each(inputs, of)?);
    }
    for item in written.format {
        format(&mut config, item, text)?;
    }
    for item in written.marker {
        config.rules.push(marker(item, text)?);
    }
    Ok(config)
}

fn only<T>(glob: &str, value: T) -> Result<For<T>, String> {
    For::new(Some(glob), value).map_err(|e| e.to_string())
}

/// What a string says.
pub(super) fn said<T>(
    value: &Text,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, Wrong> {
    read(value.get_ref()).map_err(|why| Wrong::new(value, why))
}

/// What a string says that need not be there.
pub(super) fn maybe<T>(
    value: &Option<Text>,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, Wrong> {
    value.as_ref().map(|v| said(v, read)).transpose()
}

fn each<T>(list: &[Text], read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, Wrong> {
    list.iter().map(|v| said(v, &read)).collect()
}

/// Patterns of a list.
pub(super) fn globs_of(list: &[Text]) -> Result<Vec<String>, Wrong> {
    each(list, value::glob_of)
}

/// A check, by its id.
fn check(id: &str) -> Result<String, String> {
    if let Some(check) = checks::check(id) {
        return Ok(check.id.to_owned());
    }
    let known: Vec<&str> = checks::CHECKS.iter().map(|c| c.id).collect();
    Err(match nearest(id, &known) {
        Some(near) => format!("no such check; did you mean {near}?"),
        None => "no such check; coroner audit --help says where they are listed".into(),
    })
}

/// A pattern of what is taken out of texts.
fn extra(pattern: &str) -> Result<Regex, String> {
    let regex = Regex::new(pattern).map_err(|e| {
        let text = e.to_string();
        let last = text.lines().last().unwrap_or_default();
        last.trim_start_matches("error: ").to_owned()
    })?;
    match regex.is_match("") {
        true => Err("matches the empty text; write what is to be taken out".into()),
        false => Ok(regex),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        config(Path::new("coroner.toml"), text).map_err(|c| c.render(false))
    }

    #[test]
    fn all_keys() {
        let c = read(include_str!("../../../tests/data/settings.toml")).unwrap();
        assert_eq!(
            (c.slo, c.sensitivity),
            (Some(0.999), Some(Sensitivity::High))
        );
        assert_eq!((c.formats.len(), c.rules.len(), c.edge.len()), (6, 1, 1));
        let names: Vec<&str> = c.formats.iter().map(|f| f.format.name()).collect();
        assert_eq!(
            names,
            ["edge", "legacy", "deployer", "ourjson", "apache", "haproxy"]
        );
        // the zone of a format is that of the inputs it is for
        assert_eq!(c.assume_tz.len(), 2);
        assert_eq!(c.template.as_deref(), Some("short"));
        let named = |input: &str| {
            let s = c.services.iter().find(|s| s.applies(input));
            s.map(|s| s.value.as_str())
        };
        assert_eq!(
            (named("shop-1/a.log"), named("web/a.log")),
            (Some("shop"), None)
        );
        assert_eq!(
            (named("web/shop.log"), named("shop.log")),
            (Some("shop"), Some("shop"))
        );
        assert!(c.redact[0].is_match("x"));
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let table = include_str!("../../../tests/data/settings_refused.tsv").lines();
        for row in table.filter(|row| !row.starts_with('#')) {
            let parts = row.split("\\\\").map(|p| p.replace("\\n", "\n"));
            let row = parts.collect::<Vec<_>>().join("\\");
            let (text, says) = row.split_once('\t').unwrap();
            let e = read(text).unwrap_err();
            assert!(e.contains(says), "{text}\n{e}");
        }
    }
}
