//! What people did, and how it ended: the alert, the rollback, what was started again and what it brought into use, the end. The words only.

use crate::report::act_within::within;
use crate::report::{facts, kinds};
use coroner_infer::model::*;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::words::is_coined;
use coroner_lines::time::{Instant, MINUTE, SECOND};

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
pub(super) fn answers(i: &Incident) -> Sentence {
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
        s = s.w(fired).p(alert.at(at));
        if let Some((e, at)) = ack {
            s = s.w(taken).p(e.at(at));
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
pub(super) fn then(mut s: Sentence, more: Sentence) -> Sentence {
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
        let s = of_service(Sentence::words("the rollback"), e);
        let s = match (done, &i.kept_failing) {
            (None, _) => s.w(" began at ").p(e.at(t)),
            (_, None) => s.w(" was reported done at ").p(e.at(t)),
            (_, Some(kept)) => kept.sentence(s.w(" was reported done at ").p(e.at(t))),
        };
        steps.push((t, s));
    }
    // what starts as a release is taken back is that one's
    let of_rollback = |t: Instant| began.is_some_and(|(_, b)| (0..=SOON).contains(&(t.0 - b.0)));
    if let Some((e, t)) = restart.filter(|(_, t)| done.is_some() || !of_rollback(*t)) {
        let s = restarted(i, e).p(e.at(t));
        let s = match carried(i, e, t) {
            Some((act, us)) => then(s.w(", ").p(Piece::Span(us)).w(" after "), within(act)),
            None => s,
        };
        steps.push((t, s));
    }
    if let Some(t) = i.recovery {
        let over = Sentence::words(format!("{} ", kinds::over(i))).p(Piece::Time(t));
        steps.push((t, ended(i, over)));
    }
    steps.sort_list_by_key(|x| x.0);
    steps.into_iter().map(|x| x.1).collect()
}

/// With the service of a row: of several each is turned.
fn of_service(s: Sentence, e: &Event) -> Sentence {
    match &e.service {
        Some(service) => s.w(" of ").name(service),
        None => s,
    }
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

/// What was changed right before something was started again, on the same machine where both are known, and how long before: it is what
/// the start brings into use.
fn carried<'a>(i: &'a Incident, e: &Event, at: Instant) -> Option<(&'a Event, i64)> {
    let changes = |x: &&Event| x.kind == MarkerKind::ConfigChange && !x.text.states_a_reload();
    let apart = |x: &Event| {
        x.host
            .as_ref()
            .zip(e.host.as_ref())
            .is_some_and(|(a, b)| a != b)
    };
    let before = i.timeline.iter().filter(changes).filter(|x| !apart(x));
    let mut timed = before.filter_map(|x| Some((x, at.since(x.time?))));
    timed.rfind(|(_, us)| (SECOND..=MINUTE).contains(us))
}

/// What a row says was started again or stopped, up to its time.
fn restarted(i: &Incident, e: &Event) -> Sentence {
    let stopped = e.kind == MarkerKind::ServiceStop;
    let again = |x: &Event| {
        x.kind == MarkerKind::ServiceStart && x.service == e.service && x.time >= e.time
    };
    match &e.service {
        Some(name) if stopped && !i.timeline.iter().any(again) => {
            Sentence::default().name(name).w(" was stopped at ")
        }
        Some(name) if e.kind == MarkerKind::ServiceStart => {
            Sentence::default().name(name).w(" was started at ")
        }
        None if stopped => Sentence::words("a service was stopped at "),
        None if e.kind == MarkerKind::ServiceStart => Sentence::words("a service was started at "),
        _ => of_service(Sentence::words("a restart"), e).w(" began at "),
    }
}

/// With a capital at its beginning, unless that is a name.
fn begun(mut s: Sentence) -> Sentence {
    if let Some(Piece::Words(w)) = s.0.first_mut() {
        *w = facts::capital(w).into();
    }
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary::tests::summary_with;
    use coroner_lines::text::LogText;

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
                " The errors ended at 13:59:02; the rollback of `checkout-api` was reported done at 14:00:02. "
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
            begun.contains("he rollback of `checkout-api` began at 13:40:18; a restart"),
            "{begun}"
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
    fn what_a_restart_brings_into_use_is_told_with_it() {
        let changed = |before: i64, host: &str| {
            summary_with(|i| {
                let id = i.phases.iter().find(|p| p.phase == "restart");
                let id = id.map(|p| p.from.clone()).unwrap();
                let at = i.timeline.iter().position(|e| e.id == id).unwrap();
                i.timeline[at].host = Some(LogText::name(b"web-1"));
                let mut e = i.timeline[at].clone();
                (e.id, e.kind) = ("change".into(), MarkerKind::ConfigChange);
                e.time = e.time.map(|t| Instant(t.0 - before * SECOND));
                e.host = Some(LogText::name(host.as_bytes()));
                e.text = Sentence::words("Command on web-1: ");
                e.text = e
                    .text
                    .p(Piece::Log(LogText::new(b"sed -i s/a/b/ shop.toml")));
                i.timeline.insert(at, e);
            })
        };
        let told = "14 s after the command on web-1: `sed -i s/a/b/ shop.toml`";
        assert!(changed(14, "web-1").contains(told));
        assert!(!changed(14, "web-2").contains(told), "on another machine");
        assert!(
            !changed(74, "web-1").contains(" after the command"),
            "long before"
        );
    }
}
