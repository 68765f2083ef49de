//! What releases are of, and which go back: to a version, image or replica set that ran before, or to a lower version. Needs all
//! markers of the inputs that one tool writes in the order of their times.

use super::merge_rows::{Named, agree, is_release};
use crate::infer::stated::StatedMarker;
use coroner_lines::format::ops::dpkg::compare_versions;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
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
        is_lower(version, now) || !is_lower(now, version) && by_order()
    }

    /// Remembers a version, in front of the one that runs where it ran before that.
    fn remember(&mut self, version: &[u8], before: Option<usize>) {
        if self.order.len() < REMEMBERED && self.place(version).is_none() {
            let at = before.unwrap_or(self.order.len());
            self.order.insert(at, version.to_vec());
        }
    }
}

/// What begins so long after an end in the same log is no step of what ended.
const ANEW: i64 = 5 * MINUTE;

/// What is released in a log that names one release only, and of which all is within an hour, is that: a job's of many steps.
pub(super) fn named_once(rows: &mut [StatedMarker]) {
    let release = |r: &StatedMarker| is_release(r.kind) && !r.is_said();
    let mut names: BTreeMap<u32, Named> = BTreeMap::new();
    let mut several: BTreeSet<u32> = BTreeSet::new();
    let mut first: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut ended: BTreeMap<u32, Instant> = BTreeMap::new();
    for r in rows.iter().filter(|r| release(r)) {
        let n = names.entry(r.input).or_default();
        let before = r.time.zip(ended.get(&r.input));
        match r.kind {
            K::DeployStart if before.is_some_and(|(t, end)| t.0 - end.0 >= ANEW) => {
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
        // without the name of a service: what the same log releases in versions that differ in their last number alone
        let line = |v: &Vec<u8>| v[..v.iter().rposition(|c| *c == b'.').unwrap_or(0)].to_vec();
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
    let counted = |v: &'_ [u8]| -> Option<usize> {
        let at = v.iter().rposition(|c| *c == b':')? + 1;
        let n = digits(&v[at..]);
        (n > 0 && n < 6 && at + n == v.len()).then_some(at)
    };
    match (number(a), number(b), counted(a), counted(b)) {
        (Some(x), Some(y), ..) => compare_versions(&a[x..], &b[y..]) == Ordering::Less,
        (_, _, Some(x), Some(y)) => {
            a[..x] == b[..y] && compare_versions(&a[x..], &b[y..]) == Ordering::Less
        }
        _ => false,
    }
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
    use super::super::merge_rows::{acts, tests::row};
    use super::*;
    use coroner_lines::record::Notice;

    fn of(s: i64, input: u32, kind: K, service: &str, version: &str) -> StatedMarker {
        let some = |t: &str| (!t.is_empty()).then(|| t.into());
        StatedMarker {
            service: some(service),
            version: some(version),
            ..row(s, input, s as u64, kind, "")
        }
    }

    #[test]
    fn a_log_that_begins_with_the_newest_is_read_from_its_end() {
        let of = |s: i64, kind, version: &str| StatedMarker {
            offset: 9999 - s as u64,
            ..of(s, 0, kind, "cart", version)
        };
        let rows = vec![
            of(100, K::DeployStart, "3.42.0"),
            of(220, K::DeployFinish, "3.42.0"),
            of(1500, K::DeployStart, "3.41.2"),
            of(1620, K::DeployFinish, "3.41.2"),
        ];
        let kinds: Vec<K> = acts(rows).iter().map(|r| r.kind).collect();
        let back = [K::RollbackStart, K::RollbackFinish];
        assert_eq!(kinds[..2], [K::DeployStart, K::DeployFinish]);
        assert_eq!(kinds[2..], back);
    }

    #[test]
    fn what_is_lower_than_what_another_log_released_is_gone_back_to() {
        let mut rows = vec![
            of(1, 0, K::DeployStart, "cart", "4.2.0"),
            of(5, 0, K::DeployFinish, "", ""),
            of(9, 1, K::DeployStart, "shop", "3.9.0"),
            of(60, 1, K::DeployStart, "cart", "4.1.9"),
            of(70, 1, K::DeployFinish, "", ""),
            of(75, 2, K::DeployFinish, "cart", "4.1.9"),
            of(90, 0, K::DeployStart, "cart", "4.2.1"),
            of(99, 0, K::DeployFinish, "", ""),
            // of nothing by name, in one log: the last number alone goes down, or not it alone
            of(100, 3, K::DeployStart, "", "7.18.2"),
            of(110, 3, K::DeployStart, "", "7.18.1"),
            of(120, 3, K::DeployStart, "", "6.2.0"),
        ];
        lower_ones(&mut rows);
        let kinds: Vec<K> = rows.iter().map(|r| r.kind).collect();
        let (start, done) = (K::DeployStart, K::DeployFinish);
        let back = [K::RollbackStart, K::RollbackFinish, K::RollbackFinish];
        assert_eq!(kinds[..3], [start, done, start]);
        assert_eq!(kinds[3..6], back);
        assert_eq!(kinds[6..8], [start, done]);
        assert_eq!(kinds[8..], [start, K::RollbackStart, start]);
    }

    #[test]
    fn a_log_of_one_release_is_of_that() {
        let mut rows = vec![
            of(1, 0, K::DeployStart, "", ""),
            of(5, 0, K::DeployFinish, "cart", ""),
            of(9, 0, K::DeployFinish, "", "4.2.0"),
            of(1, 1, K::DeployStart, "", ""),
            of(2, 1, K::DeployStart, "cart", "4.2.0"),
            of(3, 1, K::DeployStart, "shop", "4.2.0"),
            of(1, 2, K::DeployStart, "cart", "4.2.0"),
            of(2, 2, K::RollbackStart, "cart", ""),
            of(1, 4, K::DeployStart, "cart", ""),
            of(9, 4, K::DeployFinish, "cart", ""),
            of(900, 4, K::DeployStart, "cart", "4.2.0"),
            of(1, 3, K::DeployStart, "cart", "4.2.0"),
            of(9_000, 3, K::DeployStart, "", ""),
        ];
        named_once(&mut rows);
        let whole = |r: &StatedMarker| r.service.is_some() && r.version.is_some();
        assert!(rows[..3].iter().all(whole));
        assert!(rows[3].service.is_none() && rows[3].version.is_none());
        assert!([7, 8, 9, 12].iter().all(|n| rows[*n].version.is_none()));
    }

    #[test]
    fn versions_that_are_lower() {
        for (a, b) in [
            ("4.1.0", "4.2.0"),
            ("v4.1.0", "4.2.0"),
            ("4.9.1", "4.10.0"),
            ("shop:99", "shop:100"),
        ] {
            assert!(is_lower(a.as_bytes(), b.as_bytes()), "{a} {b}");
            assert!(!is_lower(b.as_bytes(), a.as_bytes()));
        }
        assert!(
            !is_lower(b"f95f852", b"0d1a26e")
                && !is_lower(b"20260310.1", b"4.2.0")
                && !is_lower(b"main", b"v2.0")
                && !is_lower(b"cart:99", b"shop:100")
        );
    }

    #[test]
    fn what_is_released_again_after_a_rollback_goes_forward() {
        let typed = |at, kind, version: &str| StatedMarker {
            typed: true,
            group: Some(b"shop/web".to_vec()),
            ..of(at, 0, kind, "web", version)
        };
        let mut rows = vec![
            typed(0, K::DeployStart, "5b9d"),
            typed(1, K::DeployFinish, "66c4"),
            typed(20, K::DeployStart, "66c4"),
            typed(50, K::DeployStart, "5b9d"),
        ];
        returns(&mut rows);
        let kinds: Vec<K> = rows.iter().map(|r| r.kind).collect();
        let want = [
            K::DeployStart,
            K::DeployFinish,
            K::RollbackStart,
            K::DeployStart,
        ];
        assert_eq!(kinds, want);
    }

    #[test]
    fn a_rollback_ends_at_the_version_that_it_went_back_to() {
        let got = acts(vec![
            of(0, 0, K::RollbackStart, "a", "v211"),
            of(5, 0, K::DeployFinish, "a", "v214"),
        ]);
        let end = got.iter().find(|r| r.kind == K::RollbackFinish);
        assert_eq!(end.and_then(|r| r.version.as_deref()), Some(&b"v211"[..]));
    }

    #[test]
    fn a_run_that_took_its_release_back_failed_with_the_release() {
        let version = |r: StatedMarker, v: &str| StatedMarker {
            version: Some(v.into()),
            ..r
        };
        let run = || {
            vec![
                version(row(0, 0, 1, K::DeployStart, "a"), "1.2.0"),
                version(row(60, 0, 3, K::DeployStart, "a"), "1.1.0"),
            ]
        };
        let end = StatedMarker {
            confidence: Notice::ALONE_NOTHING,
            typed: true,
            ..row(90, 0, 4, K::DeployFail, "")
        };
        let kinds = |rows| -> Vec<K> { acts(rows).iter().map(|r| r.kind).collect() };
        let mut rows = run();
        rows.push(end.clone());
        assert_eq!(
            kinds(rows),
            [K::DeployStart, K::RollbackStart, K::DeployFail]
        );
        // and says nothing new where this was said
        let mut rows = run();
        rows.insert(1, row(30, 0, 2, K::DeployFail, "a"));
        rows.push(end.clone());
        assert_eq!(
            kinds(rows),
            [K::DeployStart, K::DeployFail, K::RollbackStart]
        );
        // one that did nothing but go back failed to
        let rows = vec![row(0, 0, 1, K::RollbackStart, "a"), end];
        assert_eq!(kinds(rows), [K::RollbackStart, K::RollbackFail]);
    }
}
