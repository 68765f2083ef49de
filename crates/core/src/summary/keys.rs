//! Requests by dimension (status, endpoint, host, upstream, version, service), in ten-second steps.
//! Bounded by level, not by eviction: with too many values of a dimension all of them go to a coarser name, so that the
//! result is the same whatever the order of lines and merges.

use super::{CountByStep, Empty, Grid, Seldom, step_list};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Requests of one value of one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeySeries {
    /// Requests per ten seconds (tries, for upstreams).
    pub n: Grid,
    /// Ten-second number → failed ones.
    #[serde(default, skip_serializing_if = "CountByStep::is_empty")]
    pub failed: CountByStep,
}

impl Default for KeySeries {
    fn default() -> Self {
        KeySeries {
            n: Grid::tens(),
            failed: CountByStep::default(),
        }
    }
}

impl KeySeries {
    /// Counts failed ones of ten seconds.
    pub(super) fn fail(&mut self, ten: i64, n: u32) {
        self.failed.count(ten, n);
        self.failed.bound();
    }
}

/// All values of one dimension.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Distinct values before names get coarser.
    cap: usize,
    /// How coarse names are: 0 as they come; endpoints then lose path segments; the last level is 64 hash buckets.
    level: u8,
    all: Seldom<NameIndex>,
}

/// Values in the order in which they came, and where each lies.
#[derive(Clone, Debug, Default, PartialEq)]
struct NameIndex {
    index: HashMap<Box<[u8]>, u32, foldhash::fast::FixedState>,
    list: Vec<KeySeries>,
}

impl Empty for NameIndex {
    fn empty() -> &'static Self {
        static EMPTY: LazyLock<NameIndex> = LazyLock::new(NameIndex::default);
        &EMPTY
    }
}

/// Between service and version in the name of a version: no log line holds it there.
const OF: u8 = 0x1f;

/// The name under which requests of one version of one service are counted: `v2` of two services is not one thing.
pub(crate) fn versioned(service: &[u8], version: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if !service.is_empty() {
        out.extend_from_slice(service);
        out.push(OF);
    }
    out.extend_from_slice(version);
}

/// Service and version of a name of [`super::Track::by_version`].
pub fn version_of(name: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match memchr::memrchr(OF, name) {
        Some(i) => (Some(&name[..i]), &name[i + 1..]),
        None => (None, name),
    }
}

/// The coarsest level: names are replaced by one of 64 buckets.
const BUCKETS: u8 = 4;

impl PartialEq for Keys {
    fn eq(&self, o: &Self) -> bool {
        self.level == o.level && self.sorted() == o.sorted()
    }
}

impl Default for Keys {
    fn default() -> Self {
        Keys::new(256)
    }
}

/// The name of a key at a level. Coarser levels can be had from finer names: `coarse(b, coarse(a, x)) == coarse(b, x)` for a ≤ b.
fn coarse(level: u8, name: &[u8]) -> Vec<u8> {
    if super::bucket::is_bucket(name) || level == 0 {
        return name.to_vec();
    }
    if level >= BUCKETS {
        return bucket(name);
    }
    // "GET /a/b/c/d" keeps 4 − level path segments; names without a path have no middle levels
    let keep = usize::from(BUCKETS - level);
    let Some(slash) = memchr::memchr(b'/', name) else {
        return name.to_vec();
    };
    let mut seen = 0;
    for (i, c) in name.iter().enumerate().skip(slash) {
        if *c == b'/' {
            seen += 1;
            if seen > keep {
                return [&name[..i], b"/*"].concat();
            }
        }
    }
    name.to_vec()
}

/// Buckets depend on the method and first path segment only, which every finer level still has.
fn bucket(name: &[u8]) -> Vec<u8> {
    let base = match memchr::memchr(b'/', name) {
        Some(slash) => {
            let end =
                memchr::memchr(b'/', &name[slash + 1..]).map_or(name.len(), |i| slash + 1 + i);
            &name[..end]
        }
        None => name,
    };
    super::bucket::bucket(base)
}

impl Keys {
    /// An empty dimension of at most `cap` names before they get coarser.
    pub fn new(cap: usize) -> Self {
        Keys {
            cap,
            level: 0,
            all: Seldom::default(),
        }
    }

    /// A dimension that was counted elsewhere; `None` where the level is none.
    pub(super) fn of(
        (cap, level): (usize, u8),
        all: impl IntoIterator<Item = (Vec<u8>, KeySeries)>,
    ) -> Option<Self> {
        let mut made = Keys {
            level,
            ..Keys::new(cap)
        };
        for (name, series) in all {
            made.put(&name, series);
        }
        if made.all.list.len() > cap && level < BUCKETS {
            made.coarsen(level + 1);
        }
        (level <= BUCKETS).then_some(made)
    }

    /// Distinct names before they get coarser.
    pub(super) fn cap(&self) -> usize {
        self.cap
    }

    /// How coarse names are; changes invalidate indices from [`Keys::slot`].
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Index of a name, for [`Keys::at`]; stays valid while [`Keys::level`] does.
    pub fn slot(&mut self, name: &[u8]) -> usize {
        let name: std::borrow::Cow<'_, [u8]> = if self.level == 0 {
            name.into()
        } else {
            coarse(self.level, name).into()
        };
        let all = &mut *self.all;
        if let Some(i) = all.index.get(&name[..]) {
            return *i as usize;
        }
        let i = all.list.len();
        all.index.insert(name.as_ref().into(), i as u32);
        step_list::make_room(&mut all.list, 1);
        all.list.push(KeySeries::default());
        if all.list.len() > self.cap && self.level < BUCKETS {
            self.coarsen(self.level + 1);
            return self.slot(&name);
        }
        i
    }

    /// Whether the next new name makes all names coarser.
    pub fn is_full(&self) -> bool {
        self.all.list.len() >= self.cap && self.level < BUCKETS
    }

    /// The series of an index.
    #[inline]
    pub fn at(&mut self, slot: usize) -> &mut KeySeries {
        &mut self.all.list[slot]
    }

    /// The series of all names, to be changed in place.
    pub(super) fn series_mut(&mut self) -> impl Iterator<Item = &mut KeySeries> {
        self.all.held().into_iter().flat_map(|all| &mut all.list)
    }

    fn coarsen(&mut self, level: u8) {
        self.level = level;
        let NameIndex { index: old, list } = std::mem::take(&mut self.all).into_value();
        let mut list: Vec<Option<KeySeries>> = list.into_iter().map(Some).collect();
        let mut names: Vec<(Box<[u8]>, u32)> = old.into_iter().collect();
        names.sort();
        for (name, i) in names {
            let Some(series) = list[i as usize].take() else {
                continue;
            };
            self.put(&name, series);
        }
        if self.all.list.len() > self.cap && self.level < BUCKETS {
            self.coarsen(level + 1);
        }
    }

    fn put(&mut self, name: &[u8], series: KeySeries) {
        let name = coarse(self.level, name);
        let all = &mut *self.all;
        if let Some(i) = all.index.get(&name[..]) {
            let s = &mut all.list[*i as usize];
            s.n.merge(series.n);
            s.failed.sum(series.failed);
            s.failed.bound();
        } else {
            all.index.insert(name.into(), all.list.len() as u32);
            all.list.push(series);
        }
    }

    /// Sums two dimensions.
    pub fn merge(&mut self, mut o: Keys) {
        let level = self.level.max(o.level);
        if self.level < level {
            self.coarsen(level);
        }
        if o.level < self.level {
            o.coarsen(self.level);
        }
        let NameIndex { index, list } = o.all.into_value();
        let mut list: Vec<Option<KeySeries>> = list.into_iter().map(Some).collect();
        for (name, i) in index {
            if let Some(s) = list[i as usize].take() {
                self.put(&name, s);
            }
        }
        if self.all.list.len() > self.cap && self.level < BUCKETS {
            self.coarsen(self.level + 1);
        }
    }

    /// Goes through every name.
    pub(super) fn texts(&mut self, f: &mut dyn FnMut(&mut Vec<u8>)) {
        let named = self.sorted().into_iter();
        let named: Vec<_> = named.map(|(n, s)| (n.to_vec(), s.clone())).collect();
        self.all = Seldom::default();
        for (mut name, series) in named {
            f(&mut name);
            self.put(&name, series);
        }
    }

    /// Names and series, by name.
    pub fn sorted(&self) -> Vec<(&[u8], &KeySeries)> {
        let mut v: Vec<(&[u8], &KeySeries)> = self
            .all
            .index
            .iter()
            .map(|(n, i)| (&n[..], &self.all.list[*i as usize]))
            .collect();
        v.sort_by_key(|x| x.0);
        v
    }

    /// Whether the earliest may have been left out of a series.
    pub(super) fn is_cut(&self) -> bool {
        let mut all = self.all.list.iter();
        all.any(|s| s.n.is_full() || s.failed.is_full())
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.all.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::SECOND;
    use proptest::prelude::*;

    #[test]
    fn coarser_names_follow_from_finer_ones() {
        let n = b"GET /a/b/c/d/e";
        assert_eq!(coarse(1, n), b"GET /a/b/c/*");
        assert_eq!(coarse(3, n), b"GET /a/*");
        for a in 0..=BUCKETS {
            for b in a..=BUCKETS {
                for n in [
                    &b"GET /a/b/c/d/e"[..],
                    b"GET /",
                    b"10.0.0.1:80",
                    b"POST /x/y",
                ] {
                    assert_eq!(coarse(b, &coarse(a, n)), coarse(b, n), "{a} {b}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same(names in proptest::collection::vec((0u32..6, 0u32..6, 0u32..9, 0i64..99), 0..200), cut in 0usize..200) {
            let cut = cut.min(names.len());
            let build = |v: &[(u32, u32, u32, i64)]| {
                let mut k = Keys::new(20);
                for (a, b, c, t) in v {
                    let s = k.slot(format!("GET /{a}/{b}/x/{c}").as_bytes());
                    k.at(s).n.add(t * SECOND, 1);
                    if c % 3 == 0 { k.at(s).failed.count(t / 10, 1); }
                }
                k
            };
            let whole = build(&names);
            let (mut a, b) = (build(&names[..cut]), build(&names[cut..]));
            let mut c = b.clone();
            c.merge(a.clone());
            a.merge(b);
            prop_assert_eq!(&a, &whole);
            prop_assert_eq!(&c, &whole);
        }
    }
}
