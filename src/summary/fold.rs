//! Folds records into the summary of one input: the path that runs once per line.
//! Keeps small caches so that a line costs a few additions; the caches never change the result.

use super::asked::Clock;
use super::cache::Caches;
use super::messages;
use super::{
    Activity, Axis, Cell, Coverage, Ends, InputMeta, InputPart, Kept, Marker, Pos, Seen, Stretch,
    Windows, Written, hash64,
};
use crate::marker::own::OwnRule;
use crate::record::{At, Body, Kind, Level, Message, Record};
use crate::time::{Calendar, DAY, Dated, MINUTE, Stamp};
use std::ops::Range;
use std::sync::Arc;

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
    /// Lines after it that belong to it, where they are known.
    pub more: u32,
}

impl<'b> LineAt<'b> {
    /// The line.
    #[inline]
    pub fn bytes(&self) -> &'b [u8] {
        &self.block[self.start..self.end]
    }
}

/// The time of the last record, and where it lies: lines of one second follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) axis: Axis,
    pub(super) us: i64,
    pub(super) cell: Cell,
    pub(super) minute: i64,
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
    pub(super) part: InputPart,
    clock: Clock,
    recent: Option<Recent>,
    pub(super) caches: [Option<Box<Caches>>; 2],
    formats: Vec<u64>,
    pub(super) scratch: messages::Scratch,
    pub(super) name: Vec<u8>,
    /// The offset of the last lines, and these.
    offsets: (Option<i16>, Written),
    /// First and last line without a zone: where, and its wall time.
    pub(super) wall: Ends,
    /// Whether only a stretch of time is asked for.
    windowed: bool,
    /// Whether lines can be read again when the report is made.
    again: bool,
    /// Whether the line at hand begins with bytes that are left out of it.
    trimmed: bool,
    /// Whether lines without a time of their own lie where the timed line before them lies.
    follow: bool,
    /// Whether that line is outside.
    beyond: bool,
    pub(super) now: Now,
    /// The day of the last stamp without a year, and how far its year lies from the one such stamps are read in.
    year: std::cell::Cell<Option<(i64, i64)>>,
}

impl Fold {
    /// An empty fold; `calendar` completes what stamps leave open, `own` are marker rules of the user.
    pub fn new(meta: InputMeta, calendar: Calendar, own: Arc<Vec<OwnRule>>) -> Self {
        Fold {
            windowed: meta.windows != Windows::default(),
            again: false,
            trimmed: false,
            follow: false,
            beyond: false,
            clock: Clock {
                calendar,
                zone: meta.zone,
            },
            part: InputPart::new(meta),
            recent: None,
            caches: [None, None],
            formats: Vec::new(),
            scratch: messages::Scratch::with_rules(own),
            name: Vec::new(),
            offsets: (None, Written::default()),
            wall: Ends::default(),
            now: Now {
                axis: Axis::Utc,
                us: 0,
                cell: Cell::of(0),
                minute: 0,
            },
            year: std::cell::Cell::new(None),
        }
    }

    /// Counts a line that belongs to the record before it.
    pub fn continuation(&mut self) {
        self.continuations_here(1);
    }

    /// Counts lines that belong to the record before them, and lie where it lies.
    pub fn continuations_here(&mut self, lines: u64) {
        match self.beyond {
            true => self.out_of_range(lines),
            false => self.continuations(lines),
        }
    }

    /// Counts lines outside the stretch that is asked for.
    pub fn out_of_range(&mut self, lines: u64) {
        self.part.accounting.lines += lines;
        self.part.accounting.out_of_range += lines;
    }

    /// Counts lines that belong to records of several lines.
    pub fn continuations(&mut self, lines: u64) {
        self.part.accounting.lines += lines;
        self.part.accounting.continuation += lines;
    }

    /// Lines counted so far: all, parsed, continuation, unparsed, out of range; for [`Fold::same_line`].
    pub fn counted(&self) -> [u64; 5] {
        let a = &self.part.accounting;
        [
            a.lines,
            a.parsed,
            a.continuation,
            a.unparsed,
            a.out_of_range,
        ]
    }

    /// What was counted since then lies on a line that had been counted before.
    pub fn same_line(&mut self, before: [u64; 5]) {
        let a = &mut self.part.accounting;
        [
            a.lines,
            a.parsed,
            a.continuation,
            a.unparsed,
            a.out_of_range,
        ] = before;
    }

    /// Counts a line that no format understands, and keeps the first three.
    pub fn unparsed(&mut self, at: LineAt<'_>, overlong: bool) {
        if self.beyond {
            return self.out_of_range(1);
        }
        let a = &mut self.part.accounting;
        a.lines += 1;
        a.unparsed += 1;
        a.overlong += u64::from(overlong);
        if a.examples.len() < 3 {
            a.examples
                .insert(at.pos.offset, Seen::new(0, at.pos, at.bytes()));
        }
    }

    /// Keeps the faults that a line of an input without any known format states: nothing else tells of them.
    pub fn faults_of_unknown(&mut self, at: LineAt<'_>) {
        messages::unknown(&mut self.part, &mut self.scratch, at);
    }

    /// The instant or wall time of a stamp in microseconds, and its axis; `None` when its date cannot be known.
    #[inline]
    pub(super) fn tick(&self, stamp: Stamp) -> Option<(Axis, i64)> {
        let stamp = match stamp.dated {
            Dated::NoYear => self.with_year(stamp)?,
            _ => stamp,
        };
        self.clock.tick(stamp)
    }

    /// A stamp without a year, with its year: what the calendar says, which is the same for all stamps of most days.
    fn with_year(&self, stamp: Stamp) -> Option<Stamp> {
        let day = stamp.wall_us.div_euclid(DAY);
        let by = match self.year.get() {
            Some((d, by)) if d == day => by,
            _ => {
                let of = |wall_us| {
                    let s = self.clock.calendar.complete(Stamp { wall_us, ..stamp })?;
                    Some(s.wall_us - wall_us)
                };
                let (first, last) = (of(day * DAY)?, of(day * DAY + DAY - 1)?);
                if first != last {
                    return self.clock.calendar.complete(stamp);
                }
                self.year.set(Some((day, first)));
                first
            }
        };
        Some(Stamp {
            wall_us: stamp.wall_us + by,
            dated: Dated::Full,
            ..stamp
        })
    }

    /// Whether a record lies outside the stretch that is asked for. What has no time lies in none.
    #[cold]
    fn outside(&self, rec: &Record<'_>) -> bool {
        let when = self.clock.over(rec);
        when.is_some_and(|(axis, us)| !self.part.meta.windows.hold(axis, us))
    }

    /// The same fold for an input whose lines are read as they stand, one after the other: a line without a time of its own
    /// lies where the timed line before it lies.
    pub fn following(mut self) -> Self {
        self.follow = true;
        self
    }

    /// The same fold for an input whose lines can be read again, as they stand, when the report is made.
    pub fn read_again(mut self, again: bool) -> Self {
        self.again = again;
        self
    }

    /// Says whether the next line begins with bytes that are left out of it, so that it does not lie as it is kept.
    #[inline]
    pub fn trimmed(&mut self, trimmed: bool) {
        self.trimmed = trimmed;
    }

    /// Keeps a line that may be cited.
    pub(super) fn keep(&self, us: i64, at: LineAt<'_>) -> Kept {
        Kept::new(us, at.pos, at.bytes(), self.again && !self.trimmed)
    }

    /// Goes to a record; says whether it lies outside the stretch that is asked for.
    #[inline]
    pub fn meet(&mut self, rec: &Record<'_>) -> bool {
        let outside = self.windowed && self.outside(rec);
        self.beyond = outside && self.follow;
        outside
    }

    /// The same for an instant.
    #[inline]
    pub(super) fn meet_at(&mut self, axis: Axis, us: i64) -> bool {
        let outside = self.windowed && !self.part.meta.windows.hold(axis, us);
        self.beyond = outside && self.follow;
        outside
    }

    #[inline]
    pub(super) fn go_to(&mut self, axis: Axis, us: i64) {
        if us != self.now.us {
            self.now.us = us;
            self.now.cell = Cell::of(us);
            self.now.minute = us.div_euclid(MINUTE);
        }
        self.now.axis = axis;
    }

    /// Counts lines of the format of that index.
    #[inline]
    pub(super) fn count_format(&mut self, format: usize, n: u64) {
        if self.formats.len() <= format {
            self.formats.resize(format + 1, 0);
        }
        self.formats[format] += n;
    }

    /// Counts lines of one instant by the offset that they write.
    #[inline]
    pub(super) fn count_offset(&mut self, offset_min: Option<i16>, us: i64, n: u64) {
        if offset_min != self.offsets.0 {
            self.flush_offsets();
            self.offsets.0 = offset_min;
        }
        let w = &mut self.offsets.1;
        w.lines += n;
        if offset_min.is_some_and(|o| o != 0) {
            w.span = (w.span.0.min(us), w.span.1.max(us));
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
        if let Body::Several(all) = &rec.body {
            return self.several(at, all, format, kind);
        }
        if let (None, Some(service)) = (&rec.service, &self.part.meta.service) {
            let mut named = rec.clone();
            named.service = Some(service.clone().into_bytes().into());
            return self.record(at, &named, format, kind, exception);
        }
        if self.meet(rec) {
            return self.out_of_range(1);
        }
        let a = &mut self.part.accounting;
        a.lines += 1;
        if matches!(rec.body, Body::Nothing | Body::Header(_) | Body::Detail(_)) {
            a.continuation += 1;
            return self.beside(at, rec, kind);
        }
        a.parsed += 1;
        self.count_format(format, 1);
        let scope = rec.scope.unwrap_or_else(|| self.scope(kind));
        let n = match &rec.body {
            Body::Notices(v) => v.iter().filter(|n| !n.more).count().max(1) as u64,
            _ => 1,
        };
        let a = &mut self.part.accounting;
        a.records += n;
        a.kinds[scope as usize] += n;
        let Some((stamp, (axis, mut us))) = rec.stamp.and_then(|s| Some((s, self.tick(s)?))) else {
            return self.untimed(at, rec, scope);
        };
        self.count_offset(stamp.offset_min, us, 1);
        self.part.accounting.yearless += u64::from(stamp.dated == Dated::NoYear);
        let written = us;
        if let Body::Request(r) = &rec.body
            && rec.stamped == At::Start
            && r.latency_us > 0
        {
            us += r.latency_us;
            self.part.accounting.start_stamped += 1;
        }
        if axis == Axis::Wall {
            self.part.steps.see(at.pos.offset, us, &mut self.wall);
        }
        self.go_to(axis, us);
        let mut error = false;
        match &rec.body {
            Body::Request(r) => {
                let named = [&rec.host, &rec.service, &rec.version];
                self.request(at, named.map(|v| v.as_deref()), r, None);
                if let Some(m) = &r.message {
                    error = m.level >= Level::Error;
                    self.message(axis, us, at, rec, m, scope, exception);
                }
            }
            Body::Message(m) => {
                error = m.level >= Level::Error;
                self.part.accounting.failed += u64::from((500..600).contains(&m.status));
                self.message(axis, us, at, rec, m, scope, exception);
            }
            Body::Notices(v) => {
                for (rank, n) in v.iter().enumerate() {
                    let (axis, us) = n.stamp.and_then(|s| self.tick(s)).unwrap_or((axis, us));
                    if n.stamp.is_some() {
                        // what it tells of another time belongs to what the input covers
                        let span = &mut self.part.track_mut(axis).span;
                        *span = Some(span.map_or((us, us), |(a, b)| (a.min(us), b.max(us))));
                    }
                    self.part.track_mut(axis).add_marker(Marker::of_notice(
                        Some(us),
                        at,
                        rank,
                        rec,
                        n,
                    ));
                }
            }
            Body::Several(_) | Body::Header(_) | Body::Detail(_) | Body::Nothing => {}
        }
        // lived when it wrote the line's time, whatever that is the time of
        if us != written {
            self.go_to(axis, written);
        }
        let here = (at.pos, at.start..at.end);
        self.activity(at.block, (1, u32::from(error)), &here, &here);
    }

    /// The scope of a record that names none.
    #[inline]
    pub(super) fn scope(&self, kind: Kind) -> Kind {
        match (self.part.meta.scope, kind) {
            (Kind::Deploy, Kind::App) => Kind::Deploy,
            (Kind::Pager, Kind::App) => Kind::Pager,
            _ => kind,
        }
    }

    /// Counts a message of now by its service.
    #[inline]
    pub(super) fn count_said(&mut self, axis: Axis, service: &[u8], error: bool) {
        let c = self.caches[axis as usize].get_or_insert_with(|| Box::new(Caches::new()));
        let t = self.part.track_mut(axis);
        let h = hash64(service, 7);
        c.message(t, self.now.cell, h, error, |k| k.slot(service));
    }

    /// Folds the records of one line, which is counted once.
    #[cold]
    fn several(&mut self, at: LineAt<'_>, all: &[Record<'_>], format: usize, kind: Kind) {
        let a = &self.part.accounting;
        let before = (a.lines, a.parsed, a.continuation, a.out_of_range);
        for r in all.iter().filter(|r| !matches!(r.body, Body::Several(_))) {
            self.record(at, r, format, kind, None);
        }
        let a = &mut self.part.accounting;
        let (parsed, outside) = (a.parsed > before.1, a.out_of_range > before.3);
        a.lines = before.0 + 1;
        a.parsed = before.1 + u64::from(parsed);
        a.out_of_range = before.3 + u64::from(!parsed && outside);
        a.continuation = before.2 + u64::from(!parsed && !outside);
    }

    /// What a line says that is no record of its own.
    #[cold]
    fn beside(&mut self, at: LineAt<'_>, rec: &Record<'_>, kind: Kind) {
        match &rec.body {
            Body::Header(v) => {
                for (rank, n) in v.iter().enumerate() {
                    match n.stamp.or(rec.stamp).and_then(|s| self.tick(s)) {
                        Some((axis, us)) => {
                            let m = Marker::of_notice(Some(us), at, rank, rec, n);
                            self.part.track_mut(axis).add_marker(m);
                        }
                        None => self
                            .part
                            .add_untimed(Marker::of_notice(None, at, rank, rec, n)),
                    }
                }
            }
            Body::Detail(m) => {
                let scope = rec.scope.unwrap_or(kind);
                match rec.stamp.and_then(|s| self.tick(s)) {
                    Some((axis, us)) => {
                        self.go_to(axis, us);
                        self.message(axis, us, at, rec, m, scope, None);
                    }
                    None => {
                        messages::untimed(&mut self.part, &mut self.scratch, at, rec, m, scope);
                    }
                }
            }
            // a line that says nothing still shows that its writer lived
            _ => {
                if let Some((axis, us)) = rec.stamp.and_then(|s| self.tick(s)) {
                    self.go_to(axis, us);
                    let here = (at.pos, at.start..at.end);
                    self.activity(at.block, (1, 0), &here, &here);
                }
            }
        }
    }

    /// What a record without a time says.
    #[cold]
    fn untimed(&mut self, at: LineAt<'_>, rec: &Record<'_>, scope: Kind) {
        let said = match &rec.body {
            Body::Message(m) => {
                self.part.accounting.failed += u64::from((500..600).contains(&m.status));
                Some(m)
            }
            Body::Request(r) => {
                self.part.accounting.untimed_requests += 1;
                self.part.accounting.failed += u64::from((500..600).contains(&r.status));
                r.message.as_ref()
            }
            Body::Notices(v) => {
                for (rank, n) in v.iter().enumerate() {
                    match n.stamp.and_then(|s| self.tick(s)) {
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
            Body::Several(_) | Body::Header(_) | Body::Detail(_) | Body::Nothing => None,
        };
        if let Some(m) = said {
            messages::untimed(&mut self.part, &mut self.scratch, at, rec, m, scope);
        }
    }

    /// Notes that there were `n` lines of now, `errors` of them errors, the first and the last one of which lie there.
    #[inline]
    pub(super) fn activity(
        &mut self,
        block: &[u8],
        (n, errors): (u32, u32),
        first: &(Pos, Range<usize>),
        last: &(Pos, Range<usize>),
    ) {
        let Now {
            axis, us, minute, ..
        } = self.now;
        if let Some(r) = &mut self.recent {
            if r.minute == minute && r.axis == axis {
                r.n += n;
                r.errors += errors;
                if us >= r.last.0 {
                    r.last = (us, last.0, last.1.clone());
                }
                if us < r.first.0 {
                    r.first = (us, first.0, first.1.clone());
                }
                return;
            }
            self.flush(block);
        }
        self.recent = Some(Recent {
            axis,
            minute,
            n,
            errors,
            first: (us, first.0, first.1.clone()),
            last: (us, last.0, last.1.clone()),
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
        let service = rec.service.as_deref().unwrap_or_default();
        self.count_said(axis, service, m.level >= Level::Error);
        messages::timed(self.part.track_mut(axis), &mut self.scratch, &said);
    }

    fn flush_offsets(&mut self) {
        let (offset, lines) = std::mem::take(&mut self.offsets);
        if let (Some(o), 1..) = (offset, lines.lines) {
            self.part
                .accounting
                .offsets
                .entry(o)
                .or_default()
                .join(lines);
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
        self.part.coverage = Coverage::one(start, stretch, self.wall);
        self.part
    }
}
