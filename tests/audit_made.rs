//! Reports made up for `audit`, in many layouts and words: those in which everything agrees must draw no error and no
//! warning, and each kind of defect must be found, at these rates. What the rates are is in each test.

use coroner_lines::time::MONTHS;
use coroner_report::audit::finding::Severity;
use coroner_report::audit::{Document, judge};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Numbers that look random and are the same every time (splitmix64, Steele et al. 2014).
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
    fn minutes(&mut self, from: i64, to: i64) -> i64 {
        from + (self.next() % (to - from + 1) as u64) as i64
    }
}

/// The facts of a report: minutes of the day, in order of the events.
#[derive(Clone, Debug)]
struct Facts {
    change: i64,
    onset: i64,
    alert: i64,
    ack: i64,
    rollback: i64,
    done: i64,
    restart: i64,
    recovery: i64,
    year: i64,
    month: usize,
    day: i64,
}

fn facts(r: &mut Rng) -> Facts {
    // long enough that what a defect shifts can be distinguished from rounding
    let change = r.minutes(60, 15 * 60);
    let onset = change + r.minutes(4, 19);
    let alert = onset + r.minutes(2, 9);
    let ack = alert + r.minutes(1, 12);
    let rollback = ack + r.minutes(1, 25);
    let done = rollback + r.minutes(2, 20);
    let restart = done + r.minutes(1, 3);
    let recovery = restart + r.minutes(1, 5);
    Facts {
        change,
        onset,
        alert,
        ack,
        rollback,
        done,
        restart,
        recovery,
        year: 2021 + r.below(4) as i64,
        month: r.below(12),
        day: r.minutes(1, 28),
    }
}

/// How a report is written.
#[derive(Clone, Debug)]
struct Style {
    twelve: bool,
    layout: usize,
    date: usize,
    zone: &'static str,
    headings: usize,
    words: [usize; 8],
    joined: bool,
}

const ZONES: &[&str] = &[
    "UTC",
    "GMT + 1",
    "PST",
    "UTC+05:30",
    "WAT",
    "CET",
    "Europe/London",
    "GMT",
];

fn style(r: &mut Rng) -> Style {
    Style {
        twelve: r.below(2) == 0,
        layout: r.below(7),
        date: r.below(5),
        zone: r.of(ZONES),
        headings: r.below(3),
        words: std::array::from_fn(|_| r.below(3)),
        joined: r.below(2) == 0,
    }
}

impl Style {
    fn time(&self, minute: i64) -> String {
        let (h, m) = (minute / 60 % 24, minute % 60);
        match self.twelve {
            false => format!("{h:02}:{m:02}"),
            true => {
                let half = if h < 12 { "AM" } else { "PM" };
                let gap = if self.joined { "" } else { " " };
                format!("{}:{m:02}{gap}{half}", (h + 11) % 12 + 1)
            }
        }
    }

    fn date(&self, f: &Facts) -> String {
        let (y, m, d) = (f.year, MONTHS[f.month], f.day);
        let nth = match d {
            1 | 21 => "st",
            2 | 22 => "nd",
            3 | 23 => "rd",
            _ => "th",
        };
        match self.date {
            0 => format!("{d} {m} {y}"),
            1 => format!("{m} {d}, {y}"),
            2 => format!("{y}-{:02}-{d:02}", f.month + 1),
            3 => format!("{d}{nth} {m} {y}"),
            _ => format!("{m} {d}{nth}, {y}"),
        }
    }

    fn heading(&self, name: &str) -> String {
        match self.headings {
            0 => format!("## {name}\n"),
            1 => format!("{name}\n"),
            _ => format!("{name}\n{}\n", "-".repeat(name.len())),
        }
    }
}

const WORDS: [[&str; 3]; 8] = [
    [
        "Upgrades implementation begins",
        "Deploy of shop 4.2 starts",
        "Configuration push begins",
    ],
    [
        "Server outage begins",
        "Errors start to spike on the checkout",
        "Service downtime starts",
    ],
    [
        "Pagers alerted on-call team",
        "Alert fires for high 5xx rate",
        "Monitoring alerts the on-call engineer",
    ],
    [
        "On-call team acknowledgement",
        "On-call engineer acknowledges the page",
        "Page acknowledged",
    ],
    [
        "Rollback initiation begins",
        "Rollback started",
        "Team starts to roll back the change",
    ],
    [
        "Successful rollback",
        "Rollback completed",
        "Rollback finished on all hosts",
    ],
    [
        "Server restart initiated",
        "Restart of all servers",
        "Servers rebooted",
    ],
    [
        "100% of traffic back online",
        "Service fully restored",
        "All systems back to normal",
    ],
];

const CAUSE: [&str; 3] = ["the upgrade", "the deploy", "the configuration push"];

/// A row: minute, or what is written instead of it, and words.
type Rows = Vec<(String, String)>;

fn rows(f: &Facts, s: &Style) -> Rows {
    let times = [
        f.change, f.onset, f.alert, f.ack, f.rollback, f.done, f.restart, f.recovery,
    ];
    times
        .iter()
        .enumerate()
        .map(|(n, t)| (s.time(*t), WORDS[n][s.words[n]].to_owned()))
        .collect()
}

/// The words of a report that a defect may change.
#[derive(Clone, Debug)]
struct Said {
    start: String,
    length: String,
    cause_time: String,
    cause_date: Option<String>,
    rows: Rows,
}

fn length(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (h, 0) => format!("{h} hours"),
        (1, m) => format!("1 hour and {m} minutes"),
        (h, m) => format!("{h} hours and {m} minutes"),
    }
}

fn said(f: &Facts, s: &Style) -> Said {
    Said {
        start: s.time(f.onset),
        length: length(f.recovery - f.onset),
        cause_time: s.time(f.change),
        cause_date: None,
        rows: rows(f, s),
    }
}

fn timeline(s: &Style, rows: &Rows) -> String {
    let mut out = String::new();
    match s.layout {
        0 => {
            out.push_str("| Time | Event |\n|---|---|\n");
            rows.iter()
                .for_each(|(t, w)| out.push_str(&format!("| {t} | {w} |\n")));
        }
        1 => {
            out.push_str("Time\tActions\n");
            rows.iter()
                .for_each(|(t, w)| out.push_str(&format!("{t}\t{w}\n")));
        }
        2 => rows
            .iter()
            .for_each(|(t, w)| out.push_str(&format!("- {t} - {w}\n"))),
        3 => rows
            .iter()
            .for_each(|(t, w)| out.push_str(&format!("* **{t}**: {w}.\n"))),
        4 => rows
            .iter()
            .for_each(|(t, w)| out.push_str(&format!("### {t}\n\n{w}.\n\n"))),
        5 => rows
            .iter()
            .for_each(|(t, w)| out.push_str(&format!("{t} – {w}\n\n"))),
        _ => rows
            .iter()
            .for_each(|(t, w)| out.push_str(&format!("- [{t}] {w}\n"))),
    }
    out
}

fn write(f: &Facts, s: &Style, said: &Said) -> String {
    let title = if s.headings == 0 {
        "# Outage of the shop\n"
    } else {
        "Outage of the shop\n"
    };
    let change = CAUSE[s.words[0]];
    let cause_date = said
        .cause_date
        .as_ref()
        .map_or(String::new(), |d| format!("On {d}, at "));
    let at = if cause_date.is_empty() {
        "At "
    } else {
        &cause_date
    };
    format!(
        "{title}\n{}\nOn {} ({} {}), we experienced an outage of the shop which lasted for {}. 3,120 of 7,400 requests failed with an HTTP 502 error. The cause was {change}.\n\n\
         {}\n{}\n{}\n{at}{} {} {change} was rolled out to all production servers. It had not been tried against the payment service.\n\n\
         {}\n- Try every release in staging first (owner: Ada, due {}-12-01)\n- Make the rollback restart the servers (owner: Ben, due {}-12-08)\n",
        s.heading("Issue Summary"),
        s.date(f),
        said.start,
        s.zone,
        said.length,
        s.heading(&format!("Timeline (all times in {})", s.zone)),
        timeline(s, &said.rows),
        s.heading("Root cause"),
        said.cause_time,
        s.zone,
        s.heading("Preventive measures"),
        f.year,
        f.year,
    )
}

/// What is found: ids and severities.
fn found(text: &str) -> Vec<(&'static str, Severity, String)> {
    let doc = Document::read("made.md", text);
    let judged = judge(&doc, None, &Default::default());
    judged
        .findings
        .iter()
        .map(|f| (f.id, f.severity, f.message.clone()))
        .collect()
}

const N: u64 = 400;

/// Makes reports, spoils each, and counts those of which one of `ids` is found; the first that was missed, for the message.
fn rate(
    ids: &[&str],
    spoil: impl Fn(&mut Rng, &mut Facts, &Style, &mut Said) -> bool,
) -> (u64, u64, String) {
    let (mut hits, mut all, mut missed) = (0, 0, String::new());
    for seed in 0..N {
        let mut r = Rng(seed * 7919 + 13);
        let (mut f, s) = (facts(&mut r), style(&mut r));
        let mut words = said(&f, &s);
        if !spoil(&mut r, &mut f, &s, &mut words) {
            continue;
        }
        let text = write(&f, &s, &words);
        let all_found = found(&text);
        all += 1;
        match all_found
            .iter()
            .any(|x| ids.contains(&x.0) && x.1 >= Severity::Warning)
        {
            true => hits += 1,
            false if missed.is_empty() => missed = format!("{text}\n{all_found:#?}"),
            false => {}
        }
    }
    (hits, all, missed)
}

/// At least `permille` of the spoiled reports must be found out.
fn at_least(permille: u64, (hits, all, missed): (u64, u64, String)) {
    assert!(all >= N / 4, "{all} tried");
    assert!(
        hits * 1000 >= all * permille,
        "{hits} of {all}; the first that was missed:\n{missed}"
    );
}

#[test]
fn reports_that_agree_draw_no_error_and_no_warning() {
    let mut wrong: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for seed in 0..4 * N {
        let mut r = Rng(seed * 104_729 + 7);
        let (f, s) = (facts(&mut r), style(&mut r));
        let text = write(&f, &s, &said(&f, &s));
        for (id, severity, message) in found(&text) {
            if severity >= Severity::Warning {
                let e = wrong.entry(id).or_insert((0, format!("{message}\n{text}")));
                e.0 += 1;
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong
            .iter()
            .map(|(id, (n, text))| format!("{id} {n}:\n{text}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn a_slip_of_the_half_of_the_day_is_found() {
    at_least(
        990,
        rate(&["time.meridiem-slip"], |r, _, s, said| {
            let n = r.below(8);
            let t = &mut said.rows[n].0;
            *t = match t.contains("AM") {
                true => t.replace("AM", "PM"),
                false => t.replace("PM", "AM"),
            };
            s.twelve
        }),
    );
}

#[test]
fn a_wrong_date_is_found() {
    at_least(
        990,
        rate(&["agree.date"], |r, f, s, said| {
            let other = Facts {
                year: f.year - 1 - r.below(3) as i64,
                month: r.below(12),
                ..f.clone()
            };
            said.cause_date = Some(s.date(&other));
            true
        }),
    );
}

#[test]
fn a_wrong_start_is_found() {
    at_least(
        990,
        rate(&["agree.start"], |r, f, s, said| {
            said.start = s.time(f.onset + r.minutes(3, 50));
            true
        }),
    );
}

#[test]
fn swapped_rows_are_found() {
    at_least(
        990,
        rate(&["order.backwards"], |r, _, _, said| {
            let n = r.below(7);
            said.rows.swap(n, n + 1);
            true
        }),
    );
}

/// Two rows whose words changed places, while the times stand in order: not every pair can be determined.
#[test]
fn swapped_words_are_found() {
    let ids = [
        "order.backwards",
        "order.ack-before-alert",
        "order.recovery-before-onset",
        "order.rollback-before-change",
        "order.restart-after-recovery",
        "order.alert-before-outage",
        "agree.start",
        "agree.change-time",
        "duration.mismatch",
        "duration.other-span",
    ];
    at_least(
        900,
        rate(&ids, |r, _, _, said| {
            let n = [0, 1, 2, 4, 6][r.below(5)];
            let (a, b) = (said.rows[n].1.clone(), said.rows[n + 1].1.clone());
            (said.rows[n].1, said.rows[n + 1].1) = (b, a);
            true
        }),
    );
}

#[test]
fn an_early_page_is_found() {
    at_least(
        990,
        rate(&["order.alert-before-outage"], |r, f, s, said| {
            f.alert = f.onset - r.minutes(1, 3);
            said.rows = rows(f, s);
            if r.below(2) == 0 {
                said.rows.swap(1, 2);
            }
            true
        }),
    );
}

#[test]
fn a_wrong_time_in_the_cause_is_found() {
    at_least(
        990,
        rate(&["agree.change-time"], |r, f, s, said| {
            said.cause_time = s.time(f.change - r.minutes(3, 55));
            true
        }),
    );
}

#[test]
fn a_length_of_another_span_is_named() {
    at_least(
        970,
        rate(&["duration.other-span"], |_, f, _, said| {
            said.length = length(f.recovery - f.change);
            true
        }),
    );
}

#[test]
fn a_wrong_length_is_found() {
    at_least(
        960,
        rate(
            &["duration.mismatch", "duration.other-span"],
            |r, f, _, said| {
                let out = f.recovery - f.onset;
                let wrong = if r.below(2) == 0 {
                    out + r.minutes(7, 45)
                } else {
                    (out - r.minutes(7, 45)).max(1)
                };
                said.length = length(wrong);
                (wrong - out).abs() >= 5
            },
        ),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever a document holds, it is judged: pieces of reports, in any order.
    #[test]
    fn any_document_is_judged(pieces in prop::collection::vec(prop_oneof![
        Just("## Timeline (UTC)\n"), Just("| Time | Event |\n|---|---|\n"), Just("| 10:00 PM | Outage begins |\n"), Just("- 9:00 AM: rollback\n"),
        Just("<!-- "), Just("-->"), Just("```\n"), Just("On May 1st 2023 (13:05 pm GMT + 1), "), Just("lasted for 2 hours"), Just("\t"), Just("\u{202e}é日本"),
        Just("T+5m restart\n"), Just("99:99"), Just("\r\n"), Just("| "), Just("2023-02-30"), Just("24:00 back online\n"), Just("# "), Just("![a]("), Just("&nbsp;"), Just("[x"),
    ], 0..60), tail in ".{0,80}") {
        let text = pieces.concat() + &tail;
        let doc = Document::read("any.md", &text);
        let judged = judge(&doc, None, &Default::default());
        for f in &judged.findings {
            let line = doc.lines.get(f.main.place.line).map_or("", |l| l.raw);
            prop_assert!(line.get(f.main.place.at.clone()).is_some() || line.is_empty(), "{f:?}");
        }
        let _ = coroner_report::audit::sink::text::to_string(&judged, "any.md", &coroner_report::report::Look::default());
        let _ = coroner_report::audit::sink::diff::to_string(&judged, "any.md");
        let _ = coroner_report::audit::sink::sarif::to_value(&judged, "any.md");
    }
}
