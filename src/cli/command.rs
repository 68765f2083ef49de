//! The subcommands: what each is called, what it says in the help, and who does it.

use super::args::{Analyse, Explain, Screen};
use super::audit::{self, Audit};
use super::completions::{self, For};
use super::demo::{self, Demo};
use super::env::Env;
use super::init::{self, Init};
use super::outcome::{Outcome, Stopped};
use super::parts::{self, Merge, Plan, ReportArgs, Summarize};
use super::schema::{self, Schema};
use super::template::{self, Templates};
use super::timeline::{self, Timeline};
use super::watch::{self, Watching};
use super::{analyse, explain, formats};
use crate::cli::diagnostics::Complaint;
use clap::{CommandFactory, Parser, Subcommand};

const FIRST_EXAMPLES: &str = "\
Examples:
  coroner logs/                      read a folder, show what happened
  coroner logs/ --md pm.md           and write a postmortem to finish";

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

const WATCH_EXAMPLES: &str = "\
Examples:
  tail -F access.log | coroner watch -       watch the end of a pipe; Ctrl-C ends with the report
  journalctl -f -o json | coroner watch - --events /var/log/coroner.jsonl --quiet
  kubectl logs -f deploy/shop --timestamps | coroner watch - --exec ./page-me
  coroner watch /var/log/nginx/*.log --md pm.md   follow files, also when they are rotated
  coroner watch --listen unix:/run/coroner.sock --json

What files hold already is read first, in the order of its times, then what is appended to them or to the
files that take their place. The end of standard input, SIGTERM and SIGINT end it with a last look, the files
asked for, and exit code 0: the report is the one that coroner makes of the same bytes. SIGUSR1 asks for a look
at once. Without --json, standard output has a row for each event, then the report.

Exit codes: 0 ended; 2 not done, or an input could not be opened; 74 read or write error.";

/// The command line.
#[derive(Parser, Debug)]
#[command(
    name = "coroner",
    version = concat!(env!("CARGO_PKG_VERSION"), " (report schema 1.0, parts 1, plans 1)"),
    about = "Reconstructs an outage from its logs, with a citation for every claim",
    after_help = FIRST_EXAMPLES,
    after_long_help = EXAMPLES,
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
    /// Show what happened: timeline, causes, gaps (the default)
    #[command(alias = "analyze", after_help = FIRST_EXAMPLES, after_long_help = EXAMPLES)]
    Analyse(Analyse),
    /// Unpack a small incident and show a first look
    Demo(Demo),
    /// Write a file of settings, coroner.toml, from what the logs show
    Init(Init),
    /// Show what a row, cause or gap rests on: numbers, raw lines
    Explain(Explain),
    /// Check a postmortem for contradictions, alone or with the logs
    #[command(after_help = audit::EXAMPLES)]
    Audit(Audit),
    /// Follow live logs: events as they happen, then the report
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(Box<Watching>),
    /// Print every row of the timeline, with the lines it rests on
    Timeline(Timeline),
    /// List the formats; show which fits a file, or guess one for it
    Formats(formats::Formats),
    /// List or print templates of postmortems
    #[command(subcommand)]
    Template(Templates),
    /// List the byte ranges to read, for distributed runs
    Plan(Plan),
    /// Summarize logs, or rows of a plan, into a part file
    Summarize(Summarize),
    /// Merge part files
    Merge(Merge),
    /// Write the report from part files
    Report(ReportArgs),
    /// Print a JSON Schema
    Schema {
        /// Of what; without it: the list
        #[arg(value_enum)]
        which: Option<Schema>,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: For,
    },
    /// Print the manual page
    Man,
}

impl Command {
    /// Whether it wants logs and none are named.
    pub fn reads_nothing(&self) -> bool {
        match self {
            Command::Analyse(args) => args.reading.logs.is_empty(),
            Command::Timeline(args) => args.reading.logs.is_empty(),
            Command::Init(args) => args.reading.logs.is_empty(),
            Command::Plan(args) => args.reading.logs.is_empty(),
            Command::Summarize(args) => args.reads_nothing(),
            Command::Watch(args) => args.reading.logs.is_empty() && args.listen.is_empty(),
            _ => false,
        }
    }

    /// Does the job and says how it went.
    pub fn run(&self, env: &Env) -> Outcome {
        let mut outcome = Outcome::default();
        let done = match self {
            Command::Analyse(args) => analyse::run(args, env, &mut outcome),
            Command::Formats(args) => formats::run(args, env, &mut outcome),
            Command::Explain(args) => explain::run(args, env, &mut outcome),
            Command::Audit(args) => audit::run(args, env, &mut outcome),
            Command::Timeline(args) => timeline::run(args, env, &mut outcome),
            Command::Plan(args) => parts::plan(args, env, &mut outcome),
            Command::Summarize(args) => parts::summarize(args, env, &mut outcome),
            Command::Merge(args) => parts::merge(args, &mut outcome).map_err(Stopped::from),
            Command::Report(args) => parts::report(args, env, &mut outcome),
            Command::Watch(args) => watch::run(args, env, &mut outcome),
            Command::Template(what) => template::run(what).map_err(Stopped::from),
            Command::Schema { which } => schema::run(*which).map_err(Stopped::from),
            Command::Demo(args) => demo::run(args, env, &mut outcome),
            Command::Init(args) => init::run(args, env, &mut outcome),
            Command::Completions { shell } => {
                completions::completions(*shell, Cli::command()).map_err(Stopped::from)
            }
            Command::Man => completions::man(&Cli::command()).map_err(Stopped::from),
        };
        if let Err(Stopped(Some(c))) = done {
            outcome.add(c);
        }
        if self.screen().is_some_and(|s| s.quiet) {
            outcome.complaints.retain(Complaint::is_error);
        }
        outcome
    }

    /// The screen options of those that have them, for the colour of complaints.
    pub fn screen(&self) -> Option<&Screen> {
        match self {
            Command::Analyse(args) => Some(&args.screen),
            Command::Explain(args) => Some(&args.screen),
            Command::Audit(args) => Some(&args.screen),
            Command::Timeline(args) => Some(&args.screen),
            Command::Plan(args) => Some(&args.screen),
            Command::Summarize(args) => Some(&args.screen),
            Command::Report(args) => Some(&args.screen),
            Command::Watch(args) => Some(&args.screen),
            Command::Demo(args) => Some(&args.screen),
            Command::Init(args) => Some(&args.screen),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner::settings::Zone;
    use std::path::PathBuf;

    fn parse(args: &[&str]) -> std::result::Result<Cli, clap::Error> {
        Cli::try_parse_from(["coroner"].iter().chain(args))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn names_are_those_that_a_misspelt_one_is_compared_with() {
        let all = Cli::command();
        let all = all.get_subcommands();
        let names: Vec<&str> = all
            .flat_map(|c| std::iter::once(c.get_name()).chain(c.get_all_aliases()))
            .collect();
        assert_eq!(names, crate::cli::hint::SUBCOMMANDS);
    }

    #[test]
    fn the_main_job_needs_no_subcommand() {
        assert_eq!(
            parse(&["a.log", "b"]).unwrap().analyse.reading.logs.len(),
            2
        );
        for name in ["analyse", "analyze"] {
            let cli = parse(&[name, "a.log", "-j2"]).unwrap();
            let Some(Command::Analyse(a)) = cli.command else {
                panic!("no subcommand")
            };
            assert_eq!((a.reading.logs.len(), a.reading.jobs), (1, Some(2)));
        }
        let cli = parse(&["--", "analyse"]).unwrap();
        assert!(cli.command.is_none() && cli.analyse.reading.logs == [PathBuf::from("analyse")]);
    }

    #[test]
    fn values_that_begin_with_a_hyphen() {
        let cli = parse(&["--assume-tz", "-03:30", "--tz", "-03:30", "x"]).unwrap();
        assert_eq!(cli.analyse.presentation.tz, Some(Zone::Fixed(-210)));
        assert!(parse(&["--tz", "IST", "x"]).is_err());
    }
}
