//! A release: which of several, by the versions and hosts that fail; nearness in time is only a prior.

use super::case::{Case, Dim};
use super::change::{self, Change, What};
use crate::cause::change::chosen;
use crate::cause::change::hosts::{by_host, failing_hosts};
use crate::cause::change::reversal;
use crate::cause::change::version::{FAIL_TOO, by_version, version_of};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, Scale, culprit, lines, onset_lines, quote, span};
use crate::cause::names::full_store;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::ownership::{akin, both_akin, is_of_failing};
use crate::cause::symptoms::{COVERS, Sign, coverage, stated_class};
use crate::model::{Cited, Culprit, Event, Group, Sentence};
use coroner_lines::fault::Fault;
use coroner_lines::record::CauseClass;
use coroner_lines::sorting::SortList;
use coroner_lines::time::SECOND;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Deploy, Group::CHANGE, weigh));

/// Highest score of a change that nothing but its time speaks for.
pub(super) const ONLY_TIME: f64 = 0.49;

/// Highest score of a release that was rolled back while the failures went on: it hardly brought them.
const IN_VAIN: f64 = 0.1;

/// Highest score of a release for which no failing set and no message speaks, only that the failures begin within minutes
/// of it and end within minutes of its rollback: both may coincide with something else.
pub(super) const NO_MECHANISM: f64 = 0.74;

/// Seconds after which a release is not convicted by a program error alone.
const LATE_S: f64 = 600.0;

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let all = change::changes(case);
    let best = chosen::chosen(case, &all, What::Release, |c| {
        weigh_release(case, c, &all, signs)
    });
    match best {
        Some((scale, c)) => held(case, signs, (scale, c)),
        None => without_release(case, signs),
    }
}

/// Releases that are listed beside the one of which most speaks.
const RIVALS: usize = 2;
/// Seconds before the onset in which another release may have begun to be one.
const RIVAL_S: i64 = 300;

/// Other releases of the minutes before the onset, the likeliest first, where nothing but its time speaks for the chosen one: which it is
/// the logs do not say.
pub(super) fn rivals(case: &Case<'_>, signs: &[Sign<'_>], chosen: &Weighed) -> Vec<Weighed> {
    let by_time = chosen.cap.is_some_and(|most| most <= ONLY_TIME);
    let Some(id) = chosen.change.as_deref().filter(|_| by_time) else {
        return Vec::new();
    };
    let all = change::changes(case);
    let same = |c: &Change<'_>| c.events.iter().any(|e| e.id == id);
    let other = |c: &&Change<'_>| {
        let near = case.near(c.start, RIVAL_S, 0);
        c.what == What::Release && near && !same(c) && reversal::in_vain(case, c).is_none()
    };
    let weighed = all
        .iter()
        .filter(other)
        .map(|c| (weigh_release(case, c, &all, signs), c));
    let mut rivals: Vec<(Scale, &Change<'_>)> = weighed.filter(|r| r.0.sum() > 0.0).collect();
    rivals.sort_list_by(|a, b| b.0.sum().total_cmp(&a.0.sum()).then(a.1.id.cmp(b.1.id)));
    rivals.truncate(RIVALS);
    let rivals = rivals.into_iter().map(|r| held(case, signs, r));
    let mut rivals: Vec<Weighed> = rivals.collect();
    rivals.iter_mut().for_each(|w| w.hold(ONLY_TIME));
    rivals
}

/// What is found of a release, held down as far as that says little.
fn held(case: &Case<'_>, signs: &[Sign<'_>], (scale, c): (Scale, &Change<'_>)) -> Weighed {
    let both = reversal::coincides_twice(case, c);
    // A program error long after a release that stays in place may be of one that no log lists.
    let pointed = scale.speaks_for(Aspect::Scope) || scale.speaks_for(Aspect::Reversal);
    let stays = !pointed && !reversal::was_rolled_back(case, c);
    let late = stays && c.lag_s(case) > LATE_S;
    let named = scale.speaks_for(Aspect::Named);
    let led = !pointed && older(c, signs).is_some();
    // what fails in other versions, too, is hardly of this one
    let everywhere = scale.weight(Aspect::Scope) <= FAIL_TOO && !scale.speaks_for(Aspect::Reversal);
    let mut w = finish(scale, Some(c), both, name(case, c, signs));
    let most = match reversal::in_vain(case, c).is_some() {
        true if case.recovered => Some(IN_VAIN),
        // it may need more than that
        true => Some(ONLY_TIME),
        false => (late || everywhere || led).then_some(ONLY_TIME),
    };
    if let Some(most) = most {
        w.hold(most);
    }
    // What ends another service's release says as little about this one as its beginning does, unless who looked into it names it
    // or the failures begin while it is rolled out and end with its rollback; nor is a release convicted by two coincidences where
    // the lines account for the failures otherwise.
    let apart = foreign(case, c, signs) && !named && !(both && reversal::begins_within(case, c));
    let other = apart || stated_class(case, signs).is_some();
    if other && w.cap == Some(NO_MECHANISM) {
        w.cap = Some(ONLY_TIME);
    }
    w
}

/// Everything that speaks for and against one release.
fn weigh_release<'a>(
    case: &Case<'a>,
    c: &Change<'a>,
    all: &[Change<'_>],
    signs: &[Sign<'_>],
) -> Scale {
    let mut scale = Scale::default();
    change::timing::timing(&mut scale, case, c, all, "the rollout");
    reversal::reversal(&mut scale, case, Some(c), signs);
    scope(&mut scale, case, c, signs);
    messages(&mut scale, case, c, signs);
    if let Some(s) = older(c, signs) {
        let text = Sentence::words("A fault began ")
            .p(span(c.start.since(s.first)))
            .w(" before the rollout: ")
            .p(quote(s.said))
            .w(".");
        scale.add(
            Aspect::Another,
            -OLDER * s.strength,
            text,
            lines(s.evidence),
        );
    }
    failure_shape::ramp(&mut scale, case, -0.5);
    scale
}

/// What it weighs, in nats, that a fault that ends with the failures was there before the release began.
const OLDER: f64 = 2.0;
/// Stamps of two logs may differ by so much.
const APART: i64 = 30 * SECOND;

/// A fault that leads the failures, and that began before the release did: no release brings what was there before it.
fn older<'s, 'a>(c: &Change<'_>, signs: &'s [Sign<'a>]) -> Option<&'s Sign<'a>> {
    let before = |s: &&Sign<'_>| s.leads && s.first.0 + APART < c.start.0 && !s.info.in_program;
    signs.iter().find(before)
}

/// No release marker before the onset: a version that appears in the lines alone, a bare rollback, or nothing.
fn without_release(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut scale = Scale::default();
    let (bad, good) = failure_shape::split(case, Dim::Version);
    let new = bad.iter().find(|d| d.before.0 == 0);
    let fails = new.filter(|_| !good.is_empty()).map(|d| &d.name);
    if let Some(name) = fails {
        let text = Sentence::words("Version ")
            .name(name)
            .w(" appears with the errors and fails; other versions hardly do.");
        scale.add(Aspect::Scope, 2.5, text, onset_lines(case));
    }
    change::none_found(&mut scale, case, What::Release, "release");
    if fails.is_none() {
        reversal::reversal(&mut scale, case, None, signs);
    }
    // words that nobody knows speak for a release that there was, and for none beside
    program_error(&mut scale, case, signs, |s| s.fault != Fault::UNNAMED);
    change::otherwise::stated_otherwise(&mut scale, case, signs, 1.6);
    let name = fails.and_then(|n| culprit("version", n.for_json(), case.service));
    finish(scale, None, false, name)
}

/// A program error that begins with the incident.
fn program_error(
    scale: &mut Scale,
    case: &Case<'_>,
    signs: &[Sign<'_>],
    counts: impl Fn(&Sign<'_>) -> bool,
) {
    let of = |s: &Sign<'_>| s.is(INFO.class) && s.is_enough(case) && counts(s);
    failure_shape::messages(scale, case, signs, (INFO.class, &of), INFO.weights);
}

/// What the new messages say about a release.
fn messages(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>, signs: &[Sign<'_>]) {
    // A program error speaks for a release of that program only.
    // Beside what is stated, words that no entry knows are how the other end sees it.
    let stated = stated_class(case, signs).is_some();
    let counts = |s: &Sign<'_>| !stated || s.fault != Fault::UNNAMED;
    if !foreign(case, c, signs) {
        program_error(scale, case, signs, counts);
    }
    if scale.speaks_for(Aspect::Message) {
        // Errors of the program are what a release brings; another fault beside them speaks less.
        if coverage(case, signs, |s| s.info.in_program && counts(s)) < COVERS {
            change::otherwise::stated_otherwise(scale, case, signs, 0.8);
        }
        return;
    }
    if let Some(s) = signs.iter().find(|s| s.is(CauseClass::Migration)) {
        let text = Sentence::words("New messages say that SQL no longer matches the schema.");
        scale.add(Aspect::Message, 0.8 * s.strength, text, lines(s.evidence));
        return;
    }
    // Stated by a kernel or a server: something else broke, or is used up by what was released.
    if let Some(s) = stated_class(case, signs) {
        // what a cache or database holds, no process of the release does
        let kept = s.info.is_kept(s.text) && full_store(s.text).is_none();
        if kept && s.new && is_of_failing(case, s) && !foreign(case, c, signs) {
            let text = Sentence::words(
                "A limit on what a process holds until it exits is reached, as by a leak, and not before in these logs: ",
            );
            let text = text.p(quote(s.said)).w(".");
            scale.add(Aspect::Message, KEPT * s.strength, text, lines(s.evidence));
            return;
        }
        change::otherwise::broken_elsewhere(scale, case, signs, s, 1.6);
        return;
    }
    let explains_more = |scale: &mut Scale, what: &str, e: &Event| {
        let text = format!("{what} at the onset; that explains more than a release does.");
        let text = Sentence::words(text);
        scale.add(Aspect::Absence, -1.6, text, lines(&e.evidence));
    };
    if let Some(e) = super::database::own_end(case) {
        return explains_more(scale, "The database server went down", e);
    }
    let crash = signs.iter().find(|s| s.is(CauseClass::Crash) && s.own);
    match crash {
        Some(s) => change::otherwise::broken_elsewhere(scale, case, signs, s, 1.6),
        None => match super::crash::stopped(case) {
            Some(e) => explains_more(scale, "The service was stopped", e),
            None => change::otherwise::silent_application(scale, case, signs, 0.6),
        },
    }
}

/// What it weighs, in nats, that the released service uses up what its processes hold until they exit: less than a new error of its own
/// (1.6), since traffic uses it up as well. A judgement.
const KEPT: f64 = 1.2;

/// Whether a release is of another service than the failing one. Names count only where the failing one is the name of an
/// application (a virtual host is no service name), and not when the released service itself throws new errors.
fn foreign(case: &Case<'_>, c: &Change<'_>, signs: &[Sign<'_>]) -> bool {
    let (Some(a), Some(b)) = (c.service, case.service) else {
        return false;
    };
    let mut shares = case.shares.iter();
    let site = shares.any(|d| d.dim == Dim::Service && d.name == *b);
    let errs = |s: &Sign<'_>| s.info.in_program && both_akin(s.service, Some(a)) == Some(true);
    !site
        && !signs.iter().any(errs)
        && !akin(a.for_json(), b.for_json())
        && named_by(c, signs).is_none()
}

/// The new error that names the service which was released: who calls it reports its answers.
fn named_by<'s, 'a>(c: &Change<'_>, signs: &'s [Sign<'a>]) -> Option<&'s Sign<'a>> {
    const KINDS: &str = "service svc api app engine server backend worker daemon";
    let released = c.service?.for_json().to_ascii_lowercase();
    let kind = |k: &&str| KINDS.split(' ').any(|x| x == *k);
    let cut = released.rsplit_once('-').filter(|(_, k)| kind(k));
    let short = cut.map_or(released.as_str(), |(name, _)| name);
    let word = |c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c));
    let names = |s: &&Sign<'_>| {
        // its head names who says it
        let said = s.said.to_ascii_lowercase();
        let head = said
            .strip_prefix('[')
            .is_some_and(|h| h.starts_with(&released));
        let own = head
            || [s.service, s.writer]
                .iter()
                .any(|of| both_akin(*of, c.service) == Some(true));
        // a module of its own code is called after it: `Shop.Basket.Client`
        let module = |w: &str| w.starts_with(|c: char| c.is_ascii_uppercase());
        let mut words = s
            .said
            .split(word)
            .filter(|w| !module(w))
            .map(str::to_ascii_lowercase);
        s.new && !own && words.any(|w| w == released || w == short)
    };
    signs.iter().find(names).filter(|_| short.len() > 3)
}

/// What it weighs that the new errors of another service name the released one, in nats: who calls many names each in its own errors.
const NAMED: f64 = 1.8;

/// Which versions and hosts fail: those that were changed, or others too.
fn scope<'a>(scale: &mut Scale, case: &Case<'a>, c: &Change<'a>, signs: &[Sign<'_>]) {
    let akin = both_akin(c.service, case.service);
    if let (Some(a), Some(s), true) = (c.service, named_by(c, signs), akin != Some(true)) {
        let text = Sentence::words("The new errors name ")
            .name(a)
            .w(", which was released: ");
        let text = text.p(quote(s.said)).w(".");
        let cited = c.evidence().into_iter().chain(s.evidence.iter().cloned());
        let cited = Some(Cited::Lines(cited.collect()));
        scale.add(Aspect::Scope, NAMED * s.strength, text, cited);
        return;
    }
    if let (Some(a), Some(b), true) = (c.service, case.service, foreign(case, c, signs)) {
        let text = Sentence::words("The release is of ")
            .name(a)
            .w(", the failures are of ")
            .name(b)
            .w(".");
        scale.add(Aspect::Rival, -2.5, text, lines(&c.evidence()));
        // whose processes started meanwhile is the failing service's own affair
        return;
    }
    if !by_version(scale, case, c) {
        by_host(scale, case, c, signs);
    }
}

/// What to name: the version, else the file of settings that came without one, the one changed host that fails, the service.
fn name<'a>(case: &'a Case<'a>, c: &Change<'a>, signs: &[Sign<'a>]) -> Option<Culprit> {
    let service = c.service.or(case.service);
    if let Some(v) = version_of(case, c) {
        return culprit("version", v.for_json(), service);
    }
    let (bad, good) = failing_hosts(case, signs);
    if let ([one], false) = (bad.as_slice(), good.is_empty()) {
        return culprit("host", one, service);
    }
    service.and_then(|s| culprit("service", s.for_json(), service))
}

/// Title, cap and change of the finished weighing.
fn finish(scale: Scale, c: Option<&Change<'_>>, both: bool, culprit: Option<Culprit>) -> Weighed {
    let service = c.and_then(|c| c.service);
    let version = culprit.as_ref().filter(|n| n.kind == "version");
    let file = culprit.as_ref().filter(|n| n.kind == "file");
    let title = match (version, service) {
        (None, Some(s)) if let Some(file) = file => {
            let deploy = Sentence::words("The deploy of ").name(s);
            Some(deploy.w(" with ").name(&file.name))
        }
        (Some(n), Some(s)) => Some(
            Sentence::words("The upgrade of ")
                .name(s)
                .w(" to ")
                .name(&n.name),
        ),
        (Some(n), None) => Some(Sentence::words("The upgrade to ").name(&n.name)),
        (None, s) => s.map(|s| Sentence::words("The deploy of ").name(s)),
    };
    let spoken = [Aspect::Scope, Aspect::Message, Aspect::Coverage];
    let shown = spoken.iter().any(|a| scale.speaks_for(*a));
    let ended = both && scale.weight(Aspect::Reversal) >= crate::cause::ends::ENDED;
    let cap = match (shown, ended) {
        (false, false) => Some(ONLY_TIME),
        (false, true) => Some(NO_MECHANISM),
        (true, _) => (c.is_none() && culprit.is_none()).then_some(ONLY_TIME),
    };
    // not whether a rollback helps: the failures may have ended with the release in place
    let start = Sentence::words("Send the failing requests to ");
    let start = match version {
        Some(n) => start.name(&n.name),
        None => start.w("what was released"),
    };
    let start = start.w(" in a test environment.");
    let settle = (version.is_some() || c.is_some()).then_some(start);
    let mut w = INFO.weighed(scale, culprit);
    w.title = title.unwrap_or(w.title);
    w.settle = settle.or(w.settle);
    w.cap = cap;
    w.change = c.map(|c| c.id.to_owned());
    w
}
