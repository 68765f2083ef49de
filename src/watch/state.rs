//! What a watch must know to go on after its process ended: the part, and beside it the plan of each input, how far it was
//! read, and what was reported. Written and read here as a value; where it is kept is not decided here.

use super::cadence::{Arrival, Cadence};
use super::engine::Watch;
use super::feed::{Counted, Feed};
use super::input_states::InputState;
use super::roll_over::CurrentPart;
use crate::watch::incident_states::{ReportedIncident, Source};
use crate::watch::row_diff::{AnnouncedRow, RowKey};
use crate::watch::score::Tally;
use coroner_core::error::{Error, Result};
use coroner_core::plan::row::RowInput;
use coroner_core::plan::{Plan, YearBasis};
use coroner_core::scan::live::Sequel;
use coroner_core::summary::wire::Digits;
use coroner_core::summary::{Axis, Bad, InputPart, Part};
use coroner_infer::infer::{Earlier, is_refusal};
use coroner_lines::time::{Instant, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Version of what stands beside the part. Readers refuse others.
const VERSION: u32 = 6;

#[derive(Serialize, Deserialize)]
struct WatchState {
    version: u32,
    /// Whether the watch ended by itself, so that nothing that it was given is missing.
    ended: bool,
    feeds: Vec<FeedState>,
    year_reference: i64,
    year_basis: YearBasis,
    yearless: bool,
    now: i64,
    seq: u64,
    reported: Vec<ReportedIncident>,
    failing: Vec<Source>,
    rows: Vec<(String, u32, u64, AnnouncedRow)>,
    shed: u64,
    /// Of parts that were closed: where the next one began, and what is usual. It stands in what is kept whole.
    #[serde(default)]
    now_read: CurrentPart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earlier: Option<Arc<Earlier>>,
    #[serde(default)]
    zoned: bool,
    #[serde(default)]
    web: bool,
}

#[derive(Serialize, Deserialize)]
struct FeedState {
    input: RowInput,
    state: InputState,
    /// The first bytes.
    head: Digits,
    /// Bytes and lines that the part holds.
    offset: u64,
    lines: u64,
    /// What came behind them.
    waiting: Digits,
    late: u64,
    #[serde(default)]
    pace: Pace,
    #[serde(default)]
    before: Counted,
}

/// How steadily an input speaks, and how its lines come: without it a silence would not be seen before it spoke for long again.
#[derive(Default, Serialize, Deserialize)]
struct Pace {
    cadence: Cadence,
    arrival: Arrival,
    pause_us: i64,
    lag_us: Option<i64>,
    heard_at: Option<i64>,
}

impl Watch {
    /// The part of all that was read, and what else is needed to go on; `None` before anything was planned. `ended`: nothing
    /// more comes.
    pub fn state(&mut self, ended: bool) -> Result<Option<(Part, Value)>> {
        self.plan_all()?;
        self.kept = ended;
        self.with_plan(|w, plan| w.state_with(plan, (ended, true)))
    }

    /// The same of what was read since it was last asked, to be added by [`added`]; `None` where what was there before is not a
    /// part of what is there now, so that all is to be kept anew.
    pub fn state_since(&mut self) -> Result<Option<(Part, Value)>> {
        self.plan_all()?;
        if self.planned().any(|(_, f)| self.feeds[f].anew) {
            return Ok(None);
        }
        self.with_plan(|w, plan| w.state_with(plan, (false, false)))
    }

    fn state_with(&mut self, plan: &Plan, (ended, all): (bool, bool)) -> Result<(Part, Value)> {
        let mut part = Part {
            plan: plan.digest,
            inputs: BTreeMap::new(),
        };
        let mut feeds = Vec::new();
        for (id, f) in self.planned().collect::<Vec<_>>() {
            let feed = &mut self.feeds[f];
            feed.fold()?;
            let input = &plan.inputs[id as usize];
            let empty = || InputPart::new(input.meta.clone());
            let unsaved = feed.unsaved.take();
            let kept = if all { feed.all()? } else { unsaved };
            feed.anew = false;
            part.inputs.insert(id, Box::new(kept.unwrap_or_else(empty)));
            // the first bytes of one that is planned for good do not change
            let known = !all && feed.state.is_settled();
            feeds.push(FeedState {
                input: RowInput::of(id, input),
                state: feed.state,
                head: Digits(if known { Vec::new() } else { feed.head.clone() }),
                offset: feed.cutter.offset(),
                lines: feed.lines,
                waiting: Digits(feed.cutter.pushed().to_vec()),
                late: feed.late,
                pace: Pace {
                    cadence: feed.cadence.clone(),
                    arrival: feed.arrival,
                    pause_us: feed.pause_us,
                    lag_us: feed.lag_us,
                    heard_at: (feed.heard_at.0 != i64::MIN).then_some(feed.heard_at.0),
                },
                before: feed.before,
            });
        }
        let rows = self.reported_rows.iter();
        let rolled = self.rolling.now.before > 0 && self.settings.baseline.is_none();
        let state = WatchState {
            version: VERSION,
            ended,
            feeds,
            year_reference: plan.year_reference,
            year_basis: plan.year_basis,
            yearless: plan.yearless,
            now: self.now.0,
            seq: self.events.seq(),
            reported: self.reported.clone(),
            failing: self.failing.iter().copied().collect(),
            rows: rows
                .map(|((kind, feed, byte), row)| (kind.clone(), *feed, *byte, row.clone()))
                .collect(),
            shed: self.shed,
            now_read: self.rolling.now,
            earlier: self.earlier.clone().filter(|_| all && rolled),
            zoned: self.zoned,
            web: self.web,
        };
        let value = serde_json::to_value(&state).map_err(|e| refused(&e.to_string()))?;
        Ok((part, value))
    }

    /// Goes on where a state was left; the inputs are those of the state, in its order, and more may be added. Whether the
    /// watch that left it ended by itself.
    pub fn restore(&mut self, part: Part, value: &Value) -> Result<bool> {
        let state: WatchState =
            serde_json::from_value(value.clone()).map_err(|e| refused(&e.to_string()))?;
        if state.version != VERSION {
            return Err(refused(&format!("is of version {}", state.version)));
        }
        let mut inputs = part.inputs;
        let mut plan = Plan {
            inputs: Vec::new(),
            year_reference: state.year_reference,
            year_basis: state.year_basis,
            yearless: state.yearless,
            zoneless: false,
            rules: self.settings.plan.rules.clone(),
            digest: part.plan,
        };
        let mut waiting = Vec::new();
        for (id, f) in (0..).zip(state.feeds) {
            let input = f.input.planned().map_err(|why| refused(&why))?;
            let part = inputs
                .remove(&id)
                .ok_or_else(|| refused("lacks an input"))?;
            let at = self.add(&input.meta.name, None);
            let wall_us = self.wall_us;
            let feed = &mut self.feeds[at];
            feed.go_on(f.pace, wall_us);
            let mut head = f.head.0;
            // its rest went with the process that read it
            if !f.state.is_settled() && head.last().is_some_and(|c| *c != b'\n') {
                head.push(b'\n');
            }
            feed.resume(
                input.clone(),
                *part,
                (f.offset, f.lines),
                self.settings.sensitivity,
            );
            (feed.state, feed.late, feed.head) = (f.state, f.late, head);
            feed.before = f.before;
            waiting.push((at, f.waiting.0));
            plan.inputs.push(input);
        }
        self.go_on_with(plan);
        self.now = Instant(state.now);
        self.rolling.now = state.now_read;
        self.earlier = self.earlier.take().or(state.earlier);
        self.events.go_on(state.seq);
        self.reported = state.reported;
        self.failing = state.failing.into_iter().collect();
        self.reported_rows = state
            .rows
            .into_iter()
            .map(|(kind, feed, byte, row)| -> (RowKey, AnnouncedRow) { ((kind, feed, byte), row) })
            .collect();
        (self.shed, self.zoned, self.web) = (state.shed, state.zoned, state.web);
        for (f, mut bytes) in waiting {
            if bytes.last().is_some_and(|c| *c != b'\n') {
                bytes.push(b'\n');
            }
            // of an input that is not planned for good the head holds them already
            if self.feeds[f].state.is_settled() {
                self.push(f, &bytes)?;
            } else {
                self.feeds[f].planned = None;
                self.begin_again(&[f])?;
            }
        }
        self.feeds.iter_mut().for_each(|f| f.cadence.resume());
        Ok(state.ended)
    }
}

/// A state with what was read since, as [`Watch::state_since`] gives it.
///
/// # Errors
/// Where the two do not follow each other.
pub fn added(
    (part, state): (Part, &Value),
    (more, mut newer): (Part, Value),
) -> Result<(Part, Value)> {
    let part = part.merge(more)?;
    if newer["earlier"].is_null() {
        newer["earlier"] = state["earlier"].clone();
    }
    if let (Some(old), Some(new)) = (state["feeds"].as_array(), newer["feeds"].as_array_mut()) {
        for (old, new) in old.iter().zip(new) {
            if new["head"] == "" {
                new["head"] = old["head"].clone();
            }
        }
    }
    Ok((part, newer))
}

impl Feed {
    /// Goes on at its pace; that nobody listened meanwhile is no silence.
    fn go_on(&mut self, pace: Pace, wall_us: i64) {
        (self.cadence, self.arrival) = (pace.cadence, pace.arrival);
        (self.pause_us, self.lag_us) = (pace.pause_us, pace.lag_us);
        self.heard_at = pace.heard_at.map_or(self.heard_at, Instant);
        self.heard_us = wall_us;
    }

    /// Goes on with a part behind the bytes and lines that it holds.
    fn resume(
        &mut self,
        input: coroner_core::plan::PlanInput,
        part: InputPart,
        (offset, lines): (u64, u64),
        sensitivity: coroner_infer::model::Sensitivity,
    ) {
        self.look(&input);
        self.cutter = self.begin(offset);
        (self.walked, self.lines, self.place) = (offset, lines, offset);
        self.sequel = Sequel::behind(lines);
        self.see_part(&part);
        let by_app = part.accounting.requests > 0
            && part.accounting.requests_by_app == part.accounting.requests;
        for (axis, track) in part.tracks() {
            let last = track.span.map_or(0, |s| s.1.div_euclid(SECOND));
            self.seconds += track.requests.n.iter().count() as u64;
            let q = &track.requests;
            let of = |us: i64, all, n, first| {
                let bad = Bad {
                    n,
                    first,
                    clients: 0,
                };
                (us.div_euclid(SECOND), (all, 0), bad)
            };
            let all = || q.n.iter().map(|(us, n)| of(us, n, 0, None));
            let failed = q.failed.iter();
            let failed = failed.map(|(s, n, l)| of(s * SECOND, 0, n, Some(l.first.pos)));
            let statuses = track.by_status.sorted().into_iter();
            let refused = statuses.filter(|(name, _)| is_refusal(name).is_some());
            let refused = refused.flat_map(|(_, s)| s.n.iter());
            let refused = refused.map(|(us, n)| of(us, 0, n, None));
            let mut count = |tally, each: &mut dyn Iterator<Item = (i64, (u32, u64), Bad)>| {
                let score = self.score((axis, tally), sensitivity);
                let near = each.filter(|x| last - x.0 < 86_400);
                near.for_each(|(second, all, bad)| score.add(second, all, bad));
            };
            match by_app {
                true => count(Tally::FailedInApp, &mut all().chain(failed)),
                false => {
                    count(Tally::Failed, &mut all().chain(failed));
                    count(Tally::Refused, &mut all().chain(refused));
                }
            }
        }
        self.scores
            .retain(|((axis, _), _)| part.track(*axis).span.is_some() || *axis == Axis::Utc);
        self.part = Some(part);
        self.planned = Some(input);
    }
}

fn refused(why: &str) -> Error {
    Error::part(
        "the state",
        format!("cannot be gone on with: {why}"),
        "move it away to begin anew; coroner report makes the report of it",
    )
}
