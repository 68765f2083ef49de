//! (clock domain, wall time) to UTC: zones found by joining inputs, after merging.
