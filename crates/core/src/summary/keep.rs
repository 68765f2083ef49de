//! Leaves out of a merged track what stands at times that are none, as if those lines had never been. Exact for all that is
//! kept by time; of what keeps only its first and last line, that line moves to the next that is known.

use super::series_counts::Dimension;
use super::{TemplateUse, Track};
use coroner_lines::time::{HOUR, MINUTE, SECOND};

/// Ten seconds in microseconds.
const TEN: i64 = 10 * SECOND;

impl Track {
    /// Keeps what stands at times, in microseconds on its axis, that are held. Times of one day are held or left out together.
    pub fn keep(&mut self, holds: &dyn Fn(i64) -> bool) {
        self.activity.retain(|minute, _| holds(minute * MINUTE));
        let first = self.activity.values().next().map(|a| a.lines.first.us);
        let last = self
            .activity
            .values()
            .next_back()
            .map(|a| a.lines.last().us);
        let end = |us: i64, kept: Option<i64>| if holds(us) { Some(us) } else { kept };
        self.span = self
            .span
            .and_then(|(a, b)| Some((end(a, first)?, end(b, last)?)));
        let hour = |hour: i64| holds(hour * HOUR);
        self.errors.retain_hours(hour);
        if let Some(r) = self.requests.held() {
            r.n.retain_hours(hour);
            r.health.retain_hours(hour);
            r.failed.retain(|second| holds(second * SECOND));
            r.health_failed.retain(|second| holds(second * SECOND));
            r.began.retain(|second| holds(second * SECOND));
            r.gone.retain(|ten| holds(ten * TEN));
            r.latency.retain(|ten| holds(ten * TEN));
            r.failed_clients.retain(|minute, _| holds(minute * MINUTE));
            r.refused_clients.retain(|minute, _| holds(minute * MINUTE));
            r.masked.retain(|minute, _| holds(minute * MINUTE));
        }
        for by in Dimension::ALL {
            for series in by.keys(self).series_mut() {
                series.n.retain_hours(hour);
                series.failed.retain(|ten| holds(ten * TEN));
            }
        }
        if let Some(turns) = self.turns.held() {
            turns.retain(|ten| holds(ten * TEN));
        }
        self.templates.retain(|t| keep_template(t, holds));
        if let Some(shapes) = self.shapes.held() {
            shapes.retain(|_, s| s.keep(holds));
        }
        if let Some(remarks) = self.remarks.held() {
            remarks.retain(holds);
        }
        self.markers.retain(|m| holds(m.seen.us));
        self.repeats.retain(|k, _| holds(k.minute * MINUTE));
        let samples = [self.joins.held(), self.ids.held()];
        samples
            .into_iter()
            .flatten()
            .for_each(|s| s.retain(|c| holds(c.us)));
        self.versions.retain(|_, v| {
            let (first, last) = (holds(v.first.us), holds(v.last.us));
            if !first {
                v.first = v.last.clone();
            } else if !last {
                v.last = v.first.clone();
            }
            first || last
        });
    }
}

/// The lines of a template that are held; whether there are any.
fn keep_template(t: &mut TemplateUse, holds: &dyn Fn(i64) -> bool) -> bool {
    t.minutes.retain(|minute| holds(minute * MINUTE));
    t.tens.retain(|ten, _| holds(ten * 10 * MINUTE));
    t.count = t.minutes.counts().map(|(_, n)| u64::from(n)).sum();
    if t.minutes.is_empty() {
        return false;
    }
    if !holds(t.first.us) {
        match t.tens.pop_first() {
            Some((_, first)) => t.first = first,
            None => return false,
        }
    }
    let last = match holds(t.last().us) {
        true => t.last(),
        // one may have come later
        false => t.tens.iter().next_back().map_or(&t.first, |s| s.1),
    };
    t.set_last(last.clone());
    true
}
