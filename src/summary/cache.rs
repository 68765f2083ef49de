//! Small caches of the fold: which slot of a dimension a value has, the current minute's latencies. They save time and never
//! change a result.

use super::Track;
use super::keys::Keys;

/// Remembers which slot of a dimension a value has.
#[derive(Debug)]
pub(super) struct SlotCache {
    level: u8,
    table: Vec<(u64, u32)>,
}

impl SlotCache {
    pub(super) fn new(size: usize) -> Self {
        SlotCache {
            level: 0,
            table: vec![(0, u32::MAX); size],
        }
    }

    #[inline]
    pub(super) fn slot(
        &mut self,
        keys: &mut Keys,
        h: u64,
        name: impl FnOnce(&mut Keys) -> usize,
    ) -> usize {
        if self.level != keys.level() {
            self.level = keys.level();
            self.table.fill((0, u32::MAX));
        }
        let i = (h as usize) & (self.table.len() - 1);
        let (hash, slot) = self.table[i];
        if hash == h && slot != u32::MAX {
            return slot as usize;
        }
        let slot = name(keys);
        if self.level == keys.level() {
            self.table[i] = (h, slot as u32);
        }
        slot
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
        }
    }
}

pub(super) fn flush_latency(t: &mut Track, latency: &mut (i64, Box<[u32; 64]>)) {
    flush_latency_into(&mut t.requests, latency);
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
