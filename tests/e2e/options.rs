//! Options of the main job that choose what is reported and where: kinds of output, scope, what `-v` says, the pager.
//! Each is run as a user would; what is read and how is tested elsewhere.

use crate::common::{coroner, folder, list, path_str, repo, report_on, say};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn one() -> PathBuf {
    repo("tests/data/drills/auth-upgrade/logs")
}

fn two() -> PathBuf {
    repo("tests/data/drills/two-incidents/logs")
}

/// An hour of requests; those of ten minutes fail.
fn access() -> String {
    (0..3600)
        .map(|s| {
            let status = if (1200..1800).contains(&s) { 500 } else { 200 };
            let (m, sec) = (s / 60, s % 60);
            format!("198.51.100.{} - - [04/Mar/2024:08:{m:02}:{sec:02} +0000] \"GET /x HTTP/1.1\" {status} 9 \"-\" \"m\"\n", s % 90)
        })
        .collect()
}

#[test]
fn every_way_to_ask_for_a_kind_gives_the_same_bytes() {
    let (logs, dir) = (one(), folder(&[]));
    let at = path_str(&logs);
    let (_, timeline, _) = say(dir.path(), &["timeline", "--as", "csv", at]);
    assert!(timeline.lines().count() > 10);
    assert_eq!(say(dir.path(), &["--as", "csv", at]).1, timeline);
    assert_eq!(say(dir.path(), &["--csv", "-", at]).1, timeline);
    for kind in ["json", "md", "html"] {
        let stdout = say(dir.path(), &["--as", kind, at]).1;
        let name = format!("out.{kind}");
        let long = format!("--{kind}");
        assert_eq!(say(dir.path(), &["-q", "-o", &name, at]).0, 0);
        assert_eq!(
            fs::read_to_string(dir.path().join(&name)).unwrap(),
            stdout,
            "{kind}"
        );
        assert_eq!(say(dir.path(), &[&long, "-", at]).1, stdout, "{kind}");
    }
    let (_, screen, _) = say(
        dir.path(),
        &["--as", "text", "-o", "a.csv", "-o", "b.json", at],
    );
    assert_eq!(screen, say(dir.path(), &[at]).1);
    assert_eq!(
        fs::read_to_string(dir.path().join("a.csv")).unwrap(),
        timeline
    );
    assert!(dir.path().join("b.json").is_file(), "-o may be repeated");
}

#[test]
fn standard_output_holds_one_kind_only() {
    let dir = folder(&[("a.log", &access())]);
    for args in [["--as", "json", "--md", "-"], ["--csv", "-", "--json", "-"]] {
        let (code, out, err) = say(dir.path(), &[&args[..], &["a.log"]].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(
            err.contains("standard output is given for two of them"),
            "{err}"
        );
    }
    let (code, _, err) = say(dir.path(), &["--as", "xls", "a.log"]);
    assert!(
        code == 2 && err.contains("text, md, html, json, csv"),
        "{err}"
    );
}

#[test]
fn an_earlier_csv_of_ours_is_replaced_and_a_log_is_not() {
    let dir = folder(&[
        ("a.log", &access()),
        ("own.csv", "time,level\n2024-03-04T08:00:00Z,INFO\n"),
    ]);
    assert_eq!(say(dir.path(), &["-q", ".", "--csv", "rows.csv"]).0, 0);
    let first = fs::read(dir.path().join("rows.csv")).unwrap();
    assert_eq!(say(dir.path(), &["-q", ".", "--csv", "rows.csv"]).0, 0);
    assert_eq!(
        fs::read(dir.path().join("rows.csv")).unwrap(),
        first,
        "it is no input"
    );
    let (code, _, err) = say(dir.path(), &[".", "--csv", "own.csv"]);
    assert!(code == 2 && err.contains("this run reads it"), "{err}");
}

#[test]
fn one_incident_is_that_of_the_whole_report() {
    let at = two();
    let all = report_on(&[path_str(&at)]);
    assert_eq!(list(&all["incidents"]).len(), 2);
    let second = report_on(&[path_str(&at), "--incident", "2"]);
    assert_eq!(list(&second["incidents"]), &list(&all["incidents"])[1..]);
    assert_eq!(second["run"]["settings"]["incident"], 2);
    assert!(all["run"]["settings"]["incident"].is_null());
    let gap = list(&second["gaps"])
        .iter()
        .find(|g| g["kind"] == "scope")
        .unwrap();
    assert_eq!(gap["text"], "not asked for and left out: 1 incident");
    assert_eq!(
        gap["inputs"].as_array().unwrap().len(),
        list(&all["inputs"]).len()
    );
    let (code, out, err) = say(&at, &[".", "--incident", "3"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("error: --incident 3: the logs show 2 incidents\n  help: "),
        "{err}"
    );
}

#[test]
fn a_service_leaves_out_what_names_another_one() {
    let at = two();
    let same = report_on(&[path_str(&at), "--service", "tutor"]);
    assert_eq!(list(&same["incidents"]).len(), 2);
    let other = report_on(&[path_str(&at), "--service", "postgresql"]);
    assert_eq!(other["verdict"], "none");
    let services: Vec<&Value> = list(&other["timeline"])
        .iter()
        .map(|e| &e["service"])
        .collect();
    assert!(
        services.iter().all(|s| s.is_null() || **s == "postgresql"),
        "{services:?}"
    );
    assert!(services.iter().any(|s| !s.is_null()));
    for (option, typo, meant) in [("--service", "tuter", "tutor"), ("--host", "ed3", "ed1")] {
        let (code, out, err) = say(&at, &[".", option, typo]);
        let said = format!("{option} {typo}: no line of these logs belongs to it\n");
        let help = format!("did you mean {meant}? The logs name ");
        assert!(code == 2 && out.is_empty(), "{err}");
        assert!(err.contains(&said) && err.contains(&help), "{err}");
    }
    let (_, md, _) = say(
        &at,
        &[".", "--service", "tutor", "--incident", "1", "--md", "-"],
    );
    assert!(md.contains("--service tutor --incident 1"));
}

#[test]
fn hosts_are_chosen_by_pattern() {
    let (bad, good) = (access(), access().replace("\" 500 9", "\" 200 9"));
    let dir = folder(&[("web-1/access.log", &bad), ("web-2/access.log", &good)]);
    let found = |host: &str| {
        let r = report_on(&[path_str(dir.path()), "--host", host]);
        assert_eq!(r["run"]["settings"]["host"], host);
        r["verdict"].clone()
    };
    assert_eq!(found("web-*"), "incident");
    assert_eq!(found("web-1"), "incident");
    assert_eq!(found("web-2"), "none");
}

#[test]
fn a_root_names_the_inputs() {
    let dir = folder(&[("site/a/web.log", &access())]);
    let name = |args: &[&str]| {
        let at = dir.path().join("site/a/web.log");
        let r = report_on(&[&[path_str(&at)], args].concat());
        r["inputs"][0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name(&[]), "web.log");
    let root = dir.path().join("site");
    assert_eq!(name(&["--name-root", path_str(&root)]), "a/web.log");
}

#[test]
fn a_higher_sensitivity_finds_what_a_lower_one_leaves() {
    // one request in 45 fails for a quarter of an hour, on top of nothing
    let text: String = (0..7200)
        .map(|s| {
            let status = if (3600..4500).contains(&s) && s % 45 == 0 { 500 } else { 200 };
            let (h, m, sec) = (8 + s / 3600, s / 60 % 60, s % 60);
            format!("198.51.100.{} - - [04/Mar/2024:{h:02}:{m:02}:{sec:02} +0000] \"GET /x HTTP/1.1\" {status} 9 \"-\" \"m\"\n", s % 90)
        })
        .collect();
    let dir = folder(&[("a.log", &text)]);
    let found = |level: &str| {
        let r = report_on(&[path_str(dir.path()), "--sensitivity", level]);
        assert_eq!(r["run"]["settings"]["sensitivity"], level);
        list(&r["incidents"]).len()
    };
    let [low, normal, high] = ["low", "normal", "high"].map(found);
    assert!((low, normal, high) == (0, 1, 1), "{low} {normal} {high}");
}

#[test]
fn verbose_says_where_settings_come_from_and_how_inputs_were_read() {
    let dir = folder(&[
        ("logs/a.log", &access()),
        ("coroner.toml", "slo = \"99.9%\"\nsensitivity = \"high\"\n"),
    ]);
    let run = |args: &[&str]| {
        let out = coroner()
            .current_dir(dir.path())
            .env("CORONER_THREADS", "3")
            .args(args)
            .output()
            .unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    assert_eq!(run(&["logs"]), "");
    let err = run(&["logs", "-v", "--sensitivity", "low"]);
    for line in [
        "  settings      coroner.toml  (found in the working directory)",
        "  tz            that of the logs, else UTC  (default)",
        "  slo           99.9 %  (coroner.toml)",
        "  sensitivity   low  (--sensitivity)",
        "  template      default  (default)",
        "  jobs          3  (CORONER_THREADS)",
        "  a.log  nginx combined  +00:00 known, 3,600 lines",
    ] {
        assert!(err.lines().any(|l| l == line), "{line}\n{err}");
    }
    assert!(!err.contains("where the time went"));
    let err = run(&["logs", "-vv", "--no-config", "-j", "2"]);
    assert!(err.contains("no file  (--no-config)") && err.contains("jobs          2  (--jobs)"));
    let stages = err.split("where the time went\n").nth(1).unwrap();
    let seconds = |stage: &str| -> f64 {
        let line = stages.lines().find(|l| l.trim().starts_with(stage));
        line.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    };
    let sum: f64 = ["find", "plan", "read", "judge", "write"]
        .into_iter()
        .map(seconds)
        .sum();
    assert!((sum - seconds("all")).abs() < 0.01, "{stages}");
}

/// Runs a shell command on a terminal of its own; what the terminal showed. `None` where there is no `script`.
#[cfg(target_os = "linux")]
fn on_a_terminal(dir: &Path, command: &str, envs: &[(&str, &str)]) -> Option<String> {
    let mut c = std::process::Command::new("script");
    c.args(["-qec", command, "/dev/null"])
        .current_dir(dir)
        .stdin(std::process::Stdio::null())
        .env("TERM", "xterm")
        .env("LANG", "C.UTF-8")
        .env("CORONER", env!("CARGO_BIN_EXE_coroner"))
        .env_remove("NO_COLOR");
    c.envs(envs.iter().copied());
    match c.output() {
        Ok(out) => Some(String::from_utf8(out.stdout).unwrap()),
        Err(_) => {
            println!("script is not installed: not tried");
            None
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pager_gets_the_screen_view_where_there_is_a_terminal() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[
        ("logs/a.log", &access()),
        ("pager", "#!/bin/sh\necho \"pager $1\"\ncat > seen\n"),
    ]);
    let pager = dir.path().join("pager");
    fs::set_permissions(&pager, fs::Permissions::from_mode(0o755)).unwrap();
    let asked = format!("{} --fast", path_str(&pager));
    let seen = || fs::read_to_string(dir.path().join("seen")).ok();
    let run = |command: &str| on_a_terminal(dir.path(), command, &[("PAGER", &asked)]);
    let Some(shown) = run("stty rows 5 cols 80; \"$CORONER\" logs") else {
        return;
    };
    assert!(
        shown.contains("pager --fast") && !shown.contains("INCIDENT"),
        "{shown}"
    );
    assert!(seen().unwrap().contains("INCIDENT"));
    fs::remove_file(dir.path().join("seen")).unwrap();
    for (command, why) in [
        (
            "stty rows 5 cols 80; \"$CORONER\" logs | cat",
            "a pipe is no terminal",
        ),
        (
            "stty rows 400 cols 80; \"$CORONER\" logs",
            "the screen holds it",
        ),
        (
            "stty rows 5 cols 80; \"$CORONER\" --no-pager logs",
            "nobody wants it",
        ),
        (
            "stty rows 5 cols 80; CORONER_PAGER= \"$CORONER\" logs",
            "an empty command is none",
        ),
        (
            "stty rows 5 cols 80; echo 'pager = false' > coroner.toml; \"$CORONER\" logs",
            "the settings say so",
        ),
    ] {
        let shown = run(command).unwrap();
        assert!(shown.contains("INCIDENT") && seen().is_none(), "{why}");
    }
    fs::remove_file(dir.path().join("coroner.toml")).unwrap();
    // a pager that is not there is no reason to show nothing
    let none = on_a_terminal(
        dir.path(),
        "stty rows 5 cols 80; \"$CORONER\" logs",
        &[("PAGER", "/no/such/pager")],
    );
    assert!(none.unwrap().contains("INCIDENT"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_has_colour_a_reading_time_and_a_progress_line_that_goes_away() {
    let dir = folder(&[("a.log", &access())]);
    let slow = "(cat a.log; sleep 1) | \"$CORONER\" - ";
    let Some(shown) = on_a_terminal(dir.path(), slow, &[]) else {
        return;
    };
    assert!(
        shown.contains("mINCIDENT") && shown.contains(" s\u{1b}"),
        "{shown:?}"
    );
    assert!(shown.contains("reading "), "{shown:?}");
    let quiet = on_a_terminal(
        dir.path(),
        &format!("{slow} --progress never --color never"),
        &[],
    )
    .unwrap();
    assert!(
        !quiet.contains("reading ") && !quiet.contains('\u{1b}'),
        "{quiet:?}"
    );
    // on a busy machine there would be time for a progress line, which moves the cursor
    let short = "\"$CORONER\" a.log --progress never";
    let plain = on_a_terminal(dir.path(), short, &[("NO_COLOR", "1")]).unwrap();
    assert!(plain.contains("INCIDENT") && !plain.contains('\u{1b}'));
    let (_, piped, err) = say(dir.path(), &["a.log"]);
    // how long reading took would stand in this line
    let read = piped.lines().find(|l| l.starts_with("READ")).unwrap();
    assert!(!read.contains(" in ") && err.is_empty(), "stable for diff");
}
