//! The timeline on the screen: one line per row, with what tells how its time is known.

use super::ScreenView;
use super::{NARROW, ROWS, TEXT};
use crate::report::sentence::{Clock, counted};
use crate::report::wrap::{left, right, width};
use crate::report::{cite, facts, rows, time};
use coroner_core::model::{Basis, Event, Incident};

impl ScreenView<'_> {
    pub(super) fn timeline(&mut self, i: &Incident, clock: Clock) {
        let (lines, left_out) = rows::shown(i, ROWS);
        let untimed = |l: &rows::RowLine<'_>| l.lead.time.is_none();
        let mut legend = "T = onset; ~ measured, others stated by a log line".to_owned();
        for (mark, means) in [('>', "; > later"), ('<', "; < earlier")] {
            if lines.iter().any(|l| order(l.lead) == mark) {
                legend.push_str(means);
            }
        }
        self.title("TIMELINE", &legend);
        let mut day = time::date(i.onset, clock.zone);
        let apart = lines
            .iter()
            .position(|l| untimed(l) && l.lead.place.is_none());
        for (n, l) in lines.iter().enumerate() {
            if Some(n) == apart {
                self.faint("  ", "without a time");
            }
            let e = l.lead;
            let known = e.time.or(e.after).or(e.before).unwrap_or(i.onset);
            let today = time::date(known, clock.zone);
            if today != day {
                let date = time::long_date(known, clock.zone);
                let date = self.paint(&format!("  {date}"), super::FAINT);
                self.line(&date);
                day = today;
            }
            self.timeline_row(l, i, clock);
        }
        if left_out > 0 {
            self.faint(
                "  ",
                &format!("{} in the JSON", counted(left_out as u64, "more row")),
            );
        }
        self.line("");
    }

    fn timeline_row(&mut self, l: &rows::RowLine<'_>, i: &Incident, clock: Clock) {
        let e = l.lead;
        let at = match (e.time, e.after, e.before) {
            (Some(t), _, _) => time::clock(t, clock.zone),
            (None, Some(t), _) | (None, None, Some(t)) => time::clock(t, clock.zone),
            _ => "?".to_owned(),
        };
        let order = order(e);
        let distance = e
            .time
            .map_or_else(String::new, |t| time::offset_from_t(t.0 - i.onset.0));
        let distance = self.set(&distance);
        let mark = match e.basis {
            Basis::Stated => " ",
            Basis::Measured => "~",
            Basis::Assumed => "?",
        };
        let letter = e.letter.unwrap_or(' ');
        let word = cite::word(l.kind(), &l.text(), facts::onset_kind(i));
        let text = self.text(&l.text(), clock);
        let evidence = l.evidence();
        let cite = |v: &Self, room| v.set(&cite::fitting(v.report, &evidence, room));
        if self.columns() < NARROW {
            match self.tight() {
                true => {
                    self.line(&format!("{letter}{order}{at} {distance}"));
                    self.line(&format!("  {word} {mark}"));
                }
                false => self.line(&format!("{letter}{order}{at} {distance} {word} {mark}")),
            }
            self.block("  ", &text, &[]);
            let line = self.indented(&cite(self, self.columns() - 2), 2);
            self.line(&line);
            return;
        }
        let first = format!(
            "{letter}{order}{} {} {} {mark} ",
            left(&at, 8),
            right(&distance, 7),
            left(word, 8)
        );
        let room = self.columns().saturating_sub(width(&first));
        let citation = cite(self, room.saturating_sub(width(&text) + 2));
        if self.wide() && width(&text) + 2 + width(&citation) <= room {
            let rest = room - width(&text);
            self.line(&format!("{first}{text}{}", right(&citation, rest)));
        } else {
            self.block(&first, &text, &[]);
            let line = self.indented(&cite(self, room), TEXT);
            self.line(&line);
        }
    }
}

/// What stands before the time of a row that has none of its own: whether it is later or earlier than what is shown.
fn order(e: &Event) -> char {
    match (e.time, e.after, e.before) {
        (None, Some(_), _) => '>',
        (None, None, Some(_)) => '<',
        _ => ' ',
    }
}
