//! Rows of exports around a line: Splunk (`_raw`, `_time`; as CSV or as `{"preview":…,"result":{…}}`), Datadog (`Message` or
//! `Content`, `Date`), CloudWatch Insights (`@message`, `@timestamp`, which is UTC whatever it lacks; as CSV or as a list of
//! `{"field":…,"value":…}`).

use super::{Inside, Outer, Peeled, Text, name, string, time};
use crate::format::flat_json::{Value, each, elements};
use crate::format::leaf::find;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let listed = line.starts_with(b"[{\"field\"");
    if line.first() != Some(&b'{') && !listed {
        return None;
    }
    let has = |k: &[u8]| find(line, k).is_some();
    let known = has(b"\"_raw\"")
        // with a level it is a line of HashiCorp's logger
        || (has(b"\"@message\"") && !has(b"\"@level\""))
        || (has(b"\"Date\"") && (has(b"\"Message\"") || has(b"\"Content\"")));
    if !known {
        return None;
    }
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Bare));
    if listed {
        for v in elements(line) {
            let Value::Object(o) = v else { return None };
            let mut field = &b""[..];
            each(o, |k, v| match (k, v) {
                (b"field", v) => field = v.text().unwrap_or_default(),
                (_, v) => take(field, v, &mut text, &mut outer),
            })?;
        }
    } else {
        each(line, |key, v| match (key, v) {
            (b"result", Value::Object(o)) => {
                each(o, |k, v| take(k, v, &mut text, &mut outer));
            }
            (k, v) => take(k, v, &mut text, &mut outer),
        })?;
    }
    outer.stamp?;
    Some(Peeled { text: text?, outer })
}

fn take<'a>(key: &[u8], v: Value<'a>, text: &mut Option<Text<'a>>, outer: &mut Outer<'a>) {
    match key {
        b"_raw" | b"@message" | b"Message" | b"Content" => *text = string(v),
        b"_time" | b"Date" => outer.stamp = time(v),
        b"@timestamp" => {
            outer.stamp = time(v).map(|mut s| {
                s.offset_min = s.offset_min.or(Some(0));
                s
            });
        }
        b"host" | b"Host" | b"@logStream" => outer.host = name(v),
        b"Service" => outer.service = name(v),
        _ => {}
    }
}
