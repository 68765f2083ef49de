//! A schema or data migration: its markers, and statements that no longer fit the schema.

use super::CauseRule;
use super::case::Case;
use super::change::{self, What};
use super::chosen;
use super::deploy::ONLY_TIME;
use super::family::Family;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, culprit};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::{self, Sign};
use crate::model::Sentence;
use coroner_lines::record::{CauseClass, MarkerKind};

/// The cause.
pub(super) struct Migration;

impl CauseRule for Migration {
    fn class(&self) -> CauseClass {
        CauseClass::Migration
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let all = change::changes(case);
        let told = chosen::Told {
            begins: "the migration",
            noun: "migration",
            back: MarkerKind::MigrationRollback,
            later: "a step that undoes the migration",
        };
        let (mut scale, c) = chosen::laid(case, &all, What::Migration, &told);
        let schema = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Schema],
            Weights {
                message: 2.0,
                covers: 1.6,
                missing: 0.0,
            },
        );
        if c.is_some() {
            // A long migration holds locks: waits that begin with it are its own.
            let locks = Weights {
                message: 1.0,
                covers: 0.8,
                missing: 0.0,
            };
            failure_shape::messages(&mut scale, case, signs, &[Family::Lock], locks);
        }
        if schema.is_none() && !scale.speaks_for(Aspect::Message) {
            change::told_otherwise(&mut scale, symptoms::told(case, signs), 1.6);
        }
        let alone = !(scale.speaks_for(Aspect::Message) || scale.speaks_for(Aspect::Reversal));
        let named = c.and_then(|c| culprit("migration", c.object.as_deref()?, c.service));
        let title = match &named {
            Some(n) => Sentence::words("The migration ").name(&n.name),
            None => Sentence::words("A migration of the schema"),
        };
        let mut w = scale.weighed(
            title,
            named,
            Sentence::words("The schema before and after, beside the failing statements."),
        );
        w.cap = alone.then_some(ONLY_TIME);
        w.change = c.map(|c| c.id.to_owned());
        w
    }
}
