//! When a change took force: what is written to a file is read when the program that it is of is started or told to read it again,
//! and that may be long after, by somebody else's doing.

use crate::cause::case::Case;
use crate::cause::change::{Change, What};
use crate::cause::ends::{is_at_the_end, undoes};
use crate::cause::symptoms::ownership::both_same;
use crate::model::Event;
use coroner_lines::record::{Kind, MarkerKind};

impl<'a> Change<'a> {
    /// The start or reload between the change and the onset of what is started or reloaded again when the change is undone: what had
    /// to read the file again to mend it read the fault then.
    pub(super) fn loaded_by(&self, case: &Case<'a>) -> Option<&'a Event> {
        let loads = |e: &&Event| {
            use MarkerKind::{ConfigChange, Restart, ServiceStart};
            matches!(e.kind, ConfigChange | Restart | ServiceStart)
        };
        let undone = |e: &&Event| self.events.iter().any(|o| undoes(case, o, e));
        let back = Some(What::Config).filter(|w| *w == self.what);
        let back = back.and_then(|_| case.events.iter().find(undone))?;
        let again = || {
            let end = case.events.iter().filter(loads);
            end.filter(|e| e.time > back.time && is_at_the_end(case, e))
        };
        let between = |e: &&&Event| {
            let at = |t| t > self.last() && t <= case.onset_bounds().1;
            e.time.is_some_and(at)
        };
        let read = case.events.iter().filter(loads).rev();
        let mut read = read.filter(|e| between(&e));
        read.find(|e| again().any(|b| is_of_one(case, e, b)))
    }

    /// Seconds between the change and the first trouble behind it: from when it took force where that is known, from its finish where
    /// that lies before, else from its start.
    pub(in crate::cause) fn lag_s(&self, case: &Case<'_>) -> f64 {
        let loaded = self.loaded.and_then(|e| e.time);
        let from = loaded.or(self.finish).unwrap_or(self.start);
        let from = if from <= case.onset.last_of_second() {
            from
        } else {
            self.start
        };
        let shows = Some(case.shows_from()).filter(|t| *t >= from);
        shows.unwrap_or(case.onset).seconds_since(from).abs()
    }
}

/// Whether two markers are about one program: by its name, or by the log that it writes itself.
fn is_of_one(case: &Case<'_>, a: &Event, b: &Event) -> bool {
    let own = |input: u32| {
        let source = case.sources.iter().find(|s| s.input == input);
        source.is_some_and(|s| s.kind == Kind::App)
    };
    let named = both_same(a.service.as_ref(), b.service.as_ref());
    let one_log = || {
        let of_b = |input| b.evidence.iter().any(|v| v.input == input);
        a.evidence.iter().any(|v| own(v.input) && of_b(v.input))
    };
    a.host == b.host && (named == Some(true) || named.is_none() && one_log())
}
