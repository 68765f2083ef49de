//! Cases that are told in the files of `tests/data/cases` (see `crate::told`).

use super::*;
use crate::told::{Rest, cases, number};

const FILES: [&str; 7] = [
    include_str!("../../../../../tests/data/cases/chains.txt"),
    include_str!("../../../../../tests/data/cases/changes.txt"),
    include_str!("../../../../../tests/data/cases/drills.txt"),
    include_str!("../../../../../tests/data/cases/ends.txt"),
    include_str!("../../../../../tests/data/cases/named.txt"),
    include_str!("../../../../../tests/data/cases/remarks.txt"),
    include_str!("../../../../../tests/data/cases/rules.txt"),
];

#[test]
fn every_case_comes_out_as_it_is_told() {
    let wrong: Vec<String> = FILES.iter().flat_map(|f| wrong(f)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What comes out otherwise than a file tells it.
fn wrong(file: &str) -> Vec<String> {
    let (mut wrong, mut before) = (Vec::new(), None);
    for case in cases(file) {
        let ranking = case.facts.iter().fold(plain(), |w, l| add(w, l)).rank();
        for want in &case.wanted {
            if !holds(&ranking, want, before.as_ref()) {
                let (title, row) = (case.title, case.row);
                wrong.push(format!("{title}, {row}: {want}\n{}", show(&ranking)));
            }
        }
        before = Some(ranking);
    }
    wrong
}

impl<'l> Rest<'l> {
    fn class(&mut self) -> CauseClass {
        self.known(CauseClass::ALL, CauseClass::word)
    }

    fn kind(&mut self) -> Kind {
        self.known(&Kind::ALL, Kind::word)
    }

    fn marker(&mut self) -> MarkerKind {
        self.known(MarkerKind::ALL, MarkerKind::word)
    }

    /// Requests, and those that failed.
    fn pair(&mut self) -> (u64, u64) {
        let word = self.word();
        let (all, failed) = word.split_once('/').unwrap_or((word, "0"));
        (number(all), number(failed))
    }

    /// Host, service and version: `web-1/shop=2.0`, of which each may be missing.
    fn whose(&mut self) -> [&'l str; 3] {
        let word = self.word();
        let (host, rest) = word.split_once('/').unwrap_or((word, ""));
        let (service, version) = rest.split_once('=').unwrap_or((rest, ""));
        [host, service, version]
    }
}

/// The world with a fact more. Times are in seconds from the onset.
fn add(w: World, line: &str) -> World {
    let mut rest = Rest(line);
    match rest.word() {
        // another service than the usual one, and nothing but the log of the edge
        "new" => World::new(rest.0),
        "apps" => w.apps(&rest.0.split(' ').collect::<Vec<_>>()),
        "source" => {
            let kind = rest.kind();
            let [host, service, _] = rest.whose();
            w.source(kind, host, service)
        }
        "release" => w.release(rest.number(), rest.number(), rest.word(), rest.word()),
        "rollback" => w.rollback(rest.number(), rest.number(), rest.word(), rest.word()),
        "event" => {
            let (s, kind) = (rest.number(), rest.marker());
            let [host, service, version] = rest.whose();
            w.event(s, kind, host, service, version, rest.0)
        }
        // an event whose row quotes its line, behind its own words
        "quote" => {
            let (s, kind) = (rest.number(), rest.marker());
            let [host, service, _] = rest.whose();
            let (says, line) = rest.0.split_once(": ").expect("words of the row");
            let says = format!("{says}: ");
            quoting(w, s, kind, [host, service], &says, line)
        }
        "command" => {
            let (s, host) = (rest.number(), rest.word());
            let says = format!("Command on {host}: ");
            quoting(w, s, MarkerKind::HumanNote, [host, ""], &says, rest.0)
        }
        // the last event's line says no more than its minute
        "by_minute" => {
            let mut w = w;
            let last = w.events.last_mut().expect("an event");
            last.interval = last.time.map(|t| (t, Instant(t.0 + 59 * SECOND)));
            w
        }
        "fault" => {
            let (s, class) = (rest.number(), rest.class());
            let [host, service, _] = rest.whose();
            w.fault(s, class, host, service, rest.0)
        }
        // first when and how often during the incident, never before
        "says" => {
            let (first, during) = (rest.number(), rest.number());
            let [host, service, _] = rest.whose();
            w.says(first, during, host, service, rest.0)
        }
        // first at all, first during the incident; how often before and during it
        "message" => {
            let (first, here) = (rest.number(), rest.number());
            let (before, during) = (rest.number(), rest.number());
            let [host, service, _] = rest.whose();
            w.message(first, here, before, during, host, service, rest.0)
        }
        // before the incident and during it
        "share" => {
            let dim = match rest.word() {
                "endpoint" => Dim::Endpoint,
                "upstream" => Dim::Upstream,
                "agent" => Dim::Agent,
                "version" => Dim::Version,
                "service" => Dim::Service,
                other => panic!("{other} is no dimension"),
            };
            let (before, during) = (rest.pair(), rest.pair());
            w.share(dim, rest.0, before, during)
        }
        "statuses" => {
            let all = rest.0.split(' ').filter_map(|s| s.split_once(':'));
            let all: Vec<_> = all.map(|(s, n)| (number(s), number(n))).collect();
            w.statuses(&all)
        }
        "version" => w.version(rest.number(), rest.word(), rest.word(), rest.word()),
        "quiet" => w.falls_silent(rest.0),
        "alias" => w.alias(rest.word(), rest.word()),
        "silent" => {
            let (from, to) = (rest.number(), rest.number());
            let all = rest.word() == "all";
            let hosts: Vec<&str> = rest.word().split(',').collect();
            let inputs: Vec<u32> = rest.word().split(',').map(number).collect();
            w.silent(from, to, all, &hosts, &inputs)
        }
        "noise" => w.noise(rest.number()),
        "begins" => w.begins(rest.0),
        "passes" => w.passes(rest.word(), rest.0),
        "writes" => w.writes(rest.number(), rest.0),
        _ => changed(w, line),
    }
}

/// The world with another number, or another last fact.
fn changed(mut w: World, line: &str) -> World {
    let mut rest = Rest(line);
    let word = rest.word();
    let (template, source) = (w.templates.last_mut(), w.sources.last_mut());
    match (word, template, source, w.events.last_mut()) {
        ("end", ..) => w.end = rest.number(),
        ("start", ..) => w.start = rest.number(),
        ("slow", ..) => w.slow = Some(rest.number()),
        ("surge", ..) => w.surge = Some(rest.number()),
        ("latency", ..) => w.latency = Some(rest.number()),
        ("top_client", ..) => {
            let (share, address) = rest.0.split_once(' ').unwrap_or((rest.0, ""));
            let address = (!address.is_empty()).then(|| LogText::new(address.as_bytes()));
            w.top_client = Some((Rest(share).number(), address));
        }
        // the last failure for now, and the first one again
        ("pause", ..) => w.pauses.push((at(rest.number()), at(rest.number()))),
        ("goes", ..) => w.recovered = false,
        // the log begins after the onset
        ("late", _, Some(s), _) => s.covers_onset = false,
        // the event has no time but that of the line before
        ("untimed", .., Some(e)) => (e.time, e.after) = (None, e.time),
        // the event is what a package manager did
        ("package", .., Some(e)) => e.package = true,
        // of a message when it is said last, how often after the failures, and what all its lines have in common
        ("lasts", Some(t), ..) => t.last = at(rest.number()),
        ("after", Some(t), ..) => t.after = rest.number(),
        ("masked", Some(t), ..) => t.text = txt(rest.0),
        _ => panic!("{word} is no fact"),
    }
    w
}

/// Whether a ranking, beside that of the row before, is as a line wants it.
fn holds(r: &Ranking, want: &str, before: Option<&Ranking>) -> bool {
    let mut rest = Rest(want);
    match rest.word() {
        "" => true,
        // of what follows the contrary
        "not" if rest.0.split(' ').count() > 1 || rest.0 == "established" => {
            !holds(r, rest.0, before)
        }
        "not" => r.causes[0].class != rest.class(),
        "refused" => r.verdict == CauseVerdict::NotEstablished,
        "suspected" => r.verdict == CauseVerdict::Suspected,
        "established" => r.verdict == CauseVerdict::Established,
        "leads" => r.causes[0].class == rest.class(),
        // how the change that leads came to failures, and that this is no suspect of its own
        "shows" => {
            let (class, first) = (rest.class(), &r.causes[0]);
            let alone = r.causes.iter().all(|c| c.class != class);
            first.trigger.is_some()
                && first.mechanism.as_ref().is_some_and(|m| m.class == class)
                && alone
        }
        "change" => r.change.is_some(),
        "no" => r.change.is_none(),
        "says" => show(r).contains(rest.0),
        "silent" => !show(r).contains(rest.0),
        "titled" => format!("{:?}", r.causes[0].title).contains(rest.0),
        // what the first suspect is named after, its kind and all of its name, or a part of it
        "called" => {
            let kind = rest.word();
            let culprit = r.causes[0].culprit.as_ref();
            culprit
                .is_some_and(|c| (kind.is_empty() || c.kind == kind) && c.name.for_json() == rest.0)
        }
        "calls" => {
            let culprit = r.causes[0].culprit.as_ref();
            culprit.is_some_and(|c| c.name.for_json().contains(rest.0))
        }
        // what a suspect is named after
        word @ ("named" | "kind") => {
            let culprit = suspect(r, rest.class()).and_then(|c| c.culprit.as_ref());
            let said = culprit.map(|c| {
                if word == "kind" {
                    c.kind
                } else {
                    c.name.for_json()
                }
            });
            said == Some(rest.0)
        }
        word @ ("for" | "against") => {
            let of = suspect(r, rest.class());
            let claims = of.map(|c| if word == "for" { &c.pro } else { &c.con });
            claims.is_some_and(|c| format!("{c:?}").contains(rest.0))
        }
        // said of it neither way
        "unsaid" => suspect(r, rest.class())
            .is_some_and(|c| !format!("{:?}{:?}", c.pro, c.con).contains(rest.0)),
        // a claim for it of that weight
        "weighs" => {
            let of = suspect(r, rest.class());
            let weight = rest.number();
            of.is_some_and(|c| c.pro.iter().any(|p| p.weight >= weight))
        }
        "score" => {
            let score = score(r, rest.word());
            compared(score, rest)
        }
        "group" => compared(r.causes[0].group_score, rest),
        // than in the row before
        "lower" => before.is_some_and(|b| score(r, rest.0) < score(b, rest.0)),
        "same" => before.is_some_and(|b| score(r, rest.0) == score(b, rest.0)),
        "higher" => before.is_some_and(|b| score(r, rest.0) > score(b, rest.0)),
        // suspected first, and named after what has this in its name
        word => {
            let first = &r.causes[0];
            let culprit = first.culprit.as_ref().map_or("", |c| c.name.for_json());
            r.verdict != CauseVerdict::NotEstablished
                && first.class == Rest(word).class()
                && culprit.contains(rest.0)
        }
    }
}

fn compared(score: f64, mut rest: Rest<'_>) -> bool {
    let sign = rest.word();
    let other: f64 = rest.number();
    match sign {
        "<" => score < other,
        "<=" => score <= other,
        ">" => score > other,
        ">=" => score >= other,
        _ => panic!("{sign} compares nothing"),
    }
}

/// The score of a class, or of the first suspect.
fn score(r: &Ranking, of: &str) -> f64 {
    match of {
        "first" => r.causes[0].score,
        class => suspect(r, Rest(class).class()).map_or(0.0, |c| c.score),
    }
}
