//! Web formats on captured logs: which format wins, how many records and final 5xx there are, first and last time.
//! The expected figures were counted without this program.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_lines::format::{FORMATS, Format};
use coroner_lines::record::{At, Body, Kind, Record};
use coroner_lines::time::civil_from_days;
use std::path::Path;

/// File, format, first and last time (wall digits where no zone is written), records, final 5xx.
const SAMPLES: &[(&str, &str, &str, &str, usize, usize)] = &[
    (
        "nginx_combined.log",
        "nginx combined",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        43,
        18,
    ),
    (
        "nginx_main.log",
        "nginx main",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        43,
        18,
    ),
    (
        "nginx_timed.log",
        "access log with extra fields",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        43,
        18,
    ),
    (
        "nginx_ingress.log",
        "ingress-nginx",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        43,
        18,
    ),
    (
        "nginx_vhost.log",
        "vhost combined",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        43,
        18,
    ),
    (
        "nginx_json.log",
        "JSON access log",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        43,
        18,
    ),
    (
        "nginx_error.log",
        "nginx error",
        "2026-11-20T06:33:16",
        "2026-11-20T06:33:49",
        102,
        0,
    ),
    (
        "apache_common.log",
        "common log",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        33,
        18,
    ),
    (
        "apache_combined.log",
        "nginx combined",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        33,
        18,
    ),
    (
        "apache_vhost_combined.log",
        "vhost combined",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        33,
        18,
    ),
    (
        "apache_custom_timed.log",
        "access log with extra fields",
        "2026-11-20T06:33:18",
        "2026-11-20T06:33:49",
        33,
        18,
    ),
    (
        "gunicorn_access.log",
        "nginx combined",
        "2026-11-20T06:36:44",
        "2026-11-20T06:36:47",
        5,
        2,
    ),
    (
        "morgan_combined.log",
        "nginx combined",
        "2026-11-20T06:37:04",
        "2026-11-20T06:37:04",
        2,
        1,
    ),
    (
        "morgan_common.log",
        "common log",
        "2026-11-20T06:37:04",
        "2026-11-20T06:37:04",
        2,
        1,
    ),
    (
        "traefik_clf.log",
        "traefik common log",
        "2026-03-10T12:59:58",
        "2026-03-10T13:50:05",
        4,
        1,
    ),
    (
        "nginx_json_bad.log",
        "JSON access log",
        "2026-03-10T13:05:00",
        "2026-03-10T13:05:02",
        3,
        2,
    ),
];

fn web() -> impl Iterator<Item = &'static dyn Format> {
    FORMATS.iter().copied().filter(|f| f.kind() == Kind::Web)
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/formats")
            .join(file),
    )
    .unwrap()
}

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|&b| b == b'\n').filter(|l| !l.is_empty())
}

/// The stamp as an instant, or as its wall digits without a zone, to the second.
fn second(r: &Record<'_>) -> String {
    let s = r.stamp.unwrap();
    let s = s.instant().map_or(s.wall_us, |i| i.0) / 1_000_000;
    let (y, m, d) = civil_from_days(s.div_euclid(86_400));
    let t = s.rem_euclid(86_400);
    format!(
        "{y}-{m:02}-{d:02}T{:02}:{:02}:{:02}",
        t / 3600,
        t / 60 % 60,
        t % 60
    )
}

#[test]
fn captured_logs() {
    for &(file, format, first, last, records, failed) in SAMPLES {
        let data = read(file);
        let (mut times, mut errors) = (Vec::new(), 0);
        for line in lines(&data) {
            let shown = String::from_utf8_lossy(line);
            let f = web().find(|f| f.parse(line).is_some());
            let f = f.unwrap_or_else(|| panic!("{file}: {shown}"));
            assert_eq!(f.name(), format, "{file}: {shown}");
            let r = f.parse(line).unwrap();
            times.push(second(&r));
            if let Body::Request(q) = &r.body {
                errors += usize::from(q.status >= 500);
                // Apache's `%t` is when a request came in; its `%D`, in microseconds, shows that it is Apache
                let starts = format.starts_with("traefik") || file == "apache_custom_timed.log";
                let at = if starts { At::Start } else { At::End };
                assert_eq!(r.stamped, at, "{file}: {shown}");
            }
        }
        times.sort();
        assert_eq!((times.len(), errors), (records, failed), "{file}");
        assert_eq!(
            (times[0].as_str(), times[records - 1].as_str()),
            (first, last),
            "{file}"
        );
    }
}

#[test]
fn versions_and_upstreams_of_captured_logs() {
    let data = read("nginx_json.log");
    let mut versions: Vec<_> = lines(&data)
        .filter_map(|l| web().find_map(|f| f.parse(l))?.version)
        .collect();
    versions.dedup();
    assert_eq!(versions, [&b"4.1.0"[..], b"4.2.0", b"4.1.0"]);
    // The same capture in three shapes shows the same upstream statuses.
    let statuses = |file: &str| -> Vec<Vec<u8>> {
        lines(&read(file))
            .map(|l| match web().find_map(|f| f.parse(l)).unwrap().body {
                Body::Request(q) => [q.upstream, b"|", q.upstream_status].concat(),
                _ => panic!(),
            })
            .collect()
    };
    let timed = statuses("nginx_timed.log");
    assert_eq!(timed, statuses("nginx_ingress.log"));
    assert_eq!(timed, statuses("nginx_json.log"));
    assert!(timed.contains(&b"127.0.0.1:18082, 127.0.0.1:18081|504, 504".to_vec()));
}

#[test]
fn every_web_format_wins_its_own_sample() {
    for f in web() {
        let winner = web().find(|g| g.parse(f.sample().as_bytes()).is_some());
        assert_eq!(winner.map(|w| w.name()), Some(f.name()));
    }
}
