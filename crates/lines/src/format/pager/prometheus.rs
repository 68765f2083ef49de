//! Series of Prometheus' `ALERTS` from a range query: an alert fires at the first value of the state `firing`, and again after a
//! gap. The end of the values is the end of the query as often as of the alert, so that only a gap resolves one.

use super::value::{self, Needles, first_text, text};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::{Precision, Stamp};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(&["\"ALERTS\"", "\"alertstate\"", "\"values\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !NEEDLES.all(line) {
        return None;
    }
    let v: Value = serde_json::from_slice(line).ok()?;
    let metric = v.get("metric")?;
    let state = text(metric, &["alertstate"])?;
    let times: Vec<i64> = v
        .get("values")?
        .as_array()?
        .iter()
        .filter_map(|x| micros(x.get(0)?))
        .collect();
    let (first, last) = (*times.first()?, *times.last()?);
    let at = |us| Stamp::utc(us, Precision::Milli);
    if state != "firing" {
        return Some(value::record(Some(at(first)), Vec::new()));
    }
    let step = times.windows(2).map(|w| w[1] - w[0]).min().unwrap_or(0);
    let mut notices = vec![notice(MarkerKind::AlertFired, metric, at(first))];
    for w in times.windows(2).filter(|w| w[1] - w[0] > 2 * step.max(1)) {
        notices.push(notice(MarkerKind::AlertResolved, metric, at(w[0] + step)));
        notices.push(notice(MarkerKind::AlertFired, metric, at(w[1])));
    }
    Some(value::event(Some(at(last)), notices))
}

fn micros(v: &Value) -> Option<i64> {
    let s = v.as_f64().filter(|s| (1e9..4.1e9).contains(s))?;
    Some((s * 1000.0).round() as i64 * 1000)
}

fn notice<'a>(kind: MarkerKind, metric: &Value, at: Stamp) -> Notice<'a> {
    let mut n = Notice::new(
        kind,
        text(metric, &["alertname"])
            .unwrap_or_default()
            .into_bytes(),
    );
    n.stamp = Some(at);
    let mut labels = metric.clone();
    if let Some(l) = labels.as_object_mut() {
        l.remove("alertstate");
        l.remove("__name__");
    }
    n.group = Some(labels.to_string().into_bytes().into());
    n.service = value::owned(first_text(metric, &["service", "app", "job"]));
    n.confidence = 85;
    n
}
