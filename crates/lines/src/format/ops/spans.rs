//! What somebody's own tool does, an object for each step of it: records that share an id, of which one begins, with what is to be
//! done and to what (`run.begin`, `ship`, `shop@4.2.0`), and one ends with how it went. Which end is whose the id shows, and
//! inference holds them together.

use super::acts::{Act, Stage, stage};
use super::named::{NamedFields, is_in};
use super::notices::{STATES, VERSIONS, is_live, notice, version};
use crate::marker::order;
use crate::record::{MarkerKind, Notice};
use crate::text::words::split;

/// Keys under which stands which record of a run it is, which run, what it does, and to what.
const TURNS: &str = "type event kind state phase ev";
const IDS: &str = "run run_id task_id op_id operation_id execution_id job_id deploy_id id";
const VERBS: &str = "verb action command operation op task what";
const TARGETS: &str = "target object subject service app application component";

/// Keys under which a run says by yes or no, or by a number, how it went.
const VERDICTS: &str = "ok success succeeded passed rc exit_code exit_status";

/// What the first or the last record of a run states.
pub(super) fn span<'a>(f: &NamedFields) -> Option<Notice<'a>> {
    let id = f.first(IDS)?;
    let words = split(TURNS.split(' ').find_map(|k| f.text(k))?);
    let (last, of) = words.split_last()?;
    // the name of the turn says only what is begun or ended
    if of.len() > 2 || words.iter().any(|w| Act::of(w, false).is_some()) || !is_live(f) {
        return None;
    }
    let mut n = match last.as_str() {
        "begin" | "began" | "begun" | "start" | "started" => begun(f),
        "end" | "ended" | "finish" | "finished" | "stop" | "complete" | "completed" => ended(f),
        _ => None,
    }?;
    n.group = Some(id.as_bytes().to_vec().into());
    Some(n)
}

/// What is done from now on: the verb of a release and a version, or a change of settings.
fn begun<'a>(f: &NamedFields) -> Option<Notice<'a>> {
    let target = f.first(TARGETS)?;
    let tagged = target.rsplit_once('@').or_else(|| target.rsplit_once(':'));
    let (name, tag) = match tagged {
        Some((name, tag)) if tag.bytes().any(|c| c.is_ascii_digit()) => (name, Some(tag)),
        _ => (target, None),
    };
    let version = tag.map(str::to_owned).or_else(|| version(f, VERSIONS));
    let verb = f.first(VERBS);
    let words = verb.map(split).unwrap_or_default();
    let settings = words
        .iter()
        .any(|w| is_in("config configuration settings", w));
    let ordered = || words.iter().find_map(|w| order(w.as_bytes()));
    let kind = match verb {
        _ if settings => MarkerKind::ConfigChange,
        Some(_) => ordered()?,
        None => MarkerKind::DeployStart,
    };
    if kind == MarkerKind::DeployStart && version.is_none() {
        return None;
    }
    Some(notice(f, kind, &[verb, Some(target)], Some(name), version))
}

/// How it went; of what, the beginning says.
fn ended<'a>(f: &NamedFields) -> Option<Notice<'a>> {
    let state = f.first(STATES).or_else(|| f.first(VERDICTS))?;
    let kind = match split(state).iter().find_map(|w| stage(w)) {
        Some(Stage::Done) => MarkerKind::DeployFinish,
        Some(Stage::Failed) => MarkerKind::DeployFail,
        Some(Stage::Begun) => return None,
        None => match state {
            "true" | "0" => MarkerKind::DeployFinish,
            _ if f.first(STATES).is_none() => MarkerKind::DeployFail,
            _ => return None,
        },
    };
    let mut n = notice(f, kind, &[Some(state)], None, None);
    n.confidence = Notice::ALONE_NOTHING;
    Some(n)
}
