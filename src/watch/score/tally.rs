//! What a score counts, and what is everyday of that: some requests are refused every minute, and few fail.

use crate::watch::usual::Usual;
use serde::{Deserialize, Serialize};

/// What is counted of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tally {
    /// Those that fail.
    #[default]
    Failed,
    /// The same of those that the application itself logged.
    FailedInApp,
    /// Those that are refused, beside those that fail.
    Refused,
}

impl Tally {
    /// For how many of a bin a client counts, and for how many in all.
    pub(super) fn of_client(self) -> (f64, f64) {
        match self {
            Tally::Refused => (1.0, 1.0),
            _ => (2.0, f64::INFINITY),
        }
    }

    /// Clients whose own affair it is: who tries passwords or paths does so from few addresses.
    pub(super) fn alone(self) -> u32 {
        match self {
            Tally::Refused => 3,
            _ => 1,
        }
    }

    /// Whether a bin shows nothing that could be suspected.
    pub(super) fn is_everyday(self, n: u32, bad: u32) -> bool {
        match self {
            Tally::Refused => bad < 3 || bad < n / 10,
            _ => bad == 0,
        }
    }

    /// How far above the usual share is as usual.
    pub(super) fn margin(self, usual: Usual) -> f64 {
        match self {
            Tally::Refused => (usual.low - usual.p0) / 2.0,
            _ => 0.01,
        }
    }
}
