//! The merged part as inference looks at it: tracks with their clock, request tiers, sums over stretches of UTC.

use crate::cause::Dim;
use crate::clock::{AxisShift, Clocks};
use crate::detect::{BUCKETS, Counts, Second};
use crate::infer::baseline::Earlier;
use crate::infer::citing::cite_again;
use crate::infer::log_names::{without_instance, without_worker};
use crate::infer::tiers::tiers;
use crate::model::{Evidence, Tier};
use coroner_core::source::Again;
use coroner_core::summary::{
    CitableLine, CountByStep, InputPart, KeySeries, Keys, NO_PATH, Part, Requests, Seen, Track,
    starting, touching,
};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Ten seconds in microseconds: the step in which keys are counted.
pub(crate) const TEN: i64 = 10 * SECOND;

/// A track and how to get from its axis to UTC.
#[derive(Clone)]
pub(crate) struct Lane<'a> {
    pub input: u32,
    pub part: &'a InputPart,
    pub track: &'a Track,
    /// What is between the axis and UTC.
    pub shift: AxisShift,
    /// First and last microsecond on the axis.
    pub body: (i64, i64),
    /// The name of its log without what is of one instance of its program only, where there is that.
    pub program: Option<Box<str>>,
}

impl Lane<'_> {
    /// The log that it is of: rotated parts have one name, and so have the containers and pods that follow each other.
    pub fn log(&self) -> &str {
        self.program.as_deref().unwrap_or(&self.part.meta.domain)
    }

    /// Microseconds on the axis of an instant.
    pub fn on_axis(&self, t: Instant) -> i64 {
        self.shift.on_axis(t)
    }

    /// The instant of microseconds on the axis.
    pub fn utc(&self, us: i64) -> Instant {
        self.shift.utc(us)
    }

    /// Adds requests and failed ones by the values of a dimension, in whole ten-second steps of `[from, to)`; whether any has a name.
    pub fn add_by(&self, dim: Dim, (from, to): (Instant, Instant), sums: &mut ByName) -> bool {
        let (a, b) = (self.on_axis(from), self.on_axis(to));
        let mut keys = named_keys(self, dim).peekable();
        let known = keys.peek().is_some();
        for (name, s) in keys {
            let n = s.n.sum(a, b);
            if n > 0 {
                let failed = s.failed.total(starting(TEN, a, b));
                add(sums.entry(name.to_vec()).or_default(), (n, failed));
            }
        }
        known
    }
}

/// Requests and failed ones by name.
pub(crate) type ByName = BTreeMap<Vec<u8>, (u64, u64)>;

fn add(sum: &mut (u64, u64), (n, failed): (u64, u64)) {
    *sum = (sum.0 + n, sum.1 + failed);
}

/// Addresses below which they may be those of proxies.
const FEW_CLIENTS: usize = 8;

/// Everything inference reads.
pub(crate) struct View<'a> {
    pub part: &'a Part,
    pub clocks: &'a Clocks,
    pub lanes: Vec<Lane<'a>>,
    pub tiers: BTreeMap<u32, Tier>,
    /// Start and end of the archive.
    pub span: Option<(Instant, Instant)>,
    /// Files whose lines can be read again.
    again: Option<&'a Again>,
    /// What an earlier part shows.
    pub earlier: Option<&'a Earlier>,
}

impl<'a> View<'a> {
    pub fn new(part: &'a Part, clocks: &'a Clocks) -> Self {
        let tiers = tiers(part);
        let mut lanes = Vec::with_capacity(part.inputs.len());
        let mut span: Option<(Instant, Instant)> = None;
        for (&input, p) in &part.inputs {
            for (axis, track) in p.tracks() {
                let Some((a, b)) = track.span else { continue };
                let at = |us| clocks.instant(input, axis, us);
                let (ua, ub) = (at(a), at(b));
                span = Some(span.map_or((ua, ub), |(x, y)| (x.min(ua), y.max(ub))));
                lanes.push(Lane {
                    input,
                    part: p,
                    track,
                    shift: clocks.axis_shift(input, axis),
                    body: (a, b),
                    program: without_instance(&p.meta.domain),
                });
            }
        }
        View {
            part,
            clocks,
            lanes,
            tiers,
            span,
            again: None,
            earlier: None,
        }
    }

    /// The lanes of an input: they are in its order.
    pub fn lanes_of(&self, input: u32) -> &[Lane<'a>] {
        let from = self.lanes.partition_point(|l| l.input < input);
        let n = self.lanes[from..].partition_point(|l| l.input == input);
        &self.lanes[from..from + n]
    }

    /// The same with files whose lines can be read again.
    pub fn reading(self, again: &'a Again) -> Self {
        View {
            again: Some(again),
            ..self
        }
    }

    /// The same with what an earlier part shows of a system that works.
    pub fn after(self, earlier: Option<&'a Earlier>) -> Self {
        View { earlier, ..self }
    }

    /// A line that may have to be read again; `None` where it cannot be had any more.
    pub fn seen(&self, input: u32, line: &CitableLine) -> Option<Seen> {
        line.seen(|at, n| self.again?.read(input, at, n))
    }

    /// The citation of a line that may have to be read again.
    pub fn cite(&self, input: u32, line: &CitableLine) -> Evidence {
        cite_again(self.again, input, line)
    }

    /// Tracks whose requests are counted.
    pub fn edge(&self) -> impl Iterator<Item = &Lane<'a>> {
        let edge = |l: &&Lane<'_>| self.tiers.get(&l.input) == Some(&Tier::Edge);
        let counted = |l: &&Lane<'_>| !l.track.requests.n.is_empty();
        self.lanes.iter().filter(edge).filter(counted)
    }

    /// First and last time of the logs whose requests count; of all logs where none do.
    pub fn request_span(&self) -> Option<(Instant, Instant)> {
        let spans = self.edge().map(|l| (l.utc(l.body.0), l.utc(l.body.1)));
        let joined = spans.reduce(|x, y| (x.0.min(y.0), x.1.max(y.1)));
        joined.or(self.span)
    }

    /// Requests per second of the edge, for the detector.
    pub fn counts(&self) -> Counts {
        let mut seconds: Vec<Second> = Vec::new();
        let mut clients = CountByStep::default();
        for l in self.edge() {
            let of = |second: i64, n: u32, failed: u32| Second {
                at: l.shift.utc_second(second),
                n,
                failed,
            };
            let mut at = seconds.len();
            seconds.reserve(l.track.requests.n.most());
            let steps = l.track.requests.n.steps();
            steps.for_each(|(second, n)| seconds.push(of(second, n, 0)));
            // both are in order: so need not be sorted what comes of them
            for (second, k) in l.track.requests.failed.counts() {
                let failed = of(second, 0, k);
                let before = seconds[at..].iter().take_while(|s| s.at < failed.at);
                at += before.count();
                match seconds.get_mut(at) {
                    Some(s) if s.at == failed.at => s.failed = s.failed.saturating_add(k),
                    _ => seconds.push(failed),
                }
            }
            for (ten, n) in l.track.requests.failing_clients() {
                clients.count(l.utc(ten * TEN).second().div_euclid(10), n);
            }
        }
        Counts::new(
            seconds,
            self.separates_clients().then_some(clients),
            self.others_alive(),
        )
    }

    /// Whether the addresses of the edge are those of clients. Where there are a handful, a proxy may stand before all of them, and
    /// what fails for one address fails for everybody; but a proxy's clients mostly get what they ask for, and one that mostly
    /// asks for what is not there is a scanner.
    pub fn separates_clients(&self) -> bool {
        let hashes = self.edge().flat_map(|l| l.track.requests.clients.iter());
        let known: BTreeSet<u64> = hashes.map(|(h, _)| *h).collect();
        if known.len() >= FEW_CLIENTS {
            return true;
        }
        let (mut answered, mut in_vain) = (0, 0);
        let (a, b) = self.span.unwrap_or_default();
        for (status, (n, _)) in self.by(Dim::Status, a, Instant(b.0 + SECOND)) {
            // without those that ask to log in or to wait, and what the client gave up
            match status.as_slice() {
                b"401" | b"407" | b"429" | b"499" => answered += n,
                [b'4', ..] => (answered, in_vain) = (answered + n, in_vain + n),
                [b'1'..=b'3', ..] => answered += n,
                _ => {}
            }
        }
        in_vain * 2 > answered
    }

    /// Failed requests of the edge by client hash modulo [`BUCKETS`], of the minutes that `[from, to)` touches.
    pub fn by_client(&self, from: Instant, to: Instant) -> [u64; BUCKETS] {
        self.summed(from, to, |r, minutes| {
            let all = r.failed_clients.range(minutes);
            all.map(|(_, clients)| clients.buckets()).collect()
        })
    }

    /// The same of refused requests.
    pub fn refused_by_client(&self, from: Instant, to: Instant) -> [u64; BUCKETS] {
        self.summed(from, to, |r, minutes| {
            let all = r.refused_clients.range(minutes);
            all.map(|(_, clients)| clients.row()).collect()
        })
    }

    fn summed(
        &self,
        from: Instant,
        to: Instant,
        rows: impl Fn(&Requests, Range<i64>) -> Vec<[u32; BUCKETS]>,
    ) -> [u64; BUCKETS] {
        let mut sums = [0; BUCKETS];
        for l in self.edge() {
            let minutes = touching(MINUTE, l.on_axis(from), l.on_axis(to));
            for row in rows(&l.track.requests, minutes) {
                let of_minute = sums.iter_mut().zip(row);
                of_minute.for_each(|(sum, n)| *sum += u64::from(n));
            }
        }
        sums
    }

    /// Ten-second bins in which inputs other than the edge had lines.
    fn others_alive(&self) -> BTreeSet<i64> {
        let mut alive = BTreeSet::new();
        let others = |l: &&Lane<'_>| self.tiers.get(&l.input) != Some(&Tier::Edge);
        for l in self.lanes.iter().filter(others) {
            let tens = l.track.edges().map(|s| l.utc(s.us).second().div_euclid(10));
            alive.extend(tens);
        }
        alive
    }

    /// Requests that inputs behind the edge logged, by ten-second bin.
    pub fn behind(&self) -> CountByStep {
        let mut out = CountByStep::default();
        let inner = |l: &&Lane<'_>| self.tiers.get(&l.input) == Some(&Tier::Inner);
        for l in self.lanes.iter().filter(inner) {
            for (us, n) in l.track.requests.n.iter() {
                out.count(l.utc(us).second().div_euclid(10), n);
            }
        }
        out
    }

    /// Requests and failed ones of the edge in `[from, to)`, whole seconds.
    pub fn requests(&self, from: Instant, to: Instant) -> (u64, u64) {
        let mut sum = (0, 0);
        for l in self.edge() {
            add(&mut sum, lane_requests(l, l.on_axis(from), l.on_axis(to)));
        }
        sum
    }

    /// Failed requests of the edge in `[from, to)`, whole seconds.
    pub fn failed(&self, from: Instant, to: Instant) -> u64 {
        let of = |l: &Lane<'_>| l.track.requests.failed.sum(l.on_axis(from), l.on_axis(to));
        self.edge().map(of).sum()
    }

    /// Requests and failed ones by the values of a dimension, in whole ten-second steps of `[from, to)`.
    pub fn by(&self, dim: Dim, from: Instant, to: Instant) -> ByName {
        let mut out = ByName::new();
        for l in self.edge() {
            let known = l.add_by(dim, (from, to), &mut out);
            if let (Dim::Host, false, Some(h)) = (dim, known, &l.part.meta.host) {
                let more = lane_requests(l, l.on_axis(from), l.on_axis(to));
                add(out.entry(h.clone().into_bytes()).or_default(), more);
            }
        }
        out.retain(|_, v| v.0 > 0);
        match dim {
            Dim::Service => of_workers(out),
            _ => out,
        }
    }

    /// Requests and failed ones of the `wanted` values of a dimension in `len` buckets of `step` microseconds from
    /// `start` on.
    pub fn over_time(
        &self,
        dim: Dim,
        wanted: &[&LogText],
        start: Instant,
        step: i64,
        len: usize,
    ) -> BTreeMap<LogText, (Vec<u64>, Vec<u64>)> {
        let mut out: BTreeMap<usize, (Vec<u64>, Vec<u64>)> = BTreeMap::new();
        let none_yet = || (vec![0; len], vec![0; len]);
        let shows = |name: &LogText| wanted.iter().position(|w| *w == name);
        // most names are wanted ones, and what a name shows is dear to make
        let place = |raw: &[u8]| match wanted.iter().find(|w| w.is_name_of(raw)) {
            Some(name) => shows(name),
            None => shows(&LogText::name(raw)),
        };
        for l in self.edge() {
            let (a, b) = (l.on_axis(start), l.on_axis(start) + step * len as i64);
            let add = |sums: &mut Vec<u64>, us: i64, n: u32| {
                sums[((us - a) / step) as usize] += u64::from(n);
            };
            let mut keys = named_keys(l, dim).peekable();
            let none = keys.peek().is_none();
            for (name, s) in keys.filter(|(_, s)| s.n.within(a, b).next().is_some()) {
                let Some(place) = place(name) else { continue };
                let (all, bad) = out.entry(place).or_insert_with(none_yet);
                s.n.within(a, b).for_each(|(us, n)| add(all, us, n));
                let failed = s.failed.range(starting(TEN, a, b));
                failed.for_each(|(ten, k)| add(bad, ten * TEN, k));
            }
            let own = &l.track.requests;
            if let (Dim::Host, true, Some(h)) = (dim, none, &l.part.meta.host)
                && own.n.within(a, b).next().is_some()
                && let Some(place) = place(h.as_bytes())
            {
                let (all, bad) = out.entry(place).or_insert_with(none_yet);
                own.n.within(a, b).for_each(|(us, n)| add(all, us, n));
                let failed = own.failed.within(a, b);
                failed.for_each(|(s, k)| add(bad, s * SECOND, k));
            }
        }
        let name = |(place, sums): (usize, _)| (wanted[place].clone(), sums);
        out.into_iter().map(name).collect()
    }
}

/// The series of a lane by the values of a dimension that have a name: an answer without a path has no endpoint.
pub(super) fn named_keys<'a>(
    l: &Lane<'a>,
    dim: Dim,
) -> impl Iterator<Item = (&'a [u8], &'a KeySeries)> + use<'a> {
    let keys: &'a Keys = match dim {
        Dim::Status => &l.track.by_status,
        Dim::Endpoint => &l.track.by_endpoint,
        Dim::Host => &l.track.by_host,
        Dim::Upstream => &l.track.by_upstream,
        Dim::Agent => &l.track.by_agent,
        Dim::Version => &l.track.by_version,
        Dim::Service => &l.track.by_service,
    };
    let named = keys.sorted().into_iter();
    named.filter(move |(n, _)| dim != Dim::Endpoint || !n.ends_with(NO_PATH))
}

/// Services whose workers are counted apart, as one each: `tmm1` and `tmm2` are both `tmm`.
fn of_workers(by: ByName) -> ByName {
    let mut of: BTreeMap<Vec<u8>, ByName> = BTreeMap::new();
    for (name, counts) in by {
        let service = without_worker(&name).to_vec();
        of.entry(service).or_default().insert(name, counts);
    }
    let mut out = ByName::new();
    for (service, workers) in of {
        let several = workers.len() > 1;
        for (name, counts) in workers {
            let name = if several { service.clone() } else { name };
            add(out.entry(name).or_default(), counts);
        }
    }
    out
}

fn lane_requests(l: &Lane<'_>, a: i64, b: i64) -> (u64, u64) {
    let of = &l.track.requests;
    (of.n.sum(a, b), of.failed.sum(a, b))
}

/// Whether the requests of a lane are logged by the application that serves them.
pub(crate) fn by_app(l: &Lane<'_>) -> bool {
    l.part.accounting.is_of_application()
}

/// Rounds down to whole steps.
pub(crate) fn floor(t: Instant, step: i64) -> Instant {
    Instant(t.0.div_euclid(step) * step)
}

/// Rounds up to whole steps.
pub(crate) fn ceil(t: Instant, step: i64) -> Instant {
    floor(Instant(t.0 + step - 1), step)
}
