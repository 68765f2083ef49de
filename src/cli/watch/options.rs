//! Options of `watch`: what of the others makes sense for logs that go on, and its own.

use super::listen::Listen;
use super::queue::Overload;
use crate::cli::args::{OutputFiles, Presentation, Reading, Screen};
use crate::cli::value;
use clap::Args;
use coroner::program::{Hours, RollOver};
use std::path::PathBuf;

fn roll_over(s: &str) -> Result<RollOver, String> {
    match s {
        "daily" => Ok(RollOver::Daily),
        _ => value::size(s).map(RollOver::Bytes),
    }
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
    /// Run it for these events only: suspected, open, update, close, retraction, marker, gap, heartbeat …
    #[arg(
        long,
        value_name = "EVENT,…",
        value_delimiter = ',',
        requires = "exec",
        help_heading = "Output"
    )]
    pub exec_on: Vec<String>,
    /// Run it for incidents of these services only
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        requires = "exec",
        help_heading = "Output"
    )]
    pub exec_service: Vec<String>,
    /// Run it for incidents in which this many percent of the requests fail, or more
    #[arg(
        long,
        value_name = "PERCENT",
        value_parser = clap::value_parser!(u8).range(0..=100),
        default_value = "0",
        hide_default_value = true,
        requires = "exec",
        help_heading = "Output"
    )]
    pub exec_min_share: u8,
    /// Mark events between these times, and do not run CMD for them: 02:00-04:00 each day, or DATE/DATE; may be repeated
    #[arg(long, value_name = "FROM-TO", value_parser = Hours::parse, help_heading = "Output")]
    pub maintenance: Vec<Hours>,
    /// Write the report, and begin another, in the first calm moment of each day or after SIZE of logs; files get the date before
    /// their extension
    #[arg(long, value_name = "daily|SIZE", value_parser = roll_over, help_heading = "Output")]
    pub roll: Option<RollOver>,
    /// Keep what was read in F, so that a watch that is started again goes on; as secret as the logs
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub state: Option<PathBuf>,
    /// Write figures of the watch to F every 10 s, as node_exporter's textfile collector takes them
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub metrics: Option<PathBuf>,
    /// Leave out what is there already: only lines from now on
    #[arg(long, conflicts_with = "since", help_heading = "Input")]
    pub from_end: bool,
    /// The same, as journalctl and tail have it
    #[arg(short = 'n', value_name = "0", value_parser = ["0"], hide_possible_values = true, conflicts_with = "since", help_heading = "Input")]
    pub lines: Option<String>,
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
    /// What is written at the end.
    #[command(flatten)]
    pub files: OutputFiles,
    /// How it is presented.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}
