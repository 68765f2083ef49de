//! Part: the summary of what it covers, by input and by time axis, and how two parts merge.
//! Merging is commutative, associative and idempotent: content follows from coverage, and everything inside is a sum, a set,
//! a minimum or a maximum.

use super::coverage::Relation;
use super::{
    Bottom, Coverage, Grid, Keys, Marker, Pos, Repeat, RepeatKey, Requests, Seen, Templates,
};
use crate::error::{Error, Result};
use crate::record::Kind;
use crate::time::zone::Zone;
use std::collections::{BTreeMap, BTreeSet};

/// A mergeable summary of some stretches of some inputs of one plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Digest of the plan it was made with.
    pub plan: u64,
    /// Number of the input in the plan → its summary.
    pub inputs: BTreeMap<u32, InputPart>,
}

/// What the plan says about an input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputMeta {
    /// Name for citations.
    pub name: String,
    /// Clock domain.
    pub domain: String,
    /// Host, where the name or the lines tell.
    pub host: Option<String>,
    /// Scope of marker rules, and kind of records that tell none.
    pub scope: Kind,
    /// Zone given by the user for lines without one.
    pub zone: Option<Zone>,
    /// Counted as edge because the user says so.
    pub edge: bool,
}

/// Summary of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputPart {
    /// What the plan says.
    pub meta: InputMeta,
    /// Which bytes.
    pub coverage: Coverage,
    /// What became of the lines.
    pub accounting: Accounting,
    /// Lines that tell their instant (or whose zone the user gave): keyed by UTC.
    pub utc: Track,
    /// Lines without a zone: keyed by wall time, converted after merging.
    pub wall: Track,
    /// Markers without a time.
    pub untimed: BTreeSet<Marker>,
    /// What went wrong while reading (truncated, damaged, changed meanwhile), as sentences.
    pub notes: BTreeSet<String>,
}

/// Which clock a stamp is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// Microseconds UTC.
    Utc,
    /// Wall time as if UTC.
    Wall,
}

/// What became of the lines of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    /// Unpacked bytes.
    pub bytes: u64,
    /// Lines = parsed + continuation + unparsed + out of range.
    pub lines: u64,
    /// Lines that began a record.
    pub parsed: u64,
    /// Lines that belong to the record before them, headers, blank lines.
    pub continuation: u64,
    /// Lines not understood.
    pub unparsed: u64,
    /// Of the unparsed lines, those longer than the limit.
    pub overlong: u64,
    /// Lines outside the range asked for.
    pub out_of_range: u64,
    /// Records.
    pub records: u64,
    /// Requests.
    pub requests: u64,
    /// Of these, written by the application itself.
    pub requests_by_app: u64,
    /// Of the requests, final status 5xx.
    pub failed: u64,
    /// Records by kind, in the order of [`Kind`].
    pub kinds: [u64; 5],
    /// Lines by format name.
    pub formats: BTreeMap<String, u64>,
    /// First unparsed lines, at most three, by offset.
    pub examples: BTreeMap<u64, Seen>,
    /// Records whose latency turned a start stamp into an end.
    pub start_stamped: u64,
    /// Written offset in minutes east of UTC → lines.
    pub offsets: BTreeMap<i16, u64>,
    /// Lines without a year.
    pub yearless: u64,
}

/// First and last line of a minute, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Records.
    pub n: u32,
    /// Messages of level ERROR and above.
    pub errors: u32,
    /// First line.
    pub first: Seen,
    /// Last line.
    pub last: Seen,
}

/// A request that an error line and an access line may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinCell {
    /// How often it was seen.
    pub count: u32,
    /// First time seen, microseconds on the track's axis.
    pub us: i64,
}

/// Who runs which version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionKey {
    /// Service.
    pub service: Option<Vec<u8>>,
    /// Host.
    pub host: Option<Vec<u8>>,
    /// Version.
    pub version: Vec<u8>,
}

/// When a version was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSpan {
    /// Lines.
    pub count: u64,
    /// First line.
    pub first: Seen,
    /// Last line.
    pub last: Seen,
}

/// Everything on one time axis of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Earliest and latest stamp in microseconds.
    pub span: Option<(i64, i64)>,
    /// Minute number → lines.
    pub activity: BTreeMap<i64, Activity>,
    /// Messages of level ERROR and above, per second.
    pub errors: Grid,
    /// Request series.
    pub requests: Requests,
    /// Requests by status.
    pub by_status: Keys,
    /// Requests by endpoint.
    pub by_endpoint: Keys,
    /// Requests by host named in the line.
    pub by_host: Keys,
    /// Tries by upstream.
    pub by_upstream: Keys,
    /// Requests by version.
    pub by_version: Keys,
    /// Requests by service named in the line.
    pub by_service: Keys,
    /// Message templates.
    pub templates: Templates,
    /// Stated markers.
    pub markers: BTreeSet<Marker>,
    /// Markers not kept because there were too many.
    pub markers_dropped: u64,
    /// Repeating markers per minute.
    pub repeats: BTreeMap<RepeatKey, Repeat>,
    /// Requests to join error lines with access lines.
    pub joins: Bottom<JoinCell>,
    /// Versions seen.
    pub versions: BTreeMap<VersionKey, VersionSpan>,
}

impl Default for Track {
    fn default() -> Self {
        Track {
            span: None,
            activity: BTreeMap::new(),
            errors: Grid::seconds(),
            requests: Requests::default(),
            by_status: Keys::default(),
            by_endpoint: Keys::default(),
            by_host: Keys::default(),
            by_upstream: Keys::default(),
            by_version: Keys::default(),
            by_service: Keys::default(),
            templates: Templates::default(),
            markers: BTreeSet::new(),
            markers_dropped: 0,
            repeats: BTreeMap::new(),
            joins: Bottom::new(4096),
            versions: BTreeMap::new(),
        }
    }
}

/// Markers kept per track and untimed ones per input: a log that is all markers is no list of events any more.
pub(crate) const MARKERS: usize = 20_000;

impl Track {
    /// Adds a marker, keeping the earliest ones.
    pub fn add_marker(&mut self, m: Marker) {
        self.markers.insert(m);
        if self.markers.len() > MARKERS {
            self.markers.pop_last();
            self.markers_dropped += 1;
        }
    }

    /// Combines two join cells.
    pub fn join(a: &mut JoinCell, b: JoinCell) {
        a.count = a.count.saturating_add(b.count);
        a.us = a.us.min(b.us);
    }

    fn merge(&mut self, o: Track) {
        self.span = match (self.span, o.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        for (k, v) in o.activity {
            match self.activity.entry(k) {
                std::collections::btree_map::Entry::Vacant(e) => {
                    e.insert(v);
                }
                std::collections::btree_map::Entry::Occupied(mut e) => {
                    let c = e.get_mut();
                    c.n = c.n.saturating_add(v.n);
                    c.errors = c.errors.saturating_add(v.errors);
                    c.first = std::mem::take(&mut c.first).earlier(v.first);
                    c.last = std::mem::take(&mut c.last).later(v.last);
                }
            }
        }
        self.errors.merge(o.errors);
        self.requests.merge(o.requests);
        self.by_status.merge(o.by_status);
        self.by_endpoint.merge(o.by_endpoint);
        self.by_host.merge(o.by_host);
        self.by_upstream.merge(o.by_upstream);
        self.by_version.merge(o.by_version);
        self.by_service.merge(o.by_service);
        self.templates.merge(o.templates);
        self.markers_dropped += o.markers_dropped;
        o.markers.into_iter().for_each(|m| self.add_marker(m));
        for (k, v) in o.repeats {
            match self.repeats.entry(k) {
                std::collections::btree_map::Entry::Vacant(e) => {
                    e.insert(v);
                }
                std::collections::btree_map::Entry::Occupied(mut e) => e.get_mut().merge(v),
            }
        }
        self.joins.merge(o.joins, Track::join);
        for (k, v) in o.versions {
            match self.versions.entry(k) {
                std::collections::btree_map::Entry::Vacant(e) => {
                    e.insert(v);
                }
                std::collections::btree_map::Entry::Occupied(mut e) => {
                    let c = e.get_mut();
                    c.count += v.count;
                    c.first = c.first.clone().earlier(v.first);
                    c.last = c.last.clone().later(v.last);
                }
            }
        }
    }

    fn positions(&mut self, f: &mut dyn FnMut(&mut Pos)) {
        for a in self.activity.values_mut() {
            f(&mut a.first.pos);
            f(&mut a.last.pos);
        }
        self.requests.positions(f);
        self.templates.positions(f);
        self.markers = move_markers(std::mem::take(&mut self.markers), f);
        self.repeats.values_mut().for_each(|r| f(r.position()));
        for v in self.versions.values_mut() {
            f(&mut v.first.pos);
            f(&mut v.last.pos);
        }
    }
}

fn move_markers(set: BTreeSet<Marker>, f: &mut dyn FnMut(&mut Pos)) -> BTreeSet<Marker> {
    set.into_iter()
        .map(|mut m| {
            f(&mut m.seen.pos);
            m
        })
        .collect()
}

impl Accounting {
    fn merge(&mut self, o: Accounting) {
        self.bytes += o.bytes;
        self.lines += o.lines;
        self.parsed += o.parsed;
        self.continuation += o.continuation;
        self.unparsed += o.unparsed;
        self.overlong += o.overlong;
        self.out_of_range += o.out_of_range;
        self.records += o.records;
        self.requests += o.requests;
        self.requests_by_app += o.requests_by_app;
        self.failed += o.failed;
        self.start_stamped += o.start_stamped;
        self.yearless += o.yearless;
        for (k, v) in o.offsets {
            *self.offsets.entry(k).or_default() += v;
        }
        self.kinds
            .iter_mut()
            .zip(o.kinds)
            .for_each(|(a, b)| *a += b);
        for (k, v) in o.formats {
            *self.formats.entry(k).or_default() += v;
        }
        self.examples.extend(o.examples);
        while self.examples.len() > 3 {
            self.examples.pop_last();
        }
    }
}

impl InputPart {
    /// An empty summary.
    pub fn new(meta: InputMeta) -> Self {
        InputPart {
            meta,
            coverage: Coverage::default(),
            accounting: Accounting::default(),
            utc: Track::default(),
            wall: Track::default(),
            untimed: BTreeSet::new(),
            notes: BTreeSet::new(),
        }
    }

    /// The track of an axis.
    pub fn track(&self, axis: Axis) -> &Track {
        match axis {
            Axis::Utc => &self.utc,
            Axis::Wall => &self.wall,
        }
    }

    /// The track of an axis.
    pub fn track_mut(&mut self, axis: Axis) -> &mut Track {
        match axis {
            Axis::Utc => &mut self.utc,
            Axis::Wall => &mut self.wall,
        }
    }

    /// Both tracks that hold anything, with their axis.
    pub fn tracks(&self) -> impl Iterator<Item = (Axis, &Track)> {
        [(Axis::Utc, &self.utc), (Axis::Wall, &self.wall)]
            .into_iter()
            .filter(|(_, t)| t.span.is_some())
    }

    fn positions(&mut self, f: &mut dyn FnMut(&mut Pos)) {
        self.utc.positions(f);
        self.wall.positions(f);
        self.untimed = move_markers(std::mem::take(&mut self.untimed), f);
        self.accounting
            .examples
            .values_mut()
            .for_each(|s| f(&mut s.pos));
    }

    /// Merges what another part has of the same input. Lines in stretches that now follow on another one get the numbers
    /// that they have in the joined stretch.
    pub fn merge(mut self, mut o: InputPart) -> Result<InputPart> {
        match self.coverage.relation(&o.coverage) {
            Relation::Contains => return Ok(self),
            Relation::Within => return Ok(o),
            Relation::Overlap(byte) => {
                return Err(Error::Overlap {
                    input: self.meta.name,
                    byte,
                });
            }
            Relation::Disjoint => {}
        }
        let shifts = self.coverage.union(std::mem::take(&mut o.coverage));
        let mut shift = |p: &mut Pos| {
            if let Some((_, _, add)) = shifts.iter().find(|(a, b, _)| (*a..*b).contains(&p.offset))
            {
                p.line += add;
            }
        };
        if !shifts.is_empty() {
            self.positions(&mut shift);
            o.positions(&mut shift);
        }
        self.accounting.merge(o.accounting);
        self.utc.merge(o.utc);
        self.wall.merge(o.wall);
        self.untimed.append(&mut o.untimed);
        while self.untimed.len() > MARKERS {
            self.untimed.pop_last();
        }
        self.notes.append(&mut o.notes);
        Ok(self)
    }
}

impl Part {
    /// Merges two parts of the same plan. The same part twice is one; parts that overlap without one holding the other are
    /// an error.
    pub fn merge(mut self, other: Part) -> Result<Part> {
        if self.inputs.is_empty() {
            return Ok(other);
        }
        if other.inputs.is_empty() {
            return Ok(self);
        }
        if self.plan != other.plan {
            return Err(Error::PlanMismatch {
                left: self.plan,
                right: other.plan,
            });
        }
        for (id, input) in other.inputs {
            let merged = match self.inputs.remove(&id) {
                Some(mine) => mine.merge(input)?,
                None => input,
            };
            self.inputs.insert(id, merged);
        }
        Ok(self)
    }
}
