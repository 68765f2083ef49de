//! The vocabulary: one [`Rule`] per thing that a message may state, and the vetoes that take it back, as rows of two tables.
//! Patterns are case-insensitive, without Unicode classes and without look-around; they see message parts, never whole lines.

mod fault;

use crate::record::{CauseClass, Kind, MarkerKind, Notice};
use crate::table;
use std::sync::LazyLock;

/// A set of scopes. A rule runs on a message when their sets meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// No scope.
    pub const NONE: Scopes = Scopes(0);
    /// Error and lifecycle lines of web servers and proxies.
    pub const WEB: Scopes = Scopes(1);
    /// Application and database messages.
    pub const APP: Scopes = Scopes(2);
    /// Plain-text pager lines.
    pub const PAGER: Scopes = Scopes(4);
    /// Lines of deploy tools, CI and configuration management.
    pub const DEPLOY: Scopes = Scopes(8);
    /// Init systems, kernels, power supplies.
    pub const SYSTEM: Scopes = Scopes(16);
    /// What people write to each other.
    pub const CHAT: Scopes = Scopes(32);
    /// Every single scope, in the order of [`Scopes::index`].
    pub const EACH: [Scopes; 6] = [
        Self::WEB,
        Self::APP,
        Self::PAGER,
        Self::DEPLOY,
        Self::SYSTEM,
        Self::CHAT,
    ];

    /// Both sets.
    pub const fn and(self, other: Scopes) -> Scopes {
        Scopes(self.0 | other.0)
    }
    /// Whether the sets have a scope in common.
    pub const fn meets(self, other: Scopes) -> bool {
        self.0 & other.0 != 0
    }
    /// The scopes that words name, with commas between them.
    pub(super) fn named(words: &str) -> Scopes {
        const NAMES: [&str; 6] = ["web", "app", "pager", "deploy", "system", "chat"];
        let named = Self::EACH.into_iter().zip(NAMES);
        let named = named.filter(|(_, n)| words.split(',').any(|w| w == *n));
        named.fold(Self::NONE, |all, (s, _)| all.and(s))
    }
    /// Number of the lowest scope of the set, 0–5.
    pub const fn index(self) -> usize {
        self.0.trailing_zeros() as usize
    }
    /// The scope that messages of a record kind have.
    pub const fn of(kind: Kind) -> Scopes {
        match kind {
            Kind::Web => Self::WEB,
            Kind::App => Self::APP,
            Kind::Pager => Self::PAGER,
            Kind::Deploy => Self::DEPLOY,
            Kind::System => Self::SYSTEM,
        }
    }
}

/// One thing that a message may state.
#[derive(Debug)]
pub struct Rule {
    /// What it states.
    pub kind: MarkerKind,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// 0–100.
    pub confidence: u8,
    /// Where the rule may be applied.
    pub scopes: Scopes,
    /// Regular expression on the message.
    pub pattern: &'static str,
    /// A message that it must find.
    pub example: &'static str,
    /// A message that looks alike and of which it must say nothing.
    pub not: &'static str,
}

/// How far a veto reaches from a rule's match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VetoReach {
    /// It must overlap the match itself.
    Match,
    /// It must touch the clause of the match.
    Clause,
    /// The same, but a clause does not end at `: `, so that an environment name in front of a colon counts.
    Tagged,
    /// Anywhere in the message.
    Message,
}

/// What takes a marker back.
#[derive(Debug)]
pub struct Veto {
    /// Regular expression on the message.
    pub pattern: String,
    /// Kinds that it removes.
    pub removes: Vec<MarkerKind>,
    /// How far it reaches.
    pub window: VetoReach,
}

/// Every rule, in the order in which they are tried.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    STATED.iter().chain(fault::RULES.iter())
}

/// The rows of a table, without its heading.
fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 6]> {
    table::rows(table).skip(1)
}

static STATED: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |[kind, sure, scopes, pattern, example, not]: [&'static str; 6]| {
        Some(Rule {
            kind: MarkerKind::from_word(kind)?,
            class: None,
            confidence: sure.parse().unwrap_or(Notice::ALONE_NOTHING),
            scopes: Scopes::named(scopes),
            pattern,
            example,
            not,
        })
    };
    rows(include_str!("rules/stated.tsv"))
        .filter_map(rule)
        .collect()
});

/// Words of acts, as they begin.
const ACT: &str = r"\b(?:roll(?:ed|ing)?[ -]?back|re(?:start|boot|load)|deploy|upgrad|revert|fail(?:ed|ing)?[ -]?over|maintenance)";

/// What is done to a system.
const ACTS: &str = "deploy_start,deploy_finish,deploy_fail,rollback_start,rollback_finish,rollback_fail,migration_start,migration_finish,\
    migration_rollback,restart,config_change,feature_flag,failover,scale,maintenance_start,maintenance_finish,mitigation_start";
const ROLLBACKS: &str = "rollback_start,rollback_finish,rollback_fail";

/// Every veto.
pub static VETOES: LazyLock<Vec<Veto>> = LazyLock::new(|| {
    let veto = |[kinds, reach, pattern, ..]: [&'static str; 6]| {
        let kinds = match kinds {
            "acts" => ACTS,
            "rollbacks" => ROLLBACKS,
            kinds => kinds,
        };
        Veto {
            pattern: pattern.replace("ACT", ACT),
            removes: kinds.split(',').filter_map(MarkerKind::from_word).collect(),
            window: match reach {
                "match" => VetoReach::Match,
                "clause" => VetoReach::Clause,
                "tagged" => VetoReach::Tagged,
                _ => VetoReach::Message,
            },
        }
    };
    rows(include_str!("rules/taken_back.tsv"))
        .map(veto)
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let filled = |t| rows(t).all(|r| r.iter().take(4).all(|c| !c.is_empty()));
        let [stated, back] = [
            include_str!("rules/stated.tsv"),
            include_str!("rules/taken_back.tsv"),
        ];
        assert!(filled(stated) && filled(back));
        assert_eq!(STATED.len(), rows(stated).count());
        assert!(
            STATED
                .iter()
                .all(|r| r.scopes != Scopes::NONE && !r.not.is_empty())
        );
        assert!(VETOES.iter().all(|v| !v.removes.is_empty()));
    }
}
