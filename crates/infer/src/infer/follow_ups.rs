//! Contributing signals, and questions for a person.

use crate::infer::lanes::View;
use crate::infer::phases::PhaseMarkers;
use crate::model::{
    Cause, CauseVerdict, Cited, Event, Evidence, Incident, KeptFailing, Piece, Prompt, Sentence,
    Signal,
};
use coroner_lines::record::{CauseClass, MarkerKind as K};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// Findings that made it longer or worse.
pub(crate) fn signals(i: &mut Incident, view: &View<'_>, k: &PhaseMarkers) {
    let kept = kept_failing(i, view, k);
    let rows = &i.timeline;
    let mut out = Vec::new();
    let mut say = |class, text, lines: Vec<Evidence>| {
        let cited = Cited::Lines(lines);
        out.push(Signal { class, text, cited });
    };
    let deploys = |c: &Cause| c.class == CauseClass::Deploy && c.score >= 0.5;
    let released = i.causes.first().is_some_and(deploys);
    // of a release that did no harm it only came too late
    if let (Some(fin), Some(us)) = (k.rollback_finish, i.durations.after_rollback)
        && us >= 10 * MINUTE
        && released
        && let Some(kept) = &kept
    {
        let text = match kept.sentence(Sentence::words("The rollback was reported done")) {
            s if Some(kept.until) == i.recovery => s,
            s => s.w("; recovery came ").p(Piece::Span(us)).w(" after it"),
        };
        say("errors_after_rollback", text, rows[fin].evidence.clone());
    }
    if let (Some(a), Some(us)) = (k.alert, i.durations.detect)
        && us >= 3 * MINUTE
    {
        let text = Sentence::words("It took ").p(Piece::Span(us));
        say(
            "slow_alert",
            text.w(" from the onset until an alert fired"),
            rows[a].evidence.clone(),
        );
    }
    let starts = |e: &&Event| e.kind == K::DeployStart && e.time.is_some_and(|t| t <= i.onset);
    let finish = rows.iter().find(|e| e.kind == K::DeployFinish);
    // what goes out step by step has a pace that no one step shows
    let alone = |s: &Event| {
        rows.iter()
            .filter(|e| e.kind == K::DeployStart && e.version == s.version)
            .count()
            == 1
    };
    if let Some((s, f)) = rows.iter().rfind(starts).filter(|s| alone(s)).zip(finish)
        && let Some((a, b)) = s.time.zip(f.time)
        // what begins and ends in one breath is logged when it is done, and shows no pace
        && (10 * SECOND..=3 * MINUTE).contains(&(b.0 - a.0))
        && released
    {
        let firsts = [s, f].into_iter().filter_map(|e| e.evidence.first());
        let mut lines: Vec<_> = firsts.cloned().collect();
        lines.sort();
        let text = Sentence::words("The rollout took only ").p(Piece::Span(b.since(a)));
        say("fast_rollout", text, lines);
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
    // the last failure is of the stretch that it ends
    let over = i.recovery == Some(until);
    let upto = Instant(until.0 + if over { SECOND } else { 0 });
    let (requests, failed) = view.requests(done, upto);
    (requests > 0 && failed * 10 >= requests).then_some(KeptFailing {
        from: done,
        until,
        requests,
        failed,
    })
}

fn question(from: String, us: Option<i64>, text: &'static str) -> Prompt {
    Prompt {
        section: "actions",
        text: Sentence::words(text),
        from: Some(from),
        us,
    }
}

/// Most questions that are asked.
const QUESTIONS: usize = 3;

/// Questions derived from findings, by the time that they could have saved.
pub(crate) fn prompts(i: &mut Incident) {
    let (from, text) = match (i.cause_verdict, i.causes.first()) {
        (CauseVerdict::NotEstablished, _) | (_, None) => {
            ("missing", "What would have shown the cause sooner?")
        }
        (_, Some(c)) => ("causes/1", c.question),
    };
    let mut out = vec![question(from.to_owned(), i.durations.recover, text)];
    let of = |name: &'static str| i.phases.iter().filter(move |p| p.phase == name);
    let phase = |name| of(name).map(|p| p.us).max();
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
            "What would have made the first action quicker?",
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
        ("recover", 5 * MINUTE, "What would have ended this sooner?"),
    ] {
        if let Some(us) = phase(name).filter(|us| *us >= floor) {
            out.push(question(format!("phases/{name}"), Some(us), text));
        }
    }
    out.sort_list_by_key(|p| std::cmp::Reverse(p.us.unwrap_or(-SECOND)));
    out.truncate(QUESTIONS);
    i.prompts = out;
}
