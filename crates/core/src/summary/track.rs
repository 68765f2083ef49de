//! Everything on one time axis of one input, and how two such tracks merge: sums, minima, maxima, bounded sets.

use super::change::LineChange;
use super::{
    Bottom, CitableLine, Coarse, Empty, FirstLast, Grid, Joined, Keys, Leveled, Marker, Repeat,
    RepeatKey, Requests, Seen, Seldom, Templates, Turns,
};
use crate::summary::remarks::Remarks;
use crate::summary::shapes::Shapes;
use coroner_lines::time::MINUTE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// First and last line of a minute, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Records.
    pub n: u32,
    /// Messages of level ERROR and above.
    pub errors: u32,
    /// First and last line.
    pub lines: FirstLast,
}

impl Activity {
    /// A minute of one line.
    #[cfg(any(test, feature = "fixture"))]
    pub fn of_line(us: i64, pos: super::Pos) -> Activity {
        Activity {
            n: 1,
            errors: 0,
            lines: FirstLast::new(CitableLine::new(us, pos, b"x", false), None),
        }
    }
}

/// A request that an error line and an access line may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinCell {
    /// How often it was seen.
    pub count: u32,
    /// First time seen, microseconds on the track's axis.
    pub us: i64,
}

/// Who runs which version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VersionKey {
    /// Service.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Vec<u8>>,
    /// Host.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Vec<u8>>,
    /// Version.
    #[serde(with = "super::wire::bytes")]
    pub version: Vec<u8>,
}

/// When a version was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionSpan {
    /// Lines.
    pub count: u64,
    /// First line.
    pub first: Seen,
    /// Last line.
    pub last: Seen,
}

/// Everything on one time axis of one input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Earliest and latest stamp in microseconds.
    pub span: Option<(i64, i64)>,
    /// Minute number → lines. With too many of them a step is more than a minute, and its number that of its first.
    pub activity: Leveled<i64, Activity>,
    /// Messages of level ERROR and above, per second.
    pub errors: Grid<1>,
    /// Request series.
    pub requests: Seldom<Requests>,
    /// Requests by status.
    pub by_status: Keys,
    /// Requests by endpoint.
    pub by_endpoint: Keys,
    /// Requests by host named in the line.
    pub by_host: Keys,
    /// Tries by upstream.
    pub by_upstream: Keys,
    /// Requests by the program that asks, browsers aside.
    #[serde(default, skip_serializing_if = "Keys::is_empty")]
    pub by_agent: Keys,
    /// Requests by version.
    pub by_version: Keys,
    /// When each of those versions was at work.
    pub turns: Seldom<Turns>,
    /// Requests by service named in the line.
    pub by_service: Keys,
    /// Messages by service, empty where the line names none; failed are those of level ERROR and above.
    pub said: Keys,
    /// Message templates.
    pub templates: Templates,
    /// Messages that neither complain nor state anything.
    #[serde(default, skip_serializing_if = "holds_none")]
    pub shapes: Seldom<Shapes>,
    /// What people wrote.
    #[serde(default, skip_serializing_if = "hold_none")]
    pub remarks: Seldom<Remarks>,
    /// Stated markers.
    pub markers: BTreeSet<Marker>,
    /// Markers not kept because there were too many.
    pub markers_dropped: u64,
    /// Repeating markers per minute.
    pub repeats: Leveled<RepeatKey, Repeat>,
    /// Requests to join error lines with access lines.
    pub joins: Seldom<Bottom<JoinCell>>,
    /// Requests by the hash of their id: a sample by which inputs that log the same requests are held together.
    pub ids: Seldom<Bottom<JoinCell>>,
    /// Versions seen.
    pub versions: Leveled<VersionKey, VersionSpan>,
}

fn holds_none(shapes: &Shapes) -> bool {
    shapes.is_none()
}

fn hold_none(remarks: &Remarks) -> bool {
    remarks.is_none()
}

/// Minutes: then steps of 8, 64 and so on, up to three weeks, of which a calendar has not too many.
impl Coarse for i64 {
    const LAST: u8 = 5;
    // half a year of minutes
    const MOST: usize = 1 << 18;

    fn at(self, level: u8) -> Option<Self> {
        Some(self >> (3 * level) << (3 * level))
    }
}

impl Joined for Activity {
    fn join(&mut self, o: Activity) {
        self.n = self.n.saturating_add(o.n);
        self.errors = self.errors.saturating_add(o.errors);
        self.lines.join(o.lines);
    }
}

impl Track {
    /// Whether its stamps are those of whole minutes: all of them, and so many that this is no chance.
    pub fn is_by_minute(&self) -> bool {
        const SEEN: usize = 3;
        let at = |l: &Activity| [l.lines.first.us, l.lines.last().us];
        let mut stamps = self.activity.values().flat_map(at);
        self.activity.len() >= SEEN && stamps.all(|us| us.rem_euclid(MINUTE) == 0)
    }

    /// Whether the earliest counts may have been left out of some series, because lines lie in too many different hours.
    pub fn is_cut(&self) -> bool {
        let named = [
            &self.by_endpoint,
            &self.by_status,
            &self.by_service,
            &self.said,
        ];
        self.errors.is_full() || self.templates.is_full() || named.into_iter().any(Keys::is_cut)
    }
}

impl Default for Bottom<()> {
    fn default() -> Self {
        Bottom::new(64)
    }
}

impl Default for Bottom<JoinCell> {
    fn default() -> Self {
        Bottom::new(4096)
    }
}

impl Empty for Bottom<JoinCell> {
    fn empty() -> &'static Self {
        static EMPTY: LazyLock<Bottom<JoinCell>> = LazyLock::new(Bottom::default);
        &EMPTY
    }
}

impl Empty for Turns {
    fn empty() -> &'static Turns {
        static EMPTY: LazyLock<Turns> = LazyLock::new(Turns::default);
        &EMPTY
    }
}

impl Empty for Track {
    fn empty() -> &'static Track {
        static EMPTY: LazyLock<Track> = LazyLock::new(Track::default);
        &EMPTY
    }
}

/// Markers kept per track and untimed ones per input: a log that is all markers is no list of events any more.
const MARKERS: usize = 12_000;

impl Coarse for VersionKey {
    const LAST: u8 = 3;
    // with more than that they are no versions
    const MOST: usize = 2000;

    fn at(self, level: u8) -> Option<Self> {
        (level < 3).then(|| VersionKey {
            host: self.host.filter(|_| level < 1),
            service: self.service.filter(|_| level < 2),
            ..self
        })
    }
}

impl Joined for VersionSpan {
    fn join(&mut self, o: VersionSpan) {
        self.count += o.count;
        self.first = std::mem::take(&mut self.first).earlier(o.first);
        self.last = std::mem::take(&mut self.last).later(o.last);
    }
}

/// Adds a marker, keeping the earliest ones; counts what is left out.
pub(super) fn add_bounded(set: &mut BTreeSet<Marker>, dropped: &mut u64, m: Marker) {
    set.insert(m);
    // a part that was written elsewhere may hold more
    while set.len() > MARKERS {
        set.pop_last();
        *dropped += 1;
    }
}

impl Track {
    /// What is counted by the names of something, whatever that is.
    pub(super) fn named(&self) -> [&Keys; 8] {
        [
            &self.by_status,
            &self.by_endpoint,
            &self.by_host,
            &self.by_upstream,
            &self.by_agent,
            &self.by_version,
            &self.by_service,
            &self.said,
        ]
    }

    /// Lines have stamps from the first of these to the second.
    pub(super) fn reaches(&mut self, (first, last): (i64, i64)) {
        let (a, b) = self.span.unwrap_or((first, last));
        self.span = Some((a.min(first), b.max(last)));
    }

    /// Adds a marker, keeping the earliest ones.
    pub fn add_marker(&mut self, m: Marker) {
        add_bounded(&mut self.markers, &mut self.markers_dropped, m);
    }

    /// The first and the last line of each minute, in order of time.
    pub fn edges(&self) -> impl Iterator<Item = &CitableLine> {
        let lines = self.activity.values().map(|m| &m.lines);
        lines.flat_map(|l| [&l.first, l.last()])
    }

    /// A track of lines with nothing but a time (microseconds) and a place.
    #[cfg(any(test, feature = "fixture"))]
    pub fn of_lines(lines: impl Iterator<Item = (i64, super::Pos)>) -> Track {
        let mut t = Track::default();
        for (us, pos) in lines {
            let minute = us.div_euclid(coroner_lines::time::MINUTE);
            let one = Activity::of_line(us, pos);
            t.activity.add(minute, one);
        }
        t
    }

    /// Combines two join cells.
    pub fn join(a: &mut JoinCell, b: JoinCell) {
        a.count = a.count.saturating_add(b.count);
        a.us = a.us.min(b.us);
    }

    pub(super) fn merge(&mut self, o: Track) {
        o.span.into_iter().for_each(|ends| self.reaches(ends));
        self.activity.merge(o.activity);
        self.errors.merge(o.errors);
        self.requests.merge(o.requests, Requests::merge);
        self.by_status.merge(o.by_status);
        self.by_endpoint.merge(o.by_endpoint);
        self.by_host.merge(o.by_host);
        self.by_upstream.merge(o.by_upstream);
        self.by_agent.merge(o.by_agent);
        self.by_version.merge(o.by_version);
        self.turns.merge(o.turns, Turns::merge);
        if self.by_version.level() > 0 {
            self.turns = Seldom::default();
        }
        self.by_service.merge(o.by_service);
        self.said.merge(o.said);
        self.templates.merge(o.templates);
        self.shapes.merge(o.shapes, Shapes::merge);
        self.remarks.merge(o.remarks, Remarks::merge);
        self.markers_dropped += o.markers_dropped;
        o.markers.into_iter().for_each(|m| self.add_marker(m));
        self.repeats.merge(o.repeats);
        let join = |a: &mut Bottom<_>, b| a.merge(b, Track::join);
        self.joins.merge(o.joins, join);
        self.ids.merge(o.ids, join);
        self.versions.merge(o.versions);
    }

    /// Goes through every line that is kept, and every text from them.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        let minutes = self.activity.values_mut();
        minutes.for_each(|a| a.lines.each().for_each(|l| c.line(l)));
        if let Some(r) = self.requests.held() {
            r.change(c);
        }
        self.by_endpoint.change(c);
        self.by_agent.change(c);
        if let Some(turns) = self.turns.held() {
            turns.change(c);
        }
        self.templates.change(c);
        if let Some(s) = self.shapes.held() {
            s.change(c);
        }
        if let Some(r) = self.remarks.held() {
            r.change(c);
        }
        c.markers(&mut self.markers);
        for r in self.repeats.values_mut() {
            c.seen(&mut r.first);
            c.text(&mut r.text);
        }
        for v in self.versions.values_mut() {
            c.seen(&mut v.first);
            c.seen(&mut v.last);
        }
    }
}
