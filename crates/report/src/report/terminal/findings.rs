//! The lower half of the screen: suspects, the bar of phases, gaps, what to do next.
//! The first suspect is shown in full, the others with what speaks most against them.

use super::{HEADING, ScreenView};
use crate::report::sentence::Clock;
use crate::report::wrap::{right, width, wrap};
use crate::report::{cite, facts, gaps, json, sentence, time};
use coroner_core::model::*;

/// Gaps printed at most.
const GAPS: usize = 6;
/// Suspects printed at most.
const CAUSES: usize = 4;

impl ScreenView<'_> {
    pub(super) fn causes(&mut self, i: &Incident, clock: Clock) {
        let note = if i.cause_verdict == CauseVerdict::NotEstablished {
            "no cause is established"
        } else {
            "a suspicion, not a finding"
        };
        self.title("SUSPECTED CAUSES", note);
        if i.cause_verdict == CauseVerdict::NotEstablished {
            for m in &i.missing {
                let text = format!("missing: {}", self.text(&m.text, clock));
                self.block("   ? ", &text, &[]);
            }
        }
        let shown = CAUSES.min(i.causes.len());
        for (n, c) in i.causes.iter().take(shown).enumerate() {
            self.cause(n + 1, c, clock);
        }
        let worst = i.causes.iter().skip(shown).map(|c| c.score);
        if let Some(score) = worst.reduce(f64::max) {
            let n = i.causes.len() - shown;
            let score = sentence::score(score);
            self.faint("   ", &format!("{n} more in the JSON, at most {score}"));
        }
        self.line("");
    }

    fn cause(&mut self, rank: usize, c: &Cause, clock: Clock) {
        let full = (c.score.clamp(0.0, 1.0) * 10.0).round() as usize;
        let (on, off) = if self.look.ascii {
            ("#", ".")
        } else {
            ("█", "░")
        };
        let bar = format!("{}{}", on.repeat(full), off.repeat(10 - full));
        let score = format!(
            "{} {} {bar}",
            json::level(c.score),
            sentence::score(c.score)
        );
        let title = self.text(&c.title, clock);
        let room = self.columns().saturating_sub(3);
        if self.tight() {
            self.block(&format!("{rank}  "), &title, &[]);
            let (word, score) = (json::level(c.score), sentence::score(c.score));
            self.block("   ", &format!("{word} {score}"), &[]);
            return self.evidence(rank, c, clock);
        }
        let lines = wrap(&title, &[], room.saturating_sub(width(&score) + 2).max(12));
        for (n, l) in lines.iter().enumerate() {
            let line = if n == 0 {
                let rest = room.saturating_sub(width(l)).max(width(&score) + 1);
                format!("{rank}  {l}{}", right(&score, rest))
            } else {
                format!("   {l}")
            };
            self.line(&line);
        }
        self.evidence(rank, c, clock);
    }

    /// Of the first suspect everything, of the others what speaks most against them.
    fn evidence(&mut self, rank: usize, c: &Cause, clock: Clock) {
        if rank == 1 {
            self.claims(&c.pro, '+', clock);
            self.claims(&c.con, '−', clock);
            if let Some(s) = &c.settle {
                let text = format!("would settle it: {}", self.text(s, clock));
                self.block("   ? ", &text, &[]);
            }
            return;
        }
        let strongest = |l: &[Claim]| {
            l.iter()
                .max_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()))
                .cloned()
        };
        match strongest(&c.con) {
            Some(x) => self.claims(&[x], '−', clock),
            None => self.claims(strongest(&c.pro).as_slice(), '+', clock),
        }
    }

    fn claims(&mut self, claims: &[Claim], sign: char, clock: Clock) {
        for x in claims {
            let text = self.text(&x.text, clock);
            let citation = self.citation(&x.cited);
            let first = self.set(&format!("   {sign} "));
            self.block(&first, &text, &citation);
        }
    }

    fn citation(&self, c: &Cited) -> Vec<String> {
        let parts = cite::screen(self.report, c);
        parts.iter().map(|p| self.set(p)).collect()
    }

    /// Rare lines around the onset, as they stand.
    pub(super) fn unexplained(&mut self, i: &Incident, clock: Clock) {
        if i.unexplained.is_empty() {
            return;
        }
        let what = format!("around the onset: {}", facts::UNEXPLAINED_IS);
        self.title("UNEXPLAINED", &what);
        for u in &i.unexplained {
            let at = time::clock_on(u.time, clock.day, clock.zone);
            let text = self.text(&u.told(), clock);
            let cited = self.citation(&Cited::Lines(u.evidence.clone()));
            match self.tight() {
                true => {
                    self.line(&format!("  {at}"));
                    self.block("  ", &text, &cited);
                }
                false => self.block(&format!("   {at}  "), &text, &cited),
            }
        }
        self.line("");
    }

    pub(super) fn phases(&mut self, i: &Incident) {
        let phases: Vec<&Phase> = i.phases.iter().filter(|p| p.us > 0).collect();
        let whole: i64 = phases.iter().map(|p| p.us).sum();
        if phases.is_empty() {
            return;
        }
        let title = self.paint("WHERE THE TIME WENT", HEADING);
        let all = self.set(&time::short_span(whole));
        match self.tight() {
            true => {
                self.line(&title);
                self.line(&format!("  {all}"));
            }
            false => self.line(&format!("{title}  {all}")),
        }
        let cell = if self.look.ascii { "=" } else { "█" };
        let lengths: Vec<i64> = phases.iter().map(|p| p.us).collect();
        let bar: Vec<String> = cells(&lengths, self.columns())
            .into_iter()
            .map(|n| cell.repeat(n))
            .collect();
        self.line(&bar.join(" "));
        let between = if self.wide() { "   " } else { "  " };
        let mut line = String::new();
        for p in phases {
            let name = match p.phase {
                "acknowledge" => "ack",
                p => facts::phase(p),
            };
            let label = self.set(&format!("{name} {}", time::short_span(p.us)));
            if !line.is_empty() && width(&line) + between.len() + width(&label) > self.columns() {
                let done = std::mem::take(&mut line);
                self.line(&done);
            }
            if !line.is_empty() {
                line.push_str(between);
            }
            line.push_str(&label);
        }
        self.line(&line);
        self.line("");
    }

    pub(super) fn gaps(&mut self) {
        let clock = facts::clock(self.report);
        let all = gaps::lines(self.report);
        if all.is_empty() {
            let title = self.paint("GAPS", HEADING);
            self.line(&format!("{title}   none found"));
            self.line("");
            return;
        }
        self.title("GAPS", "what the logs cannot show");
        for g in all.iter().take(GAPS) {
            let text = self.text(&g.text, clock);
            let citation = self.citation(&g.cited);
            let first = self.set("   · ");
            self.block(&first, &text, &citation);
        }
        if all.len() > GAPS {
            self.faint("   ", &format!("{} more in the JSON", all.len() - GAPS));
        }
        self.line("");
    }

    pub(super) fn next(&mut self) {
        let what = if self.report.incidents.is_empty() {
            "coroner timeline LOGS   ·   coroner LOGS --json report.json"
        } else {
            "coroner LOGS --html report.html   ·   coroner LOGS --md postmortem.md"
        };
        let what = self.set(what);
        self.title("NEXT", &what);
    }
}

/// Shares `columns` (less one between each two) in proportion; every stretch gets at least one cell.
fn cells(lengths: &[i64], columns: usize) -> Vec<usize> {
    let n = lengths.len();
    let room = columns.saturating_sub(n.saturating_sub(1)).max(n);
    let whole: i64 = lengths.iter().sum::<i64>().max(1);
    let mut out: Vec<usize> = lengths
        .iter()
        .map(|l| ((*l as f64 / whole as f64 * room as f64).floor() as usize).max(1))
        .collect();
    // What rounding left over goes to the largest remainders, one each; what minimum sizes took comes off the longest.
    let mut order: Vec<usize> = (0..n).collect();
    let rest = |i: &usize| (lengths[*i] as f64 / whole as f64 * room as f64).fract();
    order.sort_by(|a, b| rest(b).total_cmp(&rest(a)));
    let used: usize = out.iter().sum();
    for i in order.iter().cycle().take(room.saturating_sub(used)) {
        out[*i] += 1;
    }
    for _ in room..used {
        if let Some(longest) = out.iter_mut().max() {
            *longest = (*longest - 1).max(1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn the_bar_fills_the_line_and_no_phase_vanishes() {
        let c = cells(&[296, 291, 1527, 1184, 1805, 1796], 80);
        assert_eq!(c.iter().sum::<usize>(), 75);
        assert_eq!(c, [3, 3, 17, 13, 20, 19]);
        assert_eq!(cells(&[1, 1_000_000], 41), [1, 39]);
        assert_eq!(cells(&[0, 0, 5], 41)[0], 1);
    }
}
