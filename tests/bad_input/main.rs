//! Bad input to the program as a user runs it: every case ends with a sentence, the next step and the right code.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of tests that cannot go on may end the test"
)]

mod archives;
mod bytes;
mod changing;
mod contrary;
mod encodings;
mod many;
mod outputs;
mod packed;
#[path = "../e2e/piped.rs"]
mod piped;
mod reports;
mod texts;
mod watching;

use piped::Piped;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

const LINE: &str = "2024-05-01T13:00:00Z INFO api started\n";

fn coroner() -> Command {
    Command::new(env!("CARGO_BIN_EXE_coroner"))
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

/// Runs in `dir`; exit code, standard output, standard error.
fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let out = coroner().current_dir(dir).args(args).output().unwrap();
    let text = |b: Vec<u8>| String::from_utf8(b).unwrap();
    (
        out.status.code().unwrap(),
        text(out.stdout),
        text(out.stderr),
    )
}

/// The report as JSON, on standard output; the code and standard error beside it. Whatever the input, each line of it
/// must be accounted for.
fn report(dir: &Path, args: &[&str]) -> (i32, serde_json::Value, String) {
    let (code, out, err) = run(dir, &[args, &["--json", "-"]].concat());
    let value: serde_json::Value =
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out:?}, {err}"));
    check_accounting(&value);
    (code, value, err)
}

fn check_accounting(report: &serde_json::Value) {
    for input in report["inputs"].as_array().unwrap() {
        let n = |k: &str| input[k].as_u64().unwrap();
        assert_eq!(
            n("lines"),
            n("parsed") + n("continuation") + n("unparsed") + n("out_of_range"),
            "{input}"
        );
    }
}

/// Lines, parsed, continuation, unparsed of the only input.
fn lines(report: &serde_json::Value) -> (u64, u64, u64, u64) {
    let input = &report["inputs"][0];
    let n = |k: &str| input[k].as_u64().unwrap();
    (n("lines"), n("parsed"), n("continuation"), n("unparsed"))
}

/// Texts of the gaps.
fn gaps(report: &serde_json::Value) -> Vec<String> {
    let all = report["gaps"].as_array().unwrap();
    all.iter()
        .map(|g| g["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_missing_file_is_2_after_the_rest_was_done() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let (code, out, err) = run(dir.path(), &["nope.log", "a.log"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("error: cannot open nope.log: no such file or folder\n  help: "),
        "{err}"
    );
    assert!(!out.is_empty(), "the other input was read");
    let (code, out, err) = run(dir.path(), &["nope.log"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(err.matches("error").count(), 1, "{err}");
}

#[test]
fn a_misspelt_subcommand_is_guessed() {
    let dir = folder(&[]);
    let (code, _, err) = run(dir.path(), &["anaylse"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("unknown subcommand or file \"anaylse\""),
        "{err}"
    );
    assert!(err.contains("did you mean `analyse`?"), "{err}");
}

#[test]
fn a_file_called_like_a_subcommand_gets_a_hint() {
    let dir = folder(&[("analyse", LINE.as_bytes()), ("a.log", LINE.as_bytes())]);
    let (code, _, err) = run(dir.path(), &["analyse", "a.log"]);
    assert_eq!(code, 0);
    assert!(err.contains("for the file write ./analyse"), "{err}");
    for args in [&["./analyse"][..], &["--", "analyse"]] {
        let (code, _, err) = run(dir.path(), args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn a_folder_without_logs_says_what_is_there() {
    let dir = folder(&[
        ("core.1234", b"\x7fELF\x02\x01\x01\0\0\0"),
        ("empty.log", b""),
        ("old.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
    ]);
    let (code, out, err) = run(dir.path(), &["."]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("error: no log lines in 3 inputs\n"),
        "{err}"
    );
    assert!(err.contains("  core.1234  ELF file, skipped\n"), "{err}");
    assert!(err.contains("  empty.log  empty\n"), "{err}");
    assert!(
        err.contains("7z archive, skipped; unpack it first"),
        "{err}"
    );
    assert!(err.contains("  help: "), "{err}");
    let (code, _, err) = run(folder(&[]).path(), &["."]);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: no log lines in 0 inputs\n"),
        "{err}"
    );
}

#[test]
fn a_binary_file_does_not_stop_the_others() {
    let dir = folder(&[("core.1", b"\x7fELF\x02\x01"), ("a.log", LINE.as_bytes())]);
    let (code, _, err) = run(dir.path(), &["."]);
    assert_eq!(code, 0);
    assert!(err.contains("warning: core.1: ELF file, skipped"), "{err}");
    assert_eq!(run(dir.path(), &["--strict", "."]).0, 2);
    assert_eq!(run(dir.path(), &["core.1", "a.log"]).0, 2, "an operand");
}

#[test]
fn an_output_that_cannot_be_written_is_reported_before_reading() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    fs::create_dir(dir.path().join("pm.md")).unwrap();
    for target in ["pm.md", "no/such/pm.md", "a.log/pm.md"] {
        let (code, out, err) = run(dir.path(), &["a.log", "--md", target]);
        assert_eq!((code, out.as_str()), (2, ""), "{target}");
        assert!(
            err.contains(&format!("error: cannot write {target}")),
            "{err}"
        );
    }
}

#[test]
fn logs_and_notes_are_never_overwritten() {
    let dir = folder(&[("a.json", b"{\"msg\":1}\n"), ("pm.md", b"# my own\n")]);
    for (args, why) in [
        (["a.json", "--json", "a.json"], "this run reads it"),
        ([".", "--json", "a.json"], "this run reads it"),
        (["a.json", "--md", "pm.md"], "coroner did not write it"),
    ] {
        let (code, _, err) = run(dir.path(), &args);
        assert_eq!(code, 2);
        assert!(err.contains(why) && err.contains("  help: "), "{err}");
    }
    assert_eq!(
        fs::read(dir.path().join("a.json")).unwrap(),
        b"{\"msg\":1}\n"
    );
    assert_eq!(fs::read(dir.path().join("pm.md")).unwrap(), b"# my own\n");
}

#[test]
fn options_that_make_no_sense_are_2() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for args in [
        &["a.log", "--tz", "IST"][..],
        &["a.log", "--no-such-option"],
        &["a.log", "-j", "0"],
        &["a.log", "--md", "-", "--json", "-"],
        &["a.log", "-o", "report.xls"],
        &["a.log", "--edge", "["],
        &["a.log", "--slo", "200%"],
    ] {
        let (code, out, err) = run(dir.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.starts_with("error: "), "{args:?}: {err}");
    }
}

#[test]
fn names_of_files_cannot_write_to_the_terminal() {
    let dir = folder(&[("a\x1b[2J.log", b"\x7fELF\x02\x01")]);
    let (_, _, err) = run(dir.path(), &["."]);
    assert!(!err.contains('\x1b'), "{err:?}");
    assert!(err.contains("a\\x1b[2J.log"), "{err}");
}

#[test]
fn standard_input_is_read_without_any_operand() {
    for args in [&[][..], &["-"]] {
        let out = coroner().args(args).write_stdin(LINE).output().unwrap();
        assert_eq!(out.status.code(), Some(0));
        assert!(String::from_utf8(out.stdout).unwrap().contains("stdin"));
    }
    let out = coroner().write_stdin("").output().unwrap();
    assert_eq!(out.status.code(), Some(2), "nothing at all is no log");
}

#[test]
fn a_closed_output_pipe_is_quiet_and_0() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
        .arg(dir.path())
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(0));
    assert_eq!(String::from_utf8(out.stderr).unwrap(), "");
}

/// What the program, `$0` of a line of bash, says when it ends with 74.
#[cfg(target_os = "linux")]
fn ends_with_74(line: &str, folder: &std::path::Path) -> String {
    let out = std::process::Command::new("bash")
        .args(["-c", line])
        .arg(env!("CARGO_BIN_EXE_coroner"))
        .current_dir(folder)
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(74), "{line}: {err}");
    err
}

/// Whatever is written to standard output: the report, a list, what was asked of the program itself, events.
#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_takes_nothing_is_74() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let all = [
        "a.log",
        "a.log --json -",
        "summarize a.log",
        "plan a.log",
        "timeline a.log",
        "formats",
        "schema report",
        "watch - --json <a.log",
        "watch - <a.log",
        "--version",
        "--help",
    ];
    for args in all {
        for to in [">/dev/full", ">&-", "1</dev/null"] {
            let err = ends_with_74(&format!("\"$0\" {args} {to}"), dir.path());
            let named = err
                .lines()
                .any(|l| l.starts_with("error: cannot write standard output: "));
            assert!(named, "{args} {to}: {err}");
        }
    }
}

/// Files may be of one KiB, as on a disk that is full then; the report is written where nothing else is.
#[cfg(target_os = "linux")]
#[test]
fn lines_of_json_are_written_whole_or_not_at_all() {
    let log: String = (0..40)
        .map(|i| {
            format!(
                "2024-05-01T{:02}:{:02}:00Z INFO deploy: deploying version 1.{i}.0 of shop\n",
                i / 60,
                i % 60
            )
        })
        .collect();
    let dir = folder(&[("a.log", log.as_bytes())]);
    for to in ["--json > rows", "-q --events rows"] {
        let line = format!("trap '' XFSZ; ulimit -f 1; exec \"$0\" watch - {to} <a.log");
        ends_with_74(&line, dir.path());
        let rows = fs::read_to_string(dir.path().join("rows")).unwrap();
        fs::remove_file(dir.path().join("rows")).unwrap();
        assert!(rows.ends_with('\n'), "{to}: {rows}");
        for row in rows.lines() {
            serde_json::from_str::<serde_json::Value>(row).unwrap();
        }
    }
}

#[test]
fn an_interrupt_is_130() {
    // Standard input that stays open keeps the program waiting.
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(LINE.as_bytes()).unwrap();
    // The handler is in place well before half a second; being too early would end the child by the signal itself.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    assert_eq!(out, "");
}
