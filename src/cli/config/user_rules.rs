//! `[[format]]` and `[[marker]]`: what each may hold, and where in the file a string of it is wrong.

use crate::cli::config::read::{At, Wrong, array, string, strings, table, unknown};
use crate::cli::config::{Config, globs};
use coroner::formats::{CompileError, Definition, Markers, OwnFormat, Spec};
use coroner::program::format::{compile, unit};
use coroner::program::record::{At as Moment, Kind, MarkerKind};
use coroner::program::table::words;
use coroner::program::text::nearest;
use coroner::settings::{For, OwnRule, Zone};
use std::collections::BTreeMap;

const KEYS: &[&str] = &words::<14>(
    "name kind match nginx apache haproxy logback regex json time_format unit tz stamp marker",
);
const WAYS: &str = "nginx, apache, haproxy, logback, regex, json";

/// Where byte `n` of a string's value stands in the file: quotes are skipped and escapes counted.
fn inside(value: &At<'_>, text: &str, n: usize) -> usize {
    let start = value.span().start;
    let Some(raw) = text.get(value.span()) else {
        return start;
    };
    let quotes = ["'''", "\"\"\"", "'", "\""]
        .iter()
        .find(|q| raw.starts_with(**q));
    let Some(quotes) = quotes else { return start };
    let mut at = quotes.len();
    if quotes.len() == 3 {
        at += raw[at..].len()
            - raw[at..]
                .strip_prefix("\r\n")
                .or_else(|| raw[at..].strip_prefix('\n'))
                .unwrap_or(&raw[at..])
                .len();
    }
    if quotes.starts_with('\'') {
        return start + (at + n).min(raw.len());
    }
    let mut left = n;
    let mut chars = raw[at..].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if left == 0 {
            return start + at + i;
        }
        if c == '\\' {
            // \u0041 and \U00000041 are one character, which has as many bytes as it has
            let skip = match chars.next() {
                Some((_, 'u')) => 4,
                Some((_, 'U')) => 8,
                _ => 0,
            };
            (0..skip).for_each(|_| {
                chars.next();
            });
            left = left.saturating_sub(1);
        } else {
            left = left.saturating_sub(c.len_utf8());
        }
    }
    start + raw.len()
}

fn kind(value: &At<'_>) -> Result<Kind, Wrong> {
    let word = string(value)?;
    Kind::ALL
        .into_iter()
        .find(|k| k.word() == word)
        .ok_or_else(|| {
            let all = Kind::ALL.map(Kind::word).join(", ");
            Wrong::new(value, format!("no such kind; write one of {all}"))
        })
}

fn marker_kind(value: &At<'_>) -> Result<MarkerKind, Wrong> {
    let word = string(value)?;
    MarkerKind::from_word(word)
        .filter(|k| k.is_stated())
        .ok_or_else(|| {
            let all: Vec<&str> = MarkerKind::ALL
                .iter()
                .filter(|k| k.is_stated())
                .map(|k| k.word())
                .collect();
            let near =
                nearest(word, &all).or_else(|| all.iter().find(|k| k.starts_with(word)).copied());
            let help = match near {
                Some(near) => format!("did you mean {near}?"),
                None => format!("write one of {}", all.join(", ")),
            };
            Wrong::new(value, format!("no such marker; {help}"))
        })
}

/// Adds a `[[format]]`.
pub(super) fn format(config: &mut Config, item: &At<'_>, text: &str) -> Result<(), Wrong> {
    let mut def = Definition::new("", Spec::Regex(String::new()));
    let mut way: Option<&At<'_>> = None;
    let (mut inputs, mut time_format, mut markers) = (Vec::new(), None, None);
    for (key, value) in table(item)? {
        let name: &str = key.get_ref();
        match name {
            "name" => def.name = string(value)?.to_owned(),
            "kind" => def.kind = Some(kind(value)?),
            "match" => inputs = strings(value)?,
            "time_format" => {
                def.time_format = Some(string(value)?.to_owned());
                time_format = Some(value);
            }
            "unit" => {
                for (field, u) in table(value)? {
                    let known = unit(string(u)?)
                        .ok_or_else(|| Wrong::new(u, "no such unit; write s, ms, us or ns"))?;
                    def.units.insert(field.get_ref().to_string(), known);
                }
            }
            "tz" => {
                def.tz = Some(Zone::parse(string(value)?).map_err(|why| Wrong::new(value, why))?)
            }
            "stamp" => {
                def.stamped = Some(match string(value)? {
                    "start" => Moment::Start,
                    "end" => Moment::End,
                    "read" => Moment::Read,
                    _ => {
                        return Err(Wrong::new(
                            value,
                            "no such moment; write start, end or read",
                        ));
                    }
                });
            }
            "marker" => {
                def.markers = Some(stated(value)?);
                markers = Some(value);
            }
            "nginx" | "apache" | "haproxy" | "logback" | "regex" | "json" => {
                if way.is_some() {
                    return Err(Wrong::new(
                        value,
                        format!("more than one of {WAYS}; leave one"),
                    ));
                }
                def.spec = spec(name, value)?;
                way = Some(value);
            }
            _ => return Err(unknown(name, KEYS, key.span().start)),
        }
    }
    let way = way.ok_or_else(|| {
        Wrong::new(
            item,
            format!("none of {WAYS}; say how its lines are written"),
        )
    })?;
    if def.name.is_empty() {
        return Err(Wrong::new(item, "a format without a name; give it one"));
    }
    let tz = def.tz;
    let mut own =
        OwnFormat::new(def).map_err(|e: CompileError| match (&time_format, &markers) {
            (Some(t), _) if e.why.starts_with("time_format: ") => Wrong::new(t, e.why),
            (_, Some(m)) if e.why.starts_with("marker: ") => Wrong::new(m, e.why),
            _ => Wrong {
                at: inside(way, text, e.at),
                why: e.why,
            },
        })?;
    // a zone whose offset changes is best known by who sees all lines of an input
    if let Some(zone) = tz {
        for g in &inputs {
            let zone = For::new(Some(g), zone);
            config
                .assume_tz
                .push(zone.map_err(|e| Wrong::new(item, e.to_string()))?);
        }
    }
    own.inputs = globs(&inputs).map_err(|e| Wrong::new(item, e.to_string()))?;
    config.formats.push(own);
    Ok(())
}

fn spec(way: &str, value: &At<'_>) -> Result<Spec, Wrong> {
    if way == "json" {
        let mut map = BTreeMap::new();
        for (name, path) in table(value)? {
            map.insert(name.get_ref().to_string(), string(path)?.to_owned());
        }
        return Ok(Spec::Json(map));
    }
    let s = string(value)?.to_owned();
    Ok(match way {
        "nginx" => Spec::Nginx(s),
        "apache" => Spec::Apache(s),
        "haproxy" => Spec::Haproxy(s),
        "logback" => Spec::Logback(s),
        _ => Spec::Regex(s),
    })
}

/// `{ SHIP = "deploy_finish", field = "verb" }`.
fn stated(value: &At<'_>) -> Result<Markers, Wrong> {
    let (mut field, mut kinds) = (None, BTreeMap::new());
    for (word, kind) in table(value)? {
        match word.get_ref().as_ref() {
            "field" => field = Some(string(kind)?.to_owned()),
            w => {
                kinds.insert(w.to_owned(), marker_kind(kind)?);
            }
        }
    }
    let field = field.ok_or_else(|| {
        Wrong::new(
            value,
            "no field; say which one holds the words: field = \"verb\"",
        )
    })?;
    Ok(Markers { field, kinds })
}

/// A `[[marker]]`.
pub(super) fn marker(item: &At<'_>, text: &str) -> Result<OwnRule, Wrong> {
    let (mut says, mut regex, mut kinds) = (None, None, Vec::new());
    for (key, value) in table(item)? {
        match key.get_ref().as_ref() {
            "marker" => says = Some(marker_kind(value)?),
            "regex" => regex = Some(value),
            "kinds" => {
                kinds = array(value)?.map(kind).collect::<Result<_, _>>()?;
            }
            name => {
                return Err(unknown(
                    name,
                    &["marker", "regex", "kinds"],
                    key.span().start,
                ));
            }
        }
    }
    let says = says.ok_or_else(|| {
        Wrong::new(
            item,
            "no marker; say what the rule states: marker = \"deploy_start\"",
        )
    })?;
    let value = regex.ok_or_else(|| Wrong::new(item, "no regex; say what the rule looks for"))?;
    let pattern = string(value)?;
    // the same parser as for formats, which says where
    let located = compile(&Definition::new(
        "marker",
        Spec::Regex(format!("{pattern}(?P<x>)")),
    ));
    if let Err(e) = located {
        return Err(Wrong {
            at: inside(value, text, e.at.min(pattern.len())),
            why: e.why,
        });
    }
    OwnRule::new(says, pattern, kinds).map_err(|why| Wrong::new(value, why))
}
