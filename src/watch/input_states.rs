//! The states of an input, and the one table of what leads from one to the next.
//! Plain data; what follows a step is done by who takes it.

use coroner_lines::time::{Instant, MINUTE};
use serde::{Deserialize, Serialize};

/// Where an input stands: how its lines are read, whether they come, and whether they are understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InputState {
    pub plan: PlanStage,
    pub voice: Voice,
    /// That it is not understood was reported.
    pub foreign: bool,
}

/// How the lines of an input are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum PlanStage {
    /// Not yet: too little came.
    #[default]
    New,
    /// By a plan of its first bytes, which is made again when more come.
    Planned,
    /// By a plan that stands.
    Settled,
}

/// Whether lines of an input come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Voice {
    #[default]
    Speaks,
    /// They do not, and that is a gap.
    Silent,
    /// They do not, and that is a suspicion.
    Missed,
    /// They do again, since then.
    Returns(Instant),
}

/// What is learnt of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputSign {
    /// 2 KiB came, or a line and then nothing for a second; or more came of one that was planned by less.
    Begins,
    /// So much came that the plan is what all of it would make.
    Settles,
    /// A line, as far as the logs have come.
    Line(Instant),
    /// It was steady, and nothing comes for 30 s; whether that is a suspicion, and no gap.
    Lacks(bool),
    /// It speaks, and the logs have come so far.
    GoesOn(Instant),
    /// In the last minute next to nothing was understood, or no request where most lines speak of some.
    Foreign,
    /// In the last minute it was understood.
    Makes,
}

/// What follows a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputTale {
    Nothing,
    /// It is read, anew from its first byte.
    Read,
    /// A suspicion, or that it goes on.
    Suspicion,
    /// A gap of the kind `silence`, or `not_understood`.
    Gap,
    /// The suspicion calms, since then.
    Calm(Instant),
}

impl InputState {
    /// The table: takes the step, and says what follows. It stands in the book too.
    pub fn takes(&mut self, sign: InputSign) -> InputTale {
        use InputSign::{Begins, Foreign, GoesOn, Lacks, Line, Makes, Settles};
        use InputTale::{Calm, Gap, Nothing, Read, Suspicion};
        use PlanStage::{New, Planned, Settled};
        use Voice::{Missed, Returns, Silent, Speaks};
        let (plan, voice, foreign) = (self.plan, self.voice, self.foreign);
        let (next, tale) = match (sign, plan, voice, foreign) {
            (Begins, New | Planned, ..) => ((Planned, voice, foreign), Read),
            (Settles, ..) => ((Settled, voice, foreign), Nothing),
            (Line(_), _, Silent, _) => ((plan, Speaks, foreign), Nothing),
            (Line(now), _, Missed, _) => ((plan, Returns(now), foreign), Nothing),
            (Lacks(true), ..) => ((plan, Missed, foreign), Suspicion),
            (Lacks(false), _, Speaks, _) => ((plan, Silent, foreign), Gap),
            (GoesOn(now), _, Returns(since), _) if now.0 - since.0 >= MINUTE => {
                ((plan, Speaks, foreign), Calm(since))
            }
            (Foreign, _, _, false) => ((plan, voice, true), Gap),
            (Makes, ..) => ((plan, voice, false), Nothing),
            _ => return Nothing,
        };
        (self.plan, self.voice, self.foreign) = next;
        tale
    }

    /// Planned for good.
    pub fn is_settled(self) -> bool {
        self.plan == PlanStage::Settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::SECOND;
    use proptest::prelude::*;

    fn sign() -> impl Strategy<Value = (InputSign, i64)> {
        let of = prop_oneof![
            Just(InputSign::Begins),
            Just(InputSign::Settles),
            Just(InputSign::Line(Instant(0))),
            any::<bool>().prop_map(InputSign::Lacks),
            Just(InputSign::GoesOn(Instant(0))),
            Just(InputSign::Foreign),
            Just(InputSign::Makes),
        ];
        (of, 0..40i64)
    }

    proptest! {
        #[test]
        fn what_follows_is_reported_once_and_ends_as_it_began(signs in prop::collection::vec(sign(), 1..60)) {
            let (mut state, mut now) = (InputState::default(), 0);
            // a gap of silence, a suspicion, and that it is not understood: reported, and not yet over; the first line since
            let (mut gap, mut missed, mut foreign, mut line) = (false, false, false, None);
            for (sign, step) in signs {
                now += step * SECOND;
                let sign = match sign {
                    InputSign::Line(_) => InputSign::Line(Instant(now)),
                    InputSign::GoesOn(_) => InputSign::GoesOn(Instant(now)),
                    other => other,
                };
                let settled = state.is_settled();
                let tale = state.takes(sign);
                match (sign, tale) {
                    (InputSign::Lacks(_), InputTale::Gap) => {
                        prop_assert!(!gap && !missed);
                        gap = true;
                    }
                    (InputSign::Lacks(suspicion), InputTale::Suspicion) => {
                        prop_assert!(suspicion);
                        (missed, gap, line) = (true, false, None);
                    }
                    (InputSign::Lacks(suspicion), _) => prop_assert!(!suspicion && (gap || missed)),
                    (_, InputTale::Calm(since)) => {
                        prop_assert_eq!(Some(since.0), line);
                        prop_assert!(missed && now - since.0 >= MINUTE);
                        missed = false;
                    }
                    (InputSign::Line(_), _) => {
                        gap = false;
                        line = line.or(missed.then_some(now));
                    }
                    (InputSign::Foreign, tale) => {
                        prop_assert_eq!(tale == InputTale::Gap, !foreign);
                        foreign = true;
                    }
                    (InputSign::Makes, _) => foreign = false,
                    // what it was settled by stays
                    (InputSign::Begins, tale) => prop_assert_eq!(tale == InputTale::Read, !settled),
                    _ => prop_assert_eq!(tale, InputTale::Nothing),
                }
                prop_assert!(!settled || state.is_settled());
                prop_assert_eq!(state.foreign, foreign);
            }
        }
    }
}
