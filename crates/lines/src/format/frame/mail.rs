//! Mail as it is stored: mailboxes, and messages one behind the other. Of each message its subject, its date and the line with which
//! it begins become one text, which lies where the subject stands; the rest says it again at length.

use super::{LineJoiner, Units};
use crate::time::stamp;

/// Bytes of a line of a header at most.
const LONGEST: usize = 4096;

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let header = head.split(|c| *c == b'\n').take_while(|l| is_header(l));
    let headers = header.filter(|l| {
        [&b"Subject: "[..], b"Date: "]
            .iter()
            .any(|k| l.starts_with(k))
    });
    posted(head).is_some() || headers.count() == 2
}

#[derive(Debug, Default)]
pub(super) struct OpenMessage {
    /// When it was posted, by the line that begins it in a mailbox; else its date.
    date: Vec<u8>,
    subject: Vec<u8>,
    /// Where the subject stands.
    at: (u64, u64),
    /// The first line below the header.
    begins: Vec<u8>,
    in_body: bool,
    /// Whether it lies in a mailbox, where nothing else begins a message.
    boxed: bool,
}

impl LineJoiner for OpenMessage {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = line.trim_ascii_end();
        let line = &line[..line.len().min(LONGEST)];
        if let Some(posted) = posted(line) {
            self.end(out);
            (self.date, self.boxed) = (posted.to_vec(), true);
        } else if self.in_body {
            let date = line.strip_prefix(b"Date: ").filter(|_| !self.boxed);
            if let Some(date) = date.map(single_spaced).filter(|d| is_date(d)) {
                self.end(out);
                self.date = date;
            } else if self.begins.is_empty() {
                self.begins = line.to_vec();
            }
        } else if let Some(subject) = line.strip_prefix(b"Subject: ") {
            (self.subject, self.at) = (subject.to_vec(), (offset, number));
        } else if let Some(date) = line.strip_prefix(b"Date: ") {
            self.date = single_spaced(date);
        } else {
            self.in_body = !is_header(line);
            if self.in_body {
                self.begins = line.to_vec();
            }
        }
    }

    fn end(&mut self, out: &mut Units) {
        if !self.subject.is_empty() {
            let (subject, date) = (b"Subject: ", b"\tDate: ");
            let body = match self.begins.is_empty() {
                true => &b""[..],
                false => b"\tBody: ",
            };
            let text = [
                &subject[..],
                &self.subject,
                date,
                &self.date,
                body,
                &self.begins,
            ];
            out.add(self.at.0, (self.at.1, self.at.1), &text);
        }
        *self = OpenMessage::default();
    }
}

/// When a message was posted, by the line that begins it in a mailbox: `From alice@example.com Tue Mar 10 13:05:00 2026`.
fn posted(line: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
    let rest = line[..end].strip_prefix(b"From ")?;
    let address = memchr::memchr(b' ', &rest[..rest.len().min(255)])?;
    let written = rest[address..].trim_ascii();
    stamp::ctime(written).is_ok().then_some(written)
}

/// A date with one blank between its words: some pad the day with another one.
fn single_spaced(date: &[u8]) -> Vec<u8> {
    let mut words: Vec<&[u8]> = date.split(u8::is_ascii_whitespace).collect();
    words.retain(|w| !w.is_empty());
    words.join(&b' ')
}

/// Whether a text is a date of mail: with a numeric offset, which other programs do not write behind that word.
fn is_date(text: &[u8]) -> bool {
    stamp::whole(text).is_some_and(|s| s.offset_min.is_some()) && text.len() < 40
}

/// `Name: value`, or the rest of one, which begins with a blank.
fn is_header(line: &[u8]) -> bool {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return true;
    }
    let name = |c: &u8| c.is_ascii_alphanumeric() || *c == b'-';
    let n = line.iter().take_while(|c| name(c)).count();
    n > 0 && line[n..].starts_with(b": ")
}
