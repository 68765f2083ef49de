//! A definition for a file, as TOML to paste: JSON keys by their names, other lines by their stamp and level. What is printed was
//! compiled and tried on the lines, and states of each no less than what reads it today.

use super::gain::gain;
use super::pretty;
use super::read::{Looked, SampleLine};
use crate::cli::diagnostics::escaped;
use coroner::formats::{Definition, Spec};
use coroner::program::format::{Field, compile, field, fields_nested, leaf};
use coroner::program::record::{Kind, Level};
use coroner::program::time::stamp;
use serde_json::json;
use std::collections::BTreeMap;

/// A guess: the lines of TOML below `name`, and what they compile to.
pub(super) struct Guess {
    pub(super) toml: Vec<String>,
    pub(super) definition: Definition,
    pub(super) lines: usize,
}

/// A definition, or why there is none.
fn defined(looked: &Looked) -> Result<Guess, String> {
    let name = escaped(looked.name.as_bytes());
    let all = &looked.all;
    let found = guess(&looked.name, &looked.lines).map(|g| (gain(looked, &g), g));
    let facts = match found {
        Some((gain, g)) if gain.then.beats(&gain.today) => return Ok(g),
        Some((gain, _)) => format!(" ({})", gain.today.names()),
        None => String::new(),
    };
    let format = escaped(all.format().as_bytes());
    let records = all.parsed + all.unparsed;
    Err(match (all.parsed, all.unparsed) {
        (0, _) => format!(
            "# {name}: no stamp that is known was found in its lines; write a regex with (?P<time>…) and a time_format\n"
        ),
        (_, 0) => format!("# {name}: {format} already reads all of it{facts}; nothing to define\n"),
        (n, _) => format!(
            "# {name}: {format} already reads {n} of {records} records{facts}; no definition was found that tells more\n"
        ),
    })
}

pub(super) fn report(inputs: &[Looked], as_json: bool) -> String {
    let all = inputs.iter().map(|i| (i, defined(i)));
    if as_json {
        let all = all.map(|(i, g)| {
            json!({
                "name": i.name,
                "lines": i.lines.len(),
                "format": i.all.format(),
                "fits": g.as_ref().ok().map(|g| g.lines),
                "toml": g.as_ref().ok().map(|g| text(&i.name, i.lines.len(), g)),
            })
        });
        return pretty(&json!({ "guesses": all.collect::<Vec<_>>() }));
    }
    let texts = all.map(|(i, g)| match g {
        Ok(g) => text(&i.name, i.lines.len(), &g),
        Err(why) => why,
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn text(input: &str, lines: usize, g: &Guess) -> String {
    let name = escaped(g.definition.name.as_bytes());
    let kind = g.definition.kind.unwrap_or(Kind::App).word();
    let mut out = format!(
        "# reads {} of {lines} lines of {}\n[[format]]\nname = \"{name}\"\nkind = \"{kind}\"\n",
        g.lines,
        escaped(input.as_bytes()),
    );
    for line in &g.toml {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The best of the ways to write a definition for lines of an input of that name.
fn guess(input: &str, lines: &[SampleLine]) -> Option<Guess> {
    let name = input.rsplit('/').next().unwrap_or("own");
    let name: String = name
        .split('.')
        .next()
        .unwrap_or("own")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let name = if name.is_empty() {
        "own".to_owned()
    } else {
        name
    };
    let ways = by_json(lines, &name)
        .into_iter()
        .chain(by_stamp(lines, &name));
    let tried = ways.filter_map(|mut g| {
        let format = compile(&g.definition).ok()?;
        let reads = |l: &&SampleLine| format.parse(&l.bytes).is_some_and(|r| r.stamp.is_some());
        g.lines = lines.iter().filter(reads).count();
        (g.lines > 0).then_some(g)
    });
    // of two that read as many, the one that shows more: they come in this order
    tried.fold(None, |best: Option<Guess>, g| match best {
        Some(b) if b.lines >= g.lines => Some(b),
        _ => Some(g),
    })
}

/// What a field is called in definitions.
fn word(f: Field) -> Option<&'static str> {
    Some(match f {
        Field::Time => "time",
        Field::Status => "status",
        Field::Latency(_) => "latency",
        Field::Request => "request",
        Field::Method => "method",
        Field::Path => "path",
        Field::Client => "client",
        Field::Upstream => "upstream",
        Field::Service => "service",
        Field::Version | Field::Release => "version",
        Field::Level => "level",
        Field::Message => "message",
        Field::Id => "id",
        _ => return None,
    })
}

fn by_json(lines: &[SampleLine], name: &str) -> Option<Guess> {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for line in lines.iter().filter(|l| l.bytes.starts_with(b"{")).take(200) {
        let _ = fields_nested(&line.bytes, |parent, key, value| {
            let (Ok(parent), Ok(key)) = (std::str::from_utf8(parent), std::str::from_utf8(key))
            else {
                return true;
            };
            let Some(value) = value.text() else {
                return true;
            };
            let path = if parent.is_empty() {
                key.to_owned()
            } else {
                format!("{parent}.{key}")
            };
            let is_time = stamp::whole(value).is_some();
            let found = match field(key.as_bytes()) {
                Some(Field::Time) | None if is_time && !map.contains_key("time") => Some("time"),
                Some(f) => word(f).filter(|w| *w != "time"),
                None if Level::from_word(value).is_some() && key.len() < 12 && value.len() > 2 => {
                    Some("level")
                }
                None => None,
            };
            if let Some(w) = found {
                let unit =
                    if w == "latency" && leaf::with_unit(value).is_none() && !value.contains(&b'.')
                    {
                        ":ms"
                    } else {
                        ""
                    };
                map.entry(w.to_owned()).or_insert(format!("{path}{unit}"));
            }
            true
        });
    }
    if !map.contains_key("time") {
        return None;
    }
    let web = map.contains_key("status");
    let pairs: Vec<String> = map
        .iter()
        .map(|(k, v)| format!("{k} = \"{}\"", v.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    let mut toml = vec![format!("json = {{ {} }}", pairs.join(", "))];
    if map.get("latency").is_some_and(|l| l.ends_with(":ms")) {
        toml.push("# the unit of the latency is a guess: s, ms, us or ns".into());
    }
    Some(Guess {
        toml,
        definition: Definition {
            kind: Some(if web { Kind::Web } else { Kind::App }),
            ..Definition::new(name, Spec::Json(map))
        },
        lines: 0,
    })
}

/// Ways to write a stamp, as patterns.
const STAMPS: &[&str] = &[
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?",
    r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:[.,]\d+)?",
    r"\d{1,2}/\w{3}/\d{4}[: ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: [+-]\d{4})?",
    r"\d{1,2}[ -]\w{3}[ -]\d{4} \d\d:\d\d:\d\d(?:[.,]\d+)?",
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?: [AP]M)?",
    r"\w{3} +\d{1,2}(?:, \d{4})? \d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)?",
    r"\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? \d{4}",
    r"\d{10}(?:\.\d+|\d{3}|\d{6}|\d{9})?",
    r"\d\d:\d\d:\d\d(?:[.,]\d+)?",
];

/// Lines by their stamp, and by a level where most have one.
fn by_stamp(lines: &[SampleLine], name: &str) -> Option<Guess> {
    let best = STAMPS.iter().filter_map(|s| {
        let found =
            regex::bytes::Regex::new(&format!("^(.{{0,40}}?)({s})(?:[^0-9A-Za-z]|$)")).ok()?;
        let mut fronts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for l in lines.iter().take(2000) {
            if let Some(c) = found.captures(&l.bytes) {
                *fronts.entry(shape(&c[1])).or_default() += 1;
            }
        }
        let (front, n) = fronts.into_iter().max_by_key(|f| f.1)?;
        Some((n, *s, front))
    });
    let (_, stamp, front) = best.max_by_key(|b| b.0)?;
    let front = String::from_utf8(front).ok()?;
    let levels = r"(?P<level>(?i:trace|debug|info|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|severe))";
    let with_level = format!(
        "^{front}(?P<time>{stamp})(?P<between>.{{0,60}}?)\\b{levels}\\b[^\\w]*(?P<message>.*)$"
    );
    let without = format!("^{front}(?P<time>{stamp})[^\\w]*(?P<message>.*)$");
    let reads = |p: &str| {
        let regex = regex::bytes::Regex::new(p).ok();
        regex.map_or(0, |r| lines.iter().filter(|l| r.is_match(&l.bytes)).count())
    };
    let pattern = match reads(&with_level) * 10 >= reads(&without) * 8 {
        true => with_level,
        false => without,
    };
    Some(Guess {
        toml: vec![format!("regex = '{pattern}'")],
        definition: Definition {
            kind: Some(Kind::App),
            ..Definition::new(name, Spec::Regex(pattern))
        },
        lines: 0,
    })
}

/// What stands in front of a stamp, as a pattern: words and numbers may be others, marks stay.
fn shape(front: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < front.len() {
        let word = front[at..]
            .iter()
            .take_while(|c| c.is_ascii_alphanumeric() || **c == b'_' || !c.is_ascii())
            .count();
        if word > 0 {
            out.extend_from_slice(b"[^ ]+?");
            at += word;
            continue;
        }
        let c = char::from(front[at]);
        out.extend_from_slice(regex::escape(&c.to_string()).replace('\'', ".").as_bytes());
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::tried;

    fn guessed(lines: &[&str]) -> (String, usize) {
        let all: Vec<SampleLine> = lines
            .iter()
            .map(|l| SampleLine {
                number: None,
                bytes: l.as_bytes().to_vec(),
            })
            .collect();
        let g = guess("logs/shop.log", &all).unwrap();
        // what is printed is what was tried
        let toml = text("logs/shop.log", all.len(), &g);
        assert!(
            toml.contains(&format!("# reads {} of {} lines", g.lines, lines.len())),
            "{toml}"
        );
        let table: toml::Table = toml.parse().unwrap_or_else(|e| panic!("{e}\n{toml}"));
        assert_eq!(table["format"][0]["name"].as_str(), Some("shop"));
        (toml, g.lines)
    }

    #[test]
    fn json_keys_are_named() {
        let (toml, n) = guessed(&[
            r#"{"when":"2026-11-20T06:33:18Z","http":{"status":502,"path":"/a"},"dur_ms":12,"lvl":"error","msg":"x"}"#,
            "no json",
        ]);
        assert!(
            toml.contains(r#"time = "when""#) && toml.contains(r#"status = "http.status""#),
            "{toml}"
        );
        assert_eq!(n, 1);
    }

    #[test]
    fn other_lines_by_stamp_and_level() {
        let (toml, n) = guessed(&[
            "<shop-1> 20.11.2026 06:33:18 | ERROR | payment failed",
            "<shop-2> 20.11.2026 06:33:19 | INFO | all is well",
            "  at somewhere",
        ]);
        assert!(toml.contains("(?P<level>"), "{toml}");
        assert_eq!(n, 2);
    }

    /// Invented shapes, each with lines that differ in what may differ.
    #[test]
    fn what_is_guessed_reads_what_it_was_guessed_from() {
        for [first, second] in tried("shape that is guessed") {
            let (toml, n) = guessed(&[&first, &second]);
            assert_eq!(n, 2, "{first}\n{second}\n{toml}");
        }
    }
}
