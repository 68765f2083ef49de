//! Part: the summary of what it covers, by input and by time axis, and how two parts merge.
//! Merging is commutative, associative and idempotent: content follows from coverage, and everything inside is a sum, a set,
//! a minimum or a maximum.

use super::change::LineChange;
use super::coverage::Relation;
use super::track::{Track, add_bounded};
use super::{Coverage, Few, Marker, Pos, Seen, Seldom, Steps};
use crate::error::{Error, Result};
use crate::plan::InputMeta;
use coroner_lines::record::Kind;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A mergeable summary of some stretches of some inputs of one plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Digest of the plan it was made with.
    pub plan: u64,
    /// Number of the input in the plan → its summary, in a box: a tree has twice the room of what lies in it.
    pub inputs: BTreeMap<u32, Box<InputPart>>,
}

/// Summary of one input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputPart {
    /// What the plan says.
    pub meta: Arc<InputMeta>,
    /// Which bytes.
    pub coverage: Coverage,
    /// Bytes of the input by the plan, where parts of it are read apart; those without coverage are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What became of the lines.
    pub accounting: Accounting,
    /// Lines that show their instant (or whose zone the user gave): keyed by UTC.
    pub utc: Seldom<Track>,
    /// Lines without a zone: keyed by wall time, converted after merging.
    pub wall: Seldom<Track>,
    /// Markers without a time.
    pub untimed: BTreeSet<Marker>,
    /// Markers without a time that were not kept because there were too many.
    pub untimed_dropped: u64,
    /// Where the clock of zone-less lines jumps.
    pub steps: Steps,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Records by kind, in the order of [`Kind`](coroner_lines::record::Kind).
    pub kinds: [u64; 5],
    /// Lines by format name.
    pub formats: Few<String, u64>,
    /// First unparsed lines, at most three, by offset.
    pub examples: BTreeMap<u64, Seen>,
    /// Records whose latency turned a start stamp into an end.
    pub start_stamped: u64,
    /// Written offset in minutes east of UTC → its lines.
    pub offsets: Few<i16, OffsetUse>,
    /// Lines without a year.
    pub yearless: u64,
    /// Requests that carry no time, and so are in no series and not in `requests`.
    pub untimed_requests: u64,
    /// Lines that look like requests and were read as something else, or not at all. Counted where the plan sees such lines.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unread_requests: u64,
}

fn is_none(n: &u64) -> bool {
    *n == 0
}

impl Accounting {
    /// Whether the requests are logged by the application that serves them: where it says so, and where what it writes besides is
    /// half as much.
    pub fn is_of_application(&self) -> bool {
        // requests of a server in the form of an application's lines are none of these
        let as_app = self.requests.saturating_sub(self.kinds[Kind::Web as usize]);
        let besides = self.kinds[Kind::App as usize].saturating_sub(as_app);
        self.requests_by_app * 2 > self.requests || besides * 2 > self.requests
    }
}

/// Lines that write one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetUse {
    /// How many.
    pub lines: u64,
    /// First and last instant in microseconds, for offsets other than UTC.
    #[serde(with = "super::wire::span")]
    pub span: (i64, i64),
}

impl Default for OffsetUse {
    fn default() -> Self {
        OffsetUse {
            lines: 0,
            span: (i64::MAX, i64::MIN),
        }
    }
}

impl OffsetUse {
    pub(super) fn join(&mut self, o: OffsetUse) {
        self.lines += o.lines;
        self.span = (self.span.0.min(o.span.0), self.span.1.max(o.span.1));
    }
}

impl Accounting {
    /// Formats and their lines, most lines first.
    pub fn by_format(&self) -> Vec<(&str, u64)> {
        let all = self.formats.iter().map(|(name, n)| (name.as_str(), *n));
        let mut all: Vec<(&str, u64)> = all.collect();
        all.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(y.0)));
        all
    }

    /// The names of the formats, as reports show them.
    pub fn format(&self) -> String {
        let names: Vec<&str> = self.by_format().iter().map(|f| f.0).collect();
        match names.is_empty() {
            true => "unknown".into(),
            false => names.join(" + "),
        }
    }

    /// All that is only counted, but for the kinds.
    pub(super) fn counts(&mut self) -> [&mut u64; 15] {
        [
            &mut self.bytes,
            &mut self.lines,
            &mut self.parsed,
            &mut self.continuation,
            &mut self.unparsed,
            &mut self.overlong,
            &mut self.out_of_range,
            &mut self.records,
            &mut self.requests,
            &mut self.requests_by_app,
            &mut self.failed,
            &mut self.start_stamped,
            &mut self.yearless,
            &mut self.untimed_requests,
            &mut self.unread_requests,
        ]
    }

    fn merge(&mut self, mut o: Accounting) {
        let sums = self.counts().into_iter().zip(o.counts());
        sums.for_each(|(a, b)| *a += *b);
        for (k, v) in o.offsets {
            self.offsets.at_or(k, OffsetUse::default).join(v);
        }
        self.kinds
            .iter_mut()
            .zip(o.kinds)
            .for_each(|(a, b)| *a += b);
        for (k, v) in o.formats {
            *self.formats.at_or(k, u64::default) += v;
        }
        self.examples.extend(o.examples);
        while self.examples.len() > 3 {
            self.examples.pop_last();
        }
    }
}

impl InputPart {
    /// The kind of most of its records; what the plan expects where it has none.
    pub fn kind(&self) -> Kind {
        Kind::of_most(&self.accounting.kinds).unwrap_or(self.meta.scope)
    }

    /// The kind of its messages: who answers requests and says more beside them is an application, and so is who logs those it answered.
    pub fn kind_of_messages(&self) -> Kind {
        let of = |k: Kind| self.accounting.kinds[k as usize];
        let application = || self.accounting.is_of_application();
        match self.kind() {
            Kind::Web if of(Kind::App) * 10 > of(Kind::Web) || application() => Kind::App,
            kind => kind,
        }
    }

    /// An empty summary.
    pub fn new(meta: impl Into<Arc<InputMeta>>) -> Self {
        InputPart {
            meta: meta.into(),
            coverage: Coverage::default(),
            size: None,
            accounting: Accounting::default(),
            utc: Seldom::default(),
            wall: Seldom::default(),
            untimed: BTreeSet::new(),
            untimed_dropped: 0,
            steps: Steps::default(),
            notes: BTreeSet::new(),
        }
    }

    /// An empty summary of what follows this one in its input.
    pub fn next(&self) -> Self {
        InputPart {
            coverage: self.coverage.before_the_next(),
            ..InputPart::new(self.meta.clone())
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

    /// Adds a marker without a time, keeping the first ones.
    pub fn add_untimed(&mut self, m: Marker) {
        add_bounded(&mut self.untimed, &mut self.untimed_dropped, m);
    }

    /// Markers that were left out because there were too many.
    pub fn markers_dropped(&self) -> u64 {
        self.utc.markers_dropped + self.wall.markers_dropped + self.untimed_dropped
    }

    /// Both tracks that hold anything, with their axis.
    pub fn tracks(&self) -> impl Iterator<Item = (Axis, &Track)> {
        [(Axis::Utc, &*self.utc), (Axis::Wall, &*self.wall)]
            .into_iter()
            .filter(|(_, t)| t.span.is_some() || !t.markers.is_empty())
    }

    /// Goes through every text of the logs that is kept, to change it.
    pub fn texts(&mut self, f: &mut dyn FnMut(&mut Vec<u8>)) {
        self.change(&mut LineChange::Texts(f));
    }

    fn change(&mut self, c: &mut LineChange<'_>) {
        let tracks = [self.utc.held(), self.wall.held()].into_iter().flatten();
        tracks.for_each(|t| t.change(c));
        c.markers(&mut self.untimed);
        let examples = self.accounting.examples.values_mut();
        examples.for_each(|s| c.seen(s));
    }

    /// Merges what another part has of the same input. Lines in stretches that now follow on another one get the numbers
    /// that they have in the joined stretch.
    pub fn merge(mut self, mut o: InputPart) -> Result<InputPart> {
        match self.coverage.relation(&o.coverage) {
            Relation::Contains => return Ok(self),
            Relation::Within => return Ok(o),
            Relation::Overlap(byte) => {
                return Err(Error::Overlap {
                    input: self.meta.name.clone(),
                    byte,
                });
            }
            Relation::Disjoint => {}
        }
        let mine = self.coverage.clone();
        self.steps.merge(std::mem::take(&mut o.steps));
        let theirs = std::mem::take(&mut o.coverage);
        let shifts = self.coverage.union(theirs, &mut self.steps);
        let mut shift = |p: &mut Pos| {
            if let Some((_, _, add)) = shifts.iter().find(|(a, b, _)| (*a..*b).contains(&p.offset))
            {
                p.line += add;
            }
        };
        // what lies before every joint keeps its numbers: going through all of it at each merge would take quadratic time
        if shifts.iter().any(|(a, _, _)| mine.holds_byte(*a)) {
            self.change(&mut LineChange::Places(&mut shift));
        }
        if shifts.iter().any(|(a, _, _)| !mine.holds_byte(*a)) {
            o.change(&mut LineChange::Places(&mut shift));
        }
        self.accounting.merge(o.accounting);
        self.utc.merge(o.utc, Track::merge);
        self.wall.merge(o.wall, Track::merge);
        self.untimed_dropped += o.untimed_dropped;
        o.untimed.into_iter().for_each(|m| self.add_untimed(m));
        self.notes.append(&mut o.notes);
        Ok(self)
    }
}

impl<'p> From<&'p Part> for Cow<'p, Part> {
    fn from(part: &'p Part) -> Self {
        Cow::Borrowed(part)
    }
}

impl From<Part> for Cow<'_, Part> {
    fn from(part: Part) -> Self {
        Cow::Owned(part)
    }
}

impl Part {
    /// A part of these inputs, by their number in the plan.
    pub fn of(plan: u64, inputs: impl IntoIterator<Item = (u32, InputPart)>) -> Part {
        let inputs = inputs.into_iter().map(|(id, p)| (id, Box::new(p)));
        Part {
            plan,
            inputs: inputs.collect(),
        }
    }

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
                Some(mine) => Box::new(mine.merge(*input)?),
                None => input,
            };
            self.inputs.insert(id, merged);
        }
        Ok(self)
    }
}
