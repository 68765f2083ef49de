//! Logs that are open: each input with a sample. From there to the plan, the part, and the report.

use super::notice::{LeftOut, Notice};
use super::scope::Scoped;
use super::settings::Settings;
use coroner_core::error::{Error, Result};
use coroner_core::plan::{Eye, Looked, Plan, PlanConfig, Sampled, settle};
use coroner_core::scan::{Summary, summarize};
use coroner_core::source::{
    Again, Found, Gathered, Input, Note, Problem, ProblemKind, Sample, Walk, gather,
};
use coroner_infer::infer::{InferConfig, infer};
use coroner_infer::model::Report;
use coroner_lines::text::visible;
use std::time::UNIX_EPOCH;

/// Inputs that can be read, each with what its sample shows until they are planned.
pub struct Logs {
    pub(super) settings: Settings,
    #[expect(
        clippy::vec_box,
        reason = "what is looked at lies apart, so that a long list of it is never moved whole"
    )]
    looked: Vec<Box<Looked>>,
    /// The samples themselves, where the settings keep them.
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
        let (mut eye, keep) = (Eye::new(&settings.plan), settings.keep_samples);
        let gathered = gather(
            walk.found,
            &settings.read.open,
            &|n: &str| settings.wants(n),
            &mut |found, sample| fate(found, sample, keep, &mut eye),
        );
        let found = gathered.inputs.len();
        let mut logs = Logs {
            looked: Vec::with_capacity(found),
            samples: Vec::new(),
            inputs: Vec::with_capacity(found),
            problems: walk.problems.iter().filter_map(unread).collect(),
            found,
            here,
            settings,
        };
        logs.take(gathered, noted)?;
        Ok(logs)
    }

    /// Takes the inputs that are logs. What cannot be read, is no text, or is what this program wrote, is noted and left out.
    fn take(
        &mut self,
        gathered: Gathered<Result<Fate>>,
        noted: &mut dyn FnMut(Notice),
    ) -> Result<()> {
        let damaged = |found: Found, note| Notice::Damaged {
            name: found.name,
            note,
            operand: found.operand,
        };
        for (found, note) in gathered.archives {
            noted(damaged(found, note));
        }
        let mut written = Vec::new();
        for (input, fate) in gathered.inputs {
            let (found, operand) = (&input.found, input.found.operand);
            match fate? {
                Fate::Failed(error) => noted(Notice::Failed { error, operand }),
                Fate::Damaged(note) => noted(damaged(found.clone(), note)),
                Fate::LeftOut(why @ LeftOut::Ours(_)) => written.push((input.found, why)),
                Fate::LeftOut(why) => noted(Notice::LeftOut {
                    found: input.found,
                    why,
                }),
                Fate::Read(looked, sample) => {
                    self.looked.push(looked);
                    self.samples.extend(sample);
                    self.inputs.push(input);
                }
            }
        }
        for (found, why) in written {
            noted(Notice::LeftOut { found, why });
        }
        Ok(())
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

    /// What was sampled, by input, where the settings keep it.
    pub fn samples(&self) -> &[Sampled] {
        &self.samples
    }

    /// How each input is read: to be asked once, what the samples show goes into it. Where `since` and `until` depend on what
    /// the logs hold, these are read for it.
    pub fn plan(&mut self) -> Result<Scoped> {
        let (config, scope) = super::scope::scope(self)?;
        let looked = std::mem::take(&mut self.looked);
        Ok(scope.with(self.settled(looked, &config)))
    }

    /// A plan for a look at the logs before they are planned.
    pub(super) fn plan_with(&self, config: &PlanConfig) -> Plan {
        self.settled(self.looked.clone(), config)
    }

    #[expect(
        clippy::vec_box,
        reason = "what is looked at lies apart, so that a long list of it is never moved whole"
    )]
    fn settled(&self, looked: Vec<Box<Looked>>, config: &PlanConfig) -> Plan {
        let names = self.inputs.iter().map(|i| i.found.name.as_str());
        settle(names.zip(looked).collect(), config)
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

    /// The report of what was read, with all that it shows. What is held of the logs ends with it: of many small ones that is a
    /// good part of all memory.
    pub fn infer(self, scoped: Scoped, read: Summary) -> Result<Report> {
        super::scope::empty(&self, &scoped, &read.part)?;
        let config = InferConfig {
            window: scoped.window,
            clocks: scoped.clocks,
            again: Again::new(self.inputs.iter().map(|i| &i.found)),
            earlier: self.settings.usual()?,
            ..self.inference(&scoped.plan)
        };
        drop((scoped.plan, self.inputs));
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

/// What becomes of an input by its sample.
enum Fate {
    Read(Box<Looked>, Option<Sampled>),
    LeftOut(LeftOut),
    Damaged(Note),
    Failed(Error),
}

/// Looks at one sample.
fn fate(found: &Found, sample: Result<Sample>, keep: bool, eye: &mut Eye<'_>) -> Result<Fate> {
    let sample = match sample {
        Ok(sample) => sample,
        Err(error) => return Ok(Fate::Failed(error)),
    };
    Ok(match (left_out(&sample), sample.ended) {
        (Some(LeftOut::Empty), Some(note)) => Fate::Damaged(note),
        (Some(why), _) => Fate::LeftOut(why),
        (None, _) => {
            let sampled = Sampled {
                name: found.name.clone(),
                member: found.member.clone(),
                modified_us: found.modified.and_then(|t| {
                    let since = t.duration_since(UNIX_EPOCH).ok()?;
                    i64::try_from(since.as_micros()).ok()
                }),
                pieces: sample.spots.into_iter().map(|s| s.bytes).collect(),
            };
            Fate::Read(Box::new(eye.look(&sampled)?), keep.then_some(sampled))
        }
    })
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
