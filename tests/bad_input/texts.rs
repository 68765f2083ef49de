//! The words of errors: what is wrong, where with a caret, why, and what to do; in the form that the documentation shows.
//! Names and lines in them are harmless, and what is said fits a screen.

use super::{LINE, folder, report, run};
use std::fs;
use std::io::Write;

/// An hour of requests; those of ten minutes fail.
fn access() -> String {
    (0..3600)
        .map(|s| {
            let status = if (1200..1800).contains(&s) { 500 } else { 200 };
            let (m, sec) = (s / 60, s % 60);
            format!("198.51.100.{} - - [04/Mar/2024:08:{m:02}:{sec:02} +0000] \"GET /x HTTP/1.1\" {status} 9 \"-\" \"m\"\n", s % 90)
        })
        .collect()
}

#[test]
fn a_zone_that_nothing_shows_is_asked_for_with_the_line() {
    let deploy = "2024-03-04 09:29:50 deployctl[8831]: rollout start service=checkout-api\n";
    let dir = folder(&[
        ("access.log", access().as_bytes()),
        ("deploy.log", deploy.as_bytes()),
    ]);
    let (code, _, err) = run(dir.path(), &["."]);
    assert_eq!(code, 0);
    assert_eq!(
        err,
        "warning: the zone of deploy.log was not found: UTC is assumed for 1 line (say it: --assume-tz 'deploy.log=UTC')\n"
    );
    let (code, _, err) = run(dir.path(), &[".", "--strict"]);
    assert!(code == 2 && err.starts_with("error: the zone of "), "{err}");
    let (code, _, err) = run(dir.path(), &[".", "--assume-tz", "deploy.log=+01:00"]);
    assert_eq!((code, err.as_str()), (0, ""));
    // where all logs lack a zone they still agree with each other
    let dir = folder(&[("a.log", deploy.as_bytes()), ("b.log", deploy.as_bytes())]);
    assert_eq!(run(dir.path(), &["."]).2, "");
}

#[test]
fn lines_that_are_not_understood_are_shown_with_their_place() {
    let mut text = access();
    let good = text.lines().count();
    text.push_str(&"\u{1b}[2J%%% \u{202e}what\n".repeat(2500));
    let dir = folder(&[("web-4.access.log", text.as_bytes())]);
    let (code, _, err) = run(dir.path(), &["."]);
    assert_eq!(code, 0);
    let first = good + 1;
    assert_eq!(
        err,
        format!(
            "warning: 41 % of web-4.access.log was not understood (2,500 of 6,100 lines, first: line {first})\n       \
             ┌ web-4.access.log:{first}\n  \
             {first} │ \\x1b[2J%%% \\u{{202e}}what\n  \
             help: coroner formats --try web-4.access.log, then name its format with --format\n"
        )
    );
}

#[test]
fn the_place_where_a_line_that_is_not_understood_differs_is_marked() {
    // torn within its request: behind that it would be a request of a log that is read by its columns
    let torn = r#"10.0.0.4 - - [01/May/2023:13:00:00 +0100] "GET /"#;
    let text = format!("{}{}", access(), format!("{torn}\n").repeat(2500));
    let dir = folder(&[("a.log", text.as_bytes())]);
    let (_, _, err) = run(dir.path(), &["a.log"]);
    // from the quote on that is never closed
    let below = format!(
        "│ {}^^^^^^ text in quotes expected here, found “\"”\n",
        " ".repeat(42)
    );
    assert!(torn.find('"') == Some(42) && err.contains(&below), "{err}");
}

#[test]
fn a_date_or_zone_with_several_meanings_is_not_guessed() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for (args, want) in [
        (
            ["--since", "1/5/23"],
            "error: --since \"1/5/23\" can be 1 May or 5 January\n  help: write 2023-05-01 or 2023-01-05\n",
        ),
        (
            ["--tz", "IST"],
            "error: zone \"IST\" has three meanings: +05:30 (India), +01:00 (Ireland), +02:00 (Israel)\n  help: write +05:30 or +01:00 or +02:00\n",
        ),
        (
            ["--assume-tz", "x*=BST"],
            "error: zone \"BST\" has two meanings: +01:00 (British Summer), +06:00 (Bangladesh)\n  help: write +01:00 or +06:00\n",
        ),
    ] {
        let (code, out, err) = run(dir.path(), &[&args[..], &["a.log"]].concat());
        assert_eq!((code, out.as_str()), (2, ""));
        let want = match args[0] {
            "--assume-tz" => want.replace("error: ", "error: --assume-tz \"x*=BST\": "),
            _ => want.to_owned(),
        };
        assert_eq!(err, want);
    }
}

#[test]
fn an_edited_file_says_how_much_of_it_differs() {
    let dir = folder(&[("a.log", access().as_bytes())]);
    let path = dir.path().join("postmortem.md");
    let write = || run(dir.path(), &["a.log", "-q", "--md", "postmortem.md"]);
    assert_eq!(write().0, 0);
    let edited = fs::read_to_string(&path)
        .unwrap()
        .replace("## Summary\n", "## Summary\n\nOur words.\n")
        .replace("## Impact\n", "## Impact\n\nEUR 1,000.\n");
    fs::write(&path, edited).unwrap();
    let (code, _, err) = write();
    assert_eq!(code, 2);
    assert_eq!(
        err,
        "error: postmortem.md was edited after coroner wrote it (2 sections differ)\n  \
         help: write elsewhere (--md postmortem-2.md) or replace it (--force)\n"
    );
    fs::write(dir.path().join("notes.md"), "mine\n").unwrap();
    let (_, _, err) = run(dir.path(), &["a.log", "-q", "--md", "notes.md"]);
    assert!(
        err.starts_with("error: notes.md is there already (coroner did not write it)\n"),
        "{err}"
    );
}

#[test]
fn no_log_lines_has_a_reason_per_input() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"").unwrap();
    let dir = folder(&[
        ("a.gz", &packed.finish().unwrap()),
        ("core.1234", b"\x7fELF\x02\x01\x01\0\0\0"),
        ("x\x1b.log", b""),
    ]);
    let (code, out, err) = run(dir.path(), &["."]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        "error: no log lines in 3 inputs\n  \
         a.gz       empty after unpacking\n  \
         core.1234  ELF file, skipped\n  \
         x\\x1b.log     empty\n  \
         help: name a log file, a folder of logs, or - for standard input\n"
    );
}

#[test]
fn the_three_outcomes_are_three_sentences() {
    let first = |text: &str| {
        let dir = folder(&[("a.log", text.as_bytes())]);
        let (code, value, _) = report(dir.path(), &["a.log"]);
        assert_eq!(code, 0);
        let (_, out, _) = run(dir.path(), &["a.log"]);
        let out = out.lines().take(3).collect::<Vec<_>>().join(" ");
        (value["verdict"].as_str().unwrap().to_owned(), out)
    };
    let (verdict, said) = first(&access().replace("\" 500 9", "\" 200 9"));
    assert_eq!(verdict, "none");
    assert!(
        said.starts_with("No incident found in ") && said.contains("3,600 requests, none failed"),
        "{said}"
    );
    assert!(
        said.contains("There are enough requests to be confident; "),
        "{said}"
    );
    // the 95 % score interval (Wilson) of 3 of 80, by hand: middle 0.0587, half 0.0459
    let few: String = access()
        .lines()
        .step_by(30)
        .take(80)
        .enumerate()
        .map(|(n, l)| {
            let ok = l.replace("\" 500 9", "\" 200 9");
            let l = if [20, 40, 60].contains(&n) {
                ok.replace("\" 200 9", "\" 502 9")
            } else {
                ok
            };
            l + "\n"
        })
        .collect();
    let (verdict, said) = first(&few);
    assert_eq!(verdict, "insufficient", "{said}");
    assert!(
        said.contains("80 requests in 40 min; 3 failed (3.8 %, 95 % interval 1.3–10.5 %)"),
        "{said}"
    );
}

#[test]
fn a_misspelt_word_is_a_subcommand_or_a_file() {
    let dir = folder(&[]);
    assert_eq!(
        run(dir.path(), &["timelime"]).2,
        "error: unknown subcommand or file \"timelime\"\n  help: did you mean `timeline`? For a file write ./timelime\n"
    );
}

#[test]
fn an_archive_that_ends_early_says_where_and_how_many_members_were_read() {
    let mut tar = tar::Builder::new(Vec::new());
    for n in 0..4 {
        let mut h = tar::Header::new_gnu();
        let text = LINE.repeat(40);
        h.set_size(text.len() as u64);
        h.set_mode(0o644);
        tar.append_data(&mut h, format!("{n}.log"), text.as_bytes())
            .unwrap();
    }
    let whole = tar.into_inner().unwrap();
    // in the middle of the third member: 512 bytes of header and 1,536 of text each
    let cut = &whole[..2 * 2048 + 1000];
    let dir = folder(&[("logs.tar", cut)]);
    let (code, out, err) = run(dir.path(), &["logs.tar"]);
    assert_eq!(code, 0, "what was read is reported");
    assert!(
        err.starts_with("error: logs.tar ends early (unexpected end after "),
        "{err}"
    );
    assert!(err.contains("; 2 of at least 3 members were read\n  help: the report covers what was read and says so; --strict refuses\n"), "{err}");
    assert!(!out.is_empty());
}
