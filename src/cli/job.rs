//! Samples to report: plan, scan, infer. Trouble on the way goes to the outcome and into the report.

use super::config::Settled;
use super::env::Env;
use super::exit::Exit;
use super::outcome::Outcome;
use super::read::{Ready, Request};
use super::scope;
use crate::cli::diagnostics::{Complaint, escaped};
use coroner::error::Result;
use coroner::infer::{InferConfig, infer};
use coroner::model::Report;
use coroner::plan::{For, Plan, PlanConfig, Sampled, plan};
use coroner::scan::{ReadConfig, ScanConfig, Summary, summarize};
use coroner::source::{Again, Input, Problem, ProblemKind};
use coroner::time::Window;
use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

/// Reads the inputs and makes the report.
pub(super) fn run(
    ready: Ready,
    asked: Request,
    env: &Env,
    outcome: &mut Outcome,
) -> Result<Report> {
    let args = asked.reading;
    let job = Job::new(ready, asked, true);
    let inputs = &job.inputs;
    let mut settings = job.settings(env)?;
    let scope = scope::scope(&job, &settings)?;
    settings.windows = scope.windows;
    let plan = job.plan(&settings)?;
    outcome.stages.done("plan");
    let summary = job.read(&plan)?;
    outcome.stages.done("read");
    job.told(&summary, outcome);
    let config = InferConfig {
        window: scope.window,
        clocks: scope.clocks,
        again: Again::new(inputs.iter().map(|i| &i.found)),
        earlier: super::parts::earlier(args.baseline.as_deref())?,
        ..job.judgement(&plan)
    };
    let ids: Vec<u32> = summary.part.inputs.keys().copied().collect();
    let mut report = infer(summary.part, &config);
    for (id, input) in ids.iter().zip(&mut report.inputs) {
        input.sha256 = summary.sha256.get(id).copied();
    }
    if args.no_line_numbers {
        report.each_evidence(&mut |e| (e.line, e.end_line) = (0, None));
    }
    outcome.stages.done("judge");
    Ok(report)
}

/// What is read and how, settled but for the stretch of time that is asked for.
pub(super) struct Job<'a> {
    samples: Vec<Sampled>,
    /// The inputs, as the plan numbers them.
    pub inputs: Vec<Input>,
    problems: Vec<Problem>,
    /// Whether the report is made here and now, so that the logs can be looked at first, and again.
    pub here: bool,
    /// The options.
    pub asked: Request<'a>,
    /// What is in force: options over the file of settings.
    pub settled: &'a Settled,
    /// How they are read.
    pub read: ReadConfig,
}

impl<'a> Job<'a> {
    /// What is ready to be read, and for what.
    pub fn new(ready: Ready, asked: Request<'a>, here: bool) -> Job<'a> {
        let args = asked.reading;
        let mut inputs = Vec::with_capacity(ready.sampled.len());
        let mut samples = Vec::with_capacity(ready.sampled.len());
        for (input, sample) in ready.sampled {
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
        Job {
            samples,
            inputs,
            problems: ready.problems,
            here,
            asked,
            settled: asked.settled,
            read: ReadConfig {
                block: args.block,
                scan: ScanConfig {
                    max_line: args.max_line,
                    again: here,
                    ..ScanConfig::default()
                },
                number_lines: !args.no_line_numbers,
                sha256: args.sha256,
                ..ReadConfig::of(ready.open)
            },
        }
    }

    /// Plans without reading.
    pub fn plan(&self, settings: &PlanConfig) -> Result<Plan> {
        plan(&self.samples, settings)
    }

    /// Reads all inputs once.
    pub fn read(&self, plan: &Plan) -> Result<Summary> {
        let threads = self.settled.jobs;
        let scan = || summarize(plan, &self.inputs, &self.read);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        // one thread is the caller's own: what it has freed while scanning, it uses again afterwards
        let pool = match threads {
            1 => pool.use_current_thread(),
            _ => pool,
        };
        match pool.build() {
            Ok(pool) => pool.install(scan),
            // no threads to be had: the caller's own does it all
            Err(_) => scan(),
        }
    }

    /// Says what happened while the inputs were read.
    pub fn told(&self, summary: &Summary, outcome: &mut Outcome) {
        let strict = self.asked.reading.strict;
        for (name, note) in &summary.notes {
            outcome.add(Complaint::of_note(name, note, strict));
        }
        for (id, error) in &summary.failed {
            let operand = self.inputs[*id as usize].found.operand;
            let c = Complaint::from(error);
            outcome.add(match operand || strict || c.exit() == Exit::Io {
                true => c,
                false => Complaint::warning(error.to_string()),
            });
        }
    }

    /// What the plan is told.
    pub fn settings(&self, env: &Env) -> Result<PlanConfig> {
        let newest = self
            .inputs
            .iter()
            .map(|i| i.found.modified.unwrap_or(env.now))
            .max()
            .and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        plan_config(self.settled, newest.map(|d| d.as_micros() as i64))
    }

    /// What the inference is told.
    pub fn judgement(&self, plan: &Plan) -> InferConfig {
        let problems = self.problems.iter();
        let problems = problems
            .filter(|p| matches!(p.kind, ProblemKind::Io(_)))
            .map(|p| {
                let last = p.path.file_name().unwrap_or(p.path.as_os_str());
                format!("{} was not read: {p}", escaped(last.as_encoded_bytes()))
            });
        infer_config(self.settled, problems.collect(), plan)
    }
}

/// What a plan is told; `newest` is the newest time of a file, microseconds UTC.
pub(super) fn plan_config(settled: &Settled, newest: Option<i64>) -> Result<PlanConfig> {
    let zones = settled
        .assume_tz
        .iter()
        .map(|z| For::new(z.glob.as_deref(), z.zone));
    let formats = settled
        .formats
        .iter()
        .map(|f| For::new(f.glob.as_deref(), f.format.clone()));
    let edge = settled.edge.iter().map(|e| For::new(Some(e), ()));
    let years = settled
        .years
        .iter()
        .map(|y| For::new(y.glob.as_deref(), y.year));
    Ok(PlanConfig {
        zones: zones.collect::<Result<_>>()?,
        formats: formats.collect::<Result<_>>()?,
        edge: edge.collect::<Result<_>>()?,
        services: settled.services.clone(),
        years: years.collect::<Result<_>>()?,
        own_formats: settled.own_formats.clone(),
        rules: settled.rules.clone(),
        newest_file_us: newest,
        windows: BTreeMap::new(),
    })
}

/// What an inference is told; `problems` are sentences about what gave no input.
pub(super) fn infer_config(settled: &Settled, problems: Vec<String>, plan: &Plan) -> InferConfig {
    let pattern = |p: &Option<String>| p.clone().unwrap_or_else(|| "*".into());
    let mut edge = settled.edge.clone();
    edge.sort();
    edge.dedup();
    let year = coroner::time::civil_from_days(plan.year_reference.div_euclid(coroner::time::DAY)).0;
    InferConfig {
        zone: settled.tz,
        sensitivity: settled.sensitivity,
        slo: settled.slo,
        assume_tz: settled
            .assume_tz
            .iter()
            .map(|z| (pattern(&z.glob), z.zone.to_string()))
            .collect(),
        formats: settled
            .told
            .iter()
            .cloned()
            .chain(
                settled
                    .formats
                    .iter()
                    .map(|f| (pattern(&f.glob), f.format.clone())),
            )
            .collect(),
        edge,
        year: settled
            .years
            .iter()
            .rev()
            .find(|y| y.glob.is_none())
            .map(|y| y.year),
        year_basis: Some((plan.year_basis, year)),
        window: Window::ALL,
        clocks: None,
        again: Again::default(),
        earlier: None,
        problems,
    }
}
