//! Which of the rows that lines state belong to the story of an incident. Each row of an alert or of an act stands with one
//! incident only; changes and faults stand with every one that they may have led to.

use super::incident::Maker;
use crate::model::Event;
use crate::record::MarkerKind as K;
use crate::time::{HOUR, Instant, MINUTE};

impl Maker<'_> {
    /// Stated rows that belong to the story: changes of the day before, everything from ten minutes before the onset to half
    /// an hour after the end.
    pub fn stated_rows(&self, onset: Instant, end: Instant) -> Vec<Event> {
        let change = |k: K| {
            matches!(
                k,
                K::DeployStart
                    | K::DeployFinish
                    | K::DeployFail
                    | K::RollbackStart
                    | K::RollbackFinish
                    | K::ConfigChange
                    | K::FeatureFlag
                    | K::MigrationStart
                    | K::MigrationFinish
            )
        };
        // what another incident has of alerts and acts is not told here too
        let others = || {
            self.found
                .incidents
                .iter()
                .filter(|o| o.start != onset.second())
        };
        let next = others()
            .map(|o| Instant::from_second(o.start - 60))
            .find(|t| *t >= onset);
        let before = others().map(|o| {
            (
                Instant::from_second(o.start - 60),
                Instant::from_second(o.end),
            )
        });
        let before: Vec<(Instant, Instant)> = before.filter(|o| o.1 <= onset).collect();
        let upper = Instant(end.0 + 30 * MINUTE);
        let upper = next.map_or(upper, |n| upper.min(n.max(end)));
        let keep = |e: &&Event| {
            let Some(t) = e.time.or(e.place).or(e.after) else {
                return e.time.is_none()
                    && e.before.is_none_or(|b| b >= Instant(onset.0 - 24 * HOUR));
            };
            let of_other = before.iter().any(|(a, b)| *a <= t && t <= *b);
            if t > upper || of_other && !change(e.kind) {
                return false;
            }
            let near = t >= Instant(onset.0 - 10 * MINUTE);
            let cause = t >= Instant(onset.0 - HOUR) && (e.kind == K::Fault || e.kind == K::Crash);
            near || cause || (change(e.kind) && t >= Instant(onset.0 - 24 * HOUR))
        };
        self.stated
            .iter()
            .filter(keep)
            .enumerate()
            .map(|(i, e)| Event {
                id: format!("s{i}"),
                ..e.clone()
            })
            .collect()
    }
}
