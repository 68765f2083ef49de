//! Outputs that cannot be written: reported with the next step, and nothing that a person wrote is lost.

use super::{LINE, folder, run};
use std::fs;
use std::io::Read;
use std::process::Stdio;

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_on_the_disk_is_74() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for flag in ["--json", "--md", "--html"] {
        let (code, _, err) = run(dir.path(), &["a.log", flag, "/dev/full"]);
        assert_eq!(code, 74, "{err}");
        assert!(err.contains("error: cannot write /dev/full: "), "{err}");
        assert!(err.contains("help: make room"), "{err}");
    }
}

#[test]
fn a_missing_folder_for_the_report_is_reported_before_reading() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for flag in ["--json", "--md", "--html"] {
        let (code, out, err) = run(dir.path(), &["a.log", flag, "missing/report"]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(
            err.contains("error: cannot write missing/report: "),
            "{err}"
        );
        assert!(!dir.path().join("missing").exists());
    }
}

#[test]
fn markdown_that_was_edited_is_kept() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let path = dir.path().join("pm.md");
    let write = |more: &[&str]| run(dir.path(), &[&["a.log", "--md", "pm.md"], more].concat());
    assert_eq!(write(&[]).0, 0);
    assert_eq!(write(&[]).0, 0, "untouched, it is written again");
    let edited = format!("a thought\n{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, &edited).unwrap();
    let (code, _, err) = write(&[]);
    assert_eq!(code, 2);
    assert!(err.contains("pm.md") && err.contains("was edited"), "{err}");
    assert!(err.contains("--force"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    assert_eq!(write(&["--force"]).0, 0);
    assert_ne!(fs::read_to_string(&path).unwrap(), edited);
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}

/// Runs in a folder with a log, a part, settings, a template and files of somebody else; none of them may change.
fn refused(args: &str, input: &str) -> String {
    let log = LINE.repeat(20);
    let dir = folder(&[
        ("a.log", log.as_bytes()),
        ("c.toml", b"tz = \"UTC\"\n"),
        ("t.j2", b"# {{ verdict }}\n"),
        (
            "n.conf",
            b"log_format m '$remote_addr [$time_local] \"$request\" $status';\n",
        ),
        ("mine.txt", b"mine\n"),
        ("mine.bin", b"\xff\xfe\x00\x01"),
    ]);
    assert_eq!(run(dir.path(), &["summarize", "a.log", "-o", "b.cor"]).0, 0);
    assert_eq!(run(dir.path(), &["plan", "a.log", "-o", "a.plan"]).0, 0);
    std::os::unix::fs::symlink("mine.txt", dir.path().join("link.html")).unwrap();
    fs::hard_link(dir.path().join("a.log"), dir.path().join("twin.json")).unwrap();
    let all = || {
        let names = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path());
        let mut all: Vec<_> = names.map(|p| (fs::read(&p).unwrap(), p)).collect();
        all.sort();
        all
    };
    let before = all();
    let stdin = fs::File::open(dir.path().join(input));
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
        .current_dir(dir.path())
        .args(args.split(' '))
        .stdin(stdin.map_or(Stdio::null(), Stdio::from))
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{args}: {err}");
    assert!(out.stdout.is_empty() && err.contains("\n  help: "), "{err}");
    assert!(all() == before, "{args} changed the folder");
    err
}

#[test]
fn nothing_that_is_read_is_written_over() {
    for args in [
        "a.log --json ./a.log",
        "a.log --json twin.json",
        "a.log --force --md a.log",
        "a.log --json b.cor --baseline b.cor",
        "a.log --json c.toml --config c.toml",
        "a.log --html n.conf --format-from n.conf",
        "a.log --html t.j2 --template t.j2",
        "summarize a.log -o a.log",
        "summarize . -o a.log --force",
        "plan a.log -o a.log",
        "plan . -o mine.txt",
        "merge b.cor -o b.cor",
        "report b.cor --json b.cor",
        "watch a.log --events a.log",
        "watch a.log --state a.log",
        "watch a.log --md a.log",
        "watch a.log --metrics a.log",
    ] {
        let err = refused(args, "none");
        assert!(err.contains("this run reads it"), "{args}: {err}");
    }
    for args in [
        "- --json a.log",
        "summarize - -o a.log",
        "watch - --events a.log",
    ] {
        let err = refused(args, "a.log");
        assert!(
            err.contains("output a.log: this run reads it"),
            "{args}: {err}"
        );
    }
}

#[test]
fn nothing_of_others_is_replaced_without_force() {
    for args in [
        "a.log --html mine.txt",
        "a.log --csv mine.txt",
        "a.log --json mine.txt",
        "a.log --json b.cor",
        "a.log --html link.html",
        "summarize a.log -o mine.txt",
        "summarize a.log -o a.plan",
        "plan a.log -o b.cor",
        "merge b.cor -o mine.txt",
        "watch a.log --events mine.txt",
        "watch a.log --metrics mine.txt",
        "watch a.log --metrics mine.bin",
    ] {
        let err = refused(args, "none");
        assert!(err.contains("is there already (coroner "), "{args}: {err}");
        assert!(err.contains("-2"), "another name: {err}");
    }
    let dir = folder(&[
        ("a.log", LINE.as_bytes()),
        ("mine.csv", b"a,b\n"),
        ("empty", b""),
    ]);
    assert_eq!(
        run(dir.path(), &["a.log", "--csv", "mine.csv", "--force"]).0,
        0
    );
    assert_eq!(run(dir.path(), &["summarize", "a.log", "-o", "empty"]).0, 0);
    // its own it writes again, of each kind
    for _ in 0..2 {
        for args in [
            "a.log --json r.json --html r.html --md r.md --csv r.csv",
            "plan a.log -o a.plan",
            "summarize a.log -o a.cor",
            "watch - --metrics w.prom",
        ] {
            let args: Vec<&str> = args.split(' ').collect();
            assert_eq!(run(dir.path(), &args).0, 0, "{args:?}");
        }
    }
}

#[test]
fn two_outputs_are_two_files() {
    for args in [
        "a.log --json r --md ./r",
        "a.log --json - --md -",
        "a.log --json r.json -o r.json",
        "watch a.log --events r --state ./r",
    ] {
        let err = refused(args, "none");
        assert!(err.contains("is given for two of them"), "{args}: {err}");
    }
}

#[test]
fn what_holds_raw_texts_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for (args, file, want) in [
        ("a.log --json f", "f", 0o644),
        ("a.log --raw-evidence --json f", "f", 0o600),
        ("a.log --no-redact --html f", "f", 0o600),
        ("summarize a.log -o f", "f", 0o600),
        ("plan a.log -o f", "f", 0o600),
        ("watch - --no-redact --events f", "f", 0o600),
        // who collects figures is another user
        ("watch - --no-redact --metrics f", "f", 0o644),
    ] {
        // a file that everybody may read is narrowed, one that is not stays so
        for old in [None, Some(0o644), Some(0o400)] {
            let path = dir.path().join(file);
            let _ = fs::remove_file(&path);
            if let Some(mode) = old {
                fs::write(&path, "").unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            }
            let args: Vec<&str> = args.split(' ').collect();
            let (code, _, err) = run(dir.path(), &args);
            if old == Some(0o400) && code == 2 && err.contains("Permission denied") {
                continue; // appended to, by somebody who is not root
            }
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let narrow = old.unwrap_or(0o644) & want;
            let fresh = if old.is_none() { want } else { narrow };
            assert!(
                mode == fresh || old.is_none() && want == 0o644,
                "{args:?}, {old:?}: {mode:o}, {err}"
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_is_74_and_leaves_nothing() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let line = "ulimit -f 1; exec \"$0\" a.log -q --html big.html";
    let err = super::ends_with_74(line, dir.path());
    assert!(err.contains("error: cannot write big.html: "), "{err}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn the_longest_names_can_be_written() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let name = format!("{}.json", "x".repeat(250));
    let (code, _, err) = run(dir.path(), &["a.log", "-q", "--json", &name]);
    assert_eq!(code, 0, "{err}");
    assert!(dir.path().join(name).is_file());
}

#[test]
fn a_reader_that_goes_away_in_the_middle_is_no_error() {
    let text = "lorem ipsum\n".repeat(1000) + &LINE.repeat(5000);
    let dir = folder(&[("a.log", text.as_bytes())]);
    for form in [&["--json", "-"][..], &["--md", "-"], &["--html", "-"], &[]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
            .arg("a.log")
            .args(form)
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0));
        let err = String::from_utf8(done.stderr).unwrap();
        assert!(!err.contains("error: cannot write"), "{err}");
    }
}

#[test]
fn a_screen_of_twenty_columns_is_enough() {
    let mut log = String::new();
    for s in 0..5400 {
        let status = if (1800..3000).contains(&s) { 502 } else { 200 };
        let (h, m, s) = (8 + s / 3600, s / 60 % 60, s % 60);
        log.push_str(&format!(
            "203.0.113.7 - - [04/Mar/2024:{h:02}:{m:02}:{s:02} +0000] \"GET / HTTP/1.1\" {status} 9 \"-\" \"m\"\n"
        ));
    }
    let dir = folder(&[("a.log", log.as_bytes())]);
    let (code, out, err) = run(dir.path(), &["a.log", "--width", "20"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("INCIDENT") && out.contains("a.log:1801"),
        "{out}"
    );
    for l in out.lines().filter(|l| !l.contains("a.log")) {
        assert!(l.chars().count() <= 20, "{l}");
    }
    assert_eq!(run(dir.path(), &["a.log", "--width", "19"]).0, 2);
}

#[test]
fn several_incidents_have_an_index_and_a_section_each() {
    let mut log = String::new();
    for s in 0..12 * 3600 {
        let status = if (1800..2400).contains(&(s % 3600)) {
            502
        } else {
            200
        };
        let (h, m, s) = (8 + s / 3600, s / 60 % 60, s % 60);
        log.push_str(&format!(
            "203.0.113.7 - - [04/Mar/2024:{h:02}:{m:02}:{s:02} +0000] \"GET / HTTP/1.1\" {status} 9 \"-\" \"m\"\n"
        ));
    }
    let dir = folder(&[("a.log", log.as_bytes())]);
    let (code, html, err) = run(dir.path(), &["a.log", "--html", "-"]);
    assert_eq!(code, 0, "{err}");
    assert!(html.contains("<h1 id=\"incidents\">12 incidents</h1>"));
    for n in 1..=12 {
        assert!(html.contains(&format!("href=\"#i{n}\"")), "{n}");
        assert!(
            html.contains(&format!("<article class=\"one\" id=\"i{n}\"")),
            "{n}"
        );
    }
    assert!(html.len() < 2_000_000);
}
