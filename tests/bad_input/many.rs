//! Too many of anything: distinct names, markers, bursts, hours. Memory and reports stay bounded, and what is left out is said.

use super::{folder, gaps, lines, report};
use std::fmt::Write;

fn access(day: u32, second: u32, client: u32, path: &str, status: u32) -> String {
    format!(
        "10.{}.{}.{} - - [{:02}/May/2024:{:02}:{:02}:{:02} +0000] \"GET {path} HTTP/1.1\" {status} 1 \"-\" \"curl/8\"\n",
        client >> 16 & 255,
        client >> 8 & 255,
        client & 255,
        day % 28 + 1,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
    )
}

#[test]
fn endpoints_and_clients_without_end_are_coarsened_and_counted() {
    let text: String = (0..30_000)
        .map(|i| access(0, i / 10, i, &format!("/x{i}y/z{i}q"), 200 + i % 2 * 300))
        .collect();
    let dir = folder(&[("access.log", text.as_bytes())]);
    let (code, value, _) = report(dir.path(), &["access.log"]);
    assert_eq!((code, lines(&value)), (0, (30_000, 30_000, 0, 0)));
    assert!(value.to_string().len() < 400_000);
}

#[test]
fn hosts_services_versions_and_templates_without_end_are_coarsened() {
    let mut text = String::new();
    for i in 0..20_000u32 {
        let word: String = i.to_string().bytes().map(|b| char::from(b + 50)).collect();
        let at = format!(
            "2024-05-01T{:02}:{:02}:{:02}Z",
            i / 3600,
            i / 60 % 60,
            i % 60
        );
        writeln!(
            text,
            r#"{{"time":"{at}","level":"error","host":"h{i}","service":"s{i}","version":"1.{i}.0","msg":"out of memory in {word}"}}"#
        )
        .unwrap();
    }
    let dir = folder(&[("app.jsonl", text.as_bytes())]);
    let (code, value, _) = report(dir.path(), &["app.jsonl"]);
    assert_eq!((code, lines(&value)), (0, (20_000, 20_000, 0, 0)));
    assert!(value.to_string().len() < 2_000_000);
}

#[test]
fn markers_without_end_are_cut_and_the_rest_is_said() {
    let text: String = (0..25_000u32)
        .map(|i| {
            let at = format!(
                "2024-05-01T{:02}:{:02}:{:02}Z",
                i / 3600,
                i / 60 % 60,
                i % 60
            );
            format!("{at} INFO deploy: deploying version 1.{i}.0 of svc{i}\n")
        })
        .collect();
    let dir = folder(&[("deploy.log", text.as_bytes())]);
    let (code, value, _) = report(dir.path(), &["deploy.log"]);
    assert_eq!((code, lines(&value)), (0, (25_000, 25_000, 0, 0)));
    let said = gaps(&value);
    assert!(
        said.iter()
            .any(|g| g.contains("13000 later markers") || g.contains("13,000 later markers")),
        "{said:?}"
    );
}

/// Of releases some are told, of each minute the first and the last line: neither is kept as it was read without need.
#[cfg(target_os = "linux")]
#[test]
fn releases_without_end_take_little_memory() {
    let mut text = String::new();
    for i in 0..60_000u32 {
        let (day, hour, minute) = (i / 2880, i / 120 % 24, i / 2 % 60);
        let at = format!(
            "2026-03-{:02}T{hour:02}:{minute:02}:{:02}Z",
            day + 1,
            i % 2 * 30
        );
        let what = format!("rollout finished service=shop version=1.{i}.0 by=ci");
        writeln!(text, "{at} deployctl[88]: {what}").unwrap();
    }
    let dir = folder(&[("deploy.log", text.as_bytes())]);
    let args = ["deploy.log", "-j", "1", "--mmap", "never"];
    let (value, most) = super::bytes::watched(&args, dir.path(), None);
    assert_eq!(lines(&value), (60_000, 60_000, 0, 0));
    assert!(most < 40_000, "{most} kB");
}

#[test]
fn bursts_without_end_are_footnotes_up_to_a_number() {
    // one failed request alone in its hour, for 28 days and 24 hours, by 4 years
    let mut text = String::new();
    for year in 2020..2024 {
        for hour in 0..28 * 24u32 {
            let line = access(hour / 24, hour % 24 * 3600, hour, "/a", 502);
            text.push_str(&line.replace("2024", &year.to_string()));
        }
    }
    let dir = folder(&[("access.log", text.as_bytes())]);
    let (code, value, _) = report(dir.path(), &["access.log"]);
    assert_eq!((code, lines(&value)), (0, (2688, 2688, 0, 0)));
    let listed = value["blips"].as_array().unwrap().len();
    assert!(listed <= 1000, "{listed}");
    assert!(
        listed < 1000 || gaps(&value).iter().any(|g| g.contains("more short bursts")),
        "{listed}"
    );
}

/// How small logs are kept.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kept {
    Plain,
    Gzipped,
    Archived,
}

/// Memory for so many inputs of a line each, beside what a run takes anyway, with several threads and a long page to write: the less of
/// two runs, since what threads leave free among them differs by a tenth.
#[cfg(target_os = "linux")]
#[test]
fn an_input_of_a_line_takes_little_memory() {
    use std::io::Write;
    let line = |i: usize| {
        let word: String = i.to_string().bytes().map(|b| char::from(b + 50)).collect();
        let (minute, second) = (i / 60 % 60, i % 60);
        format!("2026-03-01 10:{minute:02}:{second:02} ERROR failed in {word}\n")
    };
    let most = |n: usize, kept: Kept| {
        let dir = folder(&[("logs/0.log", line(0).as_bytes())]);
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for i in 1..n {
            let name = format!("logs/{i}.log");
            match kept {
                Kept::Archived => {
                    let deflated = zip::write::SimpleFileOptions::default();
                    zip.start_file(name, deflated).unwrap();
                    zip.write_all(line(i).as_bytes()).unwrap();
                }
                Kept::Gzipped => {
                    let file = std::fs::File::create(dir.path().join(name)).unwrap();
                    let mut gz = flate2::write::GzEncoder::new(file, Default::default());
                    gz.write_all(line(i).as_bytes()).unwrap();
                }
                Kept::Plain => std::fs::write(dir.path().join(name), line(i)).unwrap(),
            }
        }
        let zip = zip.finish().unwrap().into_inner();
        std::fs::write(dir.path().join("logs/more.zip"), zip).unwrap();
        let args = [
            "logs", "--mmap", "never", "-j", "4", "--md", "page.md", "--force",
        ];
        super::bytes::watched(&args, dir.path(), None).1
    };
    for kept in [Kept::Plain, Kept::Gzipped, Kept::Archived] {
        let (few, many) = (most(500, kept), most(3500, kept));
        let each = many.saturating_sub(few) * 1024 / 3000;
        assert!(each < 3000, "{each} bytes for each, {kept:?}");
    }
}

/// All of a small file is its sample, which is not held while the other files are looked at.
#[cfg(target_os = "linux")]
#[test]
fn a_small_file_is_not_held_from_its_sample_on() {
    let most = |n: usize| {
        let dir = folder(&[]);
        for i in 0..n {
            let mut text = String::new();
            for line in 0..40 {
                let word = "x".repeat(600);
                writeln!(text, "2026-03-01 10:00:{line:02} INFO {word} {i}").unwrap();
            }
            std::fs::write(dir.path().join(format!("{i}.log")), text).unwrap();
        }
        super::bytes::watched(&[".", "--mmap", "never", "-j", "1"], dir.path(), None).1
    };
    let (few, many) = (most(50), most(450));
    let each = many.saturating_sub(few) * 1024 / 400;
    assert!(each < 16_000, "{each} bytes for each");
}

/// Series of a log whose lines lie a day apart are bounded, and that the earliest are left out is said.
#[cfg(target_os = "linux")]
#[test]
fn days_without_end_take_bounded_memory() {
    let days = |n: i64| -> u64 {
        let mut text = String::new();
        for i in 0..n {
            let (y, m, d) = coroner_lines::time::civil_from_days(i);
            writeln!(text, "{y:04}-{m:02}-{d:02} 12:00:00 ERROR failed").unwrap();
        }
        let dir = folder(&[("days.log", text.as_bytes())]);
        let args = ["days.log", "--mmap", "never", "-j", "1"];
        let (value, most) = super::bytes::watched(&args, dir.path(), None);
        let said = gaps(&value);
        assert_eq!(
            said.iter()
                .any(|g| g.contains("only the latest are listed")),
            n > 65_536,
            "{said:?}"
        );
        most
    };
    let (few, many) = (days(60_000), days(360_000));
    assert!(many < 3 * few, "{few} and {many} kB");
}
