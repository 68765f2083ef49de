//! Inputs that always said something and say nothing: looked for at each step, whoever else speaks. That of requests is a
//! suspicion of its own kind; any other is a gap.

use super::cadence::SILENT;
use super::engine::Watch;
use super::incident_states::Source;
use super::input_states::{InputSign, InputTale, Voice};
use coroner_core::summary::Glimpse;
use coroner_lines::time::{Instant, SECOND};

/// Half-minutes with a line after which requests are expected, and any other line.
const REQUESTS: u32 = 20;
const OTHERS: u32 = 60;

impl Watch {
    /// Looks at all inputs.
    pub(super) fn silences(&mut self) {
        if self.catches_up || self.seen().is_none() {
            return;
        }
        for n in 0..self.order.len() {
            let f = self.order[n];
            let feed = &self.feeds[f];
            let quiet = match self.live {
                true => self.wall_us.saturating_sub(feed.heard_us),
                false => self.now.0.saturating_sub(feed.heard_at.0),
            };
            if quiet < SILENT && feed.state.voice == Voice::Speaks {
                continue;
            }
            let edge = feed.has_requests() && !feed.inner;
            let slots = if edge { REQUESTS } else { OTHERS };
            let lacks = quiet >= SILENT.max(2 * feed.pause_us) && feed.cadence.lacks(quiet, slots);
            // where nobody else speaks and lines do not come as they are written, nothing distinguishes it from the end of a copy
            let alone = || !self.live && self.now == self.heard_with(f);
            let sign = match lacks {
                true => InputSign::Lacks(edge && !alone()),
                false if quiet < SILENT => InputSign::GoesOn(self.now),
                false => continue,
            };
            match self.feeds[f].state.takes(sign) {
                InputTale::Suspicion => self.is_silent(f, quiet),
                InputTale::Calm(since) => self.speaks(f, since),
                InputTale::Gap => {
                    let start = Instant(self.now.0 - quiet + SECOND);
                    let text = format!("no line of {} for 30 s", self.feeds[f].name);
                    let seen = self.seen();
                    self.events.gap("silence", &text, Some(start), seen);
                }
                InputTale::Nothing | InputTale::Read => {}
            }
        }
    }

    /// When a line was written with which an input speaks again: the logs may not have come to it before others confirm it. `None`: it
    /// is the last one from before the silence, which waited for the next.
    pub(super) fn speaks_at(&self, f: usize, id: u32, g: &Glimpse) -> Option<Instant> {
        let own =
            g.at.map_or(self.now, |(axis, us)| self.instant(id, axis, us));
        let onset = self.silenced(f).map(|t| self.reported[t].onset);
        if onset.is_some_and(|o| (1..=SILENT).contains(&(o.0 - own.0))) {
            return None;
        }
        let to = if self.live { self.wall_us } else { self.now.0 };
        Some(Instant(own.0.min(to).max(self.now.0)))
    }

    /// The incident that the silence of an input is of.
    pub(super) fn silenced(&self, f: usize) -> Option<usize> {
        let source = Source::Silence(f);
        let mut reported = self.reported.iter();
        reported.position(|t| !t.stage.is_final() && t.sources.contains(&source))
    }

    /// How far the logs would have come with the lines of one input and the clock on the wall alone.
    fn heard_with(&self, f: usize) -> Instant {
        let idle = self.now.0 - self.heard.0;
        Instant(self.feeds[f].heard_at.0.saturating_add(idle))
    }
}
