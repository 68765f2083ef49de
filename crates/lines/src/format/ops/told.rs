//! Rows of a table in which people write down what they changed: when, what, to which version, by whom. What was done is said in their
//! own words, of which one names an act; what names none changes something. In a register of changes each has a number and a state.

use super::acts::{Act, Stage, stage};
use super::alerts::TICKETS;
use super::named::NamedFields;
use super::notices::{STATES, is_live, notice, version};
use super::runs::is_version;
use crate::marker::{self, fields, order};
use crate::record::{Kind, MarkerKind, Notice};
use crate::text::environment::{is_another, may_be_production};
use crate::text::versions::compare_versions;
use crate::text::words::split;
use crate::time::Stamp;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Words of columns of what was done, and the columns of who did it, of what it was done to, and of the version that it has since.
const DEEDS: &str = "what did deed activity action act kind";
const PEOPLE: &str =
    "who by person engineer author actor deployer operator performed_by changed_by deployed_by";
const OBJECTS: &str =
    "system service app application component unit thing ci cmdb_ci configuration_item";
/// The columns of a register of changes that say what a change is, in the order in which they are asked.
const SUBJECTS: &str = "short_description description summary title subject change";
const VERSIONS: &str =
    "to_version new_version target_version version tag image_tag release build revision";
/// The key under which a row of a table in a page has its longest cell.
pub(in crate::format) const IN_A_PAGE: &str = "what";
/// The columns of what a field of a change is since (ServiceNow, `sys_audit`).
const BECAME: &str = "new new_value newvalue";
/// Words of what was not done, or changed nothing.
pub(super) const NOT_DONE: [&str; 13] = crate::table::words(
    "planned scheduled pending cancelled canceled postponed rejected proposed draft dry rehearsal rehearse simulated",
);
/// States of a change in a register: before it is made, while and after it is (ServiceNow, "Change request states and transitions").
const BEFORE: [&str; 8] =
    crate::table::words("new open assess assessing authorize approval approved waiting");
const MADE: [&str; 6] =
    crate::table::words("implement implementing implementation progress ongoing underway");
const CLOSED: [&str; 4] = crate::table::words("closed review reviewed implemented");

/// What a row says was done; `None` where it is no such row. A deed that names no act counts as a change only where `any` does.
pub(super) fn told<'a>(f: &NamedFields, stamp: Stamp, any: bool) -> Option<Vec<Notice<'a>>> {
    // whose columns have names in another language, what its longest cell says
    let named = f.worded(DEEDS).filter(|_| f.has(PEOPLE));
    let number = f.values().find(|v| is_change_number(v.as_bytes()));
    let subject_of = number.and_then(|_| SUBJECTS.split(' ').find_map(|k| f.text(k)));
    let deed = subject_of.or(named).or_else(|| f.text(IN_A_PAGE))?;
    let any = any && (named.is_some() || number.is_some());
    // what became of each field of a change: its state alone is an act
    let of_fields = number.filter(|_| f.first(BECAME).is_some());
    let of_state = || f.values().any(|v| matches!(v, "state" | "status"));
    let state = match of_fields {
        Some(_) if !of_state() => return Some(Vec::new()),
        Some(_) => f.first(BECAME),
        None => f.ending(STATES),
    };
    let state = state.map(split).unwrap_or_default();
    let is = |list: &[&str]| number.is_some() && state.iter().any(|w| list.contains(&w.as_str()));
    let stage = match () {
        () if is(&MADE) => Some(Stage::Begun),
        () if is(&CLOSED) => Some(Stage::Done),
        () => state.iter().find_map(|w| stage(w)),
    };
    // what is under way is told by a program
    if number.is_none() && (f.speaks(TICKETS) || stage == Some(Stage::Begun)) {
        return None;
    }
    let words = split(deed);
    let not_done = deed.starts_with("~~")
        || is(&BEFORE)
        || words
            .iter()
            .chain(&state)
            .any(|w| NOT_DONE.contains(&w.as_str()));
    if not_done || !is_live(f) || !may_be_production(deed) || f.values().any(is_another) {
        return Some(Vec::new());
    }
    let object = f.first(OBJECTS).or_else(|| subject(deed));
    let sentence = format!("{} {deed}", object.unwrap_or_default());
    let columns = f.worded("from old").zip(f.worded("to new"));
    let columns = columns.filter(|(a, b)| is_version(a) && is_version(b));
    let turn = f.values().find_map(turn).or(columns);
    let said = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    let version = turn
        .map(|t| t.1.to_owned())
        .or_else(|| version(f, VERSIONS))
        .or_else(|| {
            let apart = |c: char| c == ' ' || "(),;".contains(c);
            let named = |w: &&str| is_version(w) && !fields::is_address(w.as_bytes());
            deed.split(apart).find(named).map(str::to_owned)
        })
        .or_else(|| fields::version(sentence.as_bytes()).map(said));
    let back = turn.is_some_and(|(old, new)| {
        compare_versions(new.as_bytes(), old.as_bytes()) == Ordering::Less
    });
    // `back to r418`
    let former = deed.split_once("back to ").map_or("", |(_, to)| to);
    let counted = |w: &str| w.starts_with('r') && w.ends_with(|c: char| c.is_ascii_digit());
    let was = former.split([' ', ',', ';']).next();
    let back = back || was.is_some_and(|w| is_version(w) || counted(w));
    // one time alone is that of what was done
    let (first, last) = (f.started(), f.ended());
    let done = stage.unwrap_or(Stage::Done);
    let kinds = kinds((&sentence, &words), back, version.is_some(), done);
    // a single word that names no act may be anything that a program keeps account of
    let other = any && (deed.contains(' ') || first.is_some());
    let kinds = kinds.or(other.then_some((MarkerKind::ConfigChange, None)))?;
    let ends = match kinds {
        (begun, _) if stage == Some(Stage::Begun) => vec![(Some(begun), Some(stamp))],
        // each state of a change has a row
        (_, Some(ended)) if number.is_some() && stage.is_some() && first.is_none() => {
            vec![(Some(ended), Some(stamp))]
        }
        (begun, Some(ended)) => vec![
            (Some(begun), first),
            (Some(ended), last.or(first.is_none().then_some(stamp))),
        ],
        (kind, None) => vec![(Some(kind), Some(first.unwrap_or(stamp)))],
    };
    // what it was done to stands in a cell of its own
    let of = object.filter(|o| !deed.contains(o));
    let of = of.map(|o| format!("{o}:"));
    let all = ends.into_iter().filter_map(|(kind, at)| {
        let parts = [of.as_deref(), Some(deed), version.as_deref()];
        let mut n = notice(f, kind?, &parts, object, version.clone());
        n.stamp = Some(at?);
        n.group = number.map(|n| Cow::Owned(n.as_bytes().to_vec()));
        Some(n)
    });
    Some(all.collect())
}

/// Whether a cell is the number of a change: `CHG0020870`, `CHANGE-481`, `RFC 2207`.
pub fn is_change_number(cell: &[u8]) -> bool {
    let letters = cell.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let (name, number) = cell.split_at(letters);
    let number = match number {
        [b'-' | b' ' | b'#', rest @ ..] => rest,
        number => number,
    };
    [&b"CHG"[..], b"CHANGE", b"RFC", b"CR", b"CRQ"].contains(&name)
        && number.len() >= 3
        && number.iter().all(u8::is_ascii_digit)
}

/// The kind of what begins, and of what ends where it takes its time; `None` where no act is named.
fn kinds(
    (deed, words): (&str, &[String]),
    back: bool,
    versioned: bool,
    done: Stage,
) -> Option<(MarkerKind, Option<MarkerKind>)> {
    use MarkerKind::*;
    let acts = words.iter().filter_map(|w| Act::of(w, false)).map(|a| a.0);
    let back = back || acts.clone().any(|a| a == Act::Rollback);
    let schema = words
        .iter()
        .any(|w| w.starts_with("migra") || w == "schema");
    let of = |a: Act| Some((a.at(Stage::Begun), Some(a.at(done))));
    match acts.clone().next() {
        _ if back => of(Act::Rollback),
        _ if schema && done == Stage::Failed => Some((MigrationStart, None)),
        _ if schema => Some((MigrationStart, Some(MigrationFinish))),
        Some(Act::Flag) => Some((FeatureFlag, None)),
        Some(Act::Config) => Some((ConfigChange, None)),
        Some(_) => of(Act::Deploy),
        None => match words
            .iter()
            .find_map(|w| order(w.as_bytes()))
            .or_else(|| stated(deed))
        {
            Some(DeployStart | DeployFinish) => of(Act::Deploy),
            Some(RollbackStart | RollbackFinish) => of(Act::Rollback),
            Some(kind) => Some((kind, None)),
            None if versioned => of(Act::Deploy),
            None => None,
        },
    }
}

/// What a deed states as a sentence.
fn stated(deed: &str) -> Option<MarkerKind> {
    let mut hits = Vec::new();
    marker::find(deed.as_bytes(), Kind::Deploy, &mut hits);
    hits.iter()
        .map(|h| h.kind)
        .find(|k| *k != MarkerKind::Fault)
}

/// The versions between which a cell leads: `8.6.3 → 8.7.0`.
fn turn(cell: &str) -> Option<(&str, &str)> {
    let (old, new) = ["->", "=>", "\u{2192}"]
        .iter()
        .find_map(|a| cell.split_once(a))?;
    let old = old.trim_end().rsplit(' ').next()?;
    let new = new.trim_start().split(' ').next()?;
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
            let said = told(&f, f.stamp().unwrap(), true);
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
