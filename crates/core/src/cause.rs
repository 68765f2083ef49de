//! Weighs known causes against the evidence of one incident: the trait, the registry and the re-exports.
//! One file per cause; the facts are in `case`, what the rules share in `signs`, `whose`, `change`, `shape` and `scale`.
//! Nothing here reads logs, parts or files: `infer` gathers the facts and prints the result.

mod absence;
mod attack;
mod bad_data;
mod cache;
mod case;
mod certificate;
mod change;
mod chosen;
mod config;
mod connection_pool;
mod crash;
mod database;
mod deploy;
mod disk;
mod dns;
mod family;
mod feature_flag;
mod host;
mod lock;
mod memory;
mod migration;
mod names;
mod overload;
mod power;
mod rank;
mod reversal;
mod third_party;
mod unknown;
mod unreachable;
mod version;

pub(crate) use crate::cause::ownership::root;
pub use crate::cause::rule_verdict::Weighed;
pub use crate::cause::symptoms::Sign;
pub use absence::settles;
pub use case::{Case, Dim, DimShare, SilenceFact, SourceFact, TemplateFact};
pub use database::is_server as is_database;
pub use family::{Family, family};
pub use rank::{Ranking, rank};

use coroner_lines::record::CauseClass;

/// A known cause. Implementations look at the facts and say what speaks for and against; they never see each other.
pub trait CauseRule: Sync {
    /// Class it stands for.
    fn class(&self) -> CauseClass;
    /// Evidence about this cause in this case: claims with weights in nats, and the culprit they name.
    /// `signs` are those of the same case, found once for all causes.
    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed;
}

/// Every known cause; the order is of no importance.
pub static CAUSES: &[&dyn CauseRule] = &[
    &deploy::Deploy,
    &config::Config,
    &feature_flag::FeatureFlag,
    &migration::Migration,
    &third_party::ThirdParty,
    &database::Database,
    &cache::Cache,
    &overload::Overload,
    &memory::Memory,
    &disk::Disk,
    &connection_pool::ConnectionPool,
    &lock::Lock,
    &bad_data::BadData,
    &power::Power,
    &host::Host,
    &dns::Dns,
    &certificate::Certificate,
    &unreachable::Unreachable,
    &crash::Crash,
    &attack::Attack,
    &unknown::Unknown,
];

mod expected_effects;
mod failure_shape;
mod ledger;
mod ownership;
mod rule_verdict;
mod symptoms;
#[cfg(test)]
mod tests;
