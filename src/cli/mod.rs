//! The command line: arguments, environment and clock in; screen, files and an exit code out.
//! The only module that prints, asks for the time or looks at the environment. `run` is the way in.

mod analyse;
mod args;
mod complain;
mod env;
mod exit;
mod hint;
mod interrupt;
mod job;
mod output;
mod progress;
mod value;

pub use analyse::{Outcome, analyse};
pub use args::{Analyse, Cli, Command};
pub use complain::{Complaint, escaped};
pub use env::Env;
pub use exit::Exit;
pub use output::{Output, Outputs, Target};
pub use progress::Progress;
pub use value::{Choice, ForZone, FormatFor, Kind};

use clap::{CommandFactory, Parser};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Runs the program: parses `args` (the first is the program's name), does the job, and says how it went.
pub fn run(args: impl IntoIterator<Item = OsString>, env: &Env) -> ExitCode {
    crate::source::say_when_a_mapped_file_shrinks();
    interrupt::watch();
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => return usage(&e),
    };
    let (args, named) = match cli.command {
        Some(Command::Analyse(args)) => (args, true),
        None => (cli.analyse, false),
    };
    if args.logs.is_empty() && env.stdin_is_terminal {
        let help = Cli::command().render_help();
        // If nobody listens there, so be it.
        let _ = writeln!(anstream::stderr(), "{}", help.ansi());
        return Exit::NotDone.into();
    }
    let outcome = analyse(&args, env);
    let colour = args.color.on(env, env.stderr_is_terminal);
    let hint = named
        .then(|| hint::file_like_subcommand("analyse"))
        .flatten();
    for complaint in outcome.complaints.iter().chain(&hint) {
        complaint.print(colour);
    }
    outcome.exit.into()
}

/// Help and version are printed and done; a usage error is 2. A closed pipe is nobody's fault.
fn usage(e: &clap::Error) -> ExitCode {
    let _ = e.print();
    match e.use_stderr() {
        true => Exit::NotDone.into(),
        false => Exit::Done.into(),
    }
}
