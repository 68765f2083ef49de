//! JSON bodies of pagers and deploy tools that need no code: a row says by what a body is known, where its time and its state
//! stand, what each state means, and from which places title, group, service, version and actor are made.

mod rows;

use super::ops::environment::{may_be_production, names_a_rollback};
use super::pager::chat::unlinked;
use super::pager::value::{self, Opened};
use super::{Format, Meta};
use crate::format::leaf::find;
use crate::record::{MarkerKind, Notice, Record};
use crate::time::{DAY, Stamp, stamp};
pub(super) use rows::WEBHOOKS;
use serde_json::Value;

/// Templates of which the first counts that all its places have a value for: `{commit.sha:7} of {project.name}`. A place is a
/// path of keys (a number is the place in a list, `*` all of it), `=service` or `=version` what the row made of those before. Behind
/// it may stand `?` (may be missing), `:N` (the first N characters), `^N` (digits, filled up with zeros to N), `>X` (what is
/// behind the last X), `/X` (what is behind `X/` in `X/value:Y/value`), `~` (none that only says that there is one: a branch, `latest`, `default`).
type Wording = Vec<&'static str>;

/// What a body looks like, and what it means.
struct Row {
    /// Texts of which each line holds all of a group.
    holds: Vec<Vec<&'static str>>,
    /// What the body must have: without it, it is another's.
    needs: Wording,
    times: Wording,
    state: Wording,
    /// What each state means, letter by letter. Behind a `*`: any state that holds the word, in capitals or not.
    kinds: Vec<(&'static str, MarkerKind)>,
    /// Further states, which mean nothing: a body with a state that stands nowhere is another's. `None`: any other state.
    silent: Option<Wording>,
    /// The environment: of another than production nothing is reported.
    live: Wording,
    /// What may name a rollback, whose start is no deploy's.
    back: Wording,
    title: Wording,
    group: Wording,
    service: Wording,
    version: Wording,
    actor: Wording,
    /// Since when what it states holds.
    since: Wording,
    /// As [`Notice::confidence`].
    sure: u8,
    /// `payload`, `body` and `data` are its own, not what a receiver wrapped it in.
    bare: bool,
}

/// A format of JSON bodies, as `rows.txt` describes it.
pub struct Webhook {
    meta: Meta<'static>,
    rows: Vec<Row>,
}

impl Format for Webhook {
    fn meta(&self) -> Meta<'_> {
        self.meta
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.trim_ascii_start().first() != Some(&b'{') {
            return None;
        }
        let fits = |group: &Vec<&str>| group.iter().all(|h| find(line, h.as_bytes()).is_some());
        let mut rows = self.rows.iter().filter(|r| r.holds.iter().any(fits));
        let first = rows.next()?;
        let opened = match first.bare {
            true => Opened {
                received: None,
                body: serde_json::from_slice(line.trim_ascii()).ok()?,
            },
            false => value::open(line)?,
        };
        let mut rows = std::iter::once(first).chain(rows);
        rows.find_map(|r| r.read(&opened))
    }
}

impl Row {
    fn read<'a>(&self, o: &Opened) -> Option<Record<'a>> {
        let v = &o.body;
        text(v, &self.needs)?;
        let state = text(v, &self.state)?;
        let at = time(v, &self.times).or(o.received)?;
        let kind = self
            .kinds
            .iter()
            .find(|(word, _)| match word.strip_prefix('*') {
                Some(part) => state.to_ascii_lowercase().contains(part),
                None => state == *word,
            });
        let Some((_, kind)) = kind else {
            let silent = self
                .silent
                .as_ref()
                .is_none_or(|s| s.contains(&state.as_str()));
            return silent.then(|| value::record(Some(at), Vec::new()));
        };
        if text(v, &self.live).is_some_and(|e| !may_be_production(&e)) {
            return Some(value::record(Some(at), Vec::new()));
        }
        let back = text(v, &self.back).is_some_and(|b| names_a_rollback(&b));
        let own = ServiceAndVersion {
            service: text(v, &self.service),
            version: text(v, &self.version),
        };
        let of = |t: &[&str]| value::owned(first(v, t, &own).filter(|s| !s.is_empty()));
        let kind = if back { undone(*kind) } else { *kind };
        let title = first(v, &self.title, &own)?;
        let mut n = Notice::new(kind, unlinked(&title).into_owned().into_bytes());
        n.group = of(&self.group);
        n.actor = of(&self.actor);
        n.since = time(v, &self.since);
        n.service = value::owned(own.service);
        n.version = value::owned(own.version);
        n.confidence = self.sure;
        Some(value::record(Some(at), vec![n]))
    }
}

/// A turn of a deploy as that of a rollback.
fn undone(kind: MarkerKind) -> MarkerKind {
    match kind {
        MarkerKind::DeployStart => MarkerKind::RollbackStart,
        MarkerKind::DeployFinish => MarkerKind::RollbackFinish,
        MarkerKind::DeployFail => MarkerKind::RollbackFail,
        kind => kind,
    }
}

/// What a row has made of a body before its title.
#[derive(Default)]
struct ServiceAndVersion {
    service: Option<String>,
    version: Option<String>,
}

fn text(v: &Value, t: &[&str]) -> Option<String> {
    first(v, t, &ServiceAndVersion::default())
}

fn first(v: &Value, t: &[&str], own: &ServiceAndVersion) -> Option<String> {
    t.iter().find_map(|t| filled(v, t, own))
}

/// A template with its places filled in, without blanks around it.
fn filled(v: &Value, template: &str, own: &ServiceAndVersion) -> Option<String> {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, behind)) = rest.split_once('{') {
        let (place, after) = behind.split_once('}')?;
        out.push_str(before);
        match place.strip_suffix('?') {
            Some(place) => out.push_str(&placed(v, place, own).unwrap_or_default()),
            None => out.push_str(&placed(v, place, own)?),
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out.trim().to_owned())
}

/// The value of a place: never an empty one.
fn placed(v: &Value, place: &str, own: &ServiceAndVersion) -> Option<String> {
    let end = place.find([':', '^', '>', '/', '~']).unwrap_or(place.len());
    let (path, with) = place.split_at(end);
    let found = match path {
        "=service" => own.service.clone(),
        "=version" => own.version.clone(),
        path => at(v, path.split('.').collect::<Vec<_>>().as_slice()),
    };
    let found = found.filter(|f| !f.is_empty())?;
    let Some(how) = with.chars().next() else {
        return Some(found);
    };
    let what = &with[1..];
    let made = match how {
        ':' => found.chars().take(what.parse().ok()?).collect(),
        '^' => format!("{found:0>0$}", what.parse::<usize>().ok()?),
        '>' => found.rsplit(what).next()?.to_owned(),
        '/' => {
            let key = |p: &'_ str| p.strip_prefix(what)?.strip_prefix('/').map(str::to_owned);
            found.split([':', ';']).find_map(key)?
        }
        _ => found,
    };
    const BRANCHES: [&str; 5] = ["main", "master", "HEAD", "latest", "default"];
    let plain = matches!(how, '~' | '/') && BRANCHES.contains(&made.as_str());
    (!plain).then_some(made)
}

/// A text or number at a path; of several in a list all, with blanks between them.
fn at(v: &Value, path: &[&str]) -> Option<String> {
    let Some((key, rest)) = path.split_first() else {
        return value::text(v, &[]);
    };
    match v {
        Value::Array(list) if *key == "*" => {
            let all: Vec<String> = list.iter().filter_map(|v| at(v, rest)).collect();
            Some(all.join(" "))
        }
        Value::Array(list) => at(list.get(key.parse::<usize>().ok()?)?, rest),
        v => at(v.get(key)?, rest),
    }
}

/// The first of several places that holds a time; those of clocks that were never set are none.
fn time(v: &Value, places: &[&str]) -> Option<Stamp> {
    let mut found = places.iter().filter_map(|p| {
        let written = filled(v, p, &ServiceAndVersion::default())?;
        stamp::whole(written.as_bytes())
    });
    found.find(|s| s.wall_us >= DAY)
}
