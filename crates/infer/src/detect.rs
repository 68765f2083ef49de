//! The detector: from counts per second to incidents, blips and silences. Pure numbers: it knows seconds and
//! counts, never log lines, names or markers, and its result depends only on the set of counts it is given.
//!
//! `segment` scores seconds and cuts the log into normal and bad, `edge` dates the cuts, `filters` decides which of
//! them count, `silence` judges stretches without a line, `recovery_hold` the calm after an end.

mod drop;
mod edge;
mod filters;
mod join;
mod key_channel;
mod messages;
mod passing;
mod recovery_hold;
mod scores;
mod segment;
mod silence;
mod stretches;
#[cfg(test)]
mod tests;
mod two_states;

use crate::model::Sensitivity;
use coroner_core::summary::CountByStep;
use coroner_lines::sorting::SortList;
use coroner_lines::time::Instant;
use std::collections::BTreeSet;
use stretches::{by_stretch, end_of, stretch_around};

pub use crate::detect::recovery_hold::{held, is_normal};
pub use messages::{ErrorMinutes, error_runs};

/// Bad runs that are at most this many seconds apart belong to one incident.
pub const MERGE_GAP_S: i64 = 300;
/// Runs that are further apart than [`MERGE_GAP_S`], but not further than this, belong to one incident when they look alike.
pub const FLAP_GAP_S: i64 = 900;

/// What one second of the edge tier saw; seconds without a request have no entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Seconds since 1970 UTC.
    pub at: i64,
    /// Requests, health checks excluded.
    pub n: u32,
    /// Requests with a final 5xx; never more than `n`.
    pub failed: u32,
}

/// Seconds of a step, in which slow requests and keys are counted.
pub const STEP_S: i64 = 10;

/// What one step of ten seconds saw of a channel other than the totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// First second of the step, since 1970 UTC.
    pub at: i64,
    /// Requests.
    pub n: u32,
    /// Slow or failed ones of them.
    pub bad: u32,
}

/// Buckets of clients, by their hashes.
pub const BUCKETS: usize = 64;

/// Requests broken down by key (the values of a dimension) and by client, which is done when it is asked for: all of it at once
/// is most of what a detection would hold.
pub trait Breakdown {
    /// How many keys there are.
    fn keys(&self) -> u32;
    /// The steps of a key with a request, sorted by time, each once; none of a key that there is not.
    fn steps(&self, key: u32) -> Vec<Step>;
    /// Failed requests of a key in the steps that begin in `[from, to)` seconds.
    fn failed(&self, key: u32, from: i64, to: i64) -> u64;
    /// Failed requests of the minutes that `[from, to)` seconds touches by client hash modulo [`BUCKETS`]: what the busiest
    /// client can have made at most.
    fn by_client(&self, from: i64, to: i64) -> [u64; BUCKETS];
}

/// No keys and no clients at all.
impl Breakdown for () {
    fn keys(&self) -> u32 {
        0
    }

    fn steps(&self, _: u32) -> Vec<Step> {
        Vec::new()
    }

    fn failed(&self, _: u32, _: i64, _: i64) -> u64 {
        0
    }

    fn by_client(&self, _: i64, _: i64) -> [u64; BUCKETS] {
        [0; BUCKETS]
    }
}

/// Counts of the edge tier, as the detector wants them. Sparse: its size follows the requests, not the span, so
/// that a stray line from another year costs one entry.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Sorted by time, one entry for each second with a request.
    seconds: Vec<Second>,
    /// Distinct failing clients per 10-second bin (`second.div_euclid(10)`). `None` when clients are not known, or
    /// fewer than 8 appear in the whole log (a proxy in front hides them): no client cap then.
    clients: Option<CountByStep>,
    /// The 10-second bins in which any other input had a line; they distinguish a silent edge from a pause in collection.
    others_alive: BTreeSet<i64>,
    /// Requests that inputs behind the edge logged, by 10-second bin.
    behind: CountByStep,
    /// Seconds at which alerts fired.
    alerts: BTreeSet<i64>,
    /// Requests without a 5xx whose latency is known, and those of them that are slow; sorted. Empty where no latency is.
    slow: Vec<Step>,
    /// Failed requests of what always fails, by 10-second bin.
    always_failing: CountByStep,
    /// Runs that others found, where requests show nothing.
    others: Vec<Run>,
    /// Share of requests that fails when nothing is wrong, where that is known.
    usual: Option<f64>,
}

impl Counts {
    /// Builds counts from seconds in any order; entries for the same second add up.
    pub fn new(
        seconds: impl IntoIterator<Item = Second>,
        clients: Option<CountByStep>,
        others_alive: BTreeSet<i64>,
    ) -> Counts {
        let mut all: Vec<Second> = seconds.into_iter().collect();
        let mut last = i64::MIN;
        // most are as they are wanted
        let sound = all.iter().all(|s| {
            let before = std::mem::replace(&mut last, s.at);
            before < s.at && s.failed <= s.n && s.n > 0
        });
        if !sound {
            all.sort_list_by_key(|s| s.at);
            all.dedup_by(|later, kept| {
                let same = later.at == kept.at;
                if same {
                    kept.n = kept.n.saturating_add(later.n);
                    kept.failed = kept.failed.saturating_add(later.failed);
                }
                same
            });
            all.retain_mut(|s| {
                s.failed = s.failed.min(s.n);
                s.n > 0
            });
        }
        Counts {
            seconds: all,
            clients,
            others_alive,
            ..Counts::default()
        }
    }

    /// The first second of which a request is counted.
    pub fn first(&self) -> Option<i64> {
        self.seconds.first().map(|s| s.at)
    }

    /// The same where it is known what share of requests fails when nothing is wrong, 0–1.
    pub fn with_usual(self, usual: Option<f64>) -> Counts {
        Counts { usual, ..self }
    }

    /// Adds the requests that inputs behind the edge logged, by 10-second bin, and the seconds at which alerts fired.
    pub fn with_witnesses(self, behind: CountByStep, alerts: BTreeSet<i64>) -> Counts {
        Counts {
            behind,
            alerts,
            ..self
        }
    }

    /// Adds runs that others found.
    pub fn with_others(self, others: Vec<Run>) -> Counts {
        Counts { others, ..self }
    }

    /// Adds the failed requests, by 10-second bin, of what always fails: counted as all others, they date no begin and no end.
    pub fn with_always_failing(self, always_failing: CountByStep) -> Counts {
        Counts {
            always_failing,
            ..self
        }
    }

    /// How many of the failed requests are of what fails whenever it is asked for.
    pub fn always_failed(&self) -> u64 {
        self.always_failing.sum_of_all()
    }

    /// Whether no more failed in the ten seconds around a second than what fails whenever it is asked for.
    pub fn fails_as_always(&self, second: i64) -> bool {
        let bin = second.div_euclid(10);
        let always = self.always_failing.get(bin);
        always.is_some_and(|n| self.sum(bin * 10, bin * 10 + 10).1 <= u64::from(n))
    }

    /// Adds slow requests, sorted by time.
    pub fn with_slow(self, slow: Vec<Step>) -> Counts {
        Counts { slow, ..self }
    }

    /// The entries in `[from, to)`.
    pub fn between(&self, from: i64, to: i64) -> &[Second] {
        let a = self.seconds.partition_point(|s| s.at < from);
        let b = self.seconds.partition_point(|s| s.at < to);
        self.seconds.get(a..b).unwrap_or(&[])
    }

    /// Requests and failed requests of each minute that has any, by its first second.
    pub fn minutes(&self) -> impl Iterator<Item = (i64, (u64, u64))> {
        let span = self.seconds.first().zip(self.seconds.last());
        span.into_iter().flat_map(|(first, last)| {
            let from = first.at.div_euclid(60) * 60;
            let minutes = self.windows(from, last.at + 1, 60);
            minutes.map(move |(m, of)| (from + m * 60, of))
        })
    }

    /// The same of each minute in which a request failed.
    pub fn failing_minutes(&self) -> impl Iterator<Item = (i64, (u64, u64))> {
        let mut seen = 0;
        std::iter::from_fn(move || {
            let next = self.seconds[seen..].iter().position(|s| s.failed > 0)?;
            let minute = stretch_around(&self.seconds, seen + next, 60, |s| s.at);
            seen = minute.end;
            let seconds = &self.seconds[minute];
            Some((end_of(seconds[0].at, 60) - 60, summed(seconds)))
        })
    }

    /// Requests and failed requests of `[from, to)` by windows of `width` seconds that are counted from `from`. Only of windows
    /// that have any: what is walked is what is held, however long the stretch.
    pub(crate) fn windows(
        &self,
        from: i64,
        to: i64,
        width: i64,
    ) -> impl Iterator<Item = (i64, (u64, u64))> {
        let windows = by_stretch(self.between(from, to), width, move |s| s.at - from);
        windows.map(move |w| ((w[0].at - from).div_euclid(width), summed(w)))
    }

    /// Requests and failed requests in `[from, to)`.
    pub fn sum(&self, from: i64, to: i64) -> (u64, u64) {
        summed(self.between(from, to))
    }
}

/// Requests and failed requests of some seconds.
pub(crate) fn summed(seconds: &[Second]) -> (u64, u64) {
    in_all(seconds.iter().map(|s| (s.n, s.failed)))
}

/// Requests and bad ones among them, in all.
fn in_all(counts: impl Iterator<Item = (u32, u32)>) -> (u64, u64) {
    let sum = |(n, k), (more, bad)| (n + u64::from(more), k + u64::from(bad));
    counts.fold((0, 0), sum)
}

/// What a run is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunKind {
    /// The share of 5xx is above its usual level.
    Error,
    /// No request line at all where there should be some.
    Silence,
    /// The share of slow requests is above its usual level.
    Latency,
    /// Far fewer requests than usual, and no more errors.
    TrafficDrop,
    /// The share of 5xx of one endpoint, host, upstream, version or service is above its usual level.
    Key,
    /// Clients are answered 4xx in place of what they came for; `key` is the status.
    Refused,
    /// Messages of level ERROR that are new or far more than usual, where no request series shows harm.
    LogErrors,
    /// A service that falls and comes up again and again, where no request series shows harm; `failed` are its falls.
    RestartLoop,
}

/// One bad stretch of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Which channel saw it.
    pub kind: RunKind,
    /// First bad second.
    pub start: i64,
    /// First second that is good again.
    pub end: i64,
    /// 95 % interval of `start`, both ends included.
    pub start_interval: (i64, i64),
    /// 95 % interval of `end`, both ends included.
    pub end_interval: (i64, i64),
    /// Requests in `[start, end)`; of a silence that is no outage those that inputs behind the edge logged meanwhile.
    pub requests: u64,
    /// Failed requests in it (slow ones for [`RunKind::Latency`]).
    pub failed: u64,
    /// The usual share in this channel; for reports only.
    pub p0: f64,
    /// Which key of [`Breakdown`], for [`RunKind::Key`]; which source, for [`RunKind::LogErrors`]; which loop, for
    /// [`RunKind::RestartLoop`].
    pub key: Option<u32>,
}

impl Run {
    /// One of which both ends are known to the second, and no usual share.
    pub(crate) fn dated(
        kind: RunKind,
        (start, end): (i64, i64),
        (requests, failed): (u64, u64),
    ) -> Run {
        Run {
            kind,
            start,
            end,
            start_interval: (start, start),
            end_interval: (end, end),
            requests,
            failed,
            p0: 0.0,
            key: None,
        }
    }

    /// Failed over all requests, 0 without requests.
    pub fn share(&self) -> f64 {
        if self.requests == 0 {
            0.0
        } else {
            self.failed as f64 / self.requests as f64
        }
    }

    /// Its start and its end as moments.
    pub(crate) fn moments(&self) -> (Instant, Instant) {
        moments((self.start, self.end))
    }

    fn seconds(&self) -> i64 {
        self.end - self.start
    }
}

/// An incident: runs of any channel that overlap or follow each other closely.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectedIncident {
    /// Its runs by start, then kind.
    pub runs: Vec<Run>,
    /// Onset: start of the earliest error or silence run, else latency, else drop.
    pub start: i64,
    /// End of the last run, exclusive.
    pub end: i64,
    /// The log ends before the failing does: there is no recovery in it.
    pub ongoing_at_end: bool,
    /// The log begins inside it: the true onset may be earlier than `start`.
    pub precedes_log: bool,
}

impl DetectedIncident {
    /// Its start and its end as moments.
    pub(crate) fn moments(&self) -> (Instant, Instant) {
        moments((self.start, self.end))
    }
}

/// Two seconds as moments.
pub(crate) fn moments((a, b): (i64, i64)) -> (Instant, Instant) {
    (Instant::from_second(a), Instant::from_second(b))
}

/// All that the counts say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detection {
    /// By start.
    pub incidents: Vec<DetectedIncident>,
    /// Runs that are too short or too small to be incidents: footnotes, by start.
    pub blips: Vec<Run>,
    /// Bursts in which one client makes over 90 % of the 5xx: named as such, never an incident.
    pub one_client: Vec<Run>,
    /// Silences at the head or tail of the log, with no other input alive, or with requests that reach what is behind the
    /// edge: "collection gap?", no outage.
    pub collection_gaps: Vec<Run>,
    /// Usual share of 5xx, never said to be below 0.0005.
    pub p0: f64,
    /// Enough requests and time that "no incident" means something.
    pub enough_data: bool,
    /// More than half of the log fails: the usual share is a guess from the best tenth.
    pub no_clean_baseline: bool,
    /// Keys that fail all along: which, requests, failed ones.
    pub chronic: Vec<(u32, u64, u64)>,
}

/// Requests below which "no incident" is not said.
const ENOUGH_REQUESTS: u64 = 100;
/// Seconds below which "no incident" is not said.
const ENOUGH_SECONDS: i64 = 120;

/// Finds the incidents in the counts of the edge tier and in what they break down to, and joins them with the runs that others
/// found. Linear in the number of seconds with requests; the same counts give the same result.
pub fn detect(c: &Counts, by: &dyn Breakdown, s: Sensitivity) -> Detection {
    let (Some(first), Some(last)) = (c.seconds.first(), c.seconds.last()) else {
        return Detection {
            incidents: join::join(c, by, (c.others.clone(), Vec::new())),
            ..Detection::default()
        };
    };
    let errors = crate::detect::filters::errors(c, by, s);
    let (silences, collection_gaps) = silence::find(c);
    let mut runs = errors.runs;
    runs.extend(silences.iter().cloned());
    runs.extend(crate::detect::filters::latency(c, s));
    let silent: Vec<Run> = silences.iter().chain(&collection_gaps).cloned().collect();
    runs.extend(drop::find(c, &silent, s));
    runs.extend(c.others.iter().cloned());
    let keyed = crate::detect::key_channel::find(c, by, &errors.level, s);
    let incidents = join::join(c, by, (runs, keyed.runs));
    let taken = crate::detect::filters::Stretches::new(incidents.iter().map(|i| (i.start, i.end)));
    let apart = |r: &Run| taken.apart(r);
    Detection {
        blips: errors.blips.into_iter().filter(apart).collect(),
        one_client: errors.one_client.into_iter().filter(apart).collect(),
        collection_gaps,
        p0: errors.level.p0,
        enough_data: c.sum(first.at, last.at + 1).0 >= ENOUGH_REQUESTS
            && last.at - first.at >= ENOUGH_SECONDS,
        no_clean_baseline: errors.level.no_clean_baseline,
        chronic: keyed.chronic,
        incidents,
    }
}
