//! Requests by dimension (status, endpoint, host, upstream, version, service), in ten-second steps.
//! Bounded by level, not by eviction: with too many values of a dimension all of them go to a coarser name, so that the
//! result is the same whatever the order of lines and merges.

use super::change::LineChange;
use super::places::Places;
use super::{CountByStep, Empty, Grid, Seldom, hash64, step_list};
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
#[derive(Clone, Debug)]
struct Named {
    /// Distinct values before names get coarser.
    cap: u32,
    /// How coarse names are: 0 as they come; endpoints then lose path segments; the last level is 64 hash buckets.
    level: u8,
    /// In the order of arrival.
    list: Vec<(Box<[u8]>, KeySeries)>,
    places: Places,
}

impl Default for Named {
    fn default() -> Named {
        Named {
            cap: 256,
            level: 0,
            list: Vec::new(),
            places: Places::default(),
        }
    }
}

impl PartialEq for Named {
    fn eq(&self, o: &Named) -> bool {
        self.level == o.level && self.sorted() == o.sorted()
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
const BUCKETS: u8 = 4;

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
        return bucket(name).to_vec().into();
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

/// Buckets depend on the method and first path segment only, which every finer level still has.
fn bucket(name: &[u8]) -> [u8; 11] {
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
    fn place(&mut self, name: &[u8]) -> usize {
        let is = |at: usize| *self.list[at].0 == *name;
        let found = self.places.find(self.list.len(), || hash64(name, 0), is);
        found.unwrap_or_else(|| {
            step_list::make_room(&mut self.list, 1);
            self.list.push((name.into(), KeySeries::default()));
            let hash = |at: usize| hash64(&self.list[at].0, 0);
            self.places.add(self.list.len(), hash);
            self.list.len() - 1
        })
    }

    fn is_over(&self) -> bool {
        self.list.len() > self.cap as usize && self.level < BUCKETS
    }

    /// Makes names coarser until there are not too many.
    fn bound(&mut self) {
        while self.is_over() {
            self.coarsen(self.level + 1);
        }
    }

    fn coarsen(&mut self, level: u8) {
        self.level = level;
        self.places = Places::default();
        for (name, series) in std::mem::take(&mut self.list) {
            self.put(&name, series);
        }
    }

    fn put(&mut self, name: &[u8], series: KeySeries) {
        let at = self.place(&coarse(self.level, name));
        let s = &mut self.list[at].1;
        s.n.merge(series.n);
        s.failed.sum(series.failed);
    }

    fn sorted(&self) -> Vec<(&[u8], &KeySeries)> {
        let mut v: Vec<(&[u8], &KeySeries)> = self.list.iter().map(|(n, s)| (&**n, s)).collect();
        v.sort_by_key(|x| x.0);
        v
    }
}

impl Keys {
    /// An empty dimension of at most `cap` names before they get coarser.
    pub fn new(cap: usize) -> Self {
        let cap = u32::try_from(cap).unwrap_or(u32::MAX);
        Keys(match cap == Named::empty().cap {
            true => Seldom::default(),
            false => Seldom::from(Named {
                cap,
                ..Named::default()
            }),
        })
    }

    /// A dimension that was counted elsewhere; `None` where the level is none.
    pub(super) fn of(
        (cap, level): (usize, u8),
        all: impl IntoIterator<Item = (Vec<u8>, KeySeries)>,
    ) -> Option<Self> {
        let mut made = Keys::new(cap);
        if level > 0 {
            made.0.level = level;
        }
        for (name, series) in all {
            made.0.put(&name, series);
        }
        if made.0.is_over() {
            made.0.bound();
        }
        (level <= BUCKETS).then_some(made)
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
            0 => all.place(name),
            level => all.place(&coarse(level, name)),
        };
        if !all.is_over() {
            return at;
        }
        all.bound();
        all.place(&coarse(all.level, name))
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
        self.0.merge(o.0, |mine, o| {
            if mine.level < o.level {
                mine.coarsen(o.level);
            }
            for (name, series) in o.list {
                mine.put(&name, series);
            }
            mine.bound();
        });
    }

    /// Goes through every name.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        let (LineChange::Texts(f), Some(all)) = (c, self.0.held()) else {
            return;
        };
        all.places = Places::default();
        for (name, series) in std::mem::take(&mut all.list) {
            let mut name = name.into_vec();
            f(&mut name);
            all.put(&name, series);
        }
    }

    /// Names and series, by name.
    pub fn sorted(&self) -> Vec<(&[u8], &KeySeries)> {
        self.0.sorted()
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
