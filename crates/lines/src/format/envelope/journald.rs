//! The journal as JSON (`journalctl -o json`, and the export format once it is framed): the line is `MESSAGE`, a string or, where
//! it is no UTF-8, an array of bytes; the time is the program's own where the journal has it.

use super::{Inside, Outer, Peeled, Text, is_object_with, name, string};
use crate::format::flat_json::{Value, each};
use crate::format::leaf;
use crate::record::Level;
use crate::time::{Precision, Stamp};
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    is_object_with(line, &["__REALTIME_TIMESTAMP"]).then_some(())?;
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Tagged));
    let (mut source, mut unit) = (None, None);
    each(line, |key, v| match key {
        b"MESSAGE" => text = said(v),
        b"__REALTIME_TIMESTAMP" => outer.stamp = micros(v),
        b"_SOURCE_REALTIME_TIMESTAMP" => source = micros(v),
        b"_HOSTNAME" => outer.host = name(v),
        b"SYSLOG_IDENTIFIER" => outer.tag = name(v),
        b"_SYSTEMD_UNIT" | b"UNIT" => unit = name(v),
        b"CONTAINER_NAME" => outer.service = name(v),
        b"PRIORITY" => outer.level = v.text().and_then(leaf::uint).map(Level::of_syslog),
        _ => {}
    })?;
    outer.stamp = source.or(outer.stamp);
    outer.stamp?;
    // a program of its own unit is that service; what systemd says is about the unit it names
    if let Some(u) = unit.as_deref().and_then(|u| u.strip_suffix(b".service")) {
        outer.service = outer
            .service
            .take()
            .or_else(|| Some(Cow::Owned(u.to_vec())));
    }
    Some(Peeled { text: text?, outer })
}

fn micros(v: Value<'_>) -> Option<Stamp> {
    let us = i64::try_from(leaf::uint(v.text()?)?).ok()?;
    (us > 0).then_some(Stamp::utc(us, Precision::Micro))
}

/// The message: a string, the bytes of one, or the first of several.
fn said(v: Value<'_>) -> Option<Text<'_>> {
    let Value::Array(list) = v else {
        return string(v);
    };
    let inner = list.strip_prefix(b"[")?.strip_suffix(b"]")?;
    if inner.trim_ascii_start().first() == Some(&b'"') {
        return serde_json::from_slice::<Vec<String>>(list)
            .ok()?
            .into_iter()
            .next()
            .map(|s| Cow::Owned(s.into_bytes()));
    }
    let bytes: Option<Vec<u8>> = inner
        .split(|c| *c == b',')
        .map(|n| leaf::uint(n.trim_ascii()).and_then(|n| u8::try_from(n).ok()))
        .collect();
    bytes.map(|mut b| {
        while b.last() == Some(&b'\n') {
            b.pop();
        }
        Cow::Owned(b)
    })
}
