//! Where the time went: the bar of phases from onset to recovery. The same as a table stands in the template.

use super::IncidentPart;
use super::draw::{open, rect, text_width, words};
use crate::report::{facts, kinds, time};
use coroner_infer::model::{Incident, Phase};

const WIDTH: f64 = 1080.0;
/// Between two phases.
const BETWEEN: f64 = 3.0;
/// Least width of a phase.
const LEAST: f64 = 6.0;

impl IncidentPart<'_> {
    /// The bar; nothing where there are no phases.
    pub(super) fn phases(&self) -> Option<String> {
        let i = self.i;
        let phases: Vec<&Phase> = i.phases.iter().filter(|p| p.us > 0).collect();
        let lengths: Vec<i64> = phases.iter().map(|p| p.us).collect();
        let whole: i64 = lengths.iter().sum();
        if whole <= 0 {
            return None;
        }
        let said = |p: &&Phase| {
            let name = facts::capital(&kinds::phase(i, p));
            format!("{name} {}", kinds::phase_length(i, p, time::span))
        };
        let list: Vec<String> = phases.iter().map(said).collect();
        let title = format!("Where the {} went", time::span(whole));
        let mut svg = open(
            ("chart phase", "img"),
            88.0,
            [self.id("p-t"), self.id("p-d")],
            [&title, &list.join("; ")],
        );
        let mut x = 0.0;
        let mut free = 0.0;
        for (p, w) in phases.iter().zip(widths(&lengths)) {
            svg.push_str(&one(i, p, whole, x, w, &mut free));
            x += w + BETWEEN;
        }
        Some(svg + "</svg>")
    }
}

/// Widths in proportion, none below [`LEAST`]; what the least ones take comes off the others.
fn widths(lengths: &[i64]) -> Vec<f64> {
    let room = WIDTH - BETWEEN * lengths.len().saturating_sub(1) as f64;
    let whole: i64 = lengths.iter().sum::<i64>().max(1);
    let wish = lengths.iter().map(|l| *l as f64 / whole as f64 * room);
    let wish: Vec<f64> = wish.collect();
    let small: f64 = wish.iter().filter(|w| **w < LEAST).map(|_| LEAST).sum();
    let large: f64 = wish.iter().filter(|w| **w >= LEAST).sum();
    wish.into_iter()
        .map(|w| match w < LEAST {
            true => LEAST,
            false => w / large.max(1.0) * (room - small).max(0.0),
        })
        .collect()
}

/// One phase. `free` is where the words below the bar may begin.
fn one(i: &Incident, p: &Phase, whole: i64, x: f64, w: f64, free: &mut f64) -> String {
    let name = facts::capital(&kinds::phase(i, p));
    let part = facts::part_of(p.us, whole);
    let (from, to) = (kinds::moment(i, &p.from), kinds::moment(i, &p.to));
    let span = kinds::phase_length(i, p, time::span);
    let said = super::escape(&format!("{name}: {from} → {to}, {span} ({part})"));
    let class = format!("p-{}", class(p.phase));
    let bar = rect(&class, [x, 4.0, w, 40.0], 4);
    let mut g = format!("<g><title>{said}</title>{bar}");
    let a = text_width(&name, 15.0) + 24.0;
    let b = text_width(&part, 14.0) + 14.0;
    let inside = a <= w;
    if inside {
        g += &words("pl", x + 12.0, 29.0, false, &name);
    }
    if inside && a + b <= w {
        g += &words("pp", x + w - 12.0, 29.0, true, &part);
    }
    let short = kinds::phase_length(i, p, time::short_span);
    let below = match inside {
        true => (span, edge(i, p)),
        false if p.phase == "acknowledge" => ("Ack".to_owned(), short),
        false => (name, short),
    };
    let wide = text_width(&below.0, 13.0).max(text_width(&below.1, 12.0));
    if x >= *free && x + wide <= WIDTH {
        g += &words("ps", x, 63.0, false, &below.0);
        g += &words("ps2", x, 81.0, false, &below.1);
        *free = x + wide + 2.0;
    }
    g + "</g>"
}

/// `D → E`.
fn edge(i: &Incident, p: &Phase) -> String {
    let letter = |id: &str| i.timeline.iter().find(|e| e.id == id)?.letter;
    let both = letter(&p.from).zip(letter(&p.to));
    both.map_or(String::new(), |(a, b)| format!("{a} → {b}"))
}

fn class(phase: &str) -> &'static str {
    match phase {
        "detect" => "alert",
        "acknowledge" => "ack",
        "decide" => "decide",
        "rollback" => "rollback",
        "restart" => "restart",
        "mitigate" => "mitigate",
        // Nobody did anything that helped.
        _ => "still",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_filled_and_no_phase_vanishes() {
        for l in [
            &[296, 291, 1527, 1184, 1805, 1796][..],
            &[1, 1_000_000],
            &[5],
            &[1, 1, 90_000, 1],
        ] {
            let w = widths(l);
            let sum: f64 = w.iter().sum::<f64>() + BETWEEN * (l.len() - 1) as f64;
            assert!((sum - WIDTH).abs() < 0.01, "{sum}");
            assert!(w.iter().all(|x| *x >= LEAST), "{w:?}");
        }
    }
}
