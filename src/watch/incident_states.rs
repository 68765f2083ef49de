//! The states of an incident that is reported, and the one table of what leads from one to the next.
//! Plain data; what is written of a step is decided by who takes it.

use super::score::Tally;
use coroner_core::summary::Axis;
use coroner_infer::model::{Incident, Report, State};
use coroner_lines::time::{Instant, MINUTE, SECOND};
use serde::{Deserialize, Serialize};

/// Reported as an incident from this age on.
pub(super) const OPENS: i64 = MINUTE;
/// What inferences alone show is reported when they had it for so long: what is rare looks like much as it happens.
const SURE: i64 = 3 * MINUTE;
/// What fails this long after it was suspected is no short burst.
pub(super) const LASTS: i64 = 20 * SECOND;
/// Over when it was as usual for so long.
pub(super) const HOLD: i64 = 10 * MINUTE;

/// An incident of an inference, and the report that has it.
pub(super) type InferredIncident<'r> = Option<(&'r Incident, &'r Report)>;

/// Where a reported incident stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum IncidentStage {
    /// One inference has it: nothing is reported before a second one has it too.
    #[default]
    Seen,
    /// Reported as a suspicion.
    Suspected,
    /// Reported as an incident that goes on.
    Open,
    /// The same, and for a minute all was as usual: a relapse, or its end.
    Easing,
    /// Reported to be over; final.
    Closed,
    /// Reported to be none, or never reported; final.
    Gone,
}

/// What is learnt of a reported incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// The score of its requests is over the threshold, or its input is silent.
    Fails,
    /// An inference has it, it is a minute old and no short burst, or it failed again; or its input is silent for a minute.
    Holds,
    /// For a minute requests came, and were as usual.
    Calms,
    /// Inferences have it not any more, and nothing fails.
    Fades,
    /// It was as usual for ten minutes.
    Ends,
    /// Nothing more comes, and the last inference has it (`true`) or not.
    Last(bool),
}

/// What is reported of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tale {
    Nothing,
    Open,
    Update,
    Close,
    Retract,
    OpenAndClose,
}

impl IncidentStage {
    /// The table: the next state, and what is reported then; `None` where a sign changes nothing. It stands in the book too.
    pub fn next(self, sign: Sign) -> Option<(IncidentStage, Tale)> {
        use IncidentStage::{Closed, Easing, Gone, Open, Seen, Suspected};
        Some(match (self, sign) {
            (Seen | Suspected, Sign::Holds) => (Open, Tale::Open),
            (Seen, Sign::Fades | Sign::Last(false)) => (Gone, Tale::Nothing),
            (Suspected, Sign::Fades | Sign::Last(false)) => (Gone, Tale::Retract),
            (Seen | Suspected, Sign::Ends | Sign::Last(true)) => (Closed, Tale::OpenAndClose),
            (Open, Sign::Calms) => (Easing, Tale::Nothing),
            (Easing, Sign::Fails) => (Open, Tale::Update),
            (Open | Easing, Sign::Ends | Sign::Last(true)) => (Closed, Tale::Close),
            (Easing, Sign::Fades | Sign::Last(false)) => (Gone, Tale::Retract),
            (Open, Sign::Last(false)) => (Closed, Tale::Close),
            _ => return None,
        })
    }

    /// Nothing more is reported of it.
    pub fn is_final(self) -> bool {
        matches!(self, IncidentStage::Closed | IncidentStage::Gone)
    }
}

/// What shows an incident before an inference does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Source {
    /// Requests of an input that fail or are refused: of lines on an axis.
    Requests(usize, #[serde(with = "AxisName")] Axis, Tally),
    /// An input that says nothing.
    Silence(usize),
    /// Requests of the edge that stay away, as an input shows.
    Traffic(usize),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Axis")]
enum AxisName {
    Utc,
    Wall,
}

/// What was said last of how bad it is and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Said {
    pub requests: u64,
    pub failed: u64,
    /// When it began, as the last inference has it.
    #[serde(default)]
    pub onset: Option<Instant>,
    /// What it begins with, where that is no failing request.
    #[serde(default)]
    pub symptom: String,
    /// The first suspect: its class, and what is accused.
    pub suspect: String,
    /// Another one, which one inference has put first.
    pub rival: String,
}

/// An incident as it was reported so far, which later inferences are held against.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct ReportedIncident {
    /// The same in all of its events.
    pub id: String,
    pub stage: IncidentStage,
    pub sources: Vec<Source>,
    /// Onset and recovery as they were reported last.
    pub onset: Instant,
    pub recovery: Option<Instant>,
    /// Since when it is as usual, where that was observed.
    pub calm: Option<Instant>,
    /// When it failed again after that, as a suspicion: it is no blip.
    #[serde(default)]
    pub relapsed: Option<Instant>,
    /// When it was suspected or seen first; and whether it still failed a while after that, as no short burst does.
    pub noticed: Instant,
    #[serde(default)]
    pub lasts: bool,
    /// Until when its source is known to fail, or to be silent, as long as it is a suspicion.
    #[serde(default)]
    pub until: Option<Instant>,
    /// Number of the event that opened it.
    pub opened: Option<u64>,
    /// How sure the suspicion was.
    pub score: f64,
    /// Since when inferences have it not.
    pub missed: Option<Instant>,
    /// An event reported of it.
    pub known: bool,
    /// It was over before the watch began.
    pub past: bool,
    /// What was reported of it last was history when it was.
    #[serde(default)]
    pub history: bool,
    /// How far the logs had come when an event reported of it last.
    #[serde(default)]
    pub told: Option<Instant>,
    /// How far the logs had come when the watch was left that reported it: nobody knows whether it went on since.
    #[serde(skip)]
    pub left: Option<Instant>,
    /// Minutes of age at which its state is reported.
    pub next: i64,
    pub said: Said,
    /// Requests and failed ones of what inferences join with it that were before its onset.
    #[serde(default)]
    pub before: (u64, u64),
}

/// Incidents of an inference and reported ones that are at most this far apart may be one.
const NEAR: i64 = 5 * MINUTE;

impl ReportedIncident {
    pub fn new(
        id: String,
        onset: Instant,
        stage: IncidentStage,
        sources: Vec<Source>,
        noticed: Instant,
    ) -> ReportedIncident {
        ReportedIncident {
            id,
            stage,
            sources,
            onset,
            noticed,
            next: 1,
            ..ReportedIncident::default()
        }
    }

    /// Whether an inference may be believed that has it: something else showed it, or inferences have it for long enough.
    pub fn is_sure(&self, now: Instant) -> bool {
        !self.sources.is_empty() || now.0 - self.noticed.0 >= SURE
    }

    /// Whether it is no short burst: it still failed a while after it was suspected or failed again, or failed a third time.
    pub fn may_open(&self) -> bool {
        self.sources.is_empty() || self.lasts
    }

    /// A suspicion of less than a minute: what else fails now is of it.
    pub fn is_young(&self, now: Instant) -> bool {
        let suspected = self.stage == IncidentStage::Suspected && self.calm.is_none();
        suspected && now.0 - self.noticed.0 < OPENS
    }

    /// Reported as an incident, and not as over.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, IncidentStage::Open | IncidentStage::Easing)
    }

    /// For how long it and an incident of an inference on logs up to `now` went on together; `None`: they are two.
    pub fn shares(&self, i: &Incident, now: Instant) -> Option<i64> {
        // what was reported to be over ended then
        let (end, near) = match self.stage {
            IncidentStage::Gone => return None,
            IncidentStage::Closed => (self.recovery.unwrap_or(now), MINUTE),
            _ => (self.left.unwrap_or(now), NEAR),
        };
        let until = end.min(i.recovery.unwrap_or(now));
        let both = until.0 - self.onset.max(i.onset).0;
        (both >= -near).then_some(both)
    }
}

/// Which reported incident each of an inference is: of all pairs first those that went on together for longest, then those that
/// began closest to each other. One that is not over goes before one that is: this one may be reported no more.
pub(super) fn assigned(
    reported: &[ReportedIncident],
    found: &[Incident],
    now: Instant,
) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (n, i) in found.iter().enumerate() {
        for (t, of) in reported.iter().enumerate() {
            if let Some(both) = of.shares(i, now) {
                let apart = (of.onset.0 - i.onset.0).abs();
                // but what was told to its end is told, whatever else was suspected then
                let told = i.recovery.is_some() && of.recovery >= i.recovery;
                let over = of.stage.is_final() && !told;
                pairs.push(((over, -both, apart), t, n));
            }
        }
    }
    pairs.sort_unstable();
    let mut all = vec![None; found.len()];
    for (_, t, n) in pairs {
        if all[n].is_none() && !all.contains(&Some(t)) {
            all[n] = Some(t);
        }
    }
    all
}

/// For how long an incident lasted until `now`.
pub(super) fn lasted(i: &Incident, now: Instant) -> i64 {
    let end = match i.state {
        State::Truncated => now.max(i.onset),
        _ => i.recovery.unwrap_or(now),
    };
    end.0 - i.onset.0
}

/// Whether it is there from the first line on, and less than half fails: the site may always be so, and a watch tells of what changes.
/// The report has it.
pub(super) fn is_as_ever(i: &Incident) -> bool {
    let counts = i.impact.failed.zip(i.impact.requests);
    i.onset_precedes_log && counts.is_some_and(|(failed, all)| failed < all.div_ceil(2))
}
