//! Work that is shared: `plan`, `summarize`, `merge` and `report`, the one-machine command in four steps, so that any engine
//! can run the second and third wherever the logs lie. What a part holds is told in `summary::wire`.

mod flat;
mod kept;
mod merge;
mod plan;
mod report;
mod summarize;

pub(super) use kept::Kept;
pub use merge::Merge;
pub use plan::Plan;
pub use report::ReportArgs;
pub use summarize::Summarize;

pub(super) use merge::run as merge;
pub(super) use plan::run as plan;
pub(super) use report::run as report;
pub(super) use summarize::run as summarize;

use crate::cli::diagnostics::escaped;
use coroner::error::{Error, Result};
use coroner::infer::Earlier;
use coroner::summary::wire::file::Parts;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads part files, one part a line; `-` is standard input.
fn read_parts(paths: &[PathBuf]) -> Result<Parts> {
    let mut all = Parts::default();
    for path in paths {
        let shown = escaped(path.as_os_str().as_encoded_bytes());
        let failed = |source| Error::Open {
            path: path.clone(),
            source,
        };
        let from: Box<dyn BufRead> = match path == Path::new("-") {
            true => Box::new(std::io::stdin().lock()),
            false => Box::new(BufReader::new(std::fs::File::open(path).map_err(failed)?)),
        };
        let mut empty = true;
        for (line, n) in from.lines().zip(1..) {
            let line = line.map_err(|source| match source.kind() {
                std::io::ErrorKind::InvalidData => Error::Part {
                    at: format!("{shown} line {n}"),
                    why: "is no part: it is not UTF-8".into(),
                    remedy: "name files that `coroner summarize` wrote".into(),
                },
                _ => failed(source),
            })?;
            if line.trim().is_empty() {
                continue;
            }
            empty = false;
            all = all.merge(Parts::parse(&line, &format!("{shown} line {n}"))?)?;
        }
        if empty {
            return Err(Error::Part {
                at: shown,
                why: "holds no part".into(),
                remedy: "summarize its logs again".into(),
            });
        }
    }
    Ok(all)
}

/// What an earlier part tells, where one is named.
pub(super) fn earlier(path: Option<&Path>) -> Result<Option<Arc<Earlier>>> {
    let Some(path) = path else { return Ok(None) };
    let bytes = std::fs::read(path).map_err(|source| Error::Open {
        path: path.to_owned(),
        source,
    })?;
    let crc = format!("{:08x}", crc32fast::hash(&bytes));
    drop(bytes);
    let flat = flat::flat(read_parts(&[path.to_owned()])?)?;
    Ok(Some(Arc::new(Earlier::of(
        &flat.part,
        &flat.kept.infer,
        crc,
    ))))
}

/// Says on standard error how a long row of work goes on; if nobody listens there, so be it.
fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
