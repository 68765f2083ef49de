//! Stamp leaves: nom parsers that read one written time at the start of a slice, by fixed position.
//! They never allocate and never guess a zone or a year; calendar checks are done here, zone tables in `zone`.

pub(in crate::time) mod locale_months;
pub(in crate::time) mod month_first;
pub(in crate::time) mod probe;
pub(in crate::time) mod rare_shapes;
pub(in crate::time) mod weekday;

use super::digits::{clf_day, clock, clock_at, four, fraction, iso_day, offset_apart, two};
pub use super::digits::{date, digits, month, offset};
use super::{DAY, Dated, Precision, SECOND, Stamp};
pub use crate::time::stamp::locale_months::{abroad, yearless};
pub use crate::time::stamp::month_first::{ctime, syslog, year_first};
pub use crate::time::stamp::probe::may_begin;
pub use crate::time::stamp::rare_shapes::{
    compact, iso_loose, named, number, numeric, tai64n, time_only,
};
use crate::time::stamp::rare_shapes::{dotnet, exponent, with_half_day};
pub use crate::time::stamp::weekday::{DAYS, day_of_year, long_weekday, weekday};
use crate::vector::first_digits;
use nom::IResult;

/// Result of a leaf: the rest of the input and the value. The error carries nothing, so that a miss costs nothing.
pub type Leaf<'a, T> = IResult<&'a [u8], T, ()>;

/// A way of writing time: its name, an example, and the leaf that reads it.
pub struct Shape {
    /// Short name, as in documentation.
    pub name: &'static str,
    /// One written time of this shape.
    pub example: &'static str,
    /// The leaf.
    pub parse: for<'a> fn(&'a [u8]) -> Leaf<'a, Stamp>,
}

impl Shape {
    const fn new(
        name: &'static str,
        example: &'static str,
        parse: for<'a> fn(&'a [u8]) -> Leaf<'a, Stamp>,
    ) -> Shape {
        Shape {
            name,
            example,
            parse,
        }
    }
}

/// Every shape that a line may begin with, most specific first.
pub static SHAPES: &[Shape] = &[
    Shape::new("iso", "2026-11-20T06:33:21.123+01:00", iso),
    Shape::new("clf", "20/Nov/2026:06:33:21 +0000", clf),
    Shape::new("day_month", "20 Nov 2026 06:33:21,123", day_month),
    Shape::new("syslog", "Nov 20 06:33:21", syslog),
    Shape::new("ctime", "Fri Nov 20 06:33:21.123456 2026", ctime),
    Shape::new("epoch", "1795156401.123", epoch),
    Shape::new("numeric", "20/11/2026 06:33:21,123", numeric),
    Shape::new("iso_loose", "2026-11-20T06:33Z", iso_loose),
    Shape::new("compact", "20261120T063321Z", compact),
    Shape::new("named", "Nov 20, 2026 1:55:03 PM", named),
    Shape::new("abroad", "20 nov. 2026 06:33:21,123", abroad),
    Shape::new("weekday", "Fri Nov 20 06:33:21 CET 2026", weekday),
    Shape::new("day_of_year", "2026-324T06:33:21,123", day_of_year),
    Shape::new("tai64n", "@400000006a5ef09b1dcd6500", tai64n),
    Shape::new("time_only", "13:05:00,123", time_only),
];

/// What a leaf says where its time is not.
const MISS: nom::Err<()> = nom::Err::Error(());

/// `2026-11-20T06:33:21.123+01:00` and its kin: `-` or `/` between date parts, `T` or a blank before the clock (the hour may
/// be blank-padded), `.` or `,` before a fraction, and an offset glued on, or after one blank when it is numeric.
pub fn iso(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.len() < 19
        || !(i[4] == b'-' || i[4] == b'/')
        || i[7] != i[4]
        || !matches!(i[10], b'T' | b' ' | b't')
        || i[13] != b':'
        || i[16] != b':'
    {
        return Err(MISS);
    }
    let clk = if i[11] == b' ' && i[12].is_ascii_digit() {
        clock(i64::from(i[12] - b'0'), two(i, 14), two(i, 17))
    } else {
        clock_at(i, 11)
    };
    let (Some(day), Some(clk)) = (iso_day(i), clk) else {
        return Err(MISS);
    };
    let (us, precision, n) = fraction(&i[19..]);
    let mut at = 19 + n;
    let mut off = None;
    if let Some((o, len)) = offset(&i[at..]) {
        (off, at) = (Some(o), at + len);
    } else if let Some((o, len)) = offset_apart(&i[at..]) {
        (off, at) = (Some(o), at + len);
    }
    Ok((&i[at..], Stamp::full(day + clk + us, off, precision)))
}

/// `20/Nov/2026:06:33:21 +0000`, the time of the common log format, without its brackets. The offset is required.
#[inline(always)]
pub fn clf(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.len() < 26 || i[20] != b' ' {
        return Err(MISS);
    }
    let (Some((day, off, n)), Some(clk)) = (clf_day(i), clock_at(i, 12)) else {
        return Err(MISS);
    };
    Ok((
        &i[21 + n..],
        Stamp::full(day + clk, Some(off), Precision::Second),
    ))
}

/// `20 Nov 2026 06:33:21,123`, `20-Nov-2026 06:33:21`, `20/Nov/2026 06:33:21` (log4j, Redis, PHP, Django): no zone is required.
pub fn day_month(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.len() < 20
        || !matches!(i[2], b' ' | b'-' | b'/')
        || i[6] != i[2]
        || i[11] != b' '
        || i[14] != b':'
        || i[17] != b':'
    {
        return Err(MISS);
    }
    let month = month(&i[3..6]).ok_or(MISS)?;
    let day = date(four(i, 7), month, two(i, 0)).ok_or(MISS)?;
    let clk = clock(two(i, 12), two(i, 15), two(i, 18)).ok_or(MISS)?;
    let (us, precision, n) = fraction(&i[20..]);
    let mut at = 20 + n;
    let mut off = None;
    if let Some((o, len)) = offset_apart(&i[at..]) {
        (off, at) = (Some(o), at + len);
    }
    Ok((&i[at..], Stamp::full(day + clk + us, off, precision)))
}

/// Epoch seconds, milliseconds, microseconds or nanoseconds, distinguished by magnitude within 2001–2100; seconds may have a fraction.
pub fn epoch(i: &[u8]) -> Leaf<'_, Stamp> {
    let Some((v, mut n @ 8)) = i.first_chunk().map(first_digits) else {
        return Err(MISS);
    };
    let mut v = v as i64;
    while let Some(c @ b'0'..=b'9') = i.get(n).filter(|_| n < 20) {
        v = v.wrapping_mul(10).wrapping_add(i64::from(c - b'0'));
        n += 1;
    }
    let (us, unit) = match n {
        10 => (v.wrapping_mul(SECOND), Precision::Second),
        13 => (v.wrapping_mul(1000), Precision::Milli),
        16 => (v, Precision::Micro),
        // ten millionths of a second since 1601, as Windows counts
        18 => (v / 10 - 11_644_473_600 * SECOND, Precision::Micro),
        19 => (v / 1000, Precision::Micro),
        _ => return Err(MISS),
    };
    if !(1_000_000_000 * SECOND..4_102_444_800 * SECOND).contains(&us) {
        return Err(MISS);
    }
    if n == 10 {
        let (frac, precision, len) = fraction(&i[n..]);
        return Ok((&i[n + len..], Stamp::utc(us + frac, precision)));
    }
    Ok((&i[n..], Stamp::utc(us, unit)))
}

/// Any of [`SHAPES`] at the start of `i`, with the half of the day where one follows.
pub fn any_shape(i: &[u8]) -> Leaf<'_, Stamp> {
    if !may_begin(i) {
        return Err(MISS);
    }
    for s in SHAPES {
        if let Ok((rest, x)) = (s.parse)(i) {
            return Ok(with_half_day(x, rest));
        }
    }
    Err(MISS)
}

/// The half of the day behind a stamp, where one is written: `2026-11-20 01:55:03 PM`.
#[inline]
pub fn half_day<'a>(read: Leaf<'a, Stamp>) -> Leaf<'a, Stamp> {
    read.map(|(rest, s)| match rest {
        [b' ' | b'A' | b'P' | 0xC2 | 0xE2, ..] => with_half_day(s, rest),
        _ => (rest, s),
    })
}

/// Values that stand for no time at all: the first moments of calendars and counters.
fn is_sentinel(s: &Stamp) -> bool {
    s.dated == Dated::Full
        && (s.wall_us <= 0 && s.wall_us.rem_euclid(DAY) == 0 && s.wall_us > -DAY * 366
            || s.wall_us < -DAY * 36_525)
}

/// The whole slice as one time, with an optional zone abbreviation after a blank, as JSON values and logfmt write it.
/// Values that stand for no time (`0001-01-01T00:00:00Z`) are none.
pub fn whole(i: &[u8]) -> Option<Stamp> {
    let i = i.trim_ascii();
    let Ok((rest, s)) = any_shape(i) else {
        return dotnet(i).or_else(|| exponent(i));
    };
    if is_sentinel(&s) {
        return None;
    }
    if rest.is_empty() {
        return Some(s);
    }
    let (o, n) = super::zone::abbreviation(rest.strip_prefix(b" ")?)?;
    (rest.len() == n + 1 && s.offset_min.is_none()).then_some(s.at_offset(o))
}

/// A time with its offset that is all a text holds, as ISO 8601 writes it.
pub fn dated_alone(text: &[u8]) -> Option<Stamp> {
    let text = text.trim_ascii_end();
    let iso = (20..=40).contains(&text.len()) && text[0].is_ascii_digit() && text[10] == b'T';
    whole(iso.then_some(text)?).filter(|s| s.offset_min.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;

    fn us(s: &str) -> i64 {
        DateTime::parse_from_rfc3339(s).unwrap().timestamp_micros()
    }

    #[test]
    fn every_shape_reads_its_example_whole() {
        for s in SHAPES {
            let (rest, _) =
                (s.parse)(s.example.as_bytes()).unwrap_or_else(|_| panic!("{}", s.name));
            assert!(rest.is_empty(), "{}", s.name);
        }
    }

    #[test]
    fn times_are_read_as_the_table_says() {
        for row in include_str!("../../../../tests/data/times.tsv")
            .lines()
            .skip(1)
        {
            let (written, want) = row.split_once('\t').unwrap();
            // what only some formats ask for
            let leaf = |b| {
                half_day(abroad(b))
                    .or_else(|_| long_weekday(b))
                    .or_else(|_| yearless(b))
                    .or_else(|_| year_first(b))
            };
            let rare = || leaf(written.as_bytes()).ok().filter(|r| r.0.is_empty());
            let read = whole(written.as_bytes())
                .or_else(|| Some(rare()?.1))
                .map(|s| {
                    let wall = chrono::DateTime::from_timestamp_micros(s.wall_us).unwrap();
                    let zone = s.offset_min.map_or("-".into(), |m| m.to_string());
                    format!(
                        "{} {zone} {:?}",
                        wall.format("%Y-%m-%dT%H:%M:%S%.6f"),
                        s.dated
                    )
                });
            assert_eq!(read.as_deref().unwrap_or("none"), want, "{written}");
        }
        assert!(clf(b"20/Nov/2026 06:35:06 +0000").is_err());
    }

    proptest! {
        #[test]
        fn iso_agrees_with_chrono(y in 1971i32..2099, o in 1u32..=365, s in 0u32..86_400, ms in 0u32..1000, z in -14i32..=14) {
            let d = NaiveDate::from_yo_opt(y, o).unwrap().and_hms_milli_opt(s / 3600, s / 60 % 60, s % 60, ms).unwrap();
            let t = format!("{}{:+03}:00", d.format("%Y-%m-%dT%H:%M:%S%.3f"), z);
            prop_assert_eq!(whole(t.as_bytes()).unwrap().instant().unwrap().0, us(&t));
            let c = format!("{} {:+03}00", d.format("%d/%b/%Y:%H:%M:%S"), z);
            prop_assert_eq!(whole(c.as_bytes()).unwrap().wall_us, d.and_utc().timestamp() * SECOND);
            let k = d.format("%a %b %e %H:%M:%S %Y").to_string();
            prop_assert_eq!(whole(k.as_bytes()).unwrap().wall_us, d.and_utc().timestamp() * SECOND);
        }
    }
}
