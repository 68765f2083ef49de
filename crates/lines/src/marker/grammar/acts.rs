//! What is done to releases, data, settings, flags and sizes: a verb, how far it is, and what it is done to.

use super::clause::Word;
use super::leaders::{failover, part};
use super::lexicon::{
    ARTICLE, BEGIN, DONE, HELP, MAINTENANCE, OTHER, PREPOSITION, PRODUCTION, RELEASED, REPLICA,
    SCHEMA, Verb, VerbForm,
};
use super::lists::{packed, words};
use super::settings::{change, commanded, configuration, reload, typed};
use super::stages::{StatedAct, stage};
use super::{Found, Progress, begins, negated};
use crate::marker::command::{behind_prompt, shown};
use crate::record::MarkerKind::*;
use crate::text::words::split;

/// What a shown command does; else what one behind a prompt puts live: a program, a version and where to
/// (`+ ./push.sh billing 2.1.0 prod`).
pub(super) fn command(text: &[u8], c: &[Word<'_>]) -> Option<Found> {
    let whole = |kind| Found::new(kind, c, 0, c.len() - 1, 60);
    if let Some(kind) = shown(text) {
        return Some(whole(kind));
    }
    let prompt = behind_prompt(text).is_some();
    let back = c.iter().any(|w| {
        w.verb() == Some(Verb::Rollback) || memchr::memmem::find(w.text, b"rollback").is_some()
    });
    let kind = if back { RollbackStart } else { DeployStart };
    let live = c.iter().any(|w| w.is(PRODUCTION)) && c.iter().any(Word::is_version);
    (prompt && live && !negated(c, c.len() - 1)).then(|| whole(kind))
}

/// What a clause states to be done.
pub(super) fn find(text: &[u8], c: &[Word<'_>]) -> Option<Found> {
    (0..c.len()).find_map(|i| {
        // who speaks may be called by what it does
        let numbered = c.get(i + 1).is_some_and(|n| n.bracketed && n.tag);
        let speaks = (c[i].tag && c[i].form() != Some(VerbForm::Ed) || numbered)
            && c[i + 1..].iter().any(|w| {
                matches!(
                    w.verb(),
                    Some(
                        Verb::Deploy
                            | Verb::Rollback
                            | Verb::Upgrade
                            | Verb::Migrate
                            | Verb::Restart
                    )
                )
            });
        if let Some((kind, _)) = commanded(c, i)
            .or_else(|| typed(c, i))
            .or_else(|| sized(c, i))
        {
            return Some(Found::new(kind, c, i, i, 80));
        }
        if c[i].quoted || c[i].key.is_some() || speaks {
            return None;
        }
        // what runs before a deploy begins it, and what runs behind it ends it
        let hook = c[i].any(words!("pre-deploy predeploy post-deploy postdeploy"));
        if hook && !is_other(c, i) && c.len() < 12 {
            let kind = if c[i].any(words!("pre-deploy predeploy")) {
                DeployStart
            } else {
                DeployFinish
            };
            return (!negated(c, i)).then(|| Found::new(kind, c, i, i, 60));
        }
        let found = match c[i].verb() {
            Some(Verb::Deploy | Verb::Upgrade) => deploy(c, i),
            Some(Verb::Rollback) => rollback(c, i),
            Some(Verb::Migrate) => migration(c, i),
            Some(Verb::Scale) => scale(c, i),
            Some(Verb::Failover | Verb::Promote) => failover(c, i),
            Some(Verb::Change | Verb::Write | Verb::Turn) => change(text, c, i),
            Some(Verb::Reload) => reload(text, c, i),
            _ => None,
        };
        let found = found
            .or_else(|| back(c, i))
            .or_else(|| part(c, i))
            .or_else(|| configuration(c, i))
            .or_else(|| maintenance(c, i));
        let (kind, to) = found?;
        (!negated(c, i.max(to))).then(|| Found::new(kind, c, i, to, 80))
    })
}

/// Whether what stands beside a verb is another thing that is released, started or migrated.
pub(super) fn is_other(c: &[Word<'_>], i: usize) -> bool {
    let next = (i + 1..c.len()).find(|j| !c[*j].is(ARTICLE) && !c[*j].eq("of"));
    let other = |j: usize| c.get(j).is_some_and(|w| w.is(OTHER) && !w.quoted);
    next.is_some_and(other) || i > 0 && other(i - 1)
}

fn is_release(w: &Word<'_>) -> bool {
    w.is_version() || w.is(PRODUCTION) || w.is_name()
}

/// Whether an act heads a message, and behind it stands what it was done to with a version, and either who did it, or the version before,
/// or nothing more: `Deploy 41fbb20c by user kim`, `ROLLBACK requested by kim: shop -> r4.1`, `rollback shop to 4.1.0`.
fn is_heading(c: &[Word<'_>], i: usize) -> bool {
    let behind = &c[i + 1..];
    let version = behind.iter().take(6).position(Word::is_version);
    let led = |n: usize| n > 0 && behind[n - 1].is(PREPOSITION);
    // what it is about stands at once, or behind a colon
    let version =
        version.filter(|n| *n < 2 + usize::from(led(*n)) || behind[..*n].iter().any(|w| w.tag));
    let called = matches!(c[i].form(), Some(VerbForm::Base | VerbForm::Noun));
    let Some(n) = version.filter(|_| called && begins(c, i)) else {
        return false;
    };
    let by = |w: &Word<'_>| w.any(words!("by created durch von por par"));
    let two = behind.get(n + 1).is_some_and(Word::is_version);
    let whole = led(n);
    let rest = &behind[n + 1..];
    two || behind.iter().take(4).any(by)
        || whole && (rest.is_empty() || rest.iter().any(|w| by(w) || w.bracketed))
}

/// What is on its former version again: `shop is back on 4.1.0`, `putting 4.1.0 back`, `rolling shop back to 4.1.0`.
fn back(c: &[Word<'_>], i: usize) -> StatedAct {
    if !c[i].eq("back") {
        return None;
    }
    let on = c.get(i + 1).is_some_and(|w| w.any(words!("on to at")))
        && c.get(i + 2).is_some_and(Word::is_version);
    let put = i > 1 && c[i - 1].is_version() && c[i - 2].any(words!("put putting"));
    let came = i > 0 && (c[i - 1].is(HELP) || c[i - 1].any(words!("went gone")));
    let rolled = |j: &usize| c[*j].any(words!("rolling rolled"));
    let rolled = (i.saturating_sub(4)..i.saturating_sub(1)).rfind(rolled);
    // `shop 4.1.0 is back on prod-eu`
    let version = |w: &Word<'_>| w.is_version();
    let returned = c.get(i + 1).is_some_and(|w| w.any(words!("on in live")));
    if came && returned && c[i.saturating_sub(3)..i].iter().any(version) {
        return Some((RollbackFinish, i + 1));
    }
    match (on && came, put, rolled) {
        (true, ..) => Some((RollbackFinish, i + 2)),
        (_, true, _) => Some((RollbackStart, i)),
        (.., Some(j)) if c[j].eq("rolling") => Some((RollbackStart, i)),
        (.., Some(_)) if on => Some((RollbackFinish, i + 2)),
        _ => None,
    }
}

fn deploy(c: &[Word<'_>], i: usize) -> StatedAct {
    let (stage, to) = stage(c, i);
    if is_other(c, i) {
        return None;
    }
    // changes that are brought to a database are no release
    if let [changes, to, base, ..] = &c[i + 1..]
        && changes.eq("changes")
        && to.eq("to")
        && (base.is(SCHEMA) || base.text.starts_with(b"db:") || base.tag)
    {
        return Some((
            stage?.of(MigrationStart, MigrationFinish, MigrationFinish),
            i,
        ));
    }
    let digit = |w: &Word<'_>| w.opens_with(u8::is_ascii_digit);
    // what was released on a day is stated of that day
    let dashes = |w: &Word<'_>| w.text.iter().filter(|b| **b == b'-').count();
    let dated = |w: &Word<'_>| w.text.len() == 10 && dashes(w) == 2 && digit(w);
    if c[i].form() == Some(VerbForm::Ed) && c[i + 1..].iter().take(2).any(dated) {
        return None;
    }
    // units are called so by whoever starts them: `Started Unattended Upgrades Shutdown`
    let title = |w: &Word<'_>| w.text.first().is_some_and(u8::is_ascii_uppercase);
    let lives = matches!(c[0].verb(), Some(Verb::Start | Verb::Stop));
    if lives && i > 0 && c[0].at == 0 && title(&c[i]) && !c.iter().any(Word::is_version) {
        return None;
    }
    if stage.is_none() && is_heading(c, i) {
        return Some((DeployStart, i));
    }
    // `Replaced deployment "shop.war"`
    let put =
        i > 0 && c[i - 1].verb() == Some(Verb::Write) && c[i - 1].form() == Some(VerbForm::Ed);
    if put && begins(c, i - 1) && c.get(i + 1).is_some_and(|w| w.quoted) {
        return Some((DeployFinish, i));
    }
    let behind = &c[i + 1..];
    let called = |w: &[Word<'_>]| w[0].any(words!("version release build")) && digit(&w[1]);
    let count = c.windows(2).any(called);
    let upgrade = c[i].verb() == Some(Verb::Upgrade);
    // locks, money and prisoners are released, and goods shipped, too: `releasing the block on audit-2023.10`, `shipping API`
    let begins_as = |stem: &[u8]| {
        let front = c[i].text.get(..stem.len());
        front.is_some_and(|f| f.eq_ignore_ascii_case(stem))
    };
    let releases = begins_as(b"relea") || begins_as(b"ship");
    let going = releases && c[i].form() == Some(VerbForm::Ing);
    let object = behind.iter().take_while(|w| !(going && w.is(PREPOSITION)));
    let numbered = count || c[..i].iter().chain(object).any(Word::is_version);
    let whole = matches!(c[i].form()?, VerbForm::Base | VerbForm::Noun)
        || c.get(i + 1).is_some_and(|w| w.quoted);
    if !numbered && (releases || upgrade && !whole) {
        return None;
    }
    let named = || {
        behind
            .iter()
            .take(6)
            .any(|w| is_release(w) || w.is(RELEASED) || w.any(words!("main master trunk")))
    };
    let stated = match (c[i].form()?, stage) {
        (VerbForm::Ing, _) => named(),
        (VerbForm::Ed, _) => {
            let helped = i > 0 && c[i - 1].is(HELP | DONE);
            let done = i > 0 && c[i - 1].is(DONE) && begins(c, i - 1);
            let adjective = i > 0 && c[i - 1].is(ARTICLE)
                || !helped && !count && c.get(i + 1).is_some_and(|w| w.is(RELEASED));
            // nothing is said but what it is done to: `Application deployed: https://…`
            let alone = c[i].tag || behind.is_empty();
            let whole = i > 0 && c[i - 1].is(RELEASED) && begins(c, i - 1);
            !adjective
                && (whole && alone
                    || behind.iter().any(|w| w.is(PRODUCTION))
                    || done && behind.iter().any(|w| w.eq("to"))
                    || numbered && (named() || count)
                    || helped && c[..i].iter().any(is_release))
        }
        (_, None) => {
            let third = c[i].text.ends_with(b"s") && (1..4).contains(&i) && !c[i].tag;
            return (third
                && behind.iter().any(Word::is_version)
                && c[i].form() == Some(VerbForm::Base))
            .then_some((DeployStart, i));
        }
        _ => true,
    };
    stated.then_some((stage?.of(DeployStart, DeployFinish, DeployFail), to))
}

fn rollback(c: &[Word<'_>], i: usize) -> StatedAct {
    let (stage, to) = stage(c, i);
    let versions = c
        .iter()
        .any(|w| w.key.is_some_and(|k| k.ends_with(b"version")));
    if is_other(c, i) && !versions {
        return None;
    }
    if stage.is_none() && is_heading(c, i) {
        return Some((RollbackStart, i));
    }
    let led = c[i + 1..]
        .iter()
        .take(6)
        .any(|w| is_release(w) || w.is(RELEASED) || w.any(words!("migration migrations")));
    let helped = i > 0 && c[i - 1].is(HELP | DONE) && c[..i].iter().any(is_release);
    let stated = match c[i].form()? {
        VerbForm::Ed if c.get(i + 1).is_some_and(|w| w.is(RELEASED)) => false,
        VerbForm::Ing | VerbForm::Ed => led || helped || versions,
        _ => true,
    };
    stated.then_some((stage?.of(RollbackStart, RollbackFinish, RollbackFail), to))
}

fn migration(c: &[Word<'_>], i: usize) -> StatedAct {
    let done = i > 0 && c[i - 1].is(DONE);
    let behind = &c[i + 1..];
    let moved = behind
        .iter()
        .any(|w| w.any(words!("host node volume vm guest from user users")));
    let named = behind.first().is_some_and(|w| w.is(SCHEMA) || w.is_name());
    let (stage, to) = stage(c, i);
    match c[i].form()? {
        VerbForm::Ing if named && !moved => Some((
            if done {
                MigrationFinish
            } else {
                MigrationStart
            },
            i,
        )),
        VerbForm::Ed if named && !moved => Some((MigrationFinish, i)),
        VerbForm::Base | VerbForm::Noun => {
            let near = c[i.saturating_sub(3)..c.len().min(i + 6)].iter();
            let near = near.filter(|w| !w.quoted);
            let at = |list: &[u128]| {
                near.clone()
                    .find(|w| w.any(list))
                    .and_then(|w| c.iter().position(|x| x.at == w.at))
            };
            let run = (0..i).find(|j| c[*j].eq("run") && c[*j].tag);
            let (ran, runs) = (
                at(words!("applied ran executed")).or(run),
                at(words!("applying running executing")),
            );
            match stage {
                _ if moved || c[i].form() == Some(VerbForm::Base) => None,
                Some(Progress::Failed) => None,
                Some(s) => Some((s.of(MigrationStart, MigrationFinish, MigrationFinish), to)),
                None => ran
                    .map(|j| (MigrationFinish, j))
                    .or(runs.map(|j| (MigrationStart, j))),
            }
        }
        _ => None,
    }
}

/// Where a number stands that a size is brought to.
pub(super) fn to_number(c: &[Word<'_>], from: usize) -> Option<usize> {
    (from..c.len()).find(|j| c[*j].is_number() && j.checked_sub(1).is_some_and(|b| c[b].eq("to")))
}

fn scale(c: &[Word<'_>], i: usize) -> StatedAct {
    let to = to_number(c, i)?;
    let sized = c.iter().any(|w| w.is(REPLICA)) || c.iter().any(|w| w.eq("from"));
    sized.then_some((Scale, to))
}

/// A number of replicas and what it was, under keys that say so: `old_replicas=3 new_replicas=6`.
fn sized(c: &[Word<'_>], i: usize) -> StatedAct {
    let key = |w: &Word<'_>, list: &[u128]| {
        w.key.filter(|_| w.is_number()).is_some_and(|key| {
            let words = split(&String::from_utf8_lossy(key));
            let is = |n: &[u128]| words.iter().any(|w| n.contains(&packed(w.as_bytes())));
            is(words!("replicas capacity instances workers nodes size")) && is(list)
        })
    };
    if !key(&c[i], words!("old original previous before from")) {
        return None;
    }
    let new = words!("new desired target to");
    let to = (0..c.len()).find(|j| key(&c[*j], new) && c[*j].text != c[i].text)?;
    Some((Scale, to))
}

fn maintenance(c: &[Word<'_>], i: usize) -> StatedAct {
    if !c[i].is(MAINTENANCE) {
        return None;
    }
    let ends = |w: &Word<'_>| {
        w.is(DONE)
            || w.any(words!(
                "exited exiting left leaving disabled off inactive closed deactivated"
            ))
    };
    let begins = |w: &Word<'_>| {
        w.is(BEGIN)
            || w.any(words!(
                "entered enters entering enabled activated active on opened now went"
            ))
    };
    // what goes down, or is put or taken out, for it
    let down = |w: &Word<'_>| {
        w.any(words!("down closed out away offline put placed taken")) || w.eq("going down")
    };
    if i > 1 && c[i - 1].any(words!("for into under in")) && c[..i - 1].iter().any(down) {
        return Some((MaintenanceStart, i));
    }
    // other things are maintained without a window: there its own verb must say it
    let said = c.get(i + 1).is_some_and(|w| w.any(words!("is has")));
    let stated = said
        || c.iter()
            .any(|w| w.any(words!("mode window scheduled planned period")));
    let any = |of: &dyn Fn(&Word<'_>) -> bool| stated && c.iter().any(of);
    match (any(&ends), any(&begins)) {
        (true, _) => Some((MaintenanceFinish, i)),
        (_, true) => Some((MaintenanceStart, i)),
        _ => None,
    }
}
