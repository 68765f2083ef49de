//! Messages of one program on all hosts that it runs on: whether they come and go with the failures, or lead them. What they say is
//! read elsewhere.

use crate::cause::case::{Case, TemplateFact};
use crate::cause::symptoms::strength::{lasts, together};
use crate::model::Evidence;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, SECOND};

/// Seconds before the failures from which on something comes before them and not with them, in which what they come from may begin,
/// and those before that in which it was not there.
const AHEAD_S: i64 = 120;
const LEAD_S: i64 = 3600;
const QUIET_S: i64 = 600;

/// Who logs a message: its service, else the name of its log, which is the same on all hosts; without the number of one of several
/// (`worker-8101.log`). What a program gets from another one and logs again is another's.
pub(super) fn program<'a>(
    case: &'a Case<'_>,
    service: Option<&'a LogText>,
    lines: &[Evidence],
) -> &'a str {
    let log = || {
        let input = lines.first()?.input;
        let source = case.sources.iter().find(|s| s.input == input)?;
        source.name.for_json().rsplit('/').next()
    };
    let name = service.map(LogText::for_json).or_else(log);
    let name = name.unwrap_or_default();
    let stem = name.strip_suffix(".log").unwrap_or(name);
    let one = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    match one.trim_end_matches(['-', '_', '.', '@']) {
        "" => name,
        several => several,
    }
}

/// A message of one program, on all hosts.
#[derive(Default)]
pub(super) struct Everywhere {
    pub(super) before: u64,
    pub(super) during: u64,
    /// First line of all, the first not before the failures, and the last of all.
    began: Option<Instant>,
    first: Option<Instant>,
    last: Option<Instant>,
    pub(super) lines: Vec<Evidence>,
}

impl Everywhere {
    pub(super) fn add(&mut self, t: &TemplateFact) {
        self.before += t.before;
        self.during += t.during;
        self.began = self.began.into_iter().chain([t.first]).min();
        self.first = self.first.into_iter().chain(t.first_during).min();
        self.last = self.last.max(Some(t.last));
        self.lines.extend_from_slice(&t.evidence);
    }

    /// Whether it was not there before, comes with the failures, again and again, and stays away after them.
    pub(super) fn spans(&self, case: &Case<'_>) -> bool {
        let lasts = |(first, last)| lasts(case, self.during, first, last);
        self.before == 0 && self.first.zip(self.last).is_some_and(lasts)
    }

    /// Whether its first line and its last are those of the failures, to the seconds.
    pub(super) fn is_together(&self, case: &Case<'_>) -> bool {
        let edges = self.first.zip(self.last);
        edges.is_some_and(|(first, last)| together(case, first, last))
    }

    /// Whether it begins within the hour before the failures, after a stretch without it, and ends with them: what fails for want of
    /// something holds out for a while.
    pub(super) fn leads(&self, case: &Case<'_>) -> bool {
        let ends = |last| lasts(case, self.during, case.onset, last);
        let begins = |t: Instant| {
            case.onset.0 - t.0 >= AHEAD_S * SECOND
                && case.near(t, LEAD_S, 0)
                && t.0 - case.archive.0.0 >= QUIET_S * SECOND
        };
        self.began.is_some_and(begins) && self.last.is_some_and(ends)
    }
}
