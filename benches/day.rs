//! Inference on a whole day of a busy service: what comes after merging must not depend on how many lines there were.
//! The day is folded with ever more requests a second; the time of the inference should stay.

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
const KEYS: usize = 1000;
/// Seconds in which a tenth of all requests fail: 14:00 to 14:20.
const BAD: std::ops::Range<usize> = 50_400..51_600;

/// Ten minutes of an access log from a second of the day on.
fn log(from: usize, per_second: usize, n: &mut usize) -> String {
    let mut text = String::with_capacity(600 * per_second * 110);
    for s in from..from + 600 {
        let (h, m, sec) = (s / 3600, s / 60 % 60, s % 60);
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
                "10.7.{}.{} - - [05/Mar/2024:{h:02}:{m:02}:{sec:02} +0000] \"GET /api/k{key:03}x HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0 (X11)\"",
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

/// The part of a day, merged from its 144 stretches of ten minutes.
fn day(per_second: usize) -> Part {
    let mut n = 0;
    let (mut whole, mut plan, mut at) = (Part::default(), None, 0);
    for from in (0..86_400).step_by(600) {
        let text = log(from, per_second, &mut n);
        let plan = plan.get_or_insert_with(|| planned(&text));
        let mut s = Scanner::new(
            plan,
            0,
            at,
            ScanConfig {
                again: true,
                ..ScanConfig::default()
            },
        );
        s.block(text.as_bytes());
        at += text.len() as u64;
        whole = whole.merge(s.finish()).expect("one plan");
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

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_millis(500));
    targets = days
}
criterion_main!(benches);
