//! Tables with a header: the first line names the columns, each row below is one object of strings by those names, which the
//! formats of JSON lines then read. Whether a file is a table is asked of its header (names, each its own, none a value), and
//! whether it is one for us of its rows: a format that knows more than their time reads them, and not as requests, or none reads
//! them as lines.

mod cells;
mod clocks;

use self::cells::{Cells, cut};
use self::clocks::{between, is_clock, is_day, stretch};
use super::journal_export::member;
use super::{Framer, Units};
use crate::format::envelope::peel;
use crate::format::ops::{IN_A_PAGE, is_dated};
use crate::format::{FORMATS, columns::mentions_request};
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
    let (mut rows, mut units) = (Rows::default(), Units::default());
    rows.feed(head, &mut units);
    if rows.header.is_none() {
        return false;
    }
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
    // what no grammar reads in either form is given as rows, lest their cells be taken for words of a log
    let mut lines = head[n + 1..].split(|c| *c == b'\n').take(ROWS);
    let dated = texts.iter().filter(|t| is_dated(t)).count();
    let other = |l: &[u8]| is_typed(l.trim_ascii_end()) || mentions_request(l);
    dated * 2 > texts.len() && !lines.any(other)
}

/// Whether any format reads a line but those that take all text with a time.
pub(super) fn is_typed(line: &[u8]) -> bool {
    const PLAIN: [&str; 4] = [
        "text with a time",
        "text with a label and a time",
        "text with a level",
        "JSON with a time",
    ];
    let read = FORMATS.iter().find(|f| f.parse(line).is_some());
    read.is_some_and(|f| !PLAIN.contains(&f.name()))
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

/// What the first line says, or in a page of text the line above the one that is drawn below a header.
#[derive(Debug)]
struct Header {
    mark: u8,
    names: Vec<Name>,
    /// Whether bars stand at both ends of its rows: what has none is text between tables.
    framed: bool,
}

/// A column: its name, and the zone of its times, where that stands behind the name (`Created At (UTC)`).
#[derive(Debug)]
struct Name {
    text: Vec<u8>,
    zone: Option<Vec<u8>>,
}

impl Header {
    fn of(line: &[u8]) -> Option<Header> {
        let line = line
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(line)
            .trim_ascii_end();
        let inner = line.strip_prefix(b"|").and_then(|l| l.strip_suffix(b"|"));
        if let Some(inner) = inner {
            return Header::cut_at(b'|', &cut(inner, b'|'), true);
        }
        let all = MARKS.into_iter();
        let all = all.filter_map(|mark| Header::cut_at(mark, &cut(line, mark), false));
        all.max_by_key(|h| h.names.len())
    }

    /// That of cells, of which each must be a name of its own.
    fn cut_at(mark: u8, cells: &[Vec<u8>], framed: bool) -> Option<Header> {
        let names: Option<Vec<Name>> = cells.iter().map(|n| Name::of(n)).collect();
        let names = names.filter(|n| n.len() > 1)?;
        let twice = |(i, n): (usize, &Name)| names[..i].iter().any(|o| o.text == n.text);
        (!names.iter().enumerate().any(twice)).then_some(Header {
            mark,
            names,
            framed,
        })
    }
}

/// A cell of a page without the marks of code and of bold words.
fn unmarked(cell: &[u8]) -> Vec<u8> {
    let plain = |n: &usize| cell[*n] != b'`' && !(cell[*n] == b'*' && cell.len() > 1);
    (0..cell.len()).filter(plain).map(|n| cell[n]).collect()
}

/// A line between header and body, as databases and pages of text draw it.
fn is_drawn(line: &[u8]) -> bool {
    memchr::memchr(b'-', line).is_some() && line.iter().all(|b| b" \t\r-+=|:".contains(b))
}

impl Name {
    /// A short text that begins like a word and is no value.
    fn of(cell: &[u8]) -> Option<Name> {
        let cell = cell.trim_ascii();
        let begins = |c: &u8| c.is_ascii_alphabetic() || *c >= 0x80 || b"_@#".contains(c);
        let may = |c: &u8| c.is_ascii_alphanumeric() || *c >= 0x80 || b"_@#. -/()[]%?:".contains(c);
        let fits = cell.first().is_some_and(begins) && cell.len() <= 64 && cell.iter().all(may);
        // a title of a page is none
        let words = cell.split(|c| *c == b' ').count();
        if !fits || words > 5 || stamp::whole(cell).is_some() {
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
    /// The line that is read while there is no header, as far as it was read, and the one above it.
    line: Vec<u8>,
    above: Option<Vec<u8>>,
    /// The cells of the row above.
    last: Vec<Vec<u8>>,
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
        let mut row = self.cells.row();
        let Some(header) = &mut self.header else {
            return;
        };
        if row
            .iter()
            .all(|c| c.iter().all(|b| b" \t-+=|:".contains(b)))
        {
            // another table of the same page
            let above = std::mem::take(&mut self.last);
            let next = Header::cut_at(header.mark, &above, true);
            if let Some(next) = next.filter(|_| header.framed) {
                *header = next;
            }
            return;
        }
        if header.framed {
            if row.len() < 3 {
                return;
            }
            row.pop();
            row.remove(0);
            self.last = row.clone();
            let names = header.names.iter().map(|n| n.text.as_slice());
            if names.eq(row.iter().map(|c| c.trim_ascii())) {
                return;
            }
        }
        let mut text = Vec::new();
        let last = header.names.len() - 1;
        // who forgets quotes forgets them in the text at the end; where no column is named after that, it stands behind them all
        let more = row.get(last + 1..).unwrap_or_default();
        let texts = |n: &Name| n.text.eq_ignore_ascii_case(b"message");
        let unnamed = !more.is_empty() && !header.names.iter().any(texts);
        let cells = || row.iter().map(|c| c.trim_ascii());
        let clocks = cells().any(|c| is_clock(c) || between(c).is_some());
        let days: Vec<&[u8]> = cells().filter(|c| clocks && is_day(c)).collect();
        for (n, (name, value)) in header.names.iter().zip(&row).enumerate() {
            let mut value = value.trim_ascii().to_vec();
            if header.framed {
                value = unmarked(&value);
            }
            if let [day] = days[..]
                && between(&value).is_some()
            {
                value = [day, b" ", value.as_slice()].concat();
            }
            if let Some((begun, ended)) = stretch(&value) {
                member(&mut text, b"started", &begun);
                member(&mut text, b"ended", &ended);
                value = begun;
            }
            // a clock in a column of its own is of the day in another one
            if let [day] = days[..]
                && is_clock(&value)
            {
                value = [day, b" ", value.as_slice()].concat();
                // as some write days, a clock needs its seconds
                if stamp::whole(&value).is_none() {
                    value.extend_from_slice(b":00");
                }
            }
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
        // what people wrote in a page is what was done, whatever they call the column
        let longest = || row.iter().max_by_key(|c| c.len());
        if header.framed
            && let Some(said) = longest().filter(|c| c.contains(&b' '))
        {
            member(&mut text, IN_A_PAGE.as_bytes(), unmarked(said).trim_ascii());
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

    /// A byte of a line in front of the rows: the first one names the columns, or one above a line that is drawn.
    fn head(&mut self, c: u8) {
        if c != b'\n' {
            if self.line.len() < HEADER {
                self.line.push(c);
            }
            return;
        }
        self.begun = false;
        let line = std::mem::take(&mut self.line);
        self.header = match &self.above {
            None => Header::of(&line),
            Some(above) if is_drawn(&line) => Header::of(above).filter(|h| h.framed),
            Some(_) => None,
        };
        self.above = Some(line);
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
