//! What holds for every report: sums are totals, every citation is a line that says so, and all forms of one run show the
//! same numbers and times. Over the samples and the drills of the repository, each run once with every form.

use crate::common::{FOLDERS, citations, coroner, list, path_str, repo, unpacked};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

struct Forms {
    json: Value,
    md: String,
    html: String,
    csv: String,
    screen: String,
}

fn forms(logs: &Path) -> Forms {
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name);
    let names = ["r.json", "r.md", "r.html", "r.csv"].map(path);
    let done = coroner()
        .arg(logs)
        .args(names.iter().flat_map(|n| ["-o", path_str(n)]))
        .args(["--width", "140"])
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let [json, md, html, csv] = names.map(|n| fs::read_to_string(n).unwrap());
    Forms {
        json: serde_json::from_str(&json).unwrap(),
        md,
        html,
        csv,
        screen: String::from_utf8(done.stdout).unwrap(),
    }
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let cut = digits.len() % 3;
    let mut parts: Vec<&str> = Vec::new();
    if cut > 0 {
        parts.push(&digits[..cut]);
    }
    parts.extend((cut..digits.len()).step_by(3).map(|i| &digits[i..i + 3]));
    parts.join(",")
}

/// Sums of the breakdowns, of the series and of the lines of inputs.
fn sums(json: &Value, of: &str) {
    for i in list(&json["inputs"]) {
        let n = |k: &str| i[k].as_u64().unwrap();
        let parts = ["parsed", "continuation", "unparsed", "out_of_range"].map(n);
        assert_eq!(n("lines"), parts.iter().sum::<u64>(), "{of}: {}", i["name"]);
    }
    for i in list(&json["incidents"]) {
        let m = &i["impact"];
        for by in [
            "by_status",
            "by_endpoint",
            "by_host",
            "by_service",
            "by_version",
        ] {
            for what in ["requests", "failed"] {
                let sum: u64 = list(&m[by]).iter().map(|r| r[what].as_u64().unwrap()).sum();
                let all = m[what].as_u64().unwrap();
                // whole ten-second steps lie within the incident; of a short one those that it touches are counted
                let within = by != "by_status" && !m["counted"].is_null();
                let fits = if within { sum <= all } else { all <= sum };
                assert!(
                    list(&m[by]).is_empty() || fits,
                    "{of}: {by} {what}: {sum}, {}",
                    m[what]
                );
            }
            for r in list(&m[by]) {
                let [n, f] = ["requests", "failed"].map(|k| r[k].as_u64().unwrap());
                assert!(f <= n, "{of}: {r}");
                let share = if n == 0 { 0.0 } else { f as f64 / n as f64 };
                assert!(
                    (r["share"].as_f64().unwrap_or(0.0) - share).abs() < 1e-6,
                    "{of}: {r}"
                );
            }
        }
        let phases: f64 = list(&i["phases"])
            .iter()
            .map(|p| p["seconds"].as_f64().unwrap())
            .sum();
        if let Some(all) = i["durations"]["recover_s"].as_f64() {
            assert!((phases - all).abs() < 1e-6, "{of}: {phases} {all}");
        }
    }
}

/// Every citation is a line of the file that it names, and what is quoted stands there.
fn cited(json: &Value, logs: &Path, of: &str) {
    let mut all = Vec::new();
    citations(json, String::new(), &mut all);
    assert!(!all.is_empty() || list(&json["incidents"]).is_empty());
    let mut files: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for (path, v) in all {
        let input = v["input"].as_u64().unwrap();
        let bytes = files.entry(input).or_insert_with(|| {
            let name = json["inputs"][input as usize]["name"].as_str().unwrap();
            unpacked(&logs.join(name))
        });
        let (line, byte) = (
            v["line"].as_u64().unwrap(),
            v["byte"].as_u64().unwrap() as usize,
        );
        let before = memchr::memchr_iter(b'\n', &bytes[..byte]).count() as u64;
        assert_eq!(before + 1, line, "{of}{path}: {v}");
        let rest = &bytes[byte..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        assert!(end > 0, "{of}{path}: cites an empty line");
        let Some(excerpt) = v["excerpt"].as_str() else {
            continue;
        };
        // words of the excerpt that nothing was taken out of stand in the line
        let text = String::from_utf8_lossy(&rest[..end]);
        let words = excerpt
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| w.len() > 5);
        let (mut there, mut n) = (0, 0);
        for w in words {
            n += 1;
            there += usize::from(text.contains(w));
        }
        assert!(there * 10 >= n * 8, "{of}{path}: {excerpt}\n{text}");
    }
}

/// What one form shows must be what the JSON holds.
fn agree(f: &Forms, of: &str) {
    let clock = |v: &Value| v.as_str().unwrap()[11..19].to_owned();
    let texts = [("md", &f.md), ("html", &f.html), ("screen", &f.screen)];
    for i in list(&f.json["incidents"]) {
        let mut said = vec![clock(&i["onset"])];
        said.extend(i["recovery"].as_str().map(|_| clock(&i["recovery"])));
        if let Some(n) = i["impact"]["failed"].as_u64() {
            said.push(grouped(n));
        }
        let lettered = list(&i["timeline"])
            .iter()
            .filter(|e| e["letter"].is_string());
        for e in lettered.clone() {
            said.push(clock(&e["time"]));
            let (letter, at) = (e["letter"].as_str().unwrap(), clock(&e["time"]));
            let row =
                |l: &str| l.starts_with(letter) && l.get(2..).is_some_and(|l| l.starts_with(&at));
            assert!(f.screen.lines().any(row), "{of}: {letter} {at}");
        }
        for (form, text) in &texts {
            for s in &said {
                assert!(text.contains(s.as_str()), "{of}: {s} is not in the {form}");
            }
        }
        let m = &i["impact"];
        if let (Some(n), Some(k)) = (m["requests"].as_u64(), m["failed"].as_u64()) {
            let both = format!("| requests failed | {} of {} (", grouped(k), grouped(n));
            assert!(f.md.contains(&both), "{of}: {both}");
            let both = format!("{} of {} requests", grouped(k), grouped(n));
            assert!(
                f.html.contains(&both) || f.html.contains(&grouped(n)),
                "{of}: {both}"
            );
        }
        // the table of the chart holds the series, number by number
        let row = r#"<tr><td>[^<]*</td><td class="n">([0-9,]+)</td><td class="n">([0-9,]+)</td>"#;
        let rows = regex::Regex::new(row).unwrap();
        let table: Vec<(u64, u64)> = rows
            .captures_iter(&f.html)
            .map(|c| [&c[1], &c[2]].map(|n| n.replace(',', "").parse().unwrap()))
            .map(|[n, k]| (n, k))
            .collect();
        let sum = |k: &str| -> u64 {
            list(&i["series"][k])
                .iter()
                .map(|n| n.as_u64().unwrap())
                .sum()
        };
        if i["series"].is_object() && list(&f.json["incidents"]).len() == 1 {
            assert!(!table.is_empty(), "{of}: the chart has a table");
            let of_table = table.iter().fold((0, 0), |a, r| (a.0 + r.0, a.1 + r.1));
            assert_eq!(
                of_table,
                (sum("requests"), sum("failed")),
                "{of}: the table of the chart"
            );
        }
    }
    // the rows of the list are those of the JSON, time by time and place by place
    let mut want: Vec<String> = Vec::new();
    let mut seen: Vec<(&Value, &Value, &Value)> = Vec::new();
    for e in list(&f.json["incidents"])
        .iter()
        .flat_map(|i| list(&i["timeline"]))
    {
        want.push(format!(
            "{} {}",
            e["time"].as_str().unwrap_or(""),
            e["kind"].as_str().unwrap()
        ));
        seen.push((&e["kind"], &e["time"], &e["evidence"]));
    }
    for e in list(&f.json["timeline"]) {
        if !seen.contains(&(&e["kind"], &e["time"], &e["evidence"])) {
            want.push(format!(
                "{} {}",
                e["time"].as_str().unwrap_or(""),
                e["kind"].as_str().unwrap()
            ));
        }
    }
    let mut got: Vec<String> = f
        .csv
        .lines()
        .skip(1)
        .map(|l| {
            let cells: Vec<&str> = l[1..l.len() - 1].split("\",\"").collect();
            format!("{} {}", cells[0], cells[3])
        })
        .collect();
    want.sort();
    got.sort();
    assert_eq!(got, want, "{of}: rows");
}

#[test]
fn sums_citations_and_forms_agree_in_every_report() {
    for of in FOLDERS {
        let logs = repo(of);
        let f = forms(&logs);
        sums(&f.json, of);
        cited(&f.json, &logs, of);
        agree(&f, of);
    }
}
