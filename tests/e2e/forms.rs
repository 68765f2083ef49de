//! All forms of one report: they agree on times and numbers, Markdown survives a renderer, and no form shows what it must not.

use super::common::{coroner, path_str, repo, say};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Every form of one run.
struct Forms {
    json: Value,
    md: String,
    html: String,
    screen: String,
}

fn forms(logs: &Path, args: &[&str]) -> Forms {
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name);
    let (json, md, html) = (path("r.json"), path("r.md"), path("r.html"));
    let done = coroner()
        .arg(logs)
        .args(["--json", path_str(&json), "--md", path_str(&md)])
        .args(["--html", path_str(&html), "--width", "120"])
        .args(args)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let read = |p: &Path| fs::read_to_string(p).unwrap();
    Forms {
        json: serde_json::from_str(&read(&json)).unwrap(),
        md: read(&md),
        html: read(&html),
        screen: String::from_utf8(done.stdout).unwrap(),
    }
}

fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[test]
fn all_forms_of_a_sample_say_the_same() {
    for case in ["upgrade-outage", "power-overload", "mixed-clocks"] {
        let f = forms(&repo(&format!("sample-logs/{case}")), &[]);
        let i = &f.json["incidents"][0];
        let clock = |v: &Value| v.as_str().unwrap()[11..19].to_owned();
        let mut said = vec![clock(&i["onset"]), clock(&i["recovery"])];
        said.push(count(i["impact"]["failed"].as_u64().unwrap()));
        let score = i["causes"][0]["score"].as_f64().unwrap().min(0.99);
        said.push(format!("{score:.2}"));
        let lettered = i["timeline"].as_array().unwrap().iter();
        said.extend(
            lettered
                .filter(|e| e["letter"].is_string())
                .map(|e| clock(&e["time"])),
        );
        for s in &said {
            for (form, text) in [("md", &f.md), ("html", &f.html), ("screen", &f.screen)] {
                assert!(
                    text.contains(s.as_str()),
                    "{case}: {s} is not in the {form}"
                );
            }
        }
        assert!(f.html.len() < 300_000, "{case}: {}", f.html.len());
        for host in i["series"]["by_host"].as_array().unwrap() {
            let sum: u64 = host["failed"]
                .as_array()
                .unwrap()
                .iter()
                .map(|n| n.as_u64().unwrap())
                .sum();
            let rows = i["impact"]["by_host"].as_array().unwrap();
            let row = rows.iter().find(|r| r["name"] == host["name"]).unwrap();
            assert!(
                sum >= row["failed"].as_u64().unwrap(),
                "{case}: {}",
                host["name"]
            );
        }
    }
}

#[test]
fn series_of_hosts_and_endpoints_add_up_to_no_more_than_all() {
    let v: Value = forms(&repo("tests/data/drills/pool-leak/logs"), &[]).json;
    let s = &v["incidents"][0]["series"];
    let numbers = |v: &Value| -> Vec<u64> {
        v.as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .collect()
    };
    for by in ["by_host", "by_endpoint"] {
        for what in ["requests", "failed"] {
            let all = numbers(&s[what]);
            let mut sum = vec![0; all.len()];
            for lane in s[by].as_array().unwrap() {
                let lane = numbers(&lane[what]);
                assert_eq!(lane.len(), all.len());
                sum.iter_mut().zip(lane).for_each(|(s, n)| *s += n);
            }
            assert!(sum.iter().zip(&all).all(|(a, b)| a <= b), "{by} {what}");
        }
    }
}

/// What cmark-gfm makes of a text, raw HTML allowed; `None` where it is not installed.
fn rendered(md: &str) -> Option<String> {
    let mut child = Command::new("cmark-gfm")
        .args([
            "--unsafe",
            "-e",
            "table",
            "-e",
            "autolink",
            "-e",
            "strikethrough",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child
        .stdin
        .take()
        .unwrap()
        .write_all(md.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    Some(String::from_utf8(out.stdout).unwrap())
}

/// Logs of an outage in which everything that can be a name or a text is hostile.
fn hostile_logs() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let rows = fs::read_to_string(repo("tests/data/hostile.tsv")).unwrap();
    let texts: Vec<&str> = rows
        .lines()
        .skip(1)
        .map(|l| l.split('\t').nth(1).unwrap())
        .collect();
    let mut log = String::new();
    for s in 0..5400 {
        let bad = (1800..3000).contains(&s);
        let text = texts[s % texts.len()].replace('"', "'");
        let path = text.replace(' ', "_");
        log.push_str(&format!(
            "203.0.113.{} - - [04/Mar/2024:{:02}:{:02}:{:02} +0000] \"GET /{path} HTTP/1.1\" {} 9 \"-\" \"{text}\"\n",
            s % 200,
            8 + s / 3600,
            s / 60 % 60,
            s % 60,
            if bad { 502 } else { 200 }
        ));
    }
    fs::write(dir.path().join("a|`b`<i>.log"), log).unwrap();
    let mut app = String::new();
    for (n, text) in texts.iter().enumerate() {
        let s = 1801 + n * 3;
        app.push_str(&format!(
            "2024-03-04T{:02}:{:02}:{:02}Z ERROR shop {text}\n",
            8 + s / 3600,
            s / 60 % 60,
            s % 60
        ));
    }
    fs::write(dir.path().join("app.log"), app).unwrap();
    dir
}

#[test]
fn a_renderer_of_markdown_sees_tables_and_no_markup_from_logs() {
    if rendered("x").is_none() {
        println!("cmark-gfm is not installed: not tried");
        return;
    }
    let hostile = hostile_logs();
    let cells = regex::Regex::new(r"(?s)<tr>(.*?)</tr>").unwrap();
    for t in [
        "default",
        "google",
        "pagerduty",
        "atlassian",
        "gitlab",
        "seed",
    ] {
        let f = forms(hostile.path(), &["--template", t]);
        assert_eq!(f.json["verdict"], "incident");
        let html = rendered(&f.md).unwrap();
        for no in [
            "<script",
            "<img",
            "<i>",
            "onerror=alert(1)>",
            "href=\"javascript",
            "<del>",
            "\u{1b}",
        ] {
            assert!(!html.contains(no), "{t}: {no}");
        }
        assert!(!html.contains("<a href"), "{t}: a link from a log");
        for table in html.split("<table>").skip(1) {
            let table = table.split("</table>").next().unwrap();
            let widths: Vec<usize> = cells
                .captures_iter(table)
                .map(|c| c[1].matches("</t").count())
                .collect();
            assert!(widths.windows(2).all(|w| w[0] == w[1]), "{t}: {widths:?}");
        }
        let fences = f.md.lines().filter(|l| l.starts_with("```")).count();
        assert_eq!(fences % 2, 0, "{t}");
    }
    let f = forms(&repo("sample-logs/upgrade-outage"), &[]);
    let html = rendered(&f.md).unwrap();
    let rows = f.json["incidents"][0]["timeline"].as_array().unwrap().len();
    assert!(html.matches("<tr>").count() > rows / 2 && html.contains("<h2>Suspected causes</h2>"));
}

#[test]
fn no_form_shows_what_is_hostile_as_it_is() {
    let hostile = hostile_logs();
    let f = forms(hostile.path(), &[]);
    assert!(!f.html.contains("<script>") && !f.html.contains("<img "));
    for text in [&f.md, &f.html, &f.screen] {
        let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.contains(bad));
    }
    assert!(
        f.screen
            .lines()
            .all(|l| !l.starts_with("::") && !l.contains("##["))
    );
}

#[test]
fn people_secrets_and_addresses_are_shown_only_where_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = String::new();
    for s in 0..3600 {
        let status = if (1200..1800).contains(&s) { 500 } else { 200 };
        log.push_str(&format!(
            "198.51.100.{} - - [04/Mar/2024:08:{:02}:{:02} +0000] \"GET /x?token=abc{:08} HTTP/1.1\" {status} 9 \"-\" \"m\"\n",
            s % 90,
            s / 60,
            s % 60,
            s
        ));
    }
    fs::write(dir.path().join("edge.log"), log).unwrap();
    fs::write(
        dir.path().join("deploy.log"),
        "2024-03-04T08:19:50Z deployctl[1]: deploy start service=shop version=2.0.0 by=amara mail=amara@shop.example\n2024-03-04T08:29:00Z deployctl[1]: rollback start service=shop to=1.9.0 by=amara\n",
    )
    .unwrap();
    let all = |args: &[&str]| {
        let f = forms(dir.path(), args);
        [f.json.to_string(), f.md, f.html, f.screen].concat()
    };
    let text = all(&[]);
    for hidden in [
        "amara",
        "198.51.100.30",
        "abc00001200",
        "Not redacted",
        "raw_b64",
    ] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(
        text.contains("by=«user-1»")
            && text.contains("198.51.100.x")
            && text.contains("token=«secret»")
    );
    let text = all(&["--show-names"]);
    assert!(
        text.contains("by=amara") && !text.contains("amara@shop") && !text.contains("abc00001200")
    );
    let text = all(&["--show-addresses"]);
    assert!(
        text.contains("198.51.100.")
            && !text.contains("198.51.100.x")
            && !text.contains("by=amara")
    );
    let text = all(&["--no-redact"]);
    assert!(text.contains("token=abc0000") && text.contains("amara@shop.example"));
    for form in ["**Not redacted", "<strong>Not redacted", "!  Not redacted"] {
        assert!(text.contains(form), "{form}");
    }
    let f = forms(dir.path(), &["--raw-evidence"]);
    let e = &f.json["incidents"][0]["timeline"][0]["evidence"][0];
    assert!(e["raw_b64"].is_string(), "{e}");
    assert!(f.screen.contains("With raw evidence"));
}

/// Secrets of several kinds go from every form, and from parts that may travel; the words around them stay.
#[test]
fn no_form_and_no_part_that_may_travel_holds_a_secret() {
    let table = include_str!("../data/redaction.tsv");
    let rows = table
        .lines()
        .skip(1)
        .map(|l| l.split('\t').collect::<Vec<_>>());
    // a few digits stand in the offsets of a part, too
    let short = |s: &str| s.len() < 4 || s.len() < 6 && s.bytes().all(|b| b.is_ascii_digit());
    let go: Vec<_> = rows.filter(|f| f[1] != "-" && !short(f[1])).collect();
    let dir = tempfile::tempdir().unwrap();
    let error = |n: usize, text: &str| {
        format!(
            "2024-05-01T11:{:02}:{:02}.000Z ERROR app: {text}\n",
            n / 60,
            n % 60
        )
    };
    // many kinds at once: the part holds them all
    let all: String = go.iter().enumerate().map(|(n, f)| error(n, f[0])).collect();
    fs::write(dir.path().join("all.log"), all).unwrap();
    let part = ["summarize", "all.log", "--redact", "-o", "all.cor"];
    assert_eq!(say(dir.path(), &part).0, 0);
    let part = String::from_utf8_lossy(&fs::read(dir.path().join("all.cor")).unwrap()).into_owned();
    assert!(part.matches('«').count() > go.len());
    for f in &go {
        assert!(!part.contains(f[1]), "{f:?}");
    }
    // one at a time: the report is about it
    for f in go.iter().step_by(go.len() / 2) {
        let quiet = (0..1800)
            .step_by(60)
            .map(|n| error(n, "x").replace("ERROR app: x", "INFO app: idle"));
        let log: String = quiet.chain((1800..1830).map(|n| error(n, f[0]))).collect();
        fs::write(dir.path().join("one.log"), log).unwrap();
        for args in [
            "one.log",
            "one.log -v --color never",
            "one.log --as html",
            "one.log --as md",
            "one.log --as md --template google",
            "one.log --as csv",
            "one.log --as json",
            "timeline one.log --as table",
            "timeline one.log --as tsv",
            "timeline one.log --as jsonl",
            "timeline one.log --as md",
            "explain e1 one.log",
        ] {
            let args: Vec<_> = args.split(' ').collect();
            let (_, out, err) = say(dir.path(), &args);
            assert!(
                out.contains('«') && !(out + &err).contains(f[1]),
                "{args:?} {f:?}"
            );
        }
    }
}
