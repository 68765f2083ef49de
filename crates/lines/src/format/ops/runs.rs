//! Runs of pipelines and jobs, known by their row: a beginning, an end and an outcome. What is named after releasing something,
//! or after taking it back, does so; all others are understood and state nothing.

use super::acts::{Act, Stage, stage};
use super::named::NamedFields;
use super::notices::{STATES, is_live, notice, version};
use super::roles::{TimeRole, Turn};
use crate::marker::fields;
use crate::record::{MarkerKind, Notice};
use crate::text::environment::{may_be_production, names_a_release, names_a_rollback, released_by};
use crate::text::versions::compare_versions;
use crate::text::words::split;
use crate::time::Stamp;
use std::cmp::Ordering;

/// Keys of lines of applications.
const LINES: &str = "level lvl msg message text log logger error";
const NUMBERS: &str = "to_version new_version target_version artifact_version version tag image_tag release release_name";
const COMMITS: &str = "sha git_sha head_sha commit_sha commit revision";
/// Keys of what runs in stages.
const RUNS: &str = "stage job job_name pipeline pipeline_name workflow workflow_name task task_name build_definition \
    full_display_name";

/// A run of a pipeline or a job, with its outcome: what is named after releasing or taking back does so, and so does what has
/// a release for a column. One without an end of its own is no more than a line, which may say it in other words.
pub(super) fn run<'a>(f: &NamedFields, stamp: Stamp) -> Option<Vec<Notice<'a>>> {
    if let Some(at) = f.deployed() {
        return deployed(f, at);
    }
    let lasted = f.lasted();
    let ended = f.ended().or(f.time(TimeRole::Updated)).or(lasted);
    let whole = f.states(Turn::Ended) || f.started().or(lasted).is_some() && ended.is_some();
    if !whole && f.has(LINES) {
        return None;
    }
    let timed = whole && f.speaks("start started");
    // a request for a change is called by what is to be done
    let titles: &[&str] = match f.is_work() {
        true => &["short_description", "title", "summary", "name"],
        false if timed => &["name"],
        false => &[],
    };
    let names = RUNS.split(' ').chain(titles.iter().copied());
    let names: Vec<&str> = names.filter_map(|k| f.text(k)).map(unnumbered).collect();
    let released = f.has("release deployed_by") || f.speaks("deployment");
    let released = (whole && released).then_some("deploy");
    let named = names.iter().copied();
    let mut named = named.filter(|n| names_a_release(n) || names_a_rollback(n));
    let named = named.next().or(released);
    let state = f.ending(STATES)?;
    let words = split(state);
    let outcome = words.iter().filter_map(|w| stage(w)).next_back();
    let outcome = outcome.filter(|_| !words.iter().any(|w| w == "not"));
    // work that has a beginning of its own was done, whatever its request is called now
    let outcome = outcome.or_else(|| (f.is_work() && f.started().is_some()).then_some(Stage::Done));
    let other = f.is_work().then(|| names.last().copied()).flatten();
    let (Some(name), Some(outcome)) = (named.or(other), outcome) else {
        return (whole && !names.is_empty()).then(Vec::new);
    };
    if !is_live(f) || !names.iter().all(|n| may_be_production(n)) {
        return Some(Vec::new());
    }
    let plain = names.iter().filter(|n| !n.contains(' '));
    let rest = plain.copied().find_map(released_by).map(str::to_owned);
    let object = f.first(
        "service service_name app app_name application application_name project project_name repository repo",
    );
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    let said = || fields::service(name.as_bytes()).map(text);
    // whose repository it is does not belong to the name
    let own = |o: &str| o.rsplit('/').next().unwrap_or(o).to_owned();
    let object = object.map(own).or(rest);
    let defined = || f.ending("definition").map(str::to_owned);
    let object = object.or_else(|| repository(f)).or_else(defined);
    let object = object.or_else(said);
    let version = version_of(f).or_else(|| fields::version(name.as_bytes()).map(text));
    let turns = match (whole, outcome) {
        (false, _) => vec![(outcome, stamp)],
        (_, Stage::Begun) => vec![(Stage::Begun, f.started().unwrap_or(stamp))],
        _ => [
            Some((Stage::Begun, f.started().unwrap_or(stamp))),
            ended.map(|at| (outcome, at)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    // CodeDeploy names the deployment that it takes back
    let takes_back = f.has("rollback_triggering_deployment_id")
        || f.text("creator") == Some("codeDeployRollback");
    let act = match names_a_rollback(name) || takes_back || goes_back(f) {
        true => Act::Rollback,
        false => Act::Deploy,
    };
    let notices = turns.into_iter().filter_map(|(stage, at)| {
        let kind = match named {
            Some(_) => act.at(stage),
            // what is no release changes something when it begins
            None if stage == Stage::Begun => MarkerKind::ConfigChange,
            None => return None,
        };
        let state = Some(state).filter(|_| stage != Stage::Begun);
        let parts = [Some(name), state, object.as_deref(), version.as_deref()];
        let service = object.as_deref();
        let mut n = notice(f, kind, &parts, service, version.clone());
        n.stamp = Some(at);
        Some(n)
    });
    Some(notices.collect())
}

/// The name of what ran, without the number of the run (`orderhub-deploy #1443`).
fn unnumbered(name: &str) -> &str {
    let number = |n: &str| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit());
    let cut = name.rsplit_once(" #").filter(|(_, n)| number(n));
    cut.map_or(name, |(name, _)| name)
}

/// The repository of a run, by its path or in its address: `shop` of `https://github.com/acme/shop/actions/runs/17`.
fn repository(f: &NamedFields) -> Option<String> {
    const RUNS: [&str; 3] = ["/actions/runs/", "/-/jobs/", "/-/pipelines/"];
    let addressed = || {
        let address = f.first("html_url web_url url")?;
        let at = RUNS.iter().find_map(|r| address.find(r))?;
        address.get(..at)
    };
    let path = f.first("path_with_namespace repository_full_name");
    let (_, name) = path.or_else(addressed)?.rsplit_once('/')?;
    Some(name.to_owned())
}

/// Whether it names two versions and leads to the lower one.
fn goes_back(f: &NamedFields) -> bool {
    let from = f.first("current_version from_version old_version");
    let to = f.first("target_version to_version new_version");
    let lower = |(from, to): (&str, &str)| {
        compare_versions(to.as_bytes(), from.as_bytes()) == Ordering::Less
    };
    from.zip(to).is_some_and(lower)
}

/// What was deployed when, as a history shows it: an entry is a deploy that is done.
fn deployed<'a>(f: &NamedFields, at: Stamp) -> Option<Vec<Notice<'a>>> {
    let branch = |v: &&str| !matches!(*v, "HEAD" | "main" | "master");
    let version = f.text("target_revision").filter(branch).map(str::to_owned);
    let version = version.or_else(|| version_of(f))?;
    if !is_live(f) {
        return Some(Vec::new());
    }
    let object = f.first("service app application metadata project repo path name");
    let turns = [(Stage::Begun, f.started()), (Stage::Done, Some(at))];
    let turns = turns
        .into_iter()
        .filter_map(|(stage, at)| Some((stage, at?)));
    let notices = turns.map(|(stage, at)| {
        let parts = [object, Some(version.as_str())];
        let mut n = notice(
            f,
            Act::Deploy.at(stage),
            &parts,
            object,
            Some(version.clone()),
        );
        n.stamp = Some(at);
        n
    });
    Some(notices.collect())
}

/// The version by its number, else the first letters of its commit.
fn version_of(f: &NamedFields) -> Option<String> {
    let refs = ["ref", "head_branch"].iter().filter_map(|k| f.text(k));
    let tagged = || refs.clone().find(|r| is_version(r)).map(str::to_owned);
    let commit = || Some(version(f, COMMITS)?.chars().take(7).collect());
    version(f, NUMBERS).or_else(tagged).or_else(commit)
}

/// `v6`, `6.13.0`, `release-6.13`.
pub(super) fn is_version(r: &str) -> bool {
    let b = r.as_bytes();
    let dotted = b
        .windows(3)
        .any(|w| w[0].is_ascii_digit() && w[1] == b'.' && w[2].is_ascii_digit());
    dotted || b.len() > 1 && b[0] == b'v' && b[1].is_ascii_digit()
}
