//! Who or what is refused, by the refusals themselves and by what is done as they end. Which change that is laid to is for the rule.

use super::INFO;
use crate::cause::case::{Case, TemplateFact, excerpt, quoted};
use crate::cause::change::Change;
use crate::cause::change::credential::{self, TiedBy};
use crate::cause::ends::taken_away;
use crate::cause::failure_shape;
use crate::cause::identifiers::identifiers;
use crate::cause::names;
use crate::cause::symptoms::Sign;
use crate::model::Event;
use coroner_lines::marker::altered;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeSet;

/// A statement so near the end of the failures is what ended them.
const AT_ONCE: i64 = 3 * SECOND;

/// What is set as the failures end where a refusal comes from: where nothing else does, that names what was refused.
pub(super) fn put_right<'a>(case: &Case<'a>, refused: &Sign<'a>) -> Option<&'a str> {
    let act = failure_shape::act_on(case, refused)?;
    quoted(act).filter(|_| act.kind == MarkerKind::ConfigChange)
}

/// Whether a change is of other hosts than a refusal, and its lines share no name with it: then nothing but time ties the two.
pub(super) fn is_apart(c: &Change<'_>, s: &Sign<'_>) -> bool {
    let first = |h: &LogText| {
        let label = h.for_json().split('.').next().unwrap_or_default();
        label.to_ascii_lowercase()
    };
    let same = |h: &&LogText| s.host.map(first) == Some(first(h));
    let elsewhere = s.host.is_some() && !c.hosts.is_empty() && !c.hosts.iter().any(same);
    let named: BTreeSet<String> = identifiers(s.text).collect();
    let lines = c.events.iter().map(|e| excerpt(e));
    elsewhere && !lines.flat_map(identifiers).any(|n| named.contains(&n))
}

/// What was altered, or taken away where anybody is refused, as the failures end.
pub(super) fn ended_with<'a>(case: &'a Case<'a>) -> Option<(String, &'a Event)> {
    let is_refused = |t: &&TemplateFact| t.example.fault().is_some_and(|f| f.is_of(INFO.class));
    let mut refused = case.templates.iter().filter(is_refused);
    altered_as_it_ends(case).or_else(|| {
        let text = |t: &'a TemplateFact| names::said(t.example.text());
        let (name, e) = refused.find_map(|t| taken_away(case, (t.host.as_ref(), text(t))))?;
        Some((name.to_owned(), e))
    })
}

/// What the one statement alters that is typed in the seconds in which the failures end.
fn altered_as_it_ends<'a>(case: &Case<'a>) -> Option<(String, &'a Event)> {
    let at_once = |e: &&Event| e.time.is_some_and(|t| (t.0 - case.end.0).abs() <= AT_ONCE);
    let typed = case.events.iter().filter(|e| e.text.states_a_command());
    let mut altering = typed
        .filter(at_once)
        .filter_map(|e| Some((altered(quoted(e)?)?, e)));
    let only = altering.next().filter(|_| case.recovered)?;
    altering.next().is_none().then_some(only)
}

/// The account that is refused, where a message names one and no other: people who sign in are many.
pub(super) fn account(case: &Case<'_>, signs: &[Sign<'_>]) -> Option<String> {
    let of_class = signs.iter().filter(|s| s.is(INFO.class));
    of_class
        .filter_map(|s| Some((s, names::account(s.text)?)))
        .find(|(s, account)| {
            let same = |t: &&TemplateFact| t.evidence.as_slice() == s.evidence;
            let template = case.templates.iter().find(same);
            template.is_some_and(|t| t.text.for_json().contains(account.as_str()))
        })
        .map(|(_, account)| account)
}

/// When an account was refused for the first time, in any log.
pub(super) fn first_refused(case: &Case<'_>, account: &str) -> Option<Instant> {
    let of_it = |t: &&TemplateFact| {
        let text = t.example.text();
        names::account(text).as_deref() == Some(account)
            && t.example.fault().is_some_and(|f| f.is_of(INFO.class))
    };
    case.templates.iter().filter(of_it).map(|t| t.first).min()
}

/// The account that a line of a refusal names beside its message, where a credential of that name was changed.
pub(super) fn account_of_line(
    case: &Case<'_>,
    signs: &[Sign<'_>],
    all: &[Change<'_>],
) -> Option<String> {
    let of_class = signs.iter().filter(|s| s.is(INFO.class));
    let lines = of_class.flat_map(|s| s.evidence);
    let raw = lines.filter_map(|e| e.excerpt.as_ref());
    let mut accounts = raw.filter_map(|line| names::account(line.for_json()));
    accounts.find(|a| {
        let tied = credential::of(case, all, Some(a), "");
        tied.is_some_and(|(_, tie)| tie == TiedBy::Name)
    })
}
