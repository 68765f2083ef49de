//! The arguments, as clap reads them. Help texts live here; what values mean is in `value.rs`.

use super::output::{Output, Outputs, Target};
use super::value::{self, Choice, ForZone, FormatFor, Kind};
use crate::error::{Error, Result};
use crate::model::Sensitivity;
use crate::source::MmapMode;
use crate::time::zone::Zone;
use clap::{ArgAction, Args, Parser, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  coroner logs/                              read a folder, show what happened
  coroner logs/ --md pm.md --json pm.json    and write a postmortem to finish, and the data
  coroner lb.log.gz app.jsonl pager.json     packed files, any mixture of formats
  zcat web.log.gz | coroner -                standard input
  coroner logs/ --assume-tz 'deploy*=+01:00' lines of deploy logs have no zone; this is theirs
  coroner logs/ --format 'lb/*=$remote_addr [$time_iso8601] $status $request_time'

Exit codes: 0 done, incident or not; 1 incident found (with --exit-code); 2 not done, or an input
could not be opened; 74 read or write error; 130 interrupted.";

/// The command line.
#[derive(Parser, Debug)]
#[command(
    name = "coroner",
    version = concat!(env!("CARGO_PKG_VERSION"), " (report schema 1.0)"),
    about = "Reads the logs of an outage and reconstructs what happened, with a citation for every claim",
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub struct Cli {
    /// The job; without one the arguments are those of `analyse`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Arguments of `analyse`.
    #[command(flatten)]
    pub analyse: Analyse,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Show what happened: timeline, suspected causes, gaps (the default)
    #[command(visible_alias = "analyze", after_help = EXAMPLES)]
    Analyse(Analyse),
}

/// Arguments of `analyse`.
#[derive(Args, Debug)]
pub struct Analyse {
    /// Log files and folders of logs, plain, gz or zst; - for standard input
    #[arg(value_name = "LOGS")]
    pub logs: Vec<PathBuf>,

    /// Write the postmortem skeleton to F (- for standard output)
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub md: Option<PathBuf>,
    /// Write the report as JSON to F (- for standard output)
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub json: Option<PathBuf>,
    /// Write what F's extension says (.md, .json); may be repeated
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// Replace a Markdown file even if it was edited
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// Write times in ZONE: +01:00, UTC or a name like Europe/Lagos [default: the logs' own, else UTC]
    #[arg(long, value_name = "ZONE", value_parser = value::zone, allow_hyphen_values = true, help_heading = "Output")]
    pub tz: Option<Zone>,

    /// Zone of lines that have none, in the inputs that match GLOB; may be repeated
    #[arg(long, value_name = "[GLOB=]ZONE", value_parser = value::zone_for, allow_hyphen_values = true, help_heading = "Input")]
    pub assume_tz: Vec<ForZone>,
    /// Last year of lines without a year
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1970..=9999), help_heading = "Input")]
    pub year: Option<i64>,
    /// Format of the inputs that match GLOB: a name, or an nginx log_format string; may be repeated
    #[arg(long, value_name = "[GLOB=]FORMAT", value_parser = value::format_for, allow_hyphen_values = true, help_heading = "Input")]
    pub format: Vec<FormatFor>,
    /// Longest line that is looked at
    #[arg(long, value_name = "SIZE", value_parser = value::max_line, default_value = "1MiB", help_heading = "Input")]
    pub max_line: usize,

    /// The inputs that match GLOB are the edge: their requests are counted; may be repeated
    #[arg(long, value_name = "GLOB", value_parser = value::glob_of, help_heading = "Judgement")]
    pub edge: Vec<String>,
    /// Service objective, for the error budget: 99.9%
    #[arg(long, value_name = "SHARE", value_parser = value::objective, help_heading = "Judgement")]
    pub slo: Option<f64>,
    /// How small an incident is looked for
    #[arg(
        long,
        value_name = "LEVEL",
        value_enum,
        default_value = "normal",
        help_heading = "Judgement"
    )]
    pub sensitivity: Sensitivity,

    /// Colours on the screen
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        help_heading = "Screen"
    )]
    pub color: Choice,
    /// Draw with ASCII characters only
    #[arg(long, help_heading = "Screen")]
    pub ascii: bool,
    /// Columns of the screen view [default: the terminal's, else 80]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=500), help_heading = "Screen")]
    pub width: Option<u16>,
    /// No screen view and no warnings
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Screen")]
    pub quiet: bool,
    /// Say more: per input how it was read, and what was passed over
    #[arg(short, long, action = ArgAction::Count, help_heading = "Screen")]
    pub verbose: u8,
    /// Progress line on standard error
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        help_heading = "Screen"
    )]
    pub progress: Choice,

    /// Threads [default: one per processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Machine")]
    pub jobs: Option<u16>,
    /// Map files into memory; auto: those not touched for 60 s
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        help_heading = "Machine"
    )]
    pub mmap: MmapMode,
    /// Exit with 2 if anything could not be read whole or understood
    #[arg(long, help_heading = "Machine")]
    pub strict: bool,
    /// Exit with 1 if an incident was found
    #[arg(long, help_heading = "Machine")]
    pub exit_code: bool,
    /// Bytes that a worker takes at once; the report does not depend on it
    #[arg(long, value_name = "SIZE", value_parser = value::bytes, default_value = "4MiB", hide = true)]
    pub block: usize,
}

impl Analyse {
    /// The outputs asked for, one per target; `-` at most once.
    pub fn outputs(&self) -> Result<Outputs> {
        let mut all = Vec::new();
        let given = [(Kind::Markdown, &self.md), (Kind::Json, &self.json)];
        for (kind, path) in given {
            all.extend(path.iter().map(|p| (kind, p)));
        }
        for path in &self.output {
            let kind = Kind::of_path(path).ok_or_else(|| Error::Usage {
                what: format!("-o {}", path.display()),
                why: "the extension does not say what to write".into(),
                remedy: "end the name in .md or .json, or use --md or --json".into(),
            })?;
            all.push((kind, path));
        }
        let outputs = all.into_iter().map(|(kind, path)| Output {
            kind,
            target: Target::of(path),
        });
        Outputs::new(outputs.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(args: &[&str]) -> std::result::Result<Cli, clap::Error> {
        Cli::try_parse_from(["coroner"].iter().chain(args))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_main_job_needs_no_subcommand() {
        assert_eq!(parse(&["a.log", "b"]).unwrap().analyse.logs.len(), 2);
        for name in ["analyse", "analyze"] {
            let cli = parse(&[name, "a.log", "-j2"]).unwrap();
            let Some(Command::Analyse(a)) = cli.command else {
                panic!("no subcommand")
            };
            assert_eq!((a.logs.len(), a.jobs), (1, Some(2)));
        }
        let cli = parse(&["--", "analyse"]).unwrap();
        assert!(cli.command.is_none() && cli.analyse.logs == [PathBuf::from("analyse")]);
    }

    #[test]
    fn standard_output_takes_one_report() {
        let outputs = |args: &[&str]| parse(args).unwrap().analyse.outputs();
        assert!(outputs(&["--md", "-", "--json", "-"]).is_err());
        assert!(outputs(&["-o", "a.xls"]).is_err());
        assert!(outputs(&["-o", "a.md", "--md", "a.md"]).is_err());
        let both = outputs(&["-o", "a.md", "--json", "-"]).unwrap();
        assert!(both.takes_stdout());
        assert_eq!(
            both.kinds().collect::<Vec<_>>(),
            [Kind::Json, Kind::Markdown]
        );
    }

    #[test]
    fn values_that_begin_with_a_hyphen() {
        let cli = parse(&["--assume-tz", "-03:30", "--tz", "-03:30", "x"]).unwrap();
        assert_eq!(cli.analyse.tz, Some(Zone::Fixed(-210)));
        assert!(parse(&["--tz", "IST", "x"]).is_err());
    }
}
