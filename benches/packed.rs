//! Packed logs: the whole job against unpacking alone with the same decoder, and against the plain file.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod job;
mod logs;

use coroner_core::source::Content;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use job::{inputs, job, open};
use logs::kind;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

const BYTES: usize = 32 << 20;

/// Bytes that come out, and newlines among them.
fn unpacked(file: &Path) -> (u64, u64) {
    let Content::Stream(mut stream) = inputs(file)
        .remove(0)
        .open(&open())
        .expect("a file")
        .content
    else {
        return (0, 0);
    };
    let (mut buffer, mut bytes, mut lines) = (vec![0; 256 << 10], 0, 0);
    loop {
        match stream.read(&mut buffer).expect("whole") {
            0 => return (bytes, lines),
            n => {
                bytes += n as u64;
                lines += memchr::memchr_iter(b'\n', &buffer[..n]).count() as u64;
            }
        }
    }
}

fn packed(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = kind("web: nginx combined").write(BYTES);
    let named = |ending: &str| folder.path().join(format!("access.log{ending}"));
    let plain = named("");
    std::fs::write(&plain, &data).expect("a file");
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    e.write_all(&data).expect("memory");
    let mut x = liblzma::write::XzEncoder::new(Vec::new(), 1);
    x.write_all(&data).expect("memory");
    let mut z = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    z.write_all(&data).expect("memory");
    // in two bytes each, behind the mark that tells it
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(data.iter().flat_map(|c| [*c, 0]))
        .collect();
    let packed = [
        ("gz", e.finish().expect("memory")),
        ("zst", zstd::encode_all(&data[..], 3).expect("memory")),
        ("xz", x.finish().expect("memory")),
        ("bz2", z.finish().expect("memory")),
        ("UTF-16", wide),
    ];
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    let mut g = c.benchmark_group("packed access log");
    g.throughput(Throughput::Bytes(data.len() as u64));
    g.bench_function("plain, whole job", |b| {
        b.iter(|| one.install(|| job(&plain)))
    });
    for (name, bytes) in packed {
        let file = &named(&format!(".{name}"));
        std::fs::write(file, bytes).expect("a file");
        assert_eq!(unpacked(file).0, data.len() as u64, "{name}");
        g.bench_function(format!("{name}, unpacking and newlines"), |b| {
            b.iter(|| unpacked(file))
        });
        g.bench_function(format!("{name}, whole job"), |b| {
            b.iter(|| one.install(|| job(file)))
        });
    }
    g.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = packed
}
criterion_main!(benches);
