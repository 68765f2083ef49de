//! Decides which bad spans count: effect and size filters, blips, bursts of one client, and which runs make one
//! incident. Works on what `segment` cut and `edge` dated.

use crate::detect::edge::{self, Edges};
use crate::detect::segment::{self, ChannelSecond, Span, Tuning, UsualLevel, totals};
use crate::detect::{
    Breakdown, Counts, MERGE_GAP_S, Run, RunKind, STEP_S, Second, Sensitivity, Step, by_stretch,
    in_all, passing, stretch_around,
};
use coroner_lines::sorting::SortList;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Most that one 10-second bin may say, nats.
const BIN_CAP: f64 = 6.0;
/// The same in the pass for blips: two full bins must do.
const BLIP_BIN_CAP: f64 = 8.0;
/// Switch cost of the pass for blips, nats.
const BLIP_SWITCH_COST: f64 = 6.0;
/// Fewest failures of an incident; of a latency run the same in slow requests.
const MIN_FAILED: u64 = 5;
/// Fewest failures of a blip.
const BLIP_MIN_FAILED: u64 = 3;
/// Most that one bin may say about an aftershock, nats, and the share it is looked for at.
const AFTERSHOCK: (f64, f64) = (40.0, 0.35);
/// Share gain from which a minute is enough, and the seconds an incident needs above and below it.
const STRONG: (f64, i64, i64) = (0.25, 60, 120);
/// Stretch before and after a run in which its errors per second are compared with quiet ones.
const QUIET_REACH_S: i64 = 7200;
/// Fewest slow requests of a latency run.
const MIN_SLOW: u64 = 20;

/// What the error channel found.
pub(super) struct Errors {
    pub(super) runs: Vec<Run>,
    pub(super) blips: Vec<Run>,
    pub(super) one_client: Vec<Run>,
    pub(super) level: UsualLevel,
}

/// A channel, fitted: its rows, its level and the filters that its runs must pass.
pub(super) struct Channel {
    kind: RunKind,
    pub(super) rows: Vec<ChannelSecond>,
    pub(super) level: UsualLevel,
    pub(super) spans: Vec<Span>,
    tuning: Tuning,
    /// Smallest gain in share over the usual.
    effect: f64,
}

impl Channel {
    fn fit(kind: RunKind, rows: Vec<ChannelSecond>, s: Sensitivity, usual: Option<f64>) -> Channel {
        let tuning = tuning(s, 0.0);
        let (level, spans) = match usual {
            Some(share) => segment::fit_known(&rows, tuning, share),
            None => segment::fit(&rows, tuning),
        };
        Channel::of(kind, rows, level, spans, tuning)
    }

    /// A channel whose level and spans are known.
    pub(super) fn of(
        kind: RunKind,
        rows: Vec<ChannelSecond>,
        level: UsualLevel,
        spans: Vec<Span>,
        tuning: Tuning,
    ) -> Channel {
        let effect = match kind {
            RunKind::Latency | RunKind::LogErrors => 0.10,
            RunKind::Key => 0.05,
            _ => 0.01,
        };
        Channel {
            kind,
            rows,
            level,
            spans,
            tuning,
            effect: effect * tuning.floor,
        }
    }

    /// Dated runs of the given spans, without those of too small an effect.
    pub(super) fn runs(&self, c: &Counts, spans: &[Span]) -> Vec<Run> {
        let mut out = Vec::new();
        let dating = match self.kind {
            RunKind::Error => without_always_failing(c, &self.rows),
            _ => Cow::from(&self.rows),
        };
        for (i, &span) in spans.iter().enumerate() {
            let before = if i == 0 { 0 } else { spans[i - 1].1 };
            let after = spans.get(i + 1).map_or(self.rows.len(), |s| s.0);
            let date = |from| edge::date(&dating, span, (from, after), &self.level);
            let e = date(before);
            // no ramp leads over what passed by
            let of_errors = self.kind == RunKind::Error;
            let passed = of_errors
                .then(|| passing::head_of(&dating, e.rows))
                .flatten();
            let e = passed.map_or(e, |(head, _)| date(before.max(head)));
            let (n, k) = totals(&self.rows[e.rows.0..e.rows.1]);
            let gain = k / n.max(1e-9) - self.level.p0;
            if gain >= self.effect && self.rises(spans, &e, k) {
                out.push(self.run(c, &e));
            }
        }
        out
    }

    /// Whether errors come at least twice as fast as in the quiet time around: a poller that always fails is not an
    /// incident when the others go to sleep.
    fn rises(&self, spans: &[Span], e: &Edges, k: f64) -> bool {
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else {
            return false;
        };
        let (mut errors, mut seconds) = (0.0, 0);
        let from = (e.start - QUIET_REACH_S).max(first.at);
        let to = (e.end + QUIET_REACH_S).min(last.at + 1);
        for (a, b) in [(from, e.start), (e.end, to)] {
            let mut at = a;
            let dated = |s: &Span| (self.rows[s.0].at, self.rows[s.1 - 1].at + 1);
            // spans are sorted and apart: only those that reach into the stretch are looked at
            let near = &spans[spans.partition_point(|s| dated(s).1 <= a)..];
            let inside = near.iter().map(dated).take_while(|s| s.0 < b);
            for (x, y) in inside.chain([(b, b)]) {
                if x > at {
                    errors += self.bad_between(at, x);
                    seconds += x - at;
                }
                at = at.max(y);
            }
        }
        let rate = k / (e.end - e.start).max(1) as f64;
        seconds <= 0 || rate >= 2.0 * errors / seconds as f64
    }

    fn bad_between(&self, from: i64, to: i64) -> f64 {
        let a = self.rows.partition_point(|r| r.at < from);
        let b = self.rows.partition_point(|r| r.at < to);
        totals(self.rows.get(a..b).unwrap_or(&[])).1
    }

    fn run(&self, c: &Counts, e: &Edges) -> Run {
        Run {
            start_interval: e.start_interval,
            end_interval: e.end_interval,
            p0: self.level.p0,
            ..Run::dated(self.kind, (e.start, e.end), c.sum(e.start, e.end))
        }
    }

    /// Splits runs into those that make incidents (groups with short gaps, long and large enough) and the rest.
    fn keep(&self, runs: Vec<Run>) -> (Vec<Run>, Vec<Run>) {
        let (mut kept, mut rest) = (Vec::new(), Vec::new());
        for group in runs.chunk_by(|a, b| b.start - a.end <= MERGE_GAP_S) {
            let failed: u64 = group.iter().map(|r| r.failed).sum();
            let requests: u64 = group.iter().map(|r| r.requests).sum();
            let seconds: i64 = group.iter().map(Run::seconds).sum();
            let gain = failed as f64 / requests.max(1) as f64 - self.level.p0;
            let needs = needed_s(gain, self.tuning.floor);
            let to = match failed >= MIN_FAILED && seconds >= needs {
                true => &mut kept,
                false => &mut rest,
            };
            to.extend_from_slice(group);
        }
        (kept, rest)
    }
}

/// The seconds that a run of so much more than the usual share needs.
pub(super) fn needed_s(gain: f64, floor: f64) -> i64 {
    let (strong, short, long) = STRONG;
    if gain >= strong * floor { short } else { long }
}

/// The tuning of a sensitivity; `more` nats on the switch cost where many channels are looked at.
pub(super) fn tuning(s: Sensitivity, more: f64) -> Tuning {
    Tuning {
        switch_cost: s.switch_cost() + more,
        bin_cap: BIN_CAP,
        floor: s.floor(),
    }
}

/// The error channel: incidents, blips and bursts of one client.
pub(super) fn errors(c: &Counts, by: &dyn Breakdown, s: Sensitivity) -> Errors {
    let ch = Channel::fit(RunKind::Error, error_rows(c, true), s, c.usual);
    let (kept, rest) = ch.keep(ch.runs(c, &passing::parted(&ch.rows, &ch.spans)));
    let (mut one_client, mut runs): (Vec<Run>, Vec<Run>) =
        kept.into_iter().partition(|r| one_client_only(c, by, r));
    if c.clients.is_some() {
        let hidden = hidden_bursts(c, by, &ch, &runs, &one_client);
        let (more, everybody): (Vec<_>, Vec<_>) = hidden.into_iter().partition(|r| on_top(c, r));
        one_client.extend(more);
        one_client.sort_list_by_key(|r| r.start);
        runs.extend(ch.keep(everybody).0);
        runs.sort_list_by_key(|r| r.start);
    }
    let passing = passing::take(&mut runs);
    add_aftershocks(c, by, &ch, &mut runs);
    let tuning = Tuning {
        switch_cost: BLIP_SWITCH_COST,
        bin_cap: BLIP_BIN_CAP,
        ..ch.tuning
    };
    let mut blips = ch.runs(c, &segment::cut(&ch.rows, &ch.level, tuning));
    let known = Stretches::of(&rest);
    blips.retain(|r| r.failed >= BLIP_MIN_FAILED && known.apart(r));
    blips.extend(rest.into_iter().chain(passing));
    let (runs_at, one_client_at) = (Stretches::of(&runs), Stretches::of(&one_client));
    blips.retain(|r| runs_at.apart(r) && one_client_at.apart(r));
    blips.sort_list_by_key(|r| r.start);
    Errors {
        runs,
        blips,
        one_client,
        level: ch.level,
    }
}

/// Adds bursts that are too short for a run but follow an incident's end within five minutes: a service that fails
/// once more has not recovered. Bursts before an onset stay blips.
fn add_aftershocks(c: &Counts, by: &dyn Breakdown, ch: &Channel, runs: &mut Vec<Run>) {
    if runs.is_empty() {
        return;
    }
    let level = UsualLevel {
        p_lo: AFTERSHOCK.1.max(ch.level.p_lo),
        ..ch.level
    };
    let tuning = Tuning {
        bin_cap: AFTERSHOCK.0,
        ..ch.tuning
    };
    let known = Stretches::of(runs);
    let mut ends: BTreeSet<i64> = runs.iter().map(|r| r.end).collect();
    let mut last_end = i64::MIN;
    for r in ch.runs(c, &segment::cut(&ch.rows, &level, tuning)) {
        let follows = ends.range(r.start - MERGE_GAP_S..=r.start).next().is_some();
        let apart = known.apart(&r) && r.start >= last_end;
        if follows && r.failed >= MIN_FAILED && apart && !one_client_only(c, by, &r) {
            // runs of one pass are sorted: the last one added is the only one that the next could touch
            last_end = r.end;
            ends.insert(r.end);
            runs.push(r);
        }
    }
    runs.sort_list_by_key(|r| r.start);
}

/// Stretches of time in which to look whether a run touches one, without comparing all with all.
pub(super) struct Stretches(Vec<(i64, i64)>);

impl Stretches {
    pub(super) fn of(runs: &[Run]) -> Self {
        Self::new(runs.iter().map(|r| (r.start, r.end)))
    }

    /// Of starts and ends in any order.
    pub(super) fn new(stretches: impl Iterator<Item = (i64, i64)>) -> Self {
        let mut all: Vec<(i64, i64)> = stretches.collect();
        all.sort_unstable();
        let mut reach = i64::MIN;
        for s in &mut all {
            reach = reach.max(s.1);
            s.1 = reach;
        }
        Stretches(all)
    }

    /// Whether a run touches none of them.
    pub(super) fn apart(&self, r: &Run) -> bool {
        let before = self.0.partition_point(|s| s.0 < r.end);
        before == 0 || self.0[before - 1].1 <= r.start
    }
}

/// Rows of the error channel. Capped: per 10-second bin at most two failures for each client that failed in it; the
/// failures beyond are left out of the requests as well, so that a service with few clients still shows its outage.
fn error_rows(c: &Counts, capped: bool) -> Vec<ChannelSecond> {
    let row = |s: &Second, by: f64| {
        let k = f64::from(s.failed) * by;
        let n = f64::from(s.n - s.failed) + k;
        ChannelSecond { at: s.at, n, k }
    };
    let mut rows: Vec<_> = c.seconds.iter().map(|s| row(s, 1.0)).collect();
    let Some(clients) = c.clients.as_ref().filter(|_| capped) else {
        return rows;
    };
    let mut seen = 0;
    // nobody is looked up where nothing failed
    while let Some(next) = c.seconds[seen..].iter().position(|s| s.failed > 0) {
        let bin = stretch_around(&c.seconds, seen + next, 10, |s| s.at);
        seen = bin.end;
        let seconds = &c.seconds[bin.clone()];
        let failed: u32 = seconds
            .iter()
            .fold(0, |sum, s| sum.saturating_add(s.failed));
        let known = clients.get(seconds[0].at.div_euclid(10));
        if let Some(n) = known.filter(|n| failed > 2 * n) {
            let by = 2.0 * f64::from(n) / f64::from(failed);
            let capped = rows[bin].iter_mut().zip(seconds);
            capped.for_each(|(r, s)| *r = row(s, by));
        }
    }
    rows
}

/// The rows by which an edge is dated: without the failures of bins in which nothing failed but what always fails.
fn without_always_failing<'r>(c: &Counts, rows: &'r [ChannelSecond]) -> Cow<'r, [ChannelSecond]> {
    let mut out = Cow::from(rows);
    for (bin, n) in c.always_failing.counts() {
        if c.sum(bin * 10, bin * 10 + 10).1 <= u64::from(n) {
            let first = rows.partition_point(|r| r.at < bin * 10);
            let of_bin = out.to_mut()[first..].iter_mut();
            of_bin
                .take_while(|r| r.at < bin * 10 + 10)
                .for_each(|r| r.k = 0.0);
        }
    }
    out
}

/// Failures and failing clients per bin that has failures, in `[start, end)`.
fn failing_bins(c: &Counts, r: &Run) -> Vec<(f64, f64)> {
    let Some(clients) = &c.clients else {
        return Vec::new();
    };
    let bins = r.start.div_euclid(10)..r.end.div_euclid(10) + 1;
    let mut known = clients.range(bins).peekable();
    by_stretch(c.between(r.start, r.end), 10, |s| s.at)
        .filter_map(|bin| {
            let failed: f64 = bin.iter().map(|s| f64::from(s.failed)).sum();
            let at = bin.first()?.at.div_euclid(10);
            while known.next_if(|x| x.0 < at).is_some() {}
            let n = known.next_if(|x| x.0 == at)?.1;
            (failed > 0.0).then_some((failed, f64::from(n)))
        })
        .collect()
}

/// Failures below which the share of one client says nothing.
const FEW: u64 = 20;

/// Whether one client makes over 90 % of the failures: as far as clients are distinguished, or because they fall into bins
/// with a single failing client that fails again and again.
pub(super) fn one_client_only(c: &Counts, by: &dyn Breakdown, r: &Run) -> bool {
    let again_and_again = || {
        let bins = failing_bins(c, r);
        let all: f64 = bins.iter().map(|b| b.0).sum();
        let alone: f64 = bins.iter().filter(|b| b.1 <= 1.0).map(|b| b.0).sum();
        alone > 0.9 * all && all > 3.0 * bins.len() as f64
    };
    c.clients.is_some() && on_top(c, r) && (mostly_one(by, r) || again_and_again())
}

/// Share of failing requests up to which one client is a nuisance for itself.
const SMALL: f64 = 0.3;

/// Whether the failures are few among healthy requests, or come on top of the usual traffic. Where most requests come
/// through one address, its failures are everybody's: they take the place of good ones.
fn on_top(c: &Counts, r: &Run) -> bool {
    let long = r.seconds().max(1);
    let first = c.seconds.first().map_or(r.start, |s| s.at);
    let before = (r.start - first).clamp(0, QUIET_REACH_S);
    if r.share() < SMALL || before < 60 {
        return r.share() < SMALL;
    }
    let usual = c.sum(r.start - before, r.start).0 as f64 / before as f64;
    // all requests, also where the run is that of one key
    let now = c.sum(r.start, r.end).0 as f64 / long as f64;
    now - usual >= 0.5 * r.failed as f64 / long as f64
}

/// Whether the busiest client makes over 90 % of the failures beyond the usual ones, if they are enough to judge.
fn mostly_one(by: &dyn Breakdown, r: &Run) -> bool {
    let clients = by.by_client(r.start, r.end);
    let (one, all) = (clients.iter().max(), clients.iter().sum::<u64>());
    let beyond = (all as f64 - r.p0 * r.requests as f64).max(0.5 * all as f64);
    all >= FEW && one.is_some_and(|one| *one as f64 > 0.9 * beyond)
}

/// Bursts that only the client cap kept from being runs, where one client must have made over 90 % of the failures
/// even if each of the others made two per bin: that client's own, or everybody's where all come through its address.
fn hidden_bursts(
    c: &Counts,
    by: &dyn Breakdown,
    ch: &Channel,
    runs: &[Run],
    known: &[Run],
) -> Vec<Run> {
    let raw = Channel {
        rows: error_rows(c, false),
        spans: Vec::new(),
        ..*ch
    };
    let spans = segment::cut(&raw.rows, &raw.level, raw.tuning);
    let mut found = raw.runs(c, &spans);
    let (runs, known) = (Stretches::of(runs), Stretches::of(known));
    found.retain(|r| {
        let bins = failing_bins(c, r);
        let all: f64 = bins.iter().map(|b| b.0).sum();
        let one: f64 = bins
            .iter()
            .map(|b| (b.0 - 2.0 * (b.1 - 1.0)).max(0.0))
            .sum();
        let counted = one > 0.9 * all && all > 3.0 * bins.len() as f64;
        runs.apart(r) && known.apart(r) && (counted || mostly_one(by, r))
    });
    found
}

/// The latency channel: slow requests among those that did not fail, in steps of ten seconds.
pub(super) fn latency(c: &Counts, s: Sensitivity) -> Vec<Run> {
    if c.slow.iter().map(|x| u64::from(x.bad)).sum::<u64>() < MIN_SLOW {
        return Vec::new();
    }
    let ch = Channel::fit(RunKind::Latency, step_rows(&c.slow), s, None);
    let mut runs = ch.runs(c, &ch.spans);
    runs.iter_mut().for_each(|r| widen(r, &c.slow));
    runs.retain(|r| r.failed >= MIN_SLOW && r.seconds() >= STRONG.2);
    runs
}

/// Rows of ten seconds each.
pub(super) fn step_rows(steps: &[Step]) -> Vec<ChannelSecond> {
    let mut rows = Vec::with_capacity(steps.len());
    rows.extend(steps.iter().filter(|s| s.n > 0).map(|s| ChannelSecond {
        at: s.at,
        n: f64::from(s.n),
        k: f64::from(s.bad),
    }));
    rows
}

/// A run that was dated on steps of ten seconds ends where its last step does, and holds what the steps count.
pub(super) fn widen(r: &mut Run, steps: &[Step]) {
    r.end += STEP_S - 1;
    r.end_interval = (r.end_interval.0 + STEP_S - 1, r.end_interval.1.max(r.end));
    let from = &steps[steps.partition_point(|s| s.at < r.start)..];
    let inside = from.iter().take_while(|s| s.at < r.end);
    (r.requests, r.failed) = in_all(inside.map(|s| (s.n, s.bad)));
}
