//! Small caches of the fold: which slot of a dimension a value has, and what is counted of ten seconds before it goes to the
//! series. They save time and never change a result.
//!
//! Two stretches of ten seconds may wait at a time: where lines are not quite in order, as those that write when a request began
//! and count when it ended, they take turns at each boundary. What is counted now lies first, at a place that needs no index.

use super::clients::Bottom;
use super::keys::{ALL_SEGMENTS, Keys, segments};
use super::{Cell, JoinCell, SETS, Seldom, Track};
use crate::summary::fast::endpoint_key::Short;
use crate::summary::fast::name_ids::NameCounts;

/// Stretches of ten seconds that may wait.
pub(super) const SIDES: usize = 2;
/// The one that is counted now.
pub(super) const NOW: usize = 0;

/// Counts that wait, by slot: room for as many in each stretch.
#[derive(Debug, Default)]
struct Tallies {
    /// Requests and failed ones.
    by_slot: Vec<(u32, u32)>,
    /// Slots with a count.
    touched: Vec<u32>,
}

/// Remembers which slot of a dimension a value has, and counts lines before they go to the grids: most lines then cost an
/// addition to a small array.
#[derive(Debug)]
pub(super) struct SlotCache {
    table: Vec<(u64, u32)>,
    level: u8,
    /// How many segments of a path show a name of that level.
    pub(super) segments: u32,
    /// The same by the beginning of a request line, in endpoints.
    shorts: Vec<ShortSlot>,
    /// What waits, of each stretch.
    waiting: [Tallies; SIDES],
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
const SHORT_BITS: u32 = 10;

/// Places of a table, a power of two.
const PLACES: usize = 1024;

impl SlotCache {
    /// Knows nothing yet. Of most dimensions an input has no value or one: room for more comes with the second.
    pub(super) fn new() -> Self {
        SlotCache {
            table: vec![(0, u32::MAX)],
            level: 0,
            segments: ALL_SEGMENTS,
            shorts: Vec::new(),
            waiting: Default::default(),
        }
    }

    /// Counts a request of the value whose hash is `h`; `name` finds its slot where it is not remembered. Gives the slot.
    #[inline(always)]
    pub(super) fn count(
        &mut self,
        keys: &mut Keys,
        when: &StretchCells,
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
                self.flush_all(keys, when);
            }
            let slot = name(keys) as u32;
            self.remember(keys, h, slot)
        };
        self.tally(slot, failed);
        slot
    }

    #[inline(always)]
    fn tally(&mut self, slot: u32, failed: bool) {
        let waiting = &mut self.waiting[NOW];
        let t = &mut waiting.by_slot[slot as usize];
        if t.0 == 0 {
            waiting.touched.push(slot);
        }
        t.0 += 1;
        t.1 += u32::from(failed);
    }

    /// What is known of requests that begin so.
    #[inline(always)]
    pub(super) fn short(&self, key: &Short) -> Option<ShortSlot> {
        let at = key.place(SHORT_BITS);
        let known = match self.shorts.get(at)? {
            first if first.key == *key => first,
            // two that meet in one place do not take turns in it
            _ => &self.shorts[at ^ 1],
        };
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
        let at = key.place(SHORT_BITS);
        self.shorts[at ^ 1] = self.shorts[at];
        self.shorts[at] = ShortSlot { key, slot, health };
    }

    /// Goes from one of the two stretches to the other. Most dimensions of most inputs have nothing in either.
    #[inline(always)]
    fn swap(&mut self) {
        if self.waiting.iter().any(|w| !w.touched.is_empty()) {
            self.waiting.swap(NOW, 1);
        }
    }

    /// Forgets slots that mean something else since names became coarser.
    #[inline(always)]
    fn follow(&mut self, keys: &Keys) {
        if self.level != keys.level() {
            self.level = keys.level();
            self.segments = segments(self.level);
            self.table.fill((0, u32::MAX));
            self.shorts.fill(NO_SLOT);
        }
    }

    #[cold]
    fn remember(&mut self, keys: &Keys, h: u64, slot: u32) -> u32 {
        self.follow(keys);
        if self.table.len() == 1 && self.table[0].1 != u32::MAX {
            // few values, but two in one place would take turns in it
            self.table = vec![(0, u32::MAX); PLACES];
        }
        let at = (h as usize) & (self.table.len() - 1);
        self.table[at] = (h, slot);
        for waiting in &mut self.waiting {
            if waiting.by_slot.len() <= slot as usize {
                waiting.by_slot.resize(slot as usize + 1, (0, 0));
            }
        }
        slot
    }

    fn flush_all(&mut self, keys: &mut Keys, when: &StretchCells) {
        for side in 0..SIDES {
            self.flush(keys, when, side);
        }
    }

    /// Writes what waits of a stretch to the grids. Most dimensions of most inputs have nothing.
    #[inline(always)]
    fn flush(&mut self, keys: &mut Keys, when: &StretchCells, side: usize) {
        if !self.waiting[side].touched.is_empty() {
            self.write(keys, when[side], side);
        }
    }

    #[inline(never)]
    fn write(&mut self, keys: &mut Keys, cell: Cell, side: usize) {
        let waiting = &mut self.waiting[side];
        for slot in waiting.touched.drain(..) {
            let (n, failed) = std::mem::take(&mut waiting.by_slot[slot as usize]);
            let s = keys.at(slot as usize);
            s.n.add_at(cell, n);
            if failed > 0 {
                s.fail(cell.tens(), failed);
            }
        }
    }
}

/// A cell of each stretch that may wait.
pub(super) type StretchCells = [Cell; SIDES];

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

/// Requests without an answer of some ten seconds.
#[derive(Debug, Default)]
struct Lost {
    /// Hashes of the clients of failed ones.
    clients: Vec<u64>,
    /// Those that were given up.
    gone: u32,
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
    pub(super) named: NameCounts,
    /// Requests by latency, of each stretch.
    pub(super) latency: [Box<[u32; 64]>; SIDES],
    /// Requests by second of the ten.
    seconds: [[u32; 16]; SIDES],
    lost: [Lost; SIDES],
    pub(super) client_limit: u64,
    /// Clients of requests since this was last asked: a bit for each, by its hash.
    pub(super) clients_seen: u64,
    pub(super) ids: Sampled,
    pub(super) joins: Sampled,
    pub(super) when: StretchCells,
}

impl Caches {
    #[cold]
    #[inline(never)]
    pub(super) fn boxed() -> Box<Self> {
        Box::new(Caches::new())
    }

    fn new() -> Self {
        let new = SlotCache::new;
        Caches {
            status: new(),
            endpoint: new(),
            names: [new(), new(), new(), new()],
            said: new(),
            named: NameCounts::default(),
            latency: [Box::new([0; 64]), Box::new([0; 64])],
            seconds: [[0; 16]; SIDES],
            lost: Default::default(),
            client_limit: u64::MAX,
            clients_seen: 0,
            ids: Sampled::NONE,
            joins: Sampled::NONE,
            when: [Cell::START; SIDES],
        }
    }

    /// Goes to the second whose lines are counted next.
    #[inline(always)]
    pub(super) fn go_to(&mut self, t: &mut Track, cell: Cell) {
        if !cell.is_in_ten_of(self.when[NOW]) {
            self.turn(t, cell);
        }
    }

    /// Counts a request in one of the current ten seconds, which are counted from 0.
    #[inline(always)]
    pub(super) fn request(&mut self, of_ten: u32) {
        self.seconds[NOW][of_ten as usize % 16] += 1;
    }

    /// Notes a failed request of a client, of whom there is a hash, in the current ten seconds.
    pub(super) fn failed(&mut self, t: &mut Track, client: u64) {
        const MOST: usize = 4096;
        self.lost[NOW].clients.push(client);
        if self.lost[NOW].clients.len() >= MOST {
            self.flush_lost(t, NOW);
        }
    }

    /// Notes a request that was given up in the current ten seconds.
    pub(super) fn gone(&mut self) {
        self.lost[NOW].gone += 1;
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
        self.said.count(&mut t.said, &self.when, h, error, name);
    }

    #[inline(never)]
    fn turn(&mut self, t: &mut Track, cell: Cell) {
        if !cell.is_in_ten_of(self.when[1]) {
            self.flush_side(t, 1);
            self.when[1] = cell;
        }
        self.when.swap(NOW, 1);
        self.latency.swap(NOW, 1);
        self.seconds.swap(NOW, 1);
        self.lost.swap(NOW, 1);
        self.named.swap();
        let all = [&mut self.status, &mut self.endpoint, &mut self.said];
        for c in all.into_iter().chain(&mut self.names) {
            c.swap();
        }
    }

    /// Writes everything that waits to a track.
    pub(super) fn flush(&mut self, t: &mut Track) {
        for side in 0..SIDES {
            self.flush_side(t, side);
        }
        self.ids.flush(&mut t.ids);
        self.joins.flush(&mut t.joins);
    }

    fn flush_side(&mut self, t: &mut Track, side: usize) {
        let (when, cell) = (&self.when, self.when[side]);
        // most of the fours are empty where few lines are written
        for (four, at) in self.seconds[side].chunks_mut(4).zip([0u16, 4, 8]) {
            if four.iter().fold(0, |any, n| any | n) > 0 {
                for (n, second) in four.iter_mut().zip(at..) {
                    t.requests.n.add_at(cell.at(second), std::mem::take(n));
                }
            }
        }
        let latency = &mut self.latency[side];
        if **latency != [0; 64] {
            t.requests.latency.add(cell.tens(), latency);
            latency.fill(0);
        }
        self.status.flush(&mut t.by_status, when, side);
        self.endpoint.flush(&mut t.by_endpoint, when, side);
        let [hosts, services, versions, upstreams] = &mut self.names;
        // all of them: a new name may make all names coarser, after which their slots mean something else
        hosts.flush_all(&mut t.by_host, when);
        services.flush_all(&mut t.by_service, when);
        versions.flush_all(&mut t.by_version, when);
        upstreams.flush_all(&mut t.by_upstream, when);
        self.said.flush_all(&mut t.said, when);
        // behind the others, since it may show new names
        if self.named.flush(t, cell, side) {
            hosts.follow(&t.by_host);
            services.follow(&t.by_service);
            versions.follow(&t.by_version);
            upstreams.follow(&t.by_upstream);
            self.said.follow(&t.said);
        }
        self.flush_lost(t, side);
    }

    fn flush_lost(&mut self, t: &mut Track, side: usize) {
        let tens = self.when[side].tens();
        let lost = &mut self.lost[side];
        if lost.gone > 0 {
            t.requests.gone.count(tens, std::mem::take(&mut lost.gone));
        }
        if lost.clients.is_empty() {
            return;
        }
        let per_minute = i64::from(SETS);
        let minute = tens.div_euclid(per_minute);
        let ten = tens.rem_euclid(per_minute) as u8;
        let clients = t.requests.failed_clients.at(minute);
        lost.clients.drain(..).for_each(|c| clients.add(ten, c));
    }
}
