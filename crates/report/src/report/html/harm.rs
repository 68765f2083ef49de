//! The impact by endpoint, host, service, version and status, each row with its share and, where known, its course.

use super::draw::{grouped, n};
use super::{Depth, IncidentPart, escape, person, scroller};
use crate::report::sentence::{count, percent, share};
use crate::report::{facts, time};
use coroner_infer::model::{BreakdownRow, Lane};

/// Points of a small picture.
const POINTS: usize = 45;
/// Rows of a table at most.
const ROWS: usize = 12;

impl IncidentPart<'_> {
    pub(super) fn harm(&self) -> String {
        let m = &self.i.impact;
        let mut body = String::new();
        let lanes = self.i.series.as_ref();
        let by_endpoint = lanes.map_or(&[][..], |s| &s.by_endpoint);
        let by_upstream = lanes.map_or(&[][..], |s| &s.by_upstream);
        let by_host = lanes.map_or(&[][..], |s| &s.by_host);
        body.push_str(&self.table("Endpoint", &m.by_endpoint, by_endpoint, true));
        let (mut rest, mut names) = (String::new(), Vec::new());
        for (name, rows, lanes) in [
            ("Host", &m.by_host, by_host),
            ("Version", &m.by_version, &[]),
            ("Service", &m.by_service, &[]),
            ("Upstream (tries)", &m.by_upstream, by_upstream),
            ("Status", &m.by_status, &[]),
        ] {
            if rows.len() > 1 {
                let sum = name != "Upstream (tries)";
                rest.push_str(&self.table(name, rows, lanes, sum));
                names.push(name.split(' ').next().unwrap_or_default().to_lowercase());
            }
        }
        body.push_str(&self.notes());
        if !rest.is_empty() {
            body.push_str(&format!(
                "<details class=\"more\"><summary>By {}</summary>{rest}</details>",
                names.join(", ")
            ));
        }
        body.push_str(&person(&self.ask(
            "impact",
            "How many users, orders, how much money? Which customers must be told?",
        )));
        self.section("impact", "Impact", "", &body)
    }

    fn table(&self, name: &str, rows: &[BreakdownRow], lanes: &[Lane], sum: bool) -> String {
        if rows.is_empty() {
            return String::new();
        }
        let (requests, failed) =
            (rows.iter()).fold((0, 0), |s, r| (s.0 + r.requests, s.1 + r.failed));
        let lanes = match self.depth {
            Depth::Full => lanes,
            Depth::Brief => &[],
        };
        let mut out = String::new();
        // which hosts and versions do not fail says where to look; of endpoints that they are many says it
        let (shown, rest): (Vec<_>, Vec<_>) = match name {
            "Endpoint" => rows.iter().partition(|r| r.failed > 0),
            _ => (rows.iter().collect(), Vec::new()),
        };
        let rest: Vec<&BreakdownRow> = shown.iter().skip(ROWS).copied().chain(rest).collect();
        for r in shown.into_iter().take(ROWS) {
            let pic = lanes.iter().find(|l| l.name == r.name).map(spark);
            let cell = match lanes.is_empty() {
                true => String::new(),
                false => format!("<td>{}</td>", pic.unwrap_or_default()),
            };
            let part = percent(share(r.failed, r.requests));
            out.push_str(&format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{part}</td>{cell}</tr>",
                r.name.for_html(),
                count(r.requests),
                count(r.failed),
            ));
        }
        if !rest.is_empty() {
            let (n, f) = rest
                .iter()
                .fold((0, 0), |s, r| (s.0 + r.requests, s.1 + r.failed));
            let cell = if lanes.is_empty() { "" } else { "<td></td>" };
            out.push_str(&format!(
                "<tr><th scope=\"row\">{} {}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>{cell}</tr>",
                rest.len(),
                if f == 0 { "without failures" } else { "more" },
                count(n),
                count(f),
                percent(share(f, n)),
            ));
        }
        let foot = match sum {
            true => format!(
                "<tfoot><tr><th scope=\"row\">All, in whole ten seconds</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>{}</tr></tfoot>",
                count(requests),
                count(failed),
                percent(share(failed, requests)),
                if lanes.is_empty() { "" } else { "<td></td>" },
            ),
            false => String::new(),
        };
        let course = match lanes.is_empty() {
            true => String::new(),
            false => format!("<th scope=\"col\">failed, {}</th>", self.stretch()),
        };
        let table = format!(
            "<table><thead><tr><th scope=\"col\">{name}</th><th scope=\"col\" class=\"n\">Requests</th><th scope=\"col\" class=\"n\">Failed</th><th scope=\"col\" class=\"n\">Share</th>{course}</tr></thead><tbody>{out}</tbody>{foot}</table>"
        );
        scroller(&format!("Impact by {}", name.to_lowercase()), &table)
    }

    /// `12:30 – 15:30`: what the small pictures span.
    fn stretch(&self) -> String {
        let zone = self.report.settings.zone;
        self.i.series.as_ref().map_or_else(String::new, |s| {
            let us = s.requests.len() as i64 * i64::from(s.bucket_s) * coroner_lines::time::SECOND;
            let end = coroner_lines::time::Instant(s.start.0 + us);
            format!(
                "{} – {}",
                time::minute(s.start, zone),
                time::minute(end, zone)
            )
        })
    }

    fn notes(&self) -> String {
        let m = &self.i.impact;
        let Some((n, f)) = m.requests.zip(m.failed) else {
            return "<p class=\"note\">No requests were read for this incident: how many failed is not known.</p>".to_owned();
        };
        let mut said = Vec::new();
        if facts::partial(self.i) {
            let rest = percent(share(n - f, n));
            said.push(format!(
                "Not a 100 % outage: {rest} of the requests were answered."
            ));
        }
        if f == 0 {
            let logged = match n {
                0 => "No requests were logged in that time",
                _ => "None of the requests logged failed",
            };
            said.push(format!("{logged}{}.", facts::unseen(m)));
        }
        if let Some((t, n, f)) = m.peak.filter(|p| p.2 > 0) {
            let at = time::minute(t, self.report.settings.zone);
            said.push(format!(
                "In the worst minute, {at}, {} failed.",
                percent(share(f, n))
            ));
        }
        let codes: Vec<String> = m
            .by_status
            .iter()
            .filter(|r| r.failed > 0)
            .map(|r| format!("{} ({})", r.name.for_html(), percent(share(r.failed, f))))
            .collect();
        if !codes.is_empty() {
            said.push(format!(
                "Status codes of the failures: {}.",
                codes.join(", ")
            ));
        }
        if let Some(e) = m.expected_failed.filter(|_| f > 0) {
            said.push(format!("At the usual rate {} would have failed.", count(e)));
        }
        format!("<p class=\"note\">{}</p>", said.join(" "))
    }

    /// Questions that become measures.
    pub(super) fn measures(&self) -> String {
        let i = self.i;
        let rows: Vec<_> = i
            .prompts
            .iter()
            .filter(|p| p.section == "actions")
            .collect();
        if rows.is_empty() {
            let body = person("What would have prevented this, or made it shorter?");
            return self.section("actions", "Preventive measures", "", &body);
        }
        let mut out = String::new();
        for p in rows {
            let saved = crate::report::facts::saved(p, i.durations.recover);
            out.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td>{}{}</td><td class=\"fill\">…</td><td class=\"fill\">…</td><td class=\"fill\">…</td></tr>",
                escape(&crate::report::facts::source(i, p.from.as_deref())),
                self.text(&p.text),
                escape(&saved)
            ));
        }
        let table = format!(
            "<table class=\"act\"><thead><tr><th scope=\"col\">From</th><th scope=\"col\">Question to answer</th><th scope=\"col\">Action</th><th scope=\"col\">Owner</th><th scope=\"col\">Due</th></tr></thead><tbody>{out}</tbody></table>"
        );
        let body = scroller("Preventive measures", &table);
        self.section(
            "actions",
            "Preventive measures",
            "questions, each from a finding above, by the time it could have saved",
            &body,
        )
    }
}

/// Failures over time as a small area.
fn spark(l: &Lane) -> String {
    let per = l.failed.len().div_ceil(POINTS).max(1);
    let v = grouped(&l.failed, per);
    let top = v.iter().copied().max().unwrap_or(0).max(1) as f64;
    let w = 120.0 / v.len().max(1) as f64;
    let mut points = String::from("0,23");
    for (k, f) in v.iter().enumerate() {
        let y = 22.5 - 20.5 * *f as f64 / top;
        points.push_str(&format!(
            " {},{} {},{}",
            n(w * k as f64),
            n(y),
            n(w * (k + 1) as f64),
            n(y)
        ));
    }
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 120 24\" aria-hidden=\"true\"><polygon points=\"{points} 120,23\"/></svg>"
    )
}
