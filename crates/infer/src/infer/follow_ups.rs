//! Contributing signals, and questions for a person.

use crate::infer::lanes::View;
use crate::infer::phases::PhaseMarkers;
use crate::model::{CauseVerdict, Cited, Incident, KeptFailing, Piece, Prompt, Sentence, Signal};
use coroner_lines::record::{CauseClass, MarkerKind as K};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{MINUTE, SECOND};

/// Findings that made it longer or worse.
pub(crate) fn signals(i: &mut Incident, view: &View<'_>, k: &PhaseMarkers) {
    let kept = kept_failing(i, view, k);
    let rows = &i.timeline;
    let mut out = Vec::new();
    if let (Some(fin), Some(us)) = (k.rollback_finish, i.durations.after_rollback)
        && us >= 10 * MINUTE
        && let Some(kept) = &kept
    {
        out.push(Signal {
            class: "errors_after_rollback",
            text: match kept.sentence(Sentence::words("The rollback was reported done")) {
                s if Some(kept.until) == i.recovery => s,
                s => s.w("; recovery came ").p(Piece::Span(us)).w(" after it"),
            },
            cited: Cited::Lines(rows[fin].evidence.clone()),
        });
    }
    if let (Some(a), Some(us)) = (k.alert, i.durations.detect)
        && us >= 3 * MINUTE
    {
        out.push(Signal {
            class: "slow_alert",
            text: Sentence::default()
                .w("The first alert came ")
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
        // what begins and ends in one breath is logged when it is done, and shows no pace
        && (10 * SECOND..=3 * MINUTE).contains(&(b.0 - a.0))
        && i.causes
            .first()
            .is_some_and(|c| c.class == CauseClass::Deploy && c.score >= 0.5)
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
                .w("The rollout took only ")
                .p(Piece::Span(b.0 - a.0)),
            cited: Cited::Lines(e),
        });
    }
    i.signals = out;
    i.kept_failing = kept;
}

/// What failed from the moment that a rollback was reported done to the next restart, or the recovery if that came first;
/// nothing where less than a tenth did. A restart in the same breath is the rollback's own.
fn kept_failing(i: &Incident, view: &View<'_>, k: &PhaseMarkers) -> Option<KeptFailing> {
    let at = |r: usize| i.timeline.get(r)?.time;
    let done = at(k.rollback_finish?)?;
    let ends = [k.restart.and_then(at), i.recovery];
    let until = ends.into_iter().flatten();
    let until = until.filter(|t| t.0 - done.0 >= 10 * SECOND).min()?;
    let (requests, failed) = view.requests(done, until);
    (requests > 0 && failed * 10 >= requests).then_some(KeptFailing {
        from: done,
        until,
        requests,
        failed,
    })
}

fn question(section: &'static str, from: String, us: Option<i64>, text: &'static str) -> Prompt {
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
            out.push(question("actions", "causes/1".into(), whole, c.question));
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
            "What would have made the decision quicker?",
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
    out.sort_list_by_key(|p| std::cmp::Reverse(p.us.unwrap_or(-SECOND)));
    i.prompts = out;
}
