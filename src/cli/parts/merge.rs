//! `coroner merge`: parts to one part, in any order and grouping.

use super::read_parts;
use crate::cli::diagnostics::Complaint;
use crate::cli::exit::Exit;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Outputs, What};
use clap::Args;
use coroner::Result;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  coroner merge parts/*.cor -o all.cor       each row counts once, however often it comes
  cat parts/*.cor | coroner merge - --allow-gaps > some.cor";

/// Arguments of `merge`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Merge {
    /// Parts, as `coroner summarize` writes them; - for standard input, any number of them
    #[arg(value_name = "PART", required = true)]
    pub parts: Vec<PathBuf>,
    /// Write the part to F, readable for its owner only [default: standard output]
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Replace F even if coroner did not write it
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// Exit with 0 even if rows of the plan are missing
    #[arg(long, help_heading = "Settings and limits")]
    pub allow_gaps: bool,
}

/// Merges.
pub fn run(args: &Merge, outcome: &mut Outcome) -> Result<()> {
    let outputs = Outputs::one(What::Part, args.output.as_deref(), args.force);
    let outputs = outputs.reading(&args.parts);
    outputs.prepare(&[], &[])?;
    let parts = read_parts(&args.parts)?;
    outputs.write_only(&parts.text()?)?;
    let missing = parts.0.iter().filter(|(_, p)| p.missing() > 0);
    for (id, p) in missing.filter(|_| !args.allow_gaps) {
        let what = format!(
            "{} of {} rows of the plan {id:016x} are in no part",
            p.missing(),
            p.of
        );
        outcome.add(
            Complaint::error(what, Exit::NotDone)
                .help("summarize them too, or say --allow-gaps where more parts are to come"),
        );
    }
    Ok(())
}
