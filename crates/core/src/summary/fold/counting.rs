//! Counts requests into the series of a track: by second, status, endpoint and name, and the failed ones line by line.
//! The path that runs once per line; what a line says is known here, how it was written is not.

use crate::summary::LineAt;
use crate::summary::agent::count_agent;
use crate::summary::cache::Caches;
use crate::summary::endpoint::{
    begins_as_health, endpoint_hash, first_segment, has_health_path, is_health_agent,
};
use crate::summary::fast::endpoint_key::Short;
use crate::summary::fold::{Fold, Now};
use crate::summary::keys::{ALL_SEGMENTS, bucket_of};
use crate::summary::series_counts::Dimension;
use crate::summary::status::{is_client_fault, is_failed, is_given_up};
use crate::summary::upstreams::masks_failure;
use crate::summary::{
    Axis, Marker, Pos, Requests, Track, client_bit, endpoint, hash64, is_health_check,
};
use coroner_lines::fast::access::Access;
use coroner_lines::format::leaf::request_line;
use coroner_lines::marker;
use coroner_lines::record::{Kind, Request};
use coroner_lines::time::{Precision, SECOND, Stamp};
use std::ops::Range;

/// Plain access lines of one written time that follow each other in a block. They are of the plan's first format.
#[derive(Clone, Debug)]
pub struct AccessRun {
    /// How many.
    pub n: u32,
    /// Where the first one lies, in the input and in the block.
    pub first: (Pos, Range<usize>),
    /// Where the last one lies.
    pub last: (Pos, Range<usize>),
    /// What the records of the format are.
    pub kind: Kind,
    /// Their written time.
    pub stamp: Stamp,
    /// Whether that is asked for.
    pub inside: bool,
}

impl AccessRun {
    /// No lines yet.
    pub fn none(kind: Kind) -> Self {
        let nowhere = (Pos::default(), 0..0);
        AccessRun {
            n: 0,
            first: nowhere.clone(),
            last: nowhere,
            kind,
            stamp: Stamp::utc(0, Precision::Second),
            inside: true,
        }
    }
}

/// A host, service or version, where a line states it.
pub(in crate::summary) type Name<'a> = Option<&'a [u8]>;

/// Seed of the hashes by which services, hosts and versions are remembered.
pub(in crate::summary) const NAMED: u64 = 7;

/// What distinguishes a request from others of its second. Given, not lent, to what is not inlined: then it is written to memory only
/// where that is called.
#[derive(Clone, Copy)]
struct Who<'a> {
    status: u16,
    method: &'a [u8],
    path: &'a [u8],
    client: &'a [u8],
    agent: &'a [u8],
    by_app: bool,
}

impl<'a> Who<'a> {
    fn of(a: &Access<'a>) -> Self {
        let (method, path) = request_line(a.request_line());
        Who {
            status: a.status,
            method,
            path,
            client: a.client,
            agent: a.agent,
            by_app: false,
        }
    }

    #[inline(always)]
    fn of_request(r: &Request<'a>) -> Self {
        Who {
            status: r.status,
            method: r.method,
            path: r.path,
            client: r.client,
            agent: r.agent,
            by_app: r.by_app,
        }
    }
}

impl Fold {
    /// Goes to the time of a run of plain access lines, and says whether that is asked for. If so [`Fold::access`] must see
    /// each of them before anything else is folded; then comes [`Fold::end_run`].
    pub fn begin_run(&mut self, stamp: Stamp) -> bool {
        // the stamps of such lines are whole
        let Some((axis, us)) = self.tick(stamp) else {
            return true;
        };
        if self.meet_at(axis, us) {
            return false;
        }
        self.go_to(axis, us);
        let cell = self.now.cell;
        let (c, t, _) = self.counters(axis);
        c.go_to(t, cell);
        true
    }

    /// Counts one line of a run.
    #[inline(always)]
    pub fn access(&mut self, at: LineAt<'_>, a: &Access<'_>) {
        let failed = is_failed(a.status);
        let axis = self.now.axis;
        let segments = self.segments(axis);
        let key = Short::of(a.line, a.request.start, a.request.end, segments);
        if let (Some(c), Some(key)) = (&mut self.caches[axis as usize], key)
            && let Some(known) = c.series.short(&key)
            && !(known.health || is_client_fault(a.status) || is_health_agent(a.agent))
        {
            let t: &mut Track = match axis {
                Axis::Utc => &mut self.part.utc,
                Axis::Wall => &mut self.part.wall,
            };
            let client = count_common(c, t, self.now.of_ten, a.status, (a.client, a.agent));
            c.series.count_short(known, failed);
            count_beside(c, t, a);
            if failed || is_given_up(a.status) {
                self.failure(at, client, Who::of(a));
            }
            return;
        }
        self.unknown(at, a, key);
    }

    /// How many segments of a path show its endpoint.
    #[inline(always)]
    pub(in crate::summary) fn segments(&self, axis: Axis) -> u32 {
        let caches = self.caches[axis as usize].as_ref();
        caches.map_or(ALL_SEGMENTS, |c| c.series.segments)
    }

    /// Counts a line of a run whose endpoint is not known yet, or which is a health check.
    #[inline(never)]
    fn unknown(&mut self, at: LineAt<'_>, a: &Access<'_>, key: Option<Short>) {
        let who = Who::of(a);
        self.change_by_request(at, None, &who);
        if self.anew(at, who, key) {
            let (c, t, _) = self.counters(self.now.axis);
            count_beside(c, t, a);
        }
    }

    /// Notes what the request changes, if it writes a flag or a setting by its method and path.
    #[inline(always)]
    fn change_by_request(&mut self, at: LineAt<'_>, host: Name<'_>, who: &Who<'_>) {
        if let Some(kind) = marker::written(who.method, who.path, who.status) {
            let Now { axis, us, .. } = self.now;
            let m = Marker::of_request(us, at, host, (who.method, who.path), kind);
            self.part.track_mut(axis).add_marker(m);
        }
    }

    /// Counts a request, and remembers its endpoint where it has a key; whether it is one of a user.
    #[inline(never)]
    fn anew(&mut self, at: LineAt<'_>, who: Who<'_>, key: Option<Short>) -> bool {
        // whoever asks in vain for the path of one checks nothing
        let checks = !is_client_fault(who.status) || is_health_agent(who.agent);
        if checks && is_health_check(who.path, who.agent) {
            self.health(is_failed(who.status));
            return false;
        }
        let number = self.count(at, who);
        if let Some(key) = key
            && !is_client_fault(who.status)
            && let Some(c) = &mut self.caches[self.now.axis as usize]
        {
            let health = match key.is_cut() {
                true => begins_as_health(who.path),
                false => has_health_path(who.path),
            };
            c.series.remember_short(key, number, health);
        }
        true
    }

    /// Counts a request whose endpoint is known by its key; whether it is.
    #[inline(always)]
    fn count_by_key(&mut self, at: LineAt<'_>, r: &Request<'_>, key: &Short) -> bool {
        let Now {
            axis, cell, of_ten, ..
        } = self.now;
        let (c, t, _) = self.counters(axis);
        let Some(known) = c.series.short(key) else {
            return false;
        };
        if known.health || is_client_fault(r.status) || is_health_agent(r.agent) {
            return false;
        }
        c.go_to(t, cell);
        let failed = is_failed(r.status);
        let client = count_common(c, t, of_ten, r.status, (r.client, r.agent));
        c.series.count_short(known, failed);
        if failed || is_given_up(r.status) {
            self.failure(at, client, Who::of_request(r));
        }
        true
    }

    /// Writes down what all lines of a run have in common.
    pub fn end_run(&mut self, block: &[u8], run: &AccessRun) {
        let n = u64::from(run.n);
        if !run.inside {
            return self.out_of_range(n);
        }
        let a = &mut self.part.accounting;
        a.lines += n;
        a.parsed += n;
        a.records += n;
        a.kinds[run.kind as usize] += n;
        a.requests += n;
        self.count_format(0, n);
        self.count_offset(run.stamp.offset_min, self.now.us, n);
        self.glimpse(self.now.us, run.first.0, run.n, run.n, false);
        // plain lines: each begins where it lies
        self.activity(block, (run.n, 0), true, &run.first, &run.last);
    }

    /// Counts a request of the host, service and version that are named, if they are, by the number of its names, if it has
    /// one; if not, `service_hash` is the hash of the service, or of nothing; `key` is that of its endpoint.
    #[inline(always)]
    pub(in crate::summary) fn request(
        &mut self,
        at: LineAt<'_>,
        (host, service, version): (Name<'_>, Name<'_>, Name<'_>),
        (number, service_hash): (u32, u64),
        r: &Request<'_>,
        key: &Option<Short>,
    ) {
        // the proxy's line of it counts
        if r.by_app && self.part.meta.served {
            return;
        }
        let acc = &mut self.part.accounting;
        acc.requests += 1;
        acc.requests_by_app += u64::from(r.by_app);
        self.change_by_request(at, host, &Who::of_request(r));
        if !is_failed(r.status) && masks_failure(r.upstream_status) {
            let Now { axis, us, .. } = self.now;
            let q = &mut self.part.track_mut(axis).requests;
            q.note_masked(us, at.pos, at.bytes());
        }
        let known = match key {
            Some(k) => self.count_by_key(at, r, k),
            None => false,
        };
        if !known && !self.anew(at, Who::of_request(r), *key) {
            return;
        }
        let Now { axis, us, .. } = self.now;
        let (c, t, _) = self.counters(axis);
        if !r.id.is_empty() {
            c.ids.add(&mut t.ids, hash64(r.id, 11), us);
        }
        if r.latency_us >= 0 {
            c.took(r.latency_us);
        }
        self.count_names(at, (host, service, version), (number, service_hash), r);
    }

    /// Caches, track and a buffer for names, of one axis.
    #[inline(always)]
    pub(in crate::summary) fn counters(
        &mut self,
        axis: Axis,
    ) -> (&mut Caches, &mut Track, &mut Vec<u8>) {
        let c = self.caches[axis as usize].get_or_insert_with(Caches::boxed);
        let t: &mut Track = match axis {
            Axis::Utc => &mut self.part.utc,
            Axis::Wall => &mut self.part.wall,
        };
        (c, t, &mut self.name)
    }

    /// Counts a health check, which is no request of a user.
    #[cold]
    fn health(&mut self, failed: bool) {
        let Now { axis, us, .. } = self.now;
        self.part.accounting.failed += u64::from(failed);
        self.glimpses.iter_mut().for_each(|g| g.health += 1);
        let (_, t, _) = self.counters(axis);
        t.requests.health.add(us, 1);
        if failed {
            t.requests.health_failed.count(us.div_euclid(SECOND), 1);
        }
    }

    /// Counts a user's request of now; gives the number of its endpoint.
    #[inline]
    fn count(&mut self, at: LineAt<'_>, who: Who<'_>) -> u32 {
        let Now {
            axis, cell, of_ten, ..
        } = self.now;
        let failed = is_failed(who.status);
        let (c, t, name) = self.counters(axis);
        c.go_to(t, cell);
        let client = count_common(c, t, of_ten, who.status, (who.client, who.agent));
        let class4 = is_client_fault(who.status);
        let bucketed = c.series.has_endpoint_buckets();
        let h = if class4 {
            hash64(who.method, 2)
        } else if bucketed {
            // there are as many as there are buckets: whatever comes, no name is looked up
            first_segment(who.method, who.path, name);
            hash64(&bucket_of(name), 3)
        } else {
            endpoint_hash(who.method, who.path)
        };
        let number = c.series.count(t, Dimension::Endpoint, h, failed, |k| {
            if class4 {
                name.clear();
                name.extend_from_slice(if who.method.is_empty() {
                    b"-"
                } else {
                    who.method
                });
                name.extend_from_slice(b" (4xx)");
            } else if !bucketed {
                endpoint(who.method, who.path, name);
            }
            k.slot(name)
        });
        if class4 || failed || is_given_up(who.status) {
            self.failure(at, client, who);
        }
        number
    }

    #[cold]
    fn failure(&mut self, at: LineAt<'_>, client: u64, who: Who<'_>) {
        self.part.accounting.failed += u64::from(is_failed(who.status));
        let Now { axis, us, took, .. } = self.now;
        let failed = is_failed(who.status);
        if failed {
            self.note_failed(at);
        }
        if let Some(seen) = &mut self.glimpses
            && !is_given_up(who.status)
        {
            let bad = match failed {
                true => &mut seen.failed,
                false => &mut seen.refused,
            };
            bad.note(at.pos, client_bit(client));
        }
        let (c, t, _) = self.counters(axis);
        if took > 0 && failed {
            let came = (us - took).div_euclid(SECOND);
            t.requests.began.count(came, 1);
        }
        note_failure(c, t, us, client, &who);
    }
}

/// Counts what needs no name of the request: that it was, its status, who asks. Gives the hash of the client.
#[inline(always)]
fn count_common(
    c: &mut Caches,
    t: &mut Track,
    of_ten: u32,
    status: u16,
    (client, agent): (&[u8], &[u8]),
) -> u64 {
    c.request(of_ten);
    // nobody asks for the hash of no client
    let hash = match client {
        [] => 0,
        _ => crate::summary::failed_clients::client_hash(client),
    };
    c.clients_seen |= client_bit(hash);
    if hash < c.client_limit && !client.is_empty() {
        add_client(&mut t.requests, hash, &mut c.client_limit);
    }
    let h = u64::from(status) + 1;
    let failed = is_failed(status);
    c.series.count(t, Dimension::Status, h, failed, |k| {
        k.slot(status.to_string().as_bytes())
    });
    count_agent(c, t, agent, failed);
    hash
}

/// Counts the fields of a plain line in front of the client and behind the agent.
#[inline(always)]
fn count_beside(c: &mut Caches, t: &mut Track, a: &Access<'_>) {
    if a.latency_us >= 0 {
        c.took(a.latency_us);
    }
    if let Some(site) = a.service {
        let (h, failed) = (hash64(site, NAMED), is_failed(a.status));
        c.series
            .count(t, Dimension::Service, h, failed, |k| k.slot(site));
    }
}

/// Adds a client to the sample of the smallest hashes; `limit` is the largest of a full sample.
#[cold]
fn add_client(q: &mut Requests, client: u64, limit: &mut u64) {
    q.clients.add(client, (), |_, _| ());
    if q.clients.is_full() {
        *limit = q.clients.iter().last().map_or(u64::MAX, |(h, _)| *h);
    }
}

/// Hash by which an access line and an error line of the same request find each other.
pub(crate) fn join_hash(client: &[u8], method: &[u8], path: &[u8]) -> u64 {
    hash64(path, hash64(method, hash64(client, 5)))
}

/// Notes a request that failed, was refused or given up; `client` is the hash of its client.
#[cold]
fn note_failure(c: &mut Caches, t: &mut Track, us: i64, client: u64, who: &Who<'_>) {
    let failed = is_failed(who.status);
    if failed || who.by_app && is_given_up(who.status) {
        let h = join_hash(who.client, who.method, who.path);
        c.joins.add(&mut t.joins, h, us);
    }
    match who.status {
        s if is_given_up(s) => c.gone(),
        _ if who.client.is_empty() => {}
        _ if failed => c.failed(t, client),
        _ => c.refused(client),
    }
}
