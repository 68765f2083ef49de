//! A line that the report cites (`web-03/storefront.log:2484`): what rests on it, and the line itself.

use super::{Explained, Reported, Topic, input, members, method, text};
use serde_json::Value;

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "web-03/storefront.log:2484",
    about: "a line that the report cites: all that rests on it",
    explain,
    define: |_| None,
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let (name, line) = what.trim().trim_matches(['[', ']']).rsplit_once(':')?;
    let line: u64 = line.parse().ok()?;
    let mut found: Vec<(String, String)> = Vec::new();
    let mut raw = None;
    let mut look = |who: String, x: &Value| {
        let own = members(&x["evidence"]).find(|e| is(r.report, e, name, line));
        if let Some(e) = own {
            raw = raw.take().or_else(|| Some(text(&e["excerpt"])));
            found.push((who, text(&x["text"])));
        }
    };
    let i = r.incident;
    for e in members(&i["timeline"]) {
        let name = e["letter"].as_str().or(e["id"].as_str());
        look(format!("row {}", name.unwrap_or_default()), e);
    }
    for (n, c) in members(&i["causes"]).enumerate() {
        for side in ["for", "against"] {
            members(&c[side]).for_each(|x| look(format!("cause {}, {side}", n + 1), x));
        }
    }
    for (key, one) in [("signals", "signal"), ("unexplained", "unexplained")] {
        for (n, x) in members(&i[key]).enumerate() {
            look(format!("{one} {}", n + 1), x);
        }
    }
    for (n, g) in members(&r.report["gaps"]).enumerate() {
        look(format!("gap {}", n + 1), g);
    }
    let mut e = Explained::new(what.trim(), method("citation", ""));
    (e.numbers, e.lines) = (found, vec![(what.trim().to_owned(), raw?)]);
    Some(e)
}

/// Whether a citation is of a line, by the name of its input with or without the suffix of a packed one.
fn is(report: &Value, e: &Value, name: &str, line: u64) -> bool {
    let own = input(report, &e["input"]);
    let unpacked = [".gz", ".zst", ".xz", ".bz2"]
        .iter()
        .find_map(|s| own.strip_suffix(s));
    let last = e["end_line"].as_u64().or(e["line"].as_u64());
    (own == name || unpacked == Some(name))
        && e["line"].as_u64().is_some_and(|a| a <= line)
        && last.is_some_and(|b| line <= b)
}
