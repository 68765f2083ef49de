//! SARIF 2.1.0 (OASIS Standard, 27 March 2020): what code hosts and editors read.

use super::columns;
use crate::audit::checks::CHECKS;
use crate::audit::finding::{Finding, Label, Place, Severity};
use crate::audit::judged::Judged;
use coroner_lines::text::LogText;
use serde_json::{Value, json};

fn clean(s: &str) -> String {
    LogText::new(s.as_bytes()).for_json().to_owned()
}

fn level(s: Severity) -> &'static str {
    match s {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The log as text, ending with a newline; `path` is the document as the user named it.
pub fn to_string(j: &Judged, path: &str) -> String {
    let mut out = serde_json::to_string_pretty(&to_value(j, path)).unwrap_or_default();
    out.push('\n');
    out
}

/// The log as a value.
pub fn to_value(j: &Judged, path: &str) -> Value {
    let rules: Vec<Value> = CHECKS
        .iter()
        .map(|c| {
            json!({
                "id": c.id,
                "shortDescription": {"text": c.fires},
                "fullDescription": {"text": c.method},
                "defaultConfiguration": {"level": level(c.severity)},
            })
        })
        .collect();
    let uri = uri(path);
    let results: Vec<Value> = j.findings.iter().map(|f| result(j, f, &uri)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "coroner", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(j: &Judged, f: &Finding, uri: &str) -> Value {
    let help = f
        .help
        .as_deref()
        .map_or(String::new(), |h| format!(". {}", clean(h)));
    let related: Vec<Value> = f
        .related
        .iter()
        .enumerate()
        .map(|(n, l)| related(j, n, l, uri))
        .collect();
    let mut v = json!({
        "ruleId": f.id,
        "ruleIndex": CHECKS.iter().position(|c| c.id == f.id),
        "level": level(f.severity),
        "message": {"text": format!("{}{help}", clean(&f.message))},
        "locations": [{"physicalLocation": location(j, &f.main.place, uri)}],
        "relatedLocations": related,
    });
    if !f.fixes.is_empty() {
        let edits: Vec<Value> = f
            .fixes
            .iter()
            .map(|x| json!({"deletedRegion": region(j, &x.place), "insertedContent": {"text": clean(&x.with)}}))
            .collect();
        v["fixes"] = json!([{
            "description": {"text": "as the rest of the document has it"},
            "artifactChanges": [{"artifactLocation": {"uri": uri}, "replacements": edits}],
        }]);
    }
    v
}

fn related(j: &Judged, n: usize, l: &Label, uri: &str) -> Value {
    let mut v = json!({"id": n + 1, "physicalLocation": location(j, &l.place, uri)});
    if !l.text.is_empty() {
        v["message"] = json!({"text": clean(&l.text)});
    }
    v
}

fn location(j: &Judged, place: &Place, uri: &str) -> Value {
    json!({"artifactLocation": {"uri": uri}, "region": region(j, place)})
}

fn region(j: &Judged, place: &Place) -> Value {
    let (from, to) = columns(j.doc, place);
    json!({"startLine": place.line + 1, "startColumn": from, "endColumn": to.max(from)})
}

/// A path as a relative reference (RFC 3986): separators stay, what is not unreserved is escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for b in path.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(b))
            }
            b'\\' => out.push('/'),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
