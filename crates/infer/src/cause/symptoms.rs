//! Signs: new error messages and stated faults around the onset, with how new, how near and how related they are.
//! Background noise ends here: what was said as often before, or by an unrelated host, is no sign of anything.

mod called_in_vain;
pub(in crate::cause) mod cleared;
mod everywhere;
pub(in crate::cause) mod ownership;
mod strength;

use crate::cause::case::{Case, TemplateFact, excerpt, quoted};
use crate::cause::class_info::ClassInfo;
use crate::cause::find;
use crate::cause::names;
use crate::cause::symptoms::called_in_vain::CalledInVain;
use crate::cause::symptoms::cleared::{cleared, starts_at_the_end};
use crate::cause::symptoms::everywhere::{Everywhere, program};
use crate::cause::symptoms::ownership::{
    LineFacts, Own, is_named, is_ours, kind_of, of_its_log, own_hosts, relation, runs_elsewhere,
};
use crate::cause::symptoms::strength::{
    STATED_S, freshness, lasts, nearness, stated_s, together, weight_of_count, weight_of_share,
    weight_of_words,
};
use crate::model::{Event, Evidence, Group};
use coroner_lines::fault::{Fault, Sense};
use coroner_lines::record::{CauseClass, Kind, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeMap;

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
    /// The same, else the service of its log.
    pub writer: Option<&'a LogText>,
    /// First time in the incident's window.
    pub first: Instant,
    /// Lines during the incident.
    pub count: u64,
    /// The same of this program on all hosts.
    pub everywhere: u64,
    /// Where all of them are.
    pub logged: Vec<Evidence>,
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
    /// It does so to the seconds.
    pub together: bool,
    /// Whether they began well before the failures, and end with them.
    pub leads: bool,
    /// Stated by a fault or crash event (a system log), not by an error message.
    pub event: bool,
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
    let own = Own {
        elsewhere: runs_elsewhere(case, &hosts),
        hosts: &hosts,
        named: is_named(case),
    };
    let said_by = |t: &'a TemplateFact| (program(case, t.service.as_ref(), &t.evidence), &t.text);
    let mut everywhere: BTreeMap<(&str, &LogText), Everywhere> = BTreeMap::new();
    for t in case.templates.iter().filter(|t| t.during > 0) {
        everywhere.entry(said_by(t)).or_default().add(t);
    }
    let called = CalledInVain::of(case, known);
    let templates = case.templates.iter().filter_map(|t| {
        let all = everywhere.get(&said_by(t))?;
        of_template(case, own, (t, all, &called), known)
    });
    let events = case.events.iter();
    let events = events.filter_map(|e| of_event(case, own, (e, false), known));
    let mut all: Vec<Sign<'a>> = templates.chain(events).collect();
    // where nothing says what broke, it is what falls as the failures begin and starts as they end
    let says = |s: &Sign<'_>| s.names_a_fault() && s.fault != Fault::UNNAMED;
    if !all.iter().any(|s| says(s) && accounts(case, s.everywhere)) {
        let fell = case.events.iter().filter(|e| starts_at_the_end(case, e));
        all.extend(fell.filter_map(|e| of_event(case, own, (e, true), known)));
    }
    // what is said in words of a program's own beside a stated fault that accounts for the failures says no more than that
    let stated = |s: &Sign<'_>| {
        let named = s.fault.class().is_some_and(|c| c != CauseClass::Deploy);
        named && s.new && !s.event && accounts(case, s.count)
    };
    if all.iter().any(stated) {
        all.retain(|s| s.fault != Fault::UNNAMED);
    }
    all.sort_list_by(|a, b| {
        b.strength
            .total_cmp(&a.strength)
            .then(b.count.cmp(&a.count))
            .then(a.first.cmp(&b.first))
            .then(a.text.cmp(b.text))
    });
    all
}

/// How much a program's lines belong to the failing service, whoever it is, how near they stand and how new they are, that come with
/// the failures, or not long before them, and go with them.
const SPANNING: f64 = 0.8;

/// The sign of a template; `None` when it is background, unrelated or says nothing.
fn of_template<'a>(
    case: &'a Case<'a>,
    own: Own<'_>,
    (t, all, called): (&'a TemplateFact, &Everywhere, &CalledInVain<'_>),
    known: &[&'static ClassInfo],
) -> Option<Sign<'a>> {
    if t.kind == Kind::Pager {
        return None;
    }
    let again = t.first_during?;
    // what no class makes a sign of need not be read
    let leads = known.iter().map(|i| i.lead_s);
    let lead_s = leads.fold(find(&[], None).lead_s, i64::max);
    let leads = all.leads(case);
    if freshness(case, t, lead_s) * nearness(case, again, lead_s, STATED_S) == 0.0 && !leads {
        return None;
    }
    let text = names::said(t.example.text());
    let fault = match stated(case, t) {
        Some(_) if is_typed(case, t) => return None,
        Some(f) => called.meant(t, f),
        None if !is_of_failures(case, t, all) => return None,
        None => Fault::UNNAMED,
    };
    let info = find(known, fault.class());
    let leads = leads && fault.class().is_some();
    let fresh = match freshness(case, t, info.lead_s) {
        f if leads => f.max(SPANNING),
        f => f,
    };
    // what began shortly before is stated from then on
    let first = match leads || case.near(t.first, info.lead_s, 0) {
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
        count: t.during.max(called.lines(t, fault)),
    };
    // what comes and goes with the failures and is said often is theirs, wherever it is
    let said = all.during.max(line.count);
    let is_many = t.kind == Kind::App && said.saturating_mul(8) >= case.failed().max(1);
    let spans = all.spans(case);
    let theirs = leads || is_many && spans;
    let related = match relation(case, own, line) {
        r if theirs => r.max(SPANNING),
        r => r,
    };
    let near = match nearness(case, first, info.lead_s, stated_s(info)) {
        n if theirs => n.max(SPANNING),
        n => n,
    };
    let strength = fresh
        * near
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
        writer: t.service.as_ref().or_else(|| of_its_log(case, &t.evidence)),
        first,
        count: t.during,
        everywhere: all.during,
        logged: all.lines.clone(),
        strength,
        own: related >= 1.0,
        far: own.is_far(t.host.as_ref()),
        new: t.new,
        none_for: t.none_for,
        before: t.before,
        spans,
        together: spans && all.is_together(case),
        leads,
        evidence: &t.evidence,
        event: false,
    })
}

/// The fault that a message states; that a call to a host of the site itself failed is no more than a symptom.
fn stated(case: &Case<'_>, t: &TemplateFact) -> Option<Fault> {
    let text = names::said(t.example.text());
    let ours = || names::target(text).is_some_and(|n| is_ours(case, &n));
    let fault = t.example.fault()?;
    // whom a client calls by a name that is none of ours
    let tagged = || fault == Fault::SYMPTOM && names::tags::called_by_tag(text).is_some();
    match fault.is_of(CauseClass::ThirdParty) || tagged() {
        true if ours() => Some(Fault::SYMPTOM),
        true => Some(Fault::of(CauseClass::ThirdParty)),
        false => Some(fault),
    }
}

/// Whether a line quotes what somebody typed: that asks about faults, and states none.
fn is_typed(case: &Case<'_>, t: &TemplateFact) -> bool {
    let place = |v: &Evidence| (v.input, v.byte);
    let of = |v: &Evidence| t.evidence.iter().any(|own| place(own) == place(v));
    let mut typed = case.events.iter().filter(|e| e.text.states_a_command());
    typed.any(|e| e.evidence.iter().any(of))
}

/// Whether a new message of a program stands beside a good part of the failed requests, on all hosts together: it is about them,
/// whatever its words are.
fn is_of_failures(case: &Case<'_>, t: &TemplateFact, all: &Everywhere) -> bool {
    let error = matches!(t.level, "error" | "fatal") && t.kind == Kind::App && t.new;
    error && accounts(case, all.during)
}

/// Whether lines are as many as a good part of the failed requests: then they are those requests' lines.
pub(super) fn accounts(case: &Case<'_>, lines: u64) -> bool {
    case.failed() > 0 && lines as f64 >= COVERS * case.failed() as f64
}

/// The sign of a fault or crash event.
fn of_event<'a>(
    case: &'a Case<'a>,
    own: Own<'_>,
    (e, lasts_as_they): (&'a Event, bool),
    known: &[&'static ClassInfo],
) -> Option<Sign<'a>> {
    let fault = match (e.kind, e.class) {
        (MarkerKind::Fault, Some(c)) => Fault::stated(c)?,
        (MarkerKind::Crash, _) => Fault::of(CauseClass::Crash),
        _ => return None,
    };
    let info = find(known, fault.class());
    // one of which only the line before it has a time came after that
    let time = e.time.or(e.after)?;
    let before_s = info.lead_s;
    if time.0 < case.onset_bounds().0.0 - before_s * SECOND || time > case.end {
        return None;
    }
    // The same fault on the same host long before: it was there without harm.
    let same = |o: &&Event| o.kind == e.kind && o.class == e.class && o.host == e.host;
    let long_ago = |t: Instant| t.0 < case.onset.0 - before_s.max(600) * SECOND;
    let mut alike = case.events.iter().filter(same);
    let old = alike.any(|o| o.time.is_some_and(long_ago));
    let text = names::said(excerpt(e));
    let lines_of = |o: &Event| o.evidence.iter().map(|x| x.count.unwrap_or(1)).sum::<u64>();
    // that a way is down only who forwards states outright, whatever writes its log
    let kind = match info.group {
        Group::NETWORK => Some(Kind::System),
        _ => kind_of(case, &e.evidence),
    };
    let line = LineFacts {
        info,
        sense: fault.sense,
        host: e.host.as_ref(),
        service: e.service.as_ref(),
        text,
        kind,
        count: lines_of(e),
    };
    let said = quoted(e).unwrap_or(text);
    // what comes and goes with the failures is theirs, wherever it is
    let related = match relation(case, own, line) {
        _ if lasts_as_they => 1.0,
        r if r < 1.0 && cleared(case, e.host.as_ref(), said, time).is_some() => 1.0,
        r => r,
    };
    let within = |o: &&Event| {
        let t = o.time.or(o.after);
        t.is_some_and(|t| t >= time && t <= case.end)
    };
    let all = case.events.iter().filter(within);
    let alike = |o: &&Event| o.kind == e.kind && o.class == e.class;
    let everywhere: u64 = all.clone().filter(alike).map(lines_of).sum();
    let again = all.clone().filter(same);
    let last = again.clone().filter_map(|o| o.last()).max().unwrap_or(time);
    let by = |o: &'a Event| program(case, o.service.as_ref(), &o.evidence);
    let same_words = |o: &&'a Event| alike(o) && quoted(o) == quoted(e) && by(o) == by(e);
    let alike_words: Vec<&Event> = all.clone().filter(same_words).collect();
    let written: u64 = alike_words.iter().map(|o| lines_of(o)).sum();
    // a wait that runs out is that of one request; what dies or fills up needs to be said once only
    let said_once = match info.waits {
        0 => 1.0,
        _ => weight_of_count(everywhere, kind.unwrap_or(Kind::System)),
    };
    let strength = if old { 0.3 } else { 1.0 }
        * nearness(case, time, info.lead_s, stated_s(info))
        * related
        * said_once;
    (strength > 0.0).then_some(Sign {
        fault,
        info,
        text,
        said,
        host: e.host.as_ref(),
        service: e.service.as_ref(),
        writer: e.service.as_ref().or_else(|| of_its_log(case, &e.evidence)),
        first: time,
        count: again.count() as u64,
        everywhere: written,
        logged: alike_words
            .iter()
            .flat_map(|o| o.evidence.clone())
            .collect(),
        strength,
        own: related >= 1.0,
        far: own.is_far(e.host.as_ref()),
        new: !old,
        none_for: None,
        before: 0,
        spans: !old && lasts(case, written, time, last),
        together: together(case, time, last),
        leads: false,
        evidence: &e.evidence,
        event: true,
    })
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
    match all {
        0 => 0.0,
        all => (of as f64 / all as f64).min(1.0),
    }
}

/// The messages of some signs during the incident.
pub(super) fn count(signs: &[Sign<'_>], of: impl Fn(&Sign<'_>) -> bool) -> u64 {
    counted(signs, of).map(|s| s.count).sum()
}

/// Those that are counted.
pub(super) fn counted<'s, 'a>(
    signs: &'s [Sign<'a>],
    of: impl Fn(&Sign<'_>) -> bool,
) -> impl Iterator<Item = &'s Sign<'a>> {
    let counted = move |s: &&Sign<'_>| !s.event && s.strength >= 0.3 && of(s);
    signs.iter().filter(counted)
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
    let dated = |s: &Sign<'_>| s.info.precise(s.text).is_some_and(|f| f.dated);
    signs
        .iter()
        .filter(|s| (s.info.plain || dated(s)) && s.strength >= 0.75)
        .find(|s| {
            let share = coverage(case, signs, |x| x.fault == s.fault);
            s.event && s.own
                || s.info.once
                || s.fault.sense == Sense::ByServer
                || ((share >= COVERS || s.spans) && share >= code)
        })
}
