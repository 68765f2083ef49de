//! Lines that name the same host, service, version and upstream as earlier ones, which who read them knows by a number: they
//! are counted together for ten seconds, and then name by name. The sums are the same.

use crate::summary::cache::{NOW, SIDES};
use crate::summary::keys::{Keys, versioned};
use crate::summary::{Cell, Track};

/// What a line names. The number distinguishes it from all that other lines of the input name, and is not 0.
#[derive(Clone, Copy, Debug)]
pub(in crate::summary) struct Names<'a> {
    pub(in crate::summary) number: u32,
    pub(in crate::summary) host: Option<&'a [u8]>,
    pub(in crate::summary) service: Option<&'a [u8]>,
    pub(in crate::summary) version: Option<&'a [u8]>,
    pub(in crate::summary) upstream: Option<&'a [u8]>,
}

/// The same, kept.
#[derive(Debug)]
struct OwnedNames {
    host: Option<Box<[u8]>>,
    service: Option<Box<[u8]>>,
    version: Option<Box<[u8]>>,
    upstream: Option<Box<[u8]>>,
}

/// Lines of some ten seconds.
#[derive(Clone, Copy, Debug)]
struct Tally {
    requests: u32,
    failed: u32,
    /// Tries of the upstream that failed.
    bad: u32,
    said: u32,
    errors: u32,
    /// Whether there are any.
    touched: bool,
    /// Earliest request, microseconds on the axis.
    first: i64,
}

const NONE: Tally = Tally {
    requests: 0,
    failed: 0,
    bad: 0,
    said: 0,
    errors: 0,
    touched: false,
    first: i64::MAX,
};

/// Counts of one axis, by number, of each stretch of ten seconds that may wait; see [`crate::summary::cache`].
#[derive(Debug, Default)]
pub(in crate::summary) struct NameCounts {
    tallies: [Vec<Tally>; SIDES],
    kept: Vec<Option<OwnedNames>>,
    touched: [Vec<u32>; SIDES],
}

impl NameCounts {
    /// Counts a request of now; says whether it is the earliest of its names in these ten seconds.
    #[inline(always)]
    pub(in crate::summary) fn request(
        &mut self,
        names: &Names<'_>,
        (failed, bad): (bool, bool),
        us: i64,
    ) -> bool {
        let t = self.tally(names);
        t.requests += 1;
        t.failed += u32::from(failed);
        t.bad += u32::from(bad);
        let earliest = us < t.first;
        if earliest {
            t.first = us;
        }
        earliest
    }

    /// Counts a message of now.
    #[inline(always)]
    pub(in crate::summary) fn message(&mut self, names: &Names<'_>, error: bool) {
        let t = self.tally(names);
        t.said += 1;
        t.errors += u32::from(error);
    }

    #[inline(always)]
    fn tally(&mut self, names: &Names<'_>) -> &mut Tally {
        let n = names.number as usize;
        // one word: what has just been counted in parts would be waited for
        if self.tallies[NOW].get(n).is_none_or(|t| !t.touched) {
            self.touch(*names);
        }
        &mut self.tallies[NOW][n]
    }

    /// The first line of these names in these ten seconds.
    #[inline(never)]
    fn touch(&mut self, names: Names<'_>) {
        let n = names.number as usize;
        if n >= self.tallies[NOW].len() {
            self.tallies[NOW].resize(n + 1, NONE);
        }
        if n >= self.kept.len() {
            self.kept.resize_with(n + 1, || None);
        }
        self.touched[NOW].push(names.number);
        self.tallies[NOW][n].touched = true;
        self.kept[n].get_or_insert_with(|| OwnedNames {
            host: names.host.map(Into::into),
            service: names.service.map(Into::into),
            version: names.version.map(Into::into),
            upstream: names.upstream.map(Into::into),
        });
    }

    /// Goes from one of the two stretches to the other.
    pub(in crate::summary) fn swap(&mut self) {
        self.tallies.swap(NOW, 1);
        self.touched.swap(NOW, 1);
    }

    /// Writes the tallies of a stretch to the series; all that was counted there is of the ten seconds of `cell`. Says whether
    /// there were any.
    pub(in crate::summary) fn flush(&mut self, t: &mut Track, cell: Cell, side: usize) -> bool {
        if self.touched[side].is_empty() {
            return false;
        }
        let mut buffer = Vec::new();
        for n in self.touched[side].drain(..) {
            let tally = std::mem::replace(&mut self.tallies[side][n as usize], NONE);
            let Some(kept) = &self.kept[n as usize] else {
                continue;
            };
            let service = kept.service.as_deref().unwrap_or_default();
            if tally.said > 0 {
                count(&mut t.said, Some(service), cell, (tally.said, tally.errors));
            }
            if tally.requests == 0 {
                continue;
            }
            let all = (tally.requests, tally.failed);
            count(&mut t.by_host, kept.host.as_deref(), cell, all);
            count(&mut t.by_service, kept.service.as_deref(), cell, all);
            let tries = (tally.requests, tally.bad);
            count(&mut t.by_upstream, kept.upstream.as_deref(), cell, tries);
            if let Some(v) = &kept.version {
                versioned(service, v, &mut buffer);
                count(&mut t.by_version, Some(&buffer), cell, all);
                if t.by_version.level() > 0 {
                    t.turns = Default::default();
                }
            }
        }
        true
    }
}

/// Counts so many requests of a name, if it is one, and how many of them failed.
fn count(keys: &mut Keys, name: Option<&[u8]>, cell: Cell, (n, failed): (u32, u32)) {
    let Some(name) = name else { return };
    let slot = keys.slot(name);
    let s = keys.at(slot);
    s.n.add_at(cell, n);
    if failed > 0 {
        s.fail(cell.tens(), failed);
    }
}

#[cfg(test)]
mod tests {
    use crate::summary::fast::fold_brief::tests::fold;
    use crate::summary::{LineAt, Pos, Stretch};
    use coroner_lines::fast::brief::{Brief, PathSpan};
    use coroner_lines::record::{At, Kind, Level, Request};
    use coroner_lines::time::{Precision, Stamp};
    use proptest::prelude::*;

    proptest! {
        /// With numbers or without, the part is the same, also where there are too many names.
        #[test]
        fn together_or_name_by_name(
            lines in proptest::collection::vec((0u32..6, 0i64..90, 0u8..4, any::<bool>(), any::<bool>(), -1i64..3_000_000), 1..120),
            many in prop_oneof![Just(1u32), Just(700)],
        ) {
            let line = b"a line of any kind";
            let (mut one, mut other) = (fold(), fold());
            for (n, (which, second, status, zone, by_number, took)) in lines.iter().enumerate() {
                // most names are met once where there are many
                let which = which + if many > 1 { n as u32 * 6 } else { 0 };
                let name = |p: &str, every: u32| (which % every > 0).then(|| format!("{p}{}", which / 2));
                let (host, service, version, upstream) = (name("h", 5), name("s", 4), name("v", 3), name("u", 2));
                let bytes = |v: &'static str| v.as_bytes();
                let leak = |v: Option<String>| v.map(|v| bytes(v.leak()));
                let (host, service, version, upstream) = (leak(host), leak(service), leak(version), leak(upstream));
                let r = Request {
                    status: [200, 502, 404, 499][usize::from(*status)],
                    method: b"GET",
                    path: b"/a",
                    upstream: upstream.unwrap_or_default(),
                    latency_us: *took,
                    ..Request::default()
                };
                let healthy = version.is_none() && status % 2 == 0;
                let brief = Brief {
                    stamp: Stamp { offset_min: zone.then_some(0), ..Stamp::utc(second * 1_000_000, Precision::Second) },
                    stamped: At::Start,
                    host,
                    service,
                    version,
                    names: 0,
                    request: (version.is_some() || *zone).then_some(&r),
                    path_at: PathSpan::Nowhere,
                    said: healthy.then_some((Level::Info, &b"all is well"[..], 0)),
                };
                let at = LineAt::new(line, (0, line.len()), Pos { offset: n as u64, line: n as u64 + 1 });
                // names of one number are the same
                let names = if *by_number { which + 1 } else { 0 };
                one.brief(at, &Brief { names, ..brief }, 0, Kind::App);
                other.brief(at, &brief, 0, Kind::App);
                if n % 31 == 30 {
                    one.flush(line);
                    other.flush(line);
                }
            }
            one.flush(line);
            other.flush(line);
            let whole = Stretch { end: 1, lines: 1, crc32: 0 };
            let names = ["any".to_string()];
            prop_assert_eq!(one.finish(0, whole, &names), other.finish(0, whole, &names));
        }
    }
}
