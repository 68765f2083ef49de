//! Warnings and errors that come again and again: in which template each was counted, so that none is made for the next one.
//! All that tells templates apart is compared, so that what is remembered never changes an answer.

use crate::summary::Axis;
use crate::summary::fast::silent_messages::{is_same, likeness};
use crate::summary::fold::messages::{MessageAt, Scratch, template};
use crate::summary::hash64;
use crate::summary::templates::Templates;
use crate::summary::{LineAt, Track};
use coroner_lines::record::{Kind, Level, Message, Record};

/// Complaints that are remembered.
const SLOTS: usize = 256;

/// A message of at least [`Level::Warn`] with nothing beside its text, by a line of now.
#[derive(Clone, Copy, Debug)]
pub(in crate::summary) struct Complaint<'a> {
    pub(in crate::summary) at: LineAt<'a>,
    pub(in crate::summary) axis: Axis,
    pub(in crate::summary) us: i64,
    pub(in crate::summary) host: Option<&'a [u8]>,
    pub(in crate::summary) service: Option<&'a [u8]>,
    pub(in crate::summary) level: Level,
    pub(in crate::summary) text: &'a [u8],
}

/// What is known of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::summary) enum Complained {
    /// One like it was counted, and now it is.
    Known,
    /// It states nothing but itself, and its template is to be counted.
    Silent,
    /// Nothing.
    New,
}

impl<'a> Complaint<'a> {
    pub(in crate::summary) fn seen(&self) -> (i64, crate::summary::Pos, &'a [u8]) {
        (self.us, self.at.pos, self.at.bytes())
    }

    /// Where one like it is remembered.
    fn slot(&self) -> Option<usize> {
        let name = |v: Option<&[u8]>, seed| v.map_or(seed, |v| hash64(v, seed));
        let names = name(self.service, name(self.host, self.level as u64));
        let sum = likeness(self.text)? ^ names;
        Some((sum.wrapping_mul(0xA076_1D64_78BD_642F) >> 56) as usize % SLOTS)
    }
}

/// One that was counted; a mask replaces digits whatever they are, so that the text has zeros for all of them.
#[derive(Debug)]
struct KnownComplaint {
    axis: Axis,
    host: Option<Box<[u8]>>,
    service: Option<Box<[u8]>>,
    level: Level,
    text: Box<[u8]>,
    /// Place of its template, as long as templates are that coarse.
    place: usize,
    bounds: (usize, u8),
}

impl KnownComplaint {
    fn is(&self, c: &Complaint<'_>) -> bool {
        self.axis == c.axis
            && self.level == c.level
            && self.host.as_deref() == c.host
            && self.service.as_deref() == c.service
            && self.text.len() == c.text.len()
            && is_same(c.text, &self.text, true)
    }
}

/// Complaints of one input that were counted lately.
#[derive(Debug, Default)]
pub(in crate::summary) struct Complaints(Vec<Option<KnownComplaint>>);

impl Complaints {
    /// Counts a complaint where one like it was counted; whether there was one.
    pub(in crate::summary) fn count(&self, t: &mut Track, c: &Complaint<'_>) -> bool {
        let known = c.slot().and_then(|at| self.0.get(at)?.as_ref());
        let Some(k) = known.filter(|k| k.is(c) && k.bounds == t.templates.bounds()) else {
            return false;
        };
        t.templates.count(k.place, c.text, c.seen());
        true
    }

    /// Remembers where one was counted, if no template became coarser since `bounds` were read.
    pub(in crate::summary) fn learn(
        &mut self,
        templates: &Templates,
        c: &Complaint<'_>,
        (place, bounds): (usize, (usize, u8)),
    ) {
        let Some(at) = c.slot().filter(|_| bounds == templates.bounds()) else {
            return;
        };
        self.0.resize_with(SLOTS, || None);
        let zero = |c: &u8| if c.is_ascii_digit() { b'0' } else { *c };
        self.0[at] = Some(KnownComplaint {
            axis: c.axis,
            host: c.host.map(Into::into),
            service: c.service.map(Into::into),
            level: c.level,
            text: c.text.iter().map(zero).collect(),
            place,
            bounds,
        });
    }
}

/// Counts a complaint if one like it was counted lately.
pub(in crate::summary) fn complained(
    t: &mut Track,
    scratch: &mut Scratch,
    c: &Complaint<'_>,
    scope: Kind,
) -> Complained {
    if !scratch.silent.knows(c.text, scope) {
        return Complained::New;
    }
    if c.level >= Level::Error {
        t.errors.add(c.us, 1);
    }
    match scratch.complaints.count(t, c) {
        true => Complained::Known,
        false => Complained::Silent,
    }
}

/// Counts the template of one that is silent, which the record tells, and remembers it.
pub(in crate::summary) fn complained_anew(
    t: &mut Track,
    scratch: &mut Scratch,
    c: &Complaint<'_>,
    rec: &Record<'_>,
    scope: Kind,
) {
    let bounds = t.templates.bounds();
    let said = MessageAt {
        at: c.at,
        rec,
        message: &Message::new(c.level, c.text),
        scope,
        exception: None,
        axis: c.axis,
        us: c.us,
    };
    let place = template(t, scratch, &said);
    scratch.complaints.learn(&t.templates, c, (place, bounds));
}

#[cfg(test)]
pub(in crate::summary) mod tests {
    use super::*;
    use crate::summary::fold::Fold;
    use crate::summary::{InputMeta, Pos, Stretch};
    use coroner_lines::fast::brief::{Brief, PathSpan};
    use coroner_lines::record::At;
    use coroner_lines::time::{Calendar, Precision, Stamp};
    use proptest::prelude::*;

    const LEVELS: [Level; 6] = [
        Level::Trace,
        Level::Debug,
        Level::Info,
        Level::Warn,
        Level::Error,
        Level::Fatal,
    ];

    pub(in crate::summary) fn fold() -> Fold {
        Fold::new(
            InputMeta {
                name: "app.log".into(),
                member: None,
                domain: "app.log".into(),
                service: None,
                host: None,
                scope: Kind::App,
                zone: None,
                edge: false,
                windows: Default::default(),
                doubts: Vec::new(),
            },
            Calendar::default(),
            Default::default(),
        )
    }

    proptest! {
        /// Brief complaints count as records at full length do, whatever came before.
        #[test]
        fn brief_or_at_length(
            lines in proptest::collection::vec((
                "(upstream call|no route|disk is full|job) [0-9]{0,3} ?(failed|timed out|/a/b/[0-9]|v4\\.[0-9]\\.0)?",
                0usize..LEVELS.len(), 0usize..3, 0i64..900, any::<bool>(),
            ), 1..60),
        ) {
            let (mut one, mut other) = (fold(), fold());
            let mut block = Vec::new();
            let places: Vec<_> = lines.iter().map(|l| {
                let from = block.len();
                block.extend_from_slice(l.0.as_bytes());
                (from, block.len())
            }).collect();
            for (n, ((_, level, host, second, zone), place)) in lines.iter().zip(&places).enumerate() {
                let at = LineAt::new(&block, *place, Pos { offset: place.0 as u64, line: n as u64 + 1 });
                let name = [None, Some(&b"app-1"[..]), Some(b"app-2")][*host];
                let stamp = Stamp {
                    offset_min: zone.then_some(0),
                    ..Stamp::utc(second * 1_000_000, Precision::Second)
                };
                let brief = Brief {
                    stamp,
                    stamped: At::End,
                    host: name,
                    service: name,
                    version: None,
                    names: 0,
                    request: None,
                    told: PathSpan::Nowhere,
                    said: Some((LEVELS[*level], at.bytes(), 0)),
                };
                one.brief(at, &brief, 0, Kind::App);
                other.record(at, &brief.record(), 0, Kind::App, None);
            }
            one.flush(&block);
            other.flush(&block);
            let whole = Stretch { end: block.len() as u64, lines: lines.len() as u64, crc32: 0 };
            let names = ["any".to_string()];
            prop_assert_eq!(one.finish(0, whole, &names), other.finish(0, whole, &names));
        }
    }
}
