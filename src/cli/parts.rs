//! Work that is shared: `plan`, `summarize`, `merge` and `report`, the one-machine command in four steps, so that any engine
//! can run the second and third wherever the logs lie. What a part holds is described in `summary::wire`.

mod merge;
mod plan;
mod report;
mod summarize;

pub use merge::Merge;
pub use plan::Plan;
pub use report::ReportArgs;
pub use summarize::Summarize;

pub(super) use merge::run as merge;
pub(super) use plan::run as plan;
pub(super) use report::run as report;
pub(super) use summarize::run as summarize;

use crate::cli::diagnostics::shown;
use coroner::{Error, Parts, Result, program};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// Reads part files, one part a line; `-` is standard input.
fn read_parts(paths: &[PathBuf]) -> Result<Parts> {
    let mut all = Parts::default();
    for path in paths {
        let shown = shown(path);
        let failed = Error::open(path);
        let from: Box<dyn BufRead> = match path == Path::new("-") {
            true => Box::new(std::io::stdin().lock()),
            false => Box::new(BufReader::new(std::fs::File::open(path).map_err(failed)?)),
        };
        all = all.merge(program::read_parts(from, &shown, failed)?)?;
    }
    Ok(all)
}

/// Says on standard error how a long row of work goes on; if nobody listens there, so be it.
fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
