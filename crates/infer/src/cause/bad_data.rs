//! Bad records: messages about records that cannot be read, and one endpoint that fails alone.

use super::case::{Case, Dim, DimShare, quoted};
use super::change::otherwise::SHOWS;
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::{UNDONE, taken_away};
use crate::cause::expected_effects::lives_on;
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, Scale, culprit, lines, quote};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::ownership::file;
use crate::cause::symptoms::{Sign, accounts};
use crate::model::{Event, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;

/// The class.
pub(super) static INFO: ListedClass = ListedClass::new(|| {
    ClassInfo::listed(CauseClass::BadData, Group::DATA, weigh, &[alike, lives_on])
});

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    if best.is_some() {
        failure_shape::one_of_many(&mut scale, case, Dim::Endpoint, "the endpoint", 0.9);
    } else if let Some((name, w)) = purged(case, signs) {
        return weigh_purged(case, signs, name, w);
    }
    let named = best.and_then(|s| {
        let what = names::table(s.text)
            .map(|t| ("table", t))
            .or_else(|| file(case, s.text).map(|p| ("file", p)));
        what.and_then(|(kind, n)| culprit(kind, &n, case.service))
    });
    INFO.weighed(scale, named)
}

/// Highest score of records that are taken away as the failures end: who wrote them is to be found.
const PURGED: f64 = 0.79;

/// What is taken away as the failures end and bears the name that most of the program's errors say, with such an error and the row.
fn purged<'a, 's>(
    case: &'a Case<'a>,
    signs: &'s [Sign<'a>],
) -> Option<(&'a str, (&'s Sign<'a>, &'a Event))> {
    let own = |s: &&Sign<'a>| s.info.in_program && s.new && accounts(case, s.everywhere);
    signs.iter().filter(own).find_map(|s| {
        let (name, e) = taken_away(case, (None, s.text))?;
        Some((name, (s, e)))
    })
}

fn weigh_purged(
    case: &Case<'_>,
    signs: &[Sign<'_>],
    name: &str,
    (s, e): (&Sign<'_>, &Event),
) -> Weighed {
    let mut scale = Scale::default();
    let says = SHOWS * s.info.heard(case, signs).0.sum().max(0.0);
    let text = Sentence::words("The errors name it: ")
        .p(quote(s.said))
        .w(".");
    scale.add(Aspect::Message, says, text, lines(s.evidence));
    let text = Sentence::words("The failures stop as it is taken away: ");
    let text = text.p(quote(quoted(e).unwrap_or_default())).w(".");
    scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
    let named = culprit("object", name, case.service);
    let mut w = INFO.weighed(scale, named);
    w.title = Sentence::words("Records that the program cannot take (")
        .name(&LogText::name(name.as_bytes()))
        .w(")");
    w.cap = Some(PURGED);
    w
}

/// A bad record fails those that read it.
fn alike(case: &Case<'_>, _: &[Sign<'_>], _: &Sign<'_>) -> Option<&'static str> {
    all_endpoints(case)
        .then_some("All endpoints fail alike; a bad record fails those that read it.")
}

/// Whether several endpoints fail and none is healthy.
fn all_endpoints(case: &Case<'_>) -> bool {
    let (bad, good) = failure_shape::split(case, Dim::Endpoint);
    let answered = |d: &&DimShare| !d.name.for_json().ends_with(" (4xx)");
    bad.len() >= 3 && !good.iter().any(answered)
}
