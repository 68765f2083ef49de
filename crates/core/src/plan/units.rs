//! Units that lines leave open and their inputs show: a number alone at the end of access lines, as Apache writes `%D`.
//! Decided from the sample, once for all who read the input.

use super::Tried;
use coroner_lines::format::web::clf::tail::{OWN, OWN_MICROS, lone_end};

/// Numbers from which a unit is taken.
const ENOUGH: usize = 20;

/// Half of the requests of a server take longer than this many of no unit but the microsecond.
const MEDIAN: u64 = 10_000;

/// Takes the numbers at the end of an input's access lines for microseconds where most of them are too large for anything
/// else: a sentence that says so, without its subject.
pub(super) fn settle(all: &mut [Tried], hits: &[u64], lines: &[&[u8]]) -> Option<String> {
    let own = all.iter().position(|f| f.name() == OWN)?;
    if hits[own] == 0 {
        return None;
    }
    let mut numbers: Vec<u64> = lines.iter().filter_map(|l| lone_end(l)).collect();
    numbers.sort_unstable();
    let median = *numbers.get(numbers.len() / 2)?;
    if numbers.len() < ENOUGH || median <= MEDIAN {
        return None;
    }
    all[own] = Tried::Listed(*OWN_MICROS);
    Some(format!(
        "has a number without a unit in its lines; taken as microseconds, since it is typically {median}"
    ))
}

/// Takes them for microseconds because that was settled before.
pub(super) fn micros(all: &mut [Option<Tried>]) {
    let own = |f: &&mut Option<Tried>| f.as_ref().is_some_and(|f| f.name() == OWN);
    if let Some(f) = all.iter_mut().find(own) {
        *f = Some(Tried::Listed(*OWN_MICROS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::format::FORMATS;
    use coroner_lines::record::Body;

    /// Latency of the first of these lines, and whether it was said that it is taken for something.
    fn first(ends: impl Iterator<Item = u64>) -> (i64, bool) {
        let line = |n| {
            format!("203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] \"GET / HTTP/1.1\" 200 12 {n}")
        };
        let lines: Vec<String> = ends.map(line).collect();
        let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
        let mut all: Vec<Tried> = FORMATS.iter().map(|f| Tried::Listed(*f)).collect();
        let hits = vec![1; all.len()];
        let said = settle(&mut all, &hits, &lines).is_some();
        let request = |f: &Tried| match f.parse(lines[0])?.body {
            Body::Request(q) => Some(q.latency_us),
            _ => None,
        };
        (all.iter().find_map(request).unwrap(), said)
    }

    #[test]
    fn who_answered_may_stand_behind_the_number() {
        let line = |end: &str| {
            let line = format!(
                "203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] \"GET / HTTP/1.1\" 200 12 {end}"
            );
            lone_end(line.as_bytes())
        };
        assert_eq!(line("\"-\" \"curl\" 30033755 app-1"), Some(30_033_755));
        assert_eq!(line("\"-\" \"curl\" 30033755 30"), None);
    }

    #[test]
    fn large_numbers_are_microseconds_and_small_ones_stay_open() {
        assert_eq!(first((0..40).map(|n| 9_000 + n * 100)), (9_000, true));
        assert_eq!(first((0..40).map(|n| 10 + n * 100)), (-1, false));
        // too few to judge
        assert_eq!(first((0..10).map(|n| 90_000 + n)), (-1, false));
    }
}
