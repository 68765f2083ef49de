//! Options of `watch`: what of the others makes sense for logs that go on, and its own.

use super::{Reading, Screen, Telling, Writing};
use crate::cli::value::Kind;
use crate::cli::watch::Listen;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What happens to lines that come faster than they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Overload {
    /// Whoever writes them waits
    Block,
    /// They are dropped, counted and told
    Shed,
}

/// Arguments of `watch`.
#[derive(Args, Debug)]
pub struct Watching {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// Print events as JSON, one per line, and nothing else (schema: coroner schema watch)
    #[arg(long, conflicts_with = "kind", help_heading = "Output")]
    pub json: bool,
    /// Append events to F, as JSON, one per line
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub events: Option<PathBuf>,
    /// Run CMD with sh -c for each event, with the event on its standard input
    #[arg(long, value_name = "CMD", help_heading = "Output")]
    pub exec: Option<String>,
    /// Keep what was read in F, so that a watch that is started again goes on; as secret as the logs
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub state: Option<PathBuf>,
    /// Take lines from whoever connects: unix:PATH or ADDRESS:PORT; may be repeated
    #[arg(long, value_name = "unix:PATH|ADDR:PORT", value_parser = Listen::parse, help_heading = "Input")]
    pub listen: Vec<Listen>,
    /// What happens to lines that come faster than they are read
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value = "block",
        help_heading = "Input"
    )]
    pub overload: Overload,
    /// At the end, write the postmortem skeleton to F
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub md: Option<PathBuf>,
    /// At the end, write the report to read in a browser to F
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub html: Option<PathBuf>,
    /// At the end, write every row of the timeline as comma-separated values to F
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub csv: Option<PathBuf>,
    /// At the end, write what F's extension says (.md, .html, .json, .csv); may be repeated
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// Kind of report on standard output at the end, in place of rows and text
    #[arg(long = "as", value_name = "KIND", value_enum, help_heading = "Output")]
    pub kind: Option<Kind>,
    /// Layout of the Markdown, as for analyse
    #[arg(long, value_name = "NAME|FILE", help_heading = "Output")]
    pub template: Option<String>,
    /// Replace a Markdown file even if it was edited
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// How it is told.
    #[command(flatten)]
    pub telling: Telling,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

impl Watching {
    /// What is written at the end.
    pub fn writing(&self) -> Writing {
        Writing {
            md: self.md.clone(),
            html: self.html.clone(),
            json: None,
            csv: self.csv.clone(),
            output: self.output.clone(),
            kind: self.kind,
            template: self.template.clone(),
            force: self.force,
        }
    }
}
