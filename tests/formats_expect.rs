//! Samples of pagers, deploy tools and wrappers through the whole program, against tables written by hand: number of records and
//! failures, first and last time, and every marker with kind, class, line and time; none that the table does not allow.
//! `tests/data/expect/index.tsv` and `markers.tsv` say what must come out.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use chrono::{DateTime, NaiveDateTime};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

type Row = BTreeMap<String, String>;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn table(name: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(data().join("expect").join(name)).unwrap();
    let mut lines = text
        .lines()
        .map(|l| l.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    lines
        .map(|l| head.iter().cloned().zip(l).collect())
        .collect()
}

/// The report of a sample alone. Wall digits and UTC digits agree with these options; lines without a year are those of 2026.
fn report(file: &str) -> Value {
    let path = [data().join("formats").join(file), data().join(file)]
        .into_iter()
        .find(|p| p.exists())
        .unwrap();
    let out = tempfile::NamedTempFile::new().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_coroner"))
        .arg(path)
        .args(["--assume-tz", "UTC", "--year", "2026", "--json"])
        .arg(out.path())
        .output()
        .unwrap();
    assert!(status.status.code().is_some(), "{file}");
    serde_json::from_slice(&std::fs::read(out.path()).unwrap()).unwrap()
}

/// Seconds since 1970 of a time in a report or table, read as UTC where it has no zone; and the unit of its last digit.
fn seconds(text: &str) -> Option<(f64, f64)> {
    let at = DateTime::parse_from_rfc3339(text)
        .map(|t| (t.timestamp(), t.timestamp_subsec_nanos()))
        .or_else(|_| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|t| {
                (
                    t.and_utc().timestamp(),
                    t.and_utc().timestamp_subsec_nanos(),
                )
            })
        })
        .ok()?;
    let digits = text
        .split_once('.')
        .map_or(0, |(_, f)| f.bytes().take_while(u8::is_ascii_digit).count());
    let unit = 10f64.powi(-(digits.min(6) as i32)).max(2e-6);
    Some((at.0 as f64 + f64::from(at.1) * 1e-9, unit))
}

fn same(got: &Value, want: &str) -> bool {
    match (got.as_str().and_then(seconds), seconds(want)) {
        (Some(g), Some(w)) => (g.0 - w.0).abs() <= w.1,
        _ => false,
    }
}

/// Whether a row of the report is the marker of a row of the table.
fn fits(row: &Value, want: &Row) -> bool {
    let (first, last) = want["line"]
        .split_once('-')
        .unwrap_or((&want["line"], &want["line"]));
    let (Ok(first), Ok(last)) = (first.parse::<u64>(), last.parse::<u64>()) else {
        return false;
    };
    let on_line = |e: &Value| {
        let from = e["line"].as_u64().unwrap_or(0);
        let to = e["end_line"].as_u64().unwrap_or(from);
        from <= last && to >= first
    };
    let time = match want["time_utc"].as_str() {
        "-" => row["time"].is_null(),
        t => same(&row["time"], t),
    };
    row["kind"] == want["kind"].as_str()
        && (want["class"] == "-" || row["class"] == want["class"].as_str())
        && row["evidence"].as_array().unwrap().iter().any(on_line)
        && time
}

/// Kinds that a line states.
fn is_stated(kind: &str) -> bool {
    use coroner_lines::record::MarkerKind as K;
    let kind = K::from_word(kind).unwrap();
    kind < K::First5xx || kind == K::VersionChange
}

fn faults(file: &str, index: &Row, markers: &[Row]) -> Vec<String> {
    let report = report(file);
    let mut rows: Vec<&Value> = Vec::new();
    let incidents = report["incidents"].as_array().into_iter().flatten();
    let lists = incidents
        .map(|i| &i["timeline"])
        .chain([&report["timeline"]]);
    for r in lists.filter_map(Value::as_array).flatten() {
        if !rows.contains(&r) {
            rows.push(r);
        }
    }
    let wanted: Vec<&Row> = markers
        .iter()
        .filter(|m| m["file"] == file && m["kind"] != "none")
        .collect();
    let mut out = Vec::new();
    for (n, m) in wanted
        .iter()
        .enumerate()
        .filter(|(_, m)| m["need"] == "required")
    {
        let group =
            |o: &Row| m["group"] != "-" && o["group"] == m["group"] && o["need"] == "required";
        let any = wanted
            .iter()
            .enumerate()
            .filter(|(i, o)| *i == n || group(o));
        if !any
            .into_iter()
            .any(|(_, o)| rows.iter().any(|r| fits(r, o)))
        {
            out.push(format!(
                "{file}: missed {} of line {}",
                m["kind"], m["line"]
            ));
        }
    }
    for r in &rows {
        let kind = r["kind"].as_str().unwrap();
        if is_stated(kind) && !wanted.iter().any(|m| fits(r, m)) {
            out.push(format!("{file}: {kind} at {} is wrong", r["time"]));
        }
    }
    let input = &report["inputs"][0];
    for (key, want) in [
        ("records", &index["records"]),
        ("failed", &index["final_5xx"]),
    ] {
        if let Ok(n) = want.parse::<u64>()
            && input[key] != n
        {
            out.push(format!("{file}: {key} {} instead of {n}", input[key]));
        }
    }
    for (key, want) in [("first", &index["first_utc"]), ("last", &index["last_utc"])] {
        if seconds(want).is_some() && !same(&input[key], want) {
            out.push(format!("{file}: {key} {} instead of {want}", input[key]));
        }
    }
    let n = |key: &str| input[key].as_u64().unwrap_or(0);
    if n("lines") != n("parsed") + n("continuation") + n("unparsed") {
        out.push(format!("{file}: lines that are not accounted for"));
    }
    out
}

#[test]
fn samples_say_what_the_tables_say() {
    let markers = table("markers.tsv");
    let index = table("index.tsv");
    assert!(index.len() > 40 && markers.len() > 100);
    let wrong: Vec<String> = index
        .iter()
        .flat_map(|i| faults(&i["file"], i, &markers))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_record_of_a_document_is_cited_with_its_lines() {
    let report = report("k8s_events.json");
    let rows = report["timeline"].as_array().unwrap();
    let start = rows.iter().find(|r| r["kind"] == "deploy_start").unwrap();
    // the first event lies on lines 5 to 28 of the file
    assert_eq!(start["evidence"][0]["line"], 5);
    assert_eq!(start["evidence"][0]["end_line"], 28);
}

/// Wrapped, joined and framed inputs give the same report whatever the size of blocks, the threads and the way of reading.
#[test]
fn the_way_of_reading_changes_nothing() {
    let ways: [&[&str]; 3] = [
        &["--block", "1", "--jobs", "1", "--mmap", "never"],
        &["--block", "70", "--jobs", "2", "--mmap", "always"],
        &["--block", "1048576", "--jobs", "2", "--mmap", "always"],
    ];
    for file in [
        "cri.log",
        "docker_json_file.log",
        "kubectl_prefix.log",
        "journald.jsonl",
        "journald_export.txt",
        "k8s_events.json",
        "loki_query.json",
        "apt_history.log",
        "pager_12h.txt",
        "wire_3164_nginx_haproxy.log",
    ] {
        let reports: Vec<Vec<u8>> = ways
            .iter()
            .map(|way| {
                let out = tempfile::NamedTempFile::new().unwrap();
                let done = Command::new(env!("CARGO_BIN_EXE_coroner"))
                    .arg(data().join("formats").join(file))
                    .args(*way)
                    .arg("--json")
                    .arg(out.path())
                    .output()
                    .unwrap();
                assert!(done.status.success(), "{file} {way:?}");
                std::fs::read(out.path()).unwrap()
            })
            .collect();
        assert!(reports.iter().all(|r| *r == reports[0]), "{file}");
    }
}
