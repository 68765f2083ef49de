//! Suspected causes as cards with what speaks for and against each, what would settle it, and contributing signals.

use super::{IncidentPart, citation, escape, listed, person, places};
use crate::report::{facts, json, rows, sentence, time};
use coroner_infer::model::{Cause, CauseVerdict, Cited, Claim, Evidence, Unexplained};

/// Cards shown at once; the others are in a fold.
const CARDS: usize = 3;
/// Cards at most.
const MOST: usize = 8;

impl IncidentPart<'_> {
    pub(super) fn causes(&self) -> String {
        let mut body = String::new();
        if self.i.cause_verdict == CauseVerdict::NotEstablished {
            body.push_str(&self.not_established());
        }
        let cards: Vec<String> = self
            .i
            .causes
            .iter()
            .take(MOST)
            .enumerate()
            .map(|(n, c)| self.card(n + 1, c))
            .collect();
        let shown = cards.len().min(CARDS);
        body.push_str(&format!(
            "<div class=\"causes\">{}</div>",
            cards[..shown].concat()
        ));
        if cards.len() > shown {
            let more = match self.i.causes.len().saturating_sub(MOST) {
                0 => String::new(),
                n => format!("<p class=\"note\">{n} more in the JSON.</p>"),
            };
            body.push_str(&format!(
                "<details class=\"more\"><summary>{} weaker leads</summary><div class=\"causes\">{}</div>{more}</details>",
                self.i.causes.len() - shown,
                cards[shown..].concat()
            ));
        }
        body.push_str(&self.signals());
        body.push_str(&person(&self.ask(
            "causes",
            match self.i.causes.is_empty() {
                true => "Write the cause in your words.",
                false => "Confirm or reject cause 1, then write the cause in your words.",
            },
        )));
        self.section("causes", "Suspected causes", "suspected, not proven", &body)
    }

    fn not_established(&self) -> String {
        let missing: String = self
            .i
            .missing
            .iter()
            .map(|m| format!("<li>Missing: {}</li>", self.text(&m.text)))
            .collect();
        let list = match missing.is_empty() {
            true => String::new(),
            false => format!("<ul>{missing}</ul>"),
        };
        format!(
            "<div class=\"verdict\"><p><strong>No cause is established.</strong> What follows are leads, not findings.</p>{list}</div>"
        )
    }

    fn card(&self, rank: usize, c: &Cause) -> String {
        let level = json::level(c.score);
        let width = (c.score.clamp(0.0, 1.0) * 100.0).round();
        let settle = c.settle.as_ref().map_or_else(String::new, |s| {
            format!(
                "<p class=\"settle\"><b>To confirm:</b> {}</p>",
                self.text(s)
            )
        });
        let first = match rank {
            1 => " c1",
            _ => "",
        };
        let mut quotes = sentence::Quotes::default();
        let deeper = 4 + usize::from(self.number.is_some());
        format!(
            "<article class=\"cause{first}\"><header><span class=\"rank\">{rank}</span>{}<p class=\"conf\"><svg class=\"meter\" viewBox=\"0 0 100 8\" aria-hidden=\"true\"><rect class=\"mb\" width=\"100\" height=\"8\" rx=\"4\"/><rect class=\"mf\" width=\"{width}\" height=\"8\" rx=\"4\"/></svg><span>{} <small>score {}</small></span></p></header><div class=\"fa\"><div><h{deeper} class=\"fh\">For</h{deeper}>{}</div><div><h{deeper} class=\"fh\">Against</h{deeper}>{}</div></div>{settle}</article>",
            self.sub("ct", &self.text(&c.title)),
            escape(&facts::capital(level)),
            sentence::score(c.score),
            self.claims("for", &c.pro, &mut quotes),
            self.claims("ag", &c.con, &mut quotes),
        )
    }

    fn claims(&self, class: &str, claims: &[Claim], quotes: &mut sentence::Quotes) -> String {
        if claims.is_empty() {
            return "<p class=\"why\">nothing in these logs</p>".to_owned();
        }
        let list: String = claims
            .iter()
            .map(|x| {
                format!(
                    "<li>{} {}</li>",
                    self.text(&quotes.once(&x.text)),
                    self.citation(&x.cited)
                )
            })
            .collect();
        format!("<ul class=\"{class}\">{list}</ul>")
    }

    /// The places that a claim rests on, each with the way to the row of the timeline that it stands behind, or to its input.
    fn citation(&self, c: &Cited) -> String {
        let Cited::Lines(l) = c else {
            return citation(self.report, c);
        };
        let (rows, _) = rows::shown(self.i, super::timeline::ROWS);
        let to = |e: &Evidence, at: String| {
            let same = |x: &&Evidence| (x.input, x.line, x.byte) == (e.input, e.line, e.byte);
            let row = rows.iter().find(|r| r.evidence().iter().any(same));
            let to = match row {
                Some(r) => self.id(&r.lead.id),
                None => format!("in{}", e.input),
            };
            match row.is_some() || (e.input as usize) < super::tail::INPUTS {
                true => format!("<a class=\"at\" href=\"#{to}\">{at}</a>"),
                false => at,
            }
        };
        listed(self.report, l, to)
    }

    fn signals(&self) -> String {
        if self.i.signals.is_empty() {
            return String::new();
        }
        let list: String = self
            .i
            .signals
            .iter()
            .map(|s| {
                let text = self.text(&s.text);
                let text = text.trim_end_matches('.');
                format!("<li>{text}. {}</li>", self.citation(&s.cited))
            })
            .collect();
        format!(
            "{}<ul class=\"sig\">{list}</ul>",
            self.sub("sub", "Contributing signals")
        )
    }

    /// Rare lines around the onset, as they stand; nothing where there are none.
    pub(super) fn unexplained(&self) -> String {
        if self.i.unexplained.is_empty() {
            return String::new();
        }
        let line = |u: &Unexplained| {
            format!(
                "<li><time datetime=\"{}\">{}</time> {} {}</li>",
                time::rfc3339(u.time, self.clock().zone),
                escape(&time::clock_on(u.time, self.clock().day, self.clock().zone)),
                self.text(&u.sentence()),
                places(self.report, &u.evidence)
            )
        };
        let list: String = self.i.unexplained.iter().map(line).collect();
        self.section(
            "unexplained",
            facts::UNEXPLAINED,
            facts::UNEXPLAINED_IS,
            &format!("<ul class=\"sig\">{list}</ul>"),
        )
    }

    /// What a person is asked in a section: our words, then the questions of the findings.
    pub(super) fn ask(&self, section: &str, words: &str) -> String {
        let mut out = escape(words);
        for p in self.i.prompts.iter().filter(|p| p.section == section) {
            out.push(' ');
            out.push_str(&self.text(&p.text));
        }
        out
    }
}
