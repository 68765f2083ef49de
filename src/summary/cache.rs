//! Small caches of the fold: which slot of a dimension a value has, the current minute's latencies. They save time and never
//! change a result.

use super::keys::Keys;
use super::{Cell, Grid, Track};

/// Remembers which slot of a dimension a value has, and counts the lines of the current ten seconds before they go to the
/// grids: most lines then cost an addition to a small array.
#[derive(Debug)]
pub(super) struct SlotCache {
    table: Vec<(u64, u32)>,
    level: u8,
    cell: Cell,
    /// By slot: requests and failed ones of the current ten seconds.
    tally: Vec<(u32, u32)>,
    /// Slots with a tally.
    touched: Vec<u32>,
}

impl SlotCache {
    pub(super) fn new(size: usize) -> Self {
        SlotCache {
            table: vec![(0, u32::MAX); size],
            level: 0,
            cell: Cell::of(0),
            tally: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Counts a request of the value whose hash is `h`; `name` finds its slot where it is not remembered.
    #[inline(always)]
    pub(super) fn count(
        &mut self,
        keys: &mut Keys,
        cell: Cell,
        h: u64,
        failed: bool,
        name: impl FnOnce(&mut Keys) -> usize,
    ) {
        if cell.tens() != self.cell.tens() {
            self.flush(keys);
            self.cell = cell;
        }
        let at = (h as usize) & (self.table.len() - 1);
        let (hash, known) = self.table[at];
        let slot = if hash == h && known != u32::MAX {
            known
        } else {
            // a new name may make all names coarser, after which slots mean something else
            if keys.is_full() {
                self.flush(keys);
            }
            let slot = name(keys) as u32;
            self.remember(keys, at, h, slot)
        };
        let t = &mut self.tally[slot as usize];
        if t.0 == 0 {
            self.touched.push(slot);
        }
        t.0 += 1;
        t.1 += u32::from(failed);
    }

    #[cold]
    fn remember(&mut self, keys: &Keys, at: usize, h: u64, slot: u32) -> u32 {
        if self.level != keys.level() {
            self.level = keys.level();
            self.table.fill((0, u32::MAX));
        }
        self.table[at] = (h, slot);
        if self.tally.len() <= slot as usize {
            self.tally.resize(slot as usize + 1, (0, 0));
        }
        slot
    }

    /// Writes the tallies to the grids.
    pub(super) fn flush(&mut self, keys: &mut Keys) {
        for slot in self.touched.drain(..) {
            let (n, failed) = std::mem::take(&mut self.tally[slot as usize]);
            let s = keys.at(slot as usize);
            s.n.add_at(self.cell, n);
            if failed > 0 {
                *s.failed.entry(self.cell.tens()).or_default() += failed;
            }
        }
    }
}

/// Caches of one axis.
#[derive(Debug)]
pub(super) struct Caches {
    pub(super) status: SlotCache,
    pub(super) endpoint: SlotCache,
    pub(super) names: [SlotCache; 4],
    pub(super) latency: (i64, Box<[u32; 64]>),
    pub(super) client_limit: u64,
    /// The current second and its requests.
    pub(super) second: (Cell, u32),
}

impl Caches {
    pub(super) fn new() -> Self {
        let small = || SlotCache::new(64);
        Caches {
            status: SlotCache::new(1024),
            endpoint: SlotCache::new(1024),
            names: [small(), small(), small(), small()],
            latency: (i64::MIN, Box::new([0; 64])),
            client_limit: u64::MAX,
            second: (Cell::of(0), 0),
        }
    }

    /// Counts a request of a second.
    #[inline(always)]
    pub(super) fn request(&mut self, n: &mut Grid, cell: Cell) {
        if cell != self.second.0 {
            n.add_at(self.second.0, self.second.1);
            self.second = (cell, 0);
        }
        self.second.1 += 1;
    }

    /// Writes everything that waits to a track.
    pub(super) fn flush(&mut self, t: &mut Track) {
        flush_latency_into(&mut t.requests, &mut self.latency);
        t.requests.n.add_at(self.second.0, self.second.1);
        self.second.1 = 0;
        self.status.flush(&mut t.by_status);
        self.endpoint.flush(&mut t.by_endpoint);
        let [hosts, services, versions, upstreams] = &mut self.names;
        hosts.flush(&mut t.by_host);
        services.flush(&mut t.by_service);
        versions.flush(&mut t.by_version);
        upstreams.flush(&mut t.by_upstream);
    }
}

pub(super) fn flush_latency_into(q: &mut super::Requests, latency: &mut (i64, Box<[u32; 64]>)) {
    if latency.0 != i64::MIN {
        let cell = q
            .latency
            .entry(latency.0)
            .or_insert_with(|| Box::new([0; 64]));
        cell.iter_mut()
            .zip(latency.1.iter())
            .for_each(|(a, b)| *a = a.saturating_add(*b));
        latency.1.fill(0);
        latency.0 = i64::MIN;
    }
}
