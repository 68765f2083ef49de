//! Input that no honest writer makes: each must cost a bounded multiple of counting its newlines, whatever it is made of.
//! One group per kind, with the newlines of the same bytes and the visit of their positions beside it.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_core::summary::Part;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

const BYTES: usize = 8 << 20;

/// A second of a day in the time of an access log, fifty lines each.
fn clf(line: usize) -> String {
    let s = line / 50;
    let (h, m, s) = (s / 3600 % 24, s / 60 % 60, s % 60);
    format!("05/Mar/2024:{h:02}:{m:02}:{s:02} +0100")
}

fn access(line: usize, path: &str) -> String {
    let time = clf(line);
    format!(
        "192.0.2.7 - - [{time}] \"GET {path} HTTP/1.1\" 200 12 \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n"
    )
}

fn json(line: usize, inner: &str) -> String {
    let (m, s) = (line / 3000 % 60, line / 50 % 60);
    format!(
        "{{\"time\":\"2024-03-05T10:{m:02}:{s:02}Z\",\"level\":\"info\",\"a\":{inner},\"msg\":\"done\"}}\n"
    )
}

fn nested(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(1000), close.repeat(1000))
}

/// Kinds by name: the line of a number.
type Line = Box<dyn Fn(usize) -> String>;

fn kinds() -> Vec<(&'static str, Line)> {
    let (lists, objects) = (nested("[", "]"), nested("{\"a\":", "}"));
    let quotes = "\"x\" ".repeat(49);
    vec![
        (
            "access lines, for comparison",
            Box::new(|i| access(i, "/cart/items")),
        ),
        ("empty lines", Box::new(|_| "\n".into())),
        ("one line", Box::new(|_| "x".repeat(1 << 16))),
        (
            "paths that never come again",
            Box::new(|i| access(i, &format!("/{:x}/x{i:x}", i * 2_654_435_761 % (1 << 32)))),
        ),
        (
            "access lines without a bracket",
            Box::new(|i| access(i, "/cart").replacen(']', "", 1)),
        ),
        (
            "access lines whose status is no number",
            Box::new(|i| access(i, "/cart").replace(" 200 ", " 2x0 ")),
        ),
        (
            "lists 1,000 levels deep",
            Box::new(move |i| json(i, &lists)),
        ),
        (
            "objects 1,000 levels deep",
            Box::new(move |i| json(i, &objects)),
        ),
        (
            "99 quotes",
            Box::new(move |i| format!("192.0.2.7 - - [{}] {quotes}\"\n", clf(i))),
        ),
    ]
}

fn planned(data: &[u8]) -> Plan {
    let sample = Sampled {
        name: "access.log".into(),
        member: None,
        modified_us: None,
        pieces: vec![data[..data.len().min(1 << 16)].to_vec()],
    };
    plan(&[sample], &PlanConfig::default()).expect("a plan")
}

fn read(plan: &Plan, data: &[u8]) -> Part {
    let mut s = Scanner::new(plan, 0, 0, ScanConfig::default());
    s.block(data);
    s.finish()
}

fn bad_input(c: &mut Criterion) {
    for (name, line) in kinds() {
        let mut data = String::new();
        for i in 0.. {
            if data.len() >= BYTES {
                break;
            }
            data += &line(i);
        }
        let data = data.into_bytes();
        // between lines that are understood, so that what belongs to them is looked for as well
        let head: String = (0..200).map(|i| access(i, "/cart")).collect();
        let mixed = [head.as_bytes(), &data].concat();
        let (alone, beside) = (planned(&data), planned(&mixed));
        let mut g = c.benchmark_group(name);
        g.throughput(Throughput::Bytes(data.len() as u64));
        g.bench_function("newlines", |b| {
            b.iter(|| memchr::memchr_iter(b'\n', black_box(&data)).count());
        });
        g.bench_function("positions of newlines", |b| {
            b.iter(|| memchr::memchr_iter(b'\n', black_box(&data)).fold(0, |a, n| a ^ n));
        });
        g.bench_function("fold", |b| b.iter(|| read(&alone, black_box(&data))));
        g.bench_function("fold behind access lines", |b| {
            b.iter(|| read(&beside, black_box(&mixed)));
        });
        g.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(1)).warm_up_time(Duration::from_millis(300));
    targets = bad_input
}
criterion_main!(benches);
