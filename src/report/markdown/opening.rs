//! The first sections: head table, summary, timeline, durations.
//! Every sentence here has a marker or a count behind it.

use super::{Doc, code};
use crate::model::*;
use crate::record::MarkerKind;
use crate::report::sentence::{count, md_words, percent, share};
use crate::report::{cite, facts, json, rows, sentence, time};
use crate::text::LogText;

/// Rows of the timeline that are listed.
const TIMELINE: usize = 200;

impl Doc<'_> {
    pub(super) fn head_table(&mut self, i: &Incident) {
        let zone = self.report.settings.zone;
        let at = |t, range| {
            let shown =
                facts::interval(t, range, zone).map_or_else(String::new, |r| format!(" ({r})"));
            format!(
                "{} {} {}{shown}",
                time::date(t, zone),
                time::clock(t, zone),
                time::zone_label(t, zone)
            )
        };
        let mut onset = at(i.onset, i.onset_interval);
        if i.onset_precedes_log {
            onset.push_str(", or earlier: the logs begin inside the incident");
        }
        let held = facts::held(i);
        let recovery = match i.recovery {
            Some(t) => format!("{}, {held}", at(t, i.recovery_interval)),
            None => held,
        };
        let outage = match i.durations.recover {
            Some(us) => format!("**{}**", time::span(us)),
            None => "not in the logs".to_owned(),
        };
        self.line("| | |");
        self.line("|---|---|");
        self.row(&["Status", "**draft**, inferred from logs"]);
        let id = code(&LogText::name(i.id.as_bytes()));
        self.row(&["Incident", &id]);
        let service = i
            .service
            .as_ref()
            .map_or_else(|| "not named in the logs".to_owned(), code);
        self.row(&["Service", &service]);
        self.row(&["Onset", &onset]);
        self.row(&["Recovery", &recovery]);
        self.row(&["Outage", &outage]);
        for person in ["Severity", "Owner / authors", "Review date"] {
            self.row(&[person, "TODO"]);
        }
        self.end();
    }

    pub(super) fn summary(&mut self, i: &Incident) {
        self.section("Summary");
        let text = self.summary_text(i);
        self.para(&text);
        self.todo("two sentences for readers outside the team: what could customers not do, and is it over?");
    }

    fn summary_text(&self, i: &Incident) -> String {
        let zone = self.report.settings.zone;
        let clock = |t| time::clock_on(t, i.onset, zone);
        let (symptom, joint) = facts::symptom(i);
        let of = i
            .service
            .as_ref()
            .map_or_else(String::new, |s| format!(" {joint} {}", code(s)));
        let mut s = format!("{symptom}{of} began at {}", clock(i.onset));
        if let Some((e, lead)) = facts::change(i) {
            s.push_str(&format!(
                ", {} after this change: {} ({})",
                time::span(lead),
                self.text(&e.text, i),
                cite::md_lines(self.report, &e.evidence)
            ));
        }
        s.push('.');
        if let Some((n, f)) = i.impact.requests.zip(i.impact.failed) {
            s.push_str(&format!(
                " {} of {} requests failed ({}).",
                count(f),
                count(n),
                percent(share(f, n))
            ));
        }
        if let Some(us) = i.durations.detect {
            let alert = crate::time::Instant(i.onset.0 + us);
            s.push_str(&format!(" The alert fired at {}", clock(alert)));
            if let Some(ack) = i.durations.acknowledge {
                let at = crate::time::Instant(alert.0 + ack);
                s.push_str(&format!(" and was acknowledged at {}", clock(at)));
            }
            s.push('.');
        }
        let mut steps = Vec::new();
        if let Some((_, t)) = facts::first_of(i, MarkerKind::RollbackFinish) {
            steps.push(format!("the rollback was reported done at {}", clock(t)));
        }
        if let Some((_, t)) = facts::first_of(i, MarkerKind::Restart) {
            steps.push(format!("a restart began at {}", clock(t)));
        }
        steps.push(match i.recovery {
            Some(t) => format!("service was normal at {}", clock(t)),
            None => "the logs do not show a recovery".to_owned(),
        });
        s.push_str(&format!(" {}.", capital(&steps.join("; "))));
        format!("{s} {}", self.verdict(i))
    }

    /// How far the cause is known; the group before the class.
    fn verdict(&self, i: &Incident) -> String {
        let Some(top) = i
            .causes
            .first()
            .filter(|_| i.cause_verdict != CauseVerdict::NotEstablished)
        else {
            let missing: Vec<String> = i.missing.iter().map(|m| self.text(&m.text, i)).collect();
            let settle = i
                .causes
                .first()
                .and_then(|c| c.settle.as_ref())
                .map_or_else(String::new, |s| {
                    format!(" What would settle it: {}", self.text(s, i))
                });
            let list = if missing.is_empty() {
                String::new()
            } else {
                format!(" Missing: {}.", missing.join("; "))
            };
            return format!("**The logs do not show a cause.**{list}{settle}");
        };
        format!(
            "Suspected cause: {} ({}), most likely: {} ({}, {}).",
            md_words(&a_group(top.class.group())),
            sentence::score(top.group_score),
            small(&self.text(&top.title, i)),
            json::level(top.score),
            sentence::score(top.score)
        )
    }

    pub(super) fn timeline(&mut self, i: &Incident) {
        let zone = self.report.settings.zone;
        let label = time::zone_label(i.onset, zone);
        self.section(&format!("Timeline (all times {label})"));
        self.para("T = onset. *stated*: a log line says so. *measured*: computed from many lines.");
        self.line("| time | T | event | basis | evidence |");
        self.line("|---|---:|---|---|---|");
        let (lines, left_out) = rows::shown(i, TIMELINE);
        for l in &lines {
            let e = l.lead;
            let (at, t) = match e.time {
                Some(t) => (time::clock_on(t, i.onset, zone), distance(t.0 - i.onset.0)),
                None => (untimed(e, i.onset, zone), String::new()),
            };
            let text = self.text(&l.text(), i);
            let cited = cite::md_list(self.report, &l.evidence());
            self.row(&[&at, &t, &text, json::basis(e.basis), &cited]);
        }
        self.end();
        if left_out > 0 {
            self.para(&format!(
                "{} more rows, see the JSON.",
                count(left_out as u64)
            ));
        }
        self.todo("add what logs cannot show: who decided what, and why it made sense then.");
    }

    pub(super) fn durations(&mut self, i: &Incident) {
        self.section("Durations");
        let whole = i.durations.recover;
        if !i.phases.is_empty() {
            self.line("| phase | from → to | duration | share |");
            self.line("|---|---|---:|---:|");
            for p in i.phases.iter().filter(|p| p.us > 0) {
                let name = phase_label(p.phase);
                let edges = format!(
                    "{} → {}",
                    facts::moment(i, &p.from),
                    facts::moment(i, &p.to)
                );
                let part = whole.map_or_else(String::new, |w| whole_percent(p.us, w));
                self.row(&[&name, &edges, &time::span(p.us), &part]);
            }
            if let Some(us) = whole {
                let all = format!("**{}**", time::span(us));
                self.row(&["**Outage (TTR)**", "onset → recovery", &all, "100 %"]);
            }
            self.end();
        }
        let not = || "not in the logs".to_owned();
        let say = |d: Option<i64>| d.map_or_else(not, time::span);
        let mut rest = vec![];
        if whole.is_none() {
            rest.push(format!("Outage (TTR): {}.", not()));
        }
        if i.durations.detect.is_none() {
            rest.push(format!("Detect (TTD): {}.", not()));
        }
        if i.durations.acknowledge.is_none() {
            rest.push(format!("Acknowledge (TTA): {}.", not()));
        }
        rest.push(format!("Mitigated (TTM, end of the first step after which the share stays at least 10 points lower): {}.", say(i.durations.mitigate)));
        rest.push(format!("Change to onset: {}.", say(i.durations.lead)));
        self.para(&rest.join(" "));
    }
}

fn untimed(e: &Event, day: crate::time::Instant, zone: crate::time::zone::Zone) -> String {
    match (e.after, e.before) {
        (Some(a), _) => format!("after {}", time::clock_on(a, day, zone)),
        (None, Some(b)) => format!("before {}", time::clock_on(b, day, zone)),
        (None, None) => "not known".to_owned(),
    }
}

/// `T`, `+4 min 56 s`, `−6 s`.
fn distance(us: i64) -> String {
    match us {
        0 => "T".to_owned(),
        u if u > 0 => format!("+{}", time::span(u)),
        u => time::span(u),
    }
}

fn whole_percent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return String::new();
    }
    format!("{:.0} %", part as f64 * 100.0 / whole as f64)
}

fn phase_label(p: &str) -> String {
    match p {
        "detect" => "Detect (TTD)".to_owned(),
        "acknowledge" => "Acknowledge (TTA)".to_owned(),
        p => capital(facts::phase(p)),
    }
}

fn capital(s: &str) -> String {
    let mut c = s.chars();
    c.next()
        .map_or_else(String::new, |f| f.to_uppercase().chain(c).collect())
}

/// A title within a sentence: `The upgrade of …` → `the upgrade of …`.
fn small(s: &str) -> String {
    match s.split_once(' ') {
        Some((article @ ("The" | "A" | "An"), rest)) => {
            format!("{} {rest}", article.to_lowercase())
        }
        _ => s.to_owned(),
    }
}

/// The group with its article.
fn a_group(group: &str) -> String {
    match group {
        "change" => "a change".to_owned(),
        "dependency" => "a dependency".to_owned(),
        "capacity" => "capacity".to_owned(),
        "resource" => "a resource that ran out".to_owned(),
        "data" => "data".to_owned(),
        "hardware" => "hardware".to_owned(),
        "network" => "the network".to_owned(),
        "process" => "a process".to_owned(),
        "security" => "an attack".to_owned(),
        _ => "unknown".to_owned(),
    }
}
