//! `coroner timeline`: every row of the report, also outside of incidents, as a table or for other programs.

use super::analyse::look;
use super::args::{Presentation, Reading, Screen};
use super::env::Env;
use super::outcome::{Done, Outcome};
use super::output::{Outputs, write_stdout};
use super::page::Page;
use super::read::{self, Request};
use super::value::{self, OutputKind};
use clap::Args;
use coroner::program::report::LISTS;

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
        value_parser = value::form(LISTS),
        default_value = LISTS[0].name,
        help_heading = "Output"
    )]
    pub kind: OutputKind,
    /// Only the N-th incident of the logs, counted from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Scope")]
    pub incident: Option<u16>,
    /// How it is presented.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

/// Reads the logs and prints the rows.
pub fn run(args: &Timeline, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let said = (&args.reading, &args.presentation, &args.screen);
    let mut settled = read::settled(said, None, env, outcome)?;
    let outputs = Outputs::default();
    settled.settings.about.incident = args.incident;
    let asked = Request::of(said, &settled, &outputs);
    let report = read::report(asked, env, outcome)?;
    let text = args.kind.0.render(&report, &look(&args.screen, env));
    match args.kind == OutputKind(LISTS[0]) {
        true => Page::new(&args.screen, settled.pager, env).show(&text)?,
        false => write_stdout(text.as_bytes())?,
    };
    Ok(())
}
