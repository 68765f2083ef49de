//! The sample cases, one file each, and what several of them need.
//! A case is a plan (who fails when, who acts when) and the files that such an outage leaves.

use crate::out::Case;
use serde_json::{Value, json};

mod auth_upgrade;
mod evening_upgrade;
mod mixed_clocks;
mod power_overload;
mod quick_rollback;
mod quiet_day;
mod upgrade_outage;

/// All cases, by folder name.
pub fn all() -> Vec<fn() -> Case> {
    vec![
        auth_upgrade::case,
        evening_upgrade::case,
        mixed_clocks::case,
        power_overload::case,
        quick_rollback::case,
        quiet_day::case,
        upgrade_outage::case,
    ]
}

/// The part of the truth that a bad release shares: class, culprit and the way out.
fn bad_deploy(version: &str, service: &str, any_of: &[&str]) -> Value {
    json!({
        "cause_class": "bad_deploy", "cause_accept": ["bad_deploy", "auth_dependency"],
        "culprit": {"version": version, "service": service, "any_of": any_of},
        "mitigation_kind": "rollback", "rollback_effective": true, "cause_evident": true, "decoys": [],
    })
}
