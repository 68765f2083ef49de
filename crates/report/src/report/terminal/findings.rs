//! The lower half of the screen: suspects, where the time went, gaps, what was read.
//! The first suspect is shown with its weightiest claims, the others with what speaks most for and most against them.

use super::timeline::brief;
use super::{Ink, ScreenView};
use crate::report::sentence::Clock;
use crate::report::wrap::{right, width, wrap};
use crate::report::{cite, facts, gaps, json, kinds, sentence, time};
use coroner_infer::model::*;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::cmp::Ordering;

/// Gaps printed, unless all are asked for.
const GAPS: usize = 3;
/// Claims printed of the first suspect, unless all are asked for.
const CLAIMS: usize = 3;
/// What stands over the suspects.
const HEADING: &str = "SUSPECTED CAUSES";
/// Suspects printed at most.
const CAUSES: usize = 4;

impl ScreenView<'_> {
    pub(super) fn causes(&mut self, i: &Incident, number: usize, clock: Clock) {
        let note = if i.cause_verdict == CauseVerdict::NotEstablished {
            "no cause is established"
        } else {
            "suspected, not proven"
        };
        let first = i.causes.first();
        let left = first.map_or(0, |c| c.pro.len() + c.con.len() - self.weightiest(c).len());
        let note = match left {
            0 => note.to_owned(),
            n => {
                let reasons = sentence::counted(n as u64, "more reason");
                let look = self.explain(number);
                let room = self.columns().saturating_sub(width(HEADING) + 3);
                let ways = [
                    format!("{note}; {reasons}: {look}"),
                    format!("{note}; {n} more: {look}"),
                    format!("{reasons}: {look}"),
                ];
                let fits = ways.iter().position(|w| width(w) <= room);
                ways[fits.unwrap_or(0)].clone()
            }
        };
        self.title(HEADING, &note);
        if i.cause_verdict == CauseVerdict::NotEstablished {
            // which kinds of logs there are none of stands among the gaps
            let of_a_log = self.report.gaps.iter().any(|g| g.kind == "missing_source");
            let missing = i.missing.iter();
            for m in missing.filter(|m| m.kind != "deploy_log" || !of_a_log) {
                let text = format!("not recognised: {}", self.text(&m.text, clock));
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
        let (on, off) = match self.look.ascii {
            true => ("#", "."),
            false => ("█", "░"),
        };
        let bar = format!("{}{}", on.repeat(full), off.repeat(10 - full));
        let known = format!("{} {}", json::level(c.score), sentence::score(c.score));
        let score = format!("{known} {bar}");
        let title = self.text(&c.title, clock);
        let room = self.columns().saturating_sub(3);
        if self.tight() {
            self.block(&format!("{rank}  "), &title, &[]);
            self.block("   ", &known, &[]);
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

    fn evidence(&mut self, rank: usize, c: &Cause, clock: Clock) {
        let claims = match rank {
            1 => self.weightiest(c),
            // what is hardly a suspect is no more than mentioned
            _ if c.score < HARDLY && !self.look.all => heaviest(c).into_iter().cloned().collect(),
            _ => strongest(c).cloned().collect(),
        };
        let mut quotes = sentence::Quotes::default();
        for x in &claims {
            let text = match self.look.all {
                true => self.text(&x.text, clock),
                false => {
                    let room = (3 * self.columns() - 60, sentence::KNOWN_BY);
                    self.set(&brief(&quotes.once(&x.text), room, clock))
                }
            };
            let citation = self.citation(&x.cited);
            let sign = if x.weight < 0.0 { '−' } else { '+' };
            let first = self.set(&format!("   {sign} "));
            self.block(&first, &text, &citation);
        }
        if let Some(m) = &c.mechanism {
            let text = format!("shows up as: {}", self.text(&m.text.small(), clock));
            self.block("   = ", &text, &self.citation(&m.cited));
        }
        if let (Some(s), true) = (&c.settle, rank == 1 && self.look.all) {
            let text = format!("to confirm: {}", self.text(&s.small(), clock));
            self.block("   ? ", &text, &[]);
        }
    }

    /// The claims of a cause that weigh most, in their order; all where all are asked for.
    pub(super) fn weightiest(&self, c: &Cause) -> Vec<Claim> {
        let mut all: Vec<&Claim> = c.pro.iter().chain(&c.con).collect();
        if !self.look.all {
            let mut heaviest = all.clone();
            heaviest.sort_list_by(|a, b| by_weight(b, a));
            heaviest.truncate(CLAIMS);
            all.retain(|x| !is_weak(x) && heaviest.iter().any(|y| std::ptr::eq(*x, *y)));
        }
        all.into_iter().cloned().collect()
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
            let text = self.text(&u.sentence(), clock);
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
        // where no step is known the head says how long it took
        if phases.len() < 2 {
            return;
        }
        let named = |p: &&Phase| {
            let name = match p.phase {
                "acknowledge" => "ack".to_owned(),
                _ => kinds::phase(i, p),
            };
            format!("{name} {}", kinds::phase_length(i, p, time::short_span))
        };
        // seconds among minutes are nobody's step
        let long = phases
            .iter()
            .filter(|p| p.us >= 10 * SECOND || whole < MINUTE);
        let parts: Vec<String> = long.map(named).collect();
        let all = format!("{}: {}", time::short_span(whole), parts.join(" · "));
        let all = self.set(&all);
        self.answer(("TIME", Ink::Bold), (&all, Ink::Plain));
    }

    pub(super) fn gaps(&mut self) {
        let clock = facts::clock(self.report);
        let all = gaps::lines(self.report);
        if all.is_empty() {
            return;
        }
        let most = if self.look.all { all.len() } else { GAPS };
        self.title("GAPS", "missing, not recognised or assumed");
        for g in all.iter().take(most) {
            let text = self.text(&g.text, clock);
            let citation = self.citation(&g.cited);
            let first = self.set("   · ");
            self.block(&first, &text, &citation);
        }
        if all.len() > most {
            let more = sentence::counted((all.len() - most) as u64, "more gap");
            self.faint("     ", &format!("{more}: -v"));
        }
    }

    /// What was read, and how long it took where that is reported.
    pub(super) fn read(&mut self) {
        let r = self.report;
        let lines = r.inputs.iter().fold(0u64, |a, i| a.saturating_add(i.lines));
        let bytes = r.inputs.iter().fold(0u64, |a, i| a.saturating_add(i.bytes));
        let files = sentence::counted(r.inputs.len() as u64, "file");
        let lines = sentence::counted(lines, "line");
        let took = (self.look.read.iter()).map(|t| format!(" in {:.2} s", t.as_secs_f64()));
        let took: String = took.collect();
        let zone = r.settings.zone;
        // without incidents it stands with what is said of them
        let left_out = facts::left_out(&r.totals).filter(|_| !r.incidents.is_empty());
        let edge = |word: &str, t: Option<Instant>| {
            t.map_or_else(String::new, |t| {
                format!("; {word} {}", time::rfc3339(t, zone))
            })
        };
        let read = format!(
            "{files}, {lines}, {}{took}{}{}{}",
            super::size(bytes),
            edge("from", r.settings.since),
            edge("until", r.settings.until),
            left_out.map_or_else(String::new, |checks| format!("; {checks}"))
        );
        self.answer(("READ", Ink::Bold), (&read, Ink::Faint));
    }
}

/// Score below which a further suspect is shown with one claim.
const HARDLY: f64 = 0.2;

/// The claim that weighs most for or against a cause.
fn heaviest(c: &Cause) -> Option<&Claim> {
    strongest(c).max_by(|a, b| by_weight(a, b))
}

/// What speaks most for a cause and what most against it.
fn strongest(c: &Cause) -> impl Iterator<Item = &Claim> {
    let sides = [&c.pro, &c.con].into_iter();
    let most = sides.filter_map(|l| l.iter().max_by(|a, b| by_weight(a, b)));
    most.filter(|x| !is_weak(x))
}

/// What speaks against a cause and hardly counts: a status that many faults have.
fn is_weak(x: &Claim) -> bool {
    (-0.5..0.0).contains(&x.weight)
}

fn by_weight(a: &Claim, b: &Claim) -> Ordering {
    a.weight.abs().total_cmp(&b.weight.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_infer::model::fixture;

    #[test]
    fn what_hardly_counts_against_a_cause_is_not_shown_with_what_speaks_for_it() {
        let mut report = fixture::report();
        let c = &mut report.incidents[0].causes[0];
        let against = |weight: f64, like: &Claim| Claim {
            weight,
            ..like.clone()
        };
        let like = c.pro[0].clone();
        for (weight, shown) in [(-0.3, 1), (-0.8, 2)] {
            c.con = vec![against(weight, &like)];
            assert_eq!(strongest(c).count(), shown, "{weight}");
        }
    }
}
