//! `coroner.toml`: every key is in force, an option weighs more, and only the file of the working directory counts.

use crate::common::{coroner, folder, list};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// An hour of requests, ten minutes of which fail, and messages of a program whose lines name no service.
fn logs() -> tempfile::TempDir {
    let access: String = (0..3600)
        .map(|s| {
            let status = if (1200..1800).contains(&s) { 500 } else { 200 };
            let (m, sec) = (s / 60, s % 60);
            format!("198.51.100.{} - - [04/Mar/2024:08:{m:02}:{sec:02} +0000] \"GET /x HTTP/1.1\" {status} 9 \"-\" \"m\"\n", s % 90)
        })
        .collect();
    folder(&[
        ("logs/edge/access.log", &access),
        ("logs/inner/access.log", &access),
        (
            "logs/shop-1/out.log",
            "2024-03-04 10:19:50 INFO deploying version 2.0.0 for customer ACME-4711\n2024-03-04 10:19:55 INFO deployed version 2.0.0\n",
        ),
    ])
}

fn report(dir: &Path, args: &[&str]) -> (Value, String) {
    let out = coroner()
        .current_dir(dir)
        .args(["logs", "--json", "-"])
        .args(args)
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success(), "{err}");
    (serde_json::from_slice(&out.stdout).unwrap(), err)
}

fn settings(dir: &Path, text: &str) {
    fs::write(dir.join("coroner.toml"), text).unwrap();
}

#[test]
fn all_keys_are_in_force_without_a_word() {
    let dir = logs();
    settings(
        dir.path(),
        r#"
tz = "Europe/Paris"
slo = "99.5%"
sensitivity = "high"
edge = ["edge/*"]
assume_tz = { "shop*/*" = "+02:00" }
services.checkout = { match = ["shop-*/*", "*/access.log"] }
redact = { extra = ["ACME-[0-9]+"] }
[audit]
allow = ["claim.swift"]
"#,
    );
    let (r, err) = report(dir.path(), &[]);
    assert_eq!(err, "");
    let s = &r["run"]["settings"];
    assert_eq!(s["zone"], "Europe/Paris");
    assert_eq!(s["slo"], 0.995);
    assert_eq!(s["sensitivity"], "high");
    assert_eq!(s["edge"][0], "edge/*");
    assert_eq!(s["assume_tz"]["shop*/*"], "+02:00");
    assert_eq!(s["services"]["shop-*/*"], "checkout");
    let i = &r["incidents"][0];
    assert!(!i["impact"]["error_budget"].is_null());
    assert_eq!(i["service"], "checkout");
    assert_eq!(i["impact"]["by_service"][0]["name"], "checkout");
    // 600 failed requests, not 1,200: the inner log is not counted
    assert_eq!(i["impact"]["failed"], 600);
    let deploy = list(&i["timeline"])
        .iter()
        .find(|e| e["kind"] == "deploy_start")
        .unwrap();
    assert_eq!(deploy["service"], "checkout");
    assert_eq!(
        deploy["time"], "2024-03-04T09:19:50+01:00",
        "10:19:50 at +02:00, in Paris"
    );
    let text = r.to_string();
    assert!(text.contains("«redacted»") && !text.contains("ACME-4711"));
    let (open, _) = report(dir.path(), &["--no-redact"]);
    assert!(open.to_string().contains("ACME-4711"));
}

#[test]
fn an_option_weighs_more_than_the_file() {
    let dir = logs();
    settings(
        dir.path(),
        "tz = \"+03:00\"\nslo = \"99%\"\nsensitivity = \"low\"\ntemplate = \"seed\"\n",
    );
    let (r, _) = report(
        dir.path(),
        &["--tz", "UTC", "--slo", "99.9%", "--sensitivity", "normal"],
    );
    let s = &r["run"]["settings"];
    assert_eq!(
        (&s["zone"], &s["sensitivity"]),
        (&"+00:00".into(), &"normal".into())
    );
    assert_eq!(s["slo"], 0.999);
    let md = |args: &[&str]| {
        let out = coroner()
            .current_dir(dir.path())
            .args(["logs", "--md", "-"])
            .args(args)
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let seed = md(&["--no-config", "--template", "seed", "--tz", "+03:00"]);
    let by_file = md(&[]);
    let head = |s: &str| {
        s.lines()
            .filter(|l| l.starts_with('#'))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(head(&by_file), head(&seed));
    assert_ne!(head(&by_file), head(&md(&["--template", "default"])));
    settings(dir.path(), "template = \"no-such-template\"\n");
    let out = coroner()
        .current_dir(dir.path())
        .arg("logs")
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn a_file_is_named_by_option_or_environment_and_never_found_beside_the_logs() {
    let dir = logs();
    fs::write(
        dir.path().join("logs/coroner.toml"),
        "sensitivity = \"high\"\n",
    )
    .unwrap();
    let level = |r: &Value| {
        r["run"]["settings"]["sensitivity"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        level(&report(dir.path(), &["--exclude", "*.toml"]).0),
        "normal"
    );
    fs::write(dir.path().join("mine.toml"), "sensitivity = \"low\"\n").unwrap();
    assert_eq!(
        level(&report(dir.path(), &["--config", "mine.toml"]).0),
        "low"
    );
    let by_env = |args: &[&str]| {
        let out = coroner()
            .current_dir(dir.path())
            .env("CORONER_CONFIG", "mine.toml")
            .args(["logs", "--json", "-"])
            .args(args)
            .output()
            .unwrap();
        level(&serde_json::from_slice(&out.stdout).unwrap())
    };
    assert_eq!(by_env(&[]), "low");
    assert_eq!(by_env(&["--no-config"]), "normal");
}

#[test]
fn an_unknown_key_is_an_error_with_a_guess() {
    let dir = logs();
    for (text, says) in [
        ("sensitivty = \"high\"\n", "did you mean sensitivity?"),
        ("[audit]\nallows = []\n", "did you mean allow?"),
        (
            "services.shop = { macth = [\"a\"] }\n",
            "did you mean match?",
        ),
    ] {
        settings(dir.path(), text);
        let out = coroner()
            .current_dir(dir.path())
            .arg("logs")
            .output()
            .unwrap();
        let err = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{err}");
        assert!(err.contains("coroner.toml:") && err.contains(says), "{err}");
        assert!(out.stdout.is_empty());
    }
}
