//! Syslog around a line that has a format of its own: access logs, HAProxy, JSON, logfmt behind a tag. What does not begin like
//! one of these is left to the syslog format.

use super::{Inside, Outer, Peeled, worth_reading};
use crate::format::app::syslog;
use crate::record::{Body, Level};
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let cut @ (.., text) = syslog::parts(line)?;
    // most are plain messages, which the format reads
    if !(worth_reading(text) || syslog::may_be_klog(text)) {
        return None;
    }
    let rec = syslog::record(cut);
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
