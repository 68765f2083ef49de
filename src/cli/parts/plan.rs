//! `coroner plan`: what is to be read, cut into splits, one row of JSON a line.

use crate::cli::args::{Presentation, Reading, Screen};
use crate::cli::env::Env;
use crate::cli::outcome::{Done, Outcome};
use crate::cli::output::{Outputs, What};
use crate::cli::read::{self, Request};
use crate::cli::value;
use clap::Args;
use coroner::Error;
use coroner::program::{Cut, Logs};
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

/// Opens the logs to be planned.
pub(super) fn to_plan(
    reading: &Reading,
    screen: &Screen,
    outputs: &Outputs,
    env: &Env,
    outcome: &mut Outcome,
) -> Done<Logs> {
    let presentation = Presentation::default();
    let said = (reading, &presentation, screen);
    let settled = read::settled(said, None, env, outcome)?;
    if reading.baseline.is_some() {
        let why = "what is usual is asked when the report is made";
        return Err(Error::usage("--baseline", why, "give it to coroner report").into());
    }
    read::opened(Request::of(said, &settled, outputs), false, outcome)
}

/// Plans the logs and writes the rows.
pub fn run(args: &Plan, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let outputs = Outputs::one(What::Plan, args.output.as_deref(), args.force);
    let mut logs = to_plan(&args.reading, &args.screen, &outputs, env, outcome)?;
    let each = args.split.map(|n| n as u64);
    let (_, rows) = logs.rows(Cut::Splits(each, args.probe), false)?;
    outcome.stages.done("plan");
    let mut text = String::new();
    for row in &rows {
        text.push_str(&row.text()?);
        text.push('\n');
    }
    outputs.write_only(&text)?;
    Ok(())
}
