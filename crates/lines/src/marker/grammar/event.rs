//! The names that programs give to events, whose words are all of the grammar: `service_restarted`, `app.crash`,
//! `deployment.failed`. A name that holds another word is that of something else.

use super::Found;
use super::Progress;
use super::clause::Word;
use super::lexicon::{
    BEGIN, CONFIG, DONE, FAIL, FLAG, MAINTENANCE, OTHER, PARTICLES, PROGRAM, RECEIVE, SCHEMA,
    Sense, Verb, VerbForm, sense,
};
use crate::record::MarkerKind::{self, *};
use crate::text::words::split;

/// Words beside the others that change nothing.
const NEUTRAL: &str = "audit event events log entry process web virtual job pipeline auto manual state status create created update updated set hook \
    environment strategy user";

/// What the name of an event states; `None`: nothing, or it is not all of known words.
pub(crate) fn event(name: &str) -> Option<MarkerKind> {
    let mut words: Vec<(String, Sense)> = Vec::new();
    for w in split(name) {
        let joined = words.last().map(|(before, _)| format!("{before} {w}"));
        let both = joined
            .map(|j| (sense(j.as_bytes()), j))
            .filter(|_| PARTICLES.contains(&w.as_bytes()));
        match both.filter(|(s, _)| s.verb.is_some()) {
            Some((s, j)) => {
                words.pop();
                words.push((j, s));
            }
            None => {
                let s = sense(w.as_bytes());
                words.push((w, s));
            }
        }
    }
    let is = |bits| words.iter().any(|(_, s)| s.is & bits != 0);
    let known = |(w, s): &(String, Sense)| {
        *s != Sense::default() && s.is & (RECEIVE | OTHER) == 0
            || NEUTRAL.split(' ').any(|n| n == w)
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
        Verb::Change if is(CONFIG) && !is(SCHEMA) && form != VerbForm::Base => Some(ConfigChange),
        Verb::Reload if is(CONFIG) => Some(ConfigChange),
        _ => None,
    }
}

/// The name of an event with which a message begins: words of small letters that dots, lines or hyphens join.
pub(super) fn first(c: &[Word<'_>]) -> Option<Found> {
    let w = c
        .first()
        .filter(|w| !w.quoted && !w.bracketed && w.key.is_none() && w.sense == Sense::default())?;
    let sign = |b: &u8| b"._-".contains(b);
    let named = w.text.iter().any(sign) && w.text.iter().all(|b| b.is_ascii_lowercase() || sign(b));
    let name = std::str::from_utf8(w.text)
        .ok()
        .filter(|_| named && !w.tag)?;
    Some(Found::new(event(name)?, c, 0, 0, 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_events() {
        for (name, want) in [
            ("service_restarted", Some(Restart)),
            ("app.crash", Some(Crash)),
            ("audit.app.deployment.create", Some(DeployStart)),
            ("audit.app.process.scale", Some(Scale)),
            ("deployment.failed", Some(DeployFail)),
            ("ServerStarted", Some(ServiceStart)),
            ("config_changed", Some(ConfigChange)),
            ("roll_back_finished", Some(RollbackFinish)),
            ("maintenance.started", Some(MaintenanceStart)),
            ("deploy_requested", None),
            ("order.released", None),
            ("user.session.start", None),
            ("settings.viewed", None),
        ] {
            assert_eq!(event(name), want, "{name}");
        }
    }
}
