//! The document against the logs: times, lengths, claims and causes that the logs show otherwise.

pub(super) mod claims;
pub(super) mod times;

use crate::audit::case::Case;
use crate::report::time;
use coroner_lines::time::Instant;
use coroner_lines::time::zone::Zone;

/// The zone that times of the logs are reported in: the document's, so that both can be compared.
fn zone(case: &Case) -> Zone {
    let own = case.zones.main.as_ref().map(|z| z.0);
    own.or_else(|| case.logs.map(|r| r.settings.zone))
        .unwrap_or(Zone::UTC)
}

/// An instant of the logs as the document would write it.
fn clock(case: &Case, t: Instant) -> String {
    time::clock(t, zone(case))
}
