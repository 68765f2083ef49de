//! Lines that name the same host, service, version and upstream as earlier ones, which who read them knows by a number: they
//! are counted together for ten seconds, and then name by name. The sums are the same.

use crate::summary::keys::versioned;
use crate::summary::series_counts::{Dimension, SeriesCounts};
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
    /// The numbers of their series, where they were asked for.
    numbers: [Option<u32>; Dimension::ALL.len()],
    /// How often numbers had changed then.
    changes: u32,
}

impl OwnedNames {
    fn of(names: &Names<'_>) -> Self {
        OwnedNames {
            host: names.host.map(Into::into),
            service: names.service.map(Into::into),
            version: names.version.map(Into::into),
            upstream: names.upstream.map(Into::into),
            numbers: [None; Dimension::ALL.len()],
            changes: 0,
        }
    }

    /// Counts so many requests by a dimension, and how many of them failed, if there is a name.
    fn count(
        &mut self,
        series: &mut SeriesCounts,
        t: &mut Track,
        by: Dimension,
        (cell, counted): (Cell, (u32, u32)),
    ) {
        if self.changes != series.changes {
            self.changes = series.changes;
            self.numbers = [None; Dimension::ALL.len()];
        }
        let number = match self.numbers[by as usize] {
            Some(known) => known,
            None => {
                let service = self.service.as_deref();
                let name = match by {
                    Dimension::Host => self.host.as_deref(),
                    Dimension::Service => service,
                    Dimension::Version => self.version.as_deref(),
                    Dimension::Upstream => self.upstream.as_deref(),
                    _ => Some(service.unwrap_or_default()),
                };
                let Some(name) = name else { return };
                let number = series.number(t, by, |k| match by {
                    Dimension::Version => {
                        let mut of_service = Vec::new();
                        versioned(service.unwrap_or_default(), name, &mut of_service);
                        k.slot(&of_service)
                    }
                    _ => k.slot(name),
                });
                self.numbers[by as usize] = (self.changes == series.changes).then_some(number);
                number
            }
        };
        series.add(t, number, cell, counted);
    }
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

/// Those of one stretch.
#[derive(Debug, Default)]
struct NameTallies {
    by_number: Vec<Tally>,
    touched: Vec<u32>,
}

/// Counts of one axis, by number, of each stretch of ten seconds that may wait; see [`crate::summary::cache`].
#[derive(Debug, Default)]
pub(in crate::summary) struct NameCounts {
    now: NameTallies,
    other: NameTallies,
    kept: Vec<Option<OwnedNames>>,
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
        if self.now.by_number.get(n).is_none_or(|t| !t.touched) {
            self.touch(*names);
        }
        &mut self.now.by_number[n]
    }

    /// The first line of these names in these ten seconds.
    #[inline(never)]
    fn touch(&mut self, names: Names<'_>) {
        let n = names.number as usize;
        if n >= self.now.by_number.len() {
            self.now.by_number.resize(n + 1, NONE);
        }
        if n >= self.kept.len() {
            self.kept.resize_with(n + 1, || None);
        }
        self.now.touched.push(names.number);
        self.now.by_number[n].touched = true;
        self.kept[n].get_or_insert_with(|| OwnedNames::of(&names));
    }

    /// Goes from one of the two stretches to the other.
    pub(in crate::summary) fn turn(&mut self) {
        std::mem::swap(&mut self.now, &mut self.other);
    }

    /// Writes what waits of the ten seconds that are not counted now.
    #[inline]
    pub(in crate::summary) fn write_other(&mut self, series: &mut SeriesCounts, t: &mut Track) {
        if !self.other.touched.is_empty() {
            let beside = series.beside();
            self.other.write(&mut self.kept, series, t, beside);
        }
    }

    /// Writes everything that waits.
    pub(in crate::summary) fn write_all(&mut self, series: &mut SeriesCounts, t: &mut Track) {
        let now = series.now();
        self.now.write(&mut self.kept, series, t, now);
        self.write_other(series, t);
    }
}

impl NameTallies {
    /// Writes the tallies to the series; all that was counted is of the ten seconds of `cell`.
    fn write(
        &mut self,
        kept: &mut [Option<OwnedNames>],
        series: &mut SeriesCounts,
        t: &mut Track,
        cell: Cell,
    ) {
        for n in self.touched.drain(..) {
            let tally = std::mem::replace(&mut self.by_number[n as usize], NONE);
            let Some(names) = &mut kept[n as usize] else {
                continue;
            };
            if tally.said > 0 {
                let said = (cell, (tally.said, tally.errors));
                names.count(series, t, Dimension::Said, said);
            }
            if tally.requests == 0 {
                continue;
            }
            let all = (cell, (tally.requests, tally.failed));
            names.count(series, t, Dimension::Host, all);
            names.count(series, t, Dimension::Service, all);
            let tries = (cell, (tally.requests, tally.bad));
            names.count(series, t, Dimension::Upstream, tries);
            names.count(series, t, Dimension::Version, all);
            if t.by_version.level() > 0 {
                t.turns = Default::default();
            }
        }
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
                    scope: None,
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
            let whole = Stretch { end: 1, lines: 1, before: 0, crc32: 0 };
            let names = ["any".to_string()];
            prop_assert_eq!(one.finish(0, whole, &names), other.finish(0, whole, &names));
        }
    }
}
