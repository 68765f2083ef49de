//! Sets of hashed client addresses: exact while small, HyperLogLog above; and bottom-k samples. All merge exactly.

use crate::summary::step_list;

/// Distinct hashes: exact up to [`ClientSet::EXACT`], then a HyperLogLog of 4,096 registers
/// (Flajolet et al. 2007; relative standard error 1.04/√4096 = 1.6 %).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSet {
    /// The hashes themselves, sorted.
    Exact(Vec<u64>),
    /// Register maxima.
    Registers(Box<[u8]>),
}

impl Default for ClientSet {
    fn default() -> Self {
        ClientSet::Exact(Vec::new())
    }
}

impl ClientSet {
    /// Largest exact set.
    pub const EXACT: usize = 1024;
    pub(super) const REGISTERS: usize = 4096;

    /// Adds one hash.
    pub fn insert(&mut self, h: u64) {
        match self {
            ClientSet::Exact(s) => {
                if let Err(at) = s.binary_search(&h) {
                    step_list::insert(s, at, h);
                }
                self.bound();
            }
            ClientSet::Registers(r) => Self::raise(r, h),
        }
    }

    /// Adds many hashes, which it may sort: a set to which some are added is sorted once.
    pub(super) fn insert_all(&mut self, many: &mut [u64]) {
        match self {
            // so few that places are found for less
            ClientSet::Exact(s) if many.len() * 8 < s.len() => {
                many.iter().for_each(|h| self.insert(*h));
            }
            ClientSet::Exact(s) => {
                many.sort_unstable();
                step_list::make_room(s, many.len());
                s.extend_from_slice(many);
                // two runs, which are merged
                s.sort();
                s.dedup();
                self.bound();
            }
            ClientSet::Registers(r) => many.iter().for_each(|h| Self::raise(r, *h)),
        }
    }

    /// Counts by registers what is too much to be kept.
    fn bound(&mut self) {
        if let ClientSet::Exact(s) = self
            && s.len() > Self::EXACT
        {
            *self = ClientSet::Registers(Self::registers(s));
        }
    }

    fn registers(hashes: &[u64]) -> Box<[u8]> {
        let mut r = vec![0u8; Self::REGISTERS].into_boxed_slice();
        hashes.iter().for_each(|h| Self::raise(&mut r, *h));
        r
    }

    fn raise(r: &mut [u8], h: u64) {
        let i = (h >> 52) as usize;
        let rank = ((h << 12) | (1 << 11)).leading_zeros() as u8 + 1;
        r[i] = r[i].max(rank);
    }

    /// Union.
    pub fn merge(&mut self, other: &ClientSet) {
        match other {
            ClientSet::Exact(s) => s.iter().for_each(|h| self.insert(*h)),
            ClientSet::Registers(o) => {
                if let ClientSet::Exact(s) = self {
                    *self = ClientSet::Registers(Self::registers(s));
                }
                if let ClientSet::Registers(r) = self {
                    r.iter_mut()
                        .zip(o.iter())
                        .for_each(|(a, b)| *a = (*a).max(*b));
                }
            }
        }
    }

    /// Number of distinct hashes, and the relative standard error (0 when exact).
    pub fn count(&self) -> (u64, f64) {
        match self {
            ClientSet::Exact(s) => (s.len() as u64, 0.0),
            ClientSet::Registers(r) => {
                let m = Self::REGISTERS as f64;
                let sum: f64 = r.iter().map(|x| 2f64.powi(-i32::from(*x))).sum();
                let zeros = r.iter().filter(|x| **x == 0).count();
                let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
                let n = if raw <= 2.5 * m && zeros > 0 {
                    m * (m / zeros as f64).ln()
                } else {
                    raw
                };
                (n.round() as u64, 0.016)
            }
        }
    }
}

/// The k entries with the smallest hashes: a sample that is the same whatever the order of arrival or merging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bottom<V> {
    k: usize,
    /// By hash, each once.
    list: Vec<(u64, V)>,
    /// The largest hash that may still be added, at hand for each line.
    limit: u64,
}

impl<V> Bottom<V> {
    /// An empty sample of at most `k` entries.
    pub fn new(k: usize) -> Self {
        Bottom {
            k,
            list: Vec::new(),
            limit: u64::MAX,
        }
    }

    /// Adds an entry; `join` combines two of the same hash and must be commutative and associative.
    #[inline]
    pub fn add(&mut self, h: u64, v: V, join: impl FnOnce(&mut V, V)) {
        if h <= self.limit {
            self.put(h, v, join);
        }
    }

    fn put(&mut self, h: u64, v: V, join: impl FnOnce(&mut V, V)) {
        match self.find(h) {
            Ok(at) => return join(&mut self.list[at].1, v),
            Err(at) => self.list.insert(at, (h, v)),
        }
        self.list.truncate(self.k);
        self.set_limit();
    }

    /// Where a hash is, or would be.
    fn find(&self, h: u64) -> Result<usize, usize> {
        self.list.binary_search_by_key(&h, |e| e.0)
    }

    fn set_limit(&mut self) {
        if let Some((last, _)) = self.list.last().filter(|_| self.is_full()) {
            self.limit = *last;
        }
    }

    /// Adds many entries, which are taken out of the list, in one pass over the sample: for as many as it keeps that costs a
    /// small part of adding them one by one.
    pub fn add_all(&mut self, many: &mut Vec<(u64, V)>, join: impl Fn(&mut V, V)) {
        many.retain(|e| e.0 <= self.limit);
        // so few that places are found for less
        if many.len() * 64 < self.list.len() {
            return many.drain(..).for_each(|(h, v)| self.put(h, v, &join));
        }
        many.sort_unstable_by_key(|e| e.0);
        let room = self.k.min(self.list.len() + many.len());
        let known = std::mem::replace(&mut self.list, Vec::with_capacity(room));
        let mut known = known.into_iter().peekable();
        let mut new = many.drain(..).peekable();
        loop {
            let next = match (known.peek(), new.peek()) {
                (Some(a), Some(b)) if b.0 < a.0 => new.next(),
                (Some(_), _) => known.next(),
                (None, _) => new.next(),
            };
            let Some((h, v)) = next else { break };
            let full = self.is_full();
            match self.list.last_mut() {
                Some((last, into)) if *last == h => join(into, v),
                _ if full => break,
                _ => self.list.push((h, v)),
            }
        }
        self.set_limit();
    }

    /// Keeps the entries that `keep` names.
    pub(super) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.list.retain(|e| keep(&e.1));
    }

    /// Entries that are kept at most.
    pub(super) fn most(&self) -> usize {
        self.k
    }

    /// The largest hash that may still be added.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Union, cut to the k smallest.
    pub fn merge(&mut self, mut other: Bottom<V>, join: impl Fn(&mut V, V)) {
        self.add_all(&mut other.list, join);
    }

    /// Entries kept.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the sample is cut, so that more may have been added than are kept.
    pub fn is_full(&self) -> bool {
        self.list.len() >= self.k
    }

    /// The value of a hash.
    pub fn get(&self, h: u64) -> Option<&V> {
        Some(&self.list[self.find(h).ok()?].1)
    }

    /// Entries by hash.
    pub fn iter(&self) -> impl Iterator<Item = (&u64, &V)> {
        self.list.iter().map(|(h, v)| (h, v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(i: u64) -> u64 {
        let mut z = i
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(0x1234_5678);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[test]
    fn exact_while_small_then_close() {
        let mut s = ClientSet::default();
        (0..1024).for_each(|i| s.insert(spread(i % 1000)));
        assert_eq!(s.count(), (1000, 0.0));
        (0..20_000).for_each(|i| s.insert(spread(i)));
        let (n, e) = s.count();
        assert!(e > 0.0 && (19_000..21_000).contains(&n), "{n}");
    }

    proptest! {
        #[test]
        fn order_of_merging_does_not_matter(v in proptest::collection::vec(0u64..5000, 0..3000), cut in 0usize..3000) {
            let cut = cut.min(v.len());
            let build = |x: &[u64]| { let mut s = ClientSet::default(); x.iter().for_each(|i| s.insert(spread(*i))); s };
            let bottom = |x: &[u64]| { let mut b = Bottom::new(50); x.iter().for_each(|i| b.add(spread(*i), 1u32, |a, b| *a += b)); b };
            let (mut a, b) = (build(&v[..cut]), build(&v[cut..]));
            let mut c = b.clone();
            c.merge(&a);
            a.merge(&b);
            prop_assert_eq!(&a, &c);
            prop_assert_eq!(&a, &build(&v));
            let mut at_once = build(&v[..cut]);
            v[cut..].chunks(200).for_each(|some| at_once.insert_all(&mut some.iter().map(|i| spread(*i)).collect::<Vec<_>>()));
            prop_assert_eq!(a, at_once);
            let (mut x, y) = (bottom(&v[..cut]), bottom(&v[cut..]));
            x.merge(y, |a, b| *a += b);
            prop_assert_eq!(x, bottom(&v));
        }

        /// One by one or many at once, the sample and what it still takes are the same.
        #[test]
        fn many_at_once_are_as_one_by_one(
            v in proptest::collection::vec(0u64..400, 0..900), batch in 1usize..200, k in 1usize..60,
        ) {
            let (mut one, mut many) = (Bottom::new(k), Bottom::new(k));
            let mut waiting = Vec::new();
            for (i, x) in v.iter().enumerate() {
                one.add(spread(*x), 1u32, |a, b| *a += b);
                waiting.push((spread(*x), 1u32));
                if i % batch == 0 {
                    many.add_all(&mut waiting, |a, b| *a += b);
                    prop_assert!(waiting.is_empty());
                    prop_assert_eq!(one.iter().collect::<Vec<_>>(), many.iter().collect::<Vec<_>>());
                }
            }
            many.add_all(&mut waiting, |a, b| *a += b);
            prop_assert_eq!(one.limit(), many.limit());
            prop_assert_eq!(one, many);
        }
    }
}
