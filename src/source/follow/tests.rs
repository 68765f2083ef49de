//! Files that are rotated while they are read: nothing is lost and nothing comes twice.

use super::*;
use std::fs;
use std::io::Write;

struct Log {
    dir: tempfile::TempDir,
    file: File,
    written: Vec<u8>,
    n: usize,
}

impl Log {
    fn new() -> Log {
        let dir = tempfile::tempdir().unwrap();
        let file = append(&dir.path().join("a.log"));
        Log {
            dir,
            file,
            written: Vec::new(),
            n: 0,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&mut self, lines: usize) {
        for _ in 0..lines {
            self.n += 1;
            // lines as long as each other: their place does not tell them apart
            let line = format!("line {:08} of a log\n", self.n);
            self.file.write_all(line.as_bytes()).unwrap();
            self.written.extend(line.into_bytes());
        }
    }

    /// `a.log.1` becomes `a.log.2` and so on.
    fn shift(&self) {
        for n in (1..9).rev() {
            let _ = fs::rename(
                self.path(&format!("a.log.{n}")),
                self.path(&format!("a.log.{}", n + 1)),
            );
        }
    }

    fn rename(&mut self) {
        self.shift();
        fs::rename(self.path("a.log"), self.path("a.log.1")).unwrap();
    }

    fn reopen(&mut self) {
        self.file = append(&self.path("a.log"));
    }

    fn copy_and_truncate(&mut self) {
        self.shift();
        fs::copy(self.path("a.log"), self.path("a.log.1")).unwrap();
        self.file.set_len(0).unwrap();
    }
}

fn append(path: &Path) -> File {
    File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap()
}

/// Reads until nothing comes.
fn drained(f: &mut Follow, most: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut idle = 0;
    while idle < 3 {
        let lines = f.read(most).unwrap();
        idle = if lines.is_empty() { idle + 1 } else { 0 };
        all.extend(lines);
    }
    all
}

#[test]
fn renamed_files_are_read_to_their_end() {
    let mut log = Log::new();
    let mut f = Follow::new(&log.path("a.log"));
    let mut got = Vec::new();
    for round in 0..5 {
        log.write(100);
        if round % 2 == 0 {
            got.extend(drained(&mut f, 64));
        }
        log.write(10);
        log.rename();
        // its writer does not know yet
        log.write(10);
        got.extend(drained(&mut f, 1000));
        log.reopen();
        log.write(30);
    }
    got.extend(drained(&mut f, 1000));
    assert_eq!(got, log.written);
    assert!(f.turns().iter().all(|t| *t == Turn::Rotated));
}

#[test]
fn files_that_are_cut_off_go_on_in_their_copy() {
    for most in [50, 4096] {
        let mut log = Log::new();
        let mut f = Follow::new(&log.path("a.log"));
        let mut got = Vec::new();
        for _ in 0..5 {
            log.write(100);
            got.extend(f.read(most).unwrap());
            log.write(10);
            log.copy_and_truncate();
            // it grows past the place that was read before anybody looks
            log.write(300);
            got.extend(f.read(most).unwrap());
        }
        got.extend(drained(&mut f, most));
        assert!(got == log.written, "{most}");
        let turns = f.turns();
        assert!(
            !turns.is_empty() && turns.iter().all(|t| *t == Turn::Rotated),
            "{turns:?}"
        );
    }
}

#[test]
fn generations_between_two_looks_are_read_too() {
    let mut log = Log::new();
    let mut f = Follow::new(&log.path("a.log"));
    log.write(50);
    let mut got = drained(&mut f, 4096);
    for _ in 0..3 {
        log.write(50);
        log.copy_and_truncate();
        // told apart by their times
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    log.write(5);
    got.extend(drained(&mut f, 4096));
    for _ in 0..3 {
        log.write(50);
        log.rename();
        log.reopen();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    log.write(5);
    got.extend(drained(&mut f, 4096));
    assert_eq!(String::from_utf8(got), String::from_utf8(log.written));
}

#[test]
fn a_packed_copy_is_read_as_well_and_old_ones_are_left_alone() {
    let mut log = Log::new();
    let pack = |from: &Path, to: &Path| {
        let mut gz =
            flate2::write::GzEncoder::new(File::create(to).unwrap(), flate2::Compression::fast());
        gz.write_all(&fs::read(from).unwrap()).unwrap();
        gz.finish().unwrap();
        fs::remove_file(from).unwrap();
    };
    fs::write(log.path("a.log.8"), "an old line\n").unwrap();
    let mut f = Follow::new(&log.path("a.log"));
    log.write(100);
    let mut got = f.read(500).unwrap();
    log.copy_and_truncate();
    pack(&log.path("a.log.1"), &log.path("a.log.1.gz"));
    pack(&log.path("a.log.9"), &log.path("a.log.9.gz"));
    log.write(1);
    got.extend(drained(&mut f, 500));
    assert_eq!(got, log.written);
}

#[test]
fn what_is_cut_off_without_a_copy_is_told() {
    let mut log = Log::new();
    let mut f = Follow::new(&log.path("a.log"));
    log.write(10);
    let read = drained(&mut f, 4096).len() as u64;
    log.file.set_len(0).unwrap();
    log.write(2);
    assert_eq!(drained(&mut f, 4096), log.written[read as usize..]);
    assert_eq!(f.turns(), [Turn::Lost { read }]);
}

#[test]
fn lines_come_whole_and_the_last_one_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("late.log");
    let mut f = Follow::new(&path);
    assert_eq!(f.read(100).unwrap(), b"", "not there yet");
    fs::write(&path, "one\ntw").unwrap();
    assert_eq!(drained(&mut f, 2), b"one\n");
    append(&path).write_all(b"o\nthree").unwrap();
    assert_eq!(drained(&mut f, 100), b"two\n");
    assert_eq!(f.rest(), b"three");
}

#[test]
fn it_goes_on_where_it_was_left() {
    for rotate in [
        |_: &mut Log| {},
        |l: &mut Log| {
            l.rename();
            l.reopen();
        },
        |l: &mut Log| l.copy_and_truncate(),
    ] {
        let mut log = Log::new();
        fs::write(log.path("a.log.7"), "an old line\n").unwrap();
        let mut f = Follow::new(&log.path("a.log"));
        log.write(100);
        let mut got = f.read(777).unwrap();
        let mark = f.mark().unwrap();
        drop(f);
        std::thread::sleep(std::time::Duration::from_millis(20));
        log.write(10);
        rotate(&mut log);
        log.write(10);
        let mut f = Follow::new(&log.path("a.log"));
        f.resume(mark).unwrap();
        got.extend(drained(&mut f, 777));
        assert_eq!(
            String::from_utf8_lossy(&got),
            String::from_utf8_lossy(&log.written)
        );
    }
}

#[test]
fn what_came_and_went_before_the_first_look_is_read() {
    let copy = |l: &mut Log| l.copy_and_truncate();
    let rename = |l: &mut Log| l.rename();
    for rotate in [copy, rename] {
        let mut log = Log::new();
        fs::write(log.path("a.log.7"), "an old line\n").unwrap();
        let mut f = Follow::new(&log.path("a.log"));
        // looked at while nothing is in it
        assert_eq!(f.read(100).unwrap(), b"");
        log.write(50);
        rotate(&mut log);
        assert_eq!(
            String::from_utf8(drained(&mut f, 4096)),
            String::from_utf8(log.written)
        );
    }
}

#[test]
fn what_was_read_before_a_restart_is_not_read_at_a_later_turn() {
    let mut log = Log::new();
    fs::write(log.path("a.log.7"), "an old line\n").unwrap();
    let mut f = Follow::new(&log.path("a.log"));
    log.write(100);
    let mut got = drained(&mut f, 777);
    let mark = f.mark().unwrap();
    drop(f);
    std::thread::sleep(std::time::Duration::from_millis(20));
    log.copy_and_truncate();
    log.write(10);
    let mut f = Follow::new(&log.path("a.log"));
    f.resume(mark).unwrap();
    got.extend(drained(&mut f, 777));
    log.rename();
    log.reopen();
    log.write(10);
    got.extend(drained(&mut f, 777));
    assert_eq!(String::from_utf8(got), String::from_utf8(log.written));
}

#[test]
fn what_is_known_is_not_opened_again() {
    let mut log = Log::new();
    for n in 5..8 {
        fs::write(log.path(&format!("a.log.{n}")), format!("old line {n}\n")).unwrap();
    }
    let mut f = Follow::new(&log.path("a.log"));
    log.write(10);
    drained(&mut f, 4096);
    let before = f.looked.clone();
    assert_eq!(before.len(), 3);
    // of the four that lie there now three were only renamed
    log.rename();
    log.reopen();
    log.write(1);
    drained(&mut f, 4096);
    assert!(f.looked.len() == 4 && before.is_subset(&f.looked));
}
