//! A name that stands in a change and in the errors that follow it, and in no message before: it ties the two without any table of
//! words. Which names are versions or services is for the other rules.

use crate::cause::case::{Case, TemplateFact};
use crate::cause::change::Change;
use crate::cause::ledger::{Aspect, Scale, quote};
use crate::cause::symptoms::{excerpt, quoted};
use crate::model::{Cited, Sentence};
use coroner_lines::text::LogText;
use std::collections::BTreeSet;

/// What such a name weighs, in nats: two of some hundred identifiers would be the same by chance once in seven such pairs, since
/// systems name many things after few.
const WEIGHT: f64 = 2.0;
/// Characters from which an identifier is rare.
const LEAST: usize = 6;

/// Lays the name that a change and the new errors share on the scale.
pub(in crate::cause) fn lay(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    let said = c
        .events
        .iter()
        .flat_map(|e| [Some(excerpt(e)), quoted(e)])
        .flatten();
    let said = said.chain(c.object.as_deref());
    let version = c.version.map(|v| v.for_json().to_ascii_lowercase());
    let named = said
        .flat_map(identifiers)
        .filter(|n| version.as_ref() != Some(n));
    let named: BTreeSet<String> = named.collect();
    let is_new = |t: &&TemplateFact| {
        t.new && t.during > 0 && t.first_during.is_some_and(|f| case.near(f, 60, 300))
    };
    let errors = case.templates.iter().filter(is_new);
    let mut both = errors
        .flat_map(|t| identifiers(t.example.for_json()).map(move |n| (n, t)))
        .filter(|(n, _)| named.contains(n))
        .peekable();
    // what was named before is asked only where there is something to ask for
    let before = both.peek().map(|_| known(case)).unwrap_or_default();
    if let Some((name, t)) = both.find(|(n, _)| !before.contains(n)) {
        let text = Sentence::words("The new errors name ")
            .name(&LogText::name(name.as_bytes()))
            .w(", which the change names too: ")
            .p(quote(t.example.for_json()))
            .w(".");
        let cited = c.evidence().into_iter().chain(t.evidence.iter().cloned());
        scale.add(
            Aspect::Message,
            WEIGHT,
            text,
            Some(Cited::Lines(cited.collect())),
        );
    }
}

/// Words that are names and not language: of some length, with a letter, and a digit, a mark or a capital within. In small
/// letters. What a structured line calls its fields is not among them.
fn identifiers(text: &str) -> impl Iterator<Item = String> {
    let mark = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let is_name = |w: &&str| {
        let inner = w.chars().skip(1);
        w.len() >= LEAST
            && w.starts_with(|c: char| c.is_ascii_alphabetic())
            && inner.clone().any(|c| !c.is_ascii_lowercase())
            && inner.clone().any(|c| c.is_ascii_lowercase())
    };
    let mut words = text.split_inclusive(mark).peekable();
    let values = std::iter::from_fn(move || {
        let word = words.next()?;
        let quoted = word.ends_with('"') && words.peek().is_some_and(|w| w.starts_with(':'));
        let is_key = quoted || word.ends_with('=');
        Some(if is_key {
            ""
        } else {
            word.trim_end_matches(mark)
        })
    });
    let values = values.map(|w| w.trim_matches(['-', '_'])).filter(is_name);
    values.map(str::to_ascii_lowercase)
}

/// Names that stand everywhere or are something else: hosts, services, and all that messages before the failures name.
fn known(case: &Case<'_>) -> BTreeSet<String> {
    let sources = case
        .sources
        .iter()
        .flat_map(|s| [&s.host, &s.service])
        .flatten();
    let shares = case.shares.iter().map(|d| &d.name);
    let names = sources.chain(shares).chain(case.service);
    let old = case.templates.iter().filter(|t| !t.new).map(|t| &t.example);
    names
        .chain(old)
        .flat_map(|n| identifiers(n.for_json()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::identifiers;

    #[test]
    fn names_are_told_from_words() {
        let of = |t: &str| identifiers(t).collect::<Vec<_>>();
        assert_eq!(
            of("ALTER TABLE orders_order ADD COLUMN sales_channel at 10.0.0.7 failed"),
            ["orders_order", "sales_channel"]
        );
        assert_eq!(
            of("no index gsi3-customer-updatedAt (ValidationException)"),
            ["gsi3-customer-updatedat", "validationexception"]
        );
        assert_eq!(
            of(
                r#"{"short_description":"rebuild PK_Orders","assignment_group":"x"} sales_channel=web_shop"#
            ),
            ["pk_orders", "web_shop"]
        );
        assert_eq!(
            of("Production deployment FINISHED on 2026-05-01T10:00:00Z"),
            [""; 0]
        );
    }
}
