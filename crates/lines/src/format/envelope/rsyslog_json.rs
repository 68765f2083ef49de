//! rsyslog's and syslog-ng's JSON templates: a syslog message as an object with `message` (or `msg`), `tag` or `programname`,
//! `host` and a time.

use super::{Inside, Outer, Peeled, is_object_with, name, string, time};
use crate::format::flat_json::each;
use crate::record::Level;
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    const KEYS: [&str; 4] = [
        "\"timereported\"",
        "\"syslogtag\"",
        "\"syslogfacility-text\"",
        "\"PROGRAM\"",
    ];
    is_object_with(line, &KEYS).then_some(())?;
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Tagged));
    each(line, |key, v| match key {
        b"message" | b"msg" | b"MESSAGE" => text = string(v),
        b"timereported" | b"timestamp" | b"@timestamp" | b"ISODATE" | b"DATE" => {
            outer.stamp = outer.stamp.or(time(v));
        }
        b"host" | b"hostname" | b"fromhost" | b"HOST" => {
            outer.host = outer.host.take().or(name(v));
        }
        b"tag" | b"syslogtag" | b"programname" | b"app-name" | b"PROGRAM" => {
            outer.tag = outer.tag.take().or(name(v).map(program));
        }
        b"severity" | b"syslogseverity-text" | b"PRIORITY" => {
            outer.level = v.text().and_then(Level::from_word);
        }
        _ => {}
    })?;
    outer.stamp?;
    // the blank behind the tag's colon belongs to the wire format
    let text = match text? {
        Cow::Borrowed(t) => Cow::Borrowed(t.strip_prefix(b" ").unwrap_or(t)),
        Cow::Owned(mut t) => {
            if t.first() == Some(&b' ') {
                t.remove(0);
            }
            Cow::Owned(t)
        }
    };
    Some(Peeled { text, outer })
}

/// `haproxy[532]:` is haproxy.
fn program(tag: super::Text<'_>) -> super::Text<'_> {
    let n = tag.iter().take_while(|c| !matches!(c, b'[' | b':')).count();
    Cow::Owned(tag[..n].to_vec())
}
