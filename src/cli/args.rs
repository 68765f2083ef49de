//! Options that subcommands share, a group in a file each, and the arguments of the main job.
//! Help texts live in this folder; what values mean is in `value.rs`.

mod defining;
mod presentation;
mod reading;
mod screen;
mod writing;

pub use defining::Defining;
pub use presentation::Presentation;
pub use reading::Reading;
pub use screen::Screen;
pub use writing::{OutputFiles, Writing};

use clap::{Args, Parser};
use coroner::{Error, Result};
use std::path::Path;

/// Arguments of `analyse`.
#[derive(Args, Debug)]
pub struct Analyse {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// What to write.
    #[command(flatten)]
    pub writing: Writing,
    /// How it is presented.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
    /// Only the N-th incident of the logs, counted from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Scope")]
    pub incident: Option<u16>,
    /// Exit with 1 if an incident was found
    #[arg(long, help_heading = "Settings and limits")]
    pub exit_code: bool,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// What stands on the screen: 1 (a cause), B or 13:05:14 (a row), web-1.log:2484 (a line); or ttd (a duration), gap 2, signal 1, unexplained 1, blip 1, verdict, a check of audit; without it: the list
    #[arg(value_name = "WHAT")]
    pub what: Option<String>,
    /// An earlier report (JSON), or the logs.
    #[command(flatten)]
    pub reading: Reading,
    /// How it is presented.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
    /// Which incident of the report is meant
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Scope")]
    pub incident: u16,
}

/// The options of who names a path and nothing else.
#[derive(Parser, Debug)]
pub struct Unasked {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// How it is presented.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

impl Unasked {
    /// The usual ones for a path.
    pub fn of(path: &Path) -> Result<Unasked> {
        let mut usual = Unasked::try_parse_from(["coroner"]).map_err(|e| {
            Error::usage(
                "the usual options",
                e.to_string(),
                "this is an error of the program; please tell its makers",
            )
        })?;
        usual.reading.logs = vec![path.to_owned()];
        Ok(usual)
    }
}
