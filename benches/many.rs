//! Many inputs of a line each, as files, gzipped, and as members of a zip archive: ten times as many should take ten times as long.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod job;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use job::job;
use std::io::{Cursor, Write};
use std::time::Duration;

/// A line, another one for each number below 160,000 by its message, and in each of a day's seconds.
fn line(i: usize) -> String {
    const WORDS: [&str; 20] = [
        "cart", "order", "stock", "price", "queue", "mail", "page", "item", "user", "login",
        "image", "index", "batch", "sync", "lock", "node", "disk", "cache", "route", "proxy",
    ];
    let second = i * 7919 % 86_400;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let [a, b, c, d] = [1, 20, 400, 8000].map(|n| WORDS[i / n % 20]);
    format!("2026-03-01 {hour:02}:{minute:02}:{second:02} ERROR failed {a} {b} {c} {d}\n")
}

fn many(c: &mut Criterion) {
    let mut g = c.benchmark_group("inputs of a line");
    g.sample_size(10).measurement_time(Duration::from_secs(20));
    for n in [1000, 10_000] {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = dir.path().join("logs");
        std::fs::create_dir(&folder).expect("a folder");
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for i in 0..n {
            let name = format!("{i}.log");
            std::fs::write(folder.join(&name), line(i)).expect("a file");
            let deflated = zip::write::SimpleFileOptions::default();
            zip.start_file(name, deflated).expect("memory");
            zip.write_all(line(i).as_bytes()).expect("memory");
        }
        let gzipped = dir.path().join("gzipped");
        std::fs::create_dir(&gzipped).expect("a folder");
        for i in 0..n {
            let file = std::fs::File::create(gzipped.join(format!("{i}.log.gz"))).expect("a file");
            let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            gz.write_all(line(i).as_bytes()).expect("a disk");
            gz.finish().expect("a disk");
        }
        let packed = dir.path().join("logs.zip");
        let bytes = zip.finish().expect("memory").into_inner();
        std::fs::write(&packed, bytes).expect("a file");
        g.throughput(Throughput::Elements(n as u64));
        g.bench_function(format!("{n} files"), |b| b.iter(|| job(&folder)));
        g.bench_function(format!("{n} gzipped"), |b| b.iter(|| job(&gzipped)));
        g.bench_function(format!("{n} members"), |b| b.iter(|| job(&packed)));
    }
    g.finish();
}

criterion_group!(benches, many);
criterion_main!(benches);
