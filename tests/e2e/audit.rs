//! `coroner audit` on five reports that people wrote, against tables made by hand: every finding, none where none may be,
//! the markers, the spans. And what coroner wrote itself, which must hold before its own eyes.

use super::common::{coroner, path_str, repo, run};
use crate::common::Piped;
use coroner_report::audit::checks::{self, CHECKS};
use coroner_report::audit::clock::{Odd, clock_at, clocks};
use coroner_report::audit::date::{dates, iso};
use coroner_report::audit::document::Document;
use coroner_report::audit::length::lengths;
use coroner_report::audit::zone_said::zone_at;
use serde_json::Value;
use std::fs;

const SEEDS: [&str; 5] = [
    "000_eff110bd40386d22.txt",
    "001_0e0e4fd5dc0225ff.txt",
    "002_19b7186589397c7d.txt",
    "003_22ca7d3fbe648e24.txt",
    "004_1aa78d7f88c40b8c.txt",
];

fn seed(name: &str) -> std::path::PathBuf {
    repo("tests/data/seeds").join(name)
}

fn table(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(repo("tests/data").join(name)).unwrap();
    let rows = text.lines().skip(1).filter(|l| !l.is_empty());
    rows.map(|l| l.split('\t').map(str::to_owned).collect())
        .collect()
}

/// Exit code and standard output.
fn audit(args: &[&str]) -> (i32, String) {
    let out = coroner().arg("audit").args(args).output().unwrap();
    (
        out.status.code().unwrap(),
        String::from_utf8(out.stdout).unwrap(),
    )
}

pub fn json(args: &[&str]) -> Value {
    serde_json::from_str(&audit(&[args, &["--as", "json"]].concat()).1).unwrap()
}

pub fn findings(v: &Value) -> &Vec<Value> {
    v["documents"][0]["findings"].as_array().unwrap()
}

#[test]
fn the_five_reports_have_these_findings_and_no_others() {
    let expected = table("audit/expected.tsv");
    assert_eq!(expected.len(), 59);
    for name in SEEDS {
        let v = json(&[path_str(&seed(name))]);
        let doc = fs::read_to_string(seed(name)).unwrap();
        let lines: Vec<&str> = doc.lines().collect();
        let mut want: Vec<(String, String, u64, Vec<u64>)> = expected
            .iter()
            .filter(|r| r[0] == name)
            .map(|r| {
                let mut related: Vec<u64> =
                    r[4].split(',').filter_map(|n| n.parse().ok()).collect();
                related.sort_unstable();
                (r[1].clone(), r[2].clone(), r[3].parse().unwrap(), related)
            })
            .collect();
        let mut got: Vec<(String, String, u64, Vec<u64>)> = Vec::new();
        for f in findings(&v) {
            let text = |k: &str| f[k].as_str().unwrap().to_owned();
            let mut related: Vec<u64> = f["related"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_u64)
                .collect();
            related.sort_unstable();
            got.push((
                text("id"),
                text("severity"),
                f["line"].as_u64().unwrap(),
                related,
            ));
        }
        want.sort();
        got.sort();
        assert_eq!(got, want, "{name}");
        // the marked words are the quoted ones, or part of them, or hold them
        for r in expected.iter().filter(|r| r[0] == name) {
            let f = findings(&v)
                .iter()
                .find(|f| f["id"] == r[1].as_str() && f["line"] == r[3].parse::<u64>().unwrap())
                .unwrap();
            let line: Vec<char> = lines[r[3].parse::<usize>().unwrap() - 1].chars().collect();
            let (a, b) = (
                f["col"].as_u64().unwrap() as usize,
                f["end_col"].as_u64().unwrap() as usize,
            );
            let marked: String = line[a - 1..b - 1].iter().collect();
            let (marked, quote) = (marked.to_lowercase(), r[5].to_lowercase());
            assert!(
                marked.contains(&quote) || quote.contains(&marked),
                "{name} {}: {marked:?} {quote:?}",
                r[1]
            );
        }
    }
}

#[test]
fn what_must_not_fire_does_not() {
    for r in table("audit/must-not-fire.tsv") {
        if checks::check(&r[1]).is_none() || !r[0].ends_with(".txt") {
            continue;
        }
        let v = json(&[path_str(&seed(&r[0]))]);
        assert!(
            !findings(&v).iter().any(|f| f["id"] == r[1].as_str()),
            "{r:?}"
        );
    }
}

#[test]
fn exit_codes_follow_fail_on() {
    for (name, code) in SEEDS.iter().zip([1, 0, 1, 1, 0]) {
        assert_eq!(audit(&[path_str(&seed(name))]).0, code, "{name}");
    }
    let one = seed(SEEDS[1]);
    assert_eq!(audit(&[path_str(&one), "--fail-on", "warning"]).0, 1);
    assert_eq!(audit(&[path_str(&one), "--fail-on", "note"]).0, 1);
    for wrong in [
        &["/nowhere/at/all.md"][..],
        &["src"],
        &[path_str(&one), "/nowhere/logs"],
        &[path_str(&one), "--as", "xml"],
        &[],
    ] {
        assert_eq!(audit(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn markers_and_spans_are_those_of_the_tables() {
    for name in SEEDS {
        let v = json(&[path_str(&seed(name))]);
        let doc = &v["documents"][0];
        let want: Vec<(u64, String, String)> = table("seeds/markers.tsv")
            .into_iter()
            .filter(|r| r[0] == name)
            .map(|r| (r[1].parse().unwrap(), r[2].clone(), r[3].clone()))
            .collect();
        let text = |m: &Value, k: &str| m[k].as_str().unwrap().to_owned();
        let got: Vec<(u64, String, String)> = doc["markers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| {
                (
                    m["line"].as_u64().unwrap(),
                    text(m, "kind"),
                    text(m, "time"),
                )
            })
            .collect();
        assert_eq!(got, want, "{name}");
        let row = table("seeds/spans.tsv")
            .into_iter()
            .find(|r| r[0] == name)
            .unwrap();
        let minutes = |n: usize| row[n].parse::<i64>().unwrap() * 60;
        let spans = &doc["spans"];
        for (key, column) in [
            ("outage_s", 2),
            ("from_change_s", 4),
            ("detect_s", 5),
            ("acknowledge_s", 6),
            ("decide_s", 7),
            ("after_rollback_s", 9),
            ("mitigate_s", 10),
        ] {
            assert_eq!(spans[key].as_i64(), Some(minutes(column)), "{name} {key}");
        }
    }
}

#[test]
fn json_holds_to_its_schema() {
    let schema: Value = serde_json::from_str(coroner_report::report::json::AUDIT_SCHEMA).unwrap();
    for name in SEEDS {
        let v = json(&[path_str(&seed(name))]);
        assert_eq!(super::schema::errors(&schema, &v), [""; 0], "{name}");
        let n = findings(&v).len() as u64;
        let s = &v["summary"];
        assert_eq!(
            n,
            ["errors", "warnings", "notes"]
                .iter()
                .map(|k| s[k].as_u64().unwrap())
                .sum::<u64>()
        );
    }
}

/// What a form of writing means, by the table; `-` where it is none.
fn reads_as(input: &str) -> Vec<String> {
    let hms = |s: i64| match s % 60 {
        0 => format!("{:02}:{:02}", s / 3600, s / 60 % 60),
        _ => format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60),
    };
    let mut out = Vec::new();
    out.extend(
        dates(input)
            .into_iter()
            .filter(|d| !d.swappable)
            .filter_map(|d| d.days(None))
            .map(iso),
    );
    if !out.is_empty() {
        return out;
    }
    let column = clock_at(input, 0, true);
    for c in clocks(input).into_iter().chain(column) {
        let zone = c
            .zone
            .as_ref()
            .and_then(|z| z.zone)
            .map_or(String::new(), |z| z.to_string());
        out.push(hms(c.secs));
        out.push(format!("{}{zone}", hms(c.secs)));
    }
    out.extend(
        lengths(input)
            .into_iter()
            .map(|l| format!("{} min", l.secs / 60)),
    );
    if let Some(z) = zone_at(input, 0) {
        out.push(z.zone.map_or("-".to_owned(), |z| z.to_string()));
    }
    if out.is_empty() {
        vec!["-".to_owned()]
    } else {
        out
    }
}

#[test]
fn forms_of_times_are_read_as_the_table_says() {
    let rows = table("audit/time-forms.tsv");
    assert_eq!(rows.len(), 64);
    for r in &rows {
        let (input, want, flags) = (&r[0], &r[2], &r[3]);
        let got = reads_as(input);
        let first = want.split([',', ' ']).next().unwrap();
        let ok = match (want.as_str(), flags.as_str()) {
            // what the leaf alone cannot know: the day, the region's offset of that day, the onset
            (_, "relative") => !got.is_empty(),
            (_, "zone-resolved") => got.iter().any(|g| g.contains("18:26")),
            ("by date", _) => got.len() == 1 && got[0].contains('/'),
            ("interval", _) => clocks(input).len() == 2,
            ("24:00" | "00:00 next day", _) => got.iter().any(|g| g == "24:00"),
            // the fraction is less than is shown
            ("19:05:33.250", _) => got.iter().any(|g| g == "19:05:33"),
            (w, _) if w.contains(" min") => {
                got.iter().any(|g| g.starts_with(&format!("{first} min")))
            }
            _ => got.iter().any(|g| g == first),
        };
        assert!(ok, "{input}: {want}: {got:?}");
        let odd = clocks(input).first().and_then(|c| c.odd);
        match flags.as_str() {
            "meridiem-redundant" => assert_eq!(odd, Some(Odd::Redundant), "{input}"),
            "meridiem-conflict" => assert_eq!(odd, Some(Odd::Conflict), "{input}"),
            "approximate" => assert!(clocks(input)[0].about, "{input}"),
            "zone-ambiguous" => assert!(zone_at(input, 0).unwrap().choices.is_some(), "{input}"),
            "date-ambiguous" => assert!(dates(input)[0].swappable, "{input}"),
            _ => {}
        }
    }
}

/// Findings that may stand in a skeleton that nobody has filled in yet.
const OF_A_SKELETON: &[&str] = &[
    "todo.left",
    "action.no-owner-or-due",
    "gap.cause-to-outage",
    "gap.after-rollback",
    "gap.silent",
    "rollback.without-change",
    "order.outage-equals-alert",
];

#[test]
fn a_skeleton_of_our_own_holds_before_our_own_eyes() {
    let dir = tempfile::tempdir().unwrap();
    let mut folders: Vec<_> = fs::read_dir(repo("sample-logs"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    folders.extend(
        [
            "auth-upgrade",
            "pool-leak",
            "two-incidents",
            "bot-burst-quiet",
        ]
        .map(|d| repo("tests/data/drills").join(d).join("logs")),
    );
    folders.sort();
    assert!(folders.len() > 10);
    let layouts = [
        "default",
        "google",
        "pagerduty",
        "atlassian",
        "gitlab",
        "seed",
    ];
    let mut wrong = Vec::new();
    for (n, logs) in folders.iter().enumerate() {
        // every layout meets several incidents; with its logs every third document
        let (template, with) = (layouts[n % 6], n % 3 == 0);
        let md = dir.path().join("pm.md");
        fs::write(&md, run(&[path_str(logs), "--template", template]).md).unwrap();
        let args = [path_str(&md), path_str(logs)];
        let v = json(if with { &args } else { &args[..1] });
        for f in findings(&v) {
            let id = f["id"].as_str().unwrap();
            if !OF_A_SKELETON.contains(&id) || f["severity"] == "error" {
                let name = logs.strip_prefix(repo("")).unwrap().display();
                wrong.push(format!(
                    "{name} {template} {with}: {id} {}: {}",
                    f["line"], f["message"]
                ));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "{}", wrong.join("\n"));
}

#[test]
fn documents_that_are_none_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let out = coroner().arg("audit").arg(&path).output().unwrap();
        (
            out.status.code().unwrap(),
            String::from_utf8_lossy(&out.stderr).into_owned(),
        )
    };
    let (code, said) = file("latin.md", b"On 1 May caf\xe9 was down\n");
    assert!(
        code == 2 && said.contains("not UTF-8") && said.contains("help: save it as"),
        "{said}"
    );
    let (code, said) = file("x.docx", b"PK\x03\x04\x14\0\x06\0rest of it");
    assert!(code == 2 && said.contains("no text"), "{said}");
    let (code, said) = file("wide.md", b"\xff\xfea\0b\0");
    assert!(code == 2 && said.contains("UTF-8"), "{said}");
    let (code, said) = file("huge.md", &vec![b'a'; (16 << 20) + 1]);
    assert!(code == 2 && said.contains("16 MiB"), "{said}");
    let (code, _) = file("empty.md", b"");
    assert_eq!(code, 0);
}

#[test]
fn standard_input_is_a_document_too() {
    let out = coroner()
        .args(["audit", "-", "--as", "github"])
        .write_stdin(fs::read(seed(SEEDS[0])).unwrap())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.starts_with("::error file=stdin,line="), "{text}");
    assert_eq!(text.lines().count(), 14);
}

#[test]
fn checks_can_be_silenced_and_explained() {
    let dir = tempfile::tempdir().unwrap();
    let doc = dir.path().join("pm.md");
    let text = fs::read_to_string(seed(SEEDS[1])).unwrap();
    fs::write(
        &doc,
        format!("{text}\n<!-- coroner: allow claim.swift, gap.after-rollback -->\n"),
    )
    .unwrap();
    let has = |v: &Value, id: &str| findings(v).iter().any(|f| f["id"] == id);
    let v = json(&[path_str(&doc)]);
    assert!(
        !has(&v, "claim.swift") && !has(&v, "gap.after-rollback") && has(&v, "action.conflict")
    );
    let config = dir.path().join("own.toml");
    fs::write(&config, "[audit]\nallow = [\"action.conflict\"]\n").unwrap();
    assert!(!has(
        &json(&[path_str(&doc), "--config", path_str(&config)]),
        "action.conflict"
    ));
    fs::write(&config, "[audit]\nallow = [\"action.conflicts\"]\n").unwrap();
    let out = coroner()
        .args(["audit", path_str(&doc), "--config", path_str(&config)])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("did you mean action.conflict?"));
    for c in CHECKS.iter() {
        let out = coroner().args(["explain", c.id]).output().unwrap();
        let said = String::from_utf8(out.stdout).unwrap();
        assert!(
            out.status.success() && said.starts_with(c.id) && said.contains(c.severity.word()),
            "{said}"
        );
    }
}

#[test]
fn a_suggested_patch_is_taken_by_patch() {
    let dir = tempfile::tempdir().unwrap();
    let name = "report.md";
    fs::copy(seed(SEEDS[0]), dir.path().join(name)).unwrap();
    let out = coroner()
        .current_dir(dir.path())
        .args(["audit", name, "--suggest"])
        .output()
        .unwrap();
    let diff = String::from_utf8(out.stdout).unwrap();
    assert!(
        diff.contains("-| 9:45 PM | Upgrades implementation begins |\n+| 9:45 AM |"),
        "{diff}"
    );
    fs::write(dir.path().join("p.diff"), &diff).unwrap();
    let done = std::process::Command::new("git")
        .current_dir(dir.path())
        .args(["apply", "-p0", "p.diff"])
        .output();
    // where there is no git there is nothing to try
    if let Ok(done) = done {
        assert!(done.status.success(), "{done:?}");
        let v = json(&[path_str(&dir.path().join(name))]);
        assert_eq!(v["summary"]["errors"], 0, "{v}");
    }
}

#[test]
fn a_public_report_of_this_kind_has_no_error() {
    // the facts of a public report on an API outage, in words of our own
    let text = "# API outage\n\n## Issue summary\n\nFrom 6:26 PM to 7:58 PM PT on April 30, 2013, requests to most APIs failed. At its peak, 100% of traffic to this API was affected.\n\n\
        ## Timeline (all times Pacific Time)\n\n- 6:19 PM: Configuration push begins\n- 6:26 PM: Outage begins\n- 6:26 PM: Pagers alerted teams\n- 6:54 PM: Failed configuration change rollback\n- 7:15 PM: Successful configuration change rollback\n- 7:19 PM: Server restarts begin\n- 7:58 PM: 100% of traffic back online\n\n\
        ## Root cause\n\nAt 6:19 PM PT, a configuration change was inadvertently released to our production environment.\n\n## Corrective and preventative measures\n\n- Disable the configuration release mechanism (done)\n";
    let doc = Document::read("x.md", text);
    let judged = coroner_report::audit::judge(&doc, None, &Default::default());
    let ids: Vec<&str> = judged.findings.iter().map(|f| f.id).collect();
    assert_eq!(judged.counts().errors, 0, "{:?}", judged.findings);
    for id in [
        "order.outage-equals-alert",
        "gap.after-rollback",
        "claim.all-traffic",
    ] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
    for id in [
        "duration.missing",
        "missing.row",
        "duration.mismatch",
        "rollback.without-change",
    ] {
        assert!(!ids.contains(&id), "{id}");
    }
    let failed = judged
        .markers
        .iter()
        .find(|m| m.kind == "rollback_fail")
        .unwrap();
    assert_eq!(failed.time.as_deref(), Some("2013-04-30T18:54:00-07:00"));
    assert_eq!(judged.spans.after_rollback, Some(43 * 60));
}
