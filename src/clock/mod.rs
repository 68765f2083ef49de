//! (clock domain, wall time) to UTC: zones given by the user, written in the lines, or found by holding inputs against each
//! other, after merging. Everything above this module uses mapped time only.

mod align;
mod evidence;
mod skew;

pub use align::align;
pub use skew::skew;

use crate::model::ZoneSource;
use crate::summary::Axis;
use crate::time::Instant;
use crate::time::zone::Zone;
use std::collections::BTreeMap;

/// How the zone-less stamps of one input become UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// Zone of the wall clock.
    pub zone: Zone,
    /// Where it comes from.
    pub source: ZoneSource,
    /// 0–1: how far ahead of the next best zone, where estimated.
    pub margin: Option<f64>,
    /// Why, in words.
    pub basis: &'static str,
}

/// The clocks of all inputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clocks {
    map: BTreeMap<u32, Mapped>,
}

impl Clocks {
    /// Sets the zone of an input's zone-less stamps.
    pub fn set(&mut self, input: u32, m: Mapped) {
        self.map.insert(input, m);
    }

    /// How an input's zone-less stamps are mapped; `None` when it has none.
    pub fn of(&self, input: u32) -> Option<&Mapped> {
        self.map.get(&input)
    }

    /// The instant of a time on an axis of an input. Zone-less stamps of an input that was not aligned count as UTC.
    pub fn instant(&self, input: u32, axis: Axis, us: i64) -> Instant {
        match (axis, self.map.get(&input)) {
            (Axis::Wall, Some(m)) => m.zone.instant_of(us, false),
            _ => Instant(us),
        }
    }
}
