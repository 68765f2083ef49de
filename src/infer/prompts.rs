//! Contributing signals, questions for a person, and markers that an incident lacks.

use super::phases::{Keys, absent};
use super::view::View;
use crate::model::{CauseVerdict, Cited, Gap, Incident, Piece, Prompt, Sentence, Signal};
use crate::record::{Kind, MarkerKind as K};
use crate::time::{Instant, MINUTE, SECOND};

/// Findings that made it longer or worse.
pub(crate) fn signals(i: &mut Incident, view: &View<'_>, k: &Keys) {
    let rows = &i.timeline;
    let mut out = Vec::new();
    if let (Some(fin), Some(us)) = (k.rollback_finish, i.durations.after_rollback) {
        let t = rows[fin].time.unwrap_or(i.onset);
        let stop = i.recovery.unwrap_or(t).min(Instant(t.0 + 10 * MINUTE));
        let (n, bad) = view.requests(t, stop);
        if us >= 10 * MINUTE && n > 0 && bad * 10 >= n {
            out.push(Signal {
                class: "errors_after_rollback",
                text: Sentence::default()
                    .w("The rollback was reported done, but ")
                    .p(Piece::Share(bad as f64 / n as f64))
                    .w(" of requests kept failing; recovery came ")
                    .p(Piece::Span(us))
                    .w(" later"),
                cited: Cited::Lines(rows[fin].evidence.clone()),
            });
        }
    }
    if let (Some(a), Some(us)) = (k.alert, i.durations.detect)
        && us >= 3 * MINUTE
    {
        out.push(Signal {
            class: "slow_alert",
            text: Sentence::default()
                .w("The first page came ")
                .p(Piece::Span(us))
                .w(" after the onset"),
            cited: Cited::Lines(rows[a].evidence.clone()),
        });
    }
    let starts: Vec<_> = rows
        .iter()
        .filter(|e| e.kind == K::DeployStart && e.time.is_some_and(|t| t <= i.onset))
        .collect();
    if let (Some(s), Some(f)) = (
        starts.last(),
        rows.iter().find(|e| e.kind == K::DeployFinish),
    ) && let (Some(a), Some(b)) = (s.time, f.time)
        && b >= a
        && b.0 - a.0 <= 3 * MINUTE
        && i.causes
            .first()
            .is_some_and(|c| c.class.group() == "change" && c.score >= 0.5)
    {
        let mut e: Vec<_> = s
            .evidence
            .iter()
            .take(1)
            .chain(f.evidence.iter().take(1))
            .cloned()
            .collect();
        e.sort();
        out.push(Signal {
            class: "fast_rollout",
            text: Sentence::default()
                .w("The rollout was complete within ")
                .p(Piece::Span(b.0 - a.0)),
            cited: Cited::Lines(e),
        });
    }
    i.signals = out;
}

fn question(section: &'static str, from: String, us: Option<i64>, text: &str) -> Prompt {
    Prompt {
        section,
        text: Sentence::words(text),
        from: Some(from),
        us,
    }
}

/// Questions derived from findings, by the time that they could have saved.
pub(crate) fn prompts(i: &mut Incident) {
    let mut out = Vec::new();
    let whole = i.durations.recover;
    match (i.cause_verdict, i.causes.first()) {
        (CauseVerdict::NotEstablished, _) | (_, None) => {
            out.push(question(
                "actions",
                "missing".into(),
                whole,
                "What would have to be logged so that the cause can be seen next time?",
            ));
        }
        (_, Some(c)) => {
            let text = match c.class.group() {
                "change" if c.class.word() == "config" => {
                    "Can a configuration be checked before it is loaded, and its difference be reviewed?"
                }
                "change" => {
                    "How can such a change be caught before it reaches all of production: a test with the dependency, a canary, a stop at the first failing host?"
                }
                "dependency" => {
                    "What should happen when this dependency fails: a timeout, a fallback, a contract test?"
                }
                "capacity" => "Are limits, load shedding and headroom where they should be?",
                "resource" => {
                    "What warns before this resource is used up, and what bounds its use?"
                }
                "data" => {
                    "Can this work run so that it does not block requests, or be undone quickly?"
                }
                "hardware" => {
                    "Is there redundancy for this, and when was the restore last rehearsed?"
                }
                "network" => {
                    "What would have shown this before it failed (expiry alert, probe, second path)?"
                }
                _ => "What would bring this process back by itself?",
            };
            out.push(question("actions", "causes/1".into(), whole, text));
        }
    }
    let phase = |name: &str| i.phases.iter().find(|p| p.phase == name).map(|p| p.us);
    for (name, floor, text) in [
        (
            "detect",
            MINUTE,
            "Can the alert fire sooner: a shorter window, a lower threshold, a symptom alert?",
        ),
        (
            "acknowledge",
            5 * MINUTE,
            "Would a second person or an earlier escalation have taken the page sooner?",
        ),
        (
            "decide",
            5 * MINUTE,
            "What was needed to decide on the action?",
        ),
        (
            "rollback",
            5 * MINUTE,
            "Can a rollback be one command that is done in a minute or two?",
        ),
        (
            "still_failing",
            5 * MINUTE,
            "Should a rollback restart the service and check the 5xx share before it says that it is done?",
        ),
        (
            "restart",
            10 * MINUTE,
            "Can a restart be faster, or be done on all hosts at once?",
        ),
        ("mitigate", 10 * MINUTE, "What slowed the repair down?"),
    ] {
        if let Some(us) = phase(name).filter(|us| *us >= floor) {
            out.push(question(
                "actions",
                format!("phases/{name}"),
                Some(us),
                text,
            ));
        }
    }
    out.sort_by_key(|p| std::cmp::Reverse(p.us.unwrap_or(-SECOND)));
    i.prompts = out;
}

/// Markers that this incident lacks, each with the inputs that were searched.
pub(crate) fn absences(i: &Incident, view: &View<'_>, k: &Keys, gaps: &mut Vec<Gap>) {
    let of = |kinds: &[Kind]| -> Vec<u32> {
        let v: Vec<u32> = view
            .part
            .inputs
            .iter()
            .filter(|(_, p)| kinds.iter().any(|x| p.accounting.kinds[*x as usize] > 0))
            .map(|(id, _)| *id)
            .collect();
        if v.is_empty() {
            view.part.inputs.keys().copied().collect()
        } else {
            v
        }
    };
    let mut miss = |what: &str, kinds: &[Kind]| gaps.push(absent(what, i.onset, of(kinds)));
    if k.alert.is_none() {
        miss("a page", &[Kind::Pager]);
    } else if k.ack.is_none() {
        miss("an acknowledgement", &[Kind::Pager]);
    }
    if k.rollback_start.is_none() && k.rollback_finish.is_some() {
        miss("the start of the rollback", &[Kind::Deploy, Kind::System]);
    }
    if k.rollback_start.is_some() && k.rollback_finish.is_none() {
        miss("the end of the rollback", &[Kind::Deploy, Kind::System]);
    }
    if i.recovery.is_none() {
        miss("a recovery", &[Kind::Web]);
    }
}
