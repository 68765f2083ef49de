//! Templates, HTML, lists and redaction over the worked example and over edits of it.

use super::super::*;
use super::hostile::{hostile, saying};
use super::{forms_of, look, reports};
use coroner_infer::model::*;
use serde_json::Value;

#[test]
fn every_template_renders_every_report() {
    for t in template::TEMPLATES {
        for r in reports() {
            let text = template::built_in(&r, t).unwrap_or_else(|e| panic!("{}: {e}", t.name));
            assert!(text.starts_with("# ") && text.ends_with('\n'), "{}", t.name);
            assert!(!text.contains("\n\n\n"), "{}: {text}", t.name);
            assert!(!text.contains('\u{fdd0}') && !text.contains('\u{fdd2}'));
            if !r.incidents.is_empty() {
                assert!(text.contains("TODO"), "{}", t.name);
                let cites = text.contains(".log:") || text.contains("x`\\|");
                assert!(cites, "{}", t.name);
            }
        }
    }
}

#[test]
fn hostile_names_stay_in_code_in_every_template() {
    let code =
        regex::Regex::new("(?s)```+(?:text|sh)\n.*?\n```+|``[^\n]*?[^`]``|`[^`\n]+`").unwrap();
    for t in template::TEMPLATES {
        let text = template::built_in(&hostile(), t).unwrap();
        let rest = code.replace_all(&text, "");
        let left = rest.contains("script") || rest.contains("[a]");
        assert!(!left, "{}: {rest}", t.name);
    }
}

/// A template of the user's over the worked example.
fn own(source: &str) -> coroner_core::error::Result<String> {
    let own = template::Own {
        name: "mine.md.j2".into(),
        source: source.into(),
        beside: vec![("part.j2".into(), "beside: {{ verdict }}".into())],
        links: None,
    };
    template::check(&own)?;
    template::render(&hostile(), &own)
}

#[test]
fn own_templates_are_strict_and_say_where() {
    for [source, want] in crate::tests::tried("refused template") {
        let e = own(&source).map(|t| t.len()).unwrap_err().to_string();
        assert!(e.contains(&want), "{source}: {e}");
        assert!(!e.contains('\n'), "{e}");
    }
    let beside = own("{% include 'part.j2' %}").unwrap();
    assert_eq!(beside, "beside: incident\n");
}

#[test]
fn values_are_data_and_stay_escaped_in_own_templates() {
    let text = own("{{ '{{ 7*7 }}' }} {{ '*x*' }} {{ incidents[0].service }} {% autoescape false %}{{ incidents[0].service }}{% endautoescape %} {{ incidents[0].service|upper }} {{ incidents[0].service|code|cell }}").unwrap();
    assert!(
        text.starts_with("{{ 7\\*7 }} \\*x\\* ``x`|</code><script>"),
        "{text}"
    );
    let code = regex::Regex::new("``[^\n]*?[^`]``").unwrap();
    let rest = code.replace_all(&text, "").to_lowercase();
    assert!(!rest.contains("script"), "{text}");
    assert!(text.contains("x`\\|</code>"), "{text}");
}

#[test]
fn html_holds_hostile_text_as_text_only() {
    // also with the marks that templates know texts from logs by
    let text = html::to_string(&saying("\u{fdd1}\u{fdd3}x`|</p><script>\x1b\"'\u{fdd2}"));
    assert!(!text.contains("<script") && !text.contains('\x1b'));
    assert!(text.matches("&lt;script&gt;").count() > 150);
    let said = regex::Regex::new("aria-label=\"[^\"<>]*\"").unwrap();
    let text = said.replace_all(&text, "");
    let mut open = Vec::new();
    for t in regex::Regex::new("<[^>]*>").unwrap().find_iter(&text) {
        let t = t.as_str();
        assert!(!t.contains("x`|"), "{t}");
        let name = t.trim_start_matches(['<', '/']);
        let name = name.split([' ', '>', '/']).next().unwrap();
        match t {
            t if t.starts_with("</") => assert_eq!(open.pop(), Some(name), "{t}"),
            t if t.ends_with("/>") || ["!doctype", "meta", "input"].contains(&name) => {}
            _ => open.push(name),
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn html_of_every_report_is_whole() {
    for r in reports() {
        let text = html::to_string(&r);
        assert!(text.ends_with("</html>\n"), "{text:.300}");
    }
}

#[test]
fn html_loads_nothing_and_names_the_hash_of_its_style() {
    use sha2::{Digest, Sha256};
    let text = html::to_string(&fixture::report());
    let (_, style) = text.split_once("<style>").unwrap();
    let (style, _) = style.split_once("</style>").unwrap();
    let hash = coroner_lines::text::base64(&Sha256::digest(style.as_bytes()));
    assert!(text.contains(&format!("style-src 'sha256-{hash}'")));
    for no in [
        "http:", "https:", "<script", "<img", "<link", "style=\"", "src=", "url(",
    ] {
        assert!(!text.contains(no), "{no}");
    }
}

#[test]
fn html_of_many_incidents_is_capped_and_lists_them_all() {
    let mut r = fixture::report();
    let one = r.incidents[0].clone();
    r.incidents = (0..60)
        .map(|n| Incident {
            id: format!("incident-{n}"),
            ..one.clone()
        })
        .collect();
    let text = html::to_string(&r);
    assert!(text.len() < 2_000_000, "{}", text.len());
    let drawn = text.matches("href=\"#i60\"").count();
    assert_eq!(drawn + text.matches("not drawn here").count().min(1), 1);
    assert!(text.contains("60 incidents"));
    assert!(html::to_string(&fixture::report()).len() < 300_000);
}

#[test]
fn a_report_that_is_not_redacted_says_so_in_every_form() {
    let mut r = fixture::report();
    privacy::apply(&mut r, Shown::default(), &[]);
    assert!(!markdown::to_string(&r).contains("Not redacted"));
    let shown = Shown {
        secrets: true,
        ..Shown::default()
    };
    privacy::apply(&mut r, shown, &[]);
    for text in forms_of(&r, 80) {
        assert!(text.contains("Not redacted"), "{text:.300}");
    }
    let json = json::to_value(&r);
    assert_eq!(json["run"]["settings"]["redaction"]["secrets"], false);
}

#[test]
fn lists_hold_every_row_in_every_kind() {
    let r = fixture::report();
    let rows = r.incidents[0].timeline.len() + 1;
    let list = |name| list(&r, name);
    assert_eq!(list("jsonl").lines().count(), rows);
    assert_eq!(list("csv").lines().count(), rows + 1);
    assert_eq!(list("md").lines().count(), rows + 2);
    for line in list("jsonl").lines() {
        let v: Value = serde_json::from_str(line).unwrap();
        assert!(v["evidence"][0].is_string() && v["kind"].is_string());
    }
    let table = list("table");
    let onset = "2023-05-01 13:05:04 5xx      ~ 5xx begins";
    assert!(table.contains(onset), "{table}");
    assert!(table.lines().all(|l| wrap::width(l) <= 80), "{table}");
    let tsv = self::list(&hostile(), "tsv");
    assert!(tsv.lines().all(|l| l.split('\t').count() == 9), "{tsv}");
}

fn list(r: &Report, name: &str) -> String {
    let all = listing::LISTS.iter();
    let list = all.clone().find(|l| l.name == name).unwrap();
    list.render(r, &look(80))
}

/// A line of quoted values.
fn values(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
    inner
        .split("\",\"")
        .map(|c| c.replace("\"\"", "\""))
        .collect()
}

#[test]
fn timesketch_takes_the_rows() {
    for r in [fixture::report(), hostile()] {
        let text = list(&r, "timesketch");
        let mut lines = text.lines().map(values);
        let head = lines.next().unwrap();
        let first = ["message", "timestamp", "datetime", "timestamp_desc"];
        assert_eq!(head[..4], first);
        let mut rows = 0;
        for cells in lines {
            assert_eq!(cells.len(), head.len(), "{cells:?}");
            assert!(!cells[0].is_empty() && !cells[3].is_empty(), "{cells:?}");
            let at = chrono::DateTime::parse_from_rfc3339(&cells[2]).unwrap();
            let us: i64 = cells[1].parse().unwrap();
            assert_eq!(at.timestamp(), us.div_euclid(1_000_000));
            rows += 1;
        }
        assert!(rows >= r.incidents[0].timeline.len());
    }
}

#[test]
fn grafana_takes_the_annotations() {
    for r in [fixture::report(), hostile()] {
        let text = list(&r, "grafana");
        for (n, line) in text.lines().enumerate() {
            let v: Value = serde_json::from_str(line).unwrap();
            let known = ["time", "timeEnd", "tags", "text"];
            let mut keys = v.as_object().unwrap().keys();
            assert!(keys.all(|k| known.contains(&k.as_str())));
            let time = v["time"].as_i64().unwrap();
            assert!(time > 1_000_000_000_000, "milliseconds: {time}");
            let region = v["timeEnd"].as_i64().is_some_and(|end| end > time);
            assert_eq!(region, n < r.incidents.len());
            let tags = v["tags"].as_array().unwrap();
            assert!(tags[0] == "coroner" && tags.iter().all(Value::is_string));
            let text = v["text"].as_str().unwrap();
            assert!(
                !text.is_empty() && !text.contains(['<', '>', '"']),
                "{text}"
            );
        }
    }
}

#[test]
fn slack_takes_the_message() {
    let mut quiet = fixture::report();
    (quiet.incidents, quiet.verdict) = (Vec::new(), Verdict::None);
    for r in [fixture::report(), hostile(), quiet] {
        let v: Value = serde_json::from_str(&slack::SLACK.render(&r, &look(80))).unwrap();
        let markup = v["text"].as_str().unwrap();
        assert!(
            !markup.is_empty() && !markup.contains(['<', '>']),
            "{markup}"
        );
        let blocks = v["blocks"].as_array().unwrap();
        assert!((1..=50).contains(&blocks.len()));
        for b in blocks {
            match b["type"].as_str().unwrap() {
                "header" => {
                    assert_eq!(b["text"]["type"], "plain_text");
                    let n = b["text"]["text"].as_str().unwrap().chars().count();
                    assert!((1..=150).contains(&n));
                    assert!(b["block_id"].as_str().unwrap().len() <= 255);
                }
                "rich_text" => rich(b),
                other => panic!("{other}"),
            }
        }
    }
}

/// Nothing but sections, lists of sections, and text that is taken as it is.
fn rich(v: &Value) {
    for e in v["elements"].as_array().unwrap() {
        match e["type"].as_str().unwrap() {
            "rich_text_section" => rich(e),
            "rich_text_list" => {
                assert_eq!(e["style"], "bullet");
                rich(e);
            }
            "text" => assert!(!e["text"].as_str().unwrap().is_empty(), "{v}"),
            other => panic!("{other}"),
        }
    }
}
