//! The last resort for JSON: an object with a time, of which no format knows more (audit logs, job results, home-made events).
//! Its message is what its message keys say, else the object itself; no marker is stated by a key.

use super::message::plain;
use crate::format::flat_json::{Value, decode, each};
use crate::format::ops::may_be_its_time;
use crate::record::{Kind, Level, Record};
use crate::table::byte_words;
use crate::time::{Dated, Stamp, stamp};
use std::borrow::Cow;

/// Keys of times, the one that shows most first.
const TIMES: [&[u8]; 18] = byte_words(
    "@timestamp timestamp time ts datetime date timeStamp eventTime event_time logTime log_time timeGenerated \
    TimeGenerated occurred_at created_at createdAt start_time startTime",
);

/// Keys whose values are worth more than the rest of the object: that it failed, what a job printed, and what else says what it is.
const MESSAGE_KEYS: [&[u8]; 9] =
    byte_words("error stdout reason description summary title operationName action type");
const STDOUT: usize = 1;

/// Reads one line.
pub fn parse<'a>(line: &'a [u8]) -> Option<Record<'a>> {
    if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
        return None;
    }
    let mut found: Option<(usize, Stamp)> = None;
    let mut dated: Option<Stamp> = None;
    let mut message: Option<(usize, Cow<'a, [u8]>)> = None;
    let mut level = None;
    each(line, |key, v| {
        let Some(text) = v.text().filter(|t| !t.is_empty()) else {
            return;
        };
        if let Some(n) = TIMES.iter().position(|t| *t == key) {
            if found.is_none_or(|(m, _)| n < m)
                && let Some(s) = stamp::whole(text)
            {
                found = Some((n, s));
            }
        } else if found.is_none() && dated.is_none() && may_be_its_time(key, text) {
            dated = stamp::whole(text).filter(|s| s.dated != Dated::NoDate);
        }
        if matches!(key, b"level" | b"severity" | b"Level" | b"lvl") {
            level = level.or(Level::from_word(text));
        } else if let (Some(n), Value::Str(raw)) = (MESSAGE_KEYS.iter().position(|t| *t == key), v)
            && message.as_ref().is_none_or(|(m, _)| n < *m)
        {
            message = Some((n, decode(raw)));
        }
    })?;
    // a key of any other name whose value is a time and no number
    let stamp = found.map(|f| f.1).or(dated)?;
    let failed = matches!(message, Some((0, _)));
    let printed = matches!(message, Some((STDOUT, _)));
    let text = message.map_or(Cow::Borrowed(line), |(_, t)| t);
    let text = match printed {
        true => Cow::Owned(plain(&text).trim_ascii().to_vec()),
        false => text,
    };
    let level = level.unwrap_or(if failed { Level::Error } else { Level::Info });
    let mut record = Record::said(Some(stamp), level, text);
    record.scope = printed.then_some(Kind::Deploy);
    Some(record)
}
