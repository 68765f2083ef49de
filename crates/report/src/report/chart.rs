//! The share of failed requests over time, drawn with eighth blocks (or ASCII), with letters and clock below.
//! Draws what the series says; picks the step and the scale, nothing else.

use super::wrap::right;
use super::{facts, sentence, time};
use coroner_infer::model::Incident;
use coroner_lines::sorting::SortList;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, SECOND};

/// Rows of the plot.
const ROWS: usize = 4;
/// Columns left of the plot: a label and the axis.
const LEFT: usize = 10;
const BLOCKS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const MARKS: [&str; 9] = [" ", ".", ".", ":", ":", "-", "-", "=", "#"];

/// Lines of the chart; empty where there is nothing to draw. Letters are drawn at their instants.
pub fn draw(i: &Incident, zone: Zone, columns: usize, ascii: bool) -> Vec<String> {
    let Some(s) = &i.series else {
        return Vec::new();
    };
    let drawn = Drawn::of(i);
    let room = columns.saturating_sub(LEFT + 1).max(8);
    let n = s.requests.len().min(s.failed.len());
    if n == 0 || s.bucket_s == 0 {
        return Vec::new();
    }
    let per = step(n, s.bucket_s, room);
    let silent = drawn == Drawn::Requests;
    let values: Vec<f64> = (0..n.div_ceil(per))
        .map(|c| {
            let range = c * per..((c + 1) * per).min(n);
            let sum = |v: &[u64]| sentence::sum(&v[range.clone()]);
            match silent {
                // The last column may hold fewer buckets than the others.
                true => sum(&s.requests) as f64 / range.len() as f64,
                false => sentence::share(sum(&s.failed), sum(&s.requests)),
            }
        })
        .collect();
    let peak = values.iter().copied().fold(0.0, f64::max);
    let top = match silent {
        true => peak.max(1.0),
        false => scale(peak),
    };
    let label = |x: f64| match silent {
        true => per_minute(x, s.bucket_s),
        false => format!("{} %", sentence::tenths(x * 100.0)),
    };
    let marks = if ascii { &MARKS } else { &BLOCKS };
    let (wall, corner, floor) = match ascii {
        true => ("|", "+", "-"),
        false => ("│", "└", "─"),
    };
    let mut out = Vec::new();
    for row in (0..ROWS).rev() {
        let label = match row {
            3 => label(top),
            1 => label(top / 2.0),
            _ => String::new(),
        };
        let cells: String = values
            .iter()
            .map(|x| {
                let eighths = (x / top * (ROWS * 8) as f64).round() as usize;
                marks[eighths.saturating_sub(row * 8).min(8)]
            })
            .collect();
        let line = format!("{} {wall}{cells}", right(&label, LEFT - 2));
        out.push(line.trim_end().to_owned());
    }
    out.push(format!(
        "{}{corner}{}",
        right(drawn.title(i), LEFT - 1),
        floor.repeat(values.len())
    ));
    let step_us = per as i64 * i64::from(s.bucket_s) * SECOND;
    let letters = i.timeline.iter().filter_map(|e| Some((e.letter?, e.time?)));
    out.extend(letter_rows(
        letters.collect(),
        s.start,
        step_us,
        values.len(),
    ));
    out.push(clock_row(s.start, step_us, values.len(), columns, zone));
    out.retain(|l| !l.trim().is_empty());
    out
}

/// What is drawn of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// The share of requests that fail.
    Failing,
    /// How many requests there are.
    Requests,
}

impl Drawn {
    /// Requests where they stay away, or where none failed and there is no share to see.
    pub fn of(i: &Incident) -> Drawn {
        let stay_away = matches!(facts::onset_kind(i), Some("silence" | "traffic_drop"));
        let mut series = i.series.iter();
        match stay_away || series.all(|s| s.failed.iter().all(|f| *f == 0)) {
            true => Drawn::Requests,
            false => Drawn::Failing,
        }
    }

    /// What the picture is called.
    pub fn title(self, i: &Incident) -> &'static str {
        match (self, facts::onset_kind(i)) {
            (Drawn::Requests, _) => "req/min",
            (Drawn::Failing, Some("refused")) => "4xx share",
            (Drawn::Failing, _) => "5xx share",
        }
    }
}

fn per_minute(per_bucket: f64, bucket_s: u32) -> String {
    let n = per_bucket * 60.0 / f64::from(bucket_s);
    match n < 9.95 && n.fract() > 1e-9 {
        true => format!("{n:.1}"),
        false => sentence::count(n.round() as u64),
    }
}

/// Buckets per column: the smallest whole number of minutes that fits, or of buckets where minutes are too coarse.
fn step(n: usize, bucket_s: u32, room: usize) -> usize {
    let least = n.div_ceil(room).max(1);
    let minute = (60 / bucket_s.max(1)) as usize;
    if minute > 1 && least > 1 && 60 % bucket_s == 0 {
        let whole = least.div_ceil(minute) * minute;
        if n.div_ceil(whole) * 3 >= room {
            return whole;
        }
    }
    least
}

/// The smallest round top that holds the peak.
fn scale(peak: f64) -> f64 {
    [0.01, 0.02, 0.05, 0.10, 0.20, 0.50]
        .into_iter()
        .find(|t| peak <= *t)
        .unwrap_or(1.0)
}

/// Letters under their columns; those that find theirs taken stand below, in rows of their own.
fn letter_rows(
    mut sorted: Vec<(char, Instant)>,
    start: Instant,
    step_us: i64,
    columns: usize,
) -> Vec<String> {
    sorted.sort_list_by_key(|l| (l.1, l.0));
    let mut rows: Vec<Vec<char>> = Vec::new();
    for (letter, t) in sorted {
        let Ok(col) = usize::try_from((t.0 - start.0).div_euclid(step_us)) else {
            continue;
        };
        if col >= columns {
            continue;
        }
        let free = rows.iter().position(|r| r.get(col) == Some(&' '));
        let at = free.unwrap_or(rows.len());
        if free.is_none() {
            rows.push(vec![' '; columns]);
        }
        if let Some(cell) = rows.get_mut(at).and_then(|r| r.get_mut(col)) {
            *cell = letter;
        }
    }
    let text = |row: Vec<char>| row.into_iter().collect::<String>();
    rows.into_iter()
        .map(|row| format!("{}{}", " ".repeat(LEFT), text(row).trim_end()))
        .collect()
}

/// Clock times under the axis, at round distances with room between them.
fn clock_row(start: Instant, step_us: i64, columns: usize, limit: usize, zone: Zone) -> String {
    const TICKS: [i64; 13] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10_080];
    let minute = 60 * SECOND;
    let tick = TICKS
        .into_iter()
        .map(|m| m * minute)
        .find(|t| t / step_us >= 9)
        .unwrap_or(10_080 * minute);
    let offset = i64::from(zone.offset_at(start)) * minute;
    let first = (start.0 + offset + tick - 1).div_euclid(tick) * tick - offset;
    let mut row = String::new();
    for n in 0..columns as i64 {
        let t = Instant(first + n * tick);
        let col = (t.0 - start.0) / step_us;
        if col > columns as i64 {
            break;
        }
        let label = if tick >= 1440 * minute {
            time::date(t, zone)[5..].to_owned()
        } else {
            time::minute(t, zone)
        };
        let at = (LEFT + col as usize)
            .saturating_sub(label.len() / 2)
            .max(LEFT);
        let at = at.min(limit.saturating_sub(label.len()));
        if at > row.len() || row.is_empty() {
            row.push_str(&" ".repeat(at.saturating_sub(row.len())));
            row.push_str(&label);
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_stands_under_its_own_column() {
        let at = |c, s: i64| (c, Instant(s * SECOND));
        let letters = vec![at('B', 61), at('A', 60), at('C', 130), at('D', 600)];
        let rows = letter_rows(letters, Instant(0), 60 * SECOND, 3);
        let blank = " ".repeat(LEFT);
        assert_eq!(rows, [format!("{blank} AC"), format!("{blank} B")]);
    }
}
