//! Fields in lines whose times are known.

use super::*;
use crate::time::DAY;
use crate::time::{HOUR, SECOND, civil_from_days, days_from_civil};
use proptest::prelude::*;

/// 13:05:00 on 10 March 2026, and as many minutes and seconds later.
fn at(n: i64) -> i64 {
    days_from_civil(2026, 3, 10) * DAY + 13 * HOUR + 5 * 60 * SECOND + n * 61 * SECOND
}

/// The parts of a time: year, month, day, hour, minute, second.
fn parts(us: i64) -> (i64, u32, u32, i64, i64, i64) {
    let (y, m, d) = civil_from_days(us.div_euclid(DAY));
    let s = us.rem_euclid(DAY) / SECOND;
    (y, m, d, s / 3600, s / 60 % 60, s % 60)
}

/// What stands around a time; the numbers of it rise and fall.
fn line(n: i64, time: &str) -> String {
    let other = (n * 7919) % 97;
    let expires = if n % 9 == 0 {
        ", valid to 2026-12-31 00:00:00"
    } else {
        ""
    };
    format!(
        "node7;E{other};{time};job {} done in {other} ms{expires}",
        other * 31
    )
}

/// How a time is written: an example, which names the row in a failure, and the writing.
type Written = (&'static str, fn(i64) -> String);

const WRITTEN: [Written; 23] = [
    ("10.03. 13:05:00", |us| {
        let (_, m, d, h, min, s) = parts(us);
        format!("{d:02}.{m:02}. {h:02}:{min:02}:{s:02}")
    }),
    ("2026-03-10 13:05:00", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("{y}-{m:02}-{d:02} {h:02}:{min:02}:{s:02}")
    }),
    ("when=\"2026/3/10|13:5:0\"", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("when=\"{y}/{m}/{d}|{h}:{min}:{s}\"")
    }),
    ("[2026.03.10-13.05.00:250]", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("[{y}.{m:02}.{d:02}-{h:02}.{min:02}.{s:02}:000]")
    }),
    ("epoch", |us| (us / SECOND).to_string()),
    ("milliseconds", |us| format!("t={}", us / 1000)),
    ("nanoseconds", |us| format!("<{}000>", us)),
    ("13:05:00;10.03.26", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("{h:02}:{min:02}:{s:02};{d:02}.{m:02}.{:02}", y % 100)
    }),
    ("20260310 130500", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("{y}{m:02}{d:02} {h:02}{min:02}{s:02}")
    }),
    ("20260310130500", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("{y}{m:02}{d:02}{h:02}{min:02}{s:02}")
    }),
    ("2026.069.13:05:00", |us| {
        let (y, _, _, h, min, s) = parts(us);
        let day = us.div_euclid(DAY) - days_from_civil(y, 1, 1) + 1;
        format!("{y}.{day:03}.{h:02}:{min:02}:{s:02}")
    }),
    ("10 März 2026, 13:05:00", |us| {
        let (y, _, d, h, min, s) = parts(us);
        format!("{d} März {y}, {h:02}:{min:02}:{s:02}")
    }),
    ("mar-10-2026 01:05:00p", |us| {
        let (y, _, d, h, min, s) = parts(us);
        format!(
            "mar-{d}-{y} {:02}:{min:02}:{s:02}{}",
            (h + 11) % 12 + 1,
            if h < 12 { 'a' } else { 'p' }
        )
    }),
    ("2026-03-10 14:05:00 GMT+1", |us| {
        let (y, m, d, h, min, s) = parts(us + HOUR);
        format!("{y}-{m:02}-{d:02} {h:02}:{min:02}:{s:02} GMT+1")
    }),
    ("2026-03-10T07:35:00 UTC-5:30", |us| {
        let (y, m, d, h, min, s) = parts(us - 5 * HOUR - HOUR / 2);
        format!("{y}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02} UTC-5:30")
    }),
    ("10-MAR-26 01.05.00.250000 PM +01:00", |us| {
        let (y, _, d, h, min, s) = parts(us + HOUR);
        let (h, half) = ((h + 11) % 12 + 1, if h < 12 { "AM" } else { "PM" });
        let y = y % 100;
        format!("{d}-MAR-{y} {h:02}.{min:02}.{s:02}.000000 {half} +01:00")
    }),
    ("time=\"15:05:00.000-120\" date=\"03-10-2026\"", |us| {
        let (y, m, d, h, min, s) = parts(us + 2 * HOUR);
        format!("time=\"{h:02}:{min:02}:{s:02}.000-120\" date=\"{m:02}-{d:02}-{y}\"")
    }),
    ("0310130500", |us| {
        let (_, m, d, h, min, s) = parts(us);
        format!("{m:02}{d:02}{h:02}{min:02}{s:02}")
    }),
    ("<2026_03_10_13_05_00>", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("<{y}_{m:02}_{d:02}_{h:02}_{min:02}_{s:02}>")
    }),
    ("10 mars 2026 à 14:05:00 (UTC+1)", |us| {
        let (y, _, d, h, min, s) = parts(us + HOUR);
        format!("{d} mars {y} à {h:02}:{min:02}:{s:02} (UTC+1)")
    }),
    ("0000:13:epoch.0", |us| {
        format!("0000:13:{}.000000:0:7", us / SECOND)
    }),
    ("130500 on 03/10/26", |us| {
        let (y, m, d, h, min, s) = parts(us);
        format!("{h:02}{min:02}{s:02} {m:02}/{d:02}/{:02}", y % 100)
    }),
    ("Tue Mar 10 13:05:00 UTC", |us| {
        let (_, _, d, h, min, s) = parts(us);
        format!("Tue Mar {d} {h:02}:{min:02}:{s:02} UTC")
    }),
];

#[test]
fn the_field_of_a_time_is_found_wherever_it_stands() {
    for (example, write) in WRITTEN {
        // over six days, so that the order of day and month shows
        let times: Vec<i64> = (0..140).map(|n| at(n * 64)).collect();
        let lines: Vec<String> = (0..)
            .zip(&times)
            .map(|(n, us)| line(n, &write(*us)))
            .collect();
        let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
        let field = learn(&lines, None).unwrap_or_else(|| panic!("{example}"));
        for (line, us) in lines.iter().zip(&times) {
            let stamp = field
                .find(line)
                .unwrap_or_else(|| panic!("{example}"))
                .stamp;
            let east = i64::from(stamp.offset_min.unwrap_or(0)) * 60 * SECOND;
            let year = match stamp.dated {
                Dated::NoYear => days_from_civil(2026, 3, 10) - days_from_civil(1972, 3, 10),
                _ => 0,
            };
            // of numbers the order is settled for the whole file
            let either = matches!(stamp.dated, Dated::Either);
            let shown = stamp.wall_us - east + year * DAY;
            assert!(
                either || shown == *us,
                "{example}: {stamp:?} in {}",
                String::from_utf8_lossy(line)
            );
        }
    }
}

#[test]
fn numbers_that_rise_and_fall_are_no_time() {
    let lines: Vec<String> = (0..200_i64)
        .map(|n| {
            format!(
                "build {} of 10.{}.{}.7 took 00:{:02}:{:02}",
                n * 7919 % 9973,
                n % 7,
                n % 5,
                n * 17 % 60,
                n * 29 % 60
            )
        })
        .collect();
    let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    assert_eq!(learn(&lines, None), None);
    let same: Vec<&[u8]> = vec![b"started 2026-03-10 13:05:00 and still there"; 50];
    assert_eq!(learn(&same, None), None);
}

#[test]
fn a_learnt_field_is_written_down_and_read_again() {
    let field = TimeField {
        pieces: vec![
            Piece {
                shape: String::from("A.B.y").try_into().unwrap(),
                place: WhichPiece::Beside,
            },
            Piece {
                shape: String::from("h.m.s").try_into().unwrap(),
                place: WhichPiece::Nth(-1),
            },
        ],
        set_in: true,
    };
    let text = serde_json::to_string(&field).unwrap();
    assert_eq!(serde_json::from_str::<TimeField>(&text).unwrap(), field);
    assert!(PieceShape::try_from(String::from("Q")).is_err());
}

proptest! {
    /// Whatever stands in a line, pieces lie within it, in order and apart.
    #[test]
    fn pieces_lie_within_their_line(
        line in r"([0-9]{1,4}[-/.: TZ;,]?|[A-Za-zé]{1,9}[ .-]?|[ -~]|\PC){0,40}",
        clock in 0..SHAPES.len(), day in 0..SHAPES.len(), nth in -3i8..3, beside in any::<bool>(),
    ) {
        let shape = |n: usize| PieceShape::try_from(SHAPES[n].to_owned()).unwrap();
        let place = if beside { WhichPiece::Beside } else { WhichPiece::Nth(nth) };
        for pieces in [
            vec![Piece { shape: shape(clock), place: WhichPiece::Nth(nth) }],
            vec![Piece { shape: shape(day), place }, Piece { shape: shape(clock), place: WhichPiece::Nth(0) }],
        ] {
            let mut end = 0;
            let field = TimeField { pieces, set_in: false };
            let found = field.find(line.as_bytes());
            for p in found.into_iter().flat_map(|f| f.places) {
                prop_assert!(end <= p.start && p.start <= p.end && p.end <= line.len());
                end = p.end;
            }
        }
    }
}
