//! Cache or queue down: named in the errors, or its own server ended at the onset.

use super::case::{Case, SourceFact};
use super::database::{ONLY_CLIENTS, no_end, out_of_use};
use super::names::{self, servers::CACHES};
use crate::cause::case::excerpt;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, at_onset, culprit, lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Event, Group, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Cache, Group::DEPENDENCY, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    let mut ends = case.timed(&[MarkerKind::Crash, MarkerKind::ServiceStop]);
    let ended = ends.find(|(e, t)| case.near(*t, 60, 60) && is_server(e));
    let ended = ended.map(|x| x.0);
    if let Some(e) = ended {
        // The weight of a component that reports its own end, as for databases.
        let text = at_onset(case, e, "The cache or queue", " went down");
        scale.add(Aspect::Stated, 3.0, text, lines(&e.evidence));
    }
    let file = |s: &SourceFact| s.name.for_json().rsplit('/').next().is_some_and(is_named);
    let named = |s: &SourceFact| s.service.as_ref().is_some_and(|n| is_named(n.for_json()));
    let own = |s: &SourceFact| s.covers_onset && (named(s) || file(s));
    let of_server = case.inputs(own);
    let says =
        |s: &Sign<'_>| s.is(INFO.class) && s.evidence.iter().any(|e| of_server.contains(&e.input));
    if ended.is_none() && !of_server.is_empty() && !signs.iter().any(says) {
        // as for databases: timeouts of a server that runs speak of the way there, or of who calls
        let late = best.is_some_and(|s| holds_any(s.text.as_bytes(), "timed out | timeout"));
        let weight = if late { -3.2 } else { -1.0 };
        let text = "Its own log covers the onset, and no end of the server was recognised in it.";
        scale.deny(
            case,
            (Aspect::Stated, weight),
            text,
            of_server,
            no_end(case),
        );
    }
    let what = "the start of the cache or queue";
    failure_shape::comes_back(&mut scale, case, 120, what, is_server);
    failure_shape::without_power(&mut scale, signs);
    let address = best.and_then(|s| match names::target(s.text) {
        Some(names::Target::Cache(a)) => Some(a),
        _ => None,
    });
    let known = |e: &Event| e.service.as_ref().map(|s| s.for_json().to_owned());
    let what = ended.and_then(|e| known(e).or_else(|| names::unit(excerpt(e))));
    let said = || best.and_then(|s| names::stands(s.text, &CACHES));
    let what = what.or_else(|| said().map(str::to_ascii_lowercase));
    let host = ended.and_then(|e| e.host.as_ref());
    let host = host.map(|h| h.for_json().to_owned()).or(address);
    let named = match (what.as_deref(), host) {
        (Some(w), h) => {
            let whole = h.map_or(w.to_owned(), |h| format!("{w} on {h}"));
            culprit("service", &whole, Some(&crate::cause::ledger::named(w)))
        }
        (None, h) => h.and_then(|h| culprit("host", &h, None)),
    };
    let title = named.as_ref().map(|n| {
        // of an address alone nobody knows what is there
        let what = match n.kind {
            "host" => "The cache or queue at ",
            _ => "",
        };
        let state = out_of_use(ended.is_some());
        Sentence::words(what).name(&n.name).w(state)
    });
    let mut w = INFO.weighed(scale, named);
    // that clients cannot reach it may as well be the network's doing
    let own = ended.is_some() || best.is_some_and(|s| s.own && s.event);
    w.cap = (!own).then_some(ONLY_CLIENTS);
    w.title = title.unwrap_or(w.title);
    w
}

/// Whether a name is that of a cache or queue server.
fn is_named(name: &str) -> bool {
    names::stands(name, &CACHES).is_some()
}

/// Whether an event is about a cache or queue server.
pub(super) fn is_server(e: &Event) -> bool {
    e.service.as_ref().is_some_and(|s| is_named(s.for_json()))
        || names::unit(excerpt(e)).is_some_and(|u| is_named(&u))
}
