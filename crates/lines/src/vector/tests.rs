//! Every way of looking at many bytes gives what looking at one after the other gives.

use super::*;
use proptest::prelude::*;

fn plainly(b: &[u8]) -> Vec<u32> {
    let marks = b.iter().enumerate();
    marks
        .filter(|(_, c)| matches!(c, b'\n' | b'"'))
        .map(|(i, _)| i as u32)
        .collect()
}

pub(super) type Find = fn(&[u8], &mut [u32]) -> usize;

/// The marks of a piece in every way that this processor has.
fn every_way(b: &[u8]) -> Vec<Vec<u32>> {
    let mut ways: Vec<Find> = vec![plain::find];
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    ways.extend(x86_64::ways());
    let made = ways.into_iter().map(|find| {
        let mut out = vec![0; b.len() + 2 * STEP];
        let n = find(b, &mut out);
        out.truncate(n);
        out
    });
    made.collect()
}

struct Sum<'b>(&'b [u8]);

impl Work for Sum<'_> {
    type Out = u32;
    #[inline(always)]
    fn run(self) -> u32 {
        self.0.iter().map(|c| u32::from(*c)).sum()
    }
}

#[test]
fn work_is_done() {
    assert_eq!(widely(Sum(&[1, 2, 3, 250])), 256);
    assert_eq!(plain::widely(Sum(&[1, 2, 3, 250])), 256);
    // no byte is wanted that is not there
    for at in [0, 1, usize::MAX] {
        soon(&[0; 256], at);
        plain::soon(&[0; 256], at);
    }
}

#[test]
fn every_byte_value_at_every_place() {
    for c in 0..=255u8 {
        for at in 0..STEP {
            let mut b = [b'x'; STEP];
            b[at] = c;
            let wanted = u64::from(matches!(c, b'\n' | b'"')) << at;
            assert_eq!(bits(&b), wanted, "{c} {at}");
            assert_eq!(Marks::default().find(&b), plainly(&b), "{c} {at}");
        }
    }
    assert_eq!(Marks::default().find(&[b'"'; 200]).len(), 200);
    assert!(Marks::default().find(b"").is_empty());
}

proptest! {
    #[test]
    fn bytes_of_paths_are_seen_alike(b in proptest::collection::vec(prop_oneof![any::<u8>(), b'.'..=b'?'], PATH)) {
        let b = b.first_chunk().unwrap();
        prop_assert_eq!(PathBytes::of(b), plain::path_bytes(b));
    }

    #[test]
    fn all_ways_agree_with_one_byte_at_a_time(
        b in proptest::collection::vec(prop_oneof![3 => Just(b'a'), 1 => Just(b'"'), 1 => Just(b'\n'), 1 => any::<u8>()], 0..700),
    ) {
        for (which, out) in every_way(&b).into_iter().enumerate() {
            prop_assert_eq!(out, plainly(&b), "{}", which);
        }
    }

    #[test]
    fn windows_see_each_byte(b in proptest::collection::vec(any::<u8>(), WINDOW), a in any::<u8>(), more in any::<u8>()) {
        let w = ByteWindow(b.first_chunk().unwrap());
        prop_assert_eq!(w.equal(a), plain::equal(w.0, a));
        let other = [a; WINDOW];
        prop_assert_eq!(w.or_other_holds(ByteWindow(&other), more), plain::either_holds(w.0, &other, more));
        prop_assert_eq!(w.or_other_holds(ByteWindow(&other), more), w.equal(more) != 0 || a == more);
        prop_assert_eq!(ByteWindow(&other).or_other_holds(w, more), w.equal(more) != 0 || a == more);
        let last = a.saturating_add(more);
        prop_assert_eq!(w.between(a, last), plain::between(w.0, a, last));
    }
}
