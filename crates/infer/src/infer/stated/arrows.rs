//! Lines of a short log that say from which version to which something goes, whatever words stand around that: `push start kontor
//! 2.40.3 -> 2.41.0`. A list of packages is none. What became of it is for `silent_runs`.

use super::kept_lines::KeptLine;
use coroner_lines::marker::{goes_to, is_of_parts};
use coroner_lines::record::MarkerKind;

/// Turns of one run; a list of what is installed has more.
const MOST: usize = 2;

/// A version gives way to another one.
pub(super) struct VersionTurn<'t> {
    pub line: &'t KeptLine,
    /// What it is a version of, where that stands right in front.
    pub name: Option<&'t str>,
    pub version: &'t str,
    /// The start of a deploy or of a rollback.
    pub kind: MarkerKind,
}

/// The turns of a run, in the order of its lines; none where there are too many for a release.
pub(super) fn turns_of(run: &[KeptLine]) -> Vec<VersionTurn<'_>> {
    let turns = run.iter().filter_map(|line| {
        let (name, version, kind) = turn(&line.said)?;
        Some(VersionTurn {
            line,
            name,
            version,
            kind,
        })
    });
    let turns: Vec<VersionTurn<'_>> = turns.collect();
    if turns.len() > MOST {
        Vec::new()
    } else {
        turns
    }
}

/// What a text says goes to which version.
fn turn(said: &str) -> Option<(Option<&str>, &str, MarkerKind)> {
    let (front, behind) = [" -> ", " => ", " → "]
        .iter()
        .find_map(|a| said.split_once(a))?;
    let (before, old) = front.rsplit_once(' ').filter(|_| !is_of_parts(front))?;
    let opens = |c: char| "([`'\"=".contains(c);
    let bare = |c: char| !(c.is_alphanumeric() || "._-+".contains(c));
    let new = behind.split(' ').next()?.trim_matches(bare);
    let kind = match goes_to(old.trim_matches(bare).as_bytes(), new.as_bytes())? {
        MarkerKind::RollbackFinish => MarkerKind::RollbackStart,
        _ => MarkerKind::DeployStart,
    };
    // what stands in brackets or ends a clause in front is another thing's
    let name = before
        .rsplit(' ')
        .next()
        .filter(|n| !old.starts_with(opens) && !n.ends_with([')', ']', ',', ';']));
    let name = name
        .map(|n| n.trim_matches(bare))
        .filter(|n| n.len() > 1 && !n.contains('='));
    Some((name, new, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_to_another_version_is_of_the_text(front in ".{0,20}", behind in ".{0,20}") {
            for text in [format!("{front} 1.2.3 -> 1.2.4{behind}"), format!("{front} → {behind}")] {
                let found = turn(&text).map(|(_, version, _)| version);
                prop_assert!(found.is_none_or(|v| text.contains(v)));
            }
        }
    }

    #[test]
    fn what_goes_to_another_version_is_read_whatever_is_said_around_it() {
        holds("turn of a version", |said| {
            let shown = |(name, version, kind): (Option<&str>, &str, MarkerKind)| {
                format!("{} {} {version}", kind.word(), or_dash(name))
            };
            or_dash(turn(said).map(shown))
        });
    }
}
