//! The facts of one incident, as every cause sees them: plain data, gathered by `infer` from the merged and aligned Part.
//! No judgement here beyond sums; what the facts mean is said by the rules beside this file.

use crate::cause::fault::SaidText;
use crate::cause::names;
use crate::model::{Component, Event, Evidence, VersionSeen};
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Everything a cause may look at: facts about one incident, gathered from the merged and clock-aligned Part.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Start of the incident.
    pub onset: Instant,
    /// 95 % interval of the start; a change inside it or before it can be the cause, a later one never.
    pub onset_interval: (Instant, Instant),
    /// End of the incident, or of the logs when it is truncated.
    pub end: Instant,
    /// Whether it ended within the logs.
    pub recovered: bool,
    /// When the failures stop, as the report says it; the end where they do not.
    pub stop: Instant,
    /// Stretches within it in which it seemed to be over: the last failure, and the first one again.
    pub pauses: &'a [(Instant, Instant)],
    /// First and last instant of the archive.
    pub archive: (Instant, Instant),
    /// The service the failing requests belong to, where one is known.
    pub service: Option<&'a LogText>,
    /// Parts of the incident.
    pub components: &'a [Component],
    /// Every stated marker of the archive (not only of this incident), by time.
    pub events: &'a [Event],
    /// Message templates of level ≥ WARN (or with error words) of the whole archive.
    pub templates: &'a [TemplateFact],
    /// What was read.
    pub sources: &'a [SourceFact],
    /// First failing request line of the incident, or the last line before a silence. Never empty.
    pub first_failing: &'a [Evidence],
    /// Requests by dimension, before and during the incident, edge tier.
    pub shares: &'a [DimShare],
    /// Failed requests of the incident, where requests are counted.
    pub failed: Option<u64>,
    /// Final statuses during the incident, in whole steps: status, requests.
    pub statuses: &'a [(u16, u64)],
    /// Statuses in the hour before: status, requests.
    pub statuses_before: &'a [(u16, u64)],
    /// Requests per second in the 5 minutes up to the onset over the usual rate before; `None` without a baseline.
    pub surge: Option<f64>,
    /// Seconds by which slow requests lead the first failures; `None` when they do not or latency is not logged.
    pub latency_lead_s: Option<f64>,
    /// Share of the requests of the incident that are slower than the usual 99th percentile, 0–1; `None` where latency is
    /// not logged.
    pub slow_share: Option<f64>,
    /// The failing share rose over minutes instead of at once.
    pub ramp: bool,
    /// A stretch without any line, with the inputs that fell silent and what lines stand at its edges.
    pub silences: &'a [SilenceFact],
    /// Hosts on which every log that can show it falls silent as the incident begins, each with its last line before.
    /// An application that gets no requests falls silent too, so this means something only beside a stated fault.
    pub silent_hosts: &'a [(LogText, Evidence)],
    /// Share of the failed requests of the busiest client address, 0–1, and that address where it is known.
    pub top_client: Option<&'a (f64, Option<LogText>)>,
    /// Hosts known by address: (address as upstreams write it, host name), where the logs show it.
    pub aliases: &'a [(LogText, LogText)],
    /// What people wrote from an hour before the onset until half an hour after the end, by time.
    pub remarks: &'a [RemarkFact],
    /// What it weighs, in nats, that a row bears names that people come to speak of, by the ids of rows; known while causes are weighed.
    pub spoken_of: Option<&'a BTreeMap<String, f64>>,
    /// Lines of programs, none of them an error, that are seldom written and stand around the onset, by time.
    pub begun: &'a [BegunFact],
    /// Names that stand in the logs just as long as the failures, by the line that names them first.
    pub passing: &'a [PassingFact],
    /// Versions that lines name, of services and not of markers, with the hosts that run them, up to the end of the incident.
    pub versions: &'a [VersionSeen],
}

/// What a program wrote around the onset and seldom otherwise.
#[derive(Clone, Debug)]
pub struct BegunFact {
    /// When.
    pub time: Instant,
    /// What the line says.
    pub text: LogText,
    /// The line.
    pub evidence: Evidence,
}

/// Names that come and go with the failures, and where; or a log that is written meanwhile.
#[derive(Clone, Debug)]
pub struct PassingFact {
    /// The names, in small letters.
    pub names: Vec<String>,
    /// The one of them that is told; of a log its file.
    pub name: String,
    /// Of a log that is written meanwhile, and not before and after: how long it was silent before, in microseconds.
    pub quiet: Option<i64>,
    /// When a line names them first.
    pub first: Instant,
    /// That line.
    pub begins: Evidence,
    /// The first before the failures that holds a statement which changes a table, else that line.
    pub does: Evidence,
    /// When a line holds the name that is told last.
    pub last: Instant,
    /// That line.
    pub ends: Evidence,
}

/// What a person wrote.
#[derive(Clone, Debug)]
pub struct RemarkFact {
    /// When.
    pub time: Instant,
    /// Whether that is but the minute that its line was stamped with.
    pub by_minute: bool,
    /// The words.
    pub text: LogText,
    /// Who; empty where no name is known.
    pub author: LogText,
    /// The line.
    pub evidence: Evidence,
    /// The names in it, in small letters.
    pub names: BTreeSet<String>,
    /// Those of them that tie it to something: not what hosts, services and messages before the failures are called.
    pub ties: BTreeSet<String>,
    /// Whether a row of an act rests on it.
    pub tells: bool,
    /// How far it says what was found, and not only what is seen; 0 before the onset.
    pub worth: usize,
}

/// A message template and when it occurs.
#[derive(Clone, Debug)]
pub struct TemplateFact {
    /// Masked text.
    pub text: LogText,
    /// One raw message (with its error field), as it stands in the first line; for family rules and names.
    pub example: SaidText,
    /// Severity as a word (`warn`, `error`, `fatal`).
    pub level: &'static str,
    /// Host of the lines.
    pub host: Option<LogText>,
    /// Service of the lines.
    pub service: Option<LogText>,
    /// What the input is.
    pub kind: Kind,
    /// Lines in the hour before the onset.
    pub before: u64,
    /// Lines from 60 s before the onset to the end.
    pub during: u64,
    /// Lines in the hour after the end, from a minute after it on.
    pub after: u64,
    /// First line of the archive.
    pub first: Instant,
    /// First line not before onset − 60 s, if any.
    pub first_during: Option<Instant>,
    /// Last line of the archive.
    pub last: Instant,
    /// Never seen before onset − 60 s although its log, rotated parts and all, goes back ≥ 10 min before.
    pub new: bool,
    /// The stretch of its log right before `first_during` in which no line begins as it does; `None` where that is shorter
    /// than ten minutes.
    pub none_for: Option<i64>,
    /// The first line of the incident (or of the archive when there is none).
    pub evidence: Vec<Evidence>,
}

impl TemplateFact {
    /// Whether the incident brought it: a warning or error never seen before.
    pub fn brought(&self) -> bool {
        self.new && self.during > 0 && self.level != "info"
    }
}

/// One input, as far as causes care.
#[derive(Clone, Debug)]
pub struct SourceFact {
    /// Index of the input.
    pub input: u32,
    /// Its name.
    pub name: LogText,
    /// What it is.
    pub kind: Kind,
    /// Host, where known.
    pub host: Option<LogText>,
    /// Service, where known.
    pub service: Option<LogText>,
    /// The kinds of its records, by number.
    pub kinds: [bool; 5],
    /// Whether its lines cover the onset (first ≤ onset ≤ last).
    pub covers_onset: bool,
    /// Whether it is the log of a database server.
    pub database: bool,
    /// Whether it holds kernel or hardware lines.
    pub kernel: bool,
}

impl SourceFact {
    /// Whether it is a log of that host.
    pub fn is_of_host(&self, name: &str) -> bool {
        self.host.as_ref().is_some_and(|h| h.for_json() == name)
    }

    /// Whether it holds records of a kind.
    pub fn holds(&self, kind: Kind) -> bool {
        self.kinds[kind as usize]
    }
}

/// Requests of one value of one dimension.
#[derive(Clone, Debug)]
pub struct DimShare {
    /// Dimension.
    pub dim: Dim,
    /// Value; of a version its bare name.
    pub name: LogText,
    /// The service that a version is of, where the lines name it.
    pub service: Option<LogText>,
    /// Requests and failed ones in the hour before.
    pub before: (u64, u64),
    /// Requests and failed ones during the incident.
    pub during: (u64, u64),
}

/// Dimensions by which requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dim {
    /// Final status code.
    Status,
    /// Method and normalised path.
    Endpoint,
    /// Host that wrote the line.
    Host,
    /// Upstream address (tries).
    Upstream,
    /// Program that asks, browsers aside.
    Agent,
    /// Version that answered.
    Version,
    /// Virtual host or service.
    Service,
}

impl Dim {
    /// Those of which each value has a name and failures of its own.
    pub(crate) const KEYS: [Dim; 5] = [
        Dim::Endpoint,
        Dim::Host,
        Dim::Upstream,
        Dim::Version,
        Dim::Service,
    ];
}

/// A stretch without lines.
#[derive(Clone, Debug)]
pub struct SilenceFact {
    /// Inputs that fell silent.
    pub inputs: Vec<u32>,
    /// Their hosts, where known.
    pub hosts: Vec<LogText>,
    /// Whether every input was silent (collection stopped, or everything lost power).
    pub all: bool,
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Option<Instant>,
    /// Last line before and first line after.
    pub evidence: Vec<Evidence>,
}

/// Requests that are so many times as many as usual rise.
const RISES: f64 = 1.5;

impl<'a> Case<'a> {
    /// The rows of some kinds, by time.
    pub(super) fn rows<'k>(
        &self,
        kinds: &'k [MarkerKind],
    ) -> impl DoubleEndedIterator<Item = &'a Event> + Clone + use<'a, 'k> {
        self.events.iter().filter(|e| kinds.contains(&e.kind))
    }

    /// Those of them whose time is known, with it.
    pub(super) fn timed<'k>(
        &self,
        kinds: &'k [MarkerKind],
    ) -> impl DoubleEndedIterator<Item = (&'a Event, Instant)> + Clone + use<'a, 'k> {
        self.rows(kinds).filter_map(|e| Some((e, e.time?)))
    }
}

impl Case<'_> {
    /// Failed requests of the incident, as all forms count them, else by whole steps.
    pub fn failed(&self) -> u64 {
        self.failed.unwrap_or_else(|| self.failed_in_steps())
    }

    /// The same by final status: 5xx, or none at all.
    fn failed_in_steps(&self) -> u64 {
        self.answered(|s| s >= 500 || s == 0)
    }

    /// Requests of the incident by final status.
    fn answered(&self, with: impl Fn(u16) -> bool) -> u64 {
        let of = self.statuses.iter().filter(|(s, _)| with(*s));
        of.map(|(_, n)| n).sum()
    }

    /// Share of one status among the failed requests, 0–1.
    pub fn status_share(&self, status: u16) -> f64 {
        match self.failed_in_steps() {
            0 => 0.0,
            all => self.answered(|s| s == status) as f64 / all as f64,
        }
    }

    /// Indexes of the inputs that a test accepts.
    pub fn inputs(&self, accept: impl Fn(&SourceFact) -> bool) -> Vec<u32> {
        let accepted = self.sources.iter().filter(|s| accept(s));
        accepted.map(|s| s.input).collect()
    }

    /// Whether a process or unit fell which a line says to have been ended: `Killed process 23871 (postgres)`, or
    /// `mariadb.service: A process of this unit has been killed by the OOM killer`.
    pub fn fell_of(&self, said: &str) -> bool {
        let mut falls = self.rows(&[MarkerKind::Crash]).map(excerpt);
        if let Some(unit) = names::unit(said).filter(|_| said.contains("killed by")) {
            return falls.any(|e| names::unit(e).as_ref() == Some(&unit));
        }
        let Some((_, killed)) = said.split_once("Killed process ") else {
            return false;
        };
        let pid = killed.split(|c: char| !c.is_ascii_digit()).next();
        falls.any(|e| {
            let mut words = e.split(|c: char| !c.is_ascii_alphanumeric());
            words.any(|w| Some(w) == pid && w.len() > 1)
        })
    }

    /// Whether a host or a service is that of a database's own log.
    pub fn is_of_database(&self, host: Option<&LogText>, service: Option<&LogText>) -> bool {
        let same = |a: &Option<LogText>, b: Option<&LogText>| a.is_some() && a.as_ref() == b;
        let mut logs = self.sources.iter().filter(|s| s.database);
        logs.any(|s| same(&s.host, host) || same(&s.service, service))
    }

    /// Whether a kind of log was recognised: by its records, or by a row that such a log is there to report.
    pub fn has_log_of(&self, kind: Kind) -> bool {
        let row = |e: &Event| e.kind.log() == Some(kind);
        self.sources.iter().any(|s| s.holds(kind)) || self.events.iter().any(row)
    }

    /// Whether an application log covers the onset: then the absence of a message means something.
    pub fn has_app_log(&self) -> bool {
        self.app_logs().next().is_some()
    }

    /// The logs of applications that cover the onset: no database's, and none in which alerts stand.
    pub fn app_logs(&self) -> impl Iterator<Item = &SourceFact> {
        let fired = self
            .rows(&[MarkerKind::AlertFired])
            .flat_map(|e| &e.evidence);
        let alerts: BTreeSet<u32> = fired.map(|v| v.input).collect();
        let app = |s: &&SourceFact| s.kind == Kind::App && s.covers_onset && !s.database;
        let apps = self.sources.iter().filter(app);
        apps.filter(move |s| !alerts.contains(&s.input))
    }

    /// Whether the log of a database server covers the onset.
    pub fn has_database_log(&self) -> bool {
        self.sources.iter().any(|s| s.database && s.covers_onset)
    }

    /// When the failures end, if only for now.
    pub fn ends(&self) -> impl Iterator<Item = Instant> {
        let over = Some(self.end).filter(|_| self.recovered);
        over.into_iter().chain(self.pauses.iter().map(|p| p.0))
    }

    /// Which of the ends as the report says them is nearest to a moment, and what the failures do there: `stop`, or `pause`.
    pub fn end_near(&self, at: Option<Instant>) -> (Instant, &'static str) {
        let ends = std::iter::once(self.stop).chain(self.pauses.iter().map(|p| p.0));
        let near = |t: Instant| ends.min_by_key(|end| end.since(t).abs());
        let end = at.and_then(near).unwrap_or(self.stop);
        (end, if end == self.stop { "stop" } else { "pause" })
    }

    /// Whether an instant lies between `before_s` seconds before the onset interval and `after_s` seconds after it.
    pub fn near(&self, t: Instant, before_s: i64, after_s: i64) -> bool {
        let (lo, hi) = self.onset_bounds();
        t.0 >= lo.0 - before_s * SECOND && t.0 <= hi.0 + after_s * SECOND
    }

    /// How many times the usual rate of requests there is around the onset, where that is more than it ebbs and flows: so many bring
    /// limits with them.
    pub(super) fn rise(&self) -> Option<f64> {
        self.surge.filter(|x| *x >= RISES)
    }

    /// When the trouble first shows: as requests grow slow, where they did so before the first failed.
    pub(super) fn shows_from(&self) -> Instant {
        let lead = self.latency_lead_s.filter(|s| *s >= 120.0);
        Instant(self.onset.0 - (lead.unwrap_or(0.0) * SECOND as f64) as i64)
    }

    /// The onset interval, widened so that it always holds the onset. It is known in whole seconds, the last one included to
    /// its end: what is compared with the onset is compared with these, never with its second's beginning.
    pub fn onset_bounds(&self) -> (Instant, Instant) {
        let (from, to) = self.onset_interval;
        (from.min(self.onset), to.max(self.onset).last_of_second())
    }
}

/// Steps by which it is known how fast responses are.
pub(super) const STEP: i64 = 10 * SECOND;

/// What begins, in the words of a sentence, and when: how the incident first shows.
pub(super) fn what_begins(case: &Case<'_>) -> (&'static str, Instant) {
    // that requests are slow is known by steps: within one of the first failure it is these that are
    let same = |c: &&Component| c.kind == "latency" && case.onset.since(c.start) <= STEP;
    let all = case.components.iter().filter(|c| !same(c));
    let first = all.min_by_key(|c| c.start);
    let words = match first.map(|c| c.kind) {
        Some("latency") => "Responses become slow",
        Some("silence") => "Requests stop",
        Some("traffic_drop") => "Requests become few",
        Some("refused") => "Clients are refused",
        Some("restart_loop") => "Restarts begin",
        _ => return ("Errors begin", case.onset),
    };
    (words, first.map_or(case.onset, |c| c.start.min(case.onset)))
}

/// What an event quotes of its line.
pub(crate) fn quoted(e: &Event) -> Option<&str> {
    e.quoted()
}

/// The first cited line of an event, as far as it is kept.
pub(in crate::cause) fn excerpt(e: &Event) -> &str {
    let mut kept = e.evidence.iter().filter_map(|v| v.excerpt.as_ref());
    kept.next().map_or("", |t| t.for_json())
}
