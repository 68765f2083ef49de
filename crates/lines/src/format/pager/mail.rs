//! Alerts as mail: a mailbox or a stored message. The subject is what is said, at the time of its `Date:`; what stands below the
//! header says it again at length, and is not read.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader, is_any};
use crate::record::{Body, Level, Message, Record};
use crate::time::{Stamp, stamp};

/// Mail.
pub struct Mail;

impl Format for Mail {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "mail",
            "alerts as mail: the subjects of a mailbox or of stored messages, at their dates",
        )
        .stateful()
        .begins(b"D", Signs::NONE)
        .sample("Date: Tue, 10 Mar 2026 13:05:00 +0100")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        Some(Record::new(Some(date(line)?), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(MailReader::default()))
    }
}

/// The time of a line that is a date of mail: with a numeric offset, which the dates of HTTP do not have.
fn date(line: &[u8]) -> Option<Stamp> {
    let written = line.strip_prefix(b"Date: ")?;
    // a comment may name the zone: `+0100 (CET)`
    let end = memchr::memchr(b'(', written).unwrap_or(written.len());
    let written = written[..end].trim_ascii();
    let offset = written.len().checked_sub(5)?;
    let numeric = matches!(written[offset], b'+' | b'-');
    let s = stamp::whole(written).filter(|s| s.offset_min.is_some())?;
    (numeric && written.len() < 40).then_some(s)
}

/// Bytes of a subject at most.
const LONGEST: usize = 4096;

/// The lines of one input.
#[derive(Default)]
struct MailReader {
    /// Of the message at hand.
    date: Option<Stamp>,
    subject: Option<Vec<u8>>,
    /// Whether its header is being read.
    in_header: bool,
    /// Whether a header ended that told both, so that what stands below is a message.
    in_body: bool,
}

impl Reader for MailReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let nothing = Some(Record::new(None, Body::Nothing));
        if line.starts_with(b"From ") && stamp_behind_address(line) {
            *self = MailReader::header();
            return nothing;
        }
        let at = date(line);
        let subject = line.strip_prefix(b"Subject: ");
        if !self.in_header && (at.is_some() || subject.is_some() && !self.in_body) {
            *self = MailReader::header();
        }
        if !self.in_header {
            // what another format reads is none of it, and what stands below that is not either
            self.in_body = self.in_body && line.len() <= LONGEST && !is_any(line);
            return self.in_body.then(|| Record::new(None, Body::Nothing));
        }
        if let Some(at) = at {
            self.date = Some(at);
        } else if let Some(s) = subject {
            self.subject = Some(s[..s.len().min(LONGEST)].to_vec());
        } else {
            // an empty line ends it, and so does what is none of it
            self.in_header = is_header(line);
            return nothing;
        }
        // said once, where both are known
        match (self.date, self.subject.take()) {
            (Some(at), Some(text)) => {
                self.in_body = true;
                let mut m = Message::new(Level::Info, b"");
                m.text = text.into();
                Some(Record::new(Some(at), Body::Message(m)))
            }
            (_, kept) => {
                self.subject = kept;
                nothing
            }
        }
    }
}

impl MailReader {
    /// At the beginning of a message.
    fn header() -> MailReader {
        MailReader {
            in_header: true,
            ..MailReader::default()
        }
    }
}

/// `From alice@example.com Tue Mar 10 13:05:00 2026`, which begins a message in a mailbox.
fn stamp_behind_address(line: &[u8]) -> bool {
    let rest = line[5..].trim_ascii_start();
    let end = memchr::memchr(b' ', &rest[..rest.len().min(255)]);
    end.is_some_and(|n| stamp::ctime(rest[n..].trim_ascii_start()).is_ok())
}

/// `Name: value`, or the rest of one, which begins with a blank.
fn is_header(line: &[u8]) -> bool {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return true;
    }
    let name = |c: &u8| c.is_ascii_alphanumeric() || *c == b'-';
    let n = line.iter().take_while(|c| name(c)).count();
    n > 0 && line.get(n) == Some(&b':')
}
