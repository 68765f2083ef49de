//! Cells of separated values, byte by byte: quotes, doubled quotes, and separators and newlines within them (RFC 4180). Knows no
//! header and no row.

use crate::format::frame::LONGEST;

/// Columns of one row.
const COLUMNS: usize = 256;

/// The cells of one line.
pub(super) fn cut(line: &[u8], mark: u8) -> Vec<Vec<u8>> {
    let mut cells = Cells::default();
    for c in line {
        cells.byte(*c, mark);
    }
    cells.end();
    cells.done
}

/// Cells that are being read.
#[derive(Debug, Default)]
pub(super) struct Cells {
    done: Vec<Vec<u8>>,
    cell: Vec<u8>,
    /// Inside quotes.
    quoted: bool,
    /// The last byte was a quote inside quotes: the end of the value, or the first of two.
    quote: bool,
    held: usize,
}

impl Cells {
    fn put(&mut self, c: u8) {
        if self.held < LONGEST {
            self.held += 1;
            self.cell.push(c);
        }
    }

    fn end(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if self.done.len() < COLUMNS {
            self.done.push(cell);
        }
    }

    /// Takes a byte; true: it is a newline that ends the row.
    pub(super) fn byte(&mut self, c: u8, mark: u8) -> bool {
        if self.quoted && !self.quote {
            match c {
                b'"' => self.quote = true,
                _ => self.put(c),
            }
            return false;
        }
        match c {
            b'"' if self.quote => {
                self.quote = false;
                self.put(b'"');
            }
            b'"' if self.cell.trim_ascii().is_empty() => {
                self.cell.clear();
                self.quoted = true;
            }
            b'\n' => return true,
            b'\r' => {}
            _ if c == mark => {
                (self.quoted, self.quote) = (false, false);
                self.end();
            }
            // blanks behind a quoted value are none of it
            b' ' if self.quote => {}
            _ => {
                (self.quoted, self.quote) = (false, false);
                self.put(c);
            }
        }
        false
    }

    /// The cells of a row that has ended.
    pub(super) fn row(&mut self) -> Vec<Vec<u8>> {
        self.end();
        std::mem::take(self).done
    }
}
