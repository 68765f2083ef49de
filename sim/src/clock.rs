//! Instants (microseconds since 1970 UTC) and the ways in which programs write them.
//! Zones are fixed offsets in minutes: none of the cases crosses a change of summer time.

/// One second in microseconds.
pub const S: i64 = 1_000_000;
/// One minute in microseconds.
pub const M: i64 = 60 * S;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Days since 1970-01-01 of a civil date (Hinnant, "chrono-compatible low-level date algorithms").
fn days(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// A calendar day in a zone `off` minutes east of UTC, from which instants are taken.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    midnight: i64,
    /// Minutes east of UTC.
    pub off: i64,
}

impl Day {
    /// The day `y-m-d` in the zone `off`.
    pub fn new(y: i64, m: i64, d: i64, off: i64) -> Self {
        Day {
            midnight: days(y, m, d) * 86_400 * S - off * M,
            off,
        }
    }

    /// The instant `h:m:s` of this day.
    pub fn at(&self, h: i64, m: i64, s: i64) -> i64 {
        self.midnight + ((h * 60 + m) * 60 + s) * S
    }
}

struct Wall {
    y: i64,
    mo: i64,
    d: i64,
    h: i64,
    mi: i64,
    s: i64,
    us: i64,
}

fn wall(t: i64, off: i64) -> Wall {
    let local = t + off * M;
    let day = local.div_euclid(86_400 * S);
    let us_of_day = local.rem_euclid(86_400 * S);
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let mo = if mp < 10 { mp + 3 } else { mp - 9 };
    let sec = us_of_day / S;
    Wall {
        y: yoe + era * 400 + i64::from(mo <= 2),
        mo,
        d: doy - (153 * mp + 2) / 5 + 1,
        h: sec / 3600,
        mi: sec / 60 % 60,
        s: sec % 60,
        us: us_of_day % S,
    }
}

/// The offset as `+0100`.
pub fn offset(off: i64) -> String {
    format!(
        "{}{:02}{:02}",
        if off < 0 { '-' } else { '+' },
        off.abs() / 60,
        off.abs() % 60
    )
}

/// `01/May/2023:13:05:04 +0100`, as web servers write it.
pub fn clf(t: i64, off: i64) -> String {
    let w = wall(t, off);
    let month = MONTHS[(w.mo - 1) as usize];
    format!(
        "{:02}/{month}/{}:{:02}:{:02}:{:02} {}",
        w.d,
        w.y,
        w.h,
        w.mi,
        w.s,
        offset(off)
    )
}

/// `2023/05/01 13:05:04`, as the nginx error log writes it.
pub fn slashed(t: i64, off: i64) -> String {
    let w = wall(t, off);
    format!(
        "{}/{:02}/{:02} {:02}:{:02}:{:02}",
        w.y, w.mo, w.d, w.h, w.mi, w.s
    )
}

/// `2023-05-01 13:05:04`, local and without a zone.
pub fn plain(t: i64, off: i64) -> String {
    let w = wall(t, off);
    format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02}",
        w.y, w.mo, w.d, w.h, w.mi, w.s
    )
}

/// `plain` with milliseconds after `sep`.
pub fn millis(t: i64, off: i64, sep: char) -> String {
    format!("{}{sep}{:03}", plain(t, off), t.rem_euclid(S) / 1000)
}

/// `2023-05-01T13:05:04` without a zone.
pub fn tee(t: i64, off: i64) -> String {
    plain(t, off).replacen(' ', "T", 1)
}

/// `2023-05-01T13:05:04.118Z`.
pub fn zulu(t: i64) -> String {
    format!("{}.{:03}Z", tee(t, 0), t.rem_euclid(S) / 1000)
}

/// `2023-05-01T13:05:04Z`.
pub fn zulu_s(t: i64) -> String {
    format!("{}Z", tee(t, 0))
}

/// `2023-05-01T13:05:04+01:00`.
pub fn iso(t: i64, off: i64) -> String {
    let o = offset(off);
    format!("{}{}:{}", tee(t, off), &o[..3], &o[3..])
}

/// `2023-05-01T13:05:04.118402+01:00`, as a modern rsyslog writes it.
pub fn iso_us(t: i64, off: i64) -> String {
    let o = offset(off);
    format!(
        "{}.{:06}{}:{}",
        tee(t, off),
        wall(t, off).us,
        &o[..3],
        &o[3..]
    )
}

/// `May  1 13:05:04`, the old syslog stamp: no year, no zone.
pub fn syslog(t: i64, off: i64) -> String {
    let w = wall(t, off);
    format!(
        "{} {:>2} {:02}:{:02}:{:02}",
        MONTHS[(w.mo - 1) as usize],
        w.d,
        w.h,
        w.mi,
        w.s
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_written_as_their_programs_write_them() {
        let t = Day::new(2023, 5, 1, 60).at(13, 5, 4) + 118_402;
        assert_eq!(t, 1_682_942_704_118_402); // date -u -d @1682942704: Mon May 1 12:05:04 2023
        assert_eq!(clf(t, 60), "01/May/2023:13:05:04 +0100");
        assert_eq!(clf(t, -300), "01/May/2023:07:05:04 -0500");
        assert_eq!(millis(t, 60, ','), "2023-05-01 13:05:04,118");
        assert_eq!(zulu(t), "2023-05-01T12:05:04.118Z");
        assert_eq!(iso_us(t, 330), "2023-05-01T17:35:04.118402+05:30");
        assert_eq!(syslog(t, 0), "May  1 12:05:04");
    }

    #[test]
    fn a_leap_day_is_a_day() {
        let t = Day::new(2024, 2, 29, 0).at(23, 59, 59) + S;
        assert_eq!(plain(t, 0), "2024-03-01 00:00:00");
    }
}
