//! What is missing of what an input usually has: good answers while clients are refused, and requests.

use super::{BACK_S, Score};
use coroner_infer::infer::{are_refused, goes_missing};

/// Seconds before a refusal in which good answers must have been more, and fewest of them.
const BEFORE: [i64; 2] = [300, BACK_S];
const KNOWN: i64 = 60;
/// Minutes of a fall of the traffic, minutes before it that show what is usual, and at least; and so many of these have less than that.
const FALL: i64 = 3;
const AROUND: i64 = 60;
const LEAST: usize = 30;
const FEWER: usize = 10;
/// Requests a minute from which a fall is seen, the share of the usual ones that comes then, and that which is none any more.
const PER_MIN: u64 = 60;
const FALLEN: f64 = 0.3;
const BACK: f64 = 0.6;
/// Minutes of a day, and around the same time of the day before in which it may have fallen, too.
const DAY: i64 = 1_440;
const SAME: i64 = 15;

/// The requests of the last minutes, and those that are usual.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UsualTraffic {
    pub now: f64,
    pub usual: f64,
}

impl UsualTraffic {
    /// With those of another input.
    pub fn with(self, o: UsualTraffic) -> UsualTraffic {
        UsualTraffic {
            now: self.now + o.now,
            usual: self.usual + o.usual,
        }
    }

    pub fn share(&self) -> f64 {
        self.now / self.usual.max(1.0)
    }

    /// Whether it has fallen: `goes_on`, if it had before.
    pub fn is_low(&self, goes_on: bool) -> bool {
        let most = if goes_on { BACK } else { FALLEN };
        self.usual >= (PER_MIN * FALL as u64) as f64 && self.share() <= most
    }
}

impl Score {
    /// Whether as many good answers are missing in `[from, to)` as are refused, beside those of shortly before and of a while before.
    /// What scanners get comes beside everybody's answers.
    pub(super) fn lacks_good(&self, from: i64, to: i64) -> bool {
        let first = self.seconds.iter().next().map_or(from, |s| s.0);
        let (long, (now, refused)) = ((to - from) as f64, self.sum(from, to));
        BEFORE.iter().all(|back| {
            let since = first.max(from - back);
            let (known, (n, k)) = ((from - since) as f64, self.sum(since, from));
            let expected = |n: u64| n as f64 * long / known;
            let usual = expected(n.saturating_sub(k));
            let missing = usual - now.saturating_sub(refused) as f64;
            from - since >= KNOWN
                && goes_missing(missing, usual, known / long, self.floor)
                && are_refused(refused as f64 - expected(k), missing)
        })
    }

    /// Whether far fewer requests came in the last minutes than in those before: one look, for most minutes.
    pub fn has_fallen(&self) -> bool {
        let newest = self.minutes.newest().unwrap_or_default() + 1;
        let n = |from: i64| -> u64 {
            let some = self.minutes.range(newest - from..newest - from + FALL);
            some.map(|(_, c)| c.0).sum()
        };
        n(FALL) as f64 <= BACK * n(2 * FALL) as f64
    }

    /// The requests of the last whole minutes before `now`, and what is usual: of the minutes of an hour before `onset`, or before these,
    /// those with few, so that neither a rush nor an ebb is a fall. Nothing is usual of what ebbed at that time of the day before.
    pub fn traffic(&self, now: i64, onset: Option<i64>) -> UsualTraffic {
        let minute = now.div_euclid(60);
        let n = |from: i64, to: i64| self.minutes.range(from..to).map(|(_, c)| c.0);
        let begins = onset.map_or(minute - FALL, |s| s.div_euclid(60));
        let mut before: Vec<u64> = n(begins - AROUND, begins).collect();
        before.sort_unstable();
        let few = before.get(before.len() / FEWER).copied().unwrap_or(0);
        let enough = before.len() >= LEAST;
        let ebbs =
            n(minute - DAY - SAME, minute - DAY + SAME).any(|n| (n as f64) < few as f64 * BACK);
        UsualTraffic {
            now: n(minute - FALL, minute).sum::<u64>() as f64,
            usual: if enough && !ebbs {
                (few * FALL as u64) as f64
            } else {
                0.0
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Score, Tally};
    use coroner_core::summary::{Bad, Pos};
    use coroner_infer::model::Sensitivity;

    /// The second of the first alarm of refusals: of ten requests a second, and of as many as `refused` says from second 3,600 on, by
    /// so many clients; `more`: they come beside the others.
    fn refused(refused: u32, clients: u64, more: bool) -> Option<i64> {
        let mut score = Score::new(Sensitivity::Normal, Tally::Refused);
        (0..4_000).find(|&s| {
            let now = if s < 3_600 { 0 } else { refused };
            let all = if more { 10 + now } else { 10 };
            let mut bad = Bad::default();
            let bits = (0..u64::from(now)).map(|n| 1 << ((s as u64 * 7 + n) % clients));
            (bad.n, bad.clients) = (now, bits.fold(0, |a, b| a | b));
            bad.first = Some(Pos::default()).filter(|_| now > 0);
            score.add(s, (all, u64::MAX), bad);
            let usual = score.usual(s, |_| Vec::new());
            score.alarm(s, usual).is_some()
        })
    }

    #[test]
    fn everybody_who_is_refused_is_suspected_and_few_clients_or_what_comes_beside_are_not() {
        let at = refused(6, 40, false).unwrap() - 3_600;
        assert!((0..=40).contains(&at), "{at}");
        assert_eq!(refused(6, 3, false), None);
        assert_eq!(refused(6, 40, true), None);
        // beside a scanner in an ebb others are refused as ever
        let mut score = Score::new(Sensitivity::Normal, Tally::Refused);
        let mut found = None;
        for s in 0..4_800 {
            let ebb = s >= 3_600;
            let mut bad = Bad::default();
            if s % 20 == 0 {
                (bad.n, bad.clients) = (1, 1 << (s / 20 % 40));
            }
            if ebb && s % 2 == 0 {
                (bad.n, bad.clients) = (bad.n + 1, bad.clients | 1 << 50);
            }
            bad.first = Some(Pos::default()).filter(|_| bad.n > 0);
            score.add(
                s,
                (if ebb { 2 - 2 * (s as u32 % 2) } else { 1 }, u64::MAX),
                bad,
            );
            let usual = score.usual(s, |_| Vec::new());
            found = found.or(score.alarm(s, usual));
        }
        assert_eq!(found, None);
    }

    /// Whether the traffic is low at a minute, of so many requests in each.
    fn is_low(at: i64, of: impl Fn(i64) -> u32) -> bool {
        let mut score = Score::new(Sensitivity::Normal, Tally::Failed);
        (0..=at).for_each(|m| score.add(m * 60, (of(m), 0), Bad::default()));
        score.traffic(at * 60, None).is_low(false)
    }

    #[test]
    fn a_fall_of_the_traffic_is_seen_and_the_end_of_a_rush_or_an_ebb_is_none() {
        assert!(is_low(103, |m| if m < 100 { 200 } else { 30 }));
        assert!(!is_low(103, |m| if m < 100 { 200 } else { 90 }));
        assert!(!is_low(103, |m| if m < 100 { 30 } else { 4 }));
        assert!(!is_low(103, |m| if (80..100).contains(&m) {
            900
        } else {
            200
        }));
        assert!(!is_low(140, |m| 200 - m as u32 * 5 / 4));
        // what closes each day at that time
        assert!(!is_low(1_600, |m| if m % 1_440 < 157 { 200 } else { 10 }));
    }
}
