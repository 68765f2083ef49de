//! What somebody has a tool of theirs release: a line that names who, which version of what, and a job, plan or tool that is called after
//! releasing or after settings, whatever words say that it begins (`forge[publish] by=kim target=client-content rev=3.12.1`).

use super::acts::{Act, Stage, stage};
use super::named::{NamedFields, is_in};
use super::notices::{ACTORS, STATES, VERSIONS, is_live, notice, version};
use crate::record::{MarkerKind, Notice};
use crate::text::is_nobody;
use crate::text::versions::compare_versions;
use crate::text::words::split;
use std::cmp::Ordering;

/// Words of what is called after releasing.
const RELEASING: &str =
    "deploy deploys deployment release releases rollout publish ship promote promotion";
/// Keys of what runs, and of what is released.
const RUNS: &str = "job job_name pipeline plan task template workflow operation";
const OBJECTS: &str = "target product service app application component stack project pipeline";
const OLD: &str = "from from_version previous previous_version";

/// Whether a word of a tool's name says that it sends out settings: `cfgcast`, `confsync`, `config`.
fn is_of_settings(word: &str) -> bool {
    word.starts_with("cfg") || word.starts_with("conf") && !word.starts_with("confirm")
}

/// The release that the fields state; `front`: what stands in front of them.
pub(super) fn launched<'a>(f: &NamedFields, front: &str) -> Option<Notice<'a>> {
    let settings = |t: &str| split(t).iter().any(|w| is_of_settings(w));
    let releasing = |t: &&str| split(t).iter().any(|w| is_in(RELEASING, w)) || settings(t);
    let mut runs = RUNS.split(' ').filter_map(|k| f.text(k)).chain([front]);
    let called = runs.find(releasing)?.trim();
    let object = f.first(OBJECTS)?;
    // how it ended it need not say of which version
    let state = f.first(STATES).map(split).unwrap_or_default();
    let ended = state.iter().filter_map(|w| stage(w)).next_back();
    if let Some(ended) = ended.filter(|s| *s != Stage::Begun && called != front.trim()) {
        let mut n = notice(
            f,
            Act::Deploy.at(ended),
            &[Some(called), Some(object)],
            Some(object),
            None,
        );
        n.confidence = Notice::ALONE_NOTHING;
        return is_live(f).then_some(n);
    }
    f.first(ACTORS).filter(|who| !is_nobody(who))?;
    let version = version(f, VERSIONS).or_else(|| version(f, "rev"))?;
    let lower = |old: &str| compare_versions(version.as_bytes(), old.as_bytes()) == Ordering::Less;
    let kind = match f.first(OLD).is_some_and(lower) {
        _ if settings(called) => MarkerKind::ConfigChange,
        true => MarkerKind::RollbackStart,
        false => MarkerKind::DeployStart,
    };
    let counted = version.contains(|c: char| c.is_ascii_digit()) && ended.is_none();
    let parts = [Some(called), Some(object), Some(version.as_str())];
    let n = notice(f, kind, &parts, Some(object), Some(version.clone()));
    (counted && is_live(f)).then_some(n)
}
