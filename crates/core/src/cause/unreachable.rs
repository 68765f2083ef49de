//! Route, firewall, partition: no route to a host, or timeouts to something that is known to run.

use super::case::Case;
use super::family::Family;
use super::{CauseRule, database, names, power};
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Evidence, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;

/// The cause.
pub(super) struct Unreachable;

impl CauseRule for Unreachable {
    fn class(&self) -> CauseClass {
        CauseClass::Unreachable
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let w = Weights {
            message: 2.4,
            covers: 2.2,
            missing: -1.0,
        };
        let mut best = failure_shape::messages(&mut scale, case, signs, &[Family::Unreachable], w);
        // that nothing answers a call for a connection; a database that is slow lets queries time out
        const NO_ANSWER: &str =
            "connection timed out | connect timed out | connect timeout | etimedout";
        let late = signs
            .iter()
            .find(|s| s.family == Family::Database && holds_any(s.text.as_bytes(), NO_ANSWER));
        let own = database::runs(case, signs);
        if let (None, Some(s), false) = (best, late, own.is_empty()) {
            // what is known to run and does not answer: the way there is what fails
            let text = "Connections to the database are not answered in time.";
            scale.add(
                Aspect::Message,
                2.0 * s.strength,
                Sentence::words(text),
                lines(s.evidence),
            );
            let text = "No end of the database server was recognised in its own log.";
            scale.deny(
                case,
                (Aspect::Absence, 1.5),
                text,
                own,
                database::no_end(case),
            );
            best = Some(s);
        }
        if best.is_none() {
            failure_shape::symptom(&mut scale, case, signs, 0.4);
            failure_shape::gap(&mut scale, case, 0.5, true);
        }
        let named = best.and_then(|s| {
            let to = names::address(s.text).map(|a| a.0);
            culprit("network", &to.or_else(|| names::provider(s.text))?, None)
        });
        if let Some(line) = named.as_ref().and_then(|n| off(case, n.name.for_json())) {
            let text = Sentence::words("The host itself starts cold during the incident.");
            scale.add(Aspect::Rival, -2.4, text, lines(std::slice::from_ref(line)));
        }
        let title = match &named {
            Some(n) => Sentence::words("Not reachable: ").name(&n.name),
            None => Sentence::words("The network between parts of the system"),
        };
        scale.weighed(
            title,
            named,
            Sentence::words("Routes, firewall rules and interface counters between the hosts."),
        )
    }
}

/// The line that shows that a host, by its name or address, was off: it starts cold during the incident.
fn off<'a>(case: &'a Case<'a>, name: &str) -> Option<&'a Evidence> {
    let is = |host: &LogText| {
        let known =
            |(a, h): &(LogText, LogText)| h == host && a.for_json().split(':').next() == Some(name);
        host.for_json().eq_ignore_ascii_case(name) || case.aliases.iter().any(known)
    };
    let cold = power::boots(case).into_iter();
    cold.filter(|(h, _)| h.is_some_and(is))
        .map(|(_, line)| line)
        .next()
}
