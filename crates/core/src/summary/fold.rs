//! Folds records into the summary of one input: the path that runs once per line.
//! Keeps small caches so that a line costs a few additions; the caches never change the result.

pub(in crate::summary) mod counting;
pub(in crate::summary) mod messages;
pub(in crate::summary) mod minutes;

use super::cache::Caches;
use super::{
    Axis, Cell, Coverage, Ends, InputMeta, InputPart, LineAt, Marker, OffsetUse, Stretch, Windows,
    hash64,
};
use crate::summary::asked_window::StampClock;
use crate::summary::fast::endpoint_key::Short;
use crate::summary::fast::name_ids::Names;
use crate::summary::fold::counting::NAMED;
use crate::summary::fold::minutes::{Failing, Recent};
use crate::summary::glimpse::Glimpses;
use crate::summary::status::is_failed;
use coroner_lines::marker::own::OwnRule;
use coroner_lines::record::{At, Body, Kind, Level, Message, Record};
use coroner_lines::time::{Calendar, DAY, Dated, MINUTE, SECOND, Stamp};
use std::sync::Arc;

/// The time of the last record, and where it lies: lines of one second follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) axis: Axis,
    pub(super) us: i64,
    /// How long before it the request came in, where the line is stamped with that.
    pub(super) took: i64,
    /// Where its second begins.
    second: i64,
    /// The cell of that, and which of its ten seconds it is.
    pub(super) cell: Cell,
    pub(super) of_ten: u32,
    pub(super) minute: i64,
    /// Where the minute begins.
    from: i64,
    /// The cell of the minute's first second.
    begins: Cell,
}

impl Now {
    /// Goes to an instant so many microseconds into the minute.
    #[inline(always)]
    fn go_within(&mut self, into: u32) {
        let second = into / SECOND as u32;
        self.second = self.from + i64::from(second) * SECOND;
        self.cell = self.begins.later(second);
        self.of_ten = second % 10;
    }

    /// The beginning of 1970.
    const START: Now = Now {
        axis: Axis::Utc,
        us: 0,
        took: 0,
        second: 0,
        cell: Cell::START,
        of_ten: 0,
        minute: 0,
        from: 0,
        begins: Cell::START,
    };

    /// Goes to another minute.
    #[inline(never)]
    fn go(&mut self, us: i64) {
        self.minute = us.div_euclid(MINUTE);
        self.from = self.minute * MINUTE;
        self.begins = Cell::of_minute(self.minute);
        self.go_within((us - self.from) as u32);
    }
}

/// Folds the lines of one stretch of one input, in order.
#[derive(Debug)]
pub struct Fold {
    pub(super) part: InputPart,
    clock: StampClock,
    pub(super) recent: Option<Recent>,
    pub(super) failing: [Option<Failing>; 2],
    pub(super) caches: [Option<Box<Caches>>; 2],
    pub(super) formats: Vec<u64>,
    /// It may be given to the fold of the next stretch, which then knows the texts of this one.
    pub(crate) scratch: messages::Scratch,
    pub(super) name: Vec<u8>,
    /// The offset of the last lines, and these.
    pub(super) offsets: (Option<i16>, OffsetUse),
    /// First and last line without a zone: where, and its wall time.
    pub(super) wall: Ends,
    /// Whether only a stretch of time is asked for.
    windowed: bool,
    /// Whether lines without a time of their own lie where the timed line before them lies.
    follow: bool,
    /// Whether that line is outside.
    pub(super) beyond: bool,
    pub(super) now: Now,
    /// The day of the last stamp without a year, and how far its year lies from the one such stamps are read in.
    year: std::cell::Cell<Option<(i64, i64)>>,
    /// What lines show at a glance, where that is asked for.
    pub(super) glimpses: Option<Box<Glimpses>>,
}

impl Fold {
    /// An empty fold; `calendar` completes what stamps leave open, `own` are marker rules of the user.
    pub fn new(
        meta: impl Into<Arc<InputMeta>>,
        calendar: Calendar,
        own: Arc<Vec<OwnRule>>,
    ) -> Self {
        let meta = meta.into();
        Fold {
            windowed: meta.windows != Windows::default(),
            follow: false,
            beyond: false,
            clock: StampClock {
                calendar,
                zone: meta.zone,
            },
            part: InputPart::new(meta),
            recent: None,
            failing: [None, None],
            caches: [None, None],
            formats: Vec::new(),
            scratch: messages::Scratch::with_rules(own),
            name: Vec::new(),
            offsets: (None, OffsetUse::default()),
            wall: Ends::default(),
            now: Now::START,
            year: std::cell::Cell::new(None),
            glimpses: None,
        }
    }

    /// The instant or wall time of a stamp in microseconds, and its axis; `None` when its date cannot be known.
    #[inline(always)]
    pub(super) fn tick(&self, stamp: Stamp) -> Option<(Axis, i64)> {
        if stamp.dated == Dated::NoYear {
            let stamp = self.with_year(stamp)?;
            return self.clock.tick(stamp);
        }
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
        self.scratch.again = again;
        self
    }

    /// Goes to a record; says whether it lies outside the stretch that is asked for.
    #[inline]
    pub fn meet(&mut self, rec: &Record<'_>) -> bool {
        let outside = self.windowed && self.outside(rec);
        self.beyond = outside && self.follow;
        outside
    }

    /// The same for an instant.
    #[inline(always)]
    pub(super) fn meet_at(&mut self, axis: Axis, us: i64) -> bool {
        let outside = self.windowed && !self.part.meta.windows.hold(axis, us);
        self.beyond = outside && self.follow;
        outside
    }

    #[inline(always)]
    pub(super) fn go_to(&mut self, axis: Axis, us: i64) {
        // lines of one second follow each other
        let now = &mut self.now;
        if (0..SECOND).contains(&us.wrapping_sub(now.second)) {
            (now.axis, now.us, now.took) = (axis, us, 0);
        } else {
            self.go_on(axis, us);
        }
    }

    /// The same where they do not, since lines write when a request began and count when it ended: whether it is the same second
    /// is a branch that no processor can foresee.
    #[inline(always)]
    pub(super) fn go_on(&mut self, axis: Axis, us: i64) {
        let now = &mut self.now;
        let into = us.wrapping_sub(now.from);
        if (0..MINUTE).contains(&into) {
            now.go_within(into as u32);
        } else {
            now.go(us);
        }
        (now.axis, now.us, now.took) = (axis, us, 0);
    }

    /// Folds one record. `format` is the index of its format in the plan's list; `exception` the decisive line of a stack
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
        self.now.took = us - written;
        let mut error = false;
        match &rec.body {
            Body::Request(r) => {
                let (host, version) = (rec.host.as_deref(), rec.version.as_deref());
                let named = (host, rec.service.as_deref(), version);
                let service = hash64(named.1.unwrap_or_default(), NAMED);
                let segments = self.segments(axis);
                let key = at
                    .place_of(r.path)
                    .and_then(|p| Short::of_path(r.method, at.block, p.start, p.end, segments));
                self.request(at, named, (0, service), r, &key);
                if let Some(m) = &r.message {
                    error = m.level >= Level::Error;
                    self.message(axis, us, at, rec, m, scope, exception);
                }
            }
            Body::Message(m) => {
                error = m.level >= Level::Error;
                self.part.accounting.failed += u64::from(is_failed(m.status));
                self.message(axis, us, at, rec, m, scope, exception);
            }
            Body::Notices(v) => {
                for (rank, n) in v.iter().enumerate() {
                    let (axis, us) = n.stamp.and_then(|s| self.tick(s)).unwrap_or((axis, us));
                    if n.stamp.is_some() {
                        // what it says of another time belongs to what the input covers
                        self.part.track_mut(axis).reaches((us, us));
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
        let (requests, by_app) = match &rec.body {
            Body::Request(r) => (1, r.by_app),
            _ => (0, false),
        };
        self.glimpse(us, at.pos, 1, requests, by_app);
        // lived when it wrote the line's time, whatever that is the time of
        if us != written {
            self.go_to(axis, written);
        }
        self.line_of_now(at, error);
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

    /// Counts a message of now by its service, which is given with its hash.
    #[inline(always)]
    pub(super) fn count_said(&mut self, axis: Axis, (service, h): (&[u8], u64), error: bool) {
        let c = self.caches[axis as usize].get_or_insert_with(Caches::boxed);
        let t = self.part.track_mut(axis);
        c.message(t, self.now.cell, h, error, |k| k.slot(service));
    }

    /// Counts a message of now by the number of its names.
    #[inline(always)]
    pub(super) fn count_said_by(&mut self, axis: Axis, names: &Names<'_>, error: bool) {
        let c = self.caches[axis as usize].get_or_insert_with(Caches::boxed);
        c.go_to(self.part.track_mut(axis), self.now.cell);
        c.named.message(names, error);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call per line; a struct would be built and torn down each time"
    )]
    pub(super) fn message(
        &mut self,
        axis: Axis,
        us: i64,
        at: LineAt<'_>,
        rec: &Record<'_>,
        m: &Message<'_>,
        scope: Kind,
        exception: Option<&[u8]>,
    ) {
        let said = messages::MessageAt {
            at,
            rec,
            message: m,
            scope,
            exception,
            axis,
            us,
            heard: None,
        };
        let service = rec.service.as_deref().unwrap_or_default();
        self.count_said(
            axis,
            (service, hash64(service, NAMED)),
            m.level >= Level::Error,
        );
        messages::timed(self.part.track_mut(axis), &mut self.scratch, &said);
    }

    /// Adds a sentence about trouble while reading.
    pub fn note(&mut self, note: String) {
        self.part.notes.insert(note);
    }

    /// The summary of the stretch. `names` are the formats' names in the plan's order.
    pub fn finish(&mut self, start: u64, stretch: Stretch, names: &[String]) -> InputPart {
        self.flush(&[]);
        self.flush_counts();
        self.flush_offsets();
        for axis in [Axis::Utc, Axis::Wall] {
            self.scratch.flush(&mut self.part, axis);
        }
        self.part.accounting.bytes = stretch.end - start;
        for (i, n) in self.formats.iter().enumerate().filter(|(_, n)| **n > 0) {
            let formats = &mut self.part.accounting.formats;
            *formats.at_or(names[i].clone(), u64::default) += n;
        }
        self.part.coverage = Coverage::one(start, stretch, self.wall);
        let next = InputPart::new(self.part.meta.clone());
        std::mem::replace(&mut self.part, next)
    }
}
