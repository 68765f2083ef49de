//! Counts requests of now by the host, service, version and upstream that they name.

use super::fold::{Fold, Now};
use super::hash64;
use super::keys::versioned;
use super::series_counts::Dimension;
use super::upstreams::{first_failed, only_try, tries};
use super::{LineAt, Seldom};
use crate::summary::fast::name_ids::Names;
use crate::summary::fold::counting::{NAMED, Name};
use crate::summary::status::is_failed;
use coroner_lines::record::Request;

/// A name, if it is one.
#[inline(always)]
pub(super) fn some(name: &[u8]) -> Option<&[u8]> {
    (!(name.is_empty() || name == b"-")).then_some(name)
}

impl Fold {
    /// Counts a request by what it names; see [`Fold::request`].
    #[inline(always)]
    pub(super) fn count_names(
        &mut self,
        at: LineAt<'_>,
        (host, service, version): (Name<'_>, Name<'_>, Name<'_>),
        (number, service_hash): (u32, u64),
        r: &Request<'_>,
    ) {
        let Now { axis, us, cell, .. } = self.now;
        let failed = is_failed(r.status);
        let (c, t, name) = self.counters(axis);
        if number != 0 {
            let upstream = some(r.upstream);
            let names = Names {
                number,
                host,
                service,
                version,
                upstream,
            };
            if c.named.request(&names, (failed, first_failed(r)), us)
                && let Some(v) = version
            {
                self.turn(at, service, v);
            }
            return;
        }
        let series = &mut c.series;
        if let Some(v) = host {
            let h = hash64(v, NAMED);
            series.count(t, Dimension::Host, h, failed, |k| k.slot(v));
        }
        if let Some(v) = service {
            series.count(t, Dimension::Service, service_hash, failed, |k| k.slot(v));
        }
        if let Some(v) = version {
            let s = service.unwrap_or_default();
            let hash = hash64(v, service_hash);
            series.count(t, Dimension::Version, hash, failed, |k| {
                versioned(s, v, name);
                k.slot(name)
            });
            if t.by_version.level() == 0 {
                let own = || {
                    versioned(s, v, name);
                    name.clone()
                };
                t.turns.note((hash, own), (us, cell.tens()), at);
            } else {
                t.turns = Seldom::default();
            }
        }
        if some(r.upstream).is_some() {
            let mut tried = |addr: &[u8], bad| {
                let h = hash64(addr, 9);
                series.count(t, Dimension::Upstream, h, bad, |k| k.slot(addr));
            };
            match only_try(r) {
                Some((addr, bad)) => tried(addr, bad),
                None => tries((r.upstream, r.upstream_status, r.status), tried),
            }
        }
    }

    /// Notes that a version was at work now.
    #[inline(never)]
    fn turn(&mut self, at: LineAt<'_>, service: Option<&[u8]>, version: &[u8]) {
        let Now { axis, us, cell, .. } = self.now;
        let t = self.part.track_mut(axis);
        // those that are too many are left out when they are counted
        if t.by_version.level() == 0 {
            let service = service.unwrap_or_default();
            let own = || {
                let mut name = Vec::new();
                versioned(service, version, &mut name);
                name
            };
            let hash = hash64(version, hash64(service, NAMED));
            t.turns.note((hash, own), (us, cell.tens()), at);
        }
    }
}
