//! `coroner plan`: what is to be read, cut into splits, one row of JSON a line.

use super::kept::Kept;
use crate::cli::args::{Reading, Screen, Telling};
use crate::cli::env::Env;
use crate::cli::job::Job;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Outputs, What};
use crate::cli::read::{self, Request};
use crate::cli::{scope, value};
use clap::Args;
use coroner::error::{Error, Result};
use coroner::infer::InferConfig;
use coroner::plan::row::{Row, RowReading};
use coroner::scan::{RowConfig, rows, usual_split};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  coroner plan logs/ -o all.plan             one row a line, splits of 256 MiB or more
  coroner summarize --plan all.plan --shard 0/8 -o parts/
  coroner merge parts/*.cor -o all.cor && coroner report all.cor --md pm.md

A row may be handed to any machine: its uri says where the bytes are, and may be changed to what the
machine can open. Below about 50 GB one machine and `coroner LOGS` are faster than any engine.";

/// Arguments of `plan`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Plan {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// Bytes of a split [default: 256 MiB, more for archives over 5 TB]
    #[arg(long, value_name = "SIZE", value_parser = value::bytes, help_heading = "Plan")]
    pub split: Option<usize>,
    /// With --since or --until: look into sorted files, so that splits outside are only counted, or with --no-line-numbers left out
    #[arg(long, help_heading = "Plan")]
    pub probe: bool,
    /// Write the plan to F, readable for its owner only [default: standard output]
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Replace F even if coroner did not write it
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

/// What a plan of logs at hand comes to.
pub(super) struct Planned<'a> {
    pub job: Job<'a>,
    pub plan: coroner::plan::Plan,
    pub rows: Vec<Row>,
}

/// Whether files are cut.
#[derive(Clone, Copy)]
pub(super) enum Cut {
    /// Into splits of so many bytes, by default of the usual size; whether files are looked into.
    Splits(Option<u64>, bool),
    /// Not at all.
    Whole,
}

/// Plans the logs. `None` when there is nothing to read and the outcome says so already.
pub(super) fn planned<'a>(
    asked: Request<'a>,
    cut: Cut,
    redacted: bool,
    env: &Env,
    outcome: &mut Outcome,
) -> Result<Option<Planned<'a>>> {
    let reading = asked.reading;
    if reading.baseline.is_some() {
        return Err(Error::Usage {
            what: "--baseline".into(),
            why: "what is usual is asked when the report is made".into(),
            remedy: "give it to coroner report".into(),
        });
    }
    let Some(ready) = read::ready(asked, env, outcome)? else {
        return Ok(None);
    };
    let job = Job::new(ready, asked, false);
    let mut settings = job.settings(env)?;
    let scope = scope::scope(&job, &settings)?;
    settings.windows = scope.windows;
    let plan = job.plan(&settings)?;
    let infer = InferConfig {
        window: scope.window,
        ..job.judgement(&plan)
    };
    let total = job.inputs.iter().map(|i| i.found.size).sum();
    let config = RowConfig {
        split: match cut {
            Cut::Splits(each, _) => Some(each.unwrap_or_else(|| usual_split(total))),
            Cut::Whole => None,
        },
        probe: matches!(cut, Cut::Splits(_, true)),
        number_lines: job.read.number_lines,
        reading: RowReading {
            max_line: reading.max_line,
            encoding: reading.encoding,
            max_ratio: reading.max_ratio,
            max_unpacked: reading.max_unpacked,
        },
        settings: Kept::of(&job, infer, redacted).value()?,
    };
    let rows = rows(&plan, &job.inputs, &job.read.open, &config)?;
    outcome.stages.done("plan");
    Ok(Some(Planned { job, plan, rows }))
}

/// Plans the logs and writes the rows.
pub fn run(args: &Plan, env: &Env, outcome: &mut Outcome) -> Result<()> {
    let telling = Telling::default();
    let said = (&args.reading, &telling, &args.screen);
    let Some(settled) = read::settled(said, None, env, outcome) else {
        return Ok(());
    };
    let outputs = Outputs::one(What::Plan, args.output.as_deref(), args.force);
    let asked = Request::of(said, &settled, &outputs);
    let each = args.split.map(|n| n as u64);
    let Some(planned) = planned(asked, Cut::Splits(each, args.probe), false, env, outcome)? else {
        return Ok(());
    };
    let mut text = String::new();
    for row in &planned.rows {
        text.push_str(&row.text()?);
        text.push('\n');
    }
    outputs.write_only(&text)
}
