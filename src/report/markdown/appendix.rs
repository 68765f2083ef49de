//! Gaps and the appendix: what was read, how to make the document again, one raw line per citation.
//! Raw lines stand in a fence that they cannot close.

use super::{Doc, code, settings_text};
use crate::model::*;
use crate::report::sentence::{Clock, Medium, count, md_words, render};
use crate::report::{cite, gaps, json, time};
use std::collections::BTreeSet;

/// Raw lines printed at most.
const EXCERPTS: usize = 200;

impl Doc<'_> {
    fn plain_clock(&self) -> Clock {
        Clock {
            zone: self.report.settings.zone,
            day: self
                .report
                .incidents
                .first()
                .map(|i| i.onset)
                .or(self.report.totals.span.map(|s| s.0))
                .unwrap_or_default(),
        }
    }

    /// Blips, planned work and minor failures, where there are any.
    pub(super) fn short_failures(&mut self) {
        let r = self.report;
        if r.blips.is_empty() && r.planned.is_empty() && r.minor.is_empty() {
            return;
        }
        self.section("Failures that are no incident of their own");
        let clock = self.plain_clock();
        for (kind, spans) in [
            ("short", &r.blips),
            ("planned", &r.planned),
            ("minor", &r.minor),
        ] {
            for s in spans.iter().take(20) {
                let at = time::clock_on(s.start, clock.day, clock.zone);
                let line = format!(
                    "- {at} ({kind}): {} {}",
                    render(&s.text, Medium::Markdown, clock),
                    cite::md_lines(r, &s.evidence)
                );
                self.line(&line);
            }
            if spans.len() > 20 {
                self.line(&format!(
                    "- {} more ({kind}), see the JSON",
                    spans.len() - 20
                ));
            }
        }
        self.end();
    }

    pub(super) fn gaps(&mut self) {
        self.section("Open questions and data gaps");
        let clock = self.plain_clock();
        let all = gaps::lines(self.report);
        if all.is_empty() {
            self.line("- none found");
        }
        for g in &all {
            let line = format!(
                "- {} {}",
                render(&g.text, Medium::Markdown, clock),
                cite::markdown(self.report, &g.cited)
            );
            self.line(&line);
        }
        self.end();
    }

    pub(super) fn appendix(&mut self) {
        self.section("Appendix: inputs");
        self.line("| file | format | counted as | lines | unread | out of range | zone | CRC-32 |");
        self.line("|---|---|---|---:|---:|---:|---|---|");
        for i in &self.report.inputs {
            let tier = match i.tier {
                Some(Tier::Edge) => "edge",
                Some(Tier::Inner) => "inner",
                None => "–",
            };
            let zone = format!(
                "{} ({})",
                settings_text(&i.zone.offset),
                json::zone_source(i.zone.source)
            );
            self.row(&[
                &code(&i.name),
                &md_words(&i.format),
                tier,
                &count(i.lines),
                &count(i.unparsed),
                &count(i.out_of_range),
                &zone,
                &format!("`{:08x}`", i.crc32),
            ]);
        }
        self.end();
        self.para("To make this file again (the settings; LOGS is where the files above lie):");
        let command = command(&self.report.settings);
        self.fence("sh", &[command]);
        let lines = self.raw_lines();
        if !lines.is_empty() {
            self.para("Evidence, one line each:");
            self.fence("text", &lines);
        }
    }

    fn raw_lines(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        let mut more = 0;
        for e in self.report.incidents.iter().flat_map(|i| &i.timeline) {
            for x in &e.evidence {
                let Some(text) = &x.excerpt else { continue };
                if !seen.insert((x.input, x.line, x.byte)) {
                    continue;
                }
                if out.len() == EXCERPTS {
                    more += 1;
                    continue;
                }
                let at = cite::line(self.report, x, Medium::Plain);
                out.push(format!("{at}: {}", text.for_json()));
            }
        }
        if more > 0 {
            out.push(format!("… {more} more, see the JSON"));
        }
        out
    }

    /// A fenced block whose fence is longer than any run of backticks in it.
    fn fence(&mut self, language: &str, lines: &[String]) {
        let longest = lines
            .iter()
            .flat_map(|l| l.split(|c| c != '`').map(str::len))
            .max()
            .unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        self.line(&format!("{fence}{language}"));
        for l in lines {
            self.line(l);
        }
        self.para(&fence);
    }
}

/// The command line that repeats the analysis.
fn command(s: &Settings) -> String {
    let mut c = format!("coroner LOGS --tz {}", shell(&s.zone.to_string()));
    let mut option = |name: &str, value: &str| c.push_str(&format!(" {name} {}", shell(value)));
    for (glob, zone) in &s.assume_tz {
        option("--assume-tz", &format!("{glob}={zone}"));
    }
    for (glob, format) in &s.formats {
        option("--format", &format!("{glob}={format}"));
    }
    for glob in &s.edge {
        option("--edge", glob);
    }
    if let Some(y) = s.year {
        option("--year", &y.to_string());
    }
    match s.sensitivity {
        Sensitivity::Low => option("--sensitivity", "low"),
        Sensitivity::Normal => {}
        Sensitivity::High => option("--sensitivity", "high"),
    }
    if let Some(slo) = s.slo {
        let p = format!("{:.4}", slo * 100.0);
        let p = p.trim_end_matches('0').trim_end_matches('.');
        option("--slo", &format!("{p}%"));
    }
    c + " --md postmortem.md"
}

/// A word for a POSIX shell, without control characters.
fn shell(s: &str) -> String {
    let clean: String = s.chars().filter(|c| !c.is_control()).collect();
    let plain = !clean.is_empty()
        && clean
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._/-+:%=,".contains(&b));
    if plain {
        clean
    } else {
        format!("'{}'", clean.replace('\'', "'\\''"))
    }
}
