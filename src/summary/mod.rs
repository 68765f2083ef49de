//! The mergeable summary of some bytes of some inputs. Integers, sets, minima and maxima only, so that merging is exact in
//! any order and grouping; time never coarsens. Nothing here parses a line or decides what it means for an incident.

mod asked;
mod bucket;
mod cache;
mod clients;
mod counting;
mod coverage;
mod endpoint;
mod failed;
mod fold;
mod grid;
mod keys;
mod latency;
mod leveled;
mod markers;
mod messages;
mod part;
mod requests;
mod seen;
mod short;
mod steps;
mod templates;
mod track;
mod turns;

pub use crate::hash::hash64;
pub use crate::plan::{InputMeta, Windows};
pub use asked::Clock;
pub use clients::{Bottom, ClientSet};
pub use counting::Run;
pub use coverage::{Coverage, Stretch};
pub use endpoint::{endpoint, is_health_check};
pub use failed::{Failed, FailedSeconds, Kept};
pub use fold::{Fold, LineAt};
pub use grid::{Cell, Grid, starting, touching};
pub use keys::{KeySeries, Keys, version_of};
pub use latency::Latencies;
pub use leveled::{Coarse, Joined, Leveled};
pub use markers::{Marker, Repeat, RepeatKey, is_repeating};
pub use part::{Accounting, Axis, InputPart, Part, Written};
pub use requests::{Requests, latency_bucket, latency_bucket_floor_us};
pub use seen::{Pos, Seen};
pub use steps::{Ends, Steps};
pub use templates::{Template, TemplateKey, Templates, mask};
pub use track::{Activity, JoinCell, Track, VersionKey, VersionSpan};
pub use turns::{Turns, VersionRun};
