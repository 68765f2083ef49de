//! `coroner summarize`: logs, or rows of a plan, to parts.

use super::plan::to_plan;
use super::say;
use crate::cli::args::{Reading, Screen};
use crate::cli::diagnostics::shown;
use crate::cli::env::Env;
use crate::cli::outcome::{Done, Outcome};
use crate::cli::output::{Output, Outputs, Target, What};
use crate::cli::read;
use clap::Args;
use coroner::program::{RowFrom, summarize_row};
use coroner::settings::Settings;
use coroner::{Error, Parts, PlanRow, Result};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  coroner summarize web-1/ -o web-1.cor      the logs of a machine, to be merged elsewhere
  coroner summarize --plan all.plan --shard 0/8 -o parts/  the first eighth of the rows of a plan
  coroner summarize --plan all.plan --row 17 -o parts/
  tail -c +$OFF big.log | coroner summarize --plan-row \"$ROW\" -   bytes on standard input";

/// Arguments of `summarize`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Summarize {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// Read rows of a plan that `coroner plan` made; no option that says how to read is taken then
    #[arg(long, value_name = "P", conflicts_with = "logs", help_heading = "Plan")]
    pub plan: Option<PathBuf>,
    /// Only the I-th of N equal shares of the rows, counted from 0
    #[arg(long, value_name = "I/N", requires = "plan", value_parser = shard, help_heading = "Plan")]
    pub shard: Option<(u32, u32)>,
    /// Only row K, counted from 0
    #[arg(
        long,
        value_name = "K",
        requires = "plan",
        conflicts_with = "shard",
        help_heading = "Plan"
    )]
    pub row: Option<u32>,
    /// Read one row, given as the JSON of its line; with - its bytes come on standard input and begin one byte before the split
    #[arg(
        long,
        value_name = "JSON",
        conflicts_with = "plan",
        help_heading = "Plan"
    )]
    pub plan_row: Option<String>,
    /// Take secrets, e-mail addresses, names of people, client addresses and control characters out of what is kept, for parts
    /// that must travel
    #[arg(long, help_heading = "Output")]
    pub redact: bool,
    /// Write the part to F, readable for its owner only; with --plan the folder for PLAN-ROW.cor [default: standard output]
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Replace files even if coroner did not write it
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

impl Summarize {
    /// Whether it wants logs and none are named.
    pub fn reads_nothing(&self) -> bool {
        self.reading.logs.is_empty() && self.plan.is_none() && self.plan_row.is_none()
    }
}

/// Reads `I/N`.
fn shard(s: &str) -> std::result::Result<(u32, u32), String> {
    let numbers = s
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    numbers
        .filter(|(i, n): &(u32, u32)| i < n)
        .ok_or_else(|| format!("\"{s}\" is no share; write 0/8 for the first of eight"))
}

/// Summarizes logs or rows.
pub fn run(args: &Summarize, env: &Env, outcome: &mut Outcome) -> Done<()> {
    match (&args.plan, &args.plan_row) {
        (Some(plan), _) => of_plan(args, plan, env),
        (None, Some(row)) => of_row(args, row, env),
        (None, None) => of_logs(args, env, outcome),
    }
}

fn of_logs(args: &Summarize, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let outputs = Outputs::one(What::Part, args.output.as_deref(), args.force);
    let mut logs = to_plan(&args.reading, &args.screen, &outputs, env, outcome)?;
    let strict = args.reading.strict;
    let noted = &mut |n| outcome.add(read::of_notice(&n, strict));
    let parts = logs.summarize(args.redact, noted)?;
    outputs.write_only(&parts.text()?)?;
    Ok(())
}

/// One row, from its file or from standard input.
fn of_row(args: &Summarize, text: &str, env: &Env) -> Done<()> {
    let row = PlanRow::parse(text, "--plan-row")?;
    let from = match &args.reading.logs[..] {
        [] => RowFrom::Path(PathBuf::from(&row.uri)),
        [p] if p == Path::new("-") => RowFrom::Stdin,
        [p] => RowFrom::Path(p.clone()),
        _ => {
            let remedy = "give one, or - for standard input";
            return Err(Error::usage("--plan-row", "a row has one file", remedy).into());
        }
    };
    let outputs = Outputs::one(What::Part, args.output.as_deref(), args.force);
    let outputs = match &from {
        RowFrom::Path(path) => outputs.reading([path]),
        RowFrom::Stdin => outputs,
    };
    outputs.prepare(&[], &[])?;
    outputs.write_only(&one(&row, from, args, env)?.text()?)?;
    Ok(())
}

/// Rows of a plan, each to a file of its own.
fn of_plan(args: &Summarize, plan: &Path, env: &Env) -> Done<()> {
    let shown = shown(plan);
    let text = std::fs::read_to_string(plan).map_err(Error::open(plan))?;
    let folder = args.output.as_deref().ok_or_else(|| {
        Error::usage(
            "--plan",
            "each row becomes a file, and no folder is named for them",
            "add -o DIR",
        )
    })?;
    std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    let wanted = |n: u32| match (args.shard, args.row) {
        (Some((i, of)), _) => n % of == i,
        (None, Some(k)) => n == k,
        (None, None) => true,
    };
    if let Some(k) = args.row.filter(|k| *k as usize >= lines.len()) {
        let why = format!("the plan has {} rows, counted from 0", lines.len());
        return Err(Error::usage(format!("--row {k}"), why, "name one of them").into());
    }
    let rows = lines.iter().zip(0u32..).filter(|(_, n)| wanted(*n));
    let rows = rows.map(|(line, n)| PlanRow::parse(line, &format!("{shown} line {}", n + 1)));
    let rows: Vec<PlanRow> = rows.collect::<Result<_>>()?;
    let output = |row: &PlanRow| Output {
        what: What::Part,
        target: Target::File(folder.join(format!("{}-{:06}.cor", row.plan, row.row))),
    };
    let outputs = Outputs::new(rows.iter().map(output).collect(), args.force);
    let outputs = outputs.reading(rows.iter().map(|r| &r.uri)).reading([plan]);
    outputs.prepare(&[], &[])?;
    for row in &rows {
        if args.screen.verbose > 0 {
            say(&format!("row {} of {}: {}", row.row, row.of, row.name));
        }
        let parts = one(row, RowFrom::Path(PathBuf::from(&row.uri)), args, env)?;
        outputs.put(&output(row), [parts.text()?])?;
    }
    Ok(())
}

fn one(row: &PlanRow, from: RowFrom, args: &Summarize, env: &Env) -> Result<Parts> {
    let mut settings = Settings {
        threads: args.reading.threads(env),
        ..Settings::default()
    };
    let read = &mut settings.read;
    read.block = args.reading.block;
    read.open.mmap = args.reading.mmap;
    read.open.now = env.now;
    read.open.spool.clone_from(&env.spool);
    settings.on_threads(|| summarize_row(row, from, &settings.read, args.redact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        use crate::cli::tests::{holds, or_dash};
        holds("share of the work", |s| {
            or_dash(shard(s).ok().map(|n| format!("{n:?}")))
        });
    }
}
