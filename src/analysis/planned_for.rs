//! What a plan says about the report that its parts are for: kept in every row and every part, so that who makes the report
//! needs nothing else. Nothing of how it is written or shown.

use coroner_core::error::{Error, Result};
use coroner_infer::infer::InferConfig;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings of the analysis.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedFor {
    /// Settings of the inference.
    pub infer: InferConfig,
    /// Services given for inputs whose lines name none.
    pub services: BTreeMap<String, String>,
    /// Whether lines are numbered.
    pub number_lines: bool,
    /// Whether secrets were taken out of the texts already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
}

impl PlannedFor {
    /// As a row keeps it.
    pub fn value(&self) -> Result<serde_json::Value> {
        serde_json::to_value(self).map_err(|e| {
            Error::usage(
                "the settings of the plan",
                e.to_string(),
                "summarize the logs without a plan",
            )
        })
    }

    /// What a part says.
    pub fn read(value: &serde_json::Value) -> Result<PlannedFor> {
        serde_json::from_value(value.clone()).map_err(|e| {
            Error::part(
                "a part",
                format!("has settings that cannot be read: {e}"),
                "read it with the program that made it",
            )
        })
    }

    /// Whether both ask for the same of the logs, wherever these lie.
    pub fn agrees(&self, other: &PlannedFor) -> bool {
        let bare = |k: &PlannedFor| {
            let mut k = k.clone();
            k.infer.problems.clear();
            k.infer.year_basis = None;
            serde_json::to_string(&k).ok()
        };
        bare(self) == bare(other)
    }
}
