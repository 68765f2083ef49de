//! What comes beside and after parsing: markers, merging, inference, report forms, and the whole job from file to report.
//! Where bytes are read, the newlines of the same bytes are counted in the same group.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod job;
mod logs;

use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_core::summary::Part;
use coroner_infer::infer::{InferConfig, infer};
use coroner_lines::marker;
use coroner_lines::record::Kind;
use coroner_report::report::{Look, REPORTS};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use job::job;
use logs::kind;
use std::hint::black_box;
use std::time::Duration;

const BYTES: usize = 2 << 20;
/// What one service writes: file and kind.
const SITE: &[(&str, &str)] = &[
    ("access.log", "web: nginx combined"),
    ("app.log", "app: logfmt"),
    ("deploy.log", "deploy: plain text"),
    ("error.log", "web: nginx error"),
    ("pagerduty.jsonl", "pager: PagerDuty"),
];

/// The logs of one service: three busy ones, and a few lines of its pager and deploys.
fn site() -> Vec<(&'static str, Vec<u8>)> {
    SITE.iter()
        .map(|(file, name)| {
            let few = matches!(*file, "deploy.log" | "pagerduty.jsonl");
            (*file, kind(name).write(if few { 4096 } else { BYTES }))
        })
        .collect()
}

fn planned(files: &[(&str, Vec<u8>)]) -> Plan {
    let samples: Vec<Sampled> = files
        .iter()
        .map(|(name, data)| Sampled {
            name: (*name).into(),
            member: None,
            modified_us: None,
            pieces: vec![data[..data.len().min(1 << 16)].to_vec()],
        })
        .collect();
    plan(&samples, &PlanConfig::default()).expect("a plan")
}

fn part_of(plan: &Plan, id: u32, from: usize, data: &[u8]) -> Part {
    let mut s = Scanner::new(plan, id, from as u64, ScanConfig::default());
    s.block(data);
    s.finish()
}

fn whole(plan: &Plan, files: &[(&str, Vec<u8>)]) -> Part {
    files
        .iter()
        .enumerate()
        .fold(Part::default(), |p, (id, (_, data))| {
            p.merge(part_of(plan, id as u32, 0, data))
                .expect("one plan")
        })
}

fn markers(c: &mut Criterion) {
    let data = kind("app: text with a time").write(BYTES);
    let texts: Vec<&[u8]> = data
        .split(|b| *b == b'\n')
        .filter_map(|l| Some(&l[memchr::memmem::find(l, b" - ")? + 3..]))
        .collect();
    let mut g = c.benchmark_group("marker pass");
    g.throughput(Throughput::Bytes(
        texts.iter().map(|t| t.len() as u64).sum(),
    ));
    g.bench_function("newlines", |b| {
        b.iter(|| {
            texts
                .iter()
                .map(|t| memchr::memchr_iter(b'\n', black_box(t)).count())
                .sum::<usize>()
        });
    });
    g.bench_function("find", |b| {
        let mut hits = Vec::new();
        b.iter(|| {
            hits.clear();
            texts
                .iter()
                .for_each(|t| marker::find(black_box(t), Kind::App, &mut hits));
            hits.len()
        });
    });
    g.finish();
}

fn after_reading(c: &mut Criterion) {
    let files = site();
    let plan = planned(&files);
    let data = &files[0].1;
    let cut = data.len() / 2 + memchr::memchr(b'\n', &data[data.len() / 2..]).expect("a line") + 1;
    let halves = (
        part_of(&plan, 0, 0, &data[..cut]),
        part_of(&plan, 0, cut, &data[cut..]),
    );
    c.bench_function("merge two halves of an access log", |b| {
        b.iter_batched(
            || halves.clone(),
            |(a, b)| a.merge(b).expect("halves"),
            BatchSize::LargeInput,
        );
    });
    let part = whole(&plan, &files);
    let config = InferConfig::default();
    c.bench_function("inference", |b| b.iter(|| infer(black_box(&part), &config)));
    let mut far = files.clone();
    for (_, data) in &mut far {
        // a thirtieth of the lines is from another age: too many to be set aside
        let lines: Vec<&[u8]> = data.split_inclusive(|b| *b == b'\n').collect();
        let aged = |l: &[u8]| {
            String::from_utf8_lossy(l)
                .replace("202", "998")
                .into_bytes()
        };
        *data = lines
            .chunks(30)
            .flat_map(|l| [aged(l[0]), l[1..].concat()].concat())
            .collect();
    }
    let part_of_ages = whole(&planned(&far), &far);
    c.bench_function("inference over 8,000 years", |b| {
        b.iter(|| infer(black_box(&part_of_ages), &config));
    });
    let report = infer(&part, &config);
    let mut g = c.benchmark_group("report");
    for form in REPORTS {
        g.bench_function(form.name, |b| {
            b.iter(|| form.render(black_box(&report), &Look::default()))
        });
    }
    g.finish();
}

/// A day of one service: a request a second, a release at noon that breaks it for two hours, a page, a rollback.
fn day() -> Vec<(&'static str, Vec<u8>)> {
    let clock = |s: u32| format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    let (noon, end) = (12 * 3600, 14 * 3600);
    let mut access = String::new();
    for s in 0..86_400u32 {
        let bad = (noon..end).contains(&s) && s % 3 > 0;
        access.push_str(&format!(
            "198.51.100.{} - - [05/Mar/2024:{} +0000] \"GET /shop/{} HTTP/1.1\" {} 512 \"-\" \"bench\"\n",
            s % 200,
            clock(s),
            ["cart", "search", "checkout", "login", "account"][s as usize % 5],
            if bad { 503 } else { 200 }
        ));
    }
    let deploy = format!(
        "2024-03-05T{}Z deployctl[7]: deploy start service=shop version=2.0.0\n2024-03-05T{}Z deployctl[7]: rollback start service=shop version=1.9.0\n2024-03-05T{}Z deployctl[7]: rollback finish service=shop version=1.9.0\n",
        clock(noon - 60),
        clock(end - 1200),
        clock(end - 10)
    );
    let mut app = String::new();
    for s in (noon..end).step_by(7) {
        app.push_str(&format!(
            "2024-03-05T{}Z ERROR shop.checkout protocol mismatch with keystone: got 3, want 2\n",
            clock(s)
        ));
    }
    vec![
        ("access.log", access.into_bytes()),
        ("app.log", app.into_bytes()),
        ("deploy.log", deploy.into_bytes()),
    ]
}

/// Each form of the report on a day, and all of them. What they hold is bounded too.
fn forms(c: &mut Criterion) {
    let files = day();
    let plan = planned(&files);
    let report = infer(whole(&plan, &files), &InferConfig::default());
    assert_eq!(report.incidents.len(), 1, "a day with one incident");
    let mut g = c.benchmark_group("a day's report");
    for form in REPORTS {
        let bytes = form.render(&report, &Look::default()).len();
        assert!(bytes <= 300_000, "{} has {bytes} bytes", form.name);
        g.bench_function(format!("{} ({bytes} bytes)", form.name), |b| {
            b.iter(|| form.render(black_box(&report), &Look::default()))
        });
    }
    g.bench_function("all forms", |b| {
        b.iter(|| {
            let all = REPORTS.iter();
            all.map(|f| f.render(black_box(&report), &Look::default()).len())
                .sum::<usize>()
        })
    });
    g.finish();
}

fn end_to_end(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = site();
    for (name, data) in &files {
        std::fs::write(folder.path().join(name), data).expect("a file");
    }
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    let mut g = c.benchmark_group("end to end");
    g.throughput(Throughput::Bytes(
        files.iter().map(|(_, d)| d.len() as u64).sum(),
    ));
    g.bench_function("newlines", |b| {
        b.iter(|| {
            files
                .iter()
                .map(|(_, d)| memchr::memchr_iter(b'\n', black_box(d)).count())
                .sum::<usize>()
        });
    });
    g.bench_function("folder to JSON report", |b| {
        b.iter(|| one.install(|| job(folder.path())))
    });
    g.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = markers, after_reading, forms, end_to_end
}
criterion_main!(benches);
