//! The log of Nagios and its kin (Icinga 1, Naemon): `[epoch] TYPE: fields`. Only HARD states are alerts; a notification is
//! the page itself, in the same group; states repeated after a rotation are no events. `;` may stand in the last field.

use crate::format::leaf::{
    Grammar, Leaf, Parser, alt, before, blank, bracketed, cell, cond, opt, preceded, recognize,
    rest, tag, take, take_till, take_until, terminated, verify,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, MarkerKind, Notice, Record};
use crate::table::phrases;
use crate::time::stamp::epoch;

/// Nagios log lines.
pub struct Nagios;

impl Format for Nagios {
    fn meta(&self) -> Meta<'_> {
        Meta::pager("Nagios log", "Nagios, Icinga 1 and Naemon log")
            .begins(b"[", Signs::NONE)
            .sample("[1773148030] SERVICE ALERT: web01;HTTP;CRITICAL;HARD;3;HTTP CRITICAL: HTTP/1.1 500 Internal Server Error")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let time = bracketed(take(10usize).and_then(epoch));
        let said = alt((terminated(take_until(": "), tag(": ")), rest));
        let (fields, (at, word)) = (time, blank(said)).parse(line).ok()?;
        let body = match word {
            b"SERVICE ALERT" => read(alert(service), fields),
            b"HOST ALERT" => read(alert(host), fields),
            b"SERVICE NOTIFICATION" => read(notification(service), fields),
            b"HOST NOTIFICATION" => read(notification(host), fields),
            b"EXTERNAL COMMAND" => read(command, fields),
            b"SERVICE DOWNTIME ALERT" => read(downtime(service), fields),
            b"HOST DOWNTIME ALERT" => read(downtime(host), fields),
            _ if is_known(word) => None,
            _ => return None,
        };
        Some(Record::new(
            Some(at),
            Body::Notices(body.into_iter().collect()),
        ))
    }
}

/// Line types that are understood and state nothing.
fn is_known(word: &[u8]) -> bool {
    const WORDS: [&str; 22] = phrases(
        "CURRENT SERVICE STATE|CURRENT HOST STATE|INITIAL SERVICE STATE|INITIAL HOST STATE|LOG ROTATION|LOG VERSION|\
        SERVICE FLAPPING ALERT|HOST FLAPPING ALERT|SERVICE EVENT HANDLER|HOST EVENT HANDLER|\
        GLOBAL SERVICE EVENT HANDLER|GLOBAL HOST EVENT HANDLER|PASSIVE SERVICE CHECK|PASSIVE HOST CHECK|\
        SERVICE CONTACT NOTIFICATION|HOST CONTACT NOTIFICATION|TIMEPERIOD TRANSITION|SERVICE COMMENT|\
        Auto-save of retention data completed successfully.|Warning|Error|Finished daemonizing... (New PID=",
    );
    WORDS.iter().any(|w| w.as_bytes() == word)
        || [
            &b"Nagios "[..],
            b"Icinga ",
            b"Naemon ",
            b"Caught SIG",
            b"Successfully shutdown",
        ]
        .iter()
        .any(|p| word.starts_with(p))
}

fn read<'a>(mut grammar: impl Grammar<'a, Notice<'a>>, fields: &'a [u8]) -> Option<Notice<'a>> {
    Some(grammar.parse(fields).ok()?.1)
}

type Object = for<'a> fn(&'a [u8]) -> Leaf<'a, &'a [u8]>;

/// A host, as the group of its alerts.
fn host(i: &[u8]) -> Leaf<'_, &[u8]> {
    before(b';').parse(i)
}

/// A service behind its host, as one group: `host;service`.
fn service(i: &[u8]) -> Leaf<'_, &[u8]> {
    let pair = recognize((before(b';'), take_till(|c| c == b';')));
    terminated(pair, tag(";")).parse(i)
}

/// One field of those that semicolons separate.
fn field(i: &[u8]) -> Leaf<'_, &[u8]> {
    cell(b';').parse(i)
}

fn notice<'a>(kind: MarkerKind, object: &'a [u8], confidence: u8) -> Notice<'a> {
    let mut n = Notice::new(kind, object);
    n.group = Some(object.into());
    n.confidence = confidence;
    n
}

fn state(word: &[u8]) -> Option<MarkerKind> {
    match word {
        b"OK" | b"UP" | b"RECOVERY" => Some(MarkerKind::AlertResolved),
        b"WARNING" | b"CRITICAL" | b"UNKNOWN" | b"DOWN" | b"UNREACHABLE" => {
            Some(MarkerKind::AlertFired)
        }
        _ => None,
    }
}

/// `host;service;STATE;HARD;attempt;output`
fn alert<'a>(object: Object) -> impl Grammar<'a, Notice<'a>> {
    let hard = verify(field, |f: &[u8]| f == b"HARD");
    (object, field.map_opt(state), hard).map(|(object, kind, _)| notice(kind, object, 95))
}

/// `contact;host;service;STATE;command;output[;author;comment]`
fn notification<'a>(object: Object) -> impl Grammar<'a, Notice<'a>> {
    (before(b';'), object, rest).map_opt(|(contact, object, rest): (&'a [u8], _, &'a [u8])| {
        let (_, word) = field(rest).ok()?;
        if let Some(kind) = state(word) {
            let mut n = notice(kind, object, 80);
            n.actor = (kind == MarkerKind::AlertFired).then(|| contact.into());
            return Some(n);
        }
        word.starts_with(b"ACKNOWLEDGEMENT").then_some(())?;
        let author = rest.rsplit(|&c| c == b';').nth(1).unwrap_or_default();
        Some(acknowledged(object, author, 80))
    })
}

fn acknowledged<'a>(object: &'a [u8], author: &'a [u8], confidence: u8) -> Notice<'a> {
    let mut n = notice(MarkerKind::AlertAcknowledged, object, confidence);
    n.actor = (!author.is_empty()).then(|| author.into());
    n
}

/// `ACKNOWLEDGE_SVC_PROBLEM;host;service;sticky;notify;persistent;author;comment`, of which one that ends by itself has the end
/// before its author.
fn command(i: &[u8]) -> Leaf<'_, Notice<'_>> {
    let name = alt((
        tag("ACKNOWLEDGE_SVC_PROBLEM"),
        tag("ACKNOWLEDGE_HOST_PROBLEM"),
    ));
    let (i, (name, ends, _)) = (name, opt(tag("_EXPIRE")), tag(";")).parse(i)?;
    let object: Object = if name == b"ACKNOWLEDGE_SVC_PROBLEM" {
        service
    } else {
        host
    };
    let flags = (field, field, field, cond(ends.is_some(), field));
    (object, preceded(flags, field))
        .map(|(object, author)| acknowledged(object, author, 95))
        .parse(i)
}

/// `host;service;STARTED; text`
fn downtime<'a>(object: Object) -> impl Grammar<'a, Notice<'a>> {
    let kind = field.map_opt(|state| match state {
        b"STARTED" => Some(MarkerKind::MaintenanceStart),
        b"STOPPED" | b"CANCELLED" => Some(MarkerKind::MaintenanceFinish),
        _ => None,
    });
    (object, kind, rest).map(|(object, kind, said): (_, _, &[u8])| {
        let mut n = notice(kind, object, 90);
        if !said.trim_ascii().is_empty() {
            n.title = said.trim_ascii().into();
        }
        n
    })
}
