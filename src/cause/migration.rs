//! A schema or data migration: its markers, and statements that no longer fit the schema.

use super::CauseRule;
use super::case::Case;
use super::change::{self, What};
use super::deploy::ONLY_TIME;
use super::family::Family;
use super::reversal;
use super::scale::{Aspect, Scale, culprit};
use super::shape::{self, Weights};
use super::signs::{Sign, excerpt, told};
use super::weighed::Weighed;
use crate::model::Sentence;
use crate::record::{CauseClass, MarkerKind};

/// The cause.
pub(super) struct Migration;

impl CauseRule for Migration {
    fn class(&self) -> CauseClass {
        CauseClass::Migration
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let all = change::changes(case);
        let mut scale = Scale::default();
        let c = all.iter().find(|c| c.what == What::Migration);
        match c {
            Some(c) => {
                change::timing(&mut scale, case, c, &all, "the migration");
                reversal::put_back(
                    &mut scale,
                    case,
                    &[MarkerKind::MigrationRollback],
                    "step that undoes the migration",
                );
            }
            None => change::none_found(&mut scale, case, What::Migration, "migration"),
        }
        let schema = shape::messages(
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
            shape::messages(&mut scale, case, signs, &[Family::Lock], locks);
        }
        if schema.is_none() && !scale.speaks_for(Aspect::Message) {
            change::told_otherwise(&mut scale, told(case, signs), 1.6);
        }
        let name = c.map(|c| match c.version {
            Some(v) => v.for_json().to_owned(),
            None => step(
                c.events
                    .iter()
                    .map(|e| excerpt(e))
                    .find(|t| !t.is_empty())
                    .unwrap_or_default(),
            ),
        });
        let alone = !(scale.speaks_for(Aspect::Message) || scale.speaks_for(Aspect::Reversal));
        let named =
            name.and_then(|n| culprit("migration", &n, c.and_then(|c| c.service).or(case.service)));
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

/// The step that a migration tool names: the last word with an underscore or a long number, else `migration`.
fn step(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || ",;\"'()".contains(c))
        .filter(|w| w.len() >= 4 && w.len() <= 80)
        .rfind(|w| w.contains('_') || w.bytes().filter(u8::is_ascii_digit).count() >= 4)
        .unwrap_or("migration")
        .trim_end_matches(['.', ':'])
        .to_owned()
}
