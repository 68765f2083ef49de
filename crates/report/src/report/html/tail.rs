//! What concerns the whole archive: short failures, gaps, inputs, and how to make the file again.

use super::timeline::RowList;
use super::{Depth, Page, citation, escape, places, scroller};
use crate::report::sentence::{Clock, Medium, count, counted, render};
use crate::report::{command, facts, gaps, json, no_incident, rows, time};
use coroner_infer::model::{Event, Input, Span, Tier};

/// Inputs listed at most.
pub(super) const INPUTS: usize = 300;
/// Inputs printed at most: the style sheet hides the others on paper.
const PRINTED: usize = 25;
/// Short failures of a kind listed at most.
const SHORT: usize = 20;
/// Gaps listed at most.
pub(super) const GAPS: usize = 60;

impl Page<'_> {
    pub(super) fn end(&self) -> String {
        format!(
            "{}{}{}{}</main>\n<footer class=\"wrap foot\">coroner {} · report schema 1.0</footer></body></html>\n",
            self.no_incident(),
            self.short_failures(),
            self.gaps(),
            self.inputs(),
            env!("CARGO_PKG_VERSION")
        )
    }

    fn clock(&self) -> Clock {
        facts::clock(self.report)
    }

    fn short_failures(&self) -> String {
        let r = self.report;
        let kinds: [(&str, &[Span]); 3] = [
            ("short", &r.blips),
            ("planned", &r.planned),
            ("minor", &r.minor),
        ];
        if kinds.iter().all(|k| k.1.is_empty()) {
            return String::new();
        }
        let clock = self.clock();
        let mut list = String::new();
        for (kind, spans) in kinds {
            for s in spans.iter().take(SHORT) {
                list.push_str(&format!(
                    "<li>{} ({kind}): {} {}</li>",
                    time::clock_on(s.start, clock.day, clock.zone),
                    render(&s.text, Medium::Html, clock),
                    places(r, &s.evidence)
                ));
            }
            if spans.len() > SHORT {
                list.push_str(&format!(
                    "<li>{} more ({kind}), see the JSON</li>",
                    spans.len() - SHORT
                ));
            }
        }
        format!(
            "<section aria-labelledby=\"short\"><h2 class=\"h\" id=\"short\">Failures that are no incident of their own</h2><ul class=\"gaps\">{list}</ul></section>\n"
        )
    }

    /// What is reported where there is no incident.
    fn no_incident(&self) -> String {
        let clock = self.clock();
        let row = |t: &no_incident::MergedRow<'_>| {
            let at = match t.at {
                Some(at) => time::clock_on(at, clock.day, clock.zone),
                None => "not known when".to_owned(),
            };
            let text = render(&t.text, Medium::Html, clock);
            format!("<li>{at}: {text} {}</li>", places(self.report, &t.evidence))
        };
        let one = |s: &no_incident::Section<'_>| {
            let list: String = s.rows.iter().map(row).collect();
            let more = match s.more {
                0 => String::new(),
                n => format!("<li>{n} more, see the JSON</li>"),
            };
            let (id, heading) = (s.id, s.heading);
            let remark = match s.remark {
                "" => String::new(),
                r => format!(" <small>{r}</small>"),
            };
            format!(
                "<section aria-labelledby=\"{id}\"><h2 class=\"h\" id=\"{id}\">{heading}{remark}</h2><ul class=\"gaps\">{list}{more}</ul></section>\n"
            )
        };
        no_incident::sections(self.report).iter().map(one).collect()
    }

    fn gaps(&self) -> String {
        let clock = self.clock();
        let all = gaps::lines(self.report);
        let mut list: String = all
            .iter()
            .take(GAPS)
            .map(|g| {
                let text = render(&g.text, Medium::Html, clock);
                format!("<li>{text} {}</li>", citation(self.report, &g.cited))
            })
            .collect();
        if all.is_empty() {
            list.push_str("<li>none found</li>");
        }
        if all.len() > GAPS {
            list.push_str(&format!("<li>{} more, see the JSON</li>", all.len() - GAPS));
        }
        format!(
            "<section aria-labelledby=\"gaps\"><h2 class=\"h\" id=\"gaps\">Open questions and data gaps</h2><ul class=\"gaps\">{list}</ul></section>\n"
        )
    }

    fn inputs(&self) -> String {
        let r = self.report;
        let rows: String = r
            .inputs
            .iter()
            .take(INPUTS)
            .enumerate()
            .map(|(n, i)| self.input(n, i))
            .collect();
        let more = match r.inputs.len().saturating_sub(INPUTS) {
            0 => String::new(),
            n => format!(
                "<p class=\"note\">{}, see the JSON.</p>",
                counted(n as u64, "more input")
            ),
        };
        let beyond = r.inputs.len().min(INPUTS).saturating_sub(PRINTED);
        let unprinted = match beyond {
            0 => String::new(),
            n => format!(
                "<p class=\"note paper\">{} on the screen.</p>",
                counted(n as u64, "more input")
            ),
        };
        let table = format!(
            "<table class=\"in\"><thead><tr><th scope=\"col\">File</th><th scope=\"col\">Format</th><th scope=\"col\">Counted as</th><th scope=\"col\" class=\"n\">Lines</th><th scope=\"col\" class=\"n\">Unread</th><th scope=\"col\" class=\"n\">Out of range</th><th scope=\"col\">Zone</th><th scope=\"col\">Span</th><th scope=\"col\">CRC-32</th></tr></thead><tbody>{rows}</tbody></table>"
        );
        let again = command::line(&r.settings, "--html report.html");
        let kept = facts::redaction(&r.settings);
        format!(
            "<section aria-labelledby=\"inputs\"><h2 class=\"h\" id=\"inputs\">Inputs</h2>{}{unprinted}{more}<p>To recreate this file (LOGS: the folder with the inputs above):</p><pre class=\"cmd\">{}</pre><p class=\"note\">Same logs, settings and version give the same bytes. This file has no scripts and loads nothing. {}</p></section>\n",
            scroller("Inputs", &table),
            escape(&again),
            escape(&kept),
        )
    }

    /// The lettered rows that an input stands behind, where there is one incident.
    fn rows_of(&self, n: usize) -> String {
        let [i] = self.report.incidents.as_slice() else {
            return String::new();
        };
        let cited = |e: &&Event| e.evidence.iter().any(|x| x.input as usize == n);
        let to = |e: &Event| Some(format!(" <a href=\"#{}\">{}</a>", e.id, e.letter?));
        i.timeline.iter().filter(cited).filter_map(to).collect()
    }

    /// The rows of an archive without incident, which show that it was looked at.
    pub(super) fn quiet_rows(&self) -> String {
        let rows = &self.report.timeline;
        let shown = &rows[..rows.len().min(GAPS)];
        let list = RowList {
            report: self.report,
            number: None,
            depth: Depth::Full,
            onset: None,
            clock: self.clock(),
        };
        let list = list.list(&rows::joined(shown));
        let more = match rows.len() - shown.len() {
            0 => String::new(),
            n => format!("<p class=\"note\">{n} more: coroner timeline LOGS.</p>"),
        };
        match rows.is_empty() {
            true => String::new(),
            false => format!(
                "<section aria-labelledby=\"timeline\"><h2 class=\"h\" id=\"timeline\">Timeline</h2>{list}{more}</section>\n"
            ),
        }
    }

    fn input(&self, n: usize, i: &Input) -> String {
        let zone = self.report.settings.zone;
        let tier = match i.tier {
            Some(Tier::Edge) => "edge",
            Some(Tier::Inner) => "inner",
            None => "–",
        };
        let span = i.span.map_or_else(
            || "–".to_owned(),
            |(a, b)| {
                let day = |t| format!("{} {}", time::date(t, zone), time::minute(t, zone));
                let end = match time::date(a, zone) == time::date(b, zone) {
                    true => time::minute(b, zone),
                    false => day(b),
                };
                format!("{} – {end}", day(a))
            },
        );
        format!(
            "<tr id=\"in{n}\"><th scope=\"row\"><code>{}</code>{}</th><td>{}</td><td>{tier}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{} ({})</td><td>{span}</td><td><code>{:08x}</code></td></tr>",
            i.name.for_html(),
            self.rows_of(n),
            escape(&i.format),
            count(i.lines),
            count(i.unparsed),
            count(i.out_of_range),
            escape(&i.zone.offset),
            json::zone_source(i.zone.source),
            i.crc32
        )
    }
}
