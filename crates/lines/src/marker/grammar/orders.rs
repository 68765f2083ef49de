//! What a tool for releases is ordered to do and says of its end, whoever made it and whatever it is called: the verb of a
//! release, or a script that is named after one, and the version that it puts live; `deploy_shop.sh: finished`, `job deploy-prod
//! passed`.

use super::clause::{NAME, Word};
use super::lexicon::{
    BEGIN, DONE, FAIL, HELP, OTHER, PREPOSITION, PRODUCTION, Verb, VerbForm, sense,
};
use super::lists::{packed, words};
use super::{Found, Progress, negated};
use crate::record::MarkerKind::*;

/// Words between the order and the version at most.
const BETWEEN: usize = 4;

/// Parts of the names of what only looks at releases, or tells others of them.
const TELLS: &str = "notify notifier report check status watch list log logs lock test tests clean cleanup plan diff info history";

/// Parts of the names of jobs that put nothing live.
const BESIDE: &str = "pre post preview docs doc pages build dry canceled test tests check checks lint staging stage key keys token";
/// What the steps of a pipeline are called.
const STEPS: &str = "job jobs stage step workflow pipeline run task action playbook";
/// Words between a job and its state at most.
const TO_STATE: usize = 6;

/// What a clause orders, or says of the end of it.
pub(super) fn find(c: &[Word<'_>]) -> Option<Found> {
    // without the verb of one nothing is
    let any = c.iter().any(names_a_release);
    any.then(|| ordered(c).or_else(|| job(c)))?
}

/// Whether a word or a part of it is the verb of a release, in any form.
fn names_a_release(w: &Word<'_>) -> bool {
    let is = |verb| matches!(verb, Some(Verb::Deploy | Verb::Rollback));
    let of = |p: &[u8]| is(sense(packed(p)).verb.map(|v| v.0));
    is(w.verb())
        || !w.text.iter().all(u8::is_ascii_alphanumeric)
            && (w.text.split(sign).any(of) || w.text.split(|b| !b.is_ascii_alphanumeric()).any(of))
}

/// Whether a sign joins the words of a name.
fn sign(b: &u8) -> bool {
    b"._-/".contains(b)
}

/// A step of a pipeline that is named after a release, and what became of it: `job deploy-prod passed`, `Deploy job for shop 2.3.1
/// has started`.
fn job(c: &[Word<'_>]) -> Option<Found> {
    let step = |n: Option<&Word<'_>>| n.is_some_and(|w| w.any(words!(STEPS)) && w.key.is_none());
    let ends = |w: &Word<'_>| {
        w.key.is_none()
            && !w.quoted
            && (w.is(BEGIN | DONE | FAIL) || w.any(words!("passed retried")))
    };
    let (i, verb) = c.iter().enumerate().find_map(|(i, w)| {
        let of_step = step(c.get(i + 1)) || i > 0 && step(c.get(i - 1));
        if !of_step && w.text.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        // a path is a name where it is said before it what it does: `started: /releases/shop-deploy`
        let name = match i > 0 && ends(&c[i - 1]) {
            true => w.text.rsplit(|b| *b == b'/').next().unwrap_or_default(),
            false => w.text,
        };
        let name = name.to_ascii_lowercase();
        let mut parts = name
            .split(|b| !b.is_ascii_alphanumeric())
            .filter(|p| !p.is_empty());
        let several = parts.clone().count() > 1;
        let plain = w.key.is_none()
            && (w.quoted || w.text.len() < NAME)
            && !name.contains(&b'/')
            && !parts.clone().any(is_beside);
        let verb = parts
            .find_map(release)
            .filter(|_| plain && (several && !w.is_version() || of_step))?;
        Some((i, verb))
    })?;
    let of = |verb: Verb, stage: Progress| match verb {
        Verb::Rollback => stage.of(RollbackStart, RollbackFinish, RollbackFail),
        _ => stage.of(DeployStart, DeployFinish, DeployFail),
    };
    let stage = |w: &Word<'_>| match () {
        () if w.is(FAIL) => Progress::Failed,
        () if w.is(DONE) || w.eq("passed") => Progress::Done,
        () => Progress::Begun,
    };
    // said before it, or by the version that it is run for
    let before = i
        .checked_sub(1)
        .filter(|j| ends(&c[*j]) && c[i].text.contains(&b'/'));
    if let Some(j) = before.filter(|j| !negated(c, *j)) {
        return Some(Found::new(of(verb, stage(&c[j])), c, j, i, 75));
    }
    let run_for = |w: &Word<'_>| {
        let version = w.key.is_some_and(|k| words!(VERSIONS).contains(&packed(k)));
        version && w.text.iter().any(u8::is_ascii_digit)
    };
    if c[i].quoted && c.get(i + 1).is_some_and(run_for) {
        return Some(Found::new(of(verb, Progress::Begun), c, i, i + 1, 75));
    }
    let to = c.len().min(i + 1 + TO_STATE);
    let j = (i + 1..to).find(|j| ends(&c[*j]))?;
    let other = |w: &Word<'_>| {
        w.verb().is_some() || w.is(OTHER) || w.any(words!("after before because if"))
    };
    let led = c.get(j + 1).is_none_or(|w| {
        w.is(PREPOSITION)
            || w.any(words!("by in after with at"))
            || w.is_version()
            || w.is_name()
            || w.bracketed
    });
    let other = |w: &Word<'_>| other(w) && !step(Some(w));
    if c[i + 1..j].iter().any(other) || !led || negated(c, j) {
        return None;
    }
    Some(Found::new(of(verb, stage(&c[j])), c, i, j, 75))
}

fn ordered(c: &[Word<'_>]) -> Option<Found> {
    // rules and tags stand in front
    let rule = |w: &Word<'_>| !w.text.iter().any(u8::is_ascii_alphanumeric);
    let said = c.iter().position(|w| !(w.tag || w.bracketed || rule(w)))?;
    if c[..said]
        .iter()
        .any(|w| w.any(words!("usage example syntax")))
    {
        return None;
    }
    // `Run Main deploy shop 2.3.1`, `Start to execute pipeline shop/311/rollout/1 for shop 2.3.1`
    let begins = c[said].is(BEGIN) || c[said].any(words!("run running"));
    let mut run = (said + 1..c.len().min(said + 1 + BETWEEN)).filter(|_| begins);
    let run = run.find_map(|i| Some((i, named_after(&c[i])?)));
    let run = run.and_then(|(i, verb)| Some((i, verb, order(c, i, Some(verb))?.1)));
    if let Some((_, verb, to)) = run.filter(|(i, ..)| !negated(c, *i)) {
        let kind = match verb {
            Verb::Rollback => RollbackStart,
            _ => DeployStart,
        };
        return Some(Found::new(kind, c, said, to, 75));
    }
    let tool = c[..said].iter().rev().find_map(script);
    // `deploy.sh: finished`, `deploy.sh start user=ann`
    let of_itself = || Some((script(&c[said])?, state(c, said + 1)?, said + 1));
    let by_tool = tool.and_then(|v| Some((v, state(c, said)?, said)));
    let (verb, to, stage) = match by_tool.or_else(of_itself) {
        Some((verb, stage, at)) => (verb, at, stage),
        None => {
            let (verb, to) = order(c, said, tool)?;
            (verb, to, Progress::Begun)
        }
    };
    let kind = match verb {
        Verb::Rollback => stage.of(RollbackStart, RollbackFinish, RollbackFail),
        _ => stage.of(DeployStart, DeployFinish, DeployFail),
    };
    (!negated(c, to)).then(|| Found::new(kind, c, said, to, 80))
}

/// Whether a part of a name is of what puts nothing live.
fn is_beside(part: &[u8]) -> bool {
    words!(TELLS).contains(&packed(part)) || words!(BESIDE).contains(&packed(part))
}

/// The verb of a release that is a word, or a step of a path.
fn named_after(w: &Word<'_>) -> Option<Verb> {
    let steps = || w.text.split(|b| *b == b'/');
    let plain = w.key.is_none() && !w.quoted && !steps().any(is_beside);
    plain.then(|| steps().find_map(release))?
}

/// The verb that a script or a path is named after (`bin/ship`, `deploy_shop.sh`).
fn script(w: &Word<'_>) -> Option<Verb> {
    let name = w.text.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let plain = w.key.is_none() && !w.quoted && !w.is_version() && w.text.iter().any(sign);
    let tells = |p: &[u8]| words!(TELLS).contains(&packed(p));
    (plain && !name.split(sign).any(tells)).then(|| name.split(sign).find_map(release))?
}

/// The verb of a release, as it is ordered: in small letters, in the form of a command.
fn release(word: &[u8]) -> Option<Verb> {
    let small = word.first().is_some_and(u8::is_ascii_lowercase) && !word.ends_with(b"s");
    let (verb, form) = sense(packed(word)).verb.filter(|_| small)?;
    let base = matches!(form, VerbForm::Base | VerbForm::Noun);
    (base && matches!(verb, Verb::Deploy | Verb::Rollback)).then_some(verb)
}

/// How a script says that it begins or ended: by one word, and at most how well, how long or of what.
fn state(c: &[Word<'_>], at: usize) -> Option<Progress> {
    let said = c.get(at).filter(|w| w.key.is_none())?;
    let behind = c.get(at + 1);
    let of = |w: &Word<'_>| w.is_version() || w.key.is_some();
    let whole = behind.is_none_or(|w| w.is(DONE) || w.eq("in") || w.eq("with") || of(w));
    match () {
        () if !whole => None,
        () if said.is(FAIL) => Some(Progress::Failed),
        () if said.is(DONE) && !said.eq("live") => Some(Progress::Done),
        () if said.is(BEGIN) && behind.is_some_and(of) => Some(Progress::Begun),
        () => None,
    }
}

/// Keys behind an order that say what came of it.
const OUTCOME: &str = "status result state rc exit code outcome duration took elapsed error";
/// Keys of the version that an order puts live.
const VERSIONS: &str = "release version to tag ref rev revision image build";

/// The verb of an order and where its version stands: behind names and prepositions only, and in front of no more than that.
fn order(c: &[Word<'_>], said: usize, tool: Option<Verb>) -> Option<(Verb, usize)> {
    let path = script(&c[said]);
    let program = path.is_some() || c[said].text.contains(&b'/') && c[said].key.is_none();
    let mut from = said + usize::from(program);
    let verb = c
        .get(from)
        .filter(|w| !w.tag && w.key.is_none() && !w.quoted);
    let verb = verb.and_then(|w| release(w.text));
    from += usize::from(verb.is_some());
    // what a tool says without a verb may be said of what it does meanwhile
    let ordered = verb.or(path);
    let meanwhile = |w: &Word<'_>| [&b"ing"[..], b"ed"].iter().any(|e| w.text.ends_with(e));
    let other = |w: &Word<'_>| ordered.is_none() && meanwhile(w);
    let plain = |w: &Word<'_>| {
        w.verb().is_none() && !w.is(BEGIN | DONE | FAIL | HELP | OTHER) && !w.tag && !other(w)
    };
    let near = c.iter().enumerate().skip(from).take(BETWEEN);
    let keyed = |w: &Word<'_>, keys: &[u128]| w.key.is_some_and(|k| keys.contains(&packed(k)));
    let version = |w: &Word<'_>| w.is_version() || keyed(w, words!(VERSIONS));
    let mut near = near.take_while(|(_, w)| version(w) || plain(w));
    let to = near.find(|(_, w)| version(w))?.0;
    let target = |w: &Word<'_>| match w.key {
        Some(_) => !keyed(w, words!(OUTCOME)),
        None => plain(w) && !w.eq("of") && (w.is(PREPOSITION | PRODUCTION) || w.is_name()),
    };
    // a noun and a number may be a heading: `release 4.2.0`
    let heading = !program && c[said].any(words!("release rollout")) && c.len() == to + 1;
    let led = c.get(to + 1).is_none_or(target) && !heading;
    Some((ordered.or(tool)?, to)).filter(|_| led)
}
