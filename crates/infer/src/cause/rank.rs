//! The ranking: prior times evidence in natural log-odds, softmax over all classes, verdict, and what is missing.
//! Scores are honest only if classes without evidence keep their prior share; so all take part, few are listed.

use super::absence::missing;
use super::case::{Case, Dim};
use super::change;
use super::deploy::ONLY_TIME;
use super::{CAUSES, expected_effects, names, remarks};
use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::class_info::ClassInfo;
use crate::cause::failure_shape;
use crate::cause::ledger::{culprit, lines, onset_lines, quote, shortened};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::cleared::cleared;
use crate::cause::symptoms::{Sign, signs, stated_class, ties};
use crate::model::{Cause, CauseVerdict, Claim, Group, Missing, Sentence};
use coroner_lines::fault::Sense;
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;

/// The ranking of one incident.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// Suspects, best first.
    pub causes: Vec<Cause>,
    /// How far the cause is known.
    pub verdict: CauseVerdict,
    /// What is missing; not empty when not established.
    pub missing: Vec<Missing>,
    /// Event id of the change that the first suspect rests on.
    pub change: Option<String>,
}

impl Ranking {
    /// The suspects that are worth a look: the first, and all that something speaks for and that are no mere remainder.
    pub fn leads(&self) -> Vec<Cause> {
        let all = self.causes.iter().enumerate();
        let worth = all.filter(|(n, c)| *n == 0 || c.score >= LISTED && !c.pro.is_empty());
        worth.map(|(_, c)| c.clone()).collect()
    }
}

/// From this score on the cause counts as established.
const ESTABLISHED: f64 = 0.80;
/// From this score on it is suspected, if it leads.
const SUSPECTED: f64 = 0.50;
/// By how much a suspected cause must lead.
const LEAD: f64 = 0.15;
/// Without a claim of this weight nothing is established.
const LEAST: f64 = 0.5;
/// Suspects below this score are no lead; the first is listed all the same.
const LISTED: f64 = 0.10;

/// Weighs every known cause and ranks them.
pub fn rank(case: &Case<'_>) -> Ranking {
    rank_among(&*CAUSES, case)
}

/// The same among some classes.
pub(super) fn rank_among(known: &[&'static ClassInfo], case: &Case<'_>) -> Ranking {
    let signs = signs(case, known);
    let mut weighed: Vec<(&ClassInfo, Weighed)> =
        known.iter().map(|c| (*c, (c.rule)(case, &signs))).collect();
    explain_away(&mut weighed, stated_class(case, &signs));
    spare_shared(&mut weighed, case);
    expected_effects::weigh(&mut weighed, case, &signs);
    hand_on(&mut weighed, case, &signs);
    remarks::weigh(&mut weighed, case);
    remarks::found_another(&mut weighed, case);
    quote_unnamed(&mut weighed, case, &signs);
    let mut scores = scores(&weighed);
    fold_unspoken(&weighed, &mut scores);
    let unseen = !shows_change(case) && weighed.iter().all(|(_, w)| w.change.is_none());
    if unseen {
        // a change that no line shows is never more than a guess
        hold_changes(&weighed, &mut scores, ONLY_TIME);
    }
    let scored = || weighed.iter().zip(&scores);
    let group = |c: &ClassInfo| -> f64 {
        let of_it = scored().filter(|((k, _), _)| k.group == c.group);
        of_it.map(|(_, s)| s).sum()
    };
    let ranked = scored().map(|((c, w), s)| (*s, group(c), *c, w.clone()));
    let mut ranked: Vec<(f64, f64, &ClassInfo, Weighed)> = ranked.collect();
    ranked.sort_list_by(|a, b| b.0.total_cmp(&a.0).then(a.2.class.cmp(&b.2.class)));
    let verdict = verdict(&ranked);
    let change = ranked.first().and_then(|r| r.3.change.clone());
    let causes = ranked
        .into_iter()
        .filter(|r| !r.3.claims.is_empty())
        .map(|(score, group_score, info, w)| {
            let mut claims = w.claims;
            claims.sort_list_by(|a, b| b.weight.total_cmp(&a.weight));
            let (pro, con) = claims.into_iter().partition(|c: &Claim| c.weight > 0.0);
            Cause {
                class: info.class,
                group: info.group,
                remedy: w.remedy,
                question: w.question,
                group_score,
                score,
                title: match unseen && info.is_change() && !w.stated {
                    true => Sentence::words("An unlogged or unrecognised change (")
                        .w(info.word())
                        .w(")"),
                    false => w.title,
                },
                culprit: w.culprit,
                pro,
                con,
                settle: w.settle,
            }
        })
        .collect();
    Ranking {
        causes,
        verdict,
        missing: match verdict {
            CauseVerdict::Established => Vec::new(),
            _ => missing(case),
        },
        change,
    }
}

/// A suspect of which nothing is named is called by the line that it rests on: that of the change, else the strongest message of its
/// class. Where no change is known, a change is no more than what that message says.
fn quote_unnamed(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>, signs: &[Sign<'_>]) {
    for (c, w) in weighed.iter_mut().filter(|(_, w)| w.culprit.is_none()) {
        let row = w.change.as_ref();
        let row = row.and_then(|id| case.events.iter().find(|e| e.id == *id));
        let of_class = signs.iter().find(|s| s.is(c.class));
        let (kind, said) = match row {
            Some(e) => ("object", quoted(e).unwrap_or_else(|| excerpt(e))),
            None => ("message", of_class.map_or("", |s| s.said)),
        };
        let short = shortened(said.trim(), NAMED);
        // another service that says it of itself is who it is about
        let other = of_class.filter(|s| row.is_none() && !s.own && s.spans);
        let other = other.and_then(|s| s.service);
        w.culprit = match other {
            Some(name) => culprit("service", name.for_json(), None),
            None => culprit(kind, &short, None),
        };
        if w.culprit.is_some() {
            if row.is_none() {
                w.hold(UNNAMED);
            }
            let title = match row.is_none() && c.is_change() {
                true => Sentence::words(capitalised(c.says)),
                false => std::mem::take(&mut w.title),
            };
            let title = title.w(" (");
            let title = match other {
                Some(name) => title.name(name).w(": "),
                None => title,
            };
            w.title = title.p(quote(&short)).w(")");
        }
    }
}

/// With a capital first, as a title begins.
fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What a fault may be worth at most of which no line names what failed: of four that were held for sure when their logs were first
/// seen, pools, locks and routes that clients complained of, none was what broke.
pub(super) const UNNAMED: f64 = 0.79;

/// Letters of a line that stand for a name.
const NAMED: usize = 64;

/// What a fault that the lines state outright takes from a class for which nothing speaks, in nats.
const EXPLAINED: f64 = 0.8;

/// Where lines state a fault that explains the failures, classes for which nothing speaks are less likely than their prior.
/// The four kinds of changes weigh that by their own rules: they may bring the fault about.
fn explain_away(weighed: &mut [(&ClassInfo, Weighed)], stated: Option<&Sign<'_>>) {
    let Some(sign) = stated else { return };
    for (c, w) in weighed.iter_mut() {
        let spoken = w.claims.iter().any(|x| x.weight >= LEAST);
        if sign.is(c.class) || c.class == CauseClass::Unknown || c.is_change() || spoken {
            continue;
        }
        let text = change::otherwise::of_another_kind(sign);
        w.claim(-EXPLAINED, text, lines(sign.evidence));
    }
}

/// What it takes from what waits, or from a limit that is reached, that what it waits for failed first, in nats.
const CARRIED: f64 = 2.0;

/// Highest score of what waits, or ends with its machine, where what failed first is stated: it is how that shows.
const SHOWN: f64 = 0.15;

/// How many times as many lines may tell of a wait as of the calls to an outside service that it waits for.
const FEWER: u64 = 100;

/// A wait that runs out, and a limit that is reached, say that something is waited for, and what ends with its machine was not
/// the first to fail. Where the lines state an own fault of something before, that is what was waited for: what speaks for the
/// wait speaks for it.
fn hand_on(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>, signs: &[Sign<'_>]) {
    // of each class the strongest sign behind which something stands: its clients say less than it says itself
    let mut waits: Vec<(&Sign<'_>, &Sign<'_>)> = Vec::new();
    let plain = |s: &&Sign<'_>| s.strength >= LEAST || s.fault.sense == Sense::ByServer;
    for s in signs.iter().filter(|s| s.info.waits > 0).filter(plain) {
        if waits.iter().all(|(w, _)| w.info.class != s.info.class) {
            waits.extend(failed_first(case, signs, s).map(|behind| (s, behind)));
        }
    }
    waits.extend(of_limits(signs));
    let mut handed = Vec::new();
    for (wait, behind) in waits {
        let (its, _) = wait.info.heard(case, signs);
        let speaks = change::otherwise::SHOWS * its.sum().max(0.0);
        let waits = match wait.info.waits {
            0 => "Who calls has used up what calls need: ",
            1 => "A fault of what it stands on is reported before: ",
            _ => "Another fault that requests may be waiting for is reported: ",
        };
        for (c, w) in weighed.iter_mut() {
            let brought = w.change.is_some() && c.brings.contains(&behind.info.class);
            let (weight, words) = if c.class == wait.info.class {
                w.hold(SHOWN);
                (-CARRIED, Sentence::words(waits.to_owned()))
            } else if (c.class == behind.info.class || brought) && !handed.contains(&c.class) {
                handed.push(c.class);
                let from = Sentence::default().p(quote(wait.said));
                (speaks, from.w(" probably follows from this: "))
            } else {
                continue;
            };
            let of_both = [behind.evidence, wait.evidence].map(|e| e.iter().take(2).cloned());
            let cited = lines(&of_both.into_iter().flatten().collect::<Vec<_>>());
            w.claim(weight, words.p(quote(behind.said)).w("."), cited);
        }
    }
}

/// What a process says that has no descriptors or threads left: it opens no connection, and resolves no name.
const OF_PROCESS: &str =
    "too many open files | emfile | unable to create native thread | can't start new thread";

/// The calls that fail on a machine on which a process has reached a limit of its own, each with what says so: of each class the strongest.
fn of_limits<'s, 'a>(signs: &'s [Sign<'a>]) -> Vec<(&'s Sign<'a>, &'s Sign<'a>)> {
    let reached = |s: &&Sign<'_>| s.strength >= LEAST && holds_any(s.text.as_bytes(), OF_PROCESS);
    let limits: Vec<&Sign<'_>> = signs.iter().filter(reached).collect();
    let mut calls: Vec<(&Sign<'_>, &Sign<'_>)> = Vec::new();
    for s in signs
        .iter()
        .filter(|s| s.info.group == Group::NETWORK && s.info.waits == 0)
    {
        let here = limits.iter().find(|l| l.host.is_some() && l.host == s.host);
        if calls.iter().all(|(c, _)| c.info.class != s.info.class) {
            calls.extend(here.map(|l| (s, *l)));
        }
    }
    calls
}

/// The first own fault before a wait of something that it may wait for; before the end of a server, of its own machine, or of that on
/// which the server runs that the clients name.
fn failed_first<'s, 'a>(
    case: &Case<'_>,
    signs: &'s [Sign<'a>],
    wait: &Sign<'_>,
) -> Option<&'s Sign<'a>> {
    if holds_any(wait.text.as_bytes(), OF_PROCESS) {
        return None;
    }
    let its_own = |s: &Sign<'_>| s.host.is_some() && s.host == wait.host;
    let server = ties::CalledServer::of(wait.text);
    let process = |s: &Sign<'_>| names::process(s.text).is_some_and(|p| server.is(&p));
    let called = |s: &Sign<'_>| {
        let named = |of: Option<&LogText>| of.is_some_and(|of| server.is(of.for_json()));
        named(s.service) || named(s.host) || process(s)
    };
    let alike = signs.iter().filter(|s| s.info.class == wait.info.class);
    let waiting = alike.map(|s| s.count).max().unwrap_or_default();
    // whoever is called, the way there is shared
    let on_the_way = |s: &Sign<'_>| s.info.group == Group::NETWORK && s.is_of_machine(case);
    let its_process = |s: &Sign<'_>| case.fell_of(s.text);
    // what a server says to be over as the failures end lasted as long as they
    let over = |s: &Sign<'_>| cleared(case, s.host, s.said, s.first).is_some();
    let near = |s: &Sign<'_>| its_own(s) || its_process(s) || called(s) || on_the_way(s) || over(s);
    let under_it = |s: &&Sign<'_>| wait.info.waits > 1 || near(s);
    signs
        .iter()
        // what a server refuses is as plain as what it lacks
        .filter(|s| s.info.plain || s.is(CauseClass::Config))
        .filter(|s| s.names_a_fault())
        .filter(|s| s.info.waits < wait.info.waits)
        .filter(|s| s.strength >= LEAST && s.is_enough(case))
        // a handful of calls that fail outside keeps no thousands waiting
        .filter(|s| !s.is(CauseClass::ThirdParty) || s.count.saturating_mul(FEWER) >= waiting)
        // that a machine is gone is noticed after the first calls to what ran on it
        .filter(|s| s.first <= wait.first || called(s) || on_the_way(s) || its_process(s))
        .filter(under_it)
        .min_by_key(|s| (s.info.waits, s.first))
}

/// Where the likeliest class is one for which neither evidence speaks nor a change that was made, the frequencies alone decide: that
/// is no suspicion, and all such classes are what the logs do not say.
fn fold_unspoken(weighed: &[(&ClassInfo, Weighed)], p: &mut [f64]) {
    let unspoken = |(c, w): &(&ClassInfo, Weighed)| {
        let spoken = w.change.is_some() || w.claims.iter().any(|c| c.weight >= LEAST);
        !spoken && c.class != CauseClass::Unknown
    };
    let first = (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b]));
    let unknown = |(c, _): &(&ClassInfo, Weighed)| c.class == CauseClass::Unknown;
    let rest = weighed.iter().position(unknown);
    let (true, Some(rest)) = (first.is_some_and(|i| unspoken(&weighed[i])), rest) else {
        return;
    };
    for (i, w) in weighed.iter().enumerate() {
        if unspoken(w) {
            p[rest] += std::mem::take(&mut p[i]);
        }
    }
    normalise(p);
}

/// What it takes from a fault of something that all servers use when only one of them fails, in nats.
const SHARED: f64 = 1.2;

/// Where one server fails and the others do not, what all of them use is not what broke.
fn spare_shared(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>) {
    let one = [Dim::Upstream, Dim::Host].iter().find_map(|dim| {
        let (bad, good) = failure_shape::split(case, *dim);
        match bad[..] {
            [one] if !good.is_empty() => Some((one, good)),
            _ => None,
        }
    });
    let Some((one, good)) = one else { return };
    for (_, w) in weighed.iter_mut().filter(|(c, _)| c.shared) {
        let text = failure_shape::only("", one, &good);
        w.claim(-SHARED, text, onset_lines(case));
    }
}

/// Whether any line shows a change or its way back: a marker, or a version that turned.
fn shows_change(case: &Case<'_>) -> bool {
    use MarkerKind::*;
    const BACK: [MarkerKind; 4] = [DeployFail, RollbackStart, RollbackFinish, MigrationRollback];
    let kinds = |k| change::what(k).is_some() || BACK.contains(&k);
    let on_time = |e: &crate::model::Event| e.time.or(e.after).is_none_or(|t| t <= case.end);
    let first = case.versions.iter().filter_map(|v| v.first);
    let fresh = first.clone().min() < first.max();
    let versions = || case.shares.iter().filter(|s| s.dim == Dim::Version);
    let turned = |s: &super::DimShare| s.before.0 == 0 && s.during.0 > 0;
    case.events.iter().any(|e| kinds(e.kind) && on_time(e))
        || fresh
        || versions().any(turned) && versions().any(|s| s.before.0 > 0)
}

/// Holds the sum of all changes down to `most`, each class in proportion; what is cut off goes to all others in proportion, so
/// that the order within and without stays.
fn hold_changes(weighed: &[(&ClassInfo, Weighed)], p: &mut [f64], most: f64) {
    let unseen = |c: &ClassInfo, w: &Weighed| c.is_change() && !w.stated;
    let all = weighed.iter().zip(p.iter());
    let changes = all.filter(|((c, w), _)| unseen(c, w));
    let sum: f64 = changes.map(|(_, x)| x).sum();
    let rest = 1.0 - sum;
    if sum <= most || rest <= 0.0 {
        return;
    }
    for ((c, w), x) in weighed.iter().zip(p) {
        *x *= match unseen(c, w) {
            true => most / sum,
            false => (1.0 - most) / rest,
        };
    }
}

/// What the sums are divided by. At 1 the scores of simulated worlds and of recorded outages are lower than the share of
/// them that are right; what is lower still would be too sure where messages mislead.
const TEMPERATURE: f64 = 0.9;

/// Softmax over ln prior + Σ weights, then the caps: what is cut off goes to the others in proportion.
fn scores(weighed: &[(&ClassInfo, Weighed)]) -> Vec<f64> {
    let sum = |w: &Weighed| w.claims.iter().map(|c| c.weight).sum::<f64>();
    let logs = weighed.iter().map(|(c, w)| c.prior.ln() + sum(w));
    let mut p: Vec<f64> = logs.collect();
    let top = p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    p.iter_mut()
        .for_each(|l| *l = ((*l - top) / TEMPERATURE).exp());
    normalise(&mut p);
    // Capping one may lift another over its own cap; as many rounds as there are caps suffice.
    for _ in 0..weighed.len() {
        let caps = weighed.iter().enumerate();
        let mut caps = caps.filter_map(|(i, (_, w))| Some((i, w.cap?)));
        let Some((i, cap)) = caps.find(|(i, cap)| p[*i] > cap + 1e-12) else {
            break;
        };
        let rest = 1.0 - p[i];
        if rest <= 0.0 {
            break;
        }
        for (j, x) in p.iter_mut().enumerate() {
            *x = if j == i { cap } else { *x * (1.0 - cap) / rest };
        }
    }
    p
}

/// Divides by the sum.
fn normalise(p: &mut [f64]) {
    let sum: f64 = p.iter().sum();
    if sum > 0.0 {
        p.iter_mut().for_each(|x| *x /= sum);
    }
}

/// How far the cause is known.
fn verdict(ranked: &[(f64, f64, &ClassInfo, Weighed)]) -> CauseVerdict {
    let Some((score, _, info, w)) = ranked.first() else {
        return CauseVerdict::NotEstablished;
    };
    let second = ranked.get(1).map_or(0.0, |r| r.0);
    let evidence = w.claims.iter().any(|c| c.weight >= LEAST);
    if info.class == CauseClass::Unknown || !evidence {
        CauseVerdict::NotEstablished
    } else if *score >= ESTABLISHED {
        CauseVerdict::Established
    } else if *score >= SUSPECTED && score - second >= LEAD {
        CauseVerdict::Suspected
    } else {
        CauseVerdict::NotEstablished
    }
}
