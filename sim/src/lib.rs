//! Writes outages as logs: the sample logs of the repository, the truth about them, and benchmark files.
//! It shares no code with the program that reads them: what it says about a log comes from the plan alone.

pub mod bulk;
pub mod cases;
pub mod clock;
pub mod hit;
pub mod ops;
pub mod out;
pub mod pager;
pub mod rng;
pub mod score;
pub mod site;
pub mod torn;
pub mod traffic;
pub mod voice;
pub mod web;
pub mod worlds;
