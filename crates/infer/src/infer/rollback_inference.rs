//! What releases are of, and which go back: to a version, image or replica set that ran before, or to a lower version. Needs all
//! markers of the inputs that one tool writes in the order of their times.

use super::merge_rows::{Named, agree, is_release};
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::text::versions::compare_versions;
use coroner_lines::time::{HOUR, Instant, MINUTE};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one released thing so far.
#[derive(Default)]
struct History {
    now: Option<Vec<u8>>,
    /// When what runs now was gone back to, or the last step of that.
    back: Option<Instant>,
    /// Its versions, in the order in which they were first released, as far as told.
    order: Vec<Vec<u8>>,
}

/// Steps of one rollback follow each other within this.
const STEP: i64 = 15 * MINUTE;
/// Versions of one thing that are remembered.
const REMEMBERED: usize = 1000;

impl History {
    /// Whether what runs was gone back to just before.
    fn is_going_back(&self, at: Option<Instant>) -> bool {
        matches!((self.back, at), (Some(a), Some(b)) if b.0 - a.0 <= STEP)
    }

    fn place(&self, version: &[u8]) -> Option<usize> {
        self.order.iter().rposition(|v| v == version)
    }

    /// Whether a version ran before the one that runs now: by their numbers, else by the order of their releases.
    fn is_earlier(&self, version: &[u8]) -> bool {
        let Some(now) = &self.now else {
            return false;
        };
        let by_order =
            || matches!((self.place(version), self.place(now)), (Some(a), Some(b)) if a < b);
        let lower = |a: &[u8], b: &[u8]| is_lower(a, b) || is_less(a, b);
        lower(version, now) || !lower(now, version) && by_order()
    }

    /// Remembers a version, in front of the one that runs where it ran before that.
    fn remember(&mut self, version: &[u8], before: Option<usize>) {
        if self.order.len() < REMEMBERED && self.place(version).is_none() {
            let at = before.unwrap_or(self.order.len());
            self.order.insert(at, version.to_vec());
        }
    }
}

/// What begins so long after an end in the same log is no step of what ended; nor is what begins longer than [`STEP`] after a beginning.
const ANEW: i64 = 5 * MINUTE;

/// What is released in a log that names one release only, and of which all is within an hour, is that: a job's of many steps.
pub(super) fn named_once(rows: &mut [StatedMarker]) {
    let release = |r: &StatedMarker| is_release(r.kind) && !r.is_said();
    let mut names: BTreeMap<u32, Named> = BTreeMap::new();
    let mut several: BTreeSet<u32> = BTreeSet::new();
    let mut first: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut ended: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut started: BTreeMap<u32, Instant> = BTreeMap::new();
    for r in rows.iter().filter(|r| release(r)) {
        let n = names.entry(r.input).or_default();
        let long_after = |last: &BTreeMap<u32, Instant>, us: i64| {
            let both = r.time.zip(last.get(&r.input));
            both.is_some_and(|(t, last)| t.0 - last.0 >= us)
        };
        let anew = long_after(&ended, ANEW) || long_after(&started, STEP);
        if r.kind == K::DeployStart {
            started.extend(r.time.map(|t| (r.input, t)));
        }
        match r.kind {
            K::DeployStart if anew => {
                several.insert(r.input);
            }
            K::DeployFinish => ended.extend(r.time.map(|t| (r.input, t))),
            _ => {}
        }
        let begun = r.time.map(|t| *first.entry(r.input).or_insert(t));
        if r.time
            .zip(begun)
            .is_some_and(|(a, b)| (a.0 - b.0).abs() > HOUR)
        {
            several.insert(r.input);
        }
        // to go back is another one
        let back = !matches!(r.kind, K::DeployStart | K::DeployFinish | K::DeployFail);
        if back || !(agree(&n.0, &r.service) && agree(&n.1, &r.version)) {
            several.insert(r.input);
        }
        n.0 = n.0.take().or_else(|| r.service.clone());
        n.1 = n.1.take().or_else(|| r.version.clone());
    }
    for r in rows.iter_mut().filter(|r| release(r)) {
        if let Some(n) = names.get(&r.input).filter(|_| !several.contains(&r.input)) {
            r.service = r.service.take().or_else(|| n.0.clone());
            r.version = r.version.take().or_else(|| n.1.clone());
        }
    }
}

/// What begins in a log without a version is that which the log says as it ends, where nothing else begins there in between.
pub(super) fn begun_as_ended(rows: &mut [StatedMarker]) {
    use K::{DeployFail, DeployFinish, DeployStart, RollbackFail, RollbackFinish, RollbackStart};
    let mut open: BTreeMap<u32, usize> = BTreeMap::new();
    for i in 0..rows.len() {
        if rows[i].is_said() || rows[i].time.is_none() {
            continue;
        }
        match rows[i].kind {
            DeployStart | RollbackStart => {
                open.insert(rows[i].input, i);
            }
            DeployFinish | DeployFail | RollbackFinish | RollbackFail => {
                let Some(begun) = open.remove(&rows[i].input) else {
                    continue;
                };
                let (a, b) = (&rows[begun], &rows[i]);
                let near = a.time.zip(b.time).is_some_and(|(a, b)| b.0 - a.0 <= HOUR);
                let unknown = a.kind == DeployStart && a.version.is_none();
                if near && unknown && a.service == b.service {
                    rows[begun].version = rows[i].version.clone();
                    let says = rows[i].evidence.first().cloned();
                    let says = says.filter(|_| rows[begun].version.is_some());
                    rows[begun].evidence.extend(says);
                }
            }
            _ => {}
        }
    }
}

/// What runs of a service, on all hosts or on one, and whether that was gone back to.
type Running = BTreeMap<Option<Vec<u8>>, (Vec<u8>, bool)>;

/// What is released in a lower version than before is gone back to, whichever logs say so, and an end without a version is of what
/// its log began last.
pub(super) fn lower_ones(rows: &mut [StatedMarker]) {
    let mut known: BTreeMap<(Option<u32>, Vec<u8>), Running> = BTreeMap::new();
    let mut begun: BTreeMap<u32, bool> = BTreeMap::new();
    let release = |r: &&mut StatedMarker| is_release(r.kind) && !r.is_said() && r.time.is_some();
    for r in rows.iter_mut().filter(release) {
        let starts = matches!(r.kind, K::DeployStart | K::RollbackStart);
        // without the name of a service: what the same log releases in versions of one first number
        let line = |v: &Vec<u8>| v[..v.iter().position(|c| *c == b'.').unwrap_or(0)].to_vec();
        let of = |version: &Vec<u8>| match &r.service {
            Some(service) => (None, service.clone()),
            None => (Some(r.log), line(version)),
        };
        let goes_back = match &r.version {
            Some(version) if r.service.is_some() || !line(version).is_empty() => {
                let runs = known.entry(of(version)).or_default();
                let before = match r.host {
                    Some(_) => runs.get(&r.host).or_else(|| runs.get(&None)),
                    None => runs.values().next(),
                };
                let goes_back = match before {
                    Some((now, back)) if now == version => *back,
                    Some((now, _)) => is_lower(version, now),
                    None => false,
                };
                if r.host.is_none() {
                    runs.clear();
                }
                runs.insert(r.host.clone(), (version.clone(), goes_back));
                goes_back
            }
            // a run that took back what it released failed with the release
            _ => !starts && !r.fails_a_run() && begun.get(&r.input).copied().unwrap_or_default(),
        };
        r.kind = match r.kind {
            K::DeployStart if goes_back => K::RollbackStart,
            K::DeployFinish if goes_back => K::RollbackFinish,
            K::DeployFail if goes_back => K::RollbackFail,
            k => k,
        };
        if starts {
            let back = r.kind == K::RollbackStart;
            begun.extend(r.evidence.iter().map(|e| (e.input, back)));
        }
    }
}

/// Turns starts of releases that go back into starts of rollbacks, and starts of containers with another image than before
/// into releases. A start of the version that is being released already is a step of that release.
pub(super) fn returns(rows: &mut [StatedMarker]) {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_list_by_key(|i| (rows[*i].log, rows[*i].time, rows[*i].offset));
    let mut known: BTreeMap<(u32, Vec<u8>), History> = BTreeMap::new();
    for i in order {
        let r = &mut rows[i];
        // in words only what is released is distinguished by its service, and only from the version that it had
        let untyped = r.kind == K::DeployStart && !r.is_said();
        let name = match r.typed {
            true => &r.group,
            false if untyped => &r.service,
            false => continue,
        };
        let (Some(group), Some(version), true) = (name, &r.version, r.time.is_some()) else {
            continue;
        };
        let h = known.entry((r.log, group.clone())).or_default();
        let other = h.now.as_ref().is_some_and(|n| n != version);
        // what ends or shrinks as another is released ran before that, as what is gone back to did
        let ran = h
            .now
            .as_ref()
            .filter(|_| other && !matches!(r.kind, K::DeployStart | K::ServiceStart));
        let ran = ran.and_then(|n| h.place(n));
        match r.kind {
            K::DeployStart | K::ServiceStart if other => {
                r.kind = match h.is_earlier(version) {
                    true => K::RollbackStart,
                    false => K::DeployStart,
                };
                h.now = Some(version.clone());
                h.back = r.time.filter(|_| r.kind == K::RollbackStart);
            }
            K::DeployStart if h.is_going_back(r.time) => {
                r.kind = K::RollbackStart;
                h.back = r.time;
            }
            K::DeployStart | K::RollbackStart | K::ServiceStart => h.now = Some(version.clone()),
            K::Scale | K::DeployFinish => {}
            _ => continue,
        }
        h.remember(version, ran);
    }
}

/// Whether one version is lower than another, where both are written as numbers with dots (`v4.1.0`, `4.2.0-rc1`), or are numbers
/// behind the same name (`shop:317`).
pub(super) fn is_lower(a: &[u8], b: &[u8]) -> bool {
    let digits = |v: &[u8]| v.iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |v: &'_ [u8]| -> Option<usize> {
        let skip = usize::from(matches!(v.first(), Some(b'v' | b'V')));
        let n = digits(&v[skip..]);
        (n > 0 && n < 6 && v.get(skip + n) == Some(&b'.')).then_some(skip)
    };
    // `image:41`, `v118`, `r2231`: all in front of the count is the same
    let counted = |v: &'_ [u8]| -> Option<usize> {
        let letters = v.iter().take_while(|c| c.is_ascii_alphabetic()).count();
        let at = v
            .iter()
            .rposition(|c| *c == b':')
            .map_or(letters, |n| n + 1);
        let n = digits(&v[at..]);
        (at > 0 && n > 0 && n < 6 && at + n == v.len()).then_some(at)
    };
    // far below is the number of something else: a chart's is not that of what it installs
    let major = |v: &[u8]| -> Option<i64> {
        let n = digits(v);
        std::str::from_utf8(&v[..n]).ok()?.parse().ok()
    };
    let near = |a: &[u8], b: &[u8]| major(a).zip(major(b)).is_some_and(|(a, b)| b - a <= 1);
    match (number(a), number(b), counted(a), counted(b)) {
        (Some(x), Some(y), ..) => {
            let (a, b) = (&a[x..], &b[y..]);
            near(a, b) && compare_versions(a, b) == Ordering::Less
        }
        (_, _, Some(x), Some(y)) => {
            a[..x] == b[..y] && compare_versions(&a[x..], &b[y..]) == Ordering::Less
        }
        _ => false,
    }
}

/// Whether one count is less than another, as a platform counts the versions of one thing: 86 and 87.
fn is_less(a: &[u8], b: &[u8]) -> bool {
    let count = |v: &[u8]| {
        let digits = (1..6).contains(&v.len()) && v.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(v).ok().filter(|_| digits)?.parse().ok()
    };
    count(a)
        .zip(count(b))
        .is_some_and(|(a, b): (u32, u32)| a < b)
}

/// Inputs whose markers run against the order of their lines: exports that begin with the newest.
pub(super) fn newest_first(rows: &[StatedMarker]) -> BTreeSet<u32> {
    let mut by_place: BTreeMap<u32, Vec<(u64, coroner_lines::time::Instant)>> = BTreeMap::new();
    for r in rows {
        if let Some(t) = r.time {
            by_place.entry(r.input).or_default().push((r.offset, t));
        }
    }
    by_place
        .into_iter()
        .filter_map(|(input, mut l)| {
            l.sort();
            let down = l.windows(2).filter(|w| w[1].1 < w[0].1).count();
            let up = l.windows(2).filter(|w| w[1].1 > w[0].1).count();
            (down > up).then_some(input)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_are_lower() {
        for [a, b, want] in crate::tests::tried("lower version") {
            let lower = is_lower(a.as_bytes(), b.as_bytes());
            assert_eq!(lower.to_string(), want, "{a} {b}");
        }
    }
}
