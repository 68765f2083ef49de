//! The command line: arguments, environment and clock in; screen, files and an exit code out.
//! The only module that prints, asks for the time or looks at the environment. `run` is the way in.

mod analyse;
mod args;
mod audit;
mod command;
mod completions;
mod config;
mod demo;
mod diagnostics;
mod diff_line;
mod env;
mod exit;
mod explain;
mod file;
mod formats;
mod hint;
mod init;
mod input_notes;
mod interrupt;
mod outcome;
mod output;
mod page;
mod parts;
mod progress;
mod read;
mod schema;
mod stages;
mod template;
mod timeline;
mod value;
mod watch;

pub use command::{Cli, Command};
pub use diagnostics::{Complaint, escaped};
pub use env::Env;
pub use exit::Exit;
pub use value::Choice;

use clap::{CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Whether a text could be a `coroner.toml`: what is wrong with it otherwise, and where. Reads no file.
#[cfg_attr(not(test), expect(dead_code, reason = "asked by tests and fuzzing"))]
pub fn settings_in(text: &str) -> Result<(), Complaint> {
    config::Config::read(std::path::Path::new("coroner.toml"), text).map(|_| ())
}

/// What who types the name alone, at a terminal, wants to know first.
const FIRST: &str = "\
coroner reads the logs of an outage and reconstructs what happened, with a citation for every claim.

  coroner demo                     unpack a small incident and look at it first
  coroner logs/                    read a folder or files: any formats, packed or not, any zones
  zcat web.log.gz | coroner -      read a pipe

  coroner -h                       the other commands and the options that matter most
";

/// Options of the main job that the short help shows; `--help` shows all.
const SHORT: &[&str] = &[
    "since", "around", "service", "html", "md", "help", "version",
];

/// The command line. The short help fits a screen: of the options that the main job has too, subcommands show a few as well.
fn command() -> clap::Command {
    let all = Cli::command();
    let name_and_help = |arg: &clap::Arg| {
        (
            arg.get_id().clone(),
            arg.get_help().map(ToString::to_string),
        )
    };
    let shared: Vec<_> = all.get_arguments().map(name_and_help).collect();
    let short = |arg: clap::Arg| {
        let hidden =
            !SHORT.contains(&arg.get_id().as_str()) && shared.contains(&name_and_help(&arg));
        arg.hide_short_help(hidden)
    };
    let all = all.clone().mut_args(short);
    all.mut_subcommands(|sub| sub.mut_args(short))
}

/// Runs the program: parses `args` (the first is the program's name), does the job, and says how it went.
pub fn run(args: impl IntoIterator<Item = OsString>, env: &Env) -> ExitCode {
    coroner::program::source::outlive_cut_files();
    interrupt::watch();
    let matches = command().try_get_matches_from(args);
    let name = |m: &clap::ArgMatches| m.subcommand_name().map(str::to_owned);
    let parsed = |m| Ok((Cli::from_arg_matches(&m)?, name(&m)));
    let (cli, named) = match matches.and_then(parsed) {
        Ok(parsed) => parsed,
        Err(e) => return usage(&e, env),
    };
    let named = named.as_deref();
    let command = cli.command.unwrap_or(Command::Analyse(cli.analyse));
    if command.reads_nothing() && env.stdin_is_terminal {
        // If nobody listens there, so be it.
        let _ = match named {
            None => write!(anstream::stderr(), "{FIRST}"),
            Some(name) => writeln!(anstream::stderr(), "{}", help_of(name).ansi()),
        };
        return Exit::NotDone.into();
    }
    let outcome = command.run(env);
    let color = command.screen().map_or(Choice::Auto, |s| s.color);
    let color = color.on(env, env.stderr_is_terminal);
    let hint = named.and_then(hint::file_like_subcommand);
    for complaint in outcome.complaints.iter().chain(&hint) {
        complaint.print(color);
    }
    outcome.exit.into()
}

/// The short help of a subcommand.
fn help_of(name: &str) -> clap::builder::StyledStr {
    let mut command = command();
    command.build();
    match command.find_subcommand_mut(name) {
        Some(sub) => sub.render_help(),
        None => command.render_help(),
    }
}

/// Help and version are printed and done; a usage error is 2. A closed pipe is nobody's fault.
fn usage(e: &clap::Error, env: &Env) -> ExitCode {
    let colored = |is_terminal| Choice::Auto.on(env, is_terminal);
    let complaint = match Complaint::of_value(e) {
        None if e.use_stderr() => {
            let _ = e.print();
            return Exit::NotDone.into();
        }
        None => {
            let text = match colored(env.stdout_is_terminal) {
                true => e.render().ansi().to_string(),
                false => e.to_string(),
            };
            match output::write_stdout(text.as_bytes()) {
                Ok(_) => return Exit::Done.into(),
                Err(e) => Complaint::from(&e),
            }
        }
        Some(c) => c,
    };
    complaint.print(colored(env.stderr_is_terminal));
    complaint.exit().into()
}

#[cfg(test)]
#[path = "../tests/data/tried.rs"]
mod tests;
