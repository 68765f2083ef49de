//! Signs: new error messages and stated faults around the onset, with how new, how near and how related they are.
//! Background noise ends here: what was said as often before, or by an unrelated host, is no sign of anything.

pub(in crate::cause) mod ownership;
pub(in crate::cause) mod ties;

use crate::cause::case::{Case, TemplateFact, quoted};
use crate::cause::class_info::ClassInfo;
use crate::cause::failure_shape::cleared;
use crate::cause::find;
use crate::cause::names;
use crate::cause::symptoms::ownership::{
    LineFacts, Own, is_ours, own_hosts, relation, runs_elsewhere,
};
use crate::cause::symptoms::ties::{Tie, ties};
use crate::model::{Event, Evidence};
use coroner_lines::fault::{Fault, Sense};
use coroner_lines::record::{CauseClass, Kind, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};

/// Failures to a message, from which its messages are a handful.
const HANDFUL: u64 = 25;

/// A message or fault that may show the cause.
pub struct Sign<'a> {
    /// What it says.
    pub fault: Fault,
    /// What is known of the class that it speaks for.
    pub info: &'static ClassInfo,
    /// The message, or the line of an event; empty when the event carries no excerpt.
    pub text: &'a str,
    /// What of it is quoted.
    pub said: &'a str,
    /// Host of the line.
    pub host: Option<&'a LogText>,
    /// Service of the line.
    pub service: Option<&'a LogText>,
    /// First time in the incident's window.
    pub first: Instant,
    /// Lines during the incident.
    pub count: u64,
    /// 0–1: new, near the onset, related to the failing service.
    pub strength: f64,
    /// Whether host or service is known to belong to the failing service.
    pub own: bool,
    /// Its host is none of those on which the failing service is known to run.
    pub far: bool,
    /// The template was never seen before the onset.
    pub new: bool,
    /// The stretch of its log before it in which no line begins as it does, where that is known and long.
    pub none_for: Option<i64>,
    /// Lines in the hour before.
    pub before: u64,
    /// Lines it rests on.
    pub evidence: &'a [Evidence],
    /// It begins with the failures, goes on as long as they do, and ends with them.
    pub spans: bool,
    /// Stated by a fault or crash event (a system log), not by an error message.
    pub event: bool,
    /// What ties its host or service to the failures, where that is none of the failing service's own.
    pub tie: Option<Tie<'a>>,
}

impl Sign<'_> {
    /// Whether it speaks for a class.
    pub fn is(&self, class: CauseClass) -> bool {
        self.fault.is_of(class)
    }

    /// Whether it is stated often enough to be believed: a kernel or an init system needs to say it once only.
    pub fn is_enough(&self, case: &Case<'_>) -> bool {
        self.event || self.count >= 3 || self.is_of_machine(case)
    }

    /// Whether a machine or a device says it, and no program.
    pub fn is_of_machine(&self, case: &Case<'_>) -> bool {
        kind_of(case, self.evidence) == Some(Kind::System)
    }

    /// Whether it says more than a symptom does.
    pub fn names_a_fault(&self) -> bool {
        self.fault.class().is_some()
    }
}

/// All signs of the case, of the classes that are known, strongest first; ties by time, then text.
pub(super) fn signs<'a>(case: &'a Case<'a>, known: &[&'static ClassInfo]) -> Vec<Sign<'a>> {
    let hosts = own_hosts(case);
    let ties = ties(case, &hosts);
    let own = Own {
        elsewhere: runs_elsewhere(case, &hosts),
        hosts: &hosts,
        ties: &ties,
    };
    let templates = case
        .templates
        .iter()
        .filter_map(|t| of_template(case, own, t, known));
    let events = case
        .events
        .iter()
        .filter_map(|e| of_event(case, own, e, known));
    let mut all: Vec<Sign<'a>> = templates.chain(events).collect();
    all.sort_list_by(|a, b| {
        b.strength
            .total_cmp(&a.strength)
            .then(b.count.cmp(&a.count))
            .then(a.first.cmp(&b.first))
            .then(a.text.cmp(b.text))
    });
    all
}

/// The sign of a template; `None` when it is background, unrelated or says nothing.
fn of_template<'a>(
    case: &'a Case<'a>,
    own: Own<'_, 'a>,
    t: &'a TemplateFact,
    known: &[&'static ClassInfo],
) -> Option<Sign<'a>> {
    if t.during == 0 || t.kind == Kind::Pager {
        return None;
    }
    let again = t.first_during?;
    // what no class makes a sign of need not be read
    let lead_s = known
        .iter()
        .map(|i| i.lead_s)
        .fold(find(&[], None).lead_s, i64::max);
    if freshness(case, t, lead_s) * nearness(case, again, lead_s, STATED_S) == 0.0 {
        return None;
    }
    let text = names::said(t.example.text());
    let fault = match t.example.fault() {
        Some(f)
            if f.is_of(CauseClass::ThirdParty)
                && names::target(text).is_some_and(|n| is_ours(case, &n)) =>
        {
            Fault::SYMPTOM
        }
        Some(f) => f,
        None if is_of_failures(case, t) => Fault::UNNAMED,
        None => return None,
    };
    let info = find(known, fault.class());
    let fresh = freshness(case, t, info.lead_s);
    // what began shortly before is stated from then on
    let first = match case.near(t.first, info.lead_s, 0) {
        true => t.first,
        false => again,
    };
    let line = LineFacts {
        info,
        sense: fault.sense,
        host: t.host.as_ref(),
        service: t.service.as_ref(),
        text,
        kind: Some(t.kind),
        count: t.during,
    };
    let related = relation(case, own, line);
    let near = nearness(case, first, info.lead_s, stated_s(info));
    let strength = fresh
        * near.max(soon(case, t.during, first))
        * related
        * weight_of_count(t.during, t.kind)
        * weight_of_words(fault)
        * weight_of_share(case, t, info.in_program);
    (strength > 0.0).then_some(Sign {
        fault,
        info,
        text,
        said: text,
        host: t.host.as_ref(),
        service: t.service.as_ref(),
        first,
        count: t.during,
        strength,
        own: related >= 1.0,
        far: own.is_far(t.host.as_ref()),
        new: t.new,
        none_for: t.none_for,
        before: t.before,
        spans: spans(case, t, first),
        evidence: &t.evidence,
        event: false,
        tie: ties::of(own.ties, t.host.as_ref(), t.service.as_ref()).cloned(),
    })
}

/// Whether a new message of a program stands beside a good part of the failed requests: it is about them, whatever its words are.
fn is_of_failures(case: &Case<'_>, t: &TemplateFact) -> bool {
    let error = matches!(t.level, "error" | "fatal") && t.kind == Kind::App && t.new;
    error && accounts(case, t.during)
}

/// Whether lines are as many as a good part of the failed requests: then they are those requests' lines.
pub(super) fn accounts(case: &Case<'_>, lines: u64) -> bool {
    case.failed() > 0 && lines as f64 >= COVERS * case.failed() as f64
}

/// Whether a message that was not there before comes with the failures, again and again, and stays away after them.
fn spans(case: &Case<'_>, t: &TemplateFact, first: Instant) -> bool {
    t.before == 0 && lasts(case, t.during, first, t.last)
}

/// How far from the end of the failures the last such line may stand.
fn slack(case: &Case<'_>) -> i64 {
    ((case.end.0 - case.onset.0) / 10).max(60 * SECOND)
}

/// Whether lines from `first` to `last` begin, go on and end with the failures.
fn lasts(case: &Case<'_>, count: u64, first: Instant, last: Instant) -> bool {
    case.recovered
        && count >= 5
        && case.near(first, 60, 60)
        && (last.0 - case.end.0).abs() <= slack(case)
}

/// 1 for a template never seen before, .8 for one at four times its rate or more, 0 for background: also for one that was
/// there before and goes on after the failures as if nothing had happened.
fn freshness(case: &Case<'_>, t: &TemplateFact, lead_s: i64) -> f64 {
    if !t.new && goes_on(case, t) {
        return 0.0;
    }
    if t.new || t.before == 0 {
        // A source that began only a moment ago proves nothing by its novelty, but what it says still counts.
        return if t.new { 1.0 } else { 0.8 };
    }
    let early = case.onset.0 - t.first.0;
    let short_lead = early <= lead_s * SECOND && t.during >= 3;
    let span_before = ((case.onset.0 - case.archive.0.0) / SECOND - 60).clamp(60, 3600) as f64;
    let span_now = ((case.end.0 - case.onset.0) / SECOND + 60).max(60) as f64;
    let before = t.before as f64 / span_before;
    let now = t.during as f64 / span_now;
    if (now >= 4.0 * before && t.during >= 5) || short_lead {
        0.8
    } else {
        0.0
    }
}

/// Whether a message comes after the failures at half its rate during them or more.
fn goes_on(case: &Case<'_>, t: &TemplateFact) -> bool {
    let seconds = |a: Instant, b: Instant| ((b.0 - a.0) / SECOND) as f64;
    let calm = seconds(case.end, case.archive.1).min(3600.0) - 60.0;
    let failing = seconds(case.onset, case.end) + 60.0;
    let (now, then) = (t.during as f64 / failing, t.after as f64 / calm);
    case.recovered && calm >= 120.0 && t.after >= 3 && then >= 0.5 * now
}

/// Seconds after the onset in which a fault is stated.
const STATED_S: i64 = 60;

/// The same of a class: a wait is stated when it has run out.
fn stated_s(info: &ClassInfo) -> i64 {
    match info.waits {
        0 | 1 => STATED_S,
        _ => 2 * STATED_S,
    }
}

/// 1 at the onset, .4 later (cascades), 0 too early.
fn nearness(case: &Case<'_>, first: Instant, lead_s: i64, stated_s: i64) -> f64 {
    if case.near(first, lead_s, stated_s) {
        1.0
    } else if first > case.onset && first <= case.end {
        0.4
    } else {
        0.0
    }
}

/// How near a message stands that comes with half of the failures or more, from within the first tenth of them on: the first may
/// have hung before they were stated. 0 for others.
fn soon(case: &Case<'_>, during: u64, first: Instant) -> f64 {
    let tenth = (case.end.0 - case.onset.0) / 10;
    let early = first >= case.onset && first.0 - case.onset.0 <= tenth;
    match early && case.failed() > 0 && during * 2 >= case.failed() {
        true => 0.8,
        false => 0.0,
    }
}

/// One or two lines of an application are weak; a kernel or init system needs to say it once only.
fn weight_of_count(count: u64, kind: Kind) -> f64 {
    if count >= 3 || kind == Kind::System {
        1.0
    } else {
        0.5
    }
}

/// What a program says in its own words may be of any kind.
fn weight_of_words(fault: Fault) -> f64 {
    match fault == Fault::UNNAMED {
        true => 0.6,
        false => 1.0,
    }
}

/// A program that answers with errors says so: where a message that it had before is a handful beside the failures, it is not
/// why. Other faults are stated once and fail a thousand requests, and a new message may be one of many that show the same.
fn weight_of_share(case: &Case<'_>, t: &TemplateFact, in_program: bool) -> f64 {
    let old = in_program && t.kind == Kind::App && !t.new;
    match old && t.during * HANDFUL < case.failed() {
        true => 0.0,
        false => 1.0,
    }
}

/// The sign of a fault or crash event.
fn of_event<'a>(
    case: &'a Case<'a>,
    own: Own<'_, 'a>,
    e: &'a Event,
    known: &[&'static ClassInfo],
) -> Option<Sign<'a>> {
    let fault = match (e.kind, e.class) {
        (MarkerKind::Fault, Some(c)) => Fault::stated(c)?,
        (MarkerKind::Crash, _) => Fault::of(CauseClass::Crash),
        _ => return None,
    };
    let info = find(known, fault.class());
    let time = e.time?;
    let before_s = info.lead_s;
    if time.0 < case.onset_bounds().0.0 - before_s * SECOND || time > case.end {
        return None;
    }
    // The same fault on the same host long before: it was there without harm.
    let same = |o: &&Event| o.kind == e.kind && o.class == e.class && o.host == e.host;
    let old = case.events.iter().filter(same).any(|o| {
        o.time
            .is_some_and(|t| t.0 < case.onset.0 - before_s.max(600) * SECOND)
    });
    let text = names::said(excerpt(e));
    let lines_of = |o: &Event| o.evidence.iter().map(|x| x.count.unwrap_or(1)).sum::<u64>();
    let line = LineFacts {
        info,
        sense: fault.sense,
        host: e.host.as_ref(),
        service: e.service.as_ref(),
        text,
        kind: kind_of(case, &e.evidence),
        count: lines_of(e),
    };
    let said = quoted(e).unwrap_or(text);
    // what comes and goes with the failures is theirs, wherever it is
    let related = match cleared(case, e.host.as_ref(), said, time) {
        Some(_) => 1.0,
        None => relation(case, own, line),
    };
    let strength =
        if old { 0.3 } else { 1.0 } * nearness(case, time, info.lead_s, stated_s(info)) * related;
    let within = |o: &&Event| {
        let t = o.time.is_some_and(|t| t >= time && t <= case.end);
        t && same(o)
    };
    let again = case.events.iter().filter(within);
    let last = again.clone().filter_map(|o| o.last()).max().unwrap_or(time);
    let count: u64 = again.map(lines_of).sum();
    (strength > 0.0).then_some(Sign {
        fault,
        info,
        text,
        said,
        host: e.host.as_ref(),
        service: e.service.as_ref(),
        first: time,
        count,
        strength,
        own: related >= 1.0,
        far: own.is_far(e.host.as_ref()),
        new: !old,
        none_for: None,
        before: 0,
        spans: !old && lasts(case, count, time, last),
        evidence: &e.evidence,
        event: true,
        tie: ties::of(own.ties, e.host.as_ref(), e.service.as_ref()).cloned(),
    })
}

/// What the input of the first of some lines is.
fn kind_of(case: &Case<'_>, lines: &[Evidence]) -> Option<Kind> {
    let of = |e: &Evidence| case.sources.iter().find(|s| s.input == e.input);
    lines.first().and_then(of).map(|s| s.kind)
}

/// The first cited line of an event, as far as it is kept.
pub(super) fn excerpt(e: &Event) -> &str {
    e.evidence
        .iter()
        .find_map(|v| v.excerpt.as_ref())
        .map_or("", |t| t.for_json())
}

/// Whether a new message of an application names a fault: more than a symptom.
pub(super) fn application_speaks(case: &Case<'_>, signs: &[Sign<'_>]) -> bool {
    signs.iter().any(|s| {
        let named = s.names_a_fault() && s.new && s.strength >= 0.5;
        named && kind_of(case, s.evidence) == Some(Kind::App)
    })
}

/// Share of the failed requests (or, without requests, of all new error lines) that some signs account for.
pub(super) fn coverage(case: &Case<'_>, signs: &[Sign<'_>], of: impl Fn(&Sign<'_>) -> bool) -> f64 {
    let of = count(signs, of);
    let all = match case.failed() {
        0 => count(signs, |s| s.names_a_fault()),
        n => n,
    };
    if all == 0 {
        0.0
    } else {
        (of as f64 / all as f64).min(1.0)
    }
}

/// The messages of some signs during the incident.
pub(super) fn count(signs: &[Sign<'_>], of: impl Fn(&Sign<'_>) -> bool) -> u64 {
    counts(signs, of).sum()
}

/// The same of each sign that is counted.
pub(super) fn counts(
    signs: &[Sign<'_>],
    of: impl Fn(&Sign<'_>) -> bool,
) -> impl Iterator<Item = u64> {
    let counted = move |s: &&Sign<'_>| !s.event && s.strength >= 0.3 && of(s);
    signs.iter().filter(counted).map(|s| s.count)
}

/// Whether a share of the failures is enough to say that the messages explain them.
pub(super) const COVERS: f64 = 0.25;

/// How far messages that account for a share of the failures account for all of them: 0 at [`COVERS`], 1 from three quarters on,
/// since some failures leave no line.
pub(super) fn fullness(share: f64) -> f64 {
    ((share - COVERS) / 0.5).clamp(0.0, 1.0)
}

/// The class that the new messages or the system logs state outright, if any, with the sign that says so.
/// Program errors are left out: they do not say what changed.
pub(super) fn stated_class<'s, 'a>(case: &Case<'_>, signs: &'s [Sign<'a>]) -> Option<&'s Sign<'a>> {
    let code = coverage(case, signs, |s| {
        s.info.in_program && s.fault != Fault::UNNAMED
    });
    signs
        .iter()
        .filter(|s| s.info.plain && s.strength >= 0.75)
        .find(|s| {
            let share = coverage(case, signs, |x| x.fault == s.fault);
            s.event && s.own
                || s.info.once
                || s.fault.sense == Sense::ByServer
                || ((share >= COVERS || s.spans) && share >= code)
        })
}
