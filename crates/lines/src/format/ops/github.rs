//! GitHub: deployment statuses (webhooks, and the API's lists) and runs of workflows that are named after a release.

use super::acts::{Act, Stage};
use super::environment::{may_be_production, names_a_release, names_a_rollback};
use crate::format::pager::value::{self, Needles, Opened, finders, first_text, text, time};
use crate::record::{Notice, Record};
use crate::table::words;
use serde_json::Value;

static STATUS: Needles = Needles::new(|| finders(&["\"deployment_status\"", "\"state\""]));
static LISTED: Needles =
    Needles::new(|| finders(&["\"deployment_url\"", "\"state\"", "\"environment\""]));
static DEPLOYMENT: Needles = Needles::new(|| finders(&["\"deployment\"", "\"statuses_url\""]));
static OTHER: Needles =
    Needles::new(|| finders(&["\"repository\"", "\"sender\"", "api.github.com"]));
static RUN: Needles = Needles::new(|| finders(&["\"workflow_run\"", "\"head_sha\""]));
static LISTED_RUN: Needles =
    Needles::new(|| finders(&["\"run_started_at\"", "\"head_sha\"", "\"workflow_id\""]));

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if STATUS.all(line) {
        let Opened { received, body } = value::open(line)?;
        let status = body.get("deployment_status")?;
        let deployment = body.get("deployment").unwrap_or(&Value::Null);
        let repository = text(&body, &["repository", "full_name"]);
        return Some(of_status(status, deployment, repository, received));
    }
    if LISTED.all(line) {
        let body: Value = serde_json::from_slice(line).ok()?;
        return Some(of_status(&body, &Value::Null, None, None));
    }
    if RUN.all(line) {
        let Opened { received, body } = value::open(line)?;
        let repository = text(&body, &["repository", "full_name"]);
        return of_run(body.get("workflow_run")?, repository, received);
    }
    if LISTED_RUN.all(line) {
        let body: Value = serde_json::from_slice(line).ok()?;
        return of_run(&body, text(&body, &["repository", "full_name"]), None);
    }
    if DEPLOYMENT.all(line) {
        // asked for, not yet begun
        let Opened { received, body } = value::open(line)?;
        let stamp = time(body.get("deployment")?, "created_at").or(received)?;
        return Some(value::record(Some(stamp), Vec::new()));
    }
    if OTHER.all(line) {
        // pushes, releases, checks: what may be deployed, not what was
        let Opened { received, body } = value::open(line)?;
        let places: [&[&str]; 5] = [
            &["release"],
            &["check_run"],
            &["head_commit"],
            &["check_suite"],
            &["repository"],
        ];
        const TIMES: [&str; 6] =
            words("published_at completed_at started_at timestamp created_at pushed_at");
        let stamp = places
            .iter()
            .filter_map(|p| value::at(&body, p))
            .find_map(|v| TIMES.iter().find_map(|k| time(v, k)))
            .or(received);
        return Some(value::record(stamp, Vec::new()));
    }
    None
}

/// `shop` of the repository `acme/shop`.
fn name_of(repository: &str) -> String {
    let name = repository.rsplit('/').next();
    name.unwrap_or(repository).to_owned()
}

fn of_status<'a>(
    status: &Value,
    deployment: &Value,
    repository: Option<String>,
    received: Option<crate::time::Stamp>,
) -> Record<'a> {
    let stamp = time(status, "created_at")
        .or_else(|| time(status, "updated_at"))
        .or(received);
    let task = first_text(deployment, &["task"]).unwrap_or_default();
    let environment = first_text(status, &["environment"])
        .or_else(|| first_text(deployment, &["environment"]))
        .unwrap_or_default();
    // `inactive` says that another deployment took its place
    let stage = match status.get("state").and_then(Value::as_str) {
        Some("in_progress") => Stage::Begun,
        Some("success") => Stage::Done,
        Some("failure" | "error") => Stage::Failed,
        _ => return value::record(stamp, Vec::new()),
    };
    let kind = Act::of_release(names_a_rollback(&task)).at(stage);
    if !may_be_production(&environment) {
        return value::record(stamp, Vec::new());
    }
    let version = first_text(deployment, &["ref"])
        .filter(|r| !matches!(r.as_str(), "main" | "master" | "HEAD"))
        .or_else(|| first_text(deployment, &["sha"]).map(|s| s.chars().take(7).collect()));
    let service = repository.as_deref().map(name_of);
    let said = first_text(status, &["description"]).unwrap_or_default();
    let title = format!(
        "{} {} {environment} {said}",
        service.as_deref().unwrap_or("deployment"),
        version.as_deref().unwrap_or_default()
    );
    let mut n = Notice::new(kind, title.trim().to_owned().into_bytes());
    n.group = value::owned(Some(format!(
        "{}/{environment}",
        repository.unwrap_or_default()
    )));
    n.service = value::owned(service);
    n.version = value::owned(version);
    n.actor = value::owned(text(status, &["creator", "login"]));
    n.confidence = 95;
    value::record(stamp, vec![n])
}

fn of_run<'a>(
    run: &Value,
    repository: Option<String>,
    received: Option<crate::time::Stamp>,
) -> Option<Record<'a>> {
    let started = time(run, "run_started_at")
        .or_else(|| time(run, "created_at"))
        .or(received)?;
    let name = first_text(run, &["name", "display_title"]).unwrap_or_default();
    if !names_a_release(&name) || !may_be_production(&name) {
        return Some(value::record(Some(started), Vec::new()));
    }
    let act = Act::of_release(names_a_rollback(&name));
    let service = repository.as_deref().map(name_of);
    let sha: Option<String> = first_text(run, &["head_sha"]).map(|s| s.chars().take(7).collect());
    let make = |stage, at| {
        let mut n = Notice::new(act.at(stage), name.clone().into_bytes());
        n.stamp = at;
        n.group = value::owned(Some(format!(
            "{}/{name}",
            repository.clone().unwrap_or_default()
        )));
        n.service = value::owned(service.clone());
        n.version = value::owned(sha.clone());
        n.actor = value::owned(text(run, &["actor", "login"]));
        n.confidence = 80;
        n
    };
    let end = match run.get("conclusion").and_then(Value::as_str) {
        Some("success") => Some(Stage::Done),
        Some("failure" | "timed_out" | "startup_failure") => Some(Stage::Failed),
        _ => None,
    };
    let notices = match end {
        None if run.get("conclusion").is_some_and(|c| !c.is_null()) => Vec::new(),
        None => vec![make(Stage::Begun, Some(started))],
        Some(end) => vec![
            make(Stage::Begun, Some(started)),
            make(end, time(run, "updated_at")),
        ],
    };
    Some(value::event(Some(started), notices))
}
