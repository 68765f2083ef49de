//! What lines show at a glance while they are folded: when they were written, how many are requests, how many of these failed.
//! Lines of one second that follow each other are one. `watch` goes by it; nothing of it enters a part.

use crate::summary::fold::{Fold, Now};
use crate::summary::{Axis, Pos};
use coroner_lines::time::SECOND;

/// What lines of one second that follow each other show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// When the first one was written, in microseconds on an axis of the input.
    pub at: Option<(Axis, i64)>,
    /// Where the first of them lies.
    pub first: Pos,
    /// How many records they are.
    pub records: u32,
    /// Requests, health checks left out.
    pub requests: u32,
    /// Clients of requests: a bit for each, by its hash.
    pub clients: u64,
    /// Of the requests, final status 5xx.
    pub failed: Bad,
    /// Refused: final status 4xx, but for what was given up.
    pub refused: Bad,
    /// Whether the requests were written by the application itself.
    pub by_app: bool,
}

/// Requests that were not answered as their clients wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bad {
    /// How many.
    pub n: u32,
    /// Their clients: a bit for each, by its hash.
    pub clients: u64,
    /// Where the first one lies.
    pub first: Option<Pos>,
}

impl Bad {
    /// Takes one more, by the bit of its client.
    pub(crate) fn note(&mut self, pos: Pos, clients: u64) {
        let first = Some(pos);
        self.add(Bad {
            n: 1,
            clients,
            first,
        });
    }

    fn add(&mut self, later: Bad) {
        self.n += later.n;
        self.clients |= later.clients;
        self.first = self.first.or(later.first);
    }
}

/// The bit of a client in a set of 64; of none there is no bit.
#[inline(always)]
pub(crate) fn client_bit(hash: u64) -> u64 {
    match hash {
        0 => 0,
        _ => 1 << (hash & 63),
    }
}

/// What was seen of the lines so far, and what the line at hand shows.
#[derive(Debug, Default)]
pub(super) struct Glimpses {
    all: Vec<Glimpse>,
    /// Health checks since the last glimpse.
    pub(super) health: u32,
    /// Failed and refused requests since then.
    pub(super) failed: Bad,
    pub(super) refused: Bad,
}

impl Fold {
    /// Keeps what the next lines show at a glance.
    pub fn glimpse_lines(&mut self) {
        self.glimpses = Some(Box::default());
    }

    /// What was seen since this was last asked.
    pub fn glimpses(&mut self) -> Vec<Glimpse> {
        let seen = self.glimpses.as_mut();
        seen.map_or_else(Vec::new, |g| std::mem::take(&mut g.all))
    }

    /// Takes records that were folded, of which so many are requests, and the first of which lies there.
    #[inline(always)]
    pub(super) fn glimpse(&mut self, us: i64, first: Pos, records: u32, requests: u32, app: bool) {
        if self.glimpses.is_some() {
            self.seen(us, first, records, requests, app);
        }
    }

    #[inline(never)]
    fn seen(&mut self, us: i64, first: Pos, records: u32, requests: u32, by_app: bool) {
        let Now { axis, .. } = self.now;
        let clients = self.caches[axis as usize].as_mut();
        let clients = clients.map_or(0, |c| std::mem::take(&mut c.clients_seen));
        let Some(seen) = &mut self.glimpses else {
            return;
        };
        let requests = requests.saturating_sub(std::mem::take(&mut seen.health));
        let failed = std::mem::take(&mut seen.failed);
        let refused = std::mem::take(&mut seen.refused);
        let second = us.div_euclid(SECOND);
        if let Some(last) = seen.all.last_mut()
            && last
                .at
                .is_some_and(|(a, t)| a == axis && t.div_euclid(SECOND) == second)
            && (last.by_app == by_app || last.requests == 0 || requests == 0)
        {
            last.records += records;
            last.by_app = if requests > 0 { by_app } else { last.by_app };
            last.requests += requests;
            last.clients |= clients;
            last.failed.add(failed);
            last.refused.add(refused);
            return;
        }
        seen.all.push(Glimpse {
            at: Some((axis, us)),
            first,
            records,
            requests,
            clients,
            failed,
            refused,
            by_app,
        });
    }
}
