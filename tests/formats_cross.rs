//! Every sample through every format: the right grammar must win.
//! Whoever adds a format adds its sample file here; the names are those of the grammar, whoever writes it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_lines::format::envelope::{ENVELOPES, peel};
use coroner_lines::format::frame::{FRAMES, Units};
use coroner_lines::format::{FORMATS, Format, Framing};
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
    ("formats/apache_error.log", "Apache error"),
    ("formats/haproxy_rsyslog_traditional.log", "syslog"),
    ("formats/haproxy_rsyslog_5424.log", "syslog"),
    ("formats/haproxy_rsyslog_json.log", "JSON lines"),
    ("formats/wire_3164_nginx_haproxy.log", "syslog"),
    ("formats/wire_5424_haproxy.log", "syslog"),
    ("formats/caddy_access.jsonl", "JSON lines"),
    ("formats/caddy_server.jsonl", "JSON lines"),
    ("formats/caddy_console.log", "zap console"),
    ("formats/uwsgi.log", "uWSGI"),
    ("formats/uvicorn.log", "level message"),
    ("formats/django_runserver.log", "development server"),
    ("formats/morgan_short.log", "morgan"),
    ("formats/morgan_tiny.log", "morgan"),
    ("formats/morgan_dev.log", "morgan"),
    ("formats/envoy_default.log", "Envoy"),
    ("formats/aws_alb.log", "AWS ALB"),
    ("formats/aws_elb_classic.log", "AWS ELB classic"),
    ("formats/cloudfront.tsv", "W3C extended log"),
    ("formats/iis_w3c.log", "W3C extended log"),
    ("formats/traefik.jsonl", "traefik JSON"),
    ("formats/cloudflare.jsonl", "Cloudflare"),
    ("formats/gcp_lb.jsonl", "GCP HTTP request"),
    ("formats/mariadb_slow.log", "MySQL slow log"),
    ("formats/mysql8_slow.log", "MySQL slow log"),
    ("formats/dotnet_console.log", ".NET console"),
    ("formats/rails.log", "Rails"),
    ("formats/auditd.log", "audit log"),
    ("formats/ipmi_sel.txt", "IPMI event log"),
    ("formats/dmesg_monotonic.txt", "dmesg"),
    ("formats/postgresql_csvlog.csv", "PostgreSQL csvlog"),
    ("formats/postgresql_jsonlog.jsonl", "JSON lines"),
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
    ("formats/supervisord.log", "supervisord"),
    ("formats/capistrano_revisions.log", "Capistrano"),
    ("formats/argocd_controller.log", "logfmt"),
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
    ("formats/alembic.log", "level message"),
    ("formats/rails_migrate.log", "migration output"),
    ("formats/django_migrate.log", "migration output"),
    ("formats/docker_events.jsonl", "docker events"),
    ("formats/launchdarkly_audit.jsonl", "feature flag audit"),
    ("formats/ipmi_sel.txt", "IPMI event log"),
    ("formats/dmesg_monotonic.txt", "dmesg"),
    (
        "formats/github_deployment_status.jsonl",
        "GitHub deployment",
    ),
    ("formats/gitlab_deployment.jsonl", "GitLab deployment"),
    ("formats/sentry_issue.jsonl", "Sentry issue"),
    ("formats/helm_history.txt", "Helm history"),
    ("dpkg.log", "dpkg log"),
    ("nagios.log", "Nagios log"),
    ("opsgenie.jsonl", "change events"),
    ("alertmanager_webhook.jsonl", "Alertmanager webhook"),
    ("pagerduty_v3.jsonl", "PagerDuty webhook"),
    ("pager_plain.log", "pager text"),
    ("victorops.jsonl", "JSON alert"),
    ("zabbix_events.ndjson", "JSON alert"),
];

/// File under `tests/data` whose records are wrapped, more than lines, or of several formats, and the formats of what is inside
/// (`text`: of none).
const INSIDE: &[(&str, &str)] = &[
    ("formats/pagerduty_log_entries.json", "PagerDuty log"),
    ("formats/slack_export_2026-03-10.json", "Slack message"),
    ("formats/statuspage.json", "status page"),
    ("formats/helm_history.json", "Helm history"),
    ("formats/k8s_events.json", "Kubernetes event"),
    ("formats/ecs_events.json", "AWS deployment"),
    ("formats/cloudtrail.json", "CloudTrail"),
    ("formats/loki_query.json", "logfmt + nginx combined"),
    ("formats/cloudwatch_events.json", "nginx combined"),
    ("formats/prometheus_alerts_range.json", "Prometheus ALERTS"),
    ("formats/journald_export.txt", "text"),
    ("formats/apt_history.log", "apt history"),
    ("formats/pager_12h.txt", "timetable"),
    ("formats/docker_json_file.log", "nginx combined + text"),
    ("formats/cri.log", "nginx combined + text"),
    ("formats/kubectl_prefix.log", "JSON lines + nginx combined"),
    ("formats/filebeat.jsonl", "nginx combined"),
    ("formats/logstash.jsonl", "nginx combined"),
    ("formats/vector.jsonl", "nginx combined"),
    (
        "formats/fluentbit_stdout.log",
        "JSON lines + nginx combined",
    ),
    ("formats/fluentd_stdout.log", "nginx combined"),
    ("formats/fluentd_out_file.log", "nginx combined"),
    ("formats/loki_logcli.jsonl", "nginx combined"),
    (
        "formats/cloudwatch_export.log",
        "nginx combined + time level message",
    ),
    ("formats/journald.jsonl", "nginx combined + text"),
    ("formats/haproxy_rsyslog_5424.log", "HAProxy + syslog"),
    ("formats/haproxy_rsyslog_json.log", "HAProxy + text"),
    (
        "formats/wire_3164_nginx_haproxy.log",
        "HAProxy + nginx combined",
    ),
    ("formats/wire_5424_haproxy.log", "HAProxy"),
    (
        "formats/mixed_multi.log",
        "JSON lines + nginx combined + syslog + text + time level message",
    ),
    ("formats/github_actions.log", "CI job + time level message"),
    ("formats/jenkins_console.log", "CI job + time level message"),
];

/// The texts of a file's records: out of their frame and their wrappers.
fn texts(file: &str) -> Vec<(Vec<u8>, Option<&'static dyn Format>)> {
    let bytes = fs::read(data().join(file)).unwrap();
    let Some(frame) = FRAMES.iter().find(|f| f.claims(&bytes)) else {
        return lines(file).into_iter().map(|l| (l, None)).collect();
    };
    let (mut framer, mut units) = (frame.start(), Units::default());
    framer.feed(&bytes, &mut units);
    framer.finish(&mut units);
    units
        .list
        .iter()
        .map(|u| (units.bytes[u.text.clone()].to_vec(), frame.format()))
        .collect()
}

#[test]
fn the_right_grammar_wins_inside_frames_and_wrappers() {
    let mut wrong = Vec::new();
    for (file, formats) in INSIDE {
        let mut names = BTreeSet::new();
        for (text, own) in texts(file) {
            let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
            let inner = peel(text).map(|(_, p)| p.text.into_owned());
            let own = own.filter(|f| f.parse(text).is_some()).map(|f| f.name());
            let name = own
                .or_else(|| winner(inner.as_deref().unwrap_or(text)))
                .unwrap_or("text");
            names.insert(name);
        }
        let got = names.into_iter().collect::<Vec<_>>().join(" + ");
        if got != *formats {
            wrong.push(format!("{file}: {got} instead of {formats}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

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

/// Lines by the format that wins them, as an input that is read from its first line on.
fn won(file: &str) -> BTreeMap<&'static str, usize> {
    let lines = lines(file);
    let stateful = |l: &Vec<u8>| {
        let first = FORMATS.iter().find(|f| f.parse(l).is_some());
        first.is_some_and(|f| f.framing() == Framing::Stateful)
    };
    let whole = lines.iter().any(stateful);
    let mut readers: Vec<_> = FORMATS
        .iter()
        .map(|f| f.reader().filter(|_| whole))
        .collect();
    let mut by = BTreeMap::new();
    for l in &lines {
        let found = FORMATS.iter().zip(&mut readers).find_map(|(f, reader)| {
            let is_its = match reader {
                Some(r) => r.read(l).is_some(),
                None => f.parse(l).is_some(),
            };
            is_its.then_some(f)
        });
        if let Some(f) = found {
            *by.entry(f.name()).or_default() += 1;
        }
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
    let known: BTreeSet<String> = SAMPLES
        .iter()
        .chain(INSIDE)
        .map(|s| s.0.to_owned())
        .collect();
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

/// What looks at each byte of a megabyte once takes some milliseconds, on the busiest machine less than this; its square
/// would take minutes.
const HANGS: std::time::Duration = std::time::Duration::from_secs(30);

#[test]
fn a_line_of_a_megabyte_of_one_byte_takes_no_longer_than_its_length() {
    use std::time::Instant;
    const LONG: usize = 1 << 20;
    let begin: Vec<&[u8]> = FORMATS
        .iter()
        .map(|f| f.sample().as_bytes())
        .map(|s| &s[..s.len() / 2])
        .chain([&b""[..]])
        .collect();
    for byte in b" \t[]{}()\"'\\=:,|/-.%#0aA\x1b" {
        // one beginning for each byte and format would take minutes; each byte meets each beginning once
        for (i, b) in begin.iter().enumerate() {
            let mut line = b.to_vec();
            line.resize(LONG, *byte);
            let f = FORMATS[i % FORMATS.len()];
            let t = Instant::now();
            let _ = (f.parse(&line), f.is_head(&line));
            if let Some(mut r) = f.reader() {
                let _ = (r.read(f.sample().as_bytes()), r.read(&line));
            }
            let took = t.elapsed();
            assert!(took < HANGS, "{} {byte} {took:?}", f.name());
        }
        let line = vec![*byte; LONG];
        for f in FORMATS {
            let t = Instant::now();
            let _ = f.parse(&line);
            assert!(t.elapsed() < HANGS, "{} {byte}", f.name());
        }
    }
}

#[test]
fn a_wrapper_of_a_megabyte_takes_no_longer_than_its_length() {
    use std::time::Instant;
    const LONG: usize = 1 << 20;
    for e in ENVELOPES {
        let sample = e.sample().as_bytes();
        for byte in b" \t[]{}()\"'\\=:,|/-.%#0aA\x1b\xff" {
            // nothing of it, the half of it, all of it: then a megabyte of one byte
            for begin in [0, sample.len() / 2, sample.len()] {
                let mut line = sample[..begin].to_vec();
                line.resize(LONG, *byte);
                let t = Instant::now();
                let _ = (e.peel(&line), peel(&line));
                let took = t.elapsed();
                assert!(took < HANGS, "{} {byte} {took:?}", e.name());
            }
        }
    }
}
