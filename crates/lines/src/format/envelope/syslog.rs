//! Syslog around a line that has a format of its own: access logs, HAProxy, JSON, logfmt behind a tag. What does not begin like
//! one of these is left to the syslog format.

use super::{Envelope, Inside, Outer, Peeled, worth_reading};
use crate::format::Format;
use crate::format::app::syslog::Syslog;
use crate::record::{Body, Level};
use std::borrow::Cow;

/// Syslog lines that carry another format.
pub static SYSLOG_WRAPPER: Envelope = Envelope {
    name: "syslog",
    about: "syslog lines around another format: access logs, JSON, logfmt",
    sample: "<190>Nov 20 06:33:18 web01 nginx: 127.0.0.1 - - [20/Nov/2026:06:33:18 +0000] \"GET /cart?id=1 HTTP/1.1\" 200 1234",
    begins: crate::format::ANY,
    peel,
    ..Envelope::PLAIN
};

fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let rec = Syslog.parse(line)?;
    let Body::Message(m) = rec.body else {
        return None;
    };
    let Cow::Borrowed(text) = m.text else {
        return None;
    };
    let text = text.trim_ascii_start();
    if rec.service.is_none() || !worth_reading(text) {
        return None;
    }
    let mut outer = Outer::new(rec.stamp, Inside::Whole);
    outer.host = rec.host;
    outer.service = rec.service;
    outer.level = (m.level != Level::Info).then_some(m.level);
    Some(outer.around_text(text))
}
