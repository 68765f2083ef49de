//! The words of acts: deploys, releases, rollbacks, changes of configurations and flags, and how far each is.

use super::named::is_in;
use crate::record::MarkerKind;
use crate::table::{Meanings, meanings, words};
use crate::text::words::split;
use serde::Deserialize;
use std::sync::LazyLock;

/// What is done to a release, a configuration or a flag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Deploy,
    Release,
    Rollback,
    Config,
    Flag,
}

/// How far an act is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Begun,
    Done,
    Failed,
}

impl Act {
    /// A rollback, or else a deploy.
    pub(super) fn of_release(back: bool) -> Act {
        if back { Act::Rollback } else { Act::Deploy }
    }

    /// The act that an event's or action's words name, and those of its words that show how far it is; `None` where one of
    /// them is not known.
    pub(super) fn of(said: &str, has_flag: bool) -> Option<(Act, Vec<String>)> {
        let mut words = split(said);
        // what is deployed again is deployed
        let again = |w: &mut String| drop(w.drain(..if w.starts_with("redeploy") { 2 } else { 0 }));
        words.iter_mut().for_each(again);
        let mut act = None;
        words.retain(|w| {
            let found = match w.as_str() {
                "deploy" | "deploys" | "deployment" | "deploying" | "rollout" => Act::Deploy,
                "deployed" => Act::Deploy,
                "release" => Act::Release,
                "rollback" | "revert" | "reverted" | "rolledback" => Act::Rollback,
                "config" | "configuration" | "settings" => Act::Config,
                "flag" | "toggle" | "toggled" => Act::Flag,
                _ => return true,
            };
            act = Some(act.map_or(found, |a: Act| if a == Act::Rollback { a } else { found }));
            matches!(
                w.as_str(),
                "deployed" | "reverted" | "rolledback" | "toggled"
            )
        });
        if let Some(at) = words.iter().position(|w| w.starts_with("roll"))
            && words.get(at + 1).is_some_and(|w| w == "back")
        {
            let done = words[at] == "rolled";
            words.drain(at..at + 2);
            words.extend(done.then(|| "rolledback".to_owned()));
            act = Some(Act::Rollback);
        }
        let act = if has_flag && act.is_none() {
            Act::Flag
        } else {
            act?
        };
        words.retain(|w| !is_neutral(w));
        let known = words.iter().all(|w| match act {
            Act::Config | Act::Flag => is_turned(w),
            _ => stage(w).is_some() || w == "in",
        });
        known.then_some((act, words))
    }

    pub(super) fn kind(self, words: &[String], state: Option<&str>) -> Option<MarkerKind> {
        use MarkerKind::*;
        match self {
            Act::Config => return (!words.is_empty()).then_some(ConfigChange),
            // one that is made switches nothing yet
            Act::Flag => {
                let made = |w: &String| matches!(w.as_str(), "create" | "created");
                return words.iter().any(|w| !made(w)).then_some(FeatureFlag);
            }
            _ => {}
        }
        let stated: Vec<String> = state.map(split).unwrap_or_default();
        let last = words
            .iter()
            .chain(&stated)
            .filter_map(|w| stage(w))
            .next_back();
        // a state that is not known is one before the beginning: queued, approved, waiting
        let stage = match (last, stated.is_empty()) {
            (Some(s), _) => s,
            (None, true) => Stage::Begun,
            (None, false) => return None,
        };
        Some(self.at(stage))
    }

    /// A deploy or a rollback that has come so far.
    pub(super) fn at(self, stage: Stage) -> MarkerKind {
        use MarkerKind::*;
        match (self, stage) {
            (Act::Rollback, Stage::Begun) => RollbackStart,
            (Act::Rollback, Stage::Done) => RollbackFinish,
            (Act::Rollback, Stage::Failed) => RollbackFail,
            (_, Stage::Begun) => DeployStart,
            (_, Stage::Done) => DeployFinish,
            (_, Stage::Failed) => DeployFail,
        }
    }
}

/// Words beside an act that change nothing.
fn is_neutral(word: &str) -> bool {
    const NEUTRAL: [&str; 13] = words(
        "app application service event production prod status pipeline job feature environment strategy audit",
    );
    NEUTRAL.contains(&word)
}

/// Words of a change of a configuration or a flag.
pub(super) fn is_turned(word: &str) -> bool {
    const TURNED: [&str; 26] = words(
        "update updated change changed modified applied pushed set create created add added remove removed delete deleted \
        enable enabled disable disabled on off turn turned toggled archived",
    );
    TURNED.contains(&word)
}

/// From what to what, where both are plain: what a setting holds may be secret.
pub(super) fn turn_of(old: &str, new: &str) -> Option<String> {
    (is_set(old) && is_set(new)).then(|| format!("from {old} to {new}"))
}

/// Whether a value only switches or measures.
pub(super) fn is_set(v: &str) -> bool {
    is_turned(&v.to_ascii_lowercase()) || is_switch(v)
}

/// A value that only switches or measures.
fn is_switch(v: &str) -> bool {
    let number = |c: u8| c.is_ascii_digit() || matches!(c, b'.' | b'%');
    let short = v.len() <= 6 && v.bytes().all(number) && !v.is_empty();
    short || is_in("true false yes no", &v.to_ascii_lowercase())
}

pub(super) fn stage(word: &str) -> Option<Stage> {
    static STAGES: LazyLock<Meanings<Stage>> =
        LazyLock::new(|| meanings(include_str!("stages.tsv")));
    STAGES.get(word.as_bytes()).copied()
}
