//! Test data: the worked example of the report format, read into the model, and edits of it.
//! Test code only; texts of the example become our own words, since it does not show which parts came from logs.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "test data that cannot be read may end the test"
)]

use crate::model::*;
use coroner_lines::record::{CauseClass, Kind, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, SECOND};
use serde_json::Value;

/// The example as JSON.
pub fn value() -> Value {
    serde_json::from_str(include_str!("../../../../../tests/data/report.json")).unwrap()
}

/// The example as a report.
pub fn report() -> Report {
    let v = value();
    let settings = &v["run"]["settings"];
    Report {
        settings: Settings {
            zone: Zone::parse(settings["zone"].as_str().unwrap()).unwrap(),
            assume_tz: Default::default(),
            formats: Default::default(),
            edge: Vec::new(),
            services: Default::default(),
            year: None,
            sensitivity: Sensitivity::Normal,
            slo: settings["slo"].as_f64(),
            baseline: None,
            since: None,
            until: None,
            about: Default::default(),
            shown: Default::default(),
        },
        verdict: Verdict::Incident,
        inputs: list(&v["inputs"], input),
        incidents: list(&v["incidents"], incident),
        blips: list(&v["blips"], span),
        planned: Vec::new(),
        minor: Vec::new(),
        timeline: list(&v["timeline"], event),
        gaps: list(&v["gaps"], |g| Gap {
            kind: word(&g["kind"]),
            text: words(&g["text"]),
            cited: cited(g),
        }),
        series: None,
        totals: Totals {
            requests: 3_418_430,
            failed: 155_977,
            always_failed: 0,
            span: Some((
                at(&"2023-04-30T13:00:00+01:00".into()),
                at(&"2023-05-01T15:30:00+01:00".into()),
            )),
            health: 0,
            worst_minute: Some((at(&"2023-05-01T13:37:00+01:00".into()), 1905, 1875)),
            withdrawn: 0,
        },
    }
}

/// The example without any row that a pager or deploy tool stated, and without what follows from them.
pub fn without_markers() -> Report {
    let mut r = report();
    let i = &mut r.incidents[0];
    i.timeline.retain(|e| e.basis == Basis::Measured);
    i.durations = Durations {
        recover: i.durations.recover,
        ..Durations::default()
    };
    i.phases.clear();
    r
}

/// The example cut short: the logs end while it fails, and no cause is shown.
pub fn truncated() -> Report {
    let mut r = report();
    let i = &mut r.incidents[0];
    i.state = State::Truncated;
    i.recovery = None;
    i.recovery_interval = None;
    i.held_us = None;
    i.durations.recover = None;
    i.durations.after_rollback = None;
    i.timeline.retain(|e| e.kind != MarkerKind::Recovery);
    i.phases.pop();
    i.cause_verdict = CauseVerdict::NotEstablished;
    i.causes[0].score = 0.45;
    i.missing.push(Missing {
        kind: "deploy",
        text: Sentence::words("no log of deploys covers the onset"),
        denies: None,
    });
    r
}

/// The example with nothing found in it.
pub fn quiet(verdict: Verdict, requests: u64, failed: u64) -> Report {
    let mut r = report();
    r.verdict = verdict;
    r.incidents.clear();
    r.blips.clear();
    r.totals.requests = requests;
    r.totals.failed = failed;
    r
}

fn list<T>(v: &Value, f: impl Fn(&Value) -> T) -> Vec<T> {
    v.as_array()
        .map(|a| a.iter().map(f).collect())
        .unwrap_or_default()
}

fn word(v: &Value) -> &'static str {
    Box::leak(v.as_str().unwrap().to_owned().into_boxed_str())
}

fn words(v: &Value) -> Sentence {
    Sentence::words(v.as_str().unwrap().to_owned())
}

fn log(v: &Value) -> Option<LogText> {
    v.as_str().map(|s| LogText::name(s.as_bytes()))
}

fn name(v: &Value) -> LogText {
    log(v).unwrap()
}

fn at(v: &Value) -> Instant {
    let t = chrono::DateTime::parse_from_rfc3339(v.as_str().unwrap()).unwrap();
    Instant(t.timestamp_micros())
}

fn maybe(v: &Value) -> Option<Instant> {
    (!v.is_null()).then(|| at(v))
}

fn pair(v: &Value) -> Option<(Instant, Instant)> {
    (!v.is_null()).then(|| (at(&v[0]), at(&v[1])))
}

fn us(v: &Value) -> Option<i64> {
    v.as_f64().map(|s| (s * SECOND as f64).round() as i64)
}

fn evidence(v: &Value) -> Evidence {
    Evidence {
        input: v["input"].as_u64().unwrap() as u32,
        line: v["line"].as_u64().unwrap(),
        end_line: v["end_line"].as_u64(),
        byte: 0,
        excerpt: v["excerpt"].as_str().map(|s| LogText::new(s.as_bytes())),
        count: None,
    }
}

fn cited(v: &Value) -> Cited {
    if v["basis"] == "absence" {
        Cited::Absent(list(&v["inputs"], |n| n.as_u64().unwrap() as u32))
    } else {
        Cited::Lines(list(&v["evidence"], evidence))
    }
}

fn input(v: &Value) -> Input {
    let n = |k: &str| v[k].as_u64().unwrap();
    Input {
        member: None,
        name: name(&v["name"]),
        domain: name(&v["domain"]),
        host: None,
        tier: match v["tier"].as_str() {
            Some("edge") => Some(Tier::Edge),
            Some(_) => Some(Tier::Inner),
            None => None,
        },
        format: v["format"].as_str().unwrap().to_owned(),
        kind: [
            Kind::Web,
            Kind::App,
            Kind::Pager,
            Kind::Deploy,
            Kind::System,
        ]
        .into_iter()
        .find(|k| v["kind"] == k.word()),
        mixed: false,
        bytes: n("bytes"),
        lines: n("lines"),
        parsed: n("parsed"),
        continuation: n("continuation"),
        unparsed: n("unparsed"),
        out_of_range: n("out_of_range"),
        examples: list(&v["examples"], evidence),
        understood: Vec::new(),
        span: maybe(&v["first"]).zip(maybe(&v["last"])),
        crc32: u32::from_str_radix(v["crc32"].as_str().unwrap(), 16).unwrap(),
        sha256: None,
        zone: InputZone {
            offset: v["zone"]["offset"].as_str().unwrap().to_owned(),
            source: if v["zone"]["source"] == "line" {
                ZoneSource::Line
            } else {
                ZoneSource::Aligned
            },
            margin: v["zone"]["margin"].as_f64(),
        },
        clock: list(&v["clock"], |c| ClockPiece {
            from: maybe(&c["from"]),
            add_us: us(&c["add_s"]).unwrap(),
            margin_us: us(&c["margin_s"]),
            basis: c["basis"].as_str().unwrap().to_owned(),
        }),
        records: n("records"),
        requests: n("requests"),
        failed: n("failed"),
    }
}

fn event(v: &Value) -> Event {
    Event {
        id: v["id"].as_str().unwrap().to_owned(),
        letter: v["letter"].as_str().and_then(|s| s.chars().next()),
        time: maybe(&v["time"]),
        after: maybe(&v["after"]),
        before: maybe(&v["before"]),
        place: None,
        interval: pair(&v["time_interval"]),
        kind: MarkerKind::from_word(v["kind"].as_str().unwrap()).unwrap(),
        text: words(&v["text"]),
        basis: match v["basis"].as_str() {
            Some("stated") => Basis::Stated,
            Some("measured") => Basis::Measured,
            _ => Basis::Assumed,
        },
        confidence: (v["confidence"].as_f64().unwrap() * 100.0).round() as u8,
        evidence: list(&v["evidence"], evidence),
        class: None,
        host: log(&v["host"]),
        service: log(&v["service"]),
        version: log(&v["version"]),
        upstream: None,
        group: None,
        actors: Vec::new(),
        package: false,
        method: v["method"].as_str().map(|_| word(&v["method"])),
    }
}

fn span(v: &Value) -> Span {
    Span {
        start: at(&v["start"]),
        end: maybe(&v["end"]),
        service: log(&v["service"]),
        requests: v["requests"].as_u64(),
        failed: v["failed"].as_u64(),
        text: words(&v["text"]),
        evidence: list(&v["evidence"], evidence),
    }
}

fn row(v: &Value) -> BreakdownRow {
    BreakdownRow {
        name: name(&v["name"]),
        requests: v["requests"].as_u64().unwrap(),
        failed: v["failed"].as_u64().unwrap(),
    }
}

fn lane(v: &Value) -> Lane {
    Lane {
        name: name(&v["name"]),
        requests: list(&v["requests"], |n| n.as_u64().unwrap()),
        failed: list(&v["failed"], |n| n.as_u64().unwrap()),
    }
}

fn claim(v: &Value) -> Claim {
    Claim {
        text: words(&v["text"]),
        weight: v["weight"].as_f64().unwrap(),
        cited: cited(v),
        denies: None,
    }
}

fn incident(v: &Value) -> Incident {
    let d = &v["durations"];
    Incident {
        id: v["id"].as_str().unwrap().to_owned(),
        title: words(&v["title"]),
        service: log(&v["service"]),
        state: State::Recovered,
        onset: at(&v["onset"]),
        onset_interval: pair(&v["onset_interval"]),
        onset_precedes_log: false,
        recovery: maybe(&v["recovery"]),
        recovery_interval: pair(&v["recovery_interval"]),
        held_us: us(&v["recovery_held_s"]),
        durations: Durations {
            detect: us(&d["detect_s"]),
            acknowledge: us(&d["acknowledge_s"]),
            decide: us(&d["decide_s"]),
            mitigate: us(&d["mitigate_s"]),
            rollback: us(&d["rollback_s"]),
            after_rollback: us(&d["after_rollback_s"]),
            recover: us(&d["recover_s"]),
            lead: us(&d["lead_s"]),
        },
        phases: list(&v["phases"], |p| Phase {
            phase: word(&p["phase"]),
            from: p["from"].as_str().unwrap().to_owned(),
            to: p["to"].as_str().unwrap().to_owned(),
            us: us(&p["seconds"]).unwrap(),
        }),
        impact: impact(&v["impact"]),
        components: list(&v["components"], |c| Component {
            kind: word(&c["kind"]),
            key: log(&c["key"]),
            start: at(&c["start"]),
            end: maybe(&c["end"]),
        }),
        timeline: list(&v["timeline"], event),
        cause_verdict: CauseVerdict::Established,
        missing: Vec::new(),
        causes: list(&v["causes"], |c| Cause {
            class: info(c).class,
            group: info(c).group,
            remedy: info(c).remedy,
            question: info(c).group.question,
            group_score: c["group_score"].as_f64().unwrap(),
            score: c["score"].as_f64().unwrap(),
            title: words(&c["title"]),
            culprit: c["culprit"].is_object().then(|| Culprit {
                kind: word(&c["culprit"]["kind"]),
                name: name(&c["culprit"]["name"]),
                service: log(&c["culprit"]["service"]),
            }),
            pro: list(&c["for"], claim),
            con: list(&c["against"], claim),
            settle: c["settle"].as_str().map(|s| Sentence::words(s.to_owned())),
            trigger: c["trigger"].as_str().map(str::to_owned),
            mechanism: None,
        }),
        signals: list(&v["signals"], |s| Signal {
            class: word(&s["class"]),
            text: words(&s["text"]),
            cited: cited(s),
        }),
        new_templates: list(&v["new_templates"], |t| NewTemplate {
            text: name(&t["text"]),
            count: t["count"].as_u64().unwrap(),
            first: at(&t["first"]),
            last: at(&t["last"]),
            family: Some(word(&t["family"])),
            service: log(&t["service"]),
            none_for: None,
            evidence: list(&t["evidence"], evidence),
        }),
        unexplained: list(&v["unexplained"], |u| Unexplained {
            time: at(&u["time"]),
            lines: u["lines"].as_u64().unwrap(),
            first: u["first"].as_bool().unwrap(),
            with: u["with"].as_u64().unwrap(),
            evidence: list(&u["evidence"], evidence),
        }),
        versions: list(&v["versions"], |x| VersionSeen {
            service: log(&x["service"]),
            name: name(&x["name"]),
            hosts: list(&x["hosts"], name),
            first: maybe(&x["first"]),
            last: maybe(&x["last"]),
            evidence: list(&x["evidence"], evidence),
        }),
        prompts: list(&v["prompts"], |p| Prompt {
            section: word(&p["section"]),
            text: words(&p["text"]),
            from: p["from"].as_str().map(str::to_owned),
            us: us(&p["seconds"]),
        }),
        kept_failing: Some(KeptFailing {
            from: at(&"2023-05-01T14:00:02+01:00".into()),
            until: at(&"2023-05-01T14:30:07+01:00".into()),
            requests: 61_000,
            failed: 38_003,
        }),
        near: None,
        series: Some(Series {
            start: at(&v["series"]["start"]),
            bucket_s: v["series"]["bucket_s"].as_u64().unwrap() as u32,
            requests: list(&v["series"]["requests"], |n| n.as_u64().unwrap()),
            failed: list(&v["series"]["failed"], |n| n.as_u64().unwrap()),
            by_host: list(&v["series"]["by_host"], lane),
            by_endpoint: Vec::new(),
            by_upstream: Vec::new(),
        }),
    }
}

fn impact(v: &Value) -> Impact {
    Impact {
        requests: v["requests"].as_u64(),
        failed: v["failed"].as_u64(),
        expected_requests: v["expected_requests"].as_u64(),
        expected_failed: v["expected_failed"].as_u64(),
        addresses_hit: v["addresses_hit"].as_u64(),
        addresses_error: v["addresses_error"].as_f64(),
        counted: None,
        peak: Some((
            at(&v["peak"]["time"]),
            v["peak"]["requests"].as_u64().unwrap(),
            v["peak"]["failed"].as_u64().unwrap(),
        )),
        error_budget: v["error_budget"]["used"]
            .as_f64()
            .zip(v["error_budget"]["objective"].as_f64()),
        by_status: list(&v["by_status"], row),
        by_endpoint: list(&v["by_endpoint"], row),
        as_before: Vec::new(),
        risen: Vec::new(),
        by_host: list(&v["by_host"], row),
        by_service: list(&v["by_service"], row),
        by_version: list(&v["by_version"], row),
        by_upstream: list(&v["by_upstream"], row),
    }
}

/// What is known of the class of a cause.
fn info(c: &Value) -> &'static crate::cause::ClassInfo {
    crate::cause::info(CauseClass::from_word(c["class"].as_str().unwrap()).unwrap())
}
