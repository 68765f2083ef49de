//! Writing instants and lengths of time: RFC 3339 for JSON, clock and date for people, in the report's zone.
//! Nothing here reads a clock or a locale.

use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, HOUR, Instant, MINUTE, MONTHS, SECOND, civil_from_days};

/// Wall time in a zone, in microseconds as if UTC.
fn wall(t: Instant, zone: Zone) -> i64 {
    t.0.saturating_add(i64::from(zone.offset_at(t)) * MINUTE)
}

/// `2023-05-01`.
pub fn date(t: Instant, zone: Zone) -> String {
    let (y, m, d) = civil_from_days(wall(t, zone).div_euclid(DAY));
    format!("{y:04}-{m:02}-{d:02}")
}

/// `13:05:04`.
pub fn clock(t: Instant, zone: Zone) -> String {
    let s = wall(t, zone).rem_euclid(DAY) / SECOND;
    format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

/// `13:05`.
pub fn minute(t: Instant, zone: Zone) -> String {
    clock(t, zone)[..5].to_owned()
}

/// `13:05:04`, with the date before it where it is not `day`.
pub fn clock_on(t: Instant, day: Instant, zone: Zone) -> String {
    if date(t, zone) == date(day, zone) {
        clock(t, zone)
    } else {
        format!("{} {}", date(t, zone), clock(t, zone))
    }
}

/// `Mon 1 May 2023`.
pub fn long_date(t: Instant, zone: Zone) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let days = wall(t, zone).div_euclid(DAY);
    let weekday = DAYS[days.rem_euclid(7) as usize];
    format!("{weekday} {}", day(t, zone))
}

/// `1 May 2023`.
pub fn day(t: Instant, zone: Zone) -> String {
    let (y, m, d) = civil_from_days(wall(t, zone).div_euclid(DAY));
    let month = MONTHS[(m as usize + 11) % 12];
    format!("{d} {month} {y}")
}

/// The numeric offset at an instant: `+01:00`.
pub fn offset(t: Instant, zone: Zone) -> String {
    let o = zone.offset_at(t);
    format!(
        "{}{:02}:{:02}",
        if o < 0 { '-' } else { '+' },
        o.abs() / 60,
        o.abs() % 60
    )
}

/// `UTC`, `UTC+01:00`, or `Africa/Lagos (UTC+01:00)`: how headings name the zone.
pub fn zone_label(t: Instant, zone: Zone) -> String {
    let o = match offset(t, zone).as_str() {
        "+00:00" => "UTC".to_owned(),
        o => format!("UTC{o}"),
    };
    match zone {
        Zone::Fixed(_) => o,
        Zone::Named(z) => format!("{} ({o})", z.name()),
    }
}

/// RFC 3339 with the numeric offset; a fraction only where there is one (three or six digits).
pub fn rfc3339(t: Instant, zone: Zone) -> String {
    let fraction = match t.0.rem_euclid(SECOND) {
        0 => String::new(),
        f if f % 1000 == 0 => format!(".{:03}", f / 1000),
        f => format!(".{f:06}"),
    };
    format!(
        "{}T{}{fraction}{}",
        date(t, zone),
        clock(t, zone),
        offset(t, zone)
    )
}

/// A length of time in microseconds for prose: `4 min 52 s`, `1 h 54 min 59 s`, `2 d 3 h`, `6 s`, `0.3 s`.
/// Whole seconds, rounded half away from zero; from a day on whole minutes; parts that are 0 are left out.
pub fn span(us: i64) -> String {
    let sign = if us < 0 { "−" } else { "" };
    let abs = us.saturating_abs();
    if abs > 0 && abs < SECOND / 20 {
        return format!("{sign}under 0.1 s");
    }
    if abs > 0 && abs < SECOND - SECOND / 20 {
        return format!("{sign}{:.1} s", abs as f64 / SECOND as f64);
    }
    let s = abs.saturating_add(SECOND / 2) / SECOND;
    let parts = [
        (s / 86_400, "d"),
        (s / 3600 % 24, "h"),
        (s / 60 % 60, "min"),
        (if s < 86_400 { s % 60 } else { 0 }, "s"),
    ];
    let words: Vec<String> = parts
        .iter()
        .filter(|p| p.0 > 0)
        .map(|p| format!("{} {}", p.0, p.1))
        .collect();
    if words.is_empty() {
        "0 s".to_owned()
    } else {
        format!("{sign}{}", words.join(" "))
    }
}

/// The same as people say it: from an hour on whole minutes, as far as they are full.
pub fn said_span(us: i64) -> String {
    match us.saturating_abs() >= HOUR {
        true => span(us - us % MINUTE),
        false => span(us),
    }
}

/// The same in round figures, for headlines: `1 h 55 min`, `25 min`, `45 s`.
pub fn round_span(us: i64) -> String {
    let unit = if us.saturating_abs() >= MINUTE {
        MINUTE
    } else {
        SECOND
    };
    span((us.saturating_add(unit / 2)).div_euclid(unit) * unit)
}

/// The same for narrow columns: `4m52s`, `1h54m59s`, `2d03h`.
pub fn short_span(us: i64) -> String {
    let sign = if us < 0 { "−" } else { "" };
    let s = us.saturating_abs().saturating_add(SECOND / 2) / SECOND;
    match s {
        0..60 => format!("{sign}{s}s"),
        60..3600 => format!("{sign}{}m{:02}s", s / 60, s % 60),
        3600..86_400 => format!("{sign}{}h{:02}m{:02}s", s / 3600, s / 60 % 60, s % 60),
        _ => format!("{sign}{}d{:02}h", s / 86_400, s / 3600 % 24),
    }
}

/// The distance from T for prose: `T`, `+4 min 56 s`, `−6 s`. Under a second it is T, which is known to the second.
pub fn distance(us: i64) -> String {
    match us {
        u if u.saturating_abs() < SECOND => "T".to_owned(),
        u if u > 0 => format!("+{}", span(u)),
        u => span(u),
    }
}

/// The distance from T in seven columns: `T`, `−6s`, `+54m58s`, `+1h25m`, `−2d03h`. Cut, never rounded up.
pub fn offset_from_t(us: i64) -> String {
    let (sign, abs) = (if us < 0 { "−" } else { "+" }, us.saturating_abs());
    if abs < SECOND {
        return "T".to_owned();
    }
    if (HOUR..DAY).contains(&abs) {
        format!("{sign}{}h{:02}m", abs / HOUR, abs / MINUTE % 60)
    } else {
        format!("{sign}{}", short_span(abs))
    }
}

/// Seconds as JSON writes them: an integer where whole.
pub fn seconds(us: i64) -> serde_json::Value {
    if us % SECOND == 0 {
        (us / SECOND).into()
    } else {
        (us as f64 / SECOND as f64).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::holds;

    const T: Instant = Instant(1_682_942_704 * SECOND);

    #[test]
    fn one_instant_in_every_form() {
        let z = Zone::Fixed(60);
        assert_eq!(rfc3339(T, z), "2023-05-01T13:05:04+01:00");
        assert_eq!(
            rfc3339(Instant(T.0 + 250_000), z),
            "2023-05-01T13:05:04.250+01:00"
        );
        assert_eq!(long_date(T, z), "Mon 1 May 2023");
        assert_eq!(clock_on(T, Instant(T.0 + DAY), z), "2023-05-01 13:05:04");
        assert_eq!(zone_label(T, z), "UTC+01:00");
        let berlin = Zone::Named(chrono_tz::Europe::Berlin);
        assert_eq!(rfc3339(T, berlin), "2023-05-01T14:05:04+02:00");
        assert_eq!(zone_label(T, berlin), "Europe/Berlin (UTC+02:00)");
        assert_eq!(
            rfc3339(Instant(-1), Zone::UTC),
            "1969-12-31T23:59:59.999999+00:00"
        );
    }

    #[test]
    fn lengths_in_every_form() {
        let us = |text: &str| text.parse().unwrap();
        holds("span", |t| span(us(t)));
        holds("round span", |t| round_span(us(t)));
        holds("short span", |t| short_span(us(t)));
        holds("offset from the onset", |t| offset_from_t(us(t)));
        holds("distance from the onset", |t| distance(us(t)));
        assert!(!span(i64::MIN).is_empty());
    }
}
