//! Arguments in, exit code out: the command line over the library.

mod cli;
mod memory;

use cli::Env;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), &Env::of_process())
}
