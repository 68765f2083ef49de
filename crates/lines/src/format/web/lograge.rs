//! Requests of Rails as lograge writes them in JSON: a controller, an action, and a duration that is in milliseconds though no
//! unit is written, and the error that a failed one ended with. All else is read as of any JSON access line.

use super::nginx_json;
use crate::format::flat_json::each;
use crate::format::leaf::{self, Unit, find};
use crate::record::{Body, Level, Message, Record};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    find(line, b"\"controller\"")?;
    let (mut controller, mut action, mut took, mut error) = (false, false, None, None);
    let mut host = None;
    each(line, |key, v| match key {
        b"controller" => controller = true,
        b"action" => action = true,
        b"duration" => took = v.text().and_then(|v| leaf::decimal_us(v, Unit::Milli)),
        b"host" => host = v.text(),
        b"error" | b"exception" => error = error.take().or_else(|| v.said()),
        _ => {}
    })?;
    let mut rec = nginx_json::parse(line).filter(|_| controller && action)?;
    // what has no dot is the machine that answered, not a site that was asked for
    if rec
        .service
        .as_deref()
        .is_some_and(|s| Some(s) == host && !s.contains(&b'.'))
    {
        rec.host = rec.service.take();
    }
    if let Body::Request(r) = &mut rec.body {
        r.latency_us = took?;
        r.by_app = true;
        r.message = error
            .filter(|_| r.status >= 500)
            .map(|text| Message::new(Level::Error, text));
    }
    Some(rec)
}
