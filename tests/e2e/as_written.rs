//! Logs that are there, given to a watch line by line as they were written; the clocks of lines without a zone may be set elsewhere.

use coroner::Watch;
use coroner::settings::Settings;
use coroner_core::plan::{PlanConfig, Sampled, plan};
use coroner_core::scan::ScanConfig;
use coroner_core::scan::live::Sequel;
use coroner_core::source::{BlockConfig, Cutter};
use coroner_core::summary::Axis;
use coroner_lines::time::{DAY, HOUR, MINUTE, SECOND, civil_from_days, days_from_civil};
use regex::{Captures, Regex};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A line: when it was written, microseconds UTC; and itself.
type Written = (i64, String);

/// Files of a folder, each with its lines in order.
pub(crate) struct Recorded(Vec<(String, Vec<Written>)>);

impl Recorded {
    /// Reads the logs of a drill; what has no zone was written in the span that its truth has. Its clocks may be set so many minutes
    /// east of UTC.
    pub(crate) fn of(drill: &Path, zone: Option<i64>) -> Recorded {
        let truth = std::fs::read(drill.join("truth.json")).unwrap();
        let truth: Value = serde_json::from_slice(&truth).unwrap();
        let end = |n: usize| {
            let text = truth["log_span"][n].as_str().unwrap();
            let time = chrono::DateTime::parse_from_rfc3339(text).unwrap();
            time.timestamp_micros()
        };
        let span = (end(0), end(1));
        let folder = drill.join("logs");
        let mut paths = Vec::new();
        files(&folder, &mut paths);
        // generations of a file are one input, the oldest first
        let mut inputs: BTreeMap<String, BTreeMap<Reverse<u32>, Vec<u8>>> = BTreeMap::new();
        for path in &paths {
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy();
            let plain = name.strip_suffix(".gz").unwrap_or(&name);
            let numbered = plain
                .rsplit_once('.')
                .and_then(|(n, g)| Some((n, g.parse().ok()?)));
            let (name, generation) = numbered.unwrap_or((plain, 0));
            let all = inputs.entry(name.to_owned()).or_default();
            all.insert(Reverse(generation), unpacked(path));
        }
        let bytes = |all: BTreeMap<_, Vec<u8>>| all.into_values().collect::<Vec<_>>().concat();
        let all = inputs.into_iter();
        Recorded(
            all.map(|(name, all)| (name, lines_of(&bytes(all), span, zone)))
                .collect(),
        )
    }

    /// What a watch reports while they are written, with the second in which it did.
    pub(crate) fn watched(&self) -> Vec<(i64, Value)> {
        let mut script: BTreeMap<i64, Vec<(usize, &str)>> = BTreeMap::new();
        for (f, (_, lines)) in self.0.iter().enumerate() {
            for (at, line) in lines.iter().filter(|l| l.0 > 0) {
                script.entry(at / SECOND).or_default().push((f, line));
            }
        }
        let from = script.first_key_value().unwrap().0 - 1;
        let end = script.last_key_value().unwrap().0 + 30;
        let mut w = Watch::new(Settings::default(), from * SECOND).unwrap();
        for (name, _) in &self.0 {
            w.add(name, None);
        }
        w.start();
        let mut told = Vec::new();
        for s in from..end {
            w.tick(s * SECOND).unwrap();
            for (f, text) in script.get(&s).into_iter().flatten() {
                w.push(*f, text.as_bytes()).unwrap();
            }
            w.tick(s * SECOND + SECOND / 10).unwrap();
            told.extend(w.events().into_iter().map(|e| (s, e)));
        }
        told
    }
}

/// What differs between two runs: events, but for heartbeats, that only one of them has, or ten seconds and more before the other,
/// as inferences may be apart.
pub(crate) fn different(a: &[(i64, Value)], b: &[(i64, Value)]) -> Vec<String> {
    let said = |all: &[(i64, Value)]| -> Vec<(i64, String)> {
        let events = all.iter().filter(|(_, e)| e["event"] != "heartbeat");
        let text = |(s, e): &(i64, Value)| {
            let of = |k: &str| e[k].as_str().unwrap_or_default();
            (*s, ["event", "kind", "incident", "time"].map(of).join(" "))
        };
        events.map(text).collect()
    };
    let (a, b) = (said(a), said(b));
    let missing = |of: &[(i64, String)], from: &[(i64, String)], sign: &str| -> Vec<String> {
        let has = |e: &(i64, String)| from.iter().any(|x| x.1 == e.1 && (x.0 - e.0).abs() <= 10);
        let only = of.iter().filter(|e| !has(e));
        only.map(|(s, e)| format!("{sign} {s} {e}")).collect()
    };
    [missing(&a, &b, "-"), missing(&b, &a, "+")].concat()
}

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

/// The bytes of a file, unpacked where its name says that it is packed.
pub fn unpacked(path: &Path) -> Vec<u8> {
    let raw = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|e| e != "gz") {
        return raw;
    }
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(&raw[..])
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// The lines of a file and the seconds in which they stand, each on its axis; a line without one has that of the line before.
fn stamped(bytes: &[u8], newest: i64) -> Vec<(Option<(Axis, i64)>, String)> {
    let sample = Sampled {
        pieces: vec![bytes.to_vec()],
        ..Sampled::default()
    };
    let config = PlanConfig {
        newest_file_us: Some(newest),
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
    let (_, seen) = Sequel::default().read((&plan, 0), ScanConfig::default(), &block, true);
    let mut seen = seen.into_iter().peekable();
    let (mut all, mut at, mut offset) = (Vec::new(), None, 0);
    for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
        while let Some(g) = seen.next_if(|g| g.first.offset <= offset) {
            at = g.at.or(at);
        }
        all.push((at, line.to_owned()));
        offset += line.len() as u64;
    }
    all
}

fn lines_of(bytes: &[u8], span: (i64, i64), zone: Option<i64>) -> Vec<Written> {
    let all = stamped(bytes, span.1 + DAY);
    let east = zone_of(&all, span);
    let by = zone.map_or(0, |z| z * MINUTE - east);
    let (mut at, mut back) = (0, 0);
    let mut written = |own: Option<(Axis, i64)>| {
        let next = match own {
            Some((Axis::Utc, us)) => us,
            // summer time ends
            Some((Axis::Wall, us)) if us - east + back < at - HOUR / 2 => {
                back += HOUR;
                us - east + back
            }
            Some((Axis::Wall, us)) => us - east + back,
            None => 0,
        };
        at = next;
        next
    };
    let line = |(own, line): (Option<(Axis, i64)>, String)| match own {
        Some((Axis::Wall, us)) => (written(own), moved(&line, us, by)),
        _ => (written(own), line),
    };
    all.into_iter().map(line).collect()
}

/// How far east the clock of lines without a zone is: so that most of them were written within a span. Whole hours before others,
/// and few before many.
fn zone_of(all: &[(Option<(Axis, i64)>, String)], (from, to): (i64, i64)) -> i64 {
    let walls = all.iter().filter_map(|(own, _)| match own {
        Some((Axis::Wall, us)) => Some(*us),
        _ => None,
    });
    let walls: Vec<i64> = walls.collect();
    let within = |east: i64| {
        let slack = MINUTE;
        let us = walls.iter().map(|us| us - east);
        us.filter(|us| (from - slack..=to + slack).contains(us))
            .count()
    };
    let halves = (-24..=28).map(|n| n * HOUR / 2);
    let best = |east: &i64| (within(*east), east % HOUR == 0, -east.abs());
    halves.max_by_key(best).unwrap_or(0)
}

/// The same line from a clock that is so much further east, all stamps in it; by the one that is known it is told in which order
/// day and month stand.
fn moved(line: &str, shown: i64, by: i64) -> String {
    static STAMP: LazyLock<Regex> = LazyLock::new(|| {
        let iso = r"(?<y>\d{4})[-/.](?<m>\d\d)[-/.](?<d>\d\d)";
        let named = r"(?:(?<dd>\d\d)[/ ])?(?<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[/ ](?<yyyy>\d{4})| (?<day>[ \d]?\d))";
        let numbers = r"(?<a>\d\d?)[/.](?<b>\d\d?)[/.](?<year>\d{4})";
        let clock = r"(?<h>\d\d?):(?<min>\d\d)(?:(?::\d\d)?(?:[.,]\d+)? ?(?<half>[AaPp])\.?[Mm])?";
        Regex::new(&format!("(?:{iso}|{named}|{numbers})[T :,]{{1,2}}{clock}")).unwrap()
    });
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let known = civil_from_days(shown.div_euclid(DAY));
    let stamp = |c: &Captures<'_>| {
        let number = |name: &str| c.name(name)?.as_str().trim().parse::<i64>().ok();
        let month_first = number("a") == Some(i64::from(known.1));
        let (first, second) = if month_first { ("a", "b") } else { ("b", "a") };
        let named = c
            .name("mon")
            .map(|m| MONTHS.iter().position(|n| *n == m.as_str()).unwrap() as i64 + 1);
        let y = number("y")
            .or(number("yyyy"))
            .or(number("year"))
            .unwrap_or(known.0);
        let m = number("m").or(named).or(number(first)).unwrap();
        let d = number("d")
            .or(number("dd"))
            .or(number("day"))
            .or(number(second))
            .unwrap();
        let half = c.name("half").map(|p| p.as_str().eq_ignore_ascii_case("p"));
        let h = match (number("h").unwrap(), half) {
            (h, Some(late)) => h % 12 + if late { 12 } else { 0 },
            (h, None) => h,
        };
        let at = (days_from_civil(y, m, d) * 24 + h) * 60 + number("min").unwrap() + by / MINUTE;
        let (y, m, d) = civil_from_days(at.div_euclid(24 * 60));
        let (h, min) = (at.rem_euclid(24 * 60) / 60, at.rem_euclid(60));
        let shown_hour = if half.is_some() { (h + 11) % 12 + 1 } else { h };
        let values = [
            (
                "half",
                if h < 12 {
                    "A".to_owned()
                } else {
                    "P".to_owned()
                },
            ),
            ("min", format!("{min:02}")),
            ("h", shown_hour.to_string()),
            ("year", y.to_string()),
            ("b", if month_first { d } else { m }.to_string()),
            ("a", if month_first { m } else { d }.to_string()),
            ("yyyy", y.to_string()),
            ("day", format!("{d:>2}")),
            ("mon", MONTHS[m as usize - 1].to_owned()),
            ("dd", d.to_string()),
            ("d", d.to_string()),
            ("m", m.to_string()),
            ("y", y.to_string()),
        ];
        let whole = c.get(0).unwrap();
        let mut text = whole.as_str().to_owned();
        // from the last one, so that those before it stand where they stood
        for (name, value) in values {
            if let Some(g) = c.name(name) {
                let range = g.start() - whole.start()..g.end() - whole.start();
                text.replace_range(range, &format!("{value:0>width$}", width = g.len()));
            }
        }
        text
    };
    STAMP.replace_all(line, stamp).into_owned()
}
