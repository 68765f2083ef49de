//! Scripts of a house that are called after what they do to releases. What they are given beside a version is not read here.

use super::{LOOKS, order, program};
use crate::marker::fields;
use crate::record::MarkerKind;

/// Parts of names of scripts that lie beside those that release.
const MAKES: [&str; 5] = ["build", "notes", "smoke", "tests", "verify"];

/// What a script does that is named after it and is given a version: `deploy-war.sh statements 2.7.1`; also by the folder of a house's
/// own scripts: `./deploy/roll.sh shop 4.1.0`.
pub(super) fn released(first: &[u8], rest: &[&[u8]]) -> Option<MarkerKind> {
    // what only looks, or makes what is released later, releases nothing wherever it lies
    let mut parts = program(&first).split(|c| b"._-".contains(c));
    let looks = |w: &[u8]| LOOKS.split(' ').chain(MAKES).any(|l| l.as_bytes() == w);
    let own = first.contains(&b'/') && !first.starts_with(b"/") && !parts.any(looks);
    let of_house = || first.split(|c| b"/._-".contains(c)).find_map(release);
    let versioned =
        |w: &&[u8]| fields::is_counted(w) || fields::version(w).is_some_and(|v| v.len() == w.len());
    let does = named(program(&first)).or_else(|| of_house().filter(|_| own));
    // what it is told to do says more than what it is called
    let told = rest.iter().find_map(|w| release(w));
    let back = told.filter(|k| *k == MarkerKind::RollbackStart);
    does.map(|k| back.unwrap_or(k))
        .filter(|_| rest.iter().any(versioned))
}

/// What a script does by its name, of several parts: `deploy-war.sh`.
pub(super) fn named(name: &[u8]) -> Option<MarkerKind> {
    let mut parts = name.split(|c| b"._-".contains(c));
    let several = name.iter().any(|c| b"._-".contains(c));
    parts.find_map(release).filter(|_| several)
}

/// Which way a word orders a release to go.
fn release(word: &[u8]) -> Option<MarkerKind> {
    use MarkerKind::{DeployStart, RollbackStart};
    order(word).filter(|k| matches!(k, DeployStart | RollbackStart))
}
