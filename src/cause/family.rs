//! Message families: which cause class the words of an error message point to, if any.
//! A keyword table over the text, the first row that holds wins; specific rows stand before general ones.

mod words;

use super::names;
use crate::record::CauseClass;
use words::{CODE, DATA, SYMPTOM, WORDS};

/// What kind of trouble a message states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// An exception of the program itself.
    Code,
    /// The program does not fit what it talks to (protocol, version, unsupported method).
    Incompatible,
    /// A configuration that is refused or points nowhere.
    Config,
    /// A named outside service fails.
    ThirdParty,
    /// The database server says that it stops, died or recovers.
    DatabaseDown,
    /// A client names the database that it cannot use.
    Database,
    /// Cache or queue.
    Cache,
    /// SQL that does not fit the schema.
    Schema,
    /// Locks, deadlocks, cancelled statements.
    Lock,
    /// Pools, descriptors, workers used up.
    Pool,
    /// Out of memory.
    Memory,
    /// No space, read-only file system, failing disk.
    Disk,
    /// Name resolution.
    Dns,
    /// TLS certificate.
    Certificate,
    /// No route, network down.
    Unreachable,
    /// Limits hit, shedding.
    Overload,
    /// Power lost, UPS.
    Power,
    /// Hardware errors of a machine, and its cold start.
    Hardware,
    /// A process ended, was killed, hangs.
    Crash,
    /// Bad records.
    Data,
    /// Abuse.
    Security,
    /// Refused, reset, timed out, 502: an effect of almost every cause.
    Symptom,
}

impl Family {
    /// The class that the family speaks for; `None` for symptoms, which speak for none.
    pub fn class(self) -> Option<CauseClass> {
        use Family::*;
        Some(match self {
            Code | Incompatible => CauseClass::Deploy,
            Config => CauseClass::Config,
            ThirdParty => CauseClass::ThirdParty,
            DatabaseDown | Database => CauseClass::Database,
            Cache => CauseClass::Cache,
            Schema => CauseClass::Migration,
            Lock => CauseClass::Lock,
            Pool => CauseClass::ConnectionPool,
            Memory => CauseClass::Memory,
            Disk => CauseClass::Disk,
            Dns => CauseClass::Dns,
            Certificate => CauseClass::Certificate,
            Unreachable => CauseClass::Unreachable,
            Overload => CauseClass::Overload,
            Power => CauseClass::Power,
            Hardware => CauseClass::Host,
            Crash => CauseClass::Crash,
            Data => CauseClass::BadData,
            Security => CauseClass::Attack,
            Symptom => return None,
        })
    }

    /// The family of a stated fault of a class.
    pub fn of_class(class: CauseClass) -> Option<Family> {
        use CauseClass as C;
        Some(match class {
            C::Deploy => Family::Code,
            C::Config => Family::Config,
            C::Migration => Family::Schema,
            C::ThirdParty => Family::ThirdParty,
            C::Database => Family::DatabaseDown,
            C::Cache => Family::Cache,
            C::Overload => Family::Overload,
            C::Memory => Family::Memory,
            C::Disk => Family::Disk,
            C::ConnectionPool => Family::Pool,
            C::Lock => Family::Lock,
            C::BadData => Family::Data,
            C::Power => Family::Power,
            C::Host => Family::Hardware,
            C::Dns => Family::Dns,
            C::Certificate => Family::Certificate,
            C::Unreachable => Family::Unreachable,
            C::Crash => Family::Crash,
            C::Attack => Family::Security,
            C::FeatureFlag | C::Unknown => return None,
        })
    }
}

/// The family of a message; `None` when its words say nothing about a cause.
pub fn family(text: &str) -> Option<Family> {
    let text = names::said(text);
    let t = text.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|w| t.contains(w));
    // The sentence of an end (`on line power`, `Mains returned`) is no fault.
    if any(&["on line power", "mains returned"]) {
        return None;
    }
    // A table or column that is not there; a missing database, role or password is the client's own affair.
    if t.contains("does not exist") && any(&["column", "relation \"", "table"]) {
        return Some(Family::Schema);
    }
    for (f, words) in WORDS {
        if any(words) {
            return Some(*f);
        }
    }
    match names::target(text) {
        Some(names::Target::Database(_)) if any(SYMPTOM) || t.contains("failed") => {
            return Some(Family::Database);
        }
        Some(names::Target::Cache(_)) if any(SYMPTOM) || t.contains("failed") => {
            return Some(Family::Cache);
        }
        Some(names::Target::Named(_)) if any(SYMPTOM) || outside_failed(&t) => {
            return Some(Family::ThirdParty);
        }
        _ => {}
    }
    if t.contains("operationalerror") || t.contains("server has gone away") {
        return Some(Family::Database);
    }
    if any(DATA) {
        return Some(Family::Data);
    }
    if any(CODE) {
        return Some(Family::Code);
    }
    if any(SYMPTOM) {
        return Some(Family::Symptom);
    }
    None
}

/// Whether a message (lower case) says that a call to somebody else failed.
fn outside_failed(t: &str) -> bool {
    [
        "failed",
        "error",
        "503",
        "502",
        "504",
        "500",
        "429",
        "declined",
        "unavailable",
        "rejected",
    ]
    .iter()
    .any(|w| t.contains(w))
}

#[cfg(test)]
mod tests;
