//! A JSON Schema check for the keywords that the report's schema uses, and for no others: an unknown keyword fails.

use serde_json::Value;

/// Paths and reasons of every violation.
pub(super) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    check(schema, schema, value, "", &mut out);
    out
}

fn check(root: &Value, s: &Value, v: &Value, path: &str, out: &mut Vec<String>) {
    let Some(s) = s.as_object() else {
        if s == &Value::Bool(false) {
            out.push(format!("{path}: not allowed"));
        }
        return;
    };
    for (key, rule) in s {
        if let Some(why) = broken(root, s, key, rule, v, path, out) {
            out.push(format!("{path}: {key}: {why}"));
        }
    }
}

fn holds(root: &Value, s: &Value, v: &Value) -> bool {
    let mut out = Vec::new();
    check(root, s, v, "", &mut out);
    out.is_empty()
}

type Object = serde_json::Map<String, Value>;

fn broken(
    root: &Value,
    s: &Object,
    key: &str,
    rule: &Value,
    v: &Value,
    path: &str,
    out: &mut Vec<String>,
) -> Option<String> {
    let fail = |bad: bool| bad.then(|| format!("{rule} does not hold for {v:.80}"));
    match key {
        "$schema" | "$id" | "$defs" | "title" | "description" | "default" | "then" | "else" => None,
        "$ref" => {
            let at = rule.as_str().unwrap().trim_start_matches('#');
            check(root, root.pointer(at).unwrap(), v, path, out);
            None
        }
        "allOf" => {
            for r in rule.as_array().unwrap() {
                check(root, r, v, path, out);
            }
            None
        }
        "if" => {
            let branch = if holds(root, rule, v) { "then" } else { "else" };
            if let Some(b) = s.get(branch) {
                check(root, b, v, path, out);
            }
            None
        }
        "properties" => {
            for (k, r) in rule.as_object().unwrap() {
                if let Some(x) = v.get(k) {
                    check(root, r, x, &format!("{path}/{k}"), out);
                }
            }
            None
        }
        "additionalProperties" => {
            let known = s.get("properties").and_then(Value::as_object);
            for (k, x) in v.as_object().into_iter().flatten() {
                if known.is_none_or(|p| !p.contains_key(k)) {
                    check(root, rule, x, &format!("{path}/{k}"), out);
                }
            }
            None
        }
        "items" => {
            for (n, x) in v.as_array().into_iter().flatten().enumerate() {
                check(root, rule, x, &format!("{path}/{n}"), out);
            }
            None
        }
        "required" => {
            let missing = |k: &&Value| v.is_object() && v.get(k.as_str().unwrap()).is_none();
            rule.as_array()
                .unwrap()
                .iter()
                .find(missing)
                .map(|k| format!("{k} is missing"))
        }
        "type" => fail(!match rule {
            Value::Array(a) => a.iter().any(|t| is(t.as_str().unwrap(), v)),
            t => is(t.as_str().unwrap(), v),
        }),
        "const" => fail(v != rule),
        "enum" => fail(!rule.as_array().unwrap().contains(v)),
        "pattern" => fail(v.as_str().is_some_and(|t| {
            !regex::Regex::new(rule.as_str().unwrap())
                .unwrap()
                .is_match(t)
        })),
        "format" => fail(
            v.as_str()
                .is_some_and(|t| chrono::DateTime::parse_from_rfc3339(t).is_err()),
        ),
        "minimum" => fail(v.as_f64().is_some_and(|x| x < rule.as_f64().unwrap())),
        "maximum" => fail(v.as_f64().is_some_and(|x| x > rule.as_f64().unwrap())),
        "exclusiveMaximum" => fail(v.as_f64().is_some_and(|x| x >= rule.as_f64().unwrap())),
        "minItems" => fail(
            v.as_array()
                .is_some_and(|a| (a.len() as u64) < rule.as_u64().unwrap()),
        ),
        "maxItems" => fail(
            v.as_array()
                .is_some_and(|a| (a.len() as u64) > rule.as_u64().unwrap()),
        ),
        "maxLength" => fail(
            v.as_str()
                .is_some_and(|t| t.chars().count() as u64 > rule.as_u64().unwrap()),
        ),
        other => Some(format!("keyword {other} is not known to this check")),
    }
}

fn is(t: &str, v: &Value) -> bool {
    match t {
        "object" => v.is_object(),
        "array" => v.is_array(),
        "string" => v.is_string(),
        "number" => v.is_number(),
        "integer" => v.is_u64() || v.is_i64(),
        "null" => v.is_null(),
        "boolean" => v.is_boolean(),
        other => panic!("type {other}"),
    }
}
