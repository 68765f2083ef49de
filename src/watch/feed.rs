//! One input that grows: the head that the plan is made of, what was pushed and not read, and what was read.
//! No judgement here.

use super::account::Account;
use super::cadence::{Arrival, Cadence};
use super::input_states::{InputSign, InputState, InputTale, Voice};
use super::score::{Score, Tally};
use crate::watch::watermark::{ENOUGH, Newest};
use coroner_core::plan::{Eye, Looked, PlanInput, Sampled};
use coroner_core::scan::Onlooker;
use coroner_core::scan::live::Sequel;
use coroner_core::source::{BlockConfig, Cutter, STREAM_HEAD};
use coroner_core::summary::{Axis, Bad, Glimpse, InputPart, Pos};
use coroner_infer::clock::Clocks;
use coroner_infer::model::Sensitivity;
use coroner_lines::time::{Instant, SECOND};
use serde::{Deserialize, Serialize};

/// Bytes of the head at which an input is planned, and planned again, until the plan is the one that all of it would have had.
pub(super) const STAGES: [usize; 4] = [2 << 10, 16 << 10, 64 << 10, STREAM_HEAD];

/// Lines without a request that are doubted each time.
const DOUBTED: u32 = 64;

/// How an input stands, for whoever looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputStanding {
    /// Its name.
    pub name: String,
    /// Lines read.
    pub lines: u64,
    /// Of these, not understood, or requests without a time.
    pub unparsed: u64,
    /// Request records.
    pub requests: u64,
    /// What the clock on the wall showed when something came last, microseconds UTC; `None` before.
    pub heard_us: Option<i64>,
}

/// Lines, lines not understood, and requests of parts.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Counted(u64, u64, u64);

impl Counted {
    /// With those of one more.
    pub fn with(self, part: &InputPart) -> Counted {
        let n = &part.accounting;
        let unparsed = n.unparsed + n.untimed_requests;
        Counted(self.0 + n.lines, self.1 + unparsed, self.2 + n.requests)
    }
}

/// One input.
#[derive(Default)]
pub(super) struct Feed {
    /// Name for citations.
    pub name: String,
    /// Last change, microseconds UTC, for files.
    pub modified_us: Option<i64>,
    pub state: InputState,
    /// The first bytes, until the plan stands.
    pub head: Vec<u8>,
    /// What a plan saw in so many of them.
    looked: Option<(usize, Box<Looked>)>,
    /// Its bytes so far make the plan; `None` before there are any.
    pub planned: Option<PlanInput>,
    pub cutter: Cutter,
    /// Bytes that are read at a time, by how far apart the lines of the last ones are.
    pub piece: Option<usize>,
    pub onlooker: Option<Onlooker>,
    pub sequel: Sequel,
    /// What was read before the last inference; and before that, where the watch left it behind.
    pub part: Option<InputPart>,
    pub behind: super::stretches::LeftBehind,
    /// What was read since then.
    pub young: Option<InputPart>,
    /// What was read since the state was kept last, where it is kept; and whether all that was read before is to be kept anew.
    pub unsaved: Option<InputPart>,
    pub anew: bool,
    /// Bytes up to which lines were looked at, and how many lines these are.
    pub walked: u64,
    pub lines: u64,
    /// Where the line begins that is looked at.
    pub place: u64,
    /// Seconds that have a line, and what an inference costs that looks at them.
    pub seconds: u64,
    pub cost: u64,
    /// Lines of the last one.
    pub of_second: u32,
    /// Bytes up to which a record that may go on was taken for whole.
    pub offered: u64,
    /// Lines that came much later than others of their time.
    pub late: u64,
    /// By axis.
    newest: [Newest; 2],
    /// By axis, and what is counted: few, of which each second looks for one.
    pub scores: Vec<((Axis, Tally), Score)>,
    /// Whether its requests are those of an inner tier.
    pub inner: bool,
    /// Requests, and failed ones of them, since it was added.
    pub total: (u64, u64),
    pub cadence: Cadence,
    /// What the arrival of its lines shows of their zone.
    pub arrival: Arrival,
    /// What the clock on the wall showed when bytes came last, and the time of the logs at the last line.
    pub heard_us: i64,
    pub heard_at: Instant,
    /// How long nothing came before that, and the longest such pause of lines that were written meanwhile.
    pub paused_us: i64,
    pub pause_us: i64,
    /// The last line that states its zone came as it was written.
    pub on_time: bool,
    /// How long after its time a line came last.
    pub lag_us: Option<i64>,
    /// How it stood when it was last asked whether it is understood.
    pub judged: InputStanding,
    /// What parts that are closed hold of it.
    pub before: Counted,
}

impl Feed {
    pub fn new(name: String, modified_us: Option<i64>, max_line: usize) -> Feed {
        Feed {
            name,
            modified_us,
            cutter: cutter(max_line),
            anew: true,
            heard_us: i64::MIN / 2,
            heard_at: Instant(i64::MIN),
            ..Feed::default()
        }
    }

    /// What takes bytes from a place of the input on.
    pub fn begin(&self, offset: u64) -> Cutter {
        cutter(self.cutter.max_line()).starting_at(offset)
    }

    /// Bytes of the head at which it is planned next; `there`: what is there is read before anything is reported, so that less
    /// than all of a head need not be understood.
    pub fn stage(&self, there: bool) -> usize {
        let next = STAGES.iter().find(|s| !there && **s > self.head.len());
        next.copied().unwrap_or(STREAM_HEAD)
    }

    /// What a plan sees in the head, which is looked at anew where more came of it; `whole`: nothing comes behind it.
    pub fn looked(
        &mut self,
        eye: &mut Eye<'_>,
        whole: bool,
    ) -> coroner_core::error::Result<Box<Looked>> {
        let head = &self.head[..self.head.len().min(STREAM_HEAD)];
        let lines = memchr::memrchr(b'\n', head).filter(|_| !whole);
        let head = &head[..lines.map_or(head.len(), |last| last + 1)];
        match &self.looked {
            Some((of, looked)) if *of == head.len() || self.state.is_settled() => {
                Ok(looked.clone())
            }
            _ => {
                let looked = Box::new(eye.look(&Sampled {
                    name: self.name.clone(),
                    member: None,
                    modified_us: self.modified_us,
                    pieces: vec![head.to_vec()],
                })?);
                self.looked = Some((head.len(), looked.clone()));
                Ok(looked)
            }
        }
    }

    /// Begins anew with a plan: what was read of the head is read again.
    pub fn replan(&mut self, input: PlanInput, max_line: usize) {
        if self.state.takes(InputSign::Begins) != InputTale::Read {
            return;
        }
        self.look(&input);
        self.cutter = cutter(max_line);
        self.cutter.push(&self.head);
        self.sequel = Sequel::default();
        (self.part, self.young) = (None, None);
        self.behind = Default::default();
        (self.unsaved, self.anew) = (None, true);
        self.planned = Some(input);
    }

    /// Looks at lines by a plan.
    pub fn look(&mut self, input: &PlanInput) {
        let before = self.onlooker.as_ref().map(Onlooker::doubted);
        self.onlooker = Onlooker::new(input, before.unwrap_or((DOUBTED, 0)));
    }

    /// Doubts the next lines, unless it is known to have requests. How many of those doubted speak of some, and of how many.
    pub fn doubt(&mut self) -> (u32, u32) {
        let Some(onlooker) = &mut self.onlooker else {
            return (0, 0);
        };
        let (left, speak) = onlooker.doubted();
        onlooker.doubt(DOUBTED);
        (speak, DOUBTED - left)
    }

    /// Bytes that are read at a time; fewer where an inference is to come `soon`.
    pub fn piece(&self, soon: bool) -> Option<usize> {
        let parts = if soon { 4 } else { 1 };
        self.piece.map(|bytes| bytes / parts)
    }

    /// The score of requests, which is made where there is none.
    pub fn score(&mut self, key: (Axis, Tally), sensitivity: Sensitivity) -> &mut Score {
        let all = &mut self.scores;
        let known = all.iter().position(|s| s.0 == key);
        let at = known.unwrap_or_else(|| {
            all.push((key, Score::new(sensitivity, key.1)));
            all.len() - 1
        });
        &mut all[at].1
    }

    /// Takes what lines show; their places count lines behind so many.
    pub fn see(&mut self, g: &Glimpse, lines: u64, sensitivity: Sensitivity) {
        self.total.0 += u64::from(g.requests);
        self.total.1 += u64::from(g.failed.n);
        let Some((axis, us)) = g.at else { return };
        self.cadence.see(us.div_euclid(SECOND), g.records);
        let placed = |bad: Bad| Bad {
            first: bad.first.map(|p| Pos {
                line: lines + p.line,
                ..p
            }),
            ..bad
        };
        let (failed, rest) = (g.failed, g.requests.saturating_sub(g.failed.n));
        let all = match g.by_app {
            true => [Some((Tally::FailedInApp, g.requests, failed)), None],
            false => [
                Some((Tally::Failed, g.requests, failed)),
                Some((Tally::Refused, rest, g.refused)),
            ],
        };
        for (tally, n, bad) in all.into_iter().flatten().filter(|_| g.requests > 0) {
            let score = self.score((axis, tally), sensitivity);
            score.add(us.div_euclid(SECOND), (n, g.clients), placed(bad));
        }
    }

    /// Takes the time of lines.
    pub fn comes_to(&mut self, g: &Glimpse) {
        let Some((axis, us)) = g.at else { return };
        let before = self.newest(axis).unwrap_or(us);
        if us.div_euclid(SECOND) > before.div_euclid(SECOND) {
            self.seconds += 1;
            self.cost += Account::of_second(0);
            self.of_second = 0;
        }
        let counted = Account::of_second(self.of_second);
        self.of_second = self.of_second.saturating_add(g.records);
        self.cost += Account::of_second(self.of_second) - counted;
        if self.paused_us > 0 && us - before < self.paused_us / 2 {
            // its writer keeps lines for a while
            self.pause_us = self.pause_us.max(self.paused_us);
        }
        self.paused_us = 0;
        (0..g.records.min(ENOUGH)).for_each(|_| self.newest[axis as usize].see(us));
    }

    /// Takes the newest time of what was read, where lines are not looked at one by one.
    pub fn see_part(&mut self, part: &InputPart) {
        for (axis, track) in part.tracks() {
            if let Some((_, us)) = track.span {
                (0..ENOUGH).for_each(|_| self.newest[axis as usize].see(us));
            }
        }
    }

    /// The newest time on an axis.
    pub fn newest(&self, axis: Axis) -> Option<i64> {
        self.newest[axis as usize].at()
    }

    /// The newest time in UTC, as far as that is known; what shows its zone goes before what does not.
    pub fn reached(&self, clocks: Option<&Clocks>, id: u32) -> Option<Instant> {
        let at = |axis| {
            let us = self.newest(axis)?;
            Some(clocks.map_or(Instant(us), |c| c.instant(id, axis, us)))
        };
        match clocks {
            Some(_) => at(Axis::Utc).max(at(Axis::Wall)),
            None => at(Axis::Utc).or(at(Axis::Wall)),
        }
    }

    /// How it stands; lines that wait for the end of their record are not counted.
    pub fn standing(&self) -> InputStanding {
        let parts = self.behind.parts().chain(&self.part).chain(&self.young);
        let Counted(lines, unparsed, requests) = parts.fold(self.before, |n, p| n.with(p));
        InputStanding {
            name: self.name.clone(),
            lines,
            unparsed,
            requests,
            heard_us: (self.heard_us > 0).then_some(self.heard_us),
        }
    }

    /// Whether it was silent, and lines come of it again.
    pub fn speaks_again(&self) -> bool {
        matches!(self.state.voice, Voice::Returns(_))
    }

    /// Whether it has requests.
    pub fn has_requests(&self) -> bool {
        !self.scores.is_empty()
    }

    /// Adds the part of a stretch.
    pub fn add(&mut self, part: InputPart) -> coroner_core::error::Result<()> {
        self.young = Some(match self.young.take() {
            Some(young) => young.merge(part)?,
            None => part,
        });
        Ok(())
    }

    /// All that was read, in one.
    pub fn fold(&mut self) -> coroner_core::error::Result<()> {
        if let Some(young) = self.young.take() {
            if !self.anew {
                self.unsaved = Some(match self.unsaved.take() {
                    Some(old) => old.merge(young.clone())?,
                    None => young.clone(),
                });
            }
            self.part = Some(match self.part.take() {
                Some(old) => old.merge(young)?,
                None => young,
            });
        }
        Ok(())
    }
}

fn cutter(max_line: usize) -> Cutter {
    Cutter::new(BlockConfig {
        target: 1,
        max_line,
    })
}
