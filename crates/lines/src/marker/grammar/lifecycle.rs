//! The life of a program: that it starts, is ready, is asked to stop, stops, breaks down. Of parts of programs, of threads and of
//! jobs nothing is said: what does it, or what it is done to, must be something that runs by itself.

use super::acts::is_other;
use super::clause::Word;
use super::lexicon::{
    ARTICLE, BEGIN, DONE, FAIL, HELP, OTHER, PREPOSITION, PROGRAM, RECEIVE, SIGNAL_CRASH,
    SIGNAL_STOP, SUDDEN, Verb, VerbForm,
};
use super::lists::{packed, words};
use super::ready::{listening, serving};
use super::{Found, begins, negated};
use crate::record::MarkerKind::{self, *};

/// What a clause says of a program.
pub(super) fn find(c: &[Word<'_>], of_system: bool) -> Option<Found> {
    let unit = || unit(c).filter(|_| of_system);
    (0..c.len()).find_map(|i| {
        if c[i].quoted && !c[i].is(SIGNAL_STOP) {
            return None;
        }
        let kind = crash(c, i)
            .or_else(|| signal(c, i))
            .or_else(|| listening(c, i))
            .or_else(|| serving(c, i))
            .or_else(|| unit().filter(|_| i == 0))
            .or_else(|| match c[i].verb()? {
                Verb::Start => start(c, i),
                Verb::Stop => stop(c, i),
                Verb::Restart => restart(c, i),
                _ => None,
            })?;
        // a program starts and stops its children all the time
        let child = c[..i].iter().any(|w| w.eq("child")) && kind != Crash;
        (!child && !negated(c, i)).then(|| Found::new(kind, c, i, i, 60))
    })
}

/// A unit that an init system names by its description: words that begin with capitals (`Stopping Queue Runner...`). Units that
/// run at times and end by themselves are none, and neither are sessions.
fn unit(c: &[Word<'_>]) -> Option<MarkerKind> {
    const OTHERS: &str = "daily weekly hourly monthly periodic session user timer cleanup clean rotate remove update updates check refresh \
        report discard socket path target slice mount swap scope file files apply load set create restore save make job one message";
    let (verb, form) = (c[0].verb()?, c[0].form()?);
    let named = c.len() > 1
        && c[1..].iter().all(|w| {
            w.opens_with(u8::is_ascii_uppercase)
                && !w.quoted
                && !w.any(words!(OTHERS))
                && w.key.is_none()
        });
    match (verb, form) {
        (Verb::Start, VerbForm::Ed) if named => Some(ServiceStart),
        (Verb::Stop, VerbForm::Ing | VerbForm::Ed) if named => Some(ServiceStop),
        _ => None,
    }
}

/// Something that runs by itself, by its noun or by a name that holds one (`OrdersApplication`, `shop.service`, `mysqld`).
pub(super) fn is_program(w: &Word<'_>) -> bool {
    if w.is(PROGRAM) {
        return true;
    }
    let text = w.text.split(|c| *c == b' ').next().unwrap_or(w.text);
    let path = text.rsplit(|c| *c == b'/').next().unwrap_or(w.text);
    const KINDS: &str = "server service application worker daemon app broker proxy";
    let ends = |k: &str| {
        let at = path.len().saturating_sub(k.len());
        at > 0
            && path[at..].eq_ignore_ascii_case(k.as_bytes())
            && (path[at].is_ascii_uppercase() || path[at - 1] == b'-')
    };
    let dotted = path.ends_with(b".service");
    let program = [&b"/bin/"[..], b"/sbin/"]
        .iter()
        .any(|d| memchr::memmem::find(text, d).is_some());
    let file = text.starts_with(b"/") && !w.quoted;
    let daemon = file && (path.ends_with(b"d") || program) || path.starts_with(b"app:");
    dotted || daemon || KINDS.split(' ').any(ends)
}

/// The subject in front of a verb, behind which only helping words and numbers stand.
pub(super) fn subject<'c, 't>(c: &'c [Word<'t>], i: usize) -> Option<&'c Word<'t>> {
    let between = |w: &&Word<'_>| {
        !(w.is(HELP)
            || w.is_number()
            || w.key.is_some()
            || w.is_version()
            || w.eq("version")
            || w.is(DONE) && w.eq("successfully"))
    };
    let w = c[..i].iter().rev().take(4).find(between)?;
    // a tag says who speaks, not of what
    (!w.tag || w.is_name() && is_program(w)).then_some(w)
}

pub(super) fn of_program(c: &[Word<'_>], i: usize) -> bool {
    let at = |w: &Word<'_>| c.iter().position(|x| x.at == w.at).unwrap_or_default();
    let main = |w: &Word<'_>| {
        w.any(words!("process"))
            && at(w) > 0
            && c[at(w) - 1].any(words!("master main server parent"))
    };
    let name = |n: usize| c.get(n).is_some_and(|w| w.bracketed) && n > 0 && is_program(&c[n - 1]);
    // what bears a version is one: `shop 4.2.0 is started`
    let versioned = |n: usize| {
        let part = c[n].is(OTHER) || c[n].any(words!("step phase task section part level chapter"));
        begins(c, n) && c[n].key.is_none() && !part && c[n + 1..i].iter().any(Word::is_version)
    };
    subject(c, i).is_some_and(|w| {
        is_program(w) && !of_a_part(c, w)
            || main(w)
            || w.bracketed && name(at(w))
            || versioned(at(w))
    })
}

/// Whether it is one of several, or of those before.
fn of_a_part(c: &[Word<'_>], w: &Word<'_>) -> bool {
    let n = c.iter().position(|x| x.at == w.at).unwrap_or_default();
    // a pool logs its children
    let pooled = w.eq("child") && c[..n].iter().any(|w| w.bracketed);
    pooled
        || n > 0
            && c[n - 1].any(words!(
                "previous old former other no each worker background"
            ))
}

/// The object behind a verb: up to its first preposition.
fn object<'c, 't>(c: &'c [Word<'t>], i: usize) -> &'c [Word<'t>] {
    let behind = &c[i + 1..];
    let end = behind
        .iter()
        .position(|w| w.tag || w.is(PREPOSITION) || w.key.is_some());
    &behind[..end.unwrap_or(behind.len()).min(6)]
}

fn acts_on_program(c: &[Word<'_>], i: usize) -> bool {
    let of = object(c, i);
    let Some(last) = of.iter().rposition(|w| is_program(w)) else {
        return false;
    };
    // nothing but its name may follow
    let rest = of[last + 1..].iter().all(|w| {
        let named = w.is_name() || w.is_version() || w.eq("version");
        named || w.quoted || w.opens_with(u8::is_ascii_uppercase)
    });
    rest && !of
        .iter()
        .any(|w| w.any(words!("previous old former other all")))
        && !is_other(c, i)
}

fn start(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let alone = c.len() - i == 1 && c[..i].iter().all(|w| w.tag || w.bracketed);
    let next = c.get(i + 1);
    match c[i].form()? {
        VerbForm::Ed
            if of_program(c, i) && next.is_none_or(|w| !w.is(ARTICLE) && !w.is_number()) =>
        {
            Some(ServiceStart)
        }
        VerbForm::Ed if begins(c, i) => {
            let unit =
                next.is_some_and(|w| w.text.ends_with(b".scope") || w.text.ends_with(b".timer"));
            (!unit && (acts_on_program(c, i) || alone)).then_some(ServiceStart)
        }
        VerbForm::Ing => {
            let first = begins(c, i);
            let of = object(c, i);
            let oneshot = of
                .iter()
                .any(|w| w.text.ends_with(b".service") || w.text.ends_with(b".timer"));
            let numbered =
                of.get(1).is_some_and(Word::is_version) && of[0].opens_with(u8::is_ascii_uppercase);
            let versioned = !of.is_empty()
                && (of.len() < 5 && of.last().is_some_and(Word::is_version) || numbered)
                && !is_other(c, i);
            let named = i > 0
                && c[..i].iter().any(Word::is_version)
                && next.is_none_or(|w| w.is(PREPOSITION));
            // a program says its name, and no more
            let proper = |w: &Word<'_>| {
                w.sense == Default::default() && w.opens_with(u8::is_ascii_uppercase) && !w.quoted
            };
            // and a number says that there are several
            let whole = |w: &Word<'_>| !w.text.last().is_some_and(u8::is_ascii_digit);
            let inner = |w: &Word<'_>| w.text.iter().skip(1).any(u8::is_ascii_uppercase);
            let by_name = c.len() == 2
                && (i == 0 && proper(&c[1])
                    || i == 1 && proper(&c[0]) && inner(&c[0]) && whole(&c[0]) && !c[0].tag);
            let own = by_name || first && !oneshot && (alone || versioned || acts_on_program(c, i));
            let process = next.is_some_and(|w| w.eq("as")) && of_program(c, i);
            (own || named || process).then_some(ServiceStart)
        }
        VerbForm::Noun => {
            let near = &c[i.saturating_sub(2)..c.len().min(i + 3)];
            let took = next.is_some_and(|w| w.eq("in"))
                && c.get(i + 2)
                    .is_some_and(|w| w.opens_with(u8::is_ascii_digit));
            let over =
                (took || near.iter().any(|w| w.is(DONE))) && !near.iter().any(|w| w.is(FAIL));
            let whose = c[..i].iter().rev().find(|w| !w.is(HELP | DONE | ARTICLE));
            (over && whose.is_none_or(|w| w.tag || is_program(w))).then_some(ServiceStart)
        }
        _ => None,
    }
}

fn stop(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let next = c.get(i + 1);
    let first = begins(c, i);
    let alone = first
        && next.is_none_or(|w| {
            c[i].tag || w.is(HELP) || w.is(PREPOSITION) && !w.any(words!("of for"))
        });
    let sudden = c.iter().any(|w| w.is(SUDDEN));
    if sudden {
        // of a connection to a host it is the connection that ends
        let mut subjects = c[..i].iter().filter(|w| w.is(OTHER) || is_program(w));
        let whole = subjects.next().is_some_and(|w| !w.is(OTHER));
        return (whole || of_program(c, i)).then_some(Crash);
    }
    let signalled = c[i + 1..].iter().any(|w| w.is(SIGNAL_STOP));
    match c[i].form()? {
        VerbForm::Ing if is_other(c, i) && !signalled || next.is_some_and(|w| w.eq("all")) => None,
        VerbForm::Ing => {
            let down = c[i].any(words!("stopping")) && alone && next.is_some();
            let plural = subject(c, i).is_some_and(|w| w.text.ends_with(b"s"));
            let own = of_program(c, i) && !plural && next.is_none_or(|w| w.is(PREPOSITION | HELP));
            let whole = c.len() == 1 && c[i].opens_with(u8::is_ascii_uppercase);
            (own || alone && !down && (whole || !c[i].any(words!("terminating halting")))
                || first && (signalled || acts_on_program(c, i)))
            .then_some(ServiceStop)
        }
        VerbForm::Ed if c[i].eq("shut down") && next.is_some_and(|w| w.is(DONE)) => {
            of_program(c, i).then_some(ServiceStop)
        }
        VerbForm::Ed if is_other(c, i) => None,
        VerbForm::Ed => {
            let own = of_program(c, i) && c.len() - i < 6;
            let object = first && acts_on_program(c, i);
            (own || object).then_some(ServiceStop)
        }
        _ => {
            let down = c[i].any(words!("shutdown")) || c[i].eq("shut down");
            let asked = i > 1
                && c[i - 1].eq("to")
                && c[i - 2].any(words!("asked told ordered commanded requested"));
            let whose = c[..i]
                .iter()
                .rev()
                .find(|w| !w.is(HELP | DONE | ARTICLE | BEGIN | RECEIVE));
            let own = whose.is_none_or(|w| w.tag || is_program(w) || w.bracketed && w.is_name());
            let near = &c[i.saturating_sub(3)..c.len().min(i + 4)];
            let staged = near
                .iter()
                .any(|w| w.is(DONE | BEGIN | RECEIVE) || w.any(words!("initiating request")));
            (asked || down && own && staged).then_some(ServiceStop)
        }
    }
}

/// A signal that the program says to have got.
fn signal(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let next = c.get(i + 1);
    let asked = c[i].eq("termination") && next.is_some_and(|w| w.eq("signal"));
    if asked && c[..i].iter().any(|w| w.is(RECEIVE)) {
        return Some(ServiceStop);
    }
    let short = c[i].eq("term") && i > 0 && c[i - 1].eq("signal");
    let own = c[i].text.ends_with(b"_SIGTERM") || c[i].text.ends_with(b"_SIGINT");
    // `Handling signal: term`, `caught APP_SIGTERM`, `exiting on signal 15`
    let stops = c[i].eq("signal") && next.is_some_and(|w| w.any(words!("2 3 15")));
    let numbered = stops && c[..i].iter().any(|w| w.any(words!("exiting terminating")));
    if !(c[i].is(SIGNAL_STOP) || short || own || numbered) {
        return None;
    }
    let word = c[i].any(words!("terminated interrupt"));
    let near = &c[i.saturating_sub(4)..c.len().min(i + 3)];
    let signal = || near.iter().any(|w| w.eq("signal"));
    let got = numbered || near.iter().any(|w| w.is(RECEIVE));
    let before = |is: fn(&Word<'_>) -> bool| c[..i].iter().any(is);
    let due = i > 2 && before(|w| w.verb() == Some(Verb::Stop)) && before(|w| w.eq("due"));
    let other = before(|w| w.any(words!("exited sent via killed exit child worker")));
    ((got || due) && (!word || signal()) && !other).then_some(ServiceStop)
}

fn restart(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let next = c.get(i + 1);
    let first = begins(c, i);
    // a name and no more of it
    let named = next.is_some_and(|w| w.is_name() && !w.quoted && !w.is_version())
        && c.get(i + 2).is_none_or(|w| w.is(PREPOSITION));
    let stated = match c[i].form()? {
        _ if is_other(c, i) => false,
        VerbForm::Ing => {
            first && (next.is_none() || named || acts_on_program(c, i)) || of_program(c, i)
        }
        VerbForm::Ed => {
            first && (named || acts_on_program(c, i) || c.len() == i + 2 && c[i + 1].eq("it"))
                || of_program(c, i)
                || i == 1
                    && c[0].sense == Default::default()
                    && next.is_none_or(|w| w.is(PREPOSITION))
        }
        _ => {
            let near = &c[i.saturating_sub(3)..c.len().min(i + 3)];
            let staged = near.iter().any(|w| w.is(BEGIN | DONE) && !w.is(FAIL))
                || i > 0
                    && near
                        .iter()
                        .any(|w| w.any(words!("doing performing forcing broadcasting")));
            let of = next.is_some_and(|w| w.any(words!("of")));
            let whose = c[..i].iter().rev().find(|w| {
                !w.is(HELP | DONE | ARTICLE | BEGIN) && !w.any(words!("doing performing"))
            });
            // one that is over has been stated when it began
            let over = next.is_some_and(|w| w.is(DONE) && !w.is(BEGIN));
            staged && !over && (of || whose.is_none_or(|w| w.tag || is_program(w)))
        }
    };
    stated.then_some(Restart)
}

/// That it broke down: by its verb, a signal, or the status that it left.
fn crash(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let w = &c[i];
    let first = || begins(c, i);
    let number = |n: &Word<'_>| {
        std::str::from_utf8(n.text)
            .ok()
            .and_then(|t| t.parse::<u8>().ok())
    };
    if w.eq("signal") && i > 0 && c[i - 1].is(RECEIVE) {
        let fatal = c
            .get(i + 1)
            .and_then(number)
            .is_some_and(|n| [4, 6, 7, 8, 11].contains(&n));
        return fatal.then_some(Crash);
    }
    // a status above 128 is that of a signal, and no job asks to be killed
    let killed = || {
        let mut numbers = c[i..].iter().filter_map(number);
        c[i..].iter().any(|w| w.any(words!("code status")))
            && numbers.any(|n| [132, 134, 135, 136, 139].contains(&n))
    };
    if w.verb() == Some(Verb::Crash) {
        let stated = match w.form()? {
            VerbForm::Ed => {
                killed()
                    || of_program(c, i)
                    || c[..i]
                        .iter()
                        .any(|w| w.any(words!("process pid container worker thread")))
                        && !c.iter().any(|w| w.any(words!("connection")))
            }
            VerbForm::Base => {
                first()
                    && w.eq("panic")
                    && (w.tag || c.get(i + 1).is_some_and(|n| n.any(words!("at"))))
            }
            _ => false,
        };
        return stated.then_some(Crash);
    }
    if w.any(words!("exit exited exits")) {
        let behind = &c[i + 1..c.len().min(i + 6)];
        let codes = words!("code status");
        let keyed = |w: &Word<'_>| w.key.is_some_and(|k| codes.contains(&packed(k)));
        let status = behind.iter().find(|w| w.is_number() || keyed(w));
        let named = behind
            .iter()
            .any(|w| w.any(words!("code status")) || w.key.is_some());
        let text = status.map(|w| w.text).unwrap_or_default();
        let asked = [&b"0"[..], b"143", b"130", b"129"].contains(&text);
        let sudden = c.iter().any(|w| w.is(SUDDEN)) || c.iter().any(|w| w.is(SIGNAL_CRASH));
        let whose = c[..i]
            .iter()
            .any(|w| is_program(w) || w.any(words!("process pid container web")))
            && !c.iter().any(|w| w.any(words!("script command hook")));
        return (whose && (sudden || named && status.is_some() && !asked)).then_some(Crash);
    }
    if w.is(SIGNAL_CRASH) {
        let near = &c[i.saturating_sub(4)..i];
        let got = near
            .iter()
            .any(|w| w.is(RECEIVE) || w.any(words!("signal with killed")));
        return (first() && w.capitals() || got).then_some(Crash);
    }
    let fatal = w.eq("fatal")
        && c.get(i + 1).is_some_and(|n| n.eq("error"))
        && c.iter().any(|w| w.any(words!("detected")));
    let dumped = w.any(words!("core")) && c.get(i + 1).is_some_and(|n| n.any(words!("dumped")));
    let fault =
        w.any(words!("segmentation")) && c.get(i + 1).is_some_and(|n| n.any(words!("fault")));
    (fatal || dumped || fault).then_some(Crash)
}
