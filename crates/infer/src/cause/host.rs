//! A machine: hardware lines or a cold start of one host, silence of everything on it, failures behind it alone.

use super::case::{Case, Dim, SourceFact, excerpt};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::cold_start::ColdStart;
use crate::cause::ends::{UNDONE, is_at_the_end};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, culprit, lines, new_meanwhile, stop_with};
use crate::cause::names;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::host_of;
use crate::model::{Denial, Event, Evidence, Group, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::table::phrases;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Host, Group::HARDWARE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    if best.is_none() && case.sources.iter().any(|s| s.kernel) {
        let text = "Kernel logs were read, and no fault of a host was recognised in them.";
        let denies = Denial {
            classes: vec![CauseClass::Host, CauseClass::Power],
            to: case.end,
            ..new_meanwhile(case)
        };
        let kernel = case.inputs(|s| s.kernel);
        scale.deny(case, (Aspect::Absence, -0.8), text, kernel, denies);
    }
    let (bad, good) = failure_shape::split(case, Dim::Upstream);
    let lone = match (bad.as_slice(), good.is_empty()) {
        ([one], false) => Some(host_of(case, one).unwrap_or(one.name.for_json())),
        _ => None,
    };
    failure_shape::one_of_many(&mut scale, case, Dim::Upstream, "the upstream", 1.6);
    // a machine that wrote nothing before is new: it did not fall
    let known = |h: &LogText| {
        let of = |s: &&SourceFact| s.host.as_ref() == Some(h);
        case.sources.iter().filter(of).any(|s| s.covers_onset)
    };
    let mut cold = super::cold_start::boots(case);
    cold.retain(|b| b.host.is_none_or(known));
    let fell = super::cold_start::fell(case);
    if let [down] = fell.as_slice() {
        let mut text = Sentence::default().name(down.host);
        text = text.w(match down.silent {
            true => " goes quiet at the onset and boots afterwards",
            false => " boots during the incident and was not shut down before",
        });
        // what else stops with it ran on it, or behind it
        let others = case.silent_hosts.iter().filter(|(h, _)| h != down.host);
        for (n, (h, _)) in others.take(3).enumerate() {
            text = text
                .w(if n == 0 { "; with it go quiet " } else { ", " })
                .name(h);
        }
        scale.add(
            Aspect::Stated,
            3.0,
            text.w("."),
            lines(&down.lines.map(Clone::clone)),
        );
    } else if let [boot] = cold.as_slice() {
        // One host that starts cold while the incident runs: it states its own fall, like hardware lines.
        let text = Sentence::words("One host boots during the incident.");
        scale.add(
            Aspect::Stated,
            2.0,
            text,
            lines(std::slice::from_ref(boot.line)),
        );
    }
    // of several that fell the one that is hurt took the others with it
    let hurt = super::cold_start::hurt(case, &cold).filter(|_| cold.len() > 1);
    if let Some((host, line)) = hurt {
        let text = Sentence::words("Of the machines that boot again ").name(host);
        let text = text.w(" alone logs faults of its hardware.");
        scale.add(Aspect::Scope, 1.6, text, lines(std::slice::from_ref(line)));
    }
    // what alone fell silent and starts again carried the others, wherever those start meanwhile
    let carrier = super::cold_start::carrier(&cold).filter(|_| fell.len() != 1 && hurt.is_none());
    if let Some((host, _)) = carrier {
        let mut all: Vec<&ColdStart<'_>> = cold.iter().collect();
        all.sort_list_by_key(|b| b.at);
        let mut text = Sentence::default().name(host).w(" boots before ");
        let names = all.iter().skip(1).filter_map(|b| b.host);
        for (n, name) in names.take(3).enumerate() {
            text = text.w(if n == 0 { "" } else { ", " }).name(name);
        }
        let cited: Vec<Evidence> = all.iter().take(4).map(|b| b.line.clone()).collect();
        let text = text.w(": they probably run on it.");
        scale.add(Aspect::Stated, 1.2, text, lines(&cited));
    }
    if best.is_none() {
        failure_shape::symptom(&mut scale, case, signs, 0.8);
    }
    let reported = reported_down(case);
    if let Some((host, e)) = reported {
        let text = Sentence::words("A monitor reports ")
            .name(host)
            .w(" as down.");
        scale.add(Aspect::Stated, REPORTED, text, lines(&e.evidence));
        if let Some((address, act)) = turned_away(case, e) {
            let what = Sentence::words("the change of ").name(&LogText::name(address.as_bytes()));
            let text = stop_with(case, act.time, what);
            scale.add(Aspect::Reversal, UNDONE, text, lines(&act.evidence));
        }
    }
    // what starts cold on another one is what ran on that which fell
    let fallen = |s: &&Sign<'_>| fell.is_empty() || fell.iter().any(|f| s.host == Some(f.host));
    let host = best.filter(fallen).filter(|_| carrier.is_none());
    let host = host.and_then(|s| s.host);
    let host = hurt.map(|h| h.0).or(host).or(carrier.map(|c| c.0));
    let host = host.or_else(|| fell.first().map(|f| f.host).filter(|_| fell.len() == 1));
    let host = host.or_else(|| cold.first().and_then(|b| b.host).filter(|_| fell.len() < 2));
    let host = host.or(reported.map(|r| r.0));
    let together: Vec<&str> = fell.iter().take(3).map(|f| f.host.for_json()).collect();
    let together = together.join(", ");
    let named = host.map(LogText::for_json).or(lone);
    let named = named.or(Some(together.as_str()).filter(|t| !t.is_empty()));
    let part = best.and_then(|s| names::stands(s.text, &PARTS));
    let of_part = |h: &str| Some(format!("{} on {h}", part?.to_ascii_lowercase()));
    let named = named.and_then(|h| culprit("host", &of_part(h).unwrap_or(h.to_owned()), None));
    let title = named.as_ref().filter(|_| part.is_some());
    let title = title.map(|n| Sentence::words("Failing hardware: ").name(&n.name));
    let mut w = INFO.weighed(scale, named);
    w.title = title.unwrap_or(w.title);
    w
}

/// What it weighs that a monitor calls a machine down, in nats: it asked the machine itself.
const REPORTED: f64 = 2.6;

/// The machine of which a monitor says, as the failures begin or soon after, that it is down or cannot be reached, and that wrote its last
/// line before.
fn reported_down<'a>(case: &Case<'a>) -> Option<(&'a LogText, &'a Event)> {
    const DOWN: &str = "host alert | host notification | host down | host is down | host unreachable | ping critical | node down";
    let about = |e: &&Event| {
        let near = e.time.is_some_and(|t| case.near(t, 60, 300));
        near && holds_any(excerpt(e).to_lowercase().as_bytes(), DOWN)
    };
    let all = || case.sources.iter();
    let speaks_on = |h: &LogText| all().any(|s| s.covers_onset && s.host.as_ref() == Some(h));
    let named = |e: &'a Event| {
        let hosts = all().filter_map(|s| s.host.as_ref());
        let mut hosts = hosts.filter(|h| holds_any(excerpt(e).as_bytes(), h.for_json()));
        Some((hosts.find(|h| !speaks_on(h))?, e))
    };
    case.rows(&[MarkerKind::AlertFired])
        .filter(about)
        .find_map(named)
}

/// The address of a machine that is reported as down, and what is done with it as the failures end: others are asked instead.
fn turned_away<'a>(case: &Case<'a>, reported: &'a Event) -> Option<(&'a str, &'a Event)> {
    let apart = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let ip = |w: &&str| w.trim_matches('.').parse::<std::net::IpAddr>().is_ok();
    let mut addresses = excerpt(reported).split(apart).filter(ip);
    let acts = [MarkerKind::ConfigChange, MarkerKind::Failover];
    let at_end = case.rows(&acts).filter(|e| is_at_the_end(case, e));
    addresses.find_map(|a| {
        let mut of = at_end
            .clone()
            .filter(|e| excerpt(e).split(apart).any(|w| w == a));
        Some((a, of.next()?))
    })
}

/// Parts of machines that messages call by these names.
const PARTS: [&str; 9] = phrases(
    "controller battery|learn cycle|write policy|raid controller|memory module|dimm|power supply|nvme|drive",
);
