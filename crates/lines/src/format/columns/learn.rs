//! What the columns of a file mean, from a sample of its lines.

use super::cells::{CellKey, Layout};
use super::{Column, Columns};
use crate::format::leaf::{self, Unit, find};
use crate::format::synonym::{self, Field};
use crate::record::{Level, METHODS};
use crate::time::{Dated, Precision};
use std::collections::{BTreeMap, BTreeSet};

/// Lines from which columns are learnt.
const FEW: usize = 5;

/// Stamps may stand this far behind the newest before them, microseconds: who writes a line when a request ends may stamp it
/// with its start.
const BACK_US: i64 = 60_000_000;

/// Statuses that servers give; other numbers of three digits are sizes and the like.
const STATUSES: &[u16] = &[
    100, 101, 200, 201, 202, 203, 204, 205, 206, 207, 208, 301, 302, 303, 304, 307, 308, 400, 401,
    402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 418, 421, 422, 423, 424,
    425, 426, 428, 429, 431, 444, 451, 460, 494, 495, 496, 497, 499, 500, 501, 502, 503, 504, 505,
    507, 508, 511, 520, 521, 522, 524,
];

/// What a value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Time,
    /// A date or a clock alone.
    Part,
    Address,
    Endpoint,
    Request,
    Method,
    Path,
    Url,
    Protocol,
    Status,
    Seconds,
    Whole,
    Name,
    Agent,
    Level,
}

const KINDS: usize = 15;

/// Method and path of a request line.
fn is_line(v: &[u8]) -> bool {
    let (method, path) = leaf::request_line(v);
    METHODS.contains(&method) && (path.starts_with(b"/") || is_url(path))
}

fn is_url(v: &[u8]) -> bool {
    v.starts_with(b"http://") || v.starts_with(b"https://")
}

fn is_method(v: &[u8]) -> bool {
    METHODS.iter().any(|m| v.eq_ignore_ascii_case(m))
}

pub(super) fn known_status(v: &[u8]) -> bool {
    leaf::status(v).is_some_and(|s| STATUSES.binary_search(&s).is_ok())
}

/// A duration that shows its unit, or a fraction of three digits or more, as servers write seconds.
fn duration_us(v: &[u8]) -> Option<i64> {
    if let Some((n, unit)) = leaf::with_unit(v) {
        return leaf::decimal_us(n, unit);
    }
    let dot = v.iter().position(|c| *c == b'.')?;
    (v.len() - dot > 3).then(|| leaf::decimal_us(v, Unit::Second))?
}

/// A name of a host with a dot in it.
fn is_host(v: &[u8]) -> bool {
    let host = leaf::without_port(v);
    let last = host.rsplit(|c| *c == b'.').next().unwrap_or_default();
    let named = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-');
    host.len() > last.len()
        && last.len() > 1
        && last.iter().all(u8::is_ascii_alphabetic)
        && host.iter().all(named)
}

/// The name and version of a program, as browsers begin.
fn is_agent(v: &[u8]) -> bool {
    let name = v
        .iter()
        .take_while(|c| c.is_ascii_alphabetic() || **c == b'-')
        .count();
    let behind = (v.get(name), v.get(name + 1));
    name > 2 && behind.0 == Some(&b'/') && behind.1.is_some_and(u8::is_ascii_digit) && !is_http(v)
}

fn is_http(v: &[u8]) -> bool {
    v.starts_with(b"HTTP/")
}

/// All that a value can be.
fn kinds(v: &[u8]) -> impl Iterator<Item = Is> {
    // a clock of its own may say its zone, which no time does without a date
    let stamp = synonym::time(v).or_else(|| synonym::time(v.strip_suffix(b"Z")?));
    let dated = stamp.map(|s| s.dated == Dated::Full);
    let bare = leaf::without_port(v);
    [
        (Is::Time, dated == Some(true)),
        (Is::Part, dated == Some(false)),
        (
            Is::Address,
            leaf::list(v).next().is_some_and(leaf::is_address),
        ),
        (
            Is::Endpoint,
            bare.len() < v.len() && leaf::list(v).all(|e| e == b"-" || leaf::is_endpoint(e)),
        ),
        (Is::Request, is_line(v)),
        (Is::Method, is_method(v)),
        (Is::Path, v.starts_with(b"/")),
        (Is::Url, is_url(v)),
        (Is::Protocol, is_http(v)),
        (Is::Status, known_status(v)),
        (Is::Seconds, duration_us(v).is_some()),
        (Is::Whole, v.iter().all(u8::is_ascii_digit)),
        (Is::Name, is_host(v)),
        (Is::Agent, is_agent(v)),
        (Is::Level, v.len() > 2 && Level::from_word(v).is_some()),
    ]
    .into_iter()
    .filter_map(|(kind, is)| is.then_some(kind))
}

/// Whether a line looks like a request that was answered: a request line or a method and a path, and a status.
pub fn is_request(line: &[u8]) -> bool {
    // nearly all lines of other kinds are spared the cutting
    let named = |m: &&[u8]| find(line, m).is_some();
    let lower = || line.first() == Some(&b'{') && find(line, b"\"get\"").is_some();
    if !METHODS.iter().any(named) && !lower() {
        return false;
    }
    Layout::all_of(line).any(|layout| {
        let (mut whole, mut method, mut path, mut status) = (false, false, false, false);
        let cut = layout.cells(line, |_, v| {
            whole |= is_line(v);
            method |= is_method(v);
            path |= v.starts_with(b"/") || is_url(v);
            status |= known_status(v) && v.len() == 3;
        });
        cut.is_some() && (whole || method && path) && status
    })
}

/// One column of the sample.
#[derive(Default)]
struct Seen<'a> {
    /// When it was first met, counted over all cells.
    place: usize,
    /// Lines that have it, and those of them in which it holds nothing or a hyphen.
    lines: usize,
    empty: usize,
    is: [usize; KINDS],
    values: BTreeSet<&'a [u8]>,
    /// The newest stamp, the finest of them, and how many fell far behind the newest before them.
    newest: i64,
    fine: bool,
    fell: usize,
    /// Sum of what read as durations.
    sum_us: i64,
}

impl<'a> Seen<'a> {
    fn take(&mut self, v: &'a [u8]) {
        self.lines += 1;
        if v.is_empty() || v == b"-" {
            self.empty += 1;
            return;
        }
        self.values.insert(v);
        for k in kinds(v) {
            self.is[k as usize] += 1;
        }
        if let Some(s) = synonym::time(v) {
            self.fell += usize::from(s.wall_us < self.newest.saturating_sub(BACK_US));
            self.newest = self.newest.max(s.wall_us);
            self.fine |= s.precision != Precision::Second;
        }
        self.sum_us = self.sum_us.saturating_add(duration_us(v).unwrap_or(0));
    }

    /// Whether at least so many percent of the values that are there are of a kind.
    fn mostly(&self, kind: Is, percent: usize) -> bool {
        self.is_any(&[kind], percent)
    }

    /// The same for kinds of which no value has two.
    fn is_any(&self, kinds: &[Is], percent: usize) -> bool {
        let there = self.lines - self.empty;
        let of_them: usize = kinds.iter().map(|k| self.is[*k as usize]).sum();
        there > 0 && of_them * 100 >= there * percent
    }
}

/// The columns of a sample.
struct Sample<'a> {
    lines: usize,
    columns: BTreeMap<String, Seen<'a>>,
    layout: Layout,
}

impl<'a> Sample<'a> {
    fn of(layout: Layout, lines: &[&'a [u8]]) -> Sample<'a> {
        let mut columns: BTreeMap<String, Seen<'a>> = BTreeMap::new();
        let mut met = 0;
        for line in lines {
            let _ = layout.cells(line, |key, v| {
                let key = match key {
                    CellKey::At(n) => n.to_string(),
                    CellKey::Named(k) => String::from_utf8_lossy(k).into_owned(),
                };
                met += 1;
                let place = met;
                let seen = columns.entry(key).or_insert_with(|| Seen {
                    place,
                    ..Seen::default()
                });
                seen.take(v);
            });
        }
        Sample {
            lines: lines.len(),
            columns,
            layout,
        }
    }

    /// What a key means by its name: of a path of keys the whole, else its end.
    fn named(&self, key: &str) -> Option<Field> {
        let mut rest = key;
        loop {
            if let Some(f) = synonym::field(rest.as_bytes()) {
                return Some(f);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// Columns that nearly all lines have, by place.
    fn usual(&self) -> Vec<(&str, &Seen<'a>)> {
        let enough = |s: &&Seen<'_>| s.lines * 20 >= self.lines * 19;
        let all = self.columns.iter().map(|(k, s)| (k.as_str(), s));
        let mut all: Vec<_> = all.filter(|(_, s)| enough(s)).collect();
        all.sort_by_key(|(_, s)| s.place);
        all
    }

    /// Of the columns that fit, the one with a name that means the field, else the first by rank.
    fn best<R: Ord>(
        &self,
        field: impl Fn(Field) -> bool,
        fits: impl Fn(&Seen<'a>) -> bool,
        rank: impl Fn(&Seen<'a>) -> R,
    ) -> Option<&str> {
        let by_name = |k: &str| self.named(k).is_some_and(&field);
        let fitting = self.usual().into_iter().filter(|(_, s)| fits(s));
        let best = fitting.min_by_key(|(k, s)| (!by_name(k), rank(s)));
        best.map(|(k, _)| k)
    }

    fn is_named(&self, key: &str, field: Field) -> bool {
        self.named(key) == Some(field)
    }

    fn place(&self, key: Option<&str>) -> usize {
        key.and_then(|k| self.columns.get(k)).map_or(0, |s| s.place)
    }

    /// The time: what reads as one in nearly all lines and does not run backwards.
    fn time(&self) -> Option<&str> {
        let fits = |s: &Seen<'_>| {
            s.empty == 0 && s.mostly(Is::Time, 95) && s.fell * 20 <= s.lines && s.values.len() > 1
        };
        self.best(
            |f| f == Field::Time,
            fits,
            // a number may be another that grows, a date is none
            |s| (s.mostly(Is::Whole, 50), !s.fine, s.place),
        )
    }

    /// What is asked for: the request line, or the method and the path.
    fn asked(&self) -> Option<Vec<(&str, Field)>> {
        let request = self.best(
            |f| f == Field::Request,
            |s| s.mostly(Is::Request, 80),
            |s| s.place,
        );
        if let Some(k) = request {
            return Some(vec![(k, Field::Request)]);
        }
        let method = self.best(
            |f| f == Field::Method,
            |s| s.mostly(Is::Method, 80),
            |s| s.place,
        );
        let from = self.place(method);
        // some clients ask with the whole address
        let target = |s: &Seen<'_>| s.mostly(Is::Path, 50) && s.is_any(&[Is::Path, Is::Url], 95);
        let path = self.best(|f| f == Field::Path, target, |s| (s.place < from, s.place));
        let url = || {
            let named = |f: Field| f == Field::Path;
            let k = self.best(named, |s| s.mostly(Is::Url, 95), |s| s.place)?;
            self.is_named(k, Field::Path).then_some(k)
        };
        let path = path.or_else(url)?;
        let protocol = || self.usual().iter().any(|(_, s)| s.mostly(Is::Protocol, 95));
        let sure = method.is_some() || protocol() || self.is_named(path, Field::Path);
        let method = method.map(|m| (m, Field::Method));
        sure.then(|| method.into_iter().chain([(path, Field::Path)]).collect())
    }

    /// The final status: the first behind what was asked, which stands in front of those of servers behind this one.
    fn status(&self, behind: usize) -> Option<&str> {
        self.best(
            |f| f == Field::Status,
            |s| s.mostly(Is::Status, 95) && s.empty * 2 < s.lines,
            |s| (s.place < behind, s.place),
        )
    }

    fn columns(&self) -> Option<Columns> {
        // what has a level is a message of an application, which may report requests that it made itself
        let is_level =
            |(k, s): &(&str, &Seen<'_>)| self.is_named(k, Field::Level) || s.mostly(Is::Level, 90);
        let level = self.usual().into_iter().find(is_level).map(|(k, _)| k);
        if level.is_some() && self.layout != Layout::Json {
            return None;
        }
        let asked = self.asked()?;
        let behind = self.place(asked.last().map(|a| a.0));
        let status = self.status(behind)?;
        let mut all: Vec<(&str, Field)> = asked;
        all.push((status, Field::Status));
        let time = self.time();
        let part = |(_, s): &(&str, &Seen<'_>)| s.mostly(Is::Part, 95);
        // a time that is not whole is none, and yet no line is without one
        if time.is_none() && self.usual().iter().any(part) {
            return None;
        }
        all.extend(time.map(|k| (k, Field::Time)));
        all.extend(level.map(|k| (k, Field::Level)));
        self.rest(behind, &mut all);
        let column = |(k, field): (&str, Field)| Column {
            key: k.to_owned(),
            field,
        };
        Some(Columns {
            layout: self.layout,
            columns: all.into_iter().map(column).collect(),
        })
    }

    /// What else the columns show: nothing depends on it.
    fn rest<'s>(&'s self, behind: usize, all: &mut Vec<(&'s str, Field)>) {
        let free = |k: &str, all: &[(&str, Field)]| all.iter().all(|(other, _)| *other != k);
        let client = self.best(
            |f| f == Field::Client,
            |s| s.mostly(Is::Address, 90) || s.place < behind && s.mostly(Is::Endpoint, 90),
            |s| (std::cmp::Reverse(s.values.len()), s.place),
        );
        if let Some(k) = client.filter(|k| free(k, all)) {
            all.push((k, Field::Client));
        }
        for (k, s) in self.usual() {
            let named = self.named(k);
            let field = match named {
                _ if !free(k, all) => continue,
                Some(
                    f @ (Field::Latency(_)
                    | Field::Upstream
                    | Field::UpstreamStatus
                    | Field::UpstreamTime
                    | Field::Host
                    | Field::Service
                    | Field::Version
                    | Field::Release
                    | Field::Pod
                    | Field::Id
                    | Field::Bytes
                    | Field::Agent
                    | Field::Ua
                    | Field::Server
                    | Field::Message),
                ) => f,
                // by its value only what has a place
                _ if k.parse::<usize>().is_err() => continue,
                _ if s.place > behind && s.mostly(Is::Endpoint, 90) => Field::Upstream,
                _ if s.mostly(Is::Name, 95) => Field::Host,
                _ if s.mostly(Is::Agent, 60) => Field::Agent,
                _ => continue,
            };
            all.push((k, field));
        }
        if all.iter().any(|(_, f)| matches!(f, Field::Latency(_))) {
            return;
        }
        // a server waits at least as long as those behind it
        let longest = self.usual().into_iter().filter(|(k, s)| {
            k.parse::<usize>().is_ok() && free(k, all) && s.mostly(Is::Seconds, 95)
        });
        if let Some((k, _)) = longest.max_by_key(|(_, s)| (s.sum_us, std::cmp::Reverse(s.place))) {
            all.push((k, Field::Latency(None)));
        }
    }
}

/// What the columns of lines mean that look like requests; `None` where they are too few, or it is not plain what they show.
pub fn learn(lines: &[&[u8]]) -> Option<Columns> {
    if lines.len() < FEW {
        return None;
    }
    // how most lines may be cut
    let mut layouts: Vec<(Layout, usize)> = Vec::new();
    for l in lines.iter().flat_map(|l| Layout::all_of(l)) {
        match layouts.iter_mut().find(|(m, _)| *m == l) {
            Some((_, n)) => *n += 1,
            None => layouts.push((l, 1)),
        }
    }
    let most = layouts
        .into_iter()
        .filter(|(_, n)| n * 20 >= lines.len() * 19);
    let found = most.filter_map(|(l, _)| Sample::of(l, lines).columns());
    // with a time before without one, then what shows most
    found.max_by_key(|c| (c.has(Field::Time), c.columns.len()))
}
