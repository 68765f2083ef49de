//! Folds records into the summary of one input: the path that runs once per line.
//! Keeps small caches so that a line costs a few additions; the caches never change the result.

use super::cache::{Caches, SlotCache, flush_latency_into};
use super::endpoint::endpoint_hash;
use super::track::JoinCell;
use super::{
    Activity, Axis, Cell, Coverage, InputMeta, InputPart, Marker, Pos, Seen, Stretch, Track,
    endpoint, hash64, is_health_check,
};
use super::{keys::Keys, messages, requests::latency_bucket};
use crate::record::{At, Body, Kind, Level, Message, Record, Request};
use crate::time::{MINUTE, SECOND, Stamp, with_year};
use std::ops::Range;

/// A line of a block.
#[derive(Clone, Copy, Debug)]
pub struct LineAt<'b> {
    /// The block.
    pub block: &'b [u8],
    /// First byte of the line in the block.
    pub start: usize,
    /// End of the line in the block, without newline and carriage return.
    pub end: usize,
    /// Where it lies in the input.
    pub pos: Pos,
}

impl<'b> LineAt<'b> {
    /// The line.
    #[inline]
    pub fn bytes(&self) -> &'b [u8] {
        &self.block[self.start..self.end]
    }
}

/// The lines of one minute that the current block has shown so far.
#[derive(Debug)]
struct Recent {
    axis: Axis,
    minute: i64,
    n: u32,
    errors: u32,
    first: (i64, Pos, Range<usize>),
    last: (i64, Pos, Range<usize>),
}

/// Folds the lines of one stretch of one input, in order.
#[derive(Debug)]
pub struct Fold {
    part: InputPart,
    year_reference: i64,
    recent: Option<Recent>,
    caches: [Option<Box<Caches>>; 2],
    formats: Vec<u64>,
    scratch: messages::Scratch,
    name: Vec<u8>,
    offsets: (Option<i16>, u64),
    /// The last time and where it lies: lines of one second follow each other.
    clock: (i64, Cell, i64),
}

impl Fold {
    /// An empty fold. `year_reference` is the wall time in microseconds that year-less stamps are not later than.
    pub fn new(meta: InputMeta, year_reference: i64) -> Self {
        Fold {
            part: InputPart::new(meta),
            year_reference,
            recent: None,
            caches: [None, None],
            formats: Vec::new(),
            scratch: messages::Scratch::default(),
            name: Vec::new(),
            offsets: (None, 0),
            clock: (0, Cell::of(0), 0),
        }
    }

    /// Counts a line that belongs to the record before it.
    pub fn continuation(&mut self) {
        self.part.accounting.lines += 1;
        self.part.accounting.continuation += 1;
    }

    /// Counts a line that no format understands, and keeps the first three.
    pub fn unparsed(&mut self, at: LineAt<'_>, overlong: bool) {
        let a = &mut self.part.accounting;
        a.lines += 1;
        a.unparsed += 1;
        a.overlong += u64::from(overlong);
        if a.examples.len() < 3 {
            a.examples
                .insert(at.pos.offset, Seen::new(0, at.pos, at.bytes()));
        }
    }

    /// The instant or wall time of a stamp in microseconds, and its axis.
    #[inline]
    fn tick(&self, stamp: Stamp) -> (Axis, i64) {
        let s = with_year(stamp, self.year_reference);
        match (s.offset_min, self.part.meta.zone) {
            (Some(o), _) => (Axis::Utc, s.wall_us - i64::from(o) * MINUTE),
            (None, Some(z)) => (Axis::Utc, z.instant_of(s.wall_us, false).0),
            (None, None) => (Axis::Wall, s.wall_us),
        }
    }

    /// Folds one record. `format` is the index of its format in the plan's list; `exception` the telling line of a stack
    /// trace that follows it.
    pub fn record(
        &mut self,
        at: LineAt<'_>,
        rec: &Record<'_>,
        format: usize,
        kind: Kind,
        exception: Option<&[u8]>,
    ) {
        let a = &mut self.part.accounting;
        a.lines += 1;
        if matches!(rec.body, Body::Nothing) {
            a.continuation += 1;
            return;
        }
        a.parsed += 1;
        if self.formats.len() <= format {
            self.formats.resize(format + 1, 0);
        }
        self.formats[format] += 1;
        let scope = match (rec.scope, self.part.meta.scope, kind) {
            (Some(s), _, _) => s,
            (None, Kind::Deploy, Kind::App) => Kind::Deploy,
            (None, Kind::Pager, Kind::App) => Kind::Pager,
            _ => kind,
        };
        let n = match &rec.body {
            Body::Notices(v) => v.len() as u64,
            _ => 1,
        };
        a.records += n;
        a.kinds[scope as usize] += n;
        let Some(stamp) = rec.stamp else {
            return self.untimed(at, rec, scope);
        };
        if stamp.offset_min == self.offsets.0 {
            self.offsets.1 += 1;
        } else {
            self.flush_offsets();
            self.offsets = (stamp.offset_min, 1);
        }
        self.part.accounting.yearless += u64::from(stamp.dated == crate::time::Dated::NoYear);
        let (axis, mut us) = self.tick(stamp);
        if let Body::Request(r) = &rec.body
            && rec.stamped == At::Start
            && r.latency_us > 0
        {
            us += r.latency_us;
            self.part.accounting.start_stamped += 1;
        }
        if us != self.clock.0 {
            self.clock = (us, Cell::of(us), us.div_euclid(MINUTE));
        }
        let (_, cell, minute) = self.clock;
        let mut error = false;
        match &rec.body {
            Body::Request(r) => {
                self.request(axis, (us, cell), at, rec, r);
                if let Some(m) = &r.message {
                    error = m.level >= Level::Error;
                    self.message(axis, us, at, rec, m, scope, exception);
                }
            }
            Body::Message(m) => {
                error = m.level >= Level::Error;
                self.message(axis, us, at, rec, m, scope, exception);
            }
            Body::Notices(v) => {
                for (rank, n) in v.iter().enumerate() {
                    let (axis, us) = n.stamp.map_or((axis, us), |s| self.tick(s));
                    self.part.track_mut(axis).add_marker(Marker::of_notice(
                        Some(us),
                        at,
                        rank,
                        rec,
                        n,
                    ));
                }
            }
            Body::Nothing => {}
        }
        self.activity(axis, (us, minute), at, error);
    }

    /// What a record without a time says.
    #[cold]
    fn untimed(&mut self, at: LineAt<'_>, rec: &Record<'_>, scope: Kind) {
        let said = match &rec.body {
            Body::Message(m) => Some(m),
            Body::Request(r) => {
                self.part.accounting.untimed_requests += 1;
                r.message.as_ref()
            }
            Body::Notices(v) => {
                for (rank, n) in v.iter().enumerate() {
                    match n.stamp.map(|s| self.tick(s)) {
                        Some((axis, us)) => self
                            .part
                            .track_mut(axis)
                            .add_marker(Marker::of_notice(Some(us), at, rank, rec, n)),
                        None => {
                            self.part
                                .add_untimed(Marker::of_notice(None, at, rank, rec, n));
                        }
                    }
                }
                None
            }
            Body::Nothing => None,
        };
        if let Some(m) = said {
            messages::untimed(&mut self.part, &mut self.scratch, at, rec, m, scope);
        }
    }

    #[inline]
    fn activity(&mut self, axis: Axis, (us, minute): (i64, i64), at: LineAt<'_>, error: bool) {
        if let Some(r) = &mut self.recent {
            if r.minute == minute && r.axis == axis {
                r.n += 1;
                r.errors += u32::from(error);
                if us >= r.last.0 {
                    r.last = (us, at.pos, at.start..at.end);
                }
                if us < r.first.0 {
                    r.first = (us, at.pos, at.start..at.end);
                }
                return;
            }
            self.flush(at.block);
        }
        let here = (us, at.pos, at.start..at.end);
        self.recent = Some(Recent {
            axis,
            minute,
            n: 1,
            errors: u32::from(error),
            first: here.clone(),
            last: here,
        });
    }

    /// Writes down what the current block has shown; must be called with each block before the next one.
    pub fn flush(&mut self, block: &[u8]) {
        for (i, axis) in [Axis::Utc, Axis::Wall].into_iter().enumerate() {
            if let Some(c) = &mut self.caches[i] {
                c.flush(self.part.track_mut(axis));
            }
        }
        let Some(r) = self.recent.take() else { return };
        let track = self.part.track_mut(r.axis);
        track.span = Some(match track.span {
            Some((a, b)) => (a.min(r.first.0), b.max(r.last.0)),
            None => (r.first.0, r.last.0),
        });
        let line = |x: &(i64, Pos, Range<usize>)| Seen::new(x.0, x.1, &block[x.2.clone()]);
        match track.activity.entry(r.minute) {
            std::collections::btree_map::Entry::Vacant(e) => {
                e.insert(Activity {
                    n: r.n,
                    errors: r.errors,
                    first: line(&r.first),
                    last: line(&r.last),
                });
            }
            std::collections::btree_map::Entry::Occupied(mut e) => {
                let c = e.get_mut();
                c.n = c.n.saturating_add(r.n);
                c.errors = c.errors.saturating_add(r.errors);
                if (r.first.0, r.first.1.offset) < c.first.order() {
                    c.first = line(&r.first);
                }
                if (r.last.0, r.last.1.offset) > c.last.order() {
                    c.last.set(r.last.0, r.last.1, &block[r.last.2.clone()]);
                }
            }
        }
    }

    #[inline]
    fn request(
        &mut self,
        axis: Axis,
        (us, cell): (i64, Cell),
        at: LineAt<'_>,
        rec: &Record<'_>,
        r: &Request<'_>,
    ) {
        let failed = (500..600).contains(&r.status);
        let acc = &mut self.part.accounting;
        acc.requests += 1;
        acc.requests_by_app += u64::from(r.by_app);
        acc.failed += u64::from(failed);
        let c = self.caches[axis as usize].get_or_insert_with(|| Box::new(Caches::new()));
        let t = match axis {
            Axis::Utc => &mut self.part.utc,
            Axis::Wall => &mut self.part.wall,
        };
        let q = &mut t.requests;
        if is_health_check(r.path, r.agent) {
            q.health.add(us, 1);
            if failed {
                *q.health_failed.entry(us.div_euclid(SECOND)).or_default() += 1;
            }
            return;
        }
        c.request(&mut q.n, cell);
        let client = hash64(r.client, 1);
        if client < c.client_limit && !r.client.is_empty() {
            q.clients.add(client, (), |_, _| ());
            if q.clients.is_full() {
                c.client_limit = q.clients.iter().last().map_or(u64::MAX, |(h, _)| *h);
            }
        }
        if r.latency_us >= 0 {
            let minute = us.div_euclid(MINUTE);
            if c.latency.0 != minute {
                flush_latency_into(q, &mut c.latency);
                c.latency.0 = minute;
            }
            c.latency.1[latency_bucket(r.latency_us)] += 1;
        }
        if failed || matches!(r.status, 0 | 444 | 460 | 499) {
            note_failure(q, us, at, client, r, failed);
            if r.by_app || failed {
                t.joins.add(
                    join_hash(r.client, r.method, r.path),
                    JoinCell { count: 1, us },
                    Track::join,
                );
            }
        }
        let status = u64::from(r.status) + 1;
        c.status.count(&mut t.by_status, cell, status, failed, |k| {
            k.slot(r.status.to_string().as_bytes())
        });
        let class4 = (400..500).contains(&r.status);
        let h = if class4 {
            hash64(r.method, 2)
        } else {
            endpoint_hash(r.method, r.path)
        };
        let name = &mut self.name;
        c.endpoint.count(&mut t.by_endpoint, cell, h, failed, |k| {
            if class4 {
                name.clear();
                name.extend_from_slice(if r.method.is_empty() { b"-" } else { r.method });
                name.extend_from_slice(b" (4xx)");
            } else {
                endpoint(r.method, r.path, name);
            }
            k.slot(name)
        });
        let [hosts, services, versions, upstreams] = &mut c.names;
        let dim =
            |cache: &mut SlotCache, keys: &mut Keys, value: &Option<std::borrow::Cow<'_, [u8]>>| {
                if let Some(v) = value {
                    cache.count(keys, cell, hash64(v, 7), failed, |k| k.slot(v));
                }
            };
        dim(hosts, &mut t.by_host, &rec.host);
        dim(services, &mut t.by_service, &rec.service);
        dim(versions, &mut t.by_version, &rec.version);
        if !(r.upstream.is_empty() || r.upstream == b"-") {
            tries(r, |addr, bad| {
                let keys = &mut t.by_upstream;
                upstreams.count(keys, cell, hash64(addr, 9), bad, |k| k.slot(addr));
            });
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call per line; a struct would be built and torn down each time"
    )]
    fn message(
        &mut self,
        axis: Axis,
        us: i64,
        at: LineAt<'_>,
        rec: &Record<'_>,
        m: &Message<'_>,
        scope: Kind,
        exception: Option<&[u8]>,
    ) {
        let said = messages::Said {
            at,
            rec,
            message: m,
            scope,
            exception,
            us,
        };
        messages::timed(self.part.track_mut(axis), &mut self.scratch, &said);
    }

    fn flush_offsets(&mut self) {
        if let (Some(o), n) = std::mem::take(&mut self.offsets) {
            *self.part.accounting.offsets.entry(o).or_default() += n;
        }
    }

    /// Adds a sentence about trouble while reading.
    pub fn note(&mut self, note: String) {
        self.part.notes.insert(note);
    }

    /// The summary of the stretch. `names` are the formats' names in the plan's order.
    pub fn finish(mut self, start: u64, stretch: Stretch, names: &[String]) -> InputPart {
        self.flush(&[]);
        self.flush_offsets();
        self.part.accounting.bytes = stretch.end - start;
        for (i, n) in self.formats.iter().enumerate().filter(|(_, n)| **n > 0) {
            *self
                .part
                .accounting
                .formats
                .entry(names[i].clone())
                .or_default() += n;
        }
        self.part.coverage = Coverage::one(start, stretch);
        self.part
    }
}

/// Hash by which an access line and an error line of the same request find each other.
pub(crate) fn join_hash(client: &[u8], method: &[u8], path: &[u8]) -> u64 {
    hash64(path, hash64(method, hash64(client, 5)))
}

#[cold]
fn note_failure(
    q: &mut super::Requests,
    us: i64,
    at: LineAt<'_>,
    client: u64,
    r: &Request<'_>,
    failed: bool,
) {
    if !failed {
        *q.gone.entry(us.div_euclid(10 * SECOND)).or_default() += 1;
        return;
    }
    match q.failed.entry(us.div_euclid(SECOND)) {
        std::collections::btree_map::Entry::Vacant(e) => {
            let seen = Seen::new(us, at.pos, at.bytes());
            e.insert(super::Failed {
                n: 1,
                first: seen.clone(),
                last: seen,
            });
        }
        std::collections::btree_map::Entry::Occupied(mut e) => {
            let c = e.get_mut();
            c.n = c.n.saturating_add(1);
            if (us, at.pos.offset) > c.last.order() {
                c.last.set(us, at.pos, at.bytes());
            }
            if (us, at.pos.offset) < c.first.order() {
                c.first.set(us, at.pos, at.bytes());
            }
        }
    }
    if r.client.is_empty() {
        return;
    }
    let minute = us.div_euclid(MINUTE);
    q.failed_clients.entry(minute).or_default().insert(client);
    let bits = q
        .failed_bitmap
        .entry(us.div_euclid(10 * SECOND))
        .or_default();
    let bit = (client >> 54) as usize;
    bits[bit / 64] |= 1 << (bit % 64);
    let b = q
        .failed_buckets
        .entry(minute)
        .or_insert_with(|| Box::new([0; 64]));
    let c = &mut b[(client >> 20) as usize % 64];
    *c = c.saturating_add(1);
}

/// Calls `f` for each try of a request: upstream address, and whether that try failed. Lists are separated by `, ` and ` : `.
fn tries<'a>(r: &Request<'a>, mut f: impl FnMut(&'a [u8], bool)) {
    let last_failed = (500..600).contains(&r.status);
    if memchr::memchr2(b',', b' ', r.upstream).is_none() {
        let bad = if r.upstream_status.is_empty() || r.upstream_status == b"-" {
            last_failed
        } else {
            r.upstream_status.first() == Some(&b'5')
        };
        return f(r.upstream, bad);
    }
    let split = |s: &'a [u8]| {
        s.split(|c| matches!(c, b',' | b' '))
            .filter(|x| !x.is_empty() && *x != b":")
    };
    let mut statuses = split(r.upstream_status);
    for addr in split(r.upstream) {
        let bad = statuses
            .next()
            .map_or(last_failed, |s| s.first() == Some(&b'5'));
        f(addr, bad);
    }
}
