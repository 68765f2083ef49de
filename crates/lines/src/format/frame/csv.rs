//! Tables with a header: the first line names the columns, each row below is one object of strings by those names, which the
//! formats of JSON lines then read. Whether a file is a table is asked of its header (names, each its own, none a value), and
//! whether it is one for us of its rows: a format that knows more than their time reads them, and not as requests, or they hold
//! sentences that no grammar reads as lines.

mod cells;

use self::cells::{Cells, cut};
use super::journal_export::member;
use super::{Framer, Units};
use crate::format::envelope::peel;
use crate::format::ops::is_dated;
use crate::format::{FORMATS, is_any};
use crate::record::Body;
use crate::time::{Dated, stamp, zone};

/// What separates cells, by how much it shows.
const MARKS: [u8; 4] = [b'\t', b';', b'|', b','];
/// Bytes of a header.
const HEADER: usize = 4096;
/// Rows that are asked for a format.
const ROWS: usize = 40;

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let Some(n) = memchr::memchr(b'\n', head).filter(|n| *n < HEADER) else {
        return false;
    };
    if Header::of(&head[..n]).is_none() {
        return false;
    }
    let (mut rows, mut units) = (Rows::default(), Units::default());
    rows.feed(head, &mut units);
    // the last row may be cut off where the head ends, but not where it is all there is
    if units.list.is_empty() {
        rows.finish(&mut units);
    }
    let texts = units.list.iter().take(ROWS);
    let texts: Vec<&[u8]> = texts.map(|u| &units.bytes[u.text.clone()]).collect();
    let read = texts.iter().filter(|t| is_of_use(t)).count();
    if read > 0 && read * 2 >= texts.len() {
        return true;
    }
    // what no grammar reads in either form is given as rows, lest their words be taken for those of a log
    let lines = head[n + 1..].split(|c| *c == b'\n').take(ROWS);
    let dated = texts.iter().filter(|t| is_dated(t)).count();
    let taken = |f: fn(&[u8]) -> bool| lines.clone().any(|l| f(l.trim_ascii_end()));
    let (any, typed) = (taken(is_any), taken(is_typed));
    dated * 2 > texts.len()
        && (!any || !typed && texts.iter().filter(|t| speaks(t)).count() * 2 > texts.len())
}

/// Whether any format reads a line but those that take all text with a time.
pub(super) fn is_typed(line: &[u8]) -> bool {
    const PLAIN: [&str; 4] = [
        "time level message",
        "label time message",
        "level message",
        "JSON with a time",
    ];
    let read = FORMATS.iter().find(|f| f.parse(line).is_some());
    read.is_some_and(|f| !PLAIN.contains(&f.name()))
}

/// Whether a row holds a sentence: a table of numbers and states is a measurement.
fn speaks(row: &[u8]) -> bool {
    row.split(|c| *c == b'"')
        .any(|cell| memchr::memchr_iter(b' ', cell).count() > 2)
}

/// Whether a row is an event or a message. Tables of requests are learnt by their values elsewhere, and of an object with a time
/// alone nothing more is known.
pub(super) fn is_of_use(row: &[u8]) -> bool {
    if peel(row).is_some() {
        return true;
    }
    let mut all = FORMATS.iter().filter(|f| f.may_begin(b'{'));
    let found = all.find_map(|f| Some((f.name(), f.parse(row)?)));
    found.is_some_and(|(name, r)| {
        name != "JSON with a time" && r.stamp.is_some() && !matches!(r.body, Body::Request(_))
    })
}

/// What the first line says.
#[derive(Debug)]
struct Header {
    mark: u8,
    names: Vec<Name>,
}

/// A column: its name, and the zone of its times, where that stands behind the name (`Created At (UTC)`).
#[derive(Debug)]
struct Name {
    text: Vec<u8>,
    zone: Option<Vec<u8>>,
}

impl Header {
    fn of(line: &[u8]) -> Option<Header> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let all = MARKS.into_iter().filter_map(|mark| {
            let names: Option<Vec<Name>> = cut(line, mark).iter().map(|n| Name::of(n)).collect();
            let names = names.filter(|n| n.len() > 1)?;
            let twice = |(i, n): (usize, &Name)| names[..i].iter().any(|o| o.text == n.text);
            (!names.iter().enumerate().any(twice)).then_some(Header { mark, names })
        });
        all.max_by_key(|h| h.names.len())
    }
}

impl Name {
    /// A short text that begins like a word and is no value.
    fn of(cell: &[u8]) -> Option<Name> {
        let cell = cell.trim_ascii();
        let begins = |c: &u8| c.is_ascii_alphabetic() || *c >= 0x80 || b"_@#".contains(c);
        let may = |c: &u8| c.is_ascii_alphanumeric() || *c >= 0x80 || b"_@#. -/()[]%?:".contains(c);
        let fits = cell.first().is_some_and(begins) && cell.len() <= 64 && cell.iter().all(may);
        if !fits || stamp::whole(cell).is_some() {
            return None;
        }
        let closed = cell.strip_suffix(b")").or_else(|| cell.strip_suffix(b"]"));
        let zoned = closed.and_then(|c| {
            let open = memchr::memrchr2(b'(', b'[', c)?;
            // a pattern of the time may stand in front of it: `Timestamp (dd/MM/yyyy HH:mm:ss CET)`
            let zone = c[open + 1..].rsplit(|b| *b == b' ').next()?;
            let known =
                zone::abbreviation(zone).is_some_and(|(o, n)| o.is_some() && n == zone.len());
            known.then(|| (c[..open].trim_ascii_end(), zone))
        });
        let (text, zone) = zoned.map_or((cell, None), |(t, z)| (t, Some(z.to_vec())));
        let text = text.to_vec();
        Some(Name { text, zone })
    }
}

#[derive(Debug, Default)]
pub(super) struct Rows {
    header: Option<Header>,
    /// The first line, as far as it was read.
    first: Vec<u8>,
    cells: Cells,
    /// Whether a row has begun.
    begun: bool,
    at: (u64, u64),
    offset: u64,
    newlines: u64,
}

impl Rows {
    fn end_row(&mut self, out: &mut Units) {
        self.begun = false;
        let row = self.cells.row();
        let Some(header) = &self.header else { return };
        // a line between header and body, as databases draw it
        if row
            .iter()
            .all(|c| c.iter().all(|b| b" \t-+=|:".contains(b)))
        {
            return;
        }
        let mut text = Vec::new();
        let last = header.names.len() - 1;
        // who forgets quotes forgets them in the text at the end; where no column is named after that, it stands behind them all
        let more = row.get(last + 1..).unwrap_or_default();
        let texts = |n: &Name| n.text.eq_ignore_ascii_case(b"message");
        let unnamed = !more.is_empty() && !header.names.iter().any(texts);
        for (n, (name, value)) in header.names.iter().zip(&row).enumerate() {
            let mut value = value.trim_ascii().to_vec();
            for more in more.iter().filter(|_| n == last && !unnamed) {
                value.push(header.mark);
                value.extend_from_slice(more);
            }
            if let Some(zone) = &name.zone
                && stamp::whole(&value)
                    .is_some_and(|s| s.offset_min.is_none() && s.dated != Dated::NoDate)
            {
                value.push(b' ');
                value.extend_from_slice(zone);
            }
            member(&mut text, &name.text, &value);
        }
        if unnamed {
            member(&mut text, b"message", &more.join(&header.mark));
        }
        text.push(b'}');
        out.add(
            self.at.0,
            (self.at.1, self.newlines.max(self.at.1)),
            &[&text],
        );
    }

    fn byte(&mut self, c: u8, out: &mut Units) {
        if !self.begun {
            self.begun = true;
            self.at = (self.offset, self.newlines + 1);
        }
        self.offset += 1;
        self.newlines += u64::from(c == b'\n');
        let Some(header) = &self.header else {
            self.head(c);
            return;
        };
        if self.cells.byte(c, header.mark) {
            self.end_row(out);
        }
    }

    /// A byte of the first line. One that names no columns has one.
    fn head(&mut self, c: u8) {
        if c != b'\n' {
            if self.first.len() < HEADER {
                self.first.push(c);
            }
            return;
        }
        let first = std::mem::take(&mut self.first);
        let text = first.trim_ascii().to_vec();
        let one = || Header {
            mark: b',',
            names: vec![Name { text, zone: None }],
        };
        self.header = Some(Header::of(&first).unwrap_or_else(one));
        self.begun = false;
    }
}

impl Framer for Rows {
    fn feed(&mut self, bytes: &[u8], out: &mut Units) {
        bytes.iter().for_each(|c| self.byte(*c, out));
    }
    fn finish(&mut self, out: &mut Units) {
        if self.begun {
            self.newlines += 1;
            self.end_row(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, framed};
    use super::*;
    use crate::tests::tried;
    use proptest::prelude::*;

    /// What the rows of a table state, in the order of the rows: kind, and the clock of its time in UTC.
    fn rows_of(table: &str) -> Vec<String> {
        assert!(claims(table.as_bytes()), "{table}");
        let mut all = Vec::new();
        for (text, ..) in framed(frame("CSV export"), table.as_bytes(), 5) {
            let record = FORMATS.iter().find_map(|f| f.parse(&text));
            let Some((record, Body::Notices(notices))) = record.as_ref().map(|r| (r, &r.body))
            else {
                continue;
            };
            for n in notices {
                let at = n.stamp.or(record.stamp).unwrap();
                let at = at.instant().map_or(at.wall_us, |i| i.0);
                let clock = chrono::DateTime::from_timestamp_micros(at).unwrap();
                all.push(format!("{} {}", n.kind.word(), clock.format("%H:%M:%S")));
            }
        }
        all
    }

    #[test]
    fn events_of_tables_from_many_tools() {
        for [table, want] in tried("table") {
            assert_eq!(rows_of(&table).join(", "), want, "{table}");
        }
    }

    #[test]
    fn what_stands_behind_the_named_columns_is_the_message() {
        let row = |table: &str| {
            let text = framed(frame("CSV export"), table.as_bytes(), 5)
                .into_iter()
                .next()
                .unwrap()
                .0;
            String::from_utf8(text).unwrap()
        };
        assert_eq!(
            row(
                "Level,Date and Time,Task Category\r\nError,2/20/2024 8:45:04 PM,Backup,\"it failed, again\"\r\n"
            ),
            r#"{"Level":"Error","Date and Time":"2/20/2024 8:45:04 PM","Task Category":"Backup","message":"it failed, again"}"#
        );
        assert_eq!(
            row("time,level,message\n2026-11-22T04:33:00Z,error,late, and long\n"),
            r#"{"time":"2026-11-22T04:33:00Z","level":"error","message":"late, and long"}"#
        );
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            rows in proptest::collection::vec(proptest::collection::vec("[a-c\",;\t|\n ]{0,6}", 3), 1..8),
            mark in prop::sample::select(MARKS.to_vec()), size in 1usize..9,
        ) {
            let mark = char::from(mark).to_string();
            let quoted = |c: &String| format!("\"{}\"", c.replace('"', "\"\""));
            let mut text = ["one", "two", "three"].join(&mark) + "\n";
            let mut at = vec![];
            for r in &rows {
                at.push(1 + text.matches('\n').count() as u64);
                text += &(r.iter().map(quoted).collect::<Vec<_>>().join(&mark) + "\n");
            }
            let drawn = |c: &String| c.bytes().all(|b| b" \t|".contains(&b));
            let want = rows.iter().zip(&at).filter(|(r, _)| !r.iter().all(drawn)).map(|(r, line)| {
                let o: Vec<String> = ["one", "two", "three"].iter().zip(r)
                    .map(|(k, v)| format!("\"{k}\":{}", serde_json::Value::from(v.trim_ascii())))
                    .collect();
                (format!("{{{}}}", o.join(",")), *line)
            });
            let got = framed(frame("CSV export"), text.as_bytes(), size);
            let got = got.into_iter().map(|(t, _, line)| (String::from_utf8(t).unwrap(), line));
            prop_assert_eq!(got.collect::<Vec<_>>(), want.collect::<Vec<_>>());
        }

        #[test]
        fn no_line_is_in_two_rows(bytes in "[a-c\",;\t|\n\r ]{0,200}") {
            let (mut rows, mut out) = (Rows::default(), Units::default());
            rows.feed(b"a,b,c\n", &mut out);
            rows.feed(bytes.as_bytes(), &mut out);
            rows.finish(&mut out);
            let mut last = 1;
            for u in &out.list {
                prop_assert!(u.line > last && u.end >= u.line);
                last = u.end;
            }
            prop_assert!(last <= 2 + bytes.matches('\n').count() as u64);
        }
    }
}
