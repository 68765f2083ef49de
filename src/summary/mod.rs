//! The mergeable summary of some bytes of some inputs. Integers, sets, minima and maxima only, so that merging is exact in
//! any order and grouping; time never coarsens. Nothing here parses a line or decides what it means for an incident.

mod bucket;
mod cache;
mod clients;
mod coverage;
mod endpoint;
mod fold;
mod grid;
mod keys;
mod leveled;
mod markers;
mod messages;
mod part;
mod requests;
mod seen;
mod templates;
mod track;

pub use crate::hash::hash64;
pub use crate::plan::InputMeta;
pub use clients::{Bottom, ClientSet};
pub use coverage::{Coverage, Stretch};
pub use endpoint::{endpoint, is_health_check};
pub use fold::{Fold, LineAt};
pub use grid::{Cell, Grid, starting, touching};
pub use keys::{KeySeries, Keys};
pub use leveled::{Coarse, Joined, Leveled};
pub use markers::{Marker, Repeat, RepeatKey, is_repeating};
pub use part::{Accounting, Axis, InputPart, Part};
pub use requests::{Failed, Requests, latency_bucket, latency_bucket_floor_us};
pub use seen::{Pos, Seen};
pub use templates::{Template, TemplateKey, Templates, mask};
pub use track::{Activity, JoinCell, Track, VersionKey, VersionSpan};
