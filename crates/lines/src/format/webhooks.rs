//! JSON bodies of pagers and deploy tools that need no code: a row says by what a body is known, where its time and its state
//! stand, what each state means, and from which places title, group, service, version and actor are made.

use super::pager::chat::unlinked;
use super::pager::value::{self, Opened};
use super::{Format, Meta};
use crate::format::OBJECT;
use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::record::{MarkerKind, Notice, Record};
use crate::table;
use crate::text::environment::{may_be_production, names_a_rollback};
use crate::time::{DAY, Stamp, stamp};
use serde_json::Value;
use std::sync::LazyLock;

/// Templates of which the first counts that all its places have a value for: `{commit.sha:7} of {project.name}`. A place is a
/// path of keys (a number is the place in a list, `*` all of it), `=service` or `=version` what the row made of those before. Behind
/// it may stand `?` (may be missing), `:N` (the first N characters), `^N` (digits, filled up with zeros to N), `>X` (what is
/// behind the last X), `/X` (what is behind `X/` in `X/value:Y/value`), `~` (none that only says that there is one: a branch, `latest`, `default`).
type Wording = Vec<&'static str>;

/// What a body looks like, and what it means: the keys of its block of `rows.txt`.
struct Row {
    /// Texts of which each line holds all of a group.
    holds: Vec<Vec<&'static str>>,
    /// What each state means.
    kinds: Vec<(&'static str, MarkerKind)>,
    keys: Vec<(&'static str, Wording)>,
}

/// A format of JSON bodies, as `rows.txt` describes it.
pub struct Webhook {
    meta: Meta<'static>,
    rows: Vec<Row>,
}

/// Every format that is described.
pub(super) static WEBHOOKS: LazyLock<Vec<Webhook>> = LazyLock::new(|| {
    let mut all: Vec<Webhook> = Vec::new();
    for block in table::blocks(include_str!("webhooks/rows.txt")) {
        let meta = Meta::described(block).begins(OBJECT, Signs::BRACE);
        match all.last_mut() {
            Some(last) if meta.name.is_empty() => last.rows.push(Row::of(block)),
            _ if meta.name.is_empty() => {}
            _ => all.push(Webhook {
                meta,
                rows: Vec::new(),
            }),
        }
    }
    all
});

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
        let opened = match first.listed("bare") {
            [] => value::open(line)?,
            _ => Opened {
                received: None,
                body: serde_json::from_slice(line.trim_ascii()).ok()?,
            },
        };
        let mut rows = std::iter::once(first).chain(rows);
        rows.find_map(|r| r.read(&opened))
    }
}

impl Row {
    fn of(block: &'static str) -> Row {
        let listed = |list: &'static str| list.split(" | ").filter(|x| !x.is_empty());
        let keys = block.lines().filter_map(|l| l.split_once(": "));
        let kind = |of: &'static str| {
            let (state, kind) = of.rsplit_once(' ')?;
            Some((state, MarkerKind::from_word(kind)?))
        };
        Row {
            holds: listed(table::value(block, "holds"))
                .map(|group| group.split(" & ").collect())
                .collect(),
            kinds: listed(table::value(block, "kinds"))
                .filter_map(kind)
                .collect(),
            keys: keys.map(|(k, v)| (k, listed(v).collect())).collect(),
        }
    }

    /// The parts of the value of a key; none where it has none.
    fn listed(&self, key: &str) -> &[&'static str] {
        let found = self.keys.iter().find(|(k, _)| *k == key);
        found.map_or(&[], |(_, list)| list)
    }

    fn read<'a>(&self, o: &Opened) -> Option<Record<'a>> {
        let v = &o.body;
        // what a body need not have
        let any = |key, own: &ServiceAndVersion| match self.listed(key) {
            [] => Some(String::new()),
            list => first(v, list, own),
        };
        let text = |key| first(v, self.listed(key), &ServiceAndVersion::default());
        any("needs", &ServiceAndVersion::default())?;
        let state = any("state", &ServiceAndVersion::default())?;
        let at = time(v, self.listed("times")).or(o.received)?;
        let nothing = || Some(value::record(Some(at), Vec::new()));
        let kind = self
            .kinds
            .iter()
            .find(|(word, _)| match word.strip_prefix('*') {
                Some(part) => state.to_ascii_lowercase().contains(part),
                None => state == *word,
            });
        let Some((_, kind)) = kind else {
            let silent = self.listed("silent");
            let known = silent.is_empty() || silent.contains(&state.as_str());
            return nothing().filter(|_| known);
        };
        if text("live").is_some_and(|e| !may_be_production(&e)) {
            return nothing();
        }
        let own = ServiceAndVersion {
            service: text("service"),
            version: text("version"),
        };
        let of = |key| first(v, self.listed(key), &own).filter(|s| !s.is_empty());
        let kind = match text("back").is_some_and(|b| names_a_rollback(&b)) {
            true => undone(*kind),
            false => *kind,
        };
        let title = any("title", &own)?;
        let mut n = Notice::new(kind, unlinked(&title).into_owned().into_bytes());
        n.group = value::owned(of("group"));
        n.actor = value::owned(of("actor"));
        n.since = time(v, self.listed("since"));
        let sure = self.listed("sure").first();
        n.confidence = sure.and_then(|n| n.parse().ok()).unwrap_or(90);
        n.service = value::owned(own.service);
        n.version = value::owned(own.version);
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
