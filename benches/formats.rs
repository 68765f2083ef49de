//! Lines to records, one group per kind of log. Each group also counts the newlines of the same bytes, so that the ratio
//! to the least that any tool must do can be read from one run; five groups set hand-placed leaves beside `regex`.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod logs;

use coroner::plan::{Plan, PlanConfig, Sampled, plan};
use coroner::scan::{ScanConfig, Scanner};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use logs::{KINDS, Kind};
use regex::bytes::Regex;
use std::hint::black_box;

const BYTES: usize = 2 << 20;

/// The pattern that people write for a kind, with its time, status or level, and text captured.
fn pattern(kind: &Kind) -> Option<&'static str> {
    Some(match kind.name {
        "web: nginx combined" => {
            r#"^(\S+) \S+ \S+ \[([^\]]+)\] "([^"]*)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$"#
        }
        "web: JSON access" => r#""time":"([^"]*)".*"request":"([^"]*)","status":(\d{3})"#,
        "app: logfmt" => r#"ts=(\S+) level=(\S+).*msg="([^"]*)".*status=(\d+)"#,
        "app: time level message" => {
            r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) +(\w+) +\[([^\]]+)\] (\S+) - (.*)$"
        }
        "app: syslog" => r"^(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\[:]+)(?:\[(\d+)\])?: (.*)$",
        _ => return None,
    })
}

fn planned(kind: &Kind, data: &[u8]) -> Plan {
    let sample = Sampled {
        name: kind.file.into(),
        member: None,
        modified_us: None,
        pieces: vec![data[..data.len().min(1 << 16)].to_vec()],
    };
    plan(&[sample], &PlanConfig::default()).expect("a plan")
}

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', data).map(move |nl| {
        let line = &data[from..nl];
        from = nl + 1;
        line
    })
}

fn formats(c: &mut Criterion) {
    for kind in KINDS {
        let data = kind.write(BYTES);
        let plan = planned(kind, &data);
        let input = &plan.inputs[0];
        let mut g = c.benchmark_group(kind.name);
        g.throughput(Throughput::Bytes(data.len() as u64));
        g.bench_function("newlines", |b| {
            b.iter(|| memchr::memchr_iter(b'\n', black_box(&data)).count());
        });
        g.bench_function("parse", |b| {
            b.iter(|| {
                lines(black_box(&data))
                    .filter_map(|l| input.formats.iter().find_map(|f| f.parse(l)))
                    .filter_map(|r| r.stamp)
                    .fold(0, |sum, s| sum ^ s.wall_us)
            });
        });
        g.bench_function("parse and fold", |b| {
            b.iter(|| {
                let mut s = Scanner::new(&plan, 0, 0, ScanConfig::default());
                s.block(black_box(&data));
                s.finish()
            });
        });
        if let Some(p) = pattern(kind) {
            let regex = Regex::new(p).expect("a pattern");
            let mut at = regex.capture_locations();
            g.bench_function("regex captures", |b| {
                b.iter(|| {
                    lines(black_box(&data))
                        .filter(|l| regex.captures_read(&mut at, l).is_some())
                        .count()
                });
            });
        }
        g.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = formats
}
criterion_main!(benches);
