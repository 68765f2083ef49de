//! Alerts as mail: the subject is what is said, at the date of the message, as the frame of mail puts them together; that somebody
//! acknowledged it may stand in the first line alone.

use super::value;
use crate::record::{Body, Level, MarkerKind, Message, Notice, Record};
use crate::time::stamp;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let subject = line.strip_prefix(b"Subject: ")?;
    let n = memchr::memmem::find(subject, b"\tDate: ")?;
    let (subject, written) = (&subject[..n], &subject[n + 7..]);
    let body = memchr::memmem::find(written, b"\tBody: ");
    let (written, begins) = match body {
        Some(at) => (&written[..at], &written[at + 7..]),
        None => (written, &b""[..]),
    };
    // a comment may name the zone: `+0100 (CET)`
    let end = memchr::memchr(b'(', written).unwrap_or(written.len());
    let at = stamp::whole(written[..end].trim_ascii())?;
    if let Some(who) = acknowledges(begins) {
        let mut n = Notice::new(MarkerKind::AlertAcknowledged, subject);
        n.actor = Some(who.into());
        return Some(value::record(Some(at), vec![n]));
    }
    let m = Message::new(Level::Info, subject);
    Some(Record::new(Some(at), Body::Message(m)))
}

/// Who did it, where the first line of a message says that somebody acknowledged what its subject names: `Ada Lovelace (ada)
/// acknowledged, commented problem at …` (Zabbix, "Problem update operations").
fn acknowledges(line: &[u8]) -> Option<&[u8]> {
    const SAID: &[u8] = b" acknowledged";
    let at = memchr::memmem::find(line, SAID)?;
    let ends = line
        .get(at + SAID.len())
        .is_none_or(|c| !c.is_ascii_alphanumeric());
    let (who, words) = (&line[..at], line[..at].split(|c| *c == b' ').count());
    (ends && words <= 4 && who.first().is_some_and(u8::is_ascii_uppercase)).then_some(who)
}
