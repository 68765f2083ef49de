//! The impact table: counts and breakdowns, each with the inputs it was counted in.
//! What a log cannot count (users, orders, money) stays a TODO.

use super::{Doc, code};
use crate::model::*;
use crate::report::sentence::{Medium, count, md_words, name, percent, share};
use crate::report::time;

/// Rows of a breakdown that are listed.
const ROWS: usize = 6;

impl Doc<'_> {
    pub(super) fn impact(&mut self, i: &Incident) {
        self.section("Impact");
        let m = &i.impact;
        let from = self.edge_formats();
        self.line("| measure | value | from |");
        self.line("|---|---:|---|");
        match m.requests.zip(m.failed) {
            Some((n, f)) => {
                let v = format!("{} of {} ({})", count(f), count(n), percent(share(f, n)));
                self.row(&["requests failed", &v, &from]);
            }
            None => self.row(&[
                "requests failed",
                "not in the logs",
                "no request log covers it",
            ]),
        }
        if let Some(n) = m.expected_failed {
            self.row(&["expected at the usual rate", &count(n), &from]);
        }
        if let Some((t, n, f)) = m.peak {
            let at = time::minute(t, self.report.settings.zone);
            let v = format!("{} ({at})", percent(share(f, n)));
            self.row(&["worst minute", &v, &from]);
        }
        if let Some(n) = m.addresses_hit {
            let (v, how) = addresses(n, m.addresses_error);
            self.row(&["client addresses hit", &v, &format!("{from}{how}")]);
        }
        self.breakdowns(m, &from);
        if let Some((used, objective)) = m.error_budget {
            let v = format!(
                "{used:.1} × the 30-day budget of a {} objective",
                percent_of_objective(objective)
            );
            self.row(&["error budget used", &v, "from logged traffic"]);
        }
        self.row(&["users, orders, money", "TODO", "not in the logs"]);
        self.end();
        if let Some((n, f)) = m.requests.zip(m.failed).filter(|(n, f)| f < n && *f > 0) {
            self.para(&format!(
                "Not a 100 % outage: {} of the requests were answered.",
                percent(share(n - f, n))
            ));
        }
        for p in i.prompts.iter().filter(|p| p.section == "impact") {
            let text = self.text(&p.text, i);
            self.todo(&text);
        }
    }

    fn breakdowns(&mut self, m: &Impact, from: &str) {
        let failed = m.failed.unwrap_or(0);
        let codes: Vec<String> = m
            .by_status
            .iter()
            .filter(|r| r.failed > 0)
            .take(ROWS)
            .map(|r| {
                let p = percent(share(r.failed, failed));
                format!("{} {p}", name(&r.name, Medium::Markdown))
            })
            .collect();
        if !codes.is_empty() {
            self.row(&["status codes of the failed", &codes.join(", "), from]);
        }
        for (label, rows) in [
            ("failing by endpoint", &m.by_endpoint),
            ("failing by host", &m.by_host),
            ("failing by service", &m.by_service),
            ("failing by version", &m.by_version),
            ("failing tries by upstream", &m.by_upstream),
        ] {
            if rows.len() < 2 {
                continue;
            }
            let mut cells: Vec<String> = rows
                .iter()
                .take(ROWS)
                .map(|r| {
                    format!(
                        "{} {} of {}",
                        code(&r.name),
                        percent(share(r.failed, r.requests)),
                        count(r.requests)
                    )
                })
                .collect();
            if rows.len() > ROWS {
                cells.push(format!("{} more in the JSON", rows.len() - ROWS));
            }
            self.row(&[label, &cells.join(", "), from]);
        }
    }

    fn edge_formats(&self) -> String {
        let mut names: Vec<&str> = self
            .report
            .inputs
            .iter()
            .filter(|i| i.tier == Some(Tier::Edge))
            .map(|i| i.format.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            "logs".to_owned()
        } else {
            md_words(&names.join(", "))
        }
    }
}

/// `99.9 %` as written, without the caution of [`percent`].
fn percent_of_objective(o: f64) -> String {
    let s = format!("{:.3}", o * 100.0);
    format!("{} %", s.trim_end_matches('0').trim_end_matches('.'))
}

/// An exact count, or a rounded estimate with twice its relative standard error.
pub(crate) fn addresses(n: u64, error: Option<f64>) -> (String, String) {
    match error {
        Some(e) if e > 0.0 => {
            let unit = if n >= 10_000 { 1000 } else { 100 };
            let near = (n + unit / 2) / unit * unit;
            (
                format!("≈ {}", count(near)),
                format!(", estimate ± {:.0} %", e * 100.0),
            )
        }
        _ => (count(n), String::new()),
    }
}
