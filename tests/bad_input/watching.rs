//! Watches of what is no log.

use super::folder;
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// Requests of a minute, of which all of the fifth fail.
fn requests(minute: u32) -> String {
    let one = |s: u32| {
        let status = if minute == 5 { 502 } else { 200 };
        format!(
            "198.51.100.{s} - - [10/Mar/2026:10:{minute:02}:{s:02} +0000] \"GET /cart HTTP/1.1\" {status} 512 \"-\" \"-\"\n"
        )
    };
    (0..60).map(one).collect()
}

/// Bytes without any order, newlines among them.
fn noise(n: usize) -> Vec<u8> {
    let mut x = 88_172_645_463_325_252u64;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x.to_le_bytes()
    };
    (0..n / 8).flat_map(|_| next()).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn noise_and_a_line_without_end_are_counted_in_little_memory() {
    let dir = folder(&[]);
    let path = dir.path().join("in");
    let mut file = fs::File::create(&path).unwrap();
    (0..4).for_each(|m| file.write_all(requests(m).as_bytes()).unwrap());
    file.write_all(&noise(32 << 10)).unwrap();
    file.write_all(b"\n").unwrap();
    (4..8).for_each(|m| file.write_all(requests(m).as_bytes()).unwrap());
    let chunk = vec![b'x'; 1 << 20];
    (0..60).for_each(|_| file.write_all(&chunk).unwrap());
    file.write_all(b"\n").unwrap();
    (8..30).for_each(|m| file.write_all(requests(m).as_bytes()).unwrap());
    drop(file);
    let mut child = super::coroner()
        .current_dir(dir.path())
        .args(["watch", "-", "--json", "-o", "w.json"])
        .stdin(fs::File::open(&path).unwrap())
        .stdout(fs::File::create(dir.path().join("events")).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let most = super::bytes::most_memory(&mut child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(most < 64 << 10, "{most} kB");
    let batch = super::coroner()
        .current_dir(dir.path())
        .args(["-", "-q", "-o", "b.json"])
        .stdin(fs::File::open(&path).unwrap())
        .status()
        .unwrap();
    assert_eq!(batch.code(), Some(0));
    let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
    assert!(read("w.json") == read("b.json"));
    let events = String::from_utf8(read("events")).unwrap();
    assert!(events.contains("\"incident_open\""), "{events}");
}
