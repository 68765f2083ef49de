//! A pool, descriptors or workers used up: the pool says so; a release shortly before may be what leaks.

use super::case::Case;
use super::change::reversal::{in_vain, was_rolled_back};
use super::change::{self, What};
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::crash::ran_out_of_time;
use crate::cause::ends::{ENDED, freed};
use crate::cause::failure_shape;
use crate::cause::holder::{restarted_at_the_end, scaled_back};
use crate::cause::ledger::{Aspect, culprit, lines, named as named_as, stop_with};
use crate::cause::overload::named_limit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::table::phrases;
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::ConnectionPool, Group::RESOURCE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    failure_shape::latency(&mut scale, case, 0.6, 0.9);
    let setting = best.and_then(|s| named_limit(s.text));
    let limit = reached(signs).map(|r| r.1).or(setting);
    let workers =
        |l: &str| ["max_children", "maxrequestworkers"].contains(&&*l.to_ascii_lowercase());
    // every instance of a service takes of what a server admits, and none of another's own pool
    let admits = |l: &&str| {
        holds_any(
            l.as_bytes(),
            "clients | too many connections | slots | max_user_connections",
        )
    };
    let scaled = || Some((scaled_back(case)?, "scaled back"));
    let let_go = || scaled().or_else(|| Some((restarted_at_the_end(case)?, "restarted")));
    let holder = limit.filter(admits).and_then(|_| let_go());
    if let Some(((name, e), done)) = holder {
        let what = Sentence::default().name(name).w(format!(" is {done}"));
        let text = stop_with(case, e.time, what);
        scale.add(Aspect::Reversal, ENDED, text, lines(&e.evidence));
    } else if best.is_some() && !(limit.is_some_and(workers) || ran_out_of_time(signs)) {
        freed(&mut scale, case, "what its processes held");
    }
    let since = best.filter(|s| s.new).and_then(|_| rolled_back(case));
    let named = best.and_then(|_| match holder {
        Some(((name, _), _)) => culprit("service", name.for_json(), Some(name)),
        None => {
            let limit = limit?;
            let since = since.as_ref().map(|r| format!("{limit}, since {r}"));
            culprit("pool", since.as_deref().unwrap_or(limit), case.service)
        }
    });
    // what speaks of the limit itself, and not of what its connections and workers wait for
    let own = scale.speaks_for(Aspect::Reversal) || scale.speaks_for(Aspect::Timing);
    let own = own || limit.is_some_and(|l| admits(&l));
    let mut w = INFO.weighed_by(scale, named, best);
    w.cap = (!own).then_some(ONLY_FULL);
    if let (Some(_), Some(limit)) = (&w.culprit, limit) {
        // one of the names below, so that it need not stand in quotes; some say by themselves that there is no more
        let exhausted = match limit.to_ascii_lowercase().starts_with("too many") {
            true => limit.to_owned(),
            false => format!("{limit} exhausted"),
        };
        w.title = match holder {
            Some(((name, _), done)) => Sentence::words(exhausted + " until ")
                .name(name)
                .w(" was ")
                .w(done),
            None => match since {
                Some(release) => Sentence::words(exhausted + " since ").name(&named_as(&release)),
                None => Sentence::words(exhausted),
            },
        };
    }
    w
}

/// The latest release before the failures, with its version, where it was rolled back while they went on, and not in vain.
fn rolled_back(case: &Case<'_>) -> Option<String> {
    let all = change::changes(case);
    let of = all
        .iter()
        .filter(|c| c.what == What::Release && was_rolled_back(case, c))
        .filter(|c| in_vain(case, c).is_none());
    let c = of.max_by_key(|c| c.start)?;
    let parts = [c.service, c.version].into_iter().flatten();
    let parts: Vec<&str> = parts.map(|p| p.for_json()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Highest score of a pool, or a number of workers, of which nothing is known but that it is used up: whatever those wait for uses
/// it up.
pub(super) const ONLY_FULL: f64 = 0.49;

/// The message that says that a limit is reached, and how it calls the limit.
pub(super) fn reached<'s, 'a>(signs: &'s [Sign<'a>]) -> Option<(&'s Sign<'a>, &'a str)> {
    let all = signs.iter().filter(|s| s.is(INFO.class));
    all.map(|s| Some((s, pool(s.text)?))).find_map(|x| x)
}

/// What is used up, as the line calls it.
fn pool(text: &str) -> Option<&str> {
    const NAMES: [&str; 11] = phrases(
        "too many open files|emfile|connection slots|too many clients|too many connections|max number of clients|\
        max_children|maxrequestworkers|worker_connections|connection pool|queuepool",
    );
    names::stands(text, &NAMES)
}
