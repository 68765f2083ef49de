//! Every sample through every format: the right grammar must win, and nothing that a line holds may make a parser panic.
//! Whoever adds a format adds its sample file here; the names are those of the grammar, whoever writes it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner::format::FORMATS;
use coroner::marker;
use coroner::record::{Body, Kind};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// File under `tests/data` and the format of its records.
const SAMPLES: &[(&str, &str)] = &[
    ("formats/nginx_combined.log", "nginx combined"),
    ("formats/nginx_main.log", "nginx main"),
    ("formats/nginx_timed.log", "access log with own fields"),
    ("formats/nginx_ingress.log", "ingress-nginx"),
    ("formats/nginx_vhost.log", "vhost combined"),
    ("formats/nginx_json.log", "JSON access log"),
    ("formats/nginx_error.log", "nginx error"),
    ("formats/apache_common.log", "common log"),
    ("formats/apache_combined.log", "nginx combined"),
    ("formats/apache_vhost_combined.log", "vhost combined"),
    (
        "formats/apache_custom_timed.log",
        "access log with own fields",
    ),
    ("formats/gunicorn_access.log", "nginx combined"),
    ("formats/morgan_combined.log", "nginx combined"),
    ("formats/morgan_common.log", "common log"),
    ("formats/traefik_clf.log", "traefik common log"),
    ("formats/nginx_json_bad.log", "JSON access log"),
    ("formats/winston_simple.log", "level message"),
    ("formats/haproxy_rsyslog_iso.log", "syslog"),
    ("formats/postgresql_stderr.log", "PostgreSQL"),
    ("formats/redis.log", "Redis"),
    ("formats/mariadb_error.log", "time level message"),
    ("formats/gunicorn_error.log", "time level message"),
    ("formats/pino.jsonl", "JSON lines"),
    ("formats/bunyan.jsonl", "JSON lines"),
    ("formats/winston.jsonl", "JSON lines"),
    ("formats/log4js.log", "time level message"),
    ("formats/ecs.jsonl", "JSON lines"),
    ("formats/python_json.jsonl", "JSON lines"),
    ("formats/structlog.jsonl", "JSON lines"),
    ("formats/structlog.logfmt", "logfmt"),
    ("formats/structlog_console.log", "time level message"),
    ("formats/loguru.jsonl", "JSON lines"),
    ("formats/python_basic.log", "time level message"),
    ("formats/loguru.log", "time level message"),
    ("formats/alertmanager.log", "logfmt"),
    ("formats/prometheus.log", "logfmt"),
    ("formats/ansible.log", "time level message"),
    ("formats/supervisord.log", "time level message"),
    ("formats/github_actions.log", "time level message"),
    ("formats/capistrano_revisions.log", "Capistrano"),
    ("formats/argocd_controller.log", "logfmt"),
    ("formats/jenkins_console.log", "time level message"),
    ("formats/systemd_journal_short.log", "syslog"),
    ("formats/flyway.log", "time level message"),
    ("formats/apcupsd.events", "time level message"),
    ("formats/kern.log", "syslog"),
    ("formats/go_klog.log", "klog"),
    ("formats/go_std.log", "time level message"),
    ("formats/zap.jsonl", "JSON lines"),
    ("formats/logrus.log", "logfmt"),
    ("formats/serilog_clef.jsonl", "JSON lines"),
    ("formats/gcp_app.jsonl", "JSON lines"),
    ("formats/logback.log", "time level message"),
    ("formats/log4j.log", "time level message"),
    ("formats/php_fpm.log", "time level message"),
    ("formats/mongodb.jsonl", "JSON lines"),
    ("formats/mysql8_error.log", "time level message"),
    ("formats/syslog_ng.log", "syslog"),
    ("dpkg.log", "dpkg log"),
    ("nagios.log", "Nagios log"),
    ("opsgenie.jsonl", "Opsgenie webhook"),
    ("alertmanager_webhook.jsonl", "Alertmanager webhook"),
    ("pagerduty_v3.jsonl", "PagerDuty webhook"),
    ("pager_plain.log", "pager text"),
    ("victorops.jsonl", "JSON alert"),
    ("zabbix_events.ndjson", "JSON alert"),
];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn lines(file: &str) -> Vec<Vec<u8>> {
    let bytes = fs::read(data().join(file)).unwrap();
    bytes
        .split(|c| *c == b'\n')
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l).to_vec())
        .filter(|l| !l.is_empty())
        .collect()
}

fn winner(line: &[u8]) -> Option<&'static str> {
    FORMATS
        .iter()
        .find(|f| f.parse(line).is_some())
        .map(|f| f.name())
}

/// Lines by the format that wins them.
fn won(file: &str) -> BTreeMap<&'static str, usize> {
    let mut by = BTreeMap::new();
    for name in lines(file).iter().filter_map(|l| winner(l)) {
        *by.entry(name).or_default() += 1;
    }
    by
}

#[test]
fn the_right_grammar_wins_every_record_of_its_samples() {
    let mut wrong = Vec::new();
    for (file, format) in SAMPLES {
        let by = won(file);
        if by.len() != 1 || !by.contains_key(format) {
            wrong.push(format!("{file}: {by:?} instead of {format}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_sample_file_is_in_the_table() {
    let here: BTreeSet<String> = fs::read_dir(data().join("formats"))
        .unwrap()
        .map(|e| format!("formats/{}", e.unwrap().file_name().to_string_lossy()))
        .collect();
    let known: BTreeSet<String> = SAMPLES.iter().map(|s| s.0.to_owned()).collect();
    assert_eq!(here.difference(&known).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_format_wins_its_own_example_and_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for f in FORMATS {
        assert!(names.insert(f.name()), "{} twice", f.name());
        let line = f.sample().lines().next().unwrap().as_bytes();
        assert_eq!(winner(line), Some(f.name()), "{}", f.sample());
    }
}

#[test]
fn a_record_is_a_head_in_every_format() {
    for (file, _) in SAMPLES {
        for line in lines(file) {
            for f in FORMATS.iter().filter(|f| f.parse(&line).is_some()) {
                assert!(f.is_head(&line), "{}: {file}", f.name());
            }
        }
    }
}

/// Everything that is done with a line, by every format and in every scope.
fn survive(line: &[u8]) {
    let mut hits = Vec::new();
    for f in FORMATS {
        let head = f.is_head(line);
        let Some(r) = f.parse(line) else { continue };
        assert!(head, "{}", f.name());
        if let Body::Message(m) = &r.body {
            for kind in [
                Kind::Web,
                Kind::App,
                Kind::Pager,
                Kind::Deploy,
                Kind::System,
            ] {
                marker::find(&m.text, kind, &mut hits);
            }
            let _ = (
                marker::fields::version(&m.text),
                marker::fields::service(&m.text),
            );
            let _ = (
                marker::fields::actor(&m.text),
                marker::fields::host(&m.text),
            );
        }
    }
}

/// One change to a line.
#[derive(Clone, Debug)]
enum Change {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Cut(prop::sample::Index),
    Repeat(prop::sample::Index, usize),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..6),
        proptest::sample::select(vec![
            &b"\""[..],
            b"\\",
            b"\\u",
            b"\\x2",
            b"{",
            b"}",
            b"[",
            b"]",
            b":",
            b",",
            b"=",
            b" ",
            b"- ",
            b"99999999999999999999",
            b"-1",
            b"1e400",
            b"\xff\xfe",
            b"\0",
            b"\xf0\x9f",
            b"0001-01-01T00:00:00Z",
            b"9999-12-31T23:59:60Z",
            b"Feb 30 24:00:00",
            b"+99:99",
            b"null",
            b"'",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(i, b)| Change::Set(i, b)),
        (at(), piece).prop_map(|(i, p)| Change::Insert(i, p)),
        (at(), 1usize..20).prop_map(|(i, n)| Change::Remove(i, n)),
        at().prop_map(Change::Cut),
        (at(), 1usize..40).prop_map(|(i, n)| Change::Repeat(i, n)),
        (at(), at()).prop_map(|(i, j)| Change::Swap(i, j)),
    ]
}

fn apply(line: &mut Vec<u8>, change: &Change) {
    let n = line.len();
    if n == 0 {
        return;
    }
    match change {
        Change::Set(i, b) => line[i.index(n)] = *b,
        Change::Insert(i, p) => {
            let i = i.index(n);
            line.splice(i..i, p.iter().copied());
        }
        Change::Remove(i, k) => {
            let i = i.index(n);
            line.drain(i..(i + k).min(n));
        }
        Change::Cut(i) => line.truncate(i.index(n)),
        Change::Repeat(i, k) => {
            let i = i.index(n);
            let piece = line[i..(i + k).min(n)].to_vec();
            line.splice(i..i, piece.repeat(8));
        }
        Change::Swap(i, j) => line.swap(i.index(n), j.index(n)),
    }
}

fn any_sample() -> impl Strategy<Value = Vec<u8>> {
    let own = FORMATS.iter().map(|f| f.sample().as_bytes().to_vec());
    let files = SAMPLES.iter().flat_map(|s| lines(s.0).into_iter().take(8));
    proptest::sample::select(own.chain(files).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(3000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_line_panics_nowhere(
        mut line in any_sample(), changes in proptest::collection::vec(change(), 1..6),
    ) {
        changes.iter().for_each(|c| apply(&mut line, c));
        survive(&line);
    }

    #[test]
    fn two_halves_of_different_lines_panic_nowhere(
        a in any_sample(), b in any_sample(), i in any::<prop::sample::Index>(), j in any::<prop::sample::Index>(),
    ) {
        survive(&[&a[..i.index(a.len())], &b[j.index(b.len())..]].concat());
    }
}
