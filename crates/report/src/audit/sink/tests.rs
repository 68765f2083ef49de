//! Tests of the forms of an audit.

use super::*;
use crate::audit::judged::judge;
use crate::report::Look;
use std::collections::BTreeSet;

const DOC: &str = "# Outage\n\n## Summary\n\nOn 7 August 2023 the outage lasted for 45 minutes.\n\n## Timeline (UTC)\n\n| Time | Event |\n|---|---|\n| 9:45 PM | Upgrade begins |\n| 10:00 AM | Outage begins |\n| 10:32 AM | Service restored |\n";

fn with<R>(text: &str, f: impl FnOnce(&crate::audit::judged::Judged) -> R) -> R {
    let doc = Document::read("pm.md", text);
    f(&judge(&doc, None, &BTreeSet::new()))
}

fn on_screen(doc: &str, ascii: bool) -> String {
    let look = Look {
        width: 100,
        ascii,
        ..Look::default()
    };
    with(doc, |j| text::to_string(j, "pm.md", &look))
}

#[test]
fn the_screen_marks_the_place() {
    let text = on_screen(DOC, false);
    assert!(text.contains("   ┌ pm.md:11\n11 │ | 9:45 PM | Upgrade begins |\n   │   ^^^^^^^ 21:45\n12 │ | 10:00 AM | Outage begins |\n   │   -------- 10:00\n"), "{text}");
    let fits = |l: &str| crate::report::wrap::width(l) <= 100;
    assert!(text.lines().all(fits), "{text}");
    let plain = on_screen(DOC, true);
    assert!(plain.is_ascii(), "{plain}");
}

#[test]
fn marks_stand_right_behind_wide_and_hostile_text() {
    let doc = DOC
        .replace(
            "| 9:45 PM | Upgrade",
            "| 日本 \u{1b}[31m| 9:45 PM | Upgrade",
        )
        .replace("| 10:", "| x | 10:")
        .replace("|---|---|", "|---|---|---|")
        .replace("| Time |", "| a | Time |");
    let text = on_screen(&doc, false);
    assert!(!text.contains('\u{1b}'), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|l| l.starts_with("11 │")).unwrap();
    let column = |l: &str, what: &str| crate::report::wrap::width(&l[..l.find(what).unwrap()]);
    let marks = column(lines[at + 1], "^^^^^^^");
    assert_eq!(column(lines[at], "9:45"), marks, "{text}");
}

#[test]
fn annotations_cannot_be_left() {
    let doc = DOC.replace(
        "Upgrade begins",
        "Upgrade begins\u{7}::error::x%0A##[group]",
    );
    let text = with(&doc, |j| github::to_string(j, "a,b:c.md"));
    assert!(
        text.lines()
            .all(|l| l.starts_with("::error file=a%2Cb%3Ac.md,")
                || l.starts_with("::warning ")
                || l.starts_with("::notice ")),
        "{text}"
    );
    assert!(!text.contains("##[") && !text.contains('\u{7}'));
    assert!(
        text.contains("line=11,endLine=11,col=3,endColumn=10,title=coroner time.meridiem-slip::"),
        "{text}"
    );
}

#[test]
fn sarif_names_rules_and_regions() {
    let v = with(DOC, |j| sarif::to_value(j, "dir/my pm.md"));
    let run = &v["runs"][0];
    let mut results = run["results"].as_array().unwrap().iter();
    let is_slip = |r: &&serde_json::Value| r["ruleId"] == "time.meridiem-slip";
    let r = results.find(is_slip).unwrap();
    let rule = r["ruleIndex"].as_u64().unwrap() as usize;
    let rule = &run["tool"]["driver"]["rules"][rule]["id"];
    assert_eq!(rule, "time.meridiem-slip");
    let place = &r["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "dir/my%20pm.md");
    let region = &place["region"];
    let at = ["startLine", "startColumn", "endColumn"].map(|k| region[k].as_u64());
    assert_eq!(at, [Some(11), Some(3), Some(10)]);
    let change = &r["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["insertedContent"]["text"], "9:45 AM");
}

#[test]
fn the_diff_mends_what_is_mechanical() {
    let diff = with(DOC, |j| diff::to_string(j, "pm.md"));
    assert!(diff.starts_with("--- pm.md\n+++ pm.md\n"), "{diff}");
    assert!(
        diff.contains("-| 9:45 PM | Upgrade begins |\n+| 9:45 AM | Upgrade begins |\n"),
        "{diff}"
    );
    assert!(
        diff.contains("+On 7 August 2023 the outage lasted for 32 minutes.\n"),
        "{diff}"
    );
    let clean = DOC
        .replace("9:45 PM", "9:45 AM")
        .replace("45 minutes", "32 minutes");
    assert_eq!(with(&clean, |j| diff::to_string(j, "pm.md")), "");
}

#[test]
fn columns_count_characters() {
    let doc = Document::read("x", "äö 10:00");
    assert_eq!(columns(&doc, &Place::new(0, 5..10)), (4, 9));
    assert_eq!(columns(&doc, &Place::new(9, 0..1)), (1, 1));
}
