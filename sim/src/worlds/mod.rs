//! Worlds whose truth is known: a kind of day or a cause, drawn from a seed and written as log lines with a truth file in
//! the form of the recorded drills. Shares no parser and no weight with the program that is scored on them.

mod dice;
mod kinds;
mod requests;
mod story;
mod tables;

pub use dice::Dice;
pub use kinds::{KINDS, Kind, detection};
pub use story::cause;

use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// 14 November 2023, midnight UTC: where all worlds begin.
pub const T0: i64 = 1_699_920_000;

/// What the logs that were kept say of the cause. A release whose marker was not kept may still be told by the program errors
/// that it brings, a surge by the requests themselves: such worlds hold half of it, and both an answer and none are fair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Its own message, and the marker of the change if it is one.
    All,
    /// One of the two, or only what the requests show.
    Half,
    /// Symptoms that fit any cause.
    Nothing,
    /// The message of another cause.
    Lies,
}

/// What happened in a world.
#[derive(Clone, Debug)]
pub struct Truth {
    /// First failing (slow, missing) second and the one after the last.
    pub failing: (i64, i64),
    /// Cause class in the words of the drills; empty where only detection is scored.
    pub class: &'static str,
    /// Any of these names the culprit; empty: any name will do.
    pub culprit: Vec<String>,
    /// Versions of releases that are innocent.
    pub decoys: Vec<String>,
    /// What the logs that are left say of the cause.
    pub holds: Holds,
}

/// A world as it is written.
pub struct World {
    /// Folder name.
    pub name: String,
    /// The kind of day, or `cause`.
    pub kind: &'static str,
    /// Mean requests per second.
    pub rate: f64,
    /// The incident, if any.
    pub truth: Option<Truth>,
    /// Seconds of the whole log.
    pub span: i64,
    /// Files by path.
    pub files: Vec<(String, String)>,
}

impl World {
    /// Writes `dir/NAME/logs/…` and `dir/NAME/truth.json`; the number of bytes.
    pub fn write(&self, dir: &Path) -> io::Result<u64> {
        let base = dir.join(&self.name);
        let mut bytes = 0;
        for (path, text) in &self.files {
            let path = base.join("logs").join(path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
            bytes += text.len() as u64;
        }
        std::fs::write(base.join("truth.json"), format!("{:#}\n", self.truth()))?;
        Ok(bytes)
    }

    fn truth(&self) -> Value {
        let incidents: Vec<Value> = self
            .truth
            .iter()
            .map(|t| {
                let decoys: Vec<Value> = t
                    .decoys
                    .iter()
                    .map(|v| json!({"cause_class": "bad_deploy", "any_of": [v]}))
                    .collect();
                json!({
                    "id": 1,
                    "onset_epoch": t.failing.0, "onset_utc": utc(t.failing.0),
                    "recovered_epoch": t.failing.1, "recovered_utc": utc(t.failing.1),
                    "cause_class": t.class, "cause_accept": [t.class],
                    "culprit": {"any_of": t.culprit}, "decoys": decoys,
                    "cause_evident": t.holds == Holds::All, "holds": format!("{:?}", t.holds),
                })
            })
            .collect();
        json!({
            "drill": self.name, "schema": 1, "quiet": self.truth.is_none(), "incidents": incidents,
            "markers": [], "blips": [], "decoys": [], "notes": [], "clock_offsets_s": {},
            "tz": {"*": "UTC"}, "kind": self.kind, "requests_per_s": self.rate,
            "truth_source": "the simulator's own list of requests",
        })
    }
}

fn utc(t: i64) -> String {
    crate::clock::zulu_s(t * crate::clock::S)
}
