//! Traps of written times, each as a small input through the whole program: what is read, and what is said where it stays open.

use crate::common::{epoch, folder, list, path_str, report_on};
use serde_json::Value;

/// The report on files of these texts.
fn read(files: &[(&str, &str)], options: &[&str]) -> Value {
    let dir = folder(files);
    let mut words = vec![path_str(dir.path())];
    words.extend(options);
    report_on(&words)
}

/// First and last time of the input of this name, in seconds since 1970 UTC.
fn span(report: &Value, name: &str) -> (f64, f64) {
    let input = list(&report["inputs"])
        .iter()
        .find(|i| i["name"] == name)
        .unwrap();
    assert_eq!(input["unparsed"], 0, "{input}");
    (
        epoch(&input["first"]).unwrap(),
        epoch(&input["last"]).unwrap(),
    )
}

/// The same of one file alone.
fn span_of(text: &str, options: &[&str]) -> (f64, f64) {
    span(&read(&[("a.log", text)], options), "a.log")
}

fn utc(s: &str) -> f64 {
    let t = chrono::DateTime::parse_from_rfc3339(s).unwrap();
    t.timestamp_micros() as f64 / 1e6
}

/// Whether any gap says this.
fn says(report: &Value, words: &str) -> bool {
    let mut texts = list(&report["gaps"])
        .iter()
        .filter_map(|g| g["text"].as_str());
    texts.any(|t| t.contains(words))
}

#[test]
fn a_missing_year_turns_with_the_year() {
    let text = "Dec 31 23:59:59 web1 app[1]: a\nJan  1 00:00:01 web1 app[1]: b\n";
    let want = (utc("2025-12-31T23:59:59Z"), utc("2026-01-01T00:00:01Z"));
    assert_eq!(
        span_of(text, &["--year", "2026", "--assume-tz", "UTC"]),
        want
    );
    // the sibling's dates show the year as well as the option does
    let dated = "2026-01-01T00:00:02Z INFO c\n";
    let report = read(
        &[("a.log", text), ("b.log", dated)],
        &["--assume-tz", "UTC"],
    );
    assert_eq!(span(&report, "a.log"), want);
    // the 29th of February is of a leap year only
    let leap = "Feb 29 12:00:00 web1 app[1]: a\n";
    let at = span_of(leap, &["--year", "2026", "--assume-tz", "UTC"]).0;
    assert_eq!(at, utc("2024-02-29T12:00:00Z"));
}

#[test]
fn clocks_of_twelve_hours() {
    let text = "11/20/2026 12:05:00 AM started\n11/20/2026 1:55:03 AM a\n11/20/2026 12:05:00 PM b\n11/20/2026 13:00:00 PM c\n";
    let (first, last) = span_of(text, &["--assume-tz", "UTC"]);
    assert_eq!(first, utc("2026-11-20T00:05:00Z"));
    assert_eq!(last, utc("2026-11-20T13:00:00Z"));
}

#[test]
fn abbreviations_of_zones() {
    let text = "2026-11-20 06:33:18 CET a\n2026-11-20 06:33:19 CET b\n";
    assert_eq!(span_of(text, &[]).0, utc("2026-11-20T05:33:18Z"));
    // three countries have an IST: nothing is taken for granted, and it is said
    let text = "2026-11-20 06:33:18 IST a\n2026-11-20 06:33:19 IST b\n";
    let report = read(&[("a.log", text)], &[]);
    assert_eq!(span(&report, "a.log").0, utc("2026-11-20T06:33:18Z"));
    assert!(
        says(
            &report,
            "a.log was not found in its lines; +00:00 is assumed"
        ),
        "{}",
        report["gaps"]
    );
    let start = span_of(text, &["--assume-tz", "Asia/Kolkata"]).0;
    assert_eq!(start, utc("2026-11-20T01:03:18Z"));
}

#[test]
fn the_hour_that_comes_twice_and_the_one_that_never_comes() {
    let berlin = ["--assume-tz", "Europe/Berlin"];
    // clocks go back from 03:00 to 02:00 on 2026-10-25: a line in each minute of both hours, and of ten more
    let hour = |h: u32, minutes: u32| {
        let line = move |m| format!("2026-10-25 {h:02}:{m:02}:00 INFO minute {m}\n");
        (0..minutes).map(line).collect::<String>()
    };
    let text = [hour(2, 60), hour(2, 60), hour(3, 10)].concat();
    let want = (utc("2026-10-25T00:00:00Z"), utc("2026-10-25T02:09:00Z"));
    assert_eq!(span_of(&text, &berlin), want);
    // they go forward from 02:00 to 03:00 on 2026-03-29: one second lies between these
    let text = "2026-03-29 01:59:59 INFO a\n2026-03-29 03:00:00 INFO b\n";
    let want = (utc("2026-03-29T00:59:59Z"), utc("2026-03-29T01:00:00Z"));
    assert_eq!(span_of(text, &berlin), want);
}

#[test]
fn epochs_of_any_unit_are_one_moment() {
    for value in [
        "1795156398",
        "1795156398000",
        "1795156398000000",
        "1795156398000000000",
        "\"1795156398.000\"",
    ] {
        let text = format!("{{\"ts\":{value},\"level\":\"info\",\"msg\":\"a\"}}\n");
        assert_eq!(span_of(&text, &[]).0, 1_795_156_398.0, "{value}");
    }
}

#[test]
fn fractions_behind_commas_and_dots() {
    let text = "2026-11-20 06:33:18,5 INFO a\n2026-11-20 06:33:19.1234567 INFO b\n";
    let want = (
        utc("2026-11-20T06:33:18.5Z"),
        utc("2026-11-20T06:33:19.123456Z"),
    );
    assert_eq!(span_of(text, &["--assume-tz", "UTC"]), want);
}

#[test]
fn day_or_month_first() {
    let options = ["--assume-tz", "UTC"];
    let is = |text: &str, first: &str| assert_eq!(span_of(text, &options).0, utc(first), "{text}");
    is(
        "03/10/2026 06:33:18 a\n03/13/2026 06:33:18 b\n",
        "2026-03-10T06:33:18Z",
    );
    is(
        "03/10/2026 06:33:18 a\n13/10/2026 06:33:18 b\n",
        "2026-10-03T06:33:18Z",
    );
    // alone it could be either, which is said; beside others it is near their dates
    let open = "03/10/2026 06:33:18 a\n";
    assert!(says(
        &read(&[("a.log", open)], &options),
        "the day or the month comes first"
    ));
    let dated = "2026-03-10T06:40:00Z INFO x\n";
    let report = read(&[("a.log", open), ("b.log", dated)], &options);
    assert_eq!(span(&report, "a.log").0, utc("2026-03-10T06:33:18Z"));
}

#[test]
fn one_odd_date_moves_no_other_line() {
    // an incident, the deploy log that explains it, and a log without years
    let access = |i: u32| {
        let failed = if (20..30).contains(&(i / 60)) {
            502
        } else {
            200
        };
        let at = format!("10/Mar/2026:10:{:02}:{:02} +0000", i / 60, i % 60);
        format!(
            "10.0.0.{} - - [{at}] \"GET /a HTTP/1.1\" {failed} 5 \"-\" \"c\"\n",
            i % 200
        )
    };
    let access: String = (0..3600).map(access).collect();
    let deploy = "2026-03-10T10:19:50Z deployer: Deploying shop 4.2.0 to prod\n2026-03-10T10:19:58Z deployer: Deployment of shop 4.2.0 finished\n2026-03-10T10:29:58Z deployer: Rolling back shop to 4.1.0\n2026-03-10T10:31:00Z deployer: all checks passed\n";
    let system = "Mar 10 10:19:55 web-1 systemd[1]: Stopping shop.service - shop...\nMar 10 10:19:57 web-1 systemd[1]: Started shop.service - shop.\n";
    let report = |access: &str, deploy: &str| {
        let files = [
            ("edge/access.log", access),
            ("ops/deploy.log", deploy),
            ("web-1/syslog", system),
        ];
        read(&files, &[])
    };
    let shown = |r: &Value| {
        let incidents: Vec<Value> = list(&r["incidents"])
            .iter()
            .map(|i| {
                serde_json::json!([i["onset"], i["recovery"], i["title"], i["impact"]["failed"]])
            })
            .collect();
        let rows: Vec<Value> = list(&r["timeline"])
            .iter()
            .map(|e| serde_json::json!([e["time"], e["kind"], e["text"]]))
            .collect();
        let ends: Vec<Value> = list(&r["inputs"])
            .iter()
            .map(|i| serde_json::json!([i["first"], i["last"]]))
            .collect();
        (incidents, rows, ends)
    };
    let plain = shown(&report(&access, deploy));
    assert_eq!(plain.0.len(), 1);
    assert!(
        plain.1.iter().any(|r| r[1] == "service_stop"),
        "{:?}",
        plain.1
    );
    for year in ["0001", "1014", "1970", "2106", "2424", "9999"] {
        let odd = deploy.replace("2026-03-10T10:31", &format!("{year}-03-10T10:31"));
        let extra = access.clone() + &access[..90].replace("/2026:", &format!("/{year}:"));
        for (what, report) in [
            ("deploy", report(&access, &odd)),
            ("access", report(&extra, deploy)),
        ] {
            let mut now = shown(&report);
            if what == "deploy" {
                // the damaged line was its last
                now.2[1][1] = plain.2[1][1].clone();
            }
            assert_eq!(now, plain, "{what} {year}");
            let gaps = list(&report["gaps"]).iter();
            let far: Vec<&Value> = gaps.filter(|g| g["kind"] == "stray_stamps").collect();
            assert_eq!(far.len(), 1, "{what} {year}");
            assert!(
                far[0]["evidence"][0]["line"].as_u64() > Some(3),
                "{}",
                far[0]
            );
        }
    }
}

#[test]
fn a_verdict_is_on_the_time_of_the_requests() {
    let access = |i: u32| {
        let at = format!("10/Mar/2026:10:{:02}:{:02} +0000", i / 60, i % 60);
        format!(
            "10.0.0.{} - - [{at}] \"GET /a HTTP/1.1\" 200 5 \"-\" \"c\"\n",
            i % 200
        )
    };
    let access: String = (0..3600).map(access).collect();
    let error = |i: u32| {
        format!(
            "2025/02/23 10:{i:02}:00 [error] 7#7: *{i} open() \"/srv/x\" failed (2: No such file or directory)\n"
        )
    };
    let error: String = (0..60).map(error).collect();
    let files = [("access.log", &access[..]), ("error.log", &error[..])];
    assert_eq!(read(&files, &[])["verdict"], "none");
}

#[test]
fn leap_seconds_and_times_that_stand_for_none() {
    let text = "2016-12-31T23:59:60Z INFO a\n";
    assert_eq!(span_of(text, &[]).0, utc("2016-12-31T23:59:59Z"));
    let text = concat!(
        r#"{"time":"0001-01-01T00:00:00Z","@timestamp":"2026-11-20T06:33:18Z","level":"info","msg":"a"}"#,
        "\n",
        r#"{"time":"1970-01-01T00:00:00Z","@timestamp":"2026-11-20T06:33:19Z","level":"info","msg":"b"}"#,
        "\n",
    );
    let want = (utc("2026-11-20T06:33:18Z"), utc("2026-11-20T06:33:19Z"));
    assert_eq!(span_of(text, &[]), want);
}

#[test]
fn the_newest_line_first_is_an_order_and_no_broken_clock() {
    let line = |i: u32| format!("2026-11-20T06:{:02}:{:02}Z INFO step {i}\n", i / 60, i % 60);
    let text: String = (0..600).rev().map(line).collect();
    let report = read(&[("a.log", &text)], &[]);
    let want = (utc("2026-11-20T06:00:00Z"), utc("2026-11-20T06:09:59Z"));
    assert_eq!(span(&report, "a.log"), want);
    let rows = list(&report["timeline"]).iter();
    assert_eq!(rows.filter(|r| r["kind"] == "clock_step").count(), 0);
}

#[test]
fn lines_at_random_moments_show_no_clock_that_was_set() {
    // a day of lines whose pauses have no pattern, eight times over: some of them look like one
    let text = |seed: u64| -> String {
        let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut ms = 0;
        let mut out = String::new();
        while ms < 86_400_000 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let share = ((x >> 11) as f64 + 1.0) / (1u64 << 53) as f64;
            ms += (-share.ln() * 120_000.0) as u64;
            let (s, rest) = (ms / 1000, ms % 1000);
            let clock = format!(
                "{:02}:{:02}:{:02}.{rest:03}",
                s / 3600 % 24,
                s / 60 % 60,
                s % 60
            );
            let day = 10 + s / 86_400;
            out += &format!("2026-03-{day}T{clock}Z INFO [jobs] job {} done\n", x >> 50);
        }
        out
    };
    let texts: Vec<(String, String)> = (1..=8)
        .map(|i| (format!("host-{i}/jobs-{i}.log"), text(i)))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (&n[..], &t[..])).collect();
    let report = read(&files, &[]);
    let rows = list(&report["timeline"]).iter();
    assert_eq!(rows.filter(|r| r["kind"] == "clock_step").count(), 0);
    for i in list(&report["inputs"]) {
        assert_eq!(list(&i["clock"]).len(), 0, "{i}");
    }
}

#[test]
fn a_line_without_a_time_lies_between_its_neighbours() {
    let text = "INFO:     Started server process [7]\n2026-11-20T06:33:18Z INFO a\nINFO  [alembic.runtime.migration] Running upgrade 1a2b -> 3c4d, add total\n2026-11-20T06:33:28Z INFO b\n";
    let report = read(&[("a.log", text)], &[]);
    let rows: Vec<&Value> = list(&report["timeline"])
        .iter()
        .filter(|r| r["kind"] == "migration_start")
        .collect();
    assert_eq!(rows.len(), 1, "{}", report["timeline"]);
    assert!(rows[0]["time"].is_null());
    let between = rows[0].to_string();
    assert!(
        between.contains("06:33:18") && between.contains("06:33:28"),
        "{between}"
    );
}

/// Minutes of 100,000 years hold no more than their lines: what is walked is held.
#[test]
fn lines_of_several_ages_are_as_many_incidents_and_soon_reported() {
    let mut text = String::new();
    let mut line = |time: String, status: u32| {
        text += &format!("192.0.2.7 - - [{time} +0000] \"GET /x HTTP/1.1\" {status} 12\n");
    };
    for s in 0..1800 {
        let bad = (600..1200).contains(&s);
        line(
            format!("10/Mar/2026:10:{:02}:{:02}", s / 60, s % 60),
            if bad { 500 } else { 200 },
        );
    }
    for year in [1970, 9999] {
        (0..60).for_each(|s| line(format!("10/Mar/{year}:10:00:{s:02}"), 500));
    }
    let report = read(&[("access.log", &text)], &[]);
    let onsets: Vec<&str> = list(&report["incidents"])
        .iter()
        .filter_map(|i| i["onset"].as_str())
        .map(|t| &t[..16])
        .collect();
    assert_eq!(
        onsets,
        ["1970-03-10T10:00", "2026-03-10T10:10", "9999-03-10T10:00"]
    );
}

/// A hole is a line without end: no way of reading holds it, so that little memory is enough for a large one.
#[test]
fn a_file_with_a_hole_takes_no_room_for_it() {
    let dir = folder(&[("hole.log", "")]);
    let path = dir.path().join("hole.log");
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let line = b"\n2026-03-10T10:00:00Z INFO up\n";
    file.set_len(600 << 20).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, line, 600 << 20).unwrap();
    for way in ["never", "always"] {
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_coroner"));
        let run = format!(
            "ulimit -d 300000; exec {} -j1 --mmap {way} hole.log --json -",
            path_str(program)
        );
        let out = std::process::Command::new("sh")
            .args(["-c", &run])
            .current_dir(dir.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        let report: Value =
            serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{way}: {said}"));
        assert_eq!(report["inputs"][0]["lines"], 2, "{way}");
    }
}

/// What fails within three seconds while a server is restarted is not the beginning of what fails from two minutes later on.
#[test]
fn a_burst_minutes_before_is_no_beginning() {
    let mut log = String::new();
    for s in 0..3_600_u32 {
        let (asked, fails) = match s {
            900 => (9, 9),
            901 => (7, 7),
            902 => (3, 3),
            1_024..1_800 if s % 3 > 0 => (6, 1),
            _ => (6, 0),
        };
        for n in 0..asked {
            let client = (s * 7 + n * 31) % 200;
            let status = if n < fails { 502 } else { 200 };
            let (minute, second) = (s / 60, s % 60);
            log += &format!(
                "198.51.100.{client} - - [10/Mar/2026:14:{minute:02}:{second:02} +0000] \"POST /book HTTP/1.1\" {status} 12 \"-\" \"x\"\n"
            );
        }
    }
    let dir = folder(&[("access.log", &log)]);
    let r = report_on(&[path_str(dir.path())]);
    let incidents = list(&r["incidents"]);
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["onset"], "2026-03-10T14:17:04+00:00");
}
