//! Power lost: lines of a supply before the silence, and everything silent together.

use super::CauseRule;
use super::case::Case;
use super::family::Family;
use super::rank::Weighed;
use super::scale::{Aspect, Scale, culprit, lines};
use super::shape::{self, Weights};
use super::signs::Sign;
use crate::model::{Event, Sentence};
use crate::record::{CauseClass, MarkerKind};
use crate::text::LogText;

/// The cause.
pub(super) struct Power;

impl CauseRule for Power {
    fn class(&self) -> CauseClass {
        CauseClass::Power
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Power],
            Weights {
                message: 3.0,
                covers: 0.0,
                missing: -0.8,
            },
        );
        shape::gap(&mut scale, case, 1.6, true);
        let boots = boots(case);
        if boots.len() >= 2 {
            // Not in the table: several machines that start cold fell together; as telling as a helpful rollback.
            let evidence: Vec<_> = boots
                .iter()
                .flat_map(|e| e.evidence.iter().take(1))
                .cloned()
                .collect();
            let text = Sentence::words(format!(
                "{} hosts start cold before the service returns.",
                boots.len()
            ));
            scale.add(Aspect::Scope, 1.2, text, lines(&evidence));
        }
        if best.is_none() {
            shape::symptom(&mut scale, case, signs, 0.3);
        }
        let named = best.and_then(|s| {
            let unit =
                supply(s.text).map_or_else(|| "power".to_owned(), |u| format!("power (UPS {u})"));
            culprit("power", &unit, None)
        });
        let title = match &named {
            Some(n) => Sentence::words("Power lost: ").name(&n.name),
            None => Sentence::words("Loss of power"),
        };
        scale.weighed(
            title,
            named,
            Sentence::words("The log of the power supply and the boot times of the hosts."),
        )
    }
}

/// Hosts that start cold during the incident, one event per host.
pub(super) fn boots<'a>(case: &'a Case<'a>) -> Vec<&'a Event> {
    let mut seen: Vec<Option<&LogText>> = Vec::new();
    case.events
        .iter()
        .filter(|e| matches!(e.kind, MarkerKind::ServiceStart | MarkerKind::Restart))
        .filter(|e| {
            e.time
                .is_some_and(|t| t > case.onset && t.0 <= case.end.0 + 60_000_000)
        })
        .filter(|e| super::signs::excerpt(e).contains("Linux version "))
        .filter(|e| {
            let host = e.host.as_ref();
            let new = !seen.contains(&host);
            seen.push(host);
            new
        })
        .collect()
}

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
    #[test]
    fn the_unit_is_named_where_the_line_names_it() {
        assert_eq!(
            super::supply("UPS rack-b@localhost on battery").as_deref(),
            Some("rack-b")
        );
        assert_eq!(super::supply("Running on UPS batteries."), None);
        assert_eq!(super::supply("Power failure."), None);
    }
}
