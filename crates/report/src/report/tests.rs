//! All forms over the worked example and over edits of it: the schema, agreement of numbers, hostile names, narrow screens.

mod forms;
mod hostile;
mod schema;

use super::*;
use coroner_infer::model::*;
use hostile::hostile;
use serde_json::Value;

fn look(width: usize) -> Look {
    Look {
        width,
        ..Look::default()
    }
}

fn all(width: usize) -> Look {
    Look {
        all: true,
        ..look(width)
    }
}

/// A report as a draft, as a page, and on a screen of so many columns.
fn forms_of(r: &Report, columns: usize) -> [String; 3] {
    let screen = terminal::to_string(r, &look(columns));
    [markdown::to_string(r), html::to_string(r), screen]
}

/// Every report that the tests know.
fn reports() -> Vec<Report> {
    let mut two = fixture::report();
    two.incidents.push(two.incidents[0].clone());
    vec![
        fixture::report(),
        fixture::without_markers(),
        fixture::truncated(),
        fixture::quiet(Verdict::None, 412_907, 500),
        fixture::quiet(Verdict::Insufficient, 212, 3),
        two,
        hostile(),
    ]
}

#[test]
fn every_report_satisfies_the_schema() {
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    assert_eq!(schema::errors(&schema, &fixture::value()), [""; 0]);
    for r in reports() {
        assert_eq!(schema::errors(&schema, &json::to_value(&r)), [""; 0]);
    }
}

#[test]
fn the_schema_knows_what_causes_name() {
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    let kinds = &schema["$defs"]["culprit"]["properties"]["kind"]["enum"];
    assert_eq!(
        *kinds,
        serde_json::json!(coroner_infer::model::CULPRIT_KINDS)
    );
}

#[test]
fn the_schema_check_can_fail() {
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    let mut v = json::to_value(&fixture::report());
    v["incidents"][0]["timeline"][0]["evidence"] = serde_json::json!([]);
    v["incidents"][0]["state"] = "over".into();
    v["inputs"][0]["crc32"] = "xyz".into();
    v["run"]["host"] = "here".into();
    assert_eq!(schema::errors(&schema, &v).len(), 4);
}

/// Every member of `want` that the model holds is in `got` with the same value.
fn same(path: &str, got: &Value, want: &Value) {
    // `level`: the example calls 0.11 low, the vocabulary (which wins) very low.
    const NOT_IN_THE_MODEL: [&str; 8] = [
        "level",
        "settings",
        "addresses_seen",
        "users_hit",
        "by_host",
        "by_endpoint",
        "share",
        "timeline",
    ];
    match (got, want) {
        (Value::Object(g), Value::Object(w)) => {
            for (k, x) in w {
                if !NOT_IN_THE_MODEL.contains(&k.as_str()) {
                    same(&format!("{path}/{k}"), g.get(k).unwrap_or(&Value::Null), x);
                }
            }
        }
        (Value::Array(g), Value::Array(w)) => {
            assert_eq!(g.len(), w.len(), "{path}");
            for (n, (g, w)) in g.iter().zip(w).enumerate() {
                same(&format!("{path}/{n}"), g, w);
            }
        }
        (Value::Number(g), Value::Number(w)) => {
            let d = g.as_f64().unwrap() - w.as_f64().unwrap();
            assert!(d.abs() < 1e-4, "{path}: {g} is not {w}");
        }
        _ => assert_eq!(got, want, "{path}"),
    }
}

#[test]
fn the_worked_example_comes_out_as_it_went_in() {
    let got = json::to_value(&fixture::report());
    let want = fixture::value();
    same("", &got, &want);
    same(
        "timeline",
        &got["incidents"][0]["timeline"],
        &want["incidents"][0]["timeline"],
    );
    assert_eq!(got["incidents"][0]["impact"]["share"], 0.654605);
    let text = json::to_string(&fixture::report());
    assert!(text.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), got);
}

#[test]
fn all_forms_say_the_same() {
    let r = fixture::report();
    let texts = [
        markdown::to_string(&r),
        html::to_string(&r),
        terminal::to_string(&r, &look(80)),
        terminal::to_string(&r, &look(120)),
        json::to_string(&r),
    ];
    let whole = terminal::to_string(&r, &all(80));
    for t in texts
        .iter()
        .filter(|t| !t.starts_with("INCIDENT") && !t.starts_with("# "))
        .chain([&whole])
    {
        for e in &r.incidents[0].timeline {
            let clock = time::clock(e.time.unwrap(), r.settings.zone);
            assert!(t.contains(&clock), "{clock} is missing in {t:.60}");
        }
    }
    for t in &texts[..4] {
        for said in [
            "153,243",
            "65.5 %",
            "≈ 8,410",
            "98.4 %",
            "29 min 57 s",
            "0.86",
            "deploy.log:1182",
        ] {
            assert!(t.contains(said), "{said} is missing in {t:.60}");
        }
    }
}

#[test]
fn forms_are_pure_functions() {
    for r in reports() {
        for f in REPORTS {
            assert_eq!(f.render(&r, &look(80)), f.render(&r.clone(), &look(80)));
            assert!(f.render(&r, &look(80)).ends_with('\n'), "{}", f.name);
        }
    }
}

#[test]
fn the_screen_keeps_its_width_and_its_citations() {
    for r in reports() {
        for columns in [0, 20, 30, 40, 55, 69, 70, 80, 110, 120, 200] {
            for ascii in [false, true] {
                let l = Look {
                    width: columns,
                    ascii,
                    ..Look::default()
                };
                let t = terminal::to_string(&r, &l);
                assert!(!ascii || t.is_ascii(), "{t}");
                assert!(!t.contains('\x1b') && !t.contains("##["));
                for line in t.lines() {
                    let cites = line.contains(".log:")
                        || line.contains(".jsonl")
                        || line.contains("x`|")
                        || line.contains("[searched");
                    assert!(
                        wrap::width(line) <= columns.max(20) || cites,
                        "{columns}: {line}"
                    );
                }
            }
        }
    }
    let narrow = terminal::to_string(&fixture::report(), &look(20));
    assert!(narrow.contains("checkout-api.jsonl:2151022"));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = terminal::to_string(&fixture::report(), &look(80));
    let l = Look {
        colors: Colors::Sixteen,
        ..look(80)
    };
    let colored = terminal::to_string(&fixture::report(), &l);
    let stripped = regex::Regex::new("\x1b\\[[0-9;]*m")
        .unwrap()
        .replace_all(&colored, "")
        .into_owned();
    assert_ne!(plain, colored);
    assert_eq!(plain, stripped);
}

#[test]
fn hostile_names_stay_in_code_in_markdown() {
    let text = markdown::to_string(&hostile());
    let code = regex::Regex::new("(?s)```text\n.*?\n```|``[^\n]*?[^`]``|`[^`\n]+`").unwrap();
    let rest = code.replace_all(&text, "");
    assert!(!rest.contains("script") && !rest.contains("[a]"), "{rest}");
    assert!(!text.contains('\x1b'));
    for line in text.lines().filter(|l| l.contains("x`")) {
        // In a table cell `|` is escaped, elsewhere a backslash would be shown.
        assert_eq!(line.contains("x`\\|"), line.starts_with("| "), "{line}");
        assert!(!line.contains("````"), "{line}");
    }
}

#[test]
fn what_the_logs_do_not_say_is_not_said() {
    let m = markdown::to_string(&fixture::without_markers());
    for said in [
        "The alert fired",
        "acknowledged at",
        "rollback was reported done at",
        "after this change",
    ] {
        assert!(!m.contains(said), "{said}");
    }
    assert!(m.contains("| Detect (TTD) |") && m.contains("| not recognised in the logs |"));
    let m = markdown::to_string(&fixture::truncated());
    assert!(m.contains(
        "**No cause is established.** Not recognised: no log of deploys covers the onset."
    ));
    assert!(m.contains("no recovery was recognised"));
    assert!(m.contains("| Recovery | not in the logs"));
    let t = terminal::to_string(&fixture::truncated(), &look(80));
    assert!(t.contains("SUSPECTED CAUSES   no cause is established"));
    assert!(t.contains("not recognised: no log of deploys covers the onset"));
}

#[test]
fn a_silence_is_no_share_of_failures() {
    let mut r = fixture::without_markers();
    let impact = &mut r.incidents[0].impact;
    (impact.requests, impact.failed) = (Some(0), Some(0));
    let of_nothing = "No requests were logged in that time; some may never have arrived.";
    assert!(markdown::to_string(&r).contains(of_nothing));
    r.incidents[0].impact.requests = Some(1234);
    // where requests come and are slow nothing says that others did not
    let of_some = "None of the 1,234 requests logged failed.";
    for form in [markdown::to_string(&r), html::to_string(&r)] {
        assert!(form.contains(of_some), "{form}");
        assert!(!form.contains("never have arrived"));
        assert!(!form.contains("0 of 1,234 requests failed"));
    }
}

#[test]
fn what_would_have_come_is_reported_alike_in_every_form() {
    let mut r = fixture::without_markers();
    let impact = &mut r.incidents[0].impact;
    (impact.requests, impact.failed) = (Some(0), Some(0));
    impact.expected_requests = Some(2437);
    let said = ", about 2,400 expected";
    let by = |t: &template::Template| template::built_in(&r, t).unwrap();
    for form in template::TEMPLATES.iter().map(by).chain(forms_of(&r, 80)) {
        assert!(form.contains(said), "{form}");
        assert!(
            !form.contains("0 of 0") && !form.contains("0 % of requests"),
            "{form}"
        );
    }
}

#[test]
fn where_no_request_was_counted_every_form_says_so() {
    let mut r = fixture::report();
    let impact = &mut r.incidents[0].impact;
    (impact.requests, impact.failed, impact.peak) = (None, None, None);
    let said = "no requests with a time in these logs";
    let forms = forms_of(&r, 80);
    for form in &forms {
        assert!(form.contains(said), "{form}");
    }
    let no_worst = |page: &str| page.contains("no request failed");
    assert!(!no_worst(&forms[1]), "{}", forms[1]);
    let impact = &mut r.incidents[0].impact;
    (impact.requests, impact.failed) = (Some(10), Some(0));
    assert!(no_worst(&html::to_string(&r)));
}

#[test]
fn too_little_data_prints_what_lines_state_in_every_form() {
    use coroner_lines::record::MarkerKind as K;
    let mut r = fixture::quiet(Verdict::Insufficient, 0, 0);
    let row = fixture::report().incidents[0].timeline[1].clone();
    let kinds = [K::ServiceStart, K::NewError, K::Crash, K::Crash, K::Crash];
    r.timeline = kinds
        .map(|kind| coroner_infer::model::Event {
            kind,
            text: Sentence::words(format!("{kind:?} of it")),
            ..row.clone()
        })
        .to_vec();
    for form in forms_of(&r, 120) {
        // three that say the same are one row, and a start is no trouble
        assert_eq!(
            form.matches("Crash of it, and 2 more like this").count(),
            1,
            "{form}"
        );
        assert!(
            form.contains("NewError of it") && !form.contains("ServiceStart"),
            "{form}"
        );
    }
    // with enough data it is what was logged while there was no outage; a form that has the timeline lists it there alone
    r.verdict = Verdict::None;
    let calm = terminal::to_string(&r, &look(120));
    let (_, rows) = calm
        .split_once("ALSO LOGGED   no incident in the requests came of it")
        .unwrap();
    assert!(rows.contains("Crash of it (3 lines)"), "{calm}");
    assert!(!html::to_string(&r).contains("Also logged"));
    let draft = markdown::to_string(&r);
    assert!(
        draft.contains("No incident in the requests came of it · UTC"),
        "{draft}"
    );
}

#[test]
fn a_row_without_a_time_has_its_legend_and_stands_apart() {
    let mut r = fixture::report();
    let i = &mut r.incidents[0];
    let mut row = i.timeline[1].clone();
    (row.time, row.letter) = (None, None);
    row.text = Sentence::words("somebody did something");
    i.timeline.push(row.clone());
    let t = terminal::to_string(&r, &all(80));
    let (_, apart) = t.split_once("without a time\n").unwrap();
    assert!(
        apart.contains("somebody did something") && !t.contains(" · > later"),
        "{t}"
    );
    row.after = r.incidents[0].timeline[2].time;
    row.place = row.after;
    let rows = &mut r.incidents[0].timeline;
    rows.pop();
    rows.insert(3, row);
    let t = terminal::to_string(&r, &all(80));
    assert!(
        t.contains("the rest straight from the logs · > later") && !t.contains("without a time"),
        "{t}"
    );
}

#[test]
fn none_and_too_little_are_two_answers() {
    let none = fixture::quiet(Verdict::None, 412_907, 500);
    let t = terminal::to_string(&none, &look(200));
    assert!(t.contains("No incident found in 1 d 2 h 30 min of logs (412,907 requests, 500 failed; at most 1,875 of 1,905 (98.4 %) in a minute, at 13:37)."));
    assert!(t.contains("There are enough requests to be confident"));
    let mut broken = fixture::quiet(Verdict::None, 412_907, 500);
    broken.totals.always_failed = 251;
    let t = terminal::to_string(&broken, &look(200));
    assert!(
        t.contains("500 failed, 251 of them at endpoints that always fail; at most"),
        "{t}"
    );
    broken.totals.always_failed = 500;
    let t = terminal::to_string(&broken, &look(200));
    assert!(t.contains("500 failed, all of them at endpoints"), "{t}");
    let mut little = fixture::quiet(Verdict::Insufficient, 212, 3);
    little.totals.health = 1_848;
    let m = markdown::to_string(&little);
    // Wilson by hand: centre 0.0228, half width 0.0180.
    assert!(m.contains("# Not enough data to say\n") && m.contains("\n212 requests in 1 d 2 h 30 min; 3 failed (1.4 %, 95 % interval 0.5–4.1 %). 1,848 health checks are not counted."), "{m}");
}

#[test]
fn long_timelines_are_cut_and_say_so() {
    let mut r = fixture::report();
    let i = &mut r.incidents[0];
    let row = i.timeline[1].clone();
    let rows = (0..300).map(|n| Event {
        kind: coroner_lines::record::MarkerKind::HumanNote,
        text: Sentence::words(format!("note {n}")),
        ..row.clone()
    });
    i.timeline.splice(1..1, rows);
    // 310 rows, of which 8 have a letter: 302 others, of which 192 fit into Markdown.
    let t = terminal::to_string(&r, &look(80));
    assert!(t.contains(" 258 notes"), "{t}");
    assert!(terminal::to_string(&r, &all(80)).contains("note 299"));
    let m = markdown::to_string(&r);
    assert!(
        m.contains(" 110 more events: `coroner timeline LOGS`"),
        "{m}"
    );
    assert!(terminal::to_string(&r, &look(80)).contains("H~15:00:03"));
}

#[test]
fn an_edited_document_is_noticed() {
    let m = markdown::to_string(&fixture::report());
    assert!(!markdown::edited(&m));
    assert!(!markdown::edited(&m.replace('\n', "\r\n")));
    assert!(markdown::edited(&m.replacen("TODO", "done", 1)));
    assert!(markdown::edited(&format!("{m}more\n")));
    assert!(markdown::edited("# mine\n"));
}

#[test]
fn snapshots_of_the_worked_example() {
    let r = fixture::report();
    insta::assert_snapshot!("markdown", markdown::to_string(&r));
    insta::assert_snapshot!("terminal_80", terminal::to_string(&r, &look(80)));
    insta::assert_snapshot!("terminal_120", terminal::to_string(&r, &look(120)));
    let ascii = Look {
        ascii: true,
        ..look(80)
    };
    insta::assert_snapshot!("terminal_ascii", terminal::to_string(&r, &ascii));
}
