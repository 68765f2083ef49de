//! What the words of a person say happened: kinds of rows and of sentences.
//! One table (`words.tsv`), read from the top: a recovery that mentions the rollback is a recovery. Log lines have their own rules in
//! `marker`; people write other words.

use super::patterns::pattern;
use coroner_lines::record::MarkerKind as M;
use coroner_lines::table;
use regex::Regex;
use std::sync::LazyLock;

struct Rule {
    kind: M,
    says: Regex,
    veto: Option<Regex>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let whatever_case = |says: &str| pattern(&format!("(?i){says}"));
    let rule = |[kind, says, veto]: [&'static str; 3]| {
        Some(Rule {
            kind: M::from_word(kind)?,
            says: whatever_case(says),
            veto: (!veto.is_empty()).then(|| whatever_case(veto)),
        })
    };
    table::rows(include_str!("words.tsv"))
        .filter_map(rule)
        .collect()
});

/// Characters of a text that are looked at: an event says what it is at once.
const HEAD: usize = 220;

/// The kinds of events that a text reports, the most specific first; `human_note` where it reports none.
pub fn kinds(text: &str) -> Vec<M> {
    let cut = text.char_indices().nth(HEAD).map_or(text.len(), |(n, _)| n);
    let head = &text[..cut];
    // the first sentence says it; what follows is detail
    let first = sentence(head);
    let found = all(first);
    let found = if found.is_empty() { all(head) } else { found };
    if found.is_empty() {
        vec![M::HumanNote]
    } else {
        found
    }
}

fn all(text: &str) -> Vec<M> {
    let hit =
        |r: &&Rule| r.says.is_match(text) && !r.veto.as_ref().is_some_and(|v| v.is_match(text));
    let mut out: Vec<M> = Vec::new();
    for r in RULES.iter().filter(hit) {
        // one event of a kind of thing
        let same = out.iter().any(|k| family(*k) == family(r.kind));
        if !same {
            out.push(r.kind);
        }
    }
    // what recovers in part has not recovered
    if out.contains(&M::PartialRecovery) {
        out.retain(|k| family(*k) != Family::Recovery);
    }
    // a rollback of an upgrade is no upgrade; a recovery says what else it mentions by the way
    if out.iter().any(|k| family(*k) == Family::Rollback) {
        out.retain(|k| !matches!(family(*k), Family::Change));
    }
    out
}

/// What kinds belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A release, a setting, a flag, a migration.
    Change,
    /// A return to an earlier release.
    Rollback,
    /// A page.
    Alert,
    /// Who took it.
    Acknowledgement,
    /// The start.
    Onset,
    /// The end.
    Recovery,
    /// A restart.
    Restart,
    /// Another action against the incident.
    Mitigation,
    /// Something broke.
    Fault,
    /// Anything else.
    Other,
}

/// The family of a kind.
pub fn family(kind: M) -> Family {
    match kind {
        M::DeployStart
        | M::DeployFinish
        | M::DeployFail
        | M::ConfigChange
        | M::FeatureFlag
        | M::MigrationStart
        | M::MigrationFinish
        | M::MaintenanceStart
        | M::VersionChange => Family::Change,
        M::RollbackStart | M::RollbackFinish | M::RollbackFail | M::MigrationRollback => {
            Family::Rollback
        }
        M::AlertFired => Family::Alert,
        M::AlertAcknowledged => Family::Acknowledgement,
        M::Onset | M::First5xx => Family::Onset,
        M::Recovery | M::RecoveryClaimed => Family::Recovery,
        M::Restart => Family::Restart,
        M::MitigationStart | M::MitigationFinish | M::Failover | M::Scale => Family::Mitigation,
        M::Fault => Family::Fault,
        _ => Family::Other,
    }
}

/// Whether a text ends with one of some words, whatever the case.
pub fn ends_with_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| {
        let cut = text.len().wrapping_sub(w.len());
        let ends = text
            .get(cut..)
            .is_some_and(|end| end.eq_ignore_ascii_case(w));
        ends && !text[..cut].ends_with(char::is_alphanumeric)
    })
}

/// The first sentence of a text.
pub fn sentence(text: &str) -> &str {
    let mut from = 0;
    while let Some(n) = text[from..].find(['.', '!', '?', ';']) {
        let end = from + n + 1;
        let before = text[..end - 1]
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or("");
        if end > 12 && before.len() > 2 && text[end..].starts_with(|c: char| c.is_whitespace()) {
            return &text[..end];
        }
        from = end;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    #[test]
    fn rows_of_people() {
        assert_eq!(RULES.len(), include_str!("words.tsv").lines().count() - 2);
        for (text, kind) in audited("row") {
            assert_eq!(
                format!("{:?}", kinds(text)[0]),
                kind,
                "{text}: {:?}",
                kinds(text)
            );
        }
    }
}
