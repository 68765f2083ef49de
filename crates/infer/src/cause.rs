//! Weighs known causes against the evidence of one incident: the registry and the re-exports.
//! One file per class with its rule, and in `classes.txt` all else that is known of each; the facts are in `case`, what the rules share in `symptoms`,
//! `ownership`, `change`, `failure_shape` and `ledger`. Nothing here reads logs, parts or files: `infer` gathers the facts and prints the result.

mod absence;
mod alerts;
mod attack;
mod bad_data;
mod begun;
mod cache;
mod case;
mod certificate;
mod change;
mod class_info;
mod cold_start;
mod commands;
mod config;
mod connection_pool;
mod crash;
mod database;
mod deploy;
mod disk;
mod dns;
mod ends;
mod fault;
mod feature_flag;
mod holder;
mod host;
mod identifiers;
mod likely;
mod lock;
mod memory;
mod migration;
mod names;
mod overload;
mod passing;
mod power;
mod rank;
mod remarks;
mod third_party;
mod unknown;
mod unreachable;

pub(crate) use crate::cause::case::quoted;
pub(crate) use crate::cause::commands::only_looks;
pub(crate) use crate::cause::lock::ends_number;
pub(crate) use crate::cause::names::table;
pub use crate::cause::rule_verdict::Weighed;
pub use crate::cause::symptoms::Sign;
pub(crate) use crate::cause::symptoms::ownership::root;
pub use absence::settles;
pub use case::{
    BegunFact, Case, Dim, DimShare, PassingFact, RemarkFact, SilenceFact, SourceFact, TemplateFact,
};
pub use class_info::ClassInfo;
pub use database::is_server as is_database;
pub use failure_shape::Weights;
pub use fault::{SaidText, fault};
pub use ledger::quote;
pub use rank::{Ranking, rank};
pub(crate) use remarks::names_in;
pub use remarks::{findings, read};

use coroner_lines::record::CauseClass;
use std::sync::LazyLock;

/// Every known class; the order is of no importance.
pub static CAUSES: LazyLock<[&ClassInfo; 21]> = LazyLock::new(|| {
    [
        &deploy::INFO,
        &config::INFO,
        &feature_flag::INFO,
        &migration::INFO,
        &third_party::INFO,
        &database::INFO,
        &cache::INFO,
        &overload::INFO,
        &memory::INFO,
        &disk::INFO,
        &connection_pool::INFO,
        &lock::INFO,
        &bad_data::INFO,
        &power::INFO,
        &host::INFO,
        &dns::INFO,
        &certificate::INFO,
        &unreachable::INFO,
        &crash::INFO,
        &attack::INFO,
        &unknown::INFO,
    ]
});

/// What is known of a class.
pub fn info(class: CauseClass) -> &'static ClassInfo {
    find(&*CAUSES, Some(class))
}

/// What is known of a class among some, and of what is none of them.
fn find(known: &[&'static ClassInfo], class: Option<CauseClass>) -> &'static ClassInfo {
    let of = known.iter().find(|c| Some(c.class) == class);
    of.copied().unwrap_or(&unknown::INFO)
}

mod expected_effects;
mod failure_shape;
mod follows;
mod ledger;
mod rule_verdict;
mod subjects;
mod symptoms;
#[cfg(test)]
mod tests;
