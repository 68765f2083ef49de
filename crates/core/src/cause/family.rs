//! Message families: which cause class the words of an error message point to, if any.
//! A keyword table over the text, the first row that holds wins; specific rows stand before general ones.

mod words;

use super::names;
use coroner_lines::record::CauseClass;
use coroner_lines::text::words::{find, holds, holds_any};
use words::{CACHES, CODE, DATA, DATABASES, ERRORS, SYMPTOM, WORDS};

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
    let any = |phrases: &str| holds_any(text.as_bytes(), phrases);
    if any(INNOCENT) {
        return None;
    }
    // whose pool it is says less than that it is used up
    if any("pool | pooled") && any(USED_UP) {
        return Some(Family::Pool);
    }
    if let Some((f, _)) = WORDS.iter().find(|(_, phrases)| any(phrases)) {
        return Some(*f);
    }
    if is_unresolved(text) {
        return Some(Family::Dns);
    }
    if wants_another_version(text) {
        return Some(Family::Incompatible);
    }
    let broken = any(SYMPTOM);
    match names::target(text) {
        Some(names::Target::Database(_)) if broken || any("failed") => {
            return Some(Family::Database);
        }
        Some(names::Target::Cache(_)) if broken || any("failed") => return Some(Family::Cache),
        Some(names::Target::Named(_)) if broken || any(OUTSIDE_FAILED) => {
            return Some(Family::ThirdParty);
        }
        _ => {}
    }
    if any("operationalerror") || broken && any(DATABASES) {
        return Some(Family::Database);
    }
    if broken && any(CACHES) {
        return Some(Family::Cache);
    }
    if any(DATA) {
        return Some(Family::Data);
    }
    if any(CODE) || is_a_program_error(text) {
        return Some(Family::Code);
    }
    broken.then_some(Family::Symptom)
}

/// How a message about a pool says that nothing is left in it.
const USED_UP: &str = "exhausted | timeout | timed out | is empty | is full | limit .. reached | all .. in use | obtain a connection | no available";

/// Ends of troubles, and what is not supported of the things that clients choose.
const INNOCENT: &str = "on line power | mains returned | media type | content type | request method | mediatype | \
     httpmethod .. not supported | unsupported browser";

/// How a message says that a call to somebody else failed.
const OUTSIDE_FAILED: &str =
    "failed | error | 503 | 502 | 504 | 500 | 429 | declined | unavailable | rejected";

/// Whether a name could not be resolved that is one of a host: it has a dot. Modules, placeholders and views are resolved too.
fn is_unresolved(text: &str) -> bool {
    const FAILS: &str = "could not resolve | couldn't resolve | cannot resolve | failed to resolve | could not be resolved";
    holds_any(text.as_bytes(), FAILS) && names::unresolved(text).is_some_and(|h| h.contains('.'))
}

/// Whether a message says which version of something is wanted, and which other one there is: `requires protocol v3, server
/// supports v2`.
fn wants_another_version(text: &str) -> bool {
    let t = text.as_bytes();
    let number_behind = |words: &[&str], from: usize| {
        let at = words.iter().find_map(|w| find(t, w, from))?.end;
        let mut tokens = text
            .get(at..)?
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let number = tokens.find(|w| {
            w.trim_start_matches('v')
                .starts_with(|c: char| c.is_ascii_digit())
        })?;
        Some((at, number.trim_matches(['v', '.'])))
    };
    let wanted = number_behind(&["requires", "required", "expects", "expected"], 0);
    holds_any(t, "protocol | version")
        && wanted.is_some_and(|(at, wanted)| {
            number_behind(&["supports", "supported", "got", "found"], at)
                .is_some_and(|(_, there)| there != wanted)
        })
}

/// Whether a message names an error that a program raises against itself.
fn is_a_program_error(text: &str) -> bool {
    let t = text.as_bytes();
    ERRORS.split(" | ").any(|e| {
        ["error", "exception"]
            .iter()
            .any(|end| holds(t, &[e, *end].concat()))
    })
}

#[cfg(test)]
mod tests;
