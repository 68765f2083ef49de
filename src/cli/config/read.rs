//! The file of settings: which keys there are and what their values mean. An unknown key is an error, with a guess at what
//! was meant: a setting that is not read would be worse than none.

use super::{Config, FileText, pointed};
use crate::cli::config::user_rules::{format, marker};
use crate::cli::diagnostics::Complaint;
use crate::cli::value::{self, Word};
use coroner::program::audit::checks;
use coroner::program::table::words;
use coroner::program::text::nearest;
use coroner::settings::{For, Sensitivity, Zone};
use regex::Regex;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A value and where it stands.
pub(super) type At<'t> = Spanned<DeValue<'t>>;

const KEYS: &[&str] = &words::<12>(
    "tz slo sensitivity edge template pager assume_tz services redact audit format marker",
);

/// What is wrong with a value: where, why and what to do, as a sentence with the remedy behind a semicolon.
pub(super) struct Wrong {
    pub at: usize,
    pub why: String,
}

impl Wrong {
    pub(super) fn new(value: &At<'_>, why: impl Into<String>) -> Wrong {
        Wrong {
            at: value.span().start,
            why: why.into(),
        }
    }
}

/// Reads a file.
pub(super) fn config(path: &Path, text: &str) -> Result<Config, Complaint> {
    let place = FileText { path, text };
    let table = DeTable::parse(text).map_err(|e| {
        let at = e.span().map_or(0, |s| s.start);
        pointed("a file of settings that is no TOML", place, at, e.message())
    })?;
    let mut config = Config::default();
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        one(&mut config, name, value, text).map_err(|w| {
            // an unknown key is pointed at itself
            let at = if KEYS.contains(&name) {
                w.at
            } else {
                key.span().start
            };
            pointed("a setting that makes no sense", place, at, &w.why)
        })?;
    }
    Ok(config)
}

fn one(config: &mut Config, key: &str, value: &At<'_>, text: &str) -> Result<(), Wrong> {
    let wrong = |why: String| Wrong::new(value, why);
    match key {
        "tz" => config.tz = Some(Zone::parse(string(value)?).map_err(wrong)?),
        "slo" => config.slo = Some(value::objective(&scalar(value)?).map_err(wrong)?),
        "sensitivity" => {
            let level = Sensitivity::of(string(value)?)
                .ok_or_else(|| wrong("no such level; write low, normal or high".into()))?;
            config.sensitivity = Some(level);
        }
        "edge" => config.edge = strings(value)?,
        "assume_tz" => {
            for (glob, zone) in table(value)? {
                let pattern =
                    value::glob_of(glob.get_ref()).map_err(|why| Wrong::new(zone, why))?;
                let wrong = |why| Wrong::new(zone, why);
                let value = Zone::parse(string(zone)?).map_err(wrong)?;
                let only = For::new(Some(&pattern), value);
                config
                    .assume_tz
                    .push(only.map_err(|e| wrong(e.to_string()))?);
            }
        }
        "format" => {
            for item in array(value)? {
                format(config, item, text)?;
            }
        }
        "marker" => {
            for item in array(value)? {
                config.rules.push(marker(item, text)?);
            }
        }
        "template" => config.template = Some(string(value)?.to_owned()),
        "pager" => {
            let DeValue::Boolean(on) = value.get_ref() else {
                // a command has no place in a file that may come with the logs
                return Err(wrong(
                    "neither true nor false; $CORONER_PAGER names another pager".into(),
                ));
            };
            config.pager = Some(*on);
        }
        "services" => {
            for (name, what) in table(value)? {
                services(config, name.get_ref(), what)?;
            }
        }
        "redact" => {
            for (name, list) in table(value)? {
                only("extra", name)?;
                config.redact = array(list)?.map(extra).collect::<Result<_, _>>()?;
            }
        }
        "audit" => {
            for (name, list) in table(value)? {
                only("allow", name)?;
                config.allow = array(list)?.map(check).collect::<Result<_, _>>()?;
            }
        }
        _ => return Err(unknown(key, KEYS, value.span().start)),
    }
    Ok(())
}

/// A check of `audit`, by its id.
fn check(item: &At<'_>) -> Result<String, Wrong> {
    let id = string(item)?;
    match checks::check(id) {
        Some(c) => Ok(c.id.to_owned()),
        None => {
            let known: Vec<&str> = checks::CHECKS.iter().map(|c| c.id).collect();
            Err(Wrong::new(
                item,
                match nearest(id, &known) {
                    Some(near) => format!("no such check; did you mean {near}?"),
                    None => "no such check; coroner audit --help says where they are listed".into(),
                },
            ))
        }
    }
}

/// `services.shop = { match = ["shop*"] }`: the service of these inputs, where their lines name none.
fn services(config: &mut Config, name: &str, what: &At<'_>) -> Result<(), Wrong> {
    let service = value::service(name).map_err(|why| Wrong::new(what, why))?;
    let mut any = false;
    for (key, list) in table(what)? {
        only("match", key)?;
        for glob in strings(list)? {
            let one = For::new(Some(&glob), service.clone());
            config
                .services
                .push(one.map_err(|e| Wrong::new(list, e.to_string()))?);
            any = true;
        }
    }
    match any {
        true => Ok(()),
        false => Err(Wrong::new(
            what,
            "no inputs; say which are of this service: match = [\"shop*/**\"]",
        )),
    }
}

/// A pattern of what is taken out of texts beside what always is.
fn extra(item: &At<'_>) -> Result<Regex, Wrong> {
    let regex = Regex::new(string(item)?).map_err(|e| {
        let text = e.to_string();
        let last = text.lines().last().unwrap_or_default();
        Wrong::new(item, last.trim_start_matches("error: ").to_owned())
    })?;
    match regex.is_match("") {
        true => Err(Wrong::new(
            item,
            "matches the empty text; write what is to be taken out",
        )),
        false => Ok(regex),
    }
}

/// Refuses any other key than the only one that is known.
fn only(known: &str, key: &Spanned<DeString<'_>>) -> Result<(), Wrong> {
    match key.get_ref() == known {
        true => Ok(()),
        false => Err(unknown(key.get_ref(), &[known], key.span().start)),
    }
}

/// What to say of a key that is not known.
pub(super) fn unknown(key: &str, known: &[&str], at: usize) -> Wrong {
    let why = match nearest(key, known) {
        Some(near) => format!("unknown key; did you mean {near}?"),
        None => format!("unknown key; the keys here are {}", known.join(", ")),
    };
    Wrong { at, why }
}

pub(super) fn string<'a>(value: &'a At<'_>) -> Result<&'a str, Wrong> {
    let text = value.get_ref().as_str();
    text.ok_or_else(|| Wrong::new(value, "not a string; put it in quotes"))
}

/// A string, or a number as it is written.
fn scalar(value: &At<'_>) -> Result<String, Wrong> {
    Ok(match value.get_ref() {
        DeValue::Float(f) => f.as_str().to_owned(),
        DeValue::Integer(i) => i.as_str().to_owned(),
        _ => string(value)?.to_owned(),
    })
}

pub(super) fn strings(value: &At<'_>) -> Result<Vec<String>, Wrong> {
    array(value)?
        .map(|v| value::glob_of(string(v)?).map_err(|why| Wrong::new(v, why)))
        .collect()
}

pub(super) fn array<'a, 't>(value: &'a At<'t>) -> Result<impl Iterator<Item = &'a At<'t>>, Wrong> {
    let all = value.get_ref().as_array();
    all.map(|a| a.iter())
        .ok_or_else(|| Wrong::new(value, "not a list; write it in brackets"))
}

pub(super) fn table<'a, 't>(value: &'a At<'t>) -> Result<&'a DeTable<'t>, Wrong> {
    let table = value.get_ref().as_table();
    table.ok_or_else(|| Wrong::new(value, "not a table; write { key = value }"))
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
