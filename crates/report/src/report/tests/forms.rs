//! Templates, HTML, lists and redaction over the worked example and over edits of it.

use super::super::*;
use super::{hostile, look, reports};
use coroner_core::model::*;
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
        assert!(
            !rest.contains("script") && !rest.contains("[a]"),
            "{}: {rest}",
            t.name
        );
    }
}

/// A template of the user's over the worked example.
fn own(source: &str) -> coroner_core::error::Result<String> {
    let own = template::Own {
        name: "mine.md.j2".into(),
        source: source.into(),
        beside: vec![("part.j2".into(), "beside: {{ verdict }}".into())],
    };
    template::check(&own)?;
    template::render(&hostile(), &own)
}

#[test]
fn own_templates_are_strict_and_say_where() {
    for (source, want) in [
        ("a\n{{ nope }}", "mine.md.j2:2: "),
        ("{{ incidents[0].nope }}", "mine.md.j2:1: "),
        ("\n\n{% if %}", "mine.md.j2:3: "),
        ("{{ incidents[0].title|safe }}", "|safe is refused"),
        (
            "{% include '/etc/passwd' %}",
            "only files of the template's own folder",
        ),
        (
            "{% include '../mine.md.j2' %}",
            "only files of the template's own folder",
        ),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
            "does not end",
        ),
        (
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "mine.md.j2:1",
        ),
        ("{{ incidents }}", "cannot be written"),
        ("{{ verdict|nope }}", "mine.md.j2:1"),
    ] {
        let e = own(source).map(|t| t.len()).unwrap_err().to_string();
        assert!(e.contains(want), "{source}: {e}");
        assert!(!e.contains('\n'), "{e}");
    }
    assert_eq!(
        own("{% include 'part.j2' %}").unwrap(),
        "beside: incident\n"
    );
}

#[test]
fn values_are_data_and_stay_escaped_in_own_templates() {
    let text = own("{{ '{{ 7*7 }}' }} {{ '*x*' }} {{ incidents[0].service }} {% autoescape false %}{{ incidents[0].service }}{% endautoescape %} {{ incidents[0].service|upper }} {{ incidents[0].service|code|cell }}").unwrap();
    assert!(
        text.starts_with("{{ 7\\*7 }} \\*x\\* ``x`|</code><script>"),
        "{text}"
    );
    let code = regex::Regex::new("``[^\n]*?[^`]``").unwrap();
    assert!(
        !code
            .replace_all(&text, "")
            .to_lowercase()
            .contains("script"),
        "{text}"
    );
    assert!(text.contains("x`\\|</code>"), "{text}");
}

#[test]
fn html_holds_hostile_text_as_text_only() {
    let text = html::to_string(&hostile());
    assert!(!text.contains("<script") && !text.contains('\x1b'));
    assert!(text.contains("&lt;script&gt;"));
    let tags = regex::Regex::new("<[^>]*>").unwrap();
    for t in tags.find_iter(&text) {
        assert!(!t.as_str().contains("x`|"), "{}", t.as_str());
    }
}

#[test]
fn html_loads_nothing_and_names_the_hash_of_its_style() {
    use sha2::{Digest, Sha256};
    let text = html::to_string(&fixture::report());
    let style = text
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
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
    assert_eq!(
        text.matches("href=\"#i60\"").count() + text.matches("not drawn here").count().min(1),
        1
    );
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
    for text in [
        markdown::to_string(&r),
        html::to_string(&r),
        terminal::to_string(&r, &look(80)),
    ] {
        assert!(text.contains("Not redacted"), "{text:.300}");
    }
    assert_eq!(
        json::to_value(&r)["run"]["settings"]["redaction"]["secrets"],
        false
    );
}

#[test]
fn lists_hold_every_row_in_every_kind() {
    use listing::Listing;
    let r = fixture::report();
    let rows = r.incidents[0].timeline.len() + 1;
    let list = |k| listing::to_string(&r, k, &look(80));
    assert_eq!(list(Listing::JsonLines).lines().count(), rows);
    assert_eq!(list(Listing::Separated(',')).lines().count(), rows + 1);
    assert_eq!(list(Listing::Markdown).lines().count(), rows + 2);
    for line in list(Listing::JsonLines).lines() {
        let v: Value = serde_json::from_str(line).unwrap();
        assert!(v["evidence"][0].is_string() && v["kind"].is_string());
    }
    let table = list(Listing::Table);
    assert!(
        table.contains("2023-05-01 13:05:04 5xx      ~ 5xx begins"),
        "{table}"
    );
    assert!(table.lines().all(|l| wrap::width(l) <= 80), "{table}");
    let csv = listing::to_string(&hostile(), Listing::Separated('\t'), &look(80));
    assert!(csv.lines().all(|l| l.split('\t').count() == 9), "{csv}");
}
