//! What the shape of the failures says: ramps, latency, surges, status mixes, one part among many, lines that stop.
//! These are weak by nature and speak for several classes at once; each rule takes what the table gives its class.

use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::case::{Case, Dim, DimShare, SilenceFact};
use crate::cause::commands::only_looks;
use crate::cause::ends::{ACTS, ENDED, is_at_the_end};
use crate::cause::identifiers::identifiers;
use crate::cause::ledger::{
    Aspect, Scale, ends_with, lines, new_meanwhile, on_host, onset_lines, quote, span, stop_with,
};
use crate::cause::names;
use crate::cause::symptoms::cleared::cleared;
use crate::cause::symptoms::{COVERS, Sign, count, counted, coverage, fullness};
use crate::model::{Denial, Event, Piece, Sentence};
use coroner_lines::fault::Sense;
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::words::{find, split as words_of};
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// Latency leads the errors, or the failing share rises slowly.
pub(super) fn latency(scale: &mut Scale, case: &Case<'_>, lead: f64, ramp: f64) {
    slowness(scale, case, Aspect::Shape, (lead, ramp));
}

/// The same as another kind of evidence.
pub(super) fn slowness(
    scale: &mut Scale,
    case: &Case<'_>,
    aspect: Aspect,
    (lead, ramp): (f64, f64),
) {
    if let Some(s) = case.latency_lead_s.filter(|s| *s >= 120.0) {
        let text = Sentence::words("Requests get slow ")
            .p(span((s * SECOND as f64) as i64))
            .w(" before the first failures.");
        scale.add(aspect, lead, text, onset_lines(case));
    } else {
        climbs(scale, case, aspect, ramp);
    }
}

/// Failures that become more over minutes.
pub(super) fn ramp(scale: &mut Scale, case: &Case<'_>, ramp: f64) {
    climbs(scale, case, Aspect::Shape, ramp);
}

fn climbs(scale: &mut Scale, case: &Case<'_>, aspect: Aspect, weight: f64) {
    if case.ramp {
        let text = Sentence::words("The error rate climbs over minutes instead of jumping.");
        scale.add(aspect, weight, text, onset_lines(case));
    }
}

/// The failures end as what broke starts again, within so many seconds.
pub(super) fn comes_back(
    scale: &mut Scale,
    case: &Case<'_>,
    within_s: i64,
    what: &str,
    is: impl Fn(&Event) -> bool,
) {
    let mut starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
    let near = |t: Instant| t > case.onset && (t.0 - case.end.0).abs() <= within_s * SECOND;
    let back = starts.find(|(e, t)| near(*t) && is(e));
    if let (true, Some((e, t))) = (case.recovered, back) {
        let text = ends_with(case, Some(t), what);
        scale.add(Aspect::Reversal, 1.2, text, lines(&e.evidence));
    }
}

/// A surge of traffic before the errors, or none.
pub(super) fn surge(scale: &mut Scale, case: &Case<'_>, more: f64, none: f64) {
    match case.surge {
        Some(x) if x >= 2.0 => {
            let text = Sentence::words(format!(
                "Requests rise to {x:.1} times the usual rate around the onset."
            ));
            // half the weight more with each doubling beyond the first, up to twice
            let weight = more * (1.0 + 0.5 * (x / 2.0).log2()).min(2.0);
            scale.add(Aspect::Shape, weight, text, onset_lines(case));
        }
        Some(x) if (0.8..=1.25).contains(&x) => {
            let text = Sentence::words("Traffic around the onset is at its usual level.");
            scale.add(Aspect::Shape, none, text, onset_lines(case));
        }
        _ => {}
    }
}

/// The lines stop for a while.
pub(super) fn gap(scale: &mut Scale, case: &Case<'_>, weight: f64, only_all: bool) {
    let near = |s: &&SilenceFact| case.near(s.start, 120, 300) && (s.all || !only_all);
    if let Some(s) = case.silences.iter().find(near) {
        let host = s.hosts.first().filter(|_| s.hosts.len() == 1);
        let text = match s.all {
            true => Sentence::words("All logs go quiet at the same moment."),
            false => on_host(Sentence::words("A log"), host).w(" goes quiet at the onset."),
        };
        scale.add(Aspect::Gap, weight, text, lines(&s.evidence));
    }
}

/// Power was lost before: then whatever stopped had no power, and its own end says nothing more.
pub(super) fn without_power(scale: &mut Scale, signs: &[Sign<'_>]) {
    let lost = |s: &&Sign<'_>| s.is(CauseClass::Power) && s.strength >= 0.75;
    if let Some(s) = signs.iter().find(lost) {
        let text = Sentence::words("A log reports a loss of power, which would stop it as well.");
        scale.add(Aspect::Gap, -1.5, text, lines(s.evidence));
    }
}

/// Failures of one dimension: the values that fail and those that stay healthy, each with enough requests to judge.
pub(super) fn split<'a>(case: &'a Case<'a>, dim: Dim) -> (Vec<&'a DimShare>, Vec<&'a DimShare>) {
    let of_dim = || {
        let all = case.shares.iter();
        all.filter(move |d| d.dim == dim && d.during.0 >= 5)
    };
    let rate = |d: &DimShare| d.during.1 as f64 / d.during.0 as f64;
    let worst = of_dim().map(rate).fold(0.0, f64::max);
    // Whoever fails at less than a fifth of the worst share is healthy by comparison.
    of_dim().partition(|d| worst >= 0.05 && rate(d) >= worst / 5.0)
}

/// That one value of a dimension fails and the others do not, so that the reader can look at them.
pub(super) fn only(noun: &str, one: &DimShare, good: &[&DimShare]) -> Sentence {
    let fails = Sentence::words(format!("Only {noun}"))
        .name(&one.name)
        .w(" fails; ");
    let others = Piece::Count(good.len() as u64);
    match good {
        [other] => fails.name(&other.name).w(" hardly does."),
        _ => fails.w("the other ").p(others).w(" hardly do."),
    }
}

/// Failures stay with one value of a dimension while others are healthy.
pub(super) fn one_of_many(
    scale: &mut Scale,
    case: &Case<'_>,
    dim: Dim,
    noun: &str,
    weight: f64,
) -> bool {
    let (bad, good) = split(case, dim);
    let (true, [one]) = (!good.is_empty(), bad.as_slice()) else {
        return false;
    };
    let text = only(&format!("{noun} "), one, &good);
    scale.add(Aspect::Scope, weight, text, onset_lines(case));
    true
}

/// How long after the failures began a message may be new and still speak for what it says.
const LATE: i64 = 3 * MINUTE;
/// What begins so soon begins with the errors.
const WITH: i64 = 10 * SECOND;

/// What messages that speak for a class weigh: the best sign, and how much of the failures they account for.
/// Says their absence instead when an application log covers the onset. Returns the best sign.
pub(super) fn messages<'s, 'a>(
    scale: &mut Scale,
    case: &Case<'_>,
    signs: &'s [Sign<'a>],
    (class, of): (CauseClass, &dyn Fn(&Sign<'_>) -> bool),
    w: Weights,
) -> Option<&'s Sign<'a>> {
    let best = signs.iter().find(|s| of(s));
    let Some(s) = best else {
        if case.has_app_log() && w.missing != 0.0 {
            let text =
                "No new message of the kind was recognised in the application's log at the onset.";
            let denies = Denial {
                classes: vec![class],
                ..new_meanwhile(case)
            };
            let searched = case.app_logs().map(|s| s.input).collect();
            scale.deny(case, (Aspect::Absence, w.missing), text, searched, denies);
        }
        return None;
    };
    // absence is reported with the stretch of the message's own log that it was looked for in
    let words = Sentence::words;
    // of several of the class the one that came first says since when
    let alike = counted(signs, of).filter(|o| o.first < s.first && !s.event);
    let told = alike.min_by_key(|o| o.first).unwrap_or(s);
    let later = told.first.0 - case.onset_bounds().1.0;
    let (text, none_for) = match told.none_for {
        _ if s.event => (words("The log says so: "), None),
        _ if told.before > 0 && later < -MINUTE => {
            let text = words("Such messages since ").p(span(case.onset.since(told.first)));
            (text.w(" before the errors began: "), None)
        }
        Some(us) if later > WITH => {
            let text = words("First seen ").p(span(told.first.since(case.onset)));
            (text.w(" after the errors began: "), Some(us))
        }
        Some(us) => (words("First seen as the errors began: "), Some(us)),
        None if told.before > 0 => (words("Logged many times as often as before: "), None),
        None => (words("Logged together with the errors: "), None),
    };
    let text = match told.said {
        "" => text.w(brief(told)),
        said => text.p(quote(said)).w(format!(" ({})", brief(told))),
    };
    let text = match none_for {
        Some(us) => text
            .w("; not seen in the preceding ")
            .p(span(us))
            .w(" of its logs."),
        None => text.w("."),
    };
    // what comes minutes after the failures began came of them as well as before them
    if later <= LATE {
        let weight = w.message * s.strength;
        scale.add(Aspect::Message, weight, text, lines(told.evidence));
    }
    ended_by_an_act(scale, case, s);
    lasts_as_long(scale, case, s, w.covers);
    let share = coverage(case, signs, of);
    if share >= COVERS {
        let (such, said) = (s.everywhere.max(s.count), quote(s.said));
        let failed = case.failed();
        let n = Piece::Count(such);
        let text = match failed {
            0 => Sentence::default()
                .p(Piece::Count(count(signs, of)))
                .w(" of the ")
                .p(Piece::Count(count(signs, |s| s.names_a_fault())))
                .w(" faults since the onset are like ")
                .p(said),
            _ if failed == such => {
                let text = words("As many messages like ").p(said);
                text.w(" as failed requests (").p(n).w(")")
            }
            _ => Sentence::default()
                .p(n)
                .w(" messages like ")
                .p(said)
                .w(" were logged, and ")
                .p(Piece::Count(failed))
                .w(" requests failed"),
        };
        let (text, also) = match s.spans {
            true if s.together => (text.w("; they start and stop together."), ALSO),
            true => (text.w("; they go on for about as long."), ALSO),
            false => (text.w("."), 0.0),
        };
        let weight = w.covers * (1.0 + 0.5 * fullness(share) + also) * s.strength;
        scale.add(Aspect::Coverage, weight, text, lines(&s.logged));
    } else if s.spans {
        let text = words("Messages like ").p(quote(s.said));
        let text = text.w(match s.together {
            true => " start and stop with the failures.",
            false => " go on for about as long as the failures.",
        });
        let weight = w.covers * SPANS * s.strength;
        scale.add(Aspect::Span, weight, text, lines(s.evidence));
    }
    best
}

/// The failures may end with what is done to that which a fault names: it was what had to be put right.
fn ended_by_an_act(scale: &mut Scale, case: &Case<'_>, s: &Sign<'_>) {
    if scale.speaks_for(Aspect::Reversal) {
        return;
    }
    if let Some(e) = act_on(case, s) {
        // what its line says, or the row where that quotes none
        let act = match quoted(e) {
            Some(said) => Sentence::default().p(quote(said)),
            None => {
                let mut this = Sentence::words("this: ");
                this.0.extend(e.text.small().0);
                this
            }
        };
        let text = stop_with(case, e.time, act);
        scale.add(Aspect::Reversal, ENDED, text, lines(&e.evidence));
    }
}

/// A state that is set once before the failures and cleared as they end lasts as they do, like a message that is said all along.
fn lasts_as_long(scale: &mut Scale, case: &Case<'_>, s: &Sign<'_>, covers: f64) {
    if let Some((said, evidence)) = cleared(case, s.host, s.said, s.first) {
        let text = Sentence::words("The fault logged before the failures clears as they end: ");
        let text = text.p(quote(said)).w(".");
        let weight = covers * SPANS * s.strength;
        scale.add(Aspect::Span, weight, text, lines(evidence));
    }
}

/// What is done as the failures end to that which a fault names: on its host, where that is not one of the failing service's own, or
/// by a line that names the host or shares an identifier or a path with the fault, or on a host called like what the fault names. What
/// a program says of itself as it starts is not done to what it names.
pub(super) fn act_on<'a>(case: &Case<'a>, sign: &Sign<'a>) -> Option<&'a Event> {
    let host = sign.host.map(|h| h.for_json());
    let elsewhere = host.filter(|_| sign.far);
    let named: Vec<String> = identifiers(sign.text).collect();
    let path = names::path(sign.text);
    let acts = |e: &&Event| {
        let done = || e.text.states_a_command() && !quoted(e).is_some_and(only_looks);
        (ACTS.contains(&e.kind) || done()) && is_at_the_end(case, e)
    };
    let touches = |e: &&Event| {
        let said = quoted(e).unwrap_or_else(|| excerpt(e));
        let there = elsewhere.is_some() && e.host.as_ref().map(|h| h.for_json()) == elsewhere;
        let names_host = elsewhere.is_some_and(|h| find(said.as_bytes(), h, 0).is_some());
        let like_it = || {
            let numbered = |c: char| c.is_ascii_digit() || c == '-';
            let host = e.host.as_ref().and_then(|h| h.for_json().split('.').next());
            let host = host.map(|h| h.trim_end_matches(numbered));
            host.is_some_and(|h| h.len() >= 4 && words_of(sign.text).iter().any(|w| w == h))
        };
        let itself = matches!(e.kind, MarkerKind::ServiceStart | MarkerKind::VersionChange);
        let shares = || {
            let mut words = names::quoted_words(sign.text);
            identifiers(said).any(|n| named.contains(&n))
                || words.any(|w| words_of(said).iter().any(|x| x == w))
        };
        let within = || {
            let folder = names::path(said).zip(path.as_deref());
            folder.is_some_and(|(of, p)| {
                let rest = p.strip_prefix(of.trim_end_matches('/'));
                rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
            })
        };
        there || names_host || !itself && (shares() || within() || like_it())
    };
    let done = case.events.iter().filter(acts).filter(touches);
    done.min_by_key(|e| e.time.map(|t| (case.end.0 - t.0).abs()))
}

/// What a message that only keeps time with the failures weighs, as a share of one that accounts for them: that it begins and
/// ends with them is two coincidences.
const SPANS: f64 = 0.8;
/// The same of one that accounts for them as well: much of it is said by that.
const ALSO: f64 = 0.3;

/// What messages of a class weigh.
#[derive(Clone, Copy)]
pub struct Weights {
    /// A sign of full strength.
    pub message: f64,
    /// Such messages account for a good part of the failures. Not in the table of weights: there novelty alone counts.
    /// That a quarter or more of the failed requests carry a line that states the fault is about nine times as
    /// likely under that cause as under another.
    pub covers: f64,
    /// There are none although an application log covers the onset.
    pub missing: f64,
}

impl Weights {
    /// What a message weighs, what it adds that messages account for the failures, and what it takes that there are none.
    pub const fn of(message: f64, covers: f64, missing: f64) -> Weights {
        Weights {
            message,
            covers,
            missing,
        }
    }
}

/// Words of our own for a sign.
pub(super) fn brief(s: &Sign<'_>) -> &'static str {
    match s.fault.sense {
        Sense::Broken => s.info.precise(s.text).map_or(s.info.says, |f| f.says),
        Sense::Misfit => "incompatible with a service it calls",
        Sense::ByServer => "the database server stops or recovers",
        Sense::Unnamed => "an error of no known kind",
    }
}

/// Refused or timed-out connections begin with the incident: they fit many causes, and name none.
pub(super) fn symptom(scale: &mut Scale, case: &Case<'_>, signs: &[Sign<'_>], weight: f64) {
    let named = signs.iter().any(|s| s.names_a_fault() && s.strength >= 0.5);
    if let (false, Some(s)) = (named, signs.iter().find(|s| !s.names_a_fault())) {
        let text = Sentence::words("Calls fail from then on, which fits other causes as well");
        let text = match s.said {
            "" => text.w("."),
            said => text.w(": ").p(quote(said)).w("."),
        };
        let cited = lines(s.evidence).or_else(|| onset_lines(case));
        scale.add(Aspect::Message, weight * s.strength, text, cited);
    }
}
