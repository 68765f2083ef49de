//! Folds records of which nothing is kept but counts: most lines. The same as for a record at full length, which none is made.

use super::Axis;
use super::LineAt;
use super::counting::NAMED;
use super::fold::{Fold, Now};
use super::hash64;
use super::messages;
use super::short::Short;
use crate::record::{At, Brief, Kind, Told};
use crate::time::Dated;

impl Fold {
    /// Folds a line that is a brief record; the same as [`Fold::record`] of it.
    #[inline(always)]
    pub fn brief(&mut self, at: LineAt<'_>, b: &Brief<'_, '_>, format: usize, kind: Kind) {
        let Some((axis, written)) = self.tick(b.stamp) else {
            return self.record(at, &b.record(), format, kind, None);
        };
        let took = match (b.stamped, b.request) {
            (At::Start, Some(r)) => r.latency_us.max(0),
            _ => 0,
        };
        let us = written + took;
        if self.meet_at(axis, us) {
            return self.out_of_range(1);
        }
        let scope = self.scope(kind);
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
        self.go_to(axis, us);
        let name = b.service.unwrap_or_default();
        let service = (name, hash64(name, NAMED));
        if let Some(r) = b.request {
            let key = match b.told {
                Told::Nowhere => None,
                Told::Line(bytes, from, to) => Short::of(bytes, from, to),
                Told::Path(bytes, from, to) => Short::of_path(r.method, bytes, from, to),
            };
            self.request(at, [b.host, b.service, b.version], service.1, r, key);
        }
        if let Some((_, text, status)) = b.said {
            if b.request.is_none() {
                self.part.accounting.failed += u64::from((500..600).contains(&status));
            }
            self.count_said(axis, service, false);
            if !self.scratch.is_quiet(text, scope) {
                self.said_anew(at, b, scope);
            }
        }
        // lived when it wrote the line's time, whatever that is the time of
        if took > 0 {
            self.go_to(axis, written);
        }
        let here = (at.pos, at.start..at.end);
        self.activity(at.block, (1, 0), &here, &here);
    }

    /// Folds the text of a brief record that was not found to state nothing.
    #[inline(never)]
    fn said_anew(&mut self, at: LineAt<'_>, b: &Brief<'_, '_>, scope: Kind) {
        let Now { axis, us, .. } = self.now;
        if let Some(message) = b.message() {
            let said = messages::Said {
                at,
                rec: &b.record(),
                message: &message,
                scope,
                exception: None,
                us,
            };
            messages::timed(self.part.track_mut(axis), &mut self.scratch, &said);
        }
    }
}
