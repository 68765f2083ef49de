//! The sample logs in the repository are what the generator writes, stay small, and tell the times of the reports.

use serde_json::Value;
use sim::out::Built;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, io};

/// All samples together, in bytes.
const LIMIT: usize = 8_000_000;

fn built() -> &'static [Built] {
    static ONCE: OnceLock<Vec<Built>> = OnceLock::new();
    ONCE.get_or_init(|| {
        sim::cases::all()
            .iter()
            .map(|case| case().build().expect("a case"))
            .collect()
    })
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
fn the_committed_samples_are_the_generators() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut total = 0;
    for case in built() {
        let folder = root.join("../sample-logs").join(case.name);
        let mut there = Vec::new();
        files(&folder, &mut there).expect("the case's folder");
        assert_eq!(
            there.len(),
            case.files.len(),
            "files in {}",
            folder.display()
        );
        for (path, bytes) in &case.files {
            let committed = fs::read(folder.join(path)).expect(path);
            assert!(
                committed == *bytes,
                "{}/{path} is stale: run the samples binary",
                case.name
            );
            total += bytes.len();
        }
        let truth = root.join("truth").join(format!("{}.json", case.name));
        assert!(
            fs::read_to_string(truth).expect("truth") == case.truth,
            "truth of {} is stale",
            case.name
        );
    }
    assert!(total < LIMIT, "{total} bytes");
}

fn minute(at: &Value) -> String {
    at.as_str().expect("a time")[11..16].to_string()
}

/// Minutes in UTC as the written reports have them (their GMT+1 less an hour):
/// change or fault, onset, page, acknowledgement, start of the way back, its end, restart, recovery.
const REPORTS: [(&str, [&str; 8]); 5] = [
    (
        "evening-upgrade",
        [
            "08:45", "09:00", "09:00", "09:10", "09:15", "09:20", "09:20", "09:32",
        ],
    ),
    (
        "upgrade-outage",
        [
            "12:00", "12:05", "12:10", "12:15", "12:40", "13:00", "13:30", "14:00",
        ],
    ),
    (
        "quick-rollback",
        [
            "12:55", "13:00", "13:00", "13:05", "13:06", "13:08", "13:08", "13:10",
        ],
    ),
    (
        "auth-upgrade",
        [
            "08:45", "09:00", "09:00", "09:10", "09:15", "09:20", "09:20", "09:22",
        ],
    ),
    (
        "power-overload",
        [
            "04:34", "05:00", "05:02", "05:10", "06:15", "07:50", "08:00", "08:20",
        ],
    ),
];

#[test]
fn the_cases_keep_the_times_of_the_reports() {
    for (name, times) in REPORTS {
        let case = built().iter().find(|c| c.name == name).expect(name);
        let truth: Value = serde_json::from_str(&case.truth).expect("truth");
        let first = |kinds: &[&str], optional: bool| {
            let of = truth["markers"].as_array().expect("markers").iter();
            let hit = of
                .filter(|m| optional || m["optional"].is_null())
                .find(|m| kinds.contains(&m["kind"].as_str().unwrap_or("")));
            minute(&hit.expect("a marker")["t_utc"])
        };
        let incident = &truth["incidents"][0];
        let seen = [
            first(&["deploy_start", "infra_alarm"], true),
            minute(&incident["onset_utc"]),
            first(&["alert"], false),
            first(&["ack"], false),
            first(&["rollback_start", "mitigation_start"], false),
            first(&["rollback_end"], false),
            first(&["restart"], false),
            minute(&incident["recovered_utc"]),
        ];
        assert_eq!(seen, times, "{name}");
    }
}

#[test]
fn only_the_quiet_day_is_quiet() {
    for case in built() {
        let truth: Value = serde_json::from_str(&case.truth).expect("truth");
        assert_eq!(truth["quiet"], case.name == "quiet-day", "{}", case.name);
        assert_eq!(
            truth["incidents"].as_array().map(Vec::len),
            Some(usize::from(case.name != "quiet-day"))
        );
        let fast = if case.name == "mixed-clocks" { 90 } else { 0 };
        assert_eq!(
            truth["clock_offsets_s"]["api-2"].as_i64().unwrap_or(0),
            fast,
            "{}",
            case.name
        );
    }
}
