//! Who leads, and where requests go: failovers, promotions, parts that somebody takes over.

use super::Progress;
use super::clause::Word;
use super::lexicon::{
    BECOME, DONE, FOLLOWER, HELP, LEADER, PREPOSITION, PRODUCTION, Verb, VerbForm,
};
use super::lists::words;
use super::stages::{StatedAct, stage};
use crate::record::MarkerKind::*;

pub(super) fn failover(c: &[Word<'_>], i: usize) -> StatedAct {
    let (stage, to) = stage(c, i);
    let behind = &c[i + 1..];
    let form = c[i].form()?;
    if c[i].verb() == Some(Verb::Promote) {
        let leads = behind
            .iter()
            .any(|w| w.is(LEADER | FOLLOWER) && !w.is(PRODUCTION));
        // `successfully promoted db-2`: a host is given no version and put nowhere
        let done = i > 0 && c[i - 1].is(DONE) && behind.first().is_some_and(Word::is_name);
        let host = done && !behind.iter().any(|w| w.is_version() || w.is(PRODUCTION));
        let stated = (leads || host) && matches!(form, VerbForm::Ing | VerbForm::Ed);
        let release =
            behind.iter().any(Word::is_version) && behind.iter().any(|w| w.is(PRODUCTION));
        return match stated {
            true => Some((Failover, i)),
            false if release && form == VerbForm::Ed => Some((DeployFinish, i)),
            false => None,
        };
    }
    let led = || behind.first().is_some_and(|w| w.any(words!("to from of")));
    // "more than 20% failed over 5m"
    let span = |w: &Word<'_>| w.is_number() || w.any(words!("the last past"));
    if behind.first().is_some_and(span) {
        return None;
    }
    match form {
        VerbForm::Ing | VerbForm::Ed => Some((Failover, i)),
        _ => (stage.is_some_and(|s| s != Progress::Failed) || led()).then_some((Failover, to)),
    }
}

/// A part that somebody takes: `became leader`, `Entering MASTER STATE`, `changing roles from … to "PRIMARY"`.
pub(super) fn part(c: &[Word<'_>], i: usize) -> StatedAct {
    // who leads is another now: `master node changed`, `primary moved to db-2`
    let moved = c[i].any(words!("changed moved switched")) && !c[i].tag;
    let other = |w: &&Word<'_>| !w.is(HELP) && !w.any(words!("node server instance role"));
    if moved
        && let Some(led) = c[..i].iter().rev().find(other)
        && led.is(LEADER)
        && led.any(words!("primary master leader"))
        && !led.quoted
    {
        return Some((Failover, i));
    }
    // what is asked for goes another way: `switching traffic from=ams to=fra`
    let way = |k: &str| {
        let key = |w: &Word<'_>| w.key.is_some_and(|x| x.eq_ignore_ascii_case(k.as_bytes()));
        c[i + 1..].iter().any(|w| w.eq(k) || key(w))
    };
    let turned = c[i].any(words!(
        "switching switched moving moved rerouting rerouted failing"
    ));
    let traffic = c.get(i + 1).is_some_and(|w| w.eq("traffic"));
    if turned && traffic && way("from") && way("to") && !c.iter().any(Word::is_version) {
        return Some((Failover, i));
    }
    // and what does not lead has it now: `traffic moved to standby line B`
    let spare = |w: &Word<'_>| {
        !w.quoted && (w.any(words!("standby secondary")) || w.eq("backup") && c[i].eq("switched"))
    };
    let to = |w: &&Word<'_>| !w.any(words!("to onto"));
    if moved && c[i + 1..].iter().skip_while(to).take(3).any(spare) {
        return Some((Failover, i));
    }
    if !c[i].is(BECOME) {
        return None;
    }
    // what followed leads now
    let follower = |w: &Word<'_>| w.is(FOLLOWER);
    if c[i].eq("now") && c.get(i + 1).is_some_and(|n| n.is(LEADER)) {
        let whole = c.get(i + 2).is_none_or(|w| w.is(PREPOSITION));
        let who = c[i + 1].any(words!("primary leader master")) || c[..i].iter().any(follower);
        return (whole && who && c[..i].iter().any(|w| w.eq("is"))).then_some((Failover, i + 1));
    }
    let near =
        (i + 1..c.len().min(i + 7)).find(|j| c[*j].is(LEADER | FOLLOWER) && !c[*j].eq("active"))?;
    let entered = c[i].any(words!("entering entered"));
    // a replica enters its mode whenever it starts
    let last = c[near..].iter().any(|w| w.any(words!("state role")));
    let roles = c[i].any(words!("role roles")) && c.iter().any(|w| w.verb() == Some(Verb::Change));
    let taken = !c[i].any(words!("role roles")) || roles;
    let whole = c
        .get(near + 1)
        .is_none_or(|w| w.is(PREPOSITION) || w.any(words!("state role mode node complete")));
    (taken && whole && (c[near].is(LEADER) || entered && last)).then_some((Failover, near))
}
