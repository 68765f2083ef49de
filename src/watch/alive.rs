//! Whether the watch is alive and understands what it reads: a heartbeat each minute on the wall, and a gap for an input of
//! which it makes nothing.

use super::engine::Watch;
use super::event::fields;
use super::feed::{Feed, InputStanding};
use super::input_states::{InputSign, InputTale};
use crate::watch::incident_states::IncidentStage;
use crate::watch::score::Tally;
use coroner_lines::time::{MINUTE, SECOND};
use coroner_report::report::time::clock;

/// Lines of an input from which on it is judged.
const ENOUGH: u64 = 20;

/// How a watch stands, for whoever looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How far the logs have come, as a time of day.
    pub time: Option<String>,
    /// Lines looked at.
    pub lines: u64,
    /// Requests of the last minute of the logs.
    pub requests: u64,
    /// Failed ones of them.
    pub failed: u64,
    /// One is suspected.
    pub suspicion: bool,
    /// Incidents that go on.
    pub open: u64,
    /// Requests since the watch began, and failed ones of them.
    pub total: (u64, u64),
    /// How long after its time the newest line came, of the input that is closest to the wall; microseconds.
    pub lag_us: Option<i64>,
}

impl Watch {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        let mut all = Standing {
            time: self.seen().map(|t| clock(t, self.events.zone)),
            lines: self.lines_read(),
            suspicion: self
                .reported
                .iter()
                .any(|t| t.stage == IncidentStage::Suspected),
            open: self.reported.iter().filter(|t| t.is_open()).count() as u64,
            lag_us: self.feeds.iter().filter_map(|f| f.lag_us).min(),
            ..Standing::default()
        };
        for feed in self.feeds.iter().filter(|f| !f.inner) {
            all.total.0 += feed.total.0;
            all.total.1 += feed.total.1;
        }
        for (id, f) in self.planned() {
            let feed = &self.feeds[f];
            let scores = feed.scores.iter().filter(|s| s.0.1 != Tally::Refused);
            for ((axis, _), score) in scores.filter(|_| !feed.inner) {
                let now = self.written(id, *axis, self.now).div_euclid(SECOND);
                let (n, k) = score.sum(now - 60, now + 1);
                (all.requests, all.failed) = (all.requests + n, all.failed + k);
            }
        }
        all
    }

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
        let unparsed: u64 = self.inputs().iter().map(|i| i.unparsed).sum();
        let fields = fields([
            ("lines", all.lines.into()),
            ("unparsed", unparsed.into()),
            ("requests", all.requests.into()),
            ("failed", all.failed.into()),
            ("incidents", all.open.into()),
            ("lag_s", all.lag_us.map(|l| l / SECOND).into()),
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
            let sign = match foreign || empty {
                true => InputSign::Foreign,
                false => InputSign::Makes,
            };
            if self.feeds[f].state.takes(sign) == InputTale::Gap {
                let text = match foreign {
                    true => format!(
                        "{unparsed} of the last {lines} lines of {} are not understood, or requests without a time",
                        now.name
                    ),
                    false => format!(
                        "{speaks} of {of} lines of {} speak of requests, and none was read as one",
                        now.name
                    ),
                };
                self.gap("not_understood", &text);
            }
            self.feeds[f].judged = now;
        }
    }
}
