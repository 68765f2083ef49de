//! Changes of what an account is let in by, a secret or a file of rules, where it is refused later: sessions that are open live on, so
//! that it may fail long after the change. Which account is refused is said by the configuration's rule.

use crate::cause::case::{Case, excerpt, quoted};
use crate::cause::change::{Change, What, shared_name};
use crate::cause::identifiers::identifiers;
use crate::cause::ledger::{Aspect, Scale, lines, quote, span};
use crate::model::{Event, Sentence};
use coroner_lines::sorting::SortList;
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

/// The steps in which one credential is changed take no longer.
const ONE_ACT: i64 = 5 * MINUTE;

/// How a change is tied to a refusal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cause) enum TiedBy {
    /// The credential is named like the account.
    Name,
    /// It is the only credential that was changed.
    Only,
}

/// The last such change before the failures whose words hold each one of an account's name; else the only credential that was
/// changed, where its words hold one of them or no account is named, as its first step changes it.
pub(in crate::cause) fn of<'c, 'a>(
    case: &Case<'_>,
    all: &'c [Change<'a>],
    account: Option<&str>,
    refusal: &str,
) -> Option<(&'c Change<'a>, TiedBy)> {
    let named = account.map(split).unwrap_or_default();
    let words = |c: &Change<'_>| -> BTreeSet<String> { lines_of(c).flat_map(split).collect() };
    let before = all.iter().filter(|c| is_before(case, c));
    let changed = before.map(|c| (c, words(c)));
    let changed = changed.filter(|(_, said)| CREDENTIALS.iter().any(|w| said.contains(*w)));
    let changed: Vec<_> = changed.collect();
    let of_account =
        |said: &BTreeSet<String>| !named.is_empty() && named.iter().all(|w| said.contains(w));
    let like_it = changed.iter().filter(|(_, said)| of_account(said));
    if let Some(c) = latest(like_it.map(|(c, _)| *c)) {
        return Some((c, TiedBy::Name));
    }
    let may_be = |said: &BTreeSet<String>| match account {
        Some(_) => named.iter().any(|w| w.len() > 3 && said.contains(w)),
        None => split(refusal).iter().any(|w| REFUSED.contains(&w.as_str())),
    };
    let related = changed.iter().filter(|(_, said)| may_be(said));
    let mut steps: Vec<&Change<'_>> = related.map(|(c, _)| *c).collect();
    steps.sort_list_by_key(|c| (c.start, c.id));
    let (first, others) = steps.split_first()?;
    let one = |c: &&Change<'_>| {
        c.start.0 - first.start.0 <= ONE_ACT && !objects(c).is_disjoint(&objects(first))
    };
    others.iter().all(one).then_some((first, TiedBy::Only))
}

/// Whether a change set a configuration before the failures.
fn is_before(case: &Case<'_>, c: &Change<'_>) -> bool {
    c.what == What::Config && c.start <= case.onset.last_of_second()
}

/// The last of some changes.
fn latest<'c, 'a>(all: impl Iterator<Item = &'c Change<'a>>) -> Option<&'c Change<'a>> {
    all.max_by(|a, b| a.start.cmp(&b.start).then(b.id.cmp(a.id)))
}

/// What the lines of a change name, but for what is done to it.
fn objects(c: &Change<'_>) -> BTreeSet<String> {
    let acts = |n: &String| CREDENTIALS.iter().any(|w| n.contains(w));
    said(c).flat_map(identifiers).filter(|n| !acts(n)).collect()
}

/// What a line of a change says was done: one that names the account, where one does; of these the one that speaks most of credentials,
/// the first of such.
pub(in crate::cause) fn called<'c>(c: &'c Change<'_>, account: Option<&str>) -> &'c str {
    let spoken = |s: &&str| {
        let words = split(s);
        let of = CREDENTIALS.iter().filter(|c| words.iter().any(|w| w == *c));
        (account.is_some_and(|a| s.contains(a)), of.count())
    };
    let mut lines: Vec<&str> = lines_of(c).flat_map(|l| l.split("; ")).collect();
    lines.reverse();
    lines.into_iter().max_by_key(spoken).unwrap_or_default()
}

/// Whether the words of a change are of what accounts are let in by.
pub(in crate::cause) fn is_one(c: &Change<'_>) -> bool {
    let mut words = lines_of(c).flat_map(split);
    words.any(|w| CREDENTIALS.contains(&w.as_str()))
}

/// What a change says was done, and all lines of it that are cited: a row quotes but few of them.
fn lines_of<'c>(c: &'c Change<'_>) -> impl Iterator<Item = &'c str> {
    let cited = c.events.iter().flat_map(|e| &e.evidence);
    let cited = cited.filter_map(|e| e.excerpt.as_ref());
    said(c).chain(cited.map(|line| line.for_json()))
}

/// What the lines of a change say was done.
fn said<'c>(c: &'c Change<'_>) -> impl DoubleEndedIterator<Item = &'c str> {
    let said = |e: &&'c Event| quoted(e).unwrap_or_else(|| excerpt(e));
    c.events.iter().map(said)
}

/// Lays such a change on the scale.
pub(in crate::cause) fn lay(
    scale: &mut Scale,
    case: &Case<'_>,
    c: &Change<'_>,
    (tied, account): (TiedBy, Option<&str>),
) {
    let (begins, weight) = match tied {
        TiedBy::Name => ("A credential named like the account was changed ", 1.0),
        TiedBy::Only => ("A credential was changed ", 0.5),
    };
    let text = Sentence::words(begins)
        .p(span(case.onset.since(c.start)))
        .w(" before (")
        .p(quote(called(c, account)))
        .w("); sessions that were open then may have gone on until they had to log in again.");
    scale.add(
        Aspect::Scope,
        weight * shared_name::WEIGHT,
        text,
        lines(&c.evidence()),
    );
}
