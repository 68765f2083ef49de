//! The harm of an incident: totals, breakdowns, the parts it was joined from, the series over time.
//! Plain data only.

use coroner_lines::text::LogText;
use coroner_lines::time::Instant;

/// Statuses of requests whose clients gave up waiting, which have no answer that could fail: 499 and 444 of nginx, 460 of an ALB, 0 of
/// Envoy.
pub const GIVEN_UP: [&str; 4] = ["499", "444", "460", "0"];

/// A row of a breakdown.
#[derive(Clone, Debug)]
pub struct BreakdownRow {
    /// Name; `(other)` for the rest.
    pub name: LogText,
    /// Requests.
    pub requests: u64,
    /// Failed ones.
    pub failed: u64,
}

/// Harm done, counted on the edge tier in whole 10-second steps that cover onset to recovery.
#[derive(Clone, Debug, Default)]
pub struct Impact {
    /// Requests; `None` where no request series covers the incident.
    pub requests: Option<u64>,
    /// Failed ones.
    pub failed: Option<u64>,
    /// Requests expected at the usual rate, where requests stay away.
    pub expected_requests: Option<u64>,
    /// Failures expected at the usual rate.
    pub expected_failed: Option<u64>,
    /// Distinct client addresses with a failed request.
    pub addresses_hit: Option<u64>,
    /// Relative standard error of `addresses_hit`; 0 is exact.
    pub addresses_error: Option<f64>,
    /// Worst minute: start, requests, failed.
    pub peak: Option<(Instant, u64, u64)>,
    /// Share of a 30-day budget used, with the objective.
    pub error_budget: Option<(f64, f64)>,
    /// From when to when the breakdowns but that by status are counted: the whole ten-second steps of the incident. `None` where it is too short for that;
    /// then of the good requests of its first and last step those that lie outside are estimated.
    pub counted: Option<(Instant, Instant)>,
    /// By status code.
    pub by_status: Vec<BreakdownRow>,
    /// By endpoint.
    pub by_endpoint: Vec<BreakdownRow>,
    /// Those of them that failed about as often in the hour before.
    pub as_before: Vec<LogText>,
    /// Statuses of refusals (4xx) that come with the failures: hardly any request was answered so before.
    pub risen: Vec<Risen>,
    /// By host.
    pub by_host: Vec<BreakdownRow>,
    /// By service.
    pub by_service: Vec<BreakdownRow>,
    /// By version.
    pub by_version: Vec<BreakdownRow>,
    /// By upstream (tries).
    pub by_upstream: Vec<BreakdownRow>,
}

/// A status that comes with an incident without counting as a failure.
#[derive(Clone, Debug)]
pub struct Risen {
    /// The status.
    pub status: LogText,
    /// Requests answered so from the onset to the recovery.
    pub during: u64,
    /// Requests answered so in the hour before.
    pub before: u64,
}

/// A part of an incident.
#[derive(Clone, Debug)]
pub struct Component {
    /// `error`, `silence`, `traffic_drop`, `latency`, `refused`, `log_errors`,
    /// `restart_loop`.
    pub kind: &'static str,
    /// Service, endpoint, host or upstream.
    pub key: Option<LogText>,
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Option<Instant>,
}

/// Requests and failures over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// Start of the first bucket.
    pub start: Instant,
    /// Bucket length in seconds.
    pub bucket_s: u32,
    /// Requests per bucket.
    pub requests: Vec<u64>,
    /// Failed per bucket.
    pub failed: Vec<u64>,
    /// The hosts of the impact, in its order; empty where fewer than two are known.
    pub by_host: Vec<Lane>,
    /// The endpoints of the impact, in its order; empty where fewer than two are known.
    pub by_endpoint: Vec<Lane>,
    /// The upstreams of the impact (tries), in its order; empty where fewer than two are known.
    pub by_upstream: Vec<Lane>,
}

/// Requests and failures of one name over time, in the buckets of the series.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Host or endpoint.
    pub name: LogText,
    /// Requests per bucket.
    pub requests: Vec<u64>,
    /// Failed per bucket.
    pub failed: Vec<u64>,
}
