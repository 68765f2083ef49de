//! The row of an incident's worst minute, where it became clearly worse than it began. The minute itself is found with the harm.

use crate::infer::lanes::View;
use crate::infer::lines::first_failing;
use crate::infer::measured_rows::measured;
use crate::model::{Event, Impact, Piece, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{Instant, MINUTE};

/// What is called its beginning, in microseconds.
const FIRST: i64 = 2 * MINUTE;
/// How many times the failing share of the beginning the worst minute has at least.
const WORSE: f64 = 1.5;
/// Standard errors by which its failures exceed those of a minute as bad as the beginning: the worst of many minutes lies
/// two or three above by chance alone.
const CLEARLY: f64 = 5.0;

const METHOD: &str = "minute with the highest failing share; told where that is half as high again as in the first two minutes, \
     by more than chance";

/// The row, if the worst minute lies behind the beginning and is worse than that by more than chance.
pub(crate) fn worst(view: &View<'_>, onset: Instant, end: Instant, harm: &Impact) -> Option<Event> {
    let (minute, requests, failed) = harm.peak?;
    let begun = Instant((onset.0 + FIRST).min(end.0));
    if minute < begun || !is_worse(view.requests(onset, begun), (requests, failed)) {
        return None;
    }
    let (first, line) = first_failing(view, minute, Instant(minute.0 + MINUTE))?;
    let share = Piece::Share(failed as f64 / requests as f64);
    let text = Sentence::words("Worst minute: ").p(share).w(" of its ");
    let text = text.p(Piece::Count(requests)).w(" requests fail");
    Some(measured(K::Peak, first, text, vec![line], METHOD))
}

/// Whether the worst minute is clearly worse than the beginning; both as requests and failures.
fn is_worse(begun: (u64, u64), worst: (u64, u64)) -> bool {
    if begun.0 == 0 || worst.0 == 0 {
        return false;
    }
    let share = |(n, k): (u64, u64)| k as f64 / n as f64;
    // the share of the beginning is an estimate itself
    let both = (begun.1 + worst.1) as f64 / (begun.0 + worst.0) as f64;
    let spread = (both * (1.0 - both) * (1.0 / begun.0 as f64 + 1.0 / worst.0 as f64)).sqrt();
    let above = share(worst) - share(begun);
    share(worst) >= WORSE * share(begun) && above > CLEARLY * spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_is_what_chance_does_not_make() {
        // 10 of 200, then 60 of 100: 55 points above, 5.5 standard errors are some 30 points
        assert!(is_worse((200, 10), (100, 60)));
        // as bad as it began, a little worse, and worse in a handful
        assert!(!is_worse((200, 120), (100, 62)));
        assert!(!is_worse((200, 100), (100, 74)));
        assert!(!is_worse((6, 2), (3, 3)));
        // half as high again, out of very many
        assert!(is_worse((20_000, 2000), (10_000, 1600)));
        assert!(!is_worse((20_000, 2000), (10_000, 1400)));
        // nothing to compare with
        assert!(!is_worse((0, 0), (100, 60)) && !is_worse((10, 0), (0, 0)));
    }
}
