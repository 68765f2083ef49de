//! What the program wrote is no evidence: every form of output, put among the logs it was made of, changes nothing.

use crate::common::Piped;
use crate::common::*;
use std::fs;
use std::path::Path;

/// Everything that can be written to a file, with the arguments that write it to standard output.
const FORMS: &[(&str, &[&str])] = &[
    ("screen.txt", &["logs"]),
    ("narrow.txt", &["logs", "--width", "60", "--ascii"]),
    ("pm.md", &["logs", "--as", "md"]),
    ("seed.md", &["logs", "--as", "md", "--template", "seed"]),
    ("google.md", &["logs", "--as", "md", "--template", "google"]),
    ("r.html", &["logs", "--as", "html"]),
    ("r.json", &["logs", "--as", "json"]),
    ("r.csv", &["logs", "--as", "csv"]),
    ("slack.json", &["logs", "--as", "slack"]),
    ("timesketch.csv", &["logs", "--as", "timesketch"]),
    ("grafana.jsonl", &["logs", "--as", "grafana"]),
    ("rows.txt", &["timeline", "logs"]),
    ("rows.tsv", &["timeline", "logs", "--as", "tsv"]),
    ("rows.jsonl", &["timeline", "logs", "--as", "jsonl"]),
    ("rows.md", &["timeline", "logs", "--as", "md"]),
    ("all.plan", &["plan", "logs"]),
    ("all.cor", &["summarize", "logs"]),
    ("events.jsonl", &["watch", "--json", "-"]),
    ("audit.txt", &["audit", "pm.md"]),
    ("audit.json", &["audit", "pm.md", "--as", "json"]),
    ("audit.sarif", &["audit", "pm.md", "--as", "sarif"]),
];

const ACCESS: &str = "web/access.log";

/// An outage of ten minutes behind a release, small enough to be analysed a score of times.
fn logs() -> tempfile::TempDir {
    let mut access = String::new();
    for s in 0..3600 {
        let status = if (1800..2400).contains(&s) { 502 } else { 200 };
        let (m, sec) = (s / 60, s % 60);
        for n in 0..2 {
            access.push_str(&format!(
                "203.0.113.{} - - [04/Mar/2025:13:{m:02}:{sec:02} +0000] \"GET /p/{n} HTTP/1.1\" {status} 12 \"-\" \"curl/8\"\n",
                s % 200
            ));
        }
    }
    let deploy = "2025-03-04T13:29:20Z INFO deploy of shop 4.2.0 to production started\n\
                  2025-03-04T13:29:50Z INFO deploy of shop 4.2.0 to production finished\n";
    folder(&[
        (&format!("logs/{ACCESS}"), &access),
        ("logs/ops/deploy.log", deploy),
    ])
}

fn stdout_of(dir: &Path, args: &[&str]) -> String {
    let mut run = coroner();
    let stdin = fs::read(dir.join("logs").join(ACCESS)).unwrap();
    let out = run.current_dir(dir).args(args).write_stdin(stdin).output();
    let text = String::from_utf8(out.unwrap().stdout).unwrap();
    assert!(!text.is_empty(), "{args:?} writes nothing");
    text
}

#[test]
fn every_form_is_left_out_of_the_logs() {
    let dir = logs();
    let before = stdout_of(dir.path(), &["logs", "--as", "json"]);
    let md = stdout_of(dir.path(), &["logs", "--as", "md"]);
    fs::write(dir.path().join("pm.md"), md).unwrap();
    let made: Vec<(&str, String)> = FORMS
        .iter()
        .map(|(name, args)| (*name, stdout_of(dir.path(), args)))
        .collect();
    for (name, text) in &made {
        fs::write(dir.path().join("logs").join(name), text).unwrap();
    }
    let (code, after, err) = say(dir.path(), &["logs", "--as", "json"]);
    assert_eq!(code, 0, "{err}");
    assert!(after == before, "the report changed");
    for (name, _) in &made {
        assert!(
            err.contains(&format!("{name} (")),
            "{name} is not told in: {err}"
        );
    }
    assert_eq!(
        err.matches("left out what coroner wrote").count(),
        1,
        "{err}"
    );
    // as an operand it is refused with the next step
    let (code, _, err) = say(dir.path(), &["logs/all.cor"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("coroner report logs/all.cor"), "{err}");
}
