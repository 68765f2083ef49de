//! One row of a plan to the part of its bytes: a split of a file, or a file or an archive whole.
//! What a row says is taken as it is; whether parts of rows fit together is decided where they are merged.

use super::split::{Bounds, Split};
use super::{ReadConfig, Scanner, Summary, blocks_of, nothing, streamed, summarize};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::row::{PlanRow, TAG, tag};
use crate::source::{Found, Input, Limits, Notes, OpenConfig, Place, gather};
use crate::summary::Part;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Where the bytes of a row come from.
pub enum RowFrom {
    /// The file, at this path.
    Path(PathBuf),
    /// Standard input, which begins one byte before the split (with its first byte, if that is the file's).
    Stdin,
}

/// Reads one row. The part numbers inputs as the plan does.
pub fn read_row(row: &PlanRow, from: RowFrom, config: &ReadConfig) -> Result<Summary> {
    let plan = row.planned()?;
    let mut config = config.clone();
    config.scan.max_line = row.reading.max_line;
    config.scan.again = false;
    config.open = OpenConfig {
        encoding: row.reading.encoding,
        limits: Limits {
            ratio: row.reading.max_ratio,
            bytes: row.reading.max_unpacked,
            ..Limits::default()
        },
        ..config.open
    };
    let mut summary = match row.split {
        true => split(row, &plan, from, &config)?,
        false => whole(row, &plan, from, &config)?,
    };
    let inputs = std::mem::take(&mut summary.part.inputs);
    let number = |id: u32| row.inputs.get(id as usize).map(|i| i.id);
    summary.part.inputs = inputs
        .into_iter()
        .filter_map(|(id, p)| Some((number(id)?, p)))
        .collect();
    let sha256 = std::mem::take(&mut summary.sha256);
    summary.sha256 = sha256
        .into_iter()
        .filter_map(|(id, sha)| Some((number(id)?, sha)))
        .collect();
    Ok(summary)
}

fn split(row: &PlanRow, plan: &Plan, from: RowFrom, config: &ReadConfig) -> Result<Summary> {
    let stream: Box<dyn Read> = match &from {
        RowFrom::Stdin => Box::new(io::stdin().lock()),
        RowFrom::Path(path) => Box::new(placed(row, path)?),
    };
    let path = match from {
        RowFrom::Path(path) => path,
        RowFrom::Stdin => PathBuf::from(&row.name),
    };
    let failed = |byte, source| Error::Read {
        path: path.clone(),
        byte,
        source,
    };
    let mut summary = Summary::default();
    let bounds = Bounds {
        off: row.off,
        end: row.off + row.len,
        size: row.size,
    };
    let input = &plan.inputs[0];
    let begins = Box::new(|l: &[u8]| !input.heads || input.begins(l));
    let begun = Split::begin(stream, bounds, begins, config.scan.max_line)
        .map_err(|e| failed(row.off, e))?;
    let short = begun.as_ref().map(|(_, s)| s.short());
    let notes = Notes::default();
    summary.part = match begun {
        None => nothing(plan, 0, &[]),
        Some((start, split)) if row.pass => {
            passed(plan, start, split, config).map_err(|e| failed(row.off, e))?
        }
        Some((start, split)) => {
            let blocks = blocks_of(plan, 0, Box::new(split), notes.clone(), config);
            streamed(plan, 0, blocks.starting_at(start), config, false)?
        }
    };
    let ended = short.is_some_and(|s| s.get());
    if let Some(note) = notes.all().first() {
        return Err(failed(row.off, io::Error::other(note.to_string())));
    }
    if ended {
        return Err(changed(row, "it is shorter than it was"));
    }
    for p in summary.part.inputs.values_mut() {
        p.size = Some(row.size);
    }
    Ok(summary)
}

/// Counts the lines of a split that lies outside the stretch of time that is asked for.
fn passed(plan: &Plan, start: u64, from: impl Read, config: &ReadConfig) -> io::Result<Part> {
    let mut s = Scanner::new(plan, 0, start, config.scan);
    let (open, ended) = s.pass_all(from);
    ended?;
    if open {
        s.pass_last();
    }
    Ok(s.finish())
}

/// The file of a split, one byte before it.
fn placed(row: &PlanRow, path: &Path) -> Result<File> {
    let open = Error::open(path);
    let mut file = File::open(path).map_err(open)?;
    let size = file.metadata().map_err(open)?.len();
    let mut head = Vec::new();
    Read::by_ref(&mut file)
        .take((TAG as u64).min(row.size))
        .read_to_end(&mut head)
        .map_err(open)?;
    if size < row.size {
        return Err(changed(row, "it is shorter than it was"));
    }
    if tag(&head) != row.tag {
        return Err(changed(row, "it begins with other bytes"));
    }
    file.seek(SeekFrom::Start(row.off.saturating_sub(1)))
        .map_err(open)?;
    Ok(file)
}

fn changed(row: &PlanRow, how: &str) -> Error {
    Error::InputChanged {
        input: row.name.clone(),
        from: row.off,
        to: row.off + row.len,
        how: how.to_owned(),
    }
}

/// All of a file, or of the files of an archive.
fn whole(row: &PlanRow, plan: &Plan, from: RowFrom, config: &ReadConfig) -> Result<Summary> {
    let found = match from {
        RowFrom::Stdin => Found::stdin(row.name.clone()),
        RowFrom::Path(path) => {
            let meta = std::fs::metadata(&path).map_err(Error::open(&path))?;
            if meta.is_file() {
                placed(row, &path)?;
            }
            Found {
                name: row.name.clone(),
                member: None,
                size: meta.len(),
                modified: meta.modified().ok(),
                regular: meta.is_file(),
                operand: true,
                place: Place::Path(path),
            }
        }
    };
    let names: BTreeMap<&str, usize> = row
        .inputs
        .iter()
        .zip(0..)
        .map(|(i, at)| (i.meta.name.as_str(), at))
        .collect();
    let wanted = |n: &str| n == row.name || names.contains_key(n);
    let gathered = gather(vec![found], &config.open, &wanted, &mut |_, s| {
        s.map(|_| ())
    });
    let mut inputs: Vec<Option<Input>> = row.inputs.iter().map(|_| None).collect();
    for (input, sample) in gathered.inputs {
        sample?;
        if let Some(at) = names.get(input.found.name.as_str()) {
            inputs[*at] = Some(input);
        }
    }
    let inputs: Option<Vec<Input>> = inputs.into_iter().collect();
    let inputs = inputs.ok_or_else(|| changed(row, "files of it are gone"))?;
    summarize(plan, &inputs, config)
}
