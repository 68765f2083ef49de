//! Which releases go back: to a version, image or replica set that ran before, or to a lower version. Needs all markers of the
//! inputs that one tool writes in the order of their times.

use crate::infer::stated::StatedMarker;
use coroner_lines::format::ops::dpkg::compare_versions;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one released thing so far.
#[derive(Default)]
struct History {
    now: Option<Vec<u8>>,
    /// When what runs now was gone back to, or the last step of that.
    back: Option<Instant>,
    seen: BTreeSet<Vec<u8>>,
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
        match r.kind {
            K::DeployStart | K::ServiceStart if other => {
                let lower = h.now.as_ref().is_some_and(|n| is_lower(version, n));
                r.kind = if lower || h.seen.contains(version) {
                    K::RollbackStart
                } else {
                    K::DeployStart
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
        if h.seen.len() < REMEMBERED {
            h.seen.insert(version.clone());
        }
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

/// Inputs whose typed markers run against the order of their lines: exports that begin with the newest.
pub(super) fn newest_first(rows: &[StatedMarker]) -> BTreeSet<u32> {
    let mut by_place: BTreeMap<u32, Vec<(u64, coroner_lines::time::Instant)>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.typed) {
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
}
