//! Times that a person writes for `--since` and `--until`, and the instants they mean.
//! What depends on the logs (their zone, their last day, their end) is handed in; no clock is read.

use coroner_lines::table::words;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, HOUR, Instant, MINUTE, MONTHS, SECOND, stamp};
use std::fmt;

/// A time as a person writes it: `2023-05-01T12:30:00Z`, `2023-05-01 12:30`, `12:30`, `-3h`, `2h ago`, `yesterday 13:00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    written: String,
    kind: Written,
    /// Microseconds after it that are meant, negative for before.
    shift: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// With a zone: microseconds UTC.
    Instant(i64),
    /// A date, perhaps with a time of day: microseconds of wall time.
    Wall(i64),
    /// A time of day: microseconds since midnight.
    Clock(i64),
    /// So many microseconds before the end of the logs.
    BeforeEnd(i64),
    /// So many microseconds before now.
    Ago(i64),
    /// A day counted from now, and microseconds since its midnight.
    Day(Day, i64),
}

/// A day counted from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// So many days back.
    Back(i64),
    /// The last such day of the week, today included; 0 is Monday.
    Of(i64),
}

/// What `--around` takes on each side of a time where nothing else is said.
const AROUND: i64 = 5 * MINUTE;

/// What times without a zone or without a date depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogSpan {
    /// The zone in which the report is written.
    pub zone: Zone,
    /// The first instant of the logs.
    pub start: Instant,
    /// The last instant of the logs.
    pub end: Instant,
}

impl When {
    /// Reads RFC 3339 (`2023-05-01T12:30:00Z`), seconds since 1970, a date with or without a time of day (`2023-05-01 12:30`), a
    /// time of day (`12:30`), a distance from the end of the logs (`-3h`, `1h30m`), or what counts from now (`2h ago`, `today`,
    /// `yesterday 13:00`, `friday`).
    pub fn parse(s: &str) -> Result<When, String> {
        let t = s.trim();
        let ago = t.strip_suffix("ago").map(str::trim_end);
        let kind = match (t.strip_prefix('-'), ago) {
            (Some(distance), _) => Written::BeforeEnd(duration(distance)?),
            (_, Some(distance)) => Written::Ago(duration(distance)?),
            _ => clock(t)
                .map(Written::Clock)
                .or_else(|| epoch(t))
                .or_else(|| dated(t))
                .or_else(|| day(t))
                .or_else(|| duration(t).ok().map(Written::BeforeEnd))
                .ok_or_else(|| wrong(t))?,
        };
        Ok(When {
            written: t.to_owned(),
            kind,
            shift: 0,
        })
    }

    /// Reads a time and how much on each side of it is meant: `13:05`, `13:05±20m`, `13:05+-20m`.
    pub fn around(s: &str) -> Result<(When, When), String> {
        let (at, side) = match s.split_once('±').or_else(|| s.split_once("+-")) {
            Some((at, side)) => (at, duration(side.trim())?),
            None => (s, AROUND),
        };
        let at = When::parse(at)?;
        let shifted = |shift| When {
            shift,
            ..at.clone()
        };
        Ok((shifted(-side), shifted(side)))
    }

    /// What counts from now, in a zone, as the instant that it means; anything else as it is. `live`: the logs end now.
    pub fn counted(self, now: Instant, zone: Zone, live: bool) -> When {
        let kind = match self.kind {
            Written::Ago(us) => Written::Instant(now.0.saturating_sub(us)),
            Written::BeforeEnd(us) if live => Written::Instant(now.0.saturating_sub(us)),
            Written::Day(day, us) => {
                let offset = i64::from(zone.offset_at(now)) * MINUTE;
                let today = (now.0 + offset).div_euclid(DAY);
                let back = match day {
                    Day::Back(n) => n,
                    // 1970-01-01 was a Thursday
                    Day::Of(weekday) => (today + 3 - weekday).rem_euclid(7),
                };
                Written::Instant(zone.instant_of((today - back) * DAY + us, false).0)
            }
            kind => kind,
        };
        When { kind, ..self }
    }

    /// The instant, if it depends on nothing but the writing. `zone`: that of `--tz`, if given.
    pub fn absolute(&self, zone: Option<Zone>) -> Option<Instant> {
        let at = match (self.kind, zone) {
            (Written::Instant(us), _) => Instant(us),
            (Written::Wall(us), Some(zone)) => zone.instant_of(us, false),
            _ => return None,
        };
        Some(Instant(at.0.saturating_add(self.shift)))
    }

    /// The instant within a frame. A time of day is the last one that the logs hold, else that of their last day; after `since`, the next one after it.
    pub(super) fn within(&self, frame: LogSpan, since: Option<Instant>) -> Instant {
        let local = |us| frame.zone.instant_of(us, false);
        let at = match self.kind {
            Written::Instant(us) => Instant(us),
            // without a clock at hand, what counts from now counts from the end
            Written::Ago(us) => Instant(frame.end.0.saturating_sub(us)),
            Written::Day(..) => frame.end,
            Written::Wall(us) => local(us),
            Written::BeforeEnd(us) => Instant(frame.end.0.saturating_sub(us)),
            Written::Clock(us) => {
                let anchor = since.unwrap_or(frame.end);
                let offset = i64::from(frame.zone.offset_at(anchor)) * MINUTE;
                let day = (anchor.0 + offset).div_euclid(DAY);
                let on = |day: i64| local(day * DAY + us);
                match since {
                    Some(since) if on(day) <= since => on(day + 1),
                    None if on(day) > frame.end && on(day - 1) > frame.start => on(day - 1),
                    _ => on(day),
                }
            }
        };
        Instant(at.0.saturating_add(self.shift))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Seconds since 1970, or thousandths or millionths of them, by their number of digits.
fn epoch(t: &str) -> Option<Written> {
    let unit = match t.len() {
        9 | 10 => SECOND,
        13 => SECOND / 1000,
        16 => 1,
        _ => return None,
    };
    let n: i64 = t
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| t.parse().ok())??;
    Some(Written::Instant(n * unit))
}

/// `today`, `yesterday`, `friday` or `fri`, with or without a time of day.
fn day(t: &str) -> Option<Written> {
    const DAYS: [&str; 7] = words("monday tuesday wednesday thursday friday saturday sunday");
    let lower = t.to_ascii_lowercase();
    let (word, time) = lower.split_once(' ').unwrap_or((&lower, "0:00"));
    let of_week = |d: &&str| *d == word || word.len() == 3 && d.starts_with(word);
    let day = match word {
        "today" => Day::Back(0),
        "yesterday" => Day::Back(1),
        _ => Day::Of(DAYS.iter().position(of_week)? as i64),
    };
    Some(Written::Day(day, clock(time.trim())?))
}

/// A date with or without a time of day, with or without a zone.
fn dated(t: &str) -> Option<Written> {
    let padded = match t.len() {
        10 => format!("{t} 00:00:00"),
        16 => format!("{t}:00"),
        _ => t.to_owned(),
    };
    let digits = |r: std::ops::Range<usize>| {
        t.get(r)
            .is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()))
    };
    if !(digits(0..4) && t.as_bytes().get(4) == Some(&b'-')) {
        return None;
    }
    let s = stamp::whole(padded.as_bytes())?;
    Some(match s.offset_min {
        Some(m) => Written::Instant(s.wall_us - i64::from(m) * MINUTE),
        None => Written::Wall(s.wall_us),
    })
}

/// `12:30` or `12:30:05`, in microseconds since midnight.
fn clock(t: &str) -> Option<i64> {
    let mut parts = t.split(':');
    let mut next = |most: i64| -> Option<i64> {
        let p = parts.next()?;
        let fits = (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
        p.parse().ok().filter(|n| fits && *n <= most)
    };
    let (h, m) = (next(23)?, next(59)?);
    let s = match t.matches(':').count() {
        1 => 0,
        _ => next(59)?,
    };
    parts
        .next()
        .is_none()
        .then_some(h * HOUR + m * MINUTE + s * SECOND)
}

/// `3h`, `1h30m`, `90s`, `2d`, in microseconds.
fn duration(t: &str) -> Result<i64, String> {
    let (mut rest, mut sum) = (t, 0i64);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = match rest[digits..].chars().next() {
            Some('d') => DAY,
            Some('h') => HOUR,
            Some('m') => MINUTE,
            Some('s') => SECOND,
            _ => return Err(wrong(&format!("-{t}"))),
        };
        let n: i64 = rest[..digits]
            .parse()
            .map_err(|_| wrong(&format!("-{t}")))?;
        sum = n
            .checked_mul(unit)
            .and_then(|n| sum.checked_add(n))
            .ok_or_else(|| wrong(&format!("-{t}")))?;
        rest = &rest[digits + 1..];
    }
    match sum {
        0 => Err(wrong(&format!("-{t}"))),
        _ => Ok(sum),
    }
}

/// What to write instead. A date with slashes gets its two readings, since it may have been meant either way.
fn wrong(t: &str) -> String {
    let date = t.split([' ', 'T']).next().unwrap_or(t);
    let n: Vec<usize> = date.split(['/', '.']).flat_map(str::parse).collect();
    if let [a, b, y] = n[..]
        && let (Some(first), Some(second)) =
            (MONTHS.get(b.wrapping_sub(1)), MONTHS.get(a.wrapping_sub(1)))
        && a != b
    {
        let year = if y < 100 { 2000 + y } else { y };
        return format!(
            "\"{t}\" can be {a} {first} or {b} {second}; write {year:04}-{b:02}-{a:02} or {year:04}-{a:02}-{b:02}"
        );
    }
    format!(
        "\"{t}\" is no time; write 2023-05-01T12:30:00Z, \"2023-05-01 12:30\", 12:30, \"yesterday 12:30\", 3h for three hours before the end of the logs, or \"3h ago\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    /// 2023-05-01T00:00:00Z in microseconds (19,478 days after 1970-01-01).
    const MAY: i64 = 19_478 * DAY;

    fn utc(t: Instant) -> String {
        let at = chrono::DateTime::from_timestamp_micros(t.0).unwrap();
        at.format("%Y-%m-%d %H:%M").to_string()
    }

    fn when(s: &str) -> When {
        When::parse(s).unwrap()
    }

    #[test]
    fn with_a_zone_nothing_else_is_needed() {
        holds("absolute time", |s| {
            or_dash(when(s).absolute(None).map(utc))
        });
        let tz = Some(Zone::Fixed(120));
        let at = when("2023-05-01 12:30").absolute(tz);
        assert_eq!(at, Some(Instant(MAY + 10 * HOUR + 30 * MINUTE)));
        assert_eq!(when("12:30").absolute(tz), None);
    }

    #[test]
    fn a_time_of_day_is_the_last_that_the_logs_reach() {
        // the logs begin on 30 April and end on 2 May at 10:00 local time (UTC+01:00)
        let frame = LogSpan {
            zone: Zone::Fixed(60),
            start: Instant(MAY - DAY),
            end: Instant(MAY + DAY + 9 * HOUR),
        };
        holds("time within logs", |s| utc(when(s).within(frame, None)));
        let since = Some(Instant(MAY + 22 * HOUR));
        holds("time since 22:00", |s| utc(when(s).within(frame, since)));
        // logs of less than a day hold no 10:30 at all
        let short = LogSpan {
            start: Instant(MAY + DAY + 8 * HOUR),
            ..frame
        };
        assert_eq!(utc(when("10:30").within(short, None)), "2023-05-02 09:30");
    }

    #[test]
    fn what_counts_from_now_and_around_a_time() {
        // Monday 1 May 2023, 00:30 in UTC+01:00
        let (now, zone) = (Instant(MAY - 30 * MINUTE), Zone::Fixed(60));
        let means = |s: &str, live| {
            let at = when(s).counted(now, zone, live).absolute(None);
            or_dash(at.map(utc))
        };
        holds("time from now", |s| means(s, false));
        assert_eq!(means("2h", true), means("2h ago", false));
        for (s, side) in [("13:05", 5), ("13:05±20m", 20), ("13:05+-1h", 60)] {
            let (from, to) = When::around(s).unwrap();
            let frame = LogSpan {
                zone,
                start: Instant(MAY),
                end: Instant(MAY + DAY - 2 * HOUR),
            };
            let a = from.within(frame, None);
            let b = to.within(frame, Some(a));
            let at = MAY + 12 * HOUR + 5 * MINUTE;
            assert_eq!((a.0, b.0), (at - side * MINUTE, at + side * MINUTE), "{s}");
        }
    }

    #[test]
    fn durations_and_what_cannot_be_read() {
        holds("length of time", |s| {
            or_dash(duration(s).ok().map(|us| us / MINUTE))
        });
        // what is refused says what to write
        holds("no time", |s| {
            or_dash(When::parse(s).err()).contains("write")
        });
        assert_eq!(
            When::parse("1/5/23").unwrap_err(),
            "\"1/5/23\" can be 1 May or 5 January; write 2023-05-01 or 2023-01-05"
        );
    }
}
