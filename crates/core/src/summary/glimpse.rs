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
    /// Of these, final status 5xx.
    pub failed: u32,
    /// Clients of requests: a bit for each, by its hash.
    pub clients: u64,
    /// Those of failed ones.
    pub failing: u64,
    /// Where the first failed one lies.
    pub first_failed: Option<Pos>,
    /// Whether the requests were written by the application itself.
    pub by_app: bool,
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
    /// Failed requests since then, their clients, and the first one.
    failed: u32,
    failing: u64,
    first_failed: Option<Pos>,
}

impl Glimpses {
    /// Takes a failed request of the line at hand.
    pub(super) fn fails(&mut self, pos: Pos, client: u64) {
        self.failed += 1;
        self.failing |= client_bit(client);
        self.first_failed = self.first_failed.or(Some(pos));
    }
}

impl Fold {
    /// The same fold, which keeps what its lines show at a glance.
    pub fn glimpsing(mut self) -> Self {
        self.glimpses = Some(Box::default());
        self
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
        let failing = std::mem::take(&mut seen.failing);
        let first_failed = seen.first_failed.take();
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
            last.failed += failed;
            last.clients |= clients;
            last.failing |= failing;
            last.first_failed = last.first_failed.or(first_failed);
            return;
        }
        seen.all.push(Glimpse {
            at: Some((axis, us)),
            first,
            records,
            requests,
            failed,
            clients,
            failing,
            first_failed,
            by_app,
        });
    }
}
