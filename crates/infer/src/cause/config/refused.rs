//! Who or what is refused, by the refusals themselves and by what is done as they end. Which change that is laid to is for the rule.

use super::{CALL, INFO};
use crate::cause::case::{Case, TemplateFact, quoted};
use crate::cause::change::Change;
use crate::cause::change::credential::{self, TiedBy};
use crate::cause::ends::taken_away;
use crate::cause::failure_shape;
use crate::cause::ledger::shortened;
use crate::cause::names;
use crate::cause::symptoms::Sign;
use coroner_lines::record::MarkerKind;
use coroner_lines::time::Instant;

/// What is set as the failures end where a refusal comes from: where nothing else does, that names what was refused.
pub(super) fn put_right<'a>(case: &Case<'a>, refused: &Sign<'a>) -> Option<&'a str> {
    let act = failure_shape::act_on(case, refused)?;
    quoted(act).filter(|_| act.kind == MarkerKind::ConfigChange)
}

/// What is taken away where anybody is refused, as the failures end.
pub(super) fn ended_with(case: &Case<'_>) -> Option<String> {
    let is_refused = |t: &&TemplateFact| t.example.fault().is_some_and(|f| f.is_of(INFO.class));
    let mut refused = case.templates.iter().filter(is_refused);
    refused.find_map(|t| {
        let said = names::said(t.example.text());
        Some(taken_away(case, (t.host.as_ref(), said))?.0.to_owned())
    })
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

/// The first and the last word of a command that is too long for a name; a statement says what it does first.
pub(super) fn program_and_object(command: &str) -> String {
    if names::table(command).is_some() {
        return shortened(command, CALL);
    }
    let ends = command.split_once(' ').zip(command.rsplit_once(' '));
    match ends.filter(|_| command.len() > CALL) {
        Some(((program, _), (_, object))) => format!("{program} … {object}"),
        None => command.to_owned(),
    }
}
