//! The ranking: prior times evidence in natural log-odds, softmax over all classes, verdict, and what is missing.
//! Scores are honest only if classes without evidence keep their prior share; so all take part, few are listed.

use super::absence::missing;
use super::case::{Case, Dim};
use super::change;
use super::deploy::ONLY_TIME;
use super::{CAUSES, begun, deploy, expected_effects, follows, likely, passing, remarks};
use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::class_info::ClassInfo;
use crate::cause::failure_shape;
use crate::cause::ledger::{culprit, lines, onset_lines, quote, shortened};
use crate::cause::rule_verdict::{LEAST, UNNAMED, Weighed};
use crate::cause::symptoms::{Sign, signs, stated_class};
use crate::model::{Cause, CauseVerdict, Claim, Mechanism, Missing, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::sorting::SortList;

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
/// Suspects below this score are no lead; the first is listed all the same.
const LISTED: f64 = 0.10;

/// Weighs every known cause and ranks them.
pub fn rank(case: &Case<'_>) -> Ranking {
    rank_among(&*CAUSES, case)
}

/// The same among some classes.
pub(super) fn rank_among(known: &[&'static ClassInfo], case: &Case<'_>) -> Ranking {
    let likely = likely::spoken_of(case);
    let mut rows = likely::of_rows(&likely, case);
    passing::of_rows(&mut rows, case);
    let case = &Case {
        spoken_of: Some(&rows),
        ..case.clone()
    };
    let signs = signs(case, known);
    let mut weighed: Vec<(&ClassInfo, Weighed)> =
        known.iter().map(|c| (*c, (c.rule)(case, &signs))).collect();
    let released = weighed.iter().find(|(c, _)| c.class == CauseClass::Deploy);
    if let Some((class, chosen)) = released {
        let class = *class;
        let rivals = deploy::rivals(case, &signs, chosen);
        weighed.extend(rivals.into_iter().map(|w| (class, w)));
    }
    explain_away(&mut weighed, stated_class(case, &signs));
    spare_shared(&mut weighed, case);
    expected_effects::weigh(&mut weighed, case, &signs);
    follows::hand_on(&mut weighed, case, &signs);
    follows::hand_to_machines(&mut weighed, case, &signs);
    begun::took(&mut weighed, case);
    passing::tell(&mut weighed, case);
    remarks::weigh(&mut weighed, case);
    remarks::found_another(&mut weighed, case);
    quote_unnamed(&mut weighed, case, &signs);
    likely::tell(&mut weighed, case, &likely);
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
    let mut mechanism = mechanism(&mut ranked);
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
                trigger: w.change,
                mechanism: mechanism.take(),
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
        let (kind, said) = match (row, of_class) {
            (Some(e), _) => ("object", quoted(e).unwrap_or_else(|| excerpt(e))),
            (None, Some(s)) => ("message", s.said),
            (None, None) => ("message", ""),
        };
        let short = shortened(said.trim(), NAMED);
        // another service that says it of itself is who it is about
        let other = of_class.filter(|s| row.is_none() && !s.own && s.spans);
        let other = other.and_then(|s| s.writer);
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

/// What a suspect may be worth at most that is called by none of the names that are likely. A judgement: of the latest eighteen outages
/// that nobody had seen it holds five, none of them right; of those that rules were made with 48, and 39 are right.
const IN_DOUBT: f64 = 0.6;

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
    // what is in doubt is what the logs do not say, and speaks for no other suspect
    let of = |(c, _): &(&ClassInfo, Weighed)| c.class == CauseClass::Unknown;
    if let Some(rest) = weighed.iter().position(of) {
        for (i, _) in weighed.iter().enumerate().filter(|(_, (_, w))| w.doubted) {
            let over = (p[i] - IN_DOUBT).max(0.0);
            p[i] -= over;
            p[rest] += over;
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

/// What the first suspect, a change, shows as: the strongest fault that it brought about. All such faults are taken from the suspects.
fn mechanism(ranked: &mut Vec<(f64, f64, &ClassInfo, Weighed)>) -> Option<Mechanism> {
    let first = ranked.first().filter(|r| r.0 >= SUSPECTED)?.3.clone();
    let shows = ranked.iter().filter(|r| r.3.shows(&first));
    let mut of_each = shows.filter_map(|r| {
        let claims = r.3.claims.iter().filter(|c| c.weight > 0.0);
        let best = claims.max_by(|a, b| a.weight.total_cmp(&b.weight))?;
        Some(Mechanism {
            class: r.2.class,
            text: r.3.title.clone(),
            cited: best.cited.clone(),
        })
    });
    let strongest = of_each.next();
    ranked.retain(|r| !r.3.shows(&first));
    strongest
}

/// How far the cause is known.
fn verdict(ranked: &[(f64, f64, &ClassInfo, Weighed)]) -> CauseVerdict {
    let Some((score, _, info, w)) = ranked.first() else {
        return CauseVerdict::NotEstablished;
    };
    let rivals = ranked.iter().skip(1);
    let second = { rivals }.find(|r| !r.3.shows(w)).map_or(0.0, |r| r.0);
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
