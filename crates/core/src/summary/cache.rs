//! What is counted of ten seconds before it goes to the series. It saves time and never changes a result, and writing it costs
//! what was counted.
//!
//! Two stretches of ten seconds may wait at a time: where lines are not quite in order, as those that write when a request began
//! and count when it ended, they take turns at each boundary. What is counted now lies first, at a place that needs no index.

use super::clients::Bottom;
use super::failed_clients::bucket;
use super::keys::Keys;
use super::requests::latency_bucket;
use super::series_counts::{Dimension, SeriesCounts};
use super::{Cell, FailedClients, JoinCell, SETS, Seldom, Spread, Track};
use crate::summary::fast::name_ids::NameCounts;

/// Entries of a sample that wait: a sample takes many at once for far less than one by one.
#[derive(Debug)]
pub(super) struct Sampled {
    all: Vec<(u64, JoinCell)>,
    /// Entries with a larger hash are not in the sample any more.
    limit: u64,
}

impl Sampled {
    const MOST: usize = 4096;

    const NONE: Sampled = Sampled {
        all: Vec::new(),
        limit: u64::MAX,
    };

    /// Adds an entry for a sample, which is always the same.
    #[inline(always)]
    pub(super) fn add(&mut self, sample: &mut Seldom<Bottom<JoinCell>>, h: u64, us: i64) {
        if h <= self.limit {
            self.put(sample, (h, JoinCell { count: 1, us }));
        }
    }

    #[inline(never)]
    fn put(&mut self, sample: &mut Seldom<Bottom<JoinCell>>, entry: (u64, JoinCell)) {
        self.all.push(entry);
        if self.all.len() >= Self::MOST {
            self.flush(sample);
        }
    }

    fn flush(&mut self, sample: &mut Seldom<Bottom<JoinCell>>) {
        if !self.all.is_empty() {
            sample.add_all(&mut self.all, Track::join);
            self.limit = sample.limit();
        }
    }
}

/// Requests of some ten seconds that wait.
#[derive(Debug)]
struct Waiting {
    /// By second of the ten, and a bit for each that has any.
    seconds: [u32; 16],
    written: u32,
    /// By latency, and a bit for each bucket that has any.
    latency: Box<[u32; 64]>,
    buckets: u64,
    /// Hashes of the clients of failed ones.
    clients: Vec<u64>,
    /// Refused ones by bucket of their client, and a bit for each that has any.
    refused: Box<[u32; 64]>,
    refusing: u64,
    /// Those that were given up.
    gone: u32,
}

impl Waiting {
    fn new() -> Self {
        Waiting {
            seconds: [0; 16],
            written: 0,
            latency: Box::new([0; 64]),
            buckets: 0,
            clients: Vec::new(),
            refused: Box::new([0; 64]),
            refusing: 0,
            gone: 0,
        }
    }

    fn write(&mut self, t: &mut Track, cell: Cell) {
        let tens = cell.tens();
        for second in bits(u64::from(std::mem::take(&mut self.written))) {
            let n = std::mem::take(&mut self.seconds[usize::from(second) % 16]);
            t.requests.n.add_at(cell.at(u16::from(second)), n);
        }
        if self.buckets > 0 {
            let buckets = bits(std::mem::take(&mut self.buckets));
            let latency = &mut self.latency;
            let counts = buckets.map(|b| (b, std::mem::take(&mut latency[usize::from(b) % 64])));
            t.requests.latency.add(tens, counts);
        }
        if self.gone > 0 {
            t.requests.gone.count(tens, std::mem::take(&mut self.gone));
        }
        if !self.clients.is_empty() {
            self.write_clients(t, tens);
        }
        if self.refusing > 0 {
            let minute = tens.div_euclid(i64::from(SETS));
            let spread = t.requests.refused_clients.at_or(minute, Spread::default);
            for b in bits(std::mem::take(&mut self.refusing)) {
                spread.add(b, std::mem::take(&mut self.refused[usize::from(b) % 64]));
            }
        }
    }

    fn write_clients(&mut self, t: &mut Track, tens: i64) {
        let per_minute = i64::from(SETS);
        let ten = tens.rem_euclid(per_minute) as u8;
        let minute = tens.div_euclid(per_minute);
        let clients = t
            .requests
            .failed_clients
            .at_or(minute, FailedClients::default);
        clients.add_all(ten, &mut self.clients);
    }
}

/// The numbers of the bits of a word, the lowest first.
fn bits(mut left: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let next = left.trailing_zeros() as u8;
        left &= left.wrapping_sub(1);
        (next < 64).then_some(next)
    })
}

/// Caches of one axis.
#[derive(Debug)]
pub(super) struct Caches {
    pub(super) series: SeriesCounts,
    /// What is counted by the number of its names instead.
    pub(super) named: NameCounts,
    now: Waiting,
    other: Waiting,
    pub(super) client_limit: u64,
    /// Clients of requests since this was last asked: a bit for each, by its hash.
    pub(super) clients_seen: u64,
    pub(super) ids: Sampled,
    pub(super) joins: Sampled,
}

impl Caches {
    #[cold]
    #[inline(never)]
    pub(super) fn boxed() -> Box<Self> {
        Box::new(Caches {
            series: SeriesCounts::new(),
            named: NameCounts::default(),
            now: Waiting::new(),
            other: Waiting::new(),
            client_limit: u64::MAX,
            clients_seen: 0,
            ids: Sampled::NONE,
            joins: Sampled::NONE,
        })
    }

    /// Goes to the second whose lines are counted next.
    #[inline(always)]
    pub(super) fn go_to(&mut self, t: &mut Track, cell: Cell) {
        if !cell.is_in_ten_of(self.series.now()) {
            self.turn(t, cell);
        }
    }

    /// Counts a request in one of the current ten seconds, which are counted from 0.
    #[inline(always)]
    pub(super) fn request(&mut self, of_ten: u32) {
        self.now.seconds[of_ten as usize % 16] += 1;
        self.now.written |= 1 << (of_ten % 16);
    }

    /// Counts a request that took so many microseconds.
    #[inline(always)]
    pub(super) fn took(&mut self, us: i64) {
        let bucket = latency_bucket(us) % 64;
        self.now.latency[bucket] += 1;
        self.now.buckets |= 1 << bucket;
    }

    /// Notes a failed request of a client, of whom there is a hash, in the current ten seconds.
    pub(super) fn failed(&mut self, t: &mut Track, client: u64) {
        const MOST: usize = 4096;
        self.now.clients.push(client);
        if self.now.clients.len() >= MOST {
            self.now.write_clients(t, self.series.now().tens());
        }
    }

    /// Notes a refused request of a client, of whom there is a hash, in the current ten seconds.
    pub(super) fn refused(&mut self, client: u64) {
        let bucket = bucket(client);
        self.now.refused[usize::from(bucket) % 64] += 1;
        self.now.refusing |= 1 << bucket;
    }

    /// Notes a request that was given up in the current ten seconds.
    pub(super) fn gone(&mut self) {
        self.now.gone += 1;
    }

    /// Counts a message of a service; `h` and `name` as in [`SeriesCounts::count`].
    #[inline(always)]
    pub(super) fn message(
        &mut self,
        t: &mut Track,
        cell: Cell,
        h: u64,
        error: bool,
        name: impl FnOnce(&mut Keys) -> usize,
    ) {
        self.go_to(t, cell);
        self.series.count(t, Dimension::Said, h, error, name);
    }

    #[inline(never)]
    fn turn(&mut self, t: &mut Track, cell: Cell) {
        let beside = self.series.beside();
        if !cell.is_in_ten_of(beside) {
            self.other.write(t, beside);
            self.series.write_other(t);
            self.named.write_other(&mut self.series, t);
        }
        self.series.turn(cell);
        self.named.turn();
        std::mem::swap(&mut self.now, &mut self.other);
    }

    /// Writes everything that waits to a track.
    pub(super) fn flush(&mut self, t: &mut Track) {
        self.now.write(t, self.series.now());
        self.other.write(t, self.series.beside());
        self.series.write_all(t);
        self.named.write_all(&mut self.series, t);
        self.ids.flush(&mut t.ids);
        self.joins.flush(&mut t.joins);
    }
}
