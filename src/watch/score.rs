//! The forward score: from the requests of the last minutes to a suspicion, long before an inference could be sure.
//! Seconds and counts of one input on its own clock; no lines, no names. Formulas: the detector's, run forwards only.

mod missing;
mod tally;

pub(super) use missing::UsualTraffic;
pub use tally::Tally;

use super::last_steps::LastSteps;
use super::usual::Usual;
use coroner_core::summary::{Bad, Pos};
use coroner_infer::model::Sensitivity;

/// Seconds of a bin; no bin alone decides.
const BIN_S: i64 = 10;
/// Nats that a bin can speak for or against, so that one burst never makes a suspicion.
const CAP: f64 = 6.0;
/// Seconds that are looked back.
const BACK_S: i64 = 900;
/// Minutes of which the usual share is taken.
const HISTORY: usize = 1500;
/// Clients of the whole input from which on each counts for few failures only.
const CLIENTS: u32 = 8;
/// What is usual is looked at anew when one of so many minutes is new.
const MORE: usize = 64;
/// The latest minutes do not show what is usual.
const RECENT: i64 = 5;
/// Requests that show what is usual before something fails.
const BEFORE: u64 = 20;

#[derive(Clone, Copy, Debug, Default)]
struct Second {
    n: u32,
    failed: u32,
    first: Option<Pos>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    n: u32,
    failed: u32,
    /// Linear-counting bitmap of clients with a failed request.
    clients: u64,
}

impl Bin {
    /// Failed requests, of each client at most so many, where clients are known.
    fn capped(&self, clients: bool, most: f64) -> f64 {
        let n = distinct(self.clients).filter(|_| clients);
        n.map_or(f64::INFINITY, |n| most * n)
            .min(self.failed.into())
    }
}

/// About how many clients have these bits, where that can be counted.
fn distinct(clients: u64) -> Option<f64> {
    let zeros = f64::from(clients.count_zeros());
    let n = (64.0 * (64.0 / zeros).ln()).round().max(1.0);
    (1..64).contains(&clients.count_ones()).then_some(n)
}

/// A suspicion that stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    /// First bad second, and the one before which it is known to fail: where the last requests failed, that behind theirs.
    pub onset: i64,
    pub until: i64,
    /// Nats for an incident.
    pub nats: f64,
    /// Requests from then on.
    pub requests: u64,
    /// Failed ones of them.
    pub failed: u64,
    /// The first failed one.
    pub first: Pos,
}

/// Counts of one input, and what is usual there.
#[derive(Debug, Default)]
pub struct Score {
    tally: Tally,
    cost: f64,
    floor: f64,
    seconds: LastSteps<Second>,
    bins: LastSteps<Bin>,
    minutes: LastSteps<(u64, u64)>,
    /// A bit for each client, by its hash.
    clients: u64,
    usual: Option<Usual>,
    /// Minutes that came since that was looked at.
    more: usize,
    /// Nothing failed since it was last found that nothing stands: then nothing does.
    quiet: bool,
    /// Bins before this one were judged, and found to be over.
    from: i64,
}

impl Score {
    /// Nothing counted yet.
    pub fn new(sensitivity: Sensitivity, tally: Tally) -> Score {
        Score {
            tally,
            cost: sensitivity.switch_cost(),
            floor: sensitivity.floor(),
            from: i64::MIN,
            ..Score::default()
        }
    }

    /// All until now was judged: what comes from now on is judged by itself.
    pub fn begin_anew(&mut self) {
        self.from = self.bins.newest().map_or(self.from, |bin| bin + 1);
    }

    /// Counts requests of a second: how many, of which clients, and those that failed.
    pub fn add(&mut self, second: i64, (n, clients): (u32, u64), bad: Bad) {
        let failed = bad.n;
        let s = self.seconds.at(second);
        s.n = s.n.saturating_add(n);
        s.failed = s.failed.saturating_add(failed);
        s.first = s.first.or(bad.first);
        let bin = self.bins.at(second.div_euclid(BIN_S));
        bin.n = bin.n.saturating_add(n);
        bin.failed = bin.failed.saturating_add(failed);
        bin.clients |= bad.clients;
        self.clients |= clients;
        self.quiet &= self.tally.is_everyday(bin.n, bin.failed);
        let minute = second.div_euclid(60);
        if self.minutes.newest().is_none_or(|m| m < minute) {
            self.more += 1;
            self.forget(second);
        }
        let m = self.minutes.at(minute);
        m.0 += u64::from(n);
        m.1 += u64::from(failed);
    }

    /// Forgets what lies too far back.
    fn forget(&mut self, now: i64) {
        let from = now - BACK_S;
        self.seconds.forget_before(from);
        self.bins.forget_before(from.div_euclid(BIN_S));
        self.minutes.forget_beyond(HISTORY);
    }

    /// Requests and failed ones in `[from, to)`, of the last quarter of an hour.
    pub fn sum(&self, from: i64, to: i64) -> (u64, u64) {
        let within = self.seconds.range(from..to);
        within.fold((0, 0), |(n, k), (_, s)| {
            (n + u64::from(s.n), k + u64::from(s.failed))
        })
    }

    /// Whether none of the requests of the last seconds failed.
    pub fn fails_no_more(&self, now: i64) -> bool {
        let (n, failed) = self.sum(now - BIN_S, now + 1);
        n > 0 && failed == 0
    }

    /// Whether nothing failed since nothing stood.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// What is usual, as of `now`; looked at anew when a part of what is known came since: so much less does a minute add to a day.
    /// `bad` are stretches that show nothing of it.
    pub fn usual(&mut self, now: i64, bad: impl FnOnce(i64) -> Vec<(i64, i64)>) -> Usual {
        let minute = now.div_euclid(60);
        if let Some(usual) = self.usual.filter(|_| self.more * MORE < self.minutes.len()) {
            return usual;
        }
        let oldest = self.minutes.iter().next().map_or(minute, |m| m.0);
        let bad = bad(oldest * 60);
        let is_bad = |m: i64| bad.iter().any(|(a, b)| m * 60 + 60 > *a && m * 60 < *b);
        let all = self.minutes.iter().filter(|(m, _)| !is_bad(*m));
        let old: Vec<(u64, u64)> = all
            .clone()
            .filter(|(m, _)| *m <= minute - RECENT)
            .map(|(_, c)| *c)
            .collect();
        let usual = match old.iter().map(|m| m.0).sum::<u64>() {
            // too few to judge: what came until now
            0..200 => Usual::of_few(&all.map(|(_, c)| *c).collect::<Vec<_>>(), &old),
            _ => Usual::of(&old),
        };
        (self.usual, self.more) = (Some(usual), 0);
        usual
    }

    /// The suspicion that stands at `now`, this second included.
    pub fn alarm(&mut self, now: i64, usual: Usual) -> Option<Alarm> {
        let alarm = self.stands(now, usual);
        self.quiet = alarm.is_none();
        alarm
    }

    fn stands(&self, now: i64, usual: Usual) -> Option<Alarm> {
        let Usual { p0, phi, low } = usual;
        let (bad, good) = ((low / p0).ln(), ((1.0 - low) / (1.0 - p0)).ln());
        let clients = self.clients.count_ones() >= CLIENTS;
        let from = (now - BACK_S).div_euclid(BIN_S).max(self.from);
        let to = now.div_euclid(BIN_S).max(from);
        let (of_bin, of_all) = self.tally.of_client();
        let (mut sum, mut start, mut who, mut counted) = (0.0f64, None, 0u64, 0.0);
        for (at, bin) in self.bins.range(from..to + 1) {
            if sum <= 0.0 {
                (sum, start, who, counted) = (0.0, Some(at), 0, 0.0);
            }
            who |= bin.clients;
            let most = distinct(who).filter(|_| clients).map(|n| n * of_all);
            let left = most.map_or(f64::INFINITY, |most| (most - counted).max(0.0));
            let k = bin.capped(clients, of_bin).min(left);
            counted += k;
            let nats = (k * bad + (f64::from(bin.n) - k).max(0.0) * good) / phi;
            sum += nats.clamp(-CAP, CAP);
        }
        // what fails for one client alone is its own affair
        let alone = clients && (1..=self.tally.alone()).contains(&who.count_ones());
        let start = start.filter(|_| sum > self.cost && !alone)? * BIN_S;
        let (onset, first) = self.edge(start, now, usual)?;
        let (requests, failed) = self.sum(onset, now + 1);
        let more = failed as f64 / requests.max(1) as f64 - p0;
        let newest = self.seconds.iter().rev().find(|s| s.0 <= now);
        let fails = newest.filter(|s| s.1.failed > 0);
        // what fails so from the first line on may always do, unless it is half for certain
        let half = requests as f64 / 2.0 + (requests as f64).sqrt();
        let new = match self.tally {
            Tally::Refused => self.lacks_good(onset, now + 1),
            _ => failed as f64 >= half || self.before(onset) >= BEFORE,
        };
        (failed >= 5 && more >= 0.01 * self.floor && new).then_some(Alarm {
            onset,
            until: fails.map_or(now, |s| s.0 + 1),
            nats: sum,
            requests,
            failed,
            first,
        })
    }

    /// Requests before a second.
    fn before(&self, second: i64) -> u64 {
        let minute = second.div_euclid(60);
        let whole = self.minutes.iter().take_while(|(m, _)| *m < minute);
        let whole: u64 = whole.map(|(_, c)| c.0).sum();
        whole + self.sum(minute * 60, second).0
    }

    /// The first bad second: where the rest speaks most for the share that it has itself, and a request failed. Seconds are gone
    /// through only in bins that could hold it: from the first bin of a steady failure on, no later one speaks for more.
    fn edge(&self, start: i64, now: i64, usual: Usual) -> Option<(i64, Pos)> {
        let q = usual.p0.max(5e-4);
        let within = |from: i64| self.bins.range(from..now.div_euclid(BIN_S) + 1);
        let mut found: Option<(i64, Pos)> = None;
        // the share is that of what was found before: a stray failure long ago must not thin it out
        for _ in 0..3 {
            let from = found.map_or(start, |f| f.0);
            let next = from.div_euclid(BIN_S) + 1;
            let (n, k) = within(next).fold(self.sum(from, next * BIN_S), |(n, k), (_, b)| {
                (n + u64::from(b.n), k + u64::from(b.failed))
            });
            let p = (k as f64 + 0.5) / (n as f64 + 1.0);
            let p = p.max(usual.low).clamp(1.5 * q, 0.995);
            let (bad, good) = ((p / q).ln(), ((1.0 - p) / (1.0 - q)).ln());
            let nats = |n: u32, k: u32| f64::from(k) * bad + f64::from(n.saturating_sub(k)) * good;
            let all = || within(start.div_euclid(BIN_S));
            let mut rest: f64 = all().map(|(_, b)| nats(b.n, b.failed)).sum();
            let (before, mut best) = (found, f64::MIN);
            for (at, bin) in all() {
                let of_bin = nats(bin.n, bin.failed);
                rest -= of_bin;
                if rest + f64::from(bin.failed) * bad < best {
                    continue;
                }
                let mut sum = rest + of_bin;
                for (at, s) in self.seconds.range(at * BIN_S..(at + 1) * BIN_S) {
                    if let Some(first) = s.first
                        && sum >= best
                    {
                        (best, found) = (sum, Some((at, first)));
                    }
                    sum -= nats(s.n, s.failed);
                }
            }
            if found == before {
                break;
            }
        }
        found
    }

    /// Whether requests came in the last minute before `now`, and were as usual; of so few that a minute shows nothing, in the
    /// last five.
    pub fn is_calm(&self, now: i64, usual: Usual) -> bool {
        let more = self.tally.margin(usual);
        let calm = |(n, k): (u64, u64)| k as f64 <= n as f64 * (usual.p0 + more);
        let minute = self.sum(now - 60, now);
        match minute.0 {
            5.. => calm(minute),
            _ => {
                let five = self.sum(now - 300, now);
                five.0 >= 3 && calm(minute) && calm(five)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Option<Pos> = Some(Pos { offset: 0, line: 1 });

    /// Counts one request.
    fn add(score: &mut Score, second: i64, failed: u32, client: u32, at: Option<Pos>) {
        let client = 1 << client;
        let bad = Bad {
            n: failed,
            clients: client * u64::from(failed),
            first: at.filter(|_| failed > 0),
        };
        score.add(second, (1, client), bad);
    }

    /// The second of the first suspicion, of a service with `rate` requests in each second of which every `each`-th fails from
    /// second `from` on, before that every `before`-th.
    fn suspected(rate: u32, before: u32, from: i64, each: u32) -> Option<i64> {
        let mut score = Score::new(Sensitivity::Normal, Tally::Failed);
        let mut count = 0;
        (0..from + 600).find(|&s| {
            for _ in 0..rate {
                count += 1;
                let period = if s < from { before } else { each };
                let failed = u32::from(period > 0 && count % period == 0);
                add(&mut score, s, failed, count % 50 + 1, AT);
            }
            let usual = score.usual(s, |_| Vec::new());
            score.alarm(s, usual).is_some()
        })
    }

    #[test]
    fn a_total_failure_is_suspected_within_twenty_seconds() {
        for rate in [1, 3, 20, 200] {
            let at = suspected(rate, 1000, 3600, 1).unwrap() - 3600;
            assert!((0..=20).contains(&at), "{rate}: {at}");
        }
    }

    #[test]
    fn a_quarter_that_fails_is_suspected_within_a_minute() {
        for rate in [1, 5, 50] {
            let at = suspected(rate, 1000, 3600, 4).unwrap() - 3600;
            assert!((0..=60).contains(&at), "{rate}: {at}");
        }
    }

    #[test]
    fn the_onset_is_where_the_failures_begin_and_not_at_a_stray_one() {
        let mut score = Score::new(Sensitivity::Normal, Tally::Failed);
        let mut found = None;
        for s in 0..4000 {
            let failed = u32::from(s == 3300 || s >= 3600 && s % 2 == 0);
            let place = Pos {
                offset: s as u64,
                line: 1,
            };
            (0..3).for_each(|_| add(&mut score, s, 0, s as u32 % 40, AT));
            add(&mut score, s, failed, s as u32 % 40, Some(place));
            let usual = score.usual(s, |_| Vec::new());
            found = found.or(score.alarm(s, usual));
        }
        let found = found.unwrap();
        assert_eq!((found.onset, found.first.offset), (3600, 3600));
    }

    #[test]
    fn it_is_known_to_fail_until_the_last_request_and_no_longer() {
        let mut score = Score::new(Sensitivity::Normal, Tally::Failed);
        for s in (0..3700).step_by(2) {
            add(&mut score, s, u32::from(s >= 3600), s as u32 % 40, AT);
        }
        let usual = score.usual(3700, |_| Vec::new());
        assert_eq!(score.alarm(3700, usual).unwrap().until, 3699);
    }

    #[test]
    fn what_is_usual_is_not_suspected() {
        for before in [0, 1000, 100, 40] {
            assert_eq!(suspected(20, before, 7200, before), None, "{before}");
        }
    }

    #[test]
    fn what_fails_from_the_first_line_on_is_usual_unless_it_is_half_or_grows() {
        for rate in [1, 3, 20] {
            for each in [3, 4, 10] {
                assert_eq!(suspected(rate, each, 7200, each), None, "{rate} {each}");
            }
            assert!(suspected(rate, 1, 7200, 1).unwrap() < 60, "{rate}");
            let at = suspected(rate, 4, 3600, 1).unwrap() - 3600;
            assert!((0..=40).contains(&at), "{rate}: {at}");
        }
    }

    #[test]
    fn one_burst_and_one_client_make_no_suspicion() {
        let mut score = Score::new(Sensitivity::Normal, Tally::Failed);
        for s in 0..3600 {
            for c in 0..10 {
                add(&mut score, s, 0, c + 1, AT);
            }
            // two seconds of failures of everybody, then an hour of one client's
            let everybody = (1800..1802).contains(&s);
            if everybody || s % 10 == 0 && s > 2000 {
                for c in 0..8 {
                    let client = if everybody { c + 1 } else { 60 };
                    add(&mut score, s, 1, client, AT);
                }
            }
            let usual = score.usual(s, |_| Vec::new());
            assert_eq!(score.alarm(s, usual), None, "{s} {usual:?}");
        }
    }
}
