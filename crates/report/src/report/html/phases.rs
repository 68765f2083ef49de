//! Where the time went: the bar of phases from onset to recovery, and the same as a table.

use super::draw::{n, text_width};
use super::{IncidentPart, escape, scroller};
use crate::report::{facts, time};
use coroner_infer::model::{Incident, Phase};

const WIDTH: f64 = 1080.0;
/// Between two phases.
const BETWEEN: f64 = 3.0;
/// Least width of a phase.
const LEAST: f64 = 6.0;

impl IncidentPart<'_> {
    pub(super) fn phases(&self) -> String {
        let i = self.i;
        let phases: Vec<&Phase> = i.phases.iter().filter(|p| p.us > 0).collect();
        let whole: i64 = phases.iter().map(|p| p.us).sum();
        if phases.is_empty() || whole <= 0 {
            return self.section("time", "Where the time went", "", &self.spans());
        }
        let (t, d) = (self.id("p-t"), self.id("p-d"));
        let all = self.span(whole);
        let list: Vec<String> = phases
            .iter()
            .map(|p| {
                format!(
                    "{} {}",
                    facts::capital(facts::phase(p.phase)),
                    time::span(p.us)
                )
            })
            .collect();
        let mut svg = format!(
            "<svg class=\"chart phase\" viewBox=\"0 0 1080 88\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"{t} {d}\"><title id=\"{t}\">Where the {all} went</title><desc id=\"{d}\">{}</desc>",
            escape(&list.join("; "))
        );
        let widths = widths(&phases.iter().map(|p| p.us).collect::<Vec<_>>());
        let mut x = 0.0;
        let mut free = 0.0;
        for (p, w) in phases.iter().zip(widths) {
            svg.push_str(&one(i, p, whole, x, w, &mut free));
            x += w + BETWEEN;
        }
        svg.push_str("</svg>");
        let bar = format!(
            "<div class=\"scroll\" role=\"group\" aria-label=\"Bar of phases\" tabindex=\"0\">{svg}</div>"
        );
        let body = format!("{bar}{}{}", self.spans(), self.phase_table(&phases));
        self.section("time", "Where the time went", "", &body)
    }

    /// The named durations, or that the logs do not show them.
    fn spans(&self) -> String {
        let d = &self.i.durations;
        let rows = [
            ("detected (TTD)", d.detect),
            ("acknowledged (TTA)", d.acknowledge),
            ("mitigated (TTM)", d.mitigate),
            ("recovered (TTR)", d.recover),
            ("cause to onset", d.lead),
        ];
        let mut out = String::from("<ul class=\"fact\">");
        for (name, us) in rows {
            let said = match us {
                Some(us) => format!("<b>{}</b>", self.span(us)),
                None => "not recognised in the logs".to_owned(),
            };
            out.push_str(&format!("<li>{name} {said}</li>"));
        }
        out + "</ul>"
    }

    fn phase_table(&self, phases: &[&Phase]) -> String {
        let mut rows = String::new();
        let whole = self.i.durations.recover;
        for p in phases {
            let part = whole.map_or_else(String::new, |w| facts::part_of(p.us, w));
            rows.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td>{} → {}</td><td class=\"n\">{}</td><td class=\"n\">{part}</td></tr>",
                escape(&facts::phase_label(self.i, p)),
                escape(&facts::moment(self.i, &p.from)),
                escape(&facts::moment(self.i, &p.to)),
                self.span(p.us),
            ));
        }
        let foot = whole.map_or_else(String::new, |us| {
            format!(
                "<tfoot><tr><th scope=\"row\">Outage (TTR)</th><td>onset → recovery</td><td class=\"n\">{}</td><td class=\"n\">100 %</td></tr></tfoot>",
                self.span(us)
            )
        });
        let table = format!(
            "<table><thead><tr><th scope=\"col\">Phase</th><th scope=\"col\">From → to</th><th scope=\"col\" class=\"n\">Duration</th><th scope=\"col\" class=\"n\">Share</th></tr></thead><tbody>{rows}</tbody>{foot}</table>"
        );
        format!(
            "<details class=\"data spans\"><summary>The phases as a table</summary>{}</details>",
            scroller("Phases as a table", &table)
        )
    }
}

/// Widths in proportion, none below [`LEAST`]; what the least ones take comes off the others.
fn widths(lengths: &[i64]) -> Vec<f64> {
    let room = WIDTH - BETWEEN * lengths.len().saturating_sub(1) as f64;
    let whole: i64 = lengths.iter().sum::<i64>().max(1);
    let wish: Vec<f64> = lengths
        .iter()
        .map(|l| *l as f64 / whole as f64 * room)
        .collect();
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
    let name = facts::capital(facts::phase(p.phase));
    let part = facts::part_of(p.us, whole);
    let (from, to) = (facts::moment(i, &p.from), facts::moment(i, &p.to));
    let span = time::span(p.us);
    let mut g = format!(
        "<g><title>{}</title><rect class=\"p-{}\" x=\"{}\" y=\"4\" width=\"{}\" height=\"40\" rx=\"4\"/>",
        escape(&format!("{name}: {from} → {to}, {span} ({part})")),
        class(p.phase),
        n(x),
        n(w),
    );
    let (a, b) = (
        text_width(&name, 15.0) + 24.0,
        text_width(&part, 14.0) + 14.0,
    );
    let inside = a <= w;
    if inside {
        g.push_str(&format!(
            "<text class=\"pl\" x=\"{}\" y=\"29\">{name}</text>",
            n(x + 12.0)
        ));
    }
    if inside && a + b <= w {
        let end = n(x + w - 12.0);
        g.push_str(&format!(
            "<text class=\"pp\" x=\"{end}\" y=\"29\" text-anchor=\"end\">{part}</text>"
        ));
    }
    let below = match inside {
        true => (span, edge(i, p)),
        false => (short(p.phase, name), time::short_span(p.us)),
    };
    let wide = text_width(&below.0, 13.0).max(text_width(&below.1, 12.0));
    if x >= *free && x + wide <= WIDTH {
        let at = n(x);
        g.push_str(&format!(
            "<text class=\"ps\" x=\"{at}\" y=\"63\">{}</text><text class=\"ps2\" x=\"{at}\" y=\"81\">{}</text>",
            escape(&below.0),
            escape(&below.1)
        ));
        *free = x + wide + 2.0;
    }
    g + "</g>"
}

/// The name below a narrow phase.
fn short(phase: &str, name: String) -> String {
    match phase {
        "acknowledge" => "Ack".to_owned(),
        _ => name,
    }
}

/// `D → E`.
fn edge(i: &Incident, p: &Phase) -> String {
    let letter = |id: &str| {
        i.timeline
            .iter()
            .find(|e| e.id == id)
            .and_then(|e| e.letter)
    };
    match (letter(&p.from), letter(&p.to)) {
        (Some(a), Some(b)) => format!("{a} → {b}"),
        _ => String::new(),
    }
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
