//! What is known of each name in the lines of an incident: where it stands and what it looks like. What that is worth is not asked here.

use crate::cause::case::{Case, excerpt, quoted};
use crate::cause::change::{self, ROLLBACKS};
use crate::cause::remarks::{names, names_in};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::words::is_unit;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// How many facts there are.
pub(super) const FACTS: usize = 25;

/// What may be known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// Written by people in the last two fifths of the incident: ln (1 + how often).
    Late,
    /// First written in its second half.
    FirstLate,
    /// Written after it: ln (1 + how often).
    After,
    /// Written before it.
    Before,
    /// Worth of the remark that says most and holds it, in tenths.
    Worth,
    /// Never written, where people write.
    Unsaid,
    /// In a change of the last two minutes before the onset.
    JustChanged,
    /// In a change of the last quarter of an hour before it.
    Changed,
    /// In a change around the end.
    ChangedAtEnd,
    /// In another row around the end.
    AtEnd,
    /// In another row in between.
    Between,
    /// In a fault or a crash.
    Fails,
    /// Share of the new errors that name it.
    NewErrors,
    /// In a new error that comes with the first failures.
    FirstErrors,
    /// In a line that is seldom written, around the onset.
    Begun,
    /// There, and written.
    SaidAndBegun,
    /// There, and in a row around the end.
    BegunAndEnded,
    /// What requests are counted by is called so.
    Counted,
    /// A host.
    Host,
    /// A service.
    Service,
    /// Words joined by underscores.
    Joined,
    /// A version.
    Version,
    /// A number with its unit.
    Measure,
    /// A date or a time.
    Time,
    /// A word without marks.
    Plain,
}

/// What is known of one name.
pub(super) type Facts = [f64; FACTS];

/// Names and what is known of them.
#[derive(Default)]
struct Known(BTreeMap<String, Facts>);

impl Known {
    fn set(&mut self, names: &BTreeSet<String>, fact: Fact) {
        for name in names {
            self.of(name)[fact as usize] = 1.0;
        }
    }

    fn add(&mut self, names: &BTreeSet<String>, fact: Fact, much: f64) {
        for name in names {
            self.of(name)[fact as usize] += much;
        }
    }

    fn of(&mut self, name: &str) -> &mut Facts {
        self.0.entry(name.to_owned()).or_insert([0.0; FACTS])
    }
}

/// What systems return of a call that fails (errno(3), getaddrinfo(3), and Node's name for a host that is not found).
const ERRORS: &str = "eacces eaddrinuse eaddrnotavail eagain eai_again eai_fail eai_noname ebadf ebusy econnaborted econnrefused econnreset \
    edquot eexist ehostdown ehostunreach eintr einval eio emfile enetdown enetunreach enfile enoent enomem enospc enotconn enotfound eperm \
    epipe erofs etimedout ewouldblock";

/// What statements of databases begin with.
const STATEMENTS: &str = "alter analyze commit create delete drop grant insert reindex rollback select truncate update vacuum";

/// Parts of an incident from which on it is late, and what is called its second half; how far behind its end still is.
const LATE: f64 = 0.6;
const HALF: f64 = 0.5;
const CLOSE: f64 = 0.02;
/// What is near the end.
pub(super) const AT_END: i64 = 5 * MINUTE;

/// All that is known of each name.
pub(super) fn known(case: &Case<'_>) -> BTreeMap<String, Facts> {
    let mut known = Known::default();
    let said = written(case, &mut known);
    rows(case, &mut known);
    messages(case, &mut known);
    begun(case, &said, &mut known);
    places(case, &mut known);
    // who did something, or wrote of it, is not what it was done to
    let authors = case.remarks.iter().map(|r| &r.author);
    let people = case.events.iter().flat_map(|e| &e.actors).chain(authors);
    for person in people {
        known.0.remove(&person.for_json().to_ascii_lowercase());
    }
    // what is gone back to did not break
    let back = case.events.iter().filter(|e| ROLLBACKS.contains(&e.kind));
    for version in back.filter_map(|e| e.version.as_ref()) {
        known.0.remove(&version.for_json().to_lowercase());
    }
    // where one reads of it is not what it is
    for log in case.sources {
        let file = log.name.for_json().rsplit('/').next().unwrap_or_default();
        known.0.remove(&file.to_lowercase());
    }
    // how a call fails says nothing of why, nor what a statement begins with of what it is about
    let words = ERRORS.split(' ').chain(STATEMENTS.split(' '));
    known.0.retain(|name, _| !words.clone().any(|e| e == name));
    for (name, facts) in &mut known.0 {
        let shapes = [
            (name.contains('_'), Fact::Joined),
            (is_version(name), Fact::Version),
            (is_measure(name), Fact::Measure),
            (is_time(name), Fact::Time),
            (name.bytes().all(|b| b.is_ascii_alphanumeric()), Fact::Plain),
        ];
        for (_, fact) in shapes.iter().filter(|s| s.0) {
            facts[*fact as usize] = 1.0;
        }
        let unsaid = !case.remarks.is_empty() && !said.ever.contains(name);
        facts[Fact::Unsaid as usize] = f64::from(u8::from(unsaid));
    }
    known.0
}

/// The names that people wrote since the onset.
#[derive(Default)]
struct WrittenNames {
    /// During the incident.
    during: BTreeSet<String>,
    /// Then or afterwards.
    ever: BTreeSet<String>,
}

/// What people wrote of it.
fn written(case: &Case<'_>, known: &mut Known) -> WrittenNames {
    let length = case.end.seconds_since(case.onset).max(1.0);
    let mut said = WrittenNames::default();
    for r in case.remarks {
        if r.time < case.onset {
            known.set(&r.names, Fact::Before);
            continue;
        }
        let part = r.time.seconds_since(case.onset) / length;
        let during = part <= 1.0 + CLOSE;
        if !during {
            known.add(&r.names, Fact::After, 1.0);
        } else if part > LATE {
            known.add(&r.names, Fact::Late, 1.0);
        }
        if during && part > HALF {
            known.set(&(&r.names - &said.ever), Fact::FirstLate);
        }
        for name in &r.names {
            let worth = &mut known.of(name)[Fact::Worth as usize];
            *worth = worth.max(r.worth as f64 / 10.0);
        }
        if during {
            said.during.extend(r.names.iter().cloned());
        }
        said.ever.extend(r.names.iter().cloned());
    }
    for facts in known.0.values_mut() {
        for often in [Fact::Late, Fact::After] {
            facts[often as usize] = facts[often as usize].ln_1p();
        }
    }
    said
}

/// In which rows it stands.
fn rows(case: &Case<'_>, known: &mut Known) {
    let near = |t: Instant, of: Instant, before: i64, behind: i64| {
        (-before..=behind).contains(&t.since(of))
    };
    for e in case.events {
        let mut named = names_in([quoted(e).unwrap_or_default(), excerpt(e)]);
        named.extend(e.version.iter().map(|v| v.for_json().to_lowercase()));
        if matches!(e.kind, MarkerKind::Fault | MarkerKind::Crash) {
            known.set(&named, Fact::Fails);
        }
        let Some(t) = e.time.or(e.after) else {
            continue;
        };
        let ends = near(t, case.end, AT_END, 10 * SECOND);
        if change::what(e.kind).is_some() {
            let before = |minutes| near(t, case.onset, minutes * MINUTE, 2 * SECOND);
            let facts = [
                (before(2), Fact::JustChanged),
                (before(15), Fact::Changed),
                (ends, Fact::ChangedAtEnd),
            ];
            for (_, fact) in facts.into_iter().filter(|f| f.0) {
                known.set(&named, fact);
            }
        } else if t.since(case.onset) > 30 * SECOND {
            known.set(&named, if ends { Fact::AtEnd } else { Fact::Between });
        }
    }
}

/// In which new errors it stands.
fn messages(case: &Case<'_>, known: &mut Known) {
    let brought = || case.templates.iter().filter(|t| t.brought());
    let all: u64 = brought().map(|t| t.during).sum();
    for t in brought() {
        let named = names_in([t.example.text()]);
        known.add(&named, Fact::NewErrors, t.during as f64 / all.max(1) as f64);
        let first = t.first_during.unwrap_or(t.first);
        if first.since(case.onset) < MINUTE {
            known.set(&named, Fact::FirstErrors);
        }
    }
}

/// In which lines it stands that are seldom written.
fn begun(case: &Case<'_>, said: &WrittenNames, known: &mut Known) {
    for b in case.begun {
        let named = names_in([b.text.for_json()]);
        known.set(&named, Fact::Begun);
        known.set(&(&named & &said.during), Fact::SaidAndBegun);
    }
    for facts in known.0.values_mut() {
        let ends = facts[Fact::AtEnd as usize] + facts[Fact::ChangedAtEnd as usize] > 0.0;
        if ends && facts[Fact::Begun as usize] > 0.0 {
            facts[Fact::BegunAndEnded as usize] = 1.0;
        }
    }
}

/// Whether it is what requests are counted by, or a place where programs run.
fn places(case: &Case<'_>, known: &mut Known) {
    for share in case.shares {
        known.set(&names(share.name.for_json()), Fact::Counted);
    }
    let rows = case.events.iter().map(|e| (&e.host, &e.service));
    let inputs = case.sources.iter().map(|s| (&s.host, &s.service));
    for (host, service) in rows.chain(inputs) {
        for (name, fact) in [(host, Fact::Host), (service, Fact::Service)] {
            let name = name.as_ref().map(|n| n.for_json().to_lowercase());
            if let Some(facts) = name.and_then(|n| known.0.get_mut(&n)) {
                facts[fact as usize] = 1.0;
            }
        }
    }
}

/// Numbers joined by points: `v4.12.0-rc1`.
fn is_version(name: &str) -> bool {
    let name = name.strip_prefix('v').unwrap_or(name);
    let number = name.split(['-', '+']).next().unwrap_or_default();
    let part = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    number.contains('.') && number.split('.').all(part)
}

/// A number with what it counts behind it: `412ms`, `3.4gb`.
fn is_measure(name: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let unit = name.trim_start_matches(number);
    unit.len() < name.len() && is_unit(unit.as_bytes())
}

/// Whether four digits and two, or two and two, stand in it as in a date or a time.
fn is_time(name: &str) -> bool {
    let parts: Vec<&str> = name.split(['-', ':', 't']).collect();
    let digits = |p: &str| p.bytes().all(|b| b.is_ascii_digit()).then_some(p.len());
    let dated = |w: &[&str]| matches!((digits(w[0]), digits(w[1])), (Some(2 | 4), Some(2)));
    parts.windows(2).any(dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_shapes() {
        assert!(is_version("v4.12.0-rc1") && is_version("2026.17.1") && !is_version("web-1.2"));
        assert!(
            is_measure("412ms") && is_measure("3.4gb") && !is_measure("db2") && !is_measure("ms")
        );
        assert!(
            is_time("2025-10-02") && is_time("12:04") && !is_time("web-3") && !is_time("10.2.0.1")
        );
    }

    #[test]
    fn what_structured_lines_call_their_members_is_no_name() {
        let line = r#"{"work_start": "pool_a", "job_name":"batch_export"}"#;
        let want = ["batch_export", "pool_a"].map(str::to_owned);
        assert_eq!(names_in([line]), BTreeSet::from(want));
    }
}
