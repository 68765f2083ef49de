//! The view on the screen: a head that answers, chart, timeline, suspects, where the time went, gaps, what was read.
//! Meaning is never in colour alone, citations are never cut, and log text never begins a line.

mod color;
mod findings;
mod head;
mod quiet;
mod timeline;

use super::sentence::{Clock, Medium, render};
use super::wrap::{to_ascii, width, wrap};
use super::{Colors, Form, Look, chart, facts, whole};
use color::Ink;
use coroner_infer::model::{Incident, Report, Sentence};

/// The form `text`.
pub static TEXT: Form = Form {
    name: "text",
    extension: None,
    about: "view for the terminal",
    write: |report, look| whole(to_string(report, look)),
};

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
const TEXT_AT: usize = 20;

/// What stands under the headline begins here.
const UNDER: &str = "          ";

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
    if let Some(w) = facts::warning(&report.settings) {
        v.block("!  ", w, &[]);
        v.line("");
    }
    if report.incidents.is_empty() {
        v.without_incident();
    }
    for (n, i) in report.incidents.iter().enumerate() {
        v.incident(i, n + 1);
    }
    v.gaps();
    v.read();
    v.out
}

/// The answers of an incident's head with their labels, as long as they come: for forms that are not lines of a screen.
pub fn answers(report: &Report, i: &Incident, n: usize) -> [(&'static str, String); 5] {
    let look = Look {
        width: usize::MAX,
        ..Look::default()
    };
    let out = String::new();
    let clock = Clock::of(report, i.onset);
    ScreenView { report, look, out }.answers(i, n, clock)
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

    fn paint(&self, s: &str, ink: Ink) -> String {
        if self.look.colors != Colors::None && !s.trim().is_empty() && ink != Ink::Plain {
            let style = ink.style(self.look.colors);
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
        self.paragraph((before, Ink::Plain), (text, Ink::Faint), &[]);
    }

    /// Wrapped lines: the first after `first`, the others under it.
    fn block(&mut self, first: &str, text: &str, tail: &[String]) {
        self.paragraph((first, Ink::Plain), (text, Ink::Plain), tail);
    }

    /// Wrapped lines with their inks: the first after `first`, the others under it, the citations at their end faint.
    fn paragraph(&mut self, (first, lead): (&str, Ink), (text, ink): (&str, Ink), tail: &[String]) {
        let indent = width(first);
        let lines = wrap(text, tail, self.columns().saturating_sub(indent));
        for (n, l) in lines.iter().enumerate() {
            let mut said = l.as_str();
            while let Some(rest) = tail.iter().find_map(|t| said.strip_suffix(t.as_str())) {
                said = rest.trim_end();
            }
            let painted = format!(
                "{}{}",
                self.paint(said, ink),
                self.paint(&l[said.len()..], Ink::Faint)
            );
            let line = if n == 0 {
                format!("{}{painted}", self.paint(first, lead))
            } else {
                let at = indent.min(self.columns().saturating_sub(width(l)).max(2));
                format!("{}{painted}", " ".repeat(at))
            };
            self.line(&line);
        }
    }

    /// A heading with a remark, which goes under it where it does not fit beside.
    fn title(&mut self, heading: &str, remark: &str) {
        let painted = self.paint(heading, Ink::Bold);
        if width(heading) + 3 + width(remark) <= self.columns() {
            let remark = self.paint(remark, Ink::Faint);
            self.line(&format!("{painted}   {remark}"));
        } else {
            self.line(&painted);
            self.faint("  ", remark);
        }
    }

    /// The command that shows all that is known of the first cause of an incident.
    fn explain(&self, n: usize) -> String {
        let which = match self.report.incidents.len() {
            1 => String::new(),
            _ => format!(" --incident {n}"),
        };
        format!("coroner explain 1 LOGS{which}")
    }

    fn incident(&mut self, i: &Incident, n: usize) {
        let clock = Clock::of(self.report, i.onset);
        self.head(i, n, clock);
        self.chart(i, clock);
        self.timeline(i, clock);
        self.causes(i, n, clock);
        self.unexplained(i, clock);
    }

    fn chart(&mut self, i: &Incident, clock: Clock) {
        let ink = match chart::Drawn::of(i) {
            chart::Drawn::Failing => Ink::Bars,
            chart::Drawn::Requests => Ink::Plain,
        };
        let lines = chart::draw(i, clock.zone, self.columns(), self.look.ascii);
        if lines.is_empty() {
            return;
        }
        for l in lines {
            let painted = match l.find(['│', '|']) {
                Some(at) => {
                    let behind = at + l[at..].chars().next().map_or(0, char::len_utf8);
                    let (axis, bars) = l.split_at(behind);
                    format!("{axis}{}", self.paint(bars, ink))
                }
                None if l.trim_start().starts_with('A') => self.letters(&l, i),
                None => l,
            };
            self.line(&painted);
        }
        self.line("");
    }

    /// The row of letters, each in the colour of its row.
    fn letters(&self, row: &str, i: &Incident) -> String {
        let paint = |c: char| match i.timeline.iter().find(|e| e.letter == Some(c)) {
            Some(e) => self.paint(&c.to_string(), Ink::Row(e.kind)),
            None => c.to_string(),
        };
        row.chars().map(paint).collect()
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
