//! One incident from headline to questions: the order of its sections, its key figures and its summary.

use super::{IncidentPart, escape, person, places};
use crate::report::edges;
use crate::report::sentence::{count, percent, share};
use crate::report::summary::{self, SummaryPart};
use crate::report::{facts, terminal, time};

impl IncidentPart<'_> {
    /// All sections.
    pub(super) fn all(&self) -> String {
        let sections = [
            self.hero(),
            self.figures(),
            self.charts(),
            self.timeline(),
            self.phases(),
            self.causes(),
            self.unexplained(),
            self.harm(),
            self.measures(),
            self.lessons(),
            self.appendix(),
        ]
        .concat();
        match self.number {
            Some(n) => format!(
                "<article class=\"one\" id=\"i{n}\" aria-labelledby=\"i{n}-of i{n}-title\">\n{sections}</article>\n"
            ),
            None => sections,
        }
    }

    fn hero(&self) -> String {
        let (i, zone) = (self.i, self.report.settings.zone);
        let title = self.text(&i.title);
        let heading = match self.number {
            Some(n) => format!("<h2 class=\"big\" id=\"i{n}-title\">{title}</h2>"),
            None => format!("<h1>{title}</h1>"),
        };
        let first = match self.number {
            Some(n) => format!("<span id=\"i{n}-of\">Incident {n} of {}</span> · ", self.report.incidents.len()),
            None => "<span class=\"chip draft\">Draft</span> inferred from logs, not yet reviewed by a person · ".to_owned(),
        };
        let when = format!(
            "<time datetime=\"{}\">{}</time>, {}",
            time::rfc3339(i.onset, zone),
            time::long_date(i.onset, zone),
            escape(&edges::lasted(i, zone))
        );
        let zone_label = escape(&time::zone_label(i.onset, zone));
        format!(
            "<section class=\"hero\"><p class=\"eyebrow\">{first}incident <code>{}</code></p>{heading}<p class=\"when\">{when} · all times {zone_label}</p>{}<p class=\"lead\">{}</p></section>\n",
            escape(&i.id),
            self.answer(),
            self.summary()
        )
    }

    /// The suspect and whether it is over, in the words of the screen's head: the way to the causes.
    fn answer(&self) -> String {
        let all = terminal::answers(self.report, self.i, self.number.unwrap_or(1));
        let shown = all
            .iter()
            .filter(|(label, _)| matches!(*label, "SUSPECT" | "AT END"));
        let lines: String = shown
            .map(|(label, said)| {
                let label = facts::capital(&label.to_lowercase());
                format!("<p><b>{label}</b> {}</p>", escape(said))
            })
            .collect();
        format!(
            "<a class=\"answer\" href=\"#{}\">{lines}</a>",
            self.id("causes")
        )
    }

    fn summary(&self) -> String {
        let part = |s: SummaryPart<'_>| match s {
            SummaryPart::Text(s) => self.text(&s),
            SummaryPart::Strong(s) | SummaryPart::Refusal(s) => {
                format!("<strong>{}</strong>", self.text(&s))
            }
            SummaryPart::Cite(l) => format!(" <small>({})</small>", places(self.report, l)),
        };
        summary::of(self.i).into_iter().map(part).collect()
    }

    /// The five figures.
    fn figures(&self) -> String {
        let (i, zone) = (self.i, self.report.settings.zone);
        let m = &i.impact;
        let mut cells = Vec::new();
        cells.push(match (i.durations.recover, i.recovery) {
            (Some(us), Some(t)) => (
                parts(&time::round_span(us)),
                "outage",
                format!(
                    "{} → {}",
                    time::clock(i.onset, zone),
                    time::clock_on(t, i.onset, zone)
                ),
            ),
            _ => ("open".to_owned(), "end", "not in the logs".to_owned()),
        });
        cells.push(match m.requests.zip(m.failed) {
            Some((n, 0)) => {
                let unseen = facts::unseen(m);
                let how = unseen.trim_start_matches([',', ';', ' ']);
                let how = if how.is_empty() { "none failed" } else { how };
                (count(n), "requests logged", how.to_owned())
            }
            Some((n, f)) => (
                count(f),
                "requests failed",
                match facts::own_share(self.i) {
                    Some((s, own)) => format!(
                        "{} of all {}, {} of {}'s",
                        percent(share(f, n)),
                        count(n),
                        percent(own),
                        s.for_terminal()
                    ),
                    None => format!("{} of {} in the outage", percent(share(f, n)), count(n)),
                },
            ),
            None => (
                "–".to_owned(),
                "requests failed",
                "no requests in these logs".to_owned(),
            ),
        });
        cells.push(match m.addresses_hit {
            Some(n) => {
                let (v, how) = facts::addresses(n, m.addresses_error);
                let how = match how.is_empty() {
                    true => "exact count".to_owned(),
                    false => how.trim_start_matches(", ").to_owned(),
                };
                (v, "client addresses hit", how)
            }
            None => (
                "–".to_owned(),
                "client addresses hit",
                match m.failed {
                    Some(0) => "no request failed".to_owned(),
                    _ => "not recognised in the logs".to_owned(),
                },
            ),
        });
        cells.push(match m.peak.filter(|p| p.2 > 0) {
            Some((t, n, f)) => (
                parts(&percent(share(f, n))),
                "worst minute",
                format!(
                    "{}, {} of {} failed",
                    time::minute(t, zone),
                    count(f),
                    count(n)
                ),
            ),
            None => (
                "–".to_owned(),
                "worst minute",
                "no request failed".to_owned(),
            ),
        });
        cells.push(match (m.error_budget, i.durations.detect) {
            (Some((used, objective)), _) => (
                format!("{used:.1}<i>×</i>"),
                "of a 30-day error budget",
                format!(
                    "{} objective, traffic as logged",
                    facts::percent_of_objective(objective)
                ),
            ),
            (None, Some(us)) => (
                parts(&time::round_span(us)),
                "until the first alert",
                "from the onset".to_owned(),
            ),
            (None, None) => (
                "–".to_owned(),
                "until the first alert",
                "no alert in the logs".to_owned(),
            ),
        });
        let list: String = cells
            .iter()
            .enumerate()
            .map(|(n, (value, name, more))| {
                let class = if n == 0 { " class=\"er\"" } else { "" };
                format!(
                    "<li{class}><b>{value}</b><span>{name}</span><small>{}</small></li>",
                    escape(more)
                )
            })
            .collect();
        let label = match self.number {
            Some(n) => format!("Key figures of incident {n}"),
            None => "Key figures".to_owned(),
        };
        format!("<section aria-label=\"{label}\"><ul class=\"kpi\">{list}</ul></section>\n")
    }

    fn lessons(&self) -> String {
        let start = match self.i.durations.acknowledge {
            Some(us) => format!(
                "The alert was acknowledged after {}. What else helped, and what stood in the way?",
                self.span(us)
            ),
            None => "What helped, and what stood in the way?".to_owned(),
        };
        self.section(
            "lessons",
            "What went well, what was hard, where we were lucky",
            "",
            &person(&start),
        )
    }
}

/// `1 h 55 min` with small units: the last unit is set off.
fn parts(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((value, unit)) => format!("{}<i>{}</i>", escape(value), escape(unit)),
        None => escape(text),
    }
}
