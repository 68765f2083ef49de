//! Times that begin with the name of a month, or of a day and a month: syslog's without a year, and `ctime`'s with the year at
//! its end. Pure leaves as in `stamp`, by fixed position.

use crate::time::digits::{clock, date, four, fraction, month, two};
use crate::time::stamp::rare_shapes::{ClockShapes, any_clock, behind_colon};
use crate::time::stamp::{Leaf, MISS};
use crate::time::{DAY, Dated, Stamp, civil_from_days};

/// `Nov 20 06:33:21` or `Nov  5 06:33:21` (RFC 3164, also with one blank): no year, no zone. A year after the day
/// (`Nov 20 2026 06:33:21`) is read too.
pub fn syslog(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.len() < 11 || i[3] != b' ' {
        return Err(MISS);
    }
    let mon = month(i).ok_or(MISS)?;
    let digit = |at: usize| i64::from(i[at].wrapping_sub(b'0'));
    let (d, end) = match (i[4], i[5], i[6]) {
        (b' ', b'0'..=b'9', b' ') => (digit(5), 6),
        (b'0'..=b'9', b' ', _) => (digit(4), 5),
        (_, _, b' ') => (two(i, 4), 6),
        _ => return Err(MISS),
    };
    let written = i.get(end + 5) == Some(&b' ') && four(i, end + 1) < 10_000;
    let (year, at, dated) = match written {
        true => (four(i, end + 1), end + 6, Dated::Full),
        false => (1972, end + 1, Dated::NoYear),
    };
    let padded = (i.len() >= at + 8 && i[at + 2] == b':' && i[at + 5] == b':')
        .then(|| clock(two(i, at), two(i, at + 3), two(i, at + 6)));
    let clock = match padded.flatten() {
        Some(clk) => {
            let (us, precision, n) = fraction(&i[at + 8..]);
            Some((clk + us, precision, at + 8 + n))
        }
        None => any_clock(i, at, ClockShapes::UNPADDED),
    };
    let day = date(year, mon, d).ok_or(MISS)?;
    let (clk, precision, end) = clock.ok_or(MISS)?;
    Ok((
        &i[end..],
        Stamp {
            wall_us: day + clk,
            offset_min: None,
            dated,
            precision,
        },
    ))
}

/// `2026 Nov 20 06:33:21` (Cisco's NX-OS): the year in front of what syslog writes.
pub fn year_first(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.len() < 20 || i[4] != b' ' || four(i, 0) > 9_999 {
        return Err(MISS);
    }
    let (rest, s) = syslog(&i[5..])?;
    if s.dated != Dated::NoYear {
        return Err(MISS);
    }
    Ok((rest, in_year(s, four(i, 0)).ok_or(MISS)?))
}

/// A stamp without a year in that year, where it has such a day.
pub(in crate::time) fn in_year(s: Stamp, year: i64) -> Option<Stamp> {
    let (_, m, d) = civil_from_days(s.wall_us.div_euclid(DAY));
    Some(Stamp {
        wall_us: date(year, i64::from(m), i64::from(d))? + s.wall_us.rem_euclid(DAY),
        dated: Dated::Full,
        ..s
    })
}

/// `Fri Nov 20 06:33:21.123456 2026` (ctime, Apache error log), without brackets: no zone.
pub fn ctime(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.len() < 20 || i[3] != b' ' || !i[..3].iter().all(u8::is_ascii_alphabetic) {
        return Err(MISS);
    }
    let (rest, s) = syslog(&i[4..])?;
    if s.dated != Dated::NoYear || rest.len() < 5 {
        return Err(MISS);
    }
    let (us, precision, n) = behind_colon(rest, false).unwrap_or((0, s.precision, 0));
    let rest = &rest[n..];
    if rest.len() < 5 || rest[0] != b' ' {
        return Err(MISS);
    }
    let mut s = in_year(s, four(rest, 1)).ok_or(MISS)?;
    (s.wall_us, s.precision) = (s.wall_us + us, precision);
    Ok((&rest[5..], s))
}
