//! Exports as comma-separated values: the first line names the columns, among them a time and a text (Splunk, Datadog,
//! CloudWatch Insights, PagerDuty). A row becomes one object of strings; quoted values may hold newlines.

use super::journal_export::escape;
use super::{Frame, Framer, LONGEST, Units};

/// Comma-separated values below a line of column names.
pub struct Csv;

const TIMES: [&str; 7] = [
    "_time",
    "@timestamp",
    "timestamp",
    "Date",
    "date",
    "created_on",
    "time",
];
const TEXTS: [&str; 9] = [
    "_raw",
    "@message",
    "Message",
    "message",
    "description",
    "Content",
    "log",
    "line",
    "textPayload",
];
/// Columns of one row.
const COLUMNS: usize = 256;

impl Frame for Csv {
    fn name(&self) -> &str {
        "CSV export"
    }
    fn about(&self) -> &str {
        "CSV exports with a time and a text column: Splunk, Datadog, CloudWatch Insights, PagerDuty"
    }
    fn sample(&self) -> &str {
        "_time,host,_raw\n2026-03-10T13:05:01.000+0000,web01,\"level=error msg=\"\"x\"\" status=500\"\n"
    }
    fn claims(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let Some(n) = memchr::memchr(b'\n', head).filter(|n| *n < 4096) else {
            return false;
        };
        let names: Vec<&[u8]> = head[..n]
            .trim_ascii_end()
            .split(|c| *c == b',')
            .map(|w| w.strip_prefix(b"\"").unwrap_or(w))
            .map(|w| w.strip_suffix(b"\"").unwrap_or(w))
            .collect();
        let is_name = |w: &&[u8]| {
            !w.is_empty()
                && w.iter()
                    .all(|c| c.is_ascii_alphanumeric() || b"_@. -/()".contains(c))
        };
        let has = |list: &[&str]| {
            names
                .iter()
                .any(|n| list.iter().any(|l| l.as_bytes() == *n))
        };
        names.len() > 1 && names.iter().all(is_name) && has(&TIMES) && has(&TEXTS)
    }
    fn start(&self) -> Box<dyn Framer> {
        Box::new(Rows::default())
    }
}

#[derive(Debug, Default)]
struct Rows {
    names: Vec<Vec<u8>>,
    row: Vec<Vec<u8>>,
    cell: Vec<u8>,
    /// Inside quotes.
    quoted: bool,
    /// The last byte was a quote inside quotes: the end of the value, or the first of two.
    quote: bool,
    /// Whether a row has begun.
    begun: bool,
    held: usize,
    at: (u64, u64),
    offset: u64,
    newlines: u64,
}

impl Rows {
    fn put(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.held);
        let n = bytes.len().min(room);
        self.held += n;
        self.cell.extend_from_slice(&bytes[..n]);
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if self.row.len() < COLUMNS {
            self.row.push(cell);
        }
    }

    fn end_row(&mut self, out: &mut Units) {
        self.end_cell();
        let row = std::mem::take(&mut self.row);
        (self.held, self.begun, self.quoted, self.quote) = (0, false, false, false);
        if row.len() == 1 && row[0].trim_ascii().is_empty() {
            return;
        }
        if self.names.is_empty() {
            let first = |n: &[u8]| n.strip_prefix(b"\xef\xbb\xbf").unwrap_or(n).to_vec();
            self.names = row.iter().map(|n| first(n)).collect();
            return;
        }
        let mut text = Vec::new();
        for (name, value) in self.names.iter().zip(&row).filter(|(_, v)| !v.is_empty()) {
            text.push(if text.is_empty() { b'{' } else { b',' });
            escape(name, &mut text);
            text.push(b':');
            escape(value, &mut text);
        }
        if !text.is_empty() {
            text.push(b'}');
            out.add(
                self.at.0,
                (self.at.1, self.newlines.max(self.at.1)),
                &[&text],
            );
        }
    }

    fn byte(&mut self, c: u8, out: &mut Units) {
        if !self.begun {
            self.begun = true;
            self.at = (self.offset, self.newlines + 1);
        }
        self.offset += 1;
        self.newlines += u64::from(c == b'\n');
        if self.quoted && !self.quote {
            match c {
                b'"' => self.quote = true,
                _ => self.put(&[c]),
            }
            return;
        }
        match c {
            b'"' if self.quote => {
                self.quote = false;
                self.put(b"\"");
            }
            b'"' if self.cell.is_empty() => self.quoted = true,
            b',' => {
                (self.quoted, self.quote) = (false, false);
                self.end_cell();
            }
            b'\n' => self.end_row(out),
            b'\r' => {}
            _ => {
                (self.quoted, self.quote) = (false, false);
                self.put(&[c]);
            }
        }
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
    use super::super::tests::framed;
    use super::*;

    #[test]
    fn quoted_values_may_hold_commas_quotes_and_newlines() {
        let input = b"\"Date\",\"Host\",\"Service\",\"Message\"\r\n\"2026-03-10T13:05:01.123Z\",\"h\",,\"a, \"\"b\"\"\nc\"\r\nx,y,z,plain\n\n1,2";
        assert!(Csv.claims(input));
        let got: Vec<(String, u64)> = framed(&Csv, input, 3)
            .into_iter()
            .map(|(t, _, line)| (String::from_utf8(t).unwrap(), line))
            .collect();
        assert_eq!(
            got,
            [
                ("{\"Date\":\"2026-03-10T13:05:01.123Z\",\"Host\":\"h\",\"Message\":\"a, \\\"b\\\"\\nc\"}".to_owned(), 2),
                ("{\"Date\":\"x\",\"Host\":\"y\",\"Service\":\"z\",\"Message\":\"plain\"}".to_owned(), 4),
                ("{\"Date\":\"1\",\"Host\":\"2\"}".to_owned(), 6)
            ]
        );
    }

    #[test]
    fn other_tables() {
        for head in [
            "a,b\n1,2\n",
            "message\nx\n",
            "time=1,message=2\n",
            "2026-03-10 13:00:00,123 INFO x\n",
            "time,message",
        ] {
            assert!(!Csv.claims(head.as_bytes()), "{head}");
        }
    }
}
