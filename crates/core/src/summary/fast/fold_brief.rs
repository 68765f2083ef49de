//! Folds records of which nothing is kept but counts: most lines. The same as for a record at full length, which none is made.

use crate::summary::Axis;
use crate::summary::LineAt;
use crate::summary::by_name::some;
use crate::summary::fast::endpoint_key::Short;
use crate::summary::fast::name_ids::Names;
use crate::summary::fast::silent_messages::Heard;
use crate::summary::fold::counting::NAMED;
use crate::summary::fold::messages;
use crate::summary::fold::{Fold, Now};
use crate::summary::hash64;
use crate::summary::status::is_failed;
use coroner_lines::fast::brief::{Brief, PathSpan};
use coroner_lines::record::{At, Kind, Level, Request};
use coroner_lines::time::Dated;

/// A brief record, and its request.
type Apart<'a> = (Brief<'a, 'a>, Option<Request<'a>>);

impl Fold {
    /// Folds a line that is a brief record; the same as [`Fold::record`] of it.
    #[inline(always)]
    pub fn brief(&mut self, at: LineAt<'_>, b: &Brief<'_, '_>, format: usize, kind: Kind) {
        let Some((axis, written)) = self.tick(b.stamp) else {
            return self.brief_at_length(at, b.apart(), format, kind);
        };
        let took = match (b.stamped, b.request) {
            (At::Start, Some(r)) => r.latency_us.max(0),
            _ => 0,
        };
        let us = written + took;
        if self.meet_at(axis, us) {
            return self.out_of_range(1);
        }
        let scope = b.scope.unwrap_or_else(|| self.scope(kind));
        let a = &mut self.part.accounting;
        a.lines += 1;
        a.parsed += 1;
        a.records += 1;
        a.kinds[scope as usize] += 1;
        a.yearless += u64::from(b.stamp.dated == Dated::NoYear);
        a.start_stamped += u64::from(took > 0);
        self.count_format(format, 1);
        self.count_offset(b.stamp.offset_min, written, 1);
        if axis == Axis::Wall {
            self.part.steps.see(at.pos.offset, us, &mut self.wall);
        }
        match took > 0 {
            true => self.go_on(axis, us),
            false => self.go_to(axis, us),
        }
        self.now.took = took;
        let name = b.service.unwrap_or_default();
        let hash = match b.names {
            0 => hash64(name, NAMED),
            _ => 0,
        };
        if let Some(r) = b.request {
            let n = self.segments(axis);
            let key = match b.path_at {
                PathSpan::Nowhere => None,
                PathSpan::Line(bytes, from, to) => Short::of(bytes, from, to, n),
                PathSpan::Path(bytes, from, to) => Short::of_path(r.method, bytes, from, to, n),
            };
            let names = (b.host, b.service, b.version);
            self.request(at, names, (b.names, hash), r, &key);
        }
        let mut error = false;
        if let Some((level, text, status)) = b.said {
            error = level >= Level::Error;
            if b.request.is_none() {
                self.part.accounting.failed += u64::from(is_failed(status));
            }
            if b.names == 0 {
                self.count_said(axis, (name, hash), error);
            } else {
                let upstream = b.request.and_then(|r| some(r.upstream));
                let names = Names {
                    number: b.names,
                    host: b.host,
                    service: b.service,
                    version: b.version,
                    upstream,
                };
                self.count_said_by(axis, &names, error);
            }
            let heard = match level >= Level::Warn {
                true => None,
                false => Some(self.scratch.heard(text, scope, (axis, us))),
            };
            if heard != Some(Heard::Counted) {
                self.said_anew(at, b.apart(), scope, heard);
            }
        }
        let by_app = b.request.is_some_and(|r| r.by_app);
        let requests = u32::from(b.request.is_some());
        self.glimpse(us, at.pos, 1, requests, by_app);
        // lived when it wrote the line's time, whatever that is the time of
        if took > 0 {
            self.go_on(axis, written);
        }
        self.line_of_now(at, error);
    }

    /// Folds a line whose time is not known.
    #[inline(never)]
    fn brief_at_length(&mut self, at: LineAt<'_>, b: Apart<'_>, format: usize, kind: Kind) {
        self.record(at, &Brief::joined(b), format, kind, None);
    }

    /// Folds the text of a brief record of which more must be done than to count it; `heard` is what is known of it.
    #[inline(never)]
    fn said_anew(&mut self, at: LineAt<'_>, b: Apart<'_>, scope: Kind, heard: Option<Heard>) {
        let Now { axis, us, .. } = self.now;
        if let Some(message) = b.0.message() {
            let said = messages::MessageAt {
                at,
                rec: &Brief::joined(b),
                message: &message,
                scope,
                exception: None,
                axis,
                us,
                heard,
            };
            messages::timed(self.part.track_mut(axis), &mut self.scratch, &said);
        }
    }
}

#[cfg(test)]
pub(in crate::summary) mod tests {
    use super::*;
    use crate::summary::{InputMeta, Pos, Stretch};
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
            InputMeta::named("app.log", Kind::App),
            Calendar::default(),
            Default::default(),
        )
    }

    proptest! {
        /// Brief messages count as records at full length do, whatever came before.
        #[test]
        fn brief_or_at_length(
            lines in proptest::collection::vec((
                "(upstream call|queue=7 lag: 2s|no route|disk is full|job) [0-9]{0,3} ?(failed|timed out|/a/b/[0-9]|v4\\.[0-9]\\.0)?",
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
                    scope: None,
                    version: None,
                    names: 0,
                    request: None,
                    path_at: PathSpan::Nowhere,
                    said: Some((LEVELS[*level], at.bytes(), 0)),
                };
                one.brief(at, &brief, 0, Kind::App);
                other.record(at, &brief.record(), 0, Kind::App, None);
            }
            one.flush(&block);
            other.flush(&block);
            let whole = Stretch { end: block.len() as u64, lines: lines.len() as u64, before: 0, crc32: 0 };
            let names = ["any".to_string()];
            prop_assert_eq!(one.finish(0, whole, &names), other.finish(0, whole, &names));
        }
    }
}
