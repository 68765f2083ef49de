//! The main picture: requests and failures over time, with the lettered rows of the timeline as marks that lead there.
//! Draws the series of the report and nothing else; what stands around it is the template's.

use super::draw::{
    LEFT, RIGHT, Scale, badge, grid_step, grouped, n, open, rect, saying, text_width, words,
};
use super::{IncidentPart, escape};
use crate::report::sentence::{count, percent, share};
use crate::report::{edges, facts, kinds, time};
use coroner_infer::model::{Event, Report, Series};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::{Value as Json, json};

/// Height of the plot.
const PLOT: f64 = 236.0;
/// Height of a row of marks above the plot.
const ROW: f64 = 24.0;
/// Rows of marks at most.
const ROWS: usize = 4;
/// Columns that show numbers under the pointer.
const HOVER: usize = 90;
/// Rows of the table of numbers.
const TABLE: i64 = 24;

/// What is drawn: requests over time, and rows as marks.
pub(super) struct Picture<'a> {
    report: &'a Report,
    rows: &'a [Event],
    /// Onset and end of what is shaded.
    window: Option<(Instant, Instant)>,
    symptom: Option<&'static str>,
    number: Option<usize>,
    brief: bool,
}

impl IncidentPart<'_> {
    /// What is drawn at a scale; `brief`: without what only shows under the pointer.
    pub(super) fn drawn(&self, scale: Scale, brief: bool) -> Picture<'_> {
        Picture {
            report: self.report,
            rows: &self.i.timeline,
            window: Some((self.i.onset, self.i.recovery.unwrap_or(scale.end()))),
            symptom: facts::onset_kind(self.i),
            number: self.number,
            brief,
        }
    }

    /// The picture, and its numbers as rows of a table; nothing where no requests were read.
    pub(super) fn picture(&self, brief: bool) -> Option<Value> {
        let s = self.i.series.as_ref().filter(|s| !s.requests.is_empty())?;
        Some(self.drawn(Scale::of(s), brief).both(s))
    }

    /// `12:30 – 15:30`: what the pictures span.
    pub(super) fn stretch(&self) -> Option<String> {
        let scale = Scale::of(self.i.series.as_ref()?);
        let [from, to] =
            [scale.start, scale.end()].map(|t| time::minute(t, self.report.settings.zone));
        Some(format!("{from} – {to}"))
    }
}

impl<'a> Picture<'a> {
    /// The whole archive, with every row that has a time as a mark: where there is no incident.
    pub(super) fn quiet(report: &'a Report, rows: &'a [Event]) -> Option<Value> {
        let s = report.series.as_ref().filter(|s| !s.requests.is_empty())?;
        let picture = Picture {
            report,
            rows,
            window: None,
            symptom: None,
            number: None,
            brief: false,
        };
        Some(picture.both(s))
    }

    fn both(&self, s: &Series) -> Value {
        let svg = Value::from_safe_string(self.chart(s, Scale::of(s)));
        context! { svg, numbers => Serde(self.numbers(s)) }
    }

    /// As sections do.
    fn id(&self, word: &str) -> String {
        super::id(self.number, word)
    }

    fn chart(&self, s: &Series, scale: Scale) -> String {
        let marks = self.marks(scale);
        let rows = marks.iter().map(|m| m.row + 1).max().unwrap_or(0);
        let top = 24.0 + ROW * rows as f64;
        let zone = self.report.settings.zone;
        let floor = top + PLOT;
        let minutes = f64::from(s.bucket_s) / 60.0;
        let most = s.requests.iter().copied().max().unwrap_or(0) as f64 / minutes;
        let step = grid_step(most);
        let [from, to] = [s.start, scale.end()].map(|t| time::minute(t, zone));
        let label = time::zone_label(s.start, zone);
        let mut svg = open(
            ("chart", "group"),
            floor + 40.0,
            [self.id("c-t"), self.id("c-d")],
            [
                &format!("Requests per minute, {from} to {to} ({label}), failed requests in front"),
                &self.in_words(s),
            ],
        );
        if let Some((onset, end)) = self.window {
            let (x0, x1) = (scale.x(onset), scale.x(end));
            svg += &rect("win", [x0, top, (x1 - x0).max(0.0), PLOT], 0);
        }
        for k in 0..4 {
            let y = floor - PLOT * f64::from(k) / 3.0;
            let value = step * f64::from(k);
            let label = match value.fract() < 1e-9 {
                true => count(value as u64),
                false => format!("{value:.1}"),
            };
            let [l, r, at] = [LEFT, RIGHT, y].map(n);
            svg += &format!("<path class=\"grid\" d=\"M{l} {at}H{r}\"/>");
            svg += &words("ax", 48.0, y + 4.0, true, &label);
        }
        svg += &words("ax unit", 48.0, top - 14.0, true, "req/min");
        svg += &scale.clock(zone, floor + 20.0, Some(floor));
        let to_y = |v: u64| floor - PLOT * (v as f64 / minutes / (step * 3.0)).min(1.0);
        let [l, r, f] = [LEFT, RIGHT, floor].map(n);
        for (class, values) in [("tot", &s.requests), ("bad", &s.failed)] {
            if class == "tot" || values.iter().any(|k| *k > 0) {
                let edge = steps(values, to_y);
                svg += &format!("<path class=\"{class}\" d=\"M{l} {f}{edge}H{r}V{f}Z\"/>");
            }
        }
        for m in &marks {
            let (x, top) = (n(m.x), n(top));
            svg += &format!("<path class=\"mkc\" d=\"M{x} {top}V{f}\"/>");
            svg += &line(m, 22.0 + ROW * m.row as f64, floor);
        }
        if !self.brief {
            svg += &self.hover(s, scale, top);
        }
        svg.extend(marks.iter().map(|m| self.mark(m)));
        svg + "</svg>"
    }

    /// What the picture shows, for those who do not see it.
    fn in_words(&self, s: &Series) -> String {
        let zone = self.report.settings.zone;
        let at = |k: usize| Instant(s.start.0 + k as i64 * i64::from(s.bucket_s) * SECOND);
        let mut out = format!(
            "Up to {} requests in {}.",
            count(s.requests.iter().copied().max().unwrap_or(0)),
            time::span(i64::from(s.bucket_s) * SECOND)
        );
        let worst = (0..s.requests.len().min(s.failed.len()))
            .filter(|k| s.failed[*k] > 0)
            .max_by_key(|k| (s.failed[*k], usize::MAX - k));
        match worst {
            Some(k) => out.push_str(&format!(
                " Most failures in one step: {} of {} at {}.",
                count(s.failed[k]),
                count(s.requests[k]),
                time::minute(at(k), zone)
            )),
            None => out.push_str(" No request failed."),
        }
        out + " Letters are the timeline rows below."
    }

    fn hover(&self, s: &Series, scale: Scale, top: f64) -> String {
        let zone = self.report.settings.zone;
        let per = s.requests.len().div_ceil(HOVER).max(1);
        let mut out = String::new();
        for (a, b, r, f) in spans(s, per) {
            let b = b.min(scale.end());
            let said = format!(
                "{}–{}: {} requests, {} failed ({})",
                time::minute(a, zone),
                time::minute(b, zone),
                count(r),
                count(f),
                percent(share(f, r))
            );
            let at = [scale.x(a), top, scale.x(b) - scale.x(a), PLOT];
            out += &saying("hov", at, &said);
        }
        out
    }

    /// The lettered rows that the picture spans, or all of a quiet one, each in the first row of marks that has room for it.
    pub(super) fn marks(&self, scale: Scale) -> Vec<Mark<'a>> {
        let mut out: Vec<Mark<'_>> = Vec::new();
        let mut taken: Vec<Vec<(f64, f64)>> = vec![Vec::new(); ROWS];
        let letter = |e: &Event| match self.window {
            Some(_) => e.letter,
            None => Some('·'),
        };
        let mut events: Vec<(&Event, char, Instant)> = self
            .rows
            .iter()
            .filter_map(|e| Some((e, letter(e)?, e.time?)))
            .filter(|(_, _, t)| scale.holds(*t))
            .collect();
        events.sort_list_by_key(|x| (x.2, x.1));
        for (e, letter, at) in events {
            let x = scale.x(at);
            let label = kinds::label(e.kind, &e.text, self.symptom);
            let zone = self.report.settings.zone;
            let w = text_width(&format!("{label} {}", time::minute(at, zone)), 13.0) + 6.0;
            let right = (x - 12.0, x + 14.0 + w);
            let left = (x - 14.0 - w, x + 12.0);
            let bare = (x - 12.0, x + 12.0);
            let places = [(right, 1i8), (left, -1), (bare, 0)];
            let free = |row: &[(f64, f64)], p: (f64, f64)| {
                p.0 >= 0.0 && p.1 <= 1080.0 && row.iter().all(|q| p.1 <= q.0 || p.0 >= q.1)
            };
            let found = places.into_iter().find_map(|(p, side)| {
                let row = (0..ROWS).find(|k| free(&taken[*k], p))?;
                Some((row, p, side))
            });
            let (row, p, side) = found.unwrap_or_else(|| {
                let row = make_room(&mut out, &mut taken, bare);
                (row, bare, 0)
            });
            taken[row].push(p);
            out.push(Mark {
                e,
                letter,
                at,
                x,
                row,
                side,
                label,
            });
        }
        out
    }

    /// The letter with its words: a link to the row.
    fn mark(&self, m: &Mark<'_>) -> String {
        let y = 22.0 + ROW * m.row as f64;
        let zone = self.report.settings.zone;
        let (label, at) = (escape(m.label), time::minute(m.at, zone));
        let (x, anchor) = match m.side {
            1 => (m.x + 13.0, ""),
            _ => (m.x - 13.0, " text-anchor=\"end\""),
        };
        let (x, under) = (n(x), n(y + 5.0));
        let beside = match m.side {
            0 => String::new(),
            _ => format!(
                "<text class=\"mkl\" x=\"{x}\" y=\"{under}\"{anchor}>{label}<tspan class=\"mkt\" dx=\"5\">{at}</tspan></text>"
            ),
        };
        let said = format!("{} {}", m.label, edges::when(m.e, |t| time::clock(t, zone)));
        let family = kinds::family(m.e.kind);
        beside + &badge(&self.id(&m.e.id), m.letter, family, m.x, y, &said)
    }

    /// The series as a few rows of a table.
    fn numbers(&self, s: &Series) -> Vec<Json> {
        let zone = self.report.settings.zone;
        let whole = s.requests.len() as i64 * i64::from(s.bucket_s) * SECOND;
        let step = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]
            .into_iter()
            .map(|m| m * MINUTE)
            .find(|m| whole / m < TABLE)
            .unwrap_or(whole / TABLE + 1);
        let per = (step / (i64::from(s.bucket_s) * SECOND)).max(1) as usize;
        let day = self.window.map_or(s.start, |w| w.0);
        let row = |(from, _, r, f)| {
            let from = time::clock_on(from, day, zone);
            json!({"from": from, "requests": r, "failed": f})
        };
        spans(s, per).map(row).collect()
    }
}

/// A series in spans of `per` of its steps: begin, end, requests, failed.
fn spans(s: &Series, per: usize) -> impl Iterator<Item = (Instant, Instant, u64, u64)> {
    let step = per as i64 * i64::from(s.bucket_s) * SECOND;
    let begins = (0..).map(move |k| s.start.0 + k * step);
    let counts = grouped(&s.requests, per).into_iter();
    let counts = counts.zip(grouped(&s.failed, per));
    let both = begins.zip(counts);
    both.map(move |(from, (r, f))| (Instant(from), Instant(from + step), r, f))
}

/// The upper edge of steps: `V` down or up to each value, `H` to its end.
fn steps(values: &[u64], y: impl Fn(u64) -> f64) -> String {
    let w = (RIGHT - LEFT) / values.len().max(1) as f64;
    let mut out = String::with_capacity(values.len() * 12);
    let mut last = String::new();
    for (k, v) in values.iter().enumerate() {
        let now = n(y(*v));
        if now != last {
            if k > 0 {
                out.push_str(&format!("H{}", n(LEFT + w * k as f64)));
            }
            out.push_str(&format!("V{now}"));
            last = now;
        }
    }
    out
}

/// The stroke below a mark.
pub(super) fn line(m: &Mark<'_>, from: f64, to: f64) -> String {
    let (family, [x, from, to]) = (kinds::family(m.e.kind), [m.x, from, to].map(n));
    format!("<path class=\"mk ln m-{family}\" d=\"M{x} {from}V{to}\"/>")
}

/// A mark and where it goes.
pub(super) struct Mark<'a> {
    pub e: &'a Event,
    pub letter: char,
    pub at: Instant,
    pub x: f64,
    pub row: usize,
    /// Where the words go: -1 left of the letter, 1 right of it, 0 nowhere.
    pub side: i8,
    /// The words beside the letter.
    pub label: &'static str,
}

/// The row of marks with the fewest letters where `place` is, cleared there of words. `taken` is what the marks of each row
/// take, in their order.
pub(super) fn make_room(
    marks: &mut [Mark<'_>],
    taken: &mut [Vec<(f64, f64)>],
    place: (f64, f64),
) -> usize {
    let meets = |q: (f64, f64)| place.1 > q.0 && place.0 < q.1;
    let letter = |m: &Mark<'_>| (m.x - 12.0, m.x + 12.0);
    let here = |m: &Mark<'_>, k: usize| m.row == k && meets(letter(m));
    let letters = |k: &usize| marks.iter().filter(|m| here(m, *k)).count();
    // the last row of the fewest: it is the nearest to the picture
    let row = (0..taken.len()).rev().min_by_key(letters).unwrap_or(0);
    let here = marks.iter_mut().filter(|m| m.row == row);
    for (m, t) in here.zip(&mut taken[row]) {
        if meets(*t) {
            (m.side, *t) = (0, letter(m));
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_are_one_step() {
        assert_eq!(steps(&[1, 1, 2, 2], |v| v as f64), "V1H562V2");
        assert_eq!(steps(&[], |v| v as f64), "");
    }

    #[test]
    fn words_make_room_for_letters() {
        let report = coroner_infer::model::fixture::report();
        let mark = |x: f64, row: usize| Mark {
            e: &report.incidents[0].timeline[0],
            letter: 'A',
            at: report.incidents[0].onset,
            x,
            row,
            side: 1,
            label: "Page",
        };
        let mut marks = [mark(100.0, 0), mark(100.0, 1), mark(200.0, 1)];
        let mut taken = vec![vec![(88.0, 180.0)], vec![(88.0, 180.0), (188.0, 280.0)]];
        // beside the letter of the first row and the first of the second, on the words of both
        let row = make_room(&mut marks, &mut taken, (118.0, 142.0));
        assert_eq!(row, 1);
        assert_eq!(marks.map(|m| m.side), [1, 0, 1]);
        assert_eq!(taken[1], [(88.0, 112.0), (188.0, 280.0)]);
    }
}
