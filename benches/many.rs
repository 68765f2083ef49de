//! Many inputs of a line each, as files and as members of a zip archive: ten times as many should take ten times as long.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod job;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use job::job;
use std::io::{Cursor, Write};
use std::time::Duration;

/// A line, another one in each of an hour's seconds.
fn line(i: usize) -> String {
    let (minute, second) = (i / 60 % 60, i % 60);
    format!("2026-03-01 10:{minute:02}:{second:02} ERROR failed\n")
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
        let packed = dir.path().join("logs.zip");
        let bytes = zip.finish().expect("memory").into_inner();
        std::fs::write(&packed, bytes).expect("a file");
        g.throughput(Throughput::Elements(n as u64));
        g.bench_function(format!("{n} files"), |b| b.iter(|| job(&folder)));
        g.bench_function(format!("{n} members"), |b| b.iter(|| job(&packed)));
    }
    g.finish();
}

criterion_group!(benches, many);
criterion_main!(benches);
