//! Samples to report: plan, scan, infer. Trouble on the way goes to the outcome and into the report.

use super::analyse::Outcome;
use super::args::Analyse;
use super::complain::{Complaint, escaped};
use super::env::Env;
use super::exit::Exit;
use crate::error::Result;
use crate::infer::{InferConfig, infer};
use crate::model::Report;
use crate::plan::{For, Plan, PlanConfig, Sampled, plan};
use crate::scan::{ReadConfig, ScanConfig, summarize};
use crate::source::{Input, OpenConfig, Problem, ProblemKind, Sample};
use std::time::UNIX_EPOCH;

/// Reads the inputs and makes the report.
pub(super) fn run(
    sampled: Vec<(Input, Sample)>,
    problems: &[Problem],
    open: OpenConfig,
    args: &Analyse,
    env: &Env,
    outcome: &mut Outcome,
) -> Result<Report> {
    let mut inputs = Vec::with_capacity(sampled.len());
    let mut samples = Vec::with_capacity(sampled.len());
    for (input, sample) in sampled {
        samples.push(Sampled {
            name: input.found.name.clone(),
            pieces: sample.spots.into_iter().map(|s| s.bytes).collect(),
        });
        inputs.push(input);
    }
    let plan = plan(&samples, &plan_config(args, env, &inputs)?)?;
    drop(samples);
    let config = ReadConfig {
        open,
        block: args.block,
        scan: ScanConfig {
            max_line: args.max_line,
        },
    };
    let threads = args.jobs.map_or(0, usize::from);
    let summary = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(|| summarize(&plan, &inputs, &config)),
        // no threads to be had: the caller's own does it all
        Err(_) => summarize(&plan, &inputs, &config),
    }?;
    for (id, note) in &summary.notes {
        let name = &plan.inputs[*id as usize].meta.name;
        outcome.add(Complaint::of_note(name, note, args.strict));
    }
    for (id, error) in &summary.failed {
        let operand = inputs[*id as usize].found.operand;
        let c = Complaint::from(error);
        outcome.add(match operand || args.strict || c.exit() == Exit::Io {
            true => c,
            false => Complaint::warning(error.to_string()),
        });
    }
    let report = infer(&summary.part, &infer_config(args, &plan, problems));
    strict_lines(&report, args, outcome);
    Ok(report)
}

/// With `--strict`, lines that were not understood are too little.
fn strict_lines(report: &Report, args: &Analyse, outcome: &mut Outcome) {
    for i in report.inputs.iter().filter(|i| i.unparsed > 0) {
        let share = 100.0 * i.unparsed as f64 / i.lines.max(1) as f64;
        let what = format!(
            "{share:.1} % of {} was not understood ({} of {} lines{})",
            i.name.for_terminal(),
            i.unparsed,
            i.lines,
            i.examples
                .first()
                .map_or(String::new(), |e| format!(", first: line {}", e.line))
        );
        if args.strict {
            outcome.add(
                Complaint::error(what, Exit::NotDone)
                    .help("leave out --strict to accept it, or name its format with --format"),
            );
        } else if share >= 5.0 {
            outcome.add(
                Complaint::warning(what).help("the report counts them; --format names a format"),
            );
        }
    }
}

fn plan_config(args: &Analyse, env: &Env, inputs: &[Input]) -> Result<PlanConfig> {
    let zones = args
        .assume_tz
        .iter()
        .map(|z| For::new(z.glob.as_deref(), z.zone));
    let formats = args
        .format
        .iter()
        .map(|f| For::new(f.glob.as_deref(), f.format.clone()));
    let edge = args.edge.iter().map(|e| For::new(Some(e), ()));
    let newest = inputs
        .iter()
        .map(|i| i.found.modified.unwrap_or(env.now))
        .max()
        .and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    Ok(PlanConfig {
        zones: zones.collect::<Result<_>>()?,
        formats: formats.collect::<Result<_>>()?,
        edge: edge.collect::<Result<_>>()?,
        year: args.year,
        newest_file_us: newest.map(|d| d.as_micros() as i64),
    })
}

fn infer_config(args: &Analyse, plan: &Plan, problems: &[Problem]) -> InferConfig {
    let pattern = |p: &Option<String>| p.clone().unwrap_or_else(|| "*".into());
    let mut edge = args.edge.clone();
    edge.sort();
    edge.dedup();
    let year = crate::time::civil_from_days(plan.year_reference.div_euclid(crate::time::DAY)).0;
    InferConfig {
        zone: args.tz,
        sensitivity: args.sensitivity,
        slo: args.slo,
        assume_tz: args
            .assume_tz
            .iter()
            .map(|z| (pattern(&z.glob), z.zone.to_string()))
            .collect(),
        formats: args
            .format
            .iter()
            .map(|f| (pattern(&f.glob), f.format.clone()))
            .collect(),
        edge,
        year: args.year,
        year_basis: Some((plan.year_basis, year)),
        problems: problems
            .iter()
            .filter(|p| matches!(p.kind, ProblemKind::Io(_)))
            .map(|p| {
                let last = p.path.file_name().unwrap_or(p.path.as_os_str());
                format!("{} was not read: {p}", escaped(last.as_encoded_bytes()))
            })
            .collect(),
    }
}
