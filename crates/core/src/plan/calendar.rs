//! How the open dates of each input are read: which year, which of two numbers is the day, which day a time of day is of.
//! Decided from the samples of all inputs before a line is read; what had to be assumed is said.

use super::PlanConfig;
use coroner_lines::format::app::label_first::dated_in;
use coroner_lines::time::{
    Calendar, DAY, Dated, Days, HOUR, MINUTE, Stamp, bulks, civil_from_days, days_from_civil,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const HALF_A_YEAR: i64 = 183 * DAY;

/// How the year of year-less lines is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum YearBasis {
    /// Given by the user.
    Given,
    /// Lines with a year.
    Lines,
    /// The newest file time: an assumption.
    FileTime,
    /// Nothing shows it.
    Nothing,
}

/// What the stamps of a sample leave open, and what they show.
#[derive(Clone, Debug, Default)]
pub(super) struct Dates {
    /// Day since 1970 → stamps with a whole date, and the latest wall time of them.
    days: BTreeMap<i64, (u64, i64)>,
    /// Whether any has no year.
    pub(super) yearless: bool,
    /// First wall time with a whole date.
    first: Option<i64>,
    day_first: u64,
    month_first: u64,
    /// Wall times of dates that may be either, with the first number as day, in order.
    either: Vec<i64>,
    /// Whether any of them has a half of the day.
    halved: bool,
    /// Wall time of the last stamp without a year, in a year that does not count.
    last_yearless: Option<i64>,
    /// The newest of them behind the turn of the year, where there is one among them.
    newest_yearless: Option<i64>,
    /// First and last time of day without a date.
    dateless: Option<(i64, i64)>,
    /// The first time that stands in the lines above those, which no format reads: that of a heading.
    heading: Option<Stamp>,
}

impl Dates {
    /// A line without a time of its own.
    pub(super) fn above(&mut self, line: &[u8]) {
        if self.heading.is_none() && self.dateless.is_none() && self.days.is_empty() {
            self.heading = dated_in(line);
        }
    }

    /// Whether times of day are of the zone that a heading says.
    pub(super) fn is_zoned_by_heading(&self) -> bool {
        self.dateless.is_some() && self.heading.is_some_and(|h| h.offset_min.is_some())
    }

    pub(super) fn see(&mut self, stamp: Stamp) {
        let wall = stamp.wall_us;
        match stamp.dated {
            Dated::NoYear => self.yearless(wall),
            Dated::Either => self.either.push(wall),
            Dated::LikelyMonthFirst => {
                self.either.push(wall);
                self.halved = true;
            }
            Dated::NoDate => {
                let first = self.dateless.map_or(wall, |d| d.0);
                self.dateless = Some((first, wall));
            }
            whole => {
                self.day_first += u64::from(whole == Dated::DayFirst);
                self.month_first += u64::from(whole == Dated::MonthFirst);
                let of_day = self.days.entry(wall.div_euclid(DAY)).or_insert((0, wall));
                *of_day = (of_day.0 + 1, of_day.1.max(wall));
                self.first = self.first.or(Some(wall));
            }
        }
    }

    /// A stamp without a year. A step back over more than half of it, from one line to the next, is the turn of the year; where
    /// the newest line comes first it goes the other way.
    fn yearless(&mut self, wall: i64) {
        self.yearless = true;
        let before = self.last_yearless.replace(wall);
        let step = wall - before.unwrap_or(wall);
        // lines that miss half a year are more likely than a file with the newest line first and a hole of months
        if !(-HALF_A_YEAR..=300 * DAY).contains(&step) {
            let newest = if step < 0 {
                wall
            } else {
                before.unwrap_or(wall)
            };
            self.newest_yearless = Some(newest);
        } else if let Some(newest) = &mut self.newest_yearless
            && (wall - *newest).abs() < HALF_A_YEAR
        {
            *newest = wall.max(*newest);
        }
    }

    /// How often the days of ambiguous dates go back, read one way or the other.
    fn steps_back(&self, month_first: bool) -> usize {
        let read = |w: &i64| match month_first {
            true => coroner_lines::time::swapped(*w),
            false => *w,
        };
        let days: Vec<i64> = self
            .either
            .iter()
            .map(|w| read(w).div_euclid(DAY))
            .collect();
        days.windows(2)
            .filter(|d| d[1] < d[0] || d[1] > d[0] + 20)
            .count()
    }
}

/// The newest wall time with a whole date that is no odd one: those far from the bulk are none, and within half a year of it
/// stand stamps of another input, or most of all. Where nothing is as sure as that, the newest in the bulk.
pub(super) fn newest<'d>(all: impl Iterator<Item = &'d Dates> + Clone) -> Option<i64> {
    let days = |d: &Dates| d.days.iter().map(|(day, x)| (*day, x.0)).collect();
    let mut logs: Vec<Days> = all.clone().map(days).collect();
    let bulks = bulks(&logs);
    for (log, bulk) in logs.iter_mut().zip(bulks) {
        log.retain(|day, _| bulk.is_none_or(|b| b.holds(day * DAY)));
    }
    let lines: u64 = logs.iter().flat_map(Days::values).sum();
    let near = |log: &Days, day: i64| -> u64 {
        let half = HALF_A_YEAR / DAY;
        log.range(day - half..=day + half).map(|x| x.1).sum()
    };
    let held = |day: i64| {
        let of_logs = || logs.iter().map(|log| near(log, day)).filter(|n| *n > 0);
        of_logs().count() > 1 || of_logs().sum::<u64>() * 2 > lines
    };
    let days: BTreeSet<i64> = logs.iter().flat_map(|log| log.keys().copied()).collect();
    let day = days.iter().rev().find(|day| held(**day)).or(days.last())?;
    let of_day = all.filter_map(|d| d.days.get(day));
    of_day.map(|x| x.1).max()
}

/// Wall time that year-less stamps are not later than, and how it is known.
pub(super) fn year(config: &PlanConfig, newest: Option<i64>) -> (i64, YearBasis) {
    let given = config.years.iter().rev().find(|y| y.pattern.is_none());
    if let Some(y) = given {
        return (end_of(y.value), YearBasis::Given);
    }
    match (newest, config.newest_file_us) {
        (Some(n), _) => (n, YearBasis::Lines),
        (None, Some(n)) => (n, YearBasis::FileTime),
        (None, None) => (days_from_civil(1970, 12, 31) * DAY, YearBasis::Nothing),
    }
}

fn end_of(year: i64) -> i64 {
    days_from_civil(year, 12, 31) * DAY - 1
}

/// Wall time that no stamp of an input is later than whose last year is given: its end, or the day up to which lines behind a
/// turn of the year come, so that those before it are of the year before.
fn last_day(dates: &Dates, year: i64) -> i64 {
    let Some(newest) = dates.newest_yearless else {
        return end_of(year);
    };
    let (_, m, d) = civil_from_days(newest.div_euclid(DAY));
    // a sample does not show all lines: those behind it may be some months later, those before it are late in their year
    let months_later = (m + 4).min(8);
    let month = i64::from(m.max(months_later));
    days_from_civil(year, month, i64::from(d.min(28))) * DAY
}

/// The calendar of one input, and sentences (without their subject) about what was assumed. `input` is its name and when it was
/// changed last, `newest` the latest whole date of all inputs, `year_reference` what holds where no year is given for this input.
pub(super) fn calendar(
    input: (&str, Option<i64>),
    dates: &Dates,
    newest: Option<i64>,
    year_reference: i64,
    config: &PlanConfig,
) -> (Calendar, Vec<String>) {
    let mut doubts = Vec::new();
    let year = config.years.iter().rev().find(|y| y.applies(input.0));
    let (month_first, sure) = order(dates, newest);
    if !sure {
        let (first, second) = if month_first {
            ("month", "day")
        } else {
            ("day", "month")
        };
        doubts.push(format!(
            "stamps its lines with dates in numbers, and nothing tells whether the day or the month comes first; \
             the {first} is taken to be first, then the {second}"
        ));
    }
    let start = dates.dateless.and_then(|times| {
        let (start, basis) = start(input, dates, times, newest)?;
        if let Some(basis) = basis {
            let (y, m, d) = civil_from_days(start.div_euclid(DAY));
            doubts.push(format!(
                "stamps its lines without a date; it is taken to begin on {y:04}-{m:02}-{d:02}, {basis}"
            ));
        }
        Some(start)
    });
    if dates.dateless.is_some() && start.is_none() {
        doubts.push("stamps its lines without a date, and nothing tells them".into());
    }
    let calendar = Calendar {
        year_reference: year.map_or(year_reference, |y| last_day(dates, y.value)),
        month_first,
        start,
        start_offset_min: dates.heading.and_then(|h| h.offset_min),
    };
    (calendar, doubts)
}

/// Whether the month comes first, and whether that is known: a number above 12 decides, else the order in which days follow
/// each other, else the dates of other inputs, else whether halves of the day are written (who does puts the month first).
fn order(d: &Dates, newest: Option<i64>) -> (bool, bool) {
    if d.day_first != d.month_first {
        return (d.month_first > d.day_first, true);
    }
    let Some(first) = d.either.first() else {
        return (false, true);
    };
    let (day, month) = (d.steps_back(false), d.steps_back(true));
    if day != month {
        return (month < day, true);
    }
    let Some(newest) = newest else {
        return (d.halved, false);
    };
    let far = |w: i64| (newest - coroner_lines::time::whole(w, newest)).abs();
    let (day, month) = (far(*first), far(coroner_lines::time::swapped(*first)));
    // a week apart, so that the nearer one is not nearer by chance
    (month < day, day.abs_diff(month) > 7 * DAY as u64)
}

/// The wall time of the first line without a date, and why it is thought to be (`None`: the name or the lines say it).
fn start(
    (name, modified_us): (&str, Option<i64>),
    dates: &Dates,
    (first, last): (i64, i64),
    newest: Option<i64>,
) -> Option<(i64, Option<&'static str>)> {
    if let Some(day) = date_in_name(name) {
        return Some((day + first, None));
    }
    if let Some(heading) = dates.heading {
        let today = heading.wall_us.div_euclid(DAY) * DAY + first;
        let tomorrow = today < heading.wall_us - HOUR;
        return Some((today + if tomorrow { DAY } else { 0 }, None));
    }
    if let Some(own) = dates.first {
        return Some((own.div_euclid(DAY) * DAY + first, None));
    }
    let (end, basis) = match (newest, modified_us) {
        (Some(n), _) => (n, "the day on which the newest of the other lines fits"),
        (None, Some(m)) => (m, "by the time of the file"),
        (None, None) => return None,
    };
    // the last line is not later than what it is held against, by more than a zone could make it
    let slack = if newest.is_some() { HOUR } else { 14 * HOUR };
    let latest = (end + slack - last).min(end).div_euclid(DAY);
    let day = latest * DAY;
    let over_midnight = if last + 5 * MINUTE < first { DAY } else { 0 };
    Some((day - over_midnight + first, Some(basis)))
}

/// A date in the name of a file: `app-2026-03-10.log`, `20260310.log`.
fn date_in_name(name: &str) -> Option<i64> {
    let b = name.as_bytes();
    let digit = |i: usize| b.get(i).is_some_and(u8::is_ascii_digit);
    (0..b.len()).rev().find_map(|i| {
        if i > 0 && digit(i - 1) {
            return None;
        }
        let marked =
            matches!(b.get(i + 4), Some(b'-' | b'_' | b'.')) && b.get(i + 7) == b.get(i + 4);
        let (m, d, end) = if marked {
            (i + 5, i + 8, i + 10)
        } else {
            (i + 4, i + 6, i + 8)
        };
        let number = |at: usize, n: usize| name.get(at..at + n)?.parse::<i64>().ok();
        let (y, month, day) = (number(i, 4)?, number(m, 2)?, number(d, 2)?);
        let there =
            (1970..2100).contains(&y) && (1..=12).contains(&month) && (1..=31).contains(&day);
        (there && !digit(end)).then(|| days_from_civil(y, month, day) * DAY)
    })
}

#[cfg(test)]
mod tests;
