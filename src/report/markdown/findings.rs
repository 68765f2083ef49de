//! Suspected causes, contributing signals, and questions that become preventive measures.
//! Ranked as the model ranks them; nothing is judged here.

use super::Doc;
use crate::model::*;
use crate::report::{cite, facts, json, sentence, time};

impl Doc<'_> {
    pub(super) fn causes(&mut self, i: &Incident) {
        self.section("Suspected causes");
        if i.cause_verdict == CauseVerdict::NotEstablished {
            self.para("**The logs do not show a cause.** What follows are leads, not findings.");
            for m in &i.missing {
                let text = self.text(&m.text, i);
                self.line(&format!("- Missing: {text}"));
            }
            if !i.missing.is_empty() {
                self.end();
            }
        }
        for (n, c) in i.causes.iter().enumerate() {
            self.cause(n + 1, c, i);
        }
        let mut ask = if i.causes.is_empty() {
            "write the cause in your words.".to_owned()
        } else {
            "confirm or reject cause 1, then write the cause in your words.".to_owned()
        };
        for p in i.prompts.iter().filter(|p| p.section == "causes") {
            ask.push_str(&format!(" {}", self.text(&p.text, i)));
        }
        self.todo(&ask);
    }

    fn cause(&mut self, rank: usize, c: &Cause, i: &Incident) {
        let title = self.text(&c.title, i);
        let marks = "#".repeat(self.level + 2);
        self.para(&format!(
            "{marks} {rank}. {title} — {} ({})",
            json::level(c.score),
            sentence::score(c.score)
        ));
        for (label, claims) in [("For", &c.pro), ("Against", &c.con)] {
            self.para(&format!("**{label}**"));
            if claims.is_empty() {
                self.line("- nothing in these logs");
            }
            for x in claims {
                let line = format!(
                    "- {} {}",
                    self.text(&x.text, i),
                    cite::markdown(self.report, &x.cited)
                );
                self.line(&line);
            }
            self.end();
        }
        if let Some(s) = &c.settle {
            let line = format!("*Would settle it:* {}", self.text(s, i));
            self.para(&line);
        }
    }

    pub(super) fn signals(&mut self, i: &Incident) {
        self.section("Contributing signals");
        if i.signals.is_empty() {
            self.line("- none found");
        }
        for s in &i.signals {
            let line = format!(
                "- {}. {}",
                self.text(&s.text, i).trim_end_matches('.'),
                cite::markdown(self.report, &s.cited)
            );
            self.line(&line);
        }
        self.end();
    }

    pub(super) fn measures(&mut self, i: &Incident) {
        self.section("Preventive measures");
        self.para("Each question comes from a finding above, in the order of the time it could have saved. An action without an owner and a date will not happen.");
        let rows: Vec<&Prompt> = i
            .prompts
            .iter()
            .filter(|p| p.section == "actions")
            .collect();
        if rows.is_empty() {
            self.todo("what would have prevented this, or made it shorter?");
            return;
        }
        self.line("| from | question | action | owner | due |");
        self.line("|---|---|---|---|---|");
        for p in rows {
            let saved = match (p.us, i.durations.recover) {
                (Some(us), Some(all)) if all > 0 => format!(
                    " ({}, {:.0} %)",
                    time::round_span(us),
                    us as f64 * 100.0 / all as f64
                ),
                (Some(us), _) => format!(" ({})", time::round_span(us)),
                (None, _) => String::new(),
            };
            let question = format!("{}{saved}", self.text(&p.text, i));
            self.row(&[
                &source(i, p.from.as_deref()),
                &question,
                "TODO",
                "TODO",
                "TODO",
            ]);
        }
        self.end();
    }
}

/// `causes/1` → `cause 1`, `signals/2` → `signal: fast rollout`, `phases/decide` → `phase: decide`.
fn source(i: &Incident, path: Option<&str>) -> String {
    let Some((kind, which)) = path.and_then(|p| p.split_once('/')) else {
        return "–".to_owned();
    };
    match kind {
        "causes" => format!("cause {which}"),
        "signals" => {
            let class = which
                .parse::<usize>()
                .ok()
                .and_then(|n| i.signals.get(n.checked_sub(1)?))
                .map_or(which, |s| s.class);
            format!("signal: {}", class.replace('_', " "))
        }
        "phases" => format!("phase: {}", facts::phase(which)),
        other => format!("{other} {which}"),
    }
}
