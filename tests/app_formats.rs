//! Samples of application, system and deploy logs: every record is found, by the right format, at the right time.
//! Counts and times are those of the index that came with the samples, not of a run.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_lines::format::{FORMATS, Format, app};
use coroner_lines::record::{Body, Level, Record};
use coroner_lines::time::{Dated, SECOND, stamp, with_year};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

/// The formats under test in the order of the registry.
static OURS: LazyLock<Vec<&dyn Format>> = LazyLock::new(|| {
    let names = [
        "JSON lines",
        "logfmt",
        "PostgreSQL",
        "Redis",
        "klog",
        "syslog",
        "Capistrano",
        "text with a level",
        "text with a time",
    ];
    let ours = FORMATS.iter().filter(|f| names.contains(&f.name()));
    ours.copied().collect()
});

/// File, format, records, first and last time (UTC where the lines state a zone, the digits as written where not).
const SAMPLES: &[(&str, &str, usize, &str, &str)] = &[
    (
        "winston_simple.log",
        "text with a level",
        2,
        "2026-11-20T06:37:04.793",
        "2026-11-20T06:37:04.793",
    ),
    (
        "haproxy_rsyslog_iso.log",
        "syslog",
        63,
        "2026-11-20T06:33:17",
        "2026-11-20T06:33:49",
    ),
    (
        "postgresql_stderr.log",
        "PostgreSQL",
        128,
        "2026-11-20T06:34:11.930",
        "2026-11-20T06:34:18.994",
    ),
    (
        "redis.log",
        "Redis",
        37,
        "2026-11-20T06:34:51.824",
        "2026-11-20T06:34:57.967",
    ),
    (
        "mariadb_error.log",
        "text with a time",
        40,
        "2026-11-20T06:37:47",
        "2026-11-20T06:37:53",
    ),
    (
        "gunicorn_error.log",
        "text with a time",
        15,
        "2026-11-20T06:36:43",
        "2026-11-20T06:36:50",
    ),
    (
        "pino.jsonl",
        "JSON lines",
        4,
        "2026-11-20T06:37:04.723",
        "2026-11-20T06:37:04.724",
    ),
    (
        "bunyan.jsonl",
        "JSON lines",
        3,
        "2026-11-20T06:37:04.736",
        "2026-11-20T06:37:04.740",
    ),
    (
        "winston.jsonl",
        "JSON lines",
        2,
        "2026-11-20T06:37:04.792",
        "2026-11-20T06:37:04.793",
    ),
    (
        "log4js.log",
        "text with a time",
        2,
        "2026-11-20T06:37:04.817",
        "2026-11-20T06:37:04.817",
    ),
    (
        "ecs.jsonl",
        "JSON lines",
        1,
        "2026-11-20T06:37:04.498",
        "2026-11-20T06:37:04.498",
    ),
    (
        "python_json.jsonl",
        "JSON lines",
        2,
        "2026-11-20T06:37:04.497",
        "2026-11-20T06:37:04.497",
    ),
    (
        "structlog.jsonl",
        "JSON lines",
        2,
        "2026-11-20T06:37:04.498636",
        "2026-11-20T06:37:04.498682",
    ),
    (
        "structlog.logfmt",
        "logfmt",
        2,
        "2026-11-20T06:37:04.498829",
        "2026-11-20T06:37:04.498854",
    ),
    (
        "structlog_console.log",
        "text with a time",
        1,
        "2026-11-20T06:37:04",
        "2026-11-20T06:37:04",
    ),
    (
        "loguru.jsonl",
        "JSON lines",
        2,
        "2026-11-20T06:37:04.520",
        "2026-11-20T06:37:04.520",
    ),
    (
        "python_basic.log",
        "text with a time",
        4,
        "2026-11-20T06:37:04.491",
        "2026-11-20T06:37:04.491",
    ),
    (
        "loguru.log",
        "text with a time",
        2,
        "2026-11-20T06:37:04.520",
        "2026-11-20T06:37:04.520",
    ),
    (
        "alertmanager.log",
        "logfmt",
        19,
        "2026-11-20T06:51:07.696",
        "2026-11-20T06:51:25.691",
    ),
    (
        "prometheus.log",
        "logfmt",
        35,
        "2026-11-20T06:51:07.897",
        "2026-11-20T06:51:25.695",
    ),
    (
        "ansible.log",
        "text with a time",
        10,
        "2026-11-20T06:40:40.818",
        "2026-11-20T06:40:42.012",
    ),
    (
        "supervisord.log",
        "text with a time",
        24,
        "2026-11-20T06:40:42.629",
        "2026-11-20T06:40:49.790",
    ),
    (
        "github_actions.log",
        "text with a time",
        5,
        "2026-03-10T13:00:00.1234567",
        "2026-03-10T13:01:31",
    ),
    (
        "capistrano_revisions.log",
        "Capistrano",
        3,
        "2026-03-09T09:15:00",
        "2026-03-10T13:00:00",
    ),
    (
        "argocd_controller.log",
        "logfmt",
        6,
        "2026-03-10T13:00:00",
        "2026-03-10T13:46:00",
    ),
    (
        "jenkins_console.log",
        "text with a time",
        6,
        "2026-03-10T13:00:00.001",
        "2026-03-10T13:01:30.100",
    ),
    (
        "systemd_journal_short.log",
        "syslog",
        10,
        "2026-03-10T13:00:00",
        "2026-03-10T13:50:00",
    ),
    (
        "flyway.log",
        "text with a time",
        3,
        "2026-03-10T13:00:10.001",
        "2026-03-10T13:00:12.500",
    ),
    (
        "apcupsd.events",
        "text with a time",
        5,
        "2026-03-10T04:34:02",
        "2026-03-10T07:59:30",
    ),
    (
        "kern.log",
        "syslog",
        5,
        "2026-03-10T13:04:59",
        "2026-03-10T13:10:01",
    ),
    (
        "go_klog.log",
        "klog",
        4,
        "2026-03-10T13:00:02.123456",
        "2026-03-10T13:05:01.000000",
    ),
    (
        "go_std.log",
        "text with a time",
        3,
        "2026-03-10T13:00:02",
        "2026-03-10T13:05:01",
    ),
    (
        "zap.jsonl",
        "JSON lines",
        3,
        "2026-03-10T13:00:02.123",
        "2026-03-10T13:05:01",
    ),
    (
        "logrus.log",
        "logfmt",
        3,
        "2026-03-10T13:00:02",
        "2026-03-10T13:05:01",
    ),
    (
        "serilog_clef.jsonl",
        "JSON lines",
        2,
        "2026-03-10T13:00:02.1234567",
        "2026-03-10T13:05:00.0000001",
    ),
    (
        "gcp_app.jsonl",
        "JSON lines",
        2,
        "2026-03-10T13:05:00.123",
        "2026-03-10T13:05:01.005",
    ),
    (
        "logback.log",
        "text with a time",
        3,
        "2026-03-10T13:00:02.123",
        "2026-03-10T13:05:00.900",
    ),
    (
        "log4j.log",
        "text with a time",
        2,
        "2026-03-10T13:05:00.123",
        "2026-03-10T13:05:01.200",
    ),
    (
        "php_fpm.log",
        "text with a time",
        4,
        "2026-03-10T13:00:02",
        "2026-03-10T13:05:02",
    ),
    (
        "mongodb.jsonl",
        "JSON lines",
        2,
        "2026-03-10T13:05:00.123",
        "2026-03-10T13:05:01",
    ),
    (
        "mysql8_error.log",
        "text with a time",
        2,
        "2026-03-10T13:00:02.123456",
        "2026-03-10T13:05:00.000001",
    ),
    (
        "syslog_ng.log",
        "syslog",
        3,
        "2026-03-10T13:05:01",
        "2026-03-10T13:05:02",
    ),
];

fn parse(line: &[u8]) -> Option<(&'static dyn Format, Record<'_>)> {
    OURS.iter().find_map(|f| f.parse(line).map(|r| (*f, r)))
}

fn read(file: &str) -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    std::fs::read(dir.join(file)).unwrap()
}

fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split(|c| *c == b'\n')
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l))
}

/// Microseconds of a time of the table; fractions beyond microseconds are dropped, as stamps do.
fn time(s: &str) -> i64 {
    stamp::whole(s.as_bytes()).unwrap().wall_us
}

#[test]
fn every_sample_gives_its_records_at_their_times() {
    let reference = time("2026-12-01T00:00:00");
    for (file, format, records, first, last) in SAMPLES {
        let raw = read(file);
        let (mut n, mut times) = (0, Vec::new());
        for (f, r) in lines(&raw).filter_map(parse) {
            assert!(
                f.name() == *format || *file == "syslog_ng.log",
                "{file}: {} took a line",
                f.name()
            );
            n += usize::from(!matches!(r.body, Body::Nothing));
            if let Some(s) = r.stamp {
                let s = with_year(s, reference);
                times.push(s.instant().map_or(s.wall_us, |i| i.0));
            }
        }
        assert_eq!(n, *records, "{file}: records");
        let span = (times.iter().min().copied(), times.iter().max().copied());
        // The index gives milliseconds where a writer's float has more.
        let near = |a: Option<i64>, b: &str| (a.unwrap() - time(b)).abs() < SECOND / 1000;
        assert!(near(span.0, first), "{file}: first {:?}", span.0);
        assert!(near(span.1, last), "{file}: last {:?}", span.1);
    }
}

#[test]
fn lines_that_are_no_records_look_like_continuations() {
    // The InnoDB monitor output in MariaDB's log is free text; it continues the record before it because no format reads it.
    for (file, ..) in SAMPLES.iter().filter(|s| s.0 != "mariadb_error.log") {
        for line in lines(&read(file)) {
            assert!(
                parse(line).is_some() || app::stack::continuation(line).is_some(),
                "{file}: {}",
                String::from_utf8_lossy(line)
            );
        }
    }
}

#[test]
fn errors_of_structured_lines() {
    let error = |file: &str| {
        lines(&read(file))
            .filter_map(parse)
            .filter_map(|(_, r)| match r.body {
                Body::Message(m) => m.error,
                Body::Request(q) => q.message.and_then(|m| m.error),
                _ => None,
            })
            .map(|e| String::from_utf8_lossy(&e).into_owned())
            .next()
    };
    for (file, want) in [
        ("python_json.jsonl", "ZeroDivisionError: division by zero"),
        ("loguru.jsonl", "ZeroDivisionError: division by zero"),
        ("pino.jsonl", "Error: connect ECONNREFUSED 10.0.0.5:5432"),
        ("zap.jsonl", "upstream reset"),
        (
            "serilog_clef.jsonl",
            "System.TimeoutException: The operation has timed out.",
        ),
        ("mongodb.jsonl", "No space left on device"),
    ] {
        assert_eq!(error(file).as_deref(), Some(want), "{file}");
    }
}

#[test]
fn levels_of_the_samples() {
    let worst = |file: &str| {
        lines(&read(file))
            .filter_map(parse)
            .filter_map(|(_, r)| match r.body {
                Body::Message(m) => Some(m.level),
                Body::Request(q) => q.message.map(|m| m.level),
                _ => None,
            })
            .max()
    };
    for (file, want) in [
        ("gunicorn_error.log", Level::Fatal),
        ("log4js.log", Level::Error),
        ("supervisord.log", Level::Fatal),
        ("logback.log", Level::Error),
        ("github_actions.log", Level::Error),
        ("jenkins_console.log", Level::Info),
        ("mysql8_error.log", Level::Error),
        ("go_klog.log", Level::Fatal),
        ("bunyan.jsonl", Level::Fatal),
        ("structlog.logfmt", Level::Error),
    ] {
        assert_eq!(worst(file), Some(want), "{file}");
    }
}

#[test]
fn every_format_reads_its_own_sample_and_says_so() {
    for f in OURS.iter() {
        let (winner, r) = parse(f.sample().as_bytes()).unwrap();
        assert_eq!(winner.name(), f.name());
        assert!(f.is_head(f.sample().as_bytes()));
        assert!(!f.about().is_empty() && !matches!(r.body, Body::Nothing));
    }
}

fn any_sample_line() -> impl Strategy<Value = Vec<u8>> {
    (0..SAMPLES.len(), any::<prop::sample::Index>()).prop_map(|(i, at)| {
        let raw = read(SAMPLES[i].0);
        let all: Vec<_> = lines(&raw).collect();
        at.get(&all).to_vec()
    })
}

proptest! {
    #[test]
    fn mutated_samples_parse_alike(
        line in any_sample_line(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 0..6),
    ) {
        let mut line = line;
        for (at, byte, how) in edits {
            if line.is_empty() { break; }
            let i = at.index(line.len());
            match how {
                0 => line[i] = byte,
                1 => line.insert(i, byte),
                _ => line.truncate(i),
            }
        }
        for f in OURS.iter() {
            let (a, b) = (f.parse(&line), f.parse(&line));
            prop_assert_eq!(format!("{a:?}"), format!("{b:?}"));
            prop_assert_eq!(f.is_head(&line), a.is_some());
            if let Some(s) = a.and_then(|r| r.stamp) {
                prop_assert!(s.dated == Dated::Full || s.offset_min.is_none());
            }
        }
    }
}
