//! Lines to records, one group per kind of log, in two ways. `NAME` has the grammars alone, on bytes that lie in a near cache:
//! every line goes through `Format::parse`, which is what a line costs that is like none before it; six kinds are also read by
//! hand, with nom alone and with `regex`. `NAME, a file` is what the program does for a file of that kind: planned from its
//! sample, mapped, scanned in blocks on one thread, with all that lines show of each other (`scan`), and the parsing of that alone
//! (`parse`). Each group counts the newlines of the same bytes too, the second one as `wc -l` does (reading the file), so that
//! ratios can be read from one run; `benches/bounds.py` holds them against what is wanted.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod job;
mod learnt;
mod logs;
mod variants;

use coroner_core::plan::{PlanConfig, Sampled, plan};
use coroner_core::scan::{ReadConfig, ScanConfig, Scanner, summarize};
use coroner_lines::vector::{Marks, widely};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use learnt::{Parse, at_length, planned};
use logs::KINDS;
use regex::bytes::Regex;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use variants::{VARIANTS, Variant, sum};

const BYTES: usize = 2 << 20;
/// Bytes of a file: two hours as a busy service writes them.
const FILE: usize = 64 << 20;

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', data).map(move |nl| {
        let line = &data[from..nl];
        from = nl + 1;
        line
    })
}

/// The same fields in three ways, of which the answers must agree.
fn three_ways(g: &mut BenchmarkGroup<'_, WallTime>, v: &Variant, data: &[u8]) {
    let regex = Regex::new(v.pattern).expect("a pattern");
    let mut at = regex.capture_locations();
    for line in lines(data).take(2000) {
        let by_regex = v.by_regex(&regex, &mut at, line);
        if by_regex.is_some() {
            assert_eq!((v.hand)(line), by_regex, "{}", v.group);
            assert_eq!((v.nom)(line), by_regex, "{}", v.group);
        }
    }
    g.bench_function("by hand", |b| {
        b.iter(|| lines(black_box(data)).fold(0, |n, l| n ^ sum((v.hand)(l))));
    });
    g.bench_function("nom", |b| {
        b.iter(|| lines(black_box(data)).fold(0, |n, l| n ^ sum((v.nom)(l))));
    });
    g.bench_function("regex captures", |b| {
        b.iter(|| {
            let all = lines(black_box(data));
            all.fold(0, |n, l| n ^ sum(v.by_regex(&regex, &mut at, l)))
        });
    });
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
        g.bench_function("newline positions", |b| {
            b.iter(|| memchr::memchr_iter(b'\n', black_box(&data)).fold(0, |sum, at| sum ^ at));
        });
        // what is wrapped is no line of any format
        if !input.wrapped {
            g.bench_function("parse", |b| {
                b.iter(|| {
                    lines(black_box(&data))
                        .filter_map(|l| input.formats.iter().find_map(|f| f.parse(l)))
                        .filter_map(|r| r.stamp)
                        .fold(0, |sum, s| sum ^ s.wall_us)
                });
            });
        }
        g.bench_function("parse and fold", |b| {
            b.iter(|| {
                let mut s = Scanner::new(&plan, 0, 0, ScanConfig::default());
                s.block(black_box(&data));
                s.finish()
            });
        });
        if let Some(v) = VARIANTS.iter().find(|v| v.group == kind.name) {
            three_ways(&mut g, v, &data);
        }
        g.finish();
    }
}

/// Newlines of a file, as `wc -l` counts them.
fn newlines(path: &Path, buffer: &mut [u8]) -> usize {
    let mut file = std::fs::File::open(path).expect("a file");
    let mut count = 0;
    loop {
        match file.read(buffer).expect("bytes") {
            0 => return count,
            n => count += memchr::memchr_iter(b'\n', &buffer[..n]).count(),
        }
    }
}

fn files(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    for kind in KINDS {
        let path = folder.path().join(kind.file);
        let data = kind.write(FILE);
        std::fs::write(&path, &data).expect("a file");
        let inputs = job::inputs(&path);
        let samples: Vec<Sampled> = inputs.iter().map(job::sampled).collect();
        let plan = plan(&samples, &PlanConfig::default()).expect("a plan");
        let mut g = c.benchmark_group(format!("{}, a file", kind.name));
        g.throughput(Throughput::Bytes(FILE as u64)).sample_size(10);
        let mut buffer = vec![0; 256 << 10];
        g.bench_function("newlines", |b| {
            b.iter(|| newlines(black_box(&path), &mut buffer));
        });
        if let Some(input) = plan.inputs.first().filter(|i| !i.wrapped) {
            let mut marks = Marks::default();
            let mut parse = || {
                widely(Parse {
                    input,
                    path: &path,
                    buffer: &mut buffer,
                    marks: &mut marks,
                })
            };
            assert_eq!(parse(), at_length(input, &data), "{}", kind.name);
            g.bench_function("parse", |b| b.iter(&mut parse));
        }
        g.bench_function("scan", |b| {
            let config = ReadConfig::of(job::open());
            b.iter(|| one.install(|| summarize(&plan, &inputs, &config).expect("a summary")));
        });
        g.finish();
        std::fs::remove_file(&path).expect("a file");
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = formats, files
}
criterion_main!(benches);
