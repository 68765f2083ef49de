//! `coroner timeline`: every row of the report, also outside of incidents, as a table or for other programs.

use super::analyse::look;
use super::args::{Reading, Screen, Telling};
use super::env::Env;
use super::outcome::Outcome;
use super::output::{Outputs, write_stdout};
use super::page::Page;
use super::read::{self, Request};
use clap::{Args, ValueEnum};
use coroner::Result;
use coroner::program::report::{Listing, listing};

/// Arguments of `timeline`.
#[derive(Args, Debug)]
pub struct Timeline {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// Kind of list
    #[arg(
        long = "as",
        value_name = "KIND",
        value_enum,
        default_value = "table",
        help_heading = "Output"
    )]
    pub kind: ListKind,
    /// Only the N-th incident of the logs, counted from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Scope")]
    pub incident: Option<u16>,
    /// How it is told.
    #[command(flatten)]
    pub telling: Telling,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

/// Kinds of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListKind {
    /// Columns for the screen
    Table,
    /// Tab-separated, quoted
    Tsv,
    /// Comma-separated, quoted
    Csv,
    /// One JSON object per line
    Jsonl,
    /// A Markdown table
    Md,
}

/// Reads the logs and prints the rows.
pub fn run(args: &Timeline, env: &Env, outcome: &mut Outcome) -> Result<()> {
    let said = (&args.reading, &args.telling, &args.screen);
    let Some(mut settled) = read::settled(said, None, env, outcome) else {
        return Ok(());
    };
    let outputs = Outputs::default();
    settled.settings.about.incident = args.incident;
    let asked = Request::of(said, &settled, &outputs);
    let Some(report) = read::report(asked, env, outcome)? else {
        return Ok(());
    };
    let kind = match args.kind {
        ListKind::Table => Listing::Table,
        ListKind::Tsv => Listing::Separated('\t'),
        ListKind::Csv => Listing::Separated(','),
        ListKind::Jsonl => Listing::JsonLines,
        ListKind::Md => Listing::Markdown,
    };
    let text = listing::to_string(&report, kind, &look(&args.screen, env));
    match args.kind {
        ListKind::Table => Page::new(&args.screen, settled.pager, env).show(&text),
        _ => write_stdout(text.as_bytes()),
    }
    .map(|_| ())
}
