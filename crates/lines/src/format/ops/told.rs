//! Rows of a table in which people write down what they changed: when, what, to which version, by whom. What was done is said in their
//! own words, of which one names an act; what names none changes something.

use super::acts::{Act, Stage, stage};
use super::environment::may_be_production;
use super::events::{STATES, is_live, notice, version};
use super::named::NamedFields;
use crate::marker::order;
use crate::record::{MarkerKind, Notice};
use crate::text::versions::compare_versions;
use crate::text::words::split;
use crate::time::Stamp;
use std::cmp::Ordering;

/// Columns of what was done, of who did it, of what it was done to, and of the version that it has since.
const DEEDS: &str = "what change deed activity action";
const PEOPLE: &str =
    "who by person engineer author actor deployer operator performed_by changed_by deployed_by";
const OBJECTS: &str = "system service app application component unit";
const VERSIONS: &str =
    "to_version new_version target_version version tag image_tag release build revision";
/// Columns of tickets, which are requests.
const TICKETS: &str = "ticket issuetype sprint epic story reporter assignee summary";
/// Words of what was not done, or changed nothing.
const NOT_DONE: [&str; 13] = crate::table::words(
    "planned scheduled pending cancelled canceled postponed rejected proposed draft dry rehearsal rehearse simulated",
);

/// What a row says was done; `None` where it is no such row.
pub(super) fn told<'a>(f: &NamedFields, stamp: Stamp) -> Option<Vec<Notice<'a>>> {
    let deed = f.first(DEEDS)?;
    if !f.has(PEOPLE) || f.speaks(TICKETS) {
        return None;
    }
    let words = split(deed);
    let state = f.ending(STATES).map(split).unwrap_or_default();
    let not_done = words
        .iter()
        .chain(&state)
        .any(|w| NOT_DONE.contains(&w.as_str()));
    if not_done || !is_live(f) || !may_be_production(deed) {
        return Some(Vec::new());
    }
    let turn = f.values().find_map(turn);
    let version = turn
        .map(|t| t.1.to_owned())
        .or_else(|| version(f, VERSIONS));
    let back = turn.is_some_and(|(old, new)| {
        compare_versions(new.as_bytes(), old.as_bytes()) == Ordering::Less
    });
    let done = state.iter().find_map(|w| stage(w)).unwrap_or(Stage::Done);
    let kinds = kinds(&words, back, version.is_some(), done);
    // one time alone is that of what was done
    let (first, last) = (f.started(), f.ended());
    let ends = match kinds {
        (begun, Some(ended)) => vec![
            (Some(begun), first),
            (Some(ended), last.or(first.is_none().then_some(stamp))),
        ],
        (kind, None) => vec![(Some(kind), Some(first.unwrap_or(stamp)))],
    };
    let object = f.first(OBJECTS).or_else(|| subject(deed));
    let all = ends.into_iter().filter_map(|(kind, at)| {
        let parts = [
            Some(deed),
            object.filter(|o| !deed.contains(o)),
            version.as_deref(),
        ];
        let mut n = notice(f, kind?, &parts, object, version.clone());
        n.stamp = Some(at?);
        Some(n)
    });
    Some(all.collect())
}

/// The kind of what begins, and of what ends where it takes its time.
fn kinds(
    words: &[String],
    back: bool,
    versioned: bool,
    done: Stage,
) -> (MarkerKind, Option<MarkerKind>) {
    use MarkerKind::*;
    let acts = words.iter().filter_map(|w| Act::of(w, false)).map(|a| a.0);
    let back = back || acts.clone().any(|a| a == Act::Rollback);
    let schema = words.iter().any(|w| w.starts_with("migrat"));
    let of = |a: Act| (a.at(Stage::Begun), Some(a.at(done)));
    match acts.clone().next() {
        _ if back => of(Act::Rollback),
        _ if schema && done == Stage::Failed => (MigrationStart, None),
        _ if schema => (MigrationStart, Some(MigrationFinish)),
        Some(Act::Flag) => (FeatureFlag, None),
        Some(Act::Config) => (ConfigChange, None),
        Some(_) => of(Act::Deploy),
        None => match words.iter().find_map(|w| order(w.as_bytes())) {
            Some(DeployStart) => of(Act::Deploy),
            Some(kind) => (kind, None),
            None if versioned => of(Act::Deploy),
            None => (ConfigChange, None),
        },
    }
}

/// The versions between which a cell leads: `8.6.3 → 8.7.0`.
fn turn(cell: &str) -> Option<(&str, &str)> {
    let (old, new) = ["->", "=>", "\u{2192}"]
        .iter()
        .find_map(|a| cell.split_once(a))?;
    let old = old.trim_end().rsplit(' ').next()?;
    let new = new.trim_start().split(' ').next()?;
    let is_version = |v: &str| {
        v.contains('.')
            && v.trim_start_matches('v')
                .starts_with(|c: char| c.is_ascii_digit())
    };
    (is_version(old) && is_version(new)).then_some((old, new))
}

/// What is named where the deed is no more than that, or with an act beside it: `hub-web rollback`.
fn subject(deed: &str) -> Option<&str> {
    let named = |w: &&str| {
        split(w)
            .iter()
            .all(|p| Act::of(p, false).is_none() && order(p.as_bytes()).is_none())
    };
    let mut rest = deed.split_whitespace().filter(named);
    rest.next().filter(|_| rest.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;

    #[test]
    fn what_a_row_says_was_done() {
        for [row, want] in tried("row of changes") {
            let f = NamedFields::of(row.as_bytes()).unwrap();
            let said = told(&f, f.stamp().unwrap());
            let said = said.map(|all| {
                let one = |n: &Notice<'_>| {
                    let of = |v: &Option<std::borrow::Cow<'_, [u8]>>| {
                        v.as_deref()
                            .map_or("-".into(), |v| String::from_utf8_lossy(v).into_owned())
                    };
                    format!("{} {} {}", n.kind.word(), of(&n.service), of(&n.version))
                };
                all.iter().map(one).collect::<Vec<_>>().join(", ")
            });
            assert_eq!(said.unwrap_or("no row".into()), want, "{row}");
        }
    }
}
