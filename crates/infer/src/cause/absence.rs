//! What is missing where no cause is established: only what can be known. Whether a log of a database, a kernel or an init
//! system was given cannot: such lines stand in files of any name, and are asked for of nobody.

use super::case::Case;
use crate::cause::ledger::new_meanwhile;
use crate::model::{Denial, Missing, Sentence};
use coroner_lines::record::{Kind, MarkerKind};

/// What the logs would need to show a cause; never empty.
pub(super) fn missing(case: &Case<'_>) -> Vec<Missing> {
    use MarkerKind::*;
    let mut out = Vec::new();
    let mut say = |kind, text: Sentence, denies| out.push(Missing { kind, text, denies });
    if !case.has_log_of(Kind::Deploy) {
        let releases = Denial {
            kinds: &[DeployStart, DeployFinish, DeployFail],
            classes: Vec::new(),
            from: case.archive.0,
            to: case.archive.1,
        };
        let text = Sentence::words("a deploy log");
        say("deploy_log", text, Some(releases));
    }
    let covers = |k: Kind| case.sources.iter().any(|s| s.holds(k) && s.covers_onset);
    if !covers(Kind::App) {
        let text = match case.service {
            Some(s) => Sentence::words("an application log of ").name(s),
            None => Sentence::words("an application log"),
        };
        let text = text.w(" that covers the onset");
        say("application_log", text, None);
    }
    if case.latency_lead_s.is_none() && case.surge.is_none() {
        let text = "request logs from well before the onset";
        say("baseline", Sentence::words(text), None);
    }
    if !says_why(case) {
        let text = "a line that says what broke: no fault and no new message during the outage";
        say("message", Sentence::words(text), Some(new_meanwhile(case)));
    }
    if out.is_empty() {
        out.push(settles());
    }
    out
}

/// What is missing where something is said while the failures last, but not what broke.
pub fn settles() -> Missing {
    let text = "a line that says what set off the errors";
    Missing {
        kind: "message",
        text: Sentence::words(text),
        denies: None,
    }
}

/// Whether anything states a fault while the failures last, or is said that was never said before.
pub(super) fn says_why(case: &Case<'_>) -> bool {
    let about = new_meanwhile(case);
    let within = |t| (about.from..=about.to).contains(&t);
    let row = |e: &crate::model::Event| about.kinds.contains(&e.kind) && e.time.is_some_and(within);
    let new = case.templates.iter().filter(|t| t.brought());
    case.events.iter().any(row) || new.filter_map(|t| t.first_during).any(within)
}
