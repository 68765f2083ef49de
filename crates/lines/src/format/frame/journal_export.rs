//! The journal's export format: `KEY=value` lines, values of any bytes behind their length, a blank line between entries. An
//! entry becomes the object that `journalctl -o json` writes, for the envelope of that.

use super::{Framer, LONGEST, Units};

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let field = head.starts_with(b"__CURSOR=") || head.starts_with(b"__REALTIME_TIMESTAMP=");
    field && memchr::memmem::find(head, b"__REALTIME_TIMESTAMP=").is_some()
}

/// What the next byte belongs to.
#[derive(Debug, Default)]
enum FieldState {
    #[default]
    Line,
    /// Bytes of a length that are still to come, and the length so far.
    Length(u32, u64),
    /// Bytes of a value that are still to come.
    Value(u64),
    /// The newline behind a value.
    Behind,
}

#[derive(Debug, Default)]
pub(super) struct Entries {
    state: FieldState,
    field: Vec<u8>,
    entry: Vec<u8>,
    at: (u64, u64),
    offset: u64,
    newlines: u64,
}

impl Entries {
    fn add_value(&mut self, value: &[u8]) {
        let room = LONGEST.saturating_sub(self.field.len());
        self.field
            .extend_from_slice(&value[..value.len().min(room)]);
    }

    /// Ends a field: `key=value`, as it lies in `field`.
    fn end_field(&mut self) {
        let Some(n) = memchr::memchr(b'=', &self.field) else {
            return self.field.clear();
        };
        let (key, value) = (&self.field[..n], &self.field[n + 1..]);
        if self.entry.len() + value.len() < LONGEST {
            member(&mut self.entry, key, value);
        }
        self.field.clear();
    }

    fn end_entry(&mut self, out: &mut Units) {
        if !self.entry.is_empty() {
            self.entry.push(b'}');
            let end = self.newlines.max(self.at.1);
            out.add(self.at.0, (self.at.1, end), &[&self.entry]);
            self.entry.clear();
        }
    }

    fn line_end(&mut self, out: &mut Units) {
        if self.field.is_empty() {
            self.end_entry(out);
        } else if self.field.contains(&b'=') {
            self.end_field();
        } else {
            self.field.push(b'=');
            self.state = FieldState::Length(8, 0);
        }
    }
}

/// One more member of an object of strings, which begins with the first and lacks its closing brace.
pub(super) fn member(object: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    object.push(if object.is_empty() { b'{' } else { b',' });
    escape(key, object);
    object.push(b':');
    escape(value, object);
}

/// A JSON string of any bytes: what is no UTF-8 stays as it is.
pub(super) fn escape(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for c in text {
        match c {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *c]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=0x1f => out.extend_from_slice(format!("\\u{c:04x}").as_bytes()),
            _ => out.push(*c),
        }
    }
    out.push(b'"');
}

impl Framer for Entries {
    fn feed(&mut self, mut bytes: &[u8], out: &mut Units) {
        while let Some(&c) = bytes.first() {
            let n = match self.state {
                FieldState::Line => {
                    if self.entry.is_empty() && self.field.is_empty() {
                        self.at = (self.offset, self.newlines + 1);
                    }
                    match memchr::memchr(b'\n', bytes) {
                        Some(n) => {
                            self.add_value(&bytes[..n]);
                            self.newlines += 1;
                            self.line_end(out);
                            n + 1
                        }
                        None => {
                            self.add_value(bytes);
                            bytes.len()
                        }
                    }
                }
                FieldState::Length(left, so_far) => {
                    let so_far = so_far >> 8 | u64::from(c) << 56;
                    self.newlines += u64::from(c == b'\n');
                    self.state = match left {
                        1 => FieldState::Value(so_far),
                        _ => FieldState::Length(left - 1, so_far),
                    };
                    1
                }
                FieldState::Value(0) => {
                    self.state = FieldState::Behind;
                    0
                }
                FieldState::Value(left) => {
                    let n = usize::try_from(left).map_or(bytes.len(), |l| l.min(bytes.len()));
                    self.newlines += memchr::memchr_iter(b'\n', &bytes[..n]).count() as u64;
                    self.add_value(&bytes[..n]);
                    self.state = FieldState::Value(left - n as u64);
                    n
                }
                FieldState::Behind => {
                    self.end_field();
                    self.state = FieldState::Line;
                    self.newlines += u64::from(c == b'\n');
                    usize::from(c == b'\n')
                }
            };
            self.offset += n as u64;
            bytes = &bytes[n..];
        }
    }

    fn finish(&mut self, out: &mut Units) {
        self.end_field();
        self.end_entry(out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, framed};
    use super::*;

    #[test]
    fn values_behind_their_length_may_hold_lines() {
        let input = include_bytes!("../../../../../tests/data/formats/journald_export.txt");
        assert!(claims(input));
        let got = framed(frame("journal export"), input, 5);
        assert_eq!(got.len(), 2);
        assert_eq!(
            String::from_utf8_lossy(&got[0].0),
            "{\"__CURSOR\":\"s=0\",\"__REALTIME_TIMESTAMP\":\"1773147900000000\",\"_HOSTNAME\":\"web01\",\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"shop\",\"MESSAGE\":\"line1\\nline2\"}"
        );
        let second = memchr::memmem::find(input, b"__CURSOR=s=1").unwrap();
        assert_eq!(got[1].1, second as u64);
        assert_eq!(
            got[1].2,
            1 + input[..second].iter().filter(|c| **c == b'\n').count() as u64
        );
    }
}
