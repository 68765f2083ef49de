//! Recorded outages, watched while their lines are written: `cargo bench --bench written -- DRILLS [NAME …]` holds the events
//! against the truth of each drill (a folder with `logs` and `truth.json`), with `--zones` the events against those that come
//! when the clocks of all lines without a zone are set elsewhere. Says nothing of speed, so a debug build
//! (`cargo test --bench written -- …`) gives the same.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what cannot be read ends the run; the figures are its output"
)]

#[path = "../tests/e2e/as_written.rs"]
mod as_written;

use as_written::{Recorded, different};
use chrono::DateTime;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where the clocks of lines without a zone are set to, in minutes east of UTC.
const ZONES: [i64; 3] = [-11 * 60, 345, 13 * 60];

/// Changes that an opened incident is to name where they came at most so many seconds before it.
const BEFORE: f64 = 600.0;
const CHANGES: [&str; 10] = [
    "deploy_start",
    "deploy_finish",
    "deploy_fail",
    "config_change",
    "feature_flag",
    "migration_start",
    "migration_finish",
    "rollback_start",
    "rollback_finish",
    "rollback_fail",
];

/// Figures of all drills.
#[derive(Default)]
struct Figures {
    suspected: Vec<Option<i64>>,
    opened: Vec<Option<i64>>,
    /// Incidents with a change before them, and those that name it.
    changes: (u32, u32),
    /// Retracted while they went on.
    retracted: u32,
    /// Of no outage: suspicions, and opened incidents.
    others: (usize, usize),
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    arguments.retain(|a| a != "--bench");
    let zones = arguments.iter().any(|a| a == "--zones");
    arguments.retain(|a| a != "--zones");
    let Some((folder, names)) = arguments.split_first() else {
        return println!("no folder of drills is given: nothing is measured");
    };
    let folders = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path());
    let mut folders: Vec<PathBuf> = folders.filter(|f| f.join("truth.json").exists()).collect();
    folders.sort();
    let asked = |f: &PathBuf| {
        let name = f.file_name().unwrap().to_string_lossy();
        names.is_empty() || names.iter().any(|n| name.contains(n.as_str()))
    };
    folders.retain(asked);
    if zones {
        return moved(&folders);
    }
    let mut all = Figures::default();
    println!("| drill | suspected after | opened after | others |\n|---|---:|---:|---:|");
    folders.iter().for_each(|f| all.drill(f));
    all.show();
}

fn moved(folders: &[PathBuf]) {
    let (mut same, mut of) = (0, 0);
    for folder in folders {
        let here = Recorded::of(folder, None).watched();
        for zone in ZONES {
            let other = different(&here, &Recorded::of(folder, Some(zone)).watched());
            of += 1;
            same += usize::from(other.is_empty());
            let name = folder.file_name().unwrap().to_string_lossy();
            println!("{name} {zone:+} min: {} events differ", other.len());
            other.iter().for_each(|e| println!("  {e}"));
        }
    }
    println!("{same} of {of} alike");
}

impl Figures {
    fn drill(&mut self, folder: &Path) {
        let truth = std::fs::read(folder.join("truth.json")).unwrap();
        let truth: Value = serde_json::from_slice(&truth).unwrap();
        let told = Recorded::of(folder, None).watched();
        let (mut used, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
        for made in truth["incidents"].as_array().unwrap() {
            let onset = made["onset_epoch"].as_f64().unwrap();
            let end = made["recovered_epoch"].as_f64().unwrap_or(f64::MAX);
            let of = |event: &'static str, until: f64| -> Vec<&(i64, Value)> {
                let within = |s: i64| onset - 5.0 <= s as f64 && s as f64 <= until;
                let told = told.iter();
                told.filter(|(s, e)| e["event"] == event && within(*s))
                    .collect()
            };
            let all = [
                of("incident_suspected", end + 60.0),
                of("incident_open", end + 600.0),
            ];
            let [suspected, opened] = [0, 1].map(|n| all[n].first().copied());
            let after = |e: Option<&(i64, Value)>| e.map(|e| (e.0 as f64 - onset).round() as i64);
            first.push(after(suspected));
            second.push(after(opened));
            used.extend(all.concat().iter().map(|e| &e.1["incident"]));
            let gone = |(s, e): &(i64, Value)| {
                e["event"] == "retraction" && used.contains(&&e["incident"]) && (*s as f64) < end
            };
            self.retracted += u32::from(told.iter().any(gone));
            let changes: Vec<f64> = changes(&truth, onset);
            if let Some((_, e)) = opened.filter(|_| !changes.is_empty()) {
                let named = e["changes"].as_array().into_iter().flatten();
                let time = |c: &Value| DateTime::parse_from_rfc3339(c["time"].as_str()?).ok();
                let mut named = named.filter_map(time).map(|t| t.timestamp() as f64);
                let hit = named.any(|t| changes.iter().any(|c| (t - c).abs() < 15.0));
                self.changes.1 += u32::from(hit);
                if !hit {
                    println!("changes {changes:?} are not among {}", e["changes"]);
                }
            }
            self.changes.0 += u32::from(!changes.is_empty());
        }
        let others = |event: &str| {
            let all = told.iter().filter(|(_, e)| e["event"] == event);
            let others = all.filter(|(_, e)| !used.contains(&&e["incident"]));
            others
                .inspect(|(_, e)| println!("{event} at {}: {}", e["seen_at"], e["text"]))
                .count()
        };
        let (a, b) = (others("incident_suspected"), others("incident_open"));
        let (name, shown) = (
            folder.file_name().unwrap().to_string_lossy(),
            |all: &[_]| {
                let all = all
                    .iter()
                    .map(|s: &Option<i64>| s.map_or("never".into(), |s| s.to_string()));
                all.collect::<Vec<String>>().join(", ")
            },
        );
        println!(
            "| {name} | {} | {} | {a}, {b} |",
            shown(&first),
            shown(&second)
        );
        self.suspected.extend(first);
        self.opened.extend(second);
        self.others = (self.others.0 + a, self.others.1 + b);
    }

    fn show(&self) {
        for (what, all) in [("suspected", &self.suspected), ("opened", &self.opened)] {
            let mut known: Vec<i64> = all.iter().flatten().copied().collect();
            known.sort_unstable();
            let at = |share: usize| known.get(known.len() * share / 100).or(known.last());
            let (median, p95, most) = (at(50), at(95), known.last());
            println!(
                "{what}: {} of {}, seconds: median {median:?}, p95 {p95:?}, largest {most:?}",
                known.len(),
                all.len()
            );
        }
        println!(
            "changes named at once: {} of {}; retracted while it goes on: {}; of no outage: {} suspected, {} opened",
            self.changes.1, self.changes.0, self.retracted, self.others.0, self.others.1
        );
    }
}

/// When what changes a system was done shortly before an onset.
fn changes(truth: &Value, onset: f64) -> Vec<f64> {
    let all = truth["markers"].as_array().into_iter().flatten();
    let all = all.filter(|m| CHANGES.iter().any(|c| m["kind"] == *c));
    let times = all.filter_map(|m| m["epoch"].as_f64());
    times
        .filter(|t| (onset - BEFORE..=onset + 1.0).contains(t))
        .collect()
}
