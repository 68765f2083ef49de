//! The screen of logs without an incident: what can be said, and the failures that no client saw.
//! Incidents are told in the other files.

use super::View;
use crate::report::sentence::Medium;
use crate::report::{cite, facts, time};

/// Rows printed at most.
const ROWS: usize = 8;

impl View<'_> {
    pub(super) fn without_incident(&mut self) {
        let (said, note) = facts::no_incident(self.report);
        let said = self.set(&said) + &facts::uncounted(self.report, Medium::Terminal);
        self.block("", &said, &[]);
        self.block("  ", &note, &[]);
        self.line("");
        self.masked();
    }

    /// Requests that failed at an upstream and were answered by another one.
    fn masked(&mut self) {
        let rows = facts::masked(self.report);
        if rows.is_empty() {
            return;
        }
        self.title("MASKED", "failures that no client saw");
        let clock = facts::clock(self.report);
        for (e, t) in rows.iter().take(ROWS) {
            let first = match self.tight() {
                true => "  ".to_owned(),
                false => format!("  {} ", time::clock_on(*t, clock.day, clock.zone)),
            };
            if self.tight() {
                self.line(&format!("  {}", time::clock_on(*t, clock.day, clock.zone)));
            }
            let text = self.text(&e.text, clock);
            self.block(&first, &text, &[]);
            let evidence: Vec<_> = e.evidence.iter().collect();
            let indent = crate::report::wrap::width(&first);
            let cited = cite::fitting(
                self.report,
                &evidence,
                self.columns().saturating_sub(indent),
            );
            let cited = self.indented(&self.set(&cited), indent);
            self.line(&cited);
        }
        if rows.len() > ROWS {
            let more = format!("{} more: coroner timeline LOGS", rows.len() - ROWS);
            self.faint("  ", &more);
        }
        self.line("");
    }
}
