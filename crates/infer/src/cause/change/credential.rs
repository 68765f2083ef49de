//! Changes of what an account is let in by, a secret or a file of rules, where it is refused later: sessions that are open live on, so
//! that it may fail long after the change. Which account is refused is said by the configuration's rule.

use crate::cause::case::{Case, excerpt, quoted};
use crate::cause::change::{Change, What, shared_name};
use crate::cause::config::is_configuration;
use crate::cause::ends::files;
use crate::cause::ledger::{Aspect, Scale, lines, quote, span};
use crate::model::{Event, Sentence};
use coroner_lines::table::words;
use coroner_lines::text::words::split;
use coroner_lines::time::MINUTE;
use std::collections::BTreeSet;

/// Words by which a change is one of what accounts are let in by.
const CREDENTIALS: [&str; 8] =
    words("secret secrets password passwords credential credentials rotate rotation");

/// Words by which a refusal is one of an account, whosever it is.
const REFUSED: [&str; 7] =
    words("account accounts password login logon authentication credentials");

/// The last such change before the failures whose words hold each one of an account's name; else the only such change, where its
/// words hold one of them or no account is named, begun where it has several steps. With how that is tied to the refusal.
pub(in crate::cause) fn of<'c, 'a>(
    case: &Case<'_>,
    all: &'c [Change<'a>],
    account: Option<&str>,
    refusal: &str,
) -> Option<(&'c Change<'a>, Tie)> {
    let named = account.map(split).unwrap_or_default();
    let words_of = |c: &Change<'_>| -> BTreeSet<String> { said(c).flat_map(split).collect() };
    let latest = case.onset.last_of_second();
    let before = all
        .iter()
        .filter(|c| c.what == What::Config && c.start <= latest);
    let before = before.map(|c| (c, words_of(c)));
    let before = before.filter(|(_, said)| CREDENTIALS.iter().any(|w| said.contains(*w)));
    let before: Vec<_> = before.collect();
    let called = |(_, said): &&(&Change<'_>, BTreeSet<String>)| {
        !named.is_empty() && named.iter().all(|w| said.contains(w))
    };
    let last = before
        .iter()
        .filter(called)
        .max_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.id.cmp(a.id)));
    if let Some((c, _)) = last {
        return Some((c, NAMED));
    }
    let related = |(_, said): &&(&Change<'_>, BTreeSet<String>)| match account {
        Some(_) => named.iter().any(|w| w.len() > 3 && said.contains(w)),
        None => split(refusal).iter().any(|w| REFUSED.contains(&w.as_str())),
    };
    let related = before.iter().filter(related).map(|(c, _)| *c);
    let last = related.clone().map(|c| c.start).max()?;
    let first = related.min_by_key(|c| (c.start, c.id))?;
    (last.0 - first.start.0 <= ONE_ACT).then_some((first, ONLY))
}

/// The steps in which one credential is changed take no longer.
const ONE_ACT: i64 = 5 * MINUTE;

/// The last change before the failures that set a configuration file which a refusal names, and that file's name.
pub(in crate::cause) fn of_rules<'c, 'a, 't>(
    case: &Case<'_>,
    all: &'c [Change<'a>],
    refusal: &'t str,
) -> Option<(&'t str, &'c Change<'a>)> {
    let latest = case.onset.last_of_second();
    files(refusal)
        .filter(|f| is_configuration(f))
        .find_map(|f| {
            let sets = |c: &&Change<'_>| {
                let before = c.what == What::Config && c.start <= latest;
                before && said(c).flat_map(files).any(|x| x == f)
            };
            let last = all.iter().filter(sets).max_by_key(|c| (c.start, c.id));
            last.map(|c| (f, c))
        })
}

/// What a line of a change says was done: the one that speaks most of credentials, the first of such.
pub(in crate::cause) fn called<'c>(c: &'c Change<'_>) -> &'c str {
    let spoken = |s: &&str| {
        let words = split(s);
        let of = CREDENTIALS.iter().filter(|c| words.iter().any(|w| w == *c));
        of.count()
    };
    let mut said: Vec<&str> = said(c).collect();
    said.reverse();
    said.into_iter().max_by_key(spoken).unwrap_or_default()
}

/// What the lines of a change say was done.
fn said<'c>(c: &'c Change<'_>) -> impl Iterator<Item = &'c str> {
    let said = |e: &&'c Event| quoted(e).unwrap_or_else(|| excerpt(e));
    c.events.iter().map(said)
}

/// How a change is tied to a refusal, as the sentence about it begins, and what that weighs, in nats.
pub(in crate::cause) type Tie = (&'static str, f64);
/// The credential is named like the account.
pub(in crate::cause) const NAMED: Tie = (
    "A credential named like the account was changed ",
    shared_name::WEIGHT,
);
/// It is the only credential that was changed.
pub(in crate::cause) const ONLY: Tie = ("A credential was changed ", shared_name::WEIGHT / 2.0);
/// The refusal names the file.
pub(in crate::cause) const RULES: Tie = (
    "The file that the refusal names was changed ",
    shared_name::WEIGHT,
);

/// Lays such a change on the scale.
pub(in crate::cause) fn lay(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>, tie: Tie) {
    let text = Sentence::words(tie.0)
        .p(span(case.onset.0 - c.start.0))
        .w(" before (")
        .p(quote(called(c)))
        .w("); sessions that were open then may have gone on until they had to log in again.");
    scale.add(Aspect::Scope, tie.1, text, lines(&c.evidence()));
}
