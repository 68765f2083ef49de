//! Requests by dimension (status, endpoint, host, upstream, version, service), in ten-second steps.
//! Bounded by level, not by eviction: with too many values of a dimension all of them go to a coarser name, so that the
//! result is the same whatever the order of lines and merges.

use super::change::LineChange;
use super::listed::{HashedKey, Listed};
use super::{CountByStep, Empty, Grid, Joined, Seldom, hash64};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Requests of one value of one dimension.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeySeries {
    /// Requests per ten seconds (tries, for upstreams).
    pub n: Grid<10>,
    /// Ten-second number → failed ones.
    #[serde(default, skip_serializing_if = "CountByStep::is_empty")]
    pub failed: CountByStep,
}

impl KeySeries {
    /// Counts failed ones of ten seconds.
    pub(super) fn fail(&mut self, ten: i64, n: u32) {
        self.failed.count(ten, n);
    }
}

/// All values of one dimension.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys(Seldom<Named>);

/// The values of a dimension.
type Named = Listed<Box<[u8]>, KeySeries>;

impl Joined for KeySeries {
    fn join(&mut self, o: KeySeries) {
        self.n.merge(o.n);
        self.failed.sum(o.failed);
    }
}

impl HashedKey for Box<[u8]> {
    const LAST: u8 = BUCKETS;

    fn hash(&self) -> u64 {
        hash64(self, 0)
    }

    fn coarse(self, level: u8) -> Self {
        match coarse(level, &self) {
            Cow::Borrowed(_) => self,
            Cow::Owned(name) => name.into(),
        }
    }
}

/// Distinct values of most dimensions before names get coarser.
const MOST: usize = 256;

impl Default for Named {
    fn default() -> Named {
        Listed::new(MOST)
    }
}

impl Empty for Named {
    fn empty() -> &'static Self {
        static EMPTY: LazyLock<Named> = LazyLock::new(Named::default);
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
pub(super) const BUCKETS: u8 = 4;

/// More segments than names have.
pub(super) const ALL_SEGMENTS: u32 = u32::MAX;

/// How many segments of a path show its name at a level: "GET /a/b/c/d" keeps 4 − level of them, a bucket is that of the first.
pub(super) fn segments(level: u8) -> u32 {
    match level {
        0 => ALL_SEGMENTS,
        _ => u32::from(BUCKETS.saturating_sub(level)).max(1),
    }
}

/// The name of a key at a level. Coarser levels can be had from finer names: `coarse(b, coarse(a, x)) == coarse(b, x)` for a ≤ b.
pub(super) fn coarse(level: u8, name: &[u8]) -> Cow<'_, [u8]> {
    if level == 0 || super::bucket::is_bucket(name) {
        return name.into();
    }
    if level >= BUCKETS {
        return bucket_of(name).to_vec().into();
    }
    // names without a path have no middle levels
    let keep = segments(level);
    let Some(slash) = memchr::memchr(b'/', name) else {
        return name.into();
    };
    let mut seen = 0;
    for (i, c) in name.iter().enumerate().skip(slash) {
        if *c == b'/' {
            seen += 1;
            if seen > keep {
                return [&name[..i], b"/*"].concat().into();
            }
        }
    }
    name.into()
}

/// The bucket of a name, which may be one. It depends on the method and first path segment only, which every finer level still has.
pub(super) fn bucket_of(name: &[u8]) -> [u8; 11] {
    if let (true, Ok(same)) = (super::bucket::is_bucket(name), name.try_into()) {
        return same;
    }
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

impl Named {
    /// Place of a name that is as coarse as it must be; it is made where there is none.
    fn named(&mut self, name: &[u8]) -> usize {
        let found = self.place(|| hash64(name, 0), |k| **k == *name);
        found.unwrap_or_else(|| self.push(name.into(), KeySeries::default()))
    }
}

impl Keys {
    /// An empty dimension of at most `cap` names before they get coarser.
    pub fn new(cap: usize) -> Self {
        Keys(match cap {
            MOST => Seldom::default(),
            _ => Seldom::from(Named::new(cap)),
        })
    }

    /// A dimension that was counted elsewhere; `None` where the level is none.
    pub(super) fn of(
        bounds: (usize, u8),
        all: impl IntoIterator<Item = (Vec<u8>, KeySeries)>,
    ) -> Option<Self> {
        let all = all.into_iter().map(|(name, s)| (name.into(), s));
        let made = Named::of(bounds, all)?;
        let usual = made.list.is_empty() && bounds == (MOST, 0);
        Some(Keys(match usual {
            true => Seldom::default(),
            false => Seldom::from(made),
        }))
    }

    /// Distinct names before they get coarser.
    pub(super) fn cap(&self) -> usize {
        self.0.cap as usize
    }

    /// How coarse names are; changes invalidate indices from [`Keys::slot`].
    pub fn level(&self) -> u8 {
        self.0.level
    }

    /// Index of a name, for [`Keys::at`]; stays valid while [`Keys::level`] does.
    pub fn slot(&mut self, name: &[u8]) -> usize {
        let all = &mut *self.0;
        let at = match all.level {
            0 => all.named(name),
            level => all.named(&coarse(level, name)),
        };
        if !all.is_over() {
            return at;
        }
        all.bound();
        all.named(&coarse(all.level, name))
    }

    /// Whether the next new name makes all names coarser.
    pub fn is_full(&self) -> bool {
        self.0.list.len() >= self.cap() && self.level() < BUCKETS
    }

    /// The series of an index.
    #[inline]
    pub fn at(&mut self, slot: usize) -> &mut KeySeries {
        &mut self.0.list[slot].1
    }

    /// The series of all names, to be changed in place.
    pub(super) fn series_mut(&mut self) -> impl Iterator<Item = &mut KeySeries> {
        let all = self.0.held().into_iter();
        all.flat_map(|all| &mut all.list).map(|x| &mut x.1)
    }

    /// Sums two dimensions.
    pub fn merge(&mut self, o: Keys) {
        self.0.merge(o.0, Named::merge);
    }

    /// Goes through every name.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        let (LineChange::Texts(f), Some(all)) = (c, self.0.held()) else {
            return;
        };
        for (name, series) in all.take() {
            let mut name = name.into_vec();
            f(&mut name);
            let name: Box<[u8]> = name.into();
            all.put(name.coarse(all.level), series);
        }
    }

    /// Names and series, by name.
    pub fn sorted(&self) -> Vec<(&[u8], &KeySeries)> {
        let all = self.0.sorted().into_iter();
        all.map(|(name, s)| (&**name, s)).collect()
    }

    /// Whether the earliest may have been left out of a series.
    pub(super) fn is_cut(&self) -> bool {
        let mut all = self.0.list.iter().map(|x| &x.1);
        all.any(|s| s.n.is_full() || s.failed.is_full())
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.list.is_empty()
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
        assert_eq!(*coarse(1, n), *b"GET /a/b/c/*");
        assert_eq!(*coarse(3, n), *b"GET /a/*");
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
