//! Inputs: plain, packed, changing, and pipes.

use super::*;
use crate::source::walk;
use std::io::Write;
use std::path::Path;

fn config(mmap: MmapMode) -> OpenConfig {
    OpenConfig {
        mmap,
        now: SystemTime::now(),
        limits: Limits::default(),
        encoding: Encoding::Auto,
        spool: std::env::temp_dir(),
        meter: Arc::default(),
    }
}

fn input(path: &Path) -> Input {
    Input::new(walk(&[path]).found.remove(0))
}

fn read_all(opened: Opened) -> Vec<u8> {
    match opened.content {
        Content::Mapped(m) => m.to_vec(),
        Content::Stream(mut s) => {
            let mut out = Vec::new();
            s.read_to_end(&mut out).unwrap();
            out
        }
    }
}

fn gz(data: &[u8]) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    e.write_all(data).unwrap();
    e.finish().unwrap()
}

#[test]
fn mapped_and_read_bytes_are_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    std::fs::write(&path, b"one\r\ntwo\0\xff").unwrap();
    let i = input(&path);
    let mapped = i.open(&config(MmapMode::Always)).unwrap();
    assert!(matches!(mapped.content, Content::Mapped(_)));
    let read = i.open(&config(MmapMode::Auto)).unwrap();
    assert!(matches!(read.content, Content::Stream(_)), "a young file");
    assert_eq!(read_all(mapped), read_all(read));
}

#[test]
fn packed_files_are_known_by_content() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plain.log");
    let twice = zstd::encode_all(&gz(b"one\ntwo\n")[..], 1).unwrap();
    for (bytes, codecs) in [
        (gz(b"one\ntwo\n"), vec![Codec::Gz]),
        (twice.clone(), vec![Codec::Zst, Codec::Gz]),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let i = input(&path);
        let sample = i.sample(&config(MmapMode::Always)).unwrap();
        assert_eq!(sample.codecs, codecs);
        assert!(sample.whole);
        assert_eq!(sample.spots[0].bytes, b"one\ntwo\n");
        assert_eq!(
            read_all(i.open(&config(MmapMode::Always)).unwrap()),
            b"one\ntwo\n"
        );
    }
    std::fs::write(&path, gz(&twice)).unwrap();
    let sample = input(&path).sample(&config(MmapMode::Auto)).unwrap();
    assert_eq!(
        sample.binary.map(|b| b.what),
        Some("archive inside archives")
    );
}

#[test]
fn a_file_that_changes_while_it_is_read_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    // what came after the start is not read, as with a mapped file; what was looked at to open it was
    for (write, read, after) in [("one\ntwo\nthree\n", 8, 14), ("one\n", 8, 4)] {
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let opened = input(&path).open(&config(MmapMode::Never)).unwrap();
        std::fs::write(&path, write).unwrap();
        let notes = opened.notes.clone();
        assert_eq!(read_all(opened).len(), read);
        assert_eq!(notes.all(), [Note::Changed { before: 8, after }]);
    }
}

#[test]
fn a_pipe_keeps_the_head_that_was_sampled() {
    let content: Vec<u8> = (0..90_000)
        .flat_map(|i| format!("line {i}\n").into_bytes())
        .collect();
    for sent in [content.clone(), gz(&content)] {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let writing = std::thread::spawn(move || writer.write_all(&sent));
        use std::os::fd::AsRawFd;
        let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
        if !Path::new(&path).exists() {
            return;
        }
        let i = input(Path::new(&path));
        let c = config(MmapMode::Auto);
        assert_eq!(i.found.name, "pipe");
        let sample = i.sample(&c).unwrap();
        assert!(!sample.whole && sample.spots[0].bytes.ends_with(b"\n"));
        assert!(content.starts_with(&sample.spots[0].bytes));
        let opened = i.open(&c).unwrap();
        drop(reader);
        assert!(read_all(opened) == content);
        writing.join().unwrap().unwrap();
        assert!(i.open(&c).is_err(), "only once");
    }
}

#[test]
fn a_folder_in_the_place_of_a_file_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    std::fs::write(&path, "one\n").unwrap();
    let i = input(&path);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let e = i.open(&config(MmapMode::Auto)).err().unwrap();
    assert!(matches!(e, Error::Open { .. }), "{e}");
}
