//! Numbers, scales, shapes and clock marks that all pictures share. No colours and no incidents here; what is said in a picture
//! is escaped here.

use super::escape;
use crate::report::sentence::sum;
pub(super) use crate::report::sentence::tenths as n;
use crate::report::time;
use coroner_infer::model::Series;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// Left and right edge of every plot over time.
pub(super) const LEFT: f64 = 56.0;
pub(super) const RIGHT: f64 = 1068.0;

/// Points of a small picture.
const POINTS: usize = 45;

/// The begin of a picture that is named and told in words.
pub(super) fn open(
    (class, role): (&str, &str),
    height: f64,
    ids: [String; 2],
    said: [&str; 2],
) -> String {
    let ([t, d], [title, desc]) = (ids, said.map(escape));
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 1080 {}\" preserveAspectRatio=\"none\" role=\"{role}\" aria-labelledby=\"{t} {d}\"><title id=\"{t}\">{title}</title><desc id=\"{d}\">{desc}</desc>",
        n(height)
    )
}

/// A rectangle at x and y of a width and height, with round corners where `rx` is not 0.
pub(super) fn rect(class: &str, [x, y, w, h]: [f64; 4], rx: u8) -> String {
    let [x, y, w, h] = [x, y, w, h].map(n);
    let rx = match rx {
        0 => String::new(),
        rx => format!(" rx=\"{rx}\""),
    };
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"{rx}/>")
}

/// A rectangle that says something under the pointer.
pub(super) fn saying(class: &str, at: [f64; 4], said: &str) -> String {
    let title = format!("><title>{}</title></rect>", escape(said));
    rect(class, at, 0).replace("/>", &title)
}

/// Words at a place; `end`: they end there.
pub(super) fn words(class: &str, x: f64, y: f64, end: bool, said: &str) -> String {
    let anchor = if end { " text-anchor=\"end\"" } else { "" };
    let (x, y, said) = (n(x), n(y), escape(said));
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{said}</text>")
}

/// The letter of a row in its circle, which leads to the row.
pub(super) fn badge(row: &str, letter: char, family: &str, x: f64, y: f64, said: &str) -> String {
    let (x, y, under, said) = (n(x), n(y), n(y + 4.0), escape(said));
    format!(
        "<a href=\"#{row}\" aria-label=\"Timeline row {letter}: {said}\"><circle class=\"bd m-{family}\" cx=\"{x}\" cy=\"{y}\" r=\"9\"/><text class=\"bdl\" x=\"{x}\" y=\"{under}\" text-anchor=\"middle\">{letter}</text></a>"
    )
}

/// Failures over time as a small area.
pub(super) fn spark(failed: &[u64]) -> String {
    let v = grouped(failed, failed.len().div_ceil(POINTS));
    let top = v.iter().copied().max().unwrap_or(0).max(1) as f64;
    let w = 120.0 / v.len().max(1) as f64;
    let step = |(k, f): (usize, &u64)| {
        let y = n(22.5 - 20.5 * *f as f64 / top);
        let [from, to] = [k, k + 1].map(|k| n(w * k as f64));
        format!(" {from},{y} {to},{y}")
    };
    let points: String = v.iter().enumerate().map(step).collect();
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 120 24\" aria-hidden=\"true\"><polygon points=\"0,23{points} 120,23\"/></svg>"
    )
}

/// Time to x.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub start: Instant,
    /// Microseconds of the whole width.
    pub us: i64,
}

impl Scale {
    /// The span of a series.
    pub fn of(s: &Series) -> Scale {
        let us = s.requests.len() as i64 * i64::from(s.bucket_s) * SECOND;
        Scale { start: s.start, us }
    }

    pub fn x(&self, t: Instant) -> f64 {
        let part = (t.0 - self.start.0) as f64 / self.us.max(1) as f64;
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    pub fn end(&self) -> Instant {
        Instant(self.start.0 + self.us)
    }

    pub fn holds(&self, t: Instant) -> bool {
        t >= self.start && t <= self.end()
    }

    /// Instants of round clock times, so far apart that their labels do not touch.
    pub fn ticks(&self, zone: Zone) -> (Vec<Instant>, bool) {
        const STEPS: [i64; 14] = [
            1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080,
        ];
        let step = STEPS
            .into_iter()
            .map(|m| m * MINUTE)
            .find(|s| self.us / s <= 13)
            .unwrap_or(self.us / 12 + 1);
        let offset = i64::from(zone.offset_at(self.start)) * MINUTE;
        let first = (self.start.0 + offset + step - 1).div_euclid(step) * step - offset;
        let all = (0..20).map(|k| Instant(first + k * step));
        let here = all.filter(|t| self.holds(*t));
        (here.collect(), step >= 1440 * MINUTE)
    }

    /// Clock labels at `y`, with a stroke of the axis above each where `axis` shows where it is.
    pub fn clock(&self, zone: Zone, y: f64, axis: Option<f64>) -> String {
        let (ticks, days) = self.ticks(zone);
        let mut out = String::new();
        for (k, t) in ticks.into_iter().enumerate() {
            let x = self.x(t);
            if let Some(a) = axis {
                let (x, a, b) = (n(x), n(a), n(a + 5.0));
                out.push_str(&format!("<path class=\"tick\" d=\"M{x} {a}V{b}\"/>"));
            }
            let label = match days {
                true => time::date(t, zone)[5..].to_owned(),
                false => time::minute(t, zone),
            };
            let anchor = match x {
                x if x < LEFT + 16.0 => "start",
                x if x > RIGHT - 16.0 => "end",
                _ => "middle",
            };
            // left out where there is less room
            let odd = ["", " odd"][k % 2];
            let (x, y) = (n(x), n(y));
            out.push_str(&format!(
                "<text class=\"ax{odd}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{label}</text>"
            ));
        }
        out
    }
}

/// The smallest 1, 2, 2.5 or 5 times a power of ten that is at least `x / 3`: the distance of three grid lines.
pub(super) fn grid_step(x: f64) -> f64 {
    let least = (x / 3.0).max(0.1);
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| *s >= least * 0.999)
        .unwrap_or(10.0 * power)
}

/// Sums of `per` neighbours.
pub(super) fn grouped(v: &[u64], per: usize) -> Vec<u64> {
    v.chunks(per.max(1)).map(sum).collect()
}

/// Columns a text of `size` pixels takes, near enough to keep labels apart: the font is the reader's.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    crate::report::wrap::width(text) as f64 * size * 0.56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_round_steps_hold_the_top() {
        for (x, want) in [
            (2756.0, 1000.0),
            (9.0, 5.0),
            (3.0, 1.0),
            (0.0, 0.1),
            (61.0, 25.0),
        ] {
            let s = grid_step(x);
            assert!(s * 3.0 >= x * 0.999, "{x}: {s}");
            assert!((s - want).abs() < 1e-9, "{x}: {s}");
        }
    }

    #[test]
    fn clock_labels_are_round_and_few() {
        for minutes in [1i64, 7, 59, 180, 1440, 20_000, 600_000] {
            let s = Scale {
                start: Instant(1_682_942_704_000_000),
                us: minutes * MINUTE,
            };
            let (t, _) = s.ticks(Zone::Fixed(60));
            assert!(t.len() <= 15, "{minutes}: {}", t.len());
            assert!(minutes < 7 || t.len() >= 2, "{minutes}: {}", t.len());
        }
    }
}
