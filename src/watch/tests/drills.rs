//! Recorded outages whose lines come as they were written, with the clocks of those that show no zone set elsewhere.

use super::as_written::Script;
use crate::analysis::Settings;
use crate::watch::Watch;
use coroner_core::plan::{PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, live};
use coroner_core::source::{BlockConfig, Cutter};
use coroner_core::summary::Axis;
use coroner_lines::time::{MINUTE, SECOND, civil_from_days, days_from_civil};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A line of a drill: when it was written, microseconds UTC; and itself.
type Written = (i64, String);

fn files(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, to),
            false => to.push(path),
        }
    }
    to.sort();
}

fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|e| e != "gz") {
        return bytes;
    }
    let mut all = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..])
        .read_to_end(&mut all)
        .unwrap();
    all
}

/// The lines of a file, by when they were written in a zone so many minutes east; and whether they show no zone.
fn lines_of(bytes: &[u8], east: i64) -> (Vec<Written>, bool) {
    let sample = Sampled {
        pieces: vec![bytes.to_vec()],
        ..Sampled::default()
    };
    let config = PlanConfig {
        newest_file_us: Some(1_710_000_000 * SECOND),
        ..PlanConfig::default()
    };
    let plan = plan(&[sample], &config).unwrap();
    let mut cutter = Cutter::new(BlockConfig {
        target: usize::MAX,
        ..BlockConfig::default()
    });
    cutter.push(bytes);
    cutter.end();
    let block = cutter.next(None).unwrap();
    let (_, seen) = live::stretch((&plan, 0), ScanConfig::default(), &block);
    let wall = seen.iter().any(|g| matches!(g.at, Some((Axis::Wall, _))));
    let mut seen = seen.into_iter().peekable();
    let (mut all, mut at, mut offset) = (Vec::new(), 0, 0);
    for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
        while let Some(g) = seen.next_if(|g| g.first.offset <= offset) {
            at = match g.at {
                Some((Axis::Utc, us)) => us,
                Some((Axis::Wall, us)) => us - east * MINUTE,
                None => at,
            };
        }
        all.push((at, line.to_owned()));
        offset += line.len() as u64;
    }
    (all, wall)
}

/// The same line from a clock that is so many minutes further east; it begins with a date and a time of day.
fn moved(line: &str, year: i64, by: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number = |r: std::ops::Range<usize>| line.get(r)?.trim().parse::<i64>().ok();
    let named = MONTHS.iter().position(|m| line.starts_with(m));
    let (date, time) = match named {
        Some(m) => (number(4..6).map(|d| (year, m as i64 + 1, d)), 7),
        None => {
            let date = number(0..4).zip(number(5..7)).zip(number(8..10));
            (date.map(|((y, m), d)| (y, m, d)), 11)
        }
    };
    let clock = number(time..time + 2).zip(number(time + 3..time + 5));
    let (Some((y, m, d)), Some((h, min))) = (date, clock) else {
        return line.to_owned();
    };
    let all = (days_from_civil(y, m, d) * 24 + h) * 60 + min + by;
    let (y, m, d) = civil_from_days(all.div_euclid(1440));
    let (h, min) = (all.rem_euclid(1440) / 60, all.rem_euclid(60));
    let rest = &line[time + 5..];
    match named {
        Some(_) => format!("{} {d:>2} {h:02}:{min:02}{rest}", MONTHS[m as usize - 1]),
        None => {
            let (s, gap) = (&line[4..5], &line[10..11]);
            format!("{y}{s}{m:02}{s}{d:02}{gap}{h:02}:{min:02}{rest}")
        }
    }
}

/// What is reported of a drill whose zone is so many minutes east, with the clocks of lines without a zone moved by as many.
fn reported(drill: &str, east: i64, by: i64) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/drills");
    let folder = folder.join(drill).join("logs");
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let mut all: Vec<(i64, usize, String)> = Vec::new();
    for (f, path) in paths.iter().enumerate() {
        let (lines, wall) = lines_of(&unpacked(path), east);
        for (at, line) in lines.into_iter().filter(|l| l.0 > 0) {
            let line = if wall { moved(&line, 2024, by) } else { line };
            all.push((at, f, line));
        }
    }
    let from = all.iter().map(|l| l.0).min().unwrap() / SECOND - 1;
    let mut script = Script::new();
    for (at, f, line) in all {
        script
            .entry(at / SECOND - from)
            .or_default()
            .push((f, line));
    }
    let mut w = Watch::new(Settings::default(), from * SECOND).unwrap();
    let names = paths.iter().map(|p| p.strip_prefix(&folder).unwrap());
    for name in names {
        w.add(&name.to_string_lossy(), None);
    }
    w.start();
    let end = script.last_key_value().unwrap().0 + 30;
    let mut told = Vec::new();
    for s in 0..end {
        w.tick((from + s) * SECOND).unwrap();
        for (f, text) in script.get(&s).into_iter().flatten() {
            w.push(*f, text.as_bytes()).unwrap();
        }
        w.tick((from + s) * SECOND + SECOND / 10).unwrap();
        told.extend(w.events().into_iter().map(|e| (s, e)));
    }
    let told = told.iter().filter(|(_, e)| e["event"] != "heartbeat");
    let told = told.map(|(s, e)| {
        let said = |k: &str| e[k].as_str().unwrap_or_default().to_owned();
        let (event, kind) = (said("event"), said("kind"));
        format!("{s} {event} {kind} {} {}", said("incident"), said("time"))
    });
    told.collect()
}

#[test]
fn the_zone_of_what_shows_none_changes_nothing_of_a_drill() {
    let cases: [(&str, i64, &[i64]); 2] = [
        ("auth-upgrade", 60, &[-11 * 60, 345, 13 * 60]),
        ("pool-leak", 0, &[9 * 60]),
    ];
    for (drill, east, moves) in cases {
        let here = reported(drill, east, 0);
        assert!(here.iter().any(|e| e.contains("incident_open")), "{here:?}");
        for &by in moves {
            let there = reported(drill, east, by);
            let lost: Vec<_> = here.iter().filter(|e| !there.contains(e)).collect();
            let new: Vec<_> = there.iter().filter(|e| !here.contains(e)).collect();
            assert!(
                lost.is_empty() && new.is_empty(),
                "{drill} {by}: {lost:#?} {new:#?}"
            );
        }
    }
}
