//! What follows from what: a wait from what is waited for, calls from a limit of who calls, servers from the machine they ran on. What
//! speaks for how a fault shows speaks for the fault; what each class is by itself is for its own file.

use super::case::Case;
use super::names::servers::{CACHES, DATABASES};
use super::{change, cold_start, names};
use crate::cause::class_info::ClassInfo;
use crate::cause::ledger::{lines, quote};
use crate::cause::rule_verdict::{LEAST, Weighed};
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::cleared::cleared;
use crate::cause::symptoms::ownership::root;
use crate::model::{Event, Evidence, Group, Sentence};
use coroner_lines::fault::Sense;
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, SECOND};
use std::net::IpAddr;

/// What it takes from what waits, or from a limit that is reached, that what it waits for failed first, in nats.
const CARRIED: f64 = 2.0;

/// Highest score of what waits, or ends with its machine, where what failed first is stated: it is how that shows.
const SHOWN: f64 = 0.15;

/// How many times as many lines may tell of a wait as of the calls to an outside service that it waits for.
const FEWER: u64 = 100;

/// A wait that runs out, and a limit that is reached, say that something is waited for, and what ends with its machine was not
/// the first to fail. Where the lines state an own fault of something before, that is what was waited for: what speaks for the
/// wait speaks for it.
pub(super) fn hand_on(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>, signs: &[Sign<'_>]) {
    // of each class the strongest sign behind which something stands: its clients say less than it says itself
    let mut waits: Vec<(&Sign<'_>, &Sign<'_>)> = Vec::new();
    let plain = |s: &&Sign<'_>| s.strength >= LEAST || s.fault.sense == Sense::ByServer;
    for s in signs.iter().filter(|s| s.info.waits > 0).filter(plain) {
        if waits.iter().all(|(w, _)| w.info.class != s.info.class) {
            waits.extend(failed_first(case, signs, s).map(|behind| (s, behind)));
        }
    }
    let mut handed = Vec::new();
    for (wait, behind) in waits {
        let (its, _) = wait.info.heard(case, signs);
        let speaks = change::otherwise::SHOWS * its.sum().max(0.0);
        let waits = match wait.info.waits {
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

/// A machine that falls silent and starts cold took with it what ran on it: what is said of servers that cannot be reached, and of what
/// waits for them, speaks for the machine, or for its power where a supply tells of it.
pub(super) fn hand_to_machines(
    weighed: &mut [(&ClassInfo, Weighed)],
    case: &Case<'_>,
    signs: &[Sign<'_>],
) {
    let fell = cold_start::fell(case);
    let (gone, since) = match fell.len() {
        0 => return,
        1 => (
            "A machine goes down and boots afterwards: what ran on it cannot be reached.",
            "Servers cannot be reached from when it goes down.",
        ),
        _ => (
            "Machines fall silent together and boot afterwards: what ran on them cannot be reached.",
            "Servers cannot be reached from when the machines fall silent.",
        ),
    };
    let cited: Vec<Evidence> = fell.iter().flat_map(|f| f.lines).cloned().collect();
    let mut most = 0.0_f64;
    for (c, w) in weighed.iter_mut() {
        let (its, best) = c.heard(case, signs);
        let server = c.waits > 0 || matches!(c.group, Group::DEPENDENCY | Group::NETWORK);
        let ran_on_it = server && c.class != CauseClass::ThirdParty;
        // what a server that lives says of itself is no end of a machine
        let lives = best.is_none_or(|s| s.fault.sense == Sense::ByServer);
        if !ran_on_it || lives || w.change.is_some() {
            continue;
        }
        most = most.max(its.sum());
        w.hold(SHOWN);
        w.claim(-CARRIED, Sentence::words(gone), lines(&cited));
    }
    // several may be one with what it carries: power is what a supply says that it is
    let is_power = |c: &ClassInfo| c.group == Group::HARDWARE && c.everywhere;
    let dark = fell.len() > 1 && signs.iter().any(|s| is_power(s.info));
    let whose = |c: &ClassInfo| c.group == Group::HARDWARE && c.everywhere == dark;
    let to = weighed.iter_mut().find(|(c, _)| whose(c));
    if let Some((_, w)) = to.filter(|_| most > 0.0) {
        w.claim(
            change::otherwise::SHOWS * most,
            Sentence::words(since),
            lines(&cited),
        );
    }
}

/// What a process says that has no descriptors or threads left: it opens no connection, and resolves no name.
const OF_PROCESS: &str =
    "too many open files | emfile | unable to create native thread | can't start new thread";

/// What a message calls the server that was called: its host, else what kind of server it is.
struct CalledServer(Option<String>, Option<String>);

impl CalledServer {
    /// Of a message.
    fn of(text: &str) -> CalledServer {
        let host = names::address(text).map(|(host, _)| root(&host).to_owned());
        let kind = || names::stands(text, &CACHES).or_else(|| names::stands(text, &DATABASES));
        let kind = host.is_none().then(kind).flatten();
        // a number tells which one it is to nobody but its network
        let host = host.filter(|h| h.parse::<IpAddr>().is_err());
        CalledServer(host, kind.map(str::to_ascii_lowercase))
    }

    /// Whether that is a service: `db` or `db-0`, one of its members, of `db.prod.svc.cluster.local:5432`; `redis-7` of Redis.
    fn is(&self, service: &str) -> bool {
        let name = root(service);
        let digits = |n: &str| n.bytes().all(|c| c.is_ascii_digit());
        let numbered = name.rsplit_once('-').filter(|(_, n)| digits(n));
        let group = numbered.map_or(name, |(group, _)| group);
        let is = |n: &str| self.0.as_ref().is_some_and(|h| h.eq_ignore_ascii_case(n));
        let of_kind = |kind: &String| name.to_ascii_lowercase().starts_with(kind.as_str());
        is(name) || is(group) || self.1.as_ref().is_some_and(of_kind)
    }
}

/// How much later than who waits for a connection a statement may say that its own time ran out: databases let it wait for a minute.
const OUTLASTS: i64 = 60 * SECOND;

/// How soon whoever says what fails goes down with it.
const LAST_WORDS: i64 = 5 * SECOND;

/// Whether a fault is what the log of something that goes down says right before.
fn last_words(case: &Case<'_>, s: &Sign<'_>) -> bool {
    // in a machine's own log many speak, and a line may name who it is about
    let of_others = s.is_of_machine(case) || names::unit(s.text).is_some();
    let log = s.evidence.first().filter(|_| !of_others);
    let log = log.map(|l| l.input);
    let falls = |e: &&Event| {
        use MarkerKind::{Crash, Restart, ServiceStop};
        let soon = |t: Instant| (0..=LAST_WORDS).contains(&t.since(s.first));
        matches!(e.kind, Crash | Restart | ServiceStop) && e.time.is_some_and(soon)
    };
    let fallen = case.events.iter().filter(falls);
    let logs = fallen.flat_map(|e| &e.evidence);
    log.is_some_and(|log| logs.into_iter().any(|l| l.input == log))
}

/// What a fault that the lines state follows from: of a wait what is waited for, where that is stated, too.
pub(super) fn root_of<'s, 'a>(
    case: &Case<'_>,
    signs: &'s [Sign<'a>],
    stated: &'s Sign<'a>,
) -> &'s Sign<'a> {
    let waits = Some(stated).filter(|s| s.info.waits > 0);
    let behind = waits.and_then(|s| failed_first(case, signs, s));
    behind.unwrap_or(stated)
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
    let server = CalledServer::of(wait.text);
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
    let near = |s: &Sign<'_>| {
        its_own(s) || its_process(s) || called(s) || on_the_way(s) || over(s) || last_words(case, s)
    };
    let of_server = |s: &Sign<'_>| case.is_of_database(s.host, s.service);
    let works = |s: &Sign<'_>| s.info.class == wait.info.class && s.is_enough(case) && of_server(s);
    let works = signs.iter().any(works);
    // whose own time is longer says so later, from the same program
    let soon = |s: &Sign<'_>| s.first.0 - wait.first.0 <= OUTLASTS;
    let outlasts = |s: &Sign<'_>| wait.info.waits > 2 && s.info.waits > 1 && s.own && soon(s);
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
        // a server that goes on telling of statements is not down, whatever its clients say
        .filter(|s| !(s.is(CauseClass::Database) && works && !of_server(s)))
        // that a machine is gone is noticed after the first calls to what ran on it
        .filter(|s| {
            s.first <= wait.first || called(s) || on_the_way(s) || its_process(s) || outlasts(s)
        })
        .filter(under_it)
        .min_by_key(|s| (s.info.waits, s.first))
}
