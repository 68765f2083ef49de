//! What explanations say of a report that was made by hand, and of one without an incident.

use super::*;
use serde_json::json;

fn report() -> Value {
    serde_json::from_str(include_str!("../../../../../tests/data/explained.json")).unwrap()
}

fn asked(what: &str) -> Option<Explained> {
    let report = report();
    let incident = &report["incidents"][0];
    explain(
        &Reported {
            report: &report,
            incident,
        },
        what,
    )
}

#[test]
fn a_rare_line_by_its_number() {
    let e = asked("unexplained 1").unwrap();
    assert_eq!(
        e.lines,
        [("web.log:80".to_owned(), "tea is ready".to_owned())]
    );
    assert!(e.method.contains("no more than three lines"), "{e:?}");
    assert!(asked("unexplained 2").is_none());
}

#[test]
fn a_row_by_letter_and_by_id_shows_its_lines() {
    let e = asked("b").unwrap();
    assert_eq!(e.title, "B  2024-05-07T10:00:20Z  5xx begins");
    assert_eq!(e.lines, [("web.log:90".to_owned(), "GET / 500".to_owned())]);
    assert!(e.numbers.contains(&(
        "95 % interval".to_owned(),
        "2024-05-07T10:00:19Z to 2024-05-07T10:00:21Z".to_owned()
    )));
    let e = asked("r3").unwrap();
    assert_eq!(e.lines[0].0, "deploy.log@byte 12");
    assert!(asked("Z").is_none() && asked("r9").is_none());
}

#[test]
fn a_row_of_the_screen_is_all_that_stands_under_it() {
    for what in ["10:00:54", "10:00:56", "r3"] {
        let e = asked(what).unwrap();
        assert!(e.title.ends_with("  Page"), "{what}: {}", e.title);
        assert_eq!(e.lines.len(), 2, "{what}");
        assert!(
            e.numbers
                .contains(&("10:00:56".to_owned(), "Page again".to_owned()))
        );
    }
    assert!(asked("r5").unwrap().title.ends_with("  Page again"));
}

#[test]
fn a_cause_shows_prior_weights_and_sum() {
    for what in ["cause 1", "cause1", "causes/1", "cause"] {
        let e = asked(what).unwrap();
        let value = |name: &str| e.numbers.iter().find(|n| n.0 == name).unwrap().1.clone();
        assert_eq!(value("prior"), "0.270 for class deploy");
        assert_eq!(value("for +2.50"), "near");
        assert_eq!(value("sum"), "+2.00: odds × 7.39");
        assert_eq!(e.searched, ["web.log"]);
        assert_eq!(e.lines.len(), 1);
    }
    assert!(asked("cause 2").is_none() && asked("cause 0").is_none());
}

#[test]
fn a_duration_shows_its_two_ends_or_why_it_has_none() {
    let e = asked("ttd").unwrap();
    assert!(e.title.starts_with("detect_s  34 s"), "{}", e.title);
    let cited: Vec<&str> = e.lines.iter().map(|l| l.0.as_str()).collect();
    assert_eq!(cited, ["web.log:90", "deploy.log@byte 12"]);
    let e = asked("tta").unwrap();
    assert!(e.title.contains("not recognised in the logs"));
    assert_eq!(
        e.numbers[0].1,
        "no line was recognised as an acknowledgement"
    );
    assert_eq!(asked("lead").unwrap().lines[0].0, "deploy.log:7");
    assert_eq!(asked("durations").unwrap().numbers.len(), ALL_DURATIONS);
    assert!(define("ttm").unwrap().method.contains("ten points lower"));
}

/// The closed list of the report's durations.
const ALL_DURATIONS: usize = 8;

#[test]
fn a_gap_by_number_and_by_kind() {
    for what in ["gap 1", "gap marker"] {
        let e = asked(what).unwrap();
        assert_eq!(e.searched, ["deploy.log"]);
        assert!(e.title.contains("acknowledgement"));
    }
    assert!(asked("gap 2").is_none() && asked("gap zone").is_none());
}

#[test]
fn a_foreign_report_can_neither_panic_nor_write_to_the_screen_as_it_likes() {
    let odd = json!({"incidents": [{"causes": 3, "timeline": [{"id": "r1", "text": "\u{1b}[2J", "evidence": [{"input": "x"}]}]}], "gaps": {}});
    let r = Reported {
        report: &odd,
        incident: &odd["incidents"][0],
    };
    for what in [
        "cause 1", "gap 1", "ttd", "verdict", "blip 1", "", "signal", "Ä",
    ] {
        let _ = explain(&r, what);
    }
    let shown = explain(&r, "r1").unwrap().render(&Look::default());
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn every_topic_says_how_to_ask_for_it() {
    for t in TOPICS {
        assert!(!t.usage.is_empty() && !t.about.is_empty());
    }
}
