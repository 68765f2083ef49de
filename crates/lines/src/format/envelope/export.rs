//! Rows of exports around a line: Splunk (`_raw`, `_time`; as CSV or as `{"preview":…,"result":{…}}`), Datadog (`Message`,
//! `Date`), CloudWatch Insights (`@message`, `@timestamp`, which is UTC whatever it lacks).

use super::{Inside, Outer, Peeled, Text, name, string, time};
use crate::format::flat_json::{Value, each};
use crate::format::leaf::find;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let has = |k: &[u8]| find(line, k).is_some();
    let known = has(b"\"_raw\"")
        // with a level it is a line of HashiCorp's logger
        || (has(b"\"@message\"") && !has(b"\"@level\""))
        || (has(b"\"Message\"") && has(b"\"Date\""));
    if !known {
        return None;
    }
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Bare));
    each(line, |key, v| match (key, v) {
        (b"result", Value::Object(o)) => {
            each(o, |k, v| take(k, v, &mut text, &mut outer));
        }
        (k, v) => take(k, v, &mut text, &mut outer),
    })?;
    outer.stamp?;
    Some(Peeled { text: text?, outer })
}

fn take<'a>(key: &[u8], v: Value<'a>, text: &mut Option<Text<'a>>, outer: &mut Outer<'a>) {
    match key {
        b"_raw" | b"@message" | b"Message" => *text = string(v),
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
