//! Whether the watch is alive and understands what it reads: a heartbeat each minute on the wall, and a gap for an input of
//! which it makes nothing.

use super::engine::Watch;
use super::event::fields;
use super::feed::{Feed, InputStanding};
use coroner_lines::time::{MINUTE, SECOND};

/// Lines of an input from which on it is judged.
const ENOUGH: u64 = 20;

impl Watch {
    /// How the inputs stand.
    pub fn inputs(&self) -> Vec<InputStanding> {
        self.feeds.iter().map(Feed::standing).collect()
    }

    /// Reports each minute that the watch is alive, and what it does not understand.
    pub(super) fn beat(&mut self) {
        if self.wall_us - self.beat_us < MINUTE {
            return;
        }
        self.beat_us = self.wall_us;
        let all = self.standing();
        let lag = self.feeds.iter().filter_map(|f| f.lag_us).min();
        let unparsed: u64 = self.inputs().iter().map(|i| i.unparsed).sum();
        let open = self.reported.iter().filter(|t| t.is_open()).count();
        let fields = fields([
            ("lines", all.lines.into()),
            ("unparsed", unparsed.into()),
            ("requests", all.requests.into()),
            ("failed", all.failed.into()),
            ("incidents", open.into()),
            ("lag_s", lag.map(|l| l / SECOND).into()),
        ]);
        let seen = self.seen();
        self.events.emit("heartbeat", seen, seen, fields);
        self.not_understood();
    }

    /// Reports inputs of which nothing, or less than a twentieth, was understood since this was last asked, and of those that
    /// speak of requests and gave none.
    pub(super) fn not_understood(&mut self) {
        for f in 0..self.feeds.len() {
            let (now, before) = (self.feeds[f].standing(), self.feeds[f].judged.clone());
            let lines = now.lines.saturating_sub(before.lines);
            if lines < ENOUGH {
                continue;
            }
            let unparsed = now.unparsed.saturating_sub(before.unparsed);
            let foreign = unparsed * 20 > lines * 19;
            let (speaks, of) = self.feeds[f].doubt();
            let empty =
                u64::from(of) >= ENOUGH && speaks * 2 > of && now.requests == before.requests;
            if (foreign || empty) && !before.warned {
                let text = match foreign {
                    true => format!(
                        "{unparsed} of the last {lines} lines of {} are not understood",
                        now.name
                    ),
                    false => format!(
                        "{speaks} of {of} lines of {} speak of requests, and none was read as one",
                        now.name
                    ),
                };
                self.gap("not_understood", &text);
            }
            self.feeds[f].judged = InputStanding {
                warned: foreign || empty,
                ..now
            };
        }
    }
}
