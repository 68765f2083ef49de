//! The main log of Icinga 2: `[time offset] severity/Facility: text`. What it sends is the page; which state that shows stands in
//! quotes. The other lines are messages.

use crate::format::leaf::{
    Leaf, Parser, before, before_near, blank, bracketed, multispace0, opt, past, preceded, rest,
    tag, verify,
};
use crate::record::{Body, Level, MarkerKind, Message, Notice, Record};
use crate::time::stamp::iso;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let level = before_near(b'/', 16).map_opt(level);
    let facility = verify(before_near(b':', 64), |f: &[u8]| {
        f.iter().all(u8::is_ascii_alphanumeric)
    });
    let (_, (at, level, facility, text)) = (bracketed(iso), blank(level), facility, blank(rest))
        .parse(line)
        .ok()?;
    at.offset_min?;
    let body = match facility {
        // that one was sent says no more than that it was to be
        b"Notification" => Some(Body::Notices(
            sent(text).ok().map(|x| x.1).into_iter().collect(),
        )),
        b"ExternalCommandListener" => taken(text).map(|n| Body::Notices(vec![n])),
        _ => None,
    };
    let body = body.unwrap_or_else(|| Body::Message(Message::new(level, text)));
    Some(Record::new(Some(at), body))
}

fn level(word: &[u8]) -> Option<Level> {
    match word {
        b"critical" => Some(Level::Error),
        b"warning" => Some(Level::Warn),
        b"information" | b"notice" => Some(Level::Info),
        b"debug" => Some(Level::Debug),
        _ => None,
    }
}

/// `Sending 'Problem' notification 'web1!http!mail' for user 'alice'`, also with `reminder` in front.
fn sent(i: &[u8]) -> Leaf<'_, Notice<'_>> {
    let begin = (tag("Sending "), opt(tag("reminder ")));
    let what = (multispace0, opt(tag("notification ")), multispace0);
    let user = preceded(past("for user ", usize::MAX), single_quoted);
    (
        preceded(begin, single_quoted.map_opt(kind)),
        preceded(what, single_quoted),
        opt(user),
    )
        .map(|(kind, name, user)| {
            // the last part names the notification, not what it is about
            let about = memchr::memrchr(b'!', name).map_or(name, |n| &name[..n]);
            let mut n = Notice::new(kind, about);
            n.group = Some(about.into());
            n.actor = user.map(Into::into);
            n
        })
        .parse(i)
}

/// `Executing external command: [1718126332] ACKNOWLEDGE_SVC_PROBLEM;web1;http;2;1;0;kim;looking`: somebody takes an alert.
fn taken(text: &[u8]) -> Option<Notice<'_>> {
    let at = memchr::memmem::find(text, b"] ACKNOWLEDGE_")?;
    let fields: Vec<&[u8]> = text[at..].split(|c| *c == b';').collect();
    let (about, by) = match fields[0].ends_with(b"_SVC_PROBLEM") {
        true => (fields.get(1..3)?, fields.get(6)),
        false => (fields.get(1..2)?, fields.get(5)),
    };
    let about = about.join(&b'!');
    let mut n = Notice::new(MarkerKind::AlertAcknowledged, about.clone());
    n.group = Some(about.into());
    n.actor = by.map(|b| (*b).into());
    Some(n)
}

fn kind(word: &[u8]) -> Option<MarkerKind> {
    match word {
        b"Problem" => Some(MarkerKind::AlertFired),
        b"Recovery" => Some(MarkerKind::AlertResolved),
        b"Acknowledgement" => Some(MarkerKind::AlertAcknowledged),
        b"DowntimeStart" => Some(MarkerKind::MaintenanceStart),
        b"DowntimeEnd" | b"DowntimeRemoved" => Some(MarkerKind::MaintenanceFinish),
        _ => None,
    }
}

/// What stands in single quotes.
fn single_quoted(i: &[u8]) -> Leaf<'_, &[u8]> {
    preceded(tag("'"), before(b'\'')).parse(i)
}
