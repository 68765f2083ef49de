//! Releases that no deploy log reports: a version that the lines of a service begin to name after another one, and programs that
//! start in another version than before or afterwards.
//! Only the row; whether it broke anything is weighed in `cause`.

use crate::infer::lanes::View;
use crate::infer::measured_rows::measured;
use crate::infer::rollback_inference::is_lower;
use crate::infer::services::versions;
use crate::model::{Event, Sentence, VersionSeen};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeMap;

/// A stated release or rollback so near states it already, in microseconds before and after.
const DECLARED: (i64, i64) = (20 * MINUTE, 5 * MINUTE);
/// A version seen so soon after the archive begins may have run all along.
const BEGINS: i64 = 2 * MINUTE;
/// How such a row is found.
const NAMED: &str =
    "first line that names the version, after lines that name another one of the same service";
const STARTED: &str = "first start in the version, among starts of the same program in others";
/// Most rows.
const ROWS: usize = 40;

/// One row per version that appears after another one of its service, unless a marker reports it.
pub(super) fn rows(view: &View<'_>, stated: &[Event]) -> Vec<Event> {
    let Some((begin, end)) = view.span else {
        return Vec::new();
    };
    let all = versions(view, end);
    let new = all.iter().filter_map(|v| {
        let t = v.first?;
        let follows = all
            .iter()
            .any(|o| o.service == v.service && o.name != v.name && o.first.is_some_and(|f| f < t));
        let named = v.service.is_some();
        (follows && named && t.0 - begin.0 >= BEGINS && !is_declared(stated, v, t))
            .then(|| row(v, t, NAMED))
    });
    let mut rows: Vec<Event> = new.take(ROWS).collect();
    rows.extend(of_starts(stated, begin));
    rows
}

/// When a program started, in which version, and the row.
type VersionedStart<'a> = (Instant, &'a LogText, &'a Event);

/// Starts of one program, which says its version: those in another one than the start before, and the first if later ones are in
/// another. Where two versions start in turns there is no saying which one is released, and what differs at every start is no version.
fn of_starts(stated: &[Event], begin: Instant) -> Vec<Event> {
    let mut programs: BTreeMap<(Option<&str>, &str), Vec<VersionedStart<'_>>> = BTreeMap::new();
    for e in stated {
        if let (MarkerKind::ServiceStart | MarkerKind::Restart, Some(v), Some(t)) =
            (e.kind, &e.version, e.time)
            && let Some(name) = in_front(e, v)
        {
            let service = e.service.as_ref().map(|s| s.for_json());
            programs.entry((service, name)).or_default().push((t, v, e));
        }
    }
    let mut rows = Vec::new();
    for mut starts in programs.into_values() {
        starts.sort_list_by_key(|s| s.0);
        let runs: Vec<_> = starts.chunk_by(|a, b| a.1 == b.1).collect();
        let turns_back = |n: usize| runs[..n].iter().filter(|r| r[0].1 == runs[n][0].1).count();
        if runs.len() < 2 || runs.len() > ROWS || (0..runs.len()).any(|n| turns_back(n) > 1) {
            continue;
        }
        for (n, run) in runs.iter().enumerate() {
            let (t, version, e) = run[0];
            let before = n.checked_sub(1).map(|b| runs[b][0].1);
            let seen = VersionSeen {
                service: e.service.clone().or_else(|| product(e, version)),
                name: version.clone(),
                hosts: Vec::new(),
                first: Some(t),
                last: None,
                evidence: e.evidence.clone(),
            };
            if t.0 - begin.0 < BEGINS || is_declared(stated, &seen, t) {
                continue;
            }
            let back = before.is_some_and(|b| {
                is_lower(version.for_json().as_bytes(), b.for_json().as_bytes())
                    || turns_back(n) > 0
            });
            let text = Sentence::words("Version ").name(version).w(" starts");
            let mut row = row(&seen, t, STARTED);
            row.text = match before {
                Some(b) => text.w(" in place of ").name(b),
                None => text.w("; a later start is of ").name(runs[1][0].1),
            };
            if back {
                row.kind = MarkerKind::RollbackFinish;
            }
            rows.push(row);
        }
    }
    rows
}

/// What the line of a start says in front of its version.
fn in_front<'e>(e: &'e Event, version: &LogText) -> Option<&'e str> {
    Some(e.quoted()?.split_once(version.for_json())?.0)
}

/// The program that a start names with its version, as products are written: `shop/4.2.0`, `shop@4.2.0`.
fn product(e: &Event, version: &LogText) -> Option<LogText> {
    let front = in_front(e, version)?;
    let front = front.strip_suffix(['/', '@'])?;
    let sign = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
    let name = front.rsplit(sign).next().filter(|n| n.len() > 2)?;
    Some(LogText::name(name.as_bytes()))
}

/// Whether a marker reports the version, or a release of its service just before. The first line of a version that a
/// marker names may come much later, with a restart.
fn is_declared(stated: &[Event], v: &VersionSeen, t: Instant) -> bool {
    use MarkerKind::*;
    const RELEASES: [MarkerKind; 6] = [
        DeployStart,
        DeployFinish,
        DeployFail,
        RollbackStart,
        RollbackFinish,
        VersionChange,
    ];
    stated.iter().any(|e| {
        let named = e.version.as_ref() == Some(&v.name);
        let near = |x: Instant| (named || t.0 - x.0 <= DECLARED.0) && x.0 - t.0 <= DECLARED.1;
        let same = |a: &Option<LogText>, b: &LogText| a.as_ref().is_none_or(|a| a == b);
        let of_it = |s: &LogText| same(&e.service, s) || same(&e.version, &v.name);
        RELEASES.contains(&e.kind)
            && e.time.is_some_and(near)
            && v.service.as_ref().is_none_or(of_it)
    })
}

fn row(v: &VersionSeen, t: Instant, method: &'static str) -> Event {
    let text = Sentence::words("First line from ");
    let text = match &v.service {
        Some(s) => text.name(s).w(" "),
        None => text.w("version "),
    };
    let (kind, lines) = (MarkerKind::VersionChange, v.evidence.iter().take(1));
    Event {
        confidence: 80,
        service: v.service.clone(),
        version: Some(v.name.clone()),
        ..measured(
            kind,
            t,
            text.name(&v.name),
            lines.cloned().collect(),
            method,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::SECOND;

    const BEGIN: Instant = Instant(1_700_000_000 * SECOND);

    fn start(minute: i64, version: &str) -> Event {
        let said = format!("shop {version} started, 14 modules");
        let mut e = row(
            &VersionSeen {
                service: None,
                name: LogText::name(version.as_bytes()),
                hosts: Vec::new(),
                first: None,
                last: None,
                evidence: Vec::new(),
            },
            Instant(BEGIN.0 + minute * MINUTE),
            STARTED,
        );
        e.kind = MarkerKind::ServiceStart;
        e.text = Sentence::words("A service starts: ")
            .p(crate::model::Piece::Log(LogText::new(said.as_bytes())));
        e
    }

    #[test]
    fn starts_in_another_version_are_releases_and_the_lower_one_goes_back() {
        crate::tests::holds("releases by starts", |starts| {
            let starts = starts.split(", ").filter_map(|s| s.split_once(' '));
            let all: Vec<Event> = starts
                .map(|(minute, version)| start(minute.parse().expect("a minute"), version))
                .collect();
            let said = |r: &Event| {
                let version = r.version.as_ref().map_or("", |v| v.for_json());
                format!("{} {version}", r.kind.word())
            };
            let rows = of_starts(&all, BEGIN);
            rows.iter().map(said).collect::<Vec<_>>().join(", ")
        });
    }
}
