//! Each entry of the registries alone, on its own sample: every grammar, every wrapper, every frame; the sniffing of formats of
//! each kind of log; and the detection of changes in the seconds of a day. Newlines of the same bytes are counted beside them.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod learnt;
mod logs;

use coroner_infer::detect::{Counts, Second, detect};
use coroner_infer::model::Sensitivity;
use coroner_lines::format::FORMATS;
use coroner_lines::format::envelope::ENVELOPES;
use coroner_lines::format::frame::{FRAMES, Units};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use learnt::planned;
use logs::KINDS;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

const BYTES: usize = 64 << 10;

/// A sample again and again, with a newline at the end of each.
fn repeated(sample: &str) -> Vec<u8> {
    let mut one = sample.as_bytes().to_vec();
    if !one.ends_with(b"\n") {
        one.push(b'\n');
    }
    one.repeat(BYTES.div_ceil(one.len()))
}

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split_inclusive(|c| *c == b'\n')
        .map(|l| l.strip_suffix(b"\n").unwrap_or(l))
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// A group in which newlines are counted too: how quickly depends on the bytes alone, not on how many of them are newlines.
fn group<'c>(c: &'c mut Criterion, name: &str) -> Group<'c> {
    let mut g = c.benchmark_group(name);
    let data = repeated(FORMATS[0].sample());
    g.throughput(Throughput::Bytes(data.len() as u64));
    g.bench_function("newlines", |b| {
        b.iter(|| memchr::memchr_iter(b'\n', black_box(&data)).count());
    });
    g
}

/// Times one way of reading the sample of an entry.
fn entry(g: &mut Group<'_>, name: &str, sample: &[u8], mut read: impl FnMut(&[u8]) -> usize) {
    g.throughput(Throughput::Bytes(sample.len() as u64));
    g.bench_function(name, |b| b.iter(|| read(black_box(sample))));
}

fn formats(c: &mut Criterion) {
    let mut g = group(c, "format");
    for f in FORMATS.iter() {
        let data = repeated(f.sample());
        entry(&mut g, f.name(), &data, |data| {
            let all = lines(data).filter_map(|l| f.parse(black_box(l)));
            all.map(|r| usize::from(black_box(&r).stamp.is_some()))
                .sum()
        });
    }
}

fn envelopes(c: &mut Criterion) {
    let mut g = group(c, "wrapper");
    for e in ENVELOPES.iter() {
        let data = repeated(e.sample);
        entry(&mut g, e.name, &data, |data| {
            let all = lines(data).filter_map(|l| (e.peel)(black_box(l)));
            all.map(|p| black_box(&p).text.len()).sum()
        });
    }
}

fn frames(c: &mut Criterion) {
    let mut g = group(c, "frame");
    for f in FRAMES.iter() {
        let data = repeated(f.sample);
        let mut units = Units::default();
        entry(&mut g, f.name, &data, |data| {
            units.clear();
            let mut framer = (f.start)();
            framer.feed(data, &mut units);
            framer.finish(&mut units);
            units.list.len()
        });
    }
}

/// What is done with the first bytes of a file before it is read.
fn sniffing(c: &mut Criterion) {
    let mut g = group(c, "sniffing");
    for kind in KINDS {
        let data = kind.write(BYTES);
        entry(&mut g, kind.name, &data, |data| {
            planned(kind, data).inputs[0].formats.len()
        });
    }
}

/// A day of twenty requests a second, of which one in a thousand fails, and for half an hour two in five.
fn day() -> Counts {
    let second = |at: i64| {
        let ill = (50_000..51_800).contains(&at);
        let chance = (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
        Second {
            at: 1_709_600_400 + at,
            n: 20,
            failed: if ill { 8 } else { u32::from(chance < 20) },
        }
    };
    let seconds: Vec<Second> = (0..86_400).map(second).collect();
    Counts::new(seconds, None, BTreeSet::new())
}

fn changes(c: &mut Criterion) {
    let counts = day();
    let found = detect(&counts, &(), Sensitivity::Normal);
    assert_eq!(found.incidents.len(), 1, "{:?}", found.incidents);
    c.bench_function("detection in a day of seconds", |b| {
        b.iter(|| detect(black_box(&counts), &(), Sensitivity::Normal));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_millis(200)).warm_up_time(Duration::from_millis(50)).nresamples(1000).without_plots();
    targets = formats, envelopes, frames, sniffing, changes
}
criterion_main!(benches);
