//! The same work on logs that go on: stretches of growing inputs to one part, a forward score that suspects early, inferences
//! where they are due, and what is new in each of them as events. Follows the time in the logs, so that a replay reports the
//! same as it happened; who calls says what the clock on the wall shows.

mod account;
mod alive;
mod bounded_look;
mod cadence;
mod engine;
mod event;
mod feed;
mod hours;
mod incident_states;
mod incidents;
mod input_states;
mod last_steps;
mod logtime;
mod planning;
mod roll_over;
mod row_diff;
mod say;
mod schedule;
mod score;
mod silence;
mod state;
mod stretches;
mod suspicions;
#[cfg(test)]
mod tests;
mod usual;
mod walk;
mod watermark;

pub use alive::Standing;
pub use engine::Watch;
pub use feed::InputStanding;
#[doc(hidden)]
pub use hours::Hours;
pub use roll_over::RollOver;
#[doc(hidden)]
pub use state::added;
