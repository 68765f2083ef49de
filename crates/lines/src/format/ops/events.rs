//! Events that somebody's own tool writes, or that a tool exports: a JSON object, `key=value` pairs or the row of a table with a
//! time, a state and the name or version of what it is about: releases, pipelines, configurations, flags, alerts. All words of
//! an act must be known (`deploy_requested` and `order.released` are none), and what reports a request is one of a web server.

use super::acts::{Act, Stage, is_set, is_turned, stage, turn_of};
use super::alerts::{alert, is_relayed, member, moved, speaks_of_alerts};
use super::audited::{audited, changes_nothing, may_be};
use super::cloud_audit::done_to;
use super::launched::launched;
use super::named::{NamedFields, TURNED, is_in};
use super::notices::{ACTORS, STATES, VERSIONS, is_live, notice, version};
use super::roles::Turn;
use super::runs::run;
use super::spans::span;
use super::told::told;
use crate::format::pager::value;
use crate::marker::event;
use crate::record::{Body, Kind, MarkerKind, Notice, Record};
use crate::text::environment::may_be_production;
use crate::text::words::{AnyText, split};
use crate::time::Stamp;
use std::sync::LazyLock;

/// Keys under which the act stands.
const ACTS: &str = "event action type event_type eventtype event_name kind operation operation_name activity ev msg message";
const OBJECTS: &str = "service app application service_name app_name component project deployment workload repo repository chart name";
const FLAGS: &str = "feature flag flag_key flag_name feature_flag featureflag feature_name toggle";
const SETTINGS: &str = "key keys setting parameter variable file path config";
/// Keys of what an audit says something was done to, whatever that is.
const TARGETS: &str = "object target resource item";
/// Keys of what it is called, where those say of what kind it is.
const CALLED: &str = "entity_id object_id target_id resource_id item_id";
/// Keys of what may be a user's or a setting.
const COLUMNS: &str = "field attribute column property";
/// Keys of requests.
const REQUESTS: &str = "method uri status_code user_agent";
/// Keys of those who write messages of many kinds.
const LOGGERS: &str = "levelname logger logger_name";
/// Keys of what something was before, and of what it is now.
const OLD: &str = "old old_value old_state previous previous_value before";
const NEW: &str = "new new_value new_state current current_value after value";

/// Parts of words of which every such event holds one.
const SPEAKS: &str = "eature eploy ollout ollback olled oll_back elease onfig lag oggle \"old \"Old old= ipeline orkflow \"job \"Job \
    lert larm ncident roblem hreshold rigger esolved scalated cknowledg \"ck Ack scalat ager onitor ecovery dedup tinyId rgency otify oncall on-call acked paged \"page \"ack ALERT _PHASE \
    revious work_start actual .begin _begin .start _start ResourceStatus resource_status estart ailover igrat aintenance cale erver rash tatus TATUS \"[FIRING \"[RESOLVED \"[ALERT \"[OK \"what\" \"What\" \"who\" \"Who\" \"by\" \"By\" \"CHG \"short_d";

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !matches!(line.first()?, b'{' | b'@' | b'a'..=b'z') {
        return None;
    }
    let line = line.trim_ascii_end();
    static ANY: LazyLock<AnyText> = LazyLock::new(|| AnyText::of(SPEAKS.split(' ')));
    // beyond which number something is an alert
    let limit = |sign: &&[u8]| memchr::memmem::find(line, sign).is_some();
    let usual = ANY.is_in(line) || [&b" > "[..], b" < ", b"->"].iter().any(limit);
    if !usual && !may_be(line) {
        return None;
    }
    let fields = NamedFields::of(line)?;
    let stamp = fields.stamp()?;
    let logger = || fields.has(LOGGERS) && !is_relayed(&fields);
    if moved(&fields).is_none() && (fields.first(REQUESTS).is_some() || logger()) {
        return None;
    }
    if !usual {
        let done = turned(&fields).or_else(|| audited(&fields))?;
        return Some(value::event(Some(stamp), done.into_iter().collect()));
    }
    let paged = |all| {
        let mut r = value::event(None, all);
        r.scope = Some(Kind::Pager);
        r
    };
    // what pages people names the job and the namespace that it is about, and is no run of them
    let of_alerts = || alert(&fields).filter(|all| !all.is_empty());
    if let Some(all) = speaks_of_alerts(&fields).then(of_alerts).flatten() {
        return Some(paged(all));
    }
    if let Some(notices) = change(&fields, stamp) {
        return Some(value::event(Some(stamp), notices));
    }
    alert(&fields).map(paged)
}

/// The changes that an object in the log of an application states by its members, beside its message. `None` where it is no such
/// event.
pub fn announced(line: &[u8]) -> Option<Vec<Notice<'_>>> {
    let Body::Notices(all) = parse(line)?.body else {
        return None;
    };
    // what has a time of its own is no event of this line
    let all: Vec<_> = all.into_iter().filter(|n| n.stamp.is_none()).collect();
    (!all.is_empty()).then_some(all)
}

/// What a message states by the pairs with which it ends: a flag that is switched (`[flipper] feature=wide operation=disable by=ada`),
/// or an act that an audit holds. `speaks`: whether its words may name an act.
pub fn in_pairs(text: &[u8], stamp: Stamp, speaks: bool) -> Option<Vec<Notice<'_>>> {
    let first = memchr::memchr(b'=', text).filter(|_| speaks || may_be(text))?;
    let key = text[..first].iter().rposition(|c| *c == b' ');
    let fields = NamedFields::of(&text[key.map_or(0, |at| at + 1)..])?;
    if fields.first(REQUESTS).is_some() {
        return None;
    }
    let front = &text[..key.map_or(0, |at| at + 1)];
    let front = || std::str::from_utf8(front).unwrap_or_default();
    let released = speaks.then(|| launched(&fields, front())).flatten();
    let all = match fields.first(FLAGS) {
        Some(_) => change(&fields, stamp)?,
        None if released.is_some() => released.into_iter().collect(),
        None => turned(&fields)
            .or_else(|| audited(&fields))?
            .into_iter()
            .collect(),
    };
    (!all.is_empty()).then_some(all)
}

/// What a line of a program that speaks of an alert states of it by its members.
pub fn alerted(line: &[u8]) -> Option<Vec<Notice<'_>>> {
    member(&NamedFields::of(line)?)
}

/// The change that the fields state; nothing where it is one that does not count: not begun, or not of production.
fn change<'a>(f: &NamedFields, stamp: Stamp) -> Option<Vec<Notice<'a>>> {
    // what has both its ends is a run, whatever its stages are called
    let whole = f.started().is_some() && f.ended().is_some();
    if let Some(of_run) = whole.then(|| run(f, stamp)).flatten() {
        return Some(of_run);
    }
    // a row that says when it began is one of what people did
    let begun = f.started().is_some();
    if let Some(told) = begun.then(|| told(f, stamp, false)).flatten() {
        return Some(told);
    }
    let one = |n: Option<Notice<'a>>| n.into_iter().collect();
    turned(f)
        .or_else(|| reworded(f))
        .map(one)
        .or_else(|| acted(f))
        .or_else(|| at_stage(f).map(one))
        .or_else(|| named(f).map(one))
        .or_else(|| span(f).map(Some).map(one))
        .or_else(|| provisioned(f).map(one))
        .or_else(|| run(f, stamp))
        .or_else(|| launched(f, "").map(Some).map(one))
        .or_else(|| told(f, stamp, true))
        .or_else(|| audited(f).map(one))
}

/// What was done, as a line says it: where it has both ends, when it began and how it ended.
fn acted<'a>(f: &NamedFields) -> Option<Vec<Notice<'a>>> {
    let named = ACTS.split(' ').find_map(|k| {
        let said = f.text(k).filter(|s| s.len() <= 48)?;
        let (act, rest) = Act::of(said, f.first(FLAGS).is_some())?;
        Some((said, act, rest))
    });
    let by_state = named.is_none();
    let (said, act, mut rest) = named.or_else(|| becoming(f))?;
    // what it is done to may stand in one member, and what is done in another: `"type":"flag","action":"updated"`
    let kind = rest.is_empty() && matches!(act, Act::Flag | Act::Config);
    let verb = f.first("action operation verb");
    let verb = verb.filter(|v| kind && split(v).iter().all(|w| is_turned(w)));
    rest.extend(verb.map(str::to_owned));
    // how it ended is no part of what it is: a change that failed is none
    let outcome = f.first(STATES).filter(|_| !by_state);
    let switched = matches!(act, Act::Flag | Act::Config);
    let ended =
        |stage| outcome.is_some_and(|s| split(s).iter().any(|w| self::stage(w) == Some(stage)));
    if switched && ended(Stage::Failed) {
        return Some(Vec::new());
    }
    let state = outcome
        .filter(|_| !(switched && ended(Stage::Done)))
        .or(verb);
    let object = match act {
        Act::Flag => f
            .first(FLAGS)
            .or_else(|| f.first("key"))
            .or_else(|| f.first("name").filter(|_| verb.is_some())),
        Act::Config => f.first(OBJECTS).or_else(|| f.first(SETTINGS)),
        _ => f.first(OBJECTS),
    };
    // that of such an object is its own form's
    let version = version(f, VERSIONS).filter(|_| verb.is_none() && act != Act::Flag);
    let is_named = object.is_some() || version.is_some();
    let named = match act {
        Act::Release => version.is_some(),
        Act::Rollback => version.is_some() || is_named && (state.is_some() || !rest.is_empty()),
        _ => is_named,
    };
    if !named {
        return None;
    }
    let ends = f.started().zip(f.ended());
    // what has a place for its beginning and none there was called off before
    let called_off = ended(Stage::Failed) && f.is_without(Turn::Begun);
    if called_off {
        return Some(Vec::new());
    }
    let last = act.kind(&rest, state);
    let kinds = match ends {
        Some((from, to)) if !switched => {
            let begun = last.map(|_| (act.at(Stage::Begun), Some(from)));
            let ended = last.filter(|kind| *kind != act.at(Stage::Begun));
            [begun, ended.map(|kind| (kind, Some(to)))]
        }
        Some((from, _)) => {
            let set =
                (act == Act::Config && ended(Stage::Done)).then_some(MarkerKind::ConfigChange);
            [last.or(set).map(|kind| (kind, Some(from))), None]
        }
        None => [last.map(|kind| (kind, None)), None],
    };
    let kinds = kinds.into_iter().flatten().filter(|_| is_live(f));
    let notices = kinds.map(|(kind, at)| {
        let turned = f.text(TURNED).filter(|_| switched);
        let parts = [Some(said), state, object, turned, version.as_deref()];
        let mut n = notice(f, kind, &parts, f.first(OBJECTS), version.clone());
        n.group = value::owned(object.filter(|_| act == Act::Flag).map(str::to_owned));
        n.stamp = at;
        n
    });
    Some(notices.collect())
}

/// What becomes of a version of something, where its state is an act: `"service":"shop","status":"DEPLOYING","tag":"1.89.0"`.
fn becoming(f: &NamedFields) -> Option<(&str, Act, Vec<String>)> {
    let said = f.first(STATES)?;
    let stated = version(f, VERSIONS).is_some() || f.first(ACTORS).is_some();
    let whole = f.first(OBJECTS).is_some() && stated;
    let (act, rest) = Act::of(said, false).filter(|_| whole)?;
    matches!(act, Act::Deploy | Act::Rollback).then_some((said, act, rest))
}

/// How far a release is, where a key says of what (`"rolloutUpdateType":"SUCCEEDED"`).
fn at_stage<'a>(f: &NamedFields) -> Option<Option<Notice<'a>>> {
    let (what, state) = f.stage_of(|w| stage(w).is_some())?;
    let what: Vec<&str> = what.split('_').filter(|w| *w != "update").collect();
    let (act, rest) = Act::of(&what.join("_"), false)?;
    let version = version(f, VERSIONS)?;
    let object = f.first(OBJECTS).or_else(|| f.first("pipeline"));
    let releases = matches!(act, Act::Deploy | Act::Release | Act::Rollback) && object.is_some();
    let kind = act.kind(&rest, Some(state)).filter(|_| is_live(f));
    let parts = [
        Some(what.last().copied()?),
        Some(state),
        object,
        Some(version.as_str()),
    ];
    let said = || kind.map(|kind| notice(f, kind, &parts, object, Some(version.clone())));
    releases.then(said)
}

/// What the name of an event states, whose words are all known.
fn named<'a>(f: &NamedFields) -> Option<Option<Notice<'a>>> {
    let names = ACTS.split(' ').take_while(|k| *k != "msg");
    let said = names
        .filter_map(|k| f.text(k))
        .find(|s| s.len() <= 48 && event(s).is_some());
    // who does it makes of a state an act
    let done = || f.first(STATES).filter(|_| f.first(ACTORS).is_some());
    let said = said.or_else(done)?;
    let kind = event(said)?;
    let object = f.first(OBJECTS);
    let failed = f
        .first(STATES)
        .is_some_and(|s| split(s).iter().any(|w| stage(w) == Some(Stage::Failed)));
    if Act::of(said, false).is_some() {
        return None;
    }
    let stated = !failed && is_live(f);
    let version = version(f, VERSIONS);
    let parts = [Some(said), object];
    Some(stated.then(|| notice(f, kind, &parts, object, version)))
}

/// A flag or a setting that had one value and has another now.
fn turned<'a>(f: &NamedFields) -> Option<Option<Notice<'a>>> {
    let flag = f.first(FLAGS);
    let known = flag.or_else(|| f.first(SETTINGS));
    // of a setting only where it is said who set it
    let set = flag.is_some() || f.first(ACTORS).is_some();
    let acted = ACTS.split(' ').find_map(|k| f.text(k));
    let words = split(acted.unwrap_or_default());
    let target = || {
        let target = f.first(TARGETS).filter(|_| !words.is_empty())?;
        let kind = words.iter().any(|w| w == target);
        f.first(CALLED).filter(|_| kind).or(Some(target))
    };
    let what = known.or_else(|| f.first(COLUMNS).or_else(target).filter(|_| set))?;
    let ends = set && f.has("from") && f.has("to");
    let whole = f.text(TURNED).filter(|_| set);
    let (old, new) = match (ends, whole) {
        (true, _) => (f.first("from").unwrap_or_default(), f.first("to")?),
        (false, Some(turned)) => ("", turned),
        (false, None) if f.has(OLD) => (f.first(OLD).unwrap_or_default(), f.first(NEW)?),
        (false, None) => f.turn().filter(|_| set)?,
    };
    let failed = f
        .first(STATES)
        .is_some_and(|s| split(s).iter().any(|w| stage(w) == Some(Stage::Failed)));
    let drafted = words.iter().any(|w| changes_nothing(w));
    if old == new || failed || drafted || !is_live(f) || !may_be_production(what) {
        return Some(None);
    }
    // `flag.set` of what stands in another column
    let is_flag = |w: &String| is_in(FLAGS, w);
    let flag = flag.or_else(|| {
        known
            .is_none()
            .then_some(what)
            .filter(|_| words.iter().any(is_flag))
    });
    let done = || words.iter().rev().find_map(|w| done_to(w, what));
    let kind = match (flag, known) {
        (Some(_), _) => MarkerKind::FeatureFlag,
        (None, Some(_)) => MarkerKind::ConfigChange,
        (None, None) => done().unwrap_or(MarkerKind::ConfigChange),
    };
    let said = match whole.filter(|_| !ends) {
        Some(turned) => Some(turned.to_owned()),
        None => turn_of(old, new),
    };
    // an act of no known kind says what it was
    let act = acted.filter(|_| known.or(flag).is_none());
    let parts = [
        act,
        Some(what),
        said.as_deref().or(act.is_none().then_some("changed")),
    ];
    let mut n = notice(f, kind, &parts, None, None);
    n.group = value::owned(flag.map(str::to_owned));
    if known.or(flag).is_none() {
        n.confidence = Notice::ANY_ACT;
    }
    Some(Some(n))
}

/// What somebody set from one value to another, as one member says it: `newSearch / Production: share of users 1% -> 100%`.
fn reworded<'a>(f: &NamedFields) -> Option<Option<Notice<'a>>> {
    f.first(ACTORS)?;
    let (said, old, new) = f.values().find_map(|said| {
        let (front, behind) = ["->", "→", "=>"].iter().find_map(|a| said.split_once(a))?;
        let (what, old) = front.trim_end().rsplit_once(' ')?;
        let new = behind.trim_start().split([' ', ',', ';']).next()?;
        let named = what.contains(|c: char| c.is_alphabetic());
        (named && is_set(old) && is_set(new) && old != new).then_some((said, old, new))
    })?;
    let number = |v: &str| v.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    let share = said.to_lowercase().contains("percent");
    let kind = match number(old) && number(new) && !share {
        true => MarkerKind::ConfigChange,
        false => MarkerKind::FeatureFlag,
    };
    let set = is_live(f) && may_be_production(said);
    // what it is of may stand beside it
    let flag = f.first(FLAGS).or_else(|| f.first("name key"));
    let flag = flag.filter(|name| !said.contains(name));
    Some(set.then(|| {
        let mut n = notice(f, kind, &[flag, Some(said)], None, None);
        n.group = n.group.or_else(|| value::owned(flag.map(str::to_owned)));
        n
    }))
}

/// What an infrastructure tool begins to make, to change or to take away.
fn provisioned<'a>(f: &NamedFields) -> Option<Option<Notice<'a>>> {
    let state = f.text("resource_status")?;
    let words = split(state);
    let begun = words
        .first()
        .is_some_and(|w| is_in("create update delete import", w))
        && words[1..] == ["in", "progress"];
    let what = f.first("stack_name stack resource_name logical_resource_id")?;
    let resource = f.text("resource_type");
    let parts = [Some(what), resource, Some(state)];
    // what goes back as a whole, not each part of it: `UPDATE_ROLLBACK_COMPLETE` of a stack
    let whole = resource.is_none_or(|k| k.ends_with("Stack"));
    let last = words.last().and_then(|w| stage(w));
    let back = words.iter().any(|w| w == "rollback") && !words.iter().any(|w| w == "cleanup");
    let back = last.filter(|_| whole && back).map(|s| Act::Rollback.at(s));
    let kind = back.or(begun.then_some(MarkerKind::ConfigChange));
    let service = back.and(Some(what));
    let kind = kind.filter(|_| is_live(f));
    Some(kind.map(|kind| notice(f, kind, &parts, service, None)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;
    use crate::time::Precision;

    #[test]
    fn flags_that_pairs_at_the_end_of_a_message_switch() {
        for [text, want] in tried("flag pairs") {
            let all = in_pairs(text.as_bytes(), Stamp::utc(0, Precision::Second), true);
            let titles = all
                .iter()
                .flatten()
                .map(|n| String::from_utf8_lossy(&n.title));
            assert_eq!(
                titles.collect::<Vec<_>>().join("; "),
                want.replace('-', ""),
                "{text}"
            );
        }
    }
}
