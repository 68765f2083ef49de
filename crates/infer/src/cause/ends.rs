//! What is done as the failures end, and what it undoes. Which cause that speaks for is for the rules.

use crate::cause::case::Case;
use crate::cause::case::quoted;
use crate::cause::commands::{files, frees, only_looks, takes_away, writes_files};
use crate::cause::identifiers::{identifiers, known};
use crate::cause::ledger::{Aspect, Scale, ends_with, lines};
use crate::cause::names;
use crate::cause::subjects;
use crate::model::Event;
use coroner_lines::marker::altered;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::text::words::sets_back;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeSet;

/// Weight in nats of an end that comes with the rollback or the next change back.
pub(super) const ENDED: f64 = 1.2;
/// The same where the very object of the change is named again, or the change itself ends: that this is done in the two minutes of
/// the end is a coincidence of one in some ten where it did not help.
pub(super) const UNDONE: f64 = 2.2;

/// What may end an incident because somebody did it.
pub(super) const ACTS: &[MarkerKind] = {
    use MarkerKind::*;
    &[
        DeployStart,
        DeployFinish,
        VersionChange,
        RollbackStart,
        RollbackFinish,
        ConfigChange,
        FeatureFlag,
        MigrationRollback,
        Scale,
        Failover,
        Restart,
        ServiceStart,
        MitigationStart,
        MitigationFinish,
    ]
};

/// How long before the end of the failures what ended them was done, at most.
const BEFORE_THE_END: i64 = 120 * SECOND;
/// The same where what is done is the change of something that was changed before the failures: it may take minutes to take effect.
const TAKES_EFFECT: i64 = 300 * SECOND;
/// The same of a statement, which may have to build an index first.
const BUILDS: i64 = 600 * SECOND;
/// How long after the end a line may report it: one that reports what is done, and one that says what is being done.
const REPORTED: i64 = 30 * SECOND;
const DONE: i64 = 2 * SECOND;

/// Whether an event is done as the failures end, if only for now.
pub(super) fn is_at_the_end(case: &Case<'_>, e: &Event) -> bool {
    let at_the_end = |t: Instant| {
        let soon = case
            .ends()
            .any(|end| t.0 >= end.0 - BEFORE_THE_END && t <= latest_end(end, e.kind));
        soon && t > case.onset_bounds().1
    };
    e.time.is_some_and(at_the_end) && !is_routine(case, e)
}

/// How soon the failures come back after what brings them is done once more, at most.
const COMES_BACK: i64 = 60 * SECOND;

/// How long after an event the failures come back after a pause, where that is soon.
pub(super) fn comes_back(case: &Case<'_>, e: &Event) -> Option<i64> {
    let t = e.time?;
    let mut lags = case.pauses.iter().map(|p| p.1.since(t));
    lags.find(|lag| (0..=COMES_BACK).contains(lag))
}

/// Others of its kind from which on an act is one that goes on all the time.
const ROUTINE: usize = 3;

/// Whether an act is one of many that say the same but for their figures (`DROP TABLE tmp_4`, `DROP TABLE tmp_13`), before the failures, too.
fn is_routine(case: &Case<'_>, e: &Event) -> bool {
    fn words(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|b| !b.is_ascii_digit())
    }
    let Some(own) = quoted(e) else { return false };
    let alike = |o: &&Event| {
        let said = quoted(o).filter(|said| o.time.is_some() && o.kind == e.kind && *said != own);
        said.is_some_and(|said| words(said).eq(words(own)))
    };
    let mut alike = case.events.iter().filter(alike).take(ROUTINE);
    let before = alike
        .next()
        .and_then(|o| o.time)
        .is_some_and(|t| t < case.onset);
    before && alike.count() + 1 == ROUTINE
}

/// Until when an event of a kind may be what ended the failures at their end: what is begun after it did not.
pub(super) fn latest_end(end: Instant, kind: MarkerKind) -> Instant {
    use MarkerKind::*;
    let begins = matches!(
        kind,
        DeployStart | RollbackStart | Restart | ServiceStop | Scale | MitigationStart
    );
    Instant(end.0 + if begins { DONE } else { REPORTED })
}

/// The same of any command that does something: people try few in a minute.
pub(super) const AT_HAND_S: i64 = 120;

/// What somebody takes away or puts an end to as the failures end, on a host or naming what is said of it, and the row that
/// says so; what is started again was not in the way.
pub(super) fn taken_away<'a>(
    case: &'a Case<'a>,
    (on, said): (Option<&LogText>, &str),
) -> Option<(&'a str, &'a Event)> {
    let names_it = |e: &Event| {
        // by the name that instances share
        let shared = |w: &'_ str| w.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        let named = |w: &str| w.len() >= 5 && w.contains('-') && !w.starts_with('-');
        let mut words = quoted(e).unwrap_or_default().split_whitespace().map(shared);
        words.any(|w| named(&w) && said.contains(&w))
    };
    let here = |e: &&Event| {
        let host = on.is_some_and(|h| e.host.as_ref() == Some(h));
        // what a history holds is stated as what it does
        let command = e.text.states_a_command() || e.kind == MarkerKind::MitigationStart;
        command && (host || names_it(e))
    };
    let all = case.events.iter().filter(here);
    let begins = |name: &str| {
        let mut starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
        let of = |e: &Event| e.service.as_ref().is_some_and(|s| s.for_json() == name);
        starts.any(|(e, t)| t > case.onset_bounds().1 && of(e))
    };
    let name = |e: &&'a Event| {
        let name = takes_away(quoted(e)?)?;
        (!begins(name)).then_some((name, *e))
    };
    let at_the_end = |e: &&Event| is_at_the_end(case, e);
    let slowly = |e: &&Event| takes_effect(case, e, TAKES_EFFECT);
    let mut at_once = all.clone().filter(at_the_end).filter_map(|e| name(&e));
    // what is taken away while it is open stays until it is closed
    at_once
        .next()
        .or_else(|| all.filter(slowly).find_map(|e| name(&e)))
}

/// Whether an event is done at most so long before the end, or reported at it: it may have ended the failures where it takes effect slowly.
fn takes_effect(case: &Case<'_>, e: &Event, most: i64) -> bool {
    let long = |t: Instant| t > case.onset_bounds().1 && case.end.0 - t.0 <= most;
    let due = e
        .time
        .is_some_and(|t| t <= latest_end(case.end, e.kind) && long(t));
    case.recovered && due && !is_routine(case, e)
}

/// What the last command takes away, wherever it was typed, with which the failures end, and its row.
pub(super) fn cleared_away<'a>(case: &'a Case<'a>) -> Option<(&'a str, &'a Event)> {
    let typed = |e: &&Event| e.text.states_a_command() && is_at_the_end(case, e);
    let mut last = case.events.iter().rev().filter(typed);
    last.find_map(|e| Some((takes_away(quoted(e)?)?, e)))
}

/// Whether an event that comes as the failures end undoes an earlier one: another command on the same host to the
/// same program or with the same file, or another change of the object, by its path or identifier, that the earlier one names.
pub(super) fn undoes(case: &Case<'_>, earlier: &Event, e: &Event) -> bool {
    let slowly = |e: &Event| {
        let statement = quoted(e).is_some_and(|t| altered(t).is_some());
        let most = if statement { BUILDS } else { TAKES_EFFECT };
        takes_effect(case, e, most)
    };
    // who takes a page, or says that he looks at something, does nothing to it
    if !e.text.states_a_command() && is_talk(e.kind) {
        return false;
    }
    // what was loaded anew shows no change that could be undone
    if earlier.text.states_a_reload() && !earlier.text.states_a_command() {
        return false;
    }
    // nor is what brings them back a repair
    if comes_back(case, e).is_some() {
        return false;
    }
    let commands = earlier.text.states_a_command();
    let slow = !is_at_the_end(case, e);
    if slow && (commands || !slowly(e)) || earlier.time >= e.time {
        return false;
    }
    is_same_undone(case, earlier, e)
}

/// Whether a row tells of a page or of what somebody says.
fn is_talk(kind: MarkerKind) -> bool {
    use MarkerKind::*;
    matches!(
        kind,
        AlertFired
            | AlertAcknowledged
            | AlertEscalated
            | AlertResolved
            | RecoveryClaimed
            | HumanNote
            | Finding
    )
}

/// Whether a later event is about what an earlier one did: that which [`undoes`] asks when it comes as the failures end.
fn is_same_undone(case: &Case<'_>, earlier: &Event, e: &Event) -> bool {
    let commands = earlier.text.states_a_command();
    let Some(a) = quoted(earlier) else {
        return false;
    };
    // an operation of a tool that is stopped or taken back by the name that it was begun with
    use MarkerKind::{
        ConfigChange, DeployFinish, DeployStart, FeatureFlag, RollbackFinish, RollbackStart,
        VersionChange,
    };
    if matches!(e.kind, RollbackStart | RollbackFinish) {
        // a rollback takes back the release of its service, where there is one
        let release = |o: &Event| {
            matches!(o.kind, DeployStart | DeployFinish | VersionChange)
                && o.service == e.service
                && o.time < e.time
                && o.service.is_some()
        };
        let released = case.events.iter().any(release);
        let set = matches!(earlier.kind, ConfigChange | FeatureFlag) && !released;
        let names = [&e.service, &e.version].into_iter().flatten();
        let mut names = names.map(|n| n.for_json()).filter(|n| n.len() >= 4);
        return set && names.any(|n| a.split_whitespace().any(|w| w == n));
    }
    let Some(b) = quoted(e) else {
        return false;
    };
    // what a command made that sets nothing filled a disk until it was taken away
    if commands && !writes_files(a) && frees(b) {
        return false;
    }
    match (commands, e.text.states_a_command()) {
        (true, true) => {
            // what is done on a host at both ends of the failures is hardly by chance
            let at_hand = earlier.time.is_some_and(|t| case.near(t, AT_HAND_S, 0));
            // what a file says may take force long after
            let same_file = || files(a).any(|f| files(b).any(|g| f == g));
            let undone = at_hand || writes_files(a) && same_file();
            let acts = a != b && !only_looks(b);
            acts && earlier.host == e.host && undone
        }
        (false, false) if earlier.kind == e.kind => {
            // what is masked may be anybody's
            let same = |of: fn(&str) -> Option<String>| {
                of(a).is_some_and(|x| !x.contains('«') && of(b) == Some(x))
            };
            match altered(a) {
                _ if sets_back(a, b) => true,
                Some(_) => a != b && same(altered),
                None if same(names::path) || same(names::identifier) => true,
                None => said_by(earlier).any(|a| sets_one(a, b)),
            }
        }
        _ => {
            is_at_the_end(case, e)
                && (names_a_file(a, b) || names_the_same(case, earlier.time, (a, b)))
        }
    }
}

/// Whether two lines give values to one setting: `CONFIG SET maxmemory-policy noeviction -> OK`, `config set maxmemory-policy allkeys-lru`.
fn sets_one(a: &str, b: &str) -> bool {
    let both = value_set(a).zip(value_set(b));
    both.is_some_and(|(a, b)| a.0 == b.0 && a.1 != b.1)
}

/// The setting that a line sets, and its value.
fn value_set(text: &str) -> Option<(String, &str)> {
    let mut words = text.split_whitespace();
    words.find(|w| w.eq_ignore_ascii_case("set"))?;
    let name = words.next()?.trim_matches(['"', '\'', '`']);
    let value = words.next()?;
    (name.len() >= 4).then(|| (name.to_ascii_lowercase(), value))
}

/// The setting that an event gave a value and another one gives another value as the failures end.
pub(super) fn set_again(case: &Case<'_>, earlier: &Event) -> Option<String> {
    let mut late = case.events.iter().filter(|e| undoes(case, earlier, e));
    late.find_map(|e| {
        let b = quoted(e)?;
        let again = said_by(earlier).find(|a| sets_one(a, b))?;
        Some(value_set(again)?.0)
    })
}

/// What a row says: the line that it quotes, and the others in which it was reported.
fn said_by(e: &Event) -> impl Iterator<Item = &str> {
    let cited = e.evidence.iter().filter_map(|e| e.excerpt.as_ref());
    quoted(e).into_iter().chain(cited.map(LogText::for_json))
}

/// The object of a statement with which the failures end, which may have taken its time, and its row.
pub(super) fn altered_at_the_end<'a>(case: &Case<'a>) -> Option<(String, &'a Event)> {
    let mut late = case.events.iter().rev();
    late.find_map(|e| Some((altered(quoted(e)?)?, e)).filter(|_| takes_effect(case, e, BUILDS)))
}

/// Whether an act of another kind is on the very file of a change: an editor that opens what a tool of configuration wrote, or a copy
/// that is put in its place, by its last name where it was typed in its folder.
fn names_a_file(change: &str, act: &str) -> bool {
    let last = |p: &'_ str| p.rsplit('/').next().map(str::to_owned);
    let is_file = |p: &&str| last(p).is_some_and(|f| f.contains('.'));
    let mut of = names::paths(change).filter(is_file);
    let here = |p: &str| writes_files(act) && files(act).any(|f| last(p).is_some_and(|l| l == f));
    !only_looks(act) && of.any(|p| names::paths(act).any(|q| p == q) || here(p))
}

/// Whether an act of another kind is about what a change names: both bear a name that stands in no message before the failures, or the
/// act is on the very resource, which tools may write in capitals.
fn names_the_same(case: &Case<'_>, at: Option<Instant>, (change, act): (&str, &str)) -> bool {
    let mut of: BTreeSet<String> = identifiers(change).collect();
    let resource = subjects::resource(change).and_then(|r| r.rsplit('.').next());
    of.extend(
        resource
            .filter(|r| r.len() >= 6)
            .map(str::to_ascii_lowercase),
    );
    let words = act.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)));
    let words = identifiers(act).chain(words.map(str::to_ascii_lowercase));
    let mut both = words.filter(|n| of.contains(n)).peekable();
    if only_looks(act) || both.peek().is_none() {
        return false;
    }
    // several lines report a change
    let since = at.map_or(case.onset, |t| Instant(t.0 - REPORTED));
    let known = known(case, since);
    both.any(|n| !known.contains(&n))
}

/// A restart (or a rollback, which restarts) frees what was taken.
pub(super) fn freed(scale: &mut Scale, case: &Case<'_>, what: &str) {
    use MarkerKind::{Restart, RollbackFinish, RollbackStart, ServiceStart};
    let mut acts = case.timed(&[Restart, ServiceStart, RollbackStart, RollbackFinish]);
    let act = acts.find(|(e, t)| {
        *t > case.onset_bounds().1
            && *t <= latest_end(case.end, e.kind)
            && case.end.0 - t.0 <= 300 * SECOND
    });
    if let (true, Some((e, _))) = (case.recovered, act) {
        let step = match e.kind {
            RollbackStart | RollbackFinish => "the rollback",
            _ => "the restart",
        };
        let text = ends_with(case, e.time, &format!("{step}, which frees {what}"));
        scale.add(Aspect::Reversal, 0.9, text, lines(&e.evidence));
    }
}
