//! Alerts as mail: the subject is what is said, at the date of the message, as the frame of mail puts them together.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp;

/// Subjects of mail.
pub struct Mail;

impl Format for Mail {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "mail",
            "alerts as mail: the subjects of a mailbox or of stored messages, at their dates",
        )
        .begins(b"S", Signs::NONE)
        .sample("Subject: [FIRING:1] High5xx\tDate: Tue, 10 Mar 2026 13:05:00 +0100")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let subject = line.strip_prefix(b"Subject: ")?;
        let n = memchr::memmem::find(subject, b"\tDate: ")?;
        let written = &subject[n + 7..];
        // a comment may name the zone: `+0100 (CET)`
        let end = memchr::memchr(b'(', written).unwrap_or(written.len());
        let at = stamp::whole(written[..end].trim_ascii())?;
        let m = Message::new(Level::Info, &subject[..n]);
        Some(Record::new(Some(at), Body::Message(m)))
    }
}
