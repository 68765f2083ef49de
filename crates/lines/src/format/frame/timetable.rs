//! Timetables kept by hand: a heading that names the day (and the zone), then lines of a time of day and what happened. A row
//! becomes its full time, a tab, and its words.

use super::{LineJoiner, Units};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::table::words;
use crate::time::{DAY, Stamp, civil_from_days, days_from_civil, stamp, written};

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let mut lines = head
        .split(|c| *c == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|l| !l.is_empty())
        .take(40);
    let Some(first) = lines.next() else {
        return false;
    };
    if first.len() > 200 || row(first).is_some() || day_of(first).is_none() {
        return false;
    }
    let (mut rows, mut others) = (0, 0);
    lines.for_each(|l| match row(l) {
        Some(_) => rows += 1,
        None => others += 1,
    });
    rows >= 3 && rows > others
}

/// The second of the day of a row, whether its time of day has seconds, and its words.
fn row(line: &[u8]) -> Option<(u32, bool, &[u8])> {
    let (second, rest) = written::clock(line)?;
    let text = rest.trim_ascii_start();
    let apart = rest.len() > text.len() || rest.first() == Some(&b'-');
    let text = text.strip_prefix(b"- ").unwrap_or(text);
    let clock = &line[..line.len() - rest.len()];
    let by_second = memchr::memchr_iter(b':', clock).count() > 1;
    (apart && !text.is_empty()).then_some((second, by_second, text))
}

/// The day that a heading names with its year, in days since 1970, and the offset in minutes where it names one.
fn day_of(line: &[u8]) -> Option<(i64, Option<i16>)> {
    let h = written::heading(line)?;
    Some((days_from_civil(h.year?, h.month, h.day), h.offset_min))
}

/// The day of rows that begin with a time of day.
#[derive(Debug, Default)]
pub(super) struct Day {
    known: Option<(i64, Option<i16>)>,
    last: u32,
}

impl Day {
    /// Reads a heading; whether it names a day.
    pub(super) fn head(&mut self, line: &[u8]) -> bool {
        let found = day_of(line);
        if let Some((day, zone)) = found {
            self.known = Some((day, zone.or(self.known.and_then(|k| k.1))));
            self.last = 0;
        }
        found.is_some()
    }

    /// Takes the day of a whole time.
    pub(super) fn at(&mut self, time: Stamp) {
        (self.known, self.last) = (Some((time.wall_us.div_euclid(DAY), time.offset_min)), 0);
    }

    /// The whole time of a second of the day, and a tab; `None` where no heading names the day.
    pub(super) fn stamp(&mut self, second: u32) -> Option<String> {
        let (mut day, zone) = self.known?;
        // a time that falls by more than half a day is the next day's
        if second + 12 * 3600 < self.last {
            day += 1;
            self.known = Some((day, zone));
        }
        self.last = second;
        let (y, m, d) = civil_from_days(day);
        let (h, min, s) = (second / 3600, second / 60 % 60, second % 60);
        let zone = zone.map_or(String::new(), |o| {
            let sign = if o < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", o.abs() / 60, o.abs() % 60)
        });
        Some(format!(
            "{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}{zone}\t"
        ))
    }
}

impl LineJoiner for Day {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = line.trim_ascii();
        if let Some((second, by_second, text)) = row(line)
            && let Some(stamp) = self.stamp(second)
        {
            // who writes by hand counts no seconds: what a program wrote is read as such
            let stamp = match by_second {
                true => stamp.replace('\t', " "),
                false => stamp,
            };
            out.add(offset, (number, number), &[stamp.as_bytes(), text]);
        } else if !self.head(line) && !line.is_empty() {
            out.add(offset, (number, number), &[line]);
        }
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

/// Reads one of the frame's own lines.
pub(super) fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line).ok()?;
    let text = rest.strip_prefix(b"\t")?;
    let mut m = Message::new(Level::Info, text);
    m.author = (!is_about_a_page(text)).then(Box::default);
    Some(Record::new(Some(at), Body::Message(m)).in_scope(Kind::Pager))
}
