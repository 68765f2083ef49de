//! Options of what is shown on the screen; they never change a file that is written.

use crate::cli::value::{self, Choice};
use clap::{ArgAction, Args};

/// What the screen shows.
#[derive(Args, Debug)]
pub struct Screen {
    /// Colours on the screen
    #[arg(
        long,
        value_name = "WHEN",
        value_parser = value::word::<Choice>(),
        default_value = "auto",
        help_heading = "Screen"
    )]
    pub color: Choice,
    /// Draw with ASCII characters only
    #[arg(long, help_heading = "Screen")]
    pub ascii: bool,
    /// Columns of the screen view [default: the terminal's, else 80]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..=500), help_heading = "Screen")]
    pub width: Option<u16>,
    /// Do not show what is longer than the terminal in a pager ($CORONER_PAGER, else $PAGER, else less)
    #[arg(long, help_heading = "Screen")]
    pub no_pager: bool,
    /// No screen view and no warnings
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Screen")]
    pub quiet: bool,
    /// Say more: where settings come from, how each input was read, what was passed over; -vv: time per stage
    #[arg(short, long, action = ArgAction::Count, help_heading = "Screen")]
    pub verbose: u8,
    /// Progress line on standard error
    #[arg(
        long,
        value_name = "WHEN",
        value_parser = value::word::<Choice>(),
        default_value = "auto",
        help_heading = "Screen"
    )]
    pub progress: Choice,
}
