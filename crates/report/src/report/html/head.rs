//! The begin of the file, the index of several incidents, and what is said where there is none.

use super::chart::Picture;
use super::{Page, STYLE, escape, style_hash};
use crate::report::sentence::{Clock, Medium, count, percent, render, share};
use crate::report::{facts, time};
use coroner_infer::model::{Incident, Report, Verdict};

const LOGO: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M2 13h4l2.5-7 4 13 3-9 1.5 3H22\"/></svg>";
const THEMES: &str = "<fieldset class=\"theme\"><legend class=\"sr\">Colour scheme</legend><input type=\"radio\" name=\"th\" id=\"th-a\" checked><label for=\"th-a\">Auto</label><input type=\"radio\" name=\"th\" id=\"th-l\"><label for=\"th-l\">Light</label><input type=\"radio\" name=\"th\" id=\"th-d\"><label for=\"th-d\">Dark</label></fieldset>";

/// What the browser shows as the title, and the day.
fn title(report: &Report) -> String {
    let zone = report.settings.zone;
    match report.incidents.as_slice() {
        [] => match report.verdict {
            Verdict::Insufficient => "Not enough data to say".to_owned(),
            _ => "No incident found".to_owned(),
        },
        [i] => {
            let clock = Clock { zone, day: i.onset };
            let text = render(&i.title, Medium::Plain, clock);
            escape(&format!("{text} · {}", time::date(i.onset, zone)))
        }
        many => format!("{} incidents", many.len()),
    }
}

impl Page<'_> {
    /// Everything up to the first section.
    pub(super) fn start(&self) -> String {
        let links: &[(&str, &str)] = match self.report.incidents.len() {
            0 => &[("gaps", "Gaps"), ("inputs", "Inputs")],
            1 => &[
                ("chart", "Chart"),
                ("timeline", "Timeline"),
                ("time", "Where the time went"),
                ("causes", "Causes"),
                ("impact", "Impact"),
                ("actions", "Measures"),
                ("gaps", "Gaps"),
                ("inputs", "Inputs"),
            ],
            _ => &[
                ("incidents", "Incidents"),
                ("gaps", "Gaps"),
                ("inputs", "Inputs"),
            ],
        };
        let nav: String = links
            .iter()
            .map(|(id, word)| format!("<a href=\"#{id}\">{word}</a>"))
            .collect();
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'\"><meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\"><meta name=\"generator\" content=\"coroner {}\"><title>{}</title><style>{STYLE}</style></head>\n<body><a class=\"skip\" href=\"#main\">Skip to the report</a><header class=\"top\"><div class=\"wrap bar\"><span class=\"brand\">{LOGO}coroner</span><nav aria-label=\"Sections\">{nav}</nav>{THEMES}</div></header>\n<main id=\"main\" class=\"wrap\">{}",
            style_hash(),
            env!("CARGO_PKG_VERSION"),
            title(self.report),
            facts::warning(&self.report.settings).map_or_else(String::new, |w| {
                format!("<p class=\"alarm\" role=\"note\"><strong>{w}</strong></p>")
            }),
        )
    }

    pub(super) fn without_incident(&self) -> String {
        let (said, note) = facts::no_incident(self.report);
        let head = said.split(['(', ':', ';']).next().unwrap_or(&said);
        let title = match self.report.verdict {
            Verdict::Insufficient => "Not enough data to say",
            _ => head.trim().trim_end_matches('.'),
        };
        format!(
            "<section class=\"hero\"><p class=\"eyebrow\">inferred from logs</p><h1>{}</h1><p class=\"lead\">{}</p><p class=\"note\">{}</p></section>\n",
            escape(title),
            escape(&said) + &facts::uncounted(self.report, Medium::Html),
            escape(&note)
        ) + &self.proof()
    }

    /// What was looked at, where nothing was found.
    fn proof(&self) -> String {
        // marks lead to rows: none without one
        let rows = match self.report.verdict {
            Verdict::Insufficient => &[],
            _ => self.report.timeline.as_slice(),
        };
        let rows = &rows[..rows.len().min(super::tail::GAPS)];
        let chart = match Picture::quiet(self.report, rows) {
            c if c.is_empty() => c,
            c => format!(
                "<section aria-labelledby=\"chart\"><h2 class=\"h\" id=\"chart\">What the logs show</h2>{c}</section>\n"
            ),
        };
        match self.report.verdict {
            // its rows are reported one by one
            Verdict::Insufficient => chart,
            _ => chart + &self.quiet_rows(),
        }
    }

    /// Headline and index of several incidents; those that are not `shown` have no section to lead to.
    pub(super) fn index(&self, many: &[Incident], shown: &[bool]) -> String {
        let zone = self.report.settings.zone;
        let mut list = String::new();
        for (n, (i, shown)) in many.iter().zip(shown).enumerate() {
            let clock = Clock { zone, day: i.onset };
            let title = render(&i.title, Medium::Html, clock);
            let title = match shown {
                true => format!("<a href=\"#i{}\">{title}</a>", n + 1),
                false => format!("<strong>{title}</strong>"),
            };
            let mut said = vec![format!(
                "{}, {}",
                time::long_date(i.onset, zone),
                time::clock(i.onset, zone)
            )];
            said.push(match i.recovery {
                Some(t) => format!(
                    "to {} ({})",
                    time::clock_on(t, i.onset, zone),
                    time::span(t.0 - i.onset.0)
                ),
                None => "end not in the logs".to_owned(),
            });
            if let Some((r, f)) = i.impact.requests.zip(i.impact.failed) {
                said.push(format!(
                    "{} of {} requests failed ({})",
                    count(f),
                    count(r),
                    percent(share(f, r))
                ));
            }
            if !shown {
                said.push("not drawn here, see the JSON".to_owned());
            }
            list.push_str(&format!(
                "<li>{title}<p>{}</p></li>",
                escape(&said.join(" · "))
            ));
        }
        let first = many
            .first()
            .map_or_else(String::new, |i| time::zone_label(i.onset, zone));
        format!(
            "<section class=\"hero\" aria-labelledby=\"incidents\"><p class=\"eyebrow\"><span class=\"chip draft\">Draft</span> inferred from logs, not yet reviewed by a person</p><h1 id=\"incidents\">{} incidents</h1><p class=\"when\">all times {}</p><ol class=\"cards\">{list}</ol></section>\n",
            many.len(),
            escape(&first)
        )
    }
}
