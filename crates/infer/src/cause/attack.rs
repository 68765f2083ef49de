//! Abuse: few clients carry the failures, 4xx answers surge, a filter says so.

use super::case::Case;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, onset_lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Piece, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Attack, Group::SECURITY, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, _) = INFO.heard(case, signs);
    failure_shape::surge(&mut scale, case, 1.2, -0.6);
    if let Some((share, address)) = case
        .top_client
        .filter(|c| c.0 >= 0.5 && case.failed() >= 20)
    {
        let text = one_sends(*share, address.as_ref());
        scale.add(Aspect::Scope, 1.8, text, onset_lines(case));
    }
    let now = client_errors(case.statuses, (case.end.0 - case.onset.0).max(1));
    let long = (case.onset.0 - case.archive.0.0).clamp(1, 3_600_000_000);
    let before = client_errors(case.statuses_before, long);
    if now >= 4.0 * before.max(0.01) && now >= 0.5 {
        let text = Sentence::words("Answers of status 4xx grow to many times their rate before.");
        scale.add(Aspect::Status, 1.8, text, onset_lines(case));
    }
    INFO.weighed(scale, None)
}

/// That one address sends a share of the failed requests.
pub(super) fn one_sends(share: f64, address: Option<&LogText>) -> Sentence {
    let text = Sentence::words("One address");
    let text = match address {
        Some(a) => text.w(", ").name(a).w(", sends "),
        None => text.w(" sends "),
    };
    text.p(Piece::Share(share)).w(" of the failed requests.")
}

/// Answers of status 4xx (without 499, where the client gave up) per second over some microseconds.
fn client_errors(statuses: &[(u16, u64)], us: i64) -> f64 {
    let errors = statuses.iter().filter(|(s, _)| (400..499).contains(s));
    let n: u64 = errors.map(|(_, n)| n).sum();
    n as f64 * 1e6 / us as f64
}
