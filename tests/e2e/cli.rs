//! The command line as people use it: options that change what is said, exit codes, files that must not be lost.
//! What goes wrong with inputs and outputs is tested in `tests/bad_input.rs`.

use crate::common::{coroner, folder, list, path_str, repo, report_on, run, say, unpacked};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

fn incident() -> PathBuf {
    repo("tests/data/drills/auth-upgrade/logs")
}

fn quiet() -> PathBuf {
    repo("tests/data/drills/bot-burst-quiet/logs")
}

#[test]
fn an_incident_is_1_only_where_asked_for() {
    assert_eq!(say(&incident(), &["."]).0, 0);
    let (code, out, _) = say(&incident(), &["--exit-code", "."]);
    assert_eq!(code, 1);
    assert!(out.contains("INCIDENT"), "the report is shown all the same");
    let (code, out, _) = say(&quiet(), &["--exit-code", "."]);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn lines_left_over_are_2_only_where_asked_for() {
    let logs = incident();
    let good = String::from_utf8(unpacked(&logs.join("edge-1/access.log.gz"))).unwrap();
    let bad = "%%%%%%%%\n".repeat(good.lines().count() / 9);
    let dir = folder(&[("good.log", &good), ("mixed.log", &(good.clone() + &bad))]);
    assert_eq!(say(dir.path(), &["mixed.log"]).0, 0);
    let (code, _, err) = say(dir.path(), &["--strict", "mixed.log"]);
    assert_eq!(code, 2);
    let first = format!("first: line {})", good.lines().count() + 1);
    assert!(
        err.contains("error: 10 % of mixed.log was not understood") && err.contains(&first),
        "{err}"
    );
    assert_eq!(say(dir.path(), &["--strict", "good.log"]).0, 0);
}

#[test]
fn of_many_inputs_that_are_not_understood_the_largest_are_shown_and_the_others_named() {
    let bad: Vec<(String, String)> = (1..=8)
        .map(|n| (format!("build-{n}.txt"), "%%%%%%%%\n".repeat(9 + n)))
        .collect();
    let files: Vec<(&str, &str)> = bad.iter().map(|(n, t)| (&**n, &**t)).collect();
    let dir = folder(&files);
    let (_, _, err) = say(dir.path(), &["."]);
    assert_eq!(err.matches("100 % of build-").count(), 3, "{err}");
    assert!(err.contains("100 % of build-8.txt"), "{err}");
    assert!(
        err.contains(
            "5 more inputs were not understood, or in part only: build-5.txt, build-4.txt"
        ),
        "{err}"
    );
}

#[test]
fn too_little_data_is_2_only_where_asked_for() {
    let dir = folder(&[("a.log", "2024-05-01T13:00:00Z INFO api started\n")]);
    assert_eq!(say(dir.path(), &["a.log"]).0, 0);
    let (code, _, err) = say(dir.path(), &["--strict", "a.log"]);
    assert_eq!(code, 2);
    assert!(err.contains("error: not enough data"), "{err}");
}

#[test]
fn quiet_says_nothing() {
    let dir = folder(&[(
        "a.log",
        &"%%%%%%%%\n2024-05-01T13:00:00Z INFO up\n".repeat(9),
    )]);
    let (_, out, err) = say(dir.path(), &["a.log"]);
    assert!(!out.is_empty() && err.contains("not understood"), "{err}");
    assert_eq!(
        say(dir.path(), &["-q", "a.log"]),
        (0, String::new(), String::new())
    );
}

#[test]
fn json_on_standard_output_is_all_there_is() {
    let (code, out, _) = say(&incident(), &["--json", "-", "."]);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["schema"], "coroner.report");
    assert_eq!(out, run(&[path_str(&incident())]).json, "as in a file");
    let (_, md, _) = say(&incident(), &["--md", "-", "."]);
    assert!(md.starts_with("# "), "{md:.100}");
    assert_eq!(md, run(&[path_str(&incident())]).md, "as in a file");
}

#[test]
fn a_postmortem_that_a_person_edited_is_kept() {
    let dir = folder(&[]);
    let (pm, logs) = (dir.path().join("pm.md"), incident());
    let write = |more: &[&str]| {
        let args = [&["-q", path_str(&logs), "--md", "pm.md"], more].concat();
        say(dir.path(), &args)
    };
    assert_eq!(write(&[]).0, 0);
    let first = fs::read_to_string(&pm).unwrap();
    assert_eq!(write(&[]).0, 0, "nobody edited it");
    assert_eq!(fs::read_to_string(&pm).unwrap(), first);

    let edited = first.replacen("TODO", "Done", 1);
    assert_ne!(edited, first);
    fs::write(&pm, &edited).unwrap();
    let (code, _, err) = write(&[]);
    assert_eq!(code, 2);
    assert!(
        err.contains("was edited after coroner wrote it") && err.contains("--force"),
        "{err}"
    );
    assert_eq!(fs::read_to_string(&pm).unwrap(), edited);
    assert_eq!(write(&["--force"]).0, 0);
    assert_eq!(fs::read_to_string(&pm).unwrap(), first);
}

#[test]
fn another_zone_writes_the_same_instants() {
    let logs = incident();
    let utc = report_on(&[path_str(&logs), "--tz", "UTC"]);
    let kolkata = report_on(&[path_str(&logs), "--tz", "Asia/Kolkata"]);
    let onset = |r: &Value| {
        let text = r["incidents"][0]["onset"].as_str().unwrap().to_owned();
        (chrono::DateTime::parse_from_rfc3339(&text).unwrap(), text)
    };
    let ((a, written_utc), (b, written)) = (onset(&utc), onset(&kolkata));
    assert_eq!(a, b);
    assert!(
        written_utc.ends_with("+00:00") || written_utc.ends_with('Z'),
        "{written_utc}"
    );
    assert!(written.ends_with("+05:30"), "{written}");
    assert_eq!(kolkata["run"]["settings"]["zone"], "Asia/Kolkata");
}

#[test]
fn a_zone_that_is_given_moves_the_lines_without_one() {
    let text: String = (0..30)
        .map(|n| format!("2024-05-01 13:00:{n:02},250 INFO worker: job {n} done\n"))
        .collect();
    let dir = folder(&[
        ("jobs.log", &text),
        ("deploy.log", &text.replace("worker", "deployctl")),
    ]);
    let first = |report: &Value, name: &str| {
        let i = list(&report["inputs"])
            .iter()
            .find(|i| i["name"] == name)
            .unwrap();
        let t = chrono::DateTime::parse_from_rfc3339(i["first"].as_str().unwrap()).unwrap();
        (
            t.to_utc().format("%H:%M").to_string(),
            i["zone"]["source"].as_str().unwrap().to_owned(),
        )
    };
    let at = path_str(dir.path());
    let one = report_on(&[
        at,
        "--assume-tz",
        "jobs*=+02:00",
        "--assume-tz",
        "deploy.log=-03:30",
    ]);
    assert_eq!(first(&one, "jobs.log"), ("11:00".into(), "option".into()));
    assert_eq!(first(&one, "deploy.log"), ("16:30".into(), "option".into()));
    let all = report_on(&[at, "--assume-tz", "Europe/Berlin"]);
    assert_eq!(first(&all, "jobs.log"), ("11:00".into(), "option".into()));
    let none = report_on(&[at]);
    assert_eq!(first(&none, "jobs.log"), ("13:00".into(), "assumed".into()));
    assert!(
        list(&none["gaps"])
            .iter()
            .any(|g| g["text"].as_str().unwrap().contains("jobs.log"))
    );
}

#[test]
fn a_year_that_is_given_is_the_last_one() {
    let line = |day: &str| format!("{day} 13:00:00 host1 worker[7]: job done\n");
    let text = line("Dec 30") + &line("Dec 31") + &line("Jan  1") + &line("Jan  2");
    let dir = folder(&[("syslog", &text[text.find("Jan").unwrap()..])]);
    let days = |args: &[&str]| {
        let r = report_on(&[&[path_str(dir.path())], args].concat());
        let syslog = list(&r["inputs"]).iter().find(|i| i["name"] == "syslog");
        let day = |k: &str| syslog.unwrap()[k].as_str().unwrap()[..10].to_owned();
        [day("first"), day("last")]
    };
    assert_eq!(days(&["--year", "2019"]), ["2019-01-01", "2019-01-02"]);
    // without it the year is that of the newest line that has one, over the turn of the year too
    fs::write(dir.path().join("syslog"), &text).unwrap();
    let dated = "2021-01-02T14:00:00Z INFO worker done\n";
    fs::write(dir.path().join("app.log"), dated).unwrap();
    assert_eq!(days(&[]), ["2020-12-30", "2021-01-02"]);
}

#[test]
fn a_log_format_given_verbatim_reads_a_log_of_ones_own() {
    let text: String = (0..120)
        .map(|n| {
            let status = if n % 4 == 0 { 503 } else { 204 };
            format!("<{status}> 0.01{} ~GET /v{n} HTTP/2.0~ 198.51.100.{n} [2024-05-01T13:{:02}:{:02}+00:00]\n", n % 10, n / 60, n % 60)
        })
        .collect();
    let dir = folder(&[("lb/own.log", &text)]);
    let read = |args: &[&str]| {
        let r = report_on(&[&[path_str(dir.path())], args].concat());
        let i = &r["inputs"][0];
        (
            i["requests"].as_u64().unwrap(),
            i["failed"].as_u64().unwrap(),
        )
    };
    let format = "lb/*=<$status> $request_time ~$request~ $remote_addr [$time_iso8601]";
    assert_eq!(read(&["--format", format]), (120, 30));
    assert_eq!(read(&[]).0, 0, "nothing else reads it");
    let (code, _, err) = say(dir.path(), &["--format", "lb/*=$status$request", "."]);
    assert_eq!(code, 2, "{err}");
}

#[test]
fn an_objective_gives_a_budget() {
    let logs = incident();
    let with = report_on(&[path_str(&logs), "--slo", "99.9%"]);
    assert_eq!(with["run"]["settings"]["slo"], 0.999);
    let budget = &with["incidents"][0]["impact"]["error_budget"];
    assert!(!budget.is_null());
    assert!(report_on(&[path_str(&logs)])["incidents"][0]["impact"]["error_budget"].is_null());
}

#[test]
fn the_screen_view_fits_its_width() {
    for width in [40, 80, 120] {
        let (_, out, _) = say(&incident(), &["--width", &width.to_string(), "."]);
        // a citation is never cut, so that it can be copied; it then stands on a line of its own
        let cut = |l: &&str| l.trim().contains(' ') && !l.trim().starts_with('[');
        let lines = || out.lines().filter(cut);
        let widest = lines().max_by_key(|l| l.width()).unwrap();
        assert!(
            widest.width() <= width,
            "{} columns: {widest}",
            widest.width()
        );
        assert!(
            widest.width() > width * 3 / 4,
            "the width is used: {widest}"
        );
    }
}

#[test]
fn ascii_is_ascii() {
    let (_, out, _) = say(&incident(), &["--ascii", "."]);
    let odd = out.lines().find(|l| !l.is_ascii());
    assert_eq!(odd, None);
    let out = coroner().arg(incident()).env("LANG", "C").output().unwrap();
    assert!(out.stdout.is_ascii(), "where the locale knows nothing else");
    let out = coroner().arg(incident()).output().unwrap();
    assert!(!out.stdout.is_ascii(), "else the chart has its blocks");
}

/// The command of a line of the help's examples; what it does stands behind it, from a fixed column on.
fn command(line: &str) -> String {
    let whole = line.trim();
    let column = line.char_indices().nth(45).map_or(line.len(), |(at, _)| at);
    let cut = line[..column].trim();
    let balanced = cut.matches('\'').count().is_multiple_of(2);
    if balanced { cut } else { whole }.to_owned()
}

#[test]
fn the_examples_of_the_help_run() {
    let logs = incident();
    let gz = |name: &str| fs::read(logs.join(name)).unwrap();
    let dir = folder(&[(
        "logs/lb/a.log",
        "198.51.100.7 [2024-05-01T13:00:00+00:00] 200 0.010\n",
    )]);
    let put = |name: &str, bytes: Vec<u8>| fs::write(dir.path().join(name), bytes).unwrap();
    put("lb.log.gz", gz("edge-1/access.log.gz"));
    put("web.log.gz", gz("edge-1/access.log.gz"));
    put("logs/web.log.gz", gz("edge-1/access.log.gz"));
    put("logs/deploy.log", gz("deploy/capistrano.log"));
    put(
        "app.jsonl",
        unpacked(&repo("sample-logs/mixed-clocks/api-1/api.log.gz"))[..20_000].to_vec(),
    );
    put("pager.json", gz("pager/pagerduty-webhooks.jsonl"));

    let (code, help, _) = say(dir.path(), &["--help"]);
    assert_eq!(code, 0);
    let examples = help.split("Examples:\n").nth(1).unwrap();
    let commands: Vec<String> = examples
        .lines()
        .take_while(|l| l.starts_with("  "))
        .map(command)
        .collect();
    assert!(commands.len() >= 6, "{commands:?}");
    let program = Path::new(env!("CARGO_BIN_EXE_coroner")).parent().unwrap();
    let path = format!("{}:{}", path_str(program), std::env::var("PATH").unwrap());
    for c in commands {
        let mut shell = std::process::Command::new("sh");
        let out = shell
            .args(["-c", &c])
            .current_dir(dir.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(0), "{c}: {err}");
        assert!(!err.contains("error"), "{c}: {err}");
        assert!(!out.stdout.is_empty(), "{c}");
    }
    let written = |f: &str| fs::read_to_string(dir.path().join(f)).unwrap();
    assert!(written("pm.md").starts_with("# ") && written("pm.json").starts_with('{'));
}
