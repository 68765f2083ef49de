//! The names that programs give to events, whose words are all of the grammar: `service_restarted`, `app.crash`,
//! `deployment.failed`. A name that holds another word is that of something else.

use super::Found;
use super::Progress;
use super::alert_words::is_about_alerts;
use super::clause::Word;
use super::lexicon::{
    ACKED, ALERT, BEGIN, CONFIG, DONE, FAIL, FIRED, FLAG, MAINTENANCE, OKAY, OTHER, PARTICLES,
    PROGRAM, RECEIVE, RELEASED, REPLICA, SCHEMA, Sense, Verb, VerbForm, sense,
};
use super::lists::{packed, words};
use crate::record::MarkerKind::{self, *};
use crate::text::words::split;

/// Words beside the others that change nothing.
const NEUTRAL: &str = "audit event events log entry process web virtual job pipeline auto manual state status create created update updated set hook \
    environment strategy user svc host lifecycle rule apps";

/// What the name of an event states; `None`: nothing, or it is not all of known words.
pub(crate) fn event(name: &str) -> Option<MarkerKind> {
    let mut words: Vec<(String, Sense)> = Vec::new();
    for w in split(name) {
        let joined = words.last().map(|(before, _)| format!("{before} {w}"));
        let both = joined
            .map(|j| (sense(packed(j.as_bytes())), j))
            .filter(|_| words!(PARTICLES).contains(&packed(w.as_bytes())));
        match both.filter(|(s, _)| s.verb.is_some()) {
            Some((s, j)) => {
                words.pop();
                words.push((j, s));
            }
            None => {
                let s = sense(packed(w.as_bytes()));
                words.push((w, s));
            }
        }
    }
    let is = |bits| words.iter().any(|(_, s)| s.is & bits != 0);
    let known = |(w, s): &(String, Sense)| {
        *s != Sense::default() && s.is & (RECEIVE | OTHER) == 0
            || words!(NEUTRAL).contains(&packed(w.as_bytes()))
    };
    if words.len() > 7 || !words.iter().all(known) {
        return None;
    }
    let weak = |v: Verb| {
        matches!(
            v,
            Verb::Start | Verb::Stop | Verb::Change | Verb::Turn | Verb::Write
        )
    };
    let verbs = || words.iter().filter_map(|(_, s)| s.verb);
    let (verb, form) = verbs()
        .find(|(v, _)| !weak(*v))
        .or_else(|| verbs().next_back())?;
    let made = words.iter().any(|(w, _)| w.starts_with("create"));
    // a program may be called after what it does: `shipping-api`, `rollback-service`
    let thing = PROGRAM | RELEASED | REPLICA;
    let of_program = words
        .last()
        .is_some_and(|(_, s)| s.verb.is_none() && s.is & thing != 0);
    let staged = is(FAIL) || is(DONE) || is(BEGIN) || made || form == VerbForm::Ed;
    if name.contains('-') && of_program && !staged {
        return None;
    }
    let stage = match form {
        _ if is(FAIL) => Progress::Failed,
        VerbForm::Ed => Progress::Done,
        _ if is(DONE) => Progress::Done,
        _ if is(BEGIN) || made || form == VerbForm::Ing => Progress::Begun,
        _ => Progress::Begun,
    };
    let failed = stage == Progress::Failed;
    match verb {
        _ if is(MAINTENANCE) => Some(if is(BEGIN) {
            MaintenanceStart
        } else {
            MaintenanceFinish
        }),
        Verb::Deploy | Verb::Upgrade => Some(stage.of(DeployStart, DeployFinish, DeployFail)),
        Verb::Rollback => Some(stage.of(RollbackStart, RollbackFinish, RollbackFail)),
        Verb::Migrate => Some(stage.of(MigrationStart, MigrationFinish, MigrationFinish)),
        _ if failed => None,
        Verb::Scale => Some(Scale),
        Verb::Failover => Some(Failover),
        Verb::Restart => Some(Restart),
        Verb::Crash => Some(Crash),
        Verb::Start if is(PROGRAM) && form != VerbForm::Base => Some(ServiceStart),
        Verb::Stop if is(PROGRAM) && form != VerbForm::Base => Some(ServiceStop),
        Verb::Change | Verb::Turn if is(FLAG) && form != VerbForm::Base => Some(FeatureFlag),
        Verb::Turn if words.iter().any(|(w, _)| w.starts_with("toggle")) => Some(FeatureFlag),
        Verb::Change if is(CONFIG) && !is(SCHEMA) && form != VerbForm::Base => Some(ConfigChange),
        Verb::Reload if is(CONFIG) => Some(ConfigChange),
        _ => None,
    }
}

/// What the name of an event says of an alert: its words are the alert and its turn (`INCIDENT_INITIATED`, `alert.resolved`).
fn alert(name: &str) -> Option<MarkerKind> {
    let words: Vec<(String, Sense)> = split(name)
        .into_iter()
        .map(|w| (sense(packed(w.as_bytes())), w))
        .map(|(s, w)| (w, s))
        .collect();
    let begun = |w: &str| matches!(w, "created" | "initiated" | "declared" | "started");
    let turn = |(w, s): &(String, Sense)| match () {
        () if s.is & ACKED != 0 => Some(AlertAcknowledged),
        () if s.is & OKAY != 0 => Some(AlertResolved),
        () if s.is & FIRED != 0 && s.is & ALERT == 0 || begun(w) => Some(AlertFired),
        () => None,
    };
    let about = |(w, s): &(String, Sense)| s.is & ALERT != 0 && w != "page";
    let known = |w: &(String, Sense)| {
        about(w) || turn(w).is_some() || words!(NEUTRAL).contains(&packed(w.0.as_bytes()))
    };
    (words.len() < 6 && words.iter().all(known) && words.iter().any(about))
        .then(|| words.iter().find_map(turn))?
}

/// Words of keys under which it stands what was done, and to what.
const ACTS: &str = "action activity act event type kind operation op scope verb what ev";

/// The name of an event with which a message begins or that is all of a clause, and what members of a record say together.
pub(super) fn named(c: &[Word<'_>], first: bool) -> Option<Found> {
    let found = |kind, j| Found::new(kind, c, 0, j, 60);
    let alone = c.len() == 1;
    // behind a tag, which may be of two words
    let tag = c.iter().take(2).position(|w| w.tag).map_or(0, |n| n + 1);
    let tag = if name_of(&c[0]).is_some() { 0 } else { tag };
    if let Some(w) = c.get(tag).filter(|w| first || alone && !w.quoted)
        && let Some(kind) =
            name_of(w).and_then(|n| if alone { past(n) } else { event(n) }.or_else(|| alert(n)))
    {
        return Some(found(kind, 0));
    }
    let acts = |k: &[u8]| {
        // most keys are a word
        if k.iter().all(u8::is_ascii_lowercase) {
            return words!(ACTS).contains(&packed(k));
        }
        let words = split(&String::from_utf8_lossy(k));
        // `operation_name` as `operation`
        let said = words.iter().rev().find(|w| *w != "name");
        said.is_some_and(|l| words!(ACTS).contains(&packed(l.as_bytes())))
    };
    let said: Vec<&str> = c
        .iter()
        .filter(|w| w.key.is_some_and(acts) && is_title(w.text))
        .filter_map(|w| std::str::from_utf8(w.text).ok())
        .collect();
    // a rule of alerts is none of the settings
    if said.is_empty() || is_about_alerts(c) && !said.iter().any(|n| alert(n).is_some()) {
        return None;
    }
    let each = said.iter().find_map(|n| past(n).or_else(|| alert(n)));
    let kind = each.or_else(|| past(&said.join(".")))?;
    Some(found(kind, c.len() - 1))
}

/// Whether a name is one word, or of several of which each begins with a capital: `Update Web Apps Configuration`.
pub(super) fn is_title(name: &[u8]) -> bool {
    let mut words = name.split(|b| *b == b' ');
    !name.contains(&b' ')
        || words.clone().count() <= 6
            && words.all(|w| w.first().is_some_and(u8::is_ascii_uppercase))
}

/// What the name of an event in an audit trail states: there the base of a verb shows what was done.
fn past(name: &str) -> Option<MarkerKind> {
    event(name).or_else(|| {
        let words = split(name);
        let done = |w: &String| match sense(packed(w.as_bytes())).verb {
            Some((Verb::Change | Verb::Turn, VerbForm::Base)) if !w.ends_with('s') => {
                format!("{}ed", w.strip_suffix('e').unwrap_or(w))
                    .replace("seted", "updated")
                    .replace("modifyed", "modified")
            }
            _ => w.clone(),
        };
        let all: Vec<String> = words.iter().map(done).collect();
        (all != words).then(|| event(&all.join(".")))?
    })
}

/// A word of small letters or of capitals that dots, lines or hyphens join.
fn name_of<'t>(w: &Word<'t>) -> Option<&'t str> {
    let plain =
        !w.quoted && !w.bracketed && w.key.is_none() && !w.tag && w.sense == Sense::default();
    let sign = |b: &u8| b"._-".contains(b);
    let cased = |is: fn(&u8) -> bool| w.text.iter().all(|b| is(b) || sign(b));
    let named =
        w.text.iter().any(sign) && (cased(u8::is_ascii_lowercase) || cased(u8::is_ascii_uppercase));
    std::str::from_utf8(w.text).ok().filter(|_| plain && named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn names_of_events() {
        holds("name of an event", |t| {
            or_dash(event(t).map(MarkerKind::word))
        });
    }
}
