//! Changes of what an account is let in by, where that account is refused later: sessions that are open live on, so that it may fail
//! long after the change. Which account is refused is said by the configuration's rule.

use crate::cause::case::{Case, excerpt, quoted};
use crate::cause::change::{Change, What, shared_name};
use crate::cause::ledger::{Aspect, Scale, lines, quote, span};
use crate::model::{Event, Sentence};
use coroner_lines::table::words;
use coroner_lines::text::words::split;
use std::collections::BTreeSet;

/// Words by which a change is one of what accounts are let in by.
const CREDENTIALS: [&str; 8] =
    words("secret secrets password passwords credential credentials rotate rotation");

/// The last such change before the failures whose words hold each one of an account's name.
pub(in crate::cause) fn of<'c, 'a>(
    case: &Case<'_>,
    all: &'c [Change<'a>],
    account: &str,
) -> Option<&'c Change<'a>> {
    let named = split(account);
    let is_of = |c: &&Change<'_>| {
        let said: BTreeSet<String> = said(c).flat_map(split).collect();
        let credential = CREDENTIALS.iter().any(|w| said.contains(*w));
        credential && !named.is_empty() && named.iter().all(|w| said.contains(w))
    };
    let latest = case.onset.last_of_second();
    let before = all
        .iter()
        .filter(|c| c.what == What::Config && c.start <= latest);
    before
        .filter(is_of)
        .max_by(|a, b| a.start.cmp(&b.start).then(b.id.cmp(a.id)))
}

/// What the lines of a change say was done.
fn said<'c>(c: &'c Change<'_>) -> impl Iterator<Item = &'c str> {
    let said = |e: &&'c Event| quoted(e).unwrap_or_else(|| excerpt(e));
    c.events.iter().map(said)
}

/// Lays the change of a credential that is named like the account on the scale.
pub(in crate::cause) fn lay(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    let said = said(c).next().unwrap_or_default();
    let text = Sentence::words("A credential named like the account was changed ")
        .p(span(case.onset.0 - c.start.0))
        .w(" before (")
        .p(quote(said))
        .w("); sessions that were open then may have gone on until they had to log in again.");
    scale.add(
        Aspect::Scope,
        shared_name::WEIGHT,
        text,
        lines(&c.evidence()),
    );
}
