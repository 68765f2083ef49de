//! A schema or data migration: its markers, and statements that no longer fit the schema.

use super::case::Case;
use super::change::{self, What};
use crate::cause::change::chosen;
use crate::cause::change::timing::by_time_alone;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::UNDONE;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, culprit, lines};
use crate::cause::lock;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Migration, Group::CHANGE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let all = change::changes(case);
    let reversal = chosen::Reversal {
        begins: "the migration",
        noun: "migration",
        back: MarkerKind::MigrationRollback,
        later: "a step that undoes the migration",
    };
    let (mut scale, c) = chosen::laid(case, &all, What::Migration, &reversal);
    if let Some((id, e)) = lock::held_up(case).filter(|_| c.is_some()) {
        scale.forget(Aspect::Reversal);
        let text = format!("It ended as {id}{} was ended.", lock::whose(&id));
        scale.add(
            Aspect::Reversal,
            -UNDONE,
            Sentence::words(text),
            lines(&e.evidence),
        );
    }
    let schema = failure_shape::messages(
        &mut scale,
        case,
        signs,
        (INFO.class, &|s| s.is(INFO.class)),
        INFO.weights,
    );
    // what was done before waits for nobody, and what one session holds is nobody else's
    let over = |c: &change::Change<'_>| c.finish.is_some_and(|t| t < case.onset_bounds().0);
    let mut locks = signs.iter().filter(|s| s.is(CauseClass::Lock));
    let held = locks.any(|s| lock::holder(case, s).is_some());
    if c.is_some_and(|c| !(over(c) && held)) {
        for class in INFO.brings {
            let of = |s: &Sign<'_>| s.is(*class);
            let weights = Weights::of(1.0, 0.8, 0.0);
            failure_shape::messages(&mut scale, case, signs, (*class, &of), weights);
        }
    }
    if schema.is_none() && !scale.speaks_for(Aspect::Message) {
        change::otherwise::stated_otherwise(&mut scale, case, signs, 1.6);
    }
    let alone = !(scale.speaks_for(Aspect::Message) || scale.speaks_for(Aspect::Reversal));
    // a statement is called by its own words
    let named = c.filter(|c| !c.is_statement());
    let named = named.and_then(|c| culprit("migration", c.object.as_deref()?, c.service));
    let waits = schema.is_none() && scale.speaks_for(Aspect::Message);
    let by_time = by_time_alone(case, c, &scale);
    let mut w = INFO.weighed(scale, named);
    if waits && c.is_some() {
        w.settle = Some(Sentence::words(
            "Look at what the migration locked, and who waited for it.",
        ));
    }
    w.cap = alone.then_some(by_time);
    w.change = c.map(|c| c.id.to_owned());
    w
}
