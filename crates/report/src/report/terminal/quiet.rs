//! The screen of logs without an incident: what can be said, failures that no client saw, and what lines state.
//! Incidents are reported in the other files.

use super::{Ink, ScreenView};
use crate::report::no_incident::{self, MergedRow};
use crate::report::sentence::{Clock, Medium};
use crate::report::wrap::{left, width};
use crate::report::{cite, facts, time};

impl ScreenView<'_> {
    pub(super) fn without_incident(&mut self) {
        let (said, note) = facts::no_incident(self.report);
        let said = self.set(&said) + &facts::uncounted(self.report, Medium::Terminal);
        self.block("", &said, &[]);
        self.block("  ", &note, &[]);
        self.line("");
        let clock = facts::clock(self.report);
        for s in no_incident::sections(self.report) {
            let said = self.set(&s.said(clock));
            self.title(&s.heading.to_uppercase(), &said);
            s.rows.iter().for_each(|t| self.merged_row(t, clock));
            if s.more > 0 {
                self.faint("  ", &format!("{} more: coroner timeline LOGS", s.more));
            }
            self.line("");
        }
    }

    fn merged_row(&mut self, t: &MergedRow<'_>, clock: Clock) {
        let at = match t.at {
            Some(at) => time::clock_on(at, clock.day, clock.zone),
            None => "?".to_owned(),
        };
        let first = match self.tight() {
            true => {
                self.block("  ", &at, &[]);
                "  ".to_owned()
            }
            false => format!("  {} ", left(&at, 8)),
        };
        let text = self.text(&t.text, clock);
        self.block(&first, &text, &[]);
        let indent = width(&first);
        let room = self.columns().saturating_sub(indent);
        let cited = cite::fitting(self.report, &t.evidence, room);
        let cited = self.set(&cited);
        let at = indent.min(self.columns().saturating_sub(width(&cited)).max(2));
        let cited = self.paint(&cited, Ink::Faint);
        self.line(&format!("{}{cited}", " ".repeat(at)));
    }
}
