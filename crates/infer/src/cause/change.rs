//! Changes before the onset (releases, configuration, flags, migrations): which there were, how near they lie,
//! and what the lines say against them. A change after the onset interval never gets in here; what the end of the incident says
//! about one is in `reversal`.

pub(in crate::cause) mod chosen;
pub(in crate::cause) mod credential;
pub(in crate::cause) mod hosts;
pub(in crate::cause) mod otherwise;
pub(in crate::cause) mod reversal;
pub(in crate::cause) mod shared_name;
pub(in crate::cause) mod timing;
mod typed;
pub(in crate::cause) mod version;

use super::case::{Case, SourceFact};
use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::change::chosen::object;
use crate::cause::commands::only_looks;
use crate::cause::ends::{AT_HAND_S, undoes};
use crate::cause::ledger::{Aspect, Scale, lines};
use crate::cause::symptoms::ownership::{akin, both_akin, both_same, own_words};
use crate::model::{Culprit, Denial, Event, Evidence, Sentence, VersionSeen};
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeSet;

/// Changes of each kind that are weighed, the latest before the onset; of what lies behind so many it is only counted.
const WEIGHED: usize = 64;
/// Changes before a marker among which that is looked for of which it is another line.
const NEAR: usize = 400;

/// The kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A release.
    Release,
    /// A configuration.
    Config,
    /// A flag.
    Flag,
    /// A migration.
    Migration,
}

/// All kinds, in their order.
const ALL: [What; 4] = [What::Release, What::Config, What::Flag, What::Migration];

impl What {
    /// The markers of such a change.
    fn markers(self) -> &'static [MarkerKind] {
        use MarkerKind::*;
        match self {
            What::Release => &[DeployStart, DeployFinish, VersionChange],
            What::Config => &[ConfigChange],
            What::Flag => &[FeatureFlag],
            What::Migration => &[MigrationStart, MigrationFinish],
        }
    }
}

/// One change: its start and finish markers joined.
#[derive(Clone)]
pub(super) struct Change<'a> {
    /// Kind.
    pub what: What,
    /// Event id of its first marker.
    pub id: &'a str,
    /// First marker.
    pub start: Instant,
    /// Last marker before or at the onset.
    pub finish: Option<Instant>,
    /// Service, where named.
    pub service: Option<&'a LogText>,
    /// Version, where named.
    pub version: Option<&'a LogText>,
    /// The flag or the step of a migration, where named.
    pub object: Option<String>,
    /// Host of the markers, where named.
    pub hosts: Vec<&'a LogText>,
    /// The events.
    pub events: Vec<&'a Event>,
    /// How many others of its kind there are; where it is of the service that fails, how many of that.
    pub others: usize,
}

impl Change<'_> {
    /// Its last marker, also where that lies after the onset.
    pub(super) fn last(&self) -> Instant {
        let times = self.events.iter().filter_map(|e| e.time);
        times.max().unwrap_or(self.start)
    }

    /// Whether a later marker is about the same thing: its line names the flag or the step, or, where none is named, no other
    /// service or host.
    pub(super) fn is_of(&self, e: &Event) -> bool {
        let other_service = both_akin(self.service, e.service.as_ref()) == Some(false);
        let other = |h: &LogText| !self.hosts.is_empty() && !self.hosts.contains(&h);
        let other_host = e.host.as_ref().is_some_and(other);
        match &self.object {
            Some(o) => {
                quoted(e).is_some_and(|t| t.contains(o.as_str())) || excerpt(e).contains(o.as_str())
            }
            None => !other_service && !other_host && !self.is_named_otherwise(e),
        }
    }

    /// Whether both are of objects with whole names (`shop/campaign`), which are two.
    fn is_named_otherwise(&self, e: &Event) -> bool {
        let whole = |e: &Event| e.group.clone().filter(|g| g.for_json().contains('/'));
        let own = self.events.iter().find_map(|e| whole(e));
        own.zip(whole(e)).is_some_and(|(a, b)| a != b)
    }

    /// The event id of its marker that names what is suspected, else of its first.
    pub(super) fn row_of(&self, suspect: Option<&Culprit>) -> &str {
        let names = |e: &&&Event| suspect.is_some_and(|s| excerpt(e).contains(s.name.for_json()));
        let of = self.events.iter().find(names);
        of.map_or(self.id, |e| &e.id)
    }

    /// Seconds between the change and the first slow or failed responses behind it.
    pub(in crate::cause) fn lag_s(&self, case: &Case<'_>) -> f64 {
        let from = self.done_by(case);
        let shows = Some(case.shows_from()).filter(|t| *t >= from);
        shows.unwrap_or(case.onset).seconds_since(from).abs()
    }

    /// Its finish where that lies before the failures, else its start.
    fn done_by(&self, case: &Case<'_>) -> Instant {
        let from = self.finish.unwrap_or(self.start);
        match from <= case.onset.last_of_second() {
            true => from,
            false => self.start,
        }
    }

    /// Its lines.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let firsts = self.events.iter().filter_map(|e| e.evidence.first());
        firsts.take(4).cloned().collect()
    }
}

/// The kind of change that a marker belongs to.
pub(super) fn what(kind: MarkerKind) -> Option<What> {
    ALL.into_iter().find(|w| w.markers().contains(&kind))
}

/// Seconds before the onset in which a command that is the only one may have changed something that shows later.
const LONELY_S: i64 = 600;

/// The kind of change that an event is in a case: a package of nobody's service is a part of its host, and a command changed
/// something where another one undid it as the failures ended, or none other was typed for long.
fn what_of(case: &Case<'_>, e: &Event) -> Option<What> {
    match what(e.kind) {
        Some(What::Release) if e.package && !is_served(case, e) => Some(What::Config),
        None if e.text.states_a_command() && !only_looks(quoted(e)?) => {
            let undone = || case.events.iter().any(|o| undoes(case, e, o));
            let near = |e: &Event, s| e.time.is_some_and(|t| case.near(t, s, 0));
            let acts = |o: &&Event| {
                let command = o.text.states_a_command() && !quoted(o).is_some_and(only_looks);
                command && near(o, LONELY_S)
            };
            let lonely = || near(e, LONELY_S) && case.events.iter().filter(acts).count() == 1;
            (near(e, AT_HAND_S) || undone() || lonely()).then_some(What::Config)
        }
        known => known,
    }
}

/// Whether a package is that of a service of these logs. Any other is a part of its host.
fn is_served(case: &Case<'_>, e: &Event) -> bool {
    // what a machine's own log tags its lines with is a part of it, too
    let serve = |s: &&SourceFact| s.holds(Kind::App) || s.holds(Kind::Web);
    let sources = case.sources.iter().filter(serve);
    let sources = sources.filter_map(|s| s.service.as_ref());
    let mut known = sources.chain(case.service);
    let Some(name) = e.service.as_ref().map(LogText::for_json) else {
        return false;
    };
    let same = |k: &LogText| !own_words(k.for_json()).is_empty() && akin(k.for_json(), name);
    // or it has a log of its own, whatever that is read as
    let log = |s: &SourceFact| {
        let file = s.name.for_json().rsplit('/').next().unwrap_or_default();
        file.strip_suffix(".log") == Some(name)
    };
    known.any(same) || case.sources.iter().any(log)
}

/// Seconds after the onset in which a release that is reported done was begun before it: nobody releases anew so soon.
const UNDER_WAY_S: i64 = 120;

/// Whether a setting is reported to be changed in the second after it took effect, which shows in that it is set back as the failures
/// end.
fn is_late(case: &Case<'_>, e: &Event, t: Instant) -> bool {
    let soon = t.0 - case.onset_bounds().1.0 <= SECOND;
    soon && e.kind == MarkerKind::ConfigChange && case.events.iter().any(|o| undoes(case, e, o))
}

/// All changes that begin before the end of the onset interval and were in place at the onset, latest first.
pub(super) fn changes<'a>(case: &'a Case<'a>) -> Vec<Change<'a>> {
    let latest = case.onset_bounds().1;
    let mut found: Vec<Change<'a>> = Vec::new();
    for e in case.events {
        let (Some(w), Some(t)) = (what_of(case, e), e.time) else {
            continue;
        };
        let mut near = found.iter_mut().rev().take(NEAR);
        // a tool may say on which host it runs
        let host = |o: &String| case.sources.iter().any(|s| s.is_of_host(o));
        let own = object(e).filter(|o| !host(o));
        // what is begun minutes after the onset is another release, which may name what was gone back to
        let anew = e.kind == MarkerKind::DeployStart && t.0 - latest.0 > UNDER_WAY_S * SECOND;
        let part = |c: &Change<'a>| !anew || c.version == e.version.as_ref();
        let known = near.find(|c| part(c) && joins(c, (w, &own), e, t));
        match known {
            // The finish of a rollout may lie after the onset; its start decides.
            Some(c) => {
                c.events.push(e);
                if t <= latest {
                    c.finish = Some(t);
                }
                c.service = c.service.or(e.service.as_ref());
                c.version = c.version.or(e.version.as_ref());
                c.object = c.object.take().or(own);
                c.hosts.extend(e.host.as_ref());
            }
            None if t <= latest || is_late(case, e, t) => found.push(Change {
                what: w,
                id: &e.id,
                start: t,
                finish: None,
                service: e.service.as_ref(),
                version: e.version.as_ref(),
                object: own,
                hosts: e.host.iter().collect(),
                events: vec![e],
                others: 0,
            }),
            None => {}
        }
    }
    // how often such changes happen here, whatever became of them: all, and those of the service that fails
    let own = |c: &Change<'_>| {
        both_akin(case.service, c.service).filter(|akin| *akin)?;
        Some(c.what as usize)
    };
    let mut count = [(0, 0); ALL.len()];
    found.sort_list_by_key(|c| std::cmp::Reverse(c.start));
    found.retain(|c| {
        own(c).into_iter().for_each(|w| count[w].1 += 1);
        let n = &mut count[c.what as usize].0;
        *n += 1;
        *n <= WEIGHED
    });
    let release = |c: &&Change<'a>| c.what == What::Release;
    // A reload in the course of a release is part of it.
    let around = |c: &Change<'a>| (c.start.0, c.finish.unwrap_or(c.start).0);
    let releases: Vec<(i64, i64)> = found.iter().filter(release).map(around).collect();
    found.retain(|c| {
        let within = |(a, b): &(i64, i64)| (a - 5 * SECOND..=b + 5 * SECOND).contains(&c.start.0);
        c.what != What::Config || !releases.iter().any(within)
    });
    for c in &mut found {
        let of_kind = count[c.what as usize].0;
        c.others = own(c).map_or(of_kind, |w| count[w].1) - 1;
    }
    found.sort_list_by(|a, b| b.start.cmp(&a.start).then(a.id.cmp(b.id)));
    found
}

/// The markers of a release that is taken back.
pub(in crate::cause) const ROLLBACKS: [MarkerKind; 2] =
    [MarkerKind::RollbackStart, MarkerKind::RollbackFinish];

/// How long one rollout may report parts of it done.
const DONE_AGAIN: i64 = 15 * MINUTE;

/// How long after the last line of a release another start may be of it where one of them names no version.
const BARE: i64 = 5 * MINUTE;

/// How long after the last package a run may change the next.
const RUN: i64 = 2 * MINUTE;

/// Whether a marker belongs to a change that is known already: same kind, same version and service, within an hour;
/// for configuration and flags within ten seconds (a tool's line and what it causes).
fn joins(c: &Change<'_>, (w, own): (What, &Option<String>), e: &Event, t: Instant) -> bool {
    let agree = |a: Option<&LogText>, b: Option<&LogText>| a.is_none() || b.is_none() || a == b;
    // what one run of a package manager does is one change of its host
    let of_run = e.package && c.events.iter().any(|x| x.package && x.host == e.host);
    let within = match w {
        What::Config if of_run => RUN,
        What::Config | What::Flag => 10 * SECOND,
        What::Release | What::Migration => 60 * MINUTE,
    };
    // markers come in the order of their times
    let last = c.events.last().and_then(|e| e.time).unwrap_or(c.start);
    if c.what != w || t.0 - last.0 > within {
        return false;
    }
    let versions = match w {
        What::Release => agree(c.version, e.version.as_ref()),
        What::Migration => c.object.is_none() || own.is_none() || c.object == *own,
        What::Config => of_run || agree(c.version, e.version.as_ref()),
        What::Flag => c.object == *own,
    };
    let services = || both_same(c.service, e.service.as_ref()) != Some(false);
    // A second start after a finish is a new release, where no version or the same log says so.
    let again = || {
        let log = |x: &Event| x.evidence.first().map(|l| l.input);
        let done = |x: &&&Event| x.kind == MarkerKind::DeployFinish;
        let mut done = c.events.iter().filter(done);
        e.kind == MarkerKind::DeployStart
            && done.any(|x| c.version.is_none() || e.version.is_none() && log(x) == log(e))
    };
    // what is reported done long after it was is another release, whose start no line states
    let done_again = || {
        let done = |x: &Event| x.kind == MarkerKind::DeployFinish;
        done(e) && c.events.last().is_some_and(|x| done(x)) && t.0 - last.0 > DONE_AGAIN
    };
    // what begins long after and has no version to know it by is another one
    let bare = || {
        let none = e.version.is_none() || c.version.is_none();
        e.kind == MarkerKind::DeployStart && none && t.0 - last.0 > BARE
    };
    versions && (w == What::Config || services()) && !again() && !done_again() && !bare()
}

/// The version that lines of the changed service first name as the release runs or right after it; `None` where they name
/// none or several.
pub(super) fn appears<'a>(case: &Case<'a>, c: &Change<'_>) -> Option<&'a VersionSeen> {
    let from = c.start.0 - 10 * SECOND;
    let to = c.last().0 + 120 * SECOND;
    let service = c.service.or(case.service);
    let of_service = |v: &&VersionSeen| both_same(service, v.service.as_ref()) != Some(false);
    let then = |v: &&VersionSeen| v.first.is_some_and(|t| (from..=to).contains(&t.0));
    let mut fresh = case.versions.iter().filter(then).filter(of_service);
    let first = fresh.next()?;
    fresh.all(|v| v.name == first.name).then_some(first)
}

/// Says that no change of a kind is there to weigh. Only a log that reports such changes elsewhere is known to hold none;
/// of others no more can be said than that none was recognised in them.
pub(super) fn none_found(scale: &mut Scale, case: &Case<'_>, kind: What, noun: &str) {
    let (onset, all) = (case.onset_bounds().1, case.archive.0);
    let of_kind = || case.events.iter().filter(|e| what(e.kind) == Some(kind));
    let mut earlier = of_kind().filter(|e| e.time.or(e.after).is_some_and(|t| t <= onset));
    if let Some(e) = earlier.next_back() {
        let text = Sentence::words(match kind {
            // what is left out of the changes is part of a release
            What::Config => format!("Each {noun} before the onset is part of a release."),
            _ => format!("No {noun} in the logs was in place when the failures began."),
        });
        scale.add(Aspect::Timing, -2.5, text, lines(&e.evidence));
        return;
    }
    let inputs = of_kind().filter_map(|e| Some(e.evidence.first()?.input));
    let inputs: BTreeSet<u32> = inputs.collect();
    let change_log = case.sources.iter().any(|s| s.kind == Kind::Deploy);
    let weight = match change_log || !inputs.is_empty() {
        true => -2.5,
        false => -0.3,
    };
    let (text, searched) = match inputs.is_empty() {
        true => (
            format!("No {noun} was recognised in the logs."),
            case.inputs(|_| true),
        ),
        false => (
            format!("The logs that record a {noun} have none before the onset."),
            inputs.into_iter().collect(),
        ),
    };
    let denies = Denial {
        kinds: kind.markers(),
        classes: Vec::new(),
        from: all,
        to: onset,
    };
    scale.deny(case, (Aspect::Timing, weight), &text, searched, denies);
}
