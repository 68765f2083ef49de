//! Every sample of a format alone, as a user would give it: counts, first and last stamp as `tests/data/formats_index.tsv` lists
//! them, and the markers of `tests/data/formats_expect.tsv`. The tables were made by hand and with expressions in another language.

use crate::common::{epoch, folder, list, path_str, repo, report_on};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Stated kinds are judged, and the inferred changes of version.
const MEASURED: [&str; 13] = [
    "first_5xx",
    "onset",
    "new_error",
    "peak",
    "partial_recovery",
    "relapse",
    "recovery",
    "traffic_drop",
    "silence_start",
    "silence_finish",
    "masked_failover",
    "clock_step",
    "host_start",
];

/// Where a table is wrong, what is found instead, to the last row; each with the reason.
const TABLE_IS_WRONG: &[(&str, &[&str])] = &[
    // The answers carry `X-App-Version` 4.1.0, then 4.2.0 from line 10 on and 4.1.0 again from line 28 on. The table lists these
    // changes for the JSON log of the same server at the same instants, and forgets them for its console log.
    (
        "caddy_console.log",
        &[
            "wrong version_change \"2026-11-20T06:33:23.706+00:00\" [10]",
            "wrong version_change \"2026-11-20T06:33:47.992+00:00\" [28]",
        ],
    ),
    // HAProxy captures the header as `{4.2.0}`: the table lists the changes for the files that rsyslog wrote of the same lines,
    // and forgets them for the two captures of the wire.
    (
        "wire_3164_nginx_haproxy.log",
        &[
            "wrong version_change \"2026-11-20T06:33:23.646+00:00\" [44]",
            "wrong version_change \"2026-11-20T06:33:47.949+00:00\" [88]",
        ],
    ),
    (
        "wire_5424_haproxy.log",
        &[
            "wrong version_change \"2026-11-20T06:33:23.646+00:00\" [24]",
            "wrong version_change \"2026-11-20T06:33:47.949+00:00\" [49]",
        ],
    ),
];

fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(repo("tests/data").join(name)).unwrap();
    let mut rows = text.lines().map(|l| l.split('\t').map(str::to_owned));
    let head: Vec<String> = rows.next().unwrap().collect();
    rows.map(|r| head.iter().cloned().zip(r).collect())
        .collect()
}

/// Seconds since 1970 of a time in the tables (digits without a zone count as UTC), and the unit of its last digit.
fn written(s: &str) -> Option<(f64, f64)> {
    let utc = if s.ends_with('Z') {
        s.to_owned()
    } else {
        format!("{s}Z")
    };
    let t = chrono::DateTime::parse_from_rfc3339(&utc).ok()?;
    let digits = s
        .trim_end_matches('Z')
        .rsplit_once('.')
        .map_or(0, |(_, d)| d.len());
    let unit = match digits {
        0 => 1.0,
        n => 10f64.powi(-(n.min(6) as i32)).max(2e-6),
    };
    Some((t.timestamp_micros() as f64 / 1e6, unit))
}

fn near(got: &Value, want: &str) -> bool {
    let (Some(got), Some((want, unit))) = (got.as_str().and_then(|_| epoch(got)), written(want))
    else {
        return false;
    };
    (got - want).abs() <= unit
}

/// `7` or `8-11`.
fn span(s: &str) -> (u64, u64) {
    let (a, b) = s.split_once('-').unwrap_or((s, s));
    (a.parse().unwrap(), b.parse().unwrap())
}

fn rows(report: &Value) -> Vec<&Value> {
    let incidents = list(&report["incidents"]).iter();
    let own = incidents.flat_map(|i| list(&i["timeline"]));
    list(&report["timeline"]).iter().chain(own).collect()
}

fn fits(want: &BTreeMap<String, String>, row: &Value) -> bool {
    let (from, to) = span(&want["line"]);
    let class = want["class"] == "-" || row["class"] == want["class"].as_str();
    let cited = list(&row["evidence"]).iter().any(|e| {
        let first = e["line"].as_u64().unwrap_or(0);
        let last = e["end_line"].as_u64().unwrap_or(first).min(first + 500);
        first <= to && last >= from
    });
    let timed = match want["time_utc"].as_str() {
        "-" => row["time"].is_null(),
        time => near(&row["time"], time),
    };
    row["kind"] == want["kind"].as_str() && class && cited && timed
}

/// What is wrong with one sample.
fn faults(row: &BTreeMap<String, String>, expected: &[BTreeMap<String, String>]) -> Vec<String> {
    let file = &row["file"];
    let path = repo("tests/data/formats").join(file);
    let report = report_on(&[path_str(&path), "--assume-tz", "UTC", "--year", "2026"]);
    let mut faults = Vec::new();
    let input = &report["inputs"][0];
    for (key, column) in [("records", "records"), ("failed", "final_5xx")] {
        if let Ok(want) = row[column].parse::<u64>()
            && input[key].as_u64() != Some(want)
        {
            faults.push(format!("{file}: {key} {}, must {want}", input[key]));
        }
    }
    for (key, column) in [("first", "first_utc"), ("last", "last_utc")] {
        let want = &row[column];
        // a time with a word behind it is that of a clock which is wrong
        let exact = want.ends_with(|c: char| c == 'Z' || c.is_ascii_digit());
        if want.starts_with('2') && exact && !near(&input[key], want) {
            faults.push(format!("{file}: {key} {}, must {want}", input[key]));
        }
    }
    let got = rows(&report);
    let own: Vec<_> = expected
        .iter()
        .filter(|e| e["file"] == *file && e["kind"] != "none")
        .collect();
    // of the rows of a group one is enough
    let mut groups: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (i, e) in own
        .iter()
        .enumerate()
        .filter(|(_, e)| e["need"] == "required")
    {
        let name = if e["group"] == "-" {
            format!("#{i}")
        } else {
            e["group"].clone()
        };
        groups.entry(name).or_default().push(*e);
    }
    for g in groups.values() {
        if !g.iter().any(|e| got.iter().any(|r| fits(e, r))) {
            let e = g[0];
            faults.push(format!(
                "{file}: missed {} {} line {}",
                e["kind"], e["time_utc"], e["line"]
            ));
        }
    }
    for r in &got {
        let kind = r["kind"].as_str().unwrap();
        if !MEASURED.contains(&kind) && !own.iter().any(|e| fits(e, r)) {
            let lines = list(&r["evidence"]).iter().map(|e| e["line"].as_u64());
            let lines: Vec<u64> = lines.map(Option::unwrap_or_default).collect();
            faults.push(format!("{file}: wrong {kind} {} {lines:?}", r["time"]));
        }
    }
    faults
}

#[test]
fn every_sample_gives_its_counts_stamps_and_markers() {
    let (index, expected) = (table("formats_index.tsv"), table("formats_expect.tsv"));
    let here = |file: &str| repo("tests/data/formats").join(file).exists();
    let mut wrong = Vec::new();
    let (mut seen, mut judged) = (0, 0);
    for row in index.iter().filter(|r| here(&r["file"])) {
        let found = faults(row, &expected);
        seen += 1;
        match TABLE_IS_WRONG.iter().find(|(f, _)| *f == row["file"]) {
            None => wrong.extend(found),
            Some((file, instead)) => {
                let instead: Vec<String> = instead.iter().map(|i| format!("{file}: {i}")).collect();
                assert_eq!(found, instead);
                judged += 1;
            }
        }
    }
    assert!(seen >= 90, "{seen}");
    assert_eq!(
        judged,
        TABLE_IS_WRONG.len(),
        "each sample with a wrong table is there"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One failure of 21 s, captured by four proxies in sixteen shapes: file and failed requests.
const ONE_FAILURE: [(&str, u64); 16] = [
    ("nginx_combined.log", 18),
    ("nginx_main.log", 18),
    ("nginx_timed.log", 18),
    ("nginx_ingress.log", 18),
    ("nginx_vhost.log", 18),
    ("nginx_json.log", 18),
    ("apache_common.log", 18),
    ("apache_combined.log", 18),
    ("apache_vhost_combined.log", 18),
    ("apache_custom_timed.log", 18),
    ("caddy_access.jsonl", 18),
    ("caddy_console.log", 18),
    ("haproxy_rsyslog_traditional.log", 20),
    ("haproxy_rsyslog_iso.log", 20),
    ("haproxy_rsyslog_5424.log", 20),
    ("haproxy_rsyslog_json.log", 20),
];

#[test]
fn all_captures_of_one_failure_agree() {
    let mut files: Vec<(std::path::PathBuf, u64)> = ONE_FAILURE
        .iter()
        .map(|(file, failed)| (repo("tests/data/formats").join(file), *failed))
        .collect();
    // HAProxy has two more: one request of its own, and one that nginx logs as given up by the client
    let bare = folder(&[(
        "haproxy.log",
        &without_syslog("haproxy_rsyslog_traditional.log"),
    )]);
    files.push((bare.path().join("haproxy.log"), 20));
    for (path, failed) in files {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = report_on(&[path_str(&path), "--assume-tz", "UTC", "--year", "2026"]);
        assert_eq!(list(&report["incidents"]), [] as [Value; 0], "{file}");
        let blips = list(&report["blips"]);
        assert!(!blips.is_empty(), "{file}: no blip");
        let sum: u64 = blips.iter().map(|b| b["failed"].as_u64().unwrap()).sum();
        assert_eq!(sum, failed, "{file}");
        let times = |key: &str| {
            blips
                .iter()
                .map(|b| epoch(&b[key]).unwrap())
                .collect::<Vec<_>>()
        };
        let start = times("start").into_iter().fold(f64::MAX, f64::min);
        let end = times("end").into_iter().fold(f64::MIN, f64::max);
        // 2026-11-20T06:33:23Z to 06:33:44Z, which the script that drove the proxies wrote down
        assert!(
            (start - 1_795_156_403.0).abs() <= 1.0,
            "{file}: starts {start}"
        );
        assert!((end - 1_795_156_424.0).abs() <= 1.0, "{file}: ends {end}");
    }
}

/// The lines of HAProxy in a file of syslog, without its heads.
fn without_syslog(file: &str) -> String {
    let text = fs::read_to_string(repo("tests/data/formats").join(file)).unwrap();
    let texts = text.lines().filter(|l| l.contains(" haproxy["));
    texts
        .map(|l| l.split_once("]: ").unwrap().1)
        .collect::<Vec<_>>()
        .join("\n")
}
