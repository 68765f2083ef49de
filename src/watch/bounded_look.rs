//! What inferences look at: the last hours that have lines, and whatever is not over. What lies before is left behind, so that an
//! inference costs the same however long the watch runs; the last one, and one that is asked for, look at all that was read.

use super::engine::Watch;
use super::event::SUSPECTS;
use super::feed::Feed;
use super::row_diff::is_said_elsewhere;
use super::stretches::{LeftBehind, LookedAt, Stretch, joined};
use coroner_core::error::Result;
use coroner_core::summary::InputPart;
use coroner_infer::clock::Mapped;
use coroner_infer::model::{Event, Report, ZoneSource};
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{Instant, MINUTE};
use coroner_report::report::kinds::family;
use std::sync::Arc;

/// Seconds with lines of one input after which a stretch of all inputs ends. One whole stretch before all that is not over shows
/// what is usual.
const STRETCH: u64 = 900;
/// Between that stretch and the onset of what is not over: what fails again after so long is another incident.
const APART: i64 = 15 * MINUTE;

impl Watch {
    /// Nothing fails, is suspected, or is an incident that goes on.
    pub(super) fn is_calm(&self) -> bool {
        self.failing.is_empty() && self.reported.iter().all(|t| t.stage.is_final())
    }

    /// Whether inferences look at less than all that was read: then a report is made when it is asked for.
    pub(super) fn leaves_behind(&self) -> bool {
        self.feeds.iter().any(|f| !f.behind.is_empty())
    }

    /// Ends a stretch that is long enough.
    pub(super) fn end_stretch(&mut self) -> Result<()> {
        if self.feeds.iter().all(|f| f.seconds < STRETCH) {
            return Ok(());
        }
        let end = self.now;
        self.feeds.iter_mut().try_for_each(|f| f.end_stretch(end))
    }

    /// Up to where what was judged may be left behind: all but a whole stretch before what is not over.
    pub(super) fn may_leave(&self) -> Option<Instant> {
        let going = self.reported.iter().filter(|t| !t.stage.is_final());
        let over = going.map(|t| t.onset).fold(self.now, Instant::min);
        let over = over.0.saturating_sub(APART);
        // all inputs are looked at from the same moment on
        let last_but_one = |f: &Feed| {
            let ends = f.behind.stretches.iter().map(|s| s.end);
            ends.rev().filter(|end| end.0 <= over).nth(1)
        };
        let until = self.feeds.iter().filter_map(last_but_one).max();
        until.filter(|_| self.backlog.is_empty())
    }

    /// Leaves behind what an inference judged, but for a whole stretch before what is not over. Before one (`judged` is not so)
    /// also requests without anything beside them, where something else is what it is wanted for, and whatever cannot be paid for.
    pub(super) fn leave_behind(&mut self, judged: bool) -> Result<()> {
        self.end_stretch()?;
        let Some(until) = self.may_leave() else {
            return Ok(());
        };
        let last = self.last.unwrap_or(until);
        let shows = |s: &Stretch| s.end > last && s.end <= until && !s.is_plain();
        let mut unjudged = self.feeds.iter().flat_map(|f| &f.behind.stretches);
        if !judged && (self.is_calm() || self.can_pay() && unjudged.any(shows)) {
            return Ok(());
        }
        self.keeps_zones();
        let mut known = self.known_before.take().or(self.earlier.clone());
        for feed in &mut self.feeds {
            if judged {
                feed.behind.judged = feed.place;
            }
            let leaves = feed.behind.stretches.partition_point(|s| s.end <= until);
            for s in feed.behind.stretches.drain(..leaves) {
                self.account.leave();
                Arc::make_mut(known.get_or_insert_default()).knows_also(&s.part);
                let old = feed.behind.old.take().into_iter();
                feed.behind.old = joined(old.chain([s.part]))?;
            }
        }
        self.known_before = known;
        if judged {
            self.left_at = self.now;
        }
        Ok(())
    }

    /// The zones that are known by now stay known, whatever is looked at later.
    pub(super) fn keeps_zones(&mut self) {
        for (id, f) in self.planned().collect::<Vec<_>>() {
            let zone = self.clocks.as_ref().and_then(|c| c.of(id));
            let zone = zone.filter(|m| m.source != ZoneSource::Assumed);
            let east = |m: &Mapped| m.changes.last().map_or(m.base_min, |c| c.offset_min);
            let zone = zone.map(|m| east(m) * MINUTE);
            self.feeds[f].arrival.stays(zone);
        }
    }

    /// Takes out of a report what no event says, so that it need not be redacted.
    pub(super) fn without_unsaid(&self, report: &mut Report) {
        let spans = [&mut report.blips, &mut report.planned, &mut report.minor];
        spans.into_iter().for_each(Vec::clear);
        report.gaps.clear();
        report.inputs.iter_mut().for_each(|i| i.examples.clear());
        for i in &mut report.incidents {
            i.signals.clear();
            i.new_templates.clear();
            i.unexplained.clear();
            i.versions.clear();
            i.missing.clear();
            i.prompts.clear();
            i.title.0.clear();
            i.causes.truncate(SUSPECTS);
            let harm = &mut i.impact;
            let lists = [
                &mut harm.by_status,
                &mut harm.by_endpoint,
                &mut harm.by_host,
            ];
            let lists = lists
                .into_iter()
                .chain([&mut harm.by_version, &mut harm.by_upstream]);
            lists.for_each(Vec::clear);
            for c in &mut i.causes {
                c.pro.clear();
                c.con.clear();
                c.settle.take();
            }
        }
        // but for changes, which an incident that opens names, and for whoever acted, whom other rows may name
        let says = |e: &Event| {
            let told = self.is_told(e) || is_said_elsewhere(e.kind);
            !told
                || e.kind == MarkerKind::Onset
                || family(e.kind) == "change"
                || !e.actors.is_empty()
        };
        let own = report.incidents.iter_mut().map(|i| &mut i.timeline);
        for rows in own.chain([&mut report.timeline]) {
            rows.retain(says);
            for e in rows.iter_mut().filter(|e| self.is_told(e)) {
                e.evidence.iter_mut().for_each(|l| l.excerpt = None);
            }
        }
    }

    /// Whether a row rests on lines that were judged when something was left behind, or claims to be the first of all once more.
    pub(super) fn is_told(&self, e: &Event) -> bool {
        let Some(first) = e.evidence.first() else {
            return false;
        };
        let behind = &self.feeds[self.feed_of(first.input) as usize].behind;
        let again = || self.reported_rows.keys().any(|k| k.0 == e.kind.word());
        first.byte < behind.judged || e.kind == MarkerKind::First5xx && again()
    }
}

impl Feed {
    /// What is looked at, taken from here where nothing is left behind, and by the last look.
    pub fn looked_at(&mut self, look: LookedAt) -> Result<Option<InputPart>> {
        self.fold()?;
        let behind = &self.behind;
        match look {
            _ if behind.is_empty() => Ok(self.part.take()),
            LookedAt::Recent => {
                // its lines are numbered on
                let numbered = behind.old.as_ref().map(InputPart::next);
                let stretches = behind.stretches.iter().map(|s| &s.part);
                let recent = stretches.chain(&self.part).cloned();
                joined(numbered.into_iter().chain(recent))
            }
            LookedAt::All => self.all(),
            LookedAt::Last => {
                let LeftBehind { old, stretches, .. } = std::mem::take(&mut self.behind);
                let stretches = stretches.into_iter().map(|s| s.part);
                joined(old.into_iter().chain(stretches).chain(self.part.take()))
            }
        }
    }

    /// A copy of all that was read.
    pub fn all(&mut self) -> Result<Option<InputPart>> {
        self.fold()?;
        joined(self.behind.parts().chain(&self.part).cloned())
    }

    fn end_stretch(&mut self, end: Instant) -> Result<()> {
        self.fold()?;
        let cost = std::mem::take(&mut self.cost);
        self.seconds = 0;
        let part = self.part.take();
        let ended = part.map(|part| Stretch { part, cost, end });
        self.behind.stretches.extend(ended);
        Ok(())
    }
}
