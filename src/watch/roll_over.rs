//! Roll-over: a part is closed in a quiet moment, its report is handed out, and what comes is counted anew beside what was
//! usual in it. So a watch that runs for months holds a day.

use super::engine::Watch;
use super::event::fields;
use super::feed::Feed;
use super::incident_states::HOLD;
use super::row_diff::AnnouncedRow;
use super::stretches::LookedAt;
use coroner_core::error::Result;
use coroner_core::plan::Plan;
use coroner_infer::infer::Earlier;
use coroner_infer::model::{Incident, Report};
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, Instant, MINUTE};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Incidents that are over and stay known, so that none gets the id of another.
const KNOWN: usize = 256;

/// When a part is closed: then, or as soon after it as nothing fails, at the latest when it is due again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollOver {
    /// When a day begins, in the zone of the report.
    Daily,
    /// After so many bytes of logs.
    Bytes(u64),
}

/// The part that is read now, and those before it.
#[derive(Debug, Default)]
pub(super) struct Rolling {
    pub(super) when: Option<RollOver>,
    pub now: CurrentPart,
    /// Those that were closed and not taken yet: a name for each, and its report.
    closed: Vec<(String, Report)>,
}

/// Where the part that is read began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CurrentPart {
    begun: Option<Instant>,
    bytes: u64,
    /// Parts that were closed before.
    pub before: u64,
    /// How many of these began in the same second.
    #[serde(default)]
    same: u64,
}

impl CurrentPart {
    /// It begins now, unless it has begun.
    pub fn begins(&mut self, now: Instant) -> Instant {
        *self.begun.get_or_insert(now)
    }
}

impl Watch {
    /// Closes parts now and then. Without it all that is read is one, as in the batch run.
    pub fn roll(&mut self, when: Option<RollOver>) {
        self.rolling.when = when;
    }

    /// The reports of parts that were closed since this was last asked, each with a name that shows when its part began.
    pub fn rolled(&mut self) -> Vec<(String, Report)> {
        std::mem::take(&mut self.rolling.closed)
    }

    /// Whether the part is to be closed: it is due, and nothing fails or was stated shortly before, or due once more.
    pub(super) fn rolls(&mut self) -> bool {
        let Some(when) = self.rolling.when else {
            return false;
        };
        let (now, bytes, calm) = (self.now, self.bytes(), self.is_calm());
        let part = &mut self.rolling.now;
        let begun = part.begins(now);
        let zone = self.events.zone;
        let due = match when {
            RollOver::Daily => day(now, zone) - day(begun, zone),
            RollOver::Bytes(n) => (bytes.saturating_sub(part.bytes) / n.max(1)) as i64,
        };
        // what was stated shortly before may be why something fails soon
        let stated = |r: &AnnouncedRow| r.time.is_some_and(|t| (0..HOLD).contains(&(now.0 - t.0)));
        due >= 2 || due == 1 && calm && !self.reported_rows.values().any(stated)
    }

    /// Bytes that were read.
    fn bytes(&self) -> u64 {
        self.feeds.iter().map(|f| f.place).sum()
    }

    /// Closes the part.
    pub(super) fn roll_over(&mut self, plan: &Plan) -> Result<()> {
        let mut part = self.part(plan, LookedAt::Last)?;
        let report = self.report_on(&mut part, plan, LookedAt::Last)?;
        self.known_before = None;
        self.rows(&report, true);
        if self.settings.baseline.is_none() {
            let of = part.inputs.values().map(|p| p.coverage.crc32());
            let crc32 = of.fold(0, |all: u32, c| all.rotate_left(1) ^ c);
            let mut earlier = Earlier::of(&part, &self.inference(plan), format!("{crc32:08x}"));
            let share = self.earlier.as_ref().and_then(|e| e.share);
            earlier.share = earlier.share.or(share);
            self.earlier = Some(Arc::new(earlier));
        }
        self.keeps_zones();
        for (id, p) in part.inputs {
            let f = self.order[id as usize];
            self.settled(f);
            self.feeds[f].rolls(*p);
        }
        self.reported_rows.clear();
        let over = self.reported.iter().filter(|t| t.stage.is_final()).count();
        let mut forgotten = over.saturating_sub(KNOWN);
        self.reported.retain(|t| {
            let forget = t.stage.is_final() && forgotten > 0;
            forgotten -= usize::from(forget);
            !forget
        });
        self.over = 0;
        let (now, zone) = (self.now, self.events.zone);
        let (began, same) = (self.rolling.now.begun.unwrap_or(now), self.rolling.now.same);
        self.rolling.now = CurrentPart {
            begun: Some(now),
            bytes: self.bytes(),
            before: self.rolling.now.before + 1,
            same: match began.second() == now.second() {
                true => self.rolling.now.same + 1,
                false => 0,
            },
        };
        let name = coroner_report::report::time::rfc3339(began, zone);
        let name = match self.rolling.when {
            Some(RollOver::Daily) => name[..10].to_owned(),
            _ => name[..19].replace(':', ""),
        };
        // no report is written over another one
        let name = match same {
            0 => name,
            n => format!("{name}-{}", n + 1),
        };
        let lines: u64 = report.inputs.iter().map(|i| i.lines).sum();
        let all = fields([
            ("name", name.as_str().into()),
            ("from", self.events.time(began)),
            ("lines", lines.into()),
            ("incidents", report.incidents.len().into()),
        ]);
        self.events.emit("roll_over", Some(now), Some(now), all);
        self.rolling.closed.push((name, report));
        Ok(())
    }

    /// When a reported incident that an inference has began: what went on when the part began that the inference is of began before.
    pub(super) fn onset_of(&self, t: usize, i: &Incident) -> Instant {
        let reported = self.reported[t].onset;
        let begun = self.rolling.now.begun;
        let cut = self.rolling.now.before > 0 && begun.is_some_and(|b| reported < b);
        match self.merged_with(t, i).is_some() || cut {
            true => reported,
            false => i.onset,
        }
    }
}

impl Feed {
    /// Goes on behind a part of it that is closed, in a zone that is known by now.
    fn rolls(&mut self, part: coroner_core::summary::InputPart) {
        self.before = self.before.with(&part);
        self.part = Some(part.next());
        (self.young, self.unsaved, self.anew) = (None, None, true);
        (self.seconds, self.cost, self.of_second) = (0, 0, 0);
    }
}

/// The day of an instant in a zone.
fn day(t: Instant, zone: Zone) -> i64 {
    (t.0 + i64::from(zone.offset_at(t)) * MINUTE).div_euclid(DAY)
}
