//! Logs that are open: each input with a sample. From there to the plan, the part, and the report.

use super::notice::{LeftOut, Notice};
use super::scope::Scoped;
use super::settings::Settings;
use coroner_core::error::Result;
use coroner_core::infer::{InferConfig, infer};
use coroner_core::model::Report;
use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{Summary, summarize};
use coroner_core::source::{Again, Gathered, Input, Problem, ProblemKind, Sample, Walk, gather};
use coroner_lines::text::visible;
use std::time::UNIX_EPOCH;

/// Inputs that can be read, each with a sample by which it is planned.
pub struct Logs {
    pub(super) settings: Settings,
    samples: Vec<Sampled>,
    pub(super) inputs: Vec<Input>,
    problems: Vec<String>,
    found: usize,
    /// Whether the report is made here and now, so that the logs can be looked at first, and again.
    pub(super) here: bool,
}

impl Logs {
    pub(super) fn open(
        walk: Walk,
        mut settings: Settings,
        here: bool,
        noted: &mut dyn FnMut(Notice),
    ) -> Result<Logs> {
        settings.read.scan.again = here;
        let gathered = gather(walk.found, &settings.read.open, &|n: &str| {
            settings.wants(n)
        });
        let found = gathered.inputs.len();
        let (inputs, samples) = sampled(gathered, noted);
        Ok(Logs {
            samples,
            inputs,
            problems: walk.problems.iter().filter_map(unread).collect(),
            found,
            here,
            settings,
        })
    }

    /// Whether nothing is left to be read.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Inputs that were looked at, logs or not.
    pub fn found(&self) -> usize {
        self.found
    }

    /// Inputs to read.
    pub fn count(&self) -> u64 {
        self.inputs.len() as u64
    }

    /// Bytes on the disk; pipes have none.
    pub fn bytes(&self) -> u64 {
        self.inputs.iter().map(|i| i.found.size).sum()
    }

    /// What was sampled, by input.
    pub fn samples(&self) -> &[Sampled] {
        &self.samples
    }

    /// How each input is read. Where `since` and `until` depend on what the logs hold, these are read for it.
    pub fn plan(&self) -> Result<Scoped> {
        super::scope::scope(self)
    }

    pub(super) fn plan_with(&self, config: &PlanConfig) -> Result<Plan> {
        plan(&self.samples, config)
    }

    pub(super) fn plan_config(&self) -> PlanConfig {
        let now = self.settings.read.open.now;
        let newest = self.inputs.iter().map(|i| i.found.modified.unwrap_or(now));
        let newest = newest.max().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        PlanConfig {
            newest_file_us: newest.map(|d| d.as_micros() as i64),
            ..self.settings.plan.clone()
        }
    }

    /// Reads all inputs once. What could not be read whole is noted.
    pub fn read(&self, plan: &Plan, noted: &mut dyn FnMut(Notice)) -> Result<Summary> {
        let mut summary = self.scan(plan)?;
        for (name, note) in summary.notes.drain(..) {
            let operand = false;
            noted(Notice::Damaged {
                name,
                note,
                operand,
            });
        }
        for (id, error) in summary.failed.drain(..) {
            let operand = self.inputs[id as usize].found.operand;
            noted(Notice::Failed { error, operand });
        }
        Ok(summary)
    }

    pub(super) fn scan(&self, plan: &Plan) -> Result<Summary> {
        self.settings
            .on_threads(|| summarize(plan, &self.inputs, &self.settings.read))
    }

    pub(super) fn inference(&self, plan: &Plan) -> InferConfig {
        self.settings.inference(plan, self.problems.clone())
    }

    /// The report of what was read, with all that it shows.
    pub fn infer(&self, scoped: Scoped, read: Summary) -> Result<Report> {
        let config = InferConfig {
            window: scoped.window,
            clocks: scoped.clocks,
            again: Again::new(self.inputs.iter().map(|i| &i.found)),
            earlier: self.settings.usual()?,
            ..self.inference(&scoped.plan)
        };
        // of many inputs it is a good part of all memory
        drop(scoped.plan);
        let ids: Vec<u32> = read.part.inputs.keys().copied().collect();
        let mut report = infer(read.part, &config);
        for (id, input) in ids.iter().zip(&mut report.inputs) {
            input.sha256 = read.sha256.get(id).copied();
        }
        if !self.settings.read.number_lines {
            report.each_evidence(&mut |e| (e.line, e.end_line) = (0, None));
        }
        report.settings.services = self.settings.services();
        Ok(report)
    }
}

/// A sentence about a path that was to be read and could not be.
fn unread(p: &Problem) -> Option<String> {
    let ProblemKind::Io(_) = p.kind else {
        return None;
    };
    let last = p.path.file_name().unwrap_or(p.path.as_os_str());
    Some(format!(
        "{} was not read: {p}",
        visible(last.as_encoded_bytes())
    ))
}

/// Inputs that are logs. What cannot be read, is no text, or is what this program wrote, is noted and left out.
fn sampled(gathered: Gathered, noted: &mut dyn FnMut(Notice)) -> (Vec<Input>, Vec<Sampled>) {
    for (found, note) in gathered.archives {
        let (name, operand) = (found.name, found.operand);
        noted(Notice::Damaged {
            name,
            note,
            operand,
        });
    }
    let (mut inputs, mut samples, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for (input, sample) in gathered.inputs {
        let operand = input.found.operand;
        let sample = match sample {
            Ok(sample) => sample,
            Err(error) => {
                noted(Notice::Failed { error, operand });
                continue;
            }
        };
        match left_out(&sample) {
            Some(why @ LeftOut::Ours(_)) => written.push((input.found, why)),
            Some(LeftOut::Empty) if sample.ended.is_some() => {
                if let Some(note) = sample.ended {
                    let name = input.found.name.clone();
                    noted(Notice::Damaged {
                        name,
                        note,
                        operand,
                    });
                }
            }
            Some(why) => noted(Notice::LeftOut {
                found: input.found,
                why,
            }),
            None => {
                samples.push(Sampled {
                    name: input.found.name.clone(),
                    member: input.found.member.clone(),
                    modified_us: input.found.modified.and_then(|t| {
                        let since = t.duration_since(UNIX_EPOCH).ok()?;
                        i64::try_from(since.as_micros()).ok()
                    }),
                    pieces: sample.spots.into_iter().map(|s| s.bytes).collect(),
                });
                inputs.push(input);
            }
        }
    }
    for (found, why) in written {
        noted(Notice::LeftOut { found, why });
    }
    (inputs, samples)
}

/// Why a sample is none of a log.
fn left_out(sample: &Sample) -> Option<LeftOut> {
    if let Some(binary) = sample.binary {
        return Some(LeftOut::Binary(binary));
    }
    if let Some(ours) = sample.ours {
        return Some(LeftOut::Ours(ours));
    }
    let [only] = &sample.spots[..] else {
        return None;
    };
    match (only.bytes.is_empty(), sample.codecs.is_empty()) {
        (true, _) if sample.ended.is_some() => Some(LeftOut::Empty),
        (true, true) => Some(LeftOut::Empty),
        (true, false) => Some(LeftOut::EmptyUnpacked),
        (false, _) if sample.whole && only.bytes.iter().all(|b| *b == 0) => Some(LeftOut::Zeros),
        (false, _) => None,
    }
}
