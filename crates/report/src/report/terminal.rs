//! The view on the screen: what was read, headline, chart, timeline, suspects, where the time went, gaps.
//! Meaning is never in colour alone, citations are never cut, and log text never begins a line.

mod findings;
mod quiet;
mod timeline;

use super::sentence::{Clock, Medium, count, counted, percent, render, share};
use super::wrap::{right, to_ascii, width, wrap};
use super::{Form, Look, chart, facts, time};
use anstyle::{AnsiColor, Style};
use coroner_core::model::{Incident, Report, Sentence};

/// The form `text`.
pub struct Terminal;

impl Form for Terminal {
    fn name(&self) -> &'static str {
        "text"
    }
    fn extension(&self) -> Option<&'static str> {
        None
    }
    fn about(&self) -> &'static str {
        "view for the terminal"
    }
    fn render(&self, report: &Report, look: &Look) -> String {
        to_string(report, look)
    }
}

/// Fewest columns drawn.
const LEAST: usize = 20;
/// Below this everything stands at the left edge, one thing per line.
const TIGHT: usize = 40;
/// From here on citations stand at the right end of the row.
const WIDE: usize = 110;
/// Below this the timeline is stacked instead of in columns.
const NARROW: usize = 70;
/// Rows of the timeline printed at most, unless more have a letter.
const ROWS: usize = 50;
/// Column in which the text of a timeline row begins.
const TEXT: usize = 30;

/// What stands under the headline begins here.
const UNDER: &str = "          ";

const HEADING: Style = Style::new().bold();
const ALARM: Style = AnsiColor::Red.on_default().bold();
const BARS: Style = AnsiColor::Red.on_default();
const FAINT: Style = Style::new().dimmed();

/// The whole view.
pub fn to_string(report: &Report, look: &Look) -> String {
    let mut v = ScreenView {
        report,
        look: Look {
            width: look.width.max(LEAST),
            ..*look
        },
        out: String::new(),
    };
    v.head();
    if report.incidents.is_empty() {
        v.without_incident();
    }
    for (n, i) in report.incidents.iter().enumerate() {
        v.incident(i, n + 1);
    }
    v.gaps();
    v.next();
    v.out
}

struct ScreenView<'a> {
    report: &'a Report,
    look: Look,
    out: String,
}

impl ScreenView<'_> {
    fn columns(&self) -> usize {
        self.look.width
    }

    fn tight(&self) -> bool {
        self.look.width < TIGHT
    }

    /// What stands before a line under the headline.
    fn under(&self) -> &'static str {
        match self.tight() {
            true => "  ",
            false => UNDER,
        }
    }

    fn wide(&self) -> bool {
        self.look.width >= WIDE
    }

    /// Text in the character set of the screen.
    fn set(&self, s: &str) -> String {
        if self.look.ascii {
            to_ascii(s)
        } else {
            s.to_owned()
        }
    }

    fn text(&self, s: &Sentence, clock: Clock) -> String {
        self.set(&render(s, Medium::Terminal, clock))
    }

    fn paint(&self, s: &str, style: Style) -> String {
        if self.look.color && !s.trim().is_empty() {
            format!("{style}{s}{style:#}")
        } else {
            s.to_owned()
        }
    }

    fn line(&mut self, s: &str) {
        self.out.push_str(s.trim_end());
        self.out.push('\n');
    }

    /// A remark in faint colour, wrapped.
    fn faint(&mut self, before: &str, text: &str) {
        for l in wrap(text, &[], self.columns().saturating_sub(width(before))) {
            let painted = self.paint(&l, FAINT);
            self.line(&format!("{before}{painted}"));
        }
    }

    /// Wrapped lines: the first after `first`, the others under it.
    fn block(&mut self, first: &str, text: &str, tail: &[String]) {
        let indent = width(first);
        let lines = wrap(text, tail, self.columns().saturating_sub(indent));
        for (n, l) in lines.iter().enumerate() {
            let line = if n == 0 {
                format!("{first}{l}")
            } else {
                self.indented(l, indent)
            };
            self.line(&line);
        }
    }

    /// A line under a column; further left where it would not fit, so that nothing is cut.
    fn indented(&self, l: &str, indent: usize) -> String {
        let at = indent.min(self.columns().saturating_sub(width(l)).max(2));
        format!("{}{l}", " ".repeat(at))
    }

    /// A heading with a remark, which goes under it where it does not fit beside.
    fn title(&mut self, heading: &str, remark: &str) {
        let painted = self.paint(heading, HEADING);
        if width(heading) + 3 + width(remark) <= self.columns() {
            self.line(&format!("{painted}   {remark}"));
        } else {
            self.line(&painted);
            self.block("  ", remark, &[]);
        }
    }

    fn head(&mut self) {
        let r = self.report;
        let lines = r.inputs.iter().fold(0u64, |a, i| a.saturating_add(i.lines));
        let bytes = r.inputs.iter().fold(0u64, |a, i| a.saturating_add(i.bytes));
        let files = counted(r.inputs.len() as u64, "file");
        let took = (self.look.read.iter()).map(|t| format!(" read in {:.2} s", t.as_secs_f64()));
        let took: String = took.collect();
        let read = format!("{files}, {}, {}{took}", counted(lines, "line"), size(bytes));
        let at = r
            .incidents
            .first()
            .map(|i| i.onset)
            .or(r.totals.span.map(|s| s.0))
            .unwrap_or_default();
        let zone = format!("times {}", time::zone_label(at, r.settings.zone));
        if width(&read) + 2 + width(&zone) <= self.columns() {
            let rest = self.columns() - width(&read);
            self.line(&format!("{read}{}", right(&zone, rest)));
        } else {
            self.block("", &read, &[]);
            self.block("", &zone, &[]);
        }
        if let Some(w) = facts::warning(&r.settings) {
            self.block("!  ", w, &[]);
        }
        self.line("");
    }

    fn incident(&mut self, i: &Incident, n: usize) {
        let clock = Clock {
            zone: self.report.settings.zone,
            day: i.onset,
        };
        self.headline(i, n, clock);
        self.chart(i, clock);
        self.timeline(i, clock);
        self.causes(i, clock);
        self.unexplained(i, clock);
        self.phases(i);
    }

    fn headline(&mut self, i: &Incident, n: usize, clock: Clock) {
        let all = self.report.incidents.len();
        let word = if all > 1 {
            format!("INCIDENT {n} of {all}  ")
        } else {
            "INCIDENT  ".to_owned()
        };
        let title = self.text(&i.title, clock);
        let start = self.out.len();
        match self.tight() {
            true => {
                self.line(&word);
                self.block("  ", &title, &[]);
            }
            false => self.block(&word, &title, &[]),
        }
        if self.look.color {
            let rest = self.out.split_off(start);
            let painted = self.paint(word.trim_end(), ALARM);
            self.out
                .push_str(&rest.replacen(word.trim_end(), &painted, 1));
        }
        let day = time::long_date(i.onset, clock.zone);
        let when = format!("{day}, {}", facts::lasted(i, clock.zone));
        let when = self.set(&when);
        self.block(self.under(), &when, &[]);
        self.line("");
        let harm = self.set(&self.harm(i));
        self.block(self.under(), &harm, &[]);
        self.line("");
    }

    /// The impact in one line: the longest words that fit.
    fn harm(&self, i: &Incident) -> String {
        let room = self.columns().saturating_sub(width(self.under()));
        let words = [2, 1, 0].map(|long| self.harm_in(i, long));
        let short = words[2].clone();
        words
            .into_iter()
            .find(|w| width(w) <= room)
            .unwrap_or(short)
    }

    fn harm_in(&self, i: &Incident, long: u8) -> String {
        let m = &i.impact;
        let mut parts = Vec::new();
        parts.push(match m.requests.zip(m.failed) {
            Some((n, 0)) => {
                let logged = match n {
                    0 => "no request logged".to_owned(),
                    n => format!("{} requests logged, none failed", count(n)),
                };
                return match long {
                    0 if m.expected_requests.is_none() => logged,
                    _ => format!("{logged}; {}", facts::unseen(m)),
                };
            }
            Some((n, f)) => {
                let of = match long {
                    0 => String::new(),
                    1 => " requests".to_owned(),
                    _ => format!(" of {} requests", count(n)),
                };
                format!("{}{of} failed ({})", count(f), percent(share(f, n)))
            }
            None => "no requests were read for it".to_owned(),
        });
        if let Some(n) = facts::refused(m) {
            parts.push(format!("{} more refused (429)", count(n)));
        }
        if let Some(n) = m.addresses_hit {
            parts.push(format!(
                "{} {}",
                facts::addresses(n, m.addresses_error).0,
                if n == 1 { "address" } else { "addresses" }
            ));
        }
        if let Some((_, n, f)) = m.peak {
            parts.push(format!("worst minute {}", percent(share(f, n))));
        }
        if let (Some((used, objective)), true) = (m.error_budget, self.wide()) {
            let o = format!("{:.3}", objective * 100.0);
            let o = o.trim_end_matches('0').trim_end_matches('.');
            parts.push(format!("{used:.1} × error budget ({o} %, 30 d)"));
        }
        parts.join(" · ")
    }

    fn chart(&mut self, i: &Incident, clock: Clock) {
        let Some(s) = &i.series else { return };
        let letters: Vec<_> = i
            .timeline
            .iter()
            .filter_map(|e| Some((e.letter?, e.time?)))
            .collect();
        let drawn = chart::Drawn::of(i);
        let lines = chart::draw(
            (s, drawn),
            &letters,
            clock.zone,
            self.columns(),
            self.look.ascii,
        );
        if lines.is_empty() {
            return;
        }
        let title = self.paint(drawn.title(), HEADING);
        self.line(&title);
        for l in lines {
            let painted = match l.find(['│', '|']) {
                Some(at) => {
                    let (axis, bars) = l.split_at(at);
                    format!("{axis}{}", self.paint(bars, BARS))
                }
                None => l,
            };
            self.line(&painted);
        }
        self.line("");
    }
}

/// Bytes in decimal units, three figures: `1.08 GB`, `412 kB`, `7 B`.
fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut x = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if x < 999.5 {
            break;
        }
        x /= 1000.0;
        unit = next;
    }
    let digits = match x {
        x if x < 9.995 => 2,
        x if x < 99.95 => 1,
        _ => 0,
    };
    format!("{x:.digits$} {unit}")
}
