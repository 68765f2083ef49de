//! Timetables kept by hand: a heading that names the day (and the zone), then lines of a time of day and what happened. A row
//! becomes its full time, a tab, and its words.

use super::{ByLine, Frame, LineJoiner, Units};
use crate::format::{Format, Meta};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::table::words;
use crate::time::stamp;

/// The rows, as the frame writes them.
struct TimetableRow;

/// A heading with a date, and rows that begin with a time of day.
pub static TIMETABLE: Frame = Frame {
    name: "timetable",
    about: "a timeline kept by hand: the day in a heading, then times of day (12 or 24 hours) and what happened",
    sample: "All times GMT+1, 10 March 2026\n2:00 PM\tUpgrade begins\n2:07PM\tPagers alerted on-call team\n14:12 PM\tOn-call team acknowledgement\n",
    claims,
    start: || Box::new(ByLine::<Day>::default()),
    format: Some(&TimetableRow),
};

fn claims(head: &[u8]) -> bool {
    let mut lines = head
        .split(|c| *c == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|l| !l.is_empty())
        .take(40);
    let Some(first) = lines.next() else {
        return false;
    };
    if first.len() > 200 || clock(first).is_some() || heading(first).is_none() {
        return false;
    }
    let (mut rows, mut others) = (0, 0);
    lines.for_each(|l| match clock(l) {
        Some(_) => rows += 1,
        None => others += 1,
    });
    rows >= 3 && rows > others
}

/// `2:05PM`, `14:12 PM`, `09:30:15`: minutes and seconds of the day, and what follows. An hour above 12 is one of 24 whatever
/// is written behind it.
fn clock(line: &[u8]) -> Option<(u32, &[u8])> {
    let number = |b: &[u8]| -> Option<(u32, usize)> {
        let n = b.iter().take(3).take_while(|c| c.is_ascii_digit()).count();
        let v = b[..n].iter().fold(0, |a, c| a * 10 + u32::from(c - b'0'));
        (1..=2).contains(&n).then_some((v, n))
    };
    let (mut hour, n) = number(line)?;
    let rest = line[n..].strip_prefix(b":")?;
    let (minute, n) = number(rest).filter(|(_, n)| *n == 2)?;
    let mut rest = &rest[n..];
    let mut second = 0;
    if let Some((s, 2)) = rest.strip_prefix(b":").and_then(number) {
        second = s;
        rest = &rest[3..];
    }
    let half = rest.strip_prefix(b" ").unwrap_or(rest);
    let is = |w: &[u8]| half.get(..2).is_some_and(|h| h.eq_ignore_ascii_case(w));
    if is(b"am") || is(b"pm") {
        if is(b"pm") && hour < 12 {
            hour += 12;
        } else if is(b"am") && hour == 12 {
            hour = 0;
        }
        rest = &half[2..];
    }
    let text = rest.trim_ascii_start();
    let apart = rest.len() > text.len() || rest.first() == Some(&b'-');
    let text = text.strip_prefix(b"- ").unwrap_or(text);
    (hour < 24 && minute < 60 && second < 61 && apart && !text.is_empty())
        .then_some((hour * 3600 + minute * 60 + second, text))
}

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// The day that a heading names, in days since 1970, and the offset in minutes where it names one.
fn heading(line: &[u8]) -> Option<(i64, Option<i32>)> {
    let words: Vec<&[u8]> = line
        .split(|c| c.is_ascii_whitespace() || matches!(c, b',' | b'(' | b')' | b';'))
        .filter(|w| !w.is_empty())
        .take(40)
        .collect();
    let day = words
        .iter()
        .enumerate()
        .find_map(|(i, w)| iso_day(w).or_else(|| named_day(&words, i)))?;
    Some((day, offset(&words)))
}

fn iso_day(w: &[u8]) -> Option<i64> {
    if w.len() != 10 || w[4] != b'-' {
        return None;
    }
    let mut full = w.to_vec();
    full.extend_from_slice(b"T00:00:00Z");
    Some(stamp::whole(&full)?.wall_us / crate::time::DAY)
}

/// A month's name with the day before or behind it, and the year behind both.
fn named_day(words: &[&[u8]], i: usize) -> Option<i64> {
    let w = words[i].get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|m| *m == w)? as i64 + 1;
    let number = |w: Option<&&[u8]>| -> Option<i64> {
        let w = w?;
        let n = w.iter().take_while(|c| c.is_ascii_digit()).count();
        let tail = &w[n..];
        let plain = tail.is_empty() || [&b"st"[..], b"nd", b"rd", b"th"].contains(&tail);
        (plain && (1..=4).contains(&n))
            .then(|| w[..n].iter().fold(0, |a, c| a * 10 + i64::from(c - b'0')))
    };
    let before = i.checked_sub(1).and_then(|j| number(words.get(j)));
    let (day, year) = match (before, number(words.get(i + 1))) {
        (Some(d), Some(y)) if d <= 31 && y > 1970 => (d, y),
        (_, Some(d)) if d <= 31 => (d, number(words.get(i + 2))?),
        _ => return None,
    };
    ((1..=31).contains(&day) && (1970..2100).contains(&year))
        .then(|| crate::time::days_from_civil(year, month, day))
}

/// `GMT+1`, `GMT + 1`, `UTC+05:30`, `UTC`, in minutes east.
fn offset(words: &[&[u8]]) -> Option<i32> {
    let at = words.iter().position(|w| {
        w.get(..3)
            .is_some_and(|z| z.eq_ignore_ascii_case(b"gmt") || z.eq_ignore_ascii_case(b"utc"))
    })?;
    // `GMT+1`, `GMT +1`, `GMT + 1`
    let mut rest = words[at][3..].to_vec();
    for w in words[at + 1..].iter().take(2) {
        if rest.is_empty() && matches!(w[0], b'+' | b'-') || rest.len() == 1 {
            rest.extend_from_slice(w);
        }
    }
    let sign = match rest.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(0),
    };
    let n = rest[1..]
        .iter()
        .take(2)
        .take_while(|c| c.is_ascii_digit())
        .count();
    let hours = rest[1..1 + n]
        .iter()
        .fold(0, |a, c| a * 10 + i32::from(c - b'0'));
    let minutes = match rest.get(1 + n..n + 4) {
        Some([b':', a, b]) if a.is_ascii_digit() && b.is_ascii_digit() => {
            i32::from(a - b'0') * 10 + i32::from(b - b'0')
        }
        _ => 0,
    };
    (n > 0 && hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[derive(Debug, Default)]
struct Day {
    known: Option<(i64, Option<i32>)>,
    last: u32,
}

impl LineJoiner for Day {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = line.trim_ascii();
        let (Some((second, text)), Some((mut day, zone))) = (clock(line), self.known) else {
            match heading(line) {
                Some(h) => {
                    self.known = Some((h.0, h.1.or(self.known.and_then(|k| k.1))));
                    self.last = 0;
                }
                None if line.is_empty() => {}
                None => out.add(offset, (number, number), &[line]),
            }
            return;
        };
        // a time that falls by more than half a day is the next day's
        if second + 12 * 3600 < self.last {
            day += 1;
            self.known = Some((day, zone));
        }
        self.last = second;
        let (y, m, d) = crate::time::civil_from_days(day);
        let (h, min, s) = (second / 3600, second / 60 % 60, second % 60);
        let zone = zone.map_or(String::new(), |o| {
            let sign = if o < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", o.abs() / 60, o.abs() % 60)
        });
        let stamp = format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}{zone}\t");
        out.add(offset, (number, number), &[stamp.as_bytes(), text]);
    }
}

/// Whether a row reports the pager; the others are what people say that they did.
fn is_about_a_page(text: &[u8]) -> bool {
    const WORDS: [&str; 8] = words("pager paged alert on-call oncall acknowledg escalat resolved");
    let text = text[..text.len().min(200)].to_ascii_lowercase();
    WORDS
        .iter()
        .any(|w| memchr::memmem::find(&text, w.as_bytes()).is_some())
}

impl Format for TimetableRow {
    fn meta(&self) -> Meta<'_> {
        Meta::pager("timetable", "rows of a timeline kept by hand")
            .sample("2026-03-10T14:00:00+01:00\tUpgrade begins")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (rest, at) = stamp::iso(line).ok()?;
        let text = rest.strip_prefix(b"\t")?;
        let mut m = Message::new(Level::Info, text);
        m.author = (!is_about_a_page(text)).then(Box::default);
        let mut r = Record::new(Some(at), Body::Message(m));
        r.scope = Some(Kind::Pager);
        Some(r)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::framed;
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        framed(&TIMETABLE, text.as_bytes(), 9)
            .into_iter()
            .map(|(t, ..)| String::from_utf8(t).unwrap())
            .collect()
    }

    #[test]
    fn the_heading_gives_day_and_zone() {
        let text = include_str!("../../../../../tests/data/formats/pager_12h.txt");
        assert!((TIMETABLE.claims)(text.as_bytes()));
        let got = rows(text);
        assert_eq!(got.len(), 8);
        assert_eq!(
            got[0],
            "2026-03-10T14:00:00+01:00\tUpgrade implementation begins"
        );
        assert_eq!(
            got[3],
            "2026-03-10T14:12:00+01:00\tOn-call team acknowledgement"
        );
        assert_eq!(
            got[7],
            "2026-03-10T15:00:00+01:00\t100% of traffic back online"
        );
    }

    #[test]
    fn days_and_zones() {
        for (text, day, zone) in [
            ("Timeline for March 10th, 2026 (UTC)", "2026-03-10", Some(0)),
            ("2026-03-10, all times UTC+05:30", "2026-03-10", Some(330)),
            ("Monday 1 May 2023 GMT - 3", "2023-05-01", Some(-180)),
            ("10 Mar 2026", "2026-03-10", None),
        ] {
            let full = format!("{day}T00:00:00Z");
            let want = stamp::whole(full.as_bytes()).unwrap().wall_us / crate::time::DAY;
            assert_eq!(heading(text.as_bytes()), Some((want, zone)), "{text}");
        }
        assert!(heading(b"May we go on").is_none());
    }

    #[test]
    fn times_of_day() {
        let at = |h: u32, m: u32| h * 3600 + m * 60;
        for (text, want) in [
            ("12:05 AM x", at(0, 5)),
            ("12:05 PM x", at(12, 5)),
            ("13:00 PM x", at(13, 0)),
            ("9:45pm - x", at(21, 45)),
            ("23:59 x", at(23, 59)),
        ] {
            assert_eq!(clock(text.as_bytes()), Some((want, &b"x"[..])), "{text}");
        }
        assert!(
            clock(b"25:00 x").is_none() && clock(b"10:00x").is_none() && clock(b"1:2 x").is_none()
        );
    }

    #[test]
    fn midnight_and_headings_in_between() {
        assert_eq!(
            rows("10 March 2026\n23:50 a\n0:10 b\n12 March 2026\n1:00 c\n"),
            [
                "2026-03-10T23:50:00\ta",
                "2026-03-11T00:10:00\tb",
                "2026-03-12T01:00:00\tc"
            ]
        );
    }

    #[test]
    fn other_texts() {
        for text in [
            "10 March 2026\nhello\n10:00 x\n",
            "10:00 a\n10:01 b\n10:02 c\n",
            "10 March 2026 10:00:00 log line\n10 March 2026 10:00:01 log line\n",
        ] {
            assert!(!(TIMETABLE.claims)(text.as_bytes()), "{text}");
        }
    }
}
