//! Arguments in, exit code out; everything else is in the library.

use coroner::cli::{self, Env};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), &Env::of_process())
}
