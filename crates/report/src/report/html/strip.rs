//! The strip of hosts (of upstreams where one proxy saw everything): one lane each, darker where more of its requests fail, so
//! that the order in which hosts fell and came back shows at a glance. What stands below it is the template's.

use super::chart::line;
use super::draw::{LEFT, RIGHT, Scale, grouped, n, open, rect, saying};
use super::{IncidentPart, escape};
use crate::report::sentence::{Medium, name, percent, share};
use crate::report::time;
use coroner_infer::model::{Lane, Series};
use coroner_lines::time::{Instant, SECOND};
use minijinja::context;
use minijinja::value::Value;

/// Columns drawn at most.
const COLUMNS: usize = 180;
/// Height of a lane and of the distance to the next.
const LANE: f64 = 26.0;
const STEP: f64 = 32.0;
/// Silent columns in a row before they are drawn as such.
const SILENT: usize = 3;

/// What a column of a lane shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shade {
    Well,
    Silent,
    Failing(u8),
}

impl IncidentPart<'_> {
    /// The strip with what it shows and how many lanes are left out; nothing without lanes.
    pub(super) fn strip(&self) -> Option<Value> {
        let s = self.i.series.as_ref()?;
        let (lanes, of, all) = self.lanes(s);
        if lanes.is_empty() || s.requests.is_empty() {
            return None;
        }
        let scale = Scale::of(s);
        let bottom = STEP * lanes.len() as f64;
        let title = format!("Failed share of {of} over time");
        let mut svg = open(
            ("chart heat", "img"),
            bottom + 30.0,
            [self.id("h-t"), self.id("h-d")],
            [&title, &self.order(s, lanes)],
        );
        let labels = short(lanes);
        for (k, (lane, label)) in lanes.iter().zip(&labels).enumerate() {
            svg += &self.lane(lane, label, s, scale, 4.0 + STEP * k as f64);
        }
        svg += &scale.clock(self.report.settings.zone, bottom + 22.0, None);
        for m in self.drawn(scale, false).marks(scale) {
            svg += &line(&m, 0.0, bottom + 2.0);
        }
        let svg = Value::from_safe_string(svg + "</svg>");
        Some(context! { svg, of, more => all.saturating_sub(lanes.len()) })
    }

    /// The lanes to draw, what they are, and how many there are in the impact: hosts, or the upstreams of one proxy.
    fn lanes<'s>(&self, s: &'s Series) -> (&'s [Lane], &'static str, usize) {
        let m = &self.i.impact;
        if s.by_host.len() >= 2 {
            return (&s.by_host, "the requests of each host", m.by_host.len());
        }
        let of = "the tries at each upstream";
        (&s.by_upstream, of, m.by_upstream.len())
    }

    /// In words: when each host first had a tenth of its requests fail.
    fn order(&self, s: &Series, lanes: &[Lane]) -> String {
        let zone = self.report.settings.zone;
        let first = |l: &Lane| {
            let mut steps = l.failed.iter().zip(&l.requests);
            let at = steps.position(|(f, r)| *f > 0 && share(*f, *r) >= 0.1)?;
            let t = Instant(s.start.0 + at as i64 * i64::from(s.bucket_s) * SECOND);
            Some((t, name(&l.name, Medium::Plain)))
        };
        let mut firsts: Vec<(Instant, String)> = lanes.iter().filter_map(first).collect();
        firsts.sort();
        let said =
            |(t, host): &(Instant, String)| format!("{host} from {}", time::minute(*t, zone));
        let said: Vec<String> = firsts.iter().map(said).collect();
        match said.is_empty() {
            true => "In no lane do a tenth of the requests fail in any step.".to_owned(),
            false => format!("A tenth of the requests or more fail: {}.", said.join(", ")),
        }
    }

    pub(super) fn lane(
        &self,
        lane: &Lane,
        short: &str,
        s: &Series,
        scale: Scale,
        y: f64,
    ) -> String {
        let zone = self.report.settings.zone;
        let per = s.requests.len().div_ceil(COLUMNS).max(1);
        let (r, f) = (grouped(&lane.requests, per), grouped(&lane.failed, per));
        let label = name(&lane.name, Medium::Plain);
        let mut out = format!(
            "<text class=\"ax host\" x=\"48\" y=\"{}\" text-anchor=\"end\"><title>{}</title>{}</text>{}",
            n(y + 17.0),
            escape(&label),
            escape(short),
            rect("hbg", [LEFT, y, RIGHT - LEFT, LANE], 3),
        );
        let step = per as i64 * i64::from(s.bucket_s) * SECOND;
        for (shade, a, b) in runs(&r, &f) {
            let class = match shade {
                Shade::Well => continue,
                Shade::Silent => 0,
                Shade::Failing(k) => k,
            };
            let at = |k: usize| Instant((s.start.0 + k as i64 * step).min(scale.end().0));
            let (from, to) = (at(a), at(b));
            let (x, w) = (scale.x(from), scale.x(to) - scale.x(from));
            let sum = |v: &[u64]| v[a..b].iter().sum::<u64>();
            let said = match shade {
                Shade::Silent => "no requests".to_owned(),
                _ => format!("{} failed", percent(share(sum(&f), sum(&r)))),
            };
            let [from, to] = [from, to].map(|t| time::minute(t, zone));
            let said = format!("{label} {from}–{to}: {said}");
            out += &saying(&format!("h{class}"), [x, y, w, LANE], &said);
        }
        out
    }
}

/// Names short enough to stand beside their lanes: what all have at their end is left off, and of the rest the end, which
/// distinguishes hosts, is kept.
fn short(lanes: &[Lane]) -> Vec<String> {
    const ROOM: usize = 7;
    let name = |l: &Lane| name(&l.name, Medium::Plain).chars().collect();
    let names: Vec<Vec<char>> = lanes.iter().map(name).collect();
    let least = names.iter().map(Vec::len).min().unwrap_or(0);
    let from_end = |n: &Vec<char>, k: usize| n[n.len() - k];
    let same = |k: usize| {
        names
            .iter()
            .all(|n| from_end(n, k) == from_end(&names[0], k))
    };
    let alike = (1..least).take_while(|k| same(*k)).count();
    // A name is left off at a dot or hyphen, not inside a word.
    let at_mark = |k: &usize| matches!(from_end(&names[0], *k), '.' | '-' | ':');
    let tail = (1..=alike).rev().find(at_mark).unwrap_or(0);
    let cut = |n: &Vec<char>| -> String {
        let n = &n[..n.len() - tail];
        match n.len() > ROOM {
            true => ['…'].iter().chain(&n[n.len() - ROOM + 1..]).collect(),
            false => n.iter().collect(),
        }
    };
    names.iter().map(cut).collect()
}

/// Neighbours of one shade: shade, first column, one past the last.
fn runs(requests: &[u64], failed: &[u64]) -> Vec<(Shade, usize, usize)> {
    let shade = |k: usize| match (requests[k], share(failed[k], requests[k])) {
        (0, _) => Shade::Silent,
        (_, s) if s < 0.01 => Shade::Well,
        (_, s) if s < 0.10 => Shade::Failing(1),
        (_, s) if s < 0.35 => Shade::Failing(2),
        (_, s) if s < 0.80 => Shade::Failing(3),
        _ => Shade::Failing(4),
    };
    let mut out: Vec<(Shade, usize, usize)> = Vec::new();
    for k in 0..requests.len().min(failed.len()) {
        match out.last_mut() {
            Some((s, _, b)) if *s == shade(k) => *b = k + 1,
            _ => out.push((shade(k), k, k + 1)),
        }
    }
    out.retain(|(s, a, b)| *s != Shade::Silent || b - a >= SILENT);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_called_by_what_distinguishes_them() {
        let lane = |n: &str| Lane {
            name: coroner_lines::text::LogText::name(n.as_bytes()),
            requests: vec![1],
            failed: vec![0],
        };
        let labels = |all: &[&str]| short(&all.iter().map(|n| lane(n)).collect::<Vec<_>>());
        assert_eq!(
            labels(&["web-1.eu.example", "web-12.eu.example"]),
            ["web-1", "web-12"]
        );
        assert_eq!(
            labels(&["10.0.0.1:80", "10.0.0.2:80"]),
            ["….0.0.1", "….0.0.2"]
        );
        assert_eq!(labels(&["a", "a"]), ["a", "a"]);
    }

    #[test]
    fn neighbours_of_one_shade_are_one_piece() {
        let r = [10, 10, 10, 10, 0, 10, 0, 0, 0];
        let f = [0, 9, 10, 3, 0, 0, 0, 0, 0];
        let got: Vec<(usize, usize)> = runs(&r, &f)
            .into_iter()
            .filter(|x| x.0 != Shade::Well)
            .map(|x| (x.1, x.2))
            .collect();
        assert_eq!(got, [(1, 3), (3, 4), (6, 9)]);
    }
}
