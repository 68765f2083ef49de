//! SARIF 2.1.0 (OASIS Standard, 27 March 2020): what code hosts and editors read.

use super::{clean, columns, pretty};
use crate::audit::checks::CHECKS;
use crate::audit::finding::{Finding, Label, Place};
use crate::audit::judged::Judged;
use crate::report::template::encoded;
use serde_json::{Value, json};

/// The log as text, ending with a newline; `path` is the document as the user named it.
pub fn to_string(j: &Judged, path: &str) -> String {
    pretty(&to_value(j, path))
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
                "defaultConfiguration": {"level": c.severity.word()},
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
    let help = f.help.as_ref().map(|h| format!(". {}", clean(h)));
    let help = help.unwrap_or_default();
    let others = f.related.iter().enumerate();
    let related: Vec<Value> = others.map(|(n, l)| related(j, n, l, uri)).collect();
    let mut v = json!({
        "ruleId": f.id,
        "ruleIndex": CHECKS.iter().position(|c| c.id == f.id),
        "level": f.severity.word(),
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
    encoded(&path.replace('\\', "/"))
}
