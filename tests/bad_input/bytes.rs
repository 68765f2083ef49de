//! Bytes that no logger should write: every line is read or counted, whatever it holds, and however the file is read.

use super::{LINE, coroner, folder, gaps, lines, report, run};
use crate::piped::Piped;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// A message line of an application.
fn line(second: usize, text: &str) -> String {
    format!("2024-05-01T13:00:{:02}Z INFO api {text}\n", second % 60)
}

#[test]
fn an_empty_file_is_named_and_does_not_stop_the_others() {
    let dir = folder(&[("a.log", LINE.as_bytes()), ("empty.log", b"")]);
    let (code, _, err) = report(dir.path(), &["."]);
    assert_eq!(code, 0);
    assert!(err.contains("warning: empty.log: empty"), "{err}");
    let (code, out, err) = run(dir.path(), &["empty.log"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("error: no log lines in 1 input"), "{err}");
    assert!(err.contains("empty.log  empty") && err.contains("help: "));
}

#[test]
fn nothing_but_zero_bytes_is_no_log() {
    let dir = folder(&[("zero.log", &[0; 5000]), ("a.log", LINE.as_bytes())]);
    let (code, out, err) = run(dir.path(), &["zero.log"]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("zero.log  nothing but zero bytes"), "{err}");
    assert!(err.contains("help: "), "{err}");
    assert_eq!(report(dir.path(), &["."]).0, 0);
}

#[test]
fn the_last_line_needs_no_newline() {
    let whole = [line(1, "one"), line(2, "two")].concat();
    let dir = folder(&[("a.log", whole.trim_end().as_bytes())]);
    assert_eq!(lines(&report(dir.path(), &["a.log"]).1), (2, 2, 0, 0));
}

#[test]
fn line_ends_and_a_byte_order_mark_change_no_count() {
    let whole: String = (0..50).map(|i| line(i, "one")).collect();
    let (bom, crlf) = (format!("\u{feff}{whole}"), whole.replace('\n', "\r\n"));
    for text in [&whole, &bom, &crlf, &format!("\u{feff}{crlf}")] {
        let dir = folder(&[("a.log", text.as_bytes())]);
        assert_eq!(lines(&report(dir.path(), &["a.log"]).1), (50, 50, 0, 0));
    }
}

#[test]
fn zero_bytes_before_and_in_a_line_hide_nothing() {
    // what a power loss leaves: a page of zeros, then the log goes on in the same line
    let mut bytes = line(1, "one").into_bytes();
    bytes.extend([0; 300]);
    bytes.extend(line(2, "two").as_bytes());
    bytes.extend(line(3, "th\0ree").as_bytes());
    bytes.extend((4..40).flat_map(|i| line(i, "rest").into_bytes()));
    let dir = folder(&[("a.log", &bytes)]);
    assert_eq!(lines(&report(dir.path(), &["a.log"]).1), (39, 39, 0, 0));
}

#[test]
fn invalid_utf8_and_control_bytes_come_out_as_clean_text() {
    let mut bytes = Vec::new();
    for i in 0..40 {
        bytes.extend(format!("2024-05-01T13:00:{i:02}Z ERROR api down ").as_bytes());
        bytes.extend(b"\xff\xfe\xc3\x28 \x1b[31mred\x1b]0;title\x07 \xf0\x9f\n");
    }
    let dir = folder(&[("a.log", &bytes)]);
    let (code, value, _) = report(dir.path(), &["a.log"]);
    assert_eq!((code, lines(&value)), (0, (40, 40, 0, 0)));
    assert!(!value.to_string().contains('\u{1b}'));
    for form in [&["a.log"][..], &["a.log", "--md", "-"]] {
        // `run` fails on output that is no UTF-8
        let (code, out, err) = run(dir.path(), form);
        assert_eq!(code, 0);
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{out}");
    }
}

#[test]
fn noise_of_any_kind_is_counted() {
    // a fixed mixture of log lines and lines of arbitrary bytes, none of which is a line end
    let mut bytes = Vec::new();
    let (mut state, mut noise) = (7u64, 0);
    for i in 0..400 {
        if i % 4 > 0 {
            bytes.extend(line(i, "text").as_bytes());
            continue;
        }
        noise += 1;
        for _ in 0..(i % 90) + 1 {
            state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
            let b = (state >> 56) as u8;
            bytes.push(if b == b'\n' || b == 0 { b'%' } else { b });
        }
        bytes.push(b'\n');
    }
    let dir = folder(&[("a.log", &bytes)]);
    let (_, value, _) = report(dir.path(), &["a.log"]);
    let (all, parsed, continuation, unparsed) = lines(&value);
    assert_eq!((all, parsed), (400, 300));
    assert_eq!(continuation + unparsed, noise);
}

#[test]
fn a_log_that_nobody_understands_is_shown_and_strict_refuses_it() {
    let text = "lorem ipsum dolor\n".repeat(100);
    let dir = folder(&[("odd.txt", text.as_bytes())]);
    let (code, value, err) = report(dir.path(), &["odd.txt"]);
    assert_eq!((code, lines(&value)), (0, (100, 0, 0, 100)));
    assert_eq!(value["verdict"], "insufficient");
    assert!(err.contains("100 % of odd.txt was not understood"), "{err}");
    assert!(err.contains("help: "), "{err}");
    let none = "none of the 100 lines of odd.txt was understood";
    assert!(gaps(&value).iter().any(|g| g.contains(none)));
    assert_eq!(report(dir.path(), &["odd.txt", "--strict"]).0, 2);
}

/// Runs on `input` (a file, or what comes through a pipe) and watches the process's own memory, which mapped files are
/// no part of: the report and the most kilobytes seen.
#[cfg(target_os = "linux")]
pub(super) fn watched(args: &[&str], dir: &Path, pipe: Option<&Path>) -> (serde_json::Value, u64) {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(args)
        .args(["--json", "-"])
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take();
    let pipe = pipe.map(Path::to_owned);
    let feeder = std::thread::spawn(move || {
        if let (Some(to), Some(path)) = (stdin.as_mut(), pipe) {
            std::io::copy(&mut fs::File::open(path).unwrap(), to).unwrap();
        }
    });
    // a report may be more than a pipe holds
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        std::io::Read::read_to_end(&mut stdout, &mut all).map(|_| all)
    });
    let most = most_memory(&mut child);
    feeder.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let out = reader.join().unwrap().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    super::check_accounting(&value);
    (value, most)
}

/// The most kilobytes of its own that a process has until it ends.
#[cfg(target_os = "linux")]
pub(super) fn most_memory(child: &mut std::process::Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let anon = text.lines().find_map(|l| l.strip_prefix("RssAnon:"));
        let kb = anon.and_then(|l| l.split_whitespace().next()?.parse().ok());
        most = most.max(kb.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    most
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_of_100_mb_is_counted_in_little_memory_however_it_is_read() {
    let dir = folder(&[]);
    let path = dir.path().join("long.log");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(line(1, "before").as_bytes()).unwrap();
    file.write_all(b"2024-05-01T13:00:02Z INFO api ").unwrap();
    let chunk = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&chunk).unwrap());
    file.write_all(format!("\n{}", line(3, "after")).as_bytes())
        .unwrap();
    drop(file);
    let ways = [
        watched(&["long.log", "--mmap", "always"], dir.path(), None),
        watched(&["long.log", "--mmap", "never"], dir.path(), None),
        watched(&["-"], dir.path(), Some(&path)),
    ];
    for (value, most) in &ways {
        assert_eq!(lines(value), (3, 2, 0, 1));
        assert!(gaps(value).iter().any(|g| g.contains("too long")));
        assert!(*most < 64 << 10, "{most} kB");
    }
    assert_eq!(ways[0].0, ways[1].0);
}

#[test]
fn many_long_lines_are_counted_alike_from_files_and_streams() {
    let text = format!("{}\n{}", "x".repeat(1500), LINE).repeat(5000);
    let dir = folder(&[("a.log", text.as_bytes())]);
    for mmap in ["always", "never"] {
        let args = ["a.log", "--mmap", mmap, "--max-line", "1KiB"];
        let (_, value, _) = report(dir.path(), &args);
        assert_eq!(lines(&value), (10_000, 5000, 0, 5000));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_record_that_never_ends_needs_little_memory() {
    // a stack trace of 48 MB on standard input: no second line that begins a record
    let dir = folder(&[]);
    let path = dir.path().join("a.log");
    let mut text =
        "2024-05-01 13:00:01,123 ERROR api: boom\nTraceback (most recent call last):\n".to_owned();
    text.push_str(&"  File \"app.py\", line 12, in handle\n".repeat((48 << 20) / 36));
    fs::write(&path, &text).unwrap();
    let (value, most) = watched(&["-"], dir.path(), Some(&path));
    let all = text.lines().count() as u64;
    assert_eq!(lines(&value), (all, 1, all - 1, 0));
    assert!(most < 100 << 10, "{most} kB");
}

#[test]
fn standard_input_may_hold_anything() {
    for bytes in [
        &b"\xff\xfe\0\0"[..],
        b"\n\n\n",
        b"\r\r\r",
        b"\x1f\x8b",
        b"{",
        b"[[[[[[[[",
        b"\0",
    ] {
        let out = coroner().write_stdin(bytes).output().unwrap();
        let code = out.status.code();
        assert!(matches!(code, Some(0 | 2)), "{bytes:?}: {code:?}");
        let err = String::from_utf8(out.stderr).unwrap();
        assert!(code == Some(0) || err.contains("help: "), "{err}");
    }
}
