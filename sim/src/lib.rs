//! Writes days whose truth is known as logs, and benchmark files.
//! It shares no code with the program that reads them: what it says about a log comes from the plan alone.

pub mod bulk;
pub mod clock;
pub mod rng;
pub mod score;
pub mod torn;
pub mod worlds;
