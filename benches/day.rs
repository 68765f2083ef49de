//! Inference on a whole day of a busy service: what comes after merging must not depend on how many lines there were.
//! The day is folded with ever more requests a second; the time of the inference should stay. Then as many lines over a day, a
//! month and a year, read and judged: a stretch of time costs what is in it, and nothing is done for one that is empty.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_core::summary::Part;
use coroner_infer::infer::{InferConfig, infer};
use criterion::{Criterion, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

/// Endpoints of the service.
const KEYS: usize = 5000;
/// Seconds in which a tenth of all requests fail: 14:00 to 14:20.
const BAD: std::ops::Range<usize> = 50_400..51_600;

const MONTHS: [(&str, usize); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// A second of 2023, counted from its first.
fn written(second: usize) -> String {
    let (mut day, mut month) = (second / 86_400, 0);
    while day >= MONTHS[month].1 {
        day -= MONTHS[month].1;
        month += 1;
    }
    let (h, m, s) = (second / 3600 % 24, second / 60 % 60, second % 60);
    let name = MONTHS[month].0;
    format!("{:02}/{name}/2023:{h:02}:{m:02}:{s:02}", day + 1)
}

/// An access log of some seconds.
fn log(seconds: impl Iterator<Item = usize>, per_second: usize, n: &mut usize) -> String {
    let mut text = String::with_capacity(600 * per_second * 110);
    for s in seconds {
        let time = written(s);
        for _ in 0..per_second {
            *n += 1;
            let (key, client) = (*n * 7919 % KEYS, *n * 31 % 60_000);
            let rare = n.is_multiple_of(50_021);
            let status = match BAD.contains(&s) && n.is_multiple_of(10) || rare {
                true => 503,
                false => 200,
            };
            writeln!(
                text,
                "10.7.{}.{} - - [{time} +0000] \"GET /api/k{key:04}x HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0 (X11)\"",
                client / 250,
                client % 250,
            )
            .expect("memory");
        }
    }
    text
}

fn planned(head: &str) -> Plan {
    let sample = Sampled {
        name: "access.log".into(),
        member: None,
        modified_us: None,
        pieces: vec![
            head.lines()
                .take(400)
                .map(|l| format!("{l}\n"))
                .collect::<String>()
                .into_bytes(),
        ],
    };
    plan(&[sample], &PlanConfig::default()).expect("a plan")
}

/// The part of a text that lies at a place of its file.
fn read(plan: &Plan, at: u64, text: &str) -> Part {
    let config = ScanConfig {
        again: true,
        ..ScanConfig::default()
    };
    let mut s = Scanner::new(plan, 0, at, config);
    s.block(text.as_bytes());
    s.finish()
}

/// The part of a day, merged from its 144 stretches of ten minutes.
fn day(per_second: usize) -> Part {
    let mut n = 0;
    let (mut whole, mut plan, mut at) = (Part::default(), None, 0);
    for from in (0..86_400).step_by(600) {
        let text = log(from..from + 600, per_second, &mut n);
        let plan = plan.get_or_insert_with(|| planned(&text));
        let part = read(plan, at, &text);
        at += text.len() as u64;
        whole = whole.merge(part).expect("one plan");
    }
    whole
}

fn days(c: &mut Criterion) {
    let config = InferConfig::default();
    let mut g = c.benchmark_group("a day");
    // at 200 a second every key is there in every ten seconds; ten times that many take minutes to write
    let most = std::env::var("PER_SECOND")
        .ok()
        .and_then(|n| n.parse().ok());
    for per_second in [20, 200].into_iter().chain(most) {
        let part = day(per_second);
        g.bench_function(format!("inference, {per_second} a second"), |b| {
            b.iter(|| infer(black_box(&part), &config));
        });
    }
    g.finish();
}

fn far_apart(c: &mut Criterion) {
    let config = InferConfig::default();
    let mut g = c.benchmark_group("40,000 lines");
    for (span, seconds) in [("a day", 2), ("a month", 64), ("a year", 788)] {
        let text = log((0..40_000).map(|i| i * seconds), 1, &mut 0);
        let plan = planned(&text);
        g.bench_function(format!("over {span}, read"), |b| {
            b.iter(|| read(&plan, 0, black_box(&text)));
        });
        let part = read(&plan, 0, &text);
        g.bench_function(format!("over {span}, judged"), |b| {
            b.iter(|| infer(black_box(&part), &config));
        });
    }
    g.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_millis(500));
    targets = days, far_apart
}
criterion_main!(benches);
