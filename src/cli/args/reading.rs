//! Options of every subcommand that reads logs: input, judgement, machine.
//! No output and no screen option may live here: these hold for plans and parts as well.

use super::Defining;
use crate::cli::env::Env;
use crate::cli::value;
use clap::Args;
use coroner::settings::{Encoding, For, MmapMode, Sensitivity, When, Zone};
use std::path::PathBuf;

/// What to read, and how.
#[derive(Args, Clone, Debug)]
pub struct Reading {
    /// Log files, archives and folders of logs, packed or not; - for standard input
    #[arg(value_name = "LOGS")]
    pub logs: Vec<PathBuf>,
    /// Formats of the user's own.
    #[command(flatten)]
    pub defining: Defining,
    /// Only inputs whose name matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB", value_parser = value::glob_of, help_heading = "Input")]
    pub include: Vec<String>,
    /// No inputs whose name matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB", value_parser = value::glob_of, help_heading = "Input")]
    pub exclude: Vec<String>,
    /// Name inputs by their path below DIR
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub name_root: Option<PathBuf>,
    /// Zone of lines that have none, in the inputs that match GLOB; may be repeated
    #[arg(long, value_name = "[GLOB=]ZONE", value_parser = value::zone_for, allow_hyphen_values = true, help_heading = "Input")]
    pub assume_tz: Vec<For<Zone>>,
    /// Last year of lines without a year, in the inputs that match GLOB; may be repeated
    #[arg(long, value_name = "[GLOB=]N", value_parser = value::year_for, help_heading = "Input")]
    pub year: Vec<For<i64>>,
    /// Encoding of all inputs
    #[arg(
        long,
        value_name = "NAME",
        value_parser = value::word::<Encoding>(),
        default_value = "auto",
        help_heading = "Input"
    )]
    pub encoding: Encoding,
    /// Longest line that is looked at
    #[arg(long, value_name = "SIZE", value_parser = value::max_line, default_value = "1MiB", help_heading = "Input")]
    pub max_line: usize,
    /// Only from T on: 13:05, 2h, "2h ago", yesterday, a date
    ///
    /// 2h and -2h count from the end of the logs (in watch from now); "2h ago", today, yesterday, "yesterday 13:00" and
    /// friday from now, in the zone of --tz, else UTC. 13:05 is the last such time in the logs. A date, a date with a time,
    /// RFC 3339 and seconds since 1970 stand for themselves. The report says what it came to.
    #[arg(long, value_name = "T", value_parser = When::parse, allow_hyphen_values = true, help_heading = "Scope")]
    pub since: Option<When>,
    /// Only lines before T
    #[arg(long, value_name = "T", value_parser = When::parse, allow_hyphen_values = true, help_heading = "Scope")]
    pub until: Option<When>,
    /// Only around T: 13:05 or 13:05±20m [default: ±5m]
    #[arg(long, value_name = "T[±D]", value_parser = When::around, conflicts_with_all = ["since", "until"], help_heading = "Scope")]
    pub around: Option<(When, When)>,
    /// Only what is of this service, or of none
    #[arg(long, value_name = "NAME", value_parser = value::service, help_heading = "Scope")]
    pub service: Option<String>,
    /// Only incidents and rows of hosts whose name matches GLOB, and rows that name none
    #[arg(long, value_name = "GLOB", value_parser = value::glob_of, help_heading = "Scope")]
    pub host: Option<String>,
    /// Cite byte offsets, NAME@byte N, instead of line numbers; lets --since skip what is earlier
    #[arg(long, help_heading = "Scope")]
    pub no_line_numbers: bool,
    /// Put the SHA-256 of the unpacked bytes of each input into the report
    #[arg(long, conflicts_with = "no_line_numbers", help_heading = "Output")]
    pub sha256: bool,
    /// Inputs that match GLOB are the user-facing tier: only their requests are counted; may be repeated
    #[arg(long, value_name = "GLOB", value_parser = value::glob_of, help_heading = "Detection")]
    pub edge: Vec<String>,
    /// Service objective, for the error budget: 99.9%
    #[arg(long, value_name = "SHARE", value_parser = value::objective, help_heading = "Detection")]
    pub slo: Option<f64>,
    /// Smallest incident to report: low finds large ones only [default: normal]
    #[arg(long, value_name = "LEVEL", value_parser = value::word::<Sensitivity>(), help_heading = "Detection")]
    pub sensitivity: Option<Sensitivity>,
    /// Part file of a normal period (coroner summarize): the usual error share and known messages
    #[arg(long, value_name = "PART", help_heading = "Detection")]
    pub baseline: Option<PathBuf>,
    /// Threads [default: one per processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Settings and limits")]
    pub jobs: Option<u16>,
    /// Map files into memory; auto: those not touched for 60 s
    #[arg(
        long,
        value_name = "WHEN",
        value_parser = value::word::<MmapMode>(),
        default_value = "auto",
        help_heading = "Settings and limits"
    )]
    pub mmap: MmapMode,
    /// Exit with 2 if anything could not be read whole, or not understood
    #[arg(long, help_heading = "Settings and limits")]
    pub strict: bool,
    /// Warn when more than this share of an input's lines is not recognised (with --strict: fail)
    #[arg(long, value_name = "SHARE", value_parser = value::share, default_value = "5%", help_heading = "Settings and limits")]
    pub max_unparsed: f64,
    /// Most bytes that an input, or all members of an archive, may unpack to
    #[arg(long, value_name = "SIZE", value_parser = value::size, default_value = "64GiB", help_heading = "Settings and limits")]
    pub max_unpacked: u64,
    /// Most unpacked bytes per packed byte
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), default_value = "200", help_heading = "Settings and limits")]
    pub max_ratio: u64,
    /// Bytes that a worker takes at once; the report does not depend on it
    #[arg(long, value_name = "SIZE", value_parser = value::bytes, default_value = "4MiB", hide = true)]
    pub block: usize,
}

impl Reading {
    /// How many threads work; 0: one per processor.
    pub fn threads(&self, env: &Env) -> usize {
        self.jobs.map(usize::from).or(env.threads).unwrap_or(0)
    }
}
