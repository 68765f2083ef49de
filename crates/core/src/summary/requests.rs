//! The request series of one track: how many, how many failed, how slow, from how many addresses.

use super::change::LineChange;
use super::{
    Bottom, ByStep, CountByStep, Empty, FailedClients, FailedSeconds, Grid, Latencies, Pos, SETS,
    Seen, Spread,
};
use coroner_lines::time::MINUTE;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Requests over time. Steps and keys are microseconds, seconds, ten-seconds or minutes on the track's axis, as named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    /// Requests per second, health checks excluded.
    pub n: Grid<1>,
    /// Failed requests per second.
    pub failed: FailedSeconds,
    /// Second number → failed requests that came in then, of those that are counted when they were answered and stamped before.
    #[serde(default, skip_serializing_if = "CountByStep::is_empty")]
    pub began: CountByStep,
    /// Health checks per ten seconds.
    pub health: Grid<10>,
    /// Second number → health checks answered with 5xx.
    pub health_failed: CountByStep,
    /// Ten-second number → requests that the client or the proxy gave up without an answer (499, 444, 460, 0).
    pub gone: CountByStep,
    /// Requests per latency bucket and ten seconds, see [`latency_bucket`].
    pub latency: Latencies,
    /// The 64 smallest client hashes of all requests.
    pub clients: Bottom<()>,
    /// Minute number → clients with a failed request.
    pub failed_clients: ByStep<FailedClients>,
    /// Minute number → refused requests (4xx) by bucket of their client, see [`Spread`].
    #[serde(default, skip_serializing_if = "ByStep::is_empty")]
    pub refused_clients: ByStep<Spread>,
    /// Requests whose upstream failed but whose final answer did not (retried), by minute, with the first line.
    pub masked: ByStep<(u32, Seen)>,
}

impl Empty for Requests {
    fn empty() -> &'static Self {
        static EMPTY: LazyLock<Requests> = LazyLock::new(Requests::default);
        &EMPTY
    }
}

/// Bucket of a latency in microseconds: four per doubling from 1 ms (bucket 0: below) to over a minute (bucket 63).
#[inline(always)]
pub fn latency_bucket(us: i64) -> usize {
    let v = (us / 1000).max(0) as u64;
    if v == 0 {
        return 0;
    }
    let log = 63 - v.leading_zeros();
    let quarter = if log >= 2 {
        (v >> (log - 2)) & 3
    } else {
        (v << (2 - log)) & 3
    };
    (1 + log as usize * 4 + quarter as usize).min(63)
}

/// Smallest latency in microseconds that falls into a bucket. Inverse of [`latency_bucket`].
pub fn latency_bucket_floor_us(bucket: usize) -> i64 {
    if bucket == 0 {
        return 0;
    }
    let (log, quarter) = ((bucket - 1) / 4, (bucket - 1) % 4);
    ((1i64 << log) * 1000) * (4 + quarter as i64) / 4
}

impl Requests {
    /// Counts a request whose upstream failed but whose final answer did not.
    #[cold]
    pub(crate) fn note_masked(&mut self, us: i64, pos: Pos, line: &[u8]) {
        let (count, first) = self
            .masked
            .at_or(us.div_euclid(MINUTE), || (0, Seen::new(us, pos, line)));
        *count = count.saturating_add(1);
        if (us, pos.offset) < first.order() {
            first.set(us, pos, line);
        }
    }

    /// Ten-second numbers with a failed request of a known client, and distinct such clients, about.
    pub fn failing_clients(&self) -> impl Iterator<Item = (i64, u32)> {
        let tens = self
            .failed_clients
            .iter()
            .flat_map(|(minute, clients)| (minute * i64::from(SETS)..).zip(clients.by_ten()));
        tens.filter(|x| x.1 > 0)
    }

    /// Sums two series.
    pub fn merge(&mut self, o: Requests) {
        self.n.merge(o.n);
        self.health.merge(o.health);
        self.health_failed.sum(o.health_failed);
        self.began.sum(o.began);
        self.gone.sum(o.gone);
        self.clients.merge(o.clients, |_, _| ());
        self.failed.merge(o.failed);
        self.latency.merge(o.latency);
        let clients = o.failed_clients;
        self.failed_clients.merge(clients, FailedClients::merge);
        let refused = o.refused_clients;
        self.refused_clients.merge(refused, |a, b| a.merge(&b));
        self.masked.merge(o.masked, |c, (n, seen)| {
            c.0 = c.0.saturating_add(n);
            c.1 = std::mem::take(&mut c.1).earlier(seen);
        });
    }

    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        self.failed.change(c);
        self.masked.values_mut().for_each(|x| c.seen(&mut x.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_buckets_and_their_floors_agree() {
        assert_eq!(latency_bucket(999), 0);
        assert_eq!(latency_bucket(1000), 1);
        for b in 0..63 {
            let floor = latency_bucket_floor_us(b);
            if b == 0 || floor % 1000 == 0 {
                assert_eq!(latency_bucket(floor), b, "{b}");
            }
            assert!(latency_bucket_floor_us(b + 1) > floor);
        }
        assert_eq!(latency_bucket(3_600_000_000), 63);
    }
}
