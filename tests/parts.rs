//! Merging on real lines: however an input is cut, and in whatever order and grouping its pieces are merged, the part is the
//! same as that of one pass, and so is every byte of the report.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_core::error::Error;
use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::live::Sequel;
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_core::source::{BlockConfig, Cutter, cut};
use coroner_core::summary::Part;
use coroner_core::summary::wire::file::{Parts, Planned, RowDone};
use coroner_infer::infer::{InferConfig, infer};
use coroner_report::report::{Look, REPORTS};
use flate2::read::MultiGzDecoder;
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// Sample files of each framing and kind, with and without zone and year.
const FILES: &[&str] = &[
    "formats/nginx_combined.log",
    "formats/nginx_timed.log",
    "formats/nginx_vhost.log",
    "formats/nginx_json.log",
    "formats/nginx_error.log",
    "formats/postgresql_stderr.log",
    "formats/gunicorn_error.log",
    "formats/logback.log",
    "formats/pino.jsonl",
    "formats/ecs.jsonl",
    "formats/structlog.logfmt",
    "formats/kern.log",
    "formats/systemd_journal_short.log",
    "formats/supervisord.log",
    "formats/capistrano_revisions.log",
    "formats/argocd_controller.log",
    "alertmanager_webhook.jsonl",
    "pager_plain.log",
    "nagios.log",
    "dpkg.log",
    "false_friends.tsv",
];

fn pool() -> Vec<Vec<u8>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut all: Vec<Vec<u8>> = FILES
        .iter()
        .flat_map(|f| {
            let bytes = fs::read(data.join(f)).unwrap();
            let lines: Vec<_> = bytes.split(|c| *c == b'\n').map(<[u8]>::to_vec).collect();
            lines.into_iter().take(60)
        })
        .collect();
    all.extend([
        b"Deploying version 1.2.3 to production".to_vec(),
        b"rollback to 1.2.2 finished".to_vec(),
        b"Traceback (most recent call last):".to_vec(),
        b"  File \"a.py\", line 1, in f".to_vec(),
        b"OSError: [Errno 28] No space left on device".to_vec(),
        b"\xff\xfe nonsense \0".to_vec(),
        b"x".repeat(3000),
    ]);
    all
}

/// A log of random lines of the pool, with or without a newline at its end.
fn log() -> impl Strategy<Value = Vec<u8>> {
    let line = proptest::sample::select(pool());
    (proptest::collection::vec(line, 1..120), any::<bool>()).prop_map(|(lines, end)| {
        let mut all = lines.join(&b'\n');
        if end || all.is_empty() {
            all.push(b'\n');
        }
        all
    })
}

fn planned(name: &str, data: &[u8]) -> Plan {
    let sample = Sampled {
        name: name.into(),
        member: None,
        modified_us: None,
        pieces: vec![data.to_vec()],
    };
    plan(&[sample], &PlanConfig::default()).unwrap()
}

/// Short enough that the longest line of the pool is over it.
const SCAN: ScanConfig = ScanConfig {
    max_line: 2000,
    again: false,
    plain: false,
};

fn part(plan: &Plan, data: &[u8], range: Range<usize>) -> Part {
    part_by(plan, data, range, SCAN)
}

fn part_by(plan: &Plan, data: &[u8], range: Range<usize>, scan: ScanConfig) -> Part {
    let mut s = Scanner::new(plan, 0, range.start as u64, scan);
    s.block(&data[range]);
    s.finish()
}

/// The logs of a folder, with their names, unpacked.
fn logs(folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            logs(&path, out);
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&path).unwrap();
        if let Some(name) = name.strip_suffix(".gz") {
            let mut text = Vec::new();
            MultiGzDecoder::new(&bytes[..])
                .read_to_end(&mut text)
                .unwrap();
            out.push((name.to_owned(), text));
        } else {
            out.push((name.to_owned(), bytes));
        }
    }
}

/// Whatever `fast` does, each grammar read line by line gives the same.
#[test]
fn every_log_read_plainly_gives_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["sample-logs", "tests/data/formats", "tests/data/drills"] {
        logs(&root.join(folder), &mut all);
    }
    // what a request changes is asked of each, however often it comes
    let method = |n: usize| ["GET", "PATCH", "GET", "DELETE"][n % 4];
    let line = |n: usize| {
        let (second, method) = (n / 6 % 60, method(n));
        format!(
            "10.0.0.{} - - [05/Mar/2024:13:00:{second:02} +0000] \"{method} /admin/flags/new_price HTTP/1.1\" 200 17 \"-\" \"x\"\n",
            n % 9
        )
    };
    let changes: String = (0..240).map(line).collect();
    all.push(("changes.log".to_owned(), changes.into_bytes()));
    let plain = ScanConfig {
        plain: true,
        ..SCAN
    };
    let mut records = 0;
    for (name, data) in &all {
        let start = data.len().min(1 << 18);
        let plan = planned(name, &data[..start]);
        let fast = part(&plan, data, 0..data.len());
        assert!(
            fast == part_by(&plan, data, 0..data.len(), plain),
            "{name} is read otherwise"
        );
        records += fast.inputs[&0].accounting.parsed;
    }
    assert!(all.len() > 150 && records > 100_000, "{records}");
}

fn pieces(plan: &Plan, data: &[u8], target: usize) -> Vec<Range<usize>> {
    let input = &plan.inputs[0];
    cut(data, target, |d, at| !input.heads || input.begins_at(d, at))
}

/// The parts of pieces that are read in order.
fn in_order(plan: &Plan, data: &[u8], target: usize) -> Vec<Part> {
    let mut sequel = Sequel::default();
    let read = |r: Range<usize>| {
        let at = (r.start as u64, r.end == data.len());
        sequel.bytes((plan, 0), SCAN, at, &data[r])
    };
    let input = &plan.inputs[0];
    let lines = cut(data, target, |d, at| {
        input.frame.is_some() || input.begins_at(d, at)
    });
    lines.into_iter().map(read).collect()
}

/// The parts of the blocks of a stream of which so many bytes come at a time.
fn as_they_come(plan: &Plan, data: &[u8], push: usize) -> Vec<Part> {
    let input = &plan.inputs[0];
    let mut cutter = Cutter::new(BlockConfig {
        target: 1,
        max_line: SCAN.max_line,
    });
    let mut sequel = Sequel::default();
    let mut parts = Vec::new();
    for (n, some) in data.chunks(push).enumerate() {
        cutter.push(some);
        let last = (n + 1) * push >= data.len();
        if last {
            cutter.end();
        }
        while let Some(block) = cutter.next(Some(&|d: &[u8], at| input.begins_at(d, at))) {
            parts.push(sequel.read((plan, 0), SCAN, &block, last).0);
        }
    }
    parts
}

/// Merges neighbours in the list at random places until one part is left.
fn merged(mut parts: Vec<Part>, at: &[Index]) -> Part {
    let mut step = 0;
    while parts.len() > 1 {
        let i = at[step % at.len()].index(parts.len());
        let a = parts.swap_remove(i);
        let j = at[(step + 1) % at.len()].index(parts.len());
        let b = parts.swap_remove(j);
        parts.push(a.merge(b).unwrap());
        step += 2;
    }
    parts.pop().unwrap()
}

fn reports(part: &Part) -> Vec<String> {
    let report = infer(part, &InferConfig::default());
    let look = Look::default();
    REPORTS.iter().map(|f| f.render(&report, &look)).collect()
}

/// The part as the only row of a plan.
fn file(part: Part) -> Parts {
    let done = RowDone {
        input: 0,
        off: 0,
        len: 1,
        crc32: part.inputs[&0].coverage.crc32(),
    };
    Parts::one(Planned {
        of: 1,
        rows: [(0, done)].into(),
        settings: serde_json::json!({"slo": null}),
        part,
        sha256: [(0, [7; 32])].into(),
    })
}

/// Texts of two streams as a container runtime writes them: where they go to, whether the rest follows, and they.
const TEXTS: &[(&str, bool, &str)] = &[
    (
        "stdout",
        false,
        "2026-03-10 13:05:01 ERROR cannot pay order 7",
    ),
    ("stdout", true, "java.lang.Runtime"),
    ("stdout", false, "Exception: x"),
    ("stderr", false, "listening on 8080"),
    ("stdout", true, "java.lang.Run"),
    ("stderr", false, "all is well"),
    ("stderr", false, "too long"),
    ("stderr", false, "\tat a.B.c(B.java:7)"),
    ("stdout", true, "time"),
    ("stderr", false, "\tat a.B.c(B.java:7)"),
    ("stdout", false, "Exception: y"),
    ("stdout", false, "\tat a.B.c(B.java:7)"),
    ("stderr", true, "2026-03-10 13:05:02 ERROR cannot"),
    ("stdout", false, "ready"),
    ("stderr", false, " pay order 8"),
    ("stderr", false, "Caused by: java.io.IOException: z"),
    ("stdout", true, "this one never"),
];

/// A log in which what was cut is a continuation, or begins a record, only when it is joined.
fn cut_by_runtimes(entry: impl Fn(usize, &str, bool, &str) -> String) -> Vec<u8> {
    let twice = TEXTS.iter().chain(TEXTS).enumerate();
    let long = "x".repeat(SCAN.max_line);
    let lines = twice
        .map(|(n, (stream, more, text))| entry(n, stream, *more, &text.replace("too long", &long)));
    lines.collect::<String>().into_bytes()
}

#[test]
fn what_a_runtime_has_cut_is_judged_by_its_whole_text() {
    let cri = cut_by_runtimes(|n, stream, more, text| {
        let tag = if more { "P" } else { "F" };
        format!("2026-03-10T13:05:{n:02}.000000001+00:00 {stream} {tag} {text}\n")
    });
    let docker = cut_by_runtimes(|n, stream, more, text| {
        let text = text.replace('\t', "\\t");
        let end = if more { "" } else { "\\n" };
        let at = format!("2026-03-10T13:05:{n:02}.000000001Z");
        format!("{{\"log\":\"{text}{end}\",\"stream\":\"{stream}\",\"time\":\"{at}\"}}\n")
    });
    for data in [cri, docker] {
        assert!(cut_anywhere("pod.log", &data) > 5);
    }
}

/// Examples of what is not understood are the first of the input, not those that are complete first.
#[test]
fn what_is_around_others_comes_before_them() {
    let items: String = (0..6).map(|n| format!("{{\"x\": {n}}},\n")).collect();
    // it breaks off
    let data = format!("{{\"page\": 1, \"items\": [\n{items}");
    assert!(cut_anywhere("items.json", data.as_bytes()) > 5);
}

/// Holds parts of stretches, and of what comes in pieces, against the part of all; the parts that there were at most.
fn cut_anywhere(name: &str, data: &[u8]) -> usize {
    let plan = planned(name, data);
    let whole = in_order(&plan, data, data.len()).pop().unwrap();
    let all = |parts: Vec<Part>| parts.into_iter().reduce(|a, b| a.merge(b).unwrap());
    let mut most = 0;
    for target in (1..data.len()).step_by(9) {
        let parts = in_order(&plan, data, target);
        most = most.max(parts.len());
        assert_eq!(all(parts).unwrap(), whole, "blocks of {target}");
        let parts = as_they_come(&plan, data, target);
        assert_eq!(all(parts).unwrap(), whole, "pushes of {target}");
    }
    most
}

#[test]
fn a_part_of_every_sample_is_written_and_read_back() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut seen = 0;
    for entry in fs::read_dir(data.join("formats")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (true, Ok(bytes)) = (path.is_file(), fs::read(&path)) else {
            continue;
        };
        let plan = planned(&name, &bytes);
        let mut s = Scanner::new(&plan, 0, 0, SCAN);
        s.block(&bytes);
        let parts = file(s.finish());
        let text = parts.text().unwrap();
        assert_eq!(Parts::parse(&text, "x").unwrap(), parts, "{name}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

/// Where numbers stand in a JSON text: those that no letter or digit touches.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let part = |c: u8| c.is_ascii_digit() || c == b'-';
    let mut all = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        if !part(bytes[i]) {
            i += 1;
            continue;
        }
        let from = i;
        while i < bytes.len() && part(bytes[i]) {
            i += 1;
        }
        let before = from.checked_sub(1).map(|j| bytes[j]);
        if matches!(before, Some(b'[' | b',' | b':'))
            && matches!(bytes.get(i), Some(b']' | b',' | b'}'))
        {
            all.push((from, i));
        }
    }
    all
}

#[test]
fn what_is_no_part_is_refused() {
    let plan = planned("a.log", b"2026-01-02T03:04:05Z ERROR x\n");
    let text = file(part(&plan, b"2026-01-02T03:04:05Z ERROR x\n", 0..29))
        .text()
        .unwrap();
    let refused = |text: &str, why: &str| {
        let e = Parts::parse(text, "a.cor line 1").unwrap_err().to_string();
        assert!(e.starts_with("a.cor line 1 ") && e.contains(why), "{e}");
    };
    refused("", "is no part");
    refused("{}", "is no part");
    refused(&text[..text.len() / 2], "is no part");
    refused(&text.replace("ERROR x", "ERROR y"), "checksum");
    refused(
        &text.replace("\"coroner_part\":2", "\"coroner_part\":1"),
        "version 1",
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cutting_order_and_grouping_gives_the_same_part_and_reports(
        data in log(), target in 1usize..6000, at in proptest::collection::vec(any::<Index>(), 1..40),
        name in proptest::sample::select(vec!["app.log", "deploy.log", "pager.log", "access.log"]),
    ) {
        let plan = planned(name, &data);
        let whole = part(&plan, &data, 0..data.len());
        let parts: Vec<Part> = pieces(&plan, &data, target).into_iter().map(|r| part(&plan, &data, r)).collect();
        let joined = merged(parts, &at);
        prop_assert_eq!(&joined, &whole);
        prop_assert_eq!(reports(&joined), reports(&whole));
        let (one, other) = (file(joined), file(whole.clone()));
        let text = one.text().unwrap();
        prop_assert_eq!(&text, &other.text().unwrap(), "equal parts are equal bytes");
        prop_assert_eq!(Parts::parse(&text, "x").unwrap(), other);
        let a = &whole.inputs[&0].accounting;
        prop_assert_eq!(a.lines, a.parsed + a.continuation + a.unparsed + a.out_of_range);
        prop_assert_eq!(a.bytes, data.len() as u64);
    }

    /// Records that are more than lines, or that shippers have cut, begin in one stretch and are counted in another.
    #[test]
    fn stretches_that_are_read_in_order_are_merged_in_any(
        file in proptest::sample::select(vec!["cri.log", "docker_json_file.log", "journald_export.txt", "cloudtrail.json", "prometheus_alerts_range.json"]),
        picks in proptest::collection::vec((any::<Index>(), 1..9usize), 1..40),
        target in 1usize..300, at in proptest::collection::vec(any::<Index>(), 1..40),
    ) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
        let sample = fs::read(folder.join(file)).unwrap();
        let plan = planned(file, &sample);
        // runs of lines that lack those before and behind them, so that what was begun waits for long
        let lines: Vec<&[u8]> = sample.split_inclusive(|c| *c == b'\n').collect();
        let runs = picks.into_iter().flat_map(|(from, n)| lines.iter().skip(from.index(lines.len())).take(n));
        let data: Vec<u8> = runs.flat_map(|l| l.iter().copied()).collect();
        let whole = in_order(&plan, &data, data.len()).pop().unwrap();
        prop_assert_eq!(merged(in_order(&plan, &data, target), &at), whole);
    }

    /// What holds its checksum is believed, but never so far that reading it ends in anything but an error or a report.
    #[test]
    fn a_part_with_other_numbers_is_refused_or_reported(
        data in log(), at in any::<Index>(), more in any::<Index>(),
        number in proptest::sample::select(vec![
            "0", "1", "-1", "63", "64", "255", "256", "4096", "65536", "4294967295", "4294967296", "9007199254740992",
            "9223372036854775807", "-9223372036854775808", "18446744073709551615", "null", "[]", "\"x\"",
        ]),
    ) {
        let plan = planned("access.log", &data);
        let text = file(part(&plan, &data, 0..data.len())).text().unwrap();
        let body = text.find("\"body\":").unwrap() + 7;
        let mut changed = text[body..text.len() - 2].to_owned();
        for at in [at, more] {
            let all: Vec<(usize, usize)> = numbers(&changed);
            let (from, to) = all[at.index(all.len())];
            changed.replace_range(from..to, number);
        }
        let crc = crc32fast::hash(changed.as_bytes());
        let text = format!("{{\"coroner_part\":2,\"crc32\":\"{crc:08x}\",\"body\":{changed}}}\n");
        if let Ok(parts) = Parts::parse(&text, "x") {
            for planned in parts.0.into_values() {
                let twice = planned.part.clone().merge(planned.part.clone());
                prop_assert!(twice.is_ok());
                reports(&planned.part);
            }
        }
    }

    #[test]
    fn merging_is_idempotent_and_refuses_overlap(
        data in log(), target in 1usize..3000, i in any::<Index>(), j in any::<Index>(), k in any::<Index>(),
    ) {
        let plan = planned("app.log", &data);
        let whole = part(&plan, &data, 0..data.len());
        prop_assert_eq!(&whole.clone().merge(whole.clone()).unwrap(), &whole);
        let cuts: Vec<usize> = pieces(&plan, &data, target).iter().map(|r| r.start).chain([data.len()]).collect();
        let mut ends = [i.index(cuts.len()), j.index(cuts.len()), k.index(cuts.len())];
        ends.sort_unstable();
        let [a, b, c] = ends.map(|e| cuts[e]);
        if a < b {
            let some = part(&plan, &data, a..b);
            prop_assert_eq!(&whole.clone().merge(some.clone()).unwrap(), &whole, "a piece of it adds nothing");
            prop_assert_eq!(&some.merge(whole.clone()).unwrap(), &whole);
        }
        // [0, b) and [a, c) share [a, b), and neither holds the other
        if 0 < a && a < b && b < c {
            let overlap = part(&plan, &data, 0..b).merge(part(&plan, &data, a..c));
            let refused = matches!(overlap, Err(Error::Overlap { .. }));
            prop_assert!(refused);
        }
    }
}
