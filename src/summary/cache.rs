//! Small caches of the fold: which slot of a dimension a value has, the current minute's latencies. They save time and never
//! change a result.

use super::keys::Keys;
use super::named::Named;
use super::short::Short;
use super::{Cell, Track};

/// Remembers which slot of a dimension a value has, and counts the lines of the current ten seconds before they go to the
/// grids: most lines then cost an addition to a small array.
#[derive(Debug)]
pub(super) struct SlotCache {
    table: Vec<(u64, u32)>,
    level: u8,
    /// The same by the beginning of a request line, in endpoints.
    shorts: Vec<ShortSlot>,
    /// By slot: requests and failed ones of the current ten seconds.
    tally: Vec<(u32, u32)>,
    /// Slots with a tally.
    touched: Vec<u32>,
}

/// The slot of requests that begin alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShortSlot {
    key: Short,
    /// `u32::MAX`: none yet.
    slot: u32,
    /// Whether the path is one of those of health checks.
    pub(super) health: bool,
}

const NO_SLOT: ShortSlot = ShortSlot {
    key: Short::EMPTY,
    slot: u32::MAX,
    health: false,
};

/// Bits of the number of requests that are remembered by their beginning.
const SHORT_BITS: u32 = 9;

impl SlotCache {
    pub(super) fn new(size: usize) -> Self {
        SlotCache {
            table: vec![(0, u32::MAX); size],
            level: 0,
            shorts: Vec::new(),
            tally: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Counts a request of the value whose hash is `h`; `name` finds its slot where it is not remembered. All that is
    /// counted between two flushes is of the same ten seconds, those of `cell`. Gives the slot.
    #[inline(always)]
    pub(super) fn count(
        &mut self,
        keys: &mut Keys,
        cell: Cell,
        h: u64,
        failed: bool,
        name: impl FnOnce(&mut Keys) -> usize,
    ) -> u32 {
        let at = (h as usize) & (self.table.len() - 1);
        let (hash, known) = self.table[at];
        let slot = if hash == h && known != u32::MAX {
            known
        } else {
            // a new name may make all names coarser, after which slots mean something else
            if keys.is_full() {
                self.flush(keys, cell);
            }
            let slot = name(keys) as u32;
            self.remember(keys, at, h, slot)
        };
        self.tally(slot, failed);
        slot
    }

    #[inline(always)]
    fn tally(&mut self, slot: u32, failed: bool) {
        let t = &mut self.tally[slot as usize];
        if t.0 == 0 {
            self.touched.push(slot);
        }
        t.0 += 1;
        t.1 += u32::from(failed);
    }

    /// What is known of requests that begin so.
    #[inline(always)]
    pub(super) fn short(&self, key: &Short) -> Option<ShortSlot> {
        let known = self.shorts.get(key.place(SHORT_BITS))?;
        (known.key == *key && known.slot != u32::MAX).then_some(*known)
    }

    /// Counts a request of which something is known.
    #[inline(always)]
    pub(super) fn count_short(&mut self, known: ShortSlot, failed: bool) {
        self.tally(known.slot, failed);
    }

    /// Remembers the slot of requests that begin so.
    #[cold]
    pub(super) fn remember_short(&mut self, key: Short, slot: u32, health: bool) {
        if self.shorts.is_empty() {
            self.shorts = vec![NO_SLOT; 1 << SHORT_BITS];
        }
        self.shorts[key.place(SHORT_BITS)] = ShortSlot { key, slot, health };
    }

    /// Forgets slots that mean something else since names became coarser.
    #[inline(always)]
    fn follow(&mut self, keys: &Keys) {
        if self.level != keys.level() {
            self.level = keys.level();
            self.table.fill((0, u32::MAX));
            self.shorts.fill(NO_SLOT);
        }
    }

    #[cold]
    fn remember(&mut self, keys: &Keys, at: usize, h: u64, slot: u32) -> u32 {
        self.follow(keys);
        self.table[at] = (h, slot);
        if self.tally.len() <= slot as usize {
            self.tally.resize(slot as usize + 1, (0, 0));
        }
        slot
    }

    /// Writes the tallies to the grids.
    fn flush(&mut self, keys: &mut Keys, cell: Cell) {
        for slot in self.touched.drain(..) {
            let (n, failed) = std::mem::take(&mut self.tally[slot as usize]);
            let s = keys.at(slot as usize);
            s.n.add_at(cell, n);
            if failed > 0 {
                *s.failed.entry(cell.tens()).or_default() += failed;
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
    /// Services of messages.
    pub(super) said: SlotCache,
    /// What is counted by the number of its names instead.
    pub(super) named: Named,
    pub(super) latency: (i64, Box<[u32; 64]>),
    pub(super) client_limit: u64,
    /// Ids with a larger hash are not in the sample any more.
    pub(super) id_limit: u64,
    /// The current second; all counts that wait are of its ten seconds.
    cell: Cell,
    /// Requests of the current second.
    pub(super) n: u32,
}

impl Caches {
    #[cold]
    #[inline(never)]
    pub(super) fn boxed() -> Box<Self> {
        Box::new(Caches::new())
    }

    fn new() -> Self {
        // few values, but two in one place would take turns in it
        let small = || SlotCache::new(1024);
        Caches {
            status: SlotCache::new(1024),
            endpoint: SlotCache::new(1024),
            names: [small(), small(), small(), small()],
            said: small(),
            named: Named::default(),
            latency: (i64::MIN, Box::new([0; 64])),
            client_limit: u64::MAX,
            id_limit: u64::MAX,
            cell: Cell::of(0),
            n: 0,
        }
    }

    /// Goes to the second whose lines are counted next.
    #[inline(always)]
    pub(super) fn go_to(&mut self, t: &mut Track, cell: Cell) {
        if cell != self.cell {
            self.turn(t, cell);
        }
    }

    /// Counts a message of a service; `h` and `name` as in [`SlotCache::count`].
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
        self.said.count(&mut t.said, cell, h, error, name);
    }

    #[inline(never)]
    fn turn(&mut self, t: &mut Track, cell: Cell) {
        t.requests.n.add_at(self.cell, self.n);
        self.n = 0;
        if cell.tens() != self.cell.tens() {
            self.flush_slots(t);
        }
        self.cell = cell;
    }

    /// Writes everything that waits to a track.
    pub(super) fn flush(&mut self, t: &mut Track) {
        flush_latency_into(&mut t.requests, &mut self.latency);
        t.requests.n.add_at(self.cell, self.n);
        self.n = 0;
        self.flush_slots(t);
    }

    fn flush_slots(&mut self, t: &mut Track) {
        let cell = self.cell;
        self.status.flush(&mut t.by_status, cell);
        self.endpoint.flush(&mut t.by_endpoint, cell);
        let [hosts, services, versions, upstreams] = &mut self.names;
        hosts.flush(&mut t.by_host, cell);
        services.flush(&mut t.by_service, cell);
        versions.flush(&mut t.by_version, cell);
        upstreams.flush(&mut t.by_upstream, cell);
        self.said.flush(&mut t.said, cell);
        // behind the others: a new name may make all names coarser, after which their slots mean something else
        self.named.flush(t, cell);
        hosts.follow(&t.by_host);
        services.follow(&t.by_service);
        versions.follow(&t.by_version);
        upstreams.follow(&t.by_upstream);
        self.said.follow(&t.said);
    }
}

pub(super) fn flush_latency_into(q: &mut super::Requests, latency: &mut (i64, Box<[u32; 64]>)) {
    if latency.0 != i64::MIN {
        q.latency.add(latency.0, &latency.1);
        latency.1.fill(0);
        latency.0 = i64::MIN;
    }
}
