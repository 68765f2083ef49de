//! Options of `watch`: what of the others makes sense for logs that go on, and its own.

use super::listen::Listen;
use super::queue::Overload;
use crate::cli::args::{OutputFiles, Presentation, Reading, Screen};
use clap::Args;
use std::path::PathBuf;

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
    /// Keep what was read in F, so that a watch that is started again goes on; as secret as the logs
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub state: Option<PathBuf>,
    /// Write figures of the watch to F every 10 s, as node_exporter's textfile collector takes them
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub metrics: Option<PathBuf>,
    /// Leave out what is there already: only lines from now on
    #[arg(long, conflicts_with = "since", help_heading = "Input")]
    pub from_end: bool,
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
