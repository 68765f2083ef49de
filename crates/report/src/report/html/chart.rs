//! The main picture: requests and failures over time, with the lettered rows of the timeline as marks that lead there.
//! Draws the series of the report and nothing else.

use super::draw::{LEFT, RIGHT, Scale, grid_step, grouped, n, text_width};
use super::marks::{Mark, label, make_room};
use super::{Depth, IncidentPart, escape, scroller};
use crate::report::sentence::{count, percent, share};
use crate::report::{cite, facts, time};
use coroner_infer::model::{Event, Report, Series};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};

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
    depth: Depth,
}

impl IncidentPart<'_> {
    fn picture(&self, end: Instant) -> Picture<'_> {
        Picture {
            report: self.report,
            rows: &self.i.timeline,
            window: Some((self.i.onset, self.i.recovery.unwrap_or(end))),
            symptom: facts::onset_kind(self.i),
            number: self.number,
            depth: self.depth,
        }
    }

    pub(super) fn charts(&self) -> String {
        let Some(s) = self.i.series.as_ref().filter(|s| !s.requests.is_empty()) else {
            let body = "<p class=\"note\">No requests were read for this incident: there is nothing to draw.</p>";
            return self.section("chart", "What the logs show", "", body);
        };
        let scale = Scale::of(s);
        let picture = self.picture(scale.end());
        let marks = picture.marks(scale);
        let lines: String = marks
            .iter()
            .map(|m| line(m, 0.0, 32.0 * self.lanes(s).0.len() as f64 + 2.0))
            .collect();
        let body = [
            picture.figure(s, scale, &marks),
            self.zoom(),
            self.strip(s, scale, &lines),
            picture.numbers(s),
        ];
        self.section("chart", "What the logs show", "", &body.concat())
    }
}

impl<'a> Picture<'a> {
    /// The whole archive, with every row that has a time as a mark: where there is no incident.
    pub(super) fn quiet(report: &'a Report, rows: &'a [Event]) -> String {
        let Some(s) = report.series.as_ref().filter(|s| !s.requests.is_empty()) else {
            return String::new();
        };
        let picture = Picture {
            report,
            rows,
            window: None,
            symptom: None,
            number: None,
            depth: Depth::Full,
        };
        let scale = Scale::of(s);
        picture.figure(s, scale, &picture.marks(scale)) + &picture.numbers(s)
    }

    /// As sections do.
    fn id(&self, word: &str) -> String {
        super::id(self.number, word)
    }

    fn day(&self, s: &Series) -> Instant {
        self.window.map_or(s.start, |w| w.0)
    }

    fn figure(&self, s: &Series, scale: Scale, marks: &[Mark<'_>]) -> String {
        let rows = marks.iter().map(|m| m.row + 1).max().unwrap_or(0);
        let top = 24.0 + ROW * rows as f64;
        format!(
            "<figure><div class=\"scroll\" role=\"group\" aria-label=\"Requests and failures over time\" tabindex=\"0\">{}</div><figcaption>Requests per minute over all hosts; failed ones in front. Marks lead to the rows of the timeline.</figcaption></figure>",
            self.chart(s, scale, marks, top)
        )
    }

    fn chart(&self, s: &Series, scale: Scale, marks: &[Mark<'_>], top: f64) -> String {
        let zone = self.report.settings.zone;
        let floor = top + PLOT;
        let minutes = f64::from(s.bucket_s) / 60.0;
        let most = s.requests.iter().copied().max().unwrap_or(0) as f64 / minutes;
        let step = grid_step(most);
        let (t, d) = (self.id("c-t"), self.id("c-d"));
        let (a, b) = (time::minute(s.start, zone), time::minute(scale.end(), zone));
        let mut svg = format!(
            "<svg class=\"chart\" viewBox=\"0 0 1080 {}\" preserveAspectRatio=\"none\" role=\"group\" aria-labelledby=\"{t} {d}\"><title id=\"{t}\">Requests per minute, {a} to {b} ({}), failed requests in front</title><desc id=\"{d}\">{}</desc>",
            n(floor + 40.0),
            escape(&time::zone_label(s.start, zone)),
            escape(&self.in_words(s)),
        );
        if let Some((onset, end)) = self.window {
            let (x0, x1) = (scale.x(onset), scale.x(end));
            svg.push_str(&format!(
                "<rect class=\"win\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                n(x0),
                n(top),
                n((x1 - x0).max(0.0)),
                n(PLOT)
            ));
        }
        for k in 0..4 {
            let y = floor - PLOT * f64::from(k) / 3.0;
            let value = step * f64::from(k);
            let label = match value.fract() < 1e-9 {
                true => count(value as u64),
                false => format!("{value:.1}"),
            };
            svg.push_str(&format!(
                "<path class=\"grid\" d=\"M{} {y}H{}\"/><text class=\"ax\" x=\"48\" y=\"{}\" text-anchor=\"end\">{label}</text>",
                n(LEFT),
                n(RIGHT),
                n(y + 4.0),
                y = n(y),
            ));
        }
        svg.push_str(&format!(
            "<text class=\"ax unit\" x=\"48\" y=\"{}\" text-anchor=\"end\">req/min</text>",
            n(top - 14.0)
        ));
        svg.push_str(&scale.clock(zone, floor + 20.0, Some(floor)));
        let to_y = |v: u64| floor - PLOT * (v as f64 / minutes / (step * 3.0)).min(1.0);
        let all = steps(&s.requests, to_y);
        let failed = steps(&s.failed, to_y);
        let (l, r, f) = (n(LEFT), n(RIGHT), n(floor));
        svg.push_str(&format!(
            "<path class=\"tot\" d=\"M{l} {f}{all}H{r}V{f}Z\"/>"
        ));
        if s.failed.iter().any(|k| *k > 0) {
            svg.push_str(&format!(
                "<path class=\"bad\" d=\"M{l} {f}{failed}H{r}V{f}Z\"/>"
            ));
        }
        for m in marks {
            svg.push_str(&format!(
                "<path class=\"mkc\" d=\"M{x} {}V{f}\"/>",
                n(top),
                x = n(m.x)
            ));
            svg.push_str(&line(m, 22.0 + ROW * m.row as f64, floor));
        }
        if self.depth == Depth::Full {
            svg.push_str(&self.hover(s, scale, top));
        }
        for m in marks {
            svg.push_str(&self.mark(m));
        }
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
        let (r, f) = (grouped(&s.requests, per), grouped(&s.failed, per));
        let step = per as i64 * i64::from(s.bucket_s) * SECOND;
        let mut out = String::new();
        for (k, (r, f)) in r.iter().zip(&f).enumerate() {
            let a = Instant(s.start.0 + k as i64 * step);
            let b = Instant((a.0 + step).min(scale.end().0));
            let said = format!(
                "{}–{}: {} requests, {} failed ({})",
                time::minute(a, zone),
                time::minute(b, zone),
                count(*r),
                count(*f),
                percent(share(*f, *r))
            );
            out.push_str(&format!(
                "<rect class=\"hov\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{said}</title></rect>",
                n(scale.x(a)),
                n(top),
                n(scale.x(b) - scale.x(a)),
                n(PLOT)
            ));
        }
        out
    }

    /// The lettered rows that the picture spans, or all of a quiet one, each in the first row of marks that has room for it.
    fn marks(&self, scale: Scale) -> Vec<Mark<'a>> {
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
            let label = label(e.kind, self.symptom);
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
        let label = escape(&m.label);
        let at = time::minute(m.at, zone);
        let mut out = String::new();
        if m.side != 0 {
            let (x, anchor) = match m.side {
                1 => (m.x + 13.0, ""),
                _ => (m.x - 13.0, " text-anchor=\"end\""),
            };
            out.push_str(&format!(
                "<text class=\"mkl\" x=\"{}\" y=\"{}\"{anchor}>{label}<tspan class=\"mkt\" dx=\"5\">{at}</tspan></text>",
                n(x),
                n(y + 5.0)
            ));
        }
        format!(
            "{out}<a href=\"#{}\" aria-label=\"Timeline row {letter}: {label} {}\"><circle class=\"bd m-{}\" cx=\"{x}\" cy=\"{}\" r=\"9\"/><text class=\"bdl\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{letter}</text></a>",
            self.id(&m.e.id),
            time::clock(m.at, zone),
            cite::family(m.e.kind),
            n(y),
            n(y + 4.0),
            letter = m.letter,
            x = n(m.x),
        )
    }

    /// The series as a table of a few rows.
    fn numbers(&self, s: &Series) -> String {
        let zone = self.report.settings.zone;
        let whole = s.requests.len() as i64 * i64::from(s.bucket_s) * SECOND;
        let step = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]
            .into_iter()
            .map(|m| m * MINUTE)
            .find(|m| whole / m < TABLE)
            .unwrap_or(whole / TABLE + 1);
        let per = (step / (i64::from(s.bucket_s) * SECOND)).max(1) as usize;
        let step = per as i64 * i64::from(s.bucket_s) * SECOND;
        let mut rows = String::new();
        let (r, f) = (grouped(&s.requests, per), grouped(&s.failed, per));
        for (k, (r, f)) in r.iter().zip(&f).enumerate() {
            let t = Instant(s.start.0 + k as i64 * step);
            rows.push_str(&format!(
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                time::clock_on(t, self.day(s), zone),
                count(*r),
                count(*f),
                percent(share(*f, *r))
            ));
        }
        let table = format!(
            "<table><thead><tr><th scope=\"col\">From</th><th scope=\"col\" class=\"n\">Requests</th><th scope=\"col\" class=\"n\">Failed</th><th scope=\"col\" class=\"n\">Share</th></tr></thead><tbody>{rows}</tbody></table>"
        );
        format!(
            "<details class=\"data\"><summary>The same data as a table</summary>{}</details>",
            scroller("Requests and failures as a table", &table)
        )
    }
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

fn line(m: &Mark<'_>, from: f64, to: f64) -> String {
    format!(
        "<path class=\"mk ln m-{}\" d=\"M{} {}V{}\"/>",
        cite::family(m.e.kind),
        n(m.x),
        n(from),
        n(to)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_are_one_step() {
        assert_eq!(steps(&[1, 1, 2, 2], |v| v as f64), "V1H562V2");
        assert_eq!(steps(&[], |v| v as f64), "");
    }
}
