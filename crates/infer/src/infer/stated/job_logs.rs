//! Logs of one job of a CI or release server. What the job does is known by the name of its log, it begins with the command that does
//! it, else with its first stamp, and how it ended is said in one line, which often bears no time.

use crate::infer::lanes::View;
use crate::infer::stated::StatedMarker;
use coroner_core::summary::InputPart;
use coroner_lines::record::{MarkerKind as K, Notice};
use coroner_lines::text::environment::{
    may_be_production, names_a_release, names_a_restart, names_a_rollback, names_a_setting,
    released_by,
};
use coroner_lines::time::MINUTE;

/// What a job does first that is named after it within this is the job, unless it bears a version; what comes later, or does, is what
/// it had to prepare for.
const PREPARES: i64 = MINUTE;

/// Adds the beginning of the job to the rows of an input that is the log of one, and gives its outcome a time.
pub(in crate::infer) fn job(
    rows: &mut Vec<StatedMarker>,
    from: usize,
    input: u32,
    p: &InputPart,
    view: &View<'_>,
) {
    if does(&p.meta.name) == Some(K::RollbackStart) {
        rows[from..].iter_mut().for_each(takes_back);
    }
    let ends = |r: &StatedMarker| {
        let end = matches!(r.kind, K::DeployFinish | K::DeployFail);
        end && r.typed && r.group.is_none() && r.confidence <= Notice::ALONE_NOTHING
    };
    let mut outcomes: Vec<usize> = (from..rows.len()).filter(|i| ends(&rows[*i])).collect();
    // it may say in its own words that it is done, but not that it begins
    let back = |r: &StatedMarker| matches!(r.kind, K::RollbackFinish | K::RollbackFail);
    let begins = |r: &StatedMarker| r.kind == K::RollbackStart;
    if outcomes.is_empty()
        && does(&p.meta.name) == Some(K::RollbackStart)
        && !rows[from..].iter().any(begins)
    {
        outcomes = (from..rows.len()).filter(|i| back(&rows[*i])).collect();
    }
    let (Some(kind), [outcome]) = (does(&p.meta.name), outcomes.as_slice()) else {
        return;
    };
    let edges = p
        .tracks()
        .flat_map(|(axis, t)| t.edges().map(move |s| (axis, s)));
    let placed = edges.map(|(axis, s)| (view.clocks.at(input, axis, s.us, s.pos.offset), s));
    let seen: Vec<_> = placed.collect();
    let named = || released_by(&p.meta.name).map(|n| n.as_bytes().to_vec());
    let Some(&(begun, line)) = seen.iter().min_by_key(|s| s.0) else {
        return;
    };
    if kind == K::ConfigChange {
        // what it says itself of what it set says more
        let says = |r: &StatedMarker| r.kind == kind;
        if rows[*outcome].kind == K::DeployFinish && !rows[from..].iter().any(says) {
            rows.push(StatedMarker {
                time: Some(begun),
                offset: line.pos.offset,
                kind,
                confidence: 60,
                text: set_by(&p.meta.name).to_owned().into_bytes(),
                evidence: vec![view.cite(input, line)],
                ..rows[*outcome].clone()
            });
        }
        return;
    }
    let outcome = &mut rows[*outcome];
    outcome.service = outcome.service.take().or_else(named);
    let before = seen.iter().filter(|(_, s)| s.pos.offset <= outcome.offset);
    outcome.time = outcome.time.or(before.map(|s| s.0).max());
    (outcome.after, outcome.before) = (None, None);
    let mut first = StatedMarker {
        time: Some(begun),
        offset: line.pos.offset,
        kind,
        confidence: 80,
        text: p.meta.name.clone().into_bytes(),
        evidence: vec![view.cite(input, line)],
        ..outcome.clone()
    };
    let near = |r: &StatedMarker| r.time.is_none_or(|t| t.0 - begun.0 <= PREPARES);
    let starts = |r: &StatedMarker| {
        kind != K::Restart && matches!(r.kind, K::DeployStart | K::RollbackStart)
    };
    let later = rows[from..]
        .iter()
        .any(|r| starts(r) && r.kind == kind && (r.version.is_some() || !near(r)));
    let mut at = 0;
    rows.retain(|r| {
        at += 1;
        let same = at > from && starts(r) && near(r) && !later;
        if same {
            // the runner prepares, the command begins
            if first.time == Some(begun) && r.time.is_some() {
                first.time = r.time;
                first.evidence.splice(..0, r.evidence.iter().cloned());
            } else {
                first.evidence.extend(r.evidence.iter().cloned());
            }
            first.version = first.version.take().or_else(|| r.version.clone());
            first.service = first.service.take().or_else(|| r.service.clone());
            if r.kind == K::RollbackStart {
                first.kind = r.kind;
            }
        }
        !same
    });
    if !later {
        rows.push(first);
    }
}

/// What a job that is named after taking back says of a release is of one that is taken back. Its outcome alone is no release's.
fn takes_back(r: &mut StatedMarker) {
    r.kind = match r.kind {
        K::DeployStart => K::RollbackStart,
        K::DeployFinish if r.confidence > Notice::ALONE_NOTHING => K::RollbackFinish,
        kind => kind,
    };
}

/// What begins with a job of that name.
pub(in crate::infer) fn does(name: &str) -> Option<K> {
    let kinds = [
        (names_a_rollback(name), K::RollbackStart),
        (names_a_release(name), K::DeployStart),
        (names_a_restart(name), K::Restart),
        (names_a_setting(name), K::ConfigChange),
    ];
    let found = kinds.into_iter().find(|(is, _)| *is);
    found.filter(|_| may_be_production(name)).map(|(_, k)| k)
}

/// The part of a log's name that says what its job sets.
fn set_by(name: &str) -> &str {
    name.split('/')
        .find(|part| names_a_setting(part))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn a_job_is_what_its_name_says() {
        holds("job that sets", |name| set_by(name).to_owned());
        holds("does a job", |name| or_dash(does(name).map(K::word)));
    }
}
