//! Files that change while they are read, and files that cannot be: whatever the timing, the end is one of those that are
//! documented, with a sentence.

use super::{LINE, check_accounting, folder, report, run};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

/// Starts the program on `a.log` of `dir`, calls `change` every millisecond until it ends.
fn while_changing(dir: &Path, mmap: &str, mut change: impl FnMut(u64)) -> Output {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(["a.log", "--mmap", mmap, "--json", "-", "-j", "2"])
        .current_dir(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        std::io::copy(&mut out, &mut all).map(|_| all)
    });
    let mut step = 0;
    while child.try_wait().unwrap().is_none() {
        change(step);
        step += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut done = child.wait_with_output().unwrap();
    done.stdout = reader.join().unwrap().unwrap();
    done
}

/// 0 with a report that adds up, or 2 because nothing was left of the file. Never a signal, never 101.
fn ends_well(out: &Output) -> i32 {
    let err = String::from_utf8_lossy(&out.stderr);
    let code = out.status.code();
    match code {
        Some(0) => check_accounting(&serde_json::from_slice(&out.stdout).unwrap()),
        Some(2) => assert!(err.contains("no log lines"), "{err}"),
        _ => panic!("{:?}: {err}", out.status),
    }
    assert!(!err.contains("panicked"), "{err}");
    code.unwrap()
}

fn big() -> Vec<u8> {
    LINE.repeat((24 << 20) / LINE.len()).into_bytes()
}

#[test]
fn a_file_that_is_cut_while_it_is_read_ends_with_a_sentence() {
    for mmap in ["always", "never", "auto"] {
        for delay in [2, 20, 60] {
            let dir = folder(&[("a.log", &big())]);
            let path = dir.path().join("a.log");
            let out = while_changing(dir.path(), mmap, |step| {
                if step == delay {
                    let file = fs::File::options().write(true).open(&path).unwrap();
                    file.set_len(1000).unwrap();
                }
            });
            ends_well(&out);
        }
    }
}

#[test]
fn a_file_that_is_cut_again_and_again_ends_with_a_sentence() {
    for mmap in ["always", "never"] {
        let dir = folder(&[("a.log", &big())]);
        let path = dir.path().join("a.log");
        let file = fs::File::options().write(true).open(path).unwrap();
        let out = while_changing(dir.path(), mmap, |step| {
            file.set_len(if step % 2 == 0 { 0 } else { 8 << 20 })
                .unwrap();
        });
        ends_well(&out);
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_ends_and_is_reported() {
    for mmap in ["always", "never"] {
        let dir = folder(&[("a.log", &big())]);
        let mut file = fs::File::options();
        let mut file = file.append(true).open(dir.path().join("a.log")).unwrap();
        let more = LINE.repeat(2000);
        let out = while_changing(dir.path(), mmap, |_| {
            file.write_all(more.as_bytes()).unwrap();
        });
        let err = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(ends_well(&out), 0, "{err}");
        assert!(err.contains("warning: a.log grew from"), "{err}");
    }
}

#[test]
fn a_folder_in_the_place_of_a_file_is_walked_and_said_to_hold_nothing() {
    let dir = folder(&[]);
    fs::create_dir(dir.path().join("access.log")).unwrap();
    let (code, out, err) = run(dir.path(), &["access.log"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("no log lines in 0 inputs") && err.contains("help: "),
        "{err}"
    );
}

#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("locked.log", LINE.as_bytes()), ("a.log", LINE.as_bytes())]);
    let locked = dir.path().join("locked.log");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        return; // root may read everything
    }
    let (code, _, err) = report(dir.path(), &["."]);
    assert_eq!(code, 0, "met on the way");
    assert!(err.contains("locked.log"), "{err}");
    let (code, _, err) = report(dir.path(), &["locked.log", "a.log"]);
    assert_eq!(code, 2, "an operand");
    assert!(
        err.contains("cannot open locked.log") && err.contains("permissions"),
        "{err}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_opens_and_cannot_be_read_does_not_stop_the_others() {
    // reading the memory of the process at address 0 fails with an input/output error, for root as well
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let (code, out, err) = run(dir.path(), &["/proc/self/mem", "a.log"]);
    assert!(matches!(code, 2 | 74), "{err}");
    assert!(err.contains("mem") && err.contains("help: "), "{err}");
    assert!(!out.is_empty(), "the other input was read");
}

#[test]
fn links_that_lead_nowhere_or_round_in_a_ring_are_not_followed() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let link =
        |from: &str, to: &str| std::os::unix::fs::symlink(to, dir.path().join(from)).unwrap();
    link("nowhere.log", "gone");
    link("ring", ".");
    link("self.log", "self.log");
    let (code, value, _) = report(dir.path(), &["."]);
    assert_eq!(code, 0);
    assert_eq!(value["inputs"].as_array().unwrap().len(), 1);
    assert_eq!(run(dir.path(), &["nowhere.log"]).0, 2);
    assert_eq!(run(dir.path(), &["self.log"]).0, 2);
}

#[test]
fn a_named_pipe_is_read_when_named_and_left_alone_in_a_folder() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let path = dir.path().join("pipe.log");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let (code, value, _) = report(dir.path(), &["."]);
    assert_eq!((code, value["inputs"].as_array().unwrap().len()), (0, 1));
    let writer = std::thread::spawn(move || fs::write(path, LINE.repeat(300)));
    let (code, value, err) = report(dir.path(), &["pipe.log"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(super::lines(&value).0, 300);
    writer.join().unwrap().unwrap();
}
