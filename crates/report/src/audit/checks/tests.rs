//! Each check with a document that it fires on, made from one on which none does.

use super::*;
use crate::audit::document::Document;

/// A report in which everything agrees. No check may say anything of it.
const CLEAN: &str = include_str!("../../../../../tests/data/clean_postmortem.md");

/// Check, and what is replaced in the clean document by what, so that it fires: with `only` in front it alone, and none where `none`
/// stands.
fn cases() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let rows = include_str!("../../../../../tests/data/audit_cases.tsv").lines();
    let rows = rows.filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| {
        let (id, changes) = row.split_once('\t')?;
        let plain = |c: &str| {
            let ends = c.replace("\\n", "\n").replace("\\r", "\r");
            ends.replace("\\t", "\t")
        };
        let changes = changes.split('\t').map(plain);
        Some((id, changes.collect()))
    })
}

fn findings(text: &str) -> Vec<Finding> {
    let doc = Document::read("pm.md", text);
    run(&Case::new(&doc, None))
}

fn ids(text: &str) -> Vec<&'static str> {
    findings(text).iter().map(|f| f.id).collect()
}

#[test]
fn a_document_that_agrees_is_left_alone() {
    assert_eq!(ids(CLEAN), [""; 0]);
}

#[test]
fn every_check_fires_on_its_document() {
    for (id, changes) in cases() {
        let text = changes.chunks(2).fold(CLEAN.to_owned(), |t, change| {
            assert!(t.contains(&change[0]), "{id}: {}", change[0]);
            t.replace(&change[0], &change[1])
        });
        let all = ids(&text);
        match id.strip_prefix("only ") {
            Some(only) => assert_eq!(all, [only], "{text}"),
            None if id == "none" => assert_eq!(all, [""; 0], "{text}"),
            None => assert!(all.contains(&id), "{id}: {all:?}"),
        }
    }
}

#[test]
fn every_check_has_its_document_and_says_what_it_is() {
    assert_eq!(CHECKS.len(), FINDERS.len());
    for c in CHECKS.iter() {
        let (id, fires, method) = (c.id, c.fires, c.method);
        assert!(
            cases().any(|x| x.0 == id) || id.starts_with("logs."),
            "{id}"
        );
        assert!((11..130).contains(&fires.len()), "{id}: {fires}");
        // a sentence says how, another what of it
        let ends = method.matches(". ").count() + method.matches("; ").count();
        assert!((1..=3).contains(&ends), "{id}: {method}");
        assert!(method.ends_with('.'), "{id}: {method}");
        assert_eq!(CHECKS.iter().filter(|o| o.id == id).count(), 1, "{id}");
    }
}

#[test]
fn the_latest_first_is_no_disorder() {
    let (head, rest) = CLEAN.split_once("|---|---|\n").unwrap();
    let (rows, rest) = rest.split_once("\n\n").unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    let turned = format!("{head}|---|---|\n{}\n\n{rest}", rows.join("\n"));
    assert_eq!(ids(&turned), [""; 0]);
    assert_eq!(ids(&format!("\u{feff}{CLEAN}")), [""; 0]);
}

#[test]
fn a_row_of_the_day_before_keeps_its_day() {
    let list = |first: &str, all: &str| {
        let rows = CLEAN
            .replace("| Time | Event |\n|---|---|\n", all)
            .replace("\n| 13:", "\n- 13:")
            .replace(" |\n", "\n")
            .replace(" | ", ": ")
            .replace("- 13:00: Upgrade", &format!("- {first}: Upgrade"))
            .replace("- 13:05: Outage begins", "- 13:05: Pagers go off")
            .replace("Upgrade of the payment library begins", "Outage begins");
        rows.replace("for 45 minutes. ", "")
    };
    let late = "2023-04-30 13:00";
    let all = "Unless otherwise noted all events happened on 2023-05-01.\n\n";
    let starts = |text: &str| {
        let all = findings(text).into_iter();
        let of_start = all.filter(|f| f.id == "agree.start");
        of_start.map(|f| f.message).collect::<Vec<_>>()
    };
    // a day and five minutes lie between the row and the text, not five minutes; and without the sentence, where rows stand
    // under the date of the one before them, and where the one date above them is that of an edit
    let edited = "All times are in UTC; last edited 2023-05-09.\n\n";
    for above in [all, "", edited] {
        let found = starts(&list(late, above));
        let apart = matches!(&found[..], [one] if one.ends_with("at 13:00, 1 d 5 min earlier"));
        assert!(apart, "{above}: {found:?}");
    }
    // the sentence decides on which day the other rows are
    let pages = |above: &str| {
        let doc = list(late, above);
        let doc = Document::read("pm.md", &doc);
        let case = Case::new(&doc, None);
        case.story.rows[1].at.div_euclid(86_400) - case.story.rows[0].at.div_euclid(86_400)
    };
    assert_eq!([all, "", edited].map(pages), [1, 0, 0]);
    // a text that names the time of the row too reports both
    let both = list(late, all).replace(
        "4,210 of",
        "Some calls were failing since 2023-04-30 13:00 UTC. 4,210 of",
    );
    assert_eq!(starts(&both), [""; 0]);
}

#[test]
fn a_document_may_be_anything() {
    let odd = [
        "",
        " ",
        "\n",
        "\n\n\n",
        "\u{feff}",
        "# ",
        "|",
        "\r\n\r\n",
        "```",
        "<!--",
        "\u{0}\u{1}",
        "13:00",
    ];
    let made = [
        "---\n---\n",
        "|\n|-|\n",
        "\t\t\n-\n=\n",
        "# \n|||\n|-|\n",
        "Timeline\n13:00 a\n12:00 b\n11:00 c\n",
    ];
    for text in odd.iter().chain(&made) {
        let _ = findings(text);
        let doc = Document::read("x", text);
        assert!(!doc.sections.is_empty(), "{text:?}");
    }
    let empty = ids("");
    assert!(
        empty.contains(&"missing.section") && empty.contains(&"duration.missing"),
        "{empty:?}"
    );
}
