//! Which sorts of logs were given, and what is asked for of those that were not: what was given is never asked for.

use super::case::Case;
use super::database::is_server as is_database;
use super::scale::new_at_onset;
use crate::model::{Denial, Missing, Sentence};
use crate::record::{CauseClass, Kind, MarkerKind};
use crate::text::LogText;

/// A sort of log that can tell a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// Of releases.
    Releases,
    /// Of the application.
    Application,
    /// Of the database server.
    Database,
    /// Of a cache or queue server.
    Cache,
    /// Of kernels and hardware.
    Kernel,
    /// Of an init system.
    Init,
    /// Of a power supply.
    Power,
}

impl Log {
    /// Whether one was given, by what was read: records of its kind, lines of its writer, or a row that only it can state.
    fn given(self, case: &Case<'_>) -> bool {
        let kind = |k: Kind| case.sources.iter().any(|s| s.holds(k) && s.covers_onset);
        let states = |test: &dyn Fn(&crate::model::Event) -> bool| case.events.iter().any(test);
        match self {
            Log::Releases => {
                case.sources.iter().any(|s| s.holds(Kind::Deploy))
                    || states(&|e| {
                        use MarkerKind::*;
                        matches!(e.kind, DeployStart | DeployFinish | DeployFail)
                    })
            }
            Log::Application => case.has_app_log(),
            // of its own file, or among the lines that an init system or a collector gathers
            Log::Database => {
                let server =
                    |n: &Option<LogText>| n.as_ref().is_some_and(|n| is_database(n.for_json()));
                case.sources.iter().any(|s| s.database)
                    || case.templates.iter().any(|t| server(&t.service))
                    || states(&|e| server(&e.service))
            }
            Log::Cache => {
                case.sources.iter().any(|s| s.cache) || states(&|e| super::cache::is_server(e))
            }
            Log::Kernel => case.sources.iter().any(|s| s.kernel) || kind(Kind::System),
            Log::Init => kind(Kind::System),
            Log::Power => states(&|e| e.class == Some(CauseClass::Power)),
        }
    }
}

impl Log {
    /// What a report must not show where such a log is said to be missing.
    fn denied(self, case: &Case<'_>) -> Option<Denial> {
        use MarkerKind::*;
        let kinds: &[MarkerKind] = match self {
            Log::Releases => &[DeployStart, DeployFinish, DeployFail],
            _ => return None,
        };
        Some(Denial {
            kinds,
            classes: Vec::new(),
            from: case.archive.0,
            to: case.archive.1,
        })
    }
}

/// Those of the logs that were not given, as one sentence; `else_` where all of them were.
pub(super) fn ask(case: &Case<'_>, logs: &[(Log, &str)], else_: &str) -> Sentence {
    let lacking = logs.iter().filter(|l| !l.0.given(case));
    let names: Vec<&str> = lacking.map(|l| l.1).collect();
    match names.is_empty() {
        true => Sentence::words(else_),
        false => Sentence::words(capital(&names.join(" and ")) + "."),
    }
}

fn capital(s: &str) -> String {
    let (first, rest) = s.split_at(s.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}

/// What the logs would need to show a cause; never empty.
pub(super) fn missing(case: &Case<'_>) -> Vec<Missing> {
    let application = match case.service {
        Some(s) => Sentence::words("An application log of ").name(s),
        None => Sentence::words("An application log"),
    };
    let logs = [
        (
            Log::Releases,
            "deploy_log",
            Sentence::words("A log of releases and configuration changes"),
        ),
        (
            Log::Application,
            "application_log",
            application.w(" that covers the onset"),
        ),
        (
            Log::Database,
            "database_log",
            Sentence::words("The database server's own log"),
        ),
        (
            Log::Kernel,
            "kernel_log",
            Sentence::words("Kernel and hardware logs of the failing hosts"),
        ),
        (
            Log::Init,
            "system_log",
            Sentence::words(
                "The init system's log (service starts and stops) of the failing hosts",
            ),
        ),
    ];
    let mut out = Vec::new();
    let mut say = |kind, text: Sentence, denies| out.push(Missing { kind, text, denies });
    for (log, kind, text) in logs.into_iter().filter(|l| !l.0.given(case)) {
        say(
            kind,
            text.w(": no line was recognised as such."),
            log.denied(case),
        );
    }
    if case.latency_lead_s.is_none() && case.surge.is_none() {
        say(
            "baseline",
            Sentence::words("Request logs from well before the onset."),
            None,
        );
    }
    if !says_why(case) {
        say(
            "message",
            Sentence::words(MESSAGE_SAYS),
            Some(new_at_onset(case)),
        );
    }
    if out.is_empty() {
        out.push(Missing {
            kind: "message",
            text: Sentence::words(MESSAGE_SETTLES),
            denies: None,
        });
    }
    out
}

/// What is missing where something is said at the onset, but not what broke.
pub const MESSAGE_SETTLES: &str =
    "A line that settles what broke: what begins with the errors does not by itself.";
/// What is missing where nothing is said.
const MESSAGE_SAYS: &str = "A line that says why: of those that were understood, none states a fault or is new at the onset.";

/// Whether anything states a fault at the onset, or is said that was never said before.
pub(super) fn says_why(case: &Case<'_>) -> bool {
    let about = new_at_onset(case);
    let within = |t| (about.from..=about.to).contains(&t);
    let row = |e: &crate::model::Event| about.kinds.contains(&e.kind) && e.time.is_some_and(within);
    let new = case.templates.iter().filter(|t| t.brought());
    case.events.iter().any(row) || new.filter_map(|t| t.first_during).any(within)
}
