//! Memory used up: the kernel or the runtime ends a process of the failing service, not just any process.

use super::case::{Case, quoted};
use super::{begun, names};
use crate::cause::alerts::alerted;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::{UNDONE, cleared_away, freed, taken_away};
use crate::cause::failure_shape;
use crate::cause::ledger::{
    Aspect, culprit, lines, named, new_meanwhile, on_host, quote, stop_with,
};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::is_of_failing;
use crate::model::{Denial, Event, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Memory, Group::RESOURCE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    alerted(&mut scale, case, "memory", "memory | mem | swap");
    // what a program is answered is said of who answers
    if let Some(name) = best.and_then(|s| names::full_store(s.text)) {
        failure_shape::latency(&mut scale, case, 0.6, 0.9);
        // what somebody takes away as the failures end had filled it
        if let Some((what, e)) = cleared_away(case) {
            let text = stop_with(
                case,
                e.time,
                Sentence::words("the clearing of ").name(&named(what)),
            );
            scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
            let filled = format!("{name}, filled by {what}");
            let mut w = INFO.weighed(scale, culprit("memory", &filled, None));
            let title = Sentence::words("Memory of ").name(&named(&name));
            w.title = title.w(" filled by ").name(&named(what));
            return w;
        }
        // which of its kind it is, what is done to it as the failures end may say
        let act = best.and_then(|s| failure_shape::act_on(case, s));
        let which = act.and_then(|e| one_of_kind(e, &name));
        return INFO.weighed(scale, culprit("memory", which.unwrap_or(&name), None));
    }
    if let Some(s) = best.filter(|s| s.own) {
        // The same weight as a failing set that is exactly the changed set: the process that died is the one that fails.
        let text = Sentence::words(match is_of_failing(case, s) {
            true => "Memory ran out for a process of the failing service",
            false => "Use of memory reached a limit",
        });
        let text = on_host(text, s.host).w(".");
        scale.add(Aspect::Scope, 2.5 * s.strength, text, lines(s.evidence));
        freed(&mut scale, case, "its memory");
    } else if best.is_none() && case.sources.iter().any(|s| s.kernel) {
        let text = "Kernel logs were read, and no out-of-memory kill was recognised in them.";
        let denies = Denial {
            classes: vec![INFO.class],
            to: case.end,
            ..new_meanwhile(case)
        };
        let kernel = case.inputs(|s| s.kernel);
        scale.deny(case, (Aspect::Absence, -1.0), text, kernel, denies);
    }
    if best.is_some() {
        failure_shape::latency(&mut scale, case, 0.6, 0.9);
    }
    // what is put an end to where memory ran out, as the failures end, is what took it
    let ended = best.and_then(|s| taken_away(case, (s.host, s.text)));
    if let Some((name, e)) = ended {
        let what = Sentence::words("the end of ").name(&named(name));
        let text = stop_with(case, e.time, what);
        scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
    }
    let spoken = best.filter(|_| ended.is_none());
    let spoken = spoken.and_then(|_| begun::spoken_of(case));
    let spoken = spoken.map(|(begun, said)| begun::told(begun, said));
    if let Some((_, text, cited)) = &spoken {
        scale.add(Aspect::Named, begun::SPOKEN, text.clone(), cited.clone());
    }
    let process = ended.map(|(name, _)| name.to_owned());
    let process = process.or_else(|| used_up_by(signs));
    let named = best.and_then(|s| {
        let host = s.host.map(LogText::for_json);
        // where it happens on one host after the other, it is the service's
        let elsewhere = |x: &Sign<'_>| x.is(INFO.class) && x.host != s.host;
        let own = |x: &Sign<'_>| elsewhere(x) && x.own;
        if let (true, Some(service)) = (s.own && signs.iter().any(own), s.writer) {
            return culprit("memory", service.for_json(), Some(service));
        }
        let host = host.filter(|_| !(process.is_some() && signs.iter().any(elsewhere)));
        let who = match (process, host) {
            (Some(p), Some(h)) => format!("{p} on {h}"),
            (p, h) => {
                let service = || s.writer.map(|s| s.for_json());
                p.or_else(|| h.or_else(service).map(str::to_owned))?
            }
        };
        culprit("memory", &who, s.service.filter(|_| s.own).or(case.service))
    });
    let title = ended.zip(named.as_ref());
    let title = title.map(|(_, n)| Sentence::words("Memory used up by ").name(&n.name));
    if let (Some((short, ..)), Some(who)) = (&spoken, &named) {
        let name = format!("{}, taken by {short}", who.name.for_json());
        let mut w = INFO.weighed(scale, culprit("memory", &name, who.service.as_ref()));
        let title = Sentence::words("Memory of ").name(&who.name);
        w.title = title.w(" used up, as ").p(quote(short)).w(" began");
        return w;
    }
    let mut w = INFO.weighed(scale, named);
    w.title = title.unwrap_or(w.title);
    w
}

/// What an act names that is called after a program, `cart-redis-0` after `redis`: its host, or a word of it.
fn one_of_kind<'a>(e: &'a Event, program: &str) -> Option<&'a str> {
    let called = |w: &&str| w.split(['-', '.']).any(|part| part == program) && *w != program;
    let host = e.host.as_ref().map(LogText::for_json);
    let words = quoted(e).unwrap_or_default().split([' ', ':', '/', '=']);
    // the program that talks to it is none of them
    let words = words.filter(|w| !w.ends_with("-cli"));
    host.into_iter().chain(words).find(called)
}

/// The process that a kernel ended or that asked for more, else the unit that was ended. Where several processes were, whose memory it was
/// is not known.
fn used_up_by(signs: &[Sign<'_>]) -> Option<String> {
    let of_class = || signs.iter().filter(|s| s.is(INFO.class));
    let cited = of_class().flat_map(|s| s.evidence);
    let cited = cited.filter_map(|e| e.excerpt.as_ref());
    let of_unit = |t: &&LogText| t.for_json().contains("killed by the OOM killer");
    let mut units = cited.filter(of_unit).map(LogText::for_json);
    let named = || of_class().filter_map(|s| Some((s.text, names::process(s.text)?)));
    let Some((_, first)) = named().next() else {
        return units.find_map(names::unit);
    };
    let mut ended = named().filter(|(text, _)| text.contains("Killed process"));
    let one = ended.next().is_none_or(|p| ended.all(|o| o.1 == p.1));
    one.then_some(first)
}
