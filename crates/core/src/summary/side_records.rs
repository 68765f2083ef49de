//! Records that are not one record at one time: several in a line, what stands beside a record, what has no time.
//! Rare, and kept apart from the path that runs once per line.

use crate::summary::fold::Fold;
use crate::summary::fold::messages;
use crate::summary::status::is_failed;
use crate::summary::{LineAt, Marker};
use coroner_lines::record::{Body, Kind, Notice, Record};

impl Fold {
    /// Folds the records of one line, which is counted once.
    #[cold]
    pub(super) fn several(
        &mut self,
        at: LineAt<'_>,
        all: &[Record<'_>],
        format: usize,
        kind: Kind,
    ) {
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
    pub(super) fn beside(&mut self, at: LineAt<'_>, rec: &Record<'_>, kind: Kind) {
        match &rec.body {
            Body::Header(v) => self.notices(at, rec, v),
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
                    self.glimpse(us, at.pos, 1, 0, false);
                    self.line_of_now(at, false);
                }
            }
        }
    }

    /// Keeps notices of a line that need not have a time.
    fn notices(&mut self, at: LineAt<'_>, rec: &Record<'_>, all: &[Notice<'_>]) {
        for (rank, n) in all.iter().enumerate() {
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

    /// What a record without a time says.
    #[cold]
    pub(super) fn untimed(&mut self, at: LineAt<'_>, rec: &Record<'_>, scope: Kind) {
        let said = match &rec.body {
            Body::Message(m) => {
                self.part.accounting.failed += u64::from(is_failed(m.status));
                Some(m)
            }
            Body::Request(r) => {
                self.part.accounting.untimed_requests += 1;
                self.part.accounting.failed += u64::from(is_failed(r.status));
                r.message.as_ref()
            }
            Body::Notices(v) => {
                self.notices(at, rec, v);
                None
            }
            Body::Several(_) | Body::Header(_) | Body::Detail(_) | Body::Nothing => None,
        };
        if let Some(m) = said {
            messages::untimed(&mut self.part, &mut self.scratch, at, rec, m, scope);
        }
    }
}
