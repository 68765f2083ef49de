//! Power lost: lines of a supply before the silence, and everything silent together.

use super::case::{Case, SilenceFact};
use super::cold_start;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, culprit, lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Evidence, Group, Sentence};
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Power, Group::HARDWARE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    failure_shape::gap(&mut scale, case, 1.6, true);
    let silent: Vec<Evidence> = case.silent_hosts.iter().map(|(_, e)| e.clone()).collect();
    if best.is_some() && silent.len() >= 2 {
        let text = Sentence::words(format!(
            "The logs of {} hosts stop together at the onset.",
            silent.len()
        ));
        scale.add(Aspect::Gap, 1.6, text, lines(&silent));
    }
    let boots = cold_start::boots(case);
    if boots.len() >= 2 {
        // Not in the table: several machines that start cold fell together; as strong as a helpful rollback.
        let text = Sentence::words(format!(
            "{} hosts boot before the service returns.",
            boots.len()
        ));
        let cited: Vec<Evidence> = boots.iter().map(|b| b.line.clone()).collect();
        scale.add(Aspect::Scope, 1.2, text, lines(&cited));
    }
    if best.is_none() {
        failure_shape::symptom(&mut scale, case, signs, 0.3);
    }
    let named = best.and_then(|s| supply(s.text));
    let named = named.and_then(|n| culprit("power", &n, None));
    let mut w = INFO.weighed(scale, named);
    // without power nothing speaks on
    let silent = |s: &SilenceFact| case.near(s.start, 120, 300);
    let dark = case.silences.iter().any(silent) || !case.silent_hosts.is_empty();
    w.cap = (!dark && boots.is_empty()).then_some(LIT);
    w
}

/// Highest score of a loss of power as long as no log goes quiet and no host boots.
const LIT: f64 = 0.45;

/// The unit that a UPS line names: `rack-b` of `UPS rack-b@localhost on battery`.
fn supply(text: &str) -> Option<String> {
    let at = text.find("UPS ")? + 4;
    let w = text.get(at..)?.split([' ', '@', ':']).next()?;
    (!w.is_empty()
        && w.len() <= 80
        && w.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && w != "batteries")
        .then(|| w.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::tests::{holds, or_dash};

    #[test]
    fn the_unit_is_named_where_the_line_names_it() {
        holds("power supply", |t| or_dash(super::supply(t)));
    }
}
