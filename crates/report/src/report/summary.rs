//! What happened in four sentences, each clause with a marker or a count behind it; a clause whose marker is absent is
//! left out. The words only: how they are marked up is the forms' business.

use super::act_within::within;
use super::{facts, kinds, sentence};
use coroner_infer::model::*;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::words::is_coined;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// A part of the summary.
pub enum SummaryPart<'a> {
    /// Plain words.
    Text(Sentence),
    /// Words that carry the story.
    Strong(Sentence),
    /// That no cause is established.
    Refusal(Sentence),
    /// What the clause before rests on.
    Cite(&'a [Evidence]),
}

/// The summary of an incident, in order; parts follow each other without further punctuation.
pub fn of(i: &Incident) -> Vec<SummaryPart<'_>> {
    let mut out = Vec::new();
    onset(i, &mut out);
    out.push(SummaryPart::Text(answers(i)));
    verdict(i, &mut out);
    out
}

fn onset<'a>(i: &'a Incident, out: &mut Vec<SummaryPart<'a>>) {
    let (symptom, joint) = kinds::symptom(i);
    // some programs stamp a request when it comes, others when it is answered: it is the request that begins to fail then
    let (symptom, joint, began) = match facts::onset_kind(i) {
        Some("silence") => ("Requests", "to", " stopped at "),
        _ if symptom == "5xx responses" => ("Requests", "to", " began to fail (5xx) at "),
        _ => (symptom, joint, " began at "),
    };
    let mut s = Sentence::words(symptom);
    let said = match symptom {
        "Slow responses" | "Requests" => facts::asked(i),
        _ => i.service.as_ref(),
    };
    if let Some(name) = said {
        s = s.w(format!(" {joint} ")).name(name);
    }
    s = s.w(began).p(Piece::Time(i.onset));
    match facts::change(i) {
        Some((e, lead)) => {
            out.push(SummaryPart::Text(s.w(", ")));
            let s = match lead < SECOND {
                true => Sentence::words("within a second of "),
                false => Sentence::default().p(Piece::Span(lead)).w(" after "),
            };
            out.push(SummaryPart::Strong(then(s, within(e))));
            out.push(SummaryPart::Cite(&e.evidence));
            out.push(SummaryPart::Text(Sentence::words(".")));
        }
        None => out.push(SummaryPart::Text(s.w("."))),
    }
    if let Some((n, 0)) = i.impact.requests.zip(i.impact.failed) {
        let logged = match n {
            0 => Sentence::words(" No requests were logged in that time"),
            _ => Sentence::words(" None of the ")
                .p(Piece::Count(n))
                .w(" requests logged failed"),
        };
        let unseen = facts::unseen(&i.impact);
        out.push(SummaryPart::Text(logged.w(format!("{unseen}."))));
    } else if let Some((n, f)) = i.impact.requests.zip(i.impact.failed) {
        out.push(SummaryPart::Text(Sentence::words(" ")));
        let s = Sentence::default()
            .p(Piece::Count(f))
            .w(" of ")
            .p(Piece::Count(n));
        let share = Piece::Share(sentence::share(f, n));
        let s = s.w(" requests failed (").p(share);
        let s = match facts::own_share(i) {
            Some((name, own)) => {
                let own = s.w("; about ").p(Piece::Share(own)).w(" of requests to ");
                own.p(Piece::Name(name.clone()))
            }
            None => s,
        };
        out.push(SummaryPart::Strong(s.w(")")));
        let mut more = Sentence::default();
        for (n, words) in [
            (facts::refused(&i.impact), " more were refused (429)"),
            (
                facts::abandoned(&i.impact),
                " more were abandoned by their clients",
            ),
        ] {
            if let Some(n) = n {
                more = more.w("; ").p(Piece::Count(n)).w(words);
            }
        }
        out.push(SummaryPart::Text(more.w(".")));
    }
}

/// Whether an alert and what is said of one bear a name that is no word: a pager and a chat have numbers of their own.
fn both_name(alert: &Event, e: &Event) -> bool {
    let names = |e: &'_ Event| -> Vec<String> {
        let text = e.quoted().unwrap_or_default();
        let words = text.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c)));
        let small = |w: &&str| w.contains(|c: char| c.is_ascii_lowercase());
        let coined = words.filter(small).filter(|w| is_coined(w.as_bytes()));
        coined.map(str::to_owned).collect()
    };
    let of_alert = names(alert);
    names(e).iter().any(|n| of_alert.contains(n))
}

/// What people did, and how it ended.
fn answers(i: &Incident) -> Sentence {
    let mut s = Sentence::default();
    // the rows that the durations are counted between
    let row = |kind| {
        let mut rows = i.timeline.iter().filter(|e| e.letter.is_some());
        let e = rows.find(|e| e.kind == kind)?;
        Some((e, e.time?))
    };
    if let Some((alert, at)) = row(MarkerKind::AlertFired).filter(|_| i.durations.detect.is_some())
    {
        let ack = row(MarkerKind::AlertAcknowledged);
        let ack = ack.filter(|_| i.durations.acknowledge.is_some());
        // whether somebody took this alert or another one
        let open = |(e, _): &(&Event, _)| e.group != alert.group && !both_name(alert, e);
        let (fired, taken) = match ack.as_ref().is_some_and(open) {
            true => (" An alert fired at ", ", and one was acknowledged at "),
            false => (" The alert fired at ", " and was acknowledged at "),
        };
        s = s.w(fired).p(Piece::Time(at));
        if let Some((_, at)) = ack {
            s = s.w(taken).p(Piece::Time(at));
        }
        s = s.w(".");
    }
    let mut steps = steps(i);
    if i.recovery.is_none() {
        steps.push(Sentence::words("no recovery was recognised"));
    }
    for (n, step) in steps.into_iter().enumerate() {
        s = match n {
            0 => then(s.w(" "), begun(step)),
            _ => then(s.w("; "), step),
        };
    }
    s.w(".")
}

/// Two sentences as one.
fn then(mut s: Sentence, more: Sentence) -> Sentence {
    s.0.extend(more.0);
    s
}

/// The rollback, the restart and the recovery, each where a row has it, in order of time.
fn steps(i: &Incident) -> Vec<Sentence> {
    let mut steps = Vec::new();
    let [began, done] = [MarkerKind::RollbackStart, MarkerKind::RollbackFinish]
        .map(|kind| facts::first_of(i, kind));
    // the one that the phases keep apart from what the rollback itself restarts
    let phase = i.phases.iter().find(|p| p.phase == "restart");
    let row = phase.and_then(|p| i.timeline.iter().find(|e| e.id == p.from));
    let restart = row.and_then(|e| Some((e, e.time?)));
    if let Some((e, t)) = done.or(began) {
        let s = Sentence::words("the rollback");
        let s = match e.service.as_ref().filter(|_| releases_several(i)) {
            Some(service) => s.w(" of ").name(service),
            None => s,
        };
        let s = match (done, &i.kept_failing) {
            (None, _) => s.w(" began at ").p(Piece::Time(t)),
            (_, None) => s.w(" was reported done at ").p(Piece::Time(t)),
            (_, Some(kept)) => kept.sentence(s.w(" was reported done at ").p(Piece::Time(t))),
        };
        steps.push((t, s));
    }
    // what starts as a release is taken back is that one's
    let of_rollback = |t: Instant| began.is_some_and(|(_, b)| (0..=SOON).contains(&(t.0 - b.0)));
    if let Some((e, t)) = restart.filter(|(_, t)| done.is_some() || !of_rollback(*t)) {
        steps.push((t, restarted(i, e).p(Piece::Time(t))));
    }
    if let Some(t) = i.recovery {
        let over = Sentence::words(format!("{} ", kinds::over(i))).p(Piece::Time(t));
        steps.push((t, ended(i, over)));
    }
    steps.sort_list_by_key(|x| x.0);
    steps.into_iter().map(|x| x.1).collect()
}

/// Whether releases or rollbacks of several services stand in the timeline.
fn releases_several(i: &Incident) -> bool {
    use MarkerKind::{DeployStart, RollbackStart};
    let released = i.timeline.iter();
    let released = released.filter(|e| matches!(e.kind, DeployStart | RollbackStart));
    let mut services = released.filter_map(|e| e.service.as_ref());
    let first = services.next();
    services.any(|s| Some(s) != first)
}

/// The end, and what was done right before it, where the phases have that.
fn ended(i: &Incident, over: Sentence) -> Sentence {
    let last = i
        .phases
        .last()
        .filter(|p| p.phase == "mitigate" && p.us <= SOON);
    let act = last.and_then(|p| Some((p, i.timeline.iter().find(|e| e.id == p.from)?)));
    match act {
        Some((p, e)) if p.us >= SECOND => {
            let s = over.w(", ").p(Piece::Span(p.us)).w(" after ");
            then(s, within(e))
        }
        Some((_, e)) => then(over.w(", within a second of "), within(e)),
        None => over,
    }
}

/// What is done so shortly before the end is told with it.
const SOON: i64 = 2 * MINUTE;

/// What a row says was started again or stopped, up to its time.
fn restarted(i: &Incident, e: &Event) -> Sentence {
    let stopped = e.kind == MarkerKind::ServiceStop;
    let again = |x: &Event| {
        x.kind == MarkerKind::ServiceStart && x.service == e.service && x.time >= e.time
    };
    match &e.service {
        Some(name) if stopped && i.timeline.iter().any(again) => {
            Sentence::words("a restart of ").name(name).w(" began at ")
        }
        Some(name) if stopped => Sentence::default().name(name).w(" was stopped at "),
        Some(name) if e.kind == MarkerKind::ServiceStart => {
            Sentence::default().name(name).w(" was started at ")
        }
        None if stopped => Sentence::words("a service was stopped at "),
        None if e.kind == MarkerKind::ServiceStart => Sentence::words("a service was started at "),
        _ => Sentence::words("a restart began at "),
    }
}

/// With a capital at its beginning, unless that is a name.
fn begun(mut s: Sentence) -> Sentence {
    if let Some(Piece::Words(w)) = s.0.first_mut() {
        *w = facts::capital(w).into();
    }
    s
}

/// How far the cause is known; the group before the class.
fn verdict<'a>(i: &'a Incident, out: &mut Vec<SummaryPart<'a>>) {
    let known = i.cause_verdict != CauseVerdict::NotEstablished;
    out.push(SummaryPart::Text(Sentence::words(" ")));
    if let Some(top) = i.causes.first().filter(|_| known) {
        // the group is named where it is surer by a tenth than what is named of it
        let surer = top.group_score - top.score >= 0.1;
        let (group, score) = (sentence::score(top.group_score), sentence::score(top.score));
        let mut s = Sentence::words("Suspected cause: ");
        if surer {
            s = s.w(format!("{} ({group}), most likely ", top.group.called));
        }
        out.push(SummaryPart::Text(s));
        out.push(SummaryPart::Strong(top.title.small()));
        out.push(SummaryPart::Text(Sentence::words(format!(" ({score})."))));
        return;
    }
    let refusal = Sentence::words("No cause is established.");
    out.push(SummaryPart::Refusal(refusal));
    let mut s = Sentence::default();
    for (n, m) in i.missing.iter().enumerate() {
        let before = if n == 0 { " Not recognised: " } else { "; " };
        s = then(s.w(before), unended(&m.text).small());
    }
    if !i.missing.is_empty() {
        s = s.w(".");
    }
    if let Some(settle) = i.causes.first().and_then(|c| c.settle.as_ref()) {
        s = then(s.w(" To confirm: "), settle.small());
    }
    out.push(SummaryPart::Text(s));
}

/// A sentence without the full stop at its end.
fn unended(s: &Sentence) -> Sentence {
    let mut s = s.clone();
    if let Some(Piece::Words(w)) = s.0.last_mut() {
        *w = w.trim_end_matches('.').to_owned().into();
    }
    s
}

/// A title within a sentence: `The upgrade of …` → `the upgrade of …`.
pub fn small_words(s: &str) -> String {
    match s.split_once(' ') {
        Some((article @ ("The" | "A" | "An"), rest)) => {
            format!("{} {rest}", article.to_lowercase())
        }
        _ => s.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::markdown;
    use coroner_infer::model::fixture;
    use coroner_lines::text::LogText;
    use coroner_lines::time::{Instant, SECOND};

    /// The example, and its summary as Markdown has it.
    fn summary_with(change: impl FnOnce(&mut Incident)) -> String {
        let mut r = fixture::report();
        change(&mut r.incidents[0]);
        markdown::to_string(&r)
    }

    #[test]
    fn the_alert_is_told_at_the_time_of_its_row() {
        let page = |i: &mut Incident, before: i64| {
            let onset = i.onset.0;
            let mut rows = i.timeline.iter_mut();
            let alert = rows.find(|e| e.kind == MarkerKind::AlertFired && e.letter.is_some());
            alert.expect("the example has one").time = Some(Instant(onset - before * SECOND));
            i.durations.detect = Some(0);
        };
        let [at, earlier] = [0, 6].map(|before| summary_with(|i| page(i, before)));
        assert!(at.contains("The alert fired at "), "{at}");
        assert_ne!(
            at, earlier,
            "one of six seconds before the onset fired then"
        );
    }

    #[test]
    fn an_acknowledgement_need_not_be_of_the_first_alert() {
        let of = |group: &str| {
            summary_with(|i| {
                let alerts = [MarkerKind::AlertFired, MarkerKind::AlertAcknowledged];
                for e in i.timeline.iter_mut().filter(|e| alerts.contains(&e.kind)) {
                    let own = match e.kind {
                        MarkerKind::AlertFired => "a",
                        _ => group,
                    };
                    e.group = Some(LogText::name(own.as_bytes()));
                }
            })
        };
        assert!(of("a").contains(" and was acknowledged at "));
        let other = of("b");
        assert!(other.contains(", and one was acknowledged at "), "{other}");
    }

    #[test]
    fn steps_stand_in_the_order_of_their_times() {
        let usual = summary_with(|_| ());
        assert!(usual.contains("; the errors ended at 15:00:03. "));
        // a recovery before the rollback is done is reported before it
        let early = summary_with(|i| {
            let (_, done) = facts::first_of(i, MarkerKind::RollbackFinish).unwrap();
            i.recovery = Some(Instant(done.0 - 60 * SECOND));
            i.phases.clear();
            i.kept_failing = None;
        });
        assert!(
            early.contains(
                " The errors ended at 13:59:02; the rollback was reported done at 14:00:02. "
            ),
            "{early}"
        );
    }

    #[test]
    fn a_rollback_without_an_end_is_told_by_its_beginning() {
        let begun = summary_with(|i| {
            i.timeline.retain(|e| e.kind != MarkerKind::RollbackFinish);
        });
        assert!(
            begun.contains("he rollback began at 13:40:18; a restart"),
            "{begun}"
        );
        let of_two = summary_with(|i| {
            let mut other = i.timeline[0].clone();
            (other.kind, other.service) = (MarkerKind::DeployStart, Some(LogText::name(b"mail")));
            i.timeline.push(other);
            let back = i.timeline.iter_mut();
            let mut back = back.filter(|e| e.kind == MarkerKind::RollbackFinish);
            back.next().unwrap().service = Some(LogText::name(b"web"));
        });
        assert!(
            of_two.contains("he rollback of `web` was reported done at "),
            "{of_two}"
        );
    }

    #[test]
    fn what_kept_failing_names_its_window() {
        let summary_with = summary_with(|i| {
            i.kept_failing = Some(KeptFailing {
                from: i.onset,
                until: Instant(i.onset.0 + 3600 * SECOND),
                requests: 200,
                failed: 80,
            });
        });
        let want = "reported done at 14:00:02, but 40 % of requests kept failing for the next 1 h; a restart";
        assert!(summary_with.contains(want), "{summary_with}");
    }

    #[test]
    fn a_stop_is_a_restart_where_a_start_follows() {
        let as_kind = |kind, start_follows: bool| {
            summary_with(|i| {
                let id = i.phases.iter().find(|p| p.phase == "restart");
                let id = id.map(|p| p.from.clone()).unwrap();
                let at = i.timeline.iter().position(|e| e.id == id).unwrap();
                let e = &mut i.timeline[at];
                (e.kind, e.service) = (kind, Some(LogText::name(b"web")));
                let mut start = i.timeline[at].clone();
                start.kind = MarkerKind::ServiceStart;
                if start_follows {
                    i.timeline.insert(at + 1, start);
                }
            })
        };
        assert!(
            as_kind(MarkerKind::ServiceStop, true).contains("; a restart of `web` began at 14:")
        );
        assert!(as_kind(MarkerKind::ServiceStop, false).contains("; `web` was stopped at 14:"));
        assert!(as_kind(MarkerKind::ServiceStart, false).contains("; `web` was started at 14:"));
    }

    #[test]
    fn behind_a_colon_words_begin_small_and_names_do_not() {
        for (text, want) in [
            ("The list of releases", "the list of releases"),
            ("A log", "a log"),
            ("PostgreSQL's own log", "PostgreSQL's own log"),
            ("TLS handshakes", "TLS handshakes"),
            ("no log", "no log"),
            ("", ""),
        ] {
            assert_eq!(Sentence::words(text).small(), Sentence::words(want));
        }
    }
}
