//! Logs that go on: what is reported while they do, how it ends, and that the end is the report on all of it.

use crate::common::Piped;
use crate::common::{coroner, epoch, files, list, path_str, repo, unpacked};
use crate::schema;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The access log of the edge in a drill.
fn edge(drill: &str) -> Vec<u8> {
    let all = files(&repo(&format!("tests/data/drills/{drill}/logs")));
    let name = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
    let access = all.iter().find(|p| name(p).contains("access"));
    unpacked(access.unwrap_or_else(|| panic!("{drill} has no access log")))
}

fn truth(drill: &str) -> Value {
    let text = fs::read_to_string(repo(&format!("tests/data/drills/{drill}/truth.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Exit code, standard output and standard error of a run on standard input.
pub fn fed(args: &[&str], input: &[u8]) -> (i32, Vec<u8>, String) {
    let out = coroner().args(args).write_stdin(input).output().unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    (out.status.code().unwrap(), out.stdout, err)
}

/// The events that standard input gives.
fn events(input: &[u8]) -> Vec<Value> {
    let (code, out, err) = fed(&["watch", "-", "--json"], input);
    assert_eq!(code, 0, "{err}");
    parsed(&out)
}

/// Events from their lines, each of which satisfies the schema; they are numbered from 1 on.
pub fn parsed(lines: &[u8]) -> Vec<Value> {
    let text =
        fs::read_to_string(repo("crates/report/src/report/schema/watch.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let lines = lines.split(|c| *c == b'\n').filter(|l| !l.is_empty());
    let all: Vec<Value> = lines.map(|l| serde_json::from_slice(l).unwrap()).collect();
    for (n, e) in all.iter().enumerate() {
        assert_eq!(schema::errors(&schema, e), [""; 0], "{e}");
        assert_eq!(e["seq"], n as u64 + 1, "{e}");
    }
    all
}

pub fn of<'a>(all: &'a [Value], event: &str) -> Vec<&'a Value> {
    all.iter().filter(|e| e["event"] == event).collect()
}

/// A minute of requests of which every `each`-th fails (0: none), two in a second.
pub fn minutes(from: u32, to: u32, each: u32) -> String {
    let line = |n: u32| {
        let (s, failed) = (n / 2, each > 0 && n.is_multiple_of(each));
        let status = if failed { 502 } else { 200 };
        format!(
            "198.51.100.{} - - [10/Mar/2026:{:02}:{:02}:{:02} +0000] \"GET /cart/{} HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0\"\n",
            n % 200,
            10 + s / 3600,
            s / 60 % 60,
            s % 60,
            n % 7,
        )
    };
    (from * 120..to * 120).map(line).collect()
}

/// Half an hour of calm, ten minutes of failures, twenty of calm.
pub fn outage() -> String {
    minutes(0, 30, 0) + &minutes(30, 40, 1) + &minutes(40, 60, 0)
}

/// The same lines in another order.
fn shuffled(text: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|c| *c == b'\n').collect();
    let mut x = 88_172_645_463_325_252u64;
    for i in (1..lines.len()).rev() {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        lines.swap(i, (x % (i as u64 + 1)) as usize);
    }
    lines.concat()
}

fn same_as_batch(name: &str, input: &[u8]) {
    let batch = fed(&["-", "--as", "json"], input);
    let watch = fed(&["watch", "-", "--as", "json"], input);
    assert_eq!((batch.0, watch.0), (0, 0), "{name} {} {}", batch.2, watch.2);
    assert!(batch.1 == watch.1, "{name} differs");
}

#[test]
fn the_end_is_the_report_on_the_same_bytes() {
    for drill in ["auth-upgrade", "pool-leak"] {
        for file in files(&repo(&format!("tests/data/drills/{drill}/logs"))) {
            same_as_batch(path_str(&file), &unpacked(&file));
        }
    }
    let edge = edge("two-incidents");
    same_as_batch("two incidents", &edge);
    same_as_batch("in another order", &shuffled(&edge));
    let mut cut = edge;
    cut.truncate(cut.len() - 7);
    same_as_batch("without the last newline", &cut);
}

#[test]
fn standard_output_ends_with_the_view_of_the_report() {
    let log = outage();
    let (_, batch, _) = fed(&["-"], log.as_bytes());
    let (code, watch, err) = fed(&["watch", "-"], log.as_bytes());
    assert_eq!(code, 0, "{err}");
    assert!(watch.ends_with(&batch));
    let rows = String::from_utf8(watch[..watch.len() - batch.len()].to_vec()).unwrap();
    assert!(rows.starts_with("watching stdin\n"), "{rows}");
    assert!(rows.contains("\n10:30:00  suspect   "), "{rows}");
    assert!(
        rows.contains("\n10:39:59  over      recovered at 10:39:59 after 9 min 59 s; "),
        "{rows}"
    );
    assert!(rows.lines().all(|l| l.chars().count() <= 80), "{rows}");
}

#[test]
fn files_asked_for_are_those_of_the_main_job() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let log = outage();
    let args = [
        "-o",
        &path("a.json"),
        "--md",
        &path("a.md"),
        "--html",
        &path("a.html"),
    ];
    let batch = [&["-", "-q"], &args[..]].concat();
    assert_eq!(fed(&batch, log.as_bytes()).0, 0);
    let args = [
        "-o",
        &path("b.json"),
        "--md",
        &path("b.md"),
        "--html",
        &path("b.html"),
    ];
    let (code, out, err) = fed(
        &[&["watch", "-", "--json"], &args[..]].concat(),
        log.as_bytes(),
    );
    assert_eq!(code, 0, "{err}");
    assert_eq!(parsed(&out).last().unwrap()["event"], "end");
    for kind in ["json", "md", "html"] {
        let read = |name: &str| fs::read(path(&format!("{name}.{kind}"))).unwrap();
        assert!(read("a") == read("b"), "{kind}");
    }
}

#[test]
fn an_outage_is_suspected_opened_and_closed() {
    let all = events(outage().as_bytes());
    let one = |event: &str| match of(&all, event)[..] {
        [one] => one,
        ref other => panic!("{event}: {other:?}"),
    };
    let at = |e: &Value, key: &str| epoch(&e[key]).unwrap();
    let onset = at(one("incident_open"), "onset");
    let suspected = one("incident_suspected");
    assert_eq!(suspected["onset"], "2026-03-10T10:30:00+00:00");
    assert!(at(suspected, "seen_at") - onset <= 20.0, "{suspected}");
    // the line of the first failure: two in each of the 1,800 seconds before it
    assert_eq!(suspected["evidence"][0]["line"], 3601);
    let open = one("incident_open");
    assert_eq!(at(open, "seen_at") - onset, 60.0, "{open}");
    let close = one("incident_close");
    assert_eq!(close["recovery"], "2026-03-10T10:39:59+00:00");
    assert_eq!(
        (&close["state"], close["recover_s"].as_f64()),
        (&"recovered".into(), Some(599.0))
    );
    assert_eq!(
        (&close["requests"], &close["failed"]),
        (&1200.into(), &1200.into())
    );
    let updates = of(&all, "incident_update");
    // so few lines that are read at once pay for few
    assert!(updates.len() < 8, "{}", updates.len());
    let names: BTreeSet<&str> = all.iter().filter_map(|e| e["incident"].as_str()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let end = one("end");
    assert_eq!(
        (&end["lines"], &end["incidents"], &end["exit"]),
        (&7200.into(), &1.into(), &0.into())
    );
}

#[test]
fn a_burst_is_retracted_and_a_stated_row_is_reported() {
    let calm = minutes(0, 30, 0);
    let mut log = calm.clone();
    // 40 seconds of failures
    log += &minutes(30, 31, 1)
        .lines()
        .take(80)
        .map(|l| format!("{l}\n"))
        .collect::<String>();
    log += &minutes(31, 60, 0);
    let all = events(log.as_bytes());
    let suspected = of(&all, "incident_suspected");
    let retracted = of(&all, "retraction");
    assert_eq!((suspected.len(), retracted.len()), (1, 1), "{all:#?}");
    assert_eq!(suspected[0]["incident"], retracted[0]["incident"]);
    let why = retracted[0]["why"].as_str().unwrap();
    assert!(why.starts_with("80 failures in 40 s"), "{why}");
    assert!(of(&all, "incident_open").is_empty());
}

#[test]
fn drills_are_suspected_in_time_and_quiet_ones_never() {
    for drill in [
        "auth-upgrade",
        "pool-leak",
        "two-incidents",
        "bot-burst-quiet",
    ] {
        let truth = truth(drill);
        let made = list(&truth["incidents"]);
        let all = events(&edge(drill));
        let suspected = of(&all, "incident_suspected");
        assert_eq!(suspected.len(), made.len(), "{drill}: {suspected:#?}");
        for (got, made) in suspected.iter().zip(made) {
            let onset = made["onset_epoch"].as_f64().unwrap();
            let delay = epoch(&got["seen_at"]).unwrap() - onset;
            assert!((0.0..60.0).contains(&delay), "{drill}: {delay}");
        }
        let closed = of(&all, "incident_close");
        assert_eq!(closed.len(), made.len(), "{drill}");
    }
}
