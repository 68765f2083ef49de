//! Arguments in, exit code out: the command line over the library.

mod cli;
mod memory;

use cli::Env;
use std::process::ExitCode;

fn main() -> ExitCode {
    // a watch takes and gives the same again and again
    if !std::env::args_os().any(|a| a == "watch") {
        memory::give_back_at_once();
    }
    cli::run(std::env::args_os(), &Env::of_process())
}
