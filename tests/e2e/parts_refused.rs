//! Parts that do not fit together, or do not reach the whole log: refused by name, or reported as a gap.

use crate::common::{files, path_str, repo, say, unpacked};
use crate::parts::{done, forms, logs};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with the access log of an outage, and the parts of its splits by row.
fn in_parts(dir: &Path) -> Vec<PathBuf> {
    let packed = repo("tests/data/drills/auth-upgrade/logs/edge-1/access.log.gz");
    fs::create_dir(dir.join("logs")).unwrap();
    fs::write(dir.join("logs/access.log"), unpacked(&packed)).unwrap();
    let log = "logs/access.log";
    done(
        dir,
        &["plan", log, "--split", "100KB", "-o", "plan", "--no-config"],
    );
    done(dir, &["summarize", "--plan", "plan", "-o", "parts"]);
    let all = files(&dir.join("parts"));
    assert!(all.len() > 4);
    all
}

#[test]
fn a_missing_part_is_a_gap_and_lines_behind_it_have_no_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let parts = in_parts(dir);
    for missing in [2, parts.len() - 1] {
        let mut args = vec!["report"];
        let left = parts.iter().enumerate().filter(|(i, _)| *i != missing);
        args.extend(left.map(|(_, p)| path_str(p)));
        args.extend(["-q", "--no-config", "--json", "gap.json"]);
        let (code, _, err) = say(dir, &args);
        assert_eq!(code, 2, "{err}");
        assert!(
            err.contains("rows of the plan") && err.contains("access.log: bytes "),
            "{err}"
        );
        let json = fs::read_to_string(dir.join("gap.json")).unwrap();
        let report: Value = serde_json::from_str(&json).unwrap();
        let gaps = report["gaps"].to_string();
        assert!(gaps.contains("are in no part"), "{gaps}");
        let cited = json.matches("\"line\": null").count();
        assert_eq!(cited > 0, missing == 2, "{cited} citations by byte");
        args.push("--allow-gaps");
        assert_eq!(say(dir, &args).0, 0);
    }
    // an input of which no part is there is not forgotten either
    let (code, _, err) = say(dir, &["merge", path_str(&parts[0]), "-o", "some.cor"]);
    assert!(code == 2 && err.contains("--allow-gaps"), "{err}");
}

#[test]
fn what_does_not_fit_together_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let parts = in_parts(dir);
    let refused = |args: &[&str], why: &[&str]| {
        let (code, _, err) = say(dir, args);
        assert_eq!(code, 2, "{err}");
        why.iter()
            .for_each(|w| assert!(err.contains(w), "{w}: {err}"));
    };
    // overlap of which neither holds the other
    let of = |i: usize| path_str(&parts[i]);
    done(dir, &["merge", of(0), of(1), "-o", "a.cor", "--allow-gaps"]);
    done(dir, &["merge", of(1), of(2), "-o", "b.cor", "--allow-gaps"]);
    refused(&["merge", "a.cor", "b.cor"], &["overlap on access.log"]);
    // damaged, cut short, nothing, no part at all
    let text = fs::read_to_string(&parts[0]).unwrap();
    fs::write(
        dir.join("edited.cor"),
        text.replacen("checkout", "chekcout", 1),
    )
    .unwrap();
    refused(
        &["report", "edited.cor"],
        &["edited.cor line 1", "checksum"],
    );
    fs::write(dir.join("short.cor"), &text[..text.len() / 2]).unwrap();
    refused(&["report", "short.cor"], &["short.cor line 1", "cut short"]);
    fs::write(dir.join("empty.cor"), "").unwrap();
    refused(&["report", "empty.cor"], &["empty.cor holds no part"]);
    refused(
        &["merge", "logs/access.log"],
        &["logs/access.log line 1", "no part"],
    );
    refused(&["report", "nowhere.cor"], &["nowhere.cor"]);
    // a byte of the input changes between two attempts at one row
    let log = fs::read_to_string(dir.join("logs/access.log")).unwrap();
    let at = log.rfind("GET /").unwrap();
    fs::write(
        dir.join("logs/access.log"),
        format!("{}PUT /{}", &log[..at], &log[at + 5..]),
    )
    .unwrap();
    let last = (parts.len() - 1).to_string();
    done(
        dir,
        &["summarize", "--plan", "plan", "--row", &last, "-o", "again"],
    );
    let again = fs::read_dir(dir.join("again"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    refused(
        &["merge", of(parts.len() - 1), path_str(&again)],
        &["access.log has changed, bytes"],
    );
    // the file is another one, or shorter
    fs::write(dir.join("logs/access.log"), format!("x{log}")).unwrap();
    refused(
        &["summarize", "--plan", "plan", "-o", "p2"],
        &["access.log has changed", "other bytes"],
    );
    fs::write(dir.join("logs/access.log"), &log[..log.len() - 9]).unwrap();
    refused(
        &["summarize", "--plan", "plan", "-o", "p2"],
        &["access.log has changed", "shorter"],
    );
}

#[test]
fn parts_of_two_plans_are_joined_if_they_ask_for_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    logs(dir);
    done(
        dir,
        &["summarize", "logs/app.log", "-o", "a.cor", "--no-config"],
    );
    done(
        dir,
        &[
            "summarize",
            "logs/newlines.log",
            "-o",
            "b.cor",
            "--no-config",
        ],
    );
    let both = forms(dir, &["report", "b.cor", "a.cor"]);
    assert!(both == forms(dir, &["analyse", "logs/app.log", "logs/newlines.log"]));
    done(
        dir,
        &[
            "summarize",
            "logs/newlines.log",
            "-o",
            "c.cor",
            "--slo",
            "99%",
            "--no-config",
        ],
    );
    let (code, _, err) = say(dir, &["report", "a.cor", "c.cor"]);
    assert!(code == 2 && err.contains("different settings"), "{err}");
    fs::create_dir(dir.join("other")).unwrap();
    fs::copy(dir.join("logs/newlines.log"), dir.join("other/app.log")).unwrap();
    done(
        dir,
        &["summarize", "other/app.log", "-o", "d.cor", "--no-config"],
    );
    let (code, _, err) = say(dir, &["report", "a.cor", "d.cor"]);
    assert!(
        code == 2 && err.contains("app.log") && err.contains("--name-root"),
        "{err}"
    );
}

#[test]
fn parts_that_travel_hold_no_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let line = "2026-05-01 12:00:01,120 ERROR [main] c.e.Shop - login of ada@example.org failed password=hunter22 user=grace\n";
    fs::write(dir.join("a.log"), line.repeat(30)).unwrap();
    done(
        dir,
        &["summarize", "a.log", "-o", "open.cor", "--no-config"],
    );
    done(
        dir,
        &[
            "summarize",
            "a.log",
            "-o",
            "shut.cor",
            "--redact",
            "--no-config",
        ],
    );
    let read = |n: &str| fs::read_to_string(dir.join(n)).unwrap();
    assert!(
        read("open.cor").contains("hunter22"),
        "a part is as secret as its logs"
    );
    let shut = read("shut.cor");
    let gone = ["hunter22", "ada@", "grace"];
    assert!(gone.iter().all(|w| !shut.contains(w)));
    assert!(shut.contains("«person-"));
    for option in ["--no-redact", "--show-names", "--raw-evidence"] {
        let (code, _, err) = say(dir, &["report", "shut.cor", option]);
        assert!(
            code == 2 && err.contains(option) && err.contains("--redact"),
            "{err}"
        );
    }
    done(dir, &["report", "shut.cor"]);
    for name in ["open.cor", "shut.cor"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn rows_that_cannot_be_read_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    logs(dir);
    let plan = done(dir, &["plan", "logs/app.log", "--no-config"]);
    fs::write(dir.join("plan"), &plan).unwrap();
    let refused = |args: &[&str], why: &str| {
        let (code, _, err) = say(dir, args);
        assert!(code == 2 && err.contains(why), "{err}");
    };
    refused(
        &["summarize", "--plan", "plan", "--row", "9", "-o", "p"],
        "the plan has 1 rows",
    );
    refused(&["summarize", "--plan", "plan"], "add -o DIR");
    refused(
        &["summarize", "--plan", "plan", "--shard", "8/8", "-o", "p"],
        "0/8",
    );
    let other = plan.replace(
        concat!("\"coroner\":\"", env!("CARGO_PKG_VERSION")),
        "\"coroner\":\"0.0.9",
    );
    refused(&["summarize", "--plan-row", &other], "coroner 0.0.9");
    refused(&["summarize", "--plan-row", "{}"], "is no row of a plan");
    let inside_out = plan.replace("\"off\":0", "\"off\":99999999");
    refused(
        &["summarize", "--plan-row", &inside_out],
        "contradicts itself",
    );
    refused(&["plan", "logs", "--since", "-3h"], "2023-05-01T12:30:00Z");
}
