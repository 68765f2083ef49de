//! The timeline as a list: time, distance from the onset, what happened, how it is known, and the raw lines in a fold.

use super::{Depth, IncidentPart, bare, escape, person, places};
use crate::report::sentence::{Clock, Medium, counted, render};
use crate::report::{cite, json, rows, time};
use coroner_infer::model::{Claim, Event, Evidence, Report};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::Instant;

/// Rows listed at most, unless more have a letter.
pub(super) const ROWS: usize = 50;
/// Raw lines shown for a row, and for all rows together.
const RAW: usize = 50;
const RAW_ALL: usize = 200;

/// A list of rows being written.
pub(super) struct RowList<'a> {
    pub report: &'a Report,
    /// Of which of several incidents.
    pub number: Option<usize>,
    pub depth: Depth,
    /// What times are counted from, where there is an incident.
    pub onset: Option<Instant>,
    pub clock: Clock,
}

impl IncidentPart<'_> {
    pub(super) fn timeline(&self) -> String {
        let zone = self.report.settings.zone;
        let (lines, left_out) = rows::shown(self.i, ROWS);
        let rows = RowList {
            report: self.report,
            number: self.number,
            depth: self.depth,
            onset: Some(self.i.onset),
            clock: self.clock(),
        };
        // faults that no claim rests on, of hosts that do not fail
        let claims: Vec<Claim> = (self.i.causes.iter())
            .flat_map(|c| c.pro.iter().chain(&c.con).cloned())
            .collect();
        let (_, folded) = rows::folded(self.i, &claims, ROWS);
        let far = |l: &rows::RowLine<'_>| {
            matches!(l.kind(), K::Fault | K::NewError | K::Crash)
                && !rows::is_here(self.i, l.lead)
                && folded.iter().any(|f| f.lead.id == l.lead.id)
        };
        let (elsewhere, lines): (Vec<_>, Vec<_>) = lines.into_iter().partition(far);
        let mut list = rows.list(&lines);
        if !elsewhere.is_empty() {
            list.push_str(&format!(
                "<details class=\"more far\"><summary>Elsewhere: {}</summary>{}</details>",
                escape(&rows::counts(&elsewhere, self.i)),
                rows.items(&elsewhere)
            ));
        }
        if left_out > 0 {
            list.push_str(&format!(
                "<p class=\"note\">{}, see the JSON.</p>",
                counted(left_out as u64, "more row")
            ));
        }
        list.push_str(&person(
            "What logs cannot show: who decided what, and why did it make sense at the time?",
        ));
        let small = format!(
            "{} · T = onset",
            escape(&time::zone_label(self.i.onset, zone))
        );
        self.section("timeline", "Timeline", &small, &list)
    }

    /// The first line of each lettered row, for print: what is folded on a screen.
    pub(super) fn appendix(&self) -> String {
        let line = |e: &Event| {
            let x = e
                .evidence
                .iter()
                .min_by_key(|x| (x.input, x.line, x.byte))?;
            let at = escape(&cite::line(self.report, x, Medium::Plain));
            Some(format!(
                "<b>{} {at}</b> {}",
                e.letter?,
                x.excerpt.as_ref()?.for_html()
            ))
        };
        let lines: Vec<String> = self.i.timeline.iter().filter_map(line).collect();
        match lines.is_empty() || self.depth == Depth::Brief {
            true => String::new(),
            false => {
                let body = format!("<pre>{}</pre>", lines.join("\n"));
                let section =
                    self.section("lines", "Appendix: the lines behind the letters", "", &body);
                format!("<div class=\"paper\">{section}</div>")
            }
        }
    }
}

impl RowList<'_> {
    /// The rows, and what the words beside them mean.
    pub(super) fn list(&self, lines: &[rows::RowLine<'_>]) -> String {
        let list = self.items(lines);
        format!(
            "{list}<p class=\"note\"><span class=\"how stated\">stated</span> a log line says so. <span class=\"how measured\">measured</span> computed from many lines; the method is in the fold.</p>"
        )
    }

    fn items(&self, lines: &[rows::RowLine<'_>]) -> String {
        let mut raw = RAW_ALL;
        let list: String = lines.iter().map(|l| self.row(l, &mut raw)).collect();
        format!("<ol class=\"tl\">{list}</ol>")
    }

    fn id(&self, word: &str) -> String {
        super::id(self.number, word)
    }

    fn row(&self, l: &rows::RowLine<'_>, raw: &mut usize) -> String {
        let e = l.lead;
        let basis = json::basis(e.basis);
        let letter = e.letter.map_or_else(|| "·".to_owned(), String::from);
        let kind = cite::family(e.kind);
        let plain = match e.letter {
            Some(_) => "",
            None => " plain",
        };
        // a picture without letters has a mark for each of them
        let others = l
            .rows
            .iter()
            .filter(|r| r.id != e.id && self.onset.is_none());
        let others: String = others
            .map(|r| format!("<i id=\"{}\"></i>", self.id(&r.id)))
            .collect();
        format!(
            "<li class=\"t-{kind}{plain}\" id=\"{}\"><span class=\"b m-{kind}\" aria-hidden=\"true\">{letter}{others}</span><div class=\"tm\">{}</div><div class=\"ev\"><p>{} <span class=\"how {basis}\">{basis}</span></p>{}</div></li>",
            self.id(&e.id),
            self.when(e),
            render(&l.text(), Medium::Html, self.clock),
            self.fold(l, raw),
        )
    }

    fn when(&self, e: &Event) -> String {
        let at = |t| time::clock_on(t, self.clock.day, self.clock.zone);
        let distance = |t| match self.onset {
            Some(onset) => time::distance(time::from_t(t, onset)),
            None => String::new(),
        };
        match (e.time, e.after, e.before) {
            (Some(t), _, _) => format!(
                "<time datetime=\"{}\">{}</time><span class=\"rel\">{}</span>",
                time::rfc3339(t, self.clock.zone),
                at(t),
                distance(t)
            ),
            (None, Some(t), _) => format!("<span>after {}</span>", at(t)),
            (None, None, Some(t)) => format!("<span>before {}</span>", at(t)),
            _ => "<span>not known</span>".to_owned(),
        }
    }

    /// The citations; opened, the raw lines and the method.
    fn fold(&self, l: &rows::RowLine<'_>, raw: &mut usize) -> String {
        let evidence = l.evidence();
        let cited = bare(self.report, &evidence);
        let lines = match self.depth {
            Depth::Full => self.raw_lines(&evidence, raw),
            Depth::Brief => String::new(),
        };
        let method = l.lead.method.map_or_else(String::new, |m| {
            format!("<p class=\"why\">{}</p>", escape(m))
        });
        match lines.is_empty() && method.is_empty() {
            true => format!("<p class=\"why\">{}</p>", places(self.report, &evidence)),
            false => format!("<details><summary>{cited}</summary>{lines}{method}</details>"),
        }
    }

    fn raw_lines(&self, evidence: &[&Evidence], raw: &mut usize) -> String {
        let mut out = Vec::new();
        let with_text = evidence.iter().filter(|e| e.excerpt.is_some());
        for e in with_text.take(RAW.min(*raw)) {
            let Some(x) = &e.excerpt else { continue };
            let at = cite::line(self.report, e, Medium::Plain);
            let at = match (e.input as usize) < super::tail::INPUTS {
                true => format!("<a href=\"#in{}\">{}</a>", e.input, escape(&at)),
                false => format!("<b>{}</b>", escape(&at)),
            };
            out.push(format!("{at} {}", x.for_html()));
        }
        *raw -= out.len();
        match out.is_empty() {
            true => String::new(),
            false => format!("<pre>{}</pre>", out.join("\n")),
        }
    }
}
