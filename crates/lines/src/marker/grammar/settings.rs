//! What is done to settings and flags: a verb, and what it is done to; what a server says of settings that it took over.

use super::acts::{is_other, to_number};
use super::begins;
use super::clause::Word;
use super::lexicon::{
    ARTICLE, CONFIG, DONE, FAIL, FLAG, FOLLOWER, HELP, LEADER, PREPOSITION, PRODUCTION, PROGRAM,
    RECEIVE, REPLICA, STATE, SWITCHED, Verb, VerbForm, is_settings_name, sense,
};
use super::lists::{packed, words};
use super::stages::StatedAct;
use super::turns::{KEYS, before};
use super::updates::updated;
use crate::record::MarkerKind::*;

/// Whether a word is the name of a file of settings.
fn is_settings_file(w: &Word<'_>) -> bool {
    (w.text.contains(&b'/') || w.quoted)
        && (w.text.starts_with(b"/etc/") || is_settings_name(w.text))
}

pub(super) fn change(text: &[u8], c: &[Word<'_>], i: usize) -> StatedAct {
    if let Some(release) = updated(c, i) {
        return Some(release);
    }
    let form = c[i].form()?;
    let verb = c[i].verb()?;
    let done = matches!(form, VerbForm::Ed | VerbForm::Ing);
    let clause = &text[c[0].at..c[c.len() - 1].end];
    let holds = |t: &[u8]| {
        let mut arrows = ["->", "=>", "\u{2192}"].iter();
        arrows.any(|a| memchr::memmem::find(t, a.as_bytes()).is_some())
    };
    // who acted for whom is no change from one to the other: `changed: [app-1 -> lb-1]`
    let arrow = holds(clause) && !c.iter().any(|w| w.bracketed && holds(w.text));
    let at = |w: &str| c[i + 1..].iter().position(|x| x.eq(w));
    let turned = arrow
        || at("to").is_some()
            && (at("from").is_some() || c[i + 1..].first().is_some_and(|w| w.eq("to")));
    if verb != Verb::Write && c.iter().any(|w| w.is(REPLICA)) && to_number(c, i).is_some() && done {
        let of = || c.iter().filter(|w| w.is(REPLICA));
        let sized = of().any(|w| w.any(words!("replicas replica capacity dynos concurrency")))
            || of().any(|w| w.eq("size")) && of().count() > 1;
        return sized.then_some((Scale, i));
    }
    // the last word of its name, or a switch that is called by one
    let flag = (0..c.len()).find(|j| {
        let next = c.get(j + 1);
        let switch = c[*j].eq("switch") && next.is_some_and(|n| n.quoted && n.key.is_none());
        !c[*j].quoted && (switch || c[*j].is(FLAG) && next.is_none_or(|n| !n.is(FLAG)))
    });
    let switched = arrow && c.iter().filter(|w| w.is(SWITCHED)).count() > 1;
    // `kim set new_checkout=off in prod`, `set new_checkout=off by=kim prev=on`
    let toggled = c
        .get(i + 1)
        .is_some_and(|w| w.key.is_some() && w.is(SWITCHED));
    let was = |w: &Word<'_>| {
        let key = w.key.map(packed);
        key.is_some_and(|k| words!(KEYS).contains(&k))
    };
    let live = c[i + 1..].iter().any(|w| w.is(PRODUCTION));
    let was = c[i + 1..].iter().any(was) || before(text).is_some();
    if c[i].eq("set") && toggled && (live || was) {
        return Some((FeatureFlag, i));
    }
    if c[i].eq("set") && was && c.get(i + 1).is_some_and(|w| w.key.is_some()) {
        return Some((ConfigChange, i));
    }
    if switched && form == VerbForm::Ed {
        return Some((FeatureFlag, i));
    }
    // what is on states no change: `The beta feature X is enabled in Y due to …`
    let is_so = i > 0 && c[i - 1].any(words!("is are"));
    // what only describes one
    let described = c
        .iter()
        .any(|w| !w.quoted && w.any(words!("tag tags description maintainer comment")));
    // nor is one turned by being saved
    let described = described || verb == Verb::Write;
    if let Some(f) = flag.filter(|f| f.abs_diff(i) < 7 && !is_so && !described) {
        let state = c.get(f + 1).is_some_and(|w| w.is(CONFIG | STATE));
        // the context behind the message may name it
        let context = [
            "{\"feature\":",
            "{\"flag\":",
            "{\"flag_key\":",
            "{\"featureFlag\":",
        ];
        let told = context
            .iter()
            .any(|k| memchr::memmem::find(text, k.as_bytes()).is_some());
        let named = state
            || told
            || c.iter().any(Word::is_name)
            || c[i.min(f)..].iter().any(|w| w.any(words!("for")));
        let sure = !c[f].eq("feature")
            || told
            || c[f].tag
            || c.iter().any(|w| w.is(SWITCHED) && !w.eq("on"))
            || c[i].verb() == Some(Verb::Turn) && c.iter().any(|w| w.any(words!("by for")));
        let by_name = c.get(f + 1).is_some_and(|w| w.is_name() && !w.tag) && begins(c, i);
        let done = form == VerbForm::Ed
            || form == VerbForm::Ing && by_name && f > 0 && c[f - 1].any(words!("for of"))
            || verb == Verb::Turn && c.iter().any(|w| w.any(words!("true false")))
            || c[i].eq("set") && at("to").is_some();
        return (named && sure && done && !is_other(c, f)).then_some((FeatureFlag, f));
    }
    if verb == Verb::Turn {
        let named = c.get(i + 1).is_some_and(Word::is_name);
        let ends = c.get(i + 2).is_some_and(|w| w.any(words!("on off")));
        return (c[i].eq("flipped") && named && ends).then_some((FeatureFlag, i));
    }
    if c.iter()
        .any(|w| w.is(STATE | LEADER | FOLLOWER) || w.any(words!("health version owner leader")))
    {
        return None;
    }
    // whatever its name is: `variable set Shop endpoints was changed`
    let passive = i > 0 && c[i - 1].any(words!("was were"));
    let near = |j: usize| j.abs_diff(i) < if passive { 9 } else { 5 };
    // setting to something names none
    let setting = |j: &usize| *j != i && near(*j) && c[*j].is(CONFIG) && !c[*j].quoted;
    // what bears a number of its own is one of many records
    let one_of_many = |j: &usize| c.get(j + 1).is_some_and(Word::is_number);
    let settings = || (0..c.len()).filter(setting);
    // a verb may stand last: `/etc/shop.ini written`
    let of = if c.len() == i + 1 {
        &c[..i]
    } else {
        &c[i + 1..]
    };
    let file = form == VerbForm::Ed && of.iter().any(is_settings_file);
    // what a server is ordered: `ALTER SYSTEM SET a=b`, `SET GLOBAL a`
    let order = i == 0
        && c[i].capitals()
        && c.get(1)
            .is_some_and(|w| w.any(words!("system global persist parameter config")));
    // a system may be told to do something, too: `ALTER SYSTEM SWITCH LOGFILE`
    let order =
        order && (!c[1].eq("system") || c.get(2).is_some_and(|w| w.any(words!("set reset"))));
    // what changes by itself may be anything that is measured
    let led = begins(c, i);
    let named = || c[i + 1..].first().is_some_and(Word::is_name) && led;
    // who writes what he changed from one number to another did it; a program may raise and lower what it will by itself
    let by_hand = || {
        c[i].eq("changed")
            && led
            && at("from").is_some_and(|n| {
                let from = c.get(i + n + 2);
                n > 1 && from.is_some_and(|w| w.opens_with(u8::is_ascii_digit))
            })
    };
    let stated = match verb {
        Verb::Write => file,
        _ if order || file => true,
        _ if turned => done && (settings().next().is_some() || named() || by_hand()),
        _ => {
            settings().any(|j| !one_of_many(&j))
                && (form == VerbForm::Ed
                    || form == VerbForm::Base
                        && c[i].eq("set")
                        && begins(c, i)
                        && c.iter().any(|w| w.eq("by")))
        }
    };
    stated.then_some((ConfigChange, i))
}

pub(super) fn reload(text: &[u8], c: &[Word<'_>], i: usize) -> StatedAct {
    let failed = c[i + 1..].iter().any(|w| w.is(FAIL) && !w.quoted);
    // one word says nothing of what: an init system reads its own units again
    let alone = c.len() == 1 && c[0].at == 0 && c[0].text == b"Reloading";
    if failed || alone || is_other(c, i) || !matches!(c[i].form()?, VerbForm::Ing | VerbForm::Ed) {
        return None;
    }
    // by itself it is what comes of the clause in front: a signal, a change
    let asked = || {
        let mut words = text[..c[0].at].split(|b| !b.is_ascii_alphanumeric());
        let of = |w: &[u8]| sense(packed(w));
        let changes = |v: (Verb, VerbForm)| matches!(v.0, Verb::Change | Verb::Write);
        c[0].at == 0
            || words.any(|w| of(w).is & (CONFIG | RECEIVE) != 0 || of(w).verb.is_some_and(changes))
    };
    let thing = |w: &Word<'_>| w.is(CONFIG | PROGRAM) || w.is_name();
    let next = c[i + 1..].iter().find(|w| !w.is(ARTICLE));
    let of = match next {
        Some(w) if !w.is(PREPOSITION | HELP | DONE | FAIL) => {
            let called = c.iter().skip_while(|x| x.at != w.at).nth(1);
            thing(w) || w.eq("configuration") || w.eq("module") && called.is_some_and(Word::is_name)
        }
        _ => {
            let whose = c[..i].iter().rposition(|w| !w.is(HELP));
            let before = |n: usize| {
                c[..n]
                    .iter()
                    .all(|w| w.tag || w.is(ARTICLE | PROGRAM) || w.is_name())
            };
            whose.map_or_else(asked, |n| thing(&c[n]) && before(n))
        }
    };
    of.then_some((ConfigChange, i))
}

/// A configuration that came and is used: `New replica set config in use`, `Configured from console by kim`.
pub(super) fn configuration(c: &[Word<'_>], i: usize) -> StatedAct {
    if c[i].eq("configured") {
        let led = c.get(i + 1).is_some_and(|w| w.any(words!("from by")));
        return (led && begins(c, i) && c.iter().any(|w| w.eq("by"))).then_some((ConfigChange, i));
    }
    if !c[i].any(words!("config configuration")) || c[i].key.is_some() {
        return None;
    }
    let next = c[i + 1..].iter().position(|w| !w.is(HELP))? + i + 1;
    let used = c[next].eq("in") && c.get(next + 1).is_some_and(|w| w.eq("use"));
    let came = c[next].any(words!("received committed published activated pushed")) && !c[next].tag;
    let came = came || c[next].eq("applied") && begins(c, i);
    let applied = i > 0 && c[i - 1].any(words!("applied activated committed")) && begins(c, i - 1);
    (i < 5 && (used || came || applied)).then_some((ConfigChange, next))
}

/// What a user of a device typed: `User 'kim' executed the 'no access-list dmz_in …' command`, `User:kim logged command:no vlan 140`.
/// There each command but those that look changes its configuration.
pub(super) fn typed(c: &[Word<'_>], i: usize) -> StatedAct {
    const LOOKS: &str = "show ping traceroute enable disable exit end quit write copy terminal more dir debug login logout ssh telnet help configure conf";
    let by_user = |w: &Word<'_>| w.eq("user") || w.text.to_ascii_lowercase().starts_with(b"user:");
    if !c[i].any(words!("executed logged")) || !c[..i].iter().any(by_user) {
        return None;
    }
    let line = match c[i].eq("logged") {
        true => c.get(i + 1)?.text.strip_prefix(b"command:")?,
        false => c[i + 1..].iter().take(2).find(|w| w.quoted)?.text,
    };
    let mut words = line.split(|b| *b == b' ');
    let first = packed(words.next()?);
    let more = words.next().is_some() || c.get(i + 2).is_some_and(|w| !w.quoted);
    (more && !words!(LOOKS).contains(&first)).then_some((ConfigChange, i))
}

/// What a program does because it was ordered to: `received control channel command 'reload'`, `RELOAD command issued`.
pub(super) fn commanded(c: &[Word<'_>], i: usize) -> StatedAct {
    let kind = match c[i].verb()? {
        Verb::Reload => ConfigChange,
        Verb::Stop => ServiceStop,
        Verb::Restart => Restart,
        _ => return None,
    };
    let received = i > 0 && c[i - 1].eq("command") && c[..i].iter().any(|w| w.is(RECEIVE));
    let issued = |w: &Word<'_>| w.is(RECEIVE) || w.any(words!("issued executed"));
    let behind = matches!(&c[i + 1..], [command, by, ..] if command.eq("command") && issued(by));
    // what an order names is one of many things that a program holds, as the zones of a name server are
    let whole = c[i].quoted && !c[i].text.contains(&b' ');
    let commanded = received && whole || behind && c[i].capitals();
    commanded.then_some((kind, i))
}
